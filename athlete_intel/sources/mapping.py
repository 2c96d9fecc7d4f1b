"""A mapping: a TOML file that says which file gives which table, and which column gives which column."""

import codecs
import difflib
import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from athlete_intel.contracts import RAW_TABLES, Table
from athlete_intel.errors import MappingError
from athlete_intel.sources.expressions import Expression

SHIPPED = Path(__file__).parents[2] / "data" / "mappings"
"""Folder of the mappings that come with the product."""

SCALES = ("log", "linear")
_MOST = 10**9
_KINDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a section",
}


@dataclass(frozen=True)
class Outcome:
    """What is predicted and paid, in the words of every label."""

    name: str
    label: str
    unit: str
    window_days: int
    rate_cents_per_1000: int


@dataclass(frozen=True)
class Feature:
    """A signal of an aggregate source: its label, and 'log' for heavy-tailed counts or 'linear'."""

    name: str
    label: str
    scale: str


@dataclass(frozen=True)
class TableMapping:
    """How the rows of one file become rows of one contract table."""

    table: Table
    columns: dict[str, Expression]
    features: dict[str, Expression]
    """For `features_as_of` only: each signal becomes a row of its own."""
    where: Expression | None
    keep_existing: bool
    """Whether a row that is there already wins over the one in the file."""
    many_rows_a_key: bool
    """Whether the file repeats a key on purpose, as posts repeat their athlete; the first one counts."""

    @property
    def expressions(self) -> list[Expression]:
        """All expressions of the mapping."""
        return [*self.columns.values(), *self.features.values(), *([self.where] if self.where else [])]


@dataclass(frozen=True)
class FileMapping:
    """How to read one file or a glob of files, and the tables in it."""

    path: str
    format: str
    encoding: str
    delimiter: str
    decimal: str
    timezone: str
    missing: tuple[str, ...]
    beside_mapping: bool
    tables: tuple[TableMapping, ...]


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file."""

    name: str
    title: str
    source: str
    made_up: bool
    max_bad_share: float
    complete: bool
    """Whether its files always hold all there is, so that rows of an older import that are not in them go."""
    outcome: Outcome
    features: tuple[Feature, ...]
    files: tuple[FileMapping, ...]
    folder: Path
    """Where the mapping itself is, for files that come with it."""
    sha256: str
    """Fingerprint of what the mapping says; comments and layout do not count."""


def shipped_names() -> list[str]:
    """Names of the mappings that come with the product."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_mapping(name_or_path: str) -> Mapping:
    """Read and check a mapping.

    Args:
        name_or_path: the name of a shipped mapping, or a path to a TOML file.

    Raises:
        MappingError: no such mapping, invalid TOML, an unknown key, table, column or function.

    >>> load_mapping("facebook_pages").outcome.name
    'engagements'
    """
    path = SHIPPED / f"{name_or_path}.toml" if name_or_path in shipped_names() else Path(name_or_path)
    try:
        if not path.is_file():
            close = difflib.get_close_matches(name_or_path, shipped_names(), n=1)
            hint = f"; did you mean {close[0]}?" if close else "."
            raise MappingError(
                f"There is no mapping {name_or_path!r}: it is neither a file nor one of "
                f"{', '.join(shipped_names())}{hint}"
            )
        values = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise MappingError(f"{path} is not valid TOML: {error}.") from error
    except OSError as error:
        raise MappingError(f"The mapping {name_or_path[:200]} cannot be read: {error.strerror}.") from error
    meaning = json.dumps(values, sort_keys=True, default=str)
    return _mapping(_Reader(values, path.name), path, hashlib.sha256(meaning.encode()).hexdigest())


