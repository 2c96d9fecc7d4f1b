"""Files into the store of a workspace: all of an import or nothing of it.

The store is a database that the pipeline alone writes and reads. Rows with a known key replace the older
row, so that a newer export corrects an older one and the same import twice changes nothing.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES, RAW_TABLES, SQL_TYPES, Table, create_sql
from athlete_intel.errors import MappingError, SourceError, TooManyBadRowsError
from athlete_intel.sources.mapping import FileMapping, Mapping, TableMapping
from athlete_intel.sources.read import matching_files, read_chunks
from athlete_intel.sources.rows import QUARANTINE_COLUMNS, contract_rows
from athlete_intel.sources.values import AHEAD
from athlete_intel.texts import harmless
from athlete_intel.warehouse import Database

STORE = "store.duckdb"
NO_COLUMN = "-"
"""Table and column in quarantine of a line that could not be taken apart."""
_ORPHAN = "is not in the table "
_MAPPINGS_SQL = """
    CREATE TABLE IF NOT EXISTS mappings (
        mapping VARCHAR PRIMARY KEY, sha256 VARCHAR NOT NULL, title VARCHAR NOT NULL, source VARCHAR NOT NULL,
        made_up BOOLEAN NOT NULL, outcome_name VARCHAR NOT NULL, outcome_label VARCHAR NOT NULL,
        outcome_unit VARCHAR NOT NULL, window_days BIGINT NOT NULL, rate_cents_per_1000 BIGINT NOT NULL)
"""
_LABELS_SQL = """
    CREATE TABLE IF NOT EXISTS feature_labels (
        feature VARCHAR PRIMARY KEY, label VARCHAR NOT NULL, scale VARCHAR NOT NULL)
