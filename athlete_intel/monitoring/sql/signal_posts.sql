-- Every post of the windows with its counts in logs, as far as they were known by $as_of.
SELECT
    CAST(floor(date_diff('day', CAST($origin AS DATE), CAST(published_at AS DATE)) / (1.0 * $window_days)) AS INTEGER)
        AS number,
    athlete_id AS athlete,
    platform,
    ln(1.0 + likes) AS likes,
    ln(1.0 + reposts) AS reposts,
    ln(1.0 + replies) AS replies
FROM owned_posts
WHERE
    published_at >= CAST($origin AS TIMESTAMP)
    AND published_at < CAST($as_of AS TIMESTAMP)
    AND known_at <= CAST($as_of AS TIMESTAMP)
