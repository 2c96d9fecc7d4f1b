"""Alerts beside what people wrote about them in the journal."""

from typing import Any

import pandas as pd

from athlete_intel.contracts.decisions import taken_back

_KEY = ["rule", "subject"]


def with_acknowledgements(alerts: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Alerts with acknowledged_by, acknowledged_at, acknowledged_why and the id of that row; missing where nobody has.

    A row says since when the alert was open that was seen to, and counts for no other. An older row does not: what was
    written before an alert was first seen then belongs to an earlier one of the same kind.

    Args:
        alerts: rule, subject, first_seen and more.
        decisions: id, rule, subject, first_seen, who, at, why, revokes of the journal.
    """
    gone = taken_back(decisions[["id", "revokes"]].itertuples(index=False, name=None))
    counted = decisions[~decisions["id"].isin(gone) & decisions["revokes"].isna()]
    seen = counted.rename(columns={"first_seen": "seen_since"})[[*_KEY, "seen_since", "id", "who", "at", "why"]]
    known = alerts[[*_KEY, "first_seen"]].merge(seen, on=_KEY)
    same = known["seen_since"] == known["first_seen"]
    last = known[same | (known["seen_since"].isna() & (known["at"] >= known["first_seen"]))]
    last = last.sort_values(["at", "id"], kind="stable").drop_duplicates(_KEY, keep="last")
    names = {"who": "acknowledged_by", "at": "acknowledged_at", "why": "acknowledged_why", "id": "acknowledgement"}
    return alerts.merge(last.rename(columns=names)[[*_KEY, *names.values()]], on=_KEY, how="left")


def acknowledgement_of(alert: pd.Series) -> dict[str, Any]:
    """The columns of the journal's row that says that somebody has seen to an alert.

    Args:
        alert: rule, subject, first_seen.
    """
    return {**alert[_KEY], "first_seen": pd.Timestamp(alert["first_seen"]).to_pydatetime()}


def taken_back_of(alert: pd.Series) -> tuple[dict[str, Any], int]:
    """The columns of the row that takes an acknowledgement back, and the id of the one that it revokes.

    Args:
        alert: a row of `with_acknowledgements` that somebody has seen to.
    """
    return acknowledgement_of(alert), int(alert["acknowledgement"])
