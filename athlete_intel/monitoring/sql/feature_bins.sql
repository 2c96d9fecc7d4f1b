-- Of each athlete the rows of reference and analysis in each bin of one feature. The table `bin_edges` has the ends of the
-- bins: a value belongs to the bin whose end is the first that is not below it.
SELECT
    f.athlete,
    b.bin,
    sum(CASE WHEN f.number < $newest THEN 1 ELSE 0 END) AS reference,
    sum(CASE WHEN f.number = $newest THEN 1 ELSE 0 END) AS analysis
FROM one_feature AS f
INNER JOIN bin_edges AS b ON f.value > b.low AND f.value <= b.high
WHERE f.number BETWEEN $oldest AND $newest AND f.value IS NOT NULL
GROUP BY f.athlete, b.bin
