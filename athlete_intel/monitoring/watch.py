"""Whether the newest errors are worse than those before, or ranges hold too little, by more than chance and trifles."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from athlete_intel.influence.evaluation import clustered_error
from athlete_intel.monitoring.rules import CHANCE

LEAST_ERRORS = 30
WORSE_BY = 0.15
"""A mean error that is larger by less than this share is no alarm, however sure it is."""
COVERAGE_SHORT = 0.1
"""Ranges that hold less than they should by no more than this are no alarm, however sure it is."""


@dataclass(frozen=True)
class Worse:
    """The mean error of then and now, the chance of such a difference, and from which error on it is an alarm."""

    before: float
    now: float
    p: float
    limit: float


@dataclass(frozen=True)
class Short:
    """The share of outcomes inside their range, and under which share it is an alarm."""

    inside: float
    limit: float


def error_alarm(
    before: np.ndarray,
    now: np.ndarray,
    athletes: tuple[np.ndarray, np.ndarray] | None = None,
    chance: float = CHANCE,
    worse_by: float = WORSE_BY,
) -> Worse | None:
    """The alarm, or None where there is no reason for one.

    Means are compared by Welch's test, of athletes' means where rows of an athlete go together.

    Args:
        before: absolute errors of earlier windows.
        now: those of the newest.
        athletes: of each row of both; None if rows are independent.
        chance: share of windows in which chance alone may raise an alarm.
        worse_by: least share by which errors must have grown.

    >>> worse = error_alarm(np.tile([0.1, 0.2], 50), np.tile([0.3, 0.4], 50))
    >>> round(worse.now, 2), round(worse.limit, 4)
    (0.35, 0.1725)
    >>> error_alarm(np.tile([0.1, 0.2], 50), np.tile([0.1, 0.2], 50)) is None
    True
    """
    if athletes is not None:
        before, now = (
            pd.Series(errors).groupby(names).mean().to_numpy()
            for errors, names in zip((before, now), athletes, strict=True)
        )
    if min(len(before), len(now)) < LEAST_ERRORS or np.ptp(np.concatenate([before, now])) == 0:
        return None
    found = stats.ttest_ind(now, before, equal_var=False, alternative="greater")
    noise = np.sqrt(before.var(ddof=1) / len(before) + now.var(ddof=1) / len(now))
    limit = max((1 + worse_by) * before.mean(), before.mean() + stats.t.isf(chance, found.df) * noise)
    if now.mean() < limit:
        return None
    return Worse(float(before.mean()), float(now.mean()), float(found.pvalue), float(limit))


def coverage_alarm(
    inside: pd.Series,
    athletes: pd.Series,
    interval: float,
    chance: float = CHANCE,
    short_by: float = COVERAGE_SHORT,
) -> Short | None:
    """The alarm, or None where there is no reason for one.

    An exact binomial test. Where outcomes of an athlete go together, they are worth fewer, by the design effect and by
    how well so many athletes tell it. Source: Korn and Graubard, Survey Methodology 24, 1998.

    Args:
        inside: whether each outcome fell into its range.
        athletes: of each outcome.
        interval: share of outcomes that a range should hold.
        chance: share of windows in which chance alone may raise an alarm.
        short_by: least difference that matters.

    >>> inside, athletes = pd.Series([True] * 24 + [False] * 16), pd.Series(range(40))
    >>> coverage_alarm(inside, athletes, 0.8)
    Short(inside=0.6, limit=0.65)
    >>> coverage_alarm(inside.iloc[:-2], athletes.iloc[:-2], 0.8) is None
    True
    """
    rows = len(inside)
    if rows < LEAST_ERRORS:
        return None
    share, names = float(inside.mean()), athletes.nunique()
    noise = float(clustered_error(inside.astype("float64").to_frame("inside"), athletes)["inside"])
    design = max(1.0, noise**2 * (rows - 1) / (share * (1 - share))) if 0 < share < 1 else rows / names
    told = (stats.t.isf(chance, rows - 1) / stats.t.isf(chance, max(names - 1, 1))) ** 2
    worth = max(1, int(rows / design * told + 1e-9))
    limit = min(interval - short_by, float(stats.binom.ppf(chance, worth, interval)) / worth)
    return Short(share, limit) if share < limit else None
