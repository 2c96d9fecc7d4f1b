"""The commands about pay: `athlete-intel payouts …`."""

import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from athlete_intel.errors import SourceError
from athlete_intel.settings import load_settings

# As in `cli`, commands import what they need when they run.

payouts_app = typer.Typer(help="Rates, advances, settlements, statements and risk.", no_args_is_help=True)
console = Console()


@payouts_app.command("card")
def show_card(
    card: Annotated[
        str | None, typer.Argument(help="Name or path of a rate card; that of the settings if none.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="New file to write the card to, as a start for your own.")] = None,
) -> None:
    """Check a rate card and show every assumption in it, or copy it to a file for you to edit."""
    from athlete_intel.payouts.cards import card_path, facts, load_card

    name = card or load_settings().rate_card
    found = load_card(name)
    if to is not None:
        if to.exists():
            raise SourceError(f"{to} exists already; name a new file, so that nothing is overwritten.")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(card_path(name), to)
        console.print(f"Wrote {to}. Edit it, then name it in the setting rate_card.", highlight=False)
        return
    table = Table("section", "name", "value", "meaning", title=f"Rate card {found.label}")
    told = facts(found, found.rate_cents_per_1000 or 0, "this card")
    if found.rate_cents_per_1000 is None:
        told = told[told["name"] != "rate_cents_per_1000"]
    for row in told.astype("str").to_numpy().tolist():
        table.add_row(*(text.replace("[", "\\[") for text in row))
    console.print(table)
    base = "the mapping's" if found.rate_cents_per_1000 is None else f"{found.rate_cents_per_1000:,} cents"
    console.print(f"The card is sound. Base rate for each 1,000 of the outcome: {base}.", highlight=False)
