-- For each question: what kind of story it is. Of a story itself this is known when it goes out; of an athlete's next
-- story it is what the last 20 known ones were: the commonest format, weekday and sponsorship (of equally common ones the
-- first in order), and the median hour and length.
SELECT
    a.ask_id,
    a.athlete_id,
    coalesce(s.format, u.format) AS format,
    coalesce(s.sponsored, u.sponsored) AS sponsored,
    CASE WHEN s.story_id IS NOT NULL THEN s.text_length ELSE u.text_length END AS text_length,
    CASE WHEN s.story_id IS NOT NULL THEN extract(hour FROM s.published_at) ELSE u.hour END AS hour,
    CASE WHEN s.story_id IS NOT NULL THEN extract(dow FROM s.published_at) ELSE u.weekday END AS weekday
FROM asks AS a
LEFT JOIN stories AS s ON a.ask_id = s.story_id
LEFT JOIN (
    SELECT
        ask_id,
        min(CASE WHEN format_count = most_of_a_format THEN format END) AS format,
        sum(CASE WHEN sponsored THEN 1 ELSE 0 END) * 2 > count(sponsored) AS sponsored,
        median(hour) AS hour,
        median(text_length) AS text_length,
        min(CASE WHEN weekday_count = most_of_a_weekday THEN weekday END) AS weekday
    FROM (
        SELECT
            *,
            max(format_count) OVER (PARTITION BY ask_id) AS most_of_a_format,
            max(weekday_count) OVER (PARTITION BY ask_id) AS most_of_a_weekday
        FROM (
            SELECT
                ask_id,
                format,
                sponsored,
                text_length,
                hour,
                weekday,
                count(*) OVER (PARTITION BY ask_id, format) AS format_count,
                count(*) OVER (PARTITION BY ask_id, weekday) AS weekday_count
            FROM (
                SELECT
                    q.ask_id,
                    r.format,
                    r.sponsored,
                    r.text_length,
                    extract(hour FROM r.published_at) AS hour,
                    extract(dow FROM r.published_at) AS weekday
                FROM asked_results AS q
                INNER JOIN story_results AS r
                    ON q.athlete_id = r.athlete_id
                    AND r.n > q.known_results - 20
                    AND r.n <= q.known_results
                LEFT JOIN stories AS own ON q.ask_id = own.story_id
                WHERE own.story_id IS NULL
            ) AS last_stories
        ) AS counted
    ) AS compared
    GROUP BY ask_id
) AS u ON a.ask_id = u.ask_id
