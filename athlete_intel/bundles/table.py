"""The most that a budget buys where only cost counts, from a table of what each part of the budget can bring.

A few dear athletes who bring much for their cost leave a remainder to fill, and what may be booked in part then
promises far more than any choice brings, so a search that is guided by that bound runs for minutes. The table needs no
bound: for each part of the budget it holds the best that the athletes looked at so far can bring. Costs are rounded up
to parts of the budget, so what is found can be paid; rounded down, the same table tells what no choice can exceed.
Source: Bellman, Dynamic Programming, 1957; rounding as in Ibarra and Kim, Journal of the ACM 1975.
"""

import numpy as np

_FINEST = 1_000_000
"""Parts that a budget is cut into at most; one of no more cents than this is not rounded."""
_MOST_PLACES = 400_000_000
"""Places of the table, which take a second or two."""
_HAIR = 1e-9


def best_within(worth: np.ndarray, cost: np.ndarray, budget: float) -> tuple[np.ndarray, float]:
    """Whom to take so that the sum of worth is as large as the costs allow, and what no choice can exceed.

    Args:
        worth: of each, not negative.
        cost: of each, not negative.
        budget: for all that are taken; costs and budget in whole cents are not rounded where they and those to choose
            from are few.

    >>> taken, bound = best_within(np.array([9.0, 5.0, 5.0]), np.array([6.0, 5.0, 5.0]), 10.0)
    >>> taken.tolist(), bound
    ([False, True, True], 10.0)
    """
    if cost.sum() <= budget:
        return np.ones(len(worth), dtype=bool), float(worth.sum())
    places = np.flatnonzero(cost <= budget)
    in_cents = budget % 1 == 0 and not (cost[places] % 1).any()
    finest = max(budget, 1.0) if in_cents else _FINEST
    number = int(min(finest, _FINEST, max(_MOST_PLACES // max(len(places), 1), 1)))
    parts = cost[places] / max(budget, _HAIR) * number
    taken = np.zeros(len(worth), dtype=bool)
    hair = _HAIR * number
    taken[places] = _filled(worth[places], np.ceil(parts - hair).astype(int), number)
    return taken, _most(worth[places], np.floor(parts + hair).astype(int), number)


def _filled(worth: np.ndarray, parts: np.ndarray, number: int) -> np.ndarray:
    best = np.zeros(number + 1)
    better = []
    for one, width in zip(worth, parts, strict=True):
        with_it = best[: number + 1 - width] + one
        rest = best[width:]
        better.append(np.packbits(with_it > rest))
        np.maximum(rest, with_it, out=rest)
    taken = np.zeros(len(worth), dtype=bool)
    left = number
    for place in range(len(worth) - 1, -1, -1):
        free = left - int(parts[place])
        if free >= 0 and (better[place][free >> 3] >> (7 - (free & 7))) & 1:
            taken[place], left = True, free
    return taken


def _most(worth: np.ndarray, parts: np.ndarray, number: int) -> float:
    best = np.zeros(number + 1)
    for one, width in zip(worth, parts, strict=True):
        rest = best[width:]
        np.maximum(rest, best[: number + 1 - width] + one, out=rest)
    return float(best[-1])
