"""The database: whole transactions, errors that carry their SQL, and files that are in use."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from athlete_intel.errors import BusyError, WarehouseError
from athlete_intel.warehouse import Database

GOALS = pd.DataFrame({"athlete": ["a", "b"], "goals": [3, 1]})
HOLDER = (
    "import sys; from pathlib import Path; from athlete_intel.warehouse import Database\n"
    "with Database(Path(sys.argv[1]), read_only=sys.argv[2] == 'read'):\n"
    "    print('open', flush=True); sys.stdin.read()"
)


@contextmanager
def held(path: Path, how: str) -> Iterator[None]:
    """Another process has the file open."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield
    finally:
        process.communicate("")


@pytest.fixture
def database() -> Iterator[Database]:
    with Database.in_memory() as database:
        database.write("goals", GOALS)
        yield database


def test_tables_go_in_and_come_out(database: Database) -> None:
    pd.testing.assert_frame_equal(database.table("goals"), GOALS, check_dtype=False)
    assert database.table("goals", ["goals"], {"athlete": "a"}).to_numpy().tolist() == [[3]]
    assert (database.tables(), database.count("goals")) == (["goals"], 2)
    database.append("goals", pd.DataFrame({"goals": [7], "athlete": ["c"]}))
    assert database.table("goals", where={"athlete": "c"}).to_numpy().tolist() == [["c", 7]]
    database.create("best", "SELECT * FROM goals WHERE goals > $least", {"least": 2})
    assert database.count("best") == 2


def test_temporary_tables_are_not_listed(database: Database) -> None:
    database.write_temporary("scratch", GOALS)
    database.create_temporary("more", "SELECT * FROM scratch")
    assert (database.tables(), database.count("more")) == (["goals"], 2)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, WarehouseError])
def test_a_transaction_is_kept_whole_or_rolled_back_whole(database: Database, error: type[BaseException]) -> None:
    with database.transaction():
        database.execute("DELETE FROM goals WHERE athlete = 'b'")
    before = database.table("goals")

    def change_and_fail() -> None:
        with database.transaction():
            database.execute("INSERT INTO goals VALUES ('c', 1)")
            database.write("more", GOALS)
            database.write_temporary("scratch", GOALS)
            raise error("stop")

    with pytest.raises(error):
        change_and_fail()
    pd.testing.assert_frame_equal(database.table("goals"), before)
    assert database.tables() == ["goals"]


def test_a_statement_that_fails_rolls_its_transaction_back(database: Database) -> None:

    def fail() -> None:
        with database.transaction():
            database.execute("DELETE FROM goals")
            database.execute("DELETE FROM nowhere")

    with pytest.raises(WarehouseError, match="nowhere"):
        fail()
    assert database.count("goals") == 2
    with database.transaction():
        database.execute("DELETE FROM goals")
    assert database.count("goals") == 0


def test_a_transaction_inside_another_is_refused_and_undoes_both(database: Database) -> None:

    def nest() -> None:
        with database.transaction():
            database.execute("DELETE FROM goals")
            with database.transaction():
                database.execute("DELETE FROM goals")

    with pytest.raises(WarehouseError, match="transaction"):
        nest()
    assert database.count("goals") == 2


def test_an_error_is_one_sentence_with_the_sql(database: Database) -> None:
    with pytest.raises(WarehouseError) as error:
        database.query("SELECT shoes FROM goals WHERE athlete = $who", {"who": "a"})
    assert "shoes" in str(error.value)
    assert str(error.value).endswith("The SQL was: SELECT shoes FROM goals WHERE athlete = $who")
    assert len(str(error.value).splitlines()) == 1


def test_a_disk_that_takes_nothing_is_told_with_what_to_look_at(database: Database, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError) as error:
        database.execute(f"COPY (SELECT 1) TO '{tmp_path / 'nowhere' / 'goals.csv'}'")
    told, _, sql = str(error.value).partition(" The SQL was: ")
    assert told.endswith(
        'goals.csv": No such file or directory; check the path, its permissions and the free disk space.'
    )
    assert sql.startswith("COPY")


