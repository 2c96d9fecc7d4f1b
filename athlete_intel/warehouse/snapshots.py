"""Immutable snapshot files and the small pointer that says which one counts.

A snapshot is written under a name that no reader knows, checked, renamed, and only then pointed to. Names are
never reused: after replacing a file under the same name, a process with an old handle would go on reading the
old data.
"""

import hashlib
import json
import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from athlete_intel.errors import NoSnapshotError, WarehouseError
from athlete_intel.warehouse.database import Database, quoted

POINTER = "current.json"
_LOCK = "publishing.duckdb"
_STAMP = "%Y%m%dT%H%M%S"


@dataclass(frozen=True)
class Snapshot:
    """A published file: `rows` counts the rows of each table, `created` is UTC in ISO format."""

    id: str
    file: str
    sha256: str
    created: str
    inputs: str
    """Fingerprint of everything that went in; two snapshots with the same inputs hold the same tables,
    apart from what is taken over from the snapshots before: ranks, clusters, alerts and the model in use."""
    rows: dict[str, int]


class Snapshots:
    """The snapshots of one workspace."""

    def __init__(self, folder: Path, keep: int = 10) -> None:
        self.folder = folder
        self.keep = keep

    def command(self, words: str) -> str:
        """A command of ours for this workspace, ready to be pasted.

        >>> Snapshots(Path("data/built/nba2017")).command("build")
        '`athlete-intel build --workspace nba2017`'
        """
        home = "" if self.folder.parent == Path("data/built") else f" --home {shlex.quote(str(self.folder.parent))}"
        return f"`athlete-intel {words} --workspace {self.folder.name}{home}`"

    def current(self) -> Snapshot:
        """The snapshot that the pointer names.

        Raises:
            NoSnapshotError: nothing is published, or the pointer or its file is damaged.
        """
        pointer = self.folder / POINTER
        try:
            snapshot = _from_json(pointer)
        except FileNotFoundError:
            if self.all():
                raise NoSnapshotError(
                    f"{pointer} is gone; run {self.command('snapshots rollback')} to point to the newest snapshot "
                    "again."
                ) from None
            raise NoSnapshotError(
                f"Nothing has been published in {self.folder} yet; run {self.command('cycle MAPPING --from FOLDER')} "
                "first. MAPPING says what your files hold, and FOLDER holds them. Without any, `athlete-intel demo "
                f"--to world` makes some up, and {self.command('cycle demo --from world')} reads them."
            ) from None
        except NoSnapshotError as error:
            raise NoSnapshotError(f"{error} {self._ways_out()}") from error
        if not (self.folder / snapshot.file).is_file():
            raise NoSnapshotError(f"{pointer} names {snapshot.file}, which is not there. {self._ways_out()}")
        return snapshot

    def is_whole(self, snapshot: Snapshot) -> bool:
        """Whether the file of a snapshot is what was published, byte for byte."""
        path = self.folder / snapshot.file
        return path.is_file() and _sha256(path) == snapshot.sha256

    def contents(self, snapshot: Snapshot) -> str:
        """Fingerprint of all that a snapshot holds: every table, row by row, in the order in which it was written.

        Equal for equal contents. The files themselves are not: DuckDB writes a random identifier of the database into
        each, and checksums that follow from it.
        """
        digest = hashlib.sha256()
        with tempfile.TemporaryDirectory() as folder, Database(self.folder / snapshot.file, read_only=True) as database:
            written = Path(folder) / "table.csv"
            database.execute("SET threads = 1")
            for name in database.tables():
                # Quotes tell an empty text from a missing one; numbers are written in as many digits as they have.
                database.execute(f"COPY {quoted(name)} TO '{written}' (FORMAT csv, HEADER, FORCE_QUOTE *)")
                digest.update(f"{name}\n".encode() + written.read_bytes())
        return digest.hexdigest()

    def _ways_out(self) -> str:
        return (
            f"Run {self.command('snapshots rollback')} to take an older one or {self.command('build --force')} to make "
            "a new one."
        )

    def all(self) -> list[Snapshot]:
        """All whole snapshots on disk, newest first; what has no file or no readable description is left out."""
        found = []
        for path in self.folder.glob("warehouse-*.json"):
            with suppress(NoSnapshotError, FileNotFoundError):
                found.append(_from_json(path))
        return sorted((s for s in found if (self.folder / s.file).is_file()), key=lambda s: s.id, reverse=True)

    def publish(
        self,
        fill: Callable[[Database, str], None],
        inputs: str,
        now: datetime,
        then: Callable[[], object] | None = None,
    ) -> Snapshot:
        """Write a new snapshot with `fill(database, snapshot_id)`, check it, and point to it.

        If anything fails on the way, the pointer and the older files stay as they were, and nothing unfinished is left.
        What follows from the new snapshot is done by `then`, before anybody else can publish.

        Raises:
            BusyError: another process is publishing here.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        # An empty database whose lock the system takes away even from a process that is killed.
        with Database(self.folder / _LOCK):
            try:
                snapshot = self._publish(fill, inputs, now)
            except BaseException:
                # What cannot be removed now is by the next publish, and must not hide what went wrong.
                with suppress(OSError):
                    self._remove_unfinished()
                raise
            if then is not None:
                then()
            return snapshot

    def finish(self, inputs: str, now: datetime) -> Snapshot | None:
        """Point to the snapshot of a process that was killed when all but the pointer was written; None if none was.

        Raises:
            BusyError: another process is publishing here.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with Database(self.folder / _LOCK):
            created = now.isoformat(timespec="seconds")
            for snapshot in self.all()[:1]:
                is_it = (snapshot.inputs, snapshot.created) == (inputs, created) and snapshot.id != self._current_id()
                if is_it and self.is_whole(snapshot):
                    self._point_to(snapshot)
                    self._prune()
                    return snapshot
        return None

    def _publish(self, fill: Callable[[Database, str], None], inputs: str, now: datetime) -> Snapshot:
        self._remove_unfinished()
        snapshot_id = self._new_id(now, inputs)
        unfinished = self.folder / f"unfinished-{snapshot_id}.duckdb"
        with Database(unfinished) as database:
            fill(database, snapshot_id)
            database.execute("CHECKPOINT")
        rows = _checked_rows(unfinished)
        _sync(unfinished)
        snapshot = Snapshot(
            id=snapshot_id,
            file=f"warehouse-{snapshot_id}.duckdb",
            sha256=_sha256(unfinished),
            created=now.isoformat(timespec="seconds"),
            inputs=inputs,
            rows=rows,
        )
        # The description goes first: without a file it is ignored, and the next publish removes it.
        _write_json(self.folder / f"warehouse-{snapshot_id}.json", snapshot)
        unfinished.rename(self.folder / snapshot.file)
        self._point_to(snapshot)
        self._prune()
        return snapshot

    def before(self) -> Snapshot | None:
        """The newest snapshot before the current one, or of all if none is current; None if there is none."""
        current_id = self._current_id()
        return next((s for s in self.all() if current_id is None or s.id < current_id), None)

    def rollback(self, snapshot_id: str | None = None) -> Snapshot:
        """Point to another snapshot: the named one, older or newer, or else the newest before the current one.

        Raises:
            NoSnapshotError: there is no such snapshot.
            WarehouseError: its file is not what was published.
        """
        known = self.all()
        if snapshot_id is None:
            before = self.before()
            if before is None:
                raise NoSnapshotError(self._nothing_before())
            target = before
        else:
            matches = [s for s in known if s.id == snapshot_id]
            if not matches:
                raise NoSnapshotError(
                    f"There is no snapshot {snapshot_id} in {self.folder}; {self.command('snapshots list')} shows them."
                )
            target = matches[0]
        if not self.is_whole(target):
            raise WarehouseError(
                f"{target.file} has changed since it was published, so it is not used; "
                f"{self.command('snapshots list')} shows the others, and {self.command('build --force')} makes a new "
                "one."
            )
        self._point_to(target)
        return target

    def _nothing_before(self) -> str:
        told = f"There is no snapshot before the current one in {self.folder}"
        if all(snapshot.id == self._current_id() for snapshot in self.all()):
            return f"{told}, nor any other; {self.command('cycle MAPPING --from FOLDER')} makes one."
        return (
            f"{told}; {self.command('snapshots list')} shows the others, and "
            f"{self.command('snapshots rollback SNAPSHOT_ID')} takes any of them."
        )

    def read(
        self,
        table: str,
        columns: list[str] | None = None,
        where: Mapping[str, Any] | None = None,
        snapshot: Snapshot | None = None,
    ) -> pd.DataFrame:
        """A table of a snapshot, by default the current one. The file is open only as long as the read takes."""
        chosen = snapshot or self.current()
        path = self.folder / chosen.file
        try:
            with Database(path, read_only=True) as database:
                return database.table(table, columns, where)
        except WarehouseError as error:
            if not path.is_file():
                raise NoSnapshotError(
                    f"The snapshot {chosen.id} is not on disk any more; reload to see the current one."
                ) from None
            if not self.is_whole(chosen):
                raise NoSnapshotError(f"{path} is damaged. {self._ways_out()}") from error
            raise

    def _current_id(self) -> str | None:
        try:
            return _from_json(self.folder / POINTER).id
        except (FileNotFoundError, NoSnapshotError):
            return None

    def _new_id(self, now: datetime, inputs: str) -> str:
        """The time and the inputs; a second later than the newest one if the clock has not moved on since.

        So names are in the order in which they were published, and none comes twice.
        """
        stamps = [path.name.split("-")[1] for path in self.folder.glob("warehouse-*-*")]
        for stamp in stamps:
            with suppress(ValueError):
                now = max(now, datetime.strptime(stamp, _STAMP) + timedelta(seconds=1))
        return f"{now.strftime(_STAMP)}-{inputs[:8]}"

    def _point_to(self, snapshot: Snapshot) -> None:
        _write_json(self.folder / POINTER, snapshot)

    def _remove_unfinished(self) -> None:
        """Clear what a process left that was killed while it was publishing."""
        for path in [*self.folder.glob("unfinished-*"), *self.folder.glob("*.writing")]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        for path in self.folder.glob("warehouse-*.json"):
            if not path.with_suffix(".duckdb").is_file():
                path.unlink()

    def _prune(self) -> None:
        current_id = self._current_id()
        for snapshot in self.all()[self.keep :]:
            if snapshot.id != current_id:
                # The file goes first: a file without a description would stay for ever.
                (self.folder / snapshot.file).unlink(missing_ok=True)
                (self.folder / f"warehouse-{snapshot.id}.json").unlink(missing_ok=True)


def _checked_rows(path: Path) -> dict[str, int]:
    with Database(path, read_only=True) as database:
        rows = {name: database.count(name) for name in database.tables()}
    if not rows:
        raise WarehouseError(f"{path} holds no tables, so it is not published.")
    return rows


def _from_json(path: Path) -> Snapshot:
    try:
        snapshot = Snapshot(**json.loads(path.read_text(encoding="utf-8")))
        texts = [getattr(snapshot, field.name) for field in fields(Snapshot) if field.name != "rows"]
        if not all(isinstance(text, str) for text in texts) or not isinstance(snapshot.rows, dict):
            raise TypeError
    except (ValueError, TypeError) as error:
        raise NoSnapshotError(f"{path} is damaged.") from error
    return snapshot


def _write_json(path: Path, snapshot: Snapshot) -> None:
    temporary = path.with_suffix(".writing")
    temporary.write_text(json.dumps(asdict(snapshot), indent=1, sort_keys=True), encoding="utf-8")
    _sync(temporary)
    os.replace(temporary, path)  # noqa: PTH105 - the point is the atomic replace, and os says so
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
