"""Mechanical Turk's files both ways: what is refused, what is quarantined with line and reason, what counts."""

import csv
import io
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from athlete_intel.errors import SourceError, TooManyBadRowsError
from athlete_intel.handles import load, turk
from athlete_intel.handles.votes import gathered_votes
from athlete_intel.sources.importer import create_store
from athlete_intel.warehouse import Database

NOW = pd.Timestamp("2026-11-20 12:00")
COLUMNS = [*turk.COLUMNS.values(), "Input.name", "Reward"]


def row(number: int, **changes: str) -> dict[str, str]:
    usual = {
        "HITId": f"H{number}",
        "AssignmentId": f"A{number}",
        "WorkerId": f"W{number}",
        "AssignmentStatus": "Approved",
        "SubmitTime": "Mon Nov 02 10:11:12 PST 2026",
        "Input.athlete_id": "ann",
        "Input.platform": "twitter",
        "Answer.handle": "@Ann",
        "Input.name": "Ann, the great",
        "Reward": "$0.05",
    }
    return usual | changes


def results(path: Path, rows: list[dict[str, str]], columns: list[str] = COLUMNS, encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def read(path: Path) -> turk.Results:
    return turk.read_results(path, {"ann", "bob"}, {"twitter", "wikipedia"}, NOW)


GOOD = [row(number) for number in range(1, 11)]


def test_a_good_file_is_read_as_it_is(tmp_path: Path) -> None:
    rows = [
        row(1),
        row(2, AssignmentStatus="Rejected"),
        row(3, **{"Answer.handle": "{}"}),
        row(4, SubmitTime="2026-11-02T10:11:12Z"),
    ]
    found = read(results(tmp_path / "r.csv", rows))
    assert (found.lines, found.rejected, len(found.quarantine)) == (4, 1, 0)
    assert found.assignments["submitted_at"].tolist() == [pd.Timestamp("2026-11-02 18:11:12")] * 3 + [
        pd.Timestamp("2026-11-02 10:11:12")
    ]
    assert found.assignments["answer"].isna().tolist() == [False, False, True, False]


@pytest.mark.parametrize("column", list(turk.COLUMNS.values()))
def test_a_missing_column_refuses_the_file(tmp_path: Path, column: str) -> None:
    path = results(tmp_path / "r.csv", GOOD, [name for name in COLUMNS if name != column])
    with pytest.raises(SourceError, match=f"has no column {column}"):
        read(path)


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"Input.athlete_id": "zed"}, "athlete_id", "unknown task: there is no such athlete"),
        ({"Input.platform": "myspace"}, "platform", "unknown task: there is no such platform"),
        ({"AssignmentId": "A1"}, "assignment_id", "stands twice; the first, on line 2, is kept"),
        ({"Answer.handle": '=HYPERLINK("http://evil","Ann")'}, "answer", "looks like a formula"),
        ({"Answer.handle": "+1+1"}, "answer", "looks like a formula"),
        ({"Answer.handle": "@SUM(A1:A9)"}, "answer", "looks like a formula"),
        ({"Answer.handle": "\uff1dHYPERLINK(1)"}, "answer", "looks like a formula"),  # a full-width sign
        ({"Answer.handle": "\u200b=HYPERLINK(1)"}, "answer", "looks like a formula"),  # behind what cannot be seen
        ({"Answer.handle": "\u3164\ufe0f=1+1"}, "answer", "looks like a formula"),
        ({"Answer.handle": '"=HYPERLINK(1)'}, "answer", "looks like a formula"),
        ({"Answer.handle": "\u2018=1+1"}, "answer", "looks like a formula"),
        ({"Answer.handle": "%3DHYPERLINK(1)"}, "answer", "looks like a formula"),
        ({"Answer.handle": "%253DHYPERLINK(1)"}, "answer", "looks like a formula"),
        ({"Answer.handle": "twitter.com/%3DHYPERLINK(1)"}, "answer", "looks like a formula"),
        ({"Answer.handle": "Nurki%FF"}, "answer", "has lost letters in another encoding"),
        ({"Answer.handle": "x" * 10_000}, "answer", "is longer than 200 characters"),
        ({"Answer.handle": "Ann\x07"}, "answer", "holds characters that no handle has"),
        ({"Answer.handle": "Jusuf_Nurki\ufffd"}, "answer", "has lost letters in another encoding"),
        ({"AssignmentStatus": "approved?"}, "status", "is not one of Approved, Rejected, Submitted"),
        ({"SubmitTime": "yesterday"}, "submitted_at", "is not a time"),
        ({"SubmitTime": "2027-01-01"}, "submitted_at", "lies in the future"),
        ({"WorkerId": " "}, "worker_id", "is empty"),
        ({"HITId": ""}, "hit_id", "is empty"),
    ],
)
def test_a_bad_row_is_quarantined_with_line_and_reason(
    tmp_path: Path, change: dict[str, str], column: str, reason: str
) -> None:
    found = read(results(tmp_path / "r.csv", [*GOOD, row(11, **change)]))
    assert len(found.assignments) == 10
    (bad,) = found.quarantine.to_dict("records")
    assert (bad["line"], bad["table_name"], bad["column_name"]) == (12, "turk_assignments", column)
    assert reason in bad["reason"]
    assert bad["value"] is None or len(bad["value"]) <= 200


