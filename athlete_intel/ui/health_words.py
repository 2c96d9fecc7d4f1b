"""Words and columns of the pages about health."""

import math
from typing import Any

import pandas as pd
from streamlit import column_config as show

from athlete_intel.ui import formats as f
from athlete_intel.ui.columns import WHOLE, Columns

ESTIMATES_KNOW = (
    "The estimate follows the inputs: more newcomers or more unknowns make it larger. It cannot see a change of the "
    "relation itself between inputs and outcomes; then errors come out larger, and only outcomes show it."
)
_DAY = "D MMM YYYY"


def money_moved(drift: pd.DataFrame) -> str:
    """The largest change of mean pay by a drifting feature."""
    known = [int(cents) for cents in drift["money_cents"].dropna()]
    if not known:
        return "nothing"
    largest = max(known, key=abs)
    return f"{'-' if largest < 0 else '+'}{f.money(abs(largest))} a story"


def apart(table: pd.DataFrame) -> str:
    """The area under the curve, in short."""
    return f"{table.iloc[0]['auc']:.2f}" if len(table) else "not measured"


def apart_sentence(table: pd.DataFrame) -> str:
    """What the classifier found."""
    if table.empty:
        return "There are too few rows to try whether a classifier tells the windows apart."
    row = table.iloc[0]
    told = "can tell" if row["apart"] else "cannot tell"
    return (
        f"All features together: a classifier {told} the newest window from those before it (area under the curve "
        f"{row['auc']:.2f}, where {row['auc_threshold']:.2f} counts as different; p-value {f.p_value(row['p'])})."
    )


def drift_rows(drift: pd.DataFrame) -> pd.DataFrame:
    """The drift table with its state in words and money in dollars."""
    return drift.assign(
        state=drift["drifting"].astype(bool).map({True: "drifting", False: "steady"}),
        test=drift["kind"].map({"number": "Kolmogorov-Smirnov", "category": "chi-square"}),
        p_words=drift["ks_p"].map(f.p_value),
        shift_p_words=drift["shift_p"].map(f.p_value),
        money=drift["money_cents"].astype("float64") / 100,
    )


def drift_columns(drift: pd.DataFrame) -> Columns:
    """Columns of the drift of each feature."""
    row = drift.iloc[0]
    return {
        "state": show.TextColumn("State"),
        "label": show.TextColumn("Feature"),
        "why": show.TextColumn("What moved", width="medium"),
        "money": show.NumberColumn("Moves in pay", format="dollar", help="Mean change of the expected pay of a story."),
        "psi": show.NumberColumn("PSI", format="%.2f", help=f"Drift from {row['psi_threshold']:g} on."),
        "js": show.NumberColumn("Jensen-Shannon", format="%.2f", help="Distance of the bins, 0 to 1."),
        "test": show.TextColumn("Test"),
        "ks": show.NumberColumn("KS", format="%.2f", help="Largest gap between both distributions."),
        "p_words": show.TextColumn("p-value", help=f"By athletes, corrected. Drift below {row['ks_p_threshold']:g}."),
        "shift_size": show.NumberColumn("Own shift", format="%.2f", help=f"Drift from {row['shift_threshold']:g} on."),
        "shift_p_words": show.TextColumn("Its p-value"),
        "reference_rows": show.NumberColumn("Rows then", format=WHOLE),
        "analysis_rows": show.NumberColumn("Rows now", format=WHOLE),
        "reference_null_share": show.NumberColumn("Empty then", format="percent"),
        "analysis_null_share": show.NumberColumn("Empty now", format="percent"),
    }


def one_feature(row: Any) -> str:
    """What is known of the drift of one feature, in a sentence."""
    if not row["drifting"]:
        return f"{row['label']}: steady."
    told = f"{row['label']}: drifts ({row['why']})"
    if not f.missing(row["money_cents"]):
        cents = int(row["money_cents"])
        told += f"; it moves the mean expected pay of a story by {'-' if cents < 0 else '+'}{f.money(abs(cents))}"
    return f"{told}."


def alerts_sentence(still: pd.DataFrame) -> str:
    """How many alerts are open, and how many nobody has seen to."""
    if still.empty:
        return "Nothing needs a person."
    waiting = int(still["acknowledged_by"].isna().sum())
    critical = int((still["severity"] == "critical").sum())
    return f"{f.some(len(still), 'alert')} open, {critical} of them critical; {waiting} not acknowledged yet."


def alert_rows(alerts: pd.DataFrame) -> pd.DataFrame:
    """Alerts with their days, and who has seen to them, in words."""
    by = [
        "nobody yet" if f.missing(who) else f"{who}: {why}"
        for who, why in zip(alerts["acknowledged_by"], alerts["acknowledged_why"], strict=True)
    ]
    window = [f.days(*ends) for ends in zip(alerts["window_from"], alerts["window_to"], strict=True)]
    return alerts.assign(
        by=pd.Series(by, alerts.index, dtype="str"), window=pd.Series(window, alerts.index, dtype="str")
    )


def alert_columns(over: bool = False) -> Columns:
    """Columns of alerts; an open one was seen last in the snapshot that is shown."""
    last = {"last_seen": show.DateColumn("Last seen", format=_DAY)}
    return {
        "severity": show.TextColumn("Severity"),
        "message": show.TextColumn("What happened", width=300),
        "figure": show.NumberColumn("Figure", format="%.2f"),
        "threshold": show.NumberColumn("Threshold", format="%.2f"),
        "window": show.TextColumn("Window"),
        "first_seen": show.DateColumn("First seen", format=_DAY),
        **(last if over else {}),
        "by": show.TextColumn("Acknowledged", width="medium"),
    }


def estimates(table: pd.DataFrame) -> pd.DataFrame:
    """Estimated errors as factors, with the verdict in words."""
    verdict = table["fails"].astype(bool).map({True: "failed: the relation changed", False: "held"})
    return table.assign(
        estimated=table["estimated_mae_log"].map(math.exp),
        came=table["mae_log"].astype("float64").map(lambda value: math.exp(value) if value == value else None),
        verdict=verdict.where(table["mae_log"].notna(), "not known yet"),
    )


def estimate_columns() -> Columns:
    """Columns of estimated errors."""
    return {
        "window_from": show.DateColumn("From", format=_DAY),
        "window_to": show.DateColumn("To", format=_DAY),
        "rows": show.NumberColumn("Stories", format=WHOLE),
        "estimated": show.NumberColumn("Estimated", format="%.2fx"),
        "came": show.NumberColumn("Came", format="%.2fx"),
        "verdict": show.TextColumn("Estimate"),
    }


def quality_sentence(checks: pd.DataFrame) -> str:
    """How many checks are bad."""
    bad = checks[checks["state"] == "bad"]
    if bad.empty:
        return f"All {f.some(len(checks), 'check')} of data and labels are good or have nothing to look at."
    named = ", ".join(f"{row['check']} of {row['subject']}" for row in bad.to_dict("records"))
    return f"{f.some(len(bad), 'check')} of {len(checks)} bad: {named}."


def quality_columns() -> Columns:
    """Columns of the quality of data and labels."""
    return {
        "state": show.TextColumn("State"),
        "check": show.TextColumn("Check"),
        "subject": show.TextColumn("Of"),
        "figure": show.NumberColumn("Found", format="%.3g"),
        "threshold": show.NumberColumn("Threshold", format="%.3g"),
        "worse": show.TextColumn("Bad if"),
        "about": show.TextColumn("What it means", width="large"),
    }
