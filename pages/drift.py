"""Which features, predictions and outcomes moved, when, by how much, and what that moves in money."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.ui import drift_words, filters, formats, frame, windows

data = frame.current()
drift, history, apart = (data.table(name) for name in ("drift", "drift_history", "windows_apart"))
if drift.empty:
    frame.header("Drift", "", data)
    frame.nothing_here(drift_words.nothing_compared(data.about))
    frame.link("pages/health.py", "To model health", ":material/monitor_heart:")
    st.stop()

frame.header("Drift", drift_words.drift_sentence(drift), data)
if steady := drift_words.moved_but_steady(drift, history):
    frame.say(steady)
frame.metrics(
    [
        ("Features drifting", drift_words.drifting(drift), "Those that moved by enough and by more than chance."),
        ("Moves in pay", drift_words.money_moved(drift), "The largest change of a story's mean pay by one feature."),
        ("Windows told apart", drift_words.apart(apart), "Whether a classifier tells the newest window from others."),
    ]
)
frame.note(drift_words.watched(drift))
frame.say(drift_words.apart_sentence(apart))

with frame.open_tab(["Over time", "By feature"]) as tab:
    if tab == "Over time":
        if history.empty:
            frame.nothing_here("There are too few windows to show how features moved over time.")
        else:
            told = drift_words.over_time(history)
            drawn = frame.drawn(charts.drift_over_time, history)
            frame.chart(drawn, told, key=windows.HEAT_MAP, on_select=windows.follow_click, selection_mode="points")
            frame.note("A click on a cell shows the two distributions of that feature and window below.")
    elif tab == "By feature":
        shown = drift_words.drift_rows(drift)
        frame.table(shown, drift_words.drift_columns(drift), key="drift")
        frame.note(drift_words.drift_rule(drift))
        frame.download(shown, "Download as CSV", "drift")

labels = formats.distinct(dict(zip(drift["feature"], drift["label"], strict=True)))
filters.tell_unknown("feature", drift["feature"])
feature = st.selectbox(
    "Show the two distributions of",
    drift["feature"].tolist(),
    format_func=labels.__getitem__,
    key="feature",
    bind="query-params",
    width=420,
)
row = drift[drift["feature"] == feature].iloc[0]
bins = data.table("drift_bins")
bins = bins[bins["feature"] == feature]
if bins.empty:
    frame.nothing_here("No distribution was stored for this feature.")
else:
    shown, called, is_tested = windows.one_window(bins, row["analysis_from"])
    told = charts.distribution_summary(shown, called)
    frame.chart(frame.drawn(charts.distribution, shown, labels[feature], called), told, key="bins")
    if is_tested:
        frame.say(drift_words.one_feature(row))
        frame.note(drift_words.compared_sentence(row))
        frame.table(drift_words.looked_at(row), drift_words.columns_of_tests(), key="tests")
