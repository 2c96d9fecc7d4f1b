"""The search for a plan: the programmes of one request, and how the goal 'certain' is bounded by straight lines.

The goal 'certain' is what is reached four times in five, as far as mean and variance tell: M - 0.84 sqrt(V + B^2),
where M, V and B are sums over the athletes booked of their means, of the variances of what is their own, and of their
parts in a shock that all share. It is bounded from above by straight lines, tangents below B^2 and a chord below the
root, over ranges of the spread V + B^2 that are cut in two where the bound is too generous, the most promising range
first. When no range promises more than what the best plan truly reaches, that is the proof.
Sources: outer approximation, Duran and Grossmann, Mathematical Programming 1986; branch and bound, Land and Doig,
Econometrica 1960.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import ndtri

from athlete_intel.bundles.buying import best_buy
from athlete_intel.bundles.prices import Limits
from athlete_intel.bundles.programme import CLOSE, GAP, SMALL, Programme, Solution, first_found, relaxed, solved
from athlete_intel.bundles.requests import CERTAINTY, COUNTED, ONE_OF, Request, keeps
from athlete_intel.errors import PlanError

SCORE = float(ndtri(CERTAINTY))
"""How many standard deviations below the mean what is reached with certainty lies."""
_EXACT_UP_TO = 600
"""Of more athletes than this a wide range of spread is bounded by the relaxation, which is good enough for it."""
_MANY = 2_000
"""Among more athletes than this the best is told apart no finer than a plan is said to be proven."""
_FEW, _FEW_OF_KINDS = 150, 60
"""More athletes than this leave less to fill than counts, and the search is faster; where kinds are asked for, too."""
_NARROW = 1.02
_PART = 0.25
"""To what part of what a range may still promise too much it is solved."""
_MOST_BROKEN = 20
"""So many choices that break a wish by a rounding of the solver are set aside before a search is given up."""
_MUCH_SMALLER = 0.1
_MOST_ROUNDS = 1_000
_MOST_BOUGHT = 16
"""Ranges, where each is bounded by what the budget buys."""
_LIKELY_LARGE = 0.7
"""From this part of the largest share on an athlete is looked after from the start."""


@dataclass(frozen=True)
class Plan:
    """Athletes to book, and how good that is."""

    request: Request
    athletes: tuple[str, ...]
    value: float
    """What the goal comes to, in units of the outcome."""
    bound: float
    """No plan that keeps the request can be better than this."""

    @property
    def proven(self) -> bool:
        """Whether nothing exists that is better by one in ten thousand."""
        return self.unsure <= CLOSE * max(abs(self.value), 1.0)

    @property
    def unsure(self) -> float:
        """What another plan might at most bring more, in units of the outcome."""
        return self.bound - self.value


_Row = tuple[np.ndarray | None, dict[int, float], float, float]
"""Entries of the athletes, entries of other columns, and both ends."""


class Search:
    """The programmes of one request; outcomes are scaled so that the largest mean is 1.

    Columns: the athletes, then the total of means; for the goal 'certain' also the shared part B, a bound on B^2, the
    spread, and a one for what is constant.
    """

    def __init__(self, table: pd.DataFrame, pinned: np.ndarray, request: Request) -> None:
        self.table, self.request, self.number = table, request, len(table)
        self.cost = table["cost_cents"].to_numpy(dtype="float64")
        self.lower, self.upper = pinned.astype("float64"), np.ones(self.number)
        # In part even somebody who costs more than all there is could be booked, which would promise too much.
        self.upper[(self.cost > request.budget_cents) & ~pinned] = 0.0
        self._rescale()
        # A budget for everybody is no limit, and a number too large to calculate with.
        budget = float(request.budget_cents) if request.budget_cents < self.cost.sum() else np.inf
        wishes: list[tuple[np.ndarray, float, float]] = [
            (self.cost, -np.inf, budget),
            (np.ones(self.number), float(request.least_athletes), np.inf),
        ]
        if request.most_athletes is not None:
            wishes.append((np.ones(self.number), -np.inf, float(request.most_athletes)))
        for wish, column in COUNTED.items():
            if getattr(request, wish):
                wishes.append((table[column].to_numpy(dtype="float64"), float(getattr(request, wish)), np.inf))
        self.wishes = sparse.csr_array(np.array([row for row, _, _ in wishes]))
        self.low = np.array([low for _, low, _ in wishes])
        self.high = np.array([high for _, _, high in wishes])
        self.capped = np.zeros(self.number, dtype=bool)
        self.tangents: list[float] = []
        self.broken: list[np.ndarray] = []
        self.gap = GAP
        self.plain = False

    def _rescale(self) -> None:
        """Outcomes so that the largest mean of those who can be booked is 1; those of the others would blur them."""
        mean = np.where(self.upper > 0, self.table["mean"].to_numpy(dtype="float64"), 0.0)
        self.scale = max(float(mean.max(initial=0.0)), 1e-9)
        self.mean = mean / self.scale

    def expected(self) -> Plan | None:
        """The most on average."""
        found = self._best_expected()
        if found is None:
            return None
        chosen = found.columns[: self.number]
        return self._plan(chosen, float(self.mean @ chosen), found.bound)

    def cheap(self) -> Plan | None:
        """Any that keeps the request."""
        if not self._caps():
            return None
        found = self._with_caps(self._cheapest, first_found)
        if found is None:
            return None
        chosen = found.columns[: self.number]
        return self._plan(chosen, float(self.mean @ chosen), np.inf)

    def nearest(self, wish: str, value: Any) -> Plan | None:
        """What comes nearest to a wish that the request does not hold any more."""
        if not self._caps():
            return None
        worth, counted = self._nearness(wish, value), wish != "budget_cents"
        found = self._with_caps(lambda: self._for(worth), lambda programme: solved(programme, counted=counted))
        return None if found is None else self._plan(found.columns[: self.number], found.bound, found.bound)

    def _nearness(self, wish: str, value: Any) -> np.ndarray:
        """What each athlete adds to how near a plan comes to a wish."""
        if wish == "budget_cents":
            return -self.cost / max(self.cost.max(initial=0.0), 1.0)
        if wish in ("least_athletes", "most_athletes"):
            return np.full(self.number, 1.0 if wish == "least_athletes" else -1.0)
        if wish in COUNTED:
            return self.table[COUNTED[wish]].to_numpy(dtype="float64")
        named = self.table[ONE_OF.get(wish, "athlete_id")].isin(value).to_numpy()
        return (
            np.where(named, 1.0, 0.0) if wish == "pinned_in" else np.where(named == (wish == "pinned_out"), -1.0, 0.0)
        )

    def certain(self) -> Plan | None:
        """The most that is reached four times in five."""
        start = self._best_expected()
        if start is None:
            return None
        bookable = self.upper > 0
        self.variance = np.where(bookable, self.table["variance"].to_numpy(dtype="float64"), 0.0) / self.scale**2
        self.shared = np.where(bookable, self.table["shared"].to_numpy(dtype="float64"), 0.0) / self.scale
        best = start.columns[: self.number]
        value, spread, together = self._reached(best)
        most = max(float(self.variance.sum()) + float(self.shared.sum()) ** 2, spread) * (1 + 1e-9) + 1e-12
        self.tangents = [together] if self.plain else [together * 1.3**k for k in range(-6, 7)]
        if self.number > _MANY:
            self.gap = max(self.gap, CLOSE / 2 if self.plain else CLOSE / 4)
        open_ranges = [(-start.bound, 0.0, most, self.plain or self.number <= _EXACT_UP_TO, False)]
        closed = -np.inf
        for _ in range(_MOST_BOUGHT if self.plain else _MOST_ROUNDS):
            if not open_ranges or -open_ranges[0][0] <= value + self._slack(value):
                break
            bound, low, high, exactly, sharply = heapq.heappop(open_ranges)
            # A range that promises far too much is cut in two anyway; to find its very best first would take long.
            too_much = (-bound - value) / max(abs(value), 1e-3)
            gap = self.gap if sharply else max(self.gap, _PART * too_much)
            found = self._bounded(low, high, value, exactly, gap)
            if found is None:
                continue
            bound = max(bound, -found.bound)
            chosen = found.columns[: self.number]
            reached, at, together = self._reached(chosen)
            if exactly and reached > value:
                best, value = np.round(chosen), reached
            if -bound <= value + self._slack(value):
                closed = max(closed, -bound)
                continue
            known = any(abs(together - other) <= 1e-9 * max(together, 1e-9) for other in self.tangents)
            self.tangents.append(together)
            if low * (1 + 1e-9) < at < high * (1 - 1e-9):
                for part in ((low, at), (at, high)):
                    heapq.heappush(open_ranges, (bound, *part, exactly or part[1] <= part[0] * _NARROW, False))
            elif known and exactly and gap <= self.gap:
                # Nothing is left to make sharper but the rounding of the solver.
                closed = max(closed, -bound)
            else:
                heapq.heappush(open_ranges, (bound, low, high, exactly or known, exactly and known))
        bounds = [closed, value, *(-entry[0] for entry in open_ranges)]
        return self._plan(best, value, max(bounds))

    def _reached(self, chosen: np.ndarray) -> tuple[float, float, float]:
        """What a choice reaches with certainty, its spread, and its shared part."""
        together = float(self.shared @ chosen)
        spread = float(self.variance @ chosen) + together**2
        return float(self.mean @ chosen) - SCORE * float(np.sqrt(spread)), spread, together

    def _best_expected(self) -> Solution | None:
        """The most on average."""
        if not self._caps():
            return None
        loose = relaxed(self._expected()) if self.number > SMALL else None
        if loose is None:
            return self._with_caps(self._expected, solved) if self.number <= SMALL else None
        # Where few athletes fill the budget what it buys is told at once; where many do, the search is faster.
        self.plain = self.request.largest_share >= 1 and not any(getattr(self.request, wish) for wish in COUNTED)
        if loose.columns[: self.number].sum() > (_FEW if self.plain else _FEW_OF_KINDS):
            self.plain = False
            return self._with_caps(self._expected, solved)
        bought = self._bought(self.mean, CLOSE / 2, self.lower > 0)
        if bought is None:
            return None
        kept = [each for each in (bought, self._bought_with_kinds()) if each and not self._breaks(self._chosen(each))]
        first = max(kept, key=self._worth, default=None)
        if first and bought.bound - self._worth(first) <= 0.9 * CLOSE * bought.bound:
            return Solution(first.columns, bought.bound)
        try:
            found = self._with_caps(self._expected, solved)
        except PlanError:
            if first is None:
                raise
            return Solution(first.columns, bought.bound)
        if found is None:
            return None
        best = first if first and self._worth(first) > self._worth(found) else found
        return Solution(best.columns, min(found.bound, bought.bound))

    def _chosen(self, found: Solution) -> np.ndarray:
        return np.asarray(found.columns[: self.number] > 0.5)

    def _worth(self, found: Solution) -> float:
        return float(self.mean @ found.columns[: self.number])

    def _bought(self, worth: np.ndarray, close: float, booked: np.ndarray) -> Solution | None:
        """The most that the budget buys with so many athletes, all other wishes left aside; None where it buys none.

        Args:
            worth: of each athlete.
            close: relative gap to the bound that is small enough.
            booked: who is in it anyway.
        """
        free = (self.upper > self.lower) & ~booked
        whole = Limits(float(self.request.budget_cents), self.request.least_athletes, self.request.most_athletes)
        left = whole.after(int(booked.sum()), float(self.cost[booked].sum()))
        found = best_buy(worth[free], self.cost[free], left, close)
        if found is None:
            return None
        chosen = booked.copy()
        chosen[free] = found[0]
        return Solution(chosen.astype("float64"), float(worth[booked].sum()) + found[1])

    def _bought_with_kinds(self) -> Solution | None:
        """A plan with the cheapest of each kind that is asked for; its bound holds for no other."""
        if self.plain:
            return None
        booked, cheapest = self.lower > 0, np.argsort(self.cost, kind="stable")
        for wish, column in COUNTED.items():
            kind = self.table[column].to_numpy(dtype="bool")
            missing = max(getattr(self.request, wish) - int((kind & booked).sum()), 0)
            booked[
                [each for each in cheapest if kind[each] and not booked[each] and self.upper[each] > 0][:missing]
            ] = True
        return self._bought(self.mean, CLOSE / 2, booked)

    def _caps(self) -> bool:
        """Who is too large for any plan is left out for good; false where even in part nothing keeps the request."""
        share = self.request.largest_share
        while share < 1:
            loose = relaxed(self._expected())
            if loose is None:
                return False
            self.capped = self.mean > share * loose.bound * _LIKELY_LARGE
            too_large = (self.mean > share * loose.bound * (1 + 1e-6)) & (self.lower == 0)
            self.upper[too_large] = 0.0
            if self.mean[self.upper > 0].max(initial=0.0) > _MUCH_SMALLER:
                break
            self._rescale()
            if not self.mean.any():
                break
        return True

    def _bounded(self, low: float, high: float, worth: float, exactly: bool, gap: float) -> Solution | None:
        """The most that may be reached with a spread in a range; None where it is no more than `worth`."""
        if self.plain:
            return self._bought_certain(low, high, gap)
        if exactly:
            return self._with_caps(
                lambda: self._certain(low, high), lambda programme: solved(programme, worth, gap), gap
            )
        loose = relaxed(self._certain(low, high))
        return None if loose is None or loose.bound <= worth else Solution(loose.columns, loose.bound)

    def _bought_certain(self, low: float, high: float, gap: float) -> Solution | None:
        """The same where nothing but budget and number counts: by the chord and one tangent it is a sum over athletes.

        Outside the range the chord is above the root, so a choice with another spread is only made less of.
        """
        slope, at = (np.sqrt(high) - np.sqrt(low)) / (high - low), self.tangents[-1]
        worth = self.mean - SCORE * slope * (self.variance + 2 * at * self.shared)
        found = self._bought(worth, gap / 2, self.lower > 0)
        if found is None:
            return None
        return Solution(found.columns, found.bound - SCORE * (np.sqrt(low) - slope * (low + at**2)))

    def _with_caps(
        self, build: Callable[[], Programme], solve: Callable[[Programme], Solution | None], gap: float = 0.0
    ) -> Solution | None:
        """What `solve` finds when nobody may bring too large a share; only those who would are looked after.

        Args:
            build: the programme, anew for each that was found to be too large.
            solve: what is asked of it.
            gap: up to which `solve` was not asked to tell solutions apart.
        """
        while True:
            programme = build()
            found = solve(programme)
            if found is None:
                return None
            if found.bound - float(programme.goal @ found.columns) > self._slack(found.bound, gap):
                # Here the very best is hard to tell apart; the ranges of spread must not ask for it either.
                self.gap = CLOSE / 2
            chosen = found.columns[: self.number] > 0.5
            most = self.request.largest_share * float(self.mean[chosen].sum())
            news = chosen & (self.mean > most * (1 + 1e-9)) & ~self.capped
            if news.any():
                # The next choice would fall on others who are as large.
                self.capped |= self.mean >= self.mean[news].min() * _LIKELY_LARGE
            elif not self._breaks(chosen):
                return found
            elif len(self.broken) == _MOST_BROKEN:
                raise PlanError("The figures lie too far apart for a plan that keeps all wishes exactly; ask for less.")
            else:
                self.broken.append(chosen)

    def _breaks(self, chosen: np.ndarray) -> bool:
        """Whether a choice breaks a wish: a solver keeps limits up to a millionth of its largest figures only."""
        athletes = self.table[chosen]
        return not all(keeps(athletes, self.request, wish) for wish in self.request.wishes())

    def _expected(self) -> Programme:
        return self._programme(np.append(np.zeros(self.number), 1.0), [], [0.0], [np.inf])

    def _for(self, worth: np.ndarray) -> Programme:
        """The programme of a goal that is a sum over athletes."""
        return self._programme(np.append(worth, 0.0), [], [0.0], [np.inf])

    def _cheapest(self) -> Programme:
        return self._for(self._nearness("budget_cents", None))

    def _certain(self, low: float, high: float) -> Programme:
        """The goal bounded from above where the spread lies between two values: the chord there is below the root."""
        n = self.number
        total, together, square, spread, one = range(n, n + 5)
        slope = (np.sqrt(high) - np.sqrt(low)) / (high - low)
        goal = np.zeros(n + 5)
        goal[[total, spread, one]] = 1.0, -SCORE * slope, -SCORE * (np.sqrt(low) - slope * low)
        rows = [
            (self.shared, {together: -1.0}, 0.0, 0.0),
            (self.variance, {square: 1.0, spread: -1.0}, -np.inf, 0.0),
            *((None, {square: 1.0, together: -2 * at}, -(at**2), np.inf) for at in self.tangents),
        ]
        return self._programme(goal, rows, [0.0, 0.0, 0.0, low, 1.0], [np.inf, np.inf, np.inf, high, 1.0])

    def _programme(self, goal: np.ndarray, rows: list[_Row], lower: list[float], upper: list[float]) -> Programme:
        n, width = self.number, len(goal)
        largest = np.flatnonzero(self.capped)
        # mean_i x_i <= share * total: the total has a column of its own, which keeps these rows short.
        ones = np.ones(len(largest))
        entries = np.concatenate([self.mean[largest], -self.request.largest_share * ones])
        places = np.tile(np.arange(len(largest)), 2), np.concatenate([largest, n * ones]).astype(int)
        # A choice that breaks a wish by a rounding is one that no plan may be.
        broken: list[_Row] = [(np.where(each, 1.0, -1.0), {}, -np.inf, each.sum() - 1.0) for each in self.broken]
        whole = [(self.mean, {n: -1.0}, 0.0, 0.0), *rows, *broken]
        parts = [
            sparse.hstack([self.wishes, sparse.csr_array((self.wishes.shape[0], width - n))]),
            sparse.csr_array((entries, places), shape=(len(largest), width)),
            *(_sparse_row(row, width) for row in whole),
        ]
        return Programme(
            goal,
            sparse.csr_array(sparse.vstack(parts, format="csr")),
            np.concatenate([self.low, -np.inf * ones, [row[2] for row in whole]]),
            np.concatenate([self.high, 0.0 * ones, [row[3] for row in whole]]),
            np.concatenate([self.lower, lower]),
            np.concatenate([self.upper, upper]),
            n,
        )

    def _slack(self, value: float, gap: float = 0.0) -> float:
        return max(gap, self.gap) * max(abs(value), 1e-3)

    def _plan(self, chosen: np.ndarray, value: float, bound: float) -> Plan:
        names = tuple(self.table.loc[chosen > 0.5, "athlete_id"].astype("str"))
        return Plan(self.request, names, float(value * self.scale), float(max(value, bound) * self.scale))


def _sparse_row(row: _Row, width: int) -> sparse.csr_array:
    athletes, others, _, _ = row
    dense = np.zeros(width)
    if athletes is not None:
        dense[: len(athletes)] = athletes
    for column, value in others.items():
        dense[column] += value
    return sparse.csr_array(dense[None, :])
