"""What needs a person: alerts out of drift, accuracy, quality and estimates, each told once as long as it lasts."""

import json
import logging
import urllib.error
import urllib.request

import numpy as np
import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.monitoring.watch import LEAST_ERRORS, error_alarm

WARNING, CRITICAL = "warning", "critical"
KEY = ["rule", "subject"]
WEBHOOK_SECONDS = 5.0
COVERAGE_SHORT = 0.1
"""A range that holds so much less than it should is an alert."""
_LOG = logging.getLogger("athlete_intel.alerts")
_RAISED = ["rule", "subject", "severity", "window_from", "window_to", "figure", "threshold", "message"]


def raised(
    drift: pd.DataFrame,
    apart: pd.DataFrame,
    backtest: pd.DataFrame,
    estimates: pd.DataFrame,
    quality: pd.DataFrame,
    interval: float,
    as_of: pd.Timestamp,
    before: pd.DataFrame,
) -> pd.DataFrame:
    """All alerts of today: the columns of the published table `alerts` but for when they were seen.

    Args:
        before: alerts of the snapshot before; what they say of drift lasts as long as it is off what it was.
    """
    rows: list[tuple[object, ...]] = []
    moved = pd.concat([drift[drift["drifting"].astype(bool)], still_off(drift, before)])
    for row in moved.to_dict("records"):
        by_shift = "own level" in str(row["why"]) and "distribution" not in str(row["why"])
        empty = str(row["why"]) == "empty values"
        change = abs(row["analysis_null_share"] - row["reference_null_share"])
        figure, threshold = (
            (change, row["null_share_threshold"])
            if empty
            else (abs(row["shift_size"]), row["shift_threshold"])
            if by_shift
            else (row["psi"], row["psi_threshold"])
        )
        severity = CRITICAL if row["feature"] in ("predicted", "outcome") else WARNING
        message = f"{row['label']} moved ({row['why']})."
        rows.append(
            ("drift", row["feature"], severity, row["analysis_from"], row["analysis_to"], figure, threshold, message)
        )
    for row in apart[apart["apart"].astype(bool)].to_dict("records"):
        message = "All features together tell the newest window from those before it."
        rows.append(
            (
                "windows apart",
                "all features",
                WARNING,
                row["analysis_from"],
                row["analysis_to"],
                row["auc"],
                row["auc_threshold"],
                message,
            )
        )
    rows += _accuracy(backtest, interval)
    # Only the newest window with outcomes: what failed long ago needs nobody today, and the page shows it.
    came = estimates[estimates["mae_log"].notna()].tail(1)
    for row in came[came["fails"].astype(bool)].to_dict("records"):
        message = "Errors are larger than inputs explain, so estimates fail."
        rows.append(
            (
                "estimate",
                f"{row['window_from']:%Y-%m-%d}",
                CRITICAL,
                row["window_from"],
                row["window_to"],
                row["mae_log"],
                row["estimated_mae_log"],
                message,
            )
        )
    for row in quality[quality["state"] == "bad"].to_dict("records"):
        rows.append(
            (
                "quality",
                f"{row['check']} of {row['subject']}",
                WARNING,
                as_of,
                as_of,
                row["figure"],
                row["threshold"],
                f"{str(row['check']).capitalize()} of {row['subject']}: {row['about']}",
            )
        )
    return pd.DataFrame(rows, columns=_RAISED)


