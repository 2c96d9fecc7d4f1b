"""Drift counted in the warehouse, against scipy, numpy and plain Python; and how often it raises a false alarm."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from athlete_intel.drift_results import windows_apart
from athlete_intel.influence.candidates import Model
from athlete_intel.monitoring import distances
from athlete_intel.monitoring.cells import AthleteSums, count_values, look_at
from athlete_intel.monitoring.drift import Thresholds, drift
from athlete_intel.monitoring.history import drift_history
from athlete_intel.monitoring.money import money_moved
from athlete_intel.monitoring.multivariate import clustered_auc, tell_apart
from athlete_intel.monitoring.usual import own_shift
from athlete_intel.monitoring.windows import Windows, newest_windows
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Database

FEATURE = pd.DataFrame({"feature": ["likes"], "label": ["Likes"], "kind": ["number"]})


def monitored(
    reference: np.ndarray, analysis: np.ndarray, athletes: np.ndarray | None = None, before: int = 1
) -> pd.DataFrame:
    """The table of the newest window and of so many before it, among which the reference's rows are dealt out."""
    number = np.concatenate([np.arange(len(reference)) % before, np.full(len(analysis), before)])
    names = pd.Series([None] * len(number), dtype="str") if athletes is None else pd.Series(athletes).astype("str")
    return pd.DataFrame({"number": number, "athlete": names, "likes": np.concatenate([reference, analysis])})


def measured(
    table: pd.DataFrame, features: pd.DataFrame = FEATURE, thresholds: Thresholds | None = None
) -> pd.DataFrame:
    newest = 1 if table.empty else int(table["number"].max())
    with Database.in_memory() as database:
        database.write("monitored", table)
        return drift(database, features, newest, thresholds or Thresholds())[0]


def cells_of(reference: list[float], analysis: list[float], exact_up_to: int = 50_000) -> pd.DataFrame:
    with Database.in_memory() as database:
        database.write("monitored", monitored(np.array(reference), np.array(analysis)))
        look_at(database, "likes")
        return count_values(database, exact_up_to).between(1)


values = st.lists(st.integers(0, 30).map(float), min_size=3, max_size=60)


@given(values, values)
def test_figures_of_small_windows_are_those_of_scipy_and_numpy(reference: list[float], analysis: list[float]) -> None:
    cells = cells_of(reference, analysis)
    oracle = stats.ks_2samp(reference, analysis, method="asymp")
    gap = distances.ks(cells)
    assert gap.distance == pytest.approx(oracle.statistic, abs=1e-9)
    assert gap.error == 0
    assert distances.ks_p(gap.distance, len(reference), len(analysis)) == pytest.approx(oracle.pvalue, abs=1e-9)
    edges = distances.tenths(cells)
    np.testing.assert_allclose(edges, np.unique(np.quantile(reference, np.linspace(0.1, 0.9, 9))), atol=1e-12)
    bins = distances.in_bins(cells, edges)
    before, after = bins["reference"].to_numpy(), bins["analysis"].to_numpy()
    assert distances.psi(before, after) == pytest.approx(plain_psi(reference, analysis), abs=1e-9)
    expected = jensenshannon(before, after, base=2)
    assert distances.jensen_shannon(before, after) == pytest.approx(np.nan_to_num(expected), abs=1e-9)


def plain_psi(reference: list[float], analysis: list[float]) -> float:
    """The textbook's formula without numpy's help."""
    edges = sorted({float(np.quantile(reference, tenth / 10)) for tenth in range(1, 10)})

    def shares(some: list[float]) -> list[float]:
        counts = [0.0] * (len(edges) + 1)
        for value in some:
            counts[sum(value > edge for edge in edges)] += 1
        return [max(count, 0.5) / len(some) for count in counts]

    return sum((a - e) * math.log(a / e) for e, a in zip(shares(reference), shares(analysis), strict=True))


@given(st.lists(st.integers(0, 40), min_size=2, max_size=8), st.lists(st.integers(0, 40), min_size=2, max_size=8))
def test_chi_square_is_that_of_scipy(reference: list[int], analysis: list[int]) -> None:
    size = min(len(reference), len(analysis))
    table = np.array([reference[:size], analysis[:size]])
    if (table.sum(axis=1) == 0).any() or (table.sum(axis=0) > 0).sum() < 2:
        return
    oracle = stats.chi2_contingency(table[:, table.sum(axis=0) > 0], correction=False)
    statistic, freedom = distances.chi_square(*table)
    assert statistic == pytest.approx(oracle.statistic, abs=1e-9)
    assert distances.chi_square_p(statistic, freedom) == pytest.approx(oracle.pvalue, abs=1e-9)


