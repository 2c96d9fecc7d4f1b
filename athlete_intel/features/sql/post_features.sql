-- For each question and platform: what the last $posts_window known posts looked like.
-- Spreads and the correlation are rounded: their last digits depend on the order in which rows are added up.
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
INNER JOIN numbered_posts AS p
    ON q.athlete_id = p.athlete_id
    AND q.platform = p.platform
    AND p.n > q.known_posts - $posts_window
    AND p.n <= q.known_posts
GROUP BY q.ask_id, q.platform
