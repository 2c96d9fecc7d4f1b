"""The planner against brute force, what it refuses, and what it says about conflicts."""

import itertools
import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from athlete_intel.bundles import conflicts
from athlete_intel.bundles import search as search_module
from athlete_intel.bundles.conflicts import price_of_spreading, price_of_wishes, smallest_conflict
from athlete_intel.bundles.planner import best_plan, certain_outcome
from athlete_intel.bundles.quiet import no_output
from athlete_intel.bundles.requests import COUNTED, ONE_OF, Request, allowed
from athlete_intel.bundles.search import Plan
from athlete_intel.errors import PlanError


def athletes_of(size: int, rng: np.random.Generator) -> pd.DataFrame:
    """Random athletes; some cost far more than they bring, some cost nothing."""
    mean = np.exp(rng.normal(6, 1.5, size)).round(3)
    return pd.DataFrame(
        {
            "athlete_id": [f"a{i:05}" for i in range(size)],
            "cost_cents": (mean * 5 * np.exp(rng.normal(0, 0.8, size))).astype("int64") * (rng.random(size) > 0.05),
            "mean": mean,
            "variance": (mean * rng.uniform(0.1, 1.5, size)) ** 2,
            "shared": mean * rng.uniform(0, 0.6, size),
            "woman": rng.random(size) < 0.5,
            "newcomer": rng.random(size) < 0.3,
            "rarely_offered": rng.random(size) < 0.5,
            "sport": rng.choice(["golf", "judo", "polo"], size),
            "country": rng.choice(["FR", "PE"], size),
        }
    )


def request_of(athletes: pd.DataFrame, rng: np.random.Generator) -> Request:
    """A random request with some of the wishes; many cannot be kept."""

    def sometimes(value: object, otherwise: object, often: float = 0.4) -> object:
        return value if rng.random() < often else otherwise

    ids = athletes["athlete_id"].tolist()
    pinned = list(rng.permutation(ids))
    return Request(
        budget_cents=max(1, int(athletes["cost_cents"].sum() * rng.uniform(0.1, 0.9))),
        goal=str(rng.choice(["expected", "certain"])),  # type: ignore[arg-type]
        sports=sometimes(("golf", "judo"), ()),  # type: ignore[arg-type]
        countries=sometimes(("FR",), (), 0.2),  # type: ignore[arg-type]
        least_athletes=sometimes(int(rng.integers(1, 6)), 1),  # type: ignore[arg-type]
        most_athletes=sometimes(int(rng.integers(1, 6)), None),  # type: ignore[arg-type]
        largest_share=sometimes(float(rng.uniform(0.2, 0.9)), 1.0),  # type: ignore[arg-type]
        least_women=sometimes(int(rng.integers(1, 4)), 0),  # type: ignore[arg-type]
        least_newcomers=sometimes(int(rng.integers(1, 3)), 0),  # type: ignore[arg-type]
        least_rarely_offered=sometimes(int(rng.integers(1, 3)), 0),  # type: ignore[arg-type]
        pinned_in=sometimes((pinned[0],), (), 0.3),  # type: ignore[arg-type]
        pinned_out=sometimes((pinned[1],), (), 0.3),  # type: ignore[arg-type]
    )


def keeps(chosen: pd.DataFrame, request: Request) -> bool:
    """Whether a choice keeps every wish, read from the request word by word."""
    return (
        int(chosen["cost_cents"].sum()) <= request.budget_cents
        and len(chosen) >= request.least_athletes
        and (request.most_athletes is None or len(chosen) <= request.most_athletes)
        and all(chosen[column].sum() >= getattr(request, wish) for wish, column in COUNTED.items())
        and chosen["mean"].max() <= request.largest_share * chosen["mean"].sum() * (1 + 1e-9)
        and bool(allowed(chosen, request).all())
        and set(request.pinned_in) <= set(chosen["athlete_id"])
    )


def brute_force(athletes: pd.DataFrame, request: Request) -> float | None:
    """The best value of all choices."""
    best = None
    for size in range(1, len(athletes) + 1):
        for rows in itertools.combinations(range(len(athletes)), size):
            chosen = athletes.iloc[list(rows)]
            if keeps(chosen, request):
                value = chosen["mean"].sum() if request.goal == "expected" else certain_outcome(chosen)
                best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize("block", range(6))
