-- Every story whose outcome is known, numbered for each athlete in the order in which the outcomes became known.
SELECT
    s.story_id,
    s.athlete_id,
    s.published_at,
    o.outcome,
    o.known_at,
    row_number() OVER (PARTITION BY s.athlete_id ORDER BY o.known_at, s.story_id) AS n
FROM stories AS s
INNER JOIN story_outcomes_all AS o ON s.story_id = o.story_id
