"""The most that a budget buys with so many athletes: a table of the dear ones, and a price for the many cheap ones.

A few dear athletes who bring much for their cost leave a remainder to fill, and what may be booked in part then
promises far more than any choice brings, so a search that is guided by that bound runs for minutes. Here every number
of dear athletes and every part of the budget has a place, which holds the best that so many dear ones can bring for
that much. What the cheap ones add to it is bounded by prices of money, see `prices`, which loses hardly anything as
none of them costs much. Costs are rounded down to parts of the budget, so no choice is overlooked. What is worth
nothing beyond its price is rounded without loss: the table holds what the dear ones bring beyond the price of their
true cost.
Sources: Bellman, Dynamic Programming, 1957; rounding as in Ibarra and Kim, Journal of the ACM 1975.
"""

import numpy as np

from athlete_intel.bundles.prices import HAIR, Limits, Priced

_MOST_PARTS = 1_000_000
"""Of a budget; one of no more cents than this is not rounded."""
_TIGHTENED = 12
_CLOSE = 1e-6
_STRETCHES = 200
"""Parts of the budget of which the best place each is looked at for a choice."""
_LOOKED_AT, _PROMISING = 60, 10
_Way = tuple[np.ndarray, np.ndarray]
"""Packed: whether the best with an athlete is better than without, from one number to the next, and in the last."""


