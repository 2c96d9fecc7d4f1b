"""The journal: signed, append-only, copied while in use."""

import sqlite3
import sys
import threading
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from athlete_intel.errors import DamagedJournalError, JournalError
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


REPLACE = (
    "(id, workspace, who, role, at, why, athlete_id, platform, action) "
    "VALUES (1, 'mine', 'Eve', 'a', '2026-01-01', 'x', 'ann', 'twitter', 'reject')"
)
STATEMENTS = [
    "UPDATE handle_reviews SET who = 'Eve'",
    "UPDATE OR REPLACE handle_reviews SET who = 'Eve'",
    "DELETE FROM handle_reviews",
    f"INSERT OR REPLACE INTO handle_reviews {REPLACE}",
    f"REPLACE INTO handle_reviews {REPLACE}",
    f"INSERT INTO handle_reviews {REPLACE} ON CONFLICT (id) DO UPDATE SET who = 'Eve'",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_itself_refuses_to_change_a_row(settings: Settings, statement: str) -> None:
    with Journal.of(settings) as journal:
        decide(journal)
    with sqlite3.connect(settings.folder / FILE) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)
    with Journal.of(settings) as journal:
        assert journal.rows("handle_reviews")["who"].tolist() == ["Mia"]


def test_a_journal_of_an_older_version_is_guarded_once_it_is_opened(settings: Settings) -> None:
    with Journal.of(settings) as journal:
        decide(journal)
    with sqlite3.connect(settings.folder / FILE) as raw:
        raw.execute("DROP TRIGGER handle_reviews_no_replace")
    with Journal.of(settings) as journal:
        journal.rows("handle_reviews")
    with sqlite3.connect(settings.folder / FILE) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(STATEMENTS[3])


UNSIGNED = [
    ("", "a reason"),
    ("  ", "a reason"),
    ("Mia", ""),
    ("Mia", "\n"),
    ("\u200b", "x"),
    ("\u3164", "x"),
    ("Mia", "\u2800"),
]


@pytest.mark.parametrize(("who", "why"), UNSIGNED)
def test_nobody_decides_without_name_and_reason(settings: Settings, who: str, why: str) -> None:
    with Journal.of(settings) as journal:
        with pytest.raises(JournalError, match="name of who takes it and a reason"):
            journal.append("handle_reviews", VALUES, who=who, role="analyst", why=why)
        assert journal.rows("handle_reviews").empty


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"action": "acept"},
            "There is no decision 'acept'; choose one of accept, reject, ask again, contest, revoke.",
        ),
        ({"handle": None}, "Which handle is accepted?"),
        ({"handle": "\u200b\u3164"}, "Which handle is accepted?"),
        ({"handle": "x" * 501}, "The handle has 501 characters and may have 500; shorten it."),
        ({"handle": "Ann\ud800"}, "The handle holds a damaged character that cannot be written down; type it again."),
        ({"athlete_id": "a\0b"}, "The athlete's id holds a damaged character"),
        ({"athlete_id": " "}, "needs the athlete's id and the platform"),
        ({"platform": None}, "needs the athlete's id and the platform"),
        ({"action": "revoke", "handle": None}, "Which decision is taken back? Name its number."),
    ],
)
def test_a_decision_that_says_nothing_is_not_written(
    settings: Settings, changes: dict[str, object], sentence: str
) -> None:
    with Journal.of(settings) as journal:
        with pytest.raises(JournalError) as told:
            journal.append("handle_reviews", VALUES | changes, who="Mia", role="analyst", why="seen it")
        assert str(told.value).startswith(sentence) or sentence in str(told.value)
        assert journal.rows("handle_reviews").empty


@pytest.mark.parametrize(
    ("who", "why", "sentence"),
    [
        ("M" * 101, "x", "The name of who decides has 101 characters and may have 100; shorten it."),
        ("Mia", "x" * 1_001, "The reason has 1,001 characters and may have 1,000; shorten it."),
        ("Mia", "half \udc80", "The reason holds a damaged character"),
    ],
)
def test_a_signature_fits_and_can_be_read_again(settings: Settings, who: str, why: str, sentence: str) -> None:
    with Journal.of(settings) as journal, pytest.raises(JournalError, match=sentence):
        journal.append("handle_reviews", VALUES, who=who, role="analyst", why=why)


def test_that_there_is_no_account_can_be_accepted(settings: Settings) -> None:
    with Journal.of(settings) as journal:
        journal.append("handle_reviews", VALUES | {"handle": ""}, who="Mia", role="analyst", why="none to be found")
        assert journal.rows("handle_reviews")["handle"].tolist() == [""]


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


REVOKE = VALUES | {"action": "revoke", "handle": None}