"""


@dataclass(frozen=True)
class TableReport:
    """What an import did to one table, in rows."""

    table: str
    new: int
    changed: int
    unchanged: int
    removed: int = 0


@dataclass(frozen=True)
class ImportReport:
    """What an import did; `skipped` if the same files had been imported with the same mapping before."""

    mapping: str
    files: int
    lines: int
    bad_lines: int
    tables: tuple[TableReport, ...]
    skipped: bool = False


@dataclass(frozen=True)
class _Staged:
    """A temporary table with the good rows of one mapping of one file pattern."""

    name: str
    mapping: TableMapping
    columns: list[str]


def create_store(store: Database) -> None:
    """Create the tables of the store that are not there yet, and columns that newer versions added to old ones."""
    for table in [*RAW_TABLES.values(), PUBLISHED_TABLES["imports"], PUBLISHED_TABLES["quarantine"]]:
        # Quarantine keeps several problems of one value, so it has no key that the database could enforce.
        store.execute(create_sql(table) if table.name != "quarantine" else create_sql(table, with_key=False))
        for column in table.columns:
            if column.nullable:
                added = f"{column.name} {SQL_TYPES[column.type]}"
                store.execute(f"ALTER TABLE {table.name} ADD COLUMN IF NOT EXISTS {added}")
    store.execute(_MAPPINGS_SQL)
    store.execute(_LABELS_SQL)


def import_files(
    store: Database,
    mapping: Mapping,
    folder: Path,
    now: datetime,
    refused_folder: Path | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> ImportReport:
    """Import all files of a mapping in one transaction.

    Args:
        store: the workspace's store, open for writing.
        mapping: the mapping.
        folder: where its files are.
        now: UTC time without a zone; later times in the files are quarantined.
        refused_folder: where to leave the bad rows as CSV if there are too many of them.
        progress: called with a file name and the number of lines read so far.

    Raises:
        MappingError, SourceError: see there; nothing was loaded.
        TooManyBadRowsError: the share of bad rows of a file is over the mapping's limit; nothing was loaded.
    """
    create_store(store)
    files = [(file, matching_files(file, folder, mapping.folder)) for file in mapping.files]
    fingerprints: dict[str, str] = {}
    for _, paths in files:
        for name, path in paths.items():
            if name in fingerprints:
                raise MappingError(f"{mapping.name}: the file {name} is meant by two paths; list its tables under one.")
            fingerprints[name] = _sha256(path)
    if _is_known(store, mapping, fingerprints):
        return ImportReport(mapping.name, len(fingerprints), 0, 0, (), skipped=True)
    with store.transaction():
        _record_mapping(store, mapping)
        staged, lines, quarantine = _stage(store, mapping, files, pd.Timestamp(now), progress)
        quarantine += [_without_duplicates(store, stage) for stage in staged]
        quarantine += [_without_orphans(store, mapping, stage, staged) for stage in staged]
        bad_rows = _quarantine_table(mapping, quarantine)
        imports = _imports_table(store, mapping, fingerprints, lines, bad_rows, now)
        _refuse_if_too_bad(mapping, imports, bad_rows, refused_folder)
        removed = _remove_what_is_gone(store, mapping, staged) if mapping.complete else {}
        reports = [_merge(store, stage) for stage in staged]
        for stage in staged:
            store.execute(f"DROP TABLE {stage.name}")
        _replace_rows(store, "quarantine", mapping, bad_rows, list(fingerprints))
        _replace_rows(store, "imports", mapping, imports, list(fingerprints))
    return ImportReport(
        mapping.name,
        len(fingerprints),
        int(imports["lines"].sum()),
        int(imports["bad_lines"].sum()),
        _summed(reports, removed),
    )


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from error


def _is_known(store: Database, mapping: Mapping, fingerprints: dict[str, str]) -> bool:
    """Whether the same files were read with the same mapping before, and reading them again cannot mend a row."""
    # Rows that wait for a day to come or for another import, such as posts that came before their athletes.
    waiting = store.query(
        "SELECT line FROM quarantine WHERE mapping = $mapping "
        "AND (reason = $ahead OR starts_with(reason, $orphan)) LIMIT 1",
        {"mapping": mapping.name, "ahead": AHEAD, "orphan": _ORPHAN},
    )
    if len(waiting):
        return False
    mappings = store.table("mappings", where={"mapping": mapping.name})
    imports = store.table("imports", where={"mapping": mapping.name})
    same_mapping = mappings["sha256"].tolist() == [mapping.sha256]
    known = dict(zip(imports["file"], imports["sha256"], strict=True))
    return same_mapping and (known == fingerprints if mapping.complete else known.items() >= fingerprints.items())


def _record_mapping(store: Database, mapping: Mapping) -> None:
    others = store.query("SELECT * FROM mappings WHERE mapping <> $mapping", {"mapping": mapping.name})
    for other in others.itertuples():
        if other.outcome_name != mapping.outcome.name:
            raise MappingError(
                f"The mapping {mapping.name} calls the outcome {mapping.outcome.name!r}, but the workspace holds "
                f"{other.outcome_name!r} from {other.mapping}; import it into another workspace with --workspace."
            )
    row = {
        "mapping": mapping.name,
        "sha256": mapping.sha256,
        "title": mapping.title,
        "source": mapping.source,
        "made_up": mapping.made_up,
        "outcome_name": mapping.outcome.name,
        "outcome_label": mapping.outcome.label,
        "outcome_unit": mapping.outcome.unit,
        "window_days": mapping.outcome.window_days,
        "rate_cents_per_1000": mapping.outcome.rate_cents_per_1000,
    }
    _replace_rows(store, "mappings", mapping, pd.DataFrame([row]))
    for feature in mapping.features:
        store.execute("DELETE FROM feature_labels WHERE feature = $feature", {"feature": feature.name})
        store.append("feature_labels", pd.DataFrame([vars(feature)]).rename(columns={"name": "feature"}))


def _replace_rows(
    store: Database, table: str, mapping: Mapping, rows: pd.DataFrame, files: list[str] | None = None
) -> None:
    """Put the rows of a mapping in place of its older ones, or of those of some files."""
    condition = "mapping = $mapping"
    if files is not None and not mapping.complete:
        store.write_temporary("replaced_files", pd.DataFrame({"file": files}))
        condition += " AND file IN (SELECT file FROM replaced_files)"
    store.execute(f"DELETE FROM {table} WHERE {condition}", {"mapping": mapping.name})
    if len(rows):
        store.append(table, rows)


def _stage(
    store: Database,
    mapping: Mapping,
    files: list[tuple[FileMapping, dict[str, Path]]],
    now: pd.Timestamp,
    progress: Callable[[str, int], None] | None,
) -> tuple[list[_Staged], dict[str, int], list[pd.DataFrame]]:
    """Read all files into temporary tables; returns these, the lines of each file, and what was quarantined."""
    staged: dict[str, _Staged] = {}
    lines: dict[str, int] = {}
    quarantine: list[pd.DataFrame] = []
    for number, (file, paths) in enumerate(files):
        for file_name, path in paths.items():
            lines[file_name] = 0
            for chunk in read_chunks(path, file):
                for table_mapping in file.tables:
                    for expression in table_mapping.expressions:
                        expression.check_columns(chunk.rows.columns, file_name)
                lines[file_name] += len(chunk.rows) + len(chunk.broken)
                quarantine.append(_broken_lines(chunk.broken, file_name))
                for position, table_mapping in enumerate(file.tables):
                    good, bad = contract_rows(chunk.rows, table_mapping, file.timezone, now, file.decimal)
                    quarantine.append(bad.assign(file=file_name))
                    name = f"staged_{number}_{position}"
                    if name not in staged:
                        store.write_temporary(name, good.assign(file=file_name).head(0))
                        staged[name] = _Staged(name, table_mapping, [str(c) for c in good if c != "line"])
                    store.append(name, good.assign(file=file_name))
                if progress:
                    progress(file_name, lines[file_name])
    order = {name: i for i, name in enumerate(RAW_TABLES)}
    return sorted(staged.values(), key=lambda s: order[s.mapping.table.name]), lines, quarantine


def _broken_lines(broken: dict[int, str], file: str) -> pd.DataFrame:
    rows = [(line, NO_COLUMN, NO_COLUMN, None, reason) for line, reason in broken.items()]
    return pd.DataFrame(rows, columns=QUARANTINE_COLUMNS).assign(file=file)


def _without_duplicates(store: Database, stage: _Staged) -> pd.DataFrame:
    """Keep one row a key: the first of a file (the others are quarantined), and of several files the last."""
    key = ", ".join(stage.mapping.table.key)
    numbered = (
        f"SELECT *, row_number() OVER (PARTITION BY {key}, file ORDER BY line) AS nth, "
        f"min(line) OVER (PARTITION BY {key}, file) AS first_line FROM {stage.name}"
    )
    repeated = store.query(f"SELECT * FROM ({numbered}) WHERE nth > 1")
    store.create_temporary(
        stage.name,
        f"SELECT * EXCLUDE (nth, first_line, newest) FROM (SELECT *, row_number() OVER "
        f"(PARTITION BY {key} ORDER BY file DESC) AS newest FROM ({numbered}) WHERE nth = 1) WHERE newest = 1",
    )
    if stage.mapping.many_rows_a_key:
        repeated = repeated.head(0)
    return pd.DataFrame(
        {
            "line": repeated["line"],
            "table_name": stage.mapping.table.name,
            "column_name": key,
            "value": repeated[list(stage.mapping.table.key)].astype("str").agg(", ".join, axis=1)
            if len(repeated)
            else None,
            "reason": "stands twice; the first, on line " + repeated["first_line"].astype("str") + ", is kept",
            "file": repeated["file"],
        }
    )


def _without_orphans(store: Database, mapping: Mapping, stage: _Staged, staged: list[_Staged]) -> pd.DataFrame:
    """Quarantine rows that refer to something that is neither in the store nor in this import."""
    found = []
    for column, other, other_column in stage.mapping.table.references:
        holders = [s.name for s in staged if s.mapping.table.name == other]
        if not (holders and mapping.complete):  # else what is in the store alone is about to go
            holders.append(other)
        known = " UNION ALL ".join(f"SELECT {other_column} FROM {name}" for name in holders)
        orphan = f"{column} NOT IN ({known})"
        orphans = store.query(f"SELECT line, {column} AS value, file FROM {stage.name} WHERE {orphan}")
        store.execute(f"DELETE FROM {stage.name} WHERE {orphan}")
        found.append(
            orphans.assign(table_name=stage.mapping.table.name, column_name=column, reason=f"{_ORPHAN}{other}")
        )
    return pd.concat(found) if found else pd.DataFrame(columns=[*QUARANTINE_COLUMNS, "file"])


def _quarantine_table(mapping: Mapping, parts: list[pd.DataFrame]) -> pd.DataFrame:
    whole = pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=[*QUARANTINE_COLUMNS, "file"])])
    whole = whole.drop_duplicates().assign(mapping=mapping.name)
    columns = PUBLISHED_TABLES["quarantine"].column_names
    return whole.sort_values(["file", "line", "table_name", "column_name", "reason"])[columns].reset_index(drop=True)


def _imports_table(
    store: Database,
    mapping: Mapping,
    fingerprints: dict[str, str],
    lines: dict[str, int],
    bad_rows: pd.DataFrame,
    now: datetime,
) -> pd.DataFrame:
    bad_lines = bad_rows.groupby("file")["line"].nunique()
    imports = pd.DataFrame(
        {
            "mapping": mapping.name,
            "file": list(fingerprints),
            "sha256": list(fingerprints.values()),
            "lines": [lines[name] for name in fingerprints],
            "bad_lines": [int(bad_lines.get(name, 0)) for name in fingerprints],
        }
    )
    # A file that gave the same as before keeps its time, so that the same import twice changes nothing.
    imports = imports.merge(store.table("imports"), how="left", on=list(imports))
    return imports.assign(imported_at=imports["imported_at"].fillna(pd.Timestamp(now)))


def _refuse_if_too_bad(
    mapping: Mapping, imports: pd.DataFrame, bad_rows: pd.DataFrame, refused_folder: Path | None
) -> None:
    for file, lines, bad_lines in zip(imports["file"], imports["lines"], imports["bad_lines"], strict=True):
        if not bad_lines or bad_lines / lines <= mapping.max_bad_share:
            continue
        rows = bad_rows[bad_rows["file"] == file]
        sizes = rows.groupby(["column_name", "reason"], sort=False).size().sort_values(ascending=False, kind="stable")
        column, reason = sizes.index[0]
        example = rows[(rows["column_name"] == column) & (rows["reason"] == reason)].iloc[0]
        what = "a line" if column == NO_COLUMN else column
        value = "" if pd.isna(example.value) else f": {str(example.value)[:60]!r}"
        written = ""
        if refused_folder is not None:
            refused_folder.mkdir(parents=True, exist_ok=True)
            target = refused_folder / f"refused-{mapping.name}.csv"
            bad_rows.assign(value=bad_rows["value"].map(harmless)).to_csv(target, index=False)
            written = f" All of them are in {target}."
        raise TooManyBadRowsError(
            f"{file}: {bad_lines:,} of {lines:,} rows are bad, more than the {mapping.max_bad_share:.1%} "
            f"that the mapping allows, so nothing was loaded; most often {what} {reason} "
            f"(line {example.line}{value}).{written}"
        )


def _merge(store: Database, stage: _Staged) -> TableReport:
    """Bring staged rows into their table: new keys are added, known ones corrected in the mapped columns."""
    table = stage.mapping.table
    same_key = " AND ".join(f"old.{name} = staged.{name}" for name in table.key)
    others = [name for name in stage.columns if name not in table.key]
    differs = " OR ".join(f"old.{name} IS DISTINCT FROM staged.{name}" for name in others) or "false"
    counts = store.query(
        f"SELECT count(*) FILTER (old.{table.key[0]} IS NULL) AS new, "
        f"count(*) FILTER (old.{table.key[0]} IS NOT NULL AND ({differs})) AS changed, count(*) AS total "
        f"FROM {stage.name} AS staged LEFT JOIN {table.name} AS old ON {same_key}"
    ).iloc[0]
    columns = ", ".join(stage.columns)
    staged_columns = ", ".join(f"staged.{name}" for name in stage.columns)
    wanted = f"old.{table.key[0]} IS NULL" + ("" if stage.mapping.keep_existing else f" OR {differs}")
    updates = ", ".join(f"{name} = excluded.{name}" for name in others)
    conflict = f"DO UPDATE SET {updates}" if updates and not stage.mapping.keep_existing else "DO NOTHING"
    store.execute(
        f"INSERT INTO {table.name} ({columns}) SELECT {staged_columns} FROM {stage.name} AS staged "
        f"LEFT JOIN {table.name} AS old ON {same_key} WHERE {wanted} "
        f"ORDER BY {', '.join('staged.' + name for name in table.key)} "
        f"ON CONFLICT ({', '.join(table.key)}) {conflict}"
    )
    changed = 0 if stage.mapping.keep_existing else int(counts["changed"])
    return TableReport(table.name, int(counts["new"]), changed, int(counts["total"] - counts["new"] - changed))


def _remove_what_is_gone(store: Database, mapping: Mapping, staged: list[_Staged]) -> dict[str, int]:
    """Delete rows that a complete source no longer holds; returns how many of each table."""
    others = store.query("SELECT mapping FROM mappings WHERE mapping <> $mapping", {"mapping": mapping.name})
    if len(others):
        raise MappingError(
            f"The mapping {mapping.name} says that its files are complete, but the workspace also holds rows of "
            f"{others['mapping'].iloc[0]}; import it into another workspace with --workspace."
        )
    removed = {}
    for table in {stage.mapping.table.name: stage.mapping.table for stage in staged}.values():
        keys = ", ".join(table.key)
        kept = " UNION ALL ".join(f"SELECT {keys} FROM {s.name}" for s in staged if s.mapping.table.name == table.name)
        before = store.count(table.name)
        store.execute(f"DELETE FROM {table.name} WHERE ({keys}) NOT IN ({kept})")
        removed[table.name] = before - store.count(table.name)
    return removed


def _summed(reports: list[TableReport], removed: dict[str, int]) -> tuple[TableReport, ...]:
    names: list[Table] = [table for table in RAW_TABLES.values() if any(r.table == table.name for r in reports)]
    return tuple(
        TableReport(
            table.name,
            sum(r.new for r in reports if r.table == table.name),
            sum(r.changed for r in reports if r.table == table.name),
            sum(r.unchanged for r in reports if r.table == table.name),
            removed.get(table.name, 0),
        )
        for table in names
    )


def store_path(workspace: Path) -> Path:
    """The store of a workspace."""
    return workspace / STORE
