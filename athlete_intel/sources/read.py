"""Files in, chunks of raw rows out, each row under its line number."""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from athlete_intel.errors import SourceError
from athlete_intel.sources.mapping import FileMapping

CHUNK_ROWS = 100_000
_LONGEST_FIELD = 1_000_000
_IN_THE_MAPPING = "set the right encoding in the mapping ({often}), or ask for the file in UTF-8."
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas"}
# Whole numbers with gaps would else become floats, and long ids lose their last digits.
_WHOLE_NUMBERS: dict[pa.DataType, pd.api.extensions.ExtensionDtype] = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file, indexed by line (by row number in Parquet), and the lines that are no rows at all."""

    rows: pd.DataFrame
    broken: dict[int, str]
    """Why a line could not be taken apart, by line."""


def matching_files(file: FileMapping, folder: Path, mapping_folder: Path) -> dict[str, Path]:
    """The files that a mapping means, by their name as seen from the folder, sorted.

    Raises:
        SourceError: there is none.
    """
    base = mapping_folder if file.beside_mapping else folder
    if not base.is_dir():
        raise SourceError(f"There is no folder {base}; name the one that holds {file.path} with --from.")
    with _readable(base):
        found = list(base.glob(file.path))
    files = {path.relative_to(base).as_posix(): path for path in found if path.is_file()}
    if not files:
        hint = "name the folder that holds it with --from."
        if found:
            hint = f"{found[0].name} is a folder, so write {file.path}/* in the mapping for the files in it."
        raise SourceError(f"No file {file.path} in {base.resolve()}; {hint}")
    return dict(sorted(files.items()))


def read_chunks(path: Path, file: FileMapping, mend_encoding: str = _IN_THE_MAPPING) -> Iterator[Chunk]:
    """The rows of a file, in chunks that fit into memory; at least one chunk, which may be empty.

    Args:
        path: the file.
        file: how it is written.
        mend_encoding: what to do about one in another encoding; `{often}` stands for what it may be.

    Raises:
        SourceError: the file is empty, cut off, or in another encoding or format.
    """
    with _readable(path):
        size = path.stat().st_size
    if size == 0:
        raise SourceError(f"{path} is empty (0 bytes); ask its sender for a whole one.")
    return _parquet_chunks(path, file) if file.format == "parquet" else _csv_chunks(path, file, mend_encoding)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, NotImplementedError) as error:
        raise SourceError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _parquet_chunks(path: Path, file: FileMapping) -> Iterator[Chunk]:
    try:
        with pq.ParquetFile(path) as parquet:
            header = _unique(parquet.schema_arrow.names)
            first = 1
            for batch in parquet.iter_batches(batch_size=CHUNK_ROWS):
                rows = _parquet_frame(pa.Table.from_batches([batch]), header, file.missing)
                rows.index = pd.RangeIndex(first, first + len(rows))
                first += len(rows)
                yield Chunk(rows, {})
            if first == 1:
                yield Chunk(_parquet_frame(parquet.schema_arrow.empty_table(), header, file.missing), {})
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SourceError(f"{path} is not a whole Parquet file: {str(error).strip().splitlines()[0]}") from error


def _parquet_frame(table: pa.Table, header: list[str], missing: tuple[str, ...]) -> pd.DataFrame:
    for position, field in enumerate(table.schema):
        if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            table = table.set_column(position, field.name, table.column(position).cast(pa.string()))
    # Without the metadata that pandas leaves, which would make an index of some columns.
    rows = table.rename_columns(header).to_pandas(ignore_metadata=True, types_mapper=_WHOLE_NUMBERS.get)
    texts = [name for name in header if rows[name].dtype == "str"]
    rows[texts] = rows[texts].mask(rows[texts].isin([*missing, ""]))
    return rows


def _csv_chunks(path: Path, file: FileMapping, mend_encoding: str) -> Iterator[Chunk]:
    csv.field_size_limit(_LONGEST_FIELD)
    # Spreadsheets put a byte-order mark before UTF-8, which must not become part of the first column's name.
    encoding = "utf-8-sig" if codecs.lookup(file.encoding).name == "utf-8" else file.encoding
    with _readable(path):
        opened = path.open(encoding=encoding, newline="")
    with opened as text:
        reader = csv.reader(text, delimiter=file.delimiter, strict=True)
        header = _header(path, file, reader, mend_encoding)
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
            except UnicodeError as error:
                raise _encoding_error(path, file, mend_encoding) from error
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


def _header(path: Path, file: FileMapping, reader: Iterator[list[str]], mend_encoding: str) -> list[str]:
    try:
        return _unique(next(record for record in reader if record))
    except UnicodeError as error:
        raise _encoding_error(path, file, mend_encoding) from error
    except StopIteration:
        raise SourceError(f"{path} is blank; ask its sender for a whole one.") from None
    except csv.Error as error:
        others = [name for delimiter, name in _DELIMITERS.items() if delimiter != file.delimiter]
        raise SourceError(
            f"{path} has no header line that can be read ({error}); its columns may be parted by "
            f"{' or '.join(others)}, which the mapping's delimiter must say."
        ) from error


def _unique(names: list[str]) -> list[str]:
    """The names trimmed; of several that are the same, the second gets ` (2)` and so on."""
    header: list[str] = []
    for name in (name.strip() for name in names):
        tries = (f"{name} ({n})" if n > 1 else name for n in range(1, len(names) + 2))
        header.append(next(attempt for attempt in tries if attempt not in header))
    return header


def _frame(records: list[list[str]], lines: list[int], header: list[str], missing: tuple[str, ...]) -> pd.DataFrame:
    rows = pd.DataFrame(records, columns=header, index=pd.Index(lines, dtype="int64"), dtype="str")
    return rows.mask(rows.isin([*missing, ""]))


def _encoding_error(path: Path, file: FileMapping, mend: str) -> SourceError:
    # Text is decoded in blocks, so the line at which reading fails is only near the bad byte: look for the real one.
    content = path.read_bytes()
    where = "its bytes are"
    try:
        content.decode(file.encoding)
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", content[: error.start])) + 1
        where = f"line {line}: byte 0x{content[error.start]:02x} is"
    except UnicodeError:
        pass
    often = "often cp1252 or latin-1 for exports from spreadsheets"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        often = "the file begins like utf-16"
    return SourceError(f"{path}, {where} not {file.encoding}; {mend.format(often=often)}")