def test_the_plan_is_as_good_as_the_best_of_all_choices(block: int) -> None:
    rng = np.random.default_rng(block)
    impossible = 0
    for _ in range(50):
        athletes = athletes_of(int(rng.integers(3, 8)), rng)
        request = request_of(athletes, rng)
        plan, best = best_plan(athletes, request), brute_force(athletes, request)
        assert (plan is None) == (best is None), request
        if plan is None or best is None:
            impossible += 1
            continue
        chosen = athletes[athletes["athlete_id"].isin(plan.athletes)]
        assert keeps(chosen, request), request
        assert plan.value == pytest.approx(best, rel=2e-6), request
        assert plan.proven, request
    assert 5 < impossible < 45, "both kinds of requests must be among them"


def test_many_athletes_are_planned_as_well_as_few_can_be_checked() -> None:
    """Beyond the size for brute force: the core method gives what the whole programme gives."""
    rng = np.random.default_rng(8)
    athletes = athletes_of(900, rng)
    request = Request(
        int(athletes["cost_cents"].sum() * 0.02), largest_share=0.1, least_women=6, least_newcomers=4, least_athletes=15
    )
    for goal in ("expected", "certain"):
        plan = best_plan(athletes, replace(request, goal=goal))  # type: ignore[arg-type]
        assert plan is not None
        assert plan.proven
        chosen = athletes[athletes["athlete_id"].isin(plan.athletes)]
        assert keeps(chosen, request)
        reached = chosen["mean"].sum() if goal == "expected" else certain_outcome(chosen)
        assert plan.value == pytest.approx(reached, rel=1e-9)
        others = athletes[~athletes["athlete_id"].isin(plan.athletes)]
        for row in range(len(chosen)):  # no single exchange is better
            kept = chosen.drop(chosen.index[row])
            room = request.budget_cents - kept["cost_cents"].sum()
            for other in others[others["cost_cents"] <= room].nlargest(30, "mean").index:
                changed = pd.concat([kept, others.loc[[other]]])
                if keeps(changed, request):
                    value = changed["mean"].sum() if goal == "expected" else certain_outcome(changed)
                    assert value <= plan.value * (1 + 2e-6)


def test_a_surer_plan_gives_up_average_for_certainty() -> None:
    athletes = athletes_of(60, np.random.default_rng(4))
    request = Request(int(athletes["cost_cents"].sum() * 0.2))
    chosen = {}
    for goal in ("expected", "certain"):
        plan = best_plan(athletes, replace(request, goal=goal))  # type: ignore[arg-type]
        assert plan is not None
        chosen[goal] = athletes[athletes["athlete_id"].isin(plan.athletes)]
    assert chosen["certain"]["mean"].sum() < chosen["expected"]["mean"].sum()
    assert certain_outcome(chosen["certain"]) > certain_outcome(chosen["expected"])


@pytest.mark.parametrize("block", range(3))
def test_the_conflict_named_is_a_smallest_one(block: int) -> None:
    rng = np.random.default_rng(100 + block)
    found = 0
    while found < 8:
        athletes = athletes_of(int(rng.integers(3, 7)), rng)
        request = request_of(athletes, rng)
        conflict = smallest_conflict(athletes, request)
        if conflict is None:
            assert brute_force(athletes, replace(request, goal="expected")) is not None
            continue
        found += 1
        assert brute_force(athletes, request.with_only(set(conflict.wishes))) is None
        for smaller in itertools.combinations(request.wishes(), len(conflict.wishes) - 1):
            assert brute_force(athletes, request.with_only(set(smaller))) is not None
        for row in conflict.loosen.itertuples():
            assert row.fits == (brute_force(athletes, request.without(row.wish)) is not None)
            if row.fits and row.wish in ("budget_cents", "least_athletes", "most_athletes", *COUNTED):
                assert brute_force(athletes, replace(request, **{row.wish: int(row.enough)})) is not None
                closer = int(row.enough) + (-1 if row.wish in ("budget_cents", "most_athletes") else 1)
                assert brute_force(athletes, replace(request, **{row.wish: closer})) is None
            if row.fits and row.wish in ONE_OF and row.others:
                more = {row.wish: (*getattr(request, row.wish), *row.others)}
                assert brute_force(athletes, replace(request, **more)) is not None
            if row.fits and row.wish in ("pinned_in", "pinned_out"):
                fewer = {row.wish: tuple(set(getattr(request, row.wish)) - set(row.others))}
                assert brute_force(athletes, replace(request, **fewer)) is not None


