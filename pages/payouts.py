"""What was promised and paid, what it may cost, who carries the risk, and what waits for a person."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.payouts import ledger, risk
from athlete_intel.payouts.report import card_of, unknown_names
from athlete_intel.payouts.statements import months
from athlete_intel.ui import cautions, formats, frame, payout_columns, payout_words, payouts, rankings_read, words

data = frame.current()
if not payouts.available(data):
    frame.header("Payouts", "This snapshot holds no figures about payouts yet.", data)
    frame.command(data.command("build"))
    st.stop()

frame.header("Payouts", "", data)
rankings = data.table("rankings")
names = data.once(rankings_read.names)
book = payouts.rows(data)
states = ledger.balances(book)
month, promised = payouts.next_month(data), payouts.open_commitments(data, book)
waits = payouts.in_dollars(data.once(payouts.waiting))
business = payouts.business(data, book)
fairness = data.table("fairness")

frame.say_answer(payout_words.month_sentence(month))
# Advances are paid for stories; of a data set without stories nothing is told that could not be done.
storied = words.row_is(data.about) != "athlete"
figures = []
if storied or len(states):
    figures = [
        (
            "Open commitments",
            formats.count((states["state"] == "open").sum()),
            "Stories with an advance, not yet settled.",
        ),
        ("Waiting for a person", formats.count(len(waits)), "Athletes whose advance somebody must look at first."),
    ]
if month is not None:
    figures.insert(0, ("Paid in 30 days", payout_words.middle(month, "spend"), "Middle of the simulated month."))
    figures.insert(1, ("Margin", payout_words.middle(month, "margin"), "Middle, with the revenue of the rate card."))
    loss = payout_words.chance(risk.loss_probability(month), month)
    figures.insert(2, ("Chance of a loss", loss, "Share of simulated months."))
if figures:
    frame.metrics(figures)
if month is None:
    frame.link("pages/earnings.py", "What one athlete may expect", ":material/payments:")
    frame.link("pages/plan.py", "What a campaign within a budget costs", ":material/checklist:")
typos = unknown_names(card_of(payouts.tables(data)), rankings, data.table("outcomes"))
points = cautions.of(data) + typos + payout_words.alert_lines(business) + payout_words.fairness_lines(fairness)
points += payout_words.thin_past(data.table("shocks"), payouts.could_test_longer(data)) if month is not None else []
# Where a data set has no figures, nothing is said for or against them.
if points or figures:
    frame.attention(points)
if fairness["alert"].any():
    frame.link("pages/health.py", "How far the model is off, by group", ":material/monitor_heart:", tab="By group")

# What can hold nothing is left out.
tabs = {
    "Risk": month is not None or promised is not None or data.size("bundles") > 0,
    "Waiting": storied,
    "Ledger": storied or len(states) > 0,
}
kept = [name for name, holds in tabs.items() if holds]
with frame.open_tab([*kept, "Figures and fairness", "Money moved", "Rate card"]) as tab:
    if tab == "Risk":
        if month is not None:
            budget = payouts.budget_input(month)
            over = payout_words.chance(risk.over_budget(month, budget * 100), month)
            frame.say(f"The probability that more than {formats.money(budget * 100)} are paid is {over}.")
            frame.chart(
                frame.drawn(charts.book_range, month.spend, "paid in 30 days", budget * 100, "budget"),
                f"{charts.book_range_summary(month.spend, 'paid in 30 days')} {payout_words.not_drawn(month.spend)}",
                key="spend",
            )
            frame.chart(
                frame.drawn(charts.book_range, month.margin, "margin of 30 days", 0, "loss"),
                f"{payout_words.margin_summary(month)} {payout_words.not_drawn(month.margin)}",
                key="margin",
            )
            frame.note(payout_words.shocks_sentence(data.table("shocks")))
            frame.section("Who carries the risk")
            by_sport, by_athlete = (data.once(payouts.carriers, each) for each in (True, False))
            frame.say(payout_words.carriers_sentence(month, by_sport, len(by_athlete)))
            for label, rows in (("Sport", by_sport), ("Athlete", by_athlete)):
                height = 400 if len(rows) > 10 else "auto"
                frame.table(rows, payout_columns.carriers(label), key=f"by-{label.lower()}", height=height)
            frame.download(by_athlete, "Download as CSV", "risk-by-athlete")
        bundle = payouts.bundle_input(data, opened=month is None)
        if bundle:
            spend = payouts.bundle_cost(data, bundle)
            what = "one story by each member" if storied else "pay of all members"
            told = charts.book_range_summary(spend, what)
            frame.chart(frame.drawn(charts.book_range, spend, what), told, key="bundle-spend")
        if promised is not None:
            what = "paid for open commitments"
            told = charts.book_range_summary(promised.spend, what)
            frame.chart(frame.drawn(charts.book_range, promised.spend, what), told, key="promised")
    elif tab == "Waiting":
        if waits.empty:
            frame.nothing_here("Nobody's advance waits for a person.")
        else:
            frame.say("These advances are not paid until somebody has looked and pays them by name:")
            frame.table(waits, payout_columns.waiting(), key="waits", height=400 if len(waits) > 10 else "auto")
            frame.download(waits, "Download as CSV", "waiting")
            frame.command(data.command("payouts advance --approve --story STORY --who NAME --why REASON"))
            frame.link("pages/handles.py", "Contested handles are settled in Handles", ":material/how_to_vote:")
    elif tab == "Ledger":
        frame.say(payout_words.ledger_sentence(states))
        if states.empty:
            frame.nothing_here(
                "Advances and settlements are written from the command line, each with a name and a reason."
            )
            frame.command(data.command("payouts advance --who NAME --why REASON"))
        else:
            frame.section("Commitments")
            table = payouts.in_dollars(states.assign(name=states["athlete_id"].map(names)))
            frame.table(
                table, payout_columns.commitments(), key="commitments", height=360 if len(table) > 9 else "auto"
            )
            frame.section("Ledger by month")
            payouts.statements(data, book, st.selectbox("Month", months(book), key="month"), names, None)
    elif tab == "Figures and fairness":
        frame.table(payout_words.alert_table(business), payout_columns.alerts(), key="business")
        frame.section("Fairness")
        frame.say(payout_words.fairness_sentence(fairness, rankings))
        frame.note(payout_words.FAIRNESS_NOTE)
        if len(fairness):
            compared = payout_words.fairness_rows(fairness)
            frame.table(
                compared, payout_columns.fairness(), key="fairness", height=400 if len(compared) > 10 else "auto"
            )
    elif tab == "Money moved":
        since = payouts.moved(data)
        if since is None:
            frame.nothing_here("This is the first snapshot; after the next cycle, what moved is listed here.")
        else:
            frame.say(f"Against the snapshot of {formats.snapshot(since[0])}: {payout_words.moves_sentence(since[1])}")
            listed = payouts.in_dollars(since[1][since[1]["moved_cents"] != 0])
            if len(listed):
                frame.table(listed, payout_columns.moves(), key="moves", height=400 if len(listed) > 10 else "auto")
                frame.download(listed, "Download as CSV", "money-moved")
    elif tab == "Rate card":
        frame.say("Every assumption behind pay. To change one, copy the card, edit it and name it in the settings:")
        frame.command("athlete-intel payouts card --to my-card.toml")
        frame.table(data.table("rate_card"), payout_columns.rate_card(), key="rate-card")
