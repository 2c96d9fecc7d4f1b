-- Posts of each platform in each window back from $as_of, the newest being window 0, and how many of them have the same
-- account, second and counts as another one under another id.
SELECT
    platform,
    back,
    sum(copies) AS counted,
    sum(copies - 1) AS repeated
FROM (
    SELECT
        platform,
        back,
        count(*) AS copies
    FROM (
        SELECT
            *,
            floor((date_diff('day', CAST(published_at AS DATE), CAST($as_of AS DATE)) - 1) / (1.0 * $window_days))
                AS back
        FROM posts
        WHERE published_at < CAST($as_of AS TIMESTAMP)
    ) AS placed
    WHERE back <= $most_back
    GROUP BY platform, back, athlete_id, published_at, likes, reposts, replies
) AS grouped
GROUP BY platform, back
