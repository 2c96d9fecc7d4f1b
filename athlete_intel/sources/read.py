"""Files in, chunks of raw rows out, each row under its line number."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from athlete_intel.errors import SourceError
from athlete_intel.sources.mapping import FileMapping

CHUNK_ROWS = 100_000
_LONGEST_FIELD = 1_000_000
_UNIQUE_HEADER = "{} ({})"


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file, indexed by line (by row number in Parquet), and the lines that are no rows at all."""

    rows: pd.DataFrame
    broken: dict[int, str]
    """Why a line could not be taken apart, by line."""


def matching_files(file: FileMapping, folder: Path, mapping_folder: Path) -> list[Path]:
    """The files that a mapping means, sorted by name.

    Raises:
        SourceError: there is none.
    """
    base = mapping_folder if file.beside_mapping else folder
    found = sorted(path for path in base.glob(file.path) if path.is_file())
    if not found:
        raise SourceError(f"No file {file.path} in {base.resolve()}; name the folder that holds it with --from.")
    return found


def read_chunks(path: Path, file: FileMapping) -> Iterator[Chunk]:
    """The rows of a file, in chunks that fit into memory; at least one chunk, which may be empty.

    Raises:
        SourceError: the file is empty, cut off, or in another encoding or format.
    """
    if path.stat().st_size == 0:
        raise SourceError(f"{path} is empty (0 bytes); ask its sender for a whole one.")
    return _parquet_chunks(path) if file.format == "parquet" else _csv_chunks(path, file)


def _parquet_chunks(path: Path) -> Iterator[Chunk]:
    try:
        parquet = pq.ParquetFile(path)
        first = 1
        empty = True
        for batch in parquet.iter_batches(batch_size=CHUNK_ROWS):
            rows = batch.to_pandas()
            rows.index = pd.RangeIndex(first, first + len(rows))
            first += len(rows)
            empty = False
            yield Chunk(rows, {})
        if empty:
            yield Chunk(parquet.schema_arrow.empty_table().to_pandas(), {})
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path} is not a whole Parquet file: {str(error).splitlines()[0]}") from error


def _csv_chunks(path: Path, file: FileMapping) -> Iterator[Chunk]:
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open(encoding=file.encoding, newline="") as text:
        reader = csv.reader(text, delimiter=file.delimiter, strict=True)
        header = _header(path, file, reader)
        lines: list[int] = []
        records: list[list[str]] = []
        broken: dict[int, str] = {}
        chunks = 0
        while True:
            line = reader.line_num + 1
            try:
                record = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                if "unexpected end of data" in str(error) or "field larger" in str(error):
                    raise SourceError(
                        f"{path}: a quote opened on line {line} is never closed; the file may be cut off."
                    ) from error
                broken[line] = f"cannot be taken apart: {error}"
                continue
            except UnicodeDecodeError as error:
                raise _encoding_error(path, file, line, error) from error
            if len(record) == len(header):
                lines.append(line)
                records.append(record)
            elif record:
                broken[line] = f"has {len(record)} fields where the header has {len(header)}"
            if len(records) + len(broken) >= CHUNK_ROWS:
                yield Chunk(_frame(records, lines, header, file.missing), broken)
                lines, records, broken = [], [], {}
                chunks += 1
        if records or broken or not chunks:
            yield Chunk(_frame(records, lines, header, file.missing), broken)


def _header(path: Path, file: FileMapping, reader: "csv.Reader") -> list[str]:
    try:
        names = [name.strip() for name in next(reader)]
    except UnicodeDecodeError as error:
        raise _encoding_error(path, file, 1, error) from error
    except (csv.Error, StopIteration) as error:
        raise SourceError(f"{path} has no header line that can be read: {error or 'the file is blank'}.") from error
    seen: dict[str, int] = {}
    header = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        header.append(name if seen[name] == 1 else _UNIQUE_HEADER.format(name, seen[name]))
    return header


def _frame(records: list[list[str]], lines: list[int], header: list[str], missing: tuple[str, ...]) -> pd.DataFrame:
    rows = pd.DataFrame(records, columns=header, index=pd.Index(lines, dtype="int64"), dtype="str")
    return rows.mask(rows.isin(list(missing)))


def _encoding_error(path: Path, file: FileMapping, line: int, error: UnicodeDecodeError) -> SourceError:
    # Text is decoded in blocks, so the line at which it fails is only near the bad byte: look for the real one.
    before = path.read_bytes()
    try:
        before.decode(file.encoding)
    except UnicodeDecodeError as exact:
        line = before[: exact.start].count(b"\n") + 1
        error = exact
    byte = error.object[error.start]
    return SourceError(
        f"{path}, line {line}: byte 0x{byte:02x} is not {file.encoding}; set the right encoding in the mapping "
        "(often cp1252 or latin-1 for exports from spreadsheets), or ask for the file in UTF-8."
    )
