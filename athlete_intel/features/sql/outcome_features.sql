-- For each question: what the athlete's own last $posts_window stories earned, as far as it was known by then.
SELECT
    q.ask_id,
    max(q.known_results) AS outcomes_seen,
    median(r.outcome) AS outcome_median
FROM asked_results AS q
INNER JOIN story_results AS r
    ON q.athlete_id = r.athlete_id
    AND r.n > q.known_results - $posts_window
    AND r.n <= q.known_results
GROUP BY q.ask_id
