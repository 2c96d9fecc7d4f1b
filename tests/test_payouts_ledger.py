"""The ledger: cents that add up, nothing paid twice, all of a batch or none of it."""

import random
import re
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from athlete_intel import cli
from athlete_intel.errors import JournalError, LedgerError
from athlete_intel.journal import FILE, Journal, no_rows
from athlete_intel.payouts import ledger
from athlete_intel.payouts.commitments import advances, offer_of, open_stories, settlements
from athlete_intel.payouts.rates import Terms
from athlete_intel.settings import Settings
from tests.fixture_snapshot import literal_snapshot, literal_tables, publish

AT = datetime(2026, 11, 1, 12)


def basis(story_id: str = "s1", terms: Terms = Terms(5_000)) -> ledger.Basis:  # noqa: B008
    return ledger.Basis(
        story_id, "ann", 1_000_000, 400_000, 2_500_000, ledger.terms_text(terms), "standard 1", "ridge-1", "snap-1"
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, workspace="mine")


def write(journal: Journal, *entries: ledger.Entry) -> list[int]:
    values = [entry.values() for entry in entries]
    return journal.append_all(ledger.TABLE, values, who="Mia", role="operator", why="month end", at=AT)


def test_an_advance_a_settlement_and_a_correction() -> None:
    first = ledger.advance(basis(), 3_500, [])
    second = ledger.settlement("s1", 600_000, [first])
    third = ledger.correction(2, 3_100, [first, second])
    # 600 views at $50 for each 1,000 earn $30: $5 less than the advance.
    assert [(e.kind, e.fee_cents, e.paid_cents) for e in (first, second, third)] == [
        ("advance", 3_500, 3_500),
        ("settlement", 3_000, -500),
        ("correction", 3_100, 100),
    ]
    assert third.corrects == 2
    assert third.basis == first.basis, "the frozen prediction goes along"


def test_what_does_not_belong_is_refused() -> None:
    first = ledger.advance(basis(), 3_500, [])
    settled = ledger.settlement("s1", 600_000, [first])
    for refused, sentence in (
        (lambda: ledger.advance(basis(), 1, [first]), "has an advance already"),
        (lambda: ledger.advance(basis(), -1, []), "must be whole cents"),
        (lambda: ledger.advance(basis(), 1.0, []), "must be whole cents"),  # type: ignore[arg-type]
        (lambda: ledger.advance(basis(), 10**9 + 1, []), "no story earns more than 1,000,000,000"),
        (lambda: ledger.settlement("s1", 10**18, [first]), "no story earns more"),
        (lambda: ledger.correction(1, 10**30, [first]), "no story earns more"),
        (lambda: ledger.settlement("s1", 600_000, []), "no advance, so there is nothing to settle"),
        (lambda: ledger.settlement("s1", 600_000, [first, settled]), "is settled already"),
        (lambda: ledger.settlement("s1", 0.5, [first]), "must be a count"),  # type: ignore[arg-type]
        (lambda: ledger.correction(2, 3_000, [first, settled]), "nothing to correct"),
        (lambda: ledger.correction(2, 3_000.5, [first, settled]), "must be whole cents"),  # type: ignore[arg-type]
    ):
        with pytest.raises(LedgerError, match=sentence):
            refused()


