-- Wikipedia views of every athlete and day of the windows, in logs.
SELECT
    CAST(floor(date_diff('day', CAST($origin AS DATE), day) / (1.0 * $window_days)) AS INTEGER) AS number,
    athlete_id AS athlete,
    'wikipedia' AS platform,
    ln(1.0 + views) AS views
FROM owned_wikipedia_views
WHERE day >= CAST($origin AS DATE) AND day < CAST($as_of AS DATE)
