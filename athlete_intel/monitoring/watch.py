"""Whether the newest errors are worse than those before by more than chance, and by enough to matter."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

LEAST_ERRORS = 30
WORSE_BY = 0.15
"""A mean error that is larger by less than this share is no alarm, however sure it is."""
CHANCE = 0.01


@dataclass(frozen=True)
class Worse:
    """The mean error of then and now, and the chance of such a difference."""

    before: float
    now: float
    p: float


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

    >>> error_alarm(np.tile([0.1, 0.2], 50), np.tile([0.3, 0.4], 50)) is None
    False
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
    if found.pvalue >= chance or now.mean() < (1 + worse_by) * before.mean():
        return None
    return Worse(float(before.mean()), float(now.mean()), float(found.pvalue))
