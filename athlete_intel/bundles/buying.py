"""The most that a budget buys with so many athletes, in rounds of closer looks, with a bound on all choices.

Each round lays the dearest out in a table, see `table`, and completes the most promising choices with cheap ones.
Whoever no choice worth more than that can do with, or without, is decided for good, so the next round looks at fewer
and in finer parts.
Sources: reduction by bounds, Martello and Toth, Knapsack Problems, 1990; prices and table, see there.
"""

from dataclasses import dataclass

import numpy as np

from athlete_intel.bundles.exchange import exchanged
from athlete_intel.bundles.prices import HAIR, Limits, Priced
from athlete_intel.bundles.table import DearTable, room_for

_PLACES = 3_000_000
"""Of a table that tells how many to lay out, which takes some hundredths of a second."""
_FIRST, _LATER = 12_000_000, 36_000_000
"""Of the table that is then laid out."""
_PARTS = 1_000
_SHARES = 1, 4, 16
"""Fewer dear ones are laid out in finer parts; which is better shows."""
_ROUNDS = 6
_LAST_STEPS, _LAST_PAIRS = 60, 40
"""A search that is not closed yet ends with more exchanges."""


@dataclass
class _Hunt:
    """What is decided so far."""

    limits: Limits
    """Of the whole choice."""
    taken: np.ndarray
    """The best choice so far, of all."""
    value: float
    bound: float
    sure: np.ndarray
    """Who is in every choice that is still sought."""
    open: np.ndarray
    """Who is in doubt, from the dearest to the cheapest."""
    set_aside: float = -np.inf
    """What no choice can exceed that is not sought any more."""


def best_buy(worth: np.ndarray, cost: np.ndarray, limits: Limits, close: float) -> tuple[np.ndarray, float] | None:
    """Whom to take so that the sum of worth is as large as the limits allow, and what no choice can exceed.

    Args:
        worth: of each.
        cost: of each, not negative.
        limits: budget and number of all that are taken.
        close: relative gap between both that is small enough to stop at.

    Returns:
        Whether each is taken, and the bound; None where no choice is within the limits.

    >>> worth, cost = np.array([9.0, 5.0, 5.0]), np.array([6.0, 5.0, 5.0])
    >>> taken, bound = best_buy(worth, cost, Limits(10.0, 1, None), 1e-9)
    >>> taken.tolist(), round(bound, 6)
    ([False, True, True], 10.0)
    """
    # The sum of all costs depends on their order by a hair, and everybody must fit.
    limits = Limits(min(limits.budget, float(cost.sum()) * (1 + HAIR)), limits.least, limits.most)
    first = Priced(worth, cost).paid(limits)
    if first is None:
        return None
    taken, everybody = np.zeros(len(worth), dtype=bool), np.ones(len(worth), dtype=bool)
    taken[first] = True
    taken = exchanged(worth, cost, limits, taken, everybody)
    in_order = np.lexsort((-worth, -cost))
    hunt = _Hunt(limits, taken, float(worth[taken].sum()), np.inf, np.zeros(0, dtype=int), in_order)
    price = None
    for number in range(_ROUNDS):
        price = _round(hunt, worth, cost, close, number, price)
        if price is None:
            break
    if hunt.bound - hunt.value > close * abs(hunt.bound):
        hunt.taken = exchanged(worth, cost, limits, hunt.taken, everybody, np.inf, _LAST_STEPS, _LAST_PAIRS)
        hunt.value = float(worth[hunt.taken].sum())
    return hunt.taken, max(hunt.bound, hunt.value)


def _round(
    hunt: _Hunt, worth: np.ndarray, cost: np.ndarray, close: float, number: int, before: float | None
) -> float | None:
    """A closer look at those in doubt; the price for the next one, or None where nothing is left to look for."""
    price = _decided_by_price(hunt, worth, cost, close)
    limits, base = _left(hunt, worth, cost)
    if not len(hunt.open):
        # Those who are sure may be a choice of their own.
        alone = base if limits.least == 0 and limits.budget >= 0 else -np.inf
        _lower(hunt, max(alone, hunt.value))
        return None
    table, lowest = _laid_out(worth[hunt.open], cost[hunt.open], limits, price, before, number)
    _lower(hunt, min(table.bound, lowest) + base)
    for promise, dear in table.choices():
        if promise + base <= hunt.value * (1 + close / 10) or _is_close(hunt, close):
            break
        _complete(hunt, worth, cost, hunt.open[dear], hunt.open[table.dear :], (promise + base) * (1 - close / 10))
    if _is_close(hunt, close):
        return None
    _keep(hunt, table.with_each() + base, _enough(hunt, close))
    return table.next_price


