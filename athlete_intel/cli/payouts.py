"""The commands about pay: `athlete-intel payouts …`."""

import hashlib
import math
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from athlete_intel.cli.shared import Home, Workspace, console, escaped
from athlete_intel.errors import LedgerError, SourceError
from athlete_intel.settings import Settings, load_settings
from athlete_intel.warehouse import Snapshots

if TYPE_CHECKING:
    import pandas as pd

    from athlete_intel.journal import Journal
    from athlete_intel.payouts.ledger import Entry

payouts_app = typer.Typer(help="Rates, advances, settlements, statements and risk.", no_args_is_help=True)
Who = Annotated[str, typer.Option(help="Your name; it signs the rows.")]
Why = Annotated[str, typer.Option(help="The reason.")]
_SHOWN = 10


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
        table.add_row(*(escaped(text) for text in row))
    console.print(table)
    base = "the mapping's" if found.rate_cents_per_1000 is None else f"{found.rate_cents_per_1000:,} cents"
    console.print(f"The card is sound. Base rate for each 1,000 of the outcome: {base}.", highlight=False)


@payouts_app.command("advance")
def pay_advances(
    who: Who,
    why: Why,
    story: Annotated[list[str] | None, typer.Option(help="Only these stories; else all that wait for one.")] = None,
    add_on: Annotated[list[str] | None, typer.Option(help="usage_rights, exclusivity or whitelisting.")] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Pay those, too, that wait for a person.")] = False,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Write down the advances of stories that are out and whose outcome is still to come."""
    from athlete_intel.journal import Journal
    from athlete_intel.payouts import commitments, ledger

    settings = load_settings(workspace=workspace, home=home)
    tables, snapshot_id = _published(settings)
    if tables["outcomes"].empty and not story:
        console.print("This data set has no stories, so there is nothing to advance.")
        return
    with Journal.of(settings) as journal:
        offer = commitments.offer_of(tables, snapshot_id)
        waiting = tables["outcomes"].head(0)

        def promised(rows: "pd.DataFrame") -> "list[Entry]":
            nonlocal waiting
            known = ledger.entries_of(rows)
            stories = commitments.open_stories(tables["outcomes"], known)
            if story:
                missing = sorted(set(story) - set(stories["story_id"]))
                if missing:
                    raise LedgerError(
                        f"The story {missing[0]!r} is unknown, has its outcome or its advance already; "
                        "`athlete-intel payouts ledger` shows what was paid."
                    )
                stories = stories[stories["story_id"].isin(story)]
            found, waiting = commitments.advances(stories, offer, known, tuple(add_on or ()), approve)
            return found

        entries = _write(journal, promised, who, why)
    console.print(_told("advance", entries), highlight=False)
    if not entries and waiting.empty:
        console.print("Every story that is out has its outcome or its advance already.")
    for row in waiting.head(_SHOWN).astype("str").to_numpy().tolist():
        console.print(f"  waits for a person: {row[0]} of {row[1]}, {row[2]}", highlight=False, markup=False)
    if len(waiting) > _SHOWN:
        console.print(f"  and {len(waiting) - _SHOWN:,} more wait; --approve pays them.", highlight=False)


@payouts_app.command("settle")
def settle(who: Who, why: Why, workspace: Workspace = None, home: Home = None) -> None:
    """Settle every open story whose outcome is known: pay what it earned, less what was paid."""
    from athlete_intel.journal import Journal
    from athlete_intel.payouts import commitments, ledger

    settings = load_settings(workspace=workspace, home=home)
    tables, _ = _published(settings)
    if tables["outcomes"].empty and _ledger(settings).empty:
        console.print("This data set has no stories, so there is nothing to settle.")
        return
    with Journal.of(settings) as journal:
        entries = _write(
            journal, lambda rows: commitments.settlements(ledger.entries_of(rows), tables["outcomes"]), who, why
        )
    console.print(_told("settlement", entries), highlight=False)
    below = sum(entry.paid_cents < 0 for entry in entries)
    if below:
        console.print(f"{below:,} of them are below their advance.", highlight=False)
    waiting = int((ledger.balances(_ledger(settings))["state"] == "open").sum())
    if waiting:
        console.print(f"{waiting:,} more wait: their outcome is not known yet.", highlight=False)
    elif not entries:
        console.print("No story has an advance that is not settled.")


@payouts_app.command("correct")
def correct(
    row: Annotated[int, typer.Argument(help="Number of the row that is wrong.")],
    fee_cents: Annotated[int, typer.Argument(help="What the story earns in all, in cents.", min=0)],
    who: Who,
    why: Why,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Put a row of the ledger right by one more row; the wrong one stays."""
    from athlete_intel.journal import Journal
    from athlete_intel.payouts import ledger

    settings = load_settings(workspace=workspace, home=home)

    def right(rows: "pd.DataFrame") -> "list[Entry]":
        wrong = rows[rows["id"] == row]
        if wrong.empty:
            raise LedgerError(f"There is no row {row} in the ledger; `athlete-intel payouts ledger` shows them.")
        return [ledger.correction(row, fee_cents, ledger.entries_of(rows)[str(wrong["story_id"].iloc[0])])]

    with Journal.of(settings) as journal:
        entries = _write(journal, right, who, why)
    console.print(_told("correction", entries), highlight=False)


@payouts_app.command("ledger")
def show_ledger(
    last: Annotated[int, typer.Option(help="How many of the newest rows.", min=1)] = 20,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Show the newest rows of the ledger, and what was paid in all."""
    from athlete_intel.payouts import ledger

    settings = load_settings(workspace=workspace, home=home)
    rows = _ledger(settings)
    table = Table()
    for name in ("row", "at (UTC)", "kind", "story", "athlete", "fee", "paid", "who", "why"):
        # In a narrow window texts are broken, so that nothing is cut off, and amounts stay whole.
        table.add_column(name, overflow="fold", no_wrap=name in ("fee", "paid"))
    for row in rows.tail(last).itertuples():
        texts = (
            row.id,
            row.at,
            row.kind,
            row.story_id,
            row.athlete_id,
            _dollars(row.fee_cents),
            _dollars(row.paid_cents),
        )
        table.add_row(*(escaped(str(text)) for text in (*texts, row.who, row.why)))
    console.print(table)
    states = ledger.balances(rows)["state"].value_counts()
    paid = sum(map(int, rows["paid_cents"]))
    console.print(
        f"{len(rows):,} rows, {_dollars(paid)} paid; {states.get('open', 0):,} stories are open, "
        f"{states.get('settled', 0):,} settled.",
        highlight=False,
    )


@payouts_app.command("statements")
def write_statements(
    month: Annotated[str, typer.Argument(help="As 2026-11.")],
    to: Annotated[Path, typer.Option(help="Folder to write to.")],
    athlete: Annotated[str | None, typer.Option(help="Only this athlete, by id.")] = None,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Write the statements of a month: one CSV file of all rows, and a PDF for each athlete."""
    from athlete_intel.payouts.statements import as_pdf, months, paid_in_all, statement
    from athlete_intel.ui.formats import csv_bytes

    settings = load_settings(workspace=workspace, home=home)
    rows = _ledger(settings)
    tables, _ = _published(settings)
    about = tables["dataset"].iloc[0]
    names = dict(zip(tables["rankings"]["athlete_id"], tables["rankings"]["name"], strict=True))
    table = statement(rows, month, names, athlete)
    if table.empty:
        known = ", ".join(months(rows)) or "no month"
        raise LedgerError(f"Nothing was paid in {month}{f' to {athlete}' if athlete else ''}; there is {known}.")
    to.mkdir(parents=True, exist_ok=True)
    (to / f"statements-{month}.csv").write_bytes(csv_bytes(table))
    note = "Demo data: made-up athletes, no money was paid." if bool(about["made_up"]) else ""
    for own_id, own in table.groupby("athlete_id"):
        file = to / f"statement-{month}-{_file_name(str(own_id))}.pdf"
        file.write_bytes(as_pdf(own, month, str(own["athlete"].iloc[0]), str(about["outcome_name"]), note))
    console.print(
        f"Wrote {len(table):,} rows of {table['athlete_id'].nunique():,} athletes to {to}, ${paid_in_all(table):,.2f} "
        "in all.",
        highlight=False,
    )


@payouts_app.command("risk")
def show_risk(
    budget: Annotated[int | None, typer.Option(help="Dollars for the next month.", min=0)] = None,
    workspace: Workspace = None,
    home: Home = None,
) -> None:
    """Show what the next month and the open commitments may cost, who carries the risk, and business alerts."""
    from athlete_intel.payouts import report, risk
    from athlete_intel.ui.formats import money

    settings = load_settings(workspace=workspace, home=home)
    tables, _ = _published(settings)
    rows = _ledger(settings)
    month = report.next_month(tables, settings.seed)
    books = (("next 30 days", month), ("open commitments", report.open_commitments(tables, rows, settings.seed)))
    table = Table("book", "figure", "low (10%)", "middle", "mean", "high (90%)")
    for name, book in books:
        for figure in risk.summary(book).to_dict("records") if book is not None else ():
            amounts = (money(figure[each]) for each in ("low", "middle", "mean", "high"))
            table.add_row(name, str(figure["figure"]), *amounts)
    console.print(table if table.rows else "There is no story to pay for, so there is no risk to show.")
    if month is not None:
        console.print(f"Probability of a loss next month: {risk.loss_probability(month):.1%}.", highlight=False)
        if budget is not None:
            over = risk.over_budget(month, budget * 100)
            console.print(f"Probability that fees are more than ${budget:,}: {over:.1%}.", highlight=False)
        names = tables["rankings"].set_index("athlete_id")["name"]
        for carrier in risk.risk_carriers(month).head(5).to_dict("records"):
            who = names.get(carrier["group"], carrier["group"])
            console.print(f"  {carrier['share']:.1%} of the tail: {who}", highlight=False, markup=False)
    levels = Table("figure", "value", "normal", "alarm", "state", "rests on")
    for row in report.business(tables, rows, tables["backtest"], tables["outcomes"], month).to_dict("records"):
        shares = (_share(row[name]) for name in ("value", "normal", "alarm"))
        levels.add_row(str(row["about"]), *shares, str(row["state"]), str(row["rests_on"]))
    console.print(levels)


def _file_name(text: str) -> str:
    """A text that any file system takes as a name, told apart by a few letters of its fingerprint if it changed.

    >>> _file_name("athlete-01"), _file_name("a/b")
    ('athlete-01', 'a-b-c14cdd')
    """
    plain = re.sub(r"[^\w.-]", "-", text)[:80].strip(".") or "athlete"
    return plain if plain == text else f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def _published(settings: Settings) -> "tuple[dict[str, pd.DataFrame], str]":
    snapshots = Snapshots(settings.folder)
    snapshot = snapshots.current()
    from athlete_intel.payouts.report import TABLES

    names = (*TABLES, "outcomes", "backtest")
    return {name: snapshots.read(name, snapshot=snapshot) for name in names}, snapshot.id


def _ledger(settings: Settings) -> "pd.DataFrame":
    from athlete_intel.journal_rows import rows_now
    from athlete_intel.payouts import ledger

    return rows_now(settings, ledger.TABLE)


def _write(journal: "Journal", make: "Callable[[pd.DataFrame], list[Entry]]", who: str, why: str) -> "list[Entry]":
    """Write what follows from the ledger as it is while nobody else can write to it."""
    from athlete_intel.payouts import ledger

    entries: list[Entry] = []

    def values(rows: "pd.DataFrame") -> list[dict[str, Any]]:
        entries.extend(make(rows))
        return [entry.values() for entry in entries]

    journal.append_all(ledger.TABLE, values, who=who, role="operator", why=why)
    return entries


def _told(what: str, entries: "Sequence[Entry]") -> str:
    paid = sum(entry.paid_cents for entry in entries)
    return f"Wrote {len(entries):,} {what}{'' if len(entries) == 1 else 's'}, {_dollars(paid)} in all."


def _share(value: float) -> str:
    """A share that stands beside its levels, so that a tenth of a percent counts.

    >>> _share(0.1079), _share(float("nan"))
    ('10.8%', '-')
    """
    return "-" if math.isnan(value) else f"{value:.1%}"


def _dollars(cents: Any) -> str:
    """Whole cents as dollars, exact.

    >>> _dollars(-123_456)
    '-$1,234.56'
    """
    sign, size = ("-" if cents < 0 else ""), abs(int(cents))
    return f"{sign}${size // 100:,}.{size % 100:02}"
