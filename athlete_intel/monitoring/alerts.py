"""What needs a person: alerts out of drift, accuracy, quality and estimates, each one row as long as it lasts.

The module `rules` says how often chance alone may raise each of them, and how severe they are.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.monitoring.observed import OUTCOME, PREDICTED
from athlete_intel.monitoring.rules import (
    ACCURACY,
    APART,
    COVERAGE,
    CRITICAL,
    DRIFT,
    ESTIMATE,
    QUALITY,
    WARNING,
    severity_of_quality,
)
from athlete_intel.monitoring.watch import coverage_alarm, error_alarm

KEY = ["rule", "subject"]
EVERYTHING = "all stories"
"""The subject of alerts that are about no single feature or check; it stays the same while windows slide."""
_RAISED = [
    "rule",
    "subject",
    "severity",
    "window_from",
    "window_to",
    "figure",
    "threshold",
    "message",
    "money_cents",
]
_Raised = tuple[object, ...]


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

    `figure` is what was found and `threshold` the limit of the rule, beyond which a figure is an alert; `money_cents`
    is what it moves in the expected pay of a story, where that is known.

    Args:
        drift: the published table; may lack `money_cents`.
        apart: the published table `windows_apart`.
        backtest: the published table.
        estimates: the published table `estimated_errors`.
        quality: the published table.
        interval: share of outcomes that a range should hold.
        as_of: the day of the data.
        before: alerts of the snapshot before; what they say of drift lasts as long as it is off what it was.
    """
    rows = [
        *_drift(drift, before),
        *_apart(apart),
        *_accuracy(backtest, interval),
        *_estimate(estimates),
        *_quality(quality, as_of),
    ]
    return pd.DataFrame(rows, columns=_RAISED).astype({"money_cents": "Int64"})


def _drift(drift: pd.DataFrame, before: pd.DataFrame) -> Iterator[_Raised]:
    moved = pd.concat([drift[drift["drifting"].astype(bool)], still_off(drift, before)])
    for row in moved.to_dict("records"):
        figure, threshold = _drift_limit(row)
        severity = CRITICAL if row["feature"] in (PREDICTED, OUTCOME) else WARNING
        window = (row["analysis_from"], row["analysis_to"])
        message = f"{row['label']} moved ({row['why']})."
        yield (DRIFT, row["feature"], severity, *window, figure, threshold, message, row.get("money_cents"))


def _drift_limit(row: Mapping[Any, Any]) -> tuple[float, float]:
    """The figure that says that a feature drifts, and the limit that it is beyond.

    A level or a share without values must leave what windows usually do, too; what only lasts need not.
    """
    size, shift, usual = (float(row[name]) for name in ("shift_size", "shift", "shift_usual"))
    why, drifting = str(row["why"]), bool(row["drifting"])
    if "distribution" in why:
        return float(row["psi"]), float(row["psi_threshold"])
    if "own level" in why:
        usual_size = abs(size / shift) * usual if drifting and shift else 0.0
        return abs(size), float(np.fmax(float(row["shift_threshold"]), usual_size))
    change = abs(float(row["analysis_null_share"]) - float(row["reference_null_share"]))
    usual = float(row["null_usual"]) if drifting else 0.0
    return change, float(np.fmax(float(row["null_share_threshold"]), usual))


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


def _apart(apart: pd.DataFrame) -> Iterator[_Raised]:
    for row in apart[apart["apart"].astype(bool)].to_dict("records"):
        window = (row["analysis_from"], row["analysis_to"])
        message = "All features together tell the newest window from those before it."
        yield (APART, "all features", WARNING, *window, row["auc"], row["auc_threshold"], message, None)


