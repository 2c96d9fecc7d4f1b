"""What one athlete can expect to earn, what moves it, and how past estimates came out."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.payouts.statements import months
from athlete_intel.ui import (
    cautions,
    columns,
    driver_words,
    earnings_words,
    filters,
    formats,
    frame,
    handle_columns,
    outcome_words,
    payout_words,
    payouts,
    rankings_read,
    review_forms,
    reviews,
    words,
)

data = frame.current()
about = data.about
unit = about["outcome_unit"]
rankings = data.once(rankings_read.by_rank)
if rankings.empty:
    frame.header("Earnings", "There is no athlete in this data set yet.", data)
    st.stop()

header = st.container()
labels = data.once(rankings_read.labels)
athlete_id = filters.athlete_choice(rankings["athlete_id"].tolist(), labels.__getitem__)
if athlete_id is None:
    with header:
        frame.header("Earnings", "", data)
    st.stop()
athlete = rankings[rankings["athlete_id"] == athlete_id].iloc[0]
pay = data.rows_of("payouts", athlete_id)
terms = payouts.terms(data, rankings[rankings["athlete_id"] == athlete_id])[0]
with header:
    answer = f"No payout was computed for {athlete['name']}."
    if len(pay):
        answer = earnings_words.pay_sentence(about, pay.iloc[0], terms)
    frame.header(f"Earnings of {athlete['name']}", answer, data)
outlook = data.rows_of("outlook", athlete_id) if len(pay) and payouts.available(data) else pay.head(0)
accounts = reviews.accounts(data, athlete_id)
if points := reviews.contested_marks(data, athlete_id) + cautions.of(data):
    frame.attention(points)
storied = words.row_is(about) != "athlete"
if not storied:
    frame.note(
        f"This data set has one value for each athlete ({about['outcome_label']}) and no single stories, "
        "so pay is reckoned on that value."
    )
if len(pay):
    row = pay.iloc[0]
    middle = "The middle of what may come; cost in bundles and plans is pay on average, and so another amount."
    frame.metrics(
        [
            ("Typical pay", formats.money(row["expected_cents"]), f"By the rate card {row['rate_card']}. {middle}"),
            (
                words.range_label(about),
                formats.money_range(row["low_cents"], row["high_cents"]),
                words.range_meaning(about),
            ),
            (
                formats.upper_first(outcome_words.named(about)),
                formats.outcome(athlete["predicted"], unit),
                f"Typical: {about['outcome_label']}.",
            ),
            ("Rank", f"{athlete['rank']:,} of {len(rankings):,}", "By typical outcome."),
        ]
    )
if len(outlook):
    ahead = outlook.iloc[0]
    if month := payout_words.month_pay(ahead, words.is_tested(about), pay.iloc[0]["expected_cents"]):
        frame.say(month)
    if storied and not formats.missing(ahead["waits_why"]):
        frame.attention([payout_words.waiting_sentence(ahead["waits_why"])])

drivers = data.once(rankings_read.drivers, athlete_id)
if drivers.empty:
    frame.nothing_here("The model in use does not split its estimate into parts, so there are no drivers to show.")
else:
    told = data.once(rankings_read.told_drivers, athlete_id)
    frame.chart(frame.drawn(charts.drivers, drivers, athlete["name"]), told, key="drivers")
changes = data.rows_of("what_ifs", athlete_id)
if len(outlook) and (storied or len(changes)):
    frame.section("What would change it")
    change, more = payouts.change_input(changes, storied)
    chosen = changes[changes["change"] == change]
    label = str(chosen["label"].iloc[0]) if len(chosen) else ""
    then = payouts.what_if(data, athlete_id, change, more)
    outside = bool(chosen["outside"].any())
    frame.say(payout_words.what_if_sentence(label, more, then, outside, storied))
    if storied and (prices := payout_words.prices(about, pay.iloc[0], ahead)):
        frame.section("The same story priced in other ways")
        frame.metrics(prices)
        frame.note(payout_words.spread_sentence(about, pay.iloc[0], ahead))
frame.section("How it is computed")
frame.say(earnings_words.how_computed(about, terms))

past = data.once(payouts.past_estimates, athlete_id)
frame.section(earnings_words.past_title(about))
frame.say(earnings_words.past_sentence(past, about))
if len(past) > 1:
    frame.chart(
        frame.drawn(charts.past_estimates, past, about["outcome_label"], unit),
        charts.past_estimates_summary(past),
        key="past",
    )
if len(past):
    newest_first = past.iloc[::-1].reset_index(drop=True)
    frame.table(newest_first, columns.past(newest_first, about), key="past-table")
    frame.download(past, "Download as CSV", f"estimates-{athlete_id}")
    frame.note(earnings_words.past_note(len(past), about))
book = payouts.rows(data)
own = book[book["athlete_id"] == athlete_id]
if storied or len(own):
    frame.section("Statements")
if own.empty and storied:
    frame.say("Nothing was paid to this athlete yet; statements appear here, by month, once an advance was paid.")
elif len(own):
    payouts.statements(data, own, st.selectbox("Month", months(own), key="month"), labels, athlete_id)
if len(drivers):
    with st.expander("All drivers as a table"):
        frame.table(drivers, columns.drivers(), key="drivers-table")
        if told := driver_words.periods_note(drivers):
            frame.note(told)
if accounts is not None and len(accounts):
    # Whoever has just signed stands at the end of this long page.
    reviews.saved_note()
    with st.expander("The accounts that this rests on, and how to contest one"):
        frame.table(handle_columns.shown(accounts), handle_columns.states(), key="accounts")
        review_forms.contest(data, accounts)
