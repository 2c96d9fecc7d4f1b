-- What each story earned and when that became known: as delivered, or else summed up from its daily views.
-- Daily views are summed over all channels from the day of publication on, for $window_days days.
SELECT
    story_id,
    outcome,
    known_at
FROM story_outcomes
UNION ALL
SELECT
    s.story_id,
    CAST(sum(v.views) AS DOUBLE) AS outcome,
    CAST(CAST(s.published_at AS DATE) AS TIMESTAMP) + INTERVAL '1' DAY * $window_days AS known_at
FROM stories AS s
INNER JOIN story_views AS v ON s.story_id = v.story_id
LEFT JOIN story_outcomes AS o ON s.story_id = o.story_id
WHERE
    o.story_id IS NULL
    AND v.day >= CAST(s.published_at AS DATE)
    AND date_diff('day', CAST(s.published_at AS DATE), v.day) < $window_days
GROUP BY s.story_id, s.published_at