def _accuracy(backtest: pd.DataFrame, interval: float) -> Iterator[_Raised]:
    """The newest tested window against those before it, and its ranges against what they should hold."""
    by_time = backtest.sort_values("as_of", kind="stable")
    if by_time.empty or by_time["window"].nunique() < 2 or by_time["as_of"].nunique() < 2:
        return
    newest = by_time["window"] == by_time["window"].iloc[-1]
    error = (np.log1p(by_time["predicted"].clip(lower=0)) - np.log1p(by_time["actual"].clip(lower=0))).abs()
    now, window = by_time[newest], (by_time.loc[newest, "as_of"].min(), by_time["as_of"].max())
    worse = error_alarm(
        error[~newest].to_numpy(),
        error[newest].to_numpy(),
        (by_time.loc[~newest, "athlete_id"].to_numpy(), now["athlete_id"].to_numpy()),
    )
    if worse is not None:
        message = f"Errors of the newest outcomes are larger than those before ({worse.before:.2f}, log)."
        yield (ACCURACY, EVERYTHING, CRITICAL, *window, worse.now, worse.limit, message, None)
    ranged = now.dropna(subset=["low", "high"])
    short = coverage_alarm(ranged["actual"].between(ranged["low"], ranged["high"]), ranged["athlete_id"], interval)
    if short is not None:
        message = f"Fewer of the newest outcomes than the {interval:.0%} promised fell inside their range."
        yield (COVERAGE, EVERYTHING, CRITICAL, *window, short.inside, short.limit, message, None)


def _estimate(estimates: pd.DataFrame) -> Iterator[_Raised]:
    """Only the newest window with outcomes: what failed long ago needs nobody today, and the page shows it."""
    came = estimates[estimates["mae_log"].notna()].tail(1)
    for row in came[came["fails"].astype(bool)].to_dict("records"):
        window = (row["window_from"], row["window_to"])
        message = (
            "Errors are larger than inputs explain: the accuracy that was estimated ahead of outcomes does not hold."
        )
        yield (ESTIMATE, EVERYTHING, CRITICAL, *window, row["mae_log"], row["fails_from"], message, None)


def _quality(quality: pd.DataFrame, as_of: pd.Timestamp) -> Iterator[_Raised]:
    for row in quality[quality["state"] == "bad"].to_dict("records"):
        check, figure = str(row["check"]), float(row["figure"])
        message = f"{check.capitalize()} of {row['subject']}: {row['about']}"
        subject, severity = f"{check} of {row['subject']}", severity_of_quality(check, figure)
        yield (QUALITY, subject, severity, as_of, as_of, figure, row["threshold"], message, None)


def with_history(
    today: pd.DataFrame, before: pd.DataFrame, as_of: pd.Timestamp, replaced: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The published table `alerts`: those of today keep the day on which they were first seen, the others are over.

    One that lasts though its feature does not drift any more costs what it cost when it did.

    Args:
        today: of `raised`.
        before: the table of the snapshot before; empty if there is none.
        as_of: the day of the snapshot.
        replaced: of `raised` about a model that another one has replaced today: what is not true of the new one was
            seen today for the last time.
    """
    columns = PUBLISHED_TABLES["alerts"].column_names
    # A snapshot of an older version lacks columns that came later.
    before = before.reindex(columns=columns)
    now = _seen(today, before, as_of)
    if replaced is not None and len(replaced):
        ended = _seen(replaced, before, as_of)[columns]
        before = pd.concat([part for part in (before[~_are_in(before, ended)], ended) if len(part)], ignore_index=True)
    over = before[~_are_in(before, now)]
    parts = [now] + ([over.assign(open=False)] if len(over) else [])
    table = pd.concat([part[columns] for part in parts], ignore_index=True)
    order = table["severity"].map({CRITICAL: 0, WARNING: 1})
    times = dict.fromkeys(("window_from", "window_to", "first_seen", "last_seen"), "datetime64[us]")
    table = table.astype(times | {"money_cents": "Int64"}).assign(order=order)
    return table.sort_values(
        ["open", "order", "last_seen", "rule", "subject"], ascending=[False, True, False, True, True], ignore_index=True
    )[columns]


def _seen(found: pd.DataFrame, before: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Alerts of a day as rows that are open: one that lasts keeps the day on which it was first seen, and its money."""
    lasting = before[before["open"].astype(bool)] if len(before) else before
    seen = found.drop_duplicates(KEY).assign(last_seen=as_of, open=True)
    known = seen[KEY].merge(lasting[[*KEY, "first_seen", "money_cents"]], on=KEY, how="left").set_index(seen.index)
    seen["first_seen"] = known["first_seen"].fillna(as_of)
    seen["money_cents"] = seen["money_cents"].fillna(known["money_cents"].astype("Int64"))
    return seen


def _are_in(alerts: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    """Which alerts have the rule and the subject of one of the others."""
    keys = set(others[KEY].itertuples(index=False, name=None))
    return np.array([key in keys for key in alerts[KEY].itertuples(index=False, name=None)], dtype=bool)
