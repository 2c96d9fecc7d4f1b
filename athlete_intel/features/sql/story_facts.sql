-- For each question: what kind of story it is, and the athlete's sport, which stands for the peers.
SELECT
    f.ask_id,
    f.format,
    f.sponsored,
    f.text_length,
    f.hour,
    f.weekday,
    a.kind,
    a.sport
FROM asked_facts AS f
INNER JOIN athletes AS a ON f.athlete_id = a.athlete_id
