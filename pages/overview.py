"""What needs each person today, what this data set is, who leads, how good the model is, and what speaks against it."""

from athlete_intel import charts
from athlete_intel.people import ATHLETE
from athlete_intel.ui import (
    accuracy_words,
    caution_words,
    filters,
    formats,
    frame,
    health_decisions,
    navigation,
    overview_words,
    rankings_read,
    reviews,
    today,
    words,
)

data = frame.current()
about = data.about
rankings = data.table("rankings")
top = rankings.nsmallest(5, "rank")
figures = accuracy_words.model_figures(data.table("model_candidates"))
quarantine = data.table("quarantine")

answer = "There is no athlete in this data set yet."
if len(top):
    answer = f"{top.iloc[0]['name']} leads: {words.typically(about, top.iloc[0])}."
frame.header(str(about["title"]), answer, data)
frame.note(f"{words.who(rankings)}. {formats.upper_first(about['source'])}. Outcome: {about['outcome_label']}.")

role = filters.one_of("Today, for", [role.capitalize() for role in navigation.roles()], "role").lower()
athlete_id = None
if role == ATHLETE and len(rankings):
    labels = data.once(rankings_read.labels)
    athlete_id = filters.athlete_choice(rankings["athlete_id"].tolist(), labels.__getitem__)
if tasks := today.of_role(role, data, athlete_id):
    frame.cards(tasks)

frame.metrics(
    [
        ("Athletes", formats.count(len(rankings)), "Athletes with a prediction."),
        (
            "Typical error",
            formats.error_factor(figures.error_log if figures else None),
            accuracy_words.typical_error_meaning(figures.error_log if figures else None),
        ),
        (
            "Inside their range",
            formats.percent(figures.coverage if figures else None),
            f"Of outcomes not seen before; {formats.percent(about['interval'])} are aimed at.",
        ),
        ("Bundles", formats.count(data.size("bundles")), "Groups of athletes alike, to be bought together."),
    ]
)

frame.section("Before you use the figures")
drift, alerts = data.table("drift"), health_decisions.alerts(data)
queue = reviews.waiting(data) if data.size("handle_states") else None
bundles, day = data.size("bundles"), frame.today()
points = overview_words.attention_points(about, figures, drift, quarantine, bundles, alerts, queue, day)
frame.attention(points, overview_words.nothing_to_know(figures, drift))
if any(point.startswith(caution_words.CRITICAL) for point in points):
    frame.link("pages/alerts.py", "See the open alerts, and what they rest on", ":material/notifications:")
if queue is not None and caution_words.handles_in_doubt(queue):
    frame.link("pages/handles.py", "See the handles that wait, in Handles", ":material/how_to_vote:")
if len(quarantine):
    frame.link("pages/data.py", "See the rows that were set aside, in Data", ":material/database:")

if len(top):
    frame.chart(frame.drawn(charts.ranking, top, about), charts.ranking_summary(top, about), key="top")
frame.section("The model")
frame.say(accuracy_words.model_sentence(figures, about))
if told := accuracy_words.since_learnt(figures, data.table("models"), str(about["model_version"])):
    frame.note(told)
