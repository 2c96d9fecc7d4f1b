"""The commands about models: what is stored, and which one is used."""

import getpass
from typing import Annotated

import typer
from rich.table import Table

from athlete_intel.cli.decisions import Who, Why
from athlete_intel.cli.shared import Home, Workspace, console, escaped
from athlete_intel.errors import ModelError, NoSnapshotError
from athlete_intel.settings import Settings, load_settings
from athlete_intel.warehouse import Snapshots

models_app = typer.Typer(help="Look at the models that are stored, and at what is known of each.", no_args_is_help=True)


@models_app.command("list")
def list_models(workspace: Workspace = None, home: Home = None) -> None:
    """List the stored models, newest first: which is used, and how good each was on outcomes not seen."""
    from athlete_intel.influence.store import ModelStore

    settings = load_settings(workspace=workspace, home=home)
    models = ModelStore(settings.folder).all()
    if not models:
        snapshots = Snapshots(settings.folder)
        anew = snapshots.command("build --force" if snapshots.all() else "cycle MAPPING --from FOLDER")
        raise ModelError(f"No model is stored in {settings.folder} yet; run {anew} first.")
    table = Table("status")
    # A version that is cut off in a narrow window could not be pasted.
    table.add_column("version", min_width=max(len(model.version) for model in models))
    for name in ("created (UTC)", "rows", "mean abs. log error", "naive", "coverage"):
        table.add_column(name)
    for model in models:
        errors = (_figure(model.card.metrics[name], ".3f") for name in ("mae_log", "baseline"))
        coverage = _figure(model.card.metrics["coverage"], ".0%")
        table.add_row(model.status, model.version, model.created, f"{model.card.rows:,}", *errors, coverage)
    console.print(table)


@models_app.command("show")
def show_model(
    version: Annotated[str, typer.Argument(help="Version of the model, as in the list.")],
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Show the card of a model, and check that it can still be loaded."""
    from athlete_intel.influence.store import ModelStore

    settings = load_settings(workspace=workspace, home=home)
    store = ModelStore(settings.folder)
    model = store.get(version)
    card = model.card
    table = Table("what", "value", title=f"Model {version}", show_header=False)
    table.add_row("status", model.status)
    table.add_row("created (UTC)", model.created)
    table.add_row("candidate", card.candidate)
    table.add_row("learnt from", f"{card.rows:,} rows, {card.window_from} to {card.window_to}")
    for name, label in (("mae_log", "mean absolute log error"), ("baseline", "the same of the naive guess")):
        table.add_row(label, _figure(card.metrics[name], ".4f"))
    table.add_row("R² of logs", _figure(card.metrics["r2_log"], ".4f"))
    table.add_row("coverage of the range", _figure(card.metrics["coverage"], ".1%"))
    table.add_row("parameters", escaped(", ".join(f"{name} {value}" for name, value in card.parameters.items())))
    table.add_row("features", escaped(", ".join(card.features)))
    table.add_row("data", card.data)
    table.add_row("code", f"{card.package}+{card.code}")
    table.add_row("libraries", ", ".join(f"{name} {number}" for name, number in card.libraries.items()))
    table.add_row("file", f"{store.file(model)}, SHA-256 {model.sha256}")
    console.print(table)
    store.load(version)
    console.print("Its file is what was saved and can be loaded.")


def _figure(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


@models_app.command("promote")
def promote_model(
    version: Annotated[str, typer.Argument(help="Version of the model, as in the list.")],
    why: Why,
    who: Who = None,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Make a stored model the one in use, and sign it. The next cycle publishes with it, and keeps it."""
    _decide(load_settings(workspace=workspace, home=home), "promote", version, why, who)


@models_app.command("rollback")
def rollback_model(why: Why, who: Who = None, workspace: Workspace = None, home: Home = None) -> None:
    """Go back to the model that was used before the one in use, and sign it. The next cycle publishes with it."""
    from athlete_intel.influence.store import ModelStore
    from athlete_intel.model_in_use import earlier_model

    settings = load_settings(workspace=workspace, home=home)
    before = earlier_model(ModelStore(settings.folder), Snapshots(settings.folder))
    if before is None:
        raise ModelError(
            f"No model was used before the one in use in {settings.folder}, or it is not stored any more; "
            f"{Snapshots(settings.folder).command('models list')} shows them all."
        )
    _decide(settings, "rollback", before.version, why, who)


@models_app.command("retrain")
def retrain_model(why: Why, who: Who = None, workspace: Workspace = None, home: Home = None) -> None:
    """Ask for a new model, and sign it: the next cycle sets one against the model in use."""
    _decide(load_settings(workspace=workspace, home=home), "retrain", None, why, who)


def _decide(settings: Settings, action: str, version: str | None, why: str, who: str | None) -> None:
    from athlete_intel.influence.store import ModelStore
    from athlete_intel.journal import Journal

    store, snapshots = ModelStore(settings.folder), Snapshots(settings.folder)
    if version is not None:
        store.load(version)
    in_use = version is not None and version == _in_use(snapshots)
    if in_use and version == _put_in_charge(settings):
        raise ModelError(
            f"{version} is in use already and is kept until somebody asks for another one, so nothing was written "
            f"down; {snapshots.command('models retrain --why …')} asks for a new one."
        )
    with Journal.of(settings) as journal:
        values = {"action": action, "version": version}
        journal.append("model_decisions", values, who=who or getpass.getuser(), role="analyst", why=why)
    if version is not None:
        store.promote(version)
    if in_use:
        console.print(f"Signed and written down. {version} is in use already and is now kept.", highlight=False)
        return
    command = snapshots.command("cycle")
    told = "a new model is set against the one in use" if version is None else f"pay and ranks come from {version}"
    console.print(f"Signed and written down. From the next cycle on, {told}; {command} runs it now.", highlight=False)


def _in_use(snapshots: Snapshots) -> str | None:
    """The model that the published snapshot was made with."""
    from athlete_intel.situation import version_of

    try:
        return version_of(snapshots, snapshots.current())
    except NoSnapshotError:
        return None


def _put_in_charge(settings: Settings) -> str | None:
    """The model that somebody put in charge, if nobody has asked for a new one since."""
    from athlete_intel.situation import decisions_of

    versions = decisions_of(settings)["version"].fillna("").tolist()
    return versions[-1] or None if versions else None
