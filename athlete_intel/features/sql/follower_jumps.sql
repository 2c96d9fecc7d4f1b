-- The biggest jump of each account's followers from one counted week to the next, as known by $as_of, and the median likes
-- of the posts in the 90 days before and after it. Weeks are counted back from $as_of; of a week its last count stands, so
-- that daily counts do not cut a jump into many small ones. Over a gap of more than 35 days nothing is called a jump.
SELECT
    j.athlete_id,
    j.platform,
    j.followers_before,
    j.followers_after,
    j.day_before,
    j.day_after,
    median(CASE WHEN p.published_at < j.day_before THEN p.likes END) AS likes_before,
    median(CASE WHEN p.published_at >= j.day_after THEN p.likes END) AS likes_after,
    count(CASE WHEN p.published_at < j.day_before THEN p.likes END) AS posts_before,
    count(CASE WHEN p.published_at >= j.day_after THEN p.likes END) AS posts_after
FROM (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY athlete_id, platform ORDER BY 1.0 * followers_after / followers_before DESC, day_after
        ) AS nth
    FROM (
        SELECT
            athlete_id,
            platform,
            followers AS followers_after,
            day AS day_after,
            lag(followers) OVER (PARTITION BY athlete_id, platform ORDER BY day) AS followers_before,
            lag(day) OVER (PARTITION BY athlete_id, platform ORDER BY day) AS day_before
        FROM (
            SELECT
                athlete_id,
                platform,
                followers,
                day,
                row_number() OVER (
                    PARTITION BY athlete_id, platform, floor((date_diff('day', day, CAST($as_of AS DATE)) - 1) / 7)
                    ORDER BY day DESC
                ) AS back
            FROM owned_follower_counts
            WHERE day < CAST($as_of AS DATE)
        ) AS counted
        WHERE back = 1
    ) AS weeks
    WHERE followers_before >= $least_followers AND date_diff('day', day_before, day_after) <= 35
) AS j
LEFT JOIN owned_posts AS p
    ON j.athlete_id = p.athlete_id
    AND j.platform = p.platform
    AND p.known_at <= $as_of
    AND p.published_at >= j.day_before - INTERVAL '90' DAY
    AND p.published_at < j.day_after + INTERVAL '90' DAY
WHERE j.nth = 1
GROUP BY j.athlete_id, j.platform, j.followers_before, j.followers_after, j.day_before, j.day_after
