-- For each question and platform: how often the athlete posted in the 90 days before, over the days we can see.
-- An account that is younger than 90 days (or whose first post we have is) is judged by the days since then.
SELECT
    ask_id,
    platform,
    7.0 * posts / seen_days AS posts_per_week,
    1.0 * active_days / seen_days AS active_days_share
FROM (
    SELECT
        a.ask_id,
        d.platform,
        sum(CASE WHEN d.day >= CAST(a.as_of AS DATE) - INTERVAL '90' DAY THEN d.posts ELSE 0 END) AS posts,
        sum(CASE WHEN d.day >= CAST(a.as_of AS DATE) - INTERVAL '90' DAY THEN 1 ELSE 0 END) AS active_days,
        least(90, greatest(7, date_diff('day', min(d.day), CAST(a.as_of AS DATE)))) AS seen_days
    FROM asks AS a
    INNER JOIN daily_posts AS d ON a.athlete_id = d.athlete_id AND d.day < CAST(a.as_of AS DATE)
    GROUP BY a.ask_id, d.platform, a.as_of
) AS counted
