"""What each cycle did, how long every step took, and whether one was stopped."""

import streamlit as st

from athlete_intel.ui import columns, filters, frame, health_decisions, model_words

data = frame.current()
table = health_decisions.runs(data)
frame.header("Runs", model_words.runs_sentence(table), data)
if table.empty:
    frame.nothing_here("No cycle has run here yet; what was built by hand is not written down.")
    frame.command(data.command("cycle"))
    st.stop()
whole = table[table["step"] == "whole cycle"]
frame.table(whole, model_words.run_columns("Run"), key="runs", row_height=model_words.run_height(whole))
filters.tell_unknown("run", whole["run"])
run = st.selectbox("Steps of run", whole["run"].tolist(), key="run", bind="query-params", width=220)
steps = model_words.steps_of(table, run)
frame.table(steps, columns.filled(model_words.run_columns("Step"), steps), key="steps")
frame.download(table, "Download as CSV", "runs")
frame.note(
    "The next cycle, from a shell or every night from cron; FOLDER holds the files, and MAPPING says what they hold:"
)
frame.command(data.command("cycle MAPPING --from FOLDER"))
