"""What needs a person: open alerts, who has seen to them, and those that are over."""

import streamlit as st

from athlete_intel.ui import alert_columns, alert_words, frame, health_decisions, reviews

data = frame.current()
alerts = health_decisions.alerts(data)
still = alerts[alerts["open"].astype(bool)]

frame.header("Alerts", alert_words.alerts_sentence(still), data)
reviews.saved_note()
if still.empty:
    frame.nothing_here("An alert appears here as soon as a cycle finds a reason for it.")
else:
    rows = alert_words.alert_rows(still)
    frame.table(rows, alert_columns.alert_columns(), key="open", row_height=alert_columns.alert_height(rows))
    frame.bullets(alert_words.rests_on(still, data.table("estimated_errors")))
    for page, told, opens in alert_words.evidence(still, data.table("drift")):
        frame.link(f"pages/{page}.py", told, ":material/move_up:", **opens)
    is_waiting = still["acknowledged_by"].isna()
    if is_waiting.any():
        frame.section("Acknowledge")
        health_decisions.acknowledge(data, still[is_waiting])
    else:
        frame.note("Every open alert is acknowledged; it stays open until what raised it is over.")
    if not is_waiting.all():
        with st.expander("Take an acknowledgement back"):
            health_decisions.take_back(data, still[~is_waiting])
over = alerts[~alerts["open"].astype(bool)]
with st.expander(f"Alerts that are over ({len(over)})"):
    if over.empty:
        frame.nothing_here("Nothing was open before.")
    else:
        rows = alert_words.alert_rows(over)
        frame.table(rows, alert_columns.alert_columns(), key="over", row_height=alert_columns.alert_height(rows))
frame.note(alert_words.where_sent(reviews.settings_of(data).alert_webhook))
frame.note("The same as a command; a script can watch it, as it ends with exit code 20 while a critical alert waits:")
frame.command(data.command("alerts list"))
