"""Whether to trust the model: accuracy on outcomes it had not seen, by window and group, and ahead of outcomes."""

from datetime import UTC, datetime

import streamlit as st

from athlete_intel import charts
from athlete_intel.ui import accuracy_words, columns, drift_words, filters, formats, frame, health_words, words

data = frame.current()
about = data.about
candidates, windows = data.table("model_candidates"), data.table("accuracy_by_window")
backtest, drift = data.table("backtest"), data.table("drift")
figures = accuracy_words.model_figures(candidates)

frame.header("Model health", accuracy_words.model_sentence(figures, about), data)
if figures:
    frame.metrics(
        [
            (
                "Typical error",
                formats.error_factor(figures.error_log),
                accuracy_words.typical_error_meaning(figures.error_log),
            ),
            (
                "Naive guess",
                formats.error_factor(figures.baseline_error_log),
                "The same error without any model.",
            ),
            (
                "Inside their range",
                formats.percent(figures.coverage),
                f"Of outcomes not seen before; {formats.percent(about['interval'])} are aimed at.",
            ),
            ("R²", formats.figure(figures.r2_log), "Share of the differences between outcomes, in logs, explained."),
            (
                "Features drifting",
                drift_words.drifting(drift),
                "Of the features that are watched, those that moved away from what the model learnt from.",
            ),
        ]
    )

    frame.note(accuracy_words.rests_on(figures.rows, windows))
if len(drift):
    frame.link("pages/drift.py", "See which features drift", ":material/move_up:")
with frame.open_tab(["Accuracy", "Models compared", "By group", "Estimated ahead", "Data quality"]) as tab:
    if tab == "Accuracy":
        frame.chart(
            frame.drawn(charts.predicted_and_actual, backtest, about["outcome_name"], about["outcome_unit"]),
            charts.predicted_and_actual_summary(backtest),
            key="predicted",
        )
        frame.note(accuracy_words.errors_sentence(backtest, about))
        frame.chart(
            frame.drawn(charts.errors_by_window, windows), charts.errors_by_window_summary(windows), key="windows"
        )
        frame.note(f"{accuracy_words.how_tested(windows)} {accuracy_words.totals_sentence(windows)}".strip())
        tested_in = "Part" if words.row_is(about) == "athlete" else "Window"
        in_words = accuracy_words.windows_in_words(windows)
        frame.table(in_words, columns.accuracy("window", tested_in, in_words, about), key="by-window")
    elif tab == "Models compared":
        frame.say(accuracy_words.why_chosen(candidates))
        frame.table(
            accuracy_words.compared_models(candidates),
            columns.candidates(),
            key="candidates",
            row_height=frame.FOUR_LINES,
        )
        frame.note(f"Model version {about['model_version']}.")
    elif tab == "By group":
        errors = data.table("accuracy_by_group")
        if errors.empty:
            frame.nothing_here("The athletes of this data set have nothing to be grouped by.")
        else:
            frame.say(accuracy_words.weakest_sentence(errors))
            kinds = errors["grouping"].unique().tolist()
            named = [str(kind).capitalize() for kind in kinds]
            filters.tell_misread("Group by", "grouping", {*kinds, *named}.__contains__, named[0])
            grouping = st.selectbox(
                "Group by", kinds, format_func=str.capitalize, key="grouping", bind="query-params", width=260
            )
            part = errors[errors["grouping"] == grouping]
            frame.chart(frame.drawn(charts.errors_by_group, part), charts.errors_by_group_summary(part), key="groups")
            by_error = accuracy_words.as_factors(part).sort_values(["error", "value"], ascending=[False, True])
            shown = columns.accuracy("value", str(grouping).capitalize(), by_error, about)
            frame.table(by_error, shown, key="by-group")
            frame.download(errors, "Download all groups as CSV", "errors-by-group")
    elif tab == "Estimated ahead":
        estimates = data.table("estimated_errors")
        if estimates.empty:
            frame.nothing_here("Errors can be estimated ahead only where stories follow each other in time.")
        else:
            frame.chart(
                frame.drawn(charts.estimated_errors, estimates),
                charts.estimated_errors_summary(estimates),
                key="estimates",
            )
            frame.note(health_words.ESTIMATES_KNOW)
            frame.table(health_words.estimates(estimates), health_words.estimate_columns(), key="estimated")
    elif tab == "Data quality":
        checks = data.table("quality")
        frame.say(health_words.quality_sentence(checks))
        if not about["made_up"]:
            frame.say(health_words.clock_sentence(checks, about["as_of"], datetime.now(UTC).replace(tzinfo=None)))
        frame.table(checks, health_words.quality_columns(), key="quality")
