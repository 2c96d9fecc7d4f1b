-- Posts of each account on each day. That a post went out is known at once, unlike its counts.
SELECT
    athlete_id,
    platform,
    CAST(published_at AS DATE) AS day,
    count(*) AS posts
FROM owned_posts
GROUP BY athlete_id, platform, CAST(published_at AS DATE)
