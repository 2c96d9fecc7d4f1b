-- Of each window the rows, those with a value of one feature, and how its values are spread.
SELECT
    number,
    count(*) AS counted,
    count(value) AS known,
    min(value) AS lowest,
    max(value) AS highest,
    sum(value) AS total,
    sum(value * value) AS squares
FROM one_feature
WHERE number >= 0
GROUP BY number
