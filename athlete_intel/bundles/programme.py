"""Large choices of yes or no, solved to a proven optimum in little time.

Among thousands of athletes only few are in doubt. The relaxation, in which an athlete can be booked in part, says what
turning each decision around would cost at least; a first solution is sought among those for whom that is least. Whoever
would cost more than what lies between that solution and the bound is decided for good, and the rest is solved exactly.
Sources: the core of Balas and Zemel, An algorithm for large zero-one knapsack problems, Operations Research 1980, with
fixing by reduced costs; the solver is HiGHS, Huangfu and Hall, Mathematical Programming Computation 2018.

Where all athletes cost the same for each 1,000, hosts of choices spend a budget to the cent and differ by less than one
page view. To tell the very best of them apart takes minutes and helps nobody, so after a search of `_NODES` nodes what
is proven to be within `CLOSE` of the best is taken, and after `_MORE_NODES` what there is, with the bound on all. Nodes
are counted, not seconds, so the same request gets the same plan; the clock only ends what would never end. For the same
reason the first solution is taken where it is that close and many athletes are still in doubt.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp

from athlete_intel.bundles.quiet import no_output
from athlete_intel.errors import PlanError

GAP = 1e-6
"""Relative gap between a solution and the bound on all at which it counts as the best."""
CLOSE = 1e-4
"""Gap that is good enough where the very best is hard to tell apart: one in ten thousand."""
_NODES = 300
_MORE_NODES = 3_000
_SECONDS = 30.0
_STOPPED = 1, 4
"""What scipy calls it when the time is over, and when the nodes are."""
_ANY = 1e9
"""Gap at which any choice will do that keeps all rows."""
_CORE = 250
SMALL = 400
"""Up to so many decisions nothing is gained by fixing some."""


@dataclass(frozen=True)
class Programme:
    """Maximise goal @ x, where the first `decisions` columns are yes or no.

    low <= rows @ x <= high and lower <= x <= upper.
    """

    goal: np.ndarray
    rows: sparse.csr_array
    low: np.ndarray
    high: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    decisions: int


@dataclass(frozen=True)
class Solution:
    """The columns of the best choice, and a bound on all choices."""

    columns: np.ndarray
    bound: float


@dataclass(frozen=True)
class Relaxed:
    """The best where decisions may be taken in part: the columns, the bound, and what a decision turned would cost."""

    columns: np.ndarray
    bound: float
    regret: np.ndarray


def relaxed(programme: Programme) -> Relaxed | None:
    """The relaxation; None where even in part nothing keeps all rows."""
    upper_rows, lower_rows = np.isfinite(programme.high), np.isfinite(programme.low)
    answer = linprog(
        -programme.goal,
        A_ub=sparse.vstack([programme.rows[upper_rows], -programme.rows[lower_rows]], format="csr"),
        b_ub=np.concatenate([programme.high[upper_rows], -programme.low[lower_rows]]),
        bounds=np.column_stack([programme.lower, programme.upper]),
        method="highs",
    )
    if answer.status == 2:
        return None
    if answer.x is None:
        raise PlanError(f"No plan was found: {answer.message}")
    regret = np.abs(answer.lower.marginals) + np.abs(answer.upper.marginals)
    return Relaxed(answer.x, -float(answer.fun), regret[: programme.decisions])


def solved(programme: Programme, worth: float = -np.inf, gap: float = GAP, counted: bool = False) -> Solution | None:
    """The best choice; None where none keeps all rows, or none can be better than `worth`.

    Args:
        programme: what is to be solved.
        worth: what is known to be reached already.
        gap: relative gap to the bound that is small enough to stop at once.
        counted: whether the goal counts decisions, so that no choice is worth a part of one.

    Raises:
        PlanError: it took too long.
    """
    if programme.decisions <= SMALL:
        return _milp(programme, gap)
    loose = relaxed(programme)
    if loose is not None and counted:
        loose = replace(loose, bound=float(np.floor(loose.bound + 1e-6)))
    if loose is None or loose.bound <= worth:
        return None
    by_regret = np.argsort(loose.regret, kind="stable")
    first = None
    core = _CORE
    while first is None and core < programme.decisions:
        first = _milp(_decided(programme, loose, by_regret[core:]), gap)
        core *= 4
    if first is None:
        return _milp(programme, gap)
    reached = float(programme.goal @ first.columns)
    if loose.bound - reached <= gap * max(abs(reached), 1.0):
        return Solution(first.columns, loose.bound)
    # A hair is left for rounding: what is decided here is never looked at again.
    certain = np.flatnonzero(loose.regret > (loose.bound - reached) * (1 + 1e-6) + 1e-9)
    if programme.decisions - len(certain) > SMALL and loose.bound - reached <= CLOSE / 2 * max(abs(reached), 1.0):
        # So many in doubt for so little are athletes who can stand for each other.
        return Solution(first.columns, loose.bound)
    if programme.decisions - len(certain) <= core // 4 and set(certain) >= set(by_regret[core // 4 :]):
        return Solution(first.columns, max(first.bound, reached))
    rest = _milp(_decided(programme, loose, certain), gap)
    if rest is None or float(programme.goal @ rest.columns) < reached:
        return Solution(first.columns, max(reached, rest.bound if rest else reached))
    return rest


def first_found(programme: Programme) -> Solution | None:
    """Any choice that keeps all rows, the better the sooner; None where there is none.

    Raises:
        PlanError: it took too long.
    """
    if programme.decisions <= SMALL:
        return _milp(programme, _ANY)
    loose = relaxed(programme)
    if loose is None:
        return None
    by_regret = np.argsort(loose.regret, kind="stable")
    core = _CORE
    while core < programme.decisions:
        found = _milp(_decided(programme, loose, by_regret[core:]), _ANY)
        if found is not None:
            return Solution(found.columns, loose.bound)
        core *= 4
    return _milp(programme, _ANY)


def _decided(programme: Programme, loose: Relaxed, which: np.ndarray) -> Programme:
    """The programme in which some decisions are as in the relaxation."""
    lower, upper = programme.lower.copy(), programme.upper.copy()
    lower[which] = upper[which] = np.clip(np.round(loose.columns[which]), lower[which], upper[which])
    return Programme(programme.goal, programme.rows, programme.low, programme.high, lower, upper, programme.decisions)


def _milp(programme: Programme, gap: float = GAP) -> Solution | None:
    """What HiGHS makes of it, without the columns that are decided.

    Args:
        programme: what is to be solved.
        gap: gap at which any search ends; a hard one ends at `CLOSE / 2`, too.
    """
    close = max(gap, CLOSE / 2)
    fixed = programme.lower == programme.upper
    free = np.flatnonzero(~fixed)
    used = programme.rows[:, np.flatnonzero(fixed)] @ programme.lower[fixed]
    low, high = programme.low - used, programme.high - used
    if not len(free):
        kept = (low <= 1e-7).all() and (high >= -1e-7).all()
        return Solution(programme.lower, float(programme.goal @ programme.lower)) if kept else None
    task: dict[str, Any] = {
        "c": -programme.goal[free],
        "integrality": (free < programme.decisions).astype(int),
        "bounds": Bounds(programme.lower[free], programme.upper[free]),
        "constraints": LinearConstraint(programme.rows[:, free], low, high),
    }
    with no_output():
        answer = milp(**task, options={"mip_rel_gap": gap / 4, "node_limit": _NODES, "time_limit": _SECONDS})
        if _stopped(answer) and (answer.x is None or not answer.mip_gap <= close):
            options = {"mip_rel_gap": close, "node_limit": _MORE_NODES, "time_limit": _SECONDS}
            answer = milp(**task, options=options)
    # What was found until the search was ended is a plan with a bound of its own; only where there is none, it is said.
    if _stopped(answer) and answer.x is None:
        raise PlanError("The search for the best plan took too long; try again, or ask for fewer wishes or sports.")
    if answer.x is None:
        return None
    columns = programme.lower.copy()
    columns[free] = answer.x
    columns[: programme.decisions] = np.round(columns[: programme.decisions])
    dual = answer.mip_dual_bound if answer.mip_dual_bound is not None else answer.fun
    return Solution(columns, float(programme.goal[fixed] @ programme.lower[fixed]) - float(dual))


def _stopped(answer: OptimizeResult) -> bool:
    """Whether a search was ended before it could tell; what is unbounded or infeasible bears the same number."""
    return answer.status in _STOPPED and "infeasible" not in answer.message
