"""Whether a classifier can tell the two windows apart: what no single feature shows, all of them together may.

Its score on rows it had not seen is an area under the curve: 0.5 if the windows look the same, 1 if every row betrays
its window. All rows of an athlete are held out together, so that nobody is recognised, and the uncertainty of the area
is that between athletes.

Every window differs from those before it, if only because the data grow older, so its area is held against that of the
window before: it must be larger than the uncertainty of both explains, and by enough to matter.
Sources: Lopez-Paz and Oquab, Revisiting classifier two-sample tests, ICLR 2017; Obuchowski, Nonparametric analysis of
clustered ROC curve data, Biometrics 1997.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

FOLDS = 3
MOST_ROWS = 4_000
LEAST_ROWS = 60
FEWER_WRONG = 0.2
"""Windows that are told apart better than usual matter from so much fewer wrong verdicts on: 0.6 where 0.5 is usual,
0.92 where 0.9 is."""


@dataclass(frozen=True)
class Told:
    """How well the windows are told apart: the area under the curve and its standard error between so many groups.

    `p` is the chance of one as large between windows that look the same.
    """

    auc: float
    p: float
    rows: int
    error: float
    groups: int


@dataclass(frozen=True)
class Verdict:
    """The area from which the newest window stands out, and the chance of one so much above the usual by luck."""

    limit: float
    p: float
    apart: bool


def stands_out(told: Told, usual: Told | None, chance: float) -> Verdict:
    """Whether the newest window is told apart better than the one before it was.

    Areas are compared as log odds, where they do not crowd near 1.

    Args:
        told: of the newest window.
        usual: of the one before; None where there is none. Then nothing tells what is usual, and nothing stands out.
        chance: share of windows in which chance alone may say so.

    >>> stands_out(Told(0.99, 0.0, 900, 0.003, 99), Told(0.95, 0.0, 900, 0.01, 99), 0.01).apart
    True
    >>> stands_out(Told(0.96, 0.0, 900, 0.01, 99), Told(0.95, 0.0, 900, 0.01, 99), 0.01).apart
    False
    >>> stands_out(Told(0.7, 0.0, 900, 0.02, 99), None, 0.01)
    Verdict(limit=1.0, p=1.0, apart=False)
    """
    if usual is None:
        return Verdict(1.0, 1.0, False)
    (odds, error), (of_usual, error_of_usual) = _log_odds(told), _log_odds(usual)
    noise, of_usual = float(np.hypot(error, error_of_usual)), max(of_usual, 0.0)
    freedom = min(told.groups, usual.groups) - 1
    p = float(stats.t.sf((odds - of_usual) / noise, freedom))
    beyond_chance = float(special.expit(of_usual + stats.t.isf(chance, freedom) * noise))
    limit = max(1 - (1 - FEWER_WRONG) * (1 - max(usual.auc, 0.5)), beyond_chance)
    return Verdict(limit, p, bool(told.auc >= limit and p < chance))


def _log_odds(told: Told) -> tuple[float, float]:
    """Log odds of an area and their standard error.

    An area of 1 has no errors to tell its uncertainty from; half a wrong verdict a row stands in for them.
    """
    least = 0.5 / told.rows
    area = float(np.clip(told.auc, least, 1 - least))
    error = max(told.error, np.sqrt(area * (1 - area) / told.rows))
    return float(special.logit(area)), float(error / (area * (1 - area)))


def tell_apart(values: pd.DataFrame, is_analysis: np.ndarray, groups: np.ndarray, seed: int) -> Told | None:
    """Try to tell the rows of two windows apart; None if there are too few rows or groups.

    Args:
        values: features, missing ones NaN.
        is_analysis: which rows are of the analysis window.
        groups: athlete of each row, or anything by which rows are alike.
        seed: of the classifier and of the sample, where there are many rows.
    """
    if len(values) > MOST_ROWS:
        kept = np.sort(np.random.default_rng(seed).permutation(len(values))[:MOST_ROWS])
        values, is_analysis, groups = values.iloc[kept], is_analysis[kept], groups[kept]
    sizes = (is_analysis.sum(), (~is_analysis).sum())
    if min(sizes) < LEAST_ROWS / 2 or len(values) < LEAST_ROWS or len(np.unique(groups)) < 2 * FOLDS:
        return None
    table = values.to_numpy(dtype="float64")
    areas, variances, weights = [], [], []
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=seed).split(table, groups=groups):
        if len(np.unique(is_analysis[train])) < 2 or len(np.unique(is_analysis[test])) < 2:
            continue
        model = HistGradientBoostingClassifier(
            max_iter=60,
            max_leaf_nodes=8,
            min_samples_leaf=20,
            l2_regularization=1.0,
            random_state=seed,
            early_stopping=False,
        )
        scores = model.fit(table[train], is_analysis[train]).predict_proba(table[test])[:, 1]
        area, variance = clustered_auc(scores, is_analysis[test], groups[test])
        areas.append(area)
        variances.append(variance)
        weights.append(len(test))
    if not areas:
        return None
    share = np.array(weights) / sum(weights)
    auc, spread = float(share @ areas), float(np.sqrt((share**2) @ variances))
    return Told(
        auc, float(stats.norm.sf((auc - 0.5) / max(spread, 1e-12))), len(values), spread, len(np.unique(groups))
    )


def clustered_auc(scores: np.ndarray, is_positive: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """Area under the curve and its variance, where rows of a group are alike.

    >>> area, variance = clustered_auc(np.array([1, 2, 3, 4.0]), np.array([False, True, False, True]), np.arange(4))
    >>> area, round(variance, 4)
    (0.75, 0.0833)
    """
    ranks_all = stats.rankdata(scores)
    high, low = scores[is_positive], scores[~is_positive]
    m, n = len(high), len(low)
    # Of each row, the share of the other kind that it stands on the right side of.
    place = np.empty(len(scores))
    place[is_positive] = (ranks_all[is_positive] - stats.rankdata(high)) / n
    place[~is_positive] = 1 - (ranks_all[~is_positive] - stats.rankdata(low)) / m
    area = float(place[is_positive].mean())
    pull = np.where(is_positive, (place - area) / m, (place - area) / n)
    sums = pd.Series(pull).groupby(groups).sum().to_numpy()
    return area, float((sums**2).sum() * len(sums) / max(len(sums) - 1, 1))
