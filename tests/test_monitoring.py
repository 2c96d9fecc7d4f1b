"""Errors by time and group."""

import numpy as np
import pandas as pd
import pytest

from athlete_intel.monitoring.accuracy import by_group, by_window, figures, weakest
from athlete_intel.monitoring.mix import known_mix
from tests.tables import raw_database, table

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
    found = by_window(BACKTEST, 2.0).set_index("window")
    assert found.loc["w1", "rows"] == 3
    assert found.loc["w1", "mae_log"] == pytest.approx((0.2 + 0 + 1) / 3)
    assert found.loc["w1", "bias_log"] == pytest.approx((-0.2 + 0 + 1) / 3)
    assert found.loc["w1", "coverage"] == pytest.approx(2 / 3)
    assert found.loc["w1", "baseline_mae_log"] == pytest.approx((0.2 + 1 + 2) / 3)
    actual, predicted = np.expm1([1.2, 2.0, 3.0]).sum(), np.expm1([1.0, 2.0, 4.0]).sum()
    assert found.loc["w1", "total_ratio"] == pytest.approx(actual / (2 * predicted))
    assert found.loc["w2", "coverage"] == pytest.approx(1 / 2), "a prediction without a range does not count"


def test_coverage_is_not_told_where_most_predictions_had_no_range() -> None:
    few = BACKTEST.assign(low=BACKTEST["low"].where(BACKTEST["row_id"] == "u"))
    found = by_window(few, 2.0).set_index("window")
    assert found["coverage"].isna().to_dict() == {"w1": True, "w2": True}, "1 of 3, and 0 of 3"


def test_figures_are_those_of_the_textbook_for_model_and_naive_guess() -> None:
    tested = pd.DataFrame({"predicted": [90.0, 210.0, 0.0], "actual": [100.0, 200.0, 0.0], "baseline": [150.0] * 3})
    found = figures(tested.assign(low=np.nan, high=np.nan))
    actual, predicted = np.log1p(tested["actual"]), np.log1p(tested["predicted"])
    assert found["r2_log"] == pytest.approx(
        1 - ((predicted - actual) ** 2).sum() / ((actual - actual.mean()) ** 2).sum()
    )
    assert found["mae"] == pytest.approx((10 + 10 + 0) / 3)
    assert found["relative_error"] == pytest.approx(0.05), "of 10%, 5% and none"
    assert found["baseline_mae"] == pytest.approx((50 + 50 + 150) / 3)
    assert found["baseline_relative_error"] == pytest.approx(0.5), "of 50%, 25% and infinitely much"
    assert found["baseline_mae_log"] == pytest.approx(float((np.log1p(150) - actual).abs().mean()))
    assert np.isnan(found["coverage"])
    assert np.isnan(figures(tested.tail(1).assign(low=0.0, high=1.0))["r2_log"]), "one outcome has no spread"


def test_errors_by_group_put_the_weakest_first_and_leave_tiny_groups_out() -> None:
    backtest = pd.concat([BACKTEST] * 3, ignore_index=True)
    profile = dict.fromkeys(["kind", "league", "team", "position", "country", "gender"], "same")
    athletes = pd.DataFrame({"athlete_id": ["a", "b"], "sport": ["judo", "golf"], **profile})
    found = by_group(backtest, athletes)
    sports = found[found["grouping"] == "sport"]
    assert sports["value"].tolist() == ["golf", "judo"]
    assert sports["mae_log"].tolist() == [pytest.approx(1 / 3), pytest.approx(0.8 / 3)]
    assert "kind" not in set(found["grouping"]), "a grouping with one group tells nothing"
    assert by_group(BACKTEST, athletes).loc[lambda t: t["grouping"] == "sport"].empty


def test_platform_mix_and_history_are_those_of_each_story_and_the_weakest_grouping_stands_first() -> None:
    errors = {"row": 0.1, "new": 0.8, "many": 0.2}
    rows = [(f"{kind}-{n}", "a" if n % 2 else "b", kind) for kind in errors for n in range(20)]
    backtest = pd.DataFrame(rows, columns=["row_id", "athlete_id", "which"])
    backtest["actual"] = np.expm1(5.0 + np.arange(60) / 100)
    backtest["predicted"] = np.expm1(np.log1p(backtest["actual"]) + backtest["which"].map(errors))
    backtest = backtest.assign(low=np.nan, high=np.nan, baseline=100.0)
    seen = backtest.set_index("row_id")["which"].map({"row": 3, "new": 0, "many": 20})
    mix = backtest.set_index("row_id")["which"].map({"row": "mostly x", "new": "mostly x", "many": "mostly y"})
    athletes = pd.DataFrame({"athlete_id": ["a", "b"], "sport": ["judo", "golf"]})
    found = by_group(backtest, athletes, mix, seen)
    history = found[found["grouping"] == "history length"].set_index("value")["mae_log"].round(6)
    assert history.to_dict() == {"no outcome known": 0.8, "20 and more": 0.2, "1 to 4": 0.1}
    of_mix = found[found["grouping"] == "platform mix"].set_index("value")["mae_log"].round(6)
    assert of_mix.to_dict() == {"mostly x": 0.45, "mostly y": 0.2}
    assert found["grouping"].iloc[0] == "history length"
    assert found.loc[found["grouping"] == "sport", "mae_log"].is_monotonic_decreasing
    assert weakest(found)["value"] == "no outcome known"


def test_the_platform_mix_is_what_was_known_then() -> None:
    stories = table("""
        story_id  athlete_id  published_at
        s1        ann         2026-05-01T10:00:00
    """)
    views = table("""
        story_id  channel  day         views
        s1        site     2026-05-01  900
        s1        twitter  2026-05-01  30
        s1        tiktok   2026-05-02  20
        s1        tiktok   2026-05-03  400
    """)
    rows = table("""
        row_id  athlete_id  as_of
        first   ann         2026-05-01T12:00:00
        second  ann         2026-05-02T12:00:00
        third   ann         2026-05-03T12:00:00
        fourth  ann         2026-05-04T12:00:00
        fifth   bob         2026-05-04T12:00:00
    """)
    rows["as_of"] = pd.to_datetime(rows["as_of"])
    activity = pd.DataFrame({"ask_id": ["first", "fourth"], "platform": "facebook", "posts_per_week": [2.0, 2.0]})
    with raw_database({"stories": stories, "story_views": views}) as database:
        found = known_mix(database, rows, activity)
    assert found.to_dict() == {
        "first": "mostly facebook",
        "second": "mostly twitter",
        "third": "mostly twitter",
        "fourth": "mostly tiktok",
    }
