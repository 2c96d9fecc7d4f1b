"""A plan or a bundle to take away: as an Excel file, and as one page of PDF that can be forwarded."""

import io
from collections.abc import Container
from datetime import datetime

import pandas as pd

from athlete_intel.payouts.statements import FONT

ON_ONE_PAGE = 30
_WIDTHS = (46, 24, 22, 26, 20)


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
    from fpdf import FPDF
    from fpdf.fonts import FontFace

    page = FPDF(format="A4")
    page.set_auto_page_break(auto=False)
    page.set_creation_date(day)
    page.set_title(title)
    page.add_font("Names", fname=FONT)
    letters: Container[int] = getattr(page.fonts["names"], "cmap", ())
    page.add_page()

    def write(text: str, size: int, height: float) -> None:
        page.set_font("Names", size=size)
        page.multi_cell(0, height, written(text, letters), new_x="LMARGIN", new_y="NEXT")

    write(title, 16, 8)
    page.ln(1)
    for line in lines:
        write(line, 10, 5.5)
    page.ln(3)
    page.set_font("Names", size=8)
    heads = FontFace(emphasis="", fill_color=(232, 236, 241))
    columns = len(table.columns)
    with page.table(
        col_widths=_WIDTHS[:columns], text_align=("LEFT", "LEFT", *("RIGHT",) * 3)[:columns], headings_style=heads
    ) as grid:
        grid.row([str(column) for column in table.columns])
        for row in table.head(ON_ONE_PAGE).astype("str").to_numpy().tolist():
            grid.row([written(cell, letters)[:42] for cell in row])
    more = len(table) - ON_ONE_PAGE
    if more > 0:
        write(f"and {more} more; the Excel file lists all.", 8, 5)
    page.ln(2)
    write(" ".join(filter(None, [f"Data as of {day.day} {day:%B %Y}.", note])), 7, 4)
    return bytes(page.output())


def written(text: str, letters: Container[int]) -> str:
    """A text in letters that the font has; others, such as emoji, are left out rather than shown as boxes.

    >>> written("a🏀b", {97, 98})
    'ab'
    """
    return "".join(letter for letter in text if ord(letter) in letters)


def _printable(text: str) -> str:
    """A text without the control characters that a workbook cannot hold."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\t\n")
