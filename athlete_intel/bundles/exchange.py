"""A plan made better by letting up to two athletes go for up to two others, until nothing is gained any more.

Whoever stands outside is kept in the order of cost, so the best one or two that what is left can pay are found at once.
Source: local search by exchange, Lin and Kernighan, Operations Research 1973.
"""

import itertools

import numpy as np

from athlete_intel.bundles.prices import HAIR, Limits

_ALONE = 60
"""So many of those booked are tried one by one."""


def exchanged(
    worth: np.ndarray,
    cost: np.ndarray,
    limits: Limits,
    taken: np.ndarray,
    free: np.ndarray,
    enough: float = np.inf,
    steps: int = 12,
    in_pairs: int = 12,
) -> np.ndarray:
    """A choice that keeps the limits and is worth no less.

    Args:
        worth: of each.
        cost: of each.
        limits: of the whole choice.
        taken: a choice that keeps the limits.
        free: whose part in it may change.
        enough: what it may stop at.
        steps: how many exchanges at most.
        in_pairs: so many of those booked are tried two by two.

    >>> worth, cost = np.array([6.0, 5.0, 5.0]), np.array([6.0, 5.0, 5.0])
    >>> start, everybody = np.array([True, False, False]), np.ones(3, dtype=bool)
    >>> exchanged(worth, cost, Limits(10.0, 1, None), start, everybody).tolist()
    [False, True, True]
    """
    taken = taken.copy()
    by_cost = np.flatnonzero(free)
    by_cost = by_cost[np.lexsort((-worth[by_cost], cost[by_cost]))]
    for _ in range(steps):
        if worth[taken].sum() >= enough:
            break
        left = limits.after(int(taken.sum()), float(cost[taken].sum())).budget
        inside, outside = by_cost[taken[by_cost]], by_cost[~taken[by_cost]]
        pairs = itertools.combinations(_some(inside, in_pairs), 2)
        drops = [[], *([each] for each in _some(inside, _ALONE)), *map(list, pairs)]
        step = _step(worth, cost, limits, drops, outside, int(taken.sum()), left)
        if step is None:
            break
        taken[step[0]], taken[step[1]] = False, True
    return taken


def _step(
    worth: np.ndarray,
    cost: np.ndarray,
    limits: Limits,
    drops: list[list[int]],
    outside: np.ndarray,
    number: int,
    left: float,
) -> tuple[list[int], list[int]] | None:
    """Who is let go for whom: the best exchange for one, or the first for two that gains; None if there is none."""
    others = _Others(worth[outside], cost[outside])
    hair = HAIR * max(float(np.abs(worth).max(initial=0.0)), HAIR)
    for many in (1, 2):
        best, gain = None, hair
        for drop in drops:
            count = number - len(drop) + many
            if count < limits.least or (limits.most is not None and count > limits.most):
                continue
            budget, lost = left + float(cost[drop].sum()), float(worth[drop].sum())
            found = others.one(budget) if many == 1 else others.two(budget)
            if found and others.worth[found].sum() - lost > gain:
                best, gain = (drop, outside[found].tolist()), float(others.worth[found].sum()) - lost
                if many == 2:
                    break
        if best is not None:
            return best
    return None


class _Others:
    """Those outside, in the order of their costs."""

    def __init__(self, worth: np.ndarray, cost: np.ndarray) -> None:
        self.worth, self.cost = worth, cost
        so_far = np.maximum.accumulate(worth)
        self.best = np.maximum.accumulate(np.where(worth >= so_far, np.arange(len(worth)), 0))
        """Place of the best up to each."""

    def one(self, budget: float) -> list[int]:
        up_to = int(np.searchsorted(self.cost, budget, side="right"))
        return [int(self.best[up_to - 1])] if up_to else []

    def two(self, budget: float) -> list[int]:
        up_to = int(np.searchsorted(self.cost, budget, side="right"))
        second = np.searchsorted(self.cost, budget - self.cost[:up_to], side="right")
        second = np.minimum(second, np.arange(up_to)) - 1
        worth = np.where(second >= 0, self.worth[:up_to] + self.worth[self.best[second]], -np.inf)
        if not (second >= 0).any():
            return []
        first = int(np.argmax(worth))
        return [first, int(self.best[second[first]])]


def _some(inside: np.ndarray, many: int) -> list[int]:
    """So many of them, from the cheapest to the dearest."""
    some = inside if len(inside) <= many else inside[np.linspace(0, len(inside) - 1, many).astype(int)]
    return [int(each) for each in some]
