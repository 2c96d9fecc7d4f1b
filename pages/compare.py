"""Up to five athletes side by side: what to expect of each, how sure that is, and how past estimates came out."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.ui import filters, formats, frame, ranking_columns, rankings_read
from athlete_intel.ui import ranking_words as told

data = frame.current()
about = data.about
rankings = data.once(rankings_read.by_rank)
if rankings.empty:
    frame.header("Compare athletes", "There is no athlete in this data set yet.", data)
    st.stop()

header = st.container()
labels = data.once(rankings_read.labels)
ids = rankings["athlete_id"].tolist()
with st.sidebar:
    st.divider()
    chosen_ids = filters.linked_choices(
        f"Athletes, up to {told.MOST_COMPARED}", ids, "compare", labels.__getitem__, told.MOST_COMPARED, default=ids[:3]
    )
whole = data.once(rankings_read.with_followers, data.once(rankings_read.groupings)[0])
chosen = whole[whole["athlete_id"].isin(chosen_ids)]
if chosen.empty:
    with header:
        frame.header("Compare athletes", "Nobody is chosen yet.", data)
    frame.nothing_here(f"Choose up to {told.MOST_COMPARED} athletes in the sidebar, or select rows in the rankings.")
    frame.link("pages/rankings.py", "To the influence rankings", ":material/leaderboard:")
    st.stop()

with header:
    frame.header("Compare athletes", told.comparison_sentence(chosen, about), data)
    frame.in_sidebar("Choose whom to compare")
own_labels = formats.distinct(dict(zip(chosen["athlete_id"], chosen["name"], strict=True)))
frame.chart(frame.drawn(charts.ranking, chosen, about), charts.ranking_summary(chosen, about), key="predicted")

frame.section("Side by side")
facts = data.once(rankings_read.side_by_side, tuple(own_labels)).rename(columns=own_labels)
frame.facts(facts)
if {"Typical pay", "On average"} <= set(facts.index):
    frame.note("Typical pay is the middle of what may come. The cost in bundles and plans is pay on average.")
frame.download(facts.reset_index(), "Download as CSV", "comparison")

frame.section("What was predicted, and what came")
past = data.once(rankings_read.past_of, tuple(own_labels))
if past.empty:
    frame.nothing_here("No outcome of these athletes was used to test the model, so there are no past estimates.")
else:
    tested = data.once(rankings_read.past_errors, own_labels)
    frame.chart(
        frame.drawn(charts.past_of_chosen, past, own_labels, about), charts.past_of_chosen_summary(tested), key="past"
    )
    frame.table(tested, ranking_columns.past_errors(), key="tested")
    frame.note("The model had not seen these outcomes when it made the estimates.")
    frame.download(past, "Download the estimates as CSV", "compared-estimates")
for athlete_id, name in zip(chosen["athlete_id"], chosen["name"], strict=True):
    frame.link(
        "pages/earnings.py",
        formats.shortened(f"Earnings of {name}", 40),
        ":material/payments:",
        athlete=athlete_id,
    )