class _Reader:
    """Takes values out of a TOML table one by one, checks their types, and complains about what is left."""

    def __init__(self, values: Any, where: str) -> None:
        if not isinstance(values, dict):
            raise MappingError(f"{where}: {values!r} stands where a section with settings must stand.")
        self.values = dict(values)
        self.where = where
        self.known: list[str] = []

    def take(self, name: str, kind: type, default: Any = None) -> Any:
        self.known.append(name)
        if name not in self.values:
            if default is None:
                raise MappingError(f"{self.where}: {name!r} is missing.")
            return default
        value = self.values.pop(name)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise MappingError(f"{self.where}: {name!r} is {value!r}; it must be {_KINDS[kind]}.")
        return value

    def finish(self) -> None:
        for name in self.values:
            close = difflib.get_close_matches(name, self.known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else "."
            raise MappingError(f"{self.where}: there is no setting {name!r} here{hint}")


def _mapping(reader: _Reader, path: Path, sha256: str) -> Mapping:
    features = tuple(
        _feature(name, _Reader(values, f"{path.name}, feature {name}"))
        for name, values in reader.take("features", dict, {}).items()
    )
    files = tuple(
        _file(_Reader(values, f"{path.name}, file {i}"), {feature.name for feature in features})
        for i, values in enumerate(reader.take("files", list), 1)
    )
    outcome_reader = _Reader(reader.take("outcome", dict), f"{path.name}, outcome")
    outcome = Outcome(
        name=outcome_reader.take("name", str),
        label=outcome_reader.take("label", str),
        unit=outcome_reader.take("unit", str, ""),
        window_days=outcome_reader.take("window_days", int),
        rate_cents_per_1000=outcome_reader.take("rate_cents_per_1000", int),
    )
    outcome_reader.finish()
    if not 1 <= outcome.window_days <= 3660:
        raise MappingError(f"{path.name}, outcome: window_days is {outcome.window_days}; it must be 1 to 3660.")
    if not 0 <= outcome.rate_cents_per_1000 <= _MOST:
        raise MappingError(
            f"{path.name}, outcome: rate_cents_per_1000 is {outcome.rate_cents_per_1000}; it must be 0 to {_MOST}."
        )
    mapping = Mapping(
        name=reader.take("name", str),
        title=reader.take("title", str),
        source=reader.take("source", str, "not stated"),
        made_up=reader.take("made_up", bool, False),
        max_bad_share=reader.take("max_bad_share", float, 0.05),
        complete=reader.take("complete", bool, False),
        outcome=outcome,
        features=features,
        files=files,
        folder=path.parent,
        sha256=sha256,
    )
    reader.finish()
    if not re.fullmatch(r"\w[\w.-]{0,99}", mapping.name):
        raise MappingError(f"{path.name}: the name {mapping.name!r} must be letters, digits, - and _.")
    if not 0 <= mapping.max_bad_share <= 1:
        raise MappingError(f"{path.name}: max_bad_share is {mapping.max_bad_share}; it must be 0 to 1.")
    if not files:
        raise MappingError(f"{path.name}: 'files' is empty; name at least one.")
    return mapping


def _feature(name: str, reader: _Reader) -> Feature:
    feature = Feature(name, reader.take("label", str), reader.take("scale", str, "linear"))
    reader.finish()
    if feature.scale not in SCALES:
        raise MappingError(f"{reader.where}: the scale is {feature.scale!r}; it must be one of {', '.join(SCALES)}.")
    return feature


def _file(reader: _Reader, features: set[str]) -> FileMapping:
    path = reader.take("path", str)
    reader.where = f"{reader.where} ({path})"
    tables = tuple(
        _table(_Reader(values, f"{reader.where}, table {i}"), features)
        for i, values in enumerate(reader.take("tables", list), 1)
    )
    file = FileMapping(
        path=path,
        format=reader.take("format", str, "parquet" if path.endswith(".parquet") else "csv"),
        encoding=reader.take("encoding", str, "utf-8"),
        delimiter=reader.take("delimiter", str, ","),
        decimal=reader.take("decimal", str, "."),
        timezone=reader.take("timezone", str, "UTC"),
        missing=tuple(reader.take("missing", list, [])),
        beside_mapping=reader.take("beside_mapping", bool, False),
        tables=tables,
    )
    reader.finish()
    if file.format not in ("csv", "parquet"):
        raise MappingError(f"{reader.where}: the format is {file.format!r}; it must be csv or parquet.")
    if not tables:
        raise MappingError(f"{reader.where}: 'tables' is empty; name at least one.")
    if (
        not file.path
        or Path(file.path).is_absolute()
        or "\0" in file.path
        or re.search(r"[^/]\*\*|\*\*[^/]", file.path)
    ):
        raise MappingError(
            f"{reader.where}: the path must be relative to the folder of the files, such as posts.csv, "
            "posts-*.csv or **/posts.csv."
        )
    if file.decimal not in (".", ","):
        raise MappingError(f"{reader.where}: the decimal sign is {file.decimal!r}; it must be '.' or ','.")
    if len(file.delimiter) != 1 or file.delimiter in '"\r\n\0':
        raise MappingError(f"{reader.where}: the delimiter is {file.delimiter!r}; it must be one character.")
    for text in file.missing:
        if not isinstance(text, str):
            raise MappingError(
                f"{reader.where}: 'missing' holds {text!r}; write it in quotes, as it stands in the file."
            )
    try:
        ZoneInfo(file.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MappingError(
            f"{reader.where}: there is no time zone {file.timezone!r}; write it as in 'Europe/Berlin'."
        ) from None
    try:
        "".encode(file.encoding)
        codecs.getincrementaldecoder(file.encoding)
    except (LookupError, ValueError):
        raise MappingError(
            f"{reader.where}: there is no encoding {file.encoding!r}; write it as in 'utf-8' or 'cp1252'."
        ) from None
    return file


def _table(reader: _Reader, known_features: set[str]) -> TableMapping:
    name = reader.take("table", str)
    if name not in RAW_TABLES:
        close = difflib.get_close_matches(name, RAW_TABLES, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(RAW_TABLES)}."
        raise MappingError(f"{reader.where}: there is no table {name!r}; {hint}")
    table = RAW_TABLES[name]
    reader.where = f"{reader.where} ({name})"
    columns = _expressions(reader.take("columns", dict), reader.where)
    features = _expressions(reader.take("features", dict, {}), reader.where)
    where = reader.take("where", str, "")
    existing = reader.take("existing", str, "replace")
    if existing not in ("replace", "keep"):
        raise MappingError(f"{reader.where}: existing is {existing!r}; it must be replace or keep.")
    many_rows_a_key = reader.take("many_rows_a_key", bool, False)
    reader.finish()
    _check_columns(reader.where, table, columns, features, known_features)
    return TableMapping(
        table=table,
        columns=columns,
        features=features,
        where=Expression(where, reader.where) if where else None,
        keep_existing=existing == "keep",
        many_rows_a_key=many_rows_a_key,
    )


def _expressions(texts: dict[str, Any], where: str) -> dict[str, Expression]:
    for name, text in texts.items():
        if not isinstance(text, str):
            raise MappingError(f"{where}: {name!r} is {text!r}; it must be an expression in quotes.")
    return {name: Expression(text, f"{where}, {name}") for name, text in texts.items()}


def _check_columns(
    where: str, table: Table, columns: dict[str, Expression], features: dict[str, Expression], known_features: set[str]
) -> None:
    for name in columns:
        if name not in table.column_names:
            close = difflib.get_close_matches(name, table.column_names, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(table.column_names)}."
            raise MappingError(f"{where}: the table {table.name} has no column {name!r}; {hint}")
    if features and table.name != "features_as_of":
        raise MappingError(f"{where}: only the table features_as_of takes features.")
    for name in {"feature", "value"} & set(columns) if features else ():
        raise MappingError(f"{where}: the column {name!r} comes from the features, so it cannot be given as well.")
    for name in features:
        if name not in known_features:
            raise MappingError(f"{where}: the feature {name!r} has no label; add a section [features.{name}].")
    given = set(columns) | ({"feature", "value"} if features else set())
    for column in table.columns:
        if not column.nullable and column.default is None and column.name not in given:
            raise MappingError(f"{where}: the column {column.name!r} must be given.")
