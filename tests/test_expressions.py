"""The expression language of mappings: what it computes, and everything that it refuses."""

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from athlete_intel.errors import MappingError
from athlete_intel.sources.expressions import Context, Expression, function_names, slug

ROWS = pd.DataFrame(
    {
        "name": ["Zoë Ann", "Bob", " ", None],
        "likes": ["1,250", "3", "", "x"],
        "shares": ["0", "3", "4", "5"],
        "sponsored": ["True", "no", "", "perhaps"],
        "at": ["2026-01-31 10:00", "2026-07-01T12:00+05", "", "soon"],
        "stamp": ["0", "86400", "", "1500000000000"],
        "column with spaces": ["a", "b", "c", "d"],
    }
)
T, F = True, False


def values(text: str, timezone: str = "UTC") -> list[Any]:
    """The values of an expression on ROWS, null as None."""
    result = Expression(text).evaluate(Context(ROWS, timezone))
    return [None if missing else value for value, missing in zip(result.tolist(), result.isna(), strict=True)]


def problems(text: str, timezone: str = "UTC") -> list[tuple[str, list[Any], str]]:
    context = Context(ROWS, timezone)
    Expression(text).evaluate(context)
    return [(problem.column, problem.values.tolist(), problem.reason) for problem in context.problems]


def utc(*texts: str | None) -> list[pd.Timestamp | None]:
    return [None if text is None else pd.Timestamp(text, tz="UTC") for text in texts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shares", ["0", "3", "4", "5"]),
        ("column('column with spaces')", ["a", "b", "c", "d"]),
        ("'x'", ["x", "x", "x", "x"]),
        ("likes + shares * 2", [1250, 9, None, None]),
        ("-shares", [0, -3, -4, -5]),
        ("6 / shares", [None, 2, 1.5, 1.2]),
        ("number(likes)", [1250, 3, None, None]),
        ("round(shares / 4)", [0, 1, 1, 1]),
        ("slug(name)", ["zoe-ann", "bob", None, None]),
        ("slug(name, shares)", ["zoe-ann-0", "bob-3", None, None]),
        ("lower(name)", ["zoë ann", "bob", None, None]),
        ("upper(name)", ["ZOË ANN", "BOB", None, None]),
        ("trim(name)", ["Zoë Ann", "Bob", None, None]),
        ("replace(name, 'o', '0')", ["Z0ë Ann", "B0b", None, None]),
        ("replace(name, '.', '!')", ["Zoë Ann", "Bob", None, None]),
        ("join('/', name, shares)", ["Zoë Ann/0", "Bob/3", None, None]),
        ("coalesce(name, 'nobody')", ["Zoë Ann", "Bob", "nobody", "nobody"]),
        ("coalesce(likes, shares)", ["1,250", "3", "4", "x"]),
        ("if_else(given(name), name, shares)", ["Zoë Ann", "Bob", "4", "5"]),
        ("given(likes)", [T, T, F, T]),
        ("not given(likes)", [F, F, T, F]),
        ("name == 'Bob'", [F, T, F, F]),
        ("'Bob' == name", [F, T, F, F]),
        ("name != 'Bob'", [T, F, T, T]),
        ("likes == shares", [F, T, F, F]),
        ("shares == 3.0", [F, T, F, F]),
        ("shares < 4 and given(name)", [T, T, F, F]),
        ("shares < 1 or shares >= 5", [T, F, F, T]),
        ("shares in (3, '5')", [F, T, F, T]),
        ("shares not in ('3',)", [T, F, T, T]),
        ("name in 'Bob'", [F, T, F, F]),
        ("time(at)", utc("2026-01-31 10:00", "2026-07-01 07:00", None, None)),
        ("time('31.01.2026', '%d.%m.%Y')", utc("2026-01-31", "2026-01-31", "2026-01-31", "2026-01-31")),
        ("unix(stamp)", utc("1970-01-01", "1970-01-02", None, None)),
        ("days_after(at, 1.5)", utc("2026-02-01 22:00", "2026-07-02 19:00", None, None)),
        ("time(at) > time('2026-06-01')", [F, T, F, F]),
        ("slug(\n  name,\n)", ["zoe-ann", "bob", None, None]),
    ],
)
def test_an_expression_has_these_values(text: str, expected: list[Any]) -> None:
    assert values(text) == expected


