"""The command line of health: alerts, and what people decide about them and about models."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from athlete_intel.errors import ModelError, SourceError
from athlete_intel.settings import Settings, load_settings
from athlete_intel.warehouse import Snapshots

if TYPE_CHECKING:
    import pandas as pd

ALERT_EXIT = 20
"""Exit code where a critical alert is open that nobody has acknowledged."""

alerts_app = typer.Typer(help="Look at what needs a person, and acknowledge it.", no_args_is_help=True)
console = Console()

Workspace = Annotated[str | None, typer.Option("--workspace", "-w", help="The data set to work on.")]
Home = Annotated[Path | None, typer.Option(help="Folder that holds the workspaces; by default data/built.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept for good.")]
Who = Annotated[str | None, typer.Option("--who", help="Your name; by default that of the account.")]


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
        table.add_row(*(str(text).replace("[", "\\[") for text in texts))
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


def promote_model(
    version: Annotated[str, typer.Argument(help="Version of the model, as in the list.")],
    why: Why,
    who: Who = None,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Make a stored model the one in use, and sign it. The next cycle publishes with it, and keeps it."""
    _decide(load_settings(workspace=workspace, home=home), "promote", version, why, who)


def rollback_model(why: Why, who: Who = None, workspace: Workspace = None, home: Home = None) -> None:
    """Go back to the model that was used before the one in use, and sign it. The next cycle publishes with it."""
    from athlete_intel.influence.store import ModelStore
    from athlete_intel.model_choice import earlier_model

    settings = load_settings(workspace=workspace, home=home)
    before = earlier_model(ModelStore(settings.folder), Snapshots(settings.folder))
    if before is None:
        raise ModelError(
            f"No model was used before the one in use in {settings.folder}, or it is not stored any more; "
            f"{Snapshots(settings.folder).command('models list')} shows them all."
        )
    _decide(settings, "rollback", before.version, why, who)


def retrain_model(why: Why, who: Who = None, workspace: Workspace = None, home: Home = None) -> None:
    """Ask for a new model, and sign it: the next cycle sets one against the model in use."""
    _decide(load_settings(workspace=workspace, home=home), "retrain", None, why, who)


def _decide(settings: Settings, action: str, version: str | None, why: str, who: str | None) -> None:
    from athlete_intel.influence.store import ModelStore
    from athlete_intel.journal import Journal

    store = ModelStore(settings.folder)
    if version is not None:
        store.load(version)
    with Journal.of(settings) as journal:
        values = {"action": action, "version": version}
        journal.append("model_decisions", values, who=who or getpass.getuser(), role="analyst", why=why)
    if version is not None:
        store.promote(version)
    command = Snapshots(settings.folder).command("cycle")
    told = "a new model is set against the one in use" if version is None else f"pay and ranks come from {version}"
    console.print(f"Signed and written down. From the next cycle on, {told}; {command} runs it now.", highlight=False)


def _journal_rows(settings: Settings) -> "pd.DataFrame":
    from athlete_intel.journal import Journal, no_rows

    if not Journal.is_there(settings):
        return no_rows("alert_acknowledgements")
    with Journal.of(settings) as journal:
        return journal.rows("alert_acknowledgements")
