"""Errors by time and group."""

import numpy as np
import pandas as pd
import pytest

from athlete_intel.monitoring.accuracy import by_group, by_window

BACKTEST = pd.DataFrame(
    {
        "row_id": list("uvwxyz"),
        "athlete_id": ["a", "a", "a", "b", "b", "b"],
        "window": ["w1", "w1", "w2", "w1", "w2", "w2"],
        "predicted": np.expm1([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        "low": np.expm1([0.5, 1.5, 2.5, 3.5, 4.5, np.nan]),
        "high": np.expm1([1.5, 2.5, 3.5, 4.5, 5.5, np.nan]),
        "baseline": np.expm1([1.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
        "actual": np.expm1([1.2, 2.0, 3.6, 3.0, 5.0, 6.0]),
    }
)


def test_errors_by_window() -> None:
    table = by_window(BACKTEST, 2.0).set_index("window")
    assert table.loc["w1", "rows"] == 3
    assert table.loc["w1", "mae_log"] == pytest.approx((0.2 + 0 + 1) / 3)
    assert table.loc["w1", "bias_log"] == pytest.approx((-0.2 + 0 + 1) / 3)
    assert table.loc["w1", "coverage"] == pytest.approx(2 / 3)
    assert table.loc["w1", "baseline_mae_log"] == pytest.approx((0.2 + 1 + 2) / 3)
    actual, predicted = np.expm1([1.2, 2.0, 3.0]).sum(), np.expm1([1.0, 2.0, 4.0]).sum()
    assert table.loc["w1", "total_ratio"] == pytest.approx(actual / (2 * predicted))
    assert table.loc["w2", "coverage"] == pytest.approx(1 / 2), "a prediction without a range does not count"


def test_coverage_is_not_told_where_most_predictions_had_no_range() -> None:
    few = BACKTEST.assign(low=BACKTEST["low"].where(BACKTEST["row_id"] == "u"))
    table = by_window(few, 2.0).set_index("window")
    assert table["coverage"].isna().to_dict() == {"w1": True, "w2": True}, "1 of 3, and 0 of 3"


def test_errors_by_group_put_the_weakest_first_and_leave_tiny_groups_out() -> None:
    backtest = pd.concat([BACKTEST] * 3, ignore_index=True)
    profile = dict.fromkeys(["kind", "league", "team", "position", "country", "gender"], "same")
    athletes = pd.DataFrame({"athlete_id": ["a", "b"], "sport": ["judo", "golf"], **profile})
    table = by_group(backtest, athletes)
    sports = table[table["grouping"] == "sport"]
    assert sports["value"].tolist() == ["golf", "judo"]
    assert sports["mae_log"].tolist() == [pytest.approx(1 / 3), pytest.approx(0.8 / 3)]
    assert "kind" not in set(table["grouping"]), "a grouping with one group tells nothing"
    assert by_group(BACKTEST, athletes).loc[lambda t: t["grouping"] == "sport"].empty
