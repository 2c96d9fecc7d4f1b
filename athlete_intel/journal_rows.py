"""What the journal says now, read again only where it changed: every click on a page asks for it."""

import time
from pathlib import Path

import pandas as pd

from athlete_intel.journal import Journal, no_rows
from athlete_intel.settings import Settings

_QUIET_SECONDS = 2.0
"""A file changed within this time could change again without a trace: file systems keep times that coarse."""

_Stamp = tuple[tuple[int, int, int] | None, ...]
_READ: dict[tuple[str | None, Path, str, str], tuple[_Stamp, pd.DataFrame]] = {}


def rows_now(settings: Settings, table: str) -> pd.DataFrame:
    """All rows of a table of the journal, oldest first; those that were revoked are among them.

    Args:
        settings: of the workspace; where nothing was decided in it, no journal is made.
        table: of the journal.

    Raises:
        JournalError: the journal cannot be read.
    """
    if not Journal.is_there(settings):
        return no_rows(table)
    key = (settings.journal_url, settings.folder, settings.workspace, table)
    before = _stamp(settings)
    stamp, rows = _READ.get(key, (None, None))
    if rows is None or before is None or stamp != before:
        with Journal.of(settings) as journal:
            rows = journal.rows(table)
        if before is None:
            _READ.pop(key, None)
        else:
            _READ[key] = (before, rows)
    return rows.copy(deep=False)


def _stamp(settings: Settings) -> _Stamp | None:
    """What changes with whatever is written; None where that cannot be told: the journal is no file, or new."""
    file = Journal.file_of(settings)
    if file is None:
        return None
    # What was written last stands in the write-ahead log until SQLite moves it into the file.
    facts = [_facts(path) for path in (file, file.with_name(f"{file.name}-wal"))]
    if facts[0] is None:
        return None
    newest = max(changed for _, _, changed in filter(None, facts))
    return tuple(facts) if time.time() - newest / 1e9 > _QUIET_SECONDS else None


def _facts(path: Path) -> tuple[int, int, int] | None:
    try:
        known = path.stat()
    except OSError:
        return None
    return known.st_ino, known.st_size, known.st_mtime_ns