def test_ten_thousand_random_books_match_to_the_cent() -> None:
    """Random advances, settlements and corrections, against fractions that know nothing of the ledger's code."""
    for number in range(10_000):
        dice = random.Random(number)
        book: dict[str, list[ledger.Entry]] = {}
        due: dict[str, Fraction] = {}
        for _ in range(dice.randint(1, 12)):
            story = f"s{dice.randint(1, 4)}"
            before = book.setdefault(story, [])
            rate, floor, cap = dice.randint(0, 9_999), dice.randint(0, 5_000), dice.choice([0, 5_000, 70_000])
            action, amount = dice.random(), dice.randint(0, 10 ** dice.randint(0, 10))
            try:
                if action < 0.4:
                    before.append(ledger.advance(basis(story, Terms(rate, floor, cap)), amount, before))
                    due[story] = Fraction(amount)
                elif action < 0.8:
                    before.append(ledger.settlement(story, amount, before))
                    terms = ledger.terms_of(before[0].basis.terms)
                    fee = max(Fraction(amount, 1_000) * terms.rate_cents_per_1000 / 1_000, Fraction(terms.floor_cents))
                    due[story] = min(fee, Fraction(terms.cap_cents)) if terms.cap_cents else fee
                elif before:
                    before.append(ledger.correction(1, amount, before))
                    due[story] = Fraction(amount)
            except LedgerError:
                continue
        for story, entries in book.items():
            amounts = [cents for entry in entries for cents in (entry.fee_cents, entry.paid_cents)]
            assert all(type(cents) is int for cents in amounts), "no float touches the ledger"
            assert sum(entry.paid_cents for entry in entries) == round(due.get(story, Fraction(0))), (number, story)
            assert [entry.kind for entry in entries].count("settlement") <= 1
            assert [entry.kind for entry in entries].count("advance") <= 1


def test_rows_come_back_from_the_journal_as_they_went_in(settings: Settings) -> None:
    first = ledger.advance(basis(), 3_500, [])
    second = ledger.settlement("s1", 600_000, [first])
    with Journal.of(settings) as journal:
        assert write(journal, first, second) == [1, 2]
        rows = journal.rows(ledger.TABLE)
    assert ledger.entries_of(rows) == {"s1": [first, second]}
    assert rows[["who", "why", "at"]].iloc[0].tolist() == ["Mia", "month end", pd.Timestamp(AT)]
    state = ledger.balances(rows).iloc[0]
    assert (state["state"], state["fee_cents"], state["paid_cents"], state["actual"]) == (
        "settled",
        3_000,
        3_000,
        600.0,
    )
    assert state["settled_at"] == pd.Timestamp(AT)
    assert ledger.balances(no_rows(ledger.TABLE)).empty


def test_the_database_refuses_a_replay_that_two_people_try_at_once(settings: Settings) -> None:
    first = ledger.advance(basis(), 3_500, [])
    with Journal.of(settings) as journal:
        write(journal, first)
        # Both looked before either wrote, so the functions saw nothing; the database does.
        with pytest.raises(JournalError, match="none was written"):
            write(journal, ledger.advance(basis("s2"), 100, []), ledger.advance(basis(), 3_500, []))
        assert journal.rows(ledger.TABLE)["story_id"].tolist() == ["s1"], "not even the row that was new"


@pytest.mark.parametrize("statement", ["UPDATE payout_ledger SET paid_cents = 1", "DELETE FROM payout_ledger"])
def test_nothing_in_the_ledger_is_rewritten(settings: Settings, statement: str) -> None:
    with Journal.of(settings) as journal:
        write(journal, ledger.advance(basis(), 3_500, []))
    with sqlite3.connect(settings.folder / FILE) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)


def test_the_database_takes_no_fraction_of_a_cent(settings: Settings) -> None:
    half = ledger.advance(basis(), 3_500, []).values() | {"paid_cents": 0.5}
    with Journal.of(settings) as journal:
        with pytest.raises(JournalError, match="payout_ledger_whole_paid_cents"):
            journal.append_all(ledger.TABLE, [half], who="Mia", role="operator", why="x")
        assert journal.rows(ledger.TABLE).empty


def test_a_crash_between_two_rows_leaves_none_of_them(settings: Settings) -> None:
    with Journal.of(settings) as journal:
        write(journal, ledger.advance(basis("before"), 1, []))
    killed = textwrap.dedent(f"""
        import os, signal
        import sqlalchemy as sa
        from pathlib import Path
        from athlete_intel.journal import Journal
        from athlete_intel.settings import Settings
        from tests.test_payouts_ledger import basis, ledger, write
        seen = []
        @sa.event.listens_for(sa.Engine, "after_cursor_execute")
        def stop(connection, cursor, statement, *rest):
            if statement.startswith("INSERT"):
                seen.append(statement)
                if len(seen) == 2:
                    os.kill(os.getpid(), signal.SIGKILL)
        with Journal.of(Settings(home=Path({str(settings.home)!r}), workspace="mine")) as journal:
            write(journal, *(ledger.advance(basis(name), 100, []) for name in ("a", "b", "c")))
    """)
    root = Path(__file__).parents[1]
    ended = subprocess.run([sys.executable, "-c", killed], cwd=root, check=False)
    assert ended.returncode == -9
    with Journal.of(settings) as journal:
        assert journal.rows(ledger.TABLE)["story_id"].tolist() == ["before"]
        write(journal, ledger.advance(basis("a"), 100, []))


