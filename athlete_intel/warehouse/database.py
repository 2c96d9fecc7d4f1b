"""A DuckDB file as tables in and tables out."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pandas as pd

from athlete_intel.errors import BusyError, WarehouseError


class Database:
    """One open DuckDB database. Use it as a context manager, briefly: an open file blocks writers elsewhere.

    >>> with Database.in_memory() as database:
    ...     database.write("goals", pd.DataFrame({"athlete_id": ["a", "b"], "goals": [3, 1]}))
    ...     database.query("SELECT sum(goals) AS goals FROM goals").goals.item()
    4.0
    """

    def __init__(self, path: Path | None, read_only: bool = False) -> None:
        self.path = path
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        try:
            self._connection = duckdb.connect(str(path or ":memory:"), read_only=read_only, config=config)
        except duckdb.Error as error:
            raise _opening_error(path, error) from error
        self._connection.execute("SET TimeZone = 'UTC'")

    @classmethod
    def in_memory(cls) -> "Database":
        """An empty database that is gone when closed."""
        return cls(None)

    def __enter__(self) -> "Database":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is kept, or nothing."""
        self.execute("BEGIN TRANSACTION")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            # A COMMIT that fails has rolled back by itself; then there is nothing more to undo.
            with suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
            raise

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement with named parameters (`$name`).

        Raises:
            WarehouseError: the message carries the SQL.
        """
        self._run(sql, parameters)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The result of a SELECT as a table."""
        return self._run(sql, parameters).df()

    def create(self, name: str, select: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Store the result of a SELECT as the table `name`, in place of an older one."""
        self._run(f"CREATE OR REPLACE TABLE {quoted(name)} AS {select}", parameters)

    def write(self, name: str, table: pd.DataFrame) -> None:
        """Store a data frame as the table `name`, in place of an older one."""
        with self._incoming(table):
            self.create(name, "SELECT * FROM incoming")

    def create_temporary(self, name: str, select: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Keep the result of a SELECT under `name` until the database is closed."""
        self._run(f"CREATE OR REPLACE TEMPORARY TABLE {quoted(name)} AS {select}", parameters)

    def create_temporary_view(self, name: str, select: str) -> None:
        """Know a SELECT by `name` until the database is closed; nothing is stored."""
        self._run(f"CREATE OR REPLACE TEMPORARY VIEW {quoted(name)} AS {select}")

    def write_temporary(self, name: str, table: pd.DataFrame) -> None:
        """Keep a data frame under `name` until the database is closed."""
        with self._incoming(table):
            self.create_temporary(name, "SELECT * FROM incoming")

    def append(self, name: str, table: pd.DataFrame) -> None:
        """Add the rows of a data frame to the table `name`, columns matched by name."""
        with self._incoming(table):
            self._run(f"INSERT INTO {quoted(name)} BY NAME SELECT * FROM incoming")

    def table(
        self, name: str, columns: list[str] | None = None, where: Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """A whole table, or some columns of it, or the rows in which each column of `where` has the given value."""
        wanted = ", ".join(quoted(column) for column in columns) if columns else "*"
        conditions = " AND ".join(f"{quoted(column)} = ${i}" for i, column in enumerate(where or {}, 1))
        sql = f"SELECT {wanted} FROM {quoted(name)}" + (f" WHERE {conditions}" if conditions else "")
        return self._run(sql, list((where or {}).values())).df()

    def tables(self) -> list[str]:
        """Names of the tables, sorted."""
        found = self._run("SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY 1")
        return [name for (name,) in found.fetchall()]

    def count(self, name: str) -> int:
        """Number of rows of a table."""
        ((rows,),) = self._run(f"SELECT count(*) FROM {quoted(name)}").fetchall()
        return int(rows)

    @contextmanager
    def attached(self, path: Path, alias: str) -> Iterator[None]:
        """Another database file, to be read as `alias.table`; meanwhile no other process can write to it.

        It is opened for writing though nothing is written, because that lock is exclusive: of two builds
        of one workspace the second is refused.

        Raises:
            BusyError: another process has it open.
        """
        sql = f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {quoted(alias)}"
        try:
            self._connection.execute(sql)
        except duckdb.Error as error:
            raise _opening_error(path, error) from error
        try:
            yield
        finally:
            self._run(f"DETACH {quoted(alias)}")

    @contextmanager
    def _incoming(self, table: pd.DataFrame) -> Iterator[None]:
        """A data frame that SQL reads under the name `incoming`."""
        try:
            self._connection.register("incoming", table)
        except duckdb.Error as error:
            raise WarehouseError(f"A table cannot be handed to DuckDB: {_first_line(error)}") from error
        try:
            yield
        finally:
            self._connection.unregister("incoming")

    def _run(self, sql: str, parameters: Any = None) -> duckdb.DuckDBPyConnection:
        if isinstance(parameters, Mapping):
            # A statement may use fewer parameters than its caller offers; DuckDB takes just those that it names.
            parameters = {name: value for name, value in parameters.items() if re.search(rf"\${name}\b", sql)}
        try:
            return self._connection.execute(sql, parameters) if parameters else self._connection.execute(sql)
        except (duckdb.InterruptException, RuntimeError) as error:
            # DuckDB tells of Ctrl-C in either way; any other RuntimeError is not ours to translate.
            if isinstance(error, RuntimeError) and "interrupt" not in str(error).lower():
                raise
            raise KeyboardInterrupt from error
        except duckdb.IOException as error:
            # "CHECKPOINT during DETACH failed" may be all that is said of a disk that is full.
            told = f"{_first_line(error).rstrip('.')}; check the path, its permissions and the free disk space."
            raise WarehouseError(f"{told} The SQL was: {sql}") from error
        except duckdb.Error as error:
            raise WarehouseError(f"{_first_line(error)} The SQL was: {sql}") from error


def quoted(name: str) -> str:
    """A table or column name safe inside SQL.

    >>> quoted('3P"')
    '"3P""\"'
    """
    return '"' + name.replace('"', '""') + '"'


def _opening_error(path: Path | None, error: Exception) -> WarehouseError:
    # What Linux and macOS say, and what Windows says; the path stands in the message, too.
    if "could not set lock" in str(error).lower() or "used by another process" in str(error).lower():
        return BusyError(f"{path} is in use by another process; wait until it is done, then try again.")
    return WarehouseError(
        f"{path} cannot be opened as a DuckDB database ({_first_line(error)}); `athlete-intel doctor` tells what to do."
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
