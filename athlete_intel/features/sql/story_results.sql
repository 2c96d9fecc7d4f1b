-- Every story whose outcome is known, numbered for each athlete (and for each format of an athlete's stories) in the order
-- in which the outcomes became known.
SELECT
    s.story_id,
    s.athlete_id,
    s.published_at,
    s.format,
    s.sponsored,
    s.text_length,
    o.outcome,
    o.known_at,
    row_number() OVER (PARTITION BY s.athlete_id ORDER BY o.known_at, s.story_id) AS n,
    row_number() OVER (PARTITION BY s.athlete_id, s.format ORDER BY o.known_at, s.story_id) AS format_n
FROM stories AS s
INNER JOIN story_outcomes_all AS o ON s.story_id = o.story_id
