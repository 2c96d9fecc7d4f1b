"""Columns of raw values turned into numbers, texts, times and truths; what does not turn is a problem."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from athlete_intel.contracts import Column

AHEAD = "lies in the future"
"""Why a value is in quarantine that a later import may load."""
DOTTED = "may mean a thousand times more: if dots set off thousands, say decimal = ',' in the mapping of the file"
"""Why a count like 1.250 is not loaded."""
_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}
# A time of day and a zone behind it, as ISO 8601 and databases write it: Z, +02, +0200, +02:00.
_ZONED = r"\d[Tt ]\s*\d{1,2}(?::?\d{2}.*?)?\s*(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$"
_EARLIEST = pd.Timestamp("1900-01-01")
_CALENDAR = (pd.Timestamp("0001-01-01"), pd.Timestamp("9999-12-31"))


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


def as_number(values: pd.Series, decimal: str = ".") -> tuple[pd.Series, Problem | None]:
    """Values as floats. Thousands may be set off by commas; `inf`, `nan` and words are problems, blanks are null.

    Where the decimal sign is a comma, it is the dots that set off thousands.

    >>> numbers, problem = as_number(pd.Series(["1,250", "", "ten"]))
    >>> numbers.tolist(), problem.values.tolist(), problem.reason
    ([1250.0, nan, nan], ['ten'], 'is not a number')
    >>> as_number(pd.Series(["1.250,5", "3,5"]), decimal=",")[0].tolist()
    [1250.5, 3.5]
    """
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        numbers = values.astype("float64")
        given = values.notna()
    else:
        texts = as_text(values)
        given = texts.notna()
        if decimal == ",":
            texts = texts.str.translate(str.maketrans(".,", ",."))
        grouped = texts.str.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?").fillna(False).astype(bool)
        numbers = pd.to_numeric(texts.mask(grouped, texts.str.replace(",", "")), errors="coerce").astype("float64")
    bad = given & ~np.isfinite(numbers)
    problem = Problem("", values[bad], "is not a number") if bad.any() else None
    return numbers.mask(bad) + 0.0, problem  # -0.0 + 0.0 is 0.0


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
        zone = getattr(values.dt, "tz", None)
        first, last = (day if zone is None else day.tz_localize("UTC") for day in _CALENDAR)
        given = values.notna()
        inside = values.where((values >= first) & (values <= last))
        naive, parsed_zoned = inside.astype("datetime64[us]" if zone is None else "datetime64[us, UTC]"), None
        if zone is not None:
            beyond = given & naive.isna()
            return naive.dt.tz_localize(None), [Problem("", values[beyond], "is not a time")] if beyond.any() else []
    elif pd.api.types.is_numeric_dtype(values):
        bad = values.notna()
        empty = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
        return empty, [Problem("", values[bad], "is not a time; seconds since 1970 are written unix(…)")]
    else:
        texts = as_text(values)
        given = texts.notna()
        if time_format is None:
            zoned = texts.str.contains(_ZONED).fillna(False).astype(bool)
            # pandas would read "now" and "today", too.
            texts = texts.where(texts.str.match(r"\d").fillna(False).astype(bool))
        else:
            zoned = given & ("%z" in time_format.lower() or time_format.endswith("Z"))
        written = time_format or "ISO8601"
        naive = _parsed(texts.mask(zoned), written)
        parsed_zoned = _parsed(texts.where(zoned), written)
    local = naive.dt.tz_localize(timezone, ambiguous="NaT", nonexistent="NaT")
    times = local.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]")
    unreadable = given & naive.isna()
    if parsed_zoned is not None:
        times = times.fillna(parsed_zoned)
        unreadable &= parsed_zoned.isna()
    lost = given & ~unreadable & times.isna()
    reasons = {
        "is not a time": unreadable,
        f"does not exist or comes twice in {timezone}, where the clocks change": lost,
    }
    return times, [Problem("", values[mask], reason) for reason, mask in reasons.items() if mask.any()]


def _parsed(texts: pd.Series, written: str) -> pd.Series:
    """Times of texts, in UTC if they name a zone and else as written; without a zone, and null if unreadable."""
    times = pd.to_datetime(texts, format=written, errors="coerce", utc=True)
    return times.dt.tz_localize(None).astype("datetime64[us]")


def conform(
    values: pd.Series,
    column: Column,
    timezone: str,
    now: pd.Timestamp,
    explained: list[Problem] | None = None,
    decimal: str = ".",
) -> tuple[pd.Series, list[Problem]]:
    """Values in the type of a contract column, and everything that breaks its contract.

    Args:
        values: raw values.
        column: the contract column.
        timezone: zone of times that name none.
        now: UTC time without a zone; later times are problems unless the column allows them.
        explained: problems already met in computing the values; these rows are not called empty as well.
        decimal: decimal sign of numbers written as text.
    """
    problems: list[Problem] = []
    typed: pd.Series
    if column.type == "text":
        typed = as_text(values)
        rules = {f"is longer than {column.maximum_length} characters": typed.str.len() > column.maximum_length}
    elif column.type == "boolean":
        typed, problem = as_truth(values)
        problems, rules = ([problem] if problem else []), {}
    elif column.type in ("timestamp", "day"):
        # A day without a zone is the day that is written, wherever that was.
        typed, problems = as_time(values, "UTC" if column.type == "day" else timezone)
        rules = {"lies before 1900": typed < _EARLIEST}
        if not column.may_lie_ahead:
            rules[AHEAD] = typed > now
        if column.type == "day":
            typed = typed.dt.floor("D")
    else:
        typed, problem = as_number(values, decimal)
        problems = [problem] if problem else []
        rules = {}
        if column.minimum is not None:
            rules[f"is below {column.minimum:,.0f}"] = typed < column.minimum
        if column.maximum is not None:
            rules[f"is above {column.maximum:,.0f}"] = typed > column.maximum
        if column.type == "integer":
            if decimal == "." and not pd.api.types.is_numeric_dtype(values):
                # "1.000" would load as 1, and nobody would see it.
                rules[DOTTED] = as_text(values).str.fullmatch(r"\d{1,3}(\.\d{3})+")
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


def as_truth(values: pd.Series) -> tuple[pd.Series, Problem | None]:
    """Values as true or false, written as in true, t, yes, y, 1 and their opposites; blanks are null.

    >>> truths, problem = as_truth(pd.Series(["Yes", "0", "", "perhaps"]))
    >>> truths.tolist(), problem.values.tolist(), problem.reason
    ([True, False, <NA>, <NA>], ['perhaps'], 'is neither true nor false')
    """
    if pd.api.types.is_bool_dtype(values):
        return values.astype("boolean"), None
    texts = as_text(values).str.lower()
    typed = texts.map({**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}).astype("boolean")
    bad = texts.notna() & typed.isna()
    return typed, Problem("", values[bad], "is neither true nor false") if bad.any() else None


def _whole_text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
