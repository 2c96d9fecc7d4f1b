"""How often a champion may be challenged, and by how much a challenger must be better.

A cycle may run every night while an alert lasts, and every night would be another chance for luck. So there is at most
one look a week of the data, or one for each wish of a person, and at each look a challenger must be better with a
one-sided confidence of 97.5%. Looks share most of their outcomes, so they rarely differ. To ask for more at each look,
so that 2.5% hold over all of them together, was tried: a champion that was 3.5% worse than each of its challengers then
stayed for a year (`benchmarks.long_run`), and a stale model costs more than another one that is as good.
"""

from dataclasses import dataclass

import pandas as pd
from scipy import stats

CHANCE = 0.025
"""With so small a chance a look replaces a champion by a challenger that is no better."""
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


def noises(athletes: int) -> float:
    """Standard errors by which a challenger must be better: one-sided, by Student's t of the number of athletes.

    >>> round(noises(1_000), 2), round(noises(10), 2)
    (1.96, 2.26)
    """
    return float(stats.t.isf(CHANCE, max(athletes - 1, 1)))
