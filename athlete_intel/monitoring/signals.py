"""What the sources deliver, before it becomes features: posts, Wikipedia days, follower counts, first days of stories.

Features look back over many posts, so a change at the source reaches them only after weeks. Here every post counts in
its own window. Nothing is loaded: SQL writes the rows of each source into a table of the warehouse, and counts there.
"""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from athlete_intel.monitoring.cells import sql
from athlete_intel.monitoring.drift import NUMBER
from athlete_intel.monitoring.windows import Windows
from athlete_intel.warehouse import Database

EARLY_DAYS = 3
LEAST_ROWS_A_WINDOW = 30


@dataclass(frozen=True)
class Source:
    """One kind of rows: its SQL file and what is measured of each row, with the words for it."""

    name: str
    measures: dict[str, str]


SOURCES = (
    Source("posts", {"likes": "Likes of a post", "reposts": "Reposts of a post", "replies": "Replies to a post"}),
    Source("wikipedia", {"views": "Wikipedia views a day"}),
    Source("followers", {"growth": "Growth of followers a week"}),
    Source("stories", {"views": f"Views of a story in its first {EARLY_DAYS} days"}),
)


def signal_tables(database: Database, as_of: datetime, windows: Windows, window_days: int) -> pd.DataFrame:
    """Write a table for each source and say which signals there are.

    Args:
        database: holds the raw tables and what `features.tables.prepare` made of them.
        as_of: what became known later is not looked at.
        windows: of time.
        window_days: length of a window.

    Returns:
        feature, label, kind, table, column, platform: where each signal stands.
    """
    found = []
    origin = windows.starts[0].to_pydatetime()
    parameters = {"as_of": as_of, "origin": origin, "window_days": window_days, "early_days": EARLY_DAYS}
    for source in SOURCES:
        table = f"signal_{source.name}"
        database.create_temporary(table, sql(table), parameters)
        sizes = database.query(f"SELECT platform, count(*) AS rows FROM {table} GROUP BY platform ORDER BY platform")
        for platform in sizes.loc[sizes["rows"] >= 2 * LEAST_ROWS_A_WINDOW, "platform"].astype("str"):
            on = f" on {platform.capitalize()}" if source.name in ("posts", "followers") else ""
            found += [
                (f"{platform}_{measure}", f"{label}{on}", NUMBER, table, measure, platform)
                for measure, label in source.measures.items()
            ]
    table_of_signals = pd.DataFrame(found, columns=["feature", "label", "kind", "table", "column", "platform"])
    growth = table_of_signals["table"] == "signal_followers"
    names = table_of_signals["feature"].where(
        ~growth, table_of_signals["feature"].str.replace("_growth", "_followers_growth")
    )
    return table_of_signals.assign(feature="source:" + names)
