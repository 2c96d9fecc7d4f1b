"""Campaigns: a plan that was bought, with its promise frozen.

All of it is kept in the journal, which only grows: what was promised cannot be changed after the fact.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from athlete_intel.contracts.decisions import taken_back
from athlete_intel.errors import PlanError

PROMISED = ("expected", "low", "high", "promised", "chance", "cost_cents")
ALSO_TOLD = ("low_cents", "high_cents", "over_budget")
"""Range of the cost, and chance of more than the budget: campaigns of older versions do not hold them."""


@dataclass(frozen=True)
class Campaign:
    """A plan as it was bought."""

    campaign_id: str
    name: str
    snapshot_id: str
    starts: date
    ends: date
    promise: dict[str, float]
    """expected, low, high, promised, chance, cost_cents, and what of `ALSO_TOLD` is known, as told on the day."""
    athletes: pd.DataFrame
    """athlete_id, name, expected, cost_cents."""
    request: dict[str, Any]
    """What was asked for."""
    journal_id: int = 0
    saved_by: str = ""
    """The signature under it."""
    saved_at: datetime | None = None
    """In UTC."""
    why: str = ""
    """What it is for."""
    brand: str | None = None
    """Of who saved it; nothing where that was nobody's, or nobody signs in."""


def values_of(campaign: Campaign) -> dict[str, Any]:
    """The campaign as a row of the journal.

    Raises:
        PlanError: it has no name or athletes, or ends before it starts.
    """
    if not campaign.name.strip():
        raise PlanError("A campaign needs a name; give it one.")
    if campaign.athletes.empty:
        raise PlanError("A campaign needs at least one athlete; plan one first.")
    if campaign.ends < campaign.starts:
        raise PlanError(f"The campaign ends on {campaign.ends} but starts on {campaign.starts}; change the days.")
    athletes = campaign.athletes[["athlete_id", "name", "expected", "cost_cents"]]
    also = [name for name in ALSO_TOLD if name in campaign.promise]
    told = {name: campaign.promise[name] for name in (*PROMISED, *also)}
    return {
        "campaign_id": campaign.campaign_id,
        "name": campaign.name.strip(),
        "snapshot_id": campaign.snapshot_id,
        "starts": campaign.starts,
        "ends": campaign.ends,
        "promise": json.dumps(told),
        "athletes": athletes.to_json(orient="records"),
        "request": json.dumps(campaign.request, sort_keys=True),
        "brand": campaign.brand,
    }


def check_days(campaign: Campaign, today: date) -> None:
    """Refuse a campaign that begins before it is saved: its promise is then no longer one.

    Raises:
        PlanError: it begins before today.
    """
    if campaign.starts < today:
        raise PlanError(f"The campaign starts on {campaign.starts}, which is over; choose {today} or a later day.")


def new_id(name: str, taken: Iterable[str]) -> str:
    """An id that fits into an address and that no campaign has yet.

    >>> new_id("Spring: Été & more!", ["spring-t-more"])
    'spring-t-more-2'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "campaign"
    known = set(taken)
    number = 1
    while (wanted := slug if number == 1 else f"{slug}-{number}") in known:
        number += 1
    return wanted


def campaigns_of(rows: pd.DataFrame) -> list[Campaign]:
    """The campaigns that stand, newest first.

    Args:
        rows: the table `campaigns` of the journal.
    """
    return [
        Campaign(
            campaign_id=str(row["campaign_id"]),
            name=str(row["name"]),
            snapshot_id=str(row["snapshot_id"]),
            starts=pd.Timestamp(row["starts"]).date(),
            ends=pd.Timestamp(row["ends"]).date(),
            promise=json.loads(row["promise"]),
            athletes=pd.DataFrame(json.loads(row["athletes"])).astype({"athlete_id": "str", "name": "str"}),
            request=json.loads(row["request"]),
            journal_id=int(row["id"]),
            saved_by=str(row["who"]),
            saved_at=pd.Timestamp(row["at"]).to_pydatetime(),
            why=str(row["why"]),
            brand=None if pd.isna(row["brand"]) else str(row["brand"]),
        )
        for row in reversed(standing(rows).to_dict("records"))
    ]


def called_off(rows: pd.DataFrame) -> pd.DataFrame:
    """Campaigns that were called off: campaign_id, name, saved_by, brand; who called it off, at (UTC) and why.

    Args:
        rows: the table `campaigns` of the journal.
    """
    ends = pd.Series(taken_back_in(rows), dtype="Int64").rename_axis("id").rename("by").reset_index()
    ended = rows[["id", "campaign_id", "name", "who", "brand"]].rename(columns={"who": "saved_by"})
    last = rows[["id", "who", "at", "why"]].rename(columns={"id": "by"})
    return ended.merge(ends.astype("Int64"), on="id").merge(last, on="by").drop(columns=["id", "by"])


def standing(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table of the journal that count: neither taken back, nor taking another back."""
    return rows[rows["revokes"].isna() & ~rows["id"].isin(list(taken_back_in(rows)))]


def taken_back_in(rows: pd.DataFrame) -> dict[int, int]:
    """Ids of rows that were taken back, each with that of the row that did it."""
    return taken_back(rows[["id", "revokes"]].itertuples(index=False, name=None))
