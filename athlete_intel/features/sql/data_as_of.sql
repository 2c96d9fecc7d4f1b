-- The first midnight (UTC) after everything that the data tell of.
SELECT max(newest) AS as_of
FROM (
    SELECT CAST(max(CAST(published_at AS DATE)) + INTERVAL '1' DAY AS TIMESTAMP) AS newest FROM posts
    UNION ALL
    SELECT CAST(max(CAST(published_at AS DATE)) + INTERVAL '1' DAY AS TIMESTAMP) AS newest FROM stories
    UNION ALL
    SELECT CAST(max(day) + INTERVAL '1' DAY AS TIMESTAMP) AS newest FROM wikipedia_views
    UNION ALL
    SELECT CAST(max(as_of) + INTERVAL '1' DAY AS TIMESTAMP) AS newest FROM features_as_of
    UNION ALL
    SELECT CAST(max(as_of) + INTERVAL '1' DAY AS TIMESTAMP) AS newest FROM outcomes_as_of
) AS times
