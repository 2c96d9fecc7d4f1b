"""Telling of alerts: in the log and to a webhook, each once, also where a run was stopped or the webhook was down.

A small file in the workspace says which open alerts were told of, and where. It is written after the telling, so that
what stops in between is told twice rather than never.
"""

import json
import logging
import math
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from athlete_intel.monitoring.rules import CRITICAL

FILE = "alerts-told.json"
WEBHOOK_SECONDS = 5.0
_IN_LOG, _BY_WEBHOOK = "log", "webhook"
_LOG = logging.getLogger("athlete_intel.alerts")
_Key = tuple[str, str, str]
_Told = dict[str, set[_Key]]


def tell_open(alerts: pd.DataFrame, folder: Path, webhook: str | None, as_of: pd.Timestamp | None = None) -> str | None:
    """Tell of open alerts of which nobody was told yet; returns a warning if that fails, and never raises.

    One that ended and came back is another one. What a webhook did not take is sent again the next time.

    Args:
        alerts: the published table.
        folder: of the workspace, whose name is told.
        webhook: address that takes JSON by POST; None for none.
        as_of: the day of the data; if given, those that came and went on that day, with a model that was replaced, are
            told of, too.
    """
    still = alerts[alerts["open"].astype(bool) | (alerts["first_seen"] == as_of)]
    keys = pd.Series(
        [(rule, subject, f"{since:%Y-%m-%dT%H:%M:%S}") for rule, subject, since in _key_columns(still)],
        index=still.index,
        dtype="object",
    )
    told = _read(folder / FILE)
    write_to_log(still[~keys.isin(told[_IN_LOG])], folder.name)
    sent = told[_BY_WEBHOOK] & set(keys)
    failed = None
    if webhook is not None:
        failed = send(still[~keys.isin(sent)], folder.name, webhook)
        sent = sent if failed else set(keys)
    now = {_IN_LOG: set(keys), _BY_WEBHOOK: sent}
    unwritten = None if now == told else _write(folder / FILE, now)
    return failed or unwritten


def write_to_log(alerts: pd.DataFrame, workspace: str) -> None:
    """A line an alert.

    Args:
        alerts: rule, subject, severity, figure, threshold, message, open.
        workspace: they belong to.
    """
    for row in alerts.to_dict("records"):
        _LOG.log(
            logging.ERROR if row["severity"] == CRITICAL else logging.WARNING,
            "%s: %s%s (%s of %s: %.3g, threshold %.3g)",
            workspace,
            row["message"],
            "" if row["open"] else " It is over: another model is in use.",
            row["rule"],
            row["subject"],
            row["figure"],
            row["threshold"],
        )


def send(alerts: pd.DataFrame, workspace: str, webhook: str) -> str | None:
    """Send alerts to a webhook; returns a warning if it does not take them.

    Args:
        alerts: rule, subject, severity, message, figure, threshold, window_from, window_to, money_cents, first_seen,
            open.
        workspace: they belong to.
        webhook: address that takes JSON by POST.
    """
    if alerts.empty:
        return None
    body = json.dumps({"workspace": workspace, "alerts": [_as_json(row) for row in alerts.to_dict("records")]})
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
            f"The webhook of alerts could not be told of {len(alerts)} of them ({type(error).__name__}); the next "
            "cycle tries again, and the page shows them."
        )


def _as_json(row: Mapping[Any, Any]) -> dict[str, object]:
    texts = {name: row[name] for name in ("rule", "subject", "severity", "message")}
    # JSON knows no infinity.
    figures = {name: float(row[name]) if math.isfinite(row[name]) else None for name in ("figure", "threshold")}
    days = {name: f"{row[name]:%Y-%m-%d}" for name in ("window_from", "window_to", "first_seen")}
    cents = row["money_cents"]
    return texts | figures | days | {"money_cents": None if pd.isna(cents) else int(cents), "open": bool(row["open"])}


def _key_columns(alerts: pd.DataFrame) -> list[tuple[str, str, pd.Timestamp]]:
    return list(alerts[["rule", "subject", "first_seen"]].itertuples(index=False, name=None))


def _read(path: Path) -> _Told:
    """What was told; nothing where the file cannot be read, as twice is better than never."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {where: {(str(a), str(b), str(c)) for a, b, c in found[where]} for where in (_IN_LOG, _BY_WEBHOOK)}
    except (OSError, ValueError, TypeError, KeyError):
        return {_IN_LOG: set(), _BY_WEBHOOK: set()}


def _write(path: Path, told: _Told) -> str | None:
    temporary = path.with_suffix(".writing")
    try:
        temporary.write_text(json.dumps({where: sorted(keys) for where, keys in told.items()}, indent=1))
        os.replace(temporary, path)  # noqa: PTH105 - the point is the atomic replace, and os says so
    except OSError as error:
        return f"{path.name} cannot be written ({error.strerror}), so open alerts will be told of once more."
    return None
