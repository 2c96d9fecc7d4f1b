"""Athletes by typical outcome: search, filter, set against followers, take the table away or compare a few of them."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.ui import filters, formats, frame, ranking_columns, rankings_read, words
from athlete_intel.ui import ranking_words as told

data = frame.current()
about = data.about
rankings = data.once(rankings_read.by_rank)
authenticity = data.table("authenticity")
unit = about["outcome_unit"]

st.sidebar.divider()
header, misread = st.container(), st.container()
chosen = filters.profile_filters(data.once(rankings_read.profile_values), misread)
narrowed = filters.narrowing("Show only", list(told.SHOW_ONLY), misread)
with st.container(horizontal=True, vertical_alignment="bottom"):
    search = filters.search_box("Search", "Name or team")
    shown = filters.one_of("In the chart", ["10", "20", "40"], "top", misread)
    within = filters.one_of("Followers judged within", data.once(rankings_read.groupings), "within", misread)
whole = data.once(rankings_read.with_followers, within)
found = told.only(filters.matching(whole, search, chosen), narrowed)

with header:
    if found.empty:
        frame.header("Influence rankings", "No athlete fits this search.", data)
    else:
        first = found.iloc[0]
        answer = words.leader(about, found, everybody=len(rankings))
        frame.header("Influence rankings", answer, data)
        frame.note(told.first_place(found))
        frame.metrics(
            [
                ("Athletes found", formats.count(len(found)), f"Out of {formats.count(len(rankings))}."),
                ("Highest", formats.outcome(first["predicted"], unit), f"Typical: {about['outcome_label']}."),
                (
                    "Athlete in the middle",
                    formats.outcome(found["predicted"].median(), unit),
                    "The median: half of those found typically draw more.",
                ),
                *told.followers_metrics(found, within),
            ]
        )
        frame.in_sidebar("Filters stand")

if found.empty:
    frame.nothing_here("Try a part of the name or of the team, or take filters away in the sidebar.")
    st.stop()

with frame.open_tab(["By outcome", "Against followers", "Followers real?"]) as tab:
    if tab == "By outcome":
        head = found.head(int(shown))
        frame.chart(frame.drawn(charts.ranking, head, about), charts.ranking_summary(head, about), key="ranking")
    elif tab == "Against followers":
        if found["by_followers"].isna().all():
            frame.nothing_here(told.no_followers(rankings))
        else:
            frame.say(told.followers_sentence(found, within))
            frame.chart(
                frame.drawn(charts.followers_and_outcome, found, about),
                charts.followers_and_outcome_summary(found, unit),
                key="followers",
            )
            frame.note(told.HOW_JUDGED)
    elif tab == "Followers real?":
        asked = told.questions(found, authenticity)
        if asked.empty:
            frame.nothing_here(told.nothing_asked(found, authenticity))
        else:
            frame.say(told.questions_sentence(asked, len(found)))
            frame.table(
                asked,
                ranking_columns.questions(),
                key="questions",
                row_height=124,
                height=460 if len(asked) > 4 else "auto",
            )
            frame.download(asked, "Download the questions as CSV", "questions")

frame.section("All that were found")
links = st.container()
event = frame.table(
    found,
    ranking_columns.rankings(found, about),
    key=f"rankings-{data.snapshot.id}",
    on_select="rerun",
    selection_mode="multi-row",
    height=460 if len(found) > 12 else "auto",
)
athletes = frame.picked(event, found)
with links:
    if len(athletes) == 1:
        frame.earnings_link(athletes.iloc[0])
    if len(athletes):
        frame.link(
            "pages/compare.py",
            told.compare_label(len(athletes)),
            ":material/compare_arrows:",
            compare=filters.join_ids(athletes["athlete_id"].head(told.MOST_COMPARED)),
        )
    else:
        frame.note(
            f"Select a row to see what that athlete can earn, or up to {told.MOST_COMPARED} to compare them. A click "
            "on a column's name sorts."
        )
if counted := told.ranked_by_followers(whole):
    frame.note(counted)
if found["followers"].isna().all():
    frame.note("This data set has no follower counts, so there is no rank by followers to compare with.")
frame.download(ranking_columns.as_file(found, about), "Download as CSV", "rankings")
