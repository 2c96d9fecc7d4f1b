"""What needs a person: open alerts, who has seen to them, and those that are over."""

import streamlit as st

from athlete_intel.ui import frame, health_decisions, health_words, reviews

data = frame.current()
alerts = health_decisions.alerts(data)
still = alerts[alerts["open"].astype(bool)]

frame.header("Alerts", health_words.alerts_sentence(still), data)
reviews.saved_note()
if still.empty:
    frame.nothing_here("No alert is open. One appears here as soon as a build finds a reason for it.")
else:
    frame.table(health_words.alert_rows(still), health_words.alert_columns(), key="open", row_height=frame.TWO_LINES)
    waiting = still[still["acknowledged_by"].isna()]
    if waiting.empty:
        frame.note("Somebody has seen to every open alert.")
    else:
        frame.section("Acknowledge")
        health_decisions.acknowledge(data, waiting)
over = alerts[~alerts["open"].astype(bool)]
with st.expander(f"Over ({len(over)})"):
    if over.empty:
        frame.nothing_here("Nothing was open before.")
    else:
        frame.table(
            health_words.alert_rows(over), health_words.alert_columns(over=True), key="over", row_height=frame.TWO_LINES
        )
frame.note("New alerts are written to the log and sent to the webhook of the settings, each once.")
frame.note(f"The exit code of {data.command('alerts list')} is 20 while a critical one waits.")
