-- For each question and platform: median likes of the last 30 days against the 90 days before them, as a log ratio.
-- Only posts whose counts were known count, by the day of their publication.
SELECT
    ask_id,
    platform,
    ln((1 + recent) / (1 + earlier)) AS likes_trend
FROM (
    SELECT
        a.ask_id,
        p.platform,
        median(CASE WHEN p.published_at >= a.as_of - INTERVAL '30' DAY THEN p.likes END) AS recent,
        median(CASE WHEN p.published_at < a.as_of - INTERVAL '30' DAY THEN p.likes END) AS earlier
    FROM asks AS a
    INNER JOIN numbered_posts AS p
        ON a.athlete_id = p.athlete_id
        AND p.known_at <= a.as_of
        AND p.published_at >= a.as_of - INTERVAL '120' DAY
    GROUP BY a.ask_id, p.platform
) AS compared
WHERE recent IS NOT NULL AND earlier IS NOT NULL
