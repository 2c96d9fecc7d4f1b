"""The command line: one command for each stage, and one for the whole cycle."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from athlete_intel import __version__
from athlete_intel.cli import data, operations
from athlete_intel.cli.alerts import alerts_app
from athlete_intel.cli.handles import handles_app
from athlete_intel.cli.models import models_app
from athlete_intel.cli.payouts import payouts_app
from athlete_intel.cli.shared import console, error_console, print_error
from athlete_intel.errors import AthleteIntelError, SourceError

# Commands import what they need when they run: the scientific libraries take seconds to load, and help should not wait.

app = typer.Typer(
    help="Influence rankings, expected payouts and bundles of athletes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
_COMMANDS: dict[str, Callable[..., None]] = {
    "import": data.import_command,
    "build": data.build,
    "cycle": data.cycle,
    "demo": data.demo,
    "serve": operations.serve,
    "stats": data.stats,
    "doctor": operations.doctor,
}
_GROUPS = {
    "snapshots": data.snapshots_app,
    "models": models_app,
    "handles": handles_app,
    "journal": operations.journal_app,
    "payouts": payouts_app,
    "alerts": alerts_app,
}
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)
for _name, _group in _GROUPS.items():
    app.add_typer(_group, name=_name)

INTERRUPTED = 130
"""Exit code after Ctrl-C."""


def main() -> None:
    """Run the command line; an error is one sentence and an exit code, never a stack trace."""
    try:
        app()
    except AthleteIntelError as error:
        print_error(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print_error(f"{where}{error.strerror or error}; check the path, its permissions and the free disk space.")
        sys.exit(SourceError.exit_code)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            error_console.print("Stopped. What was published before is untouched.")
        raise


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Influence rankings, expected payouts and bundles of athletes."""
    if version:
        console.print(__version__, highlight=False)
        raise typer.Exit
