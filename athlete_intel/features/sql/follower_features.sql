-- For each question and platform: the newest follower count known by then.
SELECT
    ask_id,
    platform,
    followers
FROM (
    SELECT
        a.ask_id,
        f.platform,
        f.followers,
        row_number() OVER (PARTITION BY a.ask_id, f.platform ORDER BY f.day DESC) AS nth
    FROM asks AS a
    INNER JOIN owned_follower_counts AS f ON a.athlete_id = f.athlete_id AND f.day < CAST(a.as_of AS DATE)
) AS numbered
WHERE nth = 1
