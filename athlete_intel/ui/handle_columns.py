"""How the columns of the tables about handles are shown."""

from typing import Any

import pandas as pd
from streamlit import column_config as show

from athlete_intel.ui import formats as f
from athlete_intel.ui.columns import WHOLE, Columns

WHY, REASON = 178, 220
"""Widths in pixels of why a handle waits, and of the reason of a decision."""


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """A table about handles with its platforms as sentences write them.

    >>> shown(pd.DataFrame({"platform": ["twitter", "facebook"]}))["platform"].tolist()
    ['Twitter', 'Facebook']
    """
    return table.assign(platform=table["platform"].map(f.platform))


def queue() -> Columns:
    """Columns of the review queue."""
    return {
        "name": show.TextColumn("Athlete", pinned=True, width=95),
        "because": show.TextColumn("Why", width=WHY),
        "shown_state": show.TextColumn(
            "State", width=85, help="What waits was decided since this snapshot, and counts from the next cycle on."
        ),
        "stake_dollars": show.NumberColumn(
            "At stake", format="dollar", width=85, help="What the athlete may be paid next."
        ),
        "platform": show.TextColumn("Platform"),
        "handle_in_use": show.TextColumn("Handle in use"),
        "answer": show.TextColumn("Workers name"),
    }


def ballots() -> Columns:
    """Columns of the votes on one handle."""
    return {
        "written": show.TextColumn("Answer", width="medium"),
        "worker_id": show.TextColumn("Worker"),
        "accuracy": _share("Worker's accuracy", "Learnt from all votes of this worker."),
        "gold": show.TextColumn("On gold", help="Right answers to questions whose answer is known."),
        "voted_at": show.DatetimeColumn("Voted at (UTC)", format="D MMM YYYY, HH:mm"),
    }


def workers() -> Columns:
    """Columns of the workers."""
    return {
        "worker_id": show.TextColumn("Worker", pinned=True),
        "accuracy": _share("Accuracy", "Learnt from all votes, together with the answers."),
        "votes": show.NumberColumn("Votes", format=WHOLE),
        "gold": show.TextColumn("On gold", help="Right answers to questions whose answer is known."),
    }


def flags() -> Columns:
    """Columns of the audit."""
    return {
        "name": show.TextColumn("Athlete", pinned=True, width="medium"),
        "platform": show.TextColumn("Platform"),
        "value": show.NumberColumn("Draws", format="%,.1f"),
        "expected": show.NumberColumn("Expected", format="%,.0f", help="From everything else known."),
        "z": show.NumberColumn("How far off", format="%.1f", help="In times of what is usual; below 0 for too little."),
        "action": show.TextColumn("Suggested", width="large"),
    }


def decisions() -> Columns:
    """Columns of the journal."""
    return {
        "name": show.TextColumn("Athlete", width=110),
        "action": show.TextColumn("Decision", width=80),
        "why": show.TextColumn("Reason", width=REASON),
        "who": show.TextColumn("Who", width=100),
        "role": show.TextColumn("As"),
        "platform": show.TextColumn("Platform"),
        "handle": show.TextColumn("Handle"),
        "since": show.DateColumn("Since", format="D MMM YYYY"),
        "at": show.DatetimeColumn("When (UTC)", format="D MMM YYYY, HH:mm"),
        "id": show.NumberColumn("No.", format="%d", width="small"),
        "revokes": show.NumberColumn("Takes back", format="%d"),
        "counts": show.TextColumn("Counts"),
    }


def payout_changes() -> Columns:
    """Columns of payouts before and now."""
    return {
        "name": show.TextColumn("Athlete", pinned=True, width="medium"),
        "expected_before_dollars": show.NumberColumn("Before", format="dollar"),
        "expected_dollars": show.NumberColumn("Now", format="dollar"),
        "change_dollars": show.NumberColumn("Change", format="dollar"),
        "reviewed": show.TextColumn("Because", help="Whether somebody decided about a handle of this athlete."),
    }


def with_and_without() -> Columns:
    """Columns of pay with contested handles and without."""
    return {
        "name": show.TextColumn("Athlete", pinned=True, width="medium"),
        "with_dollars": show.NumberColumn("With them", format="dollar"),
        "without_dollars": show.NumberColumn("Without", format="dollar"),
        "change_dollars": show.NumberColumn("Difference", format="dollar"),
        "whose": show.TextColumn("Handle"),
    }


def states() -> Columns:
    """Columns of one athlete's handles."""
    return {
        "platform": show.TextColumn("Platform"),
        "handle_in_use": show.TextColumn("Data come from"),
        "state": show.TextColumn("State"),
        "why": show.TextColumn("Why", width="large"),
    }


def _share(label: str, help: str) -> Any:
    return show.ProgressColumn(label, format="percent", min_value=0, max_value=1, help=help)
