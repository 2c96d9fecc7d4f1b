"""The import: what good files of all kinds become in the store, and that importing twice changes nothing."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from athlete_intel.errors import MappingError, SourceError
from athlete_intel.sources.importer import TableReport, store_path
from athlete_intel.warehouse import Database
from tests.helpers_import import HEADER, NOW, Workspace, small_mapping

README = Path(__file__).parents[1] / "data" / "README.md"
TWO = HEADER + "p1,Ann,2026-01-01,5\np2,Bob,2026-01-02,7\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_rows_become_rows_of_the_contract(workspace: Workspace) -> None:
    report = workspace.run(TWO)
    assert (report.mapping, report.files, report.lines, report.bad_lines, report.skipped) == ("vendor", 1, 2, 0, False)
    assert report.tables == (TableReport("athletes", 2, 0, 0), TableReport("posts", 2, 0, 0))
    expected = pd.DataFrame(
        {
            "platform": ["x", "x"],
            "post_id": ["p1", "p2"],
            "athlete_id": ["ann", "bob"],
            "published_at": pd.to_datetime(["2026-01-01", "2026-01-02"]),
            "likes": [5, 7],
            "reposts": [None, None],
            "replies": [None, None],
            "known_at": pd.to_datetime(["2026-01-02", "2026-01-03"]),
        }
    )
    pd.testing.assert_frame_equal(workspace.table("posts"), expected, check_dtype=False)
    (imported,) = workspace.table("imports").itertuples()
    assert (imported.file, imported.lines, imported.bad_lines, imported.imported_at) == ("posts.csv", 2, 0, NOW)


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=300)])
def test_the_same_import_twice_changes_nothing(workspace: Workspace, later: timedelta) -> None:
    workspace.run(TWO + "p1,Ann,2026-01-01,6\np3,Cy,2026-01-03,many\np4\n")
    before = workspace.dump()
    report = workspace.run(now=NOW + later)
    assert report.skipped
    assert workspace.dump() == before


def test_a_comment_in_the_mapping_changes_nothing(workspace: Workspace) -> None:
    workspace.run(TWO + "p4\n")
    before = workspace.dump()
    workspace.use(small_mapping() + "\n# A comment.\n")
    assert workspace.run(now=NOW + timedelta(days=1)).skipped
    assert workspace.dump() == before


def test_a_new_meaning_of_the_mapping_reads_the_files_anew(workspace: Workspace) -> None:
    workspace.run(TWO)
    workspace.use(small_mapping().replace('likes = "likes"', 'likes = "likes * 2"'))
    report = workspace.run()
    assert report.tables == (TableReport("athletes", 0, 0, 2), TableReport("posts", 0, 2, 0))
    assert workspace.posts() == {"p1": 10, "p2": 14}


def test_a_newer_file_corrects_rows_and_their_quarantine(workspace: Workspace) -> None:
    workspace.run(HEADER + "p1,Ann,2026-01-01,5\np2,Bob,2026-01-02,many\n")
    assert workspace.posts() == {"p1": 5}
    report = workspace.run(TWO.replace(",5", ",6"))
    assert report.tables == (TableReport("athletes", 0, 0, 2), TableReport("posts", 1, 1, 0))
    assert workspace.posts() == {"p1": 6, "p2": 7}
    assert workspace.quarantine() == []


def test_an_older_file_that_comes_back_is_read_again(workspace: Workspace) -> None:
    for likes in (5, 6, 5):
        workspace.run(HEADER + f"p1,Ann,2026-01-01,{likes}\n")
        assert workspace.posts() == {"p1": likes}


def test_a_correction_touches_only_the_columns_that_are_mapped(workspace: Workspace) -> None:
    workspace.use(small_mapping().replace('likes = "likes"', 'likes = "likes"\nreplies = "4"'))
    workspace.run(TWO)
    workspace.use(small_mapping())
    workspace.run(TWO.replace(",5", ",6"))
    assert workspace.table("posts")[["likes", "replies"]].to_numpy().tolist() == [[6, 4], [7, 4]]


def test_of_several_files_the_last_by_name_wins(workspace: Workspace) -> None:
    workspace.use(small_mapping(path="posts-*.csv"))
    workspace.write(HEADER + "p1,Ann,2026-01-01,6\n", "posts-02.csv")
    workspace.write(HEADER + "p1,Ann,2026-01-01,5\np2,Ann,2026-01-01,1\n", "posts-01.csv")
    report = workspace.run()
    assert (report.files, report.lines, report.bad_lines) == (2, 3, 0)
    assert workspace.posts() == {"p1": 6, "p2": 1}
    workspace.write(HEADER + "p1,Ann,2026-01-01,9\n", "posts-03.csv")
    workspace.run()
    assert workspace.posts() == {"p1": 9, "p2": 1}


def test_files_of_the_same_name_in_several_folders_are_kept_apart(workspace: Workspace) -> None:
    workspace.use(small_mapping(path="**/posts.csv"))
    workspace.write(HEADER + "p1,Ann,2026-01-01,5\np3\n", "2026-01/posts.csv")
    workspace.write(HEADER + "p1,Ann,2026-01-01,6\np4\n", "2026-02/posts.csv")
    workspace.run()
    assert workspace.posts() == {"p1": 6}
    assert workspace.table("quarantine")["file"].tolist() == ["2026-01/posts.csv", "2026-02/posts.csv"]
    assert workspace.run().skipped


def test_one_file_under_two_paths_is_refused(workspace: Workspace) -> None:
    files = small_mapping().split("[[files]]")[1]
    workspace.use(f"{small_mapping()}\n[[files]]{files}".replace('"posts.csv"', '"p*.csv"', 1))
    with pytest.raises(MappingError, match=r"the file posts.csv is meant by two paths"):
        workspace.run(TWO)


KEEP = """
[[files.tables]]
table = "athletes"
existing = "keep"
many_rows_a_key = true
[files.tables.columns]
athlete_id = "slug(name)"
name = "upper(name)"
"""


def test_a_complete_source_removes_what_it_no_longer_holds(workspace: Workspace) -> None:
    workspace.use("complete = true\n" + small_mapping(path="*.csv"))
    workspace.write(TWO, "a.csv")
    workspace.write(HEADER + "p3,Cy,2026-01-03,1\np4\n", "b.csv")
    workspace.run()
    (workspace.inbox / "b.csv").unlink()
    assert not workspace.run().skipped
    assert workspace.posts() == {"p1": 5, "p2": 7}
    assert workspace.table("athletes")["name"].tolist() == ["Ann", "Bob"]
    assert (workspace.quarantine(), workspace.table("imports")["file"].tolist()) == ([], ["a.csv"])


def test_what_a_complete_source_removes_cannot_be_referred_to(workspace: Workspace) -> None:
    text = "complete = true\n" + small_mapping().replace(
        'table = "athletes"', 'table = "athletes"\nwhere = "name != \'Bob\'"'
    )
    workspace.use(text.replace("'Bob'", "'Nobody'"))
    workspace.run(TWO)
    workspace.use(text)
    workspace.run()
    assert workspace.posts() == {"p1": 5}
    assert workspace.table("athletes")["name"].tolist() == ["Ann"]
    assert workspace.quarantine() == [(3, "athlete_id", "bob", "is not in the table athletes")]


def test_what_is_there_may_be_kept(workspace: Workspace) -> None:
    head, _, posts = small_mapping().split("[[files.tables]]")
    keep = f"{head}{KEEP}[[files.tables]]{posts}"
    workspace.run(TWO)
    workspace.use(keep)
    report = workspace.run(TWO + "p3,Cy,2026-01-03,1\n")
    assert workspace.table("athletes")["name"].tolist() == ["Ann", "Bob", "CY"]
    assert report.tables[0] == TableReport("athletes", 1, 0, 2)


@pytest.mark.parametrize("keeping_first", [True, False])
def test_two_entries_may_write_the_same_table(workspace: Workspace, keeping_first: bool) -> None:
    head, tables = small_mapping().split("[[files.tables]]", 1)
    whole = f"{head}{KEEP}[[files.tables]]{tables}" if keeping_first else f"{head}[[files.tables]]{tables}{KEEP}"
    workspace.use(whole)
    workspace.run(TWO)
    before = workspace.dump()
    assert workspace.table("athletes")["name"].tolist() == ["Ann", "Bob"]
    workspace.use(whole.replace("rate_cents_per_1000 = 500", "rate_cents_per_1000 = 501"))
    assert not workspace.run().skipped
    after = workspace.dump()
    assert {name: text for name, text in after.items() if name != "mappings"} == {
        name: text for name, text in before.items() if name != "mappings"
    }


def test_many_rows_a_key_take_the_first_of_the_file(workspace: Workspace) -> None:
    workspace.run(HEADER + "p1,ann,2026-01-01,5\np2,ANN,2026-01-02,7\n")
    assert workspace.table("athletes")["name"].tolist() == ["ann"]
    assert workspace.quarantine() == []


def test_rows_that_are_not_wanted_are_left_out_without_a_word(workspace: Workspace) -> None:
    workspace.use(small_mapping().replace('table = "posts"', 'table = "posts"\nwhere = "likes > 5"'))
    workspace.run(TWO)
    assert workspace.posts() == {"p2": 7}
    assert workspace.quarantine() == []


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + TWO,
        TWO.replace("\n", "\r"),
        TWO.replace("\n", "\r\n"),
        TWO.replace("\n", "\n\n"),
        "\n\n" + TWO,
        TWO.removesuffix("\n"),
        TWO.replace("post,", '"post",').replace("Ann", '"Ann"'),
        TWO.replace("post,name", " post , name"),
        TWO.replace(",Ann,", ", Ann ,"),
    ],
    ids=["mark", "cr", "crlf", "blank lines", "blank lines first", "no last end", "quotes", "spaced header", "spaces"],
)
def test_a_file_may_be_written_in_many_ways(workspace: Workspace, content: str) -> None:
    workspace.run(content)
    assert workspace.posts() == {"p1": 5, "p2": 7}
    assert workspace.table("athletes")["name"].tolist() == ["Ann", "Bob"]
    assert workspace.quarantine() == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "UTF8", "mac-roman"])
def test_an_encoding_that_is_named_is_read(workspace: Workspace, encoding: str) -> None:
    workspace.use(small_mapping(file_settings=f'encoding = "{encoding}"'))
    workspace.run((HEADER + "p1,Zoë Ångström,2026-01-01,5\n").encode(encoding))
    assert workspace.table("athletes").to_numpy()[0, :2].tolist() == ["zoe-angstrom", "Zoë Ångström"]


def test_names_of_all_scripts_and_texts_that_look_like_code_stay_what_they_are(workspace: Workspace) -> None:
    names = [
        '=HYPERLINK("http://x","y")',
        "Robert'); DROP TABLE athletes;--",
        "Ünïcödé 🏀",
        "محمد صلاح",
        "大谷 翔平",
        "<script>alert(1)</script>",
        "a\x00b",
        "$name",
        "two\nlines",
    ]
    rows = "".join(f'p{i},"{name.replace(chr(34), chr(34) * 2)}",2026-01-01,{i}\n' for i, name in enumerate(names))
    workspace.run(HEADER + rows)
    assert set(workspace.table("athletes")["name"]) == set(names)
    assert workspace.posts() == {f"p{i}": i for i in range(len(names))}


def test_thousands_blanks_and_words_for_no_value(workspace: Workspace) -> None:
    workspace.use(small_mapping(file_settings='missing = ["n/a", "-"]'))
    workspace.run(
        HEADER + 'p1,Ann,2026-01-01,"1,250"\np2,Ann,2026-01-01,n/a\np3,Ann,2026-01-01,\np4,Ann,2026-01-01,  \n'
    )
    assert workspace.posts() == {"p1": 1250, "p2": None, "p3": None, "p4": None}
    assert workspace.quarantine() == []


def test_times_of_a_zone(workspace: Workspace) -> None:
    workspace.use(small_mapping(file_settings='timezone = "Europe/Berlin"'))
    workspace.run(HEADER + "p1,Ann,2026-01-31 10:00,5\np2,Ann,2025-07-31 10:00,5\np3,Ann,2025-07-31T10:00Z,5\n")
    posts = workspace.table("posts")
    assert posts["published_at"].astype(str).tolist() == [
        "2026-01-31 09:00:00",
        "2025-07-31 08:00:00",
        "2025-07-31 10:00:00",
    ]
    assert (posts["known_at"] - posts["published_at"]).tolist() == [timedelta(days=1)] * 3


def test_another_delimiter(workspace: Workspace) -> None:
    workspace.use(small_mapping(file_settings='delimiter = ";"'))
    workspace.run('post;name;at;likes\np1;"Ann; the first";2026-01-01;5\n')
    assert workspace.table("athletes")["name"].tolist() == ["Ann; the first"]


def test_columns_of_the_same_name_are_numbered(workspace: Workspace) -> None:
    workspace.use(small_mapping().replace('likes = "likes"', "likes = \"column('likes (3)')\""))
    workspace.run("post,name,at,likes,likes (2),likes\np1,Ann,2026-01-01,1,2,3\n")
    assert workspace.posts() == {"p1": 3}


def test_a_header_alone_is_a_file_without_rows(workspace: Workspace) -> None:
    report = workspace.run(HEADER)
    assert (report.lines, report.bad_lines, workspace.posts()) == (0, 0, {})
    assert workspace.run(TWO).tables[1] == TableReport("posts", 2, 0, 0)


def parquet_workspace(folder: Path, table: pa.Table) -> Workspace:
    workspace = Workspace(folder, small_mapping(path="posts.parquet", file_settings='timezone = "Europe/Berlin"'))
    pq.write_table(table, workspace.inbox / "posts.parquet")
    return workspace


AT = pa.array([datetime(2026, 1, 31, 10)] * 2, pa.timestamp("us"))
LIKES = pa.array([5, None], pa.int64())


@pytest.mark.parametrize(
    "likes",
    [
        pa.array([5, None], pa.int64()),
        pa.array([5, None], pa.int8()),
        pa.array([5, None], pa.uint64()),
        pa.array([5.0, None], pa.float32()),
        pa.array([Decimal("5.00"), None], pa.decimal128(9, 2)),
        pa.array(["5", None]),
        pa.array(["5", ""]),
        pa.array(["5", None]).dictionary_encode(),
        pa.array([b"5", None], pa.binary()),
    ],
    ids=lambda array: str(array.type),
)
def test_typed_counts_of_parquet(tmp_path: Path, likes: pa.Array) -> None:
    table = pa.table({"post": ["p1", "p2"], "name": ["Ann", "Zoë"], "at": AT, "likes": likes})
    workspace = parquet_workspace(tmp_path, table)
    report = workspace.run()
    assert (report.lines, report.bad_lines, workspace.posts()) == (2, 0, {"p1": 5, "p2": None})


@pytest.mark.parametrize(
    "at",
    [
        AT,
        pa.array([datetime(2026, 1, 31, 10)] * 2, pa.timestamp("ms")),
        pa.array([datetime(2026, 1, 31, 9)] * 2, pa.timestamp("ns", "UTC")),
        pa.array([datetime(2026, 1, 31, 9)] * 2, pa.timestamp("us", "America/New_York")),
        pa.array(["2026-01-31 10:00"] * 2),
    ],
    ids=lambda array: str(array.type),
)
def test_typed_times_of_parquet(tmp_path: Path, at: pa.Array) -> None:
    table = pa.table({"post": ["p1", "p2"], "name": ["Ann", "Zoë"], "at": at, "likes": LIKES})
    workspace = parquet_workspace(tmp_path, table)
    assert workspace.run().bad_lines == 0
    assert set(workspace.table("posts")["published_at"].astype(str)) == {"2026-01-31 09:00:00"}


def test_long_ids_keep_their_last_digits_beside_gaps(tmp_path: Path) -> None:
    post = pa.array([1234567890123456789, None, 1234567890123456788], pa.int64())
    table = pa.table({"post": post, "name": ["Ann"] * 3, "at": ["2026-01-01"] * 3, "likes": [1, 2, 3]})
    workspace = parquet_workspace(tmp_path, table)
    workspace.run()
    assert workspace.posts() == {"1234567890123456788": 3, "1234567890123456789": 1}
    assert workspace.quarantine() == [(2, "post", None, "is empty")]


def test_what_pandas_stored_as_an_index_is_a_column(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, small_mapping(path="posts.parquet"))
    rows = pd.DataFrame({"post": ["p1"], "name": ["Ann"], "at": ["2026-01-01"], "likes": [5]})
    rows.set_index("post").to_parquet(workspace.inbox / "posts.parquet")
    workspace.run()
    assert workspace.posts() == {"p1": 5}


def test_columns_of_the_same_name_in_parquet_and_words_for_no_value(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, small_mapping(path="posts.parquet", file_settings='missing = ["n/a"]'))
    columns = [pa.array(["p1"]), pa.array(["Ann"]), pa.array(["2026-01-01"]), pa.array(["n/a"]), pa.array(["6"])]
    pq.write_table(pa.table(columns, names=["post", "name", "at", "likes", "likes"]), workspace.inbox / "posts.parquet")
    workspace.run()
    assert workspace.posts() == {"p1": None}


def test_parquet_without_rows(tmp_path: Path) -> None:
    table = pa.table({"post": ["p1"], "name": ["Ann"], "at": ["2026-01-01"], "likes": [1]}).slice(0, 0)
    workspace = parquet_workspace(tmp_path, table)
    assert workspace.run().lines == 0


TOTALS = """
name = "totals"
title = "Totals"
max_bad_share = 1.0
[outcome]
name = "engagements"
label = "Engagements"
window_days = 1
rate_cents_per_1000 = 1
[features.points]
label = "Points"
[features.salary]
label = "Salary"
scale = "log"
[[files]]
path = "posts.csv"
timezone = "Europe/Berlin"
[[files.tables]]
table = "athletes"
[files.tables.columns]
athlete_id = "name"
name = "name"
[[files.tables]]
table = "features_as_of"
[files.tables.columns]
athlete_id = "name"
as_of = "time('2026-01-31')"
[files.tables.features]
points = "pts"
salary = "pay / 100"
"""


def test_signals_become_rows_and_an_empty_one_has_none(workspace: Workspace) -> None:
    workspace.use(TOTALS)
    workspace.run("name,pts,pay\nann,1.5,200\nbob,  ,x\ncy,many,\n")
    found = workspace.table("features_as_of")
    assert found.assign(as_of=found["as_of"].astype(str)).to_numpy().tolist() == [
        ["ann", "2026-01-31", "points", 1.5],
        ["ann", "2026-01-31", "salary", 2.0],
    ]
    assert workspace.quarantine() == [(3, "pay", "x", "is not a number"), (4, "pts", "many", "is not a number")]
    assert workspace.table("feature_labels").to_numpy().tolist() == [
        ["points", "Points", "linear"],
        ["salary", "Salary", "log"],
    ]


def test_another_outcome_needs_another_workspace(workspace: Workspace) -> None:
    workspace.run(TWO)
    before = workspace.dump()
    workspace.use(TOTALS.replace('name = "engagements"', 'name = "views"'))
    with pytest.raises(MappingError, match="calls the outcome 'views', but the workspace holds 'engagements'"):
        workspace.run("name,pts,pay\nann,1,2\n")
    assert workspace.dump() == before


def test_a_file_beside_the_mapping(workspace: Workspace) -> None:
    workspace.use(small_mapping(file_settings="beside_mapping = true"))
    (workspace.mapping_file.parent / "posts.csv").write_text(TWO, encoding="utf-8")
    workspace.run()
    assert workspace.posts() == {"p1": 5, "p2": 7}


def test_progress_counts_the_rows_of_each_file(workspace: Workspace) -> None:
    from athlete_intel.sources.importer import import_files
    from athlete_intel.sources.mapping import load_mapping
    from athlete_intel.warehouse import Database

    workspace.write(TWO)
    seen: list[tuple[str, int]] = []
    with Database.in_memory() as store:
        mapping = load_mapping(str(workspace.mapping_file))
        import_files(store, mapping, workspace.inbox, NOW, progress=lambda file, lines: seen.append((file, lines)))
    assert seen == [("posts.csv", 2)]


def test_more_rows_than_one_chunk_holds(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("athlete_intel.sources.read.CHUNK_ROWS", 2)
    rows = [f"p{i},Ann,2026-01-01,{i}" for i in range(7)]
    rows[4] = "p4,Ann"
    rows[6] = "p1,Ann,2026-01-01,99"
    report = workspace.run(HEADER + "\n".join(rows))
    assert (report.lines, workspace.posts()) == (7, {"p0": 0, "p1": 1, "p2": 2, "p3": 3, "p5": 5})
    assert [line for line, *_ in workspace.quarantine()] == [6, 8]


def test_the_example_of_the_readme_works(tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    content, mapping = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)[0] for kind in ("", "toml"))
    workspace = Workspace(tmp_path, mapping)
    workspace.run(content.encode("cp1252"))
    posts = workspace.table("posts")
    assert posts[["platform", "post_id", "athlete_id", "likes", "reposts"]].to_numpy().tolist() == [
        ["instagram", "77", "zoe-ann", 1250, 12]
    ]
    assert posts["published_at"].tolist() == [pd.Timestamp("2026-01-31 09:00")]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda inbox: None, "No file posts.csv in .*inbox; name the folder that holds it with --from"),
        (lambda inbox: (inbox / "posts.csv").mkdir(), r"posts.csv is a folder, so write posts.csv/\* in the mapping"),
        (lambda inbox: inbox.rmdir(), "There is no folder .*inbox; name the one that holds posts.csv with --from"),
    ],
)
def test_a_file_that_is_not_there(workspace: Workspace, make: object, message: str) -> None:
    make(workspace.inbox)  # type: ignore[operator]
    with pytest.raises(SourceError, match=message):
        workspace.run()


def test_a_file_that_may_not_be_read(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.write(TWO)
    real_open = Path.open

    def refusing(path: Path, *arguments: object, **options: object) -> object:
        if path.name == "posts.csv":
            raise PermissionError(13, "Permission denied")
        return real_open(path, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refusing)
    with pytest.raises(SourceError, match=r"posts.csv cannot be read: Permission denied"):
        workspace.run()


def test_a_store_of_an_older_version_gets_the_columns_that_were_added(workspace: Workspace) -> None:
    workspace.run(TWO)
    before = workspace.table("posts")
    with Database(store_path(workspace.home)) as store:
        store.execute("ALTER TABLE posts DROP COLUMN replies")
    workspace.run(TWO + "p3,Cy,2026-01-03,9\n")
    after = workspace.table("posts").sort_values("post_id", ignore_index=True)
    pd.testing.assert_frame_equal(after.head(2)[before.columns], before, check_dtype=False)
    assert after["likes"].tolist() == [5, 7, 9]
