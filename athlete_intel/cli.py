"""The command line: one command for each stage, and one for the whole cycle."""

import importlib.metadata
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from athlete_intel import __version__
from athlete_intel.cli_health import alerts_app, promote_model, retrain_model, rollback_model
from athlete_intel.cli_payouts import payouts_app
from athlete_intel.errors import (
    AthleteIntelError,
    BusyError,
    ModelError,
    NoSnapshotError,
    PeopleError,
    SettingsError,
    SourceError,
    WarehouseError,
)
from athlete_intel.people import read_people
from athlete_intel.settings import SETTINGS_FILE, Settings, load_settings
from athlete_intel.stats import posts_of
from athlete_intel.warehouse import Snapshots

if TYPE_CHECKING:
    from athlete_intel.pipeline import BuildReport
    from athlete_intel.sources.importer import ImportReport

# Commands import what they need when they run: the scientific libraries take seconds to load, and help should not wait.

APP_FILE = Path(__file__).parents[1] / "app.py"

app = typer.Typer(
    help="Influence rankings, expected payouts and bundles of athletes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
snapshots_app = typer.Typer(help="Look at published snapshots, or go back to an older one.", no_args_is_help=True)
app.add_typer(snapshots_app, name="snapshots")
models_app = typer.Typer(help="Look at the models that are stored, and at what is known of each.", no_args_is_help=True)
app.add_typer(models_app, name="models")
handles_app = typer.Typer(help="Ask workers whose accounts are whose, and read what they say.", no_args_is_help=True)
app.add_typer(handles_app, name="handles")
journal_app = typer.Typer(help="Look after what people decided.", no_args_is_help=True)
app.add_typer(journal_app, name="journal")
app.add_typer(payouts_app, name="payouts")
app.add_typer(alerts_app, name="alerts")
for command, name in ((promote_model, "promote"), (rollback_model, "rollback"), (retrain_model, "retrain")):
    models_app.command(name)(command)

INTERRUPTED = 130
"""Exit code after Ctrl-C."""

console = Console()
error_console = Console(stderr=True)

Workspace = Annotated[
    str | None, typer.Option("--workspace", "-w", help="The data set to work on; by default the one of the settings.")
]
Home = Annotated[Path | None, typer.Option(help="Folder that holds the workspaces; by default data/built.")]
MappingName = Annotated[str, typer.Argument(help="Name of a shipped mapping, or path of your own TOML file.")]
From = Annotated[Path, typer.Option("--from", help="Folder that holds the files that the mapping names.")]


def main() -> None:
    """Run the command line; an error is one sentence and an exit code, never a stack trace."""
    try:
        app()
    except AthleteIntelError as error:
        _print_error(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _print_error(f"{where}{error.strerror or error}; check the path, its permissions and the free disk space.")
        sys.exit(SourceError.exit_code)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            error_console.print("Stopped. What was published before is untouched.")
        raise


def _print_error(sentence: str) -> None:
    error_console.print(f"[bold red]Error:[/] {_escaped(sentence)}", highlight=False, soft_wrap=True)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Influence rankings, expected payouts and bundles of athletes."""
    if version:
        console.print(__version__, highlight=False)
        raise typer.Exit


@app.command("import")
def import_command(mapping: MappingName, folder: From = Path(), workspace: Workspace = None, home: Home = None) -> None:
    """Read files into the workspace, as a mapping says. All of it is loaded, or nothing."""
    settings = load_settings(workspace=workspace, home=home)
    _show_import(_import(settings, mapping, folder))


@app.command()
def build(
    workspace: Workspace = None,
    home: Home = None,
    force: Annotated[bool, typer.Option("--force", help="Build even if nothing has changed.")] = False,
) -> None:
    """Compute features, model, ranking, pay, bundles and health, and publish them as a snapshot."""
    _build(load_settings(workspace=workspace, home=home), force)


@app.command()
def cycle(
    mapping: Annotated[
        list[str] | None, typer.Argument(help="Mappings to import first; without any, only what changed is built.")
    ] = None,
    folder: From = Path(),
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Do all of it: import, build, publish. Safe to run again, also after it was killed; only what is new is done."""
    from athlete_intel import cycle as cycles
    from athlete_intel import pipeline
    from athlete_intel.sources.mapping import load_mapping

    settings = load_settings(workspace=workspace, home=home)
    mappings = [load_mapping(name) for name in mapping or []]
    with _progress() as bar:
        task = bar.add_task("Beginning", total=None)
        report = cycles.run_cycle(
            settings, mappings, folder, pipeline.utc_now(), lambda step: bar.update(task, description=step.capitalize())
        )
    for imported in report.imports:
        _show_import(imported)
    if report.resumed:
        console.print(f"Run {report.run} had been stopped and was gone on with.", highlight=False)
    _show_build(report.build)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--to", help="Folder to write to.")] = Path("data/demo"),
    scenario: Annotated[str, typer.Option(help="Name of a scenario, or path of a TOML file.")] = "calm",
    athletes: Annotated[int, typer.Option(help="Number of athletes.", min=1)] = 1200,
    days: Annotated[int, typer.Option(help="Length of the world in days.", min=1)] = 548,
    posts_per_week: Annotated[float | None, typer.Option(help="Mean posts of an athlete a week.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 2026,
) -> None:
    """Write a made-up sports social network, with its hidden truth beside it."""
    from athlete_intel.sources.demo import load_scenario, write_demo

    with _progress() as bar:
        task = bar.add_task("Making athletes", total=athletes)
        report = write_demo(
            folder,
            load_scenario(scenario),
            athletes,
            days,
            posts_per_week,
            seed,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    console.print(
        f"Wrote {sum(report.rows.values()):,} rows of the scenario {report.scenario} to {folder / 'raw'}, and what is "
        f"true in it to {folder / 'truth'}.",
        highlight=False,
    )


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port of the app.", min=1, max=65535)] = 8501,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")] = "localhost",
    workspace: Workspace = None,
    home: Home = None,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = False,
) -> None:
    """Open the app. It reads published snapshots only; stop it with Ctrl-C."""
    settings = load_settings(workspace=workspace, home=home)
    Snapshots(settings.folder).current()
    environment = {"ATHLETE_INTEL_HOME": str(settings.home.resolve()), "ATHLETE_INTEL_WORKSPACE": settings.workspace}
    if settings.people is not None:
        read_people(settings.people)
        # The app runs in another folder, where it does not find the settings file of this one.
        environment["ATHLETE_INTEL_PEOPLE"] = str(settings.people.resolve())
    elif host not in ("localhost", "127.0.0.1", "::1"):
        console.print("Nobody has to sign in: who reaches this address sees everything (see docs/people.md).")
    _check_port(host, port)
    console.print(f"Athlete Intelligence is at [bold]http://{host}:{port}[/] (Ctrl-C stops it).", highlight=False)
    sys.exit(_run_streamlit(host, port, browser, environment))


@app.command()
def stats(
    who: Annotated[str, typer.Argument(help="A handle, an athlete's id or a name.")],
    last: Annotated[int, typer.Option(help="How many of the newest posts.", min=2)] = 200,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Show what the last posts of an account looked like."""
    settings = load_settings(workspace=workspace, home=home)
    posts = posts_of(Snapshots(settings.folder), who, last)
    if posts.empty:
        console.print(f"{who} has no posts in this data set.")
        return
    described = posts.describe()
    table = Table(title=f"Last {len(posts)} posts of {who}")
    for name in ["", *described.columns]:
        table.add_column(name, justify="right" if name else "left")
    for name, row in described.iterrows():
        table.add_row(str(name), *(f"{value:,.1f}" for value in row))
    console.print(table)
    correlation = posts["likes"].corr(posts["reposts"])
    if correlation == correlation:
        console.print(f"Correlation of likes and reposts: {correlation:.3f}", highlight=False)


@snapshots_app.command("list")
def list_snapshots(workspace: Workspace = None, home: Home = None) -> None:
    """List the published snapshots, newest first; the current one is marked."""
    settings = load_settings(workspace=workspace, home=home)
    snapshots = Snapshots(settings.folder)
    try:
        current, problem = snapshots.current().id, ""
    except NoSnapshotError as error:
        if not snapshots.all():
            raise
        current, problem = "", str(error)
    table = Table("", "snapshot", "created (UTC)", "tables", "rows")
    for snapshot in snapshots.all():
        mark = "current" if snapshot.id == current else ""
        rows = f"{sum(snapshot.rows.values()):,}"
        table.add_row(mark, snapshot.id, snapshot.created, str(len(snapshot.rows)), rows)
    console.print(table)
    if problem:
        _print_error(problem)
        raise typer.Exit(NoSnapshotError.exit_code)


@snapshots_app.command()
def rollback(
    snapshot_id: Annotated[str | None, typer.Argument(help="Snapshot to go back to; else the one before.")] = None,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Point to an older snapshot. The app shows it from the next click on; nothing is deleted."""
    settings = load_settings(workspace=workspace, home=home)
    snapshot = Snapshots(settings.folder).rollback(snapshot_id)
    console.print(f"{settings.workspace} now shows the snapshot {snapshot.id}.", highlight=False)


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
    table.add_row("parameters", _escaped(", ".join(f"{name} {value}" for name, value in card.parameters.items())))
    table.add_row("features", _escaped(", ".join(card.features)))
    table.add_row("data", card.data)
    table.add_row("code", f"{card.package}+{card.code}")
    table.add_row("libraries", ", ".join(f"{name} {number}" for name, number in card.libraries.items()))
    table.add_row("file", f"{store.file(model)}, SHA-256 {model.sha256}")
    console.print(table)
    store.load(version)
    console.print("Its file is what was saved and can be loaded.")


def _figure(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


@handles_app.command("hits")
def write_hits(
    file: Annotated[Path, typer.Argument(help="CSV file to write: the HIT input of a Mechanical Turk batch.")],
    most: Annotated[
        int, typer.Option(help="At most so many open questions, those with most money at stake first.", min=1)
    ] = 500,
    gold_share: Annotated[float, typer.Option(help="Gold questions for each open one.", min=0, max=1)] = 0.1,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Write the questions that are open, with gold questions mixed in, as input for Mechanical Turk."""
    from athlete_intel.handles.turk import write_hits as write

    if file.exists() or file.is_symlink():
        raise SourceError(f"{file} exists already; name a new file, so that nothing is overwritten.")
    settings = load_settings(workspace=workspace, home=home)
    snapshots = Snapshots(settings.folder)
    snapshot = snapshots.current()
    tables = ("handle_states", "handle_flags", "handle_gold", "athletes")
    states, flags, gold, athletes = (snapshots.read(name, snapshot=snapshot) for name in tables)
    number, of_gold = write(file, states, flags, gold, athletes, most, gold_share)
    if not number:
        console.print("No question is open, so nothing was written.")
        return
    console.print(
        f"Wrote {number:,} questions to {file}, {of_gold:,} of them gold. Ask for one answer field named handle, and "
        f"for {settings.handles_votes} assignments each.",
        highlight=False,
    )


@handles_app.command("votes")
def read_votes(
    file: Annotated[Path, typer.Argument(help="Results file of a Mechanical Turk batch.")],
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Read the results of a batch into the workspace; they count from the next cycle on."""
    from athlete_intel import pipeline

    settings = load_settings(workspace=workspace, home=home)
    results = pipeline.run_votes(settings, file, pipeline.utc_now())
    bad = len(results.quarantine)
    console.print(
        f"{results.lines:,} rows read: {len(results.assignments):,} assignments, {results.rejected:,} of them rejected "
        f"and no votes; {bad:,} in quarantine.",
        highlight=False,
    )
    for row in results.quarantine.head(10).itertuples():
        console.print(
            f"  line {row.line}: {_escaped(str(row.column_name))} {_escaped(str(row.reason))}", highlight=False
        )
    console.print("[bold]athlete-intel cycle[/] brings them in.", highlight=False)


@handles_app.command("audit")
def show_audit(workspace: Workspace = None, home: Home = None) -> None:
    """Show which handles look wrong, given everything else known, and what to do about them."""
    settings = load_settings(workspace=workspace, home=home)
    flags = Snapshots(settings.folder).read("handle_flags").sort_values(["platform", "z"])
    table = Table("athlete", "platform", "why", "suggested")
    for row in flags.itertuples():
        table.add_row(*(_escaped(str(text)) for text in (row.athlete_id, row.platform, row.why, row.action)))
    console.print(table if len(flags) else "No handle looks wrong.")


@journal_app.command("backup")
def backup_journal(
    file: Annotated[Path, typer.Argument(help="New file for the copy.")], workspace: Workspace = None, home: Home = None
) -> None:
    """Copy what people decided while it is in use."""
    from athlete_intel.journal import Journal

    settings = load_settings(workspace=workspace, home=home)
    if not Journal.is_there(settings):
        raise SourceError(
            f"There is no journal of the workspace {settings.workspace} yet, so there is nothing to copy."
        )
    with Journal.of(settings) as journal:
        rows = journal.backup(file)
    console.print(f"Copied {rows:,} decisions to {file}.", highlight=False)


@app.command()
def doctor(workspace: Workspace = None, home: Home = None) -> None:
    """Check versions, paths and data, and name the command that mends what is missing."""
    from athlete_intel.sources.importer import store_path
    from athlete_intel.sources.mapping import shipped_names

    settings = load_settings(workspace=workspace, home=home)
    advice: list[str] = []
    table = Table("what", "found", title="Athlete Intelligence", show_header=False)
    table.add_row("version", f"{__version__}, Python {platform.python_version()}")
    for package in ("duckdb", "pandas", "scikit-learn", "skops", "hdbscan", "plotly", "streamlit", "SQLAlchemy"):
        table.add_row(package, importlib.metadata.version(package))
    table.add_row("settings", SETTINGS_FILE if Path(SETTINGS_FILE).is_file() else f"defaults (no {SETTINGS_FILE} here)")
    table.add_row("setting names", ", ".join(Settings.__dataclass_fields__))
    table.add_row("mappings", ", ".join(shipped_names()))
    table.add_row("workspace", str(settings.folder))
    snapshots = Snapshots(settings.folder)
    advice += _check_writable(settings, table)
    advice += _check_store(snapshots, store_path(settings.folder), table)
    advice += _check_snapshot(snapshots, table)
    advice += _check_people(settings, table)
    free = shutil.disk_usage(settings.home if settings.home.exists() else Path()).free
    table.add_row("free disk", f"{free / 1e9:,.0f} GB")
    console.print(table)
    for command in advice:
        console.print(f"To mend it: [bold]{_escaped(command)}[/]", highlight=False, soft_wrap=True)
    if advice:
        raise typer.Exit(NoSnapshotError.exit_code)
    console.print("All is well.")


def _check_writable(settings: Settings, table: Table) -> list[str]:
    folder = next(path for path in (settings.folder, *settings.folder.absolute().parents) if path.exists())
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return []
    table.add_row("writable", f"no: {folder} is not a folder that you may write to")
    return [f"chmod u+rwx {folder}, or name another folder with --home"]


def _check_people(settings: Settings, table: Table) -> list[str]:
    if settings.people is None:
        table.add_row("sign-in", "off: the app is open to whoever reaches it (docs/people.md)")
        return []
    try:
        table.add_row("sign-in", f"{len(read_people(settings.people)):,} people in {settings.people}")
    except PeopleError as error:
        table.add_row("sign-in", f"nobody can come in: {_escaped(str(error))}")
        return [f"edit {settings.people}"]
    return []


def _check_store(snapshots: Snapshots, path: Path, table: Table) -> list[str]:
    from athlete_intel.warehouse import Database

    anew = snapshots.command("cycle MAPPING --from FOLDER").strip("`")
    if not path.is_file():
        table.add_row("imported data", "none")
        return [anew]
    try:
        with Database(path, read_only=True) as store:
            tables = len(store.tables())
    except BusyError:
        table.add_row("imported data", "being written by another process")
        return []
    except WarehouseError:
        table.add_row("imported data", f"{path} is damaged")
        return [f"rm {path} && {anew}"]
    table.add_row("imported data", f"{path.stat().st_size / 1e6:,.1f} MB in {tables} tables")
    return []


def _check_snapshot(snapshots: Snapshots, table: Table) -> list[str]:
    try:
        snapshot = snapshots.current()
    except NoSnapshotError as error:
        table.add_row("snapshot", _escaped(str(error)))
        return [snapshots.command("snapshots rollback" if snapshots.all() else "build").strip("`")]
    if not snapshots.is_whole(snapshot):
        table.add_row("snapshot", f"{snapshot.file} is damaged")
        return [snapshots.command("build --force").strip("`")]
    table.add_row("snapshot", f"{snapshot.id}, {sum(snapshot.rows.values()):,} rows")
    return []


def _import(settings: Settings, name: str, folder: Path) -> "ImportReport":
    from athlete_intel import pipeline
    from athlete_intel.sources.mapping import load_mapping

    mapping = load_mapping(name)
    with _progress() as bar:
        task = bar.add_task(f"Importing {mapping.name}", total=None)
        return pipeline.run_import(
            settings,
            mapping,
            folder,
            pipeline.utc_now(),
            lambda file, lines: bar.update(task, description=f"{file}: {lines:,} rows"),
        )


def _show_import(report: "ImportReport") -> None:
    if report.skipped:
        console.print(f"{report.mapping}: nothing new in {report.files} file(s).", highlight=False)
        return
    table = Table("table", "new", "changed", "unchanged", "removed", title=f"Imported {report.mapping}")
    for row in report.tables:
        table.add_row(row.table, f"{row.new:,}", f"{row.changed:,}", f"{row.unchanged:,}", f"{row.removed:,}")
    console.print(table)
    bad = f"{report.bad_lines:,} of {report.lines:,} rows are in quarantine" if report.bad_lines else "no row was bad"
    console.print(f"{report.lines:,} rows read from {report.files} file(s); {bad}.", highlight=False)


def _build(settings: Settings, force: bool) -> None:
    from athlete_intel import pipeline

    with _progress() as bar:
        task = bar.add_task("Building", total=None)
        report = pipeline.build(
            settings, pipeline.utc_now(), lambda stage: bar.update(task, description=f"Building: {stage}"), force
        )
    _show_build(report)


def _show_build(report: "BuildReport") -> None:
    if report.reused:
        console.print(f"Nothing has changed; the snapshot {report.snapshot.id} stays.", highlight=False)
    else:
        console.print(f"Published the snapshot {report.snapshot.id}.", highlight=False)
    for sentence in report.warnings:
        error_console.print(f"[bold yellow]Warning:[/] {_escaped(sentence)}", highlight=False, soft_wrap=True)


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=error_console, transient=True, disable=not error_console.is_terminal) as bar:
        yield bar


def _interrupt(signal_number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise SettingsError(
                f"Port {port} of {host} is in use by another program; name a free one with --port."
            ) from None


def _run_streamlit(host: str, port: int, browser: bool, environment: dict[str, str]) -> int:
    command = [sys.executable, "-m", "streamlit", "run", str(APP_FILE), "--server.port", str(port)]
    command += [
        "--server.address",
        host,
        "--server.headless",
        "false" if browser else "true",
        "--browser.gatherUsageStats",
        "false",
    ]
    # The app's own settings stand in .streamlit beside it, so it runs from there.
    process = subprocess.Popen(command, cwd=APP_FILE.parent, env={**os.environ, **environment})  # noqa: S603
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        return 0


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")
