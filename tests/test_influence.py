"""The model, its test on unseen outcomes, its ranges and its explanations."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from athlete_intel.errors import NotEnoughDataError
from athlete_intel.influence import evaluation
from athlete_intel.influence.candidates import CANDIDATES, Model, fit, from_log, naive_log
from athlete_intel.influence.estimators import MonotoneRidge
from athlete_intel.influence.evaluation import candidates_for, compare, fold_splits, has_time, time_splits, with_ranges
from athlete_intel.influence.explanations import coefficients, drivers, effects, intercept
from athlete_intel.influence.intervals import Ranges, learn_ranges, residual_range, spread_features
from athlete_intel.influence.ranking import rank_athletes

CATALOGUE = pd.DataFrame(
    {
        "feature": ["likes", "likes_recent", "points", "outcome_median", "outcomes_seen"],
        "label": ["Likes", "Recent likes", "Points", "Own median", "Own outcomes seen"],
        "scale": ["log", "log", "linear", "log", "log"],
        "family": ["Likes", "Likes", "Points", "Own outcomes", "Seen"],
        "profile": ["level", "no", "habit", "no", "no"],
        "rises": [True, True, False, True, False],
    }
)
BY_NAME = {candidate.name: candidate for candidate in CANDIDATES}
ADDITIVE = ["ridge", "spline"]


def made_up(rows: int = 300, noise: float = 0.1, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(seed)
    likes = rng.lognormal(5, 2, rows)
    matrix = pd.DataFrame(
        {
            "likes": likes,
            "likes_recent": likes * rng.lognormal(0, 0.3, rows),
            "points": rng.normal(10, 3, rows),
            "outcome_median": np.nan,
            "outcomes_seen": np.nan,
        }
    )
    log = 1 + 0.5 * np.log1p(matrix["likes"]) + 0.3 * np.log1p(matrix["likes_recent"]) + 0.1 * matrix["points"]
    log += rng.normal(0, noise, rows)
    matrix["outcome_median"] = np.expm1(log + rng.normal(0, 1, rows))
    matrix["outcomes_seen"] = 5.0
    matrix.loc[: rows // 10, ["outcome_median", "outcomes_seen"]] = np.nan
    return matrix, pd.Series(np.expm1(log), index=matrix.index)


def fitted(name: str, matrix: pd.DataFrame, outcome: pd.Series) -> Model:
    return fit(BY_NAME[name], matrix, CATALOGUE, outcome, seed=1)


def test_without_bounds_the_ridge_is_the_one_of_the_textbook() -> None:
    rng = np.random.default_rng(0)
    inputs = StandardScaler().fit_transform(rng.normal(0, 1, (200, 3)))
    target = inputs @ [1.0, -2.0, 0.5] + rng.normal(0, 0.3, 200)
    ours = MonotoneRidge().fit(inputs, target)
    oracle = Ridge(alpha=ours.alpha_).fit(inputs, target)
    np.testing.assert_allclose(ours.coef_, oracle.coef_, atol=1e-8)
    np.testing.assert_allclose(ours.predict(inputs), oracle.predict(inputs), atol=1e-8)


@given(st.integers(0, 10_000), st.lists(st.booleans(), min_size=4, max_size=4))
def test_bounded_weights_are_the_best_there_are(seed: int, rises: list[bool]) -> None:
    rng = np.random.default_rng(seed)
    inputs, target = rng.normal(0, 1, (40, 4)), rng.normal(0, 1, 40)
    model = MonotoneRidge(tuple(rises)).fit(inputs, target)
    assert (model.coef_[rises] >= 0).all()

    centred, wanted = inputs - inputs.mean(axis=0), target - target.mean()

    def loss(weights: np.ndarray) -> float:
        return float(((wanted - centred @ weights) ** 2).sum() + model.alpha_ * (weights**2).sum())

    bounds = [(0 if rise else None, None) for rise in rises]
    oracle = minimize(loss, np.zeros(4), bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-10})
    assert loss(model.coef_) <= oracle.fun + 1e-6


def test_a_known_relation_is_recovered() -> None:
    matrix, outcome = made_up(noise=0.01)
    table = coefficients(fitted("ridge", matrix, outcome)).set_index("feature")
    slopes = table["weight"] / table["spread"]
    assert slopes["likes"] == pytest.approx(0.5, abs=0.03)
    assert slopes["likes_recent"] == pytest.approx(0.3, abs=0.03)
    assert slopes["points"] == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("name", ["ridge", "boosting"])
def test_more_likes_never_lower_a_prediction(name: str) -> None:
    matrix, outcome = made_up()
    model = fitted(name, matrix, outcome)
    for factor in (1.01, 1.2, 3.0, 100.0):
        more = matrix.assign(likes=matrix["likes"] * factor, likes_recent=matrix["likes_recent"] * factor)
        # On the scale of the model all likes of an account grow by the same step.
        logs = np.log1p(matrix[["likes", "likes_recent"]]) + np.log(factor)
        more[["likes", "likes_recent"]] = np.expm1(logs)
        assert (model.predict_log(more) >= model.predict_log(matrix) - 1e-9).all()


@pytest.mark.parametrize("name", [*ADDITIVE, "boosting"])
def test_effects_and_intercept_add_up_to_the_prediction(name: str) -> None:
    matrix, outcome = made_up()
    matrix.loc[:20, "points"] = np.nan
    model = fitted(name, matrix, outcome)
    total = effects(model, matrix).sum(axis="columns") + intercept(model)
    inside = total.between(model.lowest, model.highest)
    assert inside.mean() > 0.95
    np.testing.assert_allclose(total[inside], model.predict_log(matrix)[inside], atol=1e-9)


def test_drivers_are_told_by_family_strongest_first_and_add_up() -> None:
    matrix, outcome = made_up(300)
    matrix.index = outcome.index = [f"a{i:03}" for i in range(300)]
    model = fitted("ridge", matrix, outcome)
    table = drivers(model, matrix)
    assert set(table["label"]) == {"Likes", "Points", "Own outcomes"} | ({"Seen"} & set(table["label"]))
    assert not table.duplicated(["athlete_id", "feature"]).any()
    falling = table.groupby("athlete_id")["effect_log"].apply(lambda effect: effect.abs().is_monotonic_decreasing)
    assert falling.all()
    sums = table.groupby("athlete_id")["effect_log"].sum() + intercept(model)
    np.testing.assert_allclose(sums.clip(model.lowest, model.highest), model.predict_log(matrix), atol=1e-9)
    assert table.loc[table["feature"] == "points", "typical"].iloc[0] == pytest.approx(matrix["points"].mean())


def test_the_shrunk_median_trusts_what_it_has_seen_often() -> None:
    rng = np.random.default_rng(2)
    level = rng.normal(5, 1, 400)
    seen = rng.integers(1, 30, 400)
    matrix = pd.DataFrame(
        {"outcome_median": np.expm1(level + rng.normal(0, 1, 400) / np.sqrt(seen)), "outcomes_seen": seen}
    )
    outcome = pd.Series(np.expm1(level + rng.normal(0, 1, 400)))
    catalogue = CATALOGUE[CATALOGUE["feature"].isin(matrix.columns)]
    model = fit(BY_NAME["median"], matrix, catalogue, outcome, seed=0)
    asked = pd.DataFrame({"outcome_median": [1e4, 1e4, np.nan], "outcomes_seen": [30, 1, np.nan]})
    often, once, never = model.predict_log(asked)
    assert never == pytest.approx(np.log1p(outcome).median())
    assert never < once < often < np.log1p(1e4)
    assert drivers(model, matrix).empty, "a median has no parts"


@pytest.mark.parametrize("name", list(BY_NAME))
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=64), min_size=5, max_size=5))
@settings(max_examples=20)
def test_absurd_features_give_a_finite_prediction(name: str, values: list[float]) -> None:
    model = _cached_model(name)
    predicted = model.predict_log(pd.DataFrame([values], columns=CATALOGUE["feature"].tolist()))
    assert np.isfinite(predicted).all()
    assert model.lowest <= predicted.item() <= model.highest


@cache
def _cached_model(name: str) -> Model:
    return fitted(name, *made_up())


@pytest.mark.parametrize("name", list(BY_NAME))
def test_a_constant_outcome_is_predicted_as_itself(name: str) -> None:
    matrix, _ = made_up()
    model = fitted(name, matrix.assign(outcome_median=7.0), pd.Series(7.0, index=matrix.index))
    np.testing.assert_allclose(from_log(model.predict_log(matrix)), 7.0, rtol=1e-6)


@pytest.mark.parametrize("name", list(BY_NAME))
def test_the_same_seed_gives_the_same_model(name: str) -> None:
    matrix, outcome = made_up()
    one, two = fitted(name, matrix, outcome), fitted(name, matrix, outcome)
    np.testing.assert_array_equal(one.predict_log(matrix), two.predict_log(matrix))


def test_too_little_to_learn_from_is_said_in_a_sentence() -> None:
    matrix, outcome = made_up(15)
    with pytest.raises(NotEnoughDataError, match="15 outcomes to learn from"):
        fitted("ridge", matrix, outcome)
    with pytest.raises(NotEnoughDataError, match="No feature has enough values"):
        fitted("ridge", pd.DataFrame(np.nan, index=range(30), columns=CATALOGUE["feature"]), pd.Series([1.0] * 30))


def test_small_data_sets_get_simple_candidates() -> None:
    assert [c.name for c in candidates_for(1)] == ["median"]
    assert [c.name for c in candidates_for(50)] == ["median", "ridge"]
    assert [c.name for c in candidates_for(5000)] == [c.name for c in CANDIDATES]


def test_the_naive_guess_is_the_own_past_else_the_median_of_all() -> None:
    matrix = pd.DataFrame({"outcome_median": [99.0, np.nan]})
    assert from_log(naive_log(matrix, pd.Series([1.0, 3.0, 1000.0]))).round(6).tolist() == [99.0, 3.0]
    assert from_log(naive_log(pd.DataFrame(index=[0]), pd.Series([5.0]))).round(6).tolist() == [5.0]


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
    assert len(first) == evaluation.FOLDS * evaluation.MOST_REPEATS


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


NO_FEATURES = pd.DataFrame(index=range(300))


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
            "position": range(300),
            "outcome": np.expm1(actual),
            "actual_log": actual,
            "new": False,
            "naive": actual + error,
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


def test_of_three_the_middle_one_is_chosen_if_the_last_is_better_by_chance_only() -> None:
    frame = predictions(0.5)
    rng = np.random.default_rng(3)
    frame["spline"] = frame["ridge"] + rng.normal(0, 1e-3, len(frame)) * (frame["actual_log"] - frame["ridge"])
    assert compare(frame).query("chosen")["candidate"].tolist() == ["ridge"]


def test_ranges_by_time_come_from_earlier_windows_only() -> None:
    frame = predictions(0.5)
    tested = with_ranges(frame, NO_FEATURES, "ridge", 0.8, by_time=True)
    assert tested.loc[tested["window"] == "w0", "low"].isna().all(), "before the first window nothing was known"
    assert tested.loc[tested["window"] != "w0", "low"].notna().all()
    changed = frame.assign(ridge=frame["ridge"].where(frame["window"] != "w2", 0.0))
    again = with_ranges(changed, NO_FEATURES, "ridge", 0.8, by_time=True)
    before = tested["window"] != "w2"
    pd.testing.assert_frame_equal(tested[before], again[before])


def test_errors_older_than_the_memory_do_not_count() -> None:
    frame = predictions(0.5)
    changed = frame.assign(ridge=frame["ridge"].where(frame["window"] != "w0", 0.0))
    forgotten = [
        with_ranges(each, NO_FEATURES, "ridge", 0.8, by_time=True, memory=pd.Timedelta(days=14)).query("window == 'w2'")
        for each in (frame, changed)
    ]
    pd.testing.assert_frame_equal(*forgotten)
    kept = [
        with_ranges(each, NO_FEATURES, "ridge", 0.8, by_time=True).query("window == 'w2'") for each in (frame, changed)
    ]
    assert (kept[0]["low"] > kept[1]["low"]).any() or (kept[0]["high"] < kept[1]["high"]).any()


def test_ranges_of_a_fold_come_from_the_other_folds_of_its_repeat() -> None:
    frame = predictions(0.5)
    frame["window"] = [f"repeat {i // 150 + 1}, fold {i // 50 % 3 + 1}" for i in range(300)]
    tested = with_ranges(frame, NO_FEATURES, "ridge", 0.8, by_time=False)
    residuals = (frame["actual_log"] - frame["ridge"])[50:150].to_numpy()
    low, high = residual_range(residuals, 0.8)
    first = frame["ridge"].iloc[0]
    assert tested["low"].iloc[0] == pytest.approx(np.expm1(first + low))
    assert tested["high"].iloc[0] == pytest.approx(np.expm1(first + high))


def ranges_with(residuals: np.ndarray) -> Ranges:
    ranges = learn_ranges(residuals, pd.DataFrame({"level": np.zeros(len(residuals))}), 0.8)
    assert ranges is not None
    return ranges


def test_ranges_are_wider_where_outcomes_vary_more_and_hold_everywhere() -> None:
    rng = np.random.default_rng(4)
    wild = rng.random(4000) < 0.3
    matrix = pd.DataFrame({"outcome_spread": np.where(wild, 1.5, 0.3) + rng.normal(0, 0.05, 4000)})
    predicted = pd.Series(rng.normal(5, 1, 4000))
    residuals = rng.standard_t(5, 4000) * np.where(wild, 1.2, 0.25)
    features = spread_features(matrix, predicted)
    ranges = learn_ranges(residuals[:2000], features[:2000], 0.8)
    assert ranges is not None
    low, high = ranges.around(predicted[2000:], features[2000:])
    actual = predicted[2000:] + residuals[2000:]
    inside = (actual >= low) & (actual <= high)
    for group in (wild[2000:], ~wild[2000:]):
        assert inside[group].mean() == pytest.approx(0.8, abs=0.05)
    assert (high - low)[wild[2000:]].median() > 3 * (high - low)[~wild[2000:]].median()


def test_a_handful_of_errors_gives_even_ranges_and_too_few_none() -> None:
    features = pd.DataFrame({"level": np.arange(50.0)})
    ranges = learn_ranges(np.linspace(-1, 1, 50), features, 0.8)
    assert ranges is not None
    low, high = ranges.around(pd.Series(np.zeros(50)), features)
    assert (high - low).nunique() == 1
    assert learn_ranges(np.linspace(-1, 1, 19), features[:19], 0.8) is None


def test_ranking_breaks_ties_by_id_and_ranks_followers_beside() -> None:
    athletes = pd.DataFrame({"athlete_id": ["a", "b", "c"]}).assign(
        **dict.fromkeys(["name", "kind", "sport", "league", "team", "position", "country", "gender"], "x")
    )
    table = rank_athletes(
        predictions=pd.DataFrame({"predicted_log": {"b": 5.0, "a": 5.0, "c": 7.0}}).assign(
            low_log=[5.5, 4.0, 6.0], high_log=[6.0, 6.0, 8.0], novel=False, novel_why=None
        ),
        deviation=pd.Series({"b": 0.1, "a": 0.1, "c": 0.1}),
        athletes=athletes,
        followers=pd.Series({"a": 10, "b": 99}),
        outcomes_seen=pd.Series({"a": 3}),
        previous_rank=pd.Series({"a": 1, "c": 2}),
        mean_factor=1.5,
        seed=1,
    )
    assert table["athlete_id"].tolist() == ["c", "a", "b"]
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["follower_rank"].tolist() == [pd.NA, 2, 1]
    assert table["outcomes_seen"].tolist() == [0, 3, 0]
    assert table["previous_rank"].tolist() == [2, 1, pd.NA]
    assert table[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1], [2, 3], [2, 3]]
    np.testing.assert_allclose(table["mean"], table["predicted"] * 1.5)
    assert (table["low"] <= table["predicted"]).all()
    assert (table["predicted"] <= table["high"]).all()


def test_drivers_name_the_kind_of_a_story_not_a_0_or_1() -> None:
    matrix, outcome = made_up(300)
    matrix = matrix.assign(format_photo=np.arange(300) % 2 * 1.0, format_video=(np.arange(300) + 1) % 2 * 1.0)
    kinds = pd.DataFrame(
        [
            (f"format_{kind}", f"Format of the story: {kind}", "linear", "Format of the story", "no", False)
            for kind in ("photo", "video")
        ],
        columns=CATALOGUE.columns,
    )
    catalogue = pd.concat([CATALOGUE, kinds], ignore_index=True)
    model = fit(BY_NAME["ridge"], matrix, catalogue, outcome, seed=1)
    nobody_knows = matrix.tail(1).assign(format_photo=np.nan, format_video=np.nan)
    found = drivers(model, pd.concat([matrix.head(2), nobody_knows]).set_axis(["a", "b", "c"]))
    shown = found[found["feature"] == "format_photo"].set_index("athlete_id")
    labels = {"a": "Format of the story: video", "b": "Format of the story: photo", "c": "Format of the story"}
    assert shown["label"].to_dict() == labels
    assert shown[["value", "typical"]].isna().all(axis=None)
