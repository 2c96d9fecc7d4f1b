"""Statements by month, out of the ledger: a table for spreadsheets, and a PDF for the athlete."""

import unicodedata
from collections.abc import Container, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd

from athlete_intel.errors import LedgerError
from athlete_intel.payouts.ledger import MILLI

FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
COLUMNS = (
    *("row", "day", "athlete_id", "athlete", "kind", "story_id", "predicted", "actual", "fee", "paid"),
    *("rate_card", "model_version", "snapshot_id", "signed", "why"),
)
_WORDS = {"advance": "Advance", "settlement": "Settlement", "correction": "Correction"}
_WIDTHS = (24, 24, 66, 22, 22, 32)


def months(rows: pd.DataFrame) -> list[str]:
    """Months in which something was paid, newest first, as 2026-11."""
    return sorted(set(rows["at"].dt.strftime("%Y-%m")), reverse=True)


def statement(rows: pd.DataFrame, month: str, names: Mapping[str, str], athlete_id: str | None = None) -> pd.DataFrame:
    """The rows of a month, amounts as exact dollars.

    Args:
        rows: the ledger, as the journal gives it.
        month: as 2026-11, in UTC.
        names: of athletes by id.
        athlete_id: only this athlete's.

    Raises:
        LedgerError: the month is not written as 2026-11.

    Returns:
        The columns `COLUMNS`; `fee` is what the story has earned by then, `paid` what the row pays or takes back.
    """
    try:
        datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise LedgerError(f"{month!r} is no month; write it as 2026-11.") from None
    kept = rows[rows["at"].dt.strftime("%Y-%m") == month].sort_values("id")
    if athlete_id is not None:
        kept = kept[kept["athlete_id"] == athlete_id]
    table = pd.DataFrame(
        {
            "row": kept["id"].astype("int64"),
            "day": kept["at"].dt.strftime("%Y-%m-%d"),
            "athlete_id": kept["athlete_id"],
            "athlete": [names.get(str(each), str(each)) for each in kept["athlete_id"]],
            "kind": kept["kind"].map(_WORDS),
            "story_id": kept["story_id"],
            "predicted": _from_milli(kept["predicted_milli"]),
            "actual": _from_milli(kept["actual_milli"]),
            "fee": [dollars(int(each)) for each in kept["fee_cents"]],
            "paid": [dollars(int(each)) for each in kept["paid_cents"]],
            **{name: kept[name] for name in ("rate_card", "model_version", "snapshot_id")},
            "signed": kept["who"],
            "why": kept["why"],
        }
    )
    return table.reset_index(drop=True)[list(COLUMNS)]


def dollars(cents: int) -> Decimal:
    """Whole cents as exact dollars.

    >>> str(dollars(-5))
    '-0.05'
    """
    return Decimal(cents).scaleb(-2)


def paid_in_all(table: pd.DataFrame) -> Decimal:
    """Sum of a statement, exact."""
    return sum(table["paid"], Decimal("0.00"))


