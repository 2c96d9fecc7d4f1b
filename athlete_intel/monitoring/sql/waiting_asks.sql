-- The stories whose outcome is not in yet, as questions at the time of their publication.
SELECT
    s.story_id AS ask_id,
    s.athlete_id,
    s.published_at AS as_of
FROM stories AS s
LEFT JOIN story_results AS r ON s.story_id = r.story_id AND r.known_at <= CAST($as_of AS TIMESTAMP)
WHERE r.story_id IS NULL AND s.published_at < CAST($as_of AS TIMESTAMP)
    AND s.published_at >= CAST($as_of AS TIMESTAMP) - $days * INTERVAL '1' DAY
