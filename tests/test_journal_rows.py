"""What the journal says now: as new as the journal itself, and read again only where it changed."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from athlete_intel.journal import FILE, Journal, no_rows
from athlete_intel.journal_rows import rows_now
from athlete_intel.settings import Settings

TABLE = "alert_acknowledgements"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, workspace="mine")


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The workspaces whose journal was opened."""
    opened: list[str] = []
    make = Journal.__init__

    def counted(self: Journal, url: str, workspace: str) -> None:
        opened.append(workspace)
        make(self, url, workspace)

    monkeypatch.setattr(Journal, "__init__", counted)
    return opened


def acknowledge(settings: Settings, subject: str) -> None:
    with Journal.of(settings) as journal:
        journal.append(TABLE, {"rule": "stale", "subject": subject}, who="Mia", role="analyst", why="seen")


def age(settings: Settings, seconds: float) -> None:
    """Make the journal's files as old as that."""
    then = time.time() - seconds
    for file in settings.folder.glob(f"{FILE}*"):
        os.utime(file, (then, then))


def test_no_journal_is_made_by_looking(settings: Settings) -> None:
    assert rows_now(settings, TABLE).equals(no_rows(TABLE))
    assert not Journal.is_there(settings)


def test_what_did_not_change_is_read_once(settings: Settings, openings: list[str]) -> None:
    acknowledge(settings, "a")
    age(settings, 60)
    openings.clear()
    assert [rows_now(settings, TABLE)["subject"].tolist() for _ in range(3)] == [["a"]] * 3
    assert openings == ["mine"]


def test_each_decision_is_there_at_once(settings: Settings) -> None:
    for number in range(5):
        acknowledge(settings, str(number))
        assert rows_now(settings, TABLE)["subject"].tolist() == [str(each) for each in range(number + 1)]


def test_a_decision_is_there_that_stands_in_the_log_only(settings: Settings) -> None:
    acknowledge(settings, "a")
    age(settings, 60)
    rows_now(settings, TABLE)
    # Somebody else reads on, so that SQLite leaves what is written next in the log.
    with Journal.of(settings) as reading, reading._engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM campaigns").all()
        age(settings, 60)
        assert rows_now(settings, TABLE)["subject"].tolist() == ["a"]
        file, log = settings.folder / FILE, settings.folder / f"{FILE}-wal"
        before = file.stat()
        acknowledge(settings, "b")
        assert file.stat().st_mtime_ns == before.st_mtime_ns, "only the log was written"
        os.utime(log, (before.st_atime, before.st_mtime))
        assert rows_now(settings, TABLE)["subject"].tolist() == ["a", "b"]


def test_what_was_just_written_is_not_remembered(settings: Settings, openings: list[str]) -> None:
    """A file changed twice within what file systems can tell looks as if it was not."""
    acknowledge(settings, "a")
    openings.clear()
    rows_now(settings, TABLE)
    rows_now(settings, TABLE)
    assert openings == ["mine", "mine"]


def test_another_workspace_and_another_table_have_their_own_rows(settings: Settings) -> None:
    other = replace(settings, workspace="other")
    acknowledge(settings, "a")
    acknowledge(other, "b")
    age(settings, 60)
    age(other, 60)
    for _ in range(2):
        assert rows_now(settings, TABLE)["subject"].tolist() == ["a"]
        assert rows_now(other, TABLE)["subject"].tolist() == ["b"]
        assert rows_now(settings, "campaigns").empty


def test_a_journal_put_back_from_a_copy_is_read_again(settings: Settings, tmp_path: Path) -> None:
    acknowledge(settings, "a")
    with Journal.of(settings) as journal:
        journal.backup(tmp_path / "copy.sqlite")
    acknowledge(settings, "b")
    age(settings, 60)
    assert len(rows_now(settings, TABLE)) == 2
    (tmp_path / "copy.sqlite").replace(settings.folder / FILE)
    age(settings, 60)
    assert rows_now(settings, TABLE)["subject"].tolist() == ["a"]


def test_what_a_reader_changes_is_its_own(settings: Settings) -> None:
    acknowledge(settings, "a")
    age(settings, 60)
    rows = rows_now(settings, TABLE)
    rows.loc[0, "subject"] = "changed"
    rows["more"] = 1
    assert rows_now(settings, TABLE)["subject"].tolist() == ["a"]
    assert "more" not in rows_now(settings, TABLE)


def test_a_journal_on_a_server_is_read_each_time(
    settings: Settings, openings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledge(settings, "a")
    age(settings, 60)
    openings.clear()
    monkeypatch.setattr(Journal, "file_of", lambda settings: None)
    assert [rows_now(settings, TABLE)["subject"].tolist() for _ in range(2)] == [["a"]] * 2
    assert openings == ["mine", "mine"]


@pytest.mark.parametrize(
    ("url", "file"),
    [
        (None, "mine"),
        ("sqlite:////srv/decisions.sqlite", "/srv/decisions.sqlite"),
        ("sqlite://", None),
    ],
)
def test_the_file_that_holds_the_journal(settings: Settings, url: str | None, file: str | None) -> None:
    found = Journal.file_of(replace(settings, journal_url=url))
    assert found == (settings.folder / FILE if file == "mine" else file and Path(file))