def test_every_function_stands_in_the_table_above() -> None:
    marks = test_an_expression_has_these_values.pytestmark[0]
    assert [name for name in function_names() if not any(f"{name}(" in case[0] for case in marks.args[1])] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("likes + 1", [("likes", ["x"], "is not a number")]),
        ("sponsored and given(name)", [("sponsored", ["perhaps"], "is neither true nor false")]),
        ("time(at)", [("at", ["soon"], "is not a time")]),
        (
            "unix(stamp)",
            [("stamp", [1.5e12], "is too large for seconds since 1970; milliseconds are written unix(… / 1000)")],
        ),
        ("days_after('2026-01-01', stamp)", [("stamp", [1.5e12], "is too large for a number of days")]),
        ("coalesce(number(likes), 0)", [("likes", ["x"], "is not a number")]),
        ("name == 'Bob'", []),
    ],
)
def test_what_cannot_be_read_is_a_problem_of_its_column(text: str, expected: list[tuple[str, list[Any], str]]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("time(at)", "2026-01-31 09:00"),
        ("time(time(at))", "2026-01-31 09:00"),
        ("days_after(at, 7)", "2026-02-07 09:00"),
        ("days_after(time(at), 7)", "2026-02-07 09:00"),
        ("coalesce(time(at), time('2026-01-01'))", "2026-01-31 09:00"),
        ("if_else(given(at), days_after(time(at), 7), time(at))", "2026-02-07 09:00"),
    ],
)
def test_the_zone_of_a_file_is_taken_off_a_time_once(text: str, expected: str) -> None:
    assert values(text, "Europe/Berlin")[0] == pd.Timestamp(expected, tz="UTC")


