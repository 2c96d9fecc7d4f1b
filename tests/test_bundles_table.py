"""Plans where a few stars stand among thousands of cheap athletes: none of them is left to the slow search."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from athlete_intel.bundles import search
from athlete_intel.bundles.planner import best_plan, certain_outcome
from athlete_intel.bundles.requests import Request


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


@pytest.mark.usefixtures("no_slow_search")
@pytest.mark.parametrize("budget", [2_000, 20_000, 100_000, 500_000])
@pytest.mark.parametrize(("least", "most"), [(2, None), (5, None), (30, None), (1, 3), (10, 10)])
def test_a_number_of_athletes_among_thousands_is_planned_with_proof(budget: int, least: int, most: int | None) -> None:
    athletes = few_stars_among_many()
    if least > 5 and budget == 2_000:
        athletes["cost_cents"] //= 10
    plan = best_plan(athletes, Request(budget_cents=budget * 100, least_athletes=least, most_athletes=most))
    assert plan is not None
    assert plan.proven
    chosen = athletes[athletes["athlete_id"].isin(plan.athletes)]
    assert chosen["cost_cents"].sum() <= budget * 100
    assert least <= len(chosen) <= (most or len(athletes))
    assert chosen["mean"].sum() == pytest.approx(plan.value)


@pytest.mark.usefixtures("no_slow_search")
def test_a_number_of_athletes_buys_as_much_as_the_best_star_and_the_cheapest_others() -> None:
    athletes = few_stars_among_many()
    plan = best_plan(athletes, Request(budget_cents=2_000_000, least_athletes=5, pinned_in=("a3000",)))
    assert plan is not None
    assert "a3000" in set(plan.athletes)
    others = athletes[athletes["athlete_id"] != "a3000"].sort_values("cost_cents")
    left = 2_000_000 - int(athletes.loc[3_000, "cost_cents"]) - int(others["cost_cents"].head(3).sum())
    simple = others[others["cost_cents"] <= left]["mean"].max() + others["mean"].head(3).sum() + athletes["mean"][3_000]
    assert plan.value >= simple
    assert plan.proven


@pytest.mark.usefixtures("no_slow_search")
def test_too_many_athletes_for_a_budget_are_no_plan() -> None:
    athletes = few_stars_among_many()
    enough = int(np.sort(athletes["cost_cents"])[:10].sum())
    assert best_plan(athletes, Request(enough - 1, least_athletes=10, most_athletes=10)) is None
    assert best_plan(athletes, Request(enough, least_athletes=10)) is not None


@pytest.mark.usefixtures("no_slow_search")
@pytest.mark.parametrize(("least", "most"), [(5, None), (1, 4)])
def test_what_is_certain_among_thousands_is_planned_with_proof_and_beats_the_average(
    least: int, most: int | None
) -> None:
    athletes = few_stars_among_many()
    random = np.random.default_rng(3)
    athletes["variance"] = (athletes["mean"] * random.uniform(0.5, 2, len(athletes))) ** 2
    athletes["shared"] = athletes["mean"] * random.uniform(0, 0.1, len(athletes))
    request = Request(budget_cents=2_000_000, goal="certain", least_athletes=least, most_athletes=most)
    plan, average = best_plan(athletes, request), best_plan(athletes, replace(request, goal="expected"))
    assert plan is not None
    assert average is not None
    assert plan.proven
    chosen = athletes[athletes["athlete_id"].isin(plan.athletes)]
    assert least <= len(chosen) <= (most or len(athletes))
    assert plan.value == pytest.approx(certain_outcome(chosen))
    assert plan.value > certain_outcome(athletes[athletes["athlete_id"].isin(average.athletes)])


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
