"""The commands that bring data in and build snapshots of it, and those that look at them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from athlete_intel.cli.shared import Home, Workspace, console, error_console, escaped, print_error, progress
from athlete_intel.errors import NoSnapshotError
from athlete_intel.settings import Settings, load_settings
from athlete_intel.stats import posts_of
from athlete_intel.warehouse import Snapshots

if TYPE_CHECKING:
    from athlete_intel.pipeline import BuildReport
    from athlete_intel.sources.importer import ImportReport

snapshots_app = typer.Typer(help="Look at published snapshots, or go back to an older one.", no_args_is_help=True)

MappingName = Annotated[str, typer.Argument(help="Name of a shipped mapping, or path of your own TOML file.")]
From = Annotated[Path, typer.Option("--from", help="Folder that holds the files that the mapping names.")]


def import_command(mapping: MappingName, folder: From = Path(), workspace: Workspace = None, home: Home = None) -> None:
    """Read files into the workspace, as a mapping says. All of it is loaded, or nothing."""
    settings = load_settings(workspace=workspace, home=home)
    _show_import(_import(settings, mapping, folder))


def build(
    workspace: Workspace = None,
    home: Home = None,
    force: Annotated[bool, typer.Option("--force", help="Build even if nothing has changed.")] = False,
) -> None:
    """Compute features, model, ranking, pay, bundles and health, and publish them as a snapshot."""
    _build(load_settings(workspace=workspace, home=home), force)


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
    with progress() as bar:
        task = bar.add_task("Beginning", total=None)
        report = cycles.run_cycle(
            settings, mappings, folder, pipeline.utc_now(), lambda step: bar.update(task, description=step.capitalize())
        )
    for imported in report.imports:
        _show_import(imported)
    if report.resumed:
        console.print(f"Run {report.run} had been stopped and was gone on with.", highlight=False)
    _show_build(report.build)


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

    with progress() as bar:
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
        print_error(problem)
        raise typer.Exit(NoSnapshotError.exit_code)


@snapshots_app.command()
def rollback(
    snapshot_id: Annotated[str | None, typer.Argument(help="An older or newer one; else the one before.")] = None,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Point to an older snapshot, or a newer one by name. The app shows it from the next click on; all are kept."""
    settings = load_settings(workspace=workspace, home=home)
    snapshot = Snapshots(settings.folder).rollback(snapshot_id)
    console.print(f"{settings.workspace} now shows the snapshot {snapshot.id}.", highlight=False)


def _import(settings: Settings, name: str, folder: Path) -> "ImportReport":
    from athlete_intel import pipeline
    from athlete_intel.sources.mapping import load_mapping

    mapping = load_mapping(name)
    with progress() as bar:
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

    with progress() as bar:
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
        error_console.print(f"[bold yellow]Warning:[/] {escaped(sentence)}", highlight=False, soft_wrap=True)
