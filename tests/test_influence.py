"""The model, its test on unseen outcomes, its ranges and its explanations."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler

from athlete_intel.errors import NotEnoughDataError
from athlete_intel.influence import evaluation
from athlete_intel.influence.evaluation import compare, fold_splits, has_time, residual_range, time_splits, with_ranges
from athlete_intel.influence.model import baseline_log, fit_ridge, from_log, log_outcome
from athlete_intel.influence.ranking import drivers, rank_athletes

CATALOGUE = pd.DataFrame(
    {
        "feature": ["likes", "points"],
        "label": ["Likes", "Points"],
        "scale": ["log", "linear"],
        "profile": ["level", "habit"],
    }
)


def made_up(rows: int = 200, noise: float = 0.1, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(seed)
    matrix = pd.DataFrame({"likes": rng.lognormal(5, 2, rows), "points": rng.normal(10, 3, rows)})
    log = 1 + 0.8 * np.log1p(matrix["likes"]) + 0.1 * matrix["points"] + rng.normal(0, noise, rows)
    return matrix, np.expm1(log)


def test_the_ridge_is_the_one_of_the_textbook() -> None:
    matrix, outcome = made_up()
    model = fit_ridge(matrix, CATALOGUE, outcome)
    inputs = StandardScaler().fit_transform(np.column_stack([np.log1p(matrix["likes"]), matrix["points"]]))
    oracle = RidgeCV(alphas=np.logspace(-2, 4, 13)).fit(inputs, np.log1p(outcome))
    np.testing.assert_allclose(model.predict_log(matrix), oracle.predict(inputs))


def test_a_known_relation_is_recovered() -> None:
    matrix, outcome = made_up(noise=0.01)
    coefficients = fit_ridge(matrix, CATALOGUE, outcome).coefficients().set_index("feature")
    slopes = coefficients["weight"] / coefficients["spread"]
    assert slopes["likes"] == pytest.approx(0.8, abs=0.01)
    assert slopes["points"] == pytest.approx(0.1, abs=0.01)


def test_effects_and_intercept_add_up_to_the_prediction() -> None:
    matrix, outcome = made_up()
    matrix.loc[:20, "points"] = np.nan
    model = fit_ridge(matrix, CATALOGUE, outcome)
    total = model.effects(matrix).sum(axis="columns") + model.intercept
    np.testing.assert_allclose(total, model.predict_log(matrix), atol=1e-9)


def test_drivers_are_sorted_by_strength_and_add_up() -> None:
    matrix, outcome = made_up(30)
    matrix.index = [f"a{i:02}" for i in range(30)]
    outcome.index = matrix.index
    model = fit_ridge(matrix, CATALOGUE, outcome)
    table = drivers(model, matrix)
    strengths = table.groupby("athlete_id")["effect_log"].apply(lambda effects: effects.abs().is_monotonic_decreasing)
    assert strengths.all()
    sums = table.groupby("athlete_id")["effect_log"].sum() + model.intercept
    np.testing.assert_allclose(sums, model.predict_log(matrix), atol=1e-9)
    assert table.loc[table["feature"] == "points", "typical"].iloc[0] == pytest.approx(matrix["points"].mean())


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=64), min_size=2, max_size=2))
def test_absurd_features_give_a_finite_prediction(values: list[float]) -> None:
    matrix, outcome = made_up(60)
    model = fit_ridge(matrix, CATALOGUE, outcome)
    predicted = model.predict_log(pd.DataFrame([values], columns=["likes", "points"]))
    assert np.isfinite(predicted).all()
    assert 0 <= predicted.item() <= log_outcome(outcome).max() + 1


def test_a_constant_outcome_is_predicted_as_itself() -> None:
    matrix, _ = made_up(50)
    model = fit_ridge(matrix, CATALOGUE, pd.Series(7.0, index=matrix.index))
    np.testing.assert_allclose(from_log(model.predict_log(matrix)), 7.0)


def test_too_little_to_learn_from_is_said_in_a_sentence() -> None:
    matrix, outcome = made_up(5)
    with pytest.raises(NotEnoughDataError, match="5 outcomes to learn from"):
        fit_ridge(matrix, CATALOGUE, outcome)
    with pytest.raises(NotEnoughDataError, match="No feature has enough values"):
        fit_ridge(pd.DataFrame({"likes": [np.nan] * 30, "points": [np.nan] * 30}), CATALOGUE, pd.Series([1.0] * 30))


def test_the_baseline_is_the_own_past_else_the_median_of_all() -> None:
    matrix = pd.DataFrame({"outcome_median": [99.0, np.nan]})
    assert from_log(baseline_log(matrix, pd.Series([1.0, 3.0, 1000.0]))).round(6).tolist() == [99.0, 3.0]
    assert from_log(baseline_log(pd.DataFrame(index=[0]), pd.Series([5.0]))).round(6).tolist() == [5.0]


def daily_rows(days: int = 100, lag_days: int = 7) -> pd.DataFrame:
    as_of = pd.date_range("2026-01-01 10:00", periods=days)
    return pd.DataFrame({"as_of": as_of, "outcome_known_at": as_of + pd.Timedelta(days=lag_days)})


def test_later_windows_learn_only_from_outcomes_known_at_their_start() -> None:
    rows = daily_rows()
    splits = list(time_splits(rows, windows=3, window_days=14))
    assert [split.window for split in splits] == [
        "2026-02-28 to 2026-03-13",
        "2026-03-14 to 2026-03-27",
        "2026-03-28 to 2026-04-10",
    ]
    for split in splits:
        assert len(split.test) == 14
        assert rows["as_of"].iloc[split.test].min() >= split.starts
        assert rows["outcome_known_at"].iloc[split.train].max() <= split.starts
        assert rows["outcome_known_at"].iloc[split.train].max() > split.starts - pd.Timedelta(days=1), (
            "all that is known"
        )


def test_one_day_of_data_has_no_time() -> None:
    assert has_time(daily_rows())
    assert not has_time(daily_rows(days=1))


def test_folds_are_repeatable_and_cover_every_row_once_a_repeat() -> None:
    rows = daily_rows(37)
    first, second = (list(fold_splits(rows, seed=5)) for _ in range(2))
    assert all((a.test == b.test).all() for a, b in zip(first, second, strict=True))
    assert sorted(np.concatenate([split.test for split in first[: evaluation.FOLDS]])) == list(range(37))


@given(st.integers(20, 400), st.integers(0, 1000))
def test_the_conformal_range_holds_at_least_its_share_of_its_own_residuals(size: int, seed: int) -> None:
    residuals = np.random.default_rng(seed).standard_normal(size)
    low, high = residual_range(residuals, 0.8)
    assert np.mean((residuals >= low) & (residuals <= high)) >= 0.8 - 2 / size


def test_the_conformal_range_covers_new_outcomes_as_promised() -> None:
    rng = np.random.default_rng(1)
    covered = []
    for _ in range(400):
        low, high = residual_range(rng.standard_t(3, 99), 0.8)
        covered.append(np.mean((new := rng.standard_t(3, 200)) >= low) - np.mean(new > high))
    assert np.mean(covered) == pytest.approx(0.8, abs=0.01)


def predictions(gain: float) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    actual = rng.normal(5, 1, 300)
    error = rng.normal(0, 0.5, 300)
    return pd.DataFrame(
        {
            "row_id": [f"r{i}" for i in range(300)],
            "athlete_id": [f"a{i % 30}" for i in range(300)],
            "as_of": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(300) // 100 * 14, unit="D"),
            "outcome_known_at": pd.Timestamp("2026-01-02") + pd.to_timedelta(np.arange(300) // 100 * 14, unit="D"),
            "starts": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(300) // 100 * 14, unit="D"),
            "window": [f"w{i // 100}" for i in range(300)],
            "outcome": np.expm1(actual),
            "actual_log": actual,
            "median": actual + error,
            "ridge": actual + error * (1 - gain),
        }
    )


@pytest.mark.parametrize(("gain", "expected"), [(0.5, "ridge"), (0.0, "median"), (-0.5, "median")])
def test_the_simpler_candidate_stays_unless_the_other_is_clearly_better(gain: float, expected: str) -> None:
    table = compare(predictions(gain)).set_index("candidate")
    assert table["chosen"].to_dict() == {"median": expected == "median", "ridge": expected == "ridge"}
    error = predictions(gain)["median"] - predictions(gain)["actual_log"]
    assert table.loc["median", "mae_log"] == pytest.approx(error.abs().mean())
    assert table.loc["median", "bias_log"] == pytest.approx(error.mean())


def test_ranges_by_time_come_from_earlier_windows_only() -> None:
    frame = predictions(0.5)
    tested = with_ranges(frame, "ridge", 0.8, by_time=True)
    assert tested.loc[tested["window"] == "w0", "low"].isna().all(), "before the first window nothing was known"
    assert tested.loc[tested["window"] != "w0", "low"].notna().all()
    changed = frame.assign(ridge=frame["ridge"].where(frame["window"] != "w2", 0.0))
    again = with_ranges(changed, "ridge", 0.8, by_time=True)
    before = tested["window"] != "w2"
    pd.testing.assert_frame_equal(tested[before], again[before])


def test_ranges_of_a_fold_come_from_the_other_folds_of_its_repeat() -> None:
    frame = predictions(0.5)
    frame["window"] = [f"repeat {i // 150 + 1}, fold {i // 50 % 3 + 1}" for i in range(300)]
    tested = with_ranges(frame, "ridge", 0.8, by_time=False)
    residuals = (frame["actual_log"] - frame["ridge"])[50:150].to_numpy()
    low, high = residual_range(residuals, 0.8)
    first = frame["ridge"].iloc[0]
    assert tested["low"].iloc[0] == pytest.approx(np.expm1(first + low))
    assert tested["high"].iloc[0] == pytest.approx(np.expm1(first + high))


def test_ranking_breaks_ties_by_id_and_ranks_followers_beside() -> None:
    athletes = pd.DataFrame({"athlete_id": ["a", "b", "c"]}).assign(
        **dict.fromkeys(["name", "kind", "sport", "league", "team", "position", "country", "gender"], "x")
    )
    table = rank_athletes(
        predicted_log=pd.Series({"b": 5.0, "a": 5.0, "c": 7.0}),
        residuals=np.linspace(-1, 1, 101),
        interval=0.8,
        athletes=athletes,
        followers=pd.Series({"a": 10, "b": 99}),
        outcomes_seen=pd.Series({"a": 3}),
    )
    assert table["athlete_id"].tolist() == ["c", "a", "b"]
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["follower_rank"].tolist() == [pd.NA, 2, 1]
    assert table["outcomes_seen"].tolist() == [0, 3, 0]
    assert (table["low"] <= table["predicted"]).all()
    assert (table["predicted"] <= table["high"]).all()
