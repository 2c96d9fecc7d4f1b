"""What moves without the distribution moving: the athletes' own level, and how many rows have no value at all.

Both are held against chance, and against what whole windows usually do: weather, season and big events move everybody,
and some values come to be known as history grows. What they usually do is a control chart's limit, wider where few
windows tell it, and wider the more features are looked at.
Sources: Shewhart, Economic Control of Quality of Manufactured Product, 1931; DerSimonian and Laird, 1986, for the part
that is common to all.
"""

import numpy as np
import pandas as pd
from scipy import stats

from athlete_intel.monitoring import distances
from athlete_intel.monitoring.windows import LEAST_ROWS, first_of_reference

LEAST_ATHLETES = 20
"""Athletes in both windows from which on their own changes are tested."""


def own_shift(by_athlete: pd.DataFrame, newest: int, chance: float) -> dict[str, float]:
    """How far the athletes' own means moved: in sum, in units of the spread of such changes, and whether by chance.

    Args:
        by_athlete: athlete, number, counted, known, total, squares of each athlete and window, those before the
            reference among them.
        newest: number of the window that is analysed.
        chance: with which a whole window may exceed what is usual.
    """
    nothing = {"shift": np.nan, "shift_size": np.nan, "shift_usual": np.nan, "raw_shift_p": np.nan}
    whole = by_athlete[by_athlete["athlete"].notna() & (by_athlete["known"] > 0)]
    known = whole[whole["number"] >= first_of_reference(newest)]
    parts = known.groupby(["athlete", known["number"] == newest])[["total", "known", "squares"]].sum()
    means = (parts["total"] / parts["known"]).unstack()
    if means.shape[1] < 2:
        return nothing | {"athletes": 0}
    change = (means[True] - means[False]).dropna()
    if len(change) < LEAST_ATHLETES:
        return nothing | {"athletes": len(change)}
    mean, spread = float(change.mean()), float(change.std())
    noise = spread / np.sqrt(len(change))
    # Means of many rows hardly vary; measured in rows, a shift is as large in a huge window as in a small one.
    before = parts.xs(False, level=1)
    within = (before["squares"] - before["total"] ** 2 / before["known"]).sum() / max(
        before["known"].sum() - len(before), 1
    )
    spread = max(spread, float(np.sqrt(max(within, 0.0))))
    if spread <= 1e-12 * max(1.0, abs(mean)):
        size, p_value = (np.inf if abs(mean) > 1e-12 else 0.0), (0.0 if abs(mean) > 1e-12 else 1.0)
    else:
        size = mean / spread
        p_value = float(2 * stats.t.sf(abs(mean) / max(noise, 1e-300), len(change) - 1))
    usual = usual_shift(whole[whole["number"] < newest], chance)
    return {
        "shift": mean,
        "shift_size": size,
        "shift_usual": usual,
        "raw_shift_p": p_value,
        "athletes": len(change),
    }


def usual_shift(before: pd.DataFrame, chance: float) -> float:
    """How far a whole window usually shifts at most: what weather, season and big events do to everybody.

    Older windows than those of the reference help to tell: the fewer there are, the wider the limit must be. One window
    tells nothing of how windows differ, so the limit is then infinite.
    """
    sums = before.groupby("athlete")[["total", "known"]].sum()
    own = sums["total"] / sums["known"]
    level = before["total"] / before["known"] - before["athlete"].map(own)
    windows = level.groupby(before["number"]).agg(["mean", "size", "var"])
    windows = windows[windows["size"] >= LEAST_ATHLETES]
    # Part of it is that athletes differ, which the p-value knows already; the rest is common to all.
    return _farthest(windows["mean"], float((windows["var"] / windows["size"]).mean()), chance)


def _farthest(off: pd.Series, by_chance: float, chance: float) -> float:
    """How far one more window strays at most, if the reference's stray by `off` and chance explains this variance.

    >>> one = pd.Series([0.1])
    >>> _farthest(one, 0.0, 0.01)
    inf
    >>> few, more = (round(_farthest(pd.Series([-0.1, 0.1] * pairs), 0.0, 0.01), 2) for pairs in (1, 3))
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


def null_test(by_athlete: pd.DataFrame, sizes: tuple[int, ...], newest: int, chance: float) -> dict[str, object]:
    """Whether rows without a value came to be more or fewer, and how much they usually do."""
    rows_before, rows_now, known_before, known_now = sizes
    statistic, freedom = distances.chi_square(
        np.array([known_before, rows_before - known_before]), np.array([known_now, rows_now - known_now])
    )
    design = (1.0, 0.0)
    if freedom and by_athlete["athlete"].notna().any():
        inside = by_athlete[by_athlete["number"] >= first_of_reference(newest)]
        is_newest = inside["number"] == newest
        parts = []
        for number, counted in enumerate((inside["known"], inside["counted"] - inside["known"])):
            sides = {"reference": counted.where(~is_newest, 0), "analysis": counted.where(is_newest, 0)}
            parts.append(inside[["athlete"]].assign(bin=number, **sides))
        design = distances.design_effects(pd.concat(parts), 2)
    before = by_athlete[by_athlete["number"].between(first_of_reference(newest), newest - 1)]
    usual = usual_nulls(before, design[0], chance)
    return {"raw_null_p": distances.chi_square_p(statistic, freedom, *design), "null_usual": usual}


def usual_nulls(before: pd.DataFrame, design: float, chance: float) -> float:
    """How far the share without a value of a whole window usually strays: much, where values come with history.

    Infinitely far, where fewer than two windows tell it.
    """
    windows = before.groupby("number")[["counted", "known"]].sum()
    windows = windows[windows["counted"] >= LEAST_ROWS]
    if len(windows) < 2:
        return float("inf")
    share = 1 - windows["known"] / windows["counted"]
    whole = 1 - windows["known"].sum() / windows["counted"].sum()
    return _farthest(share - whole, design * whole * (1 - whole) * float((1 / windows["counted"]).mean()), chance)
