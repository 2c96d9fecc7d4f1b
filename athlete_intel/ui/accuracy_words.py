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
    Over all 2 predictions: R² of the logs is 0.94 (naive guess: -0.03), the mean absolute error 10 page views (50),
    and half of them are off by less than 8% of what came (38%).
    """
    if backtest.empty:
        return ""
    found = figures(backtest)
    mean, naive = (f.outcome(found[name], about["outcome_unit"]) for name in ("mae", "baseline_mae"))
    named = mean if about["outcome_unit"] == "$" else f"{mean} {about['outcome_name']}"
    return (
        f"Over all {f.some(len(backtest), 'prediction')}: R² of the logs is {f.figure(found['r2_log'])} (naive guess: "
        f"{f.figure(found['baseline_r2_log'])}), the mean absolute error {named} ({naive}), and half of them are off "
        f"by less than {f.percent(found['relative_error'])} of what came "
        f"({f.percent(found['baseline_relative_error'])})."
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
