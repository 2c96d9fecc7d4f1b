-- Rows of each source, and of each platform of it, on each day before $as_of.
SELECT
    source,
    platform,
    day,
    count(*) AS counted
FROM (
    SELECT 'posts' AS source, platform, CAST(published_at AS DATE) AS day FROM posts
    UNION ALL
    SELECT 'followers' AS source, platform, CAST(day AS DATE) AS day FROM follower_counts
    UNION ALL
    SELECT 'wikipedia views' AS source, '' AS platform, CAST(day AS DATE) AS day FROM wikipedia_views
    UNION ALL
    SELECT 'stories' AS source, '' AS platform, CAST(published_at AS DATE) AS day FROM stories
    UNION ALL
    SELECT 'readers' AS source, channel AS platform, CAST(day AS DATE) AS day FROM story_views
    UNION ALL
    SELECT 'signals' AS source, '' AS platform, CAST(as_of AS DATE) AS day FROM features_as_of
) AS delivered
WHERE day < CAST($as_of AS DATE)
GROUP BY source, platform, day
