"""The commands that keep the house: serve the app, check what is there, copy what people decided."""

import importlib.metadata
import os
import platform
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from athlete_intel import __version__
from athlete_intel.cli.shared import Home, Workspace, console, escaped
from athlete_intel.errors import (
    BusyError,
    DamagedJournalError,
    JournalError,
    NoSnapshotError,
    PeopleError,
    SettingsError,
    SourceError,
    WarehouseError,
)
from athlete_intel.people import read_people
from athlete_intel.settings import SETTINGS_FILE, Settings, load_settings
from athlete_intel.warehouse import Snapshots

APP_FILE = Path(__file__).parents[2] / "app.py"

journal_app = typer.Typer(help="Look after what people decided.", no_args_is_help=True)


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
    to_import = _check_store(snapshots, store_path(settings.folder), table)
    advice += [*to_import, *_check_snapshot(snapshots, table, can_build=not to_import)]
    advice += _check_journal(settings, table)
    advice += _check_people(settings, table)
    free = shutil.disk_usage(settings.home if settings.home.exists() else Path()).free
    table.add_row("free disk", f"{free / 1e9:,.0f} GB")
    console.print(table)
    for command in advice:
        console.print(f"To mend it: [bold]{escaped(command)}[/]", highlight=False, soft_wrap=True)
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
        table.add_row("sign-in", f"nobody can come in: {escaped(str(error))}")
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
            tables = store.tables()
            is_empty = "mappings" not in tables or not store.count("mappings")
    except BusyError:
        table.add_row("imported data", "being written by another process")
        return []
    except WarehouseError:
        table.add_row("imported data", f"{path} is damaged")
        return [f"rm {path} && {anew}"]
    if is_empty:
        # An import that was refused leaves the tables.
        table.add_row("imported data", "none")
        return [anew]
    table.add_row("imported data", f"{path.stat().st_size / 1e6:,.1f} MB in {len(tables)} tables")
    return []


def _check_snapshot(snapshots: Snapshots, table: Table, can_build: bool) -> list[str]:
    """See what is published; where nothing is imported that can be built from, the cycle named for that mends it."""
    try:
        snapshot = snapshots.current()
    except NoSnapshotError as error:
        table.add_row("snapshot", escaped(str(error)))
        if snapshots.all():
            return [snapshots.command("snapshots rollback").strip("`")]
        return [snapshots.command("build").strip("`")] if can_build else []
    if not snapshots.is_whole(snapshot):
        table.add_row("snapshot", f"{snapshot.file} is damaged")
        return [snapshots.command("build --force").strip("`")] if can_build else []
    table.add_row("snapshot", f"{snapshot.id}, {sum(snapshot.rows.values()):,} rows")
    if "quality" in snapshot.rows:
        table.add_row("silent feeds", _silent_feeds(snapshots))
    return []


def _check_journal(settings: Settings, table: Table) -> list[str]:
    from athlete_intel.journal import Journal
    from athlete_intel.ui.formats import some

    file = None
    try:
        file = Journal.file_of(settings)
        if file is not None and not file.is_file():
            table.add_row("journal", "none yet: nobody has decided anything")
            return []
        with Journal.of(settings) as journal:
            rows = journal.check()
    except JournalError as error:
        table.add_row("journal", escaped(str(error)))
        if file is not None and isinstance(error, DamagedJournalError):
            return _ways_to_a_whole_journal(file)
        return ["see that the journal can be reached and written to, as its row above says"]
    table.add_row("journal", some(rows, "decision"))
    return []


def _ways_to_a_whole_journal(file: Path) -> list[str]:
    # A write-ahead log that stayed would be written into the copy that takes the file's place.
    parts = [path for path in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))) if path.exists()]
    aside = shlex.quote(str(file.with_name(f"damaged-journal-{datetime.now(UTC):%Y%m%dT%H%M%S}")))
    move = f"mkdir {aside} && mv {shlex.join(map(str, parts))} {aside}"
    return [
        f"{move} && cp COPY {shlex.quote(str(file))}, where COPY is a file that athlete-intel journal backup wrote",
        f"{move}, if there is no copy: the decisions in the file are lost then",
    ]


def _silent_feeds(snapshots: Snapshots) -> str:
    """Sources without anything new for longer than usual by the clock; of made-up data no clock tells."""
    from athlete_intel.monitoring.quality import by_the_clock

    checks = snapshots.read("quality")
    if "newest" not in checks:
        return "not known to a snapshot of an earlier version"
    if bool(snapshots.read("dataset", ["made_up"])["made_up"].item()):
        return "not looked for: the data are made up"
    silent = by_the_clock(checks, datetime.now(UTC).replace(tzinfo=None))
    told = [f"{row.subject} for {row.days:.0f} days" for row in silent.itertuples()]
    return escaped("; ".join(told)) if told else "none"


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
