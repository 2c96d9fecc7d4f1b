-- Page views under the athlete whose article it is, as far as reviews have found out.
SELECT
    CASE WHEN o.gathered_as IS NULL THEN w.athlete_id ELSE o.athlete_id END AS athlete_id,
    w.day,
    w.views
FROM wikipedia_views AS w
LEFT JOIN account_owners AS o
    ON o.platform = 'wikipedia' AND w.athlete_id = o.gathered_as AND w.day >= CAST(o.since AS DATE)
WHERE o.gathered_as IS NULL OR o.athlete_id IS NOT NULL
