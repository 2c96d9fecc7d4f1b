-- The questions of today: every athlete as of the day of the snapshot.
SELECT
    athlete_id AS ask_id,
    athlete_id,
    CAST($as_of AS TIMESTAMP) AS as_of
FROM athletes
