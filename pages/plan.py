"""Plan a campaign: a budget and wishes in, the best athletes to book out, with proof, promise and prices."""

from dataclasses import asdict

import streamlit as st

from athlete_intel import charts
from athlete_intel.ui import (
    bundle_columns,
    bundle_words,
    campaign_words,
    campaigns,
    formats,
    frame,
    offers,
    outcome_words,
    plans,
    reviews,
    takeaway,
    words,
)

data = frame.current()
about = data.about
athletes, bookable = plans.athletes_of(data), plans.bookable_of(data)
header = st.container()
if bookable.empty:
    frame.header("Plan", "There is nobody to book in this data set.", data)
    frame.nothing_here(bundle_words.not_booked(athletes) or "There are no athletes in it.")
    st.stop()

with header:
    frame.header("Plan", "", data)
request = plans.request_or_stop(data)
plan = plans.solved_or_stop(data, bookable, request)
if plan is None:
    conflict = plans.conflict(data, bookable, request)
    with header:
        frame.say_answer("No choice of athletes keeps all of these wishes.")
        frame.say(campaign_words.request_sentence(asdict(request), about))
        frame.in_sidebar(plans.wishes_hint(data))
    if conflict:
        why, *ways_out = bundle_words.conflict_sentences(conflict, request, plans.names_of(athletes))
        frame.attention([why])
        frame.section("What would help")
        frame.bullets(ways_out)
    st.stop()

members, facts = plans.members_and_facts(data, athletes, plan)
sentence = bundle_words.plan_sentence(about, facts, request)
promise = bundle_words.promise_sentence(about, facts)
promise = f"{promise} {bundle_words.choice_sentence(plans.chosen_as(data))}".strip()
mix = bundle_words.mix_sentence(about, facts, data.once(reviews.handles_checked))
spent = bundle_words.spending_sentence(about, facts)
spent = " ".join(filter(None, [spent, bundle_words.safe_budget_sentence(facts, request), mix]))
chosen = plans.everybody_sentence(bookable, request, facts) or plans.ties_sentence(data, bookable, members, request)
wished = campaign_words.request_sentence(asdict(request), about)
with header:
    frame.say_answer(sentence)
    if chosen:
        frame.say(chosen)
    frame.say(promise)
    if doubts := plans.doubts(data, members):
        frame.attention(doubts)
    if request.goal == "certain":
        frame.say(bundle_words.certain_sentence(about, plan.value))
    frame.say(spent)
    frame.in_sidebar(plans.wishes_hint(data))
each = "one story by each athlete" if words.row_is(about) != "athlete" else "all athletes booked"
paid = f"{outcome_words.paid_for(about)} of {each}" if outcome_words.is_level(about) else f"pay of {each}"
frame.metrics(
    [
        (
            "Cost",
            formats.money(facts["cost_cents"]),
            f"{formats.upper_first(paid)}, on average; so it is not the sum of typical pay, which is the middle of "
            "what may come.",
        ),
        (
            formats.upper_first(outcome_words.named(about)),
            formats.outcome(facts["expected"], about["outcome_unit"]),
            f"On average, of {each}.",
        ),
        offers.cost_for_1000(facts, about),
        (
            "Proof",
            "Best possible" if plan.proven else "Not proven",
            "Whether it is proven that no other choice of athletes brings more than 0.01% more.",
        ),
    ]
)
frame.chart(frame.drawn(charts.booked, members, about), charts.booked_summary(members), key="booked")
frame.section("Who to book")
listed = bundle_columns.shown(members)
frame.table(
    listed,
    bundle_columns.booked(listed, about),
    key=f"booked-{data.snapshot.id}",
    height=460 if len(listed) > 12 else "auto",
)
takeaway.buttons(data, "plan", "Campaign plan", [sentence, promise, *doubts, spent, wished], members)
if left_out := bundle_words.not_booked(athletes):
    frame.note(left_out)
frame.note("The address of this page holds the whole plan: send it to a colleague.")

frame.section("Save it")
frame.say("The promise is written down as it stands here, and cannot be changed afterwards.")
campaigns.save_form(data, request, members, facts)

# Each price is a plan of its own that must be found first, so prices come last and the dearest only when asked for.
frame.section("What wishes cost")
wishes = plans.wish_prices(data, bookable, plan)
if wishes.empty:
    frame.say("There are no wishes beside the budget, so nothing is lost to any.")
else:
    frame.bullets(bundle_words.wish_prices(wishes, about))
if st.toggle("Show what it costs to spread offers more evenly", key="spread", bind="query-params"):
    spreading = plans.spreading_prices(data, bookable, request)
    frame.table(spreading, bundle_columns.spreading(spreading, about), key="spreading")
