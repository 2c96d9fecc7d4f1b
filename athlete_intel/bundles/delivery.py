"""Promise and delivery side by side while a campaign runs: how much came, by day and channel, and whether that is well.

A promise is about a whole campaign and says nothing of its days, so a part of the time is set against the same part of
the promise's range, as if outcomes came evenly. What is judged is the time until the last day with an outcome: of later
days nothing is known yet.
"""

from datetime import date

import numpy as np
import pandas as pd

from athlete_intel.bundles.campaigns import Campaign

TO_COME, EARLY, AHEAD, ON_TRACK, BEHIND, KEPT, SHORT = (
    *("to come", "too early to say", "ahead", "on track", "behind", "kept", "short"),
)
LEAST_TIME = 0.2
"""Share of the days that must be known before a campaign is judged."""
DAYS_TO_REPORT = 7
"""Days after the last one in which outcomes may still come in before a campaign counts as short."""


def delivery(campaign: Campaign, outcomes: pd.DataFrame, today: date) -> tuple[dict[str, float], pd.DataFrame]:
    """Promise and delivery side by side.

    Args:
        campaign: the campaign.
        outcomes: from `outcomes_of`.
        today: the day it is looked at.

    Returns:
        delivered, of_promised (share of what was promised), of_expected, time_gone and time_known (shares of the days
        that are over, and until the last one with an outcome), pace (what comes by the end if it goes on like this;
        missing where nothing is known), days_over (days since the last one; negative while it runs); and for each
        athlete expected, delivered, of_expected.
    """
    days = (campaign.ends - campaign.starts).days + 1
    gone = min(max((today - campaign.starts).days + 1, 0), days) / days
    delivered = float(outcomes["outcome"].sum())
    known = min((outcomes["day"].max().date() - campaign.starts).days + 1, days) / days if len(outcomes) else 0.0
    by_athlete = outcomes.groupby("athlete_id")["outcome"].sum()
    table = campaign.athletes[["athlete_id", "name", "expected"]].copy()
    table["delivered"] = table["athlete_id"].map(by_athlete).astype("float64").fillna(0.0)
    table["of_expected"] = (table["delivered"] / table["expected"]).where(table["expected"] > 0)
    promised, expected = campaign.promise["promised"], campaign.promise["expected"]
    whole = {
        "delivered": delivered,
        "of_promised": delivered / promised if promised > 0 else np.nan,
        "of_expected": delivered / expected if expected > 0 else np.nan,
        "time_gone": gone,
        "time_known": known,
        "pace": delivered / known if known > 0 else np.nan,
        "days_over": float((today - campaign.ends).days),
    }
    order = ["delivered", "expected", "athlete_id"]
    return whole, table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def verdict(promise: dict[str, float], whole: dict[str, float]) -> str:
    """How a campaign does: to come, too early to say, ahead, on track, behind; kept or short where that is settled.

    Args:
        promise: promised, low, high.
        whole: the first result of `delivery`.

    >>> promise = {"promised": 100.0, "low": 80.0, "high": 200.0}
    >>> half = {"time_gone": 0.5, "time_known": 0.5, "days_over": -5.0}
    >>> [verdict(promise, {**half, "delivered": came}) for came in (39.0, 41.0, 99.0, 100.0)]
    ['behind', 'on track', 'on track', 'kept']
    """
    came, known = whole["delivered"], whole["time_known"]
    if not whole["time_gone"] > 0:
        return TO_COME
    if came >= promise["promised"] > 0:
        return KEPT
    if whole["days_over"] >= 0 and (known >= 1 or whole["days_over"] > DAYS_TO_REPORT) and came > 0:
        return SHORT
    if known < LEAST_TIME:
        return EARLY
    if came > promise["high"] * known:
        return AHEAD
    return BEHIND if came < promise["low"] * known else ON_TRACK


def course(campaign: Campaign, outcomes: pd.DataFrame) -> pd.DataFrame:
    """What came up to each day beside the same part of the promise and of its range.

    Args:
        campaign: the campaign.
        outcomes: from `outcomes_of`.

    Returns:
        day, delivered (all that came up to it; missing after the last day with an outcome), promised, low, high.
    """
    days = pd.date_range(campaign.starts, campaign.ends, freq="D", unit="us")
    part = np.arange(1, len(days) + 1) / len(days)
    table = pd.DataFrame({"day": days, "delivered": _up_to(outcomes, days)})
    return table.assign(**{name: part * campaign.promise[name] for name in ("promised", "low", "high")})


def by_channel(outcomes: pd.DataFrame) -> pd.DataFrame:
    """What came by channel, most first: channel, delivered, share, athletes (who brought something), last_day.

    Args:
        outcomes: from `outcomes_of`.
    """
    some = outcomes[outcomes["outcome"] > 0]
    table = outcomes.groupby("channel").agg(delivered=("outcome", "sum"), last_day=("day", "max"))
    table["share"] = table["delivered"] / table["delivered"].sum() if len(some) else np.nan
    table["athletes"] = some.groupby("channel")["athlete_id"].nunique().reindex(table.index).fillna(0).astype("int64")
    table = table.reset_index().sort_values(["delivered", "channel"], ascending=[False, True], ignore_index=True)
    return table[["channel", "delivered", "share", "athletes", "last_day"]]


def course_by_channel(campaign: Campaign, outcomes: pd.DataFrame) -> pd.DataFrame:
    """What came up to each day by channel: channel, day, delivered; nothing after the last day with any outcome."""
    days = pd.date_range(campaign.starts, campaign.ends, freq="D", unit="us")
    known = days[days <= outcomes["day"].max()] if len(outcomes) else days[:0]
    parts = [
        pd.DataFrame({"channel": channel, "day": known, "delivered": _up_to(part, known, known.max())})
        for channel, part in outcomes.groupby("channel")
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["channel", "day", "delivered"])


def _up_to(outcomes: pd.DataFrame, days: pd.DatetimeIndex, last: pd.Timestamp | None = None) -> np.ndarray:
    """All that came up to each day; missing after `last`, by default the last day with an outcome."""
    if outcomes.empty:
        return np.full(len(days), np.nan)
    total = outcomes.groupby("day")["outcome"].sum().reindex(days, fill_value=0.0).cumsum()
    return np.asarray(total.where(days <= (outcomes["day"].max() if last is None else last)), dtype="float64")
