-- For each question: how many of the athlete's known outcomes are of stories of the same format.
SELECT
    ask_id,
    athlete_id,
    format,
    known_results
FROM (
    SELECT
        ask_id,
        athlete_id,
        format,
        count(result_time) OVER (
            PARTITION BY athlete_id, format
            ORDER BY happened_at, is_ask
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS known_results
    FROM (
        SELECT athlete_id, format, known_at AS happened_at, 0 AS is_ask, known_at AS result_time, NULL AS ask_id
        FROM story_results
        UNION ALL
        SELECT a.athlete_id, f.format, a.as_of AS happened_at, 1 AS is_ask, NULL AS result_time, a.ask_id
        FROM asks AS a
        INNER JOIN asked_facts AS f ON a.ask_id = f.ask_id
    ) AS events
) AS counted
WHERE ask_id IS NOT NULL AND known_results > 0 AND format IS NOT NULL
