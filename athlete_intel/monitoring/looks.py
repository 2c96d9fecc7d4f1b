"""How often a champion may be challenged, so that many comparisons do not make a lucky challenger.

A cycle may run every night while an alert lasts. Were each comparison to err in 2.5%, some night would bring a
challenger that is no better. So there is at most one look a week of the data, or one for each wish of a person, and
the k-th look at the same champion may err in 2.5% / (k (k + 1)), which sums to 2.5% over all looks at it, however many
there are and however they depend on each other. The first look needs 2.2 standard errors, the fifth 3.2, the twentieth
3.9; after a real change new outcomes bring these within weeks.
Source: Bonferroni's inequality over a sequence of tests, as in alpha spending, Lan and DeMets, Biometrika 1983.
"""

from dataclasses import dataclass

import pandas as pd
from scipy import stats

CHANCE = 0.025
"""With so small a chance a champion is ever replaced by a challenger that is no better, all looks together."""
DAYS_BETWEEN = 7


@dataclass(frozen=True)
class Looks:
    """How many comparisons could have replaced a champion, and the time of the newest outcome in the last of them."""

    champion: str | None = None
    number: int = 0
    until: pd.Timestamp | None = None

    def at(self, champion: str) -> "Looks":
        """Those at this champion: none yet if it is another one."""
        return self if self.champion == champion else Looks(champion)

    def next(self, until: pd.Timestamp, by_hand: bool) -> "Looks | None":
        """The looks with the one at outcomes until then, or None if it is too early for another one.

        To look at the same outcomes again is the same look: what is built twice comes out alike.

        >>> looks = Looks("ridge-1", 2, pd.Timestamp("2026-05-01"))
        >>> looks.next(pd.Timestamp("2026-05-05"), by_hand=False) is None
        True
        >>> [looks.next(pd.Timestamp(day), by_hand=False).number for day in ("2026-05-01", "2026-05-08")]
        [2, 3]
        >>> looks.next(pd.Timestamp("2026-05-05"), by_hand=True).number
        3
        """
        if self.until is not None:
            if until == self.until:
                return self
            if not by_hand and until - self.until < pd.Timedelta(days=DAYS_BETWEEN):
                return None
        return Looks(self.champion, self.number + 1, until)


NO_LOOKS = Looks()


def noises(look: int, athletes: int) -> float:
    """Standard errors by which a challenger must be better at the k-th look: one-sided, by Student's t of athletes.

    >>> [round(noises(look, 1_000), 1) for look in (1, 5, 20)]
    [2.2, 3.2, 3.9]
    >>> round(noises(1, 10), 1)
    2.7
    """
    return float(stats.t.isf(CHANCE / (look * (look + 1)), max(athletes - 1, 1)))
