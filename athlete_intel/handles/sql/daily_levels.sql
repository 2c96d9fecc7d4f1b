-- Mean log likes on each day of the posts gathered under the names in `suspects`.
SELECT
    p.athlete_id,
    p.platform,
    CAST(p.published_at AS DATE) AS day,
    count(*) AS posts,
    round(avg(ln(1 + p.likes)), 9) AS level
FROM posts AS p
INNER JOIN suspects AS s ON p.athlete_id = s.athlete_id AND p.platform = s.platform
WHERE p.likes IS NOT NULL
GROUP BY p.athlete_id, p.platform, CAST(p.published_at AS DATE)
ORDER BY p.athlete_id, p.platform, day
