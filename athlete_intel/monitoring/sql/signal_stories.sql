-- What every story of the windows brought in its first $early_days days, in logs, where views are counted by day and those
-- days are over: the outcome long before it is final.
SELECT
    CAST(floor(date_diff('day', CAST($origin AS DATE), CAST(published_at AS DATE)) / (1.0 * $window_days)) AS INTEGER)
        AS number,
    athlete_id AS athlete,
    'stories' AS platform,
    ln(1.0 + views) AS views
FROM (
    SELECT
        s.story_id,
        s.athlete_id,
        s.published_at,
        sum(v.views) AS views
    FROM stories AS s
    INNER JOIN story_views AS v ON s.story_id = v.story_id
    WHERE
        s.published_at >= CAST($origin AS TIMESTAMP)
        AND date_diff('day', CAST(s.published_at AS DATE), CAST($as_of AS DATE)) >= $early_days
        AND v.day >= CAST(s.published_at AS DATE)
        AND date_diff('day', CAST(s.published_at AS DATE), v.day) < $early_days
    GROUP BY s.story_id, s.athlete_id, s.published_at
) AS early
