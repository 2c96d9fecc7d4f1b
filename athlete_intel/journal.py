"""What people decided: append-only, signed rows with who, when and why. The only importer of sqlalchemy.

A snapshot can be built again from raw files and the journal; the journal cannot be built again from anything. So rows
are only ever added: the database itself refuses to change or delete one, and a correction is a new row that names the
one it revokes. SQLite in WAL mode by default, so that the app writes while the pipeline reads; PostgreSQL is a URL
away. Other databases are refused, because there nothing would keep a row from being changed.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd
import sqlalchemy as sa

from athlete_intel.contracts.decisions import (
    check_acknowledgement,
    check_campaign,
    check_model_decision,
    check_review,
    check_revoked,
    check_signature,
    check_texts,
    taken_back,
)
from athlete_intel.errors import DamagedJournalError, JournalError
from athlete_intel.settings import Settings

FILE = "journal.sqlite"
LONGEST_WHO, LONGEST_WHY = 100, 1_000
_BUSY_MILLISECONDS = 10_000

_METADATA = sa.MetaData()


def _signed(name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    """A table of the journal: every row has an id, a workspace, who, when (UTC), why, and the row that it revokes."""
    return sa.Table(
        name,
        _METADATA,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("workspace", sa.String(200), nullable=False),
        sa.Column("who", sa.String(LONGEST_WHO), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("why", sa.String(LONGEST_WHY), nullable=False),
        sa.Column("revokes", sa.Integer, sa.ForeignKey(f"{name}.id"), nullable=True),
        *columns,
        sa.CheckConstraint("length(trim(who)) > 0", name=f"{name}_who"),
        sa.CheckConstraint("length(trim(why)) > 0", name=f"{name}_why"),
        sqlite_autoincrement=True,
    )


_TABLES = {
    "handle_reviews": _signed(
        "handle_reviews",
        sa.Column("athlete_id", sa.String(200), nullable=False),
        sa.Column("platform", sa.String(200), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("handle", sa.String(500), nullable=True),
        sa.Column("since", sa.Date, nullable=True),
    ),
    "payout_ledger": _signed(
        "payout_ledger",
        sa.Column("kind", sa.String(20), nullable=False),
        # Names the payment: what is written twice under one reference is refused by the database itself.
        sa.Column("reference", sa.String(300), nullable=False),
        sa.Column("story_id", sa.String(200), nullable=False),
        sa.Column("athlete_id", sa.String(200), nullable=False),
        sa.Column("corrects", sa.Integer, sa.ForeignKey("payout_ledger.id"), nullable=True),
        *(sa.Column(amount, sa.BigInteger, nullable=False) for amount in ("fee_cents", "paid_cents")),
        *(sa.Column(f"{name}_milli", sa.BigInteger, nullable=False) for name in ("predicted", "low", "high")),
        sa.Column("actual_milli", sa.BigInteger, nullable=True),
        sa.Column("terms", sa.String(1_000), nullable=False),
        sa.Column("rate_card", sa.String(200), nullable=False),
        sa.Column("model_version", sa.String(200), nullable=False),
        sa.Column("snapshot_id", sa.String(200), nullable=False),
        sa.UniqueConstraint("workspace", "reference", name="payout_ledger_once"),
        sa.CheckConstraint("kind IN ('advance', 'settlement', 'correction')", name="payout_ledger_kind"),
        # SQLite would keep 0.5 in a column of integers; no float touches the ledger.
        *(
            sa.CheckConstraint(f"CAST({amount} AS BIGINT) = {amount}", name=f"payout_ledger_whole_{amount}")
            for amount in ("fee_cents", "paid_cents", "predicted_milli", "low_milli", "high_milli", "actual_milli")
        ),
    ),
    "campaigns": _signed(
        "campaigns",
        sa.Column("campaign_id", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("snapshot_id", sa.String(100), nullable=False),
        sa.Column("starts", sa.Date, nullable=False),
        sa.Column("ends", sa.Date, nullable=False),
        sa.Column("promise", sa.Text, nullable=False),
        sa.Column("athletes", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        # Whose it is: the brand of who signed, as the people file told it then.
        sa.Column("brand", sa.String(100), nullable=True),
    ),
    "campaign_outcomes": _signed(
        "campaign_outcomes",
        sa.Column("campaign_id", sa.String(60), nullable=False),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("outcomes", sa.Text, nullable=False),
    ),
}
_TABLES["alert_acknowledgements"] = _signed(
    "alert_acknowledgements",
    sa.Column("rule", sa.String(100), nullable=False),
    sa.Column("subject", sa.String(500), nullable=False),
    # Since when the alert was open that was seen to: one that comes back later is another one.
    sa.Column("first_seen", sa.DateTime, nullable=True),
)
_TABLES["model_decisions"] = _signed(
    "model_decisions",
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("version", sa.String(200), nullable=True),
)
_LONGEST = {
    name: {column.name: column.type.length for column in table.columns if isinstance(column.type, sa.String)}
    for name, table in _TABLES.items()
}
WITHOUT_EFFECT_ON_SNAPSHOTS = {"alert_acknowledgements", "campaign_outcomes", "campaigns", "payout_ledger"}
"""Tables that are read beside a snapshot, so that a new row makes no new snapshot necessary."""
_ADDED_LATER = {"alert_acknowledgements": ("first_seen",), "campaigns": ("brand",)}
"""Columns that a journal of an older version does not have; nothing stands in them in the rows that it holds."""
COLUMNS = {name: [column.name for column in table.columns] for name, table in _TABLES.items()}
"""Columns of each table."""
_CHECKS = {
    "handle_reviews": check_review,
    "campaigns": check_campaign,
    "campaign_outcomes": check_campaign,
    "alert_acknowledgements": check_acknowledgement,
    "model_decisions": check_model_decision,
}
_SUBJECT = {
    "handle_reviews": ("athlete_id", "platform"),
    "campaigns": ("campaign_id",),
    "campaign_outcomes": ("campaign_id",),
    "alert_acknowledgements": ("rule", "subject"),
    "model_decisions": ("version",),
}
"""What a decision is about; one that takes another back is about the same."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_KEPT_IN = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Journal:
    """The journal of one workspace. Use it as a context manager, or close it."""

    def __init__(self, url: str, workspace: str) -> None:
        self.workspace = workspace
        self._address, self._engine = _engine(url)
        self._kind = self._address.get_backend_name()
        with _in_words(self._shown):
            if self._kind == "sqlite":
                sa.event.listen(self._engine, "connect", _prepare_sqlite)
                if self._address.database:
                    Path(self._address.database).parent.mkdir(parents=True, exist_ok=True)
            with self._engine.begin() as connection:
                if self._kind == "postgresql":
                    self._alone(connection)
                _METADATA.create_all(connection)
                self._add_columns(connection)
                _set_guards(connection)

    @classmethod
    def of(cls, settings: Settings) -> "Journal":
        """The journal that the settings name: by default a SQLite file in the workspace's folder."""
        return cls(settings.journal_url or f"sqlite:///{settings.folder / FILE}", settings.workspace)

    @staticmethod
    def is_there(settings: Settings) -> bool:
        """Whether anything can have been written yet; a journal file is made by the first decision only."""
        return bool(settings.journal_url) or (settings.folder / FILE).is_file()

    @staticmethod
    def file_of(settings: Settings) -> Path | None:
        """The file that holds the journal; None where a server holds it."""
        if not settings.journal_url:
            return settings.folder / FILE
        address, engine = _engine(settings.journal_url)
        engine.dispose()
        return Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()

    def append(
        self,
        table: str,
        values: Mapping[str, Any] | Callable[[pd.DataFrame], Mapping[str, Any]],
        *,
        who: str,
        role: str,
        why: str,
        at: datetime | None = None,
        revokes: int | None = None,
    ) -> int:
        """Add a signed row and return its id.

        Args:
            table: name of the table.
            values: the columns of the table's own; or a function that makes them out of all rows that are there. It
                runs while nobody else can write through such a function; what it raises stops the writing.
            who: name of the person; required.
            role: as what the person decides, such as analyst or athlete.
            why: the reason; required.
            at: UTC time without a zone; now if left out.
            revokes: id of an earlier row of the same table that no longer counts.

        Raises:
            JournalError: the row is not signed or says nothing, the one it revokes cannot be, or the database refuses.
        """
        moment = at or datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        signed = {"who": who.strip(), "role": role, "why": why.strip()}
        check_signature(who, why)
        own = _TABLES[table]
        with _in_words(self._shown), self._engine.begin() as connection:
            if callable(values) or revokes is not None:
                self._alone(connection)
            if callable(values):
                values = values(self._rows(connection, table))
            row = {**values, **signed, "at": moment, "workspace": self.workspace, "revokes": revokes}
            check_texts(row, _LONGEST[table])
            _CHECKS[table](row)
            if revokes is not None:
                known = connection.execute(sa.select(own).filter_by(workspace=self.workspace)).mappings().all()
                target = next((each for each in known if each["id"] == revokes), None)
                if target is None:
                    raise JournalError(f"There is no decision number {revokes} to take back.")
                gone = taken_back((each["id"], each["revokes"]) for each in known)
                check_revoked(row, dict(target), gone, _SUBJECT[table])
            inserted = connection.execute(own.insert().values(**row)).inserted_primary_key
        return int(inserted[0]) if inserted else 0

    def append_all(
        self,
        table: str,
        rows: Sequence[Mapping[str, Any]] | Callable[[pd.DataFrame], Sequence[Mapping[str, Any]]],
        *,
        who: str,
        role: str,
        why: str,
        at: datetime | None = None,
    ) -> list[int]:
        """Add several rows under one signature: all of them, or none if anything stops it on the way.

        Args:
            table: name of the table.
            rows: the columns of the table's own; or a function that makes them out of all rows that are there. It runs
                while nobody else can write, so that what follows from those rows still does when it is written; what it
                raises stops the writing.
            who: name of the person; required.
            role: as what the person decides.
            why: the reason; required.
            at: UTC time without a zone; now if left out.

        Raises:
            JournalError: no name or no reason, a row that is there already, or the database refuses.
        """
        signed = {"who": who.strip(), "role": role, "why": why.strip(), "workspace": self.workspace, "revokes": None}
        if not signed["who"] or not signed["why"]:
            raise JournalError("A decision needs the name of who takes it and a reason; fill in both.")
        if len(who.strip()) > LONGEST_WHO or len(why.strip()) > LONGEST_WHY:
            raise JournalError(f"A name may have {LONGEST_WHO} characters and a reason {LONGEST_WHY:,}; shorten it.")
        moment = at or datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        numbers = []
        try:
            with self._engine.begin() as connection:
                if callable(rows):
                    self._alone(connection)
                    rows = rows(self._rows(connection, table))
                for row in rows:
                    statement = _TABLES[table].insert().values(**row, **signed, at=moment)
                    inserted = connection.execute(statement).inserted_primary_key
                    numbers.append(int(inserted[0]) if inserted else 0)
        except sa.exc.IntegrityError as error:
            raise JournalError(
                f"One of the rows for {table} is there already or cannot be ({str(error.orig).splitlines()[0]}), so "
                "none was written; look at what is there, then try again."
            ) from error
        except (sa.exc.SQLAlchemyError, OSError) as error:
            with _in_words(self._shown):
                raise error
        return numbers

    def rows(self, table: str) -> pd.DataFrame:
        """All rows of this workspace, oldest first; those that were revoked are among them."""
        with _in_words(self._shown), self._engine.connect() as connection:
            return self._rows(connection, table)

    def _rows(self, connection: sa.Connection, table: str) -> pd.DataFrame:
        own = _TABLES[table]
        query = sa.select(own).filter_by(workspace=self.workspace).order_by(own.c.id)
        return typed(table, pd.DataFrame(connection.execute(query).all(), columns=COLUMNS[table]))

    def check(self) -> int:
        """See that all of it can be read; returns the number of rows of this workspace.

        Raises:
            DamagedJournalError: a page of the file holds what SQLite did not write there.
            JournalError: it cannot be read.
        """
        with _in_words(self._shown), self._engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check").scalar() if self._kind == "sqlite" else "ok"
            if found != "ok":
                raise DamagedJournalError(f"The journal {self._shown} is damaged: {str(found).splitlines()[-1]}.")
            own = {"workspace": self.workspace}
            counts = [sa.select(sa.func.count()).select_from(table).filter_by(**own) for table in _TABLES.values()]
            return sum(connection.execute(count).scalar_one() for count in counts)

    def fingerprint(self) -> str:
        """Fingerprint of everything written for this workspace."""
        digest = hashlib.sha256()
        for name in sorted(set(_TABLES) - WITHOUT_EFFECT_ON_SNAPSHOTS):
            digest.update(f"{name}\n{self.rows(name).to_csv(index=False)}".encode())
        return digest.hexdigest()

    def backup(self, path: Path) -> int:
        """Copy the journal while others use it; returns the number of rows in the copy.

        Raises:
            JournalError: the file is there already, cannot be written, or the journal is no SQLite file.
        """
        if self._kind == "postgresql":
            raise JournalError("The journal is kept in PostgreSQL, which has its own tool to copy it: use pg_dump.")
        if not self._address.database or not Path(self._address.database).is_file():
            raise JournalError(f"The journal {self._shown} is no file, so there is nothing to copy.")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Only a name that was free is written to, and removed if the copy fails; a link to nothing is not free.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError as error:
            raise JournalError(f"{path} is there already; name a new file.") from error
        except OSError as error:
            raise JournalError(f"The journal cannot be copied to {path}: {error.strerror}.") from error
        try:
            return _copied(self._address.database, path)
        except BaseException as error:
            with suppress(OSError):
                path.unlink()
            if isinstance(error, OSError | sqlite3.Error):
                raise JournalError(f"The journal cannot be copied to {path}: {error}.") from error
            raise

    def _alone(self, connection: sa.Connection) -> None:
        """Nobody else writes until this transaction ends, so that what it has read stays true."""
        if self._kind == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('athlete intelligence journal'))"))

    def _add_columns(self, connection: sa.Connection) -> None:
        """Add the columns that a journal made by an older version lacks."""
        if not _lacking(connection):
            return
        if self._kind == "sqlite":
            self._alone(connection)
        for table, column in _lacking(connection):
            kind = _TABLES[table].c[column].type.compile(connection.dialect)
            connection.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN {column} {kind}"))

    @property
    def _shown(self) -> str:
        return self._address.render_as_string(hide_password=True)


