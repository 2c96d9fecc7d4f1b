-- Of each athlete the rows, and the sums of one feature and its square, in each window.
SELECT
    athlete,
    number,
    count(*) AS counted,
    count(value) AS known,
    sum(value) AS total,
    sum(value * value) AS squares
FROM one_feature
WHERE number BETWEEN $oldest AND $newest
GROUP BY athlete, number
