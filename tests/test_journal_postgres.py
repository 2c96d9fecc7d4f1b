"""The journal in PostgreSQL: its schema and guards as text always, for real where TEST_JOURNAL_URL names a database.

TEST_JOURNAL_URL is an address such as postgresql+psycopg://postgres@localhost/journal. Rows stay there, as they must;
each run uses a workspace of its own.
"""

import os
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from athlete_intel import journal as journal_module
from athlete_intel.errors import JournalError
from athlete_intel.journal import Journal, no_rows

URL = os.environ.get("TEST_JOURNAL_URL", "")
real = pytest.mark.skipif(not URL, reason="TEST_JOURNAL_URL names no PostgreSQL database to test on")
VALUES = {"athlete_id": "ann", "platform": "twitter", "action": "accept", "handle": "Ann", "since": date(2026, 3, 1)}


def test_the_schema_compiles_for_postgresql() -> None:
    (table,) = [table for name, table in journal_module._TABLES.items() if name == "handle_reviews"]
    text = str(CreateTable(table).compile(dialect=postgresql.dialect()))
    assert "id SERIAL NOT NULL" in text
    assert "CHECK (length(trim(who)) > 0)" in text


def test_postgresql_is_guarded_against_each_way_to_lose_a_row() -> None:
    guards = journal_module._guards("postgresql")
    for event in ("UPDATE", "DELETE", "TRUNCATE"):
        assert f"BEFORE {event} ON handle_reviews" in guards[f"handle_reviews_no_{event.lower()}"]


@pytest.fixture
def journal() -> Iterator[Journal]:
    with Journal(URL, f"test-{uuid.uuid4().hex[:12]}") as opened:
        yield opened


def decide(journal: Journal, **changes: object) -> int:
    revokes = changes.pop("revokes", None)
    return journal.append(
        "handle_reviews",
        VALUES | changes,
        who="Mia \u0160\U0001f3c0",
        role="analyst",
        why="seen it",
        at=datetime(2026, 11, 1, 12),
        revokes=revokes,  # type: ignore[arg-type]
    )


@real
def test_a_decision_comes_back_as_it_was_signed(journal: Journal) -> None:
    before = journal.fingerprint()
    number = decide(journal)
    decide(journal, action="revoke", handle=None, since=None, revokes=number)
    rows = journal.rows("handle_reviews")
    assert rows.dtypes.to_dict() == no_rows("handle_reviews").dtypes.to_dict()
    told = ["Mia \u0160\U0001f3c0", "seen it", pd.Timestamp("2026-11-01 12:00"), pd.Timestamp("2026-03-01")]
    assert rows[["who", "why", "at", "since"]].iloc[0].tolist() == told
    assert rows["revokes"].fillna(0).tolist() == [0, number]
    assert journal.fingerprint() != before
    with pytest.raises(JournalError, match=f"Decision {number} was taken back already"):
        decide(journal, action="revoke", revokes=number)


@real
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE handle_reviews SET who = 'Eve'",
        "DELETE FROM handle_reviews",
        "TRUNCATE handle_reviews",
        "TRUNCATE handle_reviews CASCADE",
        "INSERT INTO handle_reviews SELECT * FROM handle_reviews ON CONFLICT (id) DO UPDATE SET who = 'Eve'",
    ],
)
def test_the_database_itself_refuses_to_change_a_row(journal: Journal, statement: str) -> None:
    decide(journal)
    engine = sa.create_engine(URL)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as raw:
        raw.execute(sa.text(statement))
    engine.dispose()
    assert journal.rows("handle_reviews")["why"].tolist() == ["seen it"]


@real
def test_a_guard_that_is_missing_is_set_when_the_journal_is_opened(journal: Journal) -> None:
    decide(journal)
    engine = sa.create_engine(URL)
    with engine.begin() as raw:
        raw.execute(sa.text("DROP TRIGGER handle_reviews_no_truncate ON handle_reviews"))
    Journal(URL, "another").close()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as raw:
        raw.execute(sa.text("TRUNCATE handle_reviews"))
    engine.dispose()


@real
def test_the_copy_is_left_to_the_tools_of_postgresql(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="use pg_dump"):
        journal.backup(tmp_path / "copy")
    assert not list(tmp_path.iterdir())


@real
def test_a_database_that_is_not_there_is_said_in_a_sentence() -> None:
    nowhere = sa.make_url(URL).set(database="no_such_database", password="geheim")
    with pytest.raises(JournalError, match=r"no_such_database.* cannot be read or written") as told:
        Journal(nowhere.render_as_string(hide_password=False), "mine")
    assert "geheim" not in str(told.value)
    assert "\n" not in str(told.value)
