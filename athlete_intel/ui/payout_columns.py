"""How the columns of tables about pay are shown."""

from streamlit import column_config as show

from athlete_intel.ui.columns import DOLLARS, Columns

_DAY = "D MMM YYYY"


def statement() -> Columns:
    """Columns of a statement."""
    return {
        "row": show.NumberColumn("Row", format="%d", width="small"),
        "day": show.TextColumn("Day"),
        "athlete": show.TextColumn("Athlete"),
        "kind": show.TextColumn("What"),
        "story_id": show.TextColumn("Story"),
        "predicted": show.NumberColumn("Expected", format="%,.0f", help="Frozen when the advance was paid."),
        "actual": show.NumberColumn("Came", format="%,.0f"),
        "fee": show.NumberColumn("Earned so far", format="dollar", help="What the story has earned by this row."),
        "paid": show.NumberColumn("Paid", format="dollar", help="Below zero: the advance was more."),
        "signed": show.TextColumn("Signed"),
        "why": show.TextColumn("Reason"),
        "rate_card": show.TextColumn("Rates"),
        "model_version": show.TextColumn("Model"),
        "snapshot_id": show.TextColumn("Snapshot"),
    }


def commitments() -> Columns:
    """Columns of stories that were promised money."""
    return {
        "name": show.TextColumn("Athlete", pinned=True),
        "story_id": show.TextColumn("Story"),
        "state": show.TextColumn("State"),
        "advance_dollars": show.NumberColumn("Advance", format="dollar"),
        "fee_dollars": show.NumberColumn("Earned so far", format="dollar"),
        "paid_dollars": show.NumberColumn("Paid", format="dollar"),
        "predicted": show.NumberColumn("Expected", format="%,.0f"),
        "actual": show.NumberColumn("Came", format="%,.0f"),
        "advanced_at": show.DateColumn("Advance on", format=_DAY),
        "settled_at": show.DateColumn("Settled on", format=_DAY),
    }


def waiting() -> Columns:
    """Columns of payouts that wait for a person."""
    return {
        "name": show.TextColumn("Athlete", pinned=True),
        "waits_why": show.TextColumn("Waits because", width="large"),
        "expected_dollars": show.NumberColumn("Expected pay", format="dollar"),
        "advance_dollars": show.NumberColumn("Advance", format="dollar"),
    }


def carriers(label: str) -> Columns:
    """Columns of who carries the risk."""
    return {
        "name": show.TextColumn(label, pinned=True),
        "mean_dollars": show.NumberColumn("Paid on average", format=DOLLARS),
        "tail_dollars": show.NumberColumn(
            "Paid in the dearest 5%", format=DOLLARS, help="Paid on average in the dearest 5% of all months."
        ),
        "share": show.NumberColumn("Share of the difference", format="percent"),
    }


def alerts() -> Columns:
    """Columns of business figures."""
    return {
        "state": show.TextColumn("State"),
        "about": show.TextColumn("Figure", width=280),
        "value": show.NumberColumn("Value", format="percent"),
        "normal": show.NumberColumn("Normal", format="percent"),
        "alarm": show.NumberColumn("Alarm", format="percent"),
        "rests_on": show.TextColumn("Rests on", width="large"),
    }


def fairness() -> Columns:
    """Columns of pay at equal predicted outcome."""
    change = "Of pay against others at the same predicted outcome."
    return {
        "measure": show.TextColumn("Pay"),
        "grouping": show.TextColumn("By"),
        "value": show.TextColumn("Group"),
        "athletes": show.NumberColumn("Athletes", format="%d"),
        "difference": show.NumberColumn("Difference", format="percent", help=change),
        "low": show.NumberColumn("From", format="percent", help="95% range."),
        "high": show.NumberColumn("To", format="percent", help="95% range."),
        "p_corrected": show.NumberColumn("p", format="%.4f", help="Corrected for the number of groups."),
        "alert": show.CheckboxColumn("Alert"),
    }


def moves() -> Columns:
    """Columns of pay that moved between two snapshots."""
    return {
        "name": show.TextColumn("Athlete", pinned=True),
        "before_dollars": show.NumberColumn("Before", format="dollar"),
        "now_dollars": show.NumberColumn("Now", format="dollar"),
        "moved_dollars": show.NumberColumn("Moved", format="dollar"),
        "change": show.NumberColumn("Change", format="percent"),
        "because": show.TextColumn("Moved most by", width="medium"),
        "flag": show.TextColumn("Flagged because", width="medium"),
    }


def rate_card() -> Columns:
    """Columns of a rate card."""
    return {
        "section": show.TextColumn("Part"),
        "name": show.TextColumn("Name"),
        "value": show.TextColumn("Value", width="medium"),
        "unit": show.TextColumn("Meaning", width="large"),
    }
