-- Growth of the followers of every account from one week's count to the next, in logs; of a week its last count stands.
SELECT
    CAST(floor(date_diff('day', CAST($origin AS DATE), day) / (1.0 * $window_days)) AS INTEGER) AS number,
    athlete_id AS athlete,
    platform,
    ln(1.0 * followers / before) AS growth
FROM (
    SELECT
        athlete_id,
        platform,
        day,
        followers,
        lag(followers) OVER (PARTITION BY athlete_id, platform ORDER BY day) AS before
    FROM (
        SELECT
            athlete_id,
            platform,
            day,
            followers,
            row_number() OVER (
                PARTITION BY athlete_id, platform, floor((date_diff('day', day, CAST($as_of AS DATE)) - 1) / 7)
                ORDER BY day DESC
            ) AS back
        FROM owned_follower_counts
        WHERE day < CAST($as_of AS DATE) AND day >= CAST($origin AS DATE) - INTERVAL '14' DAY
    ) AS counted
    WHERE back = 1
) AS weeks
WHERE before > 0 AND followers > 0 AND day >= CAST($origin AS DATE)