def _decided_by_price(hunt: _Hunt, worth: np.ndarray, cost: np.ndarray, close: float) -> float:
    """Who adds so much, or so little, beyond the price that it is decided; and the price."""
    limits, base = _left(hunt, worth, cost)
    hunt.open = hunt.open[limits.fit(cost[hunt.open])]
    priced = Priced(worth[hunt.open], cost[hunt.open])
    price, bound = priced.bounded(limits)
    _lower(hunt, bound + base)
    margin = priced.margin(price, limits.least, limits.most)
    decided = np.abs(margin) > bound + base - _enough(hunt, close)
    if decided.any():
        hunt.set_aside = max(hunt.set_aside, _enough(hunt, close))
        hunt.sure = np.concatenate([hunt.sure, hunt.open[decided & (margin > 0)]])
        hunt.open = hunt.open[~decided]
        limits, _ = _left(hunt, worth, cost)
        hunt.open = hunt.open[limits.fit(cost[hunt.open])]
    return price


def _laid_out(
    worth: np.ndarray, cost: np.ndarray, limits: Limits, price: float, before: float | None, number: int
) -> tuple[DearTable, float]:
    """The table of as many dear ones as tells most, and the lowest bound of all that were tried."""
    places, finely = (_LATER if number else _FIRST), number % 2 == 0
    other = float(np.median(worth / np.maximum(cost, 1.0)))
    if before is not None and abs(before - price) > 0.02 * price:
        other = before
    most = room_for(cost, limits, _PLACES, _PARTS)
    dears = sorted({max(most // share, 1) for share in _SHARES}, reverse=True)
    tried = [DearTable(worth, cost, limits, each, dear, _PLACES) for dear in dears for each in (price, max(other, 0.0))]
    lowest = min(each.bound for each in tried)
    # Where fewer dear ones do as well, their parts are finer; but it may also be that the cheap ones are too dear.
    alike = [each for each in tried if each.bound <= lowest + 1e-5 * abs(lowest)]
    best = alike[-1] if finely else alike[0]
    dear = room_for(cost, limits, places, 2 * _PARTS) if best.dear == most and not finely else best.dear
    price = best.price if best.dear == len(cost) else best.next_price
    return DearTable(worth, cost, limits, price, dear, places), lowest


def _complete(
    hunt: _Hunt, worth: np.ndarray, cost: np.ndarray, dear: np.ndarray, cheap: np.ndarray, enough: float
) -> None:
    """Fill a choice of dear ones up with cheap ones, and keep it if it is the best so far."""
    taken, free = np.zeros(len(worth), dtype=bool), np.zeros(len(worth), dtype=bool)
    taken[np.concatenate([hunt.sure, dear])] = True
    more = Priced(worth[cheap], cost[cheap]).paid(hunt.limits.after(int(taken.sum()), float(cost[taken].sum())))
    if more is None:
        return
    taken[cheap[more]] = True
    free[cheap if len(cheap) else hunt.open] = True
    taken = exchanged(worth, cost, hunt.limits, taken, free, enough)
    if worth[taken].sum() > hunt.value:
        hunt.taken, hunt.value = taken, float(worth[taken].sum())


def _keep(hunt: _Hunt, with_each: np.ndarray, enough: float) -> None:
    """Nobody stays in doubt who is in no choice worth more than enough."""
    kept = with_each > enough
    hunt.set_aside = max(hunt.set_aside, float(with_each[~kept].max(initial=-np.inf)))
    hunt.open = hunt.open[kept]


def _left(hunt: _Hunt, worth: np.ndarray, cost: np.ndarray) -> tuple[Limits, float]:
    """The limits of those in doubt, and what those who are sure bring."""
    return hunt.limits.after(len(hunt.sure), float(cost[hunt.sure].sum())), float(worth[hunt.sure].sum())


def _lower(hunt: _Hunt, bound: float) -> None:
    hunt.bound = min(hunt.bound, max(bound, hunt.set_aside, hunt.value))


def _enough(hunt: _Hunt, close: float) -> float:
    return hunt.value + close / 2 * abs(hunt.value) + HAIR


def _is_close(hunt: _Hunt, close: float) -> bool:
    return hunt.bound - hunt.value <= close * abs(hunt.bound)
