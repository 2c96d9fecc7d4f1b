"""Snapshots: published whole or not at all, never under an old name, and always a way back."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from athlete_intel.errors import BusyError, NoSnapshotError, WarehouseError
from athlete_intel.warehouse import Database, Snapshot, Snapshots

NOW = datetime(2026, 3, 1, 12)
ROOT = Path(__file__).parents[1]


def holding(number: int, rows: int = 3) -> Callable[[Database, str], None]:
    """Fills a snapshot with two tables that hold the same number in every row."""

    def fill(database: Database, snapshot_id: str) -> None:
        for name in ("left_side", "right_side"):
            database.write(name, pd.DataFrame({"number": [number] * rows, "snapshot_id": snapshot_id}))

    return fill


def publish(snapshots: Snapshots, number: int, inputs: str = "abcdef0123") -> Snapshot:
    return snapshots.publish(holding(number), inputs, NOW + timedelta(minutes=number))


def number_in(snapshots: Snapshots, snapshot: Snapshot | None = None) -> int:
    (number,) = set(snapshots.read("left_side", ["number"], snapshot=snapshot)["number"])
    return int(number)


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "workspace", keep=3)


def test_what_is_published_is_read(snapshots: Snapshots) -> None:
    first = publish(snapshots, 1)
    assert snapshots.current() == first
    assert (first.id, first.created, first.inputs) == ("20260301T120100-abcdef01", "2026-03-01T12:01:00", "abcdef0123")
    assert first.rows == {"left_side": 3, "right_side": 3}
    second = publish(snapshots, 2)
    assert (snapshots.current(), snapshots.all()) == (second, [second, first])
    assert (number_in(snapshots), number_in(snapshots, first)) == (2, 1)
    assert set(snapshots.read("left_side", ["snapshot_id"])["snapshot_id"]) == {second.id}


def test_nothing_published_names_the_command(snapshots: Snapshots) -> None:
    with pytest.raises(NoSnapshotError, match=r"Nothing has been published in .* run `athlete-intel cycle MAPPING"):
        snapshots.current()
    assert snapshots.all() == []
    with pytest.raises(NoSnapshotError, match=r"no snapshot before the current one .* nor any other"):
        snapshots.rollback()
    publish(snapshots, 1)
    with pytest.raises(NoSnapshotError, match=r"no snapshot before the current one .* nor any other"):
        snapshots.rollback()


def test_rollback_to_the_one_before_and_to_a_named_one(snapshots: Snapshots) -> None:
    first, second, third = (publish(snapshots, number) for number in (1, 2, 3))
    assert snapshots.rollback() == second
    assert snapshots.rollback() == first == snapshots.current()
    with pytest.raises(NoSnapshotError, match="no snapshot before the current one") as told:
        snapshots.rollback()
    for words in ("snapshots list", "snapshots rollback SNAPSHOT_ID"):
        assert snapshots.command(words) in str(told.value)
    assert snapshots.rollback(second.id) == second, "a newer one"
    assert snapshots.rollback(third.id) == third
    with pytest.raises(NoSnapshotError, match=r"no snapshot nonsense .* `athlete-intel snapshots list --workspace"):
        snapshots.rollback("nonsense")
    assert (number_in(snapshots), snapshots.all()) == (3, [third, second, first])


def test_a_changed_file_is_not_rolled_back_to(snapshots: Snapshots) -> None:
    first, second = publish(snapshots, 1), publish(snapshots, 2)
    path = snapshots.folder / first.file
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(WarehouseError, match=f"{first.file} has changed since it was published, so it is not used"):
        snapshots.rollback()
    assert snapshots.current() == second


def test_only_the_newest_are_kept_and_the_current_one_always(snapshots: Snapshots) -> None:
    published = [publish(snapshots, number) for number in range(1, 6)]
    assert snapshots.all() == published[:1:-1]
    kept = {name for snapshot in published[2:] for name in (snapshot.file, f"warehouse-{snapshot.id}.json")}
    assert {path.name for path in snapshots.folder.glob("warehouse-*")} == kept
    snapshots.rollback(published[2].id)
    snapshots.keep = 1
    snapshots._prune()
    assert snapshots.all() == [published[4], published[2]]
    assert number_in(snapshots) == 3


def test_two_at_the_same_second_have_two_names_in_their_order(snapshots: Snapshots) -> None:
    snapshots.keep = 20
    inputs = ["f" * 64, "a" * 64, "a" * 64, "0" * 64, *["a" * 64] * 10]
    published = [snapshots.publish(holding(i), name, NOW) for i, name in enumerate(inputs)]
    assert len({snapshot.id for snapshot in published}) == len(inputs)
    assert snapshots.all() == published[::-1]
    assert {snapshot.created for snapshot in published} == {"2026-03-01T12:00:00"}
    assert snapshots.rollback() == published[-2]


def test_a_clock_that_goes_back_does_not_disturb_the_order(snapshots: Snapshots) -> None:
    published = [snapshots.publish(holding(i), "abc", NOW - timedelta(days=i)) for i in range(4)]
    assert snapshots.all() == published[:0:-1]
    assert number_in(snapshots) == 3


def test_a_failed_publish_changes_nothing_and_leaves_nothing(snapshots: Snapshots) -> None:
    first = publish(snapshots, 1)

    def broken(database: Database, snapshot_id: str) -> None:
        holding(2)(database, snapshot_id)
        raise RuntimeError("the disk is full")

    before = {path.name for path in snapshots.folder.iterdir()}
    with pytest.raises(RuntimeError, match="the disk is full"):
        snapshots.publish(broken, "abc", NOW)
    assert (snapshots.current(), snapshots.all(), number_in(snapshots)) == (first, [first], 1)
    assert {path.name for path in snapshots.folder.iterdir()} == before


def test_a_snapshot_without_tables_is_not_published(snapshots: Snapshots) -> None:
    first = publish(snapshots, 1)
    with pytest.raises(WarehouseError, match="holds no tables, so it is not published"):
        snapshots.publish(lambda database, snapshot_id: None, "abc", NOW)
    assert snapshots.current() == first


def test_what_a_killed_process_leaves_is_cleared_away(snapshots: Snapshots) -> None:
    first = publish(snapshots, 1)
    for name in ("unfinished-x.duckdb", "unfinished-x.duckdb.wal", "current.writing"):
        (snapshots.folder / name).write_bytes(b"half")
    (snapshots.folder / "unfinished-x.duckdb.tmp").mkdir()
    (snapshots.folder / "unfinished-x.duckdb.tmp" / "spilled").write_bytes(b"half")
    described = (snapshots.folder / f"warehouse-{first.id}.json").read_text()
    lost = snapshots.folder / "warehouse-20260301T120159-abc.json"
    lost.write_text(described.replace(first.id, "20260301T120159-abc"))
    assert snapshots.all() == [first]
    second = publish(snapshots, 2)
    assert {path.name for path in snapshots.folder.iterdir() if path.name.startswith(("unfinished", "current"))} == {
        "current.json"
    }
    assert not lost.exists()
    assert snapshots.all() == [second, first]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "5", "null", "{}", '{"id": 1}', "\xff", "[" * 10], ids=lambda text: repr(text)
)
def test_a_damaged_pointer_names_the_command_that_mends_it(snapshots: Snapshots, content: str) -> None:
    first, second = publish(snapshots, 1), publish(snapshots, 2)
    pointer = snapshots.folder / "current.json"
    pointer.write_bytes(content.encode("latin-1"))
    with pytest.raises(NoSnapshotError, match=r"current.json is damaged. Run `athlete-intel snapshots rollback"):
        snapshots.current()
    assert snapshots.all() == [second, first]
    assert snapshots.rollback() == second == snapshots.current()


def test_a_pointer_of_wrong_types_is_damaged(snapshots: Snapshots) -> None:
    publish(snapshots, 1)
    pointer = snapshots.folder / "current.json"
    pointer.write_text(json.dumps({**json.loads(pointer.read_text()), "file": 5}))
    with pytest.raises(NoSnapshotError, match="is damaged"):
        snapshots.current()


def test_a_damaged_description_hides_its_own_snapshot_only(snapshots: Snapshots) -> None:
    first, second = publish(snapshots, 1), publish(snapshots, 2)
    (snapshots.folder / f"warehouse-{second.id}.json").write_text("{")
    assert snapshots.all() == [first]
    assert snapshots.rollback() == first


def test_a_missing_or_damaged_file_names_the_command_that_mends_it(snapshots: Snapshots) -> None:
    first, second = publish(snapshots, 1), publish(snapshots, 2)
    path = snapshots.folder / second.file
    path.write_bytes(b"damaged" * 10_000)
    with pytest.raises(NoSnapshotError, match=r"is damaged. Run `athlete-intel snapshots rollback --workspace"):
        snapshots.read("left_side")
    path.unlink()
    with pytest.raises(
        NoSnapshotError, match=r"which is not there\. Run `athlete-intel snapshots rollback --workspace"
    ):
        snapshots.current()
    with pytest.raises(NoSnapshotError, match="is not on disk any more; reload"):
        snapshots.read("left_side", snapshot=second)
    assert snapshots.rollback() == first
    assert number_in(snapshots) == 1


READER = """
import sys
from pathlib import Path
from athlete_intel.warehouse import Snapshots

