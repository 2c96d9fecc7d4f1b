-- Rows of each window with each value of one feature: a cell for every value, so that all that is counted is exact.
SELECT
    number,
    value AS low,
    value AS high,
    count(*) AS counted
FROM one_feature
WHERE number >= 0 AND value IS NOT NULL
GROUP BY number, value
