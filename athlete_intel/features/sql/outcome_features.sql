-- For each question: what the athlete's own last $posts_window stories earned, as far as it was known by then.
-- Short windows stand beside the long one; see post_features.sql for the recent means and the rounding.
SELECT
    q.ask_id,
    max(q.known_results) AS outcomes_seen,
    median(r.outcome) AS outcome_median,
    median(CASE WHEN r.n > q.known_results - 5 THEN r.outcome END) AS outcome_median_5,
    median(CASE WHEN r.n > q.known_results - 20 THEN r.outcome END) AS outcome_median_20,
    exp(round(
        sum(power(0.5, (q.known_results - r.n) / 1.0) * ln(1 + r.outcome))
        / sum(power(0.5, (q.known_results - r.n) / 1.0)), 4
    )) - 1 AS outcome_recent_1,
    exp(round(
        sum(power(0.5, (q.known_results - r.n) / 5.0) * ln(1 + r.outcome))
        / sum(power(0.5, (q.known_results - r.n) / 5.0)), 4
    )) - 1 AS outcome_recent_5,
    exp(round(
        sum(power(0.5, date_diff('day', CAST(r.published_at AS DATE), CAST(a.as_of AS DATE)) / 30.0) * ln(1 + r.outcome))
        / sum(power(0.5, date_diff('day', CAST(r.published_at AS DATE), CAST(a.as_of AS DATE)) / 30.0)), 4
    )) - 1 AS outcome_recent_month,
    round(stddev_samp(CASE WHEN r.n > q.known_results - 50 THEN ln(1 + r.outcome) END), 4) AS outcome_spread
FROM asked_results AS q
INNER JOIN asks AS a ON q.ask_id = a.ask_id
INNER JOIN story_results AS r
    ON q.athlete_id = r.athlete_id
    AND r.n > q.known_results - $posts_window
    AND r.n <= q.known_results
GROUP BY q.ask_id
