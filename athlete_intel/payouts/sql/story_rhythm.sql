-- How many stories each athlete had in the last $days days before $as_of, and over how many weeks we can see that: since
-- the first known story of the athlete, if that is later.
SELECT
    athlete_id,
    sum(CASE WHEN published_at >= CAST($as_of AS TIMESTAMP) - $days * INTERVAL '1' DAY THEN 1 ELSE 0 END) AS stories,
    least($days, greatest(7, date_diff('day', CAST(min(published_at) AS DATE), CAST($as_of AS DATE)))) / 7.0 AS weeks
FROM stories
WHERE published_at < CAST($as_of AS TIMESTAMP)
GROUP BY athlete_id
