"""The table that spends a budget: it keeps the budget, and its bound holds."""

import itertools

import numpy as np
import pandas as pd
import pytest

from athlete_intel.bundles import search
from athlete_intel.bundles.planner import best_plan
from athlete_intel.bundles.requests import Request
from athlete_intel.bundles.table import best_within


@pytest.mark.parametrize("seed", range(20))
def test_what_is_found_and_what_is_promised_hold_the_best_of_all_choices_between_them(seed: int) -> None:
    random = np.random.default_rng(seed)
    worth, cost = random.lognormal(size=10), random.lognormal(size=10).round(2)
    budget = float(cost.sum()) * random.uniform(0.1, 1.1)
    choices = np.array(list(itertools.product([False, True], repeat=10)))
    best = (choices @ worth)[choices @ cost <= budget].max()
    taken, bound = best_within(worth, cost, budget)
    assert cost[taken].sum() <= budget + 1e-9
    assert worth[taken].sum() <= best + 1e-9
    assert best <= bound + 1e-9
    assert bound - worth[taken].sum() <= 1e-3 * best, "a budget is cut finely"


@pytest.mark.parametrize("seed", range(5))
def test_whole_cents_are_not_rounded(seed: int) -> None:
    random = np.random.default_rng(seed)
    worth, cost = random.lognormal(size=12), random.integers(1, 90_000, 12).astype("float64")
    budget = float(random.integers(50_000, 300_000))
    choices = np.array(list(itertools.product([False, True], repeat=12)))
    best = (choices @ worth)[choices @ cost <= budget].max()
    taken, bound = best_within(worth, cost, budget)
    assert cost[taken].sum() <= budget
    assert worth[taken].sum() == pytest.approx(best)
    assert bound == pytest.approx(best)


def test_one_cent_decides() -> None:
    cost = np.array([150_001.0, 149_999.0, 150_002.0])
    taken, bound = best_within(np.array([1.0, 1.0, 1.5]), cost, 300_000.0)
    assert taken.tolist() == [True, True, False]
    assert bound == 2.0


@pytest.mark.parametrize(("budget", "taken"), [(0.0, [True, False]), (0.9, [True, False]), (1.0, [True, True])])
def test_who_costs_nothing_is_taken(budget: float, taken: list[bool]) -> None:
    assert best_within(np.array([1.0, 1.0]), np.array([0.0, 1.0]), budget)[0].tolist() == taken


def few_stars_among_many() -> pd.DataFrame:
    """A card that pays well-known athletes less for each 1,000, as where a cap holds."""
    random = np.random.default_rng(7)
    mean = np.concatenate([random.uniform(3e5, 2e6, 60), random.lognormal(10.5, 0.6, 6_000)]).round()
    cost = (mean * np.where(mean > 3e5, 2 + random.uniform(0, 1, len(mean)), 4.8)).astype("int64")
    names = [f"a{number:04}" for number in range(len(mean))]
    same = {"woman": False, "newcomer": False, "rarely_offered": False, "sport": "football", "country": "US"}
    return pd.DataFrame({"athlete_id": names, "mean": mean, "cost_cents": cost, **same})


@pytest.fixture
def no_slow_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search that once took more than a minute, or found nothing, fails at once."""

    def search_is_slow(*_: object) -> None:
        raise AssertionError("the table did not do")

    monkeypatch.setattr(search, "solved", search_is_slow)


@pytest.mark.usefixtures("no_slow_search")
@pytest.mark.parametrize("budget", [20_000, 50_000, 51_000])
def test_a_few_stars_among_thousands_are_planned_from_the_table_and_with_proof(budget: int) -> None:
    athletes = few_stars_among_many()
    plan = best_plan(athletes, Request(budget_cents=budget * 100))
    assert plan is not None
    assert plan.proven
    chosen = athletes[athletes["athlete_id"].isin(plan.athletes)]
    assert chosen["cost_cents"].sum() <= budget * 100
    assert chosen["mean"].sum() == pytest.approx(plan.value)


@pytest.mark.usefixtures("no_slow_search")
@pytest.mark.parametrize("budget", [2_000, 3_000, 4_500])
def test_a_small_budget_among_many_buys_the_best(budget: int) -> None:
    athletes = few_stars_among_many().tail(1_500)
    plan = best_plan(athletes, Request(budget_cents=budget * 100))
    assert plan is not None
    # What each cent can buy, athlete by athlete.
    best = np.zeros(budget * 100 + 1)
    for cost, mean in athletes[["cost_cents", "mean"]].itertuples(index=False):
        if cost < len(best):
            best[cost:] = np.maximum(best[cost:], best[:-cost] + mean)
    assert best[-1] * (1 - 1e-4) <= plan.value <= best[-1] + 1e-6 <= plan.bound + 2e-6
    assert plan.proven


@pytest.mark.usefixtures("no_slow_search")
def test_who_is_in_doubt_is_laid_out_again_before_the_slow_search() -> None:
    # Two of the first three, to the cent; all others cost nearly all there is for hardly anything.
    cost = np.append([150_001, 149_999, 150_002], np.linspace(290_000, 299_000, 6_000).astype("int64"))
    mean = np.append([10_000.0, 10_000.0, 15_000.0], np.full(6_000, 10.0))
    same = {"woman": False, "newcomer": False, "rarely_offered": False, "sport": "football", "country": "US"}
    names = [f"a{number:04}" for number in range(len(cost))]
    athletes = pd.DataFrame({"athlete_id": names, "mean": mean, "cost_cents": cost, **same})
    plan = best_plan(athletes, Request(budget_cents=300_000))
    assert plan is not None
    assert plan.athletes == ("a0000", "a0001")
    assert plan.proven


def test_other_wishes_are_kept_among_thousands() -> None:
    athletes = few_stars_among_many()
    athletes["woman"] = athletes.index % 2 == 0
    wishes = Request(
        budget_cents=5_000_000, least_women=3, most_athletes=9, pinned_in=("a3000",), pinned_out=("a0000", "a0001")
    )
    plan = best_plan(athletes, wishes)
    assert plan is not None
    chosen = athletes[athletes["athlete_id"].isin(plan.athletes)]
    assert chosen["woman"].sum() >= 3
    assert len(chosen) <= 9
    assert "a3000" in set(plan.athletes)
    assert not {"a0000", "a0001"} & set(plan.athletes)
