"""Words and columns of the pages about health."""

import math
from datetime import datetime
from typing import Any

import pandas as pd
from streamlit import column_config as show

from athlete_intel.monitoring.quality import by_the_clock
from athlete_intel.ui import formats as f
from athlete_intel.ui.columns import WHOLE, Columns

ESTIMATES_KNOW = (
    "The estimate follows the inputs: more newcomers or more unknowns make it larger. It cannot see a change of the "
    "relation itself between inputs and outcomes; then errors come out larger, and only outcomes show it."
)
_DAY = "D MMM YYYY"


def estimates(table: pd.DataFrame) -> pd.DataFrame:
    """Estimated errors as factors, with the verdict in words."""
    verdict = table["fails"].astype(bool).map({True: "failed: the relation changed", False: "held"})
    return table.assign(
        estimated=table["estimated_mae_log"].map(math.exp),
        came=table["mae_log"].astype("float64").map(lambda value: math.exp(value) if value == value else None),
        verdict=verdict.where(table["mae_log"].notna(), "not known yet"),
    )


def estimate_columns() -> Columns:
    """Columns of estimated errors."""
    return {
        "window_from": show.DateColumn("From", format=_DAY),
        "window_to": show.DateColumn("To", format=_DAY),
        "rows": show.NumberColumn("Stories", format=WHOLE),
        "estimated": show.NumberColumn("Estimated", format="%.2fx"),
        "came": show.NumberColumn("Came", format="%.2fx"),
        "verdict": show.TextColumn("Estimate"),
    }


def quality_sentence(checks: pd.DataFrame) -> str:
    """How many checks are bad."""
    bad = checks[checks["state"] == "bad"]
    if bad.empty:
        return f"All {f.some(len(checks), 'check')} of data and labels are good or have nothing to look at."
    named = ", ".join(f"{row['check']} of {row['subject']}" for row in bad.to_dict("records"))
    return f"{f.some(len(bad), 'check')} of {len(checks)} bad: {named}."


def clock_sentence(checks: pd.DataFrame, as_of: Any, now: datetime) -> str:
    """Which sources are silent by the clock; the checks themselves end where the data end.

    >>> checks = pd.DataFrame({"check": ["freshness"], "subject": ["stories"], "threshold": [3.0],
    ...     "newest": [pd.Timestamp("2026-05-01")]})
    >>> clock_sentence(checks, "2026-05-02", datetime(2026, 5, 3))
    'By the clock, too, nothing is silent for longer than usual.'
    >>> print(clock_sentence(checks, "2026-05-02", datetime(2026, 5, 10)))
    By the clock (10 May 2026) 1 source is silent for longer than usual: stories (9 days, where 3 are usual at most).
    The data are as of 2 May 2026, and where no file comes, nothing is checked.
    """
    silent = by_the_clock(checks, now) if "newest" in checks else checks.head(0)
    if silent.empty:
        return "By the clock, too, nothing is silent for longer than usual."
    first = [
        f"{row['subject']} ({f.some(int(row['days']), 'day')}, where {row['usual']:.0f} are usual at most)"
        for row in silent.head(3).to_dict("records")
    ]
    more = f" and {len(silent) - 3} more" if len(silent) > 3 else ""
    verb = "is" if len(silent) == 1 else "are"
    return (
        f"By the clock ({f.day(now)}) {f.some(len(silent), 'source')} {verb} silent for longer than usual: "
        f"{', '.join(first)}{more}. The data are as of {f.day(as_of)}, and where no file comes, nothing is checked."
    )


def quality_columns() -> Columns:
    """Columns of the quality of data and labels."""
    return {
        "state": show.TextColumn("State"),
        "check": show.TextColumn("Check"),
        "subject": show.TextColumn("Of"),
        "figure": show.NumberColumn("Found", format="%.3g"),
        "threshold": show.NumberColumn("Threshold", format="%.3g"),
        "worse": show.TextColumn("Bad if"),
        "about": show.TextColumn("What it means", width="large"),
    }
