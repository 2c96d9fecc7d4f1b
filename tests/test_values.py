"""Raw values turned into numbers, texts, times and truths, against the contract."""

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from athlete_intel.contracts import Column
from athlete_intel.sources.values import as_number, as_text, as_time, as_truth, conform

NOW = pd.Timestamp(datetime(2026, 3, 1, 12))


def shown(values: pd.Series) -> list[Any]:
    return [None if pd.isna(value) else value for value in values]


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("12", 12),
        (" 12 ", 12),
        ("+5", 5),
        ("-5", -5),
        ("1e3", 1000),
        (".5", 0.5),
        ("1,250", 1250),
        ("-1,250,000.5", -1250000.5),
        ("1e308", 1e308),
        ("9223372036854775808", 2.0**63),
        ("", None),
        ("   ", None),
    ],
)
def test_a_text_is_read_as_this_number(raw: str, number: float | None) -> None:
    numbers, problem = as_number(pd.Series([raw]))
    assert (shown(numbers), problem) == ([number], None)


@pytest.mark.parametrize(
    "raw",
    [
        "ten",
        "1.2.3",
        "1,25",
        "12,50,000",
        "1 000",
        "5%",
        "$5",
        "0x1F",
        "1_000",
        "True",
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1e400",
        "=1+1",
        "12\x00",
        "N/A",
    ],
)
def test_other_texts_are_not_numbers(raw: str) -> None:
    numbers, problem = as_number(pd.Series([raw]))
    assert numbers.isna().all()
    assert problem is not None
    assert (problem.values.tolist(), problem.reason) == ([raw], "is not a number")


def test_there_is_no_negative_zero() -> None:
    numbers, _ = as_number(pd.Series(["-0", "-0.0"]))
    assert [str(number) for number in numbers] == ["0.0", "0.0"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pd.Series([1, None], dtype="Int64"), ["1", None]),
        (pd.Series([2**60 + 1, None], dtype="Int64"), [str(2**60 + 1), None]),
        (pd.Series([2**64 - 1], dtype="uint64"), [str(2**64 - 1)]),
        (pd.Series([12.0, 0.5, -0.0, np.nan]), ["12", "0.5", "0", None]),
        (pd.Series([12.0, "a ", "", None], dtype=object), ["12", "a", None, None]),
        (pd.Series(["a", None], dtype="category"), ["a", None]),
        (pd.Series([True, None], dtype="boolean"), ["True", None]),
        (pd.Series([], dtype=object), []),
        (pd.Series([None, None], dtype=object), [None, None]),
    ],
)
def test_typed_values_as_text(values: pd.Series, expected: list[str | None]) -> None:
    texts = as_text(values)
    assert texts.dtype == "str"
    assert shown(texts) == expected


@pytest.mark.parametrize(
    ("raw", "zone", "time"),
    [
        ("2026-01-31", "UTC", "2026-01-31 00:00"),
        ("2026-01-31 10:00", "UTC", "2026-01-31 10:00"),
        ("2026-01-31T10:00:00.123456789", "UTC", "2026-01-31 10:00:00.123456"),
        ("20260131T101010", "UTC", "2026-01-31 10:10:10"),
        ("2026-01-31 10:00", "Europe/Berlin", "2026-01-31 09:00"),
        ("2026-07-31 10:00", "Europe/Berlin", "2026-07-31 08:00"),
        ("2026-01-31T10:00Z", "Europe/Berlin", "2026-01-31 10:00"),
        ("2026-01-31T10Z", "Europe/Berlin", "2026-01-31 10:00"),
        ("20260131T100000Z", "Europe/Berlin", "2026-01-31 10:00"),
        ("2026-01-31 10:00:00+00", "Europe/Berlin", "2026-01-31 10:00"),
        ("2026-01-31 10:00:00-0530", "Europe/Berlin", "2026-01-31 15:30"),
        ("2026-01-31 10:00:00 +02:00", "Europe/Berlin", "2026-01-31 08:00"),
        ("2016-02-29", "UTC", "2016-02-29 00:00"),
    ],
)
def test_a_text_is_read_as_this_time(raw: str, zone: str, time: str) -> None:
    # Beside others, because pandas refuses a column in which some times have a zone and others have none.
    others = ["2020-01-01 00:00", "2020-01-01 00:00+01:00"]
    times, problems = as_time(pd.Series([raw, *others]), zone)
    assert (times[0], problems) == (pd.Timestamp(time), [])
    assert times.dtype == "datetime64[us]"


