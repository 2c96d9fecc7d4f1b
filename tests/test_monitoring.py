"""Errors by time and group, and drift of features, against scipy and plain Python."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from athlete_intel.monitoring.accuracy import by_group, by_window
from athlete_intel.monitoring.drift import drift, psi

CATALOGUE = pd.DataFrame({"feature": ["likes"], "label": ["Likes"], "scale": ["log"], "profile": ["level"]})

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


def plain_psi(reference: list[float], analysis: list[float]) -> float:
    """The textbook's formula without numpy's help."""
    edges = sorted({float(np.quantile(reference, tenth / 10)) for tenth in range(1, 10)})

    def shares(values: list[float]) -> list[float]:
        counts = [0.0] * (len(edges) + 1)
        for value in values:
            counts[sum(value > edge for edge in edges)] += 1
        return [max(count, 0.5) / len(values) for count in counts]

    return sum((a - e) * math.log(a / e) for e, a in zip(shares(reference), shares(analysis), strict=True))


values = st.lists(st.integers(0, 30).map(float), min_size=1, max_size=80)


@given(values, values)
def test_psi_agrees_with_the_formula(reference: list[float], analysis: list[float]) -> None:
    assert psi(np.array(reference), np.array(analysis)) == pytest.approx(plain_psi(reference, analysis), abs=1e-12)


def rows_of(reference: np.ndarray, analysis: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    old = pd.date_range("2026-01-01", "2026-03-01", periods=len(reference))
    new = pd.date_range("2026-03-04", "2026-03-31 12:00", periods=len(analysis))
    rows = pd.DataFrame({"as_of": old.append(new)})
    return rows, pd.DataFrame({"likes": np.concatenate([reference, analysis])})


def test_drift_agrees_with_scipy_and_says_which_windows() -> None:
    rng = np.random.default_rng(3)
    reference, analysis = rng.lognormal(5, 1, 400), rng.lognormal(6, 1, 200)
    rows, matrix = rows_of(reference, analysis)
    table, bins = drift(rows, matrix, CATALOGUE, window_days=28, psi_threshold=0.2, p_threshold=0.01)
    found = table.iloc[0]
    oracle = stats.ks_2samp(np.log1p(reference), np.log1p(analysis), method="asymp")
    assert found.ks == pytest.approx(oracle.statistic)
    assert found.ks_p == pytest.approx(oracle.pvalue)
    assert (found.reference_rows, found.analysis_rows) == (400, 200)
    assert found.analysis_from == pd.Timestamp("2026-03-04")
    assert bool(found.drifting)
    assert bins["reference_share"].sum() == pytest.approx(1)
    assert bins["analysis_share"].sum() == pytest.approx(1)
    assert bins["bin_to"].iloc[4] == pytest.approx(np.median(reference), rel=0.02), "bins are in units of the feature"


def test_the_same_distribution_does_not_drift() -> None:
    rng = np.random.default_rng(4)
    alarms = 0
    for _ in range(50):
        rows, matrix = rows_of(rng.lognormal(5, 1, 400), rng.lognormal(5, 1, 200))
        alarms += int(drift(rows, matrix, CATALOGUE, 28, 0.2, 0.01)[0]["drifting"].sum())
    assert alarms == 0


def test_p_values_are_corrected_for_the_number_of_features() -> None:
    rng = np.random.default_rng(5)
    rows, matrix = rows_of(rng.normal(0, 1, 300), rng.normal(0.2, 1, 300))
    catalogue = pd.DataFrame(
        {"feature": ["likes", "twin"], "label": ["Likes", "Twin"], "scale": "linear", "profile": "habit"}
    )
    one, _ = drift(rows, matrix, catalogue.head(1), 28, 0.2, 0.01)
    two, _ = drift(rows, matrix.assign(twin=matrix["likes"]), catalogue, 28, 0.2, 0.01)
    assert two["ks_p"].iloc[0] == pytest.approx(2 * one["ks_p"].iloc[0])


@pytest.mark.parametrize(
    ("reference", "analysis"), [(0, 0), (5, 400), (400, 5)], ids=["no rows", "short past", "short present"]
)
def test_too_few_rows_give_no_verdict(reference: int, analysis: int) -> None:
    rows, matrix = rows_of(np.ones(reference), np.ones(analysis))
    table, bins = drift(rows, matrix, CATALOGUE, 28, 0.2, 0.01)
    assert table.empty
    assert bins.empty


def test_a_feature_that_vanishes_has_no_verdict_but_a_null_share() -> None:
    rows, matrix = rows_of(np.arange(100.0), np.full(100, np.nan))
    table, _ = drift(rows, matrix, CATALOGUE, 28, 0.2, 0.01)
    assert table["psi"].isna().all()
    assert table["analysis_null_share"].tolist() == [1.0]
    assert not table["drifting"].any()
