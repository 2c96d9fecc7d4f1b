"""The commands about alerts: what needs a person, and who has seen to it."""

import getpass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

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
    from athlete_intel.monitoring.acknowledged import with_acknowledgements

    settings = load_settings(workspace=workspace, home=home)
    alerts = with_acknowledgements(Snapshots(settings.folder).read("alerts"), _journal_rows(settings))
    shown = alerts if everything else alerts[alerts["open"].astype(bool)]
    table = Table("severity", "rule", "subject", "figure", "threshold", "first seen", "last seen", "acknowledged by")
    for row in shown.to_dict("records"):
        days = (f"{row[name]:%Y-%m-%d}" for name in ("first_seen", "last_seen"))
        figures = (f"{row[name]:.3g}" for name in ("figure", "threshold"))
        texts = (row["severity"], row["rule"], row["subject"], *figures, *days, row["acknowledged_by"] or "")
        table.add_row(*(escaped(str(text)) for text in texts))
    console.print(table if len(shown) else "No alert is open.")
    urgent = alerts["open"].astype(bool) & (alerts["severity"] == "critical") & alerts["acknowledged_by"].isna()
    if urgent.any():
        raise typer.Exit(ALERT_EXIT)


@alerts_app.command("acknowledge")
def acknowledge(
    rule: Annotated[str, typer.Argument(help="Rule of the alert, as in the list.")],
    subject: Annotated[str, typer.Argument(help="Subject of the alert, as in the list.")],
    why: Why,
    who: Who = None,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Say that somebody has seen to an alert; it stays on the list as long as it lasts."""
    from athlete_intel.journal import Journal

    settings = load_settings(workspace=workspace, home=home)
    alerts = Snapshots(settings.folder).read("alerts")
    if not ((alerts["rule"] == rule) & (alerts["subject"] == subject)).any():
        raise SourceError(f"There is no alert {rule!r} about {subject!r}; `alerts list --all` shows them.")
    with Journal.of(settings) as journal:
        values = {"rule": rule, "subject": subject}
        journal.append("alert_acknowledgements", values, who=who or getpass.getuser(), role="analyst", why=why)
    console.print("Acknowledged.")


def _journal_rows(settings: Settings) -> "pd.DataFrame":
    from athlete_intel.journal import Journal, no_rows

    if not Journal.is_there(settings):
        return no_rows("alert_acknowledgements")
    with Journal.of(settings) as journal:
        return journal.rows("alert_acknowledgements")
