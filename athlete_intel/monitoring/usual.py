"""What moves without the distribution moving: the athletes' own level, and how many rows have no value at all.

Both are held against chance, and against what whole windows usually do: weather, season and big events move everybody,
and some values come to be known as history grows. What they usually do is a control chart's limit, wider where few
windows tell it, and wider the more features are looked at.
Sources: Shewhart, Economic Control of Quality of Manufactured Product, 1931; DerSimonian and Laird, 1986, for the part
that is common to all.
"""

import numpy as np
from scipy import stats

from athlete_intel.monitoring import distances
from athlete_intel.monitoring.cells import AthleteSums
from athlete_intel.monitoring.windows import LEAST_ROWS, first_of_reference

LEAST_ATHLETES = 20
"""Athletes in both windows from which on their own changes are tested."""


def own_shift(sums: AthleteSums, newest: int, chance: float) -> dict[str, float]:
    """How far the athletes' own means moved: in sum, in units of the spread of such changes, and whether by chance.

    Args:
        sums: of each athlete in each window, those before the reference among them.
        newest: number of the window that is analysed.
        chance: with which a whole window may exceed what is usual.
    """
    nothing = {"shift": np.nan, "shift_size": np.nan, "shift_usual": np.nan, "raw_shift_p": np.nan}
    change = own_changes(sums, newest)
    if len(change) < LEAST_ATHLETES:
        return nothing | {"athletes": len(change)}
    mean, spread = float(change.mean()), float(change.std(ddof=1))
    noise = spread / np.sqrt(len(change))
    # Means of many rows hardly vary; measured in rows, a shift is as large in a huge window as in a small one.
    spread = max(spread, _spread_within(sums, newest))
    if spread <= 1e-12 * max(1.0, abs(mean)):
        size, p_value = (np.inf if abs(mean) > 1e-12 else 0.0), (0.0 if abs(mean) > 1e-12 else 1.0)
    else:
        size = mean / spread
        p_value = float(2 * stats.t.sf(abs(mean) / max(noise, 1e-300), len(change) - 1))
    return {
        "shift": mean,
        "shift_size": size,
        "shift_usual": usual_shift(sums, newest, chance),
        "raw_shift_p": p_value,
        "athletes": len(change),
    }


def own_changes(sums: AthleteSums, newest: int) -> np.ndarray:
    """The change of each athlete's own mean from the reference to a window, of those who have values in both."""
    before = slice(first_of_reference(newest), newest)
    total, known = sums.total[:, before].sum(axis=1), sums.known[:, before].sum(axis=1)
    both = sums.named & (known > 0) & (sums.known[:, newest] > 0)
    return np.asarray(sums.total[both, newest] / sums.known[both, newest] - total[both] / known[both])


def _spread_within(sums: AthleteSums, newest: int) -> float:
    """How much the values of one athlete vary in the reference."""
    before = slice(first_of_reference(newest), newest)
    total, known, squares = (part[:, before].sum(axis=1) for part in (sums.total, sums.known, sums.squares))
    used = sums.named & (known > 0)
    within = (squares[used] - total[used] ** 2 / known[used]).sum() / max(known[used].sum() - used.sum(), 1)
    return float(np.sqrt(max(within, 0.0)))


def usual_shift(sums: AthleteSums, newest: int, chance: float) -> float:
    """How far a whole window usually shifts at most: what weather, season and big events do to everybody.

    Older windows than those of the reference help to tell: the fewer there are, the wider the limit must be. One window
    tells nothing of how windows differ, so the limit is then infinite.
    """
    total, known = (part[sums.named, :newest] for part in (sums.total, sums.known))
    there = known > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        own = total.sum(axis=1) / known.sum(axis=1)
        level = np.where(there, total / known - own[:, None], 0.0)
        number = there.sum(axis=0)
        mean = level.sum(axis=0) / number
        variance = (np.where(there, level - mean, 0.0) ** 2).sum(axis=0) / (number - 1)
    enough = number >= LEAST_ATHLETES
    # Part of it is that athletes differ, which the p-value knows already; the rest is common to all.
    by_chance = float((variance[enough] / number[enough]).mean()) if enough.any() else 0.0
    return _farthest(mean[enough], by_chance, chance)


def _farthest(off: np.ndarray, by_chance: float, chance: float) -> float:
    """How far one more window strays at most, if the reference's stray by `off` and chance explains this variance.

    >>> _farthest(np.array([0.1]), 0.0, 0.01)
    inf
    >>> few, more = (round(_farthest(np.array([-0.1, 0.1] * pairs), 0.0, 0.01), 2) for pairs in (1, 3))
    >>> few, more
    (11.03, 0.48)
    """
    number = len(off)
    if number < 2:
        return float("inf")
    # Of few windows it is not known how much of their spread is chance: taken off in full, two that happen to lie near
    # each other would leave no limit at all.
    by_chance *= 1 - 2 / number
    spread = float(np.sqrt(max(0.0, float((off**2).sum()) / (number - 1) - by_chance)))
    return spread * float(stats.t.isf(chance / 2, number - 1)) * float(np.sqrt(1 + 1 / number))


def null_test(sums: AthleteSums, newest: int, chance: float) -> dict[str, object]:
    """Whether rows without a value came to be more or fewer, and how much they usually do."""
    before = slice(first_of_reference(newest), newest)
    # Reference and analysis, athletes, with a value and without one.
    known = np.stack([sums.known[:, before].sum(axis=1), sums.known[:, newest]])
    counted = np.stack([sums.counted[:, before].sum(axis=1), sums.counted[:, newest]])
    counts = np.stack([known, counted - known], axis=2)
    statistic, freedom = distances.chi_square(*counts.sum(axis=1))
    design = distances.design_effects(counts) if freedom and sums.named.any() else (1.0, 0.0)
    usual = usual_nulls(sums.counted[:, before].sum(axis=0), sums.known[:, before].sum(axis=0), design[0], chance)
    return {"raw_null_p": distances.chi_square_p(statistic, freedom, *design), "null_usual": usual}


def usual_nulls(counted: np.ndarray, known: np.ndarray, design: float, chance: float) -> float:
    """How far the share without a value of a whole window usually strays: much, where values come with history.

    Infinitely far, where fewer than two windows tell it.

    Args:
        counted: rows of each window before.
        known: those with a value.
        design: design effect of rows that go together.
        chance: with which a window may exceed it.
    """
    enough = counted >= LEAST_ROWS
    counted, known = counted[enough], known[enough]
    if len(counted) < 2:
        return float("inf")
    whole = float(1 - known.sum() / counted.sum())
    by_chance = design * whole * (1 - whole) * float((1 / counted).mean())
    return _farthest(1 - known / counted - whole, by_chance, chance)
