"""What money and places in a plan are worth: the relaxation of a budget with a number of athletes, price by price.

For any price of money a plan brings no more than the price of the whole budget and what its athletes bring beyond their
own. Without a budget whom to take is then plain: the first in that order, as many as the number asks for. The lowest of
these bounds is as sharp as if athletes could be booked in part.
Source: Geoffrion, Lagrangean relaxation for integer programming, Mathematical Programming Study 1974.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

HAIR = 1e-9
_STEPS = 45
"""Of a search for a price; each leaves 62% of the range."""
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Limits:
    """A budget, and from how many athletes to how many; any number if `most` is None."""

    budget: float
    least: int
    most: int | None

    def after(self, booked: int, cost: float) -> "Limits":
        """What is left for others once some are booked."""
        most = None if self.most is None else self.most - booked
        return Limits(self.budget - cost, max(self.least - booked, 0), most)

    def fit(self, cost: np.ndarray) -> np.ndarray:
        """Who can be booked beside the cheapest others that are needed.

        >>> Limits(10.0, 2, None).fit(np.array([3.0, 7.0, 8.0])).tolist()
        [True, True, False]
        """
        if len(cost) < self.least or self.budget < 0 or (self.most is not None and self.most < max(self.least, 1)):
            return np.zeros(len(cost), dtype=bool)
        if self.least < 2:
            return cost <= self.budget
        cheapest = np.sort(cost)[: self.least]
        others = np.where(cost <= cheapest[-1], cheapest.sum() - cost, cheapest[:-1].sum())
        return cost + others <= self.budget * (1 + HAIR)


class Priced:
    """What some athletes can bring at most, for each price of money."""

    def __init__(self, worth: np.ndarray, cost: np.ndarray) -> None:
        self.worth, self.cost = worth, cost
        self.least_cost = np.concatenate([[0.0], np.cumsum(np.sort(cost))])
        """Of so many of them."""
        self._seen: dict[float, tuple[np.ndarray, np.ndarray, int]] = {}

    @property
    def prices(self) -> list[float]:
        """At which what they bring is known."""
        return list(self._seen)

    def beyond(self, price: float, least: int, most: int | None) -> float:
        """The most that so many of them bring beyond the price of what they cost."""
        if least > len(self.cost):
            return -np.inf
        _, sums, gains = self._at(price)
        return float(sums[_between(gains, least, most)])

    def margin(self, price: float, least: int, most: int | None) -> np.ndarray:
        """What each adds to that beyond the one who would else be in its place; below 0 what it would cost to take."""
        ordered, _, _ = self._at(price)
        place = 0.0
        if 0 < least <= len(ordered):
            place = min(place, float(ordered[least - 1]))
        if most is not None and 0 < most <= len(ordered):
            place = max(place, float(ordered[most - 1]))
        return self.worth - price * self.cost - place

    def _at(self, price: float) -> tuple[np.ndarray, np.ndarray, int]:
        if price not in self._seen:
            ordered = np.sort(self.worth - price * self.cost)[::-1]
            sums = np.concatenate([[0.0], np.cumsum(ordered)])
            self._seen[price] = ordered, sums, int((ordered > 0).sum())
        return self._seen[price]

    def lowest(self, bound: Callable[[float], float]) -> float:
        """The price at which a convex function of it is lowest, by golden section."""
        low, high = 0.0, 2 * float((np.abs(self.worth) / np.maximum(self.cost, 1.0)).max(initial=0.0)) + HAIR
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        at_left, at_right = bound(left), bound(right)
        for _ in range(_STEPS):
            if at_left <= at_right:
                high, right, at_right = right, left, at_left
                left = high - _GOLDEN * (high - low)
                at_left = bound(left)
            else:
                low, left, at_left = left, right, at_right
                right = low + _GOLDEN * (high - low)
                at_right = bound(right)
        return left if at_left <= at_right else right

    def bounded(self, limits: Limits) -> tuple[float, float]:
        """The best price of money, and what no choice within the limits can exceed."""

        def bound(price: float) -> float:
            return price * limits.budget + self.beyond(price, limits.least, limits.most)

        price = min(self.lowest(bound), 0.0, key=bound)
        return price, bound(price)

    def paid(self, limits: Limits) -> np.ndarray | None:
        """Places of those to take so that the limits are kept, near the bound; None where no choice keeps them."""
        too_few = limits.most is not None and limits.most < limits.least
        if too_few or limits.least > len(self.cost) or limits.budget < 0:
            return None
        found = self._first(0.0, limits)
        if self.cost[found].sum() <= limits.budget:
            return found
        found = np.argsort(self.cost, kind="stable")[: limits.least]
        if self.cost[found].sum() > limits.budget:
            return None
        low, high = 0.0, 2 * float((np.abs(self.worth) / np.maximum(self.cost, 1.0)).max(initial=0.0)) + HAIR
        for _ in range(_STEPS):
            middle = (low + high) / 2
            each = self._first(middle, limits)
            if self.cost[each].sum() <= limits.budget:
                found, high = each, middle
            else:
                low = middle
        return found

    def _first(self, price: float, limits: Limits) -> np.ndarray:
        left = self.worth - price * self.cost
        return np.argsort(-left, kind="stable")[: _between(int((left > 0).sum()), limits.least, limits.most)]


def _between(number: int, least: int, most: int | None) -> int:
    return max(least, number if most is None else min(number, most))