@pytest.mark.parametrize(
    ("number", "changes", "sentence"),
    [
        (
            1,
            {"athlete_id": "bob"},
            "Decision 1 is about ann on twitter, not bob on twitter; take back the one that is meant.",
        ),
        (1, {"platform": "tiktok"}, "Decision 1 is about ann on twitter, not ann on tiktok"),
        (2, {}, "Decision 2 was taken back already, by decision 3."),
        (3, {}, "Decision 3 itself takes one back; decide anew instead of taking it back."),
        (9, {}, "There is no decision number 9 to take back."),
    ],
)
def test_what_cannot_be_taken_back(settings: Settings, number: int, changes: dict[str, object], sentence: str) -> None:
    with Journal.of(settings) as journal:
        decide(journal)
        revoked = decide(journal)
        journal.append("handle_reviews", REVOKE, who="Mia", role="analyst", why="a mistake", revokes=revoked)
        with pytest.raises(JournalError) as told:
            journal.append("handle_reviews", REVOKE | changes, who="Mia", role="analyst", why="no", revokes=number)
        assert str(told.value).startswith(sentence)
        assert len(journal.rows("handle_reviews")) == 3


def test_of_many_who_take_one_decision_back_at_once_one_does(settings: Settings) -> None:
    with Journal.of(settings) as journal:
        number = decide(journal)
    told: list[str] = []

    def take_back() -> None:
        with Journal.of(settings) as own:
            try:
                own.append("handle_reviews", REVOKE, who="Mia", role="analyst", why="a mistake", revokes=number)
            except JournalError as error:
                told.append(str(error))

    threads = [threading.Thread(target=take_back) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Journal.of(settings) as journal:
        assert len(journal.rows("handle_reviews")) == 2
    assert told == ["Decision 1 was taken back already, by decision 2."] * 5


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


def test_a_backup_touches_no_link_that_leads_nowhere(settings: Settings, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "no-folder" / "gone")
    with Journal.of(settings) as journal:
        decide(journal)
        with pytest.raises(JournalError, match="is there already"):
            journal.backup(link)
    assert link.is_symlink()


def test_a_backup_that_fails_leaves_nothing_behind(settings: Settings, tmp_path: Path) -> None:
    with Journal.of(settings) as journal:
        decide(journal)
        journal.close()
        (settings.folder / FILE).write_bytes(b"not a database any more" * 100)
        with pytest.raises(JournalError, match="cannot be copied"):
            journal.backup(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


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


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql+psycopg2://mia:geheim@host/db", "its driver psycopg2 is not installed"),
        ("mysql://mia:geheim@host/db", "names the database mysql; the journal is kept in SQLite or PostgreSQL"),
        ("mia:geheim@host", "is no address of a database"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_without_its_password(url: str, sentence: str) -> None:
    with pytest.raises(JournalError, match=sentence) as told:
        Journal(url, "mine")
    assert "geheim" not in str(told.value)


def test_a_driver_that_is_missing_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(JournalError, match=r"driver psycopg is not installed; .* `pip install 'psycopg\[binary\]'`"):
        Journal("postgresql+psycopg://mia@localhost/db", "mine")


def test_a_journal_of_an_older_version_gets_the_column_it_lacks_and_keeps_its_rows(settings: Settings) -> None:
    values = {
        "campaign_id": "spring", "name": "Spring", "snapshot_id": "s", "starts": AT.date(), "ends": AT.date(),
        "promise": "{}", "athletes": "[]", "request": "{}",
    }  # fmt: skip
    with Journal.of(settings) as journal:
        journal.append("campaigns", values, who="Mia", role="brand", why="bought", at=AT)
    with sqlite3.connect(settings.folder / FILE) as raw:
        raw.execute("ALTER TABLE campaigns DROP COLUMN brand")
    for _ in range(2):
        with Journal.of(settings) as journal:
            journal.append("campaigns", values | {"brand": "Redline"}, who="Mia", role="brand", why="bought", at=AT)
    with Journal.of(settings) as journal:
        rows = journal.rows("campaigns")
    assert rows["brand"].fillna("-").tolist() == ["-", "Redline", "Redline"]
    assert rows.dtypes.to_dict() == no_rows("campaigns").dtypes.to_dict()


def test_a_journal_is_checked_down_to_its_pages(settings: Settings) -> None:
    file = settings.folder / FILE
    with Journal.of(settings) as journal:
        for _ in range(200):
            decide(journal)
        assert journal.check() == 200
    spoilt = bytearray(file.read_bytes())
    spoilt[8192:16384] = b"junk" * 2048
    file.write_bytes(spoilt)
    with pytest.raises(DamagedJournalError, match="journal"), Journal.of(settings) as journal:
        journal.check()
    file.write_bytes(b"junk" * 1000)
    with pytest.raises(DamagedJournalError, match="file is not a database"):
        Journal.of(settings)
