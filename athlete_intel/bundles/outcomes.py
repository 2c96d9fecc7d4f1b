"""What a campaign delivered: files of outcomes become rows of the journal, and those rows the figures that count.

There is one figure for each athlete, channel and day. Exports overlap: the next one often holds the days of the one
before, too. So a later import takes the place of what it names again, and nothing counts twice.
"""

import csv
import hashlib
import io
import json
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from athlete_intel.bundles.campaigns import Campaign, standing
from athlete_intel.errors import PlanError

KEY = ("athlete_id", "channel", "day")
COLUMNS = (*KEY, "outcome")
_MOST_LINES = 100_000


def read_outcomes(content: bytes, campaign: Campaign, today: date) -> pd.DataFrame:
    """What was delivered, from a CSV file: athlete_id, channel (in small letters), day, outcome; all of it or nothing.

    Raises:
        PlanError: a column is missing, or a line cannot be used: its athlete is not in the campaign, its day lies
            outside of it or has not come, or it names an athlete, channel and day again. The line and what is wrong
            with it are named.
    """
    try:
        # Lines may end as on any system, old ones of Apple among them.
        text = io.StringIO(content.decode("utf-8-sig"), newline=None)
    except UnicodeDecodeError:
        raise PlanError("The file is no UTF-8 text; save it as CSV in UTF-8.") from None
    reader = csv.DictReader(text)
    try:
        outcomes = _lines(reader, campaign, today)
    except csv.Error as error:
        raise PlanError(
            f"Line {reader.line_num}: the file cannot be read as CSV ({error}); look for a quotation mark too many."
        ) from None
    if not outcomes:
        raise PlanError("The file holds no outcome; it needs at least one line under its first.")
    return pd.DataFrame([(*key, value) for key, value in outcomes.items()], columns=list(COLUMNS))


def _lines(reader: "csv.DictReader[str]", campaign: Campaign, today: date) -> dict[tuple[str, str, str], float]:
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise PlanError(f"The file has no column {missing[0]!r}; its first line must name {', '.join(COLUMNS)}.")
    known = set(campaign.athletes["athlete_id"])
    outcomes: dict[tuple[str, str, str], float] = {}
    first: dict[tuple[str, str, str], int] = {}
    for line in reader:
        number = reader.line_num
        if len(outcomes) >= _MOST_LINES:
            raise PlanError(f"The file has more than {_MOST_LINES:,} lines; split it.")
        if any("\n" in str(value) for value in line.values()):
            raise csv.Error("a value goes on over several lines")
        athlete, channel, day, outcome = (str(line[name] or "").strip() for name in COLUMNS)
        if not any((athlete, channel, day, outcome)):
            continue
        if athlete not in known:
            raise PlanError(f"Line {number}: {athlete!r} is not in this campaign; take the line out or mend the id.")
        if not channel:
            raise PlanError(f"Line {number}: it names no channel; write one, such as instagram, or all.")
        key = (athlete, channel.lower(), _day(day, number, campaign, today).isoformat())
        if key in first:
            raise PlanError(
                f"Line {number}: it names the same athlete, channel and day as line {first[key]}; keep one of them."
            )
        first[key], outcomes[key] = number, _amount(outcome, number)
    return outcomes


def _day(text: str, number: int, campaign: Campaign, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise PlanError(f"Line {number}: {text!r} is no day; write it as 2026-10-31.") from None
    if not campaign.starts <= day <= campaign.ends:
        raise PlanError(
            f"Line {number}: {day} lies outside the campaign, which runs from {campaign.starts} to {campaign.ends}; "
            "take the line out."
        )
    # East of UTC tomorrow has begun.
    if day > today + timedelta(days=1):
        raise PlanError(f"Line {number}: {day} has not come yet; mend the day.")
    return day


def _amount(text: str, number: int) -> float:
    try:
        outcome = float(text)
    except ValueError:
        outcome = np.nan
    if not 0 <= outcome < 1e15:
        raise PlanError(f"Line {number}: {text!r} is no outcome; write a number that is not negative.")
    return outcome


def outcome_values(campaign: Campaign, file: str, content: bytes, earlier: pd.DataFrame, today: date) -> dict[str, Any]:
    """An import as a row of the journal.

    Args:
        campaign: the campaign.
        file: name of the file.
        content: its bytes.
        earlier: the table `campaign_outcomes` of the journal.
        today: the day of the import.

    Raises:
        PlanError: the file cannot be used, or was imported before.
    """
    digest = hashlib.sha256(content).hexdigest()
    stands = standing(earlier)
    if ((stands["campaign_id"] == campaign.campaign_id) & (stands["sha256"] == digest)).any():
        raise PlanError(f"{file} was imported before, so nothing was added.")
    outcomes = read_outcomes(content, campaign, today)
    return {
        "campaign_id": campaign.campaign_id,
        "file": file[:200],
        "sha256": digest,
        "outcomes": outcomes.to_json(orient="records"),
    }


def outcomes_of(campaign_id: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Everything delivered so far: athlete_id, channel, day, outcome; one row for each athlete, channel and day.

    Args:
        campaign_id: of the campaign.
        rows: the table `campaign_outcomes` of the journal.
    """
    table = _read(_own(campaign_id, rows))
    return table.drop_duplicates(list(KEY), keep="last").drop(columns="id").sort_values(list(KEY), ignore_index=True)


def imports_of(campaign_id: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The imports that count, newest first: id, file, who, at (UTC), why, figures, replaced, first_day, last_day.

    `replaced` is how many of its figures took the place of earlier ones.

    Args:
        campaign_id: of the campaign.
        rows: the table `campaign_outcomes` of the journal.
    """
    own = _own(campaign_id, rows)
    read = _read(own)
    read["again"] = read.duplicated(list(KEY))
    figures = read.groupby("id").agg(
        figures=("day", "size"), replaced=("again", "sum"), first_day=("day", "min"), last_day=("day", "max")
    )
    told = own[["id", "file", "who", "at", "why"]].merge(figures.reset_index().astype({"id": "Int64"}), on="id")
    return told.sort_values("id", ascending=False, ignore_index=True)


def _own(campaign_id: str, rows: pd.DataFrame) -> pd.DataFrame:
    return standing(rows[rows["campaign_id"] == campaign_id]).sort_values("id")


def _read(imports: pd.DataFrame) -> pd.DataFrame:
    """Figures of imports in their order, with the id of the import that holds them."""
    lines = [
        {**line, "id": int(row["id"]), "channel": str(line["channel"]).lower()}
        for row in imports.to_dict("records")
        for line in json.loads(row["outcomes"])
    ]
    table = pd.DataFrame(lines, columns=["id", *COLUMNS])
    table = table.astype({"athlete_id": "str", "channel": "str", "day": "datetime64[us]", "outcome": "float64"})
    # Files of older versions could name one athlete, channel and day on several lines, which were added up.
    return table.groupby(["id", *KEY], sort=False)["outcome"].sum().reset_index()
