"""Champion and challenger side by side, what a promotion does to pay, where each was used, and what people decided."""

import streamlit as st

from athlete_intel.ui import filters, frame, health_decisions, model_cards, model_words, reviews, words

data = frame.current()
models, choice = data.table("models"), data.table("model_choice")
moves, uses = data.table("pay_moves"), data.table("model_uses")
row = choice.iloc[0]
storied = words.row_is(data.about) == "story"
decided = health_decisions.model_decisions(data)
waiting = model_words.waiting_sentence(decided, row["decision"], str(row["used"]))

frame.header("Models", waiting or model_words.choice_sentence(row), data)
if waiting:
    frame.say("To run it now:")
    frame.command(data.command("cycle"))
if not model_words.has_challenger(row):
    frame.note("The next model learnt is set against this one, on outcomes that neither had seen.")
else:
    if model_words.is_compared(row):
        frame.metrics(model_words.choice_metrics(row))
    frame.facts(model_words.side_by_side(row, models))
    frame.note(" ".join([model_words.why_challenger(row), model_words.how_compared(row)]).strip())
    if pay := model_words.pay_sentence(row, storied):
        frame.say(pay)
    if len(moves):
        rows = model_words.move_rows(moves, data.table("rankings"))
        frame.table(rows, model_words.move_columns(storied), key="moves")

frame.section("Model card")
filters.tell_unknown("version", models["version"])
versions = models["version"].tolist()
in_use = models["status"].tolist().index("champion") if (models["status"] == "champion").any() else 0
version = st.selectbox("Model", versions, in_use, key="version", bind="query-params", width=420)
card = model_cards.card(models[models["version"] == version].iloc[0], uses, data.table("model_candidates"))
frame.facts(card)
# A single one is named in the card.
if len(used_in := uses[uses["model_version"] == version]) > 1:
    frame.table(used_in, model_cards.use_columns(), key="uses")
frame.section("All models")
frame.table(model_cards.model_rows(models, uses), model_cards.model_columns(), key="models")

frame.section("Decide")
reviews.saved_note()
if waiting:
    frame.note(
        "A decision waits for the next cycle already (see above); another one takes its place, as the newest counts."
    )
else:
    frame.note("A decision takes effect in the next cycle. To run it now:")
    frame.command(data.command("cycle"))
health_decisions.about_models(data, models)
with st.expander("What people decided"):
    if decided.empty:
        frame.nothing_here("Nobody has decided anything about models yet.")
    else:
        frame.table(decided, model_words.decision_columns(), key="decided")
