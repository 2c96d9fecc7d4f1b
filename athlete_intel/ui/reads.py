"""Cached reads of published snapshots.

What is cached is a table, under the snapshot's id; a connection never is, because an open file blocks writers and
goes on showing old data. Each reader gets the cached table itself rather than a copy of it, which would take longer
than most pages: pandas copies what a reader changes before it is changed, so nobody else sees it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import pandas as pd
import streamlit as st

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.errors import NoSnapshotError, WarehouseError
from athlete_intel.settings import Settings
from athlete_intel.ui import formats
from athlete_intel.warehouse import Snapshot, Snapshots
from athlete_intel.warehouse.snapshots import POINTER

Found = TypeVar("Found")


@dataclass(frozen=True)
class DataSet:
    """One published snapshot of one workspace, as pages read it."""

    folder: str
    workspace: str
    snapshot: Snapshot

    def table(self, name: str) -> pd.DataFrame:
        """A whole published table."""
        return _table(self.folder, self.snapshot.id, name).copy(deep=False)

    def rows_of(self, name: str, athlete_id: str) -> pd.DataFrame:
        """The rows of one athlete."""
        return _rows(self.folder, self.snapshot.id, name, athlete_id).copy(deep=False)

    def once(self, find: Callable[..., Found], *args: Any) -> Found:
        """What `find(data, *args)` gives, found once for a snapshot and the same arguments, whoever asks for it.

        Args:
            find: a function of a module that reads the snapshot, and of what changes only what its arguments name.
            args: texts, numbers, or tables, which are compared by what they hold.
        """
        found: Found = _once(f"{find.__module__}.{find.__qualname__}", self.folder, self.snapshot.id, find, self, args)
        if isinstance(found, dict | list):
            # Lists inside, as there are of choices, are shared: to copy all of them at each click would take longer.
            return cast(Found, found.copy())
        return cast(Found, found.copy(deep=False)) if isinstance(found, pd.DataFrame | pd.Series) else found

    def size(self, name: str) -> int:
        """Rows of a table, known without reading it."""
        return self.snapshot.rows.get(name, 0)

    @property
    def about(self) -> pd.Series:
        """The one row that says what the data set is, and whether its ranges were tested (`range_tested`)."""
        return _about(self.folder, self.snapshot.id).copy(deep=False)

    def command(self, words: str) -> str:
        """A command of ours for this data set, ready to be pasted."""
        return Snapshots(Path(self.folder)).command(words).strip("`")


def other_version(data: DataSet) -> WarehouseError | None:
    """What to say where a snapshot lacks a column that this version of the product counts on; None if it has all."""
    for name in sorted(data.snapshot.rows.keys() & PUBLISHED_TABLES.keys()):
        held = data.table(name)
        if missing := [column for column in PUBLISHED_TABLES[name].column_names if column not in held]:
            return WarehouseError(
                f"The snapshot {data.snapshot.id} was made by another version of the product: its table {name} has no "
                f"column {missing[0]}. Build it anew: `{data.command('build --force')}`"
            )
    return None


def workspaces(home: Path) -> list[str]:
    """Names of the data sets under `home` that have something published, sorted."""
    return sorted(pointer.parent.name for pointer in home.glob(f"*/{POINTER}"))


def open_data_set(settings: Settings, workspace: str) -> DataSet:
    """The data set as it is published now.

    Raises:
        NoSnapshotError: nothing is published, or what is published is damaged.
    """
    folder = settings.home / workspace
    return DataSet(str(folder), workspace, Snapshots(folder, settings.keep_snapshots).current())


def titles(settings: Settings, names: list[str]) -> dict[str, str]:
    """Titles of data sets by the names of their folders; the name itself where a title cannot be read."""
    return formats.distinct({name: title(settings.home / name) for name in names})


def title(folder: Path) -> str:
    """The title of the data set in a folder, by its newest snapshot that can be read; else the name of the folder."""
    store = Snapshots(folder)
    with suppress(WarehouseError, OSError):
        return _title_in(folder, store.current())
    for snapshot in store.all():
        with suppress(WarehouseError, OSError):
            return _title_in(folder, snapshot)
    return folder.name


def snapshot_list(data: DataSet) -> pd.DataFrame:
    """The snapshots on disk, newest first."""
    known = Snapshots(Path(data.folder)).all()
    return pd.DataFrame(
        {
            "snapshot": [snapshot.id for snapshot in known],
            "created": pd.to_datetime([snapshot.created for snapshot in known], utc=True),
            "athletes": [snapshot.rows.get("rankings", 0) for snapshot in known],
            "shown": ["shown here" if snapshot.id == data.snapshot.id else "" for snapshot in known],
        }
    )


def snapshot_before(data: DataSet) -> Snapshot | None:
    """The snapshot that `snapshots rollback` goes back to; None where there is none."""
    return Snapshots(Path(data.folder)).before()


def snapshot_named(folder: str, snapshot_id: str) -> Snapshot:
    """A snapshot on disk by its id.

    Raises:
        NoSnapshotError: it is not there any more.
    """
    return _snapshot(folder, snapshot_id)


def _title_in(folder: Path, snapshot: Snapshot) -> str:
    return str(_table(str(folder), snapshot.id, "dataset").iloc[0]["title"])


@st.cache_resource(max_entries=96, show_spinner="Reading the snapshot …")
def _table(folder: str, snapshot_id: str, name: str) -> pd.DataFrame:
    return Snapshots(Path(folder)).read(name, snapshot=_snapshot(folder, snapshot_id))


@st.cache_resource(max_entries=32, show_spinner="Reading the snapshot …")
def _about(folder: str, snapshot_id: str) -> pd.Series:
    row = _table(folder, snapshot_id, "dataset").iloc[0].copy()
    candidates = _table(folder, snapshot_id, "model_candidates")
    row["range_tested"] = bool(candidates.loc[candidates["chosen"].astype(bool), "coverage"].notna().any())
    return row


@st.cache_resource(max_entries=256, show_spinner=False)
def _once(
    name: str, folder: str, snapshot_id: str, _find: Callable[..., Any], _data: DataSet, args: tuple[Any, ...]
) -> Any:
    return _find(_data, *args)


@st.cache_resource(max_entries=512, show_spinner="Reading the athlete …")
def _rows(folder: str, snapshot_id: str, name: str, athlete_id: str) -> pd.DataFrame:
    where = {"athlete_id": athlete_id}
    return Snapshots(Path(folder)).read(name, where=where, snapshot=_snapshot(folder, snapshot_id))


def _snapshot(folder: str, snapshot_id: str) -> Snapshot:
    for snapshot in Snapshots(Path(folder)).all():
        if snapshot.id == snapshot_id:
            return snapshot
    raise NoSnapshotError(f"The snapshot {snapshot_id} is not on disk any more; reload to see the current one.")