def test_a_book_whose_sums_do_not_match_is_not_shown(settings: Settings) -> None:
    with Journal.of(settings) as journal:
        write(journal, ledger.advance(basis(), 3_500, []))
        rows = journal.rows(ledger.TABLE)
    broken = rows.assign(fee_cents=1)
    with pytest.raises(LedgerError, match=r"is 3500 cents, but its last row, 1, says 1; write .* correct 1 CENTS`"):
        ledger.balances(broken)
    # Whichever of the two is right, one more row repairs it, also if that row pays nothing.
    for fee in (1, 3_500):
        before = ledger.entries_of(broken)["s1"]
        after = [*before, ledger.correction(1, fee, before)]
        assert ledger.paid_so_far(after) == after[-1].fee_cents == fee


def test_who_writes_at_the_same_time_reckons_with_what_the_other_wrote(settings: Settings) -> None:
    with Journal.of(settings) as journal:
        write(journal, ledger.advance(basis(), 3_500, []))
    looked = threading.Event()
    signed = {"who": "Mia", "role": "operator", "why": "test"}

    def settled(rows: pd.DataFrame) -> list[dict[str, object]]:
        looked.set()
        time.sleep(0.2)
        return [entry.values() for entry in settlements(ledger.entries_of(rows), known)]

    def right(rows: pd.DataFrame) -> list[dict[str, object]]:
        return [ledger.correction(1, 5_000, ledger.entries_of(rows)["s1"]).values()]

    def settle() -> None:
        with Journal.of(settings) as own:
            own.append_all(ledger.TABLE, settled, **signed)

    known = pd.DataFrame({"story_id": ["s1"], "outcome": [600.0]})
    other = threading.Thread(target=settle)
    other.start()
    assert looked.wait(10)
    with Journal.of(settings) as journal:
        journal.append_all(ledger.TABLE, right, **signed)
        other.join()
        rows = journal.rows(ledger.TABLE)
    assert rows["paid_cents"].tolist() == [3_500, -500, 2_000], "the correction came after the settlement it waited for"
    assert ledger.balances(rows)["paid_cents"].tolist() == [5_000]


def test_advances_of_a_snapshot_wait_where_a_person_must_look() -> None:
    tables = literal_tables()
    offer = offer_of(tables, "snap")
    stories = open_stories(tables["outcomes"], {})
    assert stories["story_id"].tolist() == [f"new-{i:02d}" for i in range(40)]
    entries, waiting = advances(stories, offer, {})
    assert len(entries) == 39
    assert waiting.to_numpy().tolist() == [["new-03", "athlete-03", "a handle is contested"]]
    first = entries[0]
    assert first.basis.predicted_milli == 60_000_000
    assert (first.basis.rate_card, first.basis.snapshot_id) == ("standard", "snap")
    assert len(advances(stories, offer, {}, approved=True)[0]) == 40
    dearer = advances(stories, offer, {}, addons=("usage_rights",))[0][0]
    assert dearer.fee_cents == pytest.approx(1.15 * first.fee_cents, abs=1)
    with pytest.raises(LedgerError, match="no add-on 'tattoo'; choose from usage_rights, "):
        advances(stories, offer, {}, addons=("tattoo",))
    with pytest.raises(LedgerError, match="usage_rights is named twice"):
        advances(stories, offer, {}, addons=("usage_rights", "exclusivity", "usage_rights"))
    with pytest.raises(LedgerError, match="new-00 has an advance already"):
        advances(stories, offer, {"new-00": [first]})


