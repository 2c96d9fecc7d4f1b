"""Quality of data and labels: is it fresh, is there as much as usual, is it whole, is it whose it is said to be."""

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from athlete_intel.monitoring.cells import sql
from athlete_intel.payouts.alerts import overdue
from athlete_intel.warehouse import Database

GOOD, BAD, UNKNOWN = "good", "bad", "not known"
STALE_DAYS, FEWER, NULLS, REPEATED, QUARANTINED, DISPUTED, LATE = 7.0, 0.5, 0.2, 0.01, 0.05, 0.05, 0.1
"""Thresholds: days without anything new, share of the usual volume, and shares of rows."""
_DATED = {"posts": "published_at", "stories": "published_at", "wikipedia_views": "day", "follower_counts": "day"}
COLUMNS = ["check", "subject", "figure", "threshold", "worse", "state", "about"]


def quality(
    database: Database, states: pd.DataFrame, outcomes: pd.DataFrame, as_of: datetime, window_days: int, final_days: int
) -> pd.DataFrame:
    """The published table `quality`, bad ones first.

    Args:
        database: holds the raw tables, `imports` and `quarantine`.
        states: handle_states: left_out of each handle.
        outcomes: the published table: published_at and outcome of each story.
        as_of: the day of the snapshot.
        window_days: length of the windows whose volume is compared.
        final_days: days after which an outcome is final.
    """
    found: list[tuple[str, str, float, float, str, str]] = []
    for dated, column in _DATED.items():
        newest = database.query(f"SELECT max({column}) AS newest FROM {dated}")["newest"].item()
        days = np.nan if pd.isna(newest) else (pd.Timestamp(as_of) - pd.Timestamp(newest)) / pd.Timedelta(days=1)
        found.append(("freshness", dated, float(days), STALE_DAYS, "above", "Days since the newest row."))
    volumes = database.query(sql("volume"), {"as_of": as_of, "window_days": window_days})
    for name, part in volumes.groupby("table_name"):
        counts = part.set_index("back")["counted"]
        usual = counts[counts.index > 0].median()
        share = float(counts.get(0, 0)) / usual if usual == usual and usual > 0 else np.nan
        found.append(("volume", str(name), share, FEWER, "below", "Rows of the newest window for each usual one."))
    for column in ("likes", "reposts", "replies"):
        empty = database.query(f"SELECT avg(CASE WHEN {column} IS NULL THEN 1.0 ELSE 0.0 END) AS share FROM posts")
        found.append(("nulls", f"posts.{column}", _number(empty["share"].item()), NULLS, "above", "Share without one."))
    posts = database.query(sql("repeated_posts")).iloc[0]
    share = _number(posts["repeated"]) / _number(posts["posts"]) if _number(posts["posts"]) > 0 else np.nan
    found.append(("duplicates", "posts", share, REPEATED, "above", "Share that repeats another one."))
    lines = database.query("SELECT sum(lines) AS lines, sum(bad_lines) AS bad FROM imports").iloc[0]
    share = _number(lines["bad"]) / _number(lines["lines"]) if _number(lines["lines"]) > 0 else np.nan
    found.append(("quarantine", "imports", share, QUARANTINED, "above", "Share of lines set aside."))
    share = float(states["left_out"].astype(bool).mean()) if len(states) else np.nan
    found.append(("disputes", "handles", share, DISPUTED, "above", "Share of handles that are contested."))
    late, about = overdue(outcomes, pd.Timestamp(as_of), final_days)
    told = f"Share without an outcome; {about}." if np.isnan(late) else f"Share of {about} without an outcome."
    found.append(("late outcomes", "stories", late, LATE, "above", told))
    checks = pd.DataFrame(found, columns=["check", "subject", "figure", "threshold", "worse", "about"])
    beyond = np.where(
        checks["worse"] == "above", checks["figure"] > checks["threshold"], checks["figure"] < checks["threshold"]
    )
    checks["state"] = np.where(checks["figure"].isna(), UNKNOWN, np.where(beyond, BAD, GOOD))
    order = checks["state"].map({BAD: 0, GOOD: 1, UNKNOWN: 2})
    return checks.assign(order=order).sort_values(["order", "check", "subject"], ignore_index=True)[COLUMNS]


def _number(value: Any) -> float:
    return float(value) if pd.notna(value) else np.nan
