-- Follower counts under the athlete whose account it is, as far as reviews have found out.
SELECT
    CASE WHEN o.gathered_as IS NULL THEN f.athlete_id ELSE o.athlete_id END AS athlete_id,
    f.platform,
    f.day,
    f.followers
FROM follower_counts AS f
LEFT JOIN account_owners AS o
    ON f.platform = o.platform AND f.athlete_id = o.gathered_as AND f.day >= CAST(o.since AS DATE)
WHERE o.gathered_as IS NULL OR o.athlete_id IS NOT NULL
