"""The shipped mappings on the real data sets that they were made for."""

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from athlete_intel.sources.importer import ImportReport, import_files
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Database
from tests.conftest import real_folder

NOW = datetime(2026, 3, 1, 12)


class Imported:
    """A shipped mapping, imported into a store of its own."""

    def __init__(self, name: str, store_file: Path) -> None:
        self.name = name
        self.source = real_folder(name)
        self.store_file = store_file
        self.report = self.run(NOW)

    def run(self, now: datetime) -> ImportReport:
        with Database(self.store_file) as store:
            return import_files(store, load_mapping(self.name), self.source, now)

    def query(self, sql: str) -> pd.DataFrame:
        with Database(self.store_file, read_only=True) as store:
            return store.query(sql)

    def count(self, table: str) -> int:
        return int(self.query(f"SELECT count(*) AS n FROM {table}")["n"].item())

    def dump(self) -> dict[str, str]:
        with Database(self.store_file, read_only=True) as store:
            return {name: store.query(f"SELECT * FROM {name} ORDER BY ALL").to_csv() for name in store.tables()}


@pytest.fixture(scope="module")
def facebook(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    return Imported("facebook_pages", tmp_path_factory.mktemp("facebook") / "store.duckdb")


@pytest.fixture(scope="module")
def nba(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    return Imported("nba2017", tmp_path_factory.mktemp("nba") / "store.duckdb")


@pytest.fixture(scope="module")
def on3(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    return Imported("on3_nil", tmp_path_factory.mktemp("on3") / "store.duckdb")


def test_every_facebook_post_is_loaded_but_for_15_that_stand_twice(facebook: Imported) -> None:
    assert (facebook.report.files, facebook.report.lines, facebook.report.bad_lines) == (2, 29_423 + 35, 15)
    tables = ("athletes", "handles", "posts", "stories", "story_outcomes")
    assert {name: facebook.count(name) for name in tables} == {
        "athletes": 35,
        "handles": 35,
        "posts": 29_408,
        "stories": 29_408,
        "story_outcomes": 29_408,
    }
    quarantine = facebook.query("SELECT * FROM quarantine")
    assert quarantine["table_name"].value_counts().to_dict() == {"posts": 15, "stories": 15, "story_outcomes": 15}
    assert quarantine["reason"].str.fullmatch(r"stands twice; the first, on line \d+, is kept").all()


def test_a_facebook_post_is_what_stands_in_the_file(facebook: Imported) -> None:
    (post,) = facebook.query(
        "SELECT * FROM posts JOIN story_outcomes ON post_id = story_id WHERE post_id = '79298470625_10157068464640626'"
    ).to_dict("records")
    assert (post["athlete_id"], post["likes"], post["reposts"], post["replies"]) == ("andresiniesta", 73595, 322, 1288)
    assert post["published_at"] == pd.Timestamp("2016-06-21 17:29:13")
    assert post["outcome"] == 76311 + 1288 + 322
    assert post["known_at_1"] - post["published_at"] == timedelta(days=7)


def test_facebook_pages_have_the_names_of_people(facebook: Imported) -> None:
    names = facebook.query("SELECT name FROM athletes WHERE kind = 'person' ORDER BY name")["name"].tolist()
    assert names[0] == "Andrés Iniesta"
    assert facebook.query("SELECT * FROM athletes WHERE kind IS NULL").empty


def test_nba_players_stand_once_each(nba: Imported) -> None:
    assert nba.count("outcomes_as_of") == 238
    twice = nba.query("SELECT * FROM quarantine WHERE table_name = 'athletes'")
    path = nba.source / "nba_2017_players_with_salary_wiki_twitter.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    ((value, line, reason),) = twice[["value", "line", "reason"]].to_numpy().tolist()
    first = int(reason.removeprefix("stands twice; the first, on line ").removesuffix(", is kept"))
    assert lines[line - 1].split(",")[2] == lines[first - 1].split(",")[2]
    assert value == lines[line - 1].split(",")[2].lower().replace(" ", "-")
    assert nba.report.bad_lines == 1


def test_nba_handles_are_the_true_ones(nba: Imported) -> None:
    handles = nba.query("SELECT * FROM handles").set_index(["athlete_id", "platform"])["handle"]
    assert handles["anthony-davis", "wikipedia"] == "Anthony_Davis_(basketball)"
    assert handles["lebron-james", "twitter"].lower() == "kingjames"
    assert handles.xs("wikipedia", level="platform").notna().sum() == 100
    assert "0" not in set(handles)


def test_nba_signals_are_on_their_scale(nba: Imported) -> None:
    signals = nba.query("SELECT * FROM features_as_of WHERE athlete_id = 'russell-westbrook'").set_index("feature")
    assert signals["value"].to_dict() == {
        "twitter_likes_median": 2130.5,
        "twitter_reposts_median": 559.0,
        "points": 31.6,
        "salary_millions": 26.5,
        "age": 28.0,
        "games_won": 46.0,
    }
    assert set(signals["as_of"].astype(str)) == {"2017-04-12"}
    assert nba.query("SELECT outcome FROM outcomes_as_of WHERE athlete_id = 'anthony-davis'")["outcome"].item() == 82.5


def test_college_players_keep_their_accents(on3: Imported) -> None:
    content = (on3.source / "nil_2022_football.csv").read_bytes()
    assert on3.report.lines == content.count(b"\n") - 1
    text = content.decode("cp1252")
    accented = {line.split(",")[0] for line in text.splitlines() if any(ord(c) > 127 for c in line.split(",")[0])}
    loaded = set(on3.query("SELECT name FROM athletes")["name"])
    assert accented
    assert accented <= loaded
    assert (
        on3.query("SELECT * FROM athletes WHERE regexp_matches(athlete_id, '[^a-z0-9-]')")["athlete_id"].tolist() == []
    )


def test_college_players_have_followers_and_a_valuation(on3: Imported) -> None:
    found = on3.query(
        "SELECT platform, followers, outcome FROM athletes JOIN follower_counts USING (athlete_id) "
        "JOIN outcomes_as_of USING (athlete_id) WHERE name = 'Zay Flowers' ORDER BY platform"
    )
    assert found.to_numpy().tolist() == [
        ["instagram", 16500, 409000],
        ["tiktok", 0, 409000],
        ["twitter", 2600, 409000],
    ]


@pytest.mark.parametrize("name", ["facebook", "nba", "on3"])
def test_a_second_import_changes_nothing(name: str, request: pytest.FixtureRequest) -> None:
    imported: Imported = request.getfixturevalue(name)
    before = imported.dump()
    assert (
        imported.run(NOW + timedelta(days=30)).skipped
        or imported.query("SELECT * FROM quarantine WHERE reason LIKE 'is not in the table%'").size
    )
    assert imported.dump() == before


@pytest.mark.parametrize("name", ["facebook", "nba", "on3"])
def test_reading_everything_again_changes_nothing(
    name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported: Imported = request.getfixturevalue(name)
    before = imported.dump()
    monkeypatch.setattr("athlete_intel.sources.importer._is_known", lambda *arguments: False)
    report = imported.run(NOW + timedelta(days=30))
    assert not report.skipped
    assert {(table.new, table.changed) for table in report.tables} == {(0, 0)}
    assert imported.dump() == before