@pytest.mark.parametrize(
    "text",
    [
        "name.str",
        "().__class__.__bases__",
        "name[0]",
        "lambda: 1",
        "(lambda: 1)()",
        "[x for x in name]",
        "{x for x in name}",
        "f'{name}'",
        "b'x'",
        "1j",
        "None",
        "...",
        "[1, 2]",
        "(1, 2)",
        "{'a': 1}",
        "name if likes else shares",
        "name := 1",
        "likes ** 2",
        "likes // 2",
        "likes % 2",
        "likes @ shares",
        "~likes",
        "likes << 1",
        "likes & shares",
        "name is None",
        "1 < likes < 3",
        "likes < (1, 2)",
        "likes == (1, 2)",
        "name < 'Bob'",
        "name in (likes, shares)",
        "name in likes",
        "__class__",
        "__builtins__",
        "__import__('os')",
        "open('/etc/passwd')",
        "eval('1')",
        "slug(name=1)",
        "slug(name, **likes)",
        "slug(*name)",
        "slug.__call__(name)",
        "slug()",
        "column(name)",
        "column('a', 'b')",
        "column(column('a'))",
        "replace(name, likes, '')",
        "time(at, name)",
        "time(at, '%Q')",
        "time(at, '%Y%Y')",
        "time(at, 'iso')",
        "if_else(likes, 1)",
        "await name",
        "yield name",
        "import os",
        "name; likes",
        "name, likes",
        "1e999",
        "9" * 5000,
        "9" * 400,
        "-" * 500 + "1",
        "-" * 50_000 + "1",
        "(" * 500 + "1" + ")" * 500,
        " + ".join(["likes"] * 500),
        "not " * 90_000 + "likes",
        "lambda: " * 900 + "1",
        "likes +",
        "a\0b",
        "",
        "3PA",
        "first name",
    ],
    ids=lambda text: repr(text[:24]),
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(MappingError, match=r"^here: ") as error:
        Expression(text, "here")
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "first name",
            r"is not an expression \(.*\); a column whose name has spaces or signs is written column\('name'\)",
        ),
        ("slugg(name)", r"there is no function slugg in 'slugg\(name\)'; did you mean slug\?"),
        ("xyz(name)", r"there is no function xyz .*; there are coalesce, column, days_after"),
        ("if_else(likes, 1)", "if_else takes 3 arguments, not 2"),
        ("slug()", "slug takes 1 to 9 arguments, not 0"),
        ("slug(name, sep='-')", "cannot stand in"),
        ("column(name)", "argument 1 of column must be a text in quotes, not name"),
        ("time(at, '%Q')", "'%Q' is not a time format such as"),
        ("name < 'Bob'", "compare numbers, or times"),
        ("name in (likes, 'x')", "after `in` stand texts or numbers in brackets"),
        ("-" * 500 + "1", "nested too deeply"),
    ],
)
def test_a_refusal_says_what_to_do(text: str, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        Expression(text)


@pytest.mark.parametrize(
    ("available", "message"),
    [
        (["names", "x"], "no column 'name'; did you mean 'names'?"),
        (["x", "y"], "no column 'name'; it has x, y"),
        (["name;likes"], "so semicolons may part its columns: set delimiter = ';'"),
        (["nick\tlikes"], r"so tabs may part its columns: set delimiter = '\t'"),
        ([f"c{i}" for i in range(20)], "c11 …"),
        (["x" * 100, "a\nb"], f"it has {'x' * 40}, 'a\\nb'"),
        (["name", "like"], None),
    ],
)
def test_a_missing_column_is_named_with_the_closest_or_all_others(available: list[str], message: str | None) -> None:
    expression = Expression("slug(name)", "vendor.toml")
    if message is None:
        expression.check_columns(available, "posts.csv")
        return
    with pytest.raises(MappingError) as error:
        expression.check_columns(available, "posts.csv")
    assert str(error.value).startswith("vendor.toml: the file posts.csv has no column 'name'; ")
    assert message in str(error.value)


def test_an_expression_knows_its_columns() -> None:
    assert Expression("if_else(a == 'x', slug(b, column('c d')), -d / 2)").columns == ["a", "b", "c d", "d"]
    assert Expression("'text'").columns == []


NUMBERS = st.floats(min_value=-1e6, max_value=1e6).map(lambda number: round(number, 6))
FORMULAS = st.recursive(
    st.sampled_from(["a", "b", "2", "0.5"]),
    lambda parts: (
        st.tuples(parts, st.sampled_from("+-*/"), parts).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
        | parts.map(lambda part: f"(-{part})")
    ),
    max_leaves=8,
)


@given(FORMULAS, NUMBERS, NUMBERS)
def test_arithmetic_is_that_of_python(formula: str, a: float, b: float) -> None:
    try:
        expected = eval(formula, {"a": a, "b": b})
    except ZeroDivisionError:
        expected = math.nan
    rows = pd.DataFrame({"a": [str(a)], "b": [b]})
    assert Expression(f"number({formula})").evaluate(Context(rows)).tolist() == pytest.approx([expected], nan_ok=True)


@given(NUMBERS, NUMBERS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
def test_comparisons_are_those_of_python(a: float, b: float, operator: str) -> None:
    rows = pd.DataFrame({"a": [str(a)], "b": [str(b)]})
    result = Expression(f"number(a) {operator} number(b)").evaluate(Context(rows)).tolist()
    assert result == [eval(f"a {operator} b", {"a": a, "b": b})]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nikola Jokić ", "nikola-jokic"),
        ("D'Angelo Russell", "d-angelo-russell"),
        ("  --A__B--  ", "a-b"),
        ("Łukasz Ødegård", "łukasz-ødegard"),
        ("STRASSE Straße", "strasse-strasse"),
        ("大谷 翔平", "大谷-翔平"),
        ("손흥민", "손흥민"),
        ("สมชาย", "สมชาย"),
        ("İlkay", "ilkay"),
        ("ﬁn", "fin"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_a_slug_is_readable(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.text())
def test_the_slug_of_a_slug_is_itself(name: str) -> None:
    once = slug(name)
    assert slug(once) == once
    assert once == once.strip("-")
    assert "--" not in once
    assert not any(character.isspace() for character in once)


@given(st.text())
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    try:
        Expression(text)
    except MappingError:
        return


def test_a_blank_separator_joins_too() -> None:
    rows = pd.DataFrame({"first": ["Ann"], "last": ["Lee"]})
    assert Expression("join(' ', first, last)").evaluate(Context(rows)).tolist() == ["Ann Lee"]
    assert Expression("join('', first, last)").evaluate(Context(rows)).tolist() == ["AnnLee"]