class DearTable:
    """The table of the first `dear` athletes; the others are the cheap ones.

    Args:
        worth: of each, from the dearest to the cheapest.
        cost: of each; nobody costs more than the budget.
        limits: of a choice.
        price: of money, at which rounding loses nothing.
        dear: how many athletes are laid out.
        places: how large the work may get: parts of the budget, times numbers of dear ones, times dear ones.
    """

    def __init__(
        self, worth: np.ndarray, cost: np.ndarray, limits: Limits, price: float, dear: int, places: float
    ) -> None:
        self.worth, self.cost, self.limits, self.price, self.dear = worth, cost, limits, price, dear
        self.cheap = Priced(worth[dear:], cost[dear:])
        fit = np.cumsum(np.sort(cost[:dear])) <= limits.budget * (1 + HAIR)
        self._most_dear = int(fit.sum())
        last = _last_number(limits)
        self._open = limits.most is None and self._most_dear > last
        """Whether the last number stands for all beyond it, too."""
        self.numbers = min(self._most_dear, last) + 1
        room = max(int(places // (dear * self.numbers)), 1)
        self.parts = int(min(_MOST_PARTS, room, max(limits.budget, 1.0)))
        self._part = max(limits.budget, HAIR) / self.parts
        self._spent = np.arange(self.parts + 1) * self._part
        self._width = np.floor(cost[:dear] / self._part + HAIR).astype(int).clip(max=self.parts)
        rounded_off = np.sort(cost[:dear] - self._width * self._part)[::-1].clip(min=0.0)
        self._rounded_off = np.concatenate([[0.0], np.cumsum(rounded_off)])
        """At most, of so many."""
        self._table, self._ways = self._filled()
        self._rest, self.bound, self.next_price = self._bounded()
        self._total = self._table + self._rest

    def _filled(self) -> tuple[np.ndarray, list[_Way]]:
        size, last, ways = self.parts + 1, self.numbers - 1, []
        table = np.full((self.numbers, size), -np.inf)
        table[0, 0] = 0.0
        beyond = self.worth[: self.dear] - self.price * self.cost[: self.dear]
        for width, each in zip(self._width, beyond, strict=True):
            with_it = table[:, : size - width] + each
            up = np.zeros((self.numbers, size), dtype=bool)
            np.greater(with_it[:-1], table[1:, width:], out=up[1:, width:])
            np.maximum(table[1:, width:], with_it[:-1], out=table[1:, width:])
            stays = np.zeros(size, dtype=bool)
            if self._open:
                np.greater(with_it[last], table[last, width:], out=stays[width:])
                np.maximum(table[last, width:], with_it[last], out=table[last, width:])
            ways.append((np.packbits(up), np.packbits(stays)))
        return table, ways

    def _bounded(self) -> tuple[np.ndarray, float, float]:
        """What each place lacks at most: the lowest over prices; more of them are tried where the bound is reached."""
        rest = np.full(self._table.shape, np.inf)
        for number in range(self.numbers):
            least = self.limits.after(number, 0.0).least
            enough = self.cheap.least_cost[least] if least < len(self.cheap.least_cost) else np.inf
            rest[number, self._spent + enough > self.limits.budget * (1 + HAIR)] = -np.inf
        rates = self.cheap.worth / np.maximum(self.cheap.cost, 1.0)
        quarters = np.quantile(rates, [0, 0.25, 0.5, 0.75, 1]).clip(min=0.0).tolist() if len(rates) else []
        for price in sorted({0.0, self.price, 2 * self.price + 1, *quarters}):
            self._tighten(rest, price)
        bound, next_price = np.inf, self.price
        for _ in range(_TIGHTENED):
            before = bound
            number, part = divmod(int(np.argmax(self._table + rest)), self.parts + 1)
            bound = float(self._table[number, part] + rest[number, part])
            if not np.isfinite(bound) or not len(rates) or before - bound < _CLOSE * abs(bound):
                break
            next_price = self._sharpest(number, part)
            self._tighten(rest, next_price)
        return rest, bound, next_price

    def _tighten(self, rest: np.ndarray, price: float) -> None:
        for number in range(self.numbers):
            np.minimum(rest[number], self._lacking(price, number, self._spent), out=rest[number])

    def _sharpest(self, number: int, part: int) -> float:
        """The price that tells most about a place."""
        return self.cheap.lowest(lambda price: float(self._lacking(price, number, self._spent[part : part + 1])[0]))

    def _lacking(self, price: float, number: int, spent: np.ndarray) -> np.ndarray:
        """What places lack at a price: what cheap ones add, and the true cost of dear ones, wherever it lies."""
        limits = self.limits.after(number, 0.0)
        if price < self.price:
            booked = self._most_dear if self._open and number == self.numbers - 1 else number
            spent = np.minimum(spent + self._rounded_off[booked], limits.budget)
        beyond = self.cheap.beyond(price, limits.least, limits.most)
        return beyond + price * limits.budget + (self.price - price) * spent

    def with_each(self) -> np.ndarray:
        """What no choice can exceed that holds an athlete; that one may be counted twice."""
        size, last = self.parts + 1, self.numbers - 1
        bounds = np.full(len(self.worth), -np.inf)
        for place, width in enumerate(self._width):
            best = -np.inf
            if last:
                best = float((self._table[:-1, : size - width] + self._rest[1:, width:]).max())
            if self._open:
                best = max(best, float((self._table[last, : size - width] + self._rest[last, width:]).max()))
            bounds[place] = best + self.worth[place] - self.price * self.cost[place]
        for number in range(self.numbers):
            part = int(np.argmax(self._total[number]))
            if len(self.cheap.cost) and np.isfinite(self._total[number, part]):
                price, limits = self._sharpest(number, part), self.limits.after(number, 0.0)
                lacking = np.where(np.isfinite(self._rest[number]), self._lacking(price, number, self._spent), -np.inf)
                none = -np.inf if limits.most == 0 else 0.0
                costs = self.cheap.margin(price, limits.least, limits.most).clip(max=0.0) + none
                best = float((self._table[number] + lacking).max())
                np.maximum(bounds[self.dear :], best + costs, out=bounds[self.dear :])
        return bounds

    def choices(self) -> list[tuple[float, np.ndarray]]:
        """Dear ones who leave enough for the cheap ones that are needed, and what they promise; the best first."""
        stretch, places = max(self.parts // _STRETCHES, 1), []
        for number in range(self.numbers):
            for start in range(0, self.parts + 1, stretch):
                part = start + int(np.argmax(self._total[number, start : start + stretch]))
                if np.isfinite(self._total[number, part]):
                    places.append((-float(self._total[number, part]), number, part))
        found: list[tuple[float, int, np.ndarray]] = []
        for _, number, part in sorted(places)[:_LOOKED_AT]:
            dear = self._way_back(number, part)
            limits = self.limits.after(len(dear), float(self.cost[dear].sum()))
            if limits.least < len(self.cheap.least_cost) and self.cheap.least_cost[limits.least] <= limits.budget:
                prices = self.cheap.prices if len(self.cheap.cost) else [0.0]
                rest = (self.cheap.beyond(price, limits.least, limits.most) + price * limits.budget for price in prices)
                found.append((-float(self.worth[dear].sum()) - min(rest), len(found), dear))
        return [(-promise, dear) for promise, _, dear in sorted(found, key=lambda each: each[:2])[:_PROMISING]]

    def _way_back(self, number: int, part: int) -> np.ndarray:
        taken = []
        for place in range(self.dear - 1, -1, -1):
            up, stays = self._ways[place]
            here = self._open and number == self.numbers - 1 and _bit(stays, part)
            if here or _bit(up, number * (self.parts + 1) + part):
                taken.append(place)
                part -= int(self._width[place])
                number -= 0 if here else 1
        return np.array(taken[::-1], dtype=int)


def room_for(cost: np.ndarray, limits: Limits, places: float, parts: int) -> int:
    """How many of the dearest, at least one, can be laid out in so many parts of the budget."""
    laid_out = np.arange(1, len(cost) + 1)
    numbers = np.minimum(np.floor(limits.budget / np.maximum(cost, HAIR)), np.minimum(laid_out, _last_number(limits)))
    return max(int((laid_out * (numbers + 1) * parts <= places).sum()), 1)


def _last_number(limits: Limits) -> int:
    return limits.least if limits.most is None else limits.most


def _bit(packed: np.ndarray, place: int) -> bool:
    return bool((packed[place >> 3] >> (7 - (place & 7))) & 1)
