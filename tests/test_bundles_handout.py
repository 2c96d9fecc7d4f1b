"""What is taken away: a workbook that holds texts as texts, and one page on which nothing runs over its edges."""

import io
import re

import pandas as pd
import pytest
from openpyxl import load_workbook

from athlete_intel.bundles import handout
from athlete_intel.bundles.delivery import by_channel
from tests.test_bundles_outcomes import SOME

DAY = pd.Timestamp("2026-03-01").to_pydatetime()


def test_excel_holds_texts_that_look_like_formulas_as_texts() -> None:
    table = pd.DataFrame({"Athlete": ["=SUM(A1:A9)", "José\x07"], "Cost, $": [1.5, None]})
    book = load_workbook(io.BytesIO(handout.as_excel({"Athletes": table})))
    cells = [[cell.value for cell in row] for row in book["Athletes"].iter_rows()]
    assert cells == [["Athlete", "Cost, $"], ["=SUM(A1:A9)", 1.5], ["José", None]]
    assert book["Athletes"]["A2"].data_type == "s"


def written_on(
    monkeypatch: pytest.MonkeyPatch, lines: list[str], table: pd.DataFrame, title: str = "Plan"
) -> list[str]:
    """Every text of the page, in order; each must end before the margins do."""
    from fpdf import FPDF

    told: list[tuple[str, float, float]] = []
    cell = FPDF.cell

    def noted(page: FPDF, w: float | None = None, h: float | None = None, text: str = "", **more: object) -> object:
        told.append((text, page.get_x() + page.get_string_width(text) + 2 * page.c_margin, page.get_y() + (h or 0)))
        return cell(page, w, h, text, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(FPDF, "cell", noted)
    page = handout.one_page(title, lines, table, DAY, "Demo data: made-up athletes; all numbers are invented.")
    assert page.page == 1
    assert all(right <= page.w - page.r_margin + 0.1 for _, right, _ in told)
    assert all(lower <= page.h - page.b_margin + 0.1 for _, _, lower in told)
    return [text for text, _, _ in told]


@pytest.mark.parametrize("sentences", [1, 5, 200])
@pytest.mark.parametrize(
    ("name", "sport"),
    [
        ("Ana", "golf"),
        ("María José Fernández de la Vega y Rodríguez", "motor racing and rally driving"),
        ("Élodie Ångström-Łukasiewicz 🏀", "x" * 300),
    ],
)
def test_what_does_not_fit_on_the_page_is_counted(
    monkeypatch: pytest.MonkeyPatch, sentences: int, name: str, sport: str
) -> None:
    table = pd.DataFrame(
        {
            "Athlete": [f"{number} {name}" for number in range(90)],
            "Sport": sport,
            "Expected": "18k",
            "Cost": "$1,240",
            "Share": "3%",
        }
    )
    texts = written_on(
        monkeypatch, ["Ten athletes bring 18k page views on average. " * sentences], table, "A title " * sentences
    )
    rows = sum(re.match(r"\d+ ", text) is not None for text in texts)
    assert rows >= 15
    assert f"and {90 - rows} more; the Excel file lists all." in texts
    assert texts[-1].startswith("Data as of 1 March 2026. Demo data")


def test_a_short_list_stands_there_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pd.DataFrame({"Athlete": ["Ana", "Bo"], "Cost": ["$1", "$2"]})
    texts = written_on(monkeypatch, ["One sentence."], table)
    assert texts[:-1] == ["Plan", "One sentence.", "Athlete", "Cost", "Ana", "$1", "Bo", "$2"]


def test_the_same_page_is_the_same_file() -> None:
    table = pd.DataFrame({"Athlete": ["Ana"] * 40})
    made = [handout.as_pdf("Plan", ["One sentence."], table, DAY) for _ in range(2)]
    assert made[0].startswith(b"%PDF")
    assert made[0] == made[1]


def test_what_a_campaign_brought_goes_into_sheets_with_its_days() -> None:
    book = load_workbook(io.BytesIO(handout.as_excel({"Channels": by_channel(SOME), "Outcomes": SOME})))
    assert book.sheetnames == ["Channels", "Outcomes"]
    channels = [[cell.value for cell in row] for row in book["Channels"].iter_rows(min_row=2)]
    assert channels[0] == ["instagram", 1500, 1500 / 2150.5, 1, DAY.replace(day=3)]
    assert book["Outcomes"].max_row == len(SOME) + 1