def five() -> pd.DataFrame:
    """Five athletes: two golfers, two judoka, one polo player; each brings 10 for $1."""
    table = athletes_of(5, np.random.default_rng(0)).assign(mean=10.0, cost_cents=100, woman=False)
    return table.assign(sport=["golf", "golf", "judo", "judo", "polo"], country="PE")


def test_which_sport_or_pin_is_in_the_way_is_named() -> None:
    conflict = smallest_conflict(five(), Request(1_000, sports=("golf",), least_athletes=3))
    assert conflict is not None
    told = conflict.loosen.set_index("wish")["others"]
    assert told["sports"] in {("judo",), ("polo",)}
    conflict = smallest_conflict(five(), Request(200, pinned_in=("a00000", "a00002", "a00004")))
    assert conflict is not None
    assert len(conflict.loosen.set_index("wish").loc["pinned_in", "others"]) == 1
    conflict = smallest_conflict(five(), Request(1_000, sports=("golf",), least_athletes=2, pinned_out=("a00001",)))
    assert conflict is not None
    assert conflict.loosen.set_index("wish").loc["pinned_out", "others"] == ("a00001",)


def test_what_cannot_be_decided_in_time_hides_no_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> None:
        raise PlanError("took too long")

    cheap = conflicts.cheap_plan
    request = Request(100, least_athletes=3, sports=("golf", "judo"))

    def slow_for_many(athletes: pd.DataFrame, request: Request) -> Plan | None:
        return slow() if "least_athletes" in request.wishes() else cheap(athletes, request)

    monkeypatch.setattr(conflicts, "cheap_plan", slow_for_many)
    monkeypatch.setattr(conflicts, "nearest_plan", slow)
    conflict = smallest_conflict(five(), request)
    assert conflict is not None
    assert conflict.wishes == ("budget_cents", "sports", "least_athletes")
    assert conflict.loosen["fits"].isna().all()
    plan = best_plan(five(), Request(300, sports=("golf", "judo")))
    assert plan is not None
    monkeypatch.setattr(conflicts, "best_plan", slow)
    assert price_of_wishes(five(), plan)["lost"].isna().all()
    assert price_of_spreading(five(), plan.request).empty


def test_a_conflict_among_thousands_is_named_with_few_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    athletes, searches = athletes_of(3_000, np.random.default_rng(3)), []
    for name in ("cheap_plan", "nearest_plan"):
        plain = getattr(conflicts, name)
        monkeypatch.setattr(conflicts, name, lambda *a, plain=plain: searches.append(a) or plain(*a))
    request = Request(
        10_000_000,
        sports=("golf", "judo"),
        countries=("FR",),
        least_athletes=30,
        most_athletes=25,
        largest_share=0.2,
        least_women=8,
        least_newcomers=4,
        least_rarely_offered=8,
    )
    conflict = smallest_conflict(athletes, request)
    assert conflict is not None
    assert conflict.wishes == ("least_athletes", "most_athletes")
    assert conflict.loosen["enough"].tolist() == [25, 30]
    assert len(searches) <= 12, "once it took 27 and more"


def test_figures_that_lie_far_apart_break_no_wish() -> None:
    """Of these five no three keep the share, which a solver with a tolerance of a millionth of the largest missed."""
    athletes = five().assign(
        mean=[2.522576, 1055.717, 775.4075, 3506542.0, 874.1653],
        cost_cents=[25905236, 6455802966, 8547946614, 51809759422804, 15809506420],
    )
    request = Request(30605355557073, largest_share=0.3)
    assert brute_force(athletes, request) is None
    assert best_plan(athletes, request) is None


