"""Bad input: what is marked, what is refused whole, and that nobody ever sees a stack trace."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from athlete_intel.errors import AthleteIntelError, MappingError, SourceError, TooManyBadRowsError
from athlete_intel.sources.importer import store_path
from tests.helpers_import import HEADER, NOW, Workspace, small_mapping

GOOD = "p1,Ann,2026-01-01,5\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("p2,Ann,2026-01-01,many\n", [(3, "likes", "many", "is not a number")]),
        ("p2,Ann,2026-01-01,-1\n", [(3, "likes", "-1", "is below 0")]),
        ("p2,Ann,2026-01-01,1.5\n", [(3, "likes", "1.5", "is not a whole number")]),
        ("p2,Ann,2026-01-01,1e308\n", [(3, "likes", "1e308", "is above 1,000,000,000,000")]),
        ("p2,Ann,2026-01-01,9223372036854775808\n", [(3, "likes", str(2**63), "is above 1,000,000,000,000")]),
        ("p2,Ann,2026-01-01,nan\n", [(3, "likes", "nan", "is not a number")]),
        ("p2,Ann,2026-03-02,5\n", [(3, "at", "2026-03-02", "lies in the future")]),
        ("p2,Ann,2016-02-30,5\n", [(3, "at", "2016-02-30", "is not a time")]),
        ("p2,Ann,now,5\n", [(3, "at", "now", "is not a time")]),
        ("p2,Ann,,5\n", [(3, "at", None, "is empty")]),
        (",Ann,2026-01-01,5\n", [(3, "post", None, "is empty")]),
        ("p2,!!!,2026-01-01,5\n", [(3, "name", None, "is empty")]),
        (f"{'p' * 201},Ann,2026-01-01,5\n", [(3, "post", "p" * 200, "is longer than 200 characters")]),
        ("p2,Ann,2026-01-01\n", [(3, "-", None, "has 3 fields where the header has 4")]),
        ("p2,Ann,2026-01-01,5,6\n", [(3, "-", None, "has 5 fields where the header has 4")]),
        ("p2,A", [(3, "-", None, "has 2 fields where the header has 4")]),
        ('p2,"Ann"a,2026-01-01,5\n', [(3, "-", None, "cannot be taken apart: ',' expected after '\"'")]),
        (
            "p1,Ann,2026-01-02,6\n",
            [(3, "platform, post_id", "x, p1", "stands twice; the first, on line 2, is kept")],
        ),
        (
            'p2,"two\nlines",2026-01-01,many\np3,Ann,2026-01-01,x\n',
            [(3, "likes", "many", "is not a number"), (5, "likes", "x", "is not a number")],
        ),
        ("\n\np2,Ann,2026-01-01,x\n", [(5, "likes", "x", "is not a number")]),
        (
            "p2,Ann,soon,many\n",
            [(3, "at", "soon", "is not a time"), (3, "likes", "many", "is not a number")],
        ),
    ],
)
def test_a_bad_row_stays_out_and_says_why(workspace: Workspace, rows: str, expected: list[tuple[object, ...]]) -> None:
    workspace.run(HEADER + GOOD + rows)
    assert workspace.posts() == {"p1": 5}
    assert workspace.quarantine() == expected
    assert workspace.table("imports")[["file", "bad_lines"]].to_numpy().tolist() == [
        ["posts.csv", len({line for line, *_ in expected})]
    ]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=["lf", "cr", "crlf"])
def test_lines_are_counted_whatever_their_end(workspace: Workspace, end: str) -> None:
    rows = 'p2,"two\nlines",2026-01-01,x\n\np3,Ann\np4,Ann,2026-01-01,y\np1,Ann,2026-01-01,5\n'
    workspace.run((HEADER + GOOD + rows).replace("\n", end))
    assert [line for line, *_ in workspace.quarantine()] == [3, 6, 7, 8]


def test_a_condition_that_cannot_be_judged_is_marked(workspace: Workspace) -> None:
    workspace.use(small_mapping().replace('table = "posts"', 'table = "posts"\nwhere = "likes > 3"'))
    workspace.run(HEADER + GOOD + "p2,Ann,2026-01-01,many\np3,Ann,2026-01-01,1\n")
    assert workspace.posts() == {"p1": 5}
    assert workspace.quarantine() == [(3, "likes", "many", "is not a number")]


def test_the_first_good_row_of_a_key_is_kept(workspace: Workspace) -> None:
    workspace.run(HEADER + "p1,Ann,2026-01-01,many\np1,Ann,2026-01-01,6\np1,Ann,2026-01-01,7\n")
    assert workspace.posts() == {"p1": 6}
    assert [line for line, *_ in workspace.quarantine()] == [2, 4]


def test_a_clock_change_is_marked(workspace: Workspace) -> None:
    workspace.use(small_mapping(file_settings='timezone = "Europe/Berlin"'))
    workspace.run(HEADER + "p1,Ann,2025-03-30 02:30,5\np2,Ann,2025-03-30 02:30+02:00,6\n")
    assert workspace.posts() == {"p2": 6}
    reason = "does not exist or comes twice in Europe/Berlin, where the clocks change"
    assert workspace.quarantine() == [(2, "at", "2025-03-30 02:30", reason)]


ORPHANS = """
name = "vendor"
title = "Posts"
max_bad_share = 1.0
[outcome]
name = "engagements"
label = "Engagements"
window_days = 7
rate_cents_per_1000 = 1
[[files]]
path = "{path}"
[[files.tables]]
table = "{table}"
[files.tables.columns]
{columns}
"""
POSTS_ONLY = ORPHANS.format(
    path="posts.csv",
    table="posts",
    columns='platform = "\'x\'"\npost_id = "post"\nathlete_id = "slug(name)"\npublished_at = "at"\nlikes = "likes"',
)
ATHLETES_ONLY = ORPHANS.format(
    path="who.csv", table="athletes", columns='athlete_id = "slug(name)"\nname = "name"'
).replace('"vendor"', '"who"')


def test_posts_of_an_unknown_athlete_wait_for_the_athlete(workspace: Workspace) -> None:
    workspace.use(POSTS_ONLY)
    workspace.run(HEADER + GOOD)
    assert workspace.posts() == {}
    assert workspace.quarantine() == [(2, "athlete_id", "ann", "is not in the table athletes")]
    before = workspace.dump()
    workspace.run(now=NOW + timedelta(days=1))
    assert workspace.dump() == before
    workspace.use(ATHLETES_ONLY)
    workspace.write("name\nAnn\n", "who.csv")
    workspace.run()
    workspace.use(POSTS_ONLY)
    assert not workspace.run().skipped
    assert workspace.posts() == {"p1": 5}
    assert workspace.quarantine() == []
    assert workspace.run().skipped


def test_a_row_of_the_future_is_loaded_when_its_day_has_come(workspace: Workspace) -> None:
    workspace.run(HEADER + GOOD + "p2,Ann,2026-03-02,6\n")
    assert workspace.posts() == {"p1": 5}
    workspace.run(now=NOW + timedelta(days=1))
    assert workspace.posts() == {"p1": 5, "p2": 6}
    assert workspace.quarantine() == []


def test_a_corrected_file_among_several_clears_its_own_rows_only(workspace: Workspace) -> None:
    workspace.use(small_mapping(path="*.csv"))
    workspace.write(HEADER + "p1,Ann,2026-01-01,x\n", "a.csv")
    workspace.write(HEADER + "p2,Ann,2026-01-01,y\n", "b.csv")
    workspace.run()
    workspace.write(HEADER + "p1,Ann,2026-01-01,1\n", "a.csv")
    workspace.run()
    assert workspace.posts() == {"p1": 1}
    assert workspace.table("quarantine")[["file", "value"]].to_numpy().tolist() == [["b.csv", "y"]]


# What is refused whole


CSV_CASES = [
    (b"", SourceError, r"posts.csv is empty \(0 bytes\)"),
    (b"\n\n \n", MappingError, "has no column"),
    (b"\n\n\n", SourceError, "posts.csv is blank"),
    (b"\xef\xbb\xbf", SourceError, "posts.csv is blank"),
    (b"post,name,at\np1,Ann,2026-01-01\n", MappingError, "the file posts.csv has no column 'likes'; it has post, name"),
    (b"post,name,at,like\n", MappingError, "no column 'likes'; did you mean 'like'"),
    (b"post;name;at;likes\np1;Ann;2026-01-01;5\n", MappingError, "semicolons may part .* set delimiter = ';'"),
    (b"post\tname\tat\tlikes\n", MappingError, r"tabs may part its columns: set delimiter = '\\t'"),
    (b'"post";"name";"at";"likes"\n', SourceError, "no header line that can be read .* semicolons or tabs or bars"),
    (HEADER.encode() + b'p1,"Ann,2026-01-01,5\np2,Bob,', SourceError, "a quote opened on line 2 is never closed"),
    (
        HEADER.encode() + b'p1,Ann,2026-01-01,5\np2,"' + b"x" * 1_000_001,
        SourceError,
        "opened on line 3 is never closed",
    ),
    (b'"post,name', SourceError, "no header line that can be read"),
    (
        HEADER.encode() + b"p1,Ann,2026-01-01,5\np2,Zo\xeb,2026-01-01,5\n",
        SourceError,
        "posts.csv, line 3: byte 0xeb is not utf-8; set the right encoding in the mapping .*cp1252",
    ),
    (
        HEADER.encode().replace(b"\n", b"\r") + b"p1,Ann,2026-01-01,5\rp2,Zo\xeb,2026-01-01,5\r",
        SourceError,
        "line 3: byte 0xeb is not utf-8",
    ),
    (b"p\xf6st,name,at,likes\n", SourceError, "line 1: byte 0xf6 is not utf-8"),
    ((HEADER + GOOD).encode("utf-16"), SourceError, r"is not utf-8; .*\(the file begins like utf-16\)"),
]


@pytest.mark.parametrize(("content", "kind", "message"), CSV_CASES)
def test_a_csv_that_cannot_be_read_is_said_in_a_sentence(
    workspace: Workspace, content: bytes, kind: type[AthleteIntelError], message: str
) -> None:
    workspace.run(HEADER + "p0,Zed,2026-01-01,5\n")
    before = workspace.dump()
    with pytest.raises(kind, match=message) as error:
        workspace.run(content)
    assert len(str(error.value).splitlines()) == 1
    assert workspace.dump() == before


def test_the_line_of_a_wrong_byte_is_right_in_a_long_file(workspace: Workspace) -> None:
    rows = [f"p{i},Ann,2026-01-01,5\n".encode() for i in range(20_000)]
    rows[15_000] = b"p,Zo\xeb,2026-01-01,5\n"
    with pytest.raises(SourceError, match="line 15002: byte 0xeb is not utf-8"):
        workspace.run(HEADER.encode() + b"".join(rows))


@pytest.mark.parametrize(
    ("encoding", "content", "message"),
    [
        ("utf-16", (HEADER + GOOD).encode(), "its bytes are not utf-16|is not utf-16"),
        ("utf-16", (HEADER + GOOD).encode("utf-16")[:-1], "is not utf-16"),
        ("cp1252", b"post,name,at,likes\np1,\x81,2026-01-01,5\n", "line 2: byte 0x81 is not cp1252"),
        ("ascii", (HEADER + "p1,Zoë,2026-01-01,5\n").encode(), "line 2: byte 0xc3 is not ascii"),
    ],
)
def test_another_encoding_than_the_mapping_says(
    workspace: Workspace, encoding: str, content: bytes, message: str
) -> None:
    workspace.use(small_mapping(file_settings=f'encoding = "{encoding}"'))
    with pytest.raises(SourceError, match=message):
        workspace.run(content)


def test_a_damaged_parquet_is_refused(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, small_mapping(path="posts.parquet"))
    path = workspace.inbox / "posts.parquet"
    columns = {"post": ["p1"], "name": ["Ann"], "at": ["2026-01-01"], "likes": [5]}
    pq.write_table(pa.table(columns), path)
    whole = path.read_bytes()
    workspace.run()
    before = workspace.dump()
    for content, message in [
        (b"", r"posts.parquet is empty \(0 bytes\)"),
        (whole[:-1], "posts.parquet is not a whole Parquet file: "),
        (whole[: len(whole) // 2], "is not a whole Parquet file: "),
        (whole[:4], "is not a whole Parquet file: "),
        (b"PAR1" + b"\0" * 100 + b"PAR1", "is not a whole Parquet file: "),
        ((HEADER + GOOD).encode(), "is not a whole Parquet file: "),
    ]:
        workspace.write(content, "posts.parquet")
        with pytest.raises(SourceError, match=message) as error:
            workspace.run()
        assert len(str(error.value).splitlines()) == 1
        assert workspace.dump() == before
    pq.write_table(pa.table(columns).rename_columns(["post", "names", "at", "likes"]), path)
    with pytest.raises(MappingError, match="no column 'name'; did you mean 'names'"):
        workspace.run()
    assert workspace.dump() == before


def test_typed_parquet_values_that_break_the_contract_are_marked(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, small_mapping(path="posts.parquet"))
    at = pa.array([1_767_225_600_000, 10**15, 1_800_000_000_000, None], pa.timestamp("ms"))
    likes = pa.array([2**63, 1, 1, 1], pa.uint64())
    table = pa.table({"post": ["p1", "p2", "p3", "p4"], "name": ["Ann"] * 4, "at": at, "likes": likes})
    pq.write_table(table, workspace.inbox / "posts.parquet")
    workspace.run()
    assert [(line, column, reason) for line, column, _, reason in workspace.quarantine()] == [
        (1, "likes", "is above 1,000,000,000,000"),
        (2, "at", "is not a time"),
        (3, "at", "lies in the future"),
        (4, "at", "is empty"),
    ]


def test_too_many_bad_rows_load_nothing_and_leave_a_list(workspace: Workspace) -> None:
    workspace.use(small_mapping(share=0.5))
    workspace.run(HEADER + GOOD + "p2,Ann,2026-01-01,x\n")
    before = workspace.dump()
    rows = "p1,Ann,2026-01-01,9\np2,Ann,2026-01-01,=1+1\np3,Bob,2026-01-01,-5\np4,Cy\n"
    with pytest.raises(TooManyBadRowsError) as error:
        workspace.run(HEADER + rows)
    refused = workspace.home / "refused-vendor.csv"
    assert str(error.value) == (
        "posts.csv: 3 of 4 rows are bad, more than the 50.0% that the mapping allows, so nothing was loaded; "
        f"most often likes is not a number (line 3: '=1+1'). All of them are in {refused}."
    )
    assert workspace.dump() == before
    listed = pd.read_csv(refused)
    assert listed[["line", "value"]].fillna("").to_numpy().tolist() == [[3, "'=1+1"], [4, "-5"], [5, ""]]


def test_lines_that_are_no_rows_are_named_as_such(workspace: Workspace) -> None:
    workspace.use(small_mapping(share=0.1))
    with pytest.raises(TooManyBadRowsError, match=r"most often a line has 2 fields where the header has 4 \(line 2\)"):
        workspace.run(HEADER + "p4,Cy\n" + GOOD)


@pytest.mark.parametrize(("bad", "refused"), [(0, False), (29, False), (30, True)])
def test_the_limit_is_the_share_itself(workspace: Workspace, bad: int, refused: bool) -> None:
    workspace.use(small_mapping(share=0.29))
    rows = [f"p{i},Ann,2026-01-01,{'x' if i < bad else 1}\n" for i in range(100)]
    if refused:
        with pytest.raises(TooManyBadRowsError, match=r"30 of 100 rows are bad, more than the 29\.0%"):
            workspace.run(HEADER + "".join(rows))
    else:
        assert workspace.run(HEADER + "".join(rows)).bad_lines == bad


def test_one_bad_file_of_several_loads_nothing_of_any(workspace: Workspace) -> None:
    workspace.use(small_mapping(path="*.csv", share=0.5))
    workspace.write(HEADER + GOOD, "a.csv")
    workspace.write(HEADER + "p2,Bob,soon,1\n", "b.csv")
    with pytest.raises(TooManyBadRowsError, match=r"^b.csv: 1 of 1 rows are bad"):
        workspace.run()
    assert {name: text.count("\n") for name, text in workspace.dump().items() if text.count("\n") > 1} == {}


# What interrupts


def test_an_interruption_in_the_middle_changes_nothing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.run(HEADER + GOOD)
    before = workspace.dump()

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("athlete_intel.sources.importer._replace_rows", interrupted)
    with pytest.raises(KeyboardInterrupt):
        workspace.run(HEADER + "p1,Ann,2026-01-01,6\n")
    monkeypatch.undo()
    assert workspace.dump() == before
    workspace.run()
    assert workspace.posts() == {"p1": 6}


SLOW_IMPORT = """
import signal, sys, time
from pathlib import Path
from athlete_intel.sources import importer
from tests.helpers_import import NOW
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Database

