"""Statements: the months add up to the ledger, a spreadsheet runs nothing, a PDF shows every name."""

import csv
import io
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fpdf import FPDF
from typer.testing import CliRunner

from athlete_intel import cli
from athlete_intel.errors import LedgerError
from athlete_intel.journal import Journal
from athlete_intel.payouts import ledger
from athlete_intel.payouts.statements import as_pdf, dollars, months, paid_in_all, statement
from athlete_intel.settings import Settings
from athlete_intel.ui.formats import csv_bytes
from tests.fixture_snapshot import literal_snapshot
from tests.test_payouts_ledger import basis

NAMES = {"ann": "=cmd|' /C calc'!A0", "bob": "Jánošík Ďurišić-Łukasiewicz 🏀"}


@pytest.fixture
def rows(tmp_path: Path) -> pd.DataFrame:
    """Ten stories: advances in October, settlements in November, one correction in December."""
    with Journal.of(Settings(home=tmp_path, workspace="mine")) as journal:
        entries = [ledger.advance(basis(f"-s{i}"), 3_333 + i, []) for i in range(10)]
        settled = [ledger.settlement(f"-s{i}", 250_000 * i, [entry]) for i, entry in enumerate(entries)]
        right = ledger.correction(11, 1, [entries[0], settled[0]])
        for month, batch in ((10, entries), (11, settled), (12, [right])):
            values = [entry.values() for entry in batch]
            journal.append_all(
                ledger.TABLE, values, who="+Mia", role="operator", why="@month end", at=datetime(2026, month, 5)
            )
        return journal.rows(ledger.TABLE)


def test_the_months_add_up_to_the_ledger(rows: pd.DataFrame) -> None:
    assert months(rows) == ["2026-12", "2026-11", "2026-10"]
    by_month = [paid_in_all(statement(rows, month, NAMES)) for month in months(rows)]
    assert sum(by_month) == dollars(int(rows["paid_cents"].sum()))
    # 250 views more each at $50 for 1,000: $12.50, $25, ...; the first earned nothing and was put right to a cent.
    assert by_month == [Decimal("0.01"), Decimal("562.50") - Decimal("333.75"), Decimal("333.75")]
    assert dollars(int(ledger.balances(rows)["paid_cents"].sum())) == sum(by_month)


def test_a_spreadsheet_runs_nothing_and_keeps_the_amounts(rows: pd.DataFrame) -> None:
    table = statement(rows, "2026-11", NAMES)
    read = list(csv.DictReader(io.StringIO(csv_bytes(table).decode("utf-8-sig"))))
    for row in read:
        for name, cell in row.items():
            if name in ("paid", "fee", "predicted", "actual", "row"):
                assert Decimal(cell) is not None
            else:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (name, cell)
    assert sum(Decimal(row["paid"]) for row in read) == paid_in_all(table)
    assert read[0]["paid"] == "-33.33"


def test_a_statement_is_of_one_month_and_one_athlete(rows: pd.DataFrame) -> None:
    assert len(statement(rows, "2026-10", NAMES, "ann")) == 10
    assert statement(rows, "2026-10", NAMES, "bob").empty
    assert statement(rows, "2026-09", NAMES).empty
    for wrong in ("2026-13", "November", "../x"):
        with pytest.raises(LedgerError, match="is no month; write it as 2026-11"):
            statement(rows, wrong, NAMES)


def test_a_month_ends_at_midnight_in_utc(rows: pd.DataFrame) -> None:
    late = rows.assign(at=datetime(2026, 11, 1) - timedelta(seconds=1))
    assert months(late) == ["2026-10"]


def test_the_pdf_is_one_and_the_same_and_leaves_out_what_it_cannot_write(rows: pd.DataFrame) -> None:
    table = statement(rows, "2026-11", NAMES)
    pdf = as_pdf(table, "2026-11", NAMES["bob"], "page views", "Demo data")
    assert pdf.startswith(b"%PDF-")
    assert pdf == as_pdf(table, "2026-11", NAMES["bob"], "page views", "Demo data")
    assert 2_000 < len(pdf) < 100_000


def test_a_name_that_the_font_lacks_does_not_leave_a_statement_without_a_name(
    rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    real = FPDF.multi_cell

    def kept(page: FPDF, w: float, h: float | None = None, text: str = "", **options: Any) -> Any:
        written.append(text)
        return real(page, w, h, text, **options)

    monkeypatch.setattr(FPDF, "multi_cell", kept)
    table = statement(rows, "2026-11", NAMES)
    composed = ("\u5f20\u4f1f", "\U0001f3c0", "Luka Donc\u030cic\u0301 \U0001f3c0", "Li \u5f20")
    for name, title in zip(composed, ("ann", "ann", "Luka Dončić", "ann"), strict=True):
        written.clear()
        as_pdf(table, "2026-11", name, "page views", "")
        assert written[:2] == [f"Statement for {title}", "Athlete id: ann"]


def test_the_command_line_writes_statements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    literal_snapshot(tmp_path / "demo")
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    run, to = CliRunner(), tmp_path / "out"
    nothing = run.invoke(cli.app, ["payouts", "statements", "2026-11", "--to", str(to)])
    assert str(nothing.exception) == "Nothing was paid in 2026-11; there is no month."
    with Journal.of(Settings(home=tmp_path, workspace="demo")) as journal:
        values = [ledger.advance(basis("s1"), 3_500, []).values() | {"athlete_id": "athlete-02"}]
        journal.append_all(ledger.TABLE, values, who="Mia", role="operator", why="x", at=datetime(2026, 11, 5))
    assert run.invoke(cli.app, ["payouts", "statements", "2026-11", "--to", str(to)]).exit_code == 0
    assert sorted(path.name for path in to.iterdir()) == ["statement-2026-11-athlete-02.pdf", "statements-2026-11.csv"]
    assert "'=SUM(A1:A9)" in (to / "statements-2026-11.csv").read_text(encoding="utf-8-sig")
