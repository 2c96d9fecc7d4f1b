-- Posts, and how many of them have the same account, second and counts as another one under another id.
SELECT
    sum(copies) AS posts,
    sum(copies - 1) AS repeated
FROM (
    SELECT count(*) AS copies
    FROM posts
    GROUP BY platform, athlete_id, published_at, likes, reposts, replies
) AS grouped
