"""Business figures with a normal level and an alarm level, as in "5% is normal, 10% is an alarm"."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from athlete_intel.payouts import ledger
from athlete_intel.payouts.cards import Level
from athlete_intel.payouts.replay import share_below
from athlete_intel.payouts.risk import Simulated, loss_probability

NORMAL, WATCH, ALARM, UNKNOWN = "normal", "watch", "alarm", "not known"
RECENT_DAYS = 182
GRACE_DAYS = 2
"""So long after its window an outcome may take to arrive before it is overdue."""
LEAST_SETTLEMENTS = 20
COLUMNS = ["figure", "about", "value", "normal", "alarm", "state", "rests_on"]


def state_of(value: float, level: Level) -> str:
    """Where a figure stands between its levels.

    >>> from decimal import Decimal
    >>> share = Level("Overdue", Decimal("0.05"), Decimal("0.10"))
    >>> [state_of(value, share) for value in (0.05, 0.07, 0.10, float("nan"))]
    ['normal', 'watch', 'alarm', 'not known']
    >>> margin = Level("Margin", Decimal("0.05"), Decimal("0"))
    >>> [state_of(value, margin) for value in (0.06, 0.03, -0.01)]
    ['normal', 'watch', 'alarm']
    """
    if np.isnan(value):
        return UNKNOWN
    normal, alarm = float(level.normal), float(level.alarm)
    sign = 1 if alarm > normal else -1
    if sign * value >= sign * alarm:
        return ALARM
    return NORMAL if sign * value <= sign * normal else WATCH


def business_alerts(figures: Mapping[str, tuple[float, str]], levels: Mapping[str, Level]) -> pd.DataFrame:
    """Every figure that has a level, alarms first.

    Args:
        figures: value and what it rests on, by name.
        levels: of the rate card, by name.

    Returns:
        The columns `COLUMNS`.
    """
    rows = [
        (name, level.about, value, float(level.normal), float(level.alarm), state_of(value, level), rests_on)
        for name, level in levels.items()
        for value, rests_on in (figures.get(name, (float("nan"), "nothing yet")),)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = table["state"].map({ALARM: 0, WATCH: 1, UNKNOWN: 2, NORMAL: 3})
    return table.assign(order=order).sort_values(["order", "figure"], ignore_index=True)[COLUMNS]


def business_figures(
    rows: pd.DataFrame,
    replayed: pd.DataFrame,
    outcomes: pd.DataFrame,
    outlook: pd.DataFrame,
    payouts: pd.DataFrame,
    month: Simulated | None,
    as_of: pd.Timestamp,
    window_days: int,
) -> dict[str, tuple[float, str]]:
    """The figures that have levels: value, and what it rests on.

    Args:
        rows: the ledger.
        replayed: of `replay.replayed_advances`: stands in while little is settled.
        outcomes: the published table.
        outlook: the published table.
        payouts: the published table.
        month: the simulated next month; None where there are no stories.
        as_of: the day of the snapshot.
        window_days: days after which an outcome is final.
    """
    figures = {
        "below_advance": settled_below_advance(rows, replayed),
        "overdue_labels": overdue(outcomes, as_of, window_days),
    }
    waits = set(outlook.dropna(subset=["waits_why"])["athlete_id"])
    whole = float(payouts["expected_cents"].sum())
    if whole > 0:
        waiting = float(payouts.loc[payouts["athlete_id"].isin(waits), "expected_cents"].sum())
        figures["waiting"] = (waiting / whole, f"{len(waits):,} of {len(payouts):,} athletes")
    if month is not None and month.revenue.any():
        figures["loss_probability"] = (loss_probability(month), "the simulated next month")
        reached = float(np.quantile(month.margin, 0.2) / month.revenue.mean())
        figures["margin"] = (reached, "the simulated next month, share of revenue")
    return figures


def settled_below_advance(rows: pd.DataFrame, replayed: pd.DataFrame) -> tuple[float, str]:
    """Share of settlements below their advance: of the ledger, or of past stories as they would have been paid."""
    settled = rows[rows["kind"] == ledger.SETTLEMENT]
    if len(settled) >= LEAST_SETTLEMENTS:
        recent = settled[settled["at"] >= settled["at"].max() - pd.Timedelta(days=RECENT_DAYS)]
        return float((recent["paid_cents"] < 0).mean()), f"{len(recent):,} settlements of the ledger"
    if replayed.empty:
        return share_below(replayed), "no past story"
    return share_below(replayed), f"{len(replayed):,} past stories, as they would have been paid"


def overdue(outcomes: pd.DataFrame, as_of: pd.Timestamp, window_days: int) -> tuple[float, str]:
    """Share of recent stories whose window is over without an outcome."""
    ends = outcomes["published_at"] + pd.Timedelta(days=window_days + GRACE_DAYS)
    due = outcomes[(ends < as_of) & (outcomes["published_at"] >= as_of - pd.Timedelta(days=RECENT_DAYS))]
    if due.empty:
        return float("nan"), "no story is due"
    return float(due["outcome"].isna().mean()), f"{len(due):,} stories that are due"
