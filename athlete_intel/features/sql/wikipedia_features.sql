-- For each question: Wikipedia page views over the 90 days before. A day's views are known at its end.
SELECT
    a.ask_id,
    median(w.views) AS wikipedia_median,
    percentile_cont(0.1) WITHIN GROUP (ORDER BY w.views) AS wikipedia_floor,
    max(w.views) AS wikipedia_peak
FROM asks AS a
INNER JOIN owned_wikipedia_views AS w
    ON a.athlete_id = w.athlete_id
    AND w.day < CAST(a.as_of AS DATE)
    AND w.day >= CAST(a.as_of AS DATE) - INTERVAL '90' DAY
GROUP BY a.ask_id
