"""Cached reads: what is worked out once for a snapshot, and that nobody spoils what others read."""

from pathlib import Path

import pandas as pd

from athlete_intel.journal import no_rows
from athlete_intel.settings import Settings
from athlete_intel.ui import reads
from athlete_intel.ui.reads import DataSet
from tests.fixture_snapshot import literal_snapshot

_ASKED: list[tuple[str, str]] = []


def _named(data: DataSet, sport: str) -> pd.DataFrame:
    _ASKED.append((data.snapshot.id, sport))
    return data.table("rankings").query("sport == @sport")


def _labels(data: DataSet) -> dict[str, str]:
    return {"a": data.workspace}


def _sports(data: DataSet) -> list[str]:
    return sorted(data.table("rankings")["sport"].dropna().unique())


def _ranks(data: DataSet) -> pd.Series:
    return data.table("rankings")["rank"]


def _data(home: Path) -> DataSet:
    return reads.open_data_set(Settings(home=home), "demo")


def test_what_a_page_works_out_is_worked_out_once_for_a_snapshot(tmp_path: Path) -> None:
    _ASKED.clear()
    literal_snapshot(tmp_path / "demo")
    first, sport = _data(tmp_path), str(_data(tmp_path).table("rankings")["sport"].dropna().iloc[0])
    found = first.once(_named, sport)
    assert set(found["sport"]) == {sport}
    assert first.once(_named, sport).equals(found)
    assert first.once(_named, "no sport").empty
    assert [(first.snapshot.id, sport), (first.snapshot.id, "no sport")] == _ASKED


def test_a_new_snapshot_is_looked_at_anew(tmp_path: Path) -> None:
    _ASKED.clear()
    literal_snapshot(tmp_path / "demo")
    before = _data(tmp_path)
    before.once(_named, "golf")
    literal_snapshot(tmp_path / "demo")
    after = _data(tmp_path)
    after.once(_named, "golf")
    assert [(before.snapshot.id, "golf"), (after.snapshot.id, "golf")] == _ASKED
    assert before.snapshot.id != after.snapshot.id


def test_nobody_changes_what_others_read(tmp_path: Path) -> None:
    literal_snapshot(tmp_path / "demo")
    data = _data(tmp_path)
    sport = str(data.table("rankings")["sport"].dropna().iloc[0])
    for read in (
        lambda: data.table("rankings"),
        lambda: data.once(_named, sport),
        lambda: data.rows_of("rankings", str(data.table("rankings")["athlete_id"].iloc[0])),
    ):
        spoilt, name = read(), str(read()["name"].iloc[0])
        spoilt["name"] = "spoilt"
        spoilt.loc[spoilt.index[0], "sport"] = "spoilt"
        assert str(read()["name"].iloc[0]) == name
        assert "spoilt" not in set(read()["sport"])


def test_nobody_changes_lists_and_dictionaries_that_others_read(tmp_path: Path) -> None:
    literal_snapshot(tmp_path / "demo")
    data = _data(tmp_path)
    data.once(_labels)["a"] = "spoilt"
    data.once(_sports).append("spoilt")
    ranks = data.once(_ranks)
    ranks.iloc[0] = -1
    assert data.once(_labels) == {"a": "demo"}
    assert "spoilt" not in data.once(_sports)
    assert -1 not in set(data.once(_ranks))


def test_what_a_data_set_is_cannot_be_changed_by_a_reader(tmp_path: Path) -> None:
    literal_snapshot(tmp_path / "demo")
    about = _data(tmp_path).about
    about["title"] = "spoilt"
    assert _data(tmp_path).about["title"] != "spoilt"


def test_a_journal_without_rows_is_nobodys_to_fill() -> None:
    mine = no_rows("campaigns")
    mine.loc[0, "name"] = "spoilt"
    assert no_rows("campaigns").empty
