"""Campaigns: a plan that was bought, with its promise frozen, its tracked links, and what was delivered.

All of it is kept in the journal, which only grows: what was promised cannot be changed after the fact.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import numpy as np
import pandas as pd

from athlete_intel.contracts.decisions import taken_back
from athlete_intel.errors import PlanError

PROMISED = ("expected", "low", "high", "promised", "chance", "cost_cents")
_OUTCOME_COLUMNS = ("athlete_id", "channel", "day", "outcome")
_MOST_LINES = 100_000


@dataclass(frozen=True)
class Campaign:
    """A plan as it was bought."""

    campaign_id: str
    name: str
    snapshot_id: str
    starts: date
    ends: date
    promise: dict[str, float]
    """expected, low, high, promised, chance, cost_cents, as they were told on the day."""
    athletes: pd.DataFrame
    """athlete_id, name, expected, cost_cents."""
    request: dict[str, Any]
    """What was asked for."""
    journal_id: int = 0
    saved_by: str = ""
    """The signature under it."""
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
    return {
        "campaign_id": campaign.campaign_id,
        "name": campaign.name.strip(),
        "snapshot_id": campaign.snapshot_id,
        "starts": campaign.starts,
        "ends": campaign.ends,
        "promise": json.dumps({name: campaign.promise[name] for name in PROMISED}),
        "athletes": athletes.to_json(orient="records"),
        "request": json.dumps(campaign.request, sort_keys=True),
        "brand": campaign.brand,
    }


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
    gone = _gone(rows)
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
            brand=None if pd.isna(row["brand"]) else str(row["brand"]),
        )
        for row in reversed(rows.to_dict("records"))
        if int(row["id"]) not in gone and pd.isna(row["revokes"])
    ]


def tracked_links(campaign: Campaign, address: str, channels: Iterable[str]) -> pd.DataFrame:
    """One link for each athlete and channel, so that every visit can be traced to who brought it.

    Args:
        campaign: the campaign.
        address: the page that is advertised; what its query holds already is kept.
        channels: such as twitter and instagram.

    Returns:
        athlete_id, name, channel, url with utm_source (channel), utm_medium, utm_campaign and utm_content (athlete).

    Raises:
        PlanError: the address is none, or no channel was named.
    """
    parts = urlsplit(address.strip())
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise PlanError(f"{address.strip()!r} is no address of a page; begin it with https://.")
    names = [channel.strip().lower() for channel in channels if channel.strip()]
    if not names:
        raise PlanError("No channel was named; choose at least one, such as instagram.")
    rows = []
    for athlete_id, name in campaign.athletes[["athlete_id", "name"]].to_numpy().tolist():
        for channel in names:
            utm = {
                "utm_source": channel,
                "utm_medium": "athlete",
                "utm_campaign": campaign.campaign_id,
                "utm_content": athlete_id,
            }
            query = "&".join(filter(None, [parts.query, urlencode(utm)]))
            rows.append((athlete_id, name, channel, urlunsplit(parts._replace(query=query))))
    return pd.DataFrame(rows, columns=["athlete_id", "name", "channel", "url"])


def read_outcomes(content: bytes, campaign: Campaign) -> pd.DataFrame:
    """What was delivered, from a CSV file: athlete_id, channel, day, outcome; all of it or nothing.

    Raises:
        PlanError: a column is missing, or a line cannot be used; the line and what is wrong with it are named.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PlanError("The file is no UTF-8 text; save it as CSV in UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in _OUTCOME_COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise PlanError(
            f"The file has no column {missing[0]!r}; its first line must name {', '.join(_OUTCOME_COLUMNS)}."
        )
    known = set(campaign.athletes["athlete_id"])
    rows: list[tuple[str, str, str, float]] = []
    for number, line in enumerate(reader, start=2):
        if number > _MOST_LINES:
            raise PlanError(f"The file has more than {_MOST_LINES:,} lines; split it.")
        athlete, channel = (str(line[name] or "").strip() for name in ("athlete_id", "channel"))
        if athlete not in known:
            raise PlanError(f"Line {number}: {athlete!r} is not in this campaign; take the line out or mend the id.")
        try:
            day = date.fromisoformat(str(line["day"]).strip())
        except ValueError:
            raise PlanError(f"Line {number}: {line['day']!r} is no day; write it as 2026-10-31.") from None
        try:
            outcome = float(str(line["outcome"]).strip())
        except ValueError:
            outcome = np.nan
        if not 0 <= outcome < 1e15:
            raise PlanError(f"Line {number}: {line['outcome']!r} is no outcome; write a number that is not negative.")
        rows.append((athlete, channel, day.isoformat(), outcome))
    if not rows:
        raise PlanError("The file holds no outcome; it needs at least one line under its first.")
    return pd.DataFrame(rows, columns=list(_OUTCOME_COLUMNS))


def outcome_values(campaign: Campaign, file: str, content: bytes, earlier: pd.DataFrame) -> dict[str, Any]:
    """An import as a row of the journal.

    Args:
        campaign: the campaign.
        file: name of the file.
        content: its bytes.
        earlier: the table `campaign_outcomes` of the journal.

    Raises:
        PlanError: the file cannot be used, or was imported before.
    """
    digest = hashlib.sha256(content).hexdigest()
    gone = _gone(earlier)
    same = earlier[(earlier["campaign_id"] == campaign.campaign_id) & (earlier["sha256"] == digest)]
    if any(int(number) not in gone for number in same.loc[same["revokes"].isna(), "id"]):
        raise PlanError(f"{file} was imported before, so nothing was added; its outcomes would count twice.")
    outcomes = read_outcomes(content, campaign)
    return {
        "campaign_id": campaign.campaign_id,
        "file": file[:200],
        "sha256": digest,
        "outcomes": outcomes.to_json(orient="records"),
    }


def outcomes_of(campaign: Campaign, rows: pd.DataFrame) -> pd.DataFrame:
    """Everything delivered so far: athlete_id, channel, day, outcome.

    Args:
        campaign: the campaign.
        rows: the table `campaign_outcomes` of the journal.
    """
    gone = _gone(rows)
    own = rows[(rows["campaign_id"] == campaign.campaign_id) & rows["revokes"].isna()]
    parts = [json.loads(row["outcomes"]) for row in own.to_dict("records") if int(row["id"]) not in gone]
    table = pd.DataFrame([line for part in parts for line in part], columns=list(_OUTCOME_COLUMNS))
    return table.astype({"athlete_id": "str", "channel": "str", "day": "datetime64[us]", "outcome": "float64"})


def delivery(campaign: Campaign, outcomes: pd.DataFrame, today: date) -> tuple[dict[str, float], pd.DataFrame]:
    """Promise and delivery side by side.

    Args:
        campaign: the campaign.
        outcomes: from `outcomes_of`.
        today: the day it is looked at.

    Returns:
        delivered, of_promised (share of what was promised), of_expected, time_gone (share of the days); and for each
        athlete expected, delivered, of_expected.
    """
    days = (campaign.ends - campaign.starts).days + 1
    gone = min(max((today - campaign.starts).days + 1, 0), days) / days
    delivered = float(outcomes["outcome"].sum())
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
    }
    order = ["delivered", "expected", "athlete_id"]
    return whole, table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def _gone(rows: pd.DataFrame) -> dict[int, int]:
    return taken_back(rows[["id", "revokes"]].itertuples(index=False, name=None))