def as_pdf(table: pd.DataFrame, month: str, athlete: str, outcome_name: str, note: str) -> bytes:
    """A statement of one athlete as PDF.

    Args:
        table: of `statement`, of one athlete.
        month: as 2026-11.
        athlete: name of the athlete.
        outcome_name: such as page views.
        note: a line under the title, such as that the data are made up; may be empty.
    """
    from fpdf import FPDF

    athlete_id = str(table["athlete_id"].iloc[0])
    page = FPDF(format="A4")
    # The same statement is the same file, whenever it is asked for.
    page.set_creation_date(datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC))
    page.set_title(f"Statement {month}")
    page.add_font("Names", fname=FONT)
    letters: Container[int] = getattr(page.fonts["names"], "cmap", ())
    page.add_page()
    page.set_font("Names", size=16)
    page.multi_cell(0, 9, f"Statement for {_called(athlete, athlete_id, letters)}", new_x="LMARGIN", new_y="NEXT")
    page.set_font("Names", size=10)
    dated = f"{datetime.strptime(month, '%Y-%m'):%B %Y}, amounts in US dollars"
    for line in (f"Athlete id: {_told_apart(athlete_id, letters)}", dated, note):
        if line:
            page.multi_cell(0, 6, _written(line, letters), new_x="LMARGIN", new_y="NEXT")
    page.ln(3)
    page.set_font("Names", size=8)
    heads = ("Day", "What", "Story", f"Expected {outcome_name}", f"Actual {outcome_name}", "Paid")
    # The reduced font has no bold face, so the headings are told by their place and ground.
    with page.table(col_widths=_WIDTHS, text_align=("LEFT",) * 3 + ("RIGHT",) * 3, headings_style=_headings()) as grid:
        grid.row(heads)
        texts = table[["day", "kind", "story_id"]].astype("str").to_numpy().tolist()
        cells = [(day, kind, _told_apart(story, letters)) for day, kind, story in texts]
        amounts = zip(table["predicted"].tolist(), table["actual"].tolist(), table["paid"].tolist(), strict=True)
        for words, (predicted, actual, paid) in zip(cells, amounts, strict=True):
            came = "" if actual != actual else f"{actual:,.0f}"
            grid.row([*words, f"{predicted:,.0f}", came, f"{paid:,.2f}"])
    page.ln(3)
    page.set_font("Names", size=11)
    page.cell(0, 7, f"Paid in this month: ${paid_in_all(table):,.2f}", new_x="LMARGIN", new_y="NEXT", align="R")
    page.set_font("Names", size=7)
    sources = table[["rate_card", "model_version", "snapshot_id"]].astype("str").to_numpy().tolist()
    behind = sorted({f"rates {card}, model {model}, snapshot {snapshot}" for card, model, snapshot in sources})
    told = "A settlement pays what the actual outcome earned, less the advance; below zero, the advance was more."
    page.multi_cell(0, 4, _written(f"{told} Behind it: {'; '.join(behind)}.", letters), new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def _headings() -> "object":
    from fpdf.fonts import FontFace

    return FontFace(emphasis="", fill_color=(232, 236, 241))


def _called(name: str, athlete_id: str, letters: Container[int]) -> str:
    r"""What a statement calls the athlete: the name if the font can write its letters, else the id, never nothing.

    >>> plain = {ord(letter) for letter in "aby \u010d"}
    >>> [_called(name, "b", plain) for name in ("a c\u030ca", "\U0001f3c0 ay", "\U0001f3c0", "a\u5f20")]
    ['a ča', 'ay', 'b', 'b']
    """
    composed = unicodedata.normalize("NFC", name)
    spelt = [letter for letter in composed if unicodedata.category(letter)[0] in "LMN" and not _is_selector(letter)]
    written = _written(composed, letters).strip()
    if spelt and all(ord(letter) in letters for letter in spelt):
        return written
    return _told_apart(athlete_id, letters)


def _is_selector(letter: str) -> bool:
    """Whether it only chooses the look of an emoji."""
    return "\ufe00" <= letter <= "\ufe0f"


def _told_apart(text: str, letters: Container[int]) -> str:
    r"""An id in letters that the font has: others by number, as two ids must never look the same.

    >>> _told_apart("a\u5f20", {97})
    'a\\u5f20'
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        each if ord(each) in letters else each.encode("ascii", "backslashreplace").decode() for each in composed
    )


def _written(text: str, letters: Container[int]) -> str:
    """A text in letters that the font has; others, such as emoji, are left out rather than shown as boxes.

    >>> _written("a🏀b", {97, 98})
    'ab'
    """
    return "".join(letter for letter in text if ord(letter) in letters)


def _from_milli(values: pd.Series) -> list[float]:
    return [float("nan") if pd.isna(each) else int(each) / MILLI for each in values]