def still_off(drift: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Features whose alert was open and which still lie off their reference, though they do not drift any more.

    A change that stays is soon part of what windows usually do, so it raises no alert by itself again. It is over once
    the newest window lies where the reference lies: because it went back, or because the reference has moved on.

    Args:
        drift: the published table.
        before: rule, subject, open of the alerts of the snapshot before.

    Returns:
        The rows of `drift`, with the reason in `why`.
    """
    was_open = before.loc[(before["rule"] == "drift") & before["open"].astype(bool), "subject"]
    quiet = drift[~drift["drifting"].astype(bool) & drift["feature"].isin(was_open)]
    nulls = (quiet["analysis_null_share"] - quiet["reference_null_share"]).abs()
    level = (quiet["shift_size"].abs() >= quiet["shift_threshold"]) & (quiet["shift_p"] < quiet["ks_p_threshold"])
    empty = (nulls >= quiet["null_share_threshold"]) & (quiet["null_p"] < quiet["ks_p_threshold"])
    why = np.where(level, "own level", np.where(empty, "empty values", ""))
    return quiet.assign(why=why)[why != ""]


def _accuracy(backtest: pd.DataFrame, interval: float) -> list[tuple[object, ...]]:
    """The newest tested window against those before it."""
    by_time = backtest.sort_values("as_of", kind="stable")
    if by_time.empty or by_time["window"].nunique() < 2 or by_time["as_of"].nunique() < 2:
        return []
    newest = by_time["window"] == by_time["window"].iloc[-1]
    error = (np.log1p(by_time["predicted"].clip(lower=0)) - np.log1p(by_time["actual"].clip(lower=0))).abs()
    now, ends = by_time[newest], (by_time.loc[newest, "as_of"].min(), by_time["as_of"].max())
    found: list[tuple[object, ...]] = []
    worse = error_alarm(
        error[~newest].to_numpy(),
        error[newest].to_numpy(),
        (by_time.loc[~newest, "athlete_id"].to_numpy(), now["athlete_id"].to_numpy()),
    )
    if worse is not None:
        message = "Errors of the newest outcomes are larger than those before."
        found.append(("accuracy", "all stories", CRITICAL, *ends, worse.now, worse.before, message))
    ranged = now.dropna(subset=["low", "high"])
    if len(ranged) >= LEAST_ERRORS:
        inside = float(ranged["actual"].between(ranged["low"], ranged["high"]).mean())
        if inside < interval - COVERAGE_SHORT:
            message = "Fewer of the newest outcomes than promised fell inside their range."
            found.append(("coverage", "all stories", CRITICAL, *ends, inside, interval - COVERAGE_SHORT, message))
    return found


def with_history(today: pd.DataFrame, before: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The published table `alerts`: those of today keep the day on which they were first seen, the others are over.

    Args:
        today: of `raised`.
        before: the table of the snapshot before; empty if there is none.
        as_of: the day of the snapshot.
    """
    columns = PUBLISHED_TABLES["alerts"].column_names
    lasting = before[before["open"].astype(bool)] if len(before) else before
    since = {tuple(row): first for *row, first in lasting[[*KEY, "first_seen"]].itertuples(index=False)}
    now = today.drop_duplicates(KEY).assign(last_seen=as_of, open=True)
    now["first_seen"] = [since.get((rule, subject), as_of) for rule, subject in now[KEY].itertuples(index=False)]
    keys = set(now[KEY].itertuples(index=False, name=None))
    over = (
        before[[key not in keys for key in before[KEY].itertuples(index=False, name=None)]] if len(before) else before
    )
    parts = [now] + ([over.assign(open=False)] if len(over) else [])
    table = pd.concat([part[columns] for part in parts], ignore_index=True)
    order = table["severity"].map({CRITICAL: 0, WARNING: 1})
    times = dict.fromkeys(("window_from", "window_to", "first_seen", "last_seen"), "datetime64[us]")
    table = table.astype(times).assign(order=order)
    return table.sort_values(
        ["open", "order", "last_seen", "rule", "subject"], ascending=[False, True, False, True, True], ignore_index=True
    )[columns]


def new_ones(alerts: pd.DataFrame) -> pd.DataFrame:
    """Open alerts that nobody was told of before."""
    return alerts[alerts["open"].astype(bool) & (alerts["first_seen"] == alerts["last_seen"])]


def tell(alerts: pd.DataFrame, workspace: str, webhook: str | None) -> str | None:
    """Write new alerts to the log and send them to a webhook; returns a warning if that fails, and never raises.

    Args:
        alerts: rule, subject, severity, message.
        workspace: they belong to.
        webhook: address that takes JSON by POST; None for none.
    """
    for row in alerts.to_dict("records"):
        _LOG.log(
            logging.ERROR if row["severity"] == CRITICAL else logging.WARNING,
            "%s: %s (%s)",
            workspace,
            row["message"],
            row["rule"],
        )
    if webhook is None or alerts.empty:
        return None
    body = json.dumps(
        {"workspace": workspace, "alerts": alerts[["rule", "subject", "severity", "message"]].to_dict("records")}
    )
    try:
        if not webhook.startswith(("https://", "http://")):
            raise ValueError("it is no address of the web")
        request = urllib.request.Request(  # noqa: S310 - the scheme is looked at above
            webhook, body.encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS):  # noqa: S310
            return None
    except (OSError, ValueError, urllib.error.URLError) as error:
        # The address may hold a secret, so it is not repeated.
        return (
            f"The webhook of alerts could not be told of {len(alerts)} of them ({type(error).__name__}); see the page."
        )
