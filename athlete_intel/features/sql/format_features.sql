-- For each question: what the athlete's own last stories of the same format earned, as far as it was known by then.
SELECT
    q.ask_id,
    median(CASE WHEN r.format_n > q.known_results - 20 THEN r.outcome END) AS format_outcome_median_20,
    median(r.outcome) AS format_outcome_median
FROM asked_formats AS q
INNER JOIN story_results AS r
    ON q.athlete_id = r.athlete_id
    AND q.format = r.format
    AND r.format_n > q.known_results - $posts_window
    AND r.format_n <= q.known_results
GROUP BY q.ask_id
