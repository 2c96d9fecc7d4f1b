"""Alerts beside what people wrote about them in the journal."""

import pandas as pd

from athlete_intel.contracts.decisions import taken_back


def with_acknowledgements(alerts: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Alerts with acknowledged_by, acknowledged_at and acknowledged_why; missing where nobody has.

    What was written before an alert was first seen belongs to an earlier one of the same kind. Days of data end before
    people read of them, so nothing of today's is lost.

    Args:
        alerts: rule, subject, first_seen and more.
        decisions: id, rule, subject, who, at, why, revokes of the journal.
    """
    gone = taken_back(decisions[["id", "revokes"]].itertuples(index=False, name=None))
    counted = decisions[~decisions["id"].isin(gone) & decisions["revokes"].isna()]
    since = alerts[["rule", "subject", "first_seen"]]
    known = since.merge(counted[["rule", "subject", "who", "at", "why"]], on=["rule", "subject"])
    last = known[known["at"] >= known["first_seen"]].sort_values("at", kind="stable")
    last = last.drop_duplicates(["rule", "subject"], keep="last").drop(columns="first_seen")
    names = {"who": "acknowledged_by", "at": "acknowledged_at", "why": "acknowledged_why"}
    return alerts.merge(last.rename(columns=names), on=["rule", "subject"], how="left")
