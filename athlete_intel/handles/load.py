"""Turk's assignments into the store of a workspace, with what was quarantined, in one transaction."""

import hashlib
from datetime import datetime
from itertools import count
from pathlib import Path

import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.handles import names, turk
from athlete_intel.sources.importer import create_store
from athlete_intel.warehouse import Database

MAPPING = "turk"
"""The name under which the files stand among the imports."""


def load_results(store: Database, path: Path, now: datetime) -> turk.Results:
    """Read a results file and bring its assignments into the store; one that was there already is brought up to date.

    The same file again replaces what it brought before, so nothing is counted twice. Another file of the same name is
    listed beside it under a name with a number.

    Raises:
        SourceError, TooManyBadRowsError: see `turk.read_results`; nothing was loaded.
    """
    create_store(store)
    athletes = set(store.table("athletes", ["athlete_id"])["athlete_id"])
    known = {*names.PLATFORMS, *store.query("SELECT DISTINCT platform FROM handles")["platform"]}
    results = turk.read_results(path, athletes, known, pd.Timestamp(now))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    with store.transaction():
        of_file = {"mapping": MAPPING, "file": _listed_name(store, path, sha256)}
        for name in ("quarantine", "imports"):
            store.execute(f"DELETE FROM {name} WHERE mapping = $mapping AND file = $file", of_file)
        store.write_temporary("incoming_assignments", results.assignments[["assignment_id"]])
        store.execute(
            "DELETE FROM turk_assignments WHERE assignment_id IN (SELECT assignment_id FROM incoming_assignments)"
        )
        if len(results.assignments):
            store.append("turk_assignments", results.assignments)
        if len(results.quarantine):
            columns = PUBLISHED_TABLES["quarantine"].column_names
            store.append("quarantine", results.quarantine.assign(**of_file)[columns])
        row = {
            **of_file,
            "sha256": sha256,
            "imported_at": pd.Timestamp(now),
            "lines": results.lines,
            "bad_lines": int(results.quarantine["line"].nunique()),
        }
        store.append("imports", pd.DataFrame([row]))
    return results


def _listed_name(store: Database, path: Path, sha256: str) -> str:
    """The name under which a file is listed: that of the same file before (by its place or by its content), else a
    free one.
    """
    store.execute("CREATE TABLE IF NOT EXISTS turk_files (file TEXT PRIMARY KEY, place TEXT NOT NULL)")
    listed = store.table("imports", ["mapping", "file", "sha256"]).query("mapping == @MAPPING")
    known = listed.merge(store.table("turk_files"), how="left", on="file")
    place = str(path.resolve())
    same = known[(known["place"] == place) | (known["sha256"] == sha256)]
    # The place goes before the content: two batches may be alike while nobody has answered much.
    same = same.sort_values("place", key=lambda places: places != place, kind="stable")
    tries = (path.name if number == 1 else f"{path.stem} ({number}){path.suffix}" for number in count(1))
    name = str(same["file"].iloc[0]) if len(same) else next(each for each in tries if each not in set(listed["file"]))
    store.execute("INSERT OR REPLACE INTO turk_files VALUES ($file, $place)", {"file": name, "place": place})
    return name
