"""Packages: who is in them, what they bring jointly, and what can be promised."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from athlete_intel.bundles import Before, bundle_tables
from athlete_intel.bundles.draws import Errors, joint_draws, moments
from athlete_intel.bundles.packages import SIZES, Size, facts_of, largest_within_share, told_shortly, with_terms
from athlete_intel.payouts import expected_payouts
from athlete_intel.payouts.rates import Terms
from athlete_intel.payouts.spread import outcome_spread
from tests.kinds import CATALOGUE, three_kinds

SEED = 3
AS_OF = datetime(2026, 10, 1)


def rankings_of(matrix: pd.DataFrame) -> pd.DataFrame:
    likes = matrix["likes"].to_numpy()
    number = len(matrix)
    return pd.DataFrame(
        {
            "athlete_id": matrix.index,
            "name": [f"Name {i}" for i in range(number)],
            "sport": np.where(np.arange(number) % 3, "golf", "judo"),
            "country": "PE",
            "gender": np.where(np.arange(number) % 2, "women", "men"),
            "followers": likes * 20,
            "predicted": likes,
            "low": likes / 2,
            "high": likes * 2,
            "mean": likes * 1.2,
            "novel": np.arange(number) == 7,
            "outcomes_seen": np.arange(number) % 5,
        }
    )


def past_of(rankings: pd.DataFrame, months: int = 8, shock: float = 0.0, lasting: float = 0.0) -> pd.DataFrame:
    """Past predictions with errors made of a shock of the month, something lasting about the athlete, and luck."""
    rng = np.random.default_rng(SEED)
    own = lasting * rng.standard_normal(len(rankings))
    parts = []
    for month in range(months):
        error = shock * rng.standard_normal() + own + 0.4 * rng.standard_normal(len(rankings))
        parts.append(
            rankings[["athlete_id", "predicted", "low", "high"]].assign(
                row_id=[f"{month}-{i}" for i in range(len(rankings))],
                as_of=pd.Timestamp("2026-09-01") - pd.Timedelta(days=28 * month),
                actual=np.expm1(np.log1p(rankings["predicted"].to_numpy()) + error),
            )
        )
    return pd.concat(parts, ignore_index=True)


def terms_of(rankings: pd.DataFrame) -> pd.DataFrame:
    terms = {"rate_cents_per_1000": 500, "floor_cents": 0, "cap_cents": 0, "uplift": 1.0}
    return rankings[["athlete_id"]].assign(**terms)


NOBODY = pd.Series(dtype="object")
NO_PAST = pd.DataFrame({"row_id": [], "athlete_id": []})
AUTHENTICITY = pd.DataFrame(
    {
        "athlete_id": ["a000", "a000", "a001", "a002"],
        "flagged": [False, True, False, False],
        "z": [0.1, -4.0, None, None],
        "biggest_jump_share": [None, None, 0.1, None],
    }
)


def errors_of(rankings: pd.DataFrame, **parts: float) -> Errors:
    return Errors.measured(past_of(rankings, **parts), rankings, NOBODY)  # type: ignore[arg-type]


def made_of(
    matrix: pd.DataFrame,
    rankings: pd.DataFrame,
    payouts: pd.DataFrame,
    before: Before | None = None,
    contested: pd.Series | None = None,
) -> dict[str, pd.DataFrame]:
    contested = pd.Series(dtype="int64") if contested is None else contested
    errors = errors_of(rankings)
    before = before or Before()
    terms = terms_of(rankings)
    told = (rankings, payouts, terms, NO_PAST, errors, contested, AUTHENTICITY)
    return bundle_tables(matrix, CATALOGUE, *told, before, AS_OF, 28, 0.8, SEED)


@pytest.fixture(scope="module")
def made() -> dict[str, pd.DataFrame]:
    matrix, _ = three_kinds()
    rankings = rankings_of(matrix)
    payouts = expected_payouts(rankings, [Terms(500)] * len(rankings), "card", "m", "s")
    return made_of(matrix, rankings, payouts, contested=pd.Series({"a000": 2}))


def test_bundles_add_up_to_their_members(made: dict[str, pd.DataFrame]) -> None:
    athletes = made["plan_athletes"].set_index("athlete_id")
    assert len(made["bundles"]) == 3 * 3 + 3, "three sizes of three clusters and of the mix"
    for bundle in made["bundles"].itertuples():
        inside = made["bundle_members"][made["bundle_members"]["bundle_id"] == bundle.bundle_id]
        own = athletes.loc[inside["athlete_id"]]
        assert bundle.members == len(own)
        assert bundle.expected == pytest.approx(own["mean"].sum())
        assert bundle.cost_cents == own["cost_cents"].sum()
        assert bundle.contested == own["contested"].sum()
        assert bundle.women_share == pytest.approx(own["woman"].mean())
        known = own["questioned"].dropna()
        assert bundle.questioned_share == pytest.approx(known.mean() if len(known) else np.nan, nan_ok=True)
        assert inside["share"].sum() == pytest.approx(1)
        assert bundle.largest_share == pytest.approx(inside["share"].max())
        size = next(size for size in SIZES if size.name == bundle.size)
        assert bundle.largest_share <= size.largest_share
        assert bundle.low < bundle.expected < bundle.high
        assert bundle.chance >= 0.8
        assert not own["novel"].any()
    assert athletes["questioned"].dropna().to_dict() == {"a000": True, "a001": False}
    assert made["bundles"]["expected"].is_monotonic_decreasing


def test_the_mix_takes_from_every_cluster_alike(made: dict[str, pd.DataFrame]) -> None:
    mix = made["bundle_members"][made["bundle_members"]["bundle_id"] == "mix-large"]
    counts = mix.merge(made["clusters"], on="athlete_id")["identity"].value_counts()
    assert len(counts) == 3
    assert counts.max() - counts.min() <= 3


def test_who_was_offered_is_counted_on(made: dict[str, pd.DataFrame]) -> None:
    matrix, _ = three_kinds()
    rankings = rankings_of(matrix)
    payouts = expected_payouts(rankings, [Terms(500)] * len(rankings), "card", "m", "s")
    times = made["plan_athletes"].set_index("athlete_id")["bundle_offers"]
    assert set(times) == {0, 1}
    before = Before(made["clusters"][["athlete_id", "identity"]], offered=times)
    again = made_of(matrix, rankings, payouts, before)
    assert (again["plan_athletes"].set_index("athlete_id")["bundle_offers"] == 2 * times).all()
    assert set(again["cluster_groups"]["state"]) == {"same"}
    assert again["clusters"]["identity"].equals(made["clusters"]["identity"])


def test_without_clusters_there_are_no_bundles_and_everybody_can_still_be_booked() -> None:
    matrix, _ = three_kinds(2)
    rankings = rankings_of(matrix)
    payouts = expected_payouts(rankings, [Terms(1)] * len(rankings), "c", "m", "s")
    made = made_of(matrix, rankings, payouts)
    assert made["bundles"].empty
    assert made["bundle_members"].empty
    assert made["clusters"]["identity"].isna().all()
    assert len(made["plan_athletes"]) == 6


@given(st.lists(st.floats(1, 1e6), min_size=3, max_size=9), st.integers(2, 4), st.floats(0.3, 0.9))
def test_no_better_choice_keeps_the_share(means: list[float], number: int, share: float) -> None:
    from itertools import combinations

    table = pd.DataFrame({"mean": sorted(means, reverse=True)})
    chosen = largest_within_share(table, Size("any", number, share))
    fitting = [sum(c) for c in combinations(means, number) if max(c) <= share * sum(c) * (1 - 1e-12)]
    if chosen is None:
        assert not fitting
    else:
        assert chosen["mean"].sum() >= max(fitting, default=0.0) * (1 - 1e-9)


def test_the_range_of_a_sum_is_narrower_than_the_sum_of_ranges_but_a_shock_that_all_share_widens_it() -> None:
    matrix, _ = three_kinds(10)
    rankings = rankings_of(matrix).assign(predicted=1000.0, low=500.0, high=2000.0, mean=1100.0)
    widths = {}
    for shock in (0.0, 0.5):
        draws = joint_draws(rankings, errors_of(rankings, shock=shock), SEED)
        total = draws.sum(axis=0)
        widths[shock] = np.subtract(*np.quantile(total, [0.9, 0.1])) / total.mean()
        single = np.mean(np.subtract(*np.quantile(draws, [0.9, 0.1], axis=1))) / draws.mean()
        assert widths[shock] < single
    assert widths[0.5] > 2 * widths[0.0]


def test_draws_average_the_mean_of_the_ranking_and_are_the_same_for_a_seed() -> None:
    matrix, _ = three_kinds(10)
    rankings = rankings_of(matrix)
    draws = joint_draws(rankings, errors_of(rankings, shock=0.3, lasting=0.3), SEED)
    np.testing.assert_allclose(draws.mean(axis=1), rankings["mean"])
    np.testing.assert_array_equal(draws, joint_draws(rankings, errors_of(rankings, shock=0.3, lasting=0.3), SEED))


def test_what_an_athlete_is_drawn_to_bring_does_not_depend_on_order_or_company() -> None:
    matrix, _ = three_kinds(10)
    rankings = rankings_of(matrix)
    errors = errors_of(rankings, shock=0.5, lasting=0.3)
    everybody = joint_draws(rankings, errors, SEED)
    turned = rankings.iloc[[20, 3, 11]]
    np.testing.assert_allclose(joint_draws(turned, errors, SEED), everybody[[20, 3, 11]])
    assert not np.allclose(joint_draws(turned, errors, SEED + 1), everybody[[20, 3, 11]])
    twice = joint_draws(rankings.iloc[[3, 3]], errors, SEED)
    assert not np.allclose(twice[0], twice[1]), "two stories of one athlete have each their own luck"


def test_a_pair_lies_nowhere_below_its_larger_member_though_past_errors_were_wild() -> None:
    """College football 2022: a star of 180k to 1.1M was promised as 129k to 786k once four others came along."""
    random = np.random.default_rng(SEED)
    wild = np.where(random.random(4_000) < 0.05, random.normal(0, 1, 4_000), random.normal(0, 0.36, 4_000))
    matrix, _ = three_kinds(10)
    rankings = rankings_of(matrix).head(2).assign(predicted=[1000.0, 20.0], low=[250.0, 5.0], high=[4000.0, 80.0])
    rankings["mean"] = rankings["predicted"] * 1.5
    errors = replace(errors_of(rankings, shock=0.0), spread=outcome_spread(pd.Series(wild)))
    star, other = joint_draws(rankings, errors, SEED)
    for level in (0.1, 0.5, 0.9):
        assert np.quantile(star + other, level) >= np.quantile(star, level)
    assert np.quantile(star, [0.1, 0.9]) == pytest.approx([250, 4000], rel=0.15)


def test_moments_give_back_the_variance_of_a_sum() -> None:
    rng = np.random.default_rng(SEED)
    shock = rng.standard_normal(4000)
    draws = 100 + 10 * shock + 20 * rng.standard_normal((300, 4000))
    found = moments(draws)
    told = np.sqrt(found["variance"].sum() + found["shared"].sum() ** 2)
    assert told == pytest.approx(draws.sum(axis=0).std(), rel=0.05)


def test_without_past_errors_nothing_is_said_about_spread() -> None:
    matrix, _ = three_kinds(5)
    rankings = rankings_of(matrix)
    draws = joint_draws(rankings, Errors.measured(past_of(rankings).head(0), rankings, NOBODY), SEED)
    assert (draws == rankings["mean"].to_numpy()[:, None]).all()
    assert (moments(draws) < 1e-9).all(axis=None)


@given(st.floats(0, 1e9))
def test_a_promise_is_short_and_never_more_than_what_it_stands_for(value: float) -> None:
    told = told_shortly(value)
    assert told <= value * (1 + 1e-9)
    assert told >= value * 0.9 - 1e-9
    assert len(f"{told:.0f}".rstrip("0")) <= 2 or value < 10


def test_the_range_of_cost_keeps_to_the_floor_and_the_cap_of_each_athlete() -> None:
    chosen = pd.DataFrame({"athlete_id": ["a", "b"], "mean": 500.0, "cost_cents": [1_000, 750]})
    chosen[["woman", "sport", "contested", "questioned"]] = [True, "golf", 0, False]
    terms = pd.DataFrame({"athlete_id": ["b", "a"], "rate_cents_per_1000": [1_000, 1_000], "uplift": 1.0})
    terms = terms.assign(floor_cents=[0, 1_000], cap_cents=[800, 0])
    draws = np.tile(np.linspace(0, 1_000, 101), (2, 1))
    told = facts_of(with_terms(chosen, terms), draws, 0.8)
    # The first is never paid more than the floor, and the other between nothing and the cap.
    assert (told["low_cents"], told["high_cents"]) == (1_000 + 100, 1_000 + 800)


def test_the_chance_is_counted_from_the_draws() -> None:
    chosen = pd.DataFrame(
        {"mean": [50.0], "cost_cents": [100], "woman": [None], "sport": [None], "contested": [0], "questioned": [True]}
    )
    chosen[["rate_cents_per_1000", "floor_cents", "cap_cents", "uplift"]] = [1_000, 0, 0, 1.0]
    told = facts_of(chosen, np.arange(100.0)[None, :], 0.8)
    assert (told["promised"], told["chance"]) == (19.0, 0.81)
    assert np.isnan(told["women_share"])  # type: ignore[call-overload]
    assert told["sports"] == ""