def typed(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in fixed types, also where there are none, so that SQL can compare them."""
    types = {"Integer": "Int64", "BigInteger": "Int64", "DateTime": "datetime64[us]", "Date": "datetime64[us]"}
    kinds = {column.name: types.get(type(column.type).__name__, "str") for column in _TABLES[table].columns}
    return rows.reindex(columns=COLUMNS[table]).astype(kinds)


def no_rows(table: str) -> pd.DataFrame:
    """The table with no row in it."""
    return _empty(table).copy(deep=False)


@cache
def _empty(table: str) -> pd.DataFrame:
    return typed(table, pd.DataFrame(columns=COLUMNS[table]))


def _engine(url: str) -> tuple[sa.URL, sa.Engine]:
    """The address and what connects to it. Messages never repeat the text of the setting: it may hold a password."""
    try:
        address = sa.make_url(url)
        name = address.get_backend_name()
        if name not in _KEPT_IN:
            raise JournalError(
                f"The setting journal_url names the database {name}; the journal is kept in SQLite or PostgreSQL, "
                "which themselves refuse to change a row."
            )
        return address, sa.create_engine(address)
    except ImportError as error:
        raise JournalError(
            f"The journal is to be kept in {_KEPT_IN[name]}, but its driver {error.name or ''} is not installed; begin "
            "journal_url with postgresql+psycopg:// and run `pip install 'psycopg[binary]'`."
        ) from error
    except sa.exc.ArgumentError as error:
        raise JournalError(
            "The setting journal_url is no address of a database; write one such as sqlite:///decisions.sqlite or "
            "postgresql+psycopg://user@host/database."
        ) from error


def _copied(database: str, path: Path) -> int:
    """Copy a SQLite database into an empty file; returns the number of rows."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        whole = target.execute("PRAGMA integrity_check").fetchone()[0]
        if whole != "ok":
            raise JournalError(f"The copy {path} was damaged ({whole}); copy again to another disk.")
        return sum(int(target.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in _TABLES)  # noqa: S608


def _lacking(connection: sa.Connection) -> list[tuple[str, str]]:
    look = sa.inspect(connection)
    return [
        (table, column)
        for table, columns in _ADDED_LATER.items()
        for column in columns
        if column not in {each["name"] for each in look.get_columns(table)}
    ]


def _set_guards(connection: sa.Connection) -> None:
    """Add what keeps rows from being changed, also to a journal that an older version made without it."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        # Looked up first: to define them again would wait for everybody who writes, and only an owner may.
        query = sa.text("SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:name)")
        there = {row[0] for name in _TABLES for row in connection.execute(query, {"name": name})}
        guards = _guards(dialect)
        if all(name in there for name in guards):
            return
        connection.execute(sa.text(_POSTGRES_FUNCTION))
    for statement in _guards(dialect).values():
        connection.execute(sa.text(statement))


_REFUSAL = "the journal is append-only: write a new row that revokes the old one"
_POSTGRES_FUNCTION = (
    "CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
)


def _guards(dialect: str) -> dict[str, str]:
    """Triggers by which the database itself refuses to change or delete a row, by name.

    SQLite's INSERT OR REPLACE deletes a row without its delete trigger (unless recursive_triggers is on, which is up
    to each connection), so an id that is taken is refused before. PostgreSQL's TRUNCATE has a trigger of its own.
    """
    guards = {}
    for name in _TABLES:
        for event in ("UPDATE", "DELETE", "INSERT" if dialect == "sqlite" else "TRUNCATE"):
            guard = f"{name}_no_{'replace' if event == 'INSERT' else event.lower()}"
            if dialect == "sqlite":
                when = f"WHEN EXISTS (SELECT 1 FROM {name} WHERE id = NEW.id) " if event == "INSERT" else ""  # noqa: S608
                guards[guard] = (
                    f"CREATE TRIGGER IF NOT EXISTS {guard} BEFORE {event} ON {name} {when}"
                    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
                )
            else:
                each = "STATEMENT" if event == "TRUNCATE" else "ROW"
                guards[guard] = (
                    f"CREATE OR REPLACE TRIGGER {guard} BEFORE {event} ON {name} "
                    f"FOR EACH {each} EXECUTE FUNCTION journal_is_append_only()"
                )
    return guards


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    for statement in ("journal_mode = WAL", f"busy_timeout = {_BUSY_MILLISECONDS}", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {statement}")


@contextmanager
def _in_words(address: str) -> Iterator[None]:
    try:
        yield
    except (sa.exc.SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        told = str(cause).splitlines()[0]
        # The lowest byte is the kind of error, what stands above it tells kinds of the kind apart.
        is_damaged = getattr(cause, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
        kind = DamagedJournalError if is_damaged else JournalError
        raise kind(f"The journal {address} cannot be read or written: {told}.") from error
