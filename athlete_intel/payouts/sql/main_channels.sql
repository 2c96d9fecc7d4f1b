-- The platform from which most readers of each athlete's stories came; of equals the first in order. The site itself is
-- no platform.
SELECT
    athlete_id,
    min(channel) AS platform
FROM (
    SELECT
        athlete_id,
        channel,
        views,
        max(views) OVER (PARTITION BY athlete_id) AS most
    FROM (
        SELECT
            s.athlete_id,
            v.channel,
            sum(v.views) AS views
        FROM story_views AS v
        INNER JOIN stories AS s ON v.story_id = s.story_id
        WHERE v.channel <> 'site' AND v.day < CAST($as_of AS DATE)
        GROUP BY s.athlete_id, v.channel
    ) AS summed
) AS compared
WHERE views = most
GROUP BY athlete_id
