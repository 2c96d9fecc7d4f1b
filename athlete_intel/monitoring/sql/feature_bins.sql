-- Of each athlete the rows of reference and analysis in each bin of one feature. A value belongs to the first bin whose upper
-- edge is not below it, so its bin is the number of edges that it exceeds; edges that are not needed are infinite.
SELECT
    athlete,
    bin,
    sum(CASE WHEN number < $newest THEN 1 ELSE 0 END) AS reference,
    sum(CASE WHEN number = $newest THEN 1 ELSE 0 END) AS analysis
FROM (
    SELECT
        athlete,
        number,
        CASE WHEN value > $edge_1 THEN 1 ELSE 0 END
        + CASE WHEN value > $edge_2 THEN 1 ELSE 0 END
        + CASE WHEN value > $edge_3 THEN 1 ELSE 0 END
        + CASE WHEN value > $edge_4 THEN 1 ELSE 0 END
        + CASE WHEN value > $edge_5 THEN 1 ELSE 0 END
        + CASE WHEN value > $edge_6 THEN 1 ELSE 0 END
        + CASE WHEN value > $edge_7 THEN 1 ELSE 0 END
        + CASE WHEN value > $edge_8 THEN 1 ELSE 0 END
        + CASE WHEN value > $edge_9 THEN 1 ELSE 0 END AS bin
    FROM one_feature
    WHERE number BETWEEN $oldest AND $newest AND value IS NOT NULL
) AS placed
GROUP BY athlete, bin
