-- For each question: what the athlete's own stories of about a year before earned (two weeks either way).
SELECT
    a.ask_id,
    median(r.outcome) AS outcome_year_ago
FROM asks AS a
INNER JOIN story_results AS r
    ON a.athlete_id = r.athlete_id
    AND r.known_at <= a.as_of
    AND r.published_at >= a.as_of - INTERVAL '378' DAY
    AND r.published_at < a.as_of - INTERVAL '350' DAY
GROUP BY a.ask_id
