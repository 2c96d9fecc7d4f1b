-- Of each athlete the rows of each window of reference and analysis with each category of one feature; an empty category for those without one.
SELECT
    athlete,
    number,
    value AS category,
    count(*) AS counted
FROM one_feature
WHERE number BETWEEN $oldest AND $newest
GROUP BY athlete, number, value
