"""Mappings: what is read from the TOML file, and one sentence for every mistake in it."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athlete_intel.errors import MappingError
from athlete_intel.sources.mapping import load_mapping, shipped_names
from tests.helpers_import import small_mapping

GOOD = small_mapping(file_settings='encoding = "cp1252"\ntimezone = "Europe/Berlin"\nmissing = ["n/a"]')


def loaded(folder: Path, text: str) -> object:
    path = folder / "vendor.toml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(str(path))


def test_a_mapping_is_read(tmp_path: Path) -> None:
    (tmp_path / "vendor.toml").write_text(GOOD, encoding="utf-8")
    mapping = load_mapping(str(tmp_path / "vendor.toml"))
    (file,) = mapping.files
    athletes, posts = file.tables
    assert (mapping.name, mapping.source, mapping.made_up, mapping.folder) == ("vendor", "not stated", False, tmp_path)
    assert (mapping.outcome.name, mapping.outcome.unit, mapping.outcome.window_days) == ("engagements", "", 7)
    assert (file.path, file.format, file.encoding, file.delimiter) == ("posts.csv", "csv", "cp1252", ",")
    assert (file.timezone, file.missing, file.beside_mapping) == ("Europe/Berlin", ("n/a",), False)
    assert (athletes.table.name, athletes.many_rows_a_key, athletes.keep_existing) == ("athletes", True, False)
    assert {name: expression.text for name, expression in posts.columns.items()} == {
        "platform": "'x'",
        "post_id": "post",
        "athlete_id": "slug(name)",
        "published_at": "at",
        "likes": "likes",
    }


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_mapping_loads_and_is_named_like_its_file(name: str) -> None:
    assert load_mapping(name).name == name


def test_the_fingerprint_is_of_what_the_mapping_says(tmp_path: Path) -> None:
    def fingerprint(text: str) -> str:
        (tmp_path / "vendor.toml").write_text(text, encoding="utf-8")
        return load_mapping(str(tmp_path / "vendor.toml")).sha256

    before = fingerprint(GOOD)
    assert fingerprint(f"# A comment.\n\n{GOOD}\n# Another.") == before
    assert fingerprint(GOOD.replace("\n", "\r\n")) == before
    assert fingerprint("\ufeff" + GOOD) == before
    assert fingerprint(GOOD.replace("slug(name)", "lower(name)")) != before


def test_a_file_in_the_working_folder_does_not_hide_a_shipped_mapping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nba2017").write_text("not a mapping", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_mapping("nba2017").title == "NBA 2016-17"


@pytest.mark.parametrize("name", ["nba", "no/where.toml", "", ".", "x" * 5000, "a\0b"])
def test_a_mapping_that_is_not_there_is_said_in_a_sentence(name: str) -> None:
    with pytest.raises(MappingError, match="mapping"):
        load_mapping(name)


def test_a_mistyped_name_is_answered_with_the_closest() -> None:
    with pytest.raises(MappingError, match="did you mean facebook_pages"):
        load_mapping("facebok_pages")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[outcome]", "[outcome", "is not valid TOML"),
        ('name = "vendor"', "", "vendor.toml: 'name' is missing"),
        ('name = "vendor"', "name = 5", "'name' is 5; it must be a text"),
        ('name = "vendor"', 'name = "../vendor"', "must be letters, digits"),
        ('name = "vendor"', 'name = ""', "must be letters, digits"),
        ("max_bad_share = 1.0", "max_bad_share = nan", "max_bad_share is nan; it must be 0 to 1"),
        ("max_bad_share = 1.0", "max_bad_share = -0.1", "must be 0 to 1"),
        ("max_bad_share = 1.0", "max_bad_share = true", "'max_bad_share' is True; it must be a number"),
        ("max_bad_share", "max_bad_shares", "no setting 'max_bad_shares' here; did you mean 'max_bad_share'"),
        ("[outcome]", "[outcomes]", "'outcome' is missing"),
        ("window_days = 7", "window_days = 0", "window_days is 0"),
        ("window_days = 7", f"window_days = {10**30}", "it must be 1 to 3660"),
        ("window_days = 7", "window_days = 7.5", "must be a whole number"),
        ("window_days = 7", "window_days = true", "must be a whole number"),
        ("rate_cents_per_1000 = 500", "rate_cents_per_1000 = -1", "rate_cents_per_1000 is -1"),
        ("rate_cents_per_1000 = 500", f"rate_cents_per_1000 = {2**63}", "it must be 0 to"),
        ('path = "posts.csv"', 'path = "/posts.csv"', "must be relative"),
        ('path = "posts.csv"', 'path = ""', "must be relative"),
        ('path = "posts.csv"', 'path = "**posts.csv"', "must be relative"),
        ('path = "posts.csv"', 'path = "a\\u0000"', "must be relative"),
        ('encoding = "cp1252"', 'encoding = "cp9999"', "no encoding 'cp9999'; write it as in 'utf-8'"),
        ('encoding = "cp1252"', 'encoding = "base64"', "no encoding 'base64'"),
        ('encoding = "cp1252"', 'encoding = "undefined"', "no encoding 'undefined'"),
        ('encoding = "cp1252"', 'encoding = "cp\\u00001252"', "no encoding"),
        ('timezone = "Europe/Berlin"', 'timezone = "Berlin"', "no time zone 'Berlin'; write it as in 'Europe/Berlin'"),
        ('timezone = "Europe/Berlin"', 'timezone = "../etc"', "no time zone"),
        ('timezone = "Europe/Berlin"', 'timezone = "Europe"', "no time zone"),
        ('timezone = "Europe/Berlin"', 'timezone = ""', "no time zone"),
        ('timezone = "Europe/Berlin"', 'delimiter = ""', "the delimiter is ''"),
        ('timezone = "Europe/Berlin"', 'delimiter = ";;"', "the delimiter is ';;'"),
        ('timezone = "Europe/Berlin"', "delimiter = '\"'", "must be one character"),
        ('timezone = "Europe/Berlin"', 'delimiter = "\\n"', "must be one character"),
        ('timezone = "Europe/Berlin"', 'format = "xlsx"', "the format is 'xlsx'; it must be csv or parquet"),
        ('missing = ["n/a"]', "missing = [0]", "'missing' holds 0; write it in quotes"),
        ('missing = ["n/a"]', "missing = [[]]", "'missing' holds"),
        ('missing = ["n/a"]', 'missing = "n/a"', "it must be a list"),
        ('table = "posts"', 'table = "post"', "no table 'post'; did you mean 'posts'"),
        ('table = "posts"', 'table = "xyz"', "no table 'xyz'; there are athletes, handles"),
        ('table = "posts"', 'table = "posts"\nexisting = "merge"', "must be replace or keep"),
        ('table = "posts"', 'table = "posts"\nwhere = "likes >"', "is not an expression"),
        ('table = "posts"', 'table = "posts"\nwhere = 5', "'where' is 5; it must be a text"),
        ('table = "posts"', 'table = "posts"\nfeatures = {a = "b"}', "only the table features_as_of takes features"),
        ('published_at = "at"', "", "the column 'published_at' must be given"),
        ('published_at = "at"', 'publishd_at = "at"', "no column 'publishd_at'; did you mean 'published_at'"),
        ('published_at = "at"', 'published_at = "timee(at)"', "no function timee in .*; did you mean time"),
        ('published_at = "at"', "published_at = 5", "'published_at' is 5; it must be an expression in quotes"),
        ('likes = "likes"', 'likes = "likes.sum()"', "cannot stand in"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(MappingError, match=message) as error:
        loaded(tmp_path, GOOD.replace(old, new, 1))
    assert "vendor.toml" in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'files' is missing"),
        ("files = []", "'outcome' is missing"),
        ("files = [1]", "1 stands where a section with settings must stand"),
        ('files = ["posts.csv"]', "'posts.csv' stands where"),
        ("files = {}", "'files' is {}; it must be a list"),
        ('features = {a = "b"}', "'b' stands where"),
        ('features = {a = {label = "A", scale = "sqrt"}}', "the scale is 'sqrt'; it must be one of log, linear"),
        ('[[files]]\npath = "a.csv"', "'tables' is missing"),
        ('[[files]]\npath = "a.csv"\ntables = []', "'tables' is empty"),
        ('[[files]]\npath = "a.csv"\ntables = [[]]', "stands where"),
        ("[" * 5000, "is not valid TOML"),
        ("a = " + "[" * 5000, "is not valid TOML"),
    ],
)
def test_a_mapping_of_another_shape_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        loaded(tmp_path, text)


def test_a_mapping_without_files_is_refused(tmp_path: Path) -> None:
    head = GOOD.split("[[files]]")[0]
    with pytest.raises(MappingError, match="'files' is empty"):
        loaded(tmp_path, f"files = []\n{head}")


def test_a_mapping_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vendor.toml"
    path.write_bytes(GOOD.replace("A vendor", "Zoë").encode("cp1252"))
    with pytest.raises(MappingError, match="not valid TOML"):
        load_mapping(str(path))


FEATURES = """
name = "vendor"
title = "Totals"
[outcome]
name = "views"
label = "Views"
window_days = 1
rate_cents_per_1000 = 1
[features.points]
label = "Points"
[[files]]
path = "a.csv"
[[files.tables]]
table = "features_as_of"
[files.tables.columns]
athlete_id = "name"
as_of = "day"
[files.tables.features]
points = "pts"
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('points = "pts"', 'goals = "pts"', r"the feature 'goals' has no label; add a section \[features.goals\]"),
        ('as_of = "day"', 'as_of = "day"\nvalue = "pts"', "the column 'value' comes from the features"),
        ('points = "pts"', "", "the column 'feature' must be given"),
    ],
)
def test_features_need_labels_and_no_second_value(tmp_path: Path, old: str, new: str, message: str) -> None:
    loaded(tmp_path, FEATURES)
    with pytest.raises(MappingError, match=message):
        loaded(tmp_path, FEATURES.replace(old, new))


PIECES = [
    "=",
    '"',
    "'",
    "[",
    "]",
    "[[",
    "]]",
    "\n",
    "#",
    "5",
    "-1",
    "true",
    "[]",
    "{}",
    "nan",
    '"x"',
    ".",
    ",",
    "\0",
    "é",
]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated")


@given(st.integers(min_value=0))
def test_a_mapping_changed_at_random_loads_or_is_refused(scratch: Path, seed: int) -> None:
    random_ = random.Random(seed)
    text = random_.choice([GOOD, FEATURES])
    for _ in range(random_.randint(1, 3)):
        words = text.split(" ")
        place = random_.randrange(len(words))
        change = random_.randrange(4)
        if change == 0:
            del words[place]
        elif change == 1:
            words[place] = random_.choice(PIECES) + "\n" * words[place].count("\n")
        elif change == 2:
            words.insert(place, random_.choice(PIECES))
        else:
            other = random_.randrange(len(words))
            words[place], words[other] = words[other], words[place]
        text = " ".join(words)
    message = "vendor.toml is fine"
    try:
        loaded(scratch, text)
    except MappingError as error:
        message = str(error)
    assert "vendor.toml" in message