def test_an_error_that_shows_only_in_reading_carries_its_sql_too(database: Database) -> None:
    for sql in ("SELECT CAST(athlete AS BIGINT) FROM goals", "SELECT error('late') FROM goals"):
        with pytest.raises(WarehouseError, match="The SQL was: SELECT"):
            database.query(sql)


@pytest.mark.parametrize("column", [[1, {"a": 2}], [object(), object()], [2**100, 1]])
def test_a_table_that_does_not_fit_is_an_error_of_ours(database: Database, column: list[object]) -> None:
    with pytest.raises(WarehouseError):
        database.append("goals", pd.DataFrame({"athlete": ["c", "d"], "goals": pd.Series(column, dtype=object)}))
    assert database.count("goals") == 2


def test_names_and_values_are_never_read_as_sql(database: Database) -> None:
    evil = "x'; DROP TABLE goals; --"
    strange = pd.DataFrame({'a"; DROP TABLE goals; --': [evil]})
    database.write('t"; DROP TABLE goals; --', strange)
    pd.testing.assert_frame_equal(database.table('t"; DROP TABLE goals; --'), strange)
    assert database.table("goals", where={"athlete": evil}).empty
    assert database.query("SELECT * FROM goals WHERE athlete = $who", {"who": evil}).empty
    assert database.count("goals") == 2


def test_a_file_is_kept_and_times_have_no_zone(tmp_path: Path) -> None:
    path = tmp_path / "it's a store.duckdb"
    with Database(path) as database:
        database.write("goals", GOALS.assign(at=pd.to_datetime(["2026-01-31 10:00"] * 2)))
    with Database(path, read_only=True) as database:
        assert database.table("goals")["at"].dt.tz is None
        with pytest.raises(WarehouseError, match="read-only"):
            database.execute("DELETE FROM goals")
    with Database.in_memory() as other, other.attached(path, "store"):
        assert other.query("SELECT count(*) AS n FROM store.goals")["n"].item() == 2


@pytest.mark.parametrize(("theirs", "read_only"), [("write", False), ("write", True), ("read", False)])
def test_a_file_in_use_is_busy(tmp_path: Path, theirs: str, read_only: bool) -> None:
    path = tmp_path / "store.duckdb"
    with Database(path) as database:
        database.write("goals", GOALS)
    with held(path, theirs), pytest.raises(BusyError, match=r"store.duckdb is in use by another process; wait"):
        Database(path, read_only=read_only)
    with Database(path) as database:
        assert database.count("goals") == 2


def test_an_attached_file_in_use_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    with held(path, "write"), Database.in_memory() as database, pytest.raises(BusyError):
        database.attached(path, "store").__enter__()


def test_two_readers_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    with Database(path) as database:
        database.write("goals", GOALS)
    with held(path, "read"), Database(path, read_only=True) as database:
        assert database.count("goals") == 2


@pytest.mark.parametrize("folder", ["plain", "locker-room"])
def test_a_file_that_is_no_database_is_not_called_busy(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "store.duckdb"
    path.parent.mkdir()
    path.write_bytes(b"not a database, but long enough to hold a header" * 100)
    with pytest.raises(WarehouseError, match="cannot be opened as a DuckDB database") as error:
        Database(path)
    assert not isinstance(error.value, BusyError)
    assert len(str(error.value).splitlines()) == 1


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="cannot be opened"):
        Database(tmp_path / "nothing.duckdb", read_only=True)
    with pytest.raises(WarehouseError, match="cannot be opened"):
        Database(tmp_path / "no" / "folder.duckdb")


def test_nothing_is_installed_or_loaded_from_elsewhere(database: Database) -> None:
    settings = database.query("SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%known_extensions'")
    assert settings["value"].tolist() == ["false", "false"]
