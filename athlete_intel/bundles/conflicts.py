"""Why nothing fits, which wish to loosen and how far, and what each wish costs when something fits."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from athlete_intel.bundles.planner import Plan, best_plan, cheap_plan
from athlete_intel.bundles.requests import COUNTED, Request


@dataclass(frozen=True)
class Conflict:
    """A smallest set of wishes that no plan can keep together, and how each of them could be loosened."""

    wishes: tuple[str, ...]
    loosen: pd.DataFrame
    """wish, enough (the value that would do with all other wishes kept; missing where only giving it up would do), fits
    (whether a plan exists without it)."""


def smallest_conflict(athletes: pd.DataFrame, request: Request) -> Conflict | None:
    """A smallest set of wishes in conflict; None if a plan exists.

    First any conflict is found from which no wish can be taken away. Then all smaller sets are tried, so that the one
    that is named is as small as can be.

    Args:
        athletes: as for `best_plan`.
        request: what is asked for; the goal plays no part.
    """
    request = replace(request, goal="expected")

    def fits(wishes: set[str]) -> bool:
        return cheap_plan(athletes, request.with_only(wishes)) is not None

    conflict = set(request.wishes())
    if fits(conflict):
        return None
    for wish in request.wishes():
        if not fits(conflict - {wish}):
            conflict -= {wish}
    for size in range(len(conflict)):
        smaller = next((s for s in itertools.combinations(request.wishes(), size) if not fits(set(s))), None)
        if smaller is not None:
            conflict = set(smaller)
            break
    wishes = tuple(wish for wish in request.wishes() if wish in conflict)
    return Conflict(wishes, loosened(athletes, request, wishes))


def loosened(athletes: pd.DataFrame, request: Request, wishes: tuple[str, ...]) -> pd.DataFrame:
    """How far each wish would have to be loosened for all the others to be kept.

    Returns:
        wish, enough: the least budget, the nearest number of athletes (of a kind), the smallest largest share that
        would do; missing where only giving the wish up would do. fits: whether a plan exists then.
    """
    rows = []
    for wish in wishes:
        without = request.without(wish)
        fits = cheap_plan(athletes, without) is not None
        rows.append((wish, _enough(athletes, request, wish) if fits else None, fits))
    return pd.DataFrame(rows, columns=["wish", "enough", "fits"]).astype({"enough": "float64"})


def _enough(athletes: pd.DataFrame, request: Request, wish: str) -> float | None:
    """The value of one wish that is just loose enough, all others kept."""
    if wish == "budget_cents":
        cheap = cheap_plan(athletes, request.without(wish))
        assert cheap is not None, "only asked where a plan exists without the budget"
        cost = int(athletes.loc[athletes["athlete_id"].isin(cheap.athletes), "cost_cents"].sum())
        return float(_least(lambda value: _fits(athletes, request, wish, value), request.budget_cents, cost))
    if wish == "most_athletes" and request.most_athletes is not None:
        return float(_least(lambda most: _fits(athletes, request, wish, most), request.most_athletes, len(athletes)))
    if wish == "least_athletes" or wish in COUNTED:
        lost = _least(
            lambda less: _fits(athletes, request, wish, getattr(request, wish) - less), 0, getattr(request, wish)
        )
        return float(getattr(request, wish) - lost)
    if wish == "largest_share":
        percent = _least(lambda p: _fits(athletes, request, wish, p / 100), round(request.largest_share * 100), 100)
        return percent / 100
    return None


def _fits(athletes: pd.DataFrame, request: Request, wish: str, value: float) -> bool:
    if wish == "least_athletes":
        value = max(value, 1)
    changed: dict[str, Any] = {wish: value}
    return cheap_plan(athletes, replace(request, **changed)) is not None


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
        wish, lost (in units of the outcome, not below 0).
    """
    rows = []
    for wish in plan.request.wishes():
        if wish == "budget_cents":
            continue
        freer = best_plan(athletes, plan.request.without(wish))
        more = freer.value - plan.value if freer else 0.0
        # Less than what is left open by the proofs is no price, only another of many plans that are as good.
        rows.append((wish, more if freer and more > max(plan.unsure, freer.unsure) else 0.0))
    return pd.DataFrame(rows, columns=["wish", "lost"])


def price_of_spreading(athletes: pd.DataFrame, request: Request, steps: int = 4) -> pd.DataFrame:
    """What it costs to offer work more evenly: the best plan with more and more of those who are rarely offered.

    Args:
        athletes: as for `best_plan`.
        request: what is asked for; its own wish for rarely offered athletes is left aside.
        steps: how many plans between none and all.

    Returns:
        rarely_offered (at least so many asked for), athletes booked, value; as many rows as can be kept.
    """
    plain = best_plan(athletes, replace(request, least_rarely_offered=0))
    if plain is None:
        return pd.DataFrame(columns=["rarely_offered", "athletes", "value"])
    size = len(plain.athletes)
    wanted, plans = [0], [plain]
    for step in range(1, steps + 1):
        least = -(-size * step // steps)
        plan = best_plan(athletes, replace(request, least_rarely_offered=least))
        if plan is None:
            break
        wanted.append(least)
        plans.append(plan)
    for place in range(len(plans) - 2, -1, -1):
        # A plan with more of them keeps the smaller wish, too; where proofs leave a little open, it may be better.
        plans[place] = max(plans[place], plans[place + 1], key=lambda plan: plan.value)
    rows = [(least, len(plan.athletes), plan.value) for least, plan in zip(wanted, plans, strict=True)]
    return pd.DataFrame(rows, columns=["rarely_offered", "athletes", "value"])
