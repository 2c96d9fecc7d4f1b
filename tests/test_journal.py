"""The journal: signed, append-only, copied while in use."""

import sqlite3
import threading
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from athlete_intel.errors import JournalError
from athlete_intel.journal import FILE, Journal, no_rows
from athlete_intel.settings import Settings

VALUES = {"athlete_id": "ann", "platform": "twitter", "action": "accept", "handle": "Ann", "since": None}
AT = datetime(2026, 11, 1, 12)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, workspace="mine")


def decide(journal: Journal, **more: object) -> int:
    return journal.append("handle_reviews", VALUES, who="Mia", role="analyst", why="seen it", at=AT, **more)  # type: ignore[arg-type]


def test_a_decision_comes_back_as_it_was_signed(settings: Settings) -> None:
    assert not Journal.is_there(settings)
    with Journal.of(settings) as journal:
        number = decide(journal)
        decide(journal, revokes=number)
        rows = journal.rows("handle_reviews")
    assert Journal.is_there(settings)
    assert rows["id"].tolist() == [1, 2]
    assert rows[["who", "role", "why", "at"]].iloc[0].tolist() == ["Mia", "analyst", "seen it", pd.Timestamp(AT)]
    assert rows["revokes"].isna().tolist() == [True, False]
    assert rows.dtypes.to_dict() == no_rows("handle_reviews").dtypes.to_dict()


@pytest.mark.parametrize("statement", ["UPDATE handle_reviews SET who = 'Eve'", "DELETE FROM handle_reviews"])
def test_the_database_itself_refuses_to_change_a_row(settings: Settings, statement: str) -> None:
    with Journal.of(settings) as journal:
        decide(journal)
    with sqlite3.connect(settings.folder / FILE) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)
    with Journal.of(settings) as journal:
        assert journal.rows("handle_reviews")["who"].tolist() == ["Mia"]


@pytest.mark.parametrize(("who", "why"), [("", "a reason"), ("  ", "a reason"), ("Mia", ""), ("Mia", "\n")])
def test_nobody_decides_without_name_and_reason(settings: Settings, who: str, why: str) -> None:
    with Journal.of(settings) as journal:
        with pytest.raises(JournalError, match="name of who takes it and a reason"):
            journal.append("handle_reviews", VALUES, who=who, role="analyst", why=why)
        assert journal.rows("handle_reviews").empty


def test_the_schema_refuses_an_unsigned_row_too(settings: Settings) -> None:
    with Journal.of(settings) as journal:
        decide(journal)
    columns = "workspace, who, role, at, why, athlete_id, platform, action"
    with sqlite3.connect(settings.folder / FILE) as raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute(
            f"INSERT INTO handle_reviews ({columns}) VALUES ('mine', ' ', 'a', '2026-01-01', 'x', 'a', 'b', 'c')"
        )


def test_only_what_is_there_can_be_taken_back(settings: Settings) -> None:
    with Journal.of(settings) as journal, pytest.raises(JournalError, match="no decision number 7"):
        decide(journal, revokes=7)


def test_workspaces_in_one_database_do_not_see_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.sqlite'}"
    with Journal(url, "one") as one, Journal(url, "two") as two:
        number = decide(one)
        assert two.rows("handle_reviews").empty
        with pytest.raises(JournalError, match="no decision number"):
            decide(two, revokes=number)
        assert one.fingerprint() != two.fingerprint()


def test_a_backup_is_whole_while_others_write(settings: Settings, tmp_path: Path) -> None:
    stop, written = threading.Event(), []

    def write() -> None:
        with Journal.of(settings) as other:
            while not stop.is_set():
                written.append(decide(other))

    with Journal.of(settings) as journal:
        decide(journal)
        thread = threading.Thread(target=write)
        thread.start()
        try:
            while len(written) < 5:
                pass
            rows = journal.backup(tmp_path / "copies" / "journal.sqlite")
        finally:
            stop.set()
            thread.join()
    assert 5 <= rows <= len(written) + 1
    with sqlite3.connect(tmp_path / "copies" / "journal.sqlite") as copy:
        ids = [number for (number,) in copy.execute("SELECT id FROM handle_reviews ORDER BY id")]
        assert ids == list(range(1, rows + 1))
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            copy.execute("DELETE FROM handle_reviews")


def test_a_backup_overwrites_nothing(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "old").write_text("precious")
    with Journal.of(settings) as journal, pytest.raises(JournalError, match="is there already"):
        journal.backup(tmp_path / "old")
    assert (tmp_path / "old").read_text() == "precious"


@pytest.mark.parametrize("url", ["nonsense", "postgresql+nodriver://x", "sqlite:////proc/none/journal.sqlite"])
def test_an_address_that_leads_nowhere_is_said_in_a_sentence(url: str) -> None:
    with pytest.raises(JournalError, match="journal"):
        Journal(url, "mine")


def test_the_fingerprint_moves_with_every_row(settings: Settings) -> None:
    with Journal.of(settings) as journal:
        seen = [journal.fingerprint()]
        for _ in range(3):
            decide(journal)
            seen.append(journal.fingerprint())
        assert len(set(seen)) == 4
        assert journal.fingerprint() == seen[-1]
