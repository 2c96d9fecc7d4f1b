-- The questions of training: each story when it was published, and each ready-made outcome at the end of its day.
SELECT
    story_id AS ask_id,
    athlete_id,
    published_at AS as_of,
    known_at AS outcome_known_at,
    outcome
FROM story_results
WHERE known_at <= $as_of
UNION ALL
SELECT
    athlete_id AS ask_id,
    athlete_id,
    CAST(as_of AS TIMESTAMP) + INTERVAL '1' DAY AS as_of,
    CAST(as_of AS TIMESTAMP) + INTERVAL '1' DAY AS outcome_known_at,
    outcome
FROM (
    SELECT
        athlete_id,
        as_of,
        outcome,
        row_number() OVER (PARTITION BY athlete_id ORDER BY as_of DESC) AS nth
    FROM outcomes_as_of
    WHERE CAST(as_of AS TIMESTAMP) + INTERVAL '1' DAY <= $as_of
) AS newest
WHERE nth = 1
