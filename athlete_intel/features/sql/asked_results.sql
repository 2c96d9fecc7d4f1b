-- For each question: how many outcomes of the athlete's own stories were known by then.
SELECT
    ask_id,
    athlete_id,
    known_results
FROM (
    SELECT
        ask_id,
        athlete_id,
        count(result_time) OVER (
            PARTITION BY athlete_id
            ORDER BY happened_at, is_ask
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS known_results
    FROM (
        SELECT athlete_id, known_at AS happened_at, 0 AS is_ask, known_at AS result_time, NULL AS ask_id
        FROM story_results
        UNION ALL
        SELECT athlete_id, as_of AS happened_at, 1 AS is_ask, NULL AS result_time, ask_id
        FROM asks
    ) AS events
) AS counted
WHERE ask_id IS NOT NULL AND known_results > 0
