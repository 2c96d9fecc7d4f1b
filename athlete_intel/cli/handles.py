"""The commands about handles: questions for workers, their answers, and what looks wrong."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from athlete_intel.cli.shared import Home, Workspace, console, escaped
from athlete_intel.errors import SourceError
from athlete_intel.settings import load_settings
from athlete_intel.warehouse import Snapshots

handles_app = typer.Typer(help="Ask workers whose accounts are whose, and read what they say.", no_args_is_help=True)


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
        console.print(f"  line {row.line}: {escaped(str(row.column_name))} {escaped(str(row.reason))}", highlight=False)
    console.print("[bold]athlete-intel cycle[/] brings them in.", highlight=False)


@handles_app.command("audit")
def show_audit(workspace: Workspace = None, home: Home = None) -> None:
    """Show which handles look wrong, given everything else known, and what to do about them."""
    settings = load_settings(workspace=workspace, home=home)
    snapshots = Snapshots(settings.folder)
    snapshot = snapshots.current()
    if not snapshot.rows.get("handle_states"):
        console.print("This data set has no handles, so there is nothing to audit.")
        return
    flags = snapshots.read("handle_flags", snapshot=snapshot).sort_values(["platform", "z"])
    table = Table("athlete", "platform", "why", "suggested")
    for row in flags.itertuples():
        table.add_row(*(escaped(str(text)) for text in (row.athlete_id, row.platform, row.why, row.action)))
    console.print(table if len(flags) else "No handle looks wrong.")
