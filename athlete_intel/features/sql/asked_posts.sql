-- For each question (an athlete as of a time) and platform: how many posts were known by then.
-- Posts and questions go through one ordered window; a post known at the very moment counts.
SELECT
    ask_id,
    athlete_id,
    platform,
    known_posts
FROM (
    SELECT
        ask_id,
        athlete_id,
        platform,
        count(post_time) OVER (
            PARTITION BY athlete_id, platform
            ORDER BY happened_at, is_ask
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS known_posts
    FROM (
        SELECT athlete_id, platform, known_at AS happened_at, 0 AS is_ask, known_at AS post_time, NULL AS ask_id
        FROM numbered_posts
        UNION ALL
        SELECT a.athlete_id, p.platform, a.as_of AS happened_at, 1 AS is_ask, NULL AS post_time, a.ask_id
        FROM asks AS a
        INNER JOIN (SELECT DISTINCT athlete_id, platform FROM numbered_posts) AS p ON a.athlete_id = p.athlete_id
    ) AS events
) AS counted
WHERE ask_id IS NOT NULL AND known_posts > 0
