"""Columns of raw values turned into numbers, texts, times and truths; what does not turn is a problem."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from athlete_intel.contracts import Column

_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}
_HAS_ZONE = r"(?:[zZ]|[+-]\d{2}:?\d{2})$"
_HAS_TIME = r"\d[T ]\d{1,2}:\d{2}"
_EARLIEST = pd.Timestamp("1900-01-01")


@dataclass(frozen=True)
class Problem:
    """Values of one source column that cannot be used: `values` is indexed like the rows they stand in."""

    column: str
    values: pd.Series
    reason: str

    def of_column(self, column: str) -> "Problem":
        """The same problem under the name of its source column."""
        return replace(self, column=column)


def as_text(values: pd.Series) -> pd.Series:
    """Values as trimmed text; blank is null, and a whole number has no `.0`.

    >>> as_text(pd.Series([" a ", "", 12.0, None], dtype=object)).tolist()
    ['a', nan, '12', nan]
    """
    if pd.api.types.is_float_dtype(values):
        whole = values.notna() & (values == values.round()) & (values.abs() < 2**53)
        return values.astype(object).where(~whole, values.where(whole, 0).astype("int64").astype(str)).astype("str")
    texts = values.map(_whole_text, na_action="ignore") if values.dtype == object else values
    texts = texts.astype("str").str.strip()
    return texts.mask(texts == "")


def as_number(values: pd.Series) -> tuple[pd.Series, Problem | None]:
    """Values as floats. Thousands may be set off by commas; `inf`, `nan` and words are problems, blanks are null.

    >>> numbers, problem = as_number(pd.Series(["1,250", "", "ten"]))
    >>> numbers.tolist(), problem.values.tolist(), problem.reason
    ([1250.0, nan, nan], ['ten'], 'is not a number')
    """
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        numbers = values.astype("float64")
        given = values.notna()
    else:
        texts = as_text(values)
        given = texts.notna()
        grouped = texts.str.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?").fillna(False).astype(bool)
        numbers = pd.to_numeric(texts.mask(grouped, texts.str.replace(",", "")), errors="coerce").astype("float64")
    bad = given & ~np.isfinite(numbers)
    problem = Problem("", values[bad], "is not a number") if bad.any() else None
    return numbers.mask(bad), problem


def as_time(
    values: pd.Series, timezone: str = "UTC", time_format: str | None = None
) -> tuple[pd.Series, list[Problem]]:
    """Values as UTC times without a zone; those that name no zone are read in `timezone`.

    >>> times, problems = as_time(pd.Series(["2016-03-27 02:30:00", "2016-06-01T12:00+02:00", "soon"]), "Europe/Berlin")
    >>> times.dropna().dt.strftime("%H:%M").tolist()
    ['10:00']
    >>> [(p.values.tolist(), p.reason) for p in problems]
    [(['soon'], 'is not a time'),
     (['2016-03-27 02:30:00'], 'does not exist or comes twice in Europe/Berlin, where the clocks change')]
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        if getattr(values.dt, "tz", None) is not None:
            return values.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]"), []
        naive, given, parsed_zoned = values.astype("datetime64[us]"), values.notna(), None
    elif pd.api.types.is_numeric_dtype(values):
        bad = values.notna()
        empty = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
        return empty, [Problem("", values[bad], "is not a time; seconds since 1970 are written unix(…)")]
    else:
        texts = as_text(values)
        given = texts.notna()
        zoned = (texts.str.contains(_HAS_ZONE) & texts.str.contains(_HAS_TIME)).fillna(False).astype(bool)
        written = time_format or "ISO8601"
        if time_format and "%z" in time_format.lower():
            zoned = given
        naive = pd.to_datetime(texts.mask(zoned), format=written, errors="coerce").astype("datetime64[us]")
        parsed_zoned = pd.to_datetime(texts.where(zoned), format=written, errors="coerce", utc=True)
    local = naive.dt.tz_localize(timezone, ambiguous="NaT", nonexistent="NaT")
    times = local.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]")
    unreadable = given & naive.isna()
    if parsed_zoned is not None:
        times = times.fillna(parsed_zoned.dt.tz_localize(None).astype("datetime64[us]"))
        unreadable &= parsed_zoned.isna()
    lost = given & ~unreadable & times.isna()
    reasons = {
        "is not a time": unreadable,
        f"does not exist or comes twice in {timezone}, where the clocks change": lost,
    }
    return times, [Problem("", values[mask], reason) for reason, mask in reasons.items() if mask.any()]


def conform(
    values: pd.Series,
    column: Column,
    timezone: str,
    now: pd.Timestamp,
    explained: list[Problem] | None = None,
) -> tuple[pd.Series, list[Problem]]:
    """Values in the type of a contract column, and everything that breaks its contract.

    Args:
        values: raw values.
        column: the contract column.
        timezone: zone of times that name none.
        now: UTC time without a zone; later times are problems unless the column allows them.
        explained: problems already met in computing the values; these rows are not called empty as well.
    """
    problems: list[Problem] = []
    typed: pd.Series
    if column.type == "text":
        typed = as_text(values)
        rules = {f"is longer than {column.maximum_length} characters": typed.str.len() > column.maximum_length}
    elif column.type == "boolean":
        typed, rules = _as_truth(values)
    elif column.type in ("timestamp", "day"):
        typed, problems = as_time(values, timezone)
        rules = {"lies before 1900": typed < _EARLIEST}
        if not column.may_lie_ahead:
            rules["lies in the future"] = typed > now
        if column.type == "day":
            typed = typed.dt.floor("D")
    else:
        typed, problem = as_number(values)
        problems = [problem] if problem else []
        rules = {}
        if column.minimum is not None:
            rules[f"is below {column.minimum:,.0f}"] = typed < column.minimum
        if column.maximum is not None:
            rules[f"is above {column.maximum:,.0f}"] = typed > column.maximum
        if column.type == "integer":
            rules["is not a whole number"] = typed.notna() & (typed != typed.round())
    for reason, broken in rules.items():
        mask = broken.fillna(False).astype(bool)
        if mask.any():
            problems.append(Problem("", values[mask], reason))
            typed = typed.mask(mask)
    if not column.nullable:
        empty = typed.isna()
        for problem in [*problems, *(explained or [])]:
            empty &= ~typed.index.isin(problem.values.index)
        if empty.any():
            problems.append(Problem("", values[empty], "is empty"))
    if column.type == "integer":
        typed = typed.astype("Int64")
    return typed, problems


def _as_truth(values: pd.Series) -> tuple[pd.Series, dict[str, pd.Series]]:
    if pd.api.types.is_bool_dtype(values):
        return values.astype("boolean"), {}
    texts = as_text(values).str.lower()
    typed = texts.map({**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}).astype("boolean")
    return typed, {"is neither true nor false": texts.notna() & typed.isna()}


def _whole_text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
