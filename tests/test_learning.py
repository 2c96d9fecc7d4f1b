"""Learning from odd data: a clear message or a fallback, never a stack trace."""

import numpy as np
import pandas as pd
import pytest

from athlete_intel.errors import NotEnoughDataError
from athlete_intel.features.matrix import OWN_OUTCOMES
from athlete_intel.features.questions import Questions
from athlete_intel.influence.candidates import CANDIDATES, Candidate
from athlete_intel.influence.evaluation import Split, out_of_sample
from athlete_intel.influence.learning import learn
from athlete_intel.settings import Settings
from tests.test_unknown import CATALOGUE, world

SETTINGS = Settings(backtest_window_days=3)


def questions(athletes: int = 60, stories: int = 15) -> Questions:
    """Stories of a made-up world, one a day and athlete."""
    rows, matrix = world(athletes, stories)
    nth = np.tile(np.arange(stories), athletes)
    asks = rows.rename(columns={"row_id": "ask_id"}).assign(
        as_of=pd.Timestamp("2026-01-01") + pd.to_timedelta(nth, unit="D")
    )
    asks["outcome_known_at"] = asks["as_of"] + pd.Timedelta(hours=12)
    order = asks.sort_values(["as_of", "ask_id"]).index
    return Questions(
        asks.loc[order].reset_index(drop=True), {}, matrix.loc[order].set_axis(order.astype(str)), CATALOGUE
    )


def changed(found: Questions, **columns: object) -> Questions:
    """The same questions with other features, or another outcome."""
    outcome = columns.pop("outcome", found.asks["outcome"])
    asks, matrix = found.asks.assign(outcome=outcome), found.matrix.assign(**columns)
    return Questions(asks, {}, matrix, found.catalogue)


def test_what_is_learnt_predicts_with_ranges_that_hold() -> None:
    found = questions()
    learned, tables = learn(found, SETTINGS)
    predictions = learned.predict(found.matrix)
    assert (predictions["low_log"] <= predictions["high_log"]).all()
    inside = np.log1p(found.asks["outcome"].to_numpy())
    held = (predictions["low_log"].to_numpy() <= inside) & (inside <= predictions["high_log"].to_numpy())
    assert 0.7 < held.mean() < 0.9
    assert predictions["new"].sum() == 60
    assert tables["backtest"]["low"].notna().any()


def test_model_and_naive_guess_are_measured_on_the_same_outcomes() -> None:
    settings = Settings(backtest_window_days=2, backtest_windows=2, history_windows=5)
    _, tables = learn(questions(), settings)
    backtest, chosen = tables["backtest"], tables["model_candidates"].query("chosen").iloc[0]
    newest = backtest[backtest["window"].isin(sorted(backtest["window"].unique())[-2:])]
    assert chosen["rows"] == len(newest) < len(backtest), "the past of the chosen one is longer than the comparison"

    def error(column: str) -> float:
        return float((np.log1p(newest[column]) - np.log1p(newest["actual"])).abs().mean())

    assert chosen["mae_log"] == pytest.approx(error("predicted"))
    assert chosen["baseline_mae_log"] == pytest.approx(error("baseline"))


def test_windows_of_long_ago_with_too_little_for_the_newcomers_model_are_told_by_a_simpler_one() -> None:
    found = questions()
    first = Split("first", pd.Timestamp("2026-01-03"), np.arange(100), np.arange(100, 200))
    known = pd.Series(np.arange(len(found.matrix)) >= 160, found.matrix.index)
    matrix = found.matrix.assign(**{name: found.matrix[name].where(known) for name in OWN_OUTCOMES & set(found.matrix)})
    curves = next(candidate for candidate in CANDIDATES if candidate.least_rows > 100)
    lines = next(candidate for candidate in CANDIDATES if candidate.name == "ridge")

    def told(for_newcomers: Candidate) -> np.ndarray:
        splits = [first]
        tested, _ = out_of_sample(found.rows, matrix, CATALOGUE, splits, 0, for_newcomers, only=CANDIDATES[0].name)
        assert tested["new"].sum() == 60
        return tested.loc[tested["new"], CANDIDATES[0].name].to_numpy()

    np.testing.assert_array_equal(told(curves), told(lines))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, -1e300, 1e300])
def test_absurd_features_are_learnt_around(value: float) -> None:
    found = questions()
    odd = found.matrix["likes"].mask(np.arange(len(found.matrix)) % 3 == 0, value)
    learned, _ = learn(changed(found, likes=odd), SETTINGS)
    predictions = learned.predict(changed(found, likes=value).matrix)
    assert np.isfinite(predictions[["predicted_log", "low_log", "high_log"]]).all(axis=None)
    seen = np.log1p(found.asks["outcome"])
    assert predictions["predicted_log"].between(seen.min() - 1.01, seen.max() + 1.01).all()


def test_constant_outcomes_are_predicted_as_what_they_are() -> None:
    found = questions()
    learned, _ = learn(changed(found, outcome=100.0, outcome_median=100.0), SETTINGS)
    predictions = learned.predict(found.matrix.assign(outcome_median=100.0))
    np.testing.assert_allclose(np.expm1(predictions["predicted_log"]), 100.0, rtol=1e-3)


def test_outcomes_of_zero_are_no_trouble() -> None:
    found = questions()
    learned, _ = learn(changed(found, outcome=0.0), SETTINGS)
    assert (np.expm1(learned.predict(found.matrix)["predicted_log"]) < 0.01).all()


def test_one_athlete_is_enough_if_there_are_stories() -> None:
    found = questions(athletes=1, stories=90)
    learned, tables = learn(found, SETTINGS)
    assert learned.newcomers is None
    assert np.isfinite(learned.predict(found.matrix)["predicted_log"]).all()
    assert tables["model_candidates"]["chosen"].sum() == 1


def test_too_few_stories_give_a_clear_sentence() -> None:
    with pytest.raises(NotEnoughDataError, match=r"too few known outcomes .* import more history"):
        learn(questions(athletes=1, stories=5), SETTINGS)


def test_no_feature_with_values_gives_a_clear_sentence() -> None:
    found = questions()
    empty = dict.fromkeys(found.matrix, np.nan)
    with pytest.raises(NotEnoughDataError, match="No feature has enough values"):
        learn(changed(found, **empty), SETTINGS)


def test_one_row_an_athlete_is_tested_in_folds() -> None:
    found = questions(athletes=60, stories=1)
    learned, tables = learn(found, SETTINGS)
    assert not learned.by_time
    assert tables["backtest"]["window"].str.startswith("repeat 1, fold").all()
