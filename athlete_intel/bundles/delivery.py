"""Promise and delivery side by side while a campaign runs: how much came, by day and channel, and whether that is well.

Where outcomes are of stories, they add up, and a promise is about a whole campaign and says nothing of its days: a part
of the time is set against the same part of what is expected, as if outcomes came evenly. Where there is one value for
each athlete, such as page views a day or a valuation, that value is a level, and days do not add up: set against the
promise is the mean of the days of each athlete, summed over athletes. What is judged is the time until the last day
with an outcome: of later days nothing is known yet.
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


def comparable(outcomes: pd.DataFrame, level: bool) -> pd.DataFrame:
    """Outcomes whose sum is set against a promise: as they are, or of a level the part of each in the mean of days.

    Args:
        outcomes: from `outcomes_of`.
        level: whether the value is the level of a day, rather than what adds up over days.

    >>> days = pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-02"])
    >>> outcomes = pd.DataFrame({"athlete_id": ["a", "a", "b"], "day": days, "outcome": [100.0, 300.0, 50.0]})
    >>> comparable(outcomes, True)["outcome"].tolist()
    [50.0, 150.0, 50.0]
    """
    if not level:
        return outcomes
    return outcomes.assign(outcome=outcomes["outcome"] / outcomes.groupby("athlete_id")["day"].transform("nunique"))


def delivery(
    campaign: Campaign, outcomes: pd.DataFrame, today: date, level: bool = False
) -> tuple[dict[str, float], pd.DataFrame]:
    """Promise and delivery side by side.

    Args:
        campaign: the campaign.
        outcomes: from `outcomes_of`.
        today: the day it is looked at.
        level: see `comparable`.

    Returns:
        delivered, of_promised (share of what was promised), of_expected, time_gone and time_known (shares of the days
        that are over, and until the last one with an outcome), pace (what comes by the end if it goes on like this;
        missing where nothing is known), days_over (days since the last one; negative while it runs), level, silent
        (athletes of whom no figure was imported); and for each athlete expected, delivered, of_expected.
    """
    outcomes = comparable(outcomes, level)
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
        "pace": delivered / (1.0 if level else known) if known > 0 else np.nan,
        "days_over": float((today - campaign.ends).days),
        "level": level,
        "silent": float((~table["athlete_id"].isin(outcomes["athlete_id"])).sum()),
    }
    order = ["delivered", "expected", "athlete_id"]
    return whole, table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def verdict(promise: dict[str, float], whole: dict[str, float]) -> str:
    """How a campaign does: to come, too early to say, ahead, on track, behind; kept or short where that is settled.

    Of a level nothing is settled before the end, as it may fall again.

    Args:
        promise: promised, low, high.
        whole: the first result of `delivery`.

    >>> promise = {"promised": 100.0, "low": 80.0, "high": 200.0}
    >>> half = {"time_gone": 0.5, "time_known": 0.5, "days_over": -5.0}
    >>> [verdict(promise, {**half, "delivered": came}) for came in (39.0, 41.0, 99.0, 100.0)]
    ['behind', 'on track', 'on track', 'kept']
    >>> [verdict(promise, {**half, "level": True, "delivered": came}) for came in (79.0, 81.0, 201.0)]
    ['behind', 'on track', 'ahead']
    """
    came, known, level = whole["delivered"], whole["time_known"], bool(whole.get("level"))
    if not whole["time_gone"] > 0:
        return TO_COME
    over = whole["days_over"] >= 0 and (known >= 1 or whole["days_over"] > DAYS_TO_REPORT) and came > 0
    if came >= promise["promised"] > 0 and (over or not level):
        return KEPT
    if over:
        return SHORT
    if known < LEAST_TIME:
        return EARLY
    part = 1.0 if level else known
    if came > promise["high"] * part:
        return AHEAD
    return BEHIND if came < promise["low"] * part else ON_TRACK


def course(campaign: Campaign, outcomes: pd.DataFrame, level: bool = False) -> pd.DataFrame:
    """What came up to each day beside the same part of the promise, of what was expected and of its range.

    Args:
        campaign: the campaign.
        outcomes: from `outcomes_of`.
        level: see `comparable`; then what came is the mean of the days up to each, and is set against the whole.

    Returns:
        day, delivered (all that came up to it; missing after the last day with an outcome), promised, expected, low,
        high.
    """
    days = pd.date_range(campaign.starts, campaign.ends, freq="D", unit="us")
    part = np.ones(len(days)) if level else np.arange(1, len(days) + 1) / len(days)
    table = pd.DataFrame({"day": days, "delivered": _up_to(outcomes, days, level)})
    return table.assign(**{name: part * campaign.promise[name] for name in ("promised", "expected", "low", "high")})


def by_channel(outcomes: pd.DataFrame, level: bool = False) -> pd.DataFrame:
    """What came by channel, most first: channel, delivered, share, athletes (who brought something), last_day.

    Args:
        outcomes: from `outcomes_of`.
        level: see `comparable`.
    """
    outcomes = comparable(outcomes, level)
    some = outcomes[outcomes["outcome"] > 0]
    table = outcomes.groupby("channel").agg(delivered=("outcome", "sum"), last_day=("day", "max"))
    table["share"] = table["delivered"] / table["delivered"].sum() if len(some) else np.nan
    table["athletes"] = some.groupby("channel")["athlete_id"].nunique().reindex(table.index).fillna(0).astype("int64")
    table = table.reset_index().sort_values(["delivered", "channel"], ascending=[False, True], ignore_index=True)
    return table[["channel", "delivered", "share", "athletes", "last_day"]]


def course_by_channel(campaign: Campaign, outcomes: pd.DataFrame, level: bool = False) -> pd.DataFrame:
    """What came up to each day by channel: channel, day, delivered; nothing after the last day with any outcome."""
    days = pd.date_range(campaign.starts, campaign.ends, freq="D", unit="us")
    known = days[days <= outcomes["day"].max()] if len(outcomes) else days[:0]
    parts = [
        pd.DataFrame({"channel": channel, "day": known, "delivered": _up_to(outcomes, known, level, channel)})
        for channel in sorted(outcomes["channel"].unique())
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["channel", "day", "delivered"])


def _up_to(outcomes: pd.DataFrame, days: pd.DatetimeIndex, level: bool, channel: str | None = None) -> np.ndarray:
    """All that came up to each day, on one channel or on all; missing after the last day with an outcome on any."""
    if outcomes.empty:
        return np.full(len(days), np.nan)
    told = outcomes if channel is None else outcomes[outcomes["channel"] == channel]
    came = _by_day(told, days, "sum").cumsum()
    if level:
        # Days of an athlete count on whatever channel there was an outcome.
        came = came / (_by_day(outcomes, days, "size") > 0).cumsum()[came.columns]
    total = came.sum(axis=1)
    return np.asarray(total.where(days <= outcomes["day"].max()), dtype="float64")


def _by_day(outcomes: pd.DataFrame, days: pd.DatetimeIndex, what: str) -> pd.DataFrame:
    """Outcomes of each day, one column an athlete; 0 where there are none."""
    found = outcomes.groupby(["day", "athlete_id"])["outcome"].agg(what).unstack("athlete_id")
    return found.reindex(days).fillna(0.0)
