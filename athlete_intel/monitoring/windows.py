"""Which rows are compared with which: the newest window of time, and those before it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

LEAST_ROWS = 30
"""Fewer rows in either window say nothing about how values are distributed."""


REFERENCE_WINDOWS = 6
"""A window is compared with so many windows before it: far enough back to know what is usual, and not into the time
in which little was known of anybody."""
SHOWN_WINDOWS = 6
"""Windows of which the drift is shown over time."""


@dataclass(frozen=True)
class Windows:
    """Windows of equal length, oldest first: window k reaches from starts[k] up to, not including, starts[k + 1]."""

    starts: tuple[pd.Timestamp, ...]

    @property
    def newest(self) -> int:
        """Number of the newest window."""
        return len(self.starts) - 2

    def number(self, times: pd.Series) -> np.ndarray:
        """The number of the window of each time; -1 outside of all."""
        edges = np.array([edge.to_datetime64() for edge in self.starts], dtype="datetime64[us]")
        found = np.searchsorted(edges, times.to_numpy(dtype="datetime64[us]"), side="right") - 1
        return np.where(found > self.newest, -1, found)

    def spans(self, number: int) -> dict[str, pd.Timestamp]:
        """Where the reference and the analysis of a window begin and end."""
        first = first_of_reference(number)
        return {
            "reference_from": self.starts[first],
            "reference_to": self.starts[number],
            "analysis_from": self.starts[number],
            "analysis_to": self.starts[number + 1],
        }


def first_of_reference(number: int) -> int:
    """The oldest window with which a window is compared.

    >>> first_of_reference(3), first_of_reference(11)
    (0, 5)
    """
    return max(0, number - REFERENCE_WINDOWS)


def newest_windows(
    times: pd.Series, window_days: int, most: int = REFERENCE_WINDOWS + SHOWN_WINDOWS, end: pd.Timestamp | None = None
) -> Windows:
    """The newest windows up to `end` (by default the day of the newest time); the oldest begins after the oldest time.

    Args:
        times: of the rows; at least one.
        window_days: length of each window, in days.
        most: at most so many windows.
        end: windows end here, this moment not included.

    >>> times = pd.Series(pd.to_datetime(["2026-01-01", "2026-01-20", "2026-01-31"]))
    >>> [f"{start:%m-%d}" for start in newest_windows(times, 14).starts]
    ['01-04', '01-18', '02-01']
    """
    last = times.max().floor("D") + pd.Timedelta(days=1) if end is None else end
    length = pd.Timedelta(days=window_days)
    number = max(1, min(most, int((last - times.min().floor("D")) / length)))
    return Windows(tuple(last - step * length for step in range(number, -1, -1)))
