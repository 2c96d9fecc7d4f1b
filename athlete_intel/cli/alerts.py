"""The commands about alerts: what needs a person, and who has seen to it."""

import getpass
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from athlete_intel.cli.decisions import Who, Why
from athlete_intel.cli.shared import Home, Workspace, console, escaped
from athlete_intel.errors import SourceError
from athlete_intel.settings import Settings, load_settings
from athlete_intel.warehouse import Snapshots

if TYPE_CHECKING:
    import pandas as pd

ALERT_EXIT = 20
"""Exit code where a critical alert is open that nobody has acknowledged."""

alerts_app = typer.Typer(help="Look at what needs a person, and acknowledge it.", no_args_is_help=True)


@alerts_app.command("list")
def list_alerts(
    everything: Annotated[bool, typer.Option("--all", help="Show those that are over, too.")] = False,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """List alerts, critical ones first. Exit code 20 if a critical one is open that nobody has acknowledged."""
    alerts = _alerts(load_settings(workspace=workspace, home=home))
    shown = alerts if everything else alerts[alerts["open"].astype(bool)]
    for row in shown.to_dict("records"):
        for line in told(row):
            # Nothing is broken or cut, so that rule and subject can be copied from a window of any width.
            console.print(escaped(line), soft_wrap=True, highlight=False)
        console.print()
    if shown.empty:
        console.print("No alert is open.")
    urgent = alerts["open"].astype(bool) & (alerts["severity"] == "critical") & alerts["acknowledged_by"].isna()
    if urgent.any():
        raise typer.Exit(ALERT_EXIT)


def told(row: Mapping[Any, Any]) -> list[str]:
    """An alert in short lines; the first names severity, rule and subject as `acknowledge` takes them.

    Args:
        row: of `with_acknowledgements`.
    """
    from pandas import isna

    from athlete_intel.ui.alert_words import figure_sentence

    days = {name: f"{row[name]:%Y-%m-%d}" for name in ("window_from", "window_to", "first_seen", "last_seen")}
    figures = figure_sentence(row["rule"], row["subject"], row["figure"], row["threshold"])
    lines = [
        f"{row['severity']}: {shlex.quote(str(row['rule']))} {shlex.quote(str(row['subject']))}",
        f"  {row['message']}",
        f"  {figures}; window {days['window_from']} to {days['window_to']}",
        f"  first seen {days['first_seen']}, last seen {days['last_seen']}{'' if row['open'] else ', over'}",
    ]
    cents = row.get("money_cents")
    if cents is not None and not isna(cents):
        lines.append(f"  moves the mean pay of a story by {'-' if cents < 0 else '+'}${abs(int(cents)) / 100:,.2f}")
    by, why = row["acknowledged_by"], row["acknowledged_why"]
    return [*lines, "  acknowledged by nobody yet" if isna(by) else f"  acknowledged by {by}: {why}"]


@alerts_app.command("acknowledge")
def acknowledge(
    rule: Annotated[str, typer.Argument(help="Rule of the alert, as in the list.")],
    subject: Annotated[str, typer.Argument(help="Subject of the alert, as in the list.")],
    why: Why,
    who: Who = None,
    take_back: Annotated[bool, typer.Option("--take-back", help="Take back that somebody has seen to it.")] = False,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Say that somebody has seen to an alert; it stays on the list as long as it lasts."""
    from athlete_intel.journal import Journal
    from athlete_intel.monitoring.acknowledged import acknowledgement_of, taken_back_of

    settings = load_settings(workspace=workspace, home=home)
    alerts = _alerts(settings)
    found = alerts[(alerts["rule"] == rule) & (alerts["subject"] == subject)]
    if found.empty:
        raise SourceError(f"There is no alert {rule!r} about {subject!r}; `alerts list --all` shows them.")
    alert = found.iloc[0]
    if take_back and found["acknowledged_by"].isna().all():
        raise SourceError(f"Nobody has acknowledged {rule!r} about {subject!r}, so there is nothing to take back.")
    values, revokes = taken_back_of(alert) if take_back else (acknowledgement_of(alert), None)
    with Journal.of(settings) as journal:
        signed = who or getpass.getuser()
        journal.append("alert_acknowledgements", values, who=signed, role="analyst", why=why, revokes=revokes)
    console.print("Taken back." if take_back else "Acknowledged.")


def _alerts(settings: Settings) -> "pd.DataFrame":
    from athlete_intel.journal_rows import rows_now
    from athlete_intel.monitoring.acknowledged import with_acknowledgements

    alerts = Snapshots(settings.folder).read("alerts")
    return with_acknowledgements(alerts, rows_now(settings, "alert_acknowledgements"))