snapshots = Snapshots(Path(sys.argv[1]))
seen = []
print("reading", flush=True)
while not (Path(sys.argv[1]) / "stop").exists():
    current = snapshots.current()
    numbers = set(snapshots.read("left_side", ["number"], snapshot=current)["number"])
    numbers |= set(snapshots.read("right_side", ["number"], snapshot=current)["number"])
    assert len(numbers) == 1, f"mixed: {numbers}"
    seen.append(int(numbers.pop()))
print(seen == sorted(seen), len(set(seen)), len(seen), flush=True)
"""


def start(script: str, *arguments: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_a_reader_in_another_process_sees_only_whole_snapshots(snapshots: Snapshots) -> None:
    snapshots.keep = 10
    publish(snapshots, 0)
    reader = start(READER, snapshots.folder)
    try:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        for number in range(1, 16):
            snapshots.publish(holding(number, rows=20_000), "abc", NOW + timedelta(minutes=number))
        (snapshots.folder / "stop").touch()
        out, errors = reader.communicate(timeout=30)
    finally:
        reader.kill()
        reader.wait()
    assert (reader.returncode, errors) == (0, "") or "nanobind" in errors
    in_order, different, reads = out.split()
    assert in_order == "True"
    assert int(different) >= 2
    assert int(reads) >= int(different)


FILLER = """
import sys, time
from datetime import datetime
from pathlib import Path
import pandas as pd
from athlete_intel.warehouse import Snapshots

