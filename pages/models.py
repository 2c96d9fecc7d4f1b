"""Champion and challenger side by side, what a promotion does to pay, where each was used, and what people decided."""

import streamlit as st

from athlete_intel.ui import filters, frame, health_decisions, model_words, reviews

data = frame.current()
models, choice = data.table("models"), data.table("model_choice")
moves, uses = data.table("pay_moves"), data.table("model_uses")
row = choice.iloc[0]

frame.header("Models", model_words.choice_sentence(row), data)
if not model_words.has_challenger(row):
    frame.note("The next model learnt is set against this one, on outcomes that neither had seen.")
else:
    frame.metrics(model_words.choice_metrics(row))
    frame.facts(model_words.side_by_side(row, models))
    frame.note(model_words.how_compared(row))
    if pay := model_words.pay_sentence(row):
        frame.say(pay)
    if len(moves):
        rows = model_words.move_rows(moves, data.table("rankings"))
        frame.table(rows, model_words.move_columns(), key="moves")

frame.section("Model card")
filters.tell_unknown("version", models["version"])
version = st.selectbox("Model", models["version"].tolist(), key="version", bind="query-params", width=420)
frame.facts(model_words.card(models[models["version"] == version].iloc[0], uses))
# A single one is named in the card.
if len(used_in := uses[uses["model_version"] == version]) > 1:
    frame.table(used_in, model_words.use_columns(), key="uses")
frame.section("All models")
frame.table(model_words.model_rows(models, uses), model_words.model_columns(), key="models")

frame.section("Decide")
reviews.saved_note()
decided = health_decisions.model_decisions(data)
frame.note(model_words.waiting_sentence(decided, row["decision"]))
frame.command(data.command("cycle"))
health_decisions.about_models(data, models)
with st.expander("What people decided"):
    if decided.empty:
        frame.nothing_here("Nobody has decided anything about models yet.")
    else:
        frame.table(decided, model_words.decision_columns(), key="decided")
