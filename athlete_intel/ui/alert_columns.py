"""How the columns of alerts are shown."""

import pandas as pd
from streamlit import column_config as show

from athlete_intel.ui.columns import Columns, row_height

_DAY = "D MMM YYYY"
_MESSAGE, _BY = 190, 110
"""Widths in pixels with which both can be read on a phone."""


def alert_height(rows: pd.DataFrame) -> int:
    """Height of the rows of a table of alerts; see `row_height`."""
    return max(row_height(rows["message"], _MESSAGE), row_height(rows["by"], _BY))


def alert_columns() -> Columns:
    """Columns of alerts; rule and subject are what `alerts acknowledge` takes."""
    return {
        "severity": show.TextColumn("Severity", width=70),
        "message": show.TextColumn("What happened", width=_MESSAGE),
        "by": show.TextColumn("Acknowledged", width=_BY),
        "found": show.TextColumn("Figure", help="In the unit of the rule: 2.00x is an error by a factor of two."),
        "limit": show.TextColumn("Threshold", help="Limit of the rule, in the same unit."),
        "money": show.NumberColumn("Moves in pay", format="dollar", help="Mean change of the expected pay of a story."),
        "window": show.TextColumn("Window"),
        "first_seen": show.DateColumn("First seen", format=_DAY),
        "last_seen": show.DateColumn("Last seen", format=_DAY),
        "rule": show.TextColumn("Rule"),
        "subject": show.TextColumn("Subject"),
    }