@pytest.mark.parametrize("tail", ["normal", "heavy", "rounded"])
def test_fine_cells_are_wrong_by_no_more_than_they_say(tail: str) -> None:
    rng = np.random.default_rng(8)
    draws = {
        "normal": lambda: rng.normal(0, 1, 4_000),
        "heavy": lambda: rng.lognormal(0, 3, 4_000),
        "rounded": lambda: rng.normal(0, 1, 4_000).round(1),
    }
    reference, analysis = draws[tail](), draws[tail]() * 1.1
    cells = cells_of(reference.tolist(), analysis.tolist(), exact_up_to=10)
    assert cells[["reference", "analysis"]].sum().tolist() == [4_000, 4_000]
    gap, exact = distances.ks(cells), stats.ks_2samp(reference, analysis, method="asymp").statistic
    assert gap.distance - 1e-12 <= exact <= gap.distance + gap.error + 1e-12
    if tail != "heavy":
        assert gap.error < 0.003


@pytest.mark.parametrize("moved", [0.0, 0.01, 0.1, 0.5])
def test_verdicts_of_large_windows_are_those_of_scipy(moved: float) -> None:
    rng = np.random.default_rng(int(moved * 100))
    reference, analysis = rng.lognormal(0, 1, 60_000), rng.lognormal(moved, 1, 40_000)
    found = measured(monitored(reference, analysis)).iloc[0]
    oracle = stats.ks_2samp(reference, analysis, method="asymp")
    assert found.ks <= oracle.statistic + 1e-12
    assert oracle.statistic <= found.ks + found.ks_error + 1e-12
    assert found.ks_error < 0.003
    assert (found.raw_p < 0.01) == (oracle.pvalue < 0.01)
    # Significance alone is no drift: of the moves that scipy is sure of, only the last is large enough to matter.
    assert (found.drifting, oracle.pvalue < 0.01) == (moved == 0.5, moved >= 0.1)


def test_a_million_rows_do_not_make_a_trifle_drift_and_few_rows_do_not_either() -> None:
    rng = np.random.default_rng(1)
    trifle = measured(monitored(rng.normal(0, 1, 200_000), rng.normal(0.05, 1, 200_000))).iloc[0]
    assert trifle.ks_p < 1e-9
    assert not trifle.drifting
    athletes = np.arange(400_000) % 500
    trifle = measured(monitored(rng.normal(0, 1, 200_000), rng.normal(0.05, 1, 200_000), athletes)).iloc[0]
    assert trifle.shift_p < 1e-9, "of each athlete there are so many rows that the change is beyond doubt"
    assert not trifle.drifting
    few = measured(monitored(rng.normal(0, 1, 40), rng.normal(0, 1, 40))).iloc[0]
    assert not few.drifting
    moved = measured(monitored(rng.normal(0, 1, 200), rng.normal(1, 1, 200))).iloc[0]
    assert (moved.drifting, moved.why) == (True, "distribution")


