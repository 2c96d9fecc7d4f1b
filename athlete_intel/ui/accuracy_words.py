"""What errors of the model say, in sentences."""

from typing import Any

import pandas as pd

from athlete_intel.monitoring.accuracy import LEAST_TO_NAME, figures, weakest
from athlete_intel.ui import formats as f


def errors_sentence(backtest: pd.DataFrame, about: Any) -> str:
    """R², mean absolute and relative error of all tested predictions, and of the naive guess on them.

    >>> backtest = pd.DataFrame({"predicted": [90.0, 210.0], "actual": [100.0, 200.0], "baseline": [150.0, 150.0],
    ...     "low": [50.0, 150.0], "high": [120.0, 300.0]})
    >>> print(errors_sentence(backtest, {"outcome_unit": "", "outcome_name": "page views"}))
    Over all 2 predictions: R² of the logs is 0.94 (naive guess: -0.03), the mean absolute error 10 page views (naive
    guess: 50). Half of them are off by less than 8% of what came (naive guess: 38%); the typical error is the mean of
    log errors instead, in which large misses count more.
    """
    if backtest.empty:
        return ""
    found = figures(backtest)
    mean, naive = (f.outcome(found[name], about["outcome_unit"]) for name in ("mae", "baseline_mae"))
    named = mean if about["outcome_unit"] == "$" else f"{mean} {about['outcome_name']}"
    return (
        f"Over all {f.some(len(backtest), 'prediction')}: R² of the logs is {f.figure(found['r2_log'])} (naive guess: "
        f"{f.figure(found['baseline_r2_log'])}), the mean absolute error {named} (naive guess: {naive}). Half of them "
        f"are off by less than {f.percent(found['relative_error'])} of what came (naive guess: "
        f"{f.percent(found['baseline_relative_error'])}); the typical error is the mean of log errors instead, in "
        "which large misses count more."
    )


def rests_on(compared: int, windows: pd.DataFrame) -> str:
    """On which predictions the figures of the whole model rest, and on which the charts and tables below them.

    Args:
        compared: predictions on which the candidates were compared: of the newest windows, or of several random splits.
        windows: window, rows of those that are shown.

    >>> windows = pd.DataFrame({"window": ["2026-03-01 to 2026-03-14", "2026-03-15 to 2026-03-28"], "rows": [30, 40]})
    >>> print(rests_on(40, windows))
    The figures above rest on the 40 predictions of the newest window, on which all models were compared; what follows
    under Accuracy and By group on all 70 of 2 windows, so both differ a little.
    >>> parts = pd.DataFrame({"window": ["repeat 1, fold 1", "repeat 1, fold 2"], "rows": [30, 40]})
    >>> print(rests_on(140, parts))
    The figures above rest on 140 predictions, of 2 random splits of the athletes; what follows under Accuracy and By
    group on the 70 of the first split, so both differ a little.
    >>> rests_on(70, windows)
    'The figures above, and what follows under Accuracy and By group, rest on the same 70 predictions.'
    """
    shown, below = int(windows["rows"].sum()), "what follows under Accuracy and By group"
    if windows.empty:
        return ""
    if compared == shown:
        return f"The figures above, and {below}, rest on the same {f.some(shown, 'prediction')}."
    above = f"The figures above rest on {'the ' * (compared < shown)}{f.some(compared, 'prediction')}"
    if windows["window"].str.contains("fold").all():
        splits = f.some(round(compared / max(shown, 1)), "random split")
        return (
            f"{above}, of {splits} of the athletes; {below} on the {f.count(shown)} of the first split, so both differ "
            "a little."
        )
    newest = windows.sort_values("window", ascending=False)["rows"].cumsum().tolist()
    number = newest.index(compared) + 1 if compared in newest else 0
    which = "the newest window" if number == 1 else f"the newest {number or ''} windows".replace("  ", " ")
    return (
        f"{above} of {which}, on which all models were compared; {below} on all {f.count(shown)} of "
        f"{f.some(len(windows), 'window')}, so both differ a little."
    )


def weakest_sentence(groups: pd.DataFrame) -> str:
    """Where the model is weakest over all groupings."""
    row = weakest(groups)
    error, naive = (f.error_factor(row[name])[:-1] for name in ("mae_log", "baseline_mae_log"))
    of = f" of at least {LEAST_TO_NAME} predictions" if row["rows"] >= LEAST_TO_NAME else ""
    return (
        f"Weakest of all groups{of}: {row['value']} ({row['grouping']}), off by a factor of {error} in "
        f"{f.some(int(row['rows']), 'prediction')}, where a naive guess is off by {naive}."
    )
