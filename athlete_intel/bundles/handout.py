"""A plan or a bundle to take away: as an Excel file, and as one page of PDF that can be forwarded."""

import io
from collections.abc import Container
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from athlete_intel.payouts.statements import FONT

if TYPE_CHECKING:
    from fpdf import FPDF

ON_ONE_PAGE = 30
_WIDTHS = (46, 24, 22, 26, 20)
_ROW, _SMALL = 5.0, 4.0
"""Heights of a row and of a line of small print, in millimetres."""
_MOST_SMALL = 6
"""Lines of small print at most."""


def as_excel(sheets: dict[str, pd.DataFrame]) -> bytes:
    """Tables as sheets of a workbook. A text that begins like a formula stays a text.

    Args:
        sheets: tables by the name of their sheet.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    for number, (name, table) in enumerate(sheets.items()):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = name
        sheet.append([str(column) for column in table.columns])
        for head in sheet[1]:
            head.font = Font(bold=True)
        for place, row in enumerate(table.astype("object").to_numpy().tolist(), start=2):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(place, column)
                if isinstance(value, str):
                    cell.value = _printable(value)
                    cell.data_type = "s"
                elif not pd.isna(value):
                    cell.value = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
        for column, title in enumerate(table.columns, start=1):
            longest = max([len(str(title)), *(len(str(value)) for value in table.iloc[:, column - 1].head(200))])
            sheet.column_dimensions[get_column_letter(column)].width = min(longest + 2, 60)
        sheet.freeze_panes = "A2"
    # The same tables are the same file: the clock stays out of it.
    book.properties.created = book.properties.modified = datetime(2026, 1, 1)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def as_pdf(title: str, lines: list[str], table: pd.DataFrame, day: datetime, note: str = "") -> bytes:
    """One page: a title, what is bought and promised in sentences, and who is in it.

    Args:
        title: of the page.
        lines: sentences, the answer first.
        table: at most five columns; what does not fit on the page is counted, not shown.
        day: of the data.
        note: in small print, such as that the data are made up.
    """
    return bytes(one_page(title, lines, table, day, note).output())


def one_page(title: str, lines: list[str], table: pd.DataFrame, day: datetime, note: str = "") -> "FPDF":
    """The page of `as_pdf` before it becomes a file. Nothing on it runs over its edges.

    The small print has its place first, sentences take at most half of the page, and rows what is left. A text that is
    too long for its place ends with an ellipsis.
    """
    from fpdf import FPDF

    page = FPDF(format="A4")
    page.set_auto_page_break(auto=False)
    page.set_creation_date(day)
    page.set_title(title)
    page.add_font("Names", fname=FONT)
    letters: Container[int] = getattr(page.fonts["names"], "cmap", ())
    page.add_page()

    def write(text: str, size: int, height: float, lowest: float) -> None:
        """Write a text in as many lines as end above `lowest`."""
        page.set_font("Names", size=size)
        broken = _broken(page, written(text, letters), height)
        kept = broken[: max(0, int((lowest - page.get_y()) / height + 1e-6))]
        if len(kept) < len(broken) and kept:
            kept[-1] = _cut(page, f"{kept[-1]} …", page.epw - 3)
        for line in kept:
            page.cell(0, height, line, new_x="LMARGIN", new_y="NEXT")

    bottom = page.h - page.b_margin
    write(title, 16, 8, page.get_y() + 16)
    page.ln(1)
    for line in lines:
        write(line, 10, 5.5, bottom / 2)
    page.ln(3)
    small = " ".join(filter(None, [f"Data as of {day.day} {day:%B %Y}.", note]))
    page.set_font("Names", size=7)
    small_lines = min(len(_broken(page, written(small, letters), _SMALL)), _MOST_SMALL)
    rows_end = bottom - small_lines * _SMALL - 2 - _ROW
    page.set_font("Names", size=8)
    widths = [width * page.epw / sum(_WIDTHS[: len(table.columns)]) for width in _WIDTHS[: len(table.columns)]]
    page.set_fill_color(232, 236, 241)
    _row(page, widths, [str(column) for column in table.columns], letters, filled=True)
    fitting = min(int((rows_end - page.get_y()) / _ROW + 1e-6), ON_ONE_PAGE)
    for row in table.head(fitting).astype("str").to_numpy().tolist():
        _row(page, widths, row, letters)
    more = len(table) - fitting
    if more > 0:
        write(f"and {more} more; the Excel file lists all.", 8, _ROW, rows_end + _ROW)
    page.ln(2)
    write(small, 7, _SMALL, bottom)
    return page


def _broken(page: "FPDF", text: str, height: float) -> list[str]:
    """The lines into which a text breaks across the page, in the font of the page."""
    lines = page.multi_cell(0, height, text, dry_run=True, output="LINES")
    assert isinstance(lines, list)
    return lines


def _row(page: "FPDF", widths: list[float], texts: list[str], letters: Container[int], filled: bool = False) -> None:
    """One line of a table: the last three texts are numbers and stand at the right, those before at the left."""
    texts_end = max(1, len(texts) - 3)
    for place, (width, text) in enumerate(zip(widths, texts, strict=True)):
        shown = _cut(page, written(text, letters), width - 2 * page.c_margin)
        page.cell(width, _ROW, shown, border=1, align="L" if place < texts_end else "R", fill=filled)
    page.ln(_ROW)


def _cut(page: "FPDF", text: str, width: float) -> str:
    """The text, or as much of it as is not wider than `width` millimetres in the font of the page."""
    text = " ".join(text.split())
    if page.get_string_width(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if page.get_string_width(f"{text[:middle]}…") <= width else (low, middle - 1)
    return f"{text[:low].rstrip()}…"


def written(text: str, letters: Container[int]) -> str:
    """A text in letters that the font has; others, such as emoji, are left out rather than shown as boxes.

    >>> written("a🏀b", {97, 98})
    'ab'
    """
    return "".join(letter for letter in text if ord(letter) in letters)


def _printable(text: str) -> str:
    """A text without the control characters that a workbook cannot hold."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\t\n")
