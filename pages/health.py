"""Whether to trust the model: accuracy on outcomes it had not seen, by window and group, and drift."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.ui import columns, formats, frame, words

data = frame.current()
about = data.about
candidates, windows = data.table("model_candidates"), data.table("accuracy_by_window")
backtest, drift = data.table("backtest"), data.table("drift")
figures = words.model_figures(candidates, windows)

frame.header("Model health", words.model_sentence(figures, about), data)
if figures:
    frame.metrics(
        [
            (
                "Typical error",
                formats.error_factor(figures.error_log),
                words.typical_error_meaning(figures.error_log),
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
            ("Features drifting", words.drifting(drift), "Features that moved away from what the model learnt from."),
        ]
    )

accuracy, models, groups, moving = st.tabs(["Accuracy", "Models compared", "By group", "Drift"])
with accuracy:
    frame.chart(
        charts.predicted_and_actual(backtest, about["outcome_name"], about["outcome_unit"]),
        charts.predicted_and_actual_summary(backtest),
        key="predicted",
    )
    frame.chart(charts.errors_by_window(windows), charts.errors_by_window_summary(windows), key="windows")
    frame.note(f"{words.how_tested(windows)} {words.totals_sentence(windows)}".strip())
    tested_in = "Part" if words.row_is(about) == "athlete" else "Window"
    frame.table(words.windows_in_words(windows), columns.accuracy("window", tested_in, windows), key="by-window")
with models:
    frame.say(words.why_chosen(candidates))
    frame.table(words.compared_models(candidates), columns.candidates(), key="candidates")
    frame.note(f"Model version {about['model_version']}.")
with groups:
    errors = data.table("accuracy_by_group")
    if errors.empty:
        frame.nothing_here("The athletes of this data set have nothing to be grouped by.")
    else:
        kinds = sorted(errors["grouping"].unique())
        grouping = st.selectbox(
            "Group by", kinds, format_func=str.capitalize, key="grouping", bind="query-params", width=260
        )
        part = errors[errors["grouping"] == grouping]
        frame.chart(charts.errors_by_group(part), charts.errors_by_group_summary(part), key="groups")
        by_error = words.as_factors(part).sort_values(["error", "value"], ascending=[False, True])
        frame.table(by_error, columns.accuracy("value", str(grouping).capitalize(), part), key="by-group")
        frame.download(errors, "Download all groups as CSV", "errors-by-group")
with moving:
    if drift.empty:
        frame.nothing_here(
            "This data set has one day only; drift needs two windows to compare. It appears here once later data "
            "have been read."
        )
    else:
        frame.say(words.drift_sentence(drift))
        shown = words.drift_states(drift)
        frame.table(
            shown, columns.drift((drift.iloc[0]["psi_threshold"], drift.iloc[0]["ks_p_threshold"])), key="drift"
        )
        frame.note(words.drift_rule(drift))
        frame.download(shown, "Download as CSV", "drift")
        labels = formats.distinct(dict(zip(shown["feature"], shown["label"], strict=True)))
        feature = st.selectbox(
            "Feature", shown["feature"].tolist(), format_func=labels.__getitem__, key="feature", width=420
        )
        bins = data.table("drift_bins")
        bins = bins[bins["feature"] == feature]
        if bins.empty:
            frame.nothing_here("No distribution was stored for this feature.")
        else:
            frame.chart(charts.distribution(bins, labels[feature]), charts.distribution_summary(bins), key="bins")
