-- For each row and platform the log of followers over followers $days days before, as far as both were counted by then.
-- The older count is at most four weeks older than asked for.
SELECT
    row_id,
    platform,
    ln(1.0 * newest / before) AS growth
FROM (
    SELECT
        g.row_id,
        f.platform,
        max(CASE WHEN f.day < CAST(g.as_of AS DATE) THEN f.day END) AS newest_day,
        max_by(f.followers, f.day) AS newest,
        max_by(
            CASE WHEN date_diff('day', f.day, CAST(g.as_of AS DATE)) > $days THEN f.followers END,
            CASE WHEN date_diff('day', f.day, CAST(g.as_of AS DATE)) > $days THEN f.day END
        ) AS before
    FROM growth_rows AS g
    INNER JOIN owned_follower_counts AS f
        ON g.athlete_id = f.athlete_id
        AND f.day < CAST(g.as_of AS DATE)
        AND date_diff('day', f.day, CAST(g.as_of AS DATE)) <= $days + 28
    GROUP BY g.row_id, f.platform
) AS counted
WHERE before > 0 AND newest > 0