# Whatever a shell starts in the background ignores Ctrl-C, and so would we, when the tests run there.
signal.signal(signal.SIGINT, signal.default_int_handler)

def slow(*arguments):
    print("merged", flush=True)
    time.sleep(60)

importer._replace_rows, whole = slow, importer._replace_rows
importer._record_mapping = lambda *arguments: None
with Database(Path(sys.argv[3])) as store:
    importer.import_files(store, load_mapping(sys.argv[1]), Path(sys.argv[2]), NOW)
"""


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_import_leaves_the_store_as_it_was(workspace: Workspace, signal_: signal.Signals) -> None:
    workspace.run(HEADER + GOOD)
    before = workspace.dump()
    workspace.write(HEADER + "p1,Ann,2026-01-01,6\np2,Bob,2026-01-01,7\n")
    arguments = [workspace.mapping_file, workspace.inbox, store_path(workspace.home)]
    root = Path(__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_IMPORT, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "merged\n"
        os.kill(process.pid, signal_)
        process.wait(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert workspace.dump() == before
    workspace.run()
    assert workspace.posts() == {"p1": 6, "p2": 7}


# Anything at all

PIECES = [b"post,name,at,likes", b"p1", b"Ann", b"2026-01-01", b",", b";", b'"', b"\n", b"\r", b"\0", b"\xff", b"1e999"]
RANDOM_FILES = st.binary(max_size=200) | st.lists(st.sampled_from(PIECES) | st.binary(max_size=3)).map(b"".join)


@pytest.fixture(scope="module")
def shared_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("random"))


@settings(max_examples=60)
@given(RANDOM_FILES.map(lambda rest: b"" + rest), st.booleans())
@example(b"\n".join([b"p1,Ann,2026-01-01,5"] * 3), True)
@example(b"a,a,a (2),a", False)
@example(b"\xff\xfe\0", False)
def test_any_bytes_are_imported_or_refused(shared_workspace: Workspace, content: bytes, with_header: bool) -> None:
    message = "imported"
    try:
        shared_workspace.run((HEADER.encode() if with_header else b"") + content)
    except AthleteIntelError as error:
        message = str(error)
    assert len(message.splitlines()) == 1


@settings(max_examples=60)
@given(st.data())
def test_any_damaged_parquet_is_imported_or_refused(shared_workspace: Workspace, data: st.DataObject) -> None:
    path = shared_workspace.inbox / "whole.parquet"
    if not path.is_file():
        columns = {"post": ["p1", None], "name": ["Ann", "Bob"], "at": ["2026-01-01", "x"], "likes": [5, 2**60]}
        pq.write_table(pa.table(columns), path)
        shared_workspace.use(small_mapping(path="damaged.parquet"))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    shared_workspace.use(small_mapping(path="damaged.parquet"))
    shared_workspace.write(bytes(content[: data.draw(st.integers(0, len(content)))]), "damaged.parquet")
    message = "imported"
    try:
        shared_workspace.run()
    except AthleteIntelError as error:
        message = str(error)
    shared_workspace.use(small_mapping())
    assert len(message.splitlines()) == 1


def test_a_large_file_is_read_in_reasonable_time(workspace: Workspace) -> None:
    rows = "".join(f"p{i},Ann {i % 500},2026-01-01,{i}\n" for i in range(50_000))
    began = time.monotonic()
    assert workspace.run(HEADER + rows).lines == 50_000
    assert time.monotonic() - began < 30


def test_dots_that_may_set_off_thousands_are_not_guessed_at(workspace: Workspace) -> None:
    report = workspace.run(HEADER + "p1,Ann,2026-01-01,1.000\np2,Ann,2026-01-01,1000\n")
    assert (report.lines, report.bad_lines) == (2, 1)
    (reason,) = workspace.table("quarantine")["reason"]
    assert "decimal = ','" in reason
    assert workspace.posts() == {"p2": 1000}


def test_a_decimal_comma_is_said_in_the_mapping(workspace: Workspace) -> None:
    workspace.use(small_mapping(file_settings='decimal = ","'))
    assert workspace.run(HEADER + 'p1,Ann,2026-01-01,1.000\np2,Ann,2026-01-01,"12,0"\n').bad_lines == 0
    assert workspace.posts() == {"p1": 1000, "p2": 12}
