-- Posts under the athlete whose they are: a review may have found that what came under one name is another's.
SELECT
    p.platform,
    p.post_id,
    CASE WHEN o.gathered_as IS NULL THEN p.athlete_id ELSE o.athlete_id END AS athlete_id,
    p.published_at,
    p.likes,
    p.reposts,
    p.replies,
    p.known_at
FROM posts AS p
LEFT JOIN account_owners AS o
    ON p.platform = o.platform AND p.athlete_id = o.gathered_as AND p.published_at >= o.since
WHERE o.gathered_as IS NULL OR o.athlete_id IS NOT NULL
