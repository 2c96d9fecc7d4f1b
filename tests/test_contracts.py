"""The contract: what it promises about every table, and the README that shows it."""

from pathlib import Path

import pandas as pd
import pytest

from athlete_intel.contracts import ALWAYS, PUBLISHED_TABLES, RAW_TABLES, SQL_TYPES, Table, as_markdown, create_sql
from athlete_intel.sources.expressions import Context, Expression, function_names
from athlete_intel.warehouse import Database

README = Path(__file__).parents[1] / "data" / "README.md"
BEGIN, END = "<!-- contract: begin -->\n", "<!-- contract: end -->\n"
TABLES = [*RAW_TABLES.values(), *PUBLISHED_TABLES.values()]


def contract_readme(text: str) -> str:
    """The README with its contract written anew.

    To bring data/README.md up to date after a change of the contract, run from the project's root:

        python -c "from tests.test_contracts import write_readme; write_readme()"
    """
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{as_markdown(RAW_TABLES.values())}\n{END}{rest.split(END)[1]}"


def write_readme() -> None:
    """Bring data/README.md up to date."""
    README.write_text(contract_readme(README.read_text(encoding="utf-8")), encoding="utf-8")


def test_the_readme_shows_the_contract_as_it_is() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == contract_readme(text)


def test_the_readme_explains_every_function_of_expressions() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in function_names() if f"`{name}(" not in text] == []


@pytest.mark.parametrize(
    "table",
    [*RAW_TABLES.values(), PUBLISHED_TABLES["imports"], PUBLISHED_TABLES["quarantine"]],
    ids=lambda table: table.name,
)
def test_a_table_can_be_created_and_its_names_need_no_quotes(table: Table) -> None:
    with Database.in_memory() as database:
        database.execute(create_sql(table))
        database.execute(create_sql(table))
        assert list(database.query(f"SELECT {', '.join(table.column_names)} FROM {table.name}")) == table.column_names


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_exist_once_and_are_never_empty(table: Table) -> None:
    assert len(set(table.column_names)) == len(table.column_names)
    assert table.key
    assert [name for name in table.key if table.column(name).nullable] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_and_column_is_explained_in_a_line(table: Table) -> None:
    for about in (table.about, *(column.about for column in table.columns)):
        assert about
        assert "|" not in about
        assert "\n" not in about


@pytest.mark.parametrize("table", RAW_TABLES.values(), ids=lambda table: table.name)
def test_a_value_becomes_known_at_a_time_of_its_own_row(table: Table) -> None:
    for column in table.columns:
        assert column.type in SQL_TYPES
        if column.known != ALWAYS:
            when = table.column(column.known)
            assert when.type in ("timestamp", "day")
            assert not when.nullable


def test_tables_refer_only_to_keys_of_tables_before_them() -> None:
    before: set[str] = set()
    for table in RAW_TABLES.values():
        for column, other, other_column in table.references:
            assert column in table.column_names
            assert other in before
            assert RAW_TABLES[other].key == (other_column,)
        before.add(table.name)


def test_no_name_stands_for_two_tables() -> None:
    assert set(RAW_TABLES) & set(PUBLISHED_TABLES) == set()


def test_what_a_column_is_by_default_follows_from_its_row() -> None:
    default = RAW_TABLES["posts"].column("known_at").default
    assert default is not None
    rows = pd.DataFrame({"published_at": pd.to_datetime(["2026-01-31 10:00"])})
    assert Expression(default).evaluate(Context(rows)).tolist() == [pd.Timestamp("2026-02-01 10:00", tz="UTC")]


def test_an_unknown_column_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        RAW_TABLES["athletes"].column("shoe_size")