@pytest.mark.parametrize("second", ["Answer.handle", " Answer.handle ", "answer.Handle", "WorkerId", "Input.name"])
def test_a_column_that_is_there_twice_refuses_the_file(tmp_path: Path, second: str) -> None:
    path = results(tmp_path / "r.csv", GOOD)
    first, *lines = path.read_text().splitlines()
    path.write_text("\r\n".join([f"{first},{second}", *(f"{line},x" for line in lines)]))
    with pytest.raises(SourceError, match="has two columns named"):
        read(path)


def test_the_input_of_a_batch_is_not_taken_for_its_results(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is the input of a batch; take its results"):
        read(results(tmp_path / "hits.csv", [], turk.HIT_COLUMNS))


def test_a_file_without_votes_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds a header and no votes; download the results once"):
        read(results(tmp_path / "r.csv", []))


def test_a_row_with_a_field_too_many_is_quarantined(tmp_path: Path) -> None:
    path = results(tmp_path / "r.csv", GOOD)
    path.write_bytes(path.read_bytes() + b"a,b,c\r\n")
    found = read(path)
    assert found.quarantine[["line", "reason"]].to_numpy().tolist() == [[12, "has 3 fields where the header has 10"]]


@pytest.mark.parametrize(
    ("encoding", "says"), [("latin-1", "line 2: byte 0xf6 is not utf-8"), ("utf-16", "like utf-16")]
)
def test_another_encoding_refuses_the_file(tmp_path: Path, encoding: str, says: str) -> None:
    path = results(tmp_path / "r.csv", [row(1, **{"Answer.handle": "Dennis_Schröder"}), *GOOD[1:]], encoding=encoding)
    with pytest.raises(SourceError, match=says) as refused:
        read(path)
    assert "Take the results anew from Mechanical Turk" in str(refused.value)
    assert "mapping" not in str(refused.value), "votes are read without one"


def test_a_file_of_which_too_much_is_bad_loads_nothing(tmp_path: Path) -> None:
    path = results(tmp_path / "r.csv", [*GOOD[:3], row(4, SubmitTime="soon")])
    with pytest.raises(TooManyBadRowsError, match="line 5: SubmitTime is not a time"):
        read(path)


def store_with_athletes() -> Database:
    store = Database.in_memory()
    create_store(store)
    store.append("athletes", pd.DataFrame({"athlete_id": ["ann", "bob"], "name": ["Ann", "Bob"]}))
    store.append("handles", pd.DataFrame({"athlete_id": ["ann"], "platform": ["twitter"], "handle": ["Ann"]}))
    return store


def test_the_same_file_twice_changes_nothing_and_a_newer_one_corrects(tmp_path: Path) -> None:
    with store_with_athletes() as store:
        rows = [*GOOD, row(11, **{"Answer.handle": "=1+1"}), row(12, AssignmentStatus="Submitted")]
        path = results(tmp_path / "batch.csv", rows)
        load.load_results(store, path, datetime(2026, 11, 20))
        first = [store.table(name) for name in ("turk_assignments", "quarantine")]
        load.load_results(store, path, datetime(2026, 11, 20))
        for name, before in zip(("turk_assignments", "quarantine"), first, strict=True):
            pd.testing.assert_frame_equal(store.table(name), before)
        (loaded,) = store.table("imports").to_dict("records")
        assert (loaded["mapping"], loaded["file"], loaded["lines"], loaded["bad_lines"]) == ("turk", "batch.csv", 12, 1)
        load.load_results(store, results(tmp_path / "newer.csv", [row(12, AssignmentStatus="Rejected")]), NOW)
        assert store.count("turk_assignments") == 11
        assert store.table("turk_assignments", where={"assignment_id": "A12"})["status"].item() == "Rejected"


def test_two_batches_in_files_of_one_name_stand_side_by_side(tmp_path: Path) -> None:
    def batch(folder: str, first: int, bad: int = 1) -> Path:
        (tmp_path / folder).mkdir(exist_ok=True)
        rows = [row(number) for number in range(first, first + 10)]
        more = [row(first + 10 + number, **{"Answer.handle": "=1+1"}) for number in range(bad)]
        return results(tmp_path / folder / "results.csv", [*rows, *more])

    with store_with_athletes() as store:
        for path in (batch("jan", 100), batch("feb", 200), batch("mar", 300)):
            load.load_results(store, path, NOW)
        assert store.count("turk_assignments") == 30
        told = store.table("quarantine", ["file", "line"]).sort_values("file").to_numpy().tolist()
        assert told == [["results (2).csv", 12], ["results (3).csv", 12], ["results.csv", 12]]
        # The second one again, with more in it: it replaces its own records and no other's.
        load.load_results(store, batch("feb", 200, bad=2), NOW)
        listed = store.table("imports").set_index("file")["bad_lines"].to_dict()
        assert listed == {"results.csv": 1, "results (2).csv": 2, "results (3).csv": 1}
        # The third one, moved: its content tells that it is the same.
        (tmp_path / "mar" / "results.csv").rename(tmp_path / "results.csv")
        load.load_results(store, tmp_path / "results.csv", NOW)
        assert store.count("imports") == 3
        assert store.count("turk_assignments") == 30


def test_a_refused_file_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    with store_with_athletes() as store:
        load.load_results(store, results(tmp_path / "r.csv", GOOD), datetime(2026, 11, 20))
        with pytest.raises(TooManyBadRowsError):
            load.load_results(store, results(tmp_path / "r.csv", [row(1, SubmitTime="soon")]), datetime(2026, 11, 20))
        assert store.count("turk_assignments") == 10
        assert store.table("imports")["lines"].tolist() == [10]


def test_the_last_vote_of_a_worker_counts_and_rejected_ones_do_not() -> None:
    columns = ["athlete_id", "platform", "worker_id", "answer", "voted_at"]
    votes = pd.DataFrame(
        [("ann", "twitter", "W1", "old", "2026-01-01"), ("ann", "twitter", "W2", "@Ann", "2026-01-02")], columns=columns
    )
    votes["voted_at"] = pd.to_datetime(votes["voted_at"])
    assignments = pd.DataFrame(
        [
            ("A1", "H", "W1", "Approved", "2026-02-01", "ann", "twitter", "https://twitter.com/ANN"),
            ("A2", "H", "W2", "Rejected", "2026-02-01", "ann", "twitter", "nonsense"),
            ("A3", "H", "W3", "Submitted", "2026-02-01", "ann", "twitter", None),
        ],
        columns=turk.TABLE.column_names,
    )
    assignments["submitted_at"] = pd.to_datetime(assignments["submitted_at"])
    found = gathered_votes(votes, assignments).set_index("worker_id")
    assert found["answer"].to_dict() == {"W1": "ann", "W2": "ann", "W3": ""}
    assert found["written"].to_dict() == {"W1": "ANN", "W2": "Ann", "W3": ""}


def test_hits_hold_open_questions_and_gold_and_no_formula(tmp_path: Path) -> None:
    athletes = pd.DataFrame(
        {"athlete_id": [f"a{i}" for i in range(30)], "name": ["=SUM(A1)", *(f"N{i}" for i in range(1, 30))]}
    )
    athletes = athletes.assign(sport="football", league=None, team=None, country=None)
    states = pd.DataFrame(
        {
            "athlete_id": athletes["athlete_id"],
            "platform": "twitter",
            "state": ["contested"] * 4 + ["needs more votes"] * 4 + ["accepted"] * 11 + ["not asked"] * 11,
            "stake_cents": range(30),
            "review_action": [None] * 18 + ["accept"] + [None] * 11,
        }
    )
    flags = pd.DataFrame({"athlete_id": ["a10", "a18", "a20"], "platform": "twitter"})
    known = pd.DataFrame({"athlete_id": ["a28", "a29", "a0"], "platform": "twitter", "answer": ["x", "y", "z"]})
    path = tmp_path / "hits.csv"
    number, of_gold = turk.write_hits(path, states, flags, known, athletes, most=100, gold_share=0.2)
    written = pd.read_csv(path, keep_default_na=False)
    # Open, or flagged and not accepted by a person; and the gold questions that are not open themselves.
    assert set(written["athlete_id"]) == {*(f"a{i}" for i in range(8)), "a10", "a20", "a28", "a29"}
    assert (number, of_gold) == (12, 2)
    assert written.loc[written["athlete_id"] == "a0", "name"].item() == "'=SUM(A1)"
    assert "answer" not in written.columns
    assert not written["athlete_id"].str[1:].astype(int).is_monotonic_increasing
    assert turk.write_hits(path, states, flags, known, athletes, most=3, gold_share=0.2) == (4, 1)
    with pytest.raises(SourceError, match="cannot be written: Cannot save file into a non-existent directory"):
        turk.write_hits(tmp_path / "none" / "hits.csv", states, flags, known, athletes, most=3, gold_share=0.2)
    settled = states.assign(state="accepted")
    assert turk.write_hits(tmp_path / "none.csv", settled, flags.head(0), known, athletes, 3, 0.2) == (0, 0)
    assert not (tmp_path / "none.csv").exists()
