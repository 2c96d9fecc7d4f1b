"""Quality of data, and whether a challenger is promoted: small tables in, literal verdicts out."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from athlete_intel.monitoring.looks import Looks, noises
from athlete_intel.monitoring.retrain import compare_models

MAY = pd.Timestamp("2026-05-01")


def predictions(errors: np.ndarray, half_width: float = 1.0, athletes: int = 40) -> pd.DataFrame:
    """Outcomes differ between athletes, from e**3 to e**7."""
    rows = len(errors)
    actual = 3.0 + 4.0 * (np.arange(rows) % athletes) / athletes
    return pd.DataFrame(
        {
            "row_id": [f"s{i}" for i in range(rows)],
            "athlete_id": [f"a{i % athletes}" for i in range(rows)],
            "actual_log": actual,
            "predicted_log": actual + errors,
            "low_log": actual + errors - half_width,
            "high_log": actual + errors + half_width,
        }
    )


def groups(rows: int) -> pd.DataFrame:
    sports = ["golf" if i % 4 == 0 else "judo" for i in range(rows)]
    return pd.DataFrame({"sport": sports}, index=[f"s{i}" for i in range(rows)])


def test_a_challenger_must_be_better_beyond_noise_and_worse_for_nobody() -> None:
    errors = np.random.default_rng(2).normal(0, 0.5, 400)
    champion = predictions(errors)
    assert compare_models(champion, predictions(errors * 0.8), groups(400), 0.8).better
    assert "not smaller beyond noise" in compare_models(champion, champion, groups(400), 0.8).why
    assert "not smaller beyond noise" in compare_models(champion, predictions(errors * 1.1), groups(400), 0.8).why
    assert "fewer outcomes" in compare_models(champion, predictions(errors * 0.8, half_width=0.3), groups(400), 0.8).why
    wide = predictions(errors, half_width=5.0)
    assert compare_models(wide, predictions(errors * 0.8), groups(400), 0.8).better, "too wide is no virtue"
    golf_worse = np.where(np.arange(400) % 4 == 0, errors * 1.5, errors * 0.4)
    assert "much worse for golf" in compare_models(champion, predictions(golf_worse), groups(400), 0.8).why
    assert "Only 30 outcomes" in compare_models(champion, predictions(errors[:30] * 0.5), groups(400), 0.8).why


def test_who_learns_from_wrong_outcomes_is_no_better_than_one_guess() -> None:
    """Where outcomes are mixed up in the data, the middle of them beats a champion that told athletes apart."""
    rng = np.random.default_rng(5)
    for _ in range(50):
        champion = predictions(rng.normal(0, 0.3, 400))
        champion["actual_log"] = rng.permutation(champion["actual_log"])
        middle = champion["actual_log"].median() + rng.normal(0, 0.05, 400)
        compared = compare_models(champion, champion.assign(predicted_log=middle), groups(400), 0.8)
        assert compared.challenger_mae < compared.champion_mae - compared.least_gain
        assert not compared.better
        assert compared.why.startswith("The challenger is no better than one guess for everybody")


def test_ranges_are_judged_on_rows_that_have_them_and_not_by_few() -> None:
    errors = np.random.default_rng(2).normal(0, 0.5, 400)
    champion, better = predictions(errors), predictions(errors * 0.8, half_width=0.3)
    for ranged, told in (
        (0, "Only 0 of these outcomes have ranges"),
        (39, "Only 39 of these"),
        (400, "fewer outcomes"),
    ):
        without = better.assign(**{end: better[end].where(np.arange(400) < ranged) for end in ("low_log", "high_log")})
        compared = compare_models(champion, without, groups(400), 0.8)
        assert not compared.better
        assert told in compared.why
    # The champion misses only where the challenger has no range; on the others both hold all.
    champion["low_log"] = champion["low_log"].where(np.arange(400) < 200, champion["high_log"])
    half = predictions(errors * 0.8, half_width=5.0)
    half["low_log"] = half["low_log"].where(np.arange(400) < 200)
    compared = compare_models(champion, half, groups(400), 0.8)
    assert compared.better
    assert compared.champion_coverage > 0.9
    assert compared.challenger_coverage == 1.0


def test_few_athletes_tell_nothing() -> None:
    errors = np.random.default_rng(2).normal(0, 0.5, 200)
    compared = compare_models(predictions(errors, athletes=1), predictions(errors * 0.5, athletes=1), groups(200), 0.8)
    assert not compared.better
    assert "of 1 athletes only; it takes 10" in compared.why
    assert np.isnan(compared.least_gain)


def test_an_error_that_is_not_known_is_no_gain() -> None:
    errors = np.random.default_rng(2).normal(0, 0.5, 400)
    new = predictions(errors * 0.8)
    new.loc[0, "predicted_log"] = np.nan
    assert not compare_models(predictions(errors), new, groups(400), 0.8).better


def test_equal_models_are_promoted_in_no_more_than_the_chance_stated() -> None:
    rng = np.random.default_rng(7)

    def pair(rows: int) -> list[pd.DataFrame]:
        common = rng.normal(0, 0.5, rows)
        return [predictions(common + rng.normal(0, 0.15, rows)) for _ in range(2)]

    promoted = [compare_models(*pair(200), groups(200), 0.8).better for _ in range(300)]
    assert sum(promoted) <= 15, "2.5% of 300 are 7.5, and 15 are exceeded with a chance of 0.4%"


def test_a_worse_model_is_not_let_in_by_many_looks_and_a_stale_champion_does_not_stay() -> None:
    rng = np.random.default_rng(8)

    def looks(factor: float) -> list[bool]:
        """Monthly looks of a year at a challenger whose errors are larger by a factor, with 110 stories a month."""
        common = rng.normal(0, 0.5, 1_320)
        old, new = (predictions(f * common + rng.normal(0, 0.1, 1_320), athletes=120) for f in (1.0, factor))
        return [compare_models(old[:n], new[:n], groups(n), 0.8).better for n in range(110, 1_321, 110)]

    assert sum(any(looks(1.02)) for _ in range(10)) <= 1
    assert sum(any(looks(0.965)) for _ in range(5)) == 5


def test_a_real_change_is_acted_on_within_weeks() -> None:
    """120 athletes with a story a week; for four of the eight weeks the champion is off by 0.3, the challenger not."""
    rng = np.random.default_rng(11)
    errors = rng.normal(0, 0.45, 960)
    off = np.where(np.arange(960) >= 480, 0.3, 0.0)
    champion = predictions(errors + off, athletes=120)
    found = compare_models(champion, predictions(errors, athletes=120), groups(960), 0.8)
    assert found.champion_mae < 1.2 * found.challenger_mae, "over both halves that is less than a fifth"
    assert found.better


def test_looks_are_a_week_apart_or_asked_for_and_begin_anew_with_a_champion() -> None:
    first = Looks().at("ridge-1").next(MAY, by_hand=False)
    assert first == Looks("ridge-1", 1, MAY)
    assert first.next(MAY, by_hand=True) == first, "the same outcomes again are the same look"
    assert first.next(MAY + pd.Timedelta(days=6), by_hand=False) is None
    assert first.next(MAY + pd.Timedelta(days=6), by_hand=True) == Looks("ridge-1", 2, MAY + pd.Timedelta(days=6))
    assert first.next(MAY + pd.Timedelta(days=7), by_hand=False) == Looks("ridge-1", 2, MAY + pd.Timedelta(days=7))
    assert first.at("ridge-2") == Looks("ridge-2")
    assert stats.t.sf(noises(50), 49) == pytest.approx(0.025)


def test_against_the_naive_guess_it_is_enough_to_be_no_worse() -> None:
    errors = np.random.default_rng(2).normal(0, 0.5, 400)
    naive = predictions(errors).assign(low_log=np.nan, high_log=np.nan)
    as_good = compare_models(naive, predictions(errors), groups(400), 0.8, naive=True)
    assert as_good.better
    assert np.isnan(as_good.champion_coverage)
    assert (
        "larger than that of the naive guess"
        in compare_models(naive, predictions(errors * 1.3), groups(400), 0.8, naive=True).why
    )
    assert (
        "fewer outcomes" in compare_models(naive, predictions(errors, half_width=0.3), groups(400), 0.8, naive=True).why
    )


def test_a_poisoned_challenger_is_never_better() -> None:
    rng = np.random.default_rng(3)
    for _ in range(100):
        truth = rng.normal(8, 1.5, 300)
        errors = rng.normal(0, 0.6, 300)
        champion = predictions(errors).assign(actual_log=truth, predicted_log=truth + errors)
        poisoned = champion.assign(predicted_log=rng.permutation(truth) + rng.normal(0, 0.3, 300))
        assert not compare_models(champion, poisoned, groups(300), 0.8).better
