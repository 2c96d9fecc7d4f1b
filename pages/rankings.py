"""Athletes by typical outcome: search, filter, compare, and take the table away."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.ui import columns, filters, formats, frame, words

data = frame.current()
about = data.about
rankings = data.table("rankings").sort_values("rank", ignore_index=True)
unit = about["outcome_unit"]

st.sidebar.divider()
chosen = filters.profile_filters(rankings)
header = st.container()
with st.container(horizontal=True, vertical_alignment="bottom"):
    search = filters.search_box("Search", "A part of a name or team; accents do not matter")
    shown = st.segmented_control(
        "In the chart", ["10", "20", "40"], default="10", key="top", bind="query-params", required=True
    )
found = filters.matching(rankings, search, chosen)

with header:
    if found.empty:
        frame.header("Influence rankings", "No athlete fits this search.", data)
    else:
        first = found.iloc[0]
        answer = words.leader(about, found, everybody=len(rankings))
        frame.header("Influence rankings", answer, data)
        frame.metrics(
            [
                ("Athletes found", formats.count(len(found)), f"Out of {formats.count(len(rankings))}."),
                ("Highest", formats.outcome(first["predicted"], unit), f"Typical: {about['outcome_label']}."),
                (
                    "Athlete in the middle",
                    formats.outcome(found["predicted"].median(), unit),
                    "The median: half of those found typically draw more.",
                ),
            ]
        )

if found.empty:
    frame.nothing_here("Try a part of the name, or take filters away in the sidebar.")
    st.stop()

head = found.head(int(shown or 10))
frame.chart(charts.ranking(head, about), charts.ranking_summary(head, unit), key="ranking")

frame.section("All that were found")
picked = st.container()
event = frame.table(
    found,
    columns.rankings(rankings, about),
    key=f"rankings-{data.snapshot.id}",
    on_select="rerun",
    selection_mode="single-row",
    height=460 if len(found) > 12 else "auto",
)
rows = [row for row in event.selection.rows if row < len(found)]
with picked:
    if rows:
        athlete = found.iloc[rows[0]]
        frame.link(
            "pages/earnings.py",
            f"What {athlete['name']} can expect to earn, and why",
            ":material/payments:",
            athlete=athlete["athlete_id"],
        )
    else:
        frame.note("Select a row to go to the earnings of that athlete. A click on a column's name sorts.")
if found["followers"].isna().all():
    frame.note("This data set has no follower counts, so there is no rank by followers to compare with.")
frame.download(found, "Download as CSV", "rankings")