def grouped_normal(rng: np.random.Generator, athletes: int, rows: int, own: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows of athletes who differ by `own` and have very different numbers of rows."""
    names = rng.choice(athletes, rows, p=(shares := rng.lognormal(0, 1, athletes)) / shares.sum())
    return rng.normal(0, own, athletes)[names] + rng.normal(0, 1, rows), names


def test_rows_of_one_athlete_do_not_raise_false_alarms() -> None:
    rng = np.random.default_rng(2)
    alarms = {"rows": 0, "athletes": 0}
    for _ in range(200):
        # Other athletes in each window, each with many rows: independent rows these are not.
        before, first = grouped_normal(rng, 60, 900, 2.0)
        after, second = grouped_normal(rng, 60, 300, 2.0)
        table = monitored(before, after, np.concatenate([first, second + 1_000]))
        found = measured(table).iloc[0]
        alarms["athletes"] += found.ks_p < 0.05
        alarms["rows"] += stats.ks_2samp(before, after, method="asymp").pvalue < 0.05
    assert alarms["rows"] > 100, "the test of rows is wrong more often than right here"
    assert alarms["athletes"] <= 10 + 3 * math.sqrt(200 * 0.05 * 0.95)


def test_the_same_change_of_all_athletes_is_found_though_the_distribution_hardly_moves() -> None:
    rng = np.random.default_rng(3)
    own = rng.normal(0, 2, 200)
    before = np.repeat(own, 6) + rng.normal(0, 0.5, 1_200)
    after = np.repeat(own, 2) - 0.3 + rng.normal(0, 0.5, 400)
    athletes = np.concatenate([np.repeat(np.arange(200), 6), np.repeat(np.arange(200), 2)])
    found = measured(monitored(before, after, athletes, before=6)).iloc[0]
    assert found.psi < 0.2
    assert (found.why, found.athletes) == ("own level", 200)
    assert found["shift"] == pytest.approx(-0.3, abs=0.1)
    assert not measured(monitored(before, after + 0.3, athletes, before=6)).iloc[0].drifting
    alone = measured(monitored(before, after, athletes)).iloc[0]
    assert (alone.drifting, alone.shift_usual) == (False, math.inf), "one window tells nothing of what windows do"


@pytest.mark.parametrize("before", [1, 2, 6])
def test_shocks_that_everybody_shares_are_no_drift_however_few_windows_tell_of_them(before: int) -> None:
    rng = np.random.default_rng(before)
    athletes, rows = 100, 4
    own = rng.normal(0, 2, athletes)
    number, athlete = np.repeat(np.arange(before + 1), athletes), np.tile(np.arange(athletes), before + 1)
    alarms = 0
    for _ in range(200):
        shocks = rng.normal(0, 0.15, before + 1)
        means = own[athlete] + shocks[number] + rng.normal(0, 0.25, len(number))
        sums = {"known": rows, "counted": rows, "total": rows * means, "squares": rows * (means**2 + 0.19)}
        table = pd.DataFrame({"athlete": athlete, "number": number, **sums})
        found = own_shift(AthleteSums.of(table, before), before, 0.01)
        far = abs(found["shift"]) > found["shift_usual"] and abs(found["shift_size"]) >= 0.2
        alarms += far and found["raw_shift_p"] < 0.01
    assert alarms <= stats.binom.isf(0.001, 200, 0.01)


def test_empty_values_are_judged_apart() -> None:
    rng = np.random.default_rng(4)
    analysis = np.where(rng.random(300) < 0.4, np.nan, rng.normal(0, 1, 300))
    found = measured(monitored(rng.normal(0, 1, 300), analysis, before=3)).iloc[0]
    assert found.why == "empty values"
    gone = measured(monitored(rng.normal(0, 1, 300), np.full(300, np.nan), before=3)).iloc[0]
    assert (gone.why, gone.analysis_null_share, math.isnan(gone.psi)) == ("empty values", 1.0, True)


def test_values_that_come_with_history_are_no_alarm_and_a_source_that_dries_up_is() -> None:
    rng = np.random.default_rng(11)

    def verdict(shares: list[float]) -> object:
        number = np.repeat(np.arange(len(shares)), 200)
        likes = np.where(rng.random(len(number)) < np.array(shares)[number], np.nan, rng.normal(0, 1, len(number)))
        table = pd.DataFrame({"number": number, "athlete": (np.arange(len(number)) % 80).astype("str"), "likes": likes})
        with Database.in_memory() as database:
            database.write("monitored", table)
            return drift(database, FEATURE, len(shares) - 1, Thresholds())[0].iloc[0].why

    assert verdict([0.50, 0.46, 0.42, 0.38, 0.34, 0.30, 0.26]) is None, "every window has fewer than the one before"
    assert verdict([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4]) == "empty values"


def test_categories_are_compared_by_chi_square() -> None:
    table = pd.DataFrame(
        {
            "number": [0] * 100 + [1] * 50,
            "athlete": pd.Series([None] * 150, dtype="str"),
            "format": ["photo"] * 50 + ["video"] * 50 + ["photo"] * 45 + ["video"] * 5,
        }
    )
    feature = pd.DataFrame({"feature": ["format"], "label": ["Format"], "kind": ["category"]})
    found = measured(table, feature).iloc[0]
    oracle = stats.chi2_contingency([[50, 50], [45, 5]], correction=False)
    assert found.chi_square == pytest.approx(oracle.statistic, abs=1e-9)
    assert found.raw_p == pytest.approx(oracle.pvalue, abs=1e-12)
    assert found.js == pytest.approx(jensenshannon([0.5, 0.5], [0.9, 0.1], base=2), abs=1e-9)
    assert found.drifting


def plain_holm(p_values: list[float]) -> list[float]:
    corrected = {}
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, p_values[place] * (len(p_values) - rank)))
        corrected[place] = highest
    return [corrected[place] for place in range(len(p_values))]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_corrects_for_the_number_of_tests(p_values: list[float]) -> None:
    assert distances.holm(np.array(p_values)).tolist() == pytest.approx(plain_holm(p_values))


@pytest.mark.parametrize(("reference", "analysis"), [(0, 0), (5, 400), (400, 5)])
def test_too_few_rows_give_no_verdict(reference: int, analysis: int) -> None:
    table = measured(monitored(np.ones(reference), np.ones(analysis)))
    assert table.empty


def test_windows_are_counted_back_from_the_end_and_nothing_lies_in_two() -> None:
    times = pd.Series(pd.date_range("2026-01-01", "2026-03-31 23:00", freq="h"))
    windows = newest_windows(times, 14)
    assert [f"{start:%m-%d}" for start in windows.starts] == [
        "01-07",
        "01-21",
        "02-04",
        "02-18",
        "03-04",
        "03-18",
        "04-01",
    ]
    numbers = pd.Series(windows.number(times))
    assert numbers.value_counts().sort_index().tolist() == [6 * 24, *[14 * 24] * 6]
    assert windows.spans(windows.newest)["analysis_from"] == pd.Timestamp("2026-03-18")


def test_an_area_under_the_curve_is_that_of_sklearn_and_as_uncertain_as_drawing_again_says() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(6)

    def drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        groups = rng.integers(0, 40, 400)
        positive = rng.random(400) < 0.4
        return rng.normal(0, 1, 40)[groups] + rng.normal(0, 1, 400) + 0.3 * positive, positive, groups

    areas, variances = zip(*(clustered_auc(*drawn()) for _ in range(300)), strict=True)
    scores, positive, groups = drawn()
    assert clustered_auc(scores, positive, groups)[0] == pytest.approx(roc_auc_score(positive, scores), abs=1e-12)
    assert np.mean(variances) == pytest.approx(np.var(areas), rel=0.25)


def test_windows_that_differ_only_in_how_features_go_together_are_told_apart() -> None:
    rng = np.random.default_rng(7)
    first = rng.normal(0, 1, 1_000)
    is_new = np.arange(1_000) >= 600
    second = np.where(is_new, -first, first) + rng.normal(0, 0.3, 1_000)
    groups = rng.integers(0, 100, 1_000)
    told = tell_apart(pd.DataFrame({"a": first, "b": second}), is_new, groups, seed=1)
    assert told is not None
    assert told.auc > 0.8
    assert told.p < 1e-6
    same = tell_apart(pd.DataFrame({"a": first, "b": rng.normal(0, 1, 1_000)}), is_new, groups, seed=1)
    assert same is not None
    assert same.p > 0.01
    assert tell_apart(pd.DataFrame({"a": first[:20]}), is_new[:20], groups[:20], seed=1) is None


def test_the_mean_of_all_rows_is_told_where_athletes_are_few() -> None:
    found = measured(monitored(np.tile([1.0, 3.0], 20), np.tile([2.0, 6.0], 20))).iloc[0]
    assert math.isnan(found["shift"])
    assert found["mean_change"] == pytest.approx(2.0)


def test_the_test_that_gave_the_p_value_is_named_with_its_statistic() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(0, 1, 400)
    alone = measured(monitored(values[:200], values[200:])).iloc[0]
    assert (alone.test, math.isnan(alone.chi_square)) == ("Kolmogorov-Smirnov", True)
    together = measured(monitored(values[:200], values[200:], np.arange(400) % 40)).iloc[0]
    assert together.test == "Kolmogorov-Smirnov, and chi-square of tenths"
    edges = np.quantile(values[:200], np.linspace(0.1, 0.9, 9))
    tenths = [np.bincount(np.searchsorted(edges, part), minlength=10) for part in (values[:200], values[200:])]
    assert together.chi_square == pytest.approx(stats.chi2_contingency(tenths, correction=False).statistic)


CATALOGUE = pd.DataFrame(
    {
        "feature": ["twitter_likes_median", "format_video", "twitter_followers"],
        "label": ["Likes", "Video", "Followers"],
        "scale": ["log", "linear", "log"],
    }
)


class Linear:
    """Predicts twice the log of likes (1 where none are known), half a log for a video, and the log of followers."""

    def predict(self, values: np.ndarray) -> np.ndarray:
        likes = np.nan_to_num(values[:, 0], nan=1.0)
        return 2 * likes + 0.5 * values[:, 1] + values[:, 2]


def moved(*rows: dict[str, object], bins: pd.DataFrame | None = None) -> pd.DataFrame:
    """The money of drifting features; Ann and Bob have 3 and 4 logs of likes and are paid $10 and $30."""
    model = Model("ridge", CATALOGUE, Linear(), 0.0, 100.0, pd.Series(dtype="float64"))  # type: ignore[arg-type]
    matrix = pd.DataFrame(
        {"twitter_likes_median": np.expm1([3.0, 4.0]), "format_video": 0.0, "twitter_followers": np.expm1(5.0)},
        index=["ann", "bob"],
    )
    usual = {"kind": "number", "drifting": True, "why": "own level", "shift": np.nan, "mean_change": np.nan}
    usual |= {"reference_null_share": 0.0, "analysis_null_share": 0.0}
    nothing = pd.DataFrame({"feature": [], "category": [], "reference_share": [], "analysis_share": []})
    drifts = pd.DataFrame([usual | row for row in rows])
    pay = pd.Series({"ann": 1_000, "bob": 3_000})
    return money_moved(drifts, nothing if bins is None else bins, model, matrix, pay)


def test_a_drifting_feature_says_what_it_moves_in_money() -> None:
    found = moved(
        {"feature": "twitter_likes_median", "shift": -0.5},
        {"feature": "source:twitter_likes", "shift": -0.5},
        {"feature": "source:twitter_likes", "shift": 1.0, "drifting": False},
        {"feature": "twitter_likes_median", "why": "distribution", "mean_change": -0.5},
    )
    # Half a log less is a whole log less predicted: without it, pay would be e times as much.
    lost = round(2_000 * (1 - math.e))
    assert found["money_cents"].tolist() == [lost, lost, pd.NA, lost]
    assert found["in_model"].all()


def test_what_is_no_input_of_the_model_moves_nothing_and_outcomes_move_pay() -> None:
    found = moved(
        {"feature": "wikipedia_peak", "shift": 1.0},
        {"feature": "source:tiktok_followers_growth", "shift": 1.0},
        {"feature": "sport", "kind": "category", "why": "distribution"},
        {"feature": "outcome", "shift": -1.0},
        {"feature": "predicted", "shift": -1.0},
    )
    assert found["money_cents"].tolist()[:3] == [0, 0, 0]
    assert found["in_model"].tolist() == [False, False, False, True, True]
    assert found["money_cents"].tolist()[3:] == [round(2_000 * (1 - math.e))] * 2


def test_growth_of_followers_moves_what_the_model_makes_of_followers() -> None:
    found = moved({"feature": "source:twitter_followers_growth", "shift": 0.1})
    assert found["money_cents"].tolist() == [round(2_000 * (1 - math.exp(-0.1)))]


def test_empty_values_are_priced_by_what_a_missing_value_does() -> None:
    empty = {"why": "empty values", "reference_null_share": 0.1, "analysis_null_share": 0.4}
    found = moved(
        {"feature": "twitter_likes_median", "shift": 5.0, **empty},
        {"feature": "twitter_likes_median", "shift": -0.5, **empty, "why": "own level, empty values"},
        {"feature": "twitter_likes_median", **empty, "reference_null_share": 0.4, "analysis_null_share": 0.1},
    )
    # Without likes Ann is predicted as with 1 log instead of 3, and Bob instead of 4; that came to 3 of 10 stories.
    lost = 0.3 * (1_000 * math.expm1(-4) + 3_000 * math.expm1(-6)) / 2
    assert found["money_cents"].tolist() == [round(lost), round(2_000 * (1 - math.e) + lost), round(-lost)]


def test_another_mix_of_categories_moves_what_they_are_worth() -> None:
    bins = pd.DataFrame(
        {
            "feature": "format",
            "category": ["photo", "video"],
            "reference_share": [0.8, 0.2],
            "analysis_share": [0.5, 0.5],
        }
    )
    found = moved({"feature": "format", "kind": "category", "why": "distribution"}, bins=bins)
    assert found["money_cents"].tolist() == [round(0.3 * 2_000 * math.expm1(0.5))]


def test_the_history_holds_categories_and_empty_values_too() -> None:
    rng = np.random.default_rng(9)
    number = np.repeat(np.arange(5), 200)
    likes = np.where((number == 4) & (rng.random(1_000) < 0.5), np.nan, rng.normal(0, 1, 1_000))
    kinds = np.where(rng.random(1_000) < np.where(number == 3, 0.9, 0.2), "video", "photo")
    table = pd.DataFrame({"number": number, "athlete": (np.arange(1_000) % 100).astype("str"), "likes": likes})
    table["format"] = kinds
    features = pd.DataFrame(
        {"feature": ["likes", "format"], "label": ["Likes", "Format"], "kind": ["number", "category"]}
    )
    windows = Windows(tuple(pd.date_range("2026-01-01", periods=6, freq="14D")))
    with Database.in_memory() as database:
        database.write("monitored", table)
        history, bins = drift_history(database, features, windows, Thresholds())
        newest = drift_history(database, features, windows, Thresholds(), newest_bins=True)[1]
    sizes = history.pivot(index="feature", columns="window_from", values="moved")
    assert (sizes.loc["likes"].to_numpy() >= 1).tolist() == [False, False, False, True]
    assert (sizes.loc["format"].to_numpy() >= 1).tolist() == [False, False, True, False]
    nulls = history.set_index(["feature", "window_from"])["null_change"]
    assert nulls[("likes", windows.starts[4])] == pytest.approx(0.5, abs=0.1)
    assert set(bins.loc[bins["feature"] == "format", "category"]) == {"photo", "video"}
    assert windows.starts[4] not in set(bins["window_from"])
    assert windows.starts[4] in set(newest["window_from"])


def test_the_history_holds_shifts_of_all_athletes_that_hardly_move_the_distribution() -> None:
    rng = np.random.default_rng(10)
    own = rng.normal(0, 5, 100)
    number, athlete = (part.ravel() for part in np.meshgrid(np.arange(6), np.arange(100), indexing="ij"))
    likes = own[athlete] + rng.normal(0, 0.5, 600) + np.where(number == 5, 1.0, 0.0)
    windows = Windows(tuple(pd.date_range("2026-01-01", periods=7, freq="14D")))
    with Database.in_memory() as database:
        table = pd.DataFrame({"number": number, "athlete": athlete.astype("str"), "likes": likes})
        database.write("monitored", table)
        history, _ = drift_history(database, FEATURE, windows, Thresholds())
        judged, _ = drift(database, FEATURE, 5, Thresholds())
    newest = history.iloc[-1]
    assert newest["psi"] < 0.2
    # All moved by 1, with a spread of about 0.55 between them; the heat map shows the size that the verdict takes.
    assert 1.5 < newest["shift_size"] < 2.2
    assert newest["shift_size"] == judged["shift_size"].iloc[0]
    assert newest["moved"] == pytest.approx(newest["shift_size"] / 0.2)
    assert (history["shift_size"].iloc[:-1].abs() < 0.2).all()


@pytest.mark.parametrize("moved_by", [0.0, 2.0])
def test_windows_are_told_apart_by_more_than_the_window_before_was(moved_by: float) -> None:
    rng = np.random.default_rng(12)
    number = np.repeat(np.arange(4), 150)
    likes = rng.normal(0, 1, 600) + np.where(number == 3, moved_by, 0.0)
    table = pd.DataFrame({"number": number, "athlete": (np.arange(600) % 60).astype("str"), "likes": likes})
    windows = Windows(tuple(pd.date_range("2026-01-01", periods=5, freq="14D")))
    found = windows_apart(table, FEATURE.assign(table="monitored"), windows, Settings()).iloc[0]
    assert (found["apart"], found["analysis_from"]) == (moved_by > 0, windows.starts[3])
    assert (found["auc"] > 0.8) == (moved_by > 0)
    few = table[table["number"] < 2].groupby("number").head(10)
    assert windows_apart(few, FEATURE.assign(table="monitored"), windows, Settings()).empty
