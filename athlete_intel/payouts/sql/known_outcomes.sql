-- Every story with what it earned, as far as that was known by $as_of; the outcome of others is empty.
SELECT
    s.story_id,
    s.athlete_id,
    s.published_at,
    s.format,
    s.sponsored,
    o.outcome,
    o.known_at
FROM stories AS s
LEFT JOIN story_outcomes_all AS o ON s.story_id = o.story_id AND o.known_at <= CAST($as_of AS TIMESTAMP)
WHERE s.published_at < CAST($as_of AS TIMESTAMP)
