-- Rows of posts and stories in each window back from $as_of, the newest being window 0.
SELECT
    table_name,
    back,
    count(*) AS counted
FROM (
    SELECT
        'posts' AS table_name,
        floor((date_diff('day', CAST(published_at AS DATE), CAST($as_of AS DATE)) - 1) / (1.0 * $window_days)) AS back
    FROM posts
    WHERE published_at < CAST($as_of AS TIMESTAMP)
    UNION ALL
    SELECT
        'stories' AS table_name,
        floor((date_diff('day', CAST(published_at AS DATE), CAST($as_of AS DATE)) - 1) / (1.0 * $window_days)) AS back
    FROM stories
    WHERE published_at < CAST($as_of AS TIMESTAMP)
) AS placed
WHERE back <= 6
GROUP BY table_name, back