def test_a_choice_that_breaks_a_wish_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the solver had let the dearest pair through: it is excluded, and the next best is found."""
    plain = search_module.keeps
    athletes = five().assign(mean=[10.0, 9.0, 8.0, 7.0, 6.0])
    monkeypatch.setattr(
        search_module,
        "keeps",
        lambda chosen, request, wish: (
            set(chosen["athlete_id"]) != {"a00000", "a00001"} and plain(chosen, request, wish)
        ),
    )
    plan = best_plan(athletes, Request(200, most_athletes=2))
    assert plan is not None
    assert plan.athletes == ("a00000", "a00002")
    assert plan.proven


def test_what_a_wish_costs_is_what_would_be_gained_without_it() -> None:
    athletes = athletes_of(7, np.random.default_rng(11))
    request = Request(int(athletes["cost_cents"].sum() * 0.5), least_women=2, sports=("golf", "judo"))
    plan = best_plan(athletes, request)
    assert plan is not None
    prices = price_of_wishes(athletes, plan).set_index("wish")["lost"]
    assert list(prices.index) == ["sports", "least_women"]
    for wish, lost in prices.items():
        freer = brute_force(athletes, request.without(str(wish)))
        assert freer is not None
        assert lost == pytest.approx(freer - plan.value, abs=0.01)


def test_spreading_more_evenly_never_brings_more() -> None:
    athletes = athletes_of(60, np.random.default_rng(5))
    prices = price_of_spreading(athletes, Request(int(athletes["cost_cents"].sum() * 0.2)))
    assert len(prices) > 2
    assert prices["value"].is_monotonic_decreasing
    assert prices["rarely_offered"].is_monotonic_increasing


def test_what_means_nothing_is_refused_in_a_sentence() -> None:
    for wrong, message in (
        ({"budget_cents": 0}, "The budget must be more than"),
        ({"budget_cents": 5, "least_athletes": 0}, "at least one athlete"),
        ({"budget_cents": 5, "most_athletes": 0}, "room for at least one athlete"),
        ({"budget_cents": 5, "largest_share": 0.0}, "largest share"),
        ({"budget_cents": 5, "least_women": -1}, "must not be negative"),
        ({"budget_cents": 5, "pinned_in": ("a",), "pinned_out": ("a",)}, "pinned in and out at once"),
    ):
        with pytest.raises(PlanError, match=message):
            Request(**wrong)  # type: ignore[arg-type]
    with pytest.raises(PlanError, match="no athlete goes by that id"):
        best_plan(athletes_of(3, np.random.default_rng(0)), Request(10, pinned_in=("nobody",)))


def test_the_same_athletes_in_another_order_give_the_same_plan() -> None:
    athletes = athletes_of(80, np.random.default_rng(2))
    request = Request(int(athletes["cost_cents"].sum() * 0.3), goal="certain", least_women=3)
    assert best_plan(athletes, request) == best_plan(athletes.sample(frac=1, random_state=1), request)


@pytest.mark.parametrize("goal", ["expected", "certain"])
def test_one_rate_for_all_is_planned_and_proven_to_one_in_ten_thousand(goal: str) -> None:
    """Hosts of choices spend the budget to the cent then, and none of them can be told to be the very best."""
    rng = np.random.default_rng(1)
    athletes = athletes_of(40, rng).assign(mean=lambda table: 84_000 * np.exp(-np.arange(len(table)) / 7))
    athletes = athletes.assign(
        cost_cents=(athletes["mean"] * 2.5).round().astype("int64"),
        variance=(0.5 * athletes["mean"]) ** 2,
        shared=0.2 * athletes["mean"],
    )
    for least, most in ((1, None), (20, None), (1, 8)):
        request = Request(600_000, goal, least_athletes=least, most_athletes=most)  # type: ignore[arg-type]
        plan = best_plan(athletes, request)
        assert plan is not None
        assert plan.proven
        assert keeps(athletes[athletes["athlete_id"].isin(plan.athletes)], request)
        assert plan == best_plan(athletes, request)


def test_the_solver_prints_nothing_and_what_others_print_comes_through(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(1, b"before ")
    with no_output(), no_output():
        os.write(1, b"lost ")
    os.write(1, b"after")
    assert capfd.readouterr().out == "before after"
