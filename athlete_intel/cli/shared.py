"""What commands share: the options that all know, and how they speak."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

console = Console()
error_console = Console(stderr=True)

Workspace = Annotated[
    str | None, typer.Option("--workspace", "-w", help="The data set to work on; by default the one of the settings.")
]
Home = Annotated[Path | None, typer.Option(help="Folder that holds the workspaces; by default data/built.")]


def print_error(sentence: str) -> None:
    """An error, in one sentence."""
    error_console.print(f"[bold red]Error:[/] {escaped(sentence)}", highlight=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar that shows what is being done, where somebody is watching."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=error_console, transient=True, disable=not error_console.is_terminal) as bar:
        yield bar


def escaped(text: str) -> str:
    """Text from outside, none of which is taken for markup.

    >>> escaped("[bold]")
    '\\\\[bold]'
    """
    return text.replace("[", "\\[")