def fill(database, snapshot_id):
    database.write("left_side", pd.DataFrame({"number": [9] * 1000}))
    print("filling", flush=True)
    time.sleep(60)

Snapshots(Path(sys.argv[1])).publish(fill, "abc", datetime(2026, 3, 2))
"""


def test_a_publish_that_is_killed_leaves_the_old_snapshot_and_the_next_works(snapshots: Snapshots) -> None:
    first = publish(snapshots, 1)
    process = start(FILLER, snapshots.folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "filling\n"
    with pytest.raises(BusyError, match="in use by another process"):
        publish(snapshots, 2)
    assert (snapshots.current(), number_in(snapshots)) == (first, 1)
    process.kill()
    process.communicate()
    assert list(snapshots.folder.glob("unfinished-*"))
    assert (snapshots.current(), snapshots.all(), number_in(snapshots)) == (first, [first], 1)
    second = publish(snapshots, 2)
    assert (snapshots.current(), number_in(snapshots)) == (second, 2)
    assert not list(snapshots.folder.glob("unfinished-*"))


@pytest.mark.parametrize("step", ["_write_json", "_sha256", "_sync", "_checked_rows"])
def test_a_publish_that_fails_after_filling_changes_nothing(
    snapshots: Snapshots, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first = publish(snapshots, 1)

    def broken(*arguments: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(f"athlete_intel.warehouse.snapshots.{step}", broken)
    with pytest.raises(OSError, match="no space left"):
        publish(snapshots, 2)
    monkeypatch.undo()
    assert (snapshots.current(), snapshots.all(), number_in(snapshots)) == (first, [first], 1)
    assert not list(snapshots.folder.glob("unfinished-*"))
    third = publish(snapshots, 3)
    assert snapshots.all() == [third, first]
