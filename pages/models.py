"""Champion and challenger side by side, where each comes from, and what people decided about them."""

import streamlit as st

from athlete_intel.ui import frame, health_decisions, health_words, reviews

data = frame.current()
models, choice = data.table("models"), data.table("model_choice")
row = choice.iloc[0]

frame.header("Models", health_words.choice_sentence(row), data)
reviews.saved_note()
if not health_words.has_challenger(row):
    frame.note("The next model learnt is set against this one, on outcomes that neither had seen.")
else:
    frame.metrics(health_words.choice_metrics(row))
    frame.facts(health_words.side_by_side(row, models))
    frame.note(health_words.how_compared(row))
    if pay := health_words.pay_sentence(row):
        frame.say(pay)

frame.section("Model card")
version = st.selectbox("Model", models["version"].tolist(), key="version", bind="query-params", width=420)
frame.facts(health_words.card(models[models["version"] == version].iloc[0], data.snapshot.id, data.about))
frame.section("All models")
frame.table(health_words.model_rows(models), health_words.model_columns(), key="models")

frame.section("Decide")
decided = health_decisions.model_decisions(data)
frame.note(health_words.waiting_sentence(decided, data.snapshot.created, data.command("cycle")))
health_decisions.about_models(data, models)
with st.expander("What people decided"):
    if decided.empty:
        frame.nothing_here("Nobody has decided anything about models yet.")
    else:
        frame.table(decided, health_words.decision_columns(), key="decided")
