-- For each row of `mix_rows` the readers of the athlete's stories from each platform that were counted before its day: a
-- running sum, in which the rows stand before the views of their day. The site itself is no platform.
SELECT
    row_id,
    platform,
    amount
FROM (
    SELECT
        row_id,
        platform,
        sum(views) OVER (PARTITION BY athlete_id, platform ORDER BY day, place) AS amount
    FROM (
        SELECT
            CAST(NULL AS VARCHAR) AS row_id,
            s.athlete_id,
            v.channel AS platform,
            CAST(v.day AS DATE) AS day,
            1 AS place,
            CAST(sum(v.views) AS DOUBLE) AS views
        FROM story_views AS v
        INNER JOIN stories AS s ON v.story_id = s.story_id
        WHERE v.channel <> 'site'
        GROUP BY s.athlete_id, v.channel, v.day
        UNION ALL
        SELECT
            r.row_id,
            r.athlete_id,
            c.platform,
            CAST(r.as_of AS DATE) AS day,
            0 AS place,
            0.0 AS views
        FROM mix_rows AS r
        CROSS JOIN (SELECT DISTINCT channel AS platform FROM story_views WHERE channel <> 'site') AS c
    ) AS events
) AS summed
WHERE row_id IS NOT NULL AND amount > 0
