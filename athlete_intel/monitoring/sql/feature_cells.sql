-- Rows of each window in each of $cells fine cells of one feature between $lowest and $highest; what lies beyond has a cell
-- of its own at either end.
SELECT
    number,
    cell,
    min(value) AS low,
    max(value) AS high,
    count(*) AS counted
FROM (
    SELECT
        number,
        value,
        CASE
            WHEN value < $lowest THEN -1
            WHEN value >= $highest THEN $cells
            ELSE CAST(floor((value - $lowest) * $scale) AS INTEGER)
        END AS cell
    FROM one_feature
    WHERE number >= 0 AND value IS NOT NULL
) AS placed
GROUP BY number, cell
