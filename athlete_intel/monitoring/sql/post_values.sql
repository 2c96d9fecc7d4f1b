-- Posts of each platform in each window back from $as_of, the newest being window 0, and those of them with each count.
SELECT
    platform,
    back,
    count(*) AS counted,
    count(likes) AS likes,
    count(reposts) AS reposts,
    count(replies) AS replies
FROM (
    SELECT
        *,
        floor((date_diff('day', CAST(published_at AS DATE), CAST($as_of AS DATE)) - 1) / (1.0 * $window_days)) AS back
    FROM posts
    WHERE published_at < CAST($as_of AS TIMESTAMP)
) AS placed
WHERE back <= $most_back
GROUP BY platform, back
