-- Posts of each account, numbered in the order in which their counts became known.
SELECT
    athlete_id,
    platform,
    published_at,
    likes,
    reposts,
    replies,
    known_at,
    row_number() OVER (PARTITION BY athlete_id, platform ORDER BY known_at, post_id) AS n
FROM owned_posts
