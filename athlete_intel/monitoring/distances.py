"""How far two distributions lie apart, from counts: the same numbers as from the rows, without the rows.

A table of cells holds for each cell its lowest and highest value and the rows of the reference and of the analysis in
it. Where every cell holds one value, all figures are exact; where cells are fine bins, the distance of Kolmogorov and
Smirnov comes with a bound on what the cells hide.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial.distance import jensenshannon

BINS = 10
EMPTY = 0.5
"""Half a row stands in an empty bin, so that logs exist."""


@dataclass(frozen=True)
class Gap:
    """Largest gap between two distribution functions: at least `distance`, at most `distance + error`."""

    distance: float
    error: float


def ks(cells: pd.DataFrame) -> Gap:
    """Distance of Kolmogorov and Smirnov.

    Inside a cell the gap can leave its value at either edge by no more than the shares of the cell, which bounds it.

    Args:
        cells: low, high, reference, analysis, ordered by low.

    >>> ks(pd.DataFrame({"low": [1.0, 2.0], "high": [1.0, 2.0], "reference": [3, 1], "analysis": [1, 3]}))
    Gap(distance=0.5, error=0.0)
    >>> ks(pd.DataFrame({"low": [1.0, 2.0], "high": [1.9, 2.0], "reference": [3, 1], "analysis": [1, 3]}))
    Gap(distance=0.5, error=0.25)
    """
    before, after = (cells[name].to_numpy(dtype="float64") / cells[name].sum() for name in ("reference", "analysis"))
    ends = np.cumsum(before) - np.cumsum(after)
    starts = np.concatenate([[0.0], ends[:-1]])
    distance = float(np.max(np.abs(ends), initial=0.0))
    highest = np.minimum(starts + before, ends + after)
    lowest = np.maximum(starts - after, ends - before)
    inside = np.where((cells["low"] < cells["high"]).to_numpy(), np.maximum(highest, -lowest), 0.0)
    # A gap of 1 + 1e-16 is arithmetic, not a distance.
    return Gap(min(distance, 1.0), max(0.0, float(np.max(inside, initial=0.0)) - distance))


def ks_p(distance: float, reference: float, analysis: float, design: float = 1.0) -> float:
    """p-value of the two-sided test of Kolmogorov and Smirnov, as `scipy.stats.ks_2samp(method="asymp")`.

    Args:
        distance: largest gap.
        reference: rows.
        analysis: rows.
        design: design effect, by which rows that go together count for less (or, in pairs, for more).
    """
    rows = reference * analysis / (reference + analysis) / design
    return float(np.clip(stats.kstwo.sf(distance, max(1, round(rows))), 0.0, 1.0))


def tenths(cells: pd.DataFrame) -> np.ndarray:
    """Inner edges of ten bins of the reference, equal ones merged: quantiles between neighbours, as numpy's default.

    With cells of more than one value an edge is the upper end of a cell.

    >>> ones = pd.DataFrame({"low": range(11), "high": range(11), "reference": [1] * 11, "analysis": [0] * 11})
    >>> tenths(ones).round(9).tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    """
    known = cells[cells["reference"] > 0]
    passed = np.cumsum(known["reference"].to_numpy())
    highs = known["high"].to_numpy(dtype="float64")
    places = (passed[-1] - 1) * np.linspace(0, 1, BINS + 1)[1:-1]
    floors = np.floor(places)
    below, above = (
        highs[np.searchsorted(passed, np.minimum(step, passed[-1] - 1), side="right")] for step in (floors, floors + 1)
    )
    if (known["low"] < known["high"]).any():
        return np.unique(below)
    # The same arithmetic as numpy's, so that a value that lies on an edge falls on the same side.
    share = places - floors
    gap = above - below
    between = np.where(share >= 0.5, above - gap * (1 - share), below + gap * share)
    return np.unique(between)


def in_bins(cells: pd.DataFrame, edges: np.ndarray) -> pd.DataFrame:
    """Rows of each bin: bin, reference, analysis; a value on an edge belongs to the bin below it."""
    bins = np.searchsorted(edges, cells["high"].to_numpy(dtype="float64"), side="left")
    number = len(edges) + 1
    counts = {
        name: np.bincount(bins, cells[name].to_numpy(), minlength=number).astype("int64")
        for name in ("reference", "analysis")
    }
    return pd.DataFrame({"bin": np.arange(number), **counts})


def psi(reference: np.ndarray, analysis: np.ndarray) -> float:
    """Population stability index of counts.

    Formula: the sum over bins of (analysis share - reference share) x ln(analysis share / reference share).

    >>> psi(np.array([5, 5]), np.array([5, 5])), round(psi(np.array([8, 2]), np.array([2, 8])), 4)
    (0.0, 1.6636)
    """
    before = np.maximum(reference, EMPTY) / np.sum(reference)
    after = np.maximum(analysis, EMPTY) / np.sum(analysis)
    return float(np.sum((after - before) * np.log(after / before)))


def jensen_shannon(reference: np.ndarray, analysis: np.ndarray) -> float:
    """Jensen-Shannon distance of counts to base 2, from 0 (equal) to 1 (nothing in common).

    >>> jensen_shannon(np.array([5, 5]), np.array([1, 1])), jensen_shannon(np.array([5, 0]), np.array([0, 5]))
    (0.0, 1.0)
    """
    found = float(jensenshannon(reference, analysis, base=2))
    return 0.0 if np.isnan(found) else found


def chi_square(reference: np.ndarray, analysis: np.ndarray) -> tuple[float, int]:
    """Pearson's statistic of a table of two rows, and its degrees of freedom; (0, 0) where there is one category.

    >>> chi_square(np.array([10, 20]), np.array([20, 10]))
    (6.666666666666667, 1)
    """
    table = np.array([reference, analysis], dtype="float64")
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        return 0.0, 0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    return float(((table - expected) ** 2 / expected).sum()), table.shape[1] - 1


def design_effects_of_rows(groups: pd.DataFrame, bins: int) -> tuple[float, float]:
    """Design effects (see `design_effects`) of a table of counts.

    Args:
        groups: athlete (any id), bin, reference, analysis: rows.
        bins: number of bins.
    """
    codes, athletes = pd.factorize(groups["athlete"], use_na_sentinel=False)
    counts = np.zeros((2, len(athletes), bins))
    for row, name in enumerate(("reference", "analysis")):
        np.add.at(counts[row], (codes, groups["bin"].to_numpy()), groups[name].to_numpy(dtype="float64"))
    return design_effects(counts)


def design_effects(counts: np.ndarray) -> tuple[float, float]:
    """By how much the shares of bins vary more, or less, than if all rows were independent.

    Rows of one athlete are alike, so windows full of the same athletes vary less between each other than independent
    rows would, and windows in which some athletes have very many rows vary more. The covariance of the differences of
    shares is taken between athletes; its generalised design effects have this mean and coefficient of variation.
    Source: Rao and Scott, On chi-squared tests for multiway contingency tables with cell proportions estimated from
    survey data, Annals of Statistics 1984; variance of a ratio by linearisation, Cochran, Sampling Techniques, 1977.

    Args:
        counts: rows of reference and analysis, of each athlete, in each bin: an array of 2 x athletes x bins.

    Returns:
        Mean design effect and the square of the coefficient of variation; (1, 0) where there is nothing to compare.
    """
    counts = counts[:, counts.any(axis=(0, 2))]
    totals, athletes = counts.sum(axis=(1, 2)), counts.shape[1]
    if min(totals) == 0 or athletes < 2:
        return 1.0, 0.0
    share = counts.sum(axis=1) / totals[:, None]
    # How much each athlete moves the difference of shares.
    moves = (counts - share[:, None, :] * counts.sum(axis=2, keepdims=True)) / totals[:, None, None]
    pull = moves[1] - moves[0]
    # Against the variance of independent rows of these very shares, so that a real change is not taken for alikeness.
    independent = (share / totals[:, None]).sum(axis=0)
    used = independent > 0
    if used.sum() < 2:
        return 1.0, 0.0
    standard = pull[:, used] / np.sqrt(independent[used])
    covariance = standard.T @ standard * athletes / (athletes - 1)
    freedom = used.sum() - 1
    mean = float(np.trace(covariance)) / freedom
    if mean <= 0:
        return 1.0, 0.0
    spread = float((covariance**2).sum()) / (freedom * mean**2) - 1
    return mean, max(0.0, spread)


def chi_square_p(statistic: float, freedom: int, design: float = 1.0, spread: float = 0.0) -> float:
    """p-value of Pearson's statistic, corrected to second order for rows that go together.

    >>> round(chi_square_p(6.666666666666667, 1), 6)
    0.009823
    """
    if freedom == 0:
        return 1.0
    return float(stats.chi2.sf(statistic / (design * (1 + spread)), freedom / (1 + spread)))


def holm(p_values: np.ndarray) -> np.ndarray:
    """p-values corrected for their number, so that all together give a false alarm no more often than one would.

    Source: Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 1979.
    Missing ones stay missing and do not count.

    >>> holm(np.array([0.01, 0.04, 0.03, np.nan])).round(6).tolist()
    [0.03, 0.06, 0.06, nan]
    """
    corrected = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p_values[order] * factors))
    return corrected
