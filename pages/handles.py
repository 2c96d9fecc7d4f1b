"""Whose accounts are whose: what waits for review, what workers' agreement is worth, and what it does to pay."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.handles.consensus import Rule, promise_curve
from athlete_intel.ui import columns, filters, formats, frame, handle_columns, handles, review_forms, reviews, words

data = frame.current()
if not data.size("handle_states"):
    frame.header("Handles", "This data set has no handles, so there is nothing to review.", data)
    frame.nothing_here(
        "Its files do not say which accounts are whose, so nobody can check whether its counts are the athletes' own. "
        "Name the column with the accounts in the mapping, under the table handles. This then reads the files again, "
        "from FOLDER as MAPPING says, and publishes them:"
    )
    frame.command(data.command("cycle MAPPING --from FOLDER"))
    st.stop()

states, flags = data.table("handle_states"), data.table("handle_flags")
claims, rankings = data.table("handle_claim"), data.table("rankings")
athletes = data.table("athletes")
names = data.once(reviews.names)
known = data.table("handle_reviews")
decided = reviews.decisions(data)
newest_read = reviews.newest_read(data)
waiting, newest = reviews.waiting(data), reviews.newest(decided)
workers = data.once(reviews.workers)
before = reviews.earlier_payouts(data)
pending = int((decided["id"] > newest_read).sum())

frame.header("Handles", handles.queue_sentence(waiting, states, words.row_is(data.about) != "athlete"), data)
reviews.saved_note()
measured = claims.iloc[0] if len(claims) else None
frame.metrics(
    [
        ("Left out of training", formats.count(states["left_out"].sum()), "Contested handles, and those asked again."),
        ("Flagged by the audit", formats.count(len(flags)), "They look wrong, given everything else known."),
        (
            "Accepted answers right",
            handles.measured_range(measured),
            "Measured on gold questions, 95 times in 100 inside this range.",
        ),
        (
            "Signed, not yet counted",
            formats.count(pending),
            "Signed since this snapshot; they count in the next cycle.",
        ),
    ]
)

with frame.open_tab(["Review", "What agreement is worth", "Audit", "Effect", "Decisions"]) as tab:
    if tab == "Review":
        if waiting.empty:
            frame.nothing_here("Every handle is accepted, and the audit finds nothing odd.")
        else:
            labels = data.once(reviews.queue_labels, newest)
            opened = filters.linked_choice("Handle, most money first", list(labels), "handle", labels.__getitem__)
            state = waiting[waiting["handle_key"] == opened].iloc[0]
            frame.say(str(state["because"]))
            votes = data.once(reviews.ballots, state["athlete_id"], state["platform"])
            found = data.once(reviews.candidates, newest, opened)
            if found:
                frame.section(handles.answers_title(found))
                for row in handles.side_by_side(found):
                    for column, each in zip(st.columns(len(row)), row, strict=True):
                        with column.container(border=True, height="stretch"):
                            frame.subsection(str(each["handle"]) or handles.NO_ACCOUNT)
                            frame.say(handles.candidate_words(each))
            review_forms.review(data, state, found)
            if len(votes):
                with st.expander("The votes and the workers' skills"):
                    frame.table(votes, handle_columns.ballots(), key="ballots")
            frame.section("All that wait")
            frame.table(
                handle_columns.shown(waiting),
                columns.filled(handle_columns.queue(), waiting),
                key="queue",
                row_height=columns.row_height(waiting["because"], handle_columns.WHY),
                height=420 if len(waiting) > 4 else "auto",
            )
            frame.download(waiting[list(handle_columns.queue())], "Download the queue as CSV", "handles")
    elif tab == "What agreement is worth":
        if measured is None:
            frame.nothing_here("Nobody was asked for handles in this data set, so there are no votes to weigh.")
        else:
            left, right = st.columns([3, 2], gap="large")
            rule = Rule(int(measured["agreeing"]), int(measured["of_votes"]))
            with left:
                curve = promise_curve(rule, int(measured["plausible"]))
                frame.chart(
                    frame.drawn(charts.promise, curve, measured), charts.promise_summary(measured), key="promise"
                )
            with right:
                frame.section("In words")
                frame.bullets(handles.claim_sentences(measured))
            frame.section("The workers")
            frame.table(workers, handle_columns.workers(), key="workers", height=300 if len(workers) > 8 else "auto")
    elif tab == "Audit":
        if flags.empty:
            frame.nothing_here("No account draws far less or far more than everything else suggests.")
        else:
            frame.say("The audit only suggests; it changes nothing. What it flags stands in the queue, under Review.")
            told = flags.merge(athletes[["athlete_id", "name"]], on="athlete_id", how="left").sort_values("z")
            frame.table(
                handle_columns.shown(told),
                handle_columns.flags(),
                key="flags",
                row_height=frame.TWO_LINES,
                height=360 if len(flags) > 6 else "auto",
            )
            frame.bullets([f"{row['name']}: {row['why']}" for _, row in told.head(5).iterrows()])
            frame.download(told, "Download as CSV", "audit")
    elif tab == "Effect":
        frame.say(handles.effect_sentence(data.table("handle_effect").iloc[0]))
        paid = handles.pay_differences(data.table("handle_payouts"), athletes)
        if len(paid):
            frame.say("Typical pay with contested handles and without, under one plain model for both:")
            frame.table(paid, handle_columns.with_and_without(), key="paid", height=300 if len(paid) > 8 else "auto")
        frame.section("Payouts that changed")
        if before is None:
            frame.nothing_here("This is the first snapshot; after the next cycle, what changed is listed here.")
        else:
            changes = handles.payout_changes(data.table("payouts"), before[1], athletes, set(known["athlete_id"]))
            frame.say(f"Against the snapshot of {formats.snapshot(before[0])}: {charts.payout_shifts_summary(changes)}")
            if len(changes):
                frame.chart(
                    frame.drawn(charts.payout_shifts, changes), charts.payout_shifts_summary(changes), key="shifts"
                )
                frame.table(changes, handle_columns.payout_changes(), key="changes", height=360)
                frame.download(changes, "Download as CSV", "payout-changes")
    elif tab == "Decisions":
        if decided.empty:
            frame.nothing_here("Nobody has decided anything yet.")
        else:
            frame.say("Every decision stays here, signed; one that was taken back no longer counts.")
            shown = data.once(reviews.journal, decided)
            frame.table(
                handle_columns.shown(shown),
                columns.filled(handle_columns.decisions(), shown),
                key="decisions",
                row_height=columns.row_height(shown["why"], handle_columns.REASON),
            )
            frame.download(shown, "Download as CSV", "decisions")
            review_forms.take_back(data, decided, names)
