"""How a table is described: columns, types, units, ranges, key, and when each value becomes known."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "integer", "number", "boolean", "timestamp", "day"]

SQL_TYPES: dict[ColumnType, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "day": "DATE",
}

ALWAYS = "always"
"""Known from the start: names and other facts that do not change with time."""


@dataclass(frozen=True)
class Column:
    """One column of a contract table.

    `known` is ALWAYS or the name of the column in the same table that holds the time (or the day, at whose
    end) the value becomes known. `maximum_length` bounds text, `minimum` and `maximum` bound numbers.
    """

    name: str
    type: ColumnType
    about: str
    unit: str = ""
    known: str = ALWAYS
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    maximum_length: int = 500
    default: str | None = None
    """An expression of the mapping language that fills the column when a mapping leaves it out."""
    may_lie_ahead: bool = False
    """Whether a time in the future is fine, as for the day on which an outcome will be final."""


@dataclass(frozen=True)
class Table:
    """A contract table; rows with the same `key` are the same fact."""

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[tuple[str, str, str], ...] = ()
    """(column, table, column there): values that must exist in another table."""

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError if there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]


def create_sql(table: Table, with_key: bool = True) -> str:
    """The CREATE TABLE statement of a contract table.

    >>> print(create_sql(Table("handles", "", ("athlete_id",), (Column("athlete_id", "text", ""),))))
    CREATE TABLE IF NOT EXISTS handles (athlete_id VARCHAR NOT NULL, PRIMARY KEY (athlete_id))
    """
    columns = [
        f"{column.name} {SQL_TYPES[column.type]}{'' if column.nullable else ' NOT NULL'}" for column in table.columns
    ]
    if with_key:
        columns.append(f"PRIMARY KEY ({', '.join(table.key)})")
    return f"CREATE TABLE IF NOT EXISTS {table.name} ({', '.join(columns)})"


def as_markdown(tables: Iterable[Table]) -> str:
    """Tables described as in `data/README.md`."""
    parts = []
    for table in tables:
        parts.append(f"### `{table.name}`\n\n{table.about}\n\nKey: {', '.join(f'`{name}`' for name in table.key)}.")
        lines = ["| column | type | unit | may be empty | range | known | what it is |", "| --- " * 7 + "|"]
        for column in table.columns:
            lines.append(
                f"| `{column.name}` | {column.type} | {column.unit or '-'} | {'yes' if column.nullable else 'no'} "
                f"| {_range_in_words(column)} | {_known_in_words(table, column)} | {column.about} |"
            )
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _range_in_words(column: Column) -> str:
    if column.minimum is not None and column.maximum is not None:
        return f"{column.minimum:,.0f} to {column.maximum:,.0f}"
    if column.type == "text":
        return f"up to {column.maximum_length} characters"
    if column.type in ("timestamp", "day") and not column.may_lie_ahead:
        return "not in the future"
    return "-"


def _known_in_words(table: Table, column: Column) -> str:
    if column.known == ALWAYS:
        return ALWAYS
    return f"end of `{column.known}`" if table.column(column.known).type == "day" else f"at `{column.known}`"
