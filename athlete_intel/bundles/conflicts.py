"""Why nothing fits, which wish to loosen and how far, and what each wish costs when something fits."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from athlete_intel.bundles.planner import best_plan, cheap_plan, nearest_plan
from athlete_intel.bundles.requests import COUNTED, ONE_OF, Request, keeps
from athlete_intel.bundles.search import Plan
from athlete_intel.errors import PlanError


@dataclass(frozen=True)
class Conflict:
    """A smallest set of wishes that no plan can keep together, and how each of them could be loosened."""

    wishes: tuple[str, ...]
    loosen: pd.DataFrame
    """From `loosened`."""


def smallest_conflict(athletes: pd.DataFrame, request: Request) -> Conflict | None:
    """A smallest set of wishes in conflict; None if a plan exists.

    The smallest set that is not known to be kept by some plan is tried next. Where a plan keeps it, all that this plan
    keeps beside is known, too; where none does, it is the answer, because every smaller set is kept by some plan.
    Source: Ignatiev et al., Smallest MUS extraction with minimal hitting set dualization, CP 2015.

    Args:
        athletes: as for `best_plan`.
        request: what is asked for; the goal plays no part.
    """
    request, wishes = replace(request, goal="expected"), request.wishes()
    kept_together: list[set[str]] = []
    undecided = False
    while True:
        sizes = range(len(wishes) + 1)
        sets = (set(some) for size in sizes for some in itertools.combinations(wishes, size))
        wanted = next((some for some in sets if not any(some <= kept for kept in kept_together)), None)
        if wanted is None:
            # What could not be decided in time may be in conflict; that all wishes together are is then still told.
            conflict = tuple(wishes) if undecided else None
            return None if conflict is None else Conflict(conflict, loosened(athletes, request, conflict))
        try:
            plan = cheap_plan(athletes, request.with_only(wanted))
        except PlanError:
            undecided = True
            kept_together.append(wanted)
            continue
        if plan is None:
            conflict = tuple(wish for wish in wishes if wish in wanted)
            return Conflict(conflict, loosened(athletes, request, conflict))
        booked = _booked(athletes, plan)
        kept_together.append(wanted | {wish for wish in wishes if keeps(booked, request, wish)})


def loosened(athletes: pd.DataFrame, request: Request, wishes: tuple[str, ...]) -> pd.DataFrame:
    """How far each wish would have to be loosened for all the others to be kept.

    Returns:
        wish; enough: the least budget, the nearest number of athletes (of a kind), the smallest largest share that
        would do, missing where it is none of these; others: the sports or countries that would do if they were allowed,
        too, or the ids of pins whose giving up would do; fits: whether a plan exists without the wish, missing where
        that could not be found out in time.
    """
    rows: list[tuple[str, float | None, tuple[str, ...], bool | None]] = []
    for wish in wishes:
        try:
            rows.append((wish, *_loosened(athletes, request, wish)))
        except PlanError:
            rows.append((wish, None, (), None))
    table = pd.DataFrame(rows, columns=["wish", "enough", "others", "fits"])
    return table.astype({"enough": "float64", "fits": "boolean"})


def _loosened(athletes: pd.DataFrame, request: Request, wish: str) -> tuple[float | None, tuple[str, ...], bool]:
    """What would be enough of one wish, all others kept; which others would do; whether a plan exists without it."""
    if wish == "largest_share":
        if cheap_plan(athletes, request.without(wish)) is None:
            return None, (), False
        # Below a whole percent nothing is told, so nothing is looked for.
        percent = int(request.largest_share * 100 + 1e-9)
        return _least(lambda each: _fits(athletes, request, each / 100), percent, 100) / 100, (), True
    plan = nearest_plan(athletes, request, wish)
    if plan is None:
        return None, (), False
    booked, value = _booked(athletes, plan), getattr(request, wish)
    if wish == "budget_cents":
        return float(booked["cost_cents"].sum()), (), True
    if wish in ("least_athletes", "most_athletes"):
        return float(len(booked)), (), True
    if wish in COUNTED:
        return float(booked[COUNTED[wish]].sum()), (), True
    if wish in ONE_OF:
        kinds = booked[ONE_OF[wish]]
        others = () if kinds.isna().any() else tuple(sorted(set(kinds.astype("str")) - set(value)))
    else:
        inside = set(booked["athlete_id"])
        others = tuple(each for each in value if (each in inside) == (wish == "pinned_out"))
    return None, others, True


def _booked(athletes: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    return athletes[athletes["athlete_id"].isin(plan.athletes)]


def _fits(athletes: pd.DataFrame, request: Request, largest_share: float) -> bool:
    return cheap_plan(athletes, replace(request, largest_share=largest_share)) is not None


def _least(fits: Callable[[int], bool], low: int, high: int) -> int:
    """The least whole number above `low`, up to `high`, that fits; wishes only get easier with it.

    >>> _least(lambda number: number >= 37, 0, 100)
    37
    """
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def price_of_wishes(athletes: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """What each wish costs: how much more the goal would come to without it; the budget is no wish here.

    Returns:
        wish, lost (in units of the outcome, not below 0; missing where it could not be found out in time).
    """
    rows: list[tuple[str, float | None]] = []
    for wish in plan.request.wishes():
        if wish == "budget_cents":
            continue
        try:
            freer = best_plan(athletes, plan.request.without(wish))
        except PlanError:
            rows.append((wish, None))
            continue
        more = freer.value - plan.value if freer else 0.0
        # Less than what is left open by the proofs is no price, only another of many plans that are as good.
        rows.append((wish, more if freer and more > max(plan.unsure, freer.unsure) else 0.0))
    return pd.DataFrame(rows, columns=["wish", "lost"]).astype({"lost": "float64"})


def price_of_spreading(athletes: pd.DataFrame, request: Request, steps: int = 4) -> pd.DataFrame:
    """What it costs to offer work more evenly: the best plan with more and more of those who are rarely offered.

    Args:
        athletes: as for `best_plan`.
        request: what is asked for; its own wish for rarely offered athletes is left aside.
        steps: how many plans between none and all.

    Returns:
        rarely_offered (at least so many asked for), athletes booked, value; as many rows as can be kept, and found in
        time.
    """
    plain = _in_time(athletes, replace(request, least_rarely_offered=0))
    if plain is None:
        return pd.DataFrame(columns=["rarely_offered", "athletes", "value"])
    size = len(plain.athletes)
    wanted, plans = [0], [plain]
    for step in range(1, steps + 1):
        least = -(-size * step // steps)
        plan = _in_time(athletes, replace(request, least_rarely_offered=least))
        if plan is None:
            break
        wanted.append(least)
        plans.append(plan)
    for place in range(len(plans) - 2, -1, -1):
        # A plan with more of them keeps the smaller wish, too; where proofs leave a little open, it may be better.
        plans[place] = max(plans[place], plans[place + 1], key=lambda plan: plan.value)
    rows = [(least, len(plan.athletes), plan.value) for least, plan in zip(wanted, plans, strict=True)]
    return pd.DataFrame(rows, columns=["rarely_offered", "athletes", "value"])


def _in_time(athletes: pd.DataFrame, request: Request) -> Plan | None:
    try:
        return best_plan(athletes, request)
    except PlanError:
        return None
