"""The demo world as files: the same seed gives the same bytes, and every table keeps its contract."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from athlete_intel.contracts import RAW_TABLES
from athlete_intel.contracts.model import Column, Table
from athlete_intel.errors import SettingsError
from athlete_intel.sources.demo import CALM, LAST_DAY, write_demo
from athlete_intel.sources.demo.world import CHUNK, RATE_CENTS_PER_1000
from athlete_intel.sources.demo.write import CHUNKS_A_FILE
from athlete_intel.sources.importer import import_files
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Database

NOT_IN_THE_DEMO = {"story_outcomes", "features_as_of", "outcomes_as_of", "turk_assignments"}
ARROW_TYPES = {
    "text": "string",
    "integer": "int64",
    "number": "double",
    "boolean": "bool",
    "timestamp": "timestamp[us]",
    "day": "date32[day]",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, CALM, athletes=300, days=150)
    return folder


def read(folder: Path, table: str, part: str = "raw") -> pd.DataFrame:
    return pd.concat([pd.read_parquet(path) for path in sorted((folder / part).glob(f"{table}-*.parquet"))])


def file_bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_world(folder: Path, tmp_path: Path) -> None:
    write_demo(tmp_path / "again", CALM, athletes=300, days=150)
    write_demo(tmp_path / "other", CALM, athletes=300, days=150, seed=1)
    assert file_bytes(tmp_path / "again") == file_bytes(folder)
    assert file_bytes(tmp_path / "other")["raw/posts-0000.parquet"] != file_bytes(folder)["raw/posts-0000.parquet"]


def test_athletes_of_full_chunks_stay_the_same_in_a_larger_world(folder: Path, tmp_path: Path) -> None:
    write_demo(tmp_path, CALM, athletes=CHUNK, days=150)
    small, large = read(tmp_path, "posts"), read(folder, "posts")
    of_the_first = large[large["athlete_id"].isin(small["athlete_id"].unique())]
    pd.testing.assert_frame_equal(of_the_first, small)


def test_a_second_world_replaces_the_first_and_leaves_other_files(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "posts-0009.parquet").write_bytes(b"an older, larger world")
    (tmp_path / "raw" / "notes.txt").write_text("mine")
    write_demo(tmp_path, CALM, athletes=300, days=150)
    assert file_bytes(tmp_path) == file_bytes(folder)
    assert (tmp_path / "raw" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", sorted(set(RAW_TABLES) - NOT_IN_THE_DEMO))
def test_every_raw_table_keeps_its_contract(folder: Path, name: str) -> None:
    table = RAW_TABLES[name]
    schema = pq.read_schema(folder / "raw" / f"{name}-0000.parquet")
    assert schema.names == table.column_names
    rows = read(folder, name)
    assert len(rows) > 0
    assert not rows.duplicated(list(table.key)).any()
    for column in table.columns:
        assert str(schema.field(column.name).type) == ARROW_TYPES[column.type], column.name
        check_values(rows[column.name], column)
    check_references(folder, rows, table)


def check_values(values: pd.Series, column: Column) -> None:
    assert column.nullable or values.notna().all(), column.name
    there = values.dropna()
    if column.minimum is not None:
        assert there.min() >= column.minimum, column.name
    if column.maximum is not None:
        assert there.max() <= column.maximum, column.name
    if column.type == "text":
        assert there.str.len().between(1, column.maximum_length).all(), column.name
        assert (there == there.str.strip()).all(), column.name
    if column.type in ("timestamp", "day") and not column.may_lie_ahead:
        assert pd.to_datetime(there).max() < pd.Timestamp(LAST_DAY) + pd.Timedelta(days=1), column.name


def check_references(folder: Path, rows: pd.DataFrame, table: Table) -> None:
    for column, other, other_column in table.references:
        assert rows[column].isin(read(folder, other)[other_column]).all(), column


def test_the_mapping_reads_all_that_the_demo_writes(folder: Path) -> None:
    mapping = load_mapping("demo")
    written = {path.name.rsplit("-", 1)[0] for path in (folder / "raw").iterdir()}
    assert {table.table.name for file in mapping.files for table in file.tables} == written
    assert mapping.made_up
    assert mapping.outcome.rate_cents_per_1000 == RATE_CENTS_PER_1000


def test_an_import_finds_no_bad_row(folder: Path) -> None:
    with Database.in_memory() as store:
        report = import_files(store, load_mapping("demo"), folder, now=datetime(2026, 10, 2))
        assert report.bad_lines == 0
        assert {table.table: table.new for table in report.tables} == {
            name: len(read(folder, name)) for name in set(RAW_TABLES) - NOT_IN_THE_DEMO
        }


def test_the_truth_is_kept_apart(folder: Path) -> None:
    truth = {path.name.rsplit("-", 1)[0] for path in (folder / "truth").iterdir()}
    assert truth == {"athletes", "influence", "stories", "handles", "events", "workers", "changes"}
    secrets = {"audience_type", "log_influence", "expected_page_views", "true_handle", "accuracy", "bought_followers"}
    for name in set(RAW_TABLES) - NOT_IN_THE_DEMO:
        assert not secrets & set(read(folder, name).columns)


def test_story_views_come_within_28_days_and_most_in_the_first_three(folder: Path) -> None:
    views = read(folder, "story_views").merge(read(folder, "stories"), on="story_id")
    age = (pd.to_datetime(views["day"]) - views["published_at"].dt.normalize()).dt.days
    assert age.between(0, 27).all()
    assert views.loc[age < 3, "views"].sum() > 0.6 * views["views"].sum()


def test_settlements_add_up_to_the_pay_on_the_page_views_of_28_days(folder: Path) -> None:
    paid = read(folder, "settlements").merge(read(folder, "advances"), on="story_id")
    total = read(folder, "story_views").groupby("story_id")["views"].sum()
    actual = paid["story_id"].map(total).fillna(0)
    assert len(paid) > 1000
    assert (paid["actual_outcome"] == actual).all()
    assert (paid["advance_cents"] + paid["settlement_cents"] == actual * RATE_CENTS_PER_1000 // 1000).all()


def test_sponsors_pay_for_sponsored_stories_only_and_within_the_budget(folder: Path) -> None:
    revenue = read(folder, "sponsor_revenue").merge(read(folder, "stories"), on="story_id")
    campaigns = read(folder, "campaigns").set_index("campaign_id")
    assert revenue["sponsored"].all()
    days = revenue["published_at"].dt.normalize()
    assert (days >= pd.to_datetime(revenue["campaign_id"].map(campaigns["starts_on"]))).all()
    assert (days <= pd.to_datetime(revenue["campaign_id"].map(campaigns["ends_on"]))).all()
    spent = revenue.groupby("campaign_id")["revenue_cents"].sum()
    assert (spent <= campaigns["budget_cents"].reindex(spent.index)).all()


def test_the_mean_of_the_outcomes_is_what_the_truth_expects(folder: Path) -> None:
    settled = read(folder, "settlements").merge(read(folder, "stories", "truth"), on="story_id")
    ratio = settled["actual_outcome"] / settled["expected_page_views"]
    assert ratio.mean() == pytest.approx(1.0, abs=0.03)
    # Heavy-tailed, and so the typical story draws less than the mean.
    assert ratio.median() == pytest.approx(0.87, abs=0.05)
    assert ratio.max() > 8


def test_large_worlds_go_on_in_new_files_of_bounded_size(tmp_path: Path) -> None:
    done: list[tuple[int, int]] = []
    athletes = CHUNK * CHUNKS_A_FILE + 10
    report = write_demo(
        tmp_path, CALM, athletes=athletes, days=60, posts_per_week=1, progress=lambda *now: done.append(now)
    )
    paths = sorted((tmp_path / "raw").glob("posts-*.parquet"))
    assert [path.name for path in paths] == ["posts-0000.parquet", "posts-0001.parquet"]
    first = pq.ParquetFile(paths[0])
    groups = [first.metadata.row_group(number).num_rows for number in range(first.num_row_groups)]
    assert len(groups) == CHUNKS_A_FILE
    assert max(groups) < 3 * CHUNK * 60 / 7
    assert done[-1] == (athletes, athletes)
    assert len(done) == CHUNKS_A_FILE + 1
    rows = read(tmp_path, "athletes")
    assert report.rows["athletes"] == len(rows) == athletes
    assert not rows["athlete_id"].duplicated().any()


def test_the_rate_of_posts_is_the_one_asked_for(tmp_path: Path) -> None:
    report = write_demo(tmp_path, CALM, athletes=1000, days=140, posts_per_week=2)
    assert report.rows["posts"] / 1000 / 20 == pytest.approx(2, rel=0.15)
    assert np.median(read(tmp_path, "posts").groupby("athlete_id").size()) / 20 < 2


def test_a_world_of_one(tmp_path: Path) -> None:
    report = write_demo(tmp_path, CALM, athletes=1, days=60, posts_per_week=0.01)
    assert report.rows["athletes"] == 1


@pytest.mark.parametrize("wrong", [{"athletes": 0}, {"days": 10}, {"posts_per_week": 0.0}, {"seed": -1}])
def test_a_size_that_makes_no_sense_is_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        write_demo(tmp_path, CALM, **wrong)
    assert list(tmp_path.iterdir()) == []
