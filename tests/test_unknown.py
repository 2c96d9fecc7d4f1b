"""What the model cannot know: newcomers, rows unlike anything seen, and how sure a rank is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from athlete_intel.features.matrix import are_newcomers
from athlete_intel.influence.candidates import CANDIDATES, fit
from athlete_intel.influence.newcomers import learn_newcomers, some_of_each
from athlete_intel.influence.novelty import learn_novelty
from athlete_intel.influence.rank_ranges import LastingErrors, lasting_deviation, lasting_errors, rank_ranges

CATALOGUE = pd.DataFrame(
    [
        ("likes", "Likes", "log", "Likes", "level", True),
        ("outcome_median", "Own past", "log", "Own past outcomes", "no", True),
        ("outcomes_seen", "Own outcomes seen", "log", "Own outcomes seen", "no", False),
        ("format_photo", "Photo", "linear", "Format of the story", "no", False),
    ],
    columns=["feature", "label", "scale", "family", "profile", "rises"],
)
RIDGE = next(candidate for candidate in CANDIDATES if candidate.name == "ridge")


def world(athletes: int = 60, stories: int = 15, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stories whose outcome is ten times the likes, give or take; the first story of each athlete has no past."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.normal(6, 1, athletes), stories)
    nth = np.tile(np.arange(stories), athletes)
    rows = pd.DataFrame(
        {
            "row_id": [f"s{i}" for i in range(athletes * stories)],
            "athlete_id": [f"a{i // stories}" for i in range(athletes * stories)],
            "outcome_known_at": pd.Timestamp("2026-01-01") + pd.to_timedelta(nth, unit="D"),
            "outcome": np.exp(level + np.log(10) + rng.normal(0, 0.3, len(level))),
        }
    )
    matrix = pd.DataFrame(
        {
            "likes": np.exp(level + rng.normal(0, 0.2, len(level))),
            "outcome_median": np.where(nth > 0, np.exp(level + np.log(10)), np.nan),
            "outcomes_seen": np.where(nth > 0, nth, np.nan),
            "format_photo": (nth % 2).astype(float),
        }
    )
    return rows, matrix


def test_newcomers_are_those_without_any_own_outcome_where_others_have_some() -> None:
    _, matrix = world(athletes=2, stories=3)
    assert are_newcomers(matrix).tolist() == [True, False, False, True, False, False]
    assert not are_newcomers(matrix[["likes", "format_photo"]]).any()


def test_newcomers_are_predicted_from_what_is_known_of_them_and_their_ranges_hold() -> None:
    rows, matrix = world()
    found = learn_newcomers(rows, matrix, CATALOGUE, 0.8, seed=1)
    assert found is not None
    assert set(found.model.catalogue["feature"]) == {"likes", "format_photo"}
    fresh_rows, fresh = world(seed=7)
    first = are_newcomers(fresh)
    predicted = found.model.predict_log(fresh[first])
    error = predicted - np.log1p(fresh_rows["outcome"][first])
    assert error.abs().mean() < 0.35
    # Of somebody of whom nothing is known the typical outcome is expected, in a much wider range.
    nobody = fresh[first].assign(likes=np.nan)
    assert found.model.predict_log(nobody).nunique() <= 2
    assert found.model.predict_log(nobody).mean() == pytest.approx(np.log1p(rows["outcome"]).mean(), abs=0.5)


def test_every_athlete_is_left_out_once() -> None:
    rows, matrix = world()
    found = learn_newcomers(rows, matrix, CATALOGUE, 0.8, seed=1)
    assert found is not None
    # Were an athlete's own rows learnt from, an outcome moved for one athlete alone would move its prediction.
    moved = rows.assign(outcome=rows["outcome"].where(rows["athlete_id"] != "a3", rows["outcome"] * 1.2))
    again = learn_newcomers(moved, matrix, CATALOGUE, 0.8, seed=1)
    assert again is not None
    of_three = (found.tested["athlete_id"] == "a3").to_numpy()
    np.testing.assert_allclose(
        found.tested["predicted_log"][of_three], again.tested["predicted_log"][of_three], atol=1e-9
    )


@pytest.mark.parametrize("athletes", [1, 5])
def test_too_few_athletes_to_leave_any_out(athletes: int) -> None:
    rows, matrix = world(athletes=athletes)
    assert learn_newcomers(rows, matrix, CATALOGUE, 0.8, seed=1) is None


def test_without_own_outcomes_nobody_is_a_newcomer() -> None:
    rows, matrix = world()
    known = CATALOGUE[CATALOGUE["feature"].isin(["likes", "format_photo"])].reset_index(drop=True)
    assert learn_newcomers(rows, matrix[known["feature"]], known, 0.8, seed=1) is None


def test_an_athlete_with_many_stories_counts_no_more_than_others() -> None:
    athlete_id = pd.Series(["busy"] * 5_000 + [f"a{i}" for i in range(3_000)])
    drawn = athlete_id.iloc[some_of_each(athlete_id, seed=3)]
    assert (drawn == "busy").sum() == 3
    assert len(drawn) == 3_003


def test_what_is_unlike_the_training_data_is_marked_with_its_reason() -> None:
    rows, matrix = world()
    model = fit(RIDGE, matrix, CATALOGUE, rows["outcome"], seed=1)
    refits = [fit(RIDGE, matrix[half::2], CATALOGUE, rows["outcome"][half::2], seed=1) for half in (0, 1)]
    novelty = learn_novelty(model, matrix, refits, typical_error=0.3, seed=1)
    assert novelty.judge(model, matrix)["novel"].mean() < 0.005
    strange = pd.DataFrame(
        {
            "likes": [1e9, 400.0, np.inf, np.nan],
            "outcome_median": [4_000.0, 0.0, 4_000.0, 4_000.0],
            "outcomes_seen": [5.0, 5.0, 5.0, 5.0],
            "format_photo": [0.0, 0.0, 0.0, 0.0],
        },
        index=["many", "none", "infinite", "missing"],
    )
    judged = novelty.judge(model, strange)
    assert judged["novel"].to_dict() == {"many": True, "none": True, "infinite": False, "missing": False}
    assert judged.loc["many", "why"] == "Likes: far above what the model has learnt from."
    assert judged.loc["none", "why"] == "Own past outcomes: far below what the model has learnt from."
    assert pd.isna(judged.loc["infinite", "why"])
    assert (judged["widen"] == [4.0, judged.loc["none", "widen"], 1.0, 1.0]).all()
    assert judged["widen"].between(1, 4).all()


def test_refits_that_disagree_mark_a_row() -> None:
    rows, matrix = world()
    model = fit(RIDGE, matrix, CATALOGUE, rows["outcome"], seed=1)
    other = fit(RIDGE, matrix, CATALOGUE, rows["outcome"] ** 2, seed=1)
    novelty = learn_novelty(model, matrix, [model, other], typical_error=0.3, seed=1)
    judged = novelty.judge(model, matrix)
    assert judged["novel"][~are_newcomers(matrix)].all()
    assert judged["why"].dropna().str.contains("other parts of the data").mean() > 0.9


def test_the_lasting_part_of_the_error_is_told_from_luck() -> None:
    rng = np.random.default_rng(4)
    sizes = rng.integers(1, 30, 2_000)
    athlete = pd.Series(np.repeat(np.arange(2_000), sizes))
    lasting = np.repeat(rng.normal(0, 0.3, 2_000), sizes)
    luck = rng.normal(0, 0.9, len(athlete))
    assert lasting_deviation(pd.Series(lasting + luck), athlete) == pytest.approx(0.3, abs=0.03)
    assert lasting_deviation(pd.Series(luck), athlete) < 0.1
    assert lasting_deviation(pd.Series([1.0, 2.0]), pd.Series(["a", "a"])) == 0.0


def test_newcomers_are_never_surer_than_others() -> None:
    errors = pd.DataFrame({"athlete_id": list("aabbccdd"), "window": "w", "new": False, "actual_log": 0.0})
    errors["ridge"] = [1.0, 1.1, -1.0, -1.1, 0.5, 0.4, -0.5, -0.4]
    found = lasting_errors(errors, "ridge", errors.assign(predicted_log=[1.0, -1.0] * 4))
    assert found.new == found.known == pytest.approx(1.0, abs=0.05)


def test_errors_that_stories_of_one_window_share_last() -> None:
    errors = pd.DataFrame({"athlete_id": "a", "window": [f"w{i // 2}" for i in range(8)], "new": False})
    errors = errors.assign(actual_log=0.0, ridge=[1.0, 1.1, -1.0, -1.1, 0.5, 0.4, -0.5, -0.4])
    assert lasting_errors(errors, "ridge", None).known == pytest.approx(1.0, abs=0.05)


def test_the_lasting_error_is_a_share_of_the_range() -> None:
    predictions = pd.DataFrame({"low_log": [-1.2816, 0.0], "high_log": [1.2816, 0.0], "new": [False, True]})
    assert LastingErrors(0.3, 0.5).deviation(predictions, 0.8).round(3).tolist() == [0.3, 0.0]


def test_ranges_of_ranks_hold_the_true_rank() -> None:
    rng = np.random.default_rng(5)
    predicted = pd.Series(rng.normal(8, 1.5, 400))
    deviation = pd.Series(np.where(np.arange(400) % 4, 0.2, 0.6))
    held = []
    for _ in range(20):
        truth = predicted + deviation * rng.standard_normal(400)
        ranks = (-truth).rank(method="first")
        found = rank_ranges(predicted, deviation, seed=6)
        held.append(ranks.between(found["rank_low"], found["rank_high"]).mean())
    assert 0.87 < np.mean(held) < 0.94


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-20, 20), min_size=1, max_size=40), st.floats(0, 5))
def test_a_range_of_ranks_is_within_the_table_and_around_the_rank(predicted: list[float], deviation: float) -> None:
    values = pd.Series(predicted)
    found = rank_ranges(values, pd.Series(deviation, index=values.index), seed=7)
    rank = (-values).rank(method="first")
    assert (found["rank_low"] <= rank).all()
    assert (rank <= found["rank_high"]).all()
    assert found["rank_low"].min() >= 1
    assert found["rank_high"].max() <= len(values)