@pytest.mark.parametrize(
    "raw",
    [
        "2016-02-30",
        "2015-02-29",
        "2026-13-01",
        "31.01.2026",
        "1/2/2026",
        "99999-01-01",
        "2026-01-31 24:00",
        "2026-01-31 10:00 CET",
        "now",
        "today",
        "NaT",
        "soon",
        "5",
        "1e5",
        "1485907200",
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_other_texts_are_not_times(raw: str, zone: str) -> None:
    times, problems = as_time(pd.Series([raw]), zone)
    assert times.isna().all()
    assert [(problem.values.tolist(), problem.reason) for problem in problems] == [([raw], "is not a time")]


@pytest.mark.parametrize("raw", ["2026-03-29 02:30", "2026-10-25 02:30"])
def test_a_time_that_the_clocks_skip_or_repeat_is_a_problem_unless_it_names_its_zone(raw: str) -> None:
    times, problems = as_time(pd.Series([raw, f"{raw}+02:00"]), "Europe/Berlin")
    assert shown(times) == [None, pd.Timestamp(raw) - pd.Timedelta(hours=2)]
    reason = "does not exist or comes twice in Europe/Berlin, where the clocks change"
    assert [(problem.values.tolist(), problem.reason) for problem in problems] == [([raw], reason)]


@pytest.mark.parametrize(
    ("raw", "time_format", "time"),
    [
        ("31.01.2026 10:00", "%d.%m.%Y %H:%M", "2026-01-31 09:00"),
        ("10:00 31-01-2026", "%H:%M %d-%m-%Y", "2026-01-31 09:00"),
        ("Sat Jan 31 10:00:00 +0000 2026", "%a %b %d %H:%M:%S %z %Y", "2026-01-31 10:00"),
        ("31/01/2026 10:00Z", "%d/%m/%Y %H:%MZ", "2026-01-31 10:00"),
    ],
)
def test_a_format_says_how_times_are_written(raw: str, time_format: str, time: str) -> None:
    times, problems = as_time(pd.Series([raw]), "Europe/Berlin", time_format)
    assert (times.tolist(), problems) == ([pd.Timestamp(time)], [])


@pytest.mark.parametrize(
    ("values", "expected", "bad"),
    [
        (pd.Series(pd.to_datetime(["2026-01-31 10:00", None])), ["2026-01-31 09:00", None], 0),
        (pd.Series(pd.to_datetime(["2026-01-31 10:00+05:00", None])), ["2026-01-31 05:00", None], 0),
        (pd.Series(np.array(["300000-01-01", "2026-01-31T10"], "datetime64[ms]")), [None, "2026-01-31 09:00"], 1),
        (pd.Series([1485907200, 5]), [None, None], 2),
        (pd.Series([None, None], dtype=float), [None, None], 0),
    ],
)
def test_typed_values_as_times(values: pd.Series, expected: list[str | None], bad: int) -> None:
    times, problems = as_time(values, "Europe/Berlin")
    assert shown(times) == [None if text is None else pd.Timestamp(text) for text in expected]
    assert sum(len(problem.values) for problem in problems) == bad


def test_truths() -> None:
    truths, problem = as_truth(pd.Series(["TRUE", "t", "Yes", "y", "1", "1.0", "no", "0", "F", "", "2"]))
    assert shown(truths) == [True] * 6 + [False] * 3 + [None, None]
    assert problem is not None
    assert problem.values.tolist() == ["2"]
    assert as_truth(pd.Series([True, False]))[1] is None


COUNT = Column("likes", "integer", "", minimum=0, maximum=1e12)


@pytest.mark.parametrize(
    ("column", "raw", "value", "reasons"),
    [
        (COUNT, "12", 12, []),
        (COUNT, "12.0", 12, []),
        (COUNT, "-0", 0, []),
        (COUNT, "", None, ["is empty"]),
        (COUNT, "12.5", None, ["is not a whole number"]),
        (COUNT, "-1", None, ["is below 0"]),
        (COUNT, "1e308", None, ["is above 1,000,000,000,000"]),
        (COUNT, str(2**63), None, ["is above 1,000,000,000,000"]),
        (COUNT, "x", None, ["is not a number"]),
        (Column("name", "text", "", maximum_length=3), " abc ", "abc", []),
        (Column("name", "text", "", maximum_length=3), "abcd", None, ["is longer than 3 characters"]),
        (Column("name", "text", "", nullable=True), "", None, []),
        (Column("sponsored", "boolean", "", nullable=True), "yes", True, []),
        (Column("sponsored", "boolean", ""), "perhaps", None, ["is neither true nor false"]),
        (Column("at", "timestamp", ""), "2026-03-01 12:00", pd.Timestamp("2026-03-01 12:00"), []),
        (Column("at", "timestamp", ""), "2026-03-01 12:01", None, ["lies in the future"]),
        (Column("at", "timestamp", "", may_lie_ahead=True), "2027-01-01", pd.Timestamp("2027-01-01"), []),
        (Column("at", "timestamp", ""), "1899-12-31", None, ["lies before 1900"]),
        (Column("day", "day", ""), "2026-03-01", pd.Timestamp("2026-03-01"), []),
        (Column("day", "day", ""), "2026-02-28 23:59", pd.Timestamp("2026-02-28"), []),
        (Column("day", "day", ""), "2026-02-28T23:30-05:00", pd.Timestamp("2026-03-01"), []),
        (Column("day", "day", ""), "2026-03-02", None, ["lies in the future"]),
    ],
)
def test_a_value_keeps_its_contract_or_says_why_not(column: Column, raw: str, value: Any, reasons: list[str]) -> None:
    typed, problems = conform(pd.Series([raw]), column, "UTC", NOW)
    assert shown(typed) == [value]
    assert [problem.reason for problem in problems] == reasons


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Pacific/Auckland"])
def test_a_day_is_the_day_that_is_written_in_every_zone(zone: str) -> None:
    # In Sao Paulo the clocks skipped midnight on the second of these days.
    days = ["2026-01-31", "2016-10-16", "2026-02-28 23:30"]
    typed, problems = conform(pd.Series(days), Column("day", "day", ""), zone, NOW)
    assert [f"{day:%Y-%m-%d}" for day in typed] == ["2026-01-31", "2016-10-16", "2026-02-28"]
    assert problems == []


@given(st.integers(min_value=0, max_value=10**12))
def test_a_count_survives_however_it_is_written(count: int) -> None:
    written = pd.Series([str(count), f"{count:,}", f" {count}.0 "])
    typed, problems = conform(written, COUNT, "UTC", NOW)
    assert (typed.tolist(), problems) == ([count] * 3, [])


@given(st.text())
def test_any_text_is_a_value_or_a_problem_of_every_type(text: str) -> None:
    values = pd.Series([text, "1"], dtype="str")
    for kind in ("text", "integer", "number", "boolean", "timestamp", "day"):
        typed, problems = conform(values, Column("c", kind, ""), "Europe/Berlin", NOW)  # type: ignore[arg-type]
        assert typed.isna()[0] == any(0 in problem.values.index for problem in problems)
