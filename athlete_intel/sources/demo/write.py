"""Write a demo world as Parquet files: the raw tables for the product, the truth beside them."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from athlete_intel.errors import SourceError
from athlete_intel.sources.demo import audiences, influence, people, social, stories, truth, votes, wikipedia
from athlete_intel.sources.demo.money import Books
from athlete_intel.sources.demo.scenario import Scenario
from athlete_intel.sources.demo.world import CHUNK, DEFAULT_POSTS_PER_WEEK, Chunk, World

CHUNKS_A_FILE = 20
"""A table goes on in a new file after so many chunks (5,000 athletes), so that readers can go file by file."""


@dataclass(frozen=True)
class DemoReport:
    """What was written: the folder, and the rows of each raw and truth table."""

    folder: Path
    scenario: str
    rows: dict[str, int] = field(default_factory=dict)
    truth_rows: dict[str, int] = field(default_factory=dict)


def write_demo(
    folder: Path,
    scenario: Scenario,
    athletes: int = 1200,
    days: int = 548,
    posts_per_week: float | None = None,
    seed: int = 2026,
    progress: Callable[[int, int], None] | None = None,
) -> DemoReport:
    """Write a made-up world; the same arguments give the same bytes.

    Args:
        folder: gets `raw/`, which the product imports, and `truth/`, which it never reads. The files are moved
            there at the end and replace those of an older world, so that a run broken off leaves it whole.
        scenario: what changes in the world, see `load_scenario`.
        athletes: number of athletes. Memory does not grow with it.
        days: length of the world; its last day is fixed.
        posts_per_week: mean posts of an athlete a week, on all platforms together; 4 by default.
        seed: of everything random.
        progress: called with (athletes done, athletes in all) after each chunk.

    Raises:
        SettingsError: a size out of range.
        SourceError: the folder cannot be written.
    """
    rate = DEFAULT_POSTS_PER_WEEK if posts_per_week is None else posts_per_week
    world = World(athletes, days, rate, seed, scenario)
    unfinished = folder / ".unfinished"
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        rows, truth_rows = _write_all(world, unfinished, progress)
        for part, tables in (("raw", rows), ("truth", truth_rows)):
            _replace_parts(unfinished / part, folder / part, list(tables))
        shutil.rmtree(unfinished)
    except OSError as error:
        raise SourceError(f"The demo world cannot be written to {folder}: {error}.") from error
    return DemoReport(folder, scenario.name, rows, truth_rows)


def _replace_parts(new: Path, folder: Path, tables: list[str]) -> None:
    """Move the new files to `folder` in place of an older world's; files of other names stay."""
    folder.mkdir(exist_ok=True)
    for table in tables:
        for old in folder.glob(f"{table}-[0-9][0-9][0-9][0-9].parquet"):
            old.unlink()
    for path in sorted(new.iterdir()):
        path.replace(folder / path.name)


class PartWriter:
    """Writes tables chunk by chunk, one row group each, into `<name>-0000.parquet` and so on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.rows: dict[str, int] = {}
        self._files: dict[str, pq.ParquetWriter] = {}
        self._part = 0

    def write(self, tables: dict[str, pa.Table]) -> None:
        """Append each table; all chunks of a table have the same columns."""
        for name, table in tables.items():
            if name not in self._files:
                path = self.folder / f"{name}-{self._part:04d}.parquet"
                self._files[name] = pq.ParquetWriter(path, table.schema, compression="zstd")
            self._files[name].write_table(table, row_group_size=max(len(table), 1))
            self.rows[name] = self.rows.get(name, 0) + len(table)

    def next_part(self) -> None:
        """Close the files; what comes next goes into new ones."""
        self._close()
        self._part += 1

    def __enter__(self) -> "PartWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()


def _write_all(
    world: World, folder: Path, progress: Callable[[int, int], None] | None
) -> tuple[dict[str, int], dict[str, int]]:
    books, pool = Books(world), votes.workers(world)
    with PartWriter(folder / "raw") as raw, PartWriter(folder / "truth") as hidden_truth:
        for chunk in world.chunks():
            if chunk.number and chunk.number % CHUNKS_A_FILE == 0:
                raw.next_part()
                hidden_truth.next_part()
            raw_tables, true_tables = _chunk_tables(chunk, books, pool)
            raw.write(raw_tables)
            hidden_truth.write(true_tables)
            if progress:
                progress(min(chunk.start + CHUNK, world.athletes), world.athletes)
        raw.write({"campaigns": books.campaigns_table()})
        hidden_truth.write({"workers": truth.workers_table(pool), "changes": truth.changes_table(world)})
        return raw.rows, hidden_truth.rows


def _chunk_tables(chunk: Chunk, books: Books, pool: votes.Workers) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    everyone = people.people(chunk)
    profile = audiences.profiles(chunk)
    hidden = influence.influence(chunk, everyone)
    told = stories.stories(chunk, everyone, profile, hidden)
    followers, bought = social.follower_table(chunk, everyone, hidden)
    raw = {
        "athletes": people.athletes_table(everyone),
        "handles": people.handles_table(chunk, everyone),
        "posts": social.posts_table(chunk, everyone, profile, hidden),
        "follower_counts": followers,
        "wikipedia_views": wikipedia.wikipedia_table(chunk, everyone, profile, hidden),
        "stories": stories.stories_table(everyone, told),
        "story_views": stories.story_views_table(chunk, told),
        "handle_votes": votes.votes_table(chunk, everyone, pool),
        "handle_gold": votes.gold_table(chunk, everyone),
        **books.tables(chunk, everyone, hidden, told),
    }
    return raw, truth.truth_tables(chunk, everyone, profile, hidden, told, bought)
