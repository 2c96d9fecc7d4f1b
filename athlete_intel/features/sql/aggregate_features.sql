-- For each question: the newest value of each signal that a source delivered ready-made.
SELECT
    ask_id,
    feature,
    value
FROM (
    SELECT
        a.ask_id,
        f.feature,
        f.value,
        row_number() OVER (PARTITION BY a.ask_id, f.feature ORDER BY f.as_of DESC) AS nth
    FROM asks AS a
    INNER JOIN features_as_of AS f ON a.athlete_id = f.athlete_id AND f.as_of < CAST(a.as_of AS DATE)
) AS numbered
WHERE nth = 1
