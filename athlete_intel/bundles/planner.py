"""Which athletes to book for a budget: solved exactly as a mixed-integer programme, with a proof.

Every athlete is in or out. The goal 'expected' is linear: the sum of mean outcomes. The goal 'certain' is what is
reached four times in five, as far as mean and variance tell. How both are searched for is told in `search`.
"""

import numpy as np
import pandas as pd

from athlete_intel.bundles.requests import Request, allowed
from athlete_intel.bundles.search import SCORE, Plan, Search
from athlete_intel.errors import PlanError


def best_plan(athletes: pd.DataFrame, request: Request) -> Plan | None:
    """The best plan that keeps the request; None if no choice of athletes can.

    Args:
        athletes: athlete_id, cost_cents (whole), mean (expected outcome), woman, newcomer, rarely_offered (whether),
            sport, country; for the goal 'certain' also variance (of what is the athlete's own) and shared (standard
            deviation of the part that moves with everybody).
        request: what is asked for.

    Raises:
        PlanError: an athlete is pinned who is not there, or the search took too long.
    """
    search = _search(athletes, request)
    if search is None:
        return None
    return search.expected() if request.goal == "expected" else search.certain()


def cheap_plan(athletes: pd.DataFrame, request: Request) -> Plan | None:
    """Some plan that keeps the request, found soon and rather cheap; None if no choice of athletes can keep it.

    Whether a plan exists is far easier to say than which is the best, so this is what conflicts are looked for with.

    Args:
        athletes: as for `best_plan`.
        request: what is asked for; the goal plays no part.

    Raises:
        PlanError: as `best_plan`.
    """
    search = _search(athletes, request)
    return search.cheap() if search is not None else None


def nearest_plan(athletes: pd.DataFrame, request: Request, wish: str) -> Plan | None:
    """The plan that keeps all other wishes and comes nearest to one; None if no choice keeps all others.

    Nearest is, by wish: the least cost, the most or fewest athletes, the most athletes of a kind, the fewest of other
    sports or countries, the most of those pinned in, the fewest of those pinned out.

    Args:
        athletes: as for `best_plan`.
        request: what is asked for; the goal plays no part.
        wish: any but the largest share, which is no sum over athletes.

    Raises:
        PlanError: as `best_plan`.
    """
    search = _search(athletes, request.without(wish))
    return search.nearest(wish, getattr(request, wish)) if search is not None else None


def _search(athletes: pd.DataFrame, request: Request) -> Search | None:
    """The search among those who may be in the plan; None if nobody may, or somebody must who may not."""
    table = athletes.sort_values("athlete_id", ignore_index=True)
    unknown = sorted(set(request.pinned_in) - set(table["athlete_id"]))
    if unknown:
        raise PlanError(f"{unknown[0]} is pinned in, but no athlete goes by that id; take the pin away.")
    pinned = table["athlete_id"].isin(request.pinned_in).to_numpy()
    kept = allowed(table, request)
    if (pinned & ~kept).any():
        return None
    table, pinned = table[kept].reset_index(drop=True), pinned[kept]
    if table.empty:
        return None
    return Search(table, pinned, request)


def certain_outcome(chosen: pd.DataFrame) -> float:
    """What the athletes bring four times in five, as far as mean and variance tell.

    Args:
        chosen: mean, variance, shared.

    >>> both = pd.DataFrame({"mean": [100.0, 100.0], "variance": [100.0, 100.0], "shared": [0.0, 0.0]})
    >>> round(certain_outcome(both), 1)
    188.1
    """
    spread = float(chosen["variance"].sum()) + float(chosen["shared"].sum()) ** 2
    return float(chosen["mean"].sum()) - SCORE * float(np.sqrt(spread))