def test_only_what_is_known_is_settled() -> None:
    outcomes = pd.DataFrame({"story_id": ["s1", "s2", "s3"], "outcome": [600.0, None, 5.0]})
    known = {name: [ledger.advance(basis(name), 3_500, [])] for name in ("s1", "s2")}
    (only,) = settlements(known, outcomes)
    assert (only.basis.story_id, only.fee_cents) == ("s1", 3_000)
    assert settlements({"s1": [*known["s1"], only]}, outcomes) == []


def test_the_command_line_tells_risk_in_80_columns_with_whole_amounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = literal_tables()
    terms = ["rate_cents_per_1000", "floor_cents", "cap_cents"]
    tables["outlook"][terms] *= 1_000
    publish(tmp_path / "demo", tables)
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    told = CliRunner().invoke(cli.app, ["payouts", "risk"], env={"COLUMNS": "80"}).output
    assert "next 30 days" in told
    assert re.search(r"spend +│ \$[\d.]+M ", told), told
    assert "…" not in told


def test_the_command_line_tells_no_risk_where_there_are_no_stories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    literal_snapshot(tmp_path / "demo", rows_are="athletes")
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    told = CliRunner().invoke(cli.app, ["payouts", "risk"]).output
    assert "There is no story to pay for" in told
    assert "not known" in told
    assert "nan" not in told


def test_the_command_line_says_why_there_is_nothing_to_pay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    literal_snapshot(tmp_path / "demo", rows_are="athletes")
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    run, signed = CliRunner(), ["--who", "Mia", "--why", "test"]
    told = [run.invoke(cli.app, ["payouts", what, *signed]).output.strip() for what in ("advance", "settle")]
    assert told == [f"This data set has no stories, so there is nothing to {what}." for what in ("advance", "settle")]
    assert not (tmp_path / "demo" / FILE).exists()


def test_the_command_line_pays_settles_and_corrects_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    literal_snapshot(tmp_path / "demo")
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    run, signed = CliRunner(), ["--who", "Mia", "--why", "test"]
    early = run.invoke(cli.app, ["payouts", "settle", *signed]).output
    assert "Wrote 0 settlements, $0.00 in all. No story has an advance that is not settled." in " ".join(early.split())
    paid = run.invoke(cli.app, ["payouts", "advance", *signed])
    assert "Wrote 39 advances" in paid.output
    assert "waits for a person: new-03 of athlete-03, a handle is contested" in paid.output
    assert "Wrote 0 advances" in run.invoke(cli.app, ["payouts", "advance", *signed]).output
    again = run.invoke(cli.app, ["payouts", "advance", "--story", "new-00", *signed])
    assert "has its outcome or its advance already" in str(again.exception)
    assert "Wrote 1 advance," in run.invoke(cli.app, ["payouts", "advance", "--approve", *signed]).output
    assert "has its outcome or its advance already." in run.invoke(cli.app, ["payouts", "advance", *signed]).output
    none = run.invoke(cli.app, ["payouts", "settle", *signed]).output
    assert "Wrote 0 settlements" in none
    assert "40 more wait: their outcome is not known yet." in none
    assert "Wrote 1 correction" in run.invoke(cli.app, ["payouts", "correct", "1", "12345", *signed]).output
    shown = run.invoke(cli.app, ["payouts", "ledger", "--last", "1"])
    assert "$123.45" in shown.output
    assert "…" not in shown.output
    assert "41 rows" in shown.output
    assert "40 stories are open, 0 settled." in shown.output
    absurd = run.invoke(cli.app, ["payouts", "correct", "1", "9" * 30, *signed])
    assert "no story earns more than 1,000,000,000" in str(absurd.exception)
    assert "no row 99" in str(run.invoke(cli.app, ["payouts", "correct", "99", "1", *signed]).exception)
    told = run.invoke(cli.app, ["payouts", "risk", "--budget", "100000"])
    assert told.exit_code == 0, told.exception
    assert "commitments" in told.output
    assert "Probability that fees are more than $100,000" in told.output
