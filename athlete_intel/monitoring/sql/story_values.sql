-- Stories in each window back from $as_of, the newest being window 0, and those of them of which each fact is known.
SELECT
    '' AS platform,
    back,
    count(*) AS counted,
    count(format) AS format,
    count(sponsored) AS sponsored,
    count(text_length) AS text_length
FROM (
    SELECT
        *,
        floor((date_diff('day', CAST(published_at AS DATE), CAST($as_of AS DATE)) - 1) / (1.0 * $window_days)) AS back
    FROM stories
    WHERE published_at < CAST($as_of AS TIMESTAMP)
) AS placed
WHERE back <= $most_back
GROUP BY back
