-- For each question and platform: what the last $posts_window known posts looked like.
-- Short windows stand beside the long one, because accounts grow. `likes_recent_2` is a geometric mean in which a post counts
-- half as much as the one two posts after it; in `likes_recent_month` half as much as one thirty days younger. What is added up is rounded: its last digits depend on the order of rows.
SELECT
    q.ask_id,
    q.platform,
    count(*) AS posts,
    median(p.likes) AS likes_median,
    median(p.reposts) AS reposts_median,
    median(p.replies) AS replies_median,
    avg(p.likes) AS likes_mean,
    avg(p.reposts) AS reposts_mean,
    avg(p.replies) AS replies_mean,
    median(CASE WHEN p.n > q.known_posts - 5 THEN p.likes END) AS likes_median_5,
    median(CASE WHEN p.n > q.known_posts - 20 THEN p.likes END) AS likes_median_20,
    median(CASE WHEN p.n > q.known_posts - 20 THEN p.reposts END) AS reposts_median_20,
    median(CASE WHEN p.n > q.known_posts - 20 THEN p.replies END) AS replies_median_20,
    exp(round(
        sum(power(0.5, (q.known_posts - p.n) / 2.0) * ln(1 + p.likes))
        / sum(CASE WHEN p.likes IS NOT NULL THEN power(0.5, (q.known_posts - p.n) / 2.0) END), 4
    )) - 1 AS likes_recent_2,
    exp(round(
        sum(power(0.5, (q.known_posts - p.n) / 10.0) * ln(1 + p.likes))
        / sum(CASE WHEN p.likes IS NOT NULL THEN power(0.5, (q.known_posts - p.n) / 10.0) END), 4
    )) - 1 AS likes_recent_10,
    exp(round(
        sum(power(0.5, date_diff('day', CAST(p.published_at AS DATE), CAST(a.as_of AS DATE)) / 30.0) * ln(1 + p.likes))
        / sum(CASE
            WHEN p.likes IS NOT NULL
                THEN power(0.5, date_diff('day', CAST(p.published_at AS DATE), CAST(a.as_of AS DATE)) / 30.0)
        END), 4
    )) - 1 AS likes_recent_month,
    round(stddev_samp(CASE WHEN p.n > q.known_posts - 20 THEN ln(1 + p.likes) END), 4) AS likes_spread,
    max(p.published_at) AS last_published_at,
    round(stddev_samp(p.likes), 6) AS likes_std,
    round(stddev_samp(p.reposts), 6) AS reposts_std,
    round(stddev_samp(p.replies), 6) AS replies_std,
    percentile_cont(0.25) WITHIN GROUP (ORDER BY p.likes) AS likes_p25,
    percentile_cont(0.75) WITHIN GROUP (ORDER BY p.likes) AS likes_p75,
    percentile_cont(0.25) WITHIN GROUP (ORDER BY p.reposts) AS reposts_p25,
    percentile_cont(0.75) WITHIN GROUP (ORDER BY p.reposts) AS reposts_p75,
    percentile_cont(0.25) WITHIN GROUP (ORDER BY p.replies) AS replies_p25,
    percentile_cont(0.75) WITHIN GROUP (ORDER BY p.replies) AS replies_p75,
    CASE WHEN stddev_samp(p.likes) > 0 AND stddev_samp(p.reposts) > 0 THEN round(corr(p.likes, p.reposts), 6) END
        AS likes_reposts_correlation
FROM asked_posts AS q
INNER JOIN asks AS a ON q.ask_id = a.ask_id
INNER JOIN numbered_posts AS p
    ON q.athlete_id = p.athlete_id
    AND q.platform = p.platform
    AND p.n > q.known_posts - $posts_window
    AND p.n <= q.known_posts
GROUP BY q.ask_id, q.platform
