"""How the columns of each table are shown: label, format, tooltip. Cells stay numbers, so sorting stays numeric."""

import math
from typing import Any

import pandas as pd
from streamlit import column_config as show

Columns = dict[str, Any]
_LETTER, _LINE = 6.8, 18
"""Pixels of a letter and of a line in a cell."""
_LEAST_LINES, _MOST_LINES, _LEAST_HEIGHT = 3, 5, 72
"""Lines in the lowest row whose texts are broken into lines, those in the highest one, and pixels of the former."""
_PROFILE = {
    "kind": "Kind",
    "sport": "Sport",
    "league": "League",
    "team": "Team",
    "position": "Position",
    "country": "Country",
    "gender": "Gender",
}
DOLLARS = "$%,.0f"
WHOLE = "%,.0f"
_LONG = 10_000_000
_NO_CENTS = 100


def row_height(texts: pd.Series, width: int) -> int:
    """Height in pixels of the rows of a table in which the texts of a column are broken, and not cut if they can be.

    Args:
        texts: of the column with the longest ones.
        width: of that column, in pixels.

    >>> [row_height(pd.Series([why]), 280) for why in ("4 of 9 workers say ana.", "why " * 40, "why " * 400)]
    [72, 90, 108]
    """
    lines = math.ceil(texts.fillna("").str.len().max() * _LETTER / width)
    return _LEAST_HEIGHT + _LINE * (min(max(lines, _LEAST_LINES), _MOST_LINES) - _LEAST_LINES)


def outcome(label: str, about: pd.Series, values: pd.Series, help: str | None = None, width: int | None = None) -> Any:
    """A column of outcomes, in dollars or plain; millions are shortened."""
    return number(label, values, help, dollars=about["outcome_unit"] == "$", width=width)


def number(
    label: str, values: pd.Series, help: str | None = None, dollars: bool = False, width: int | None = None
) -> Any:
    """A column of numbers with separators; ten millions and more are shortened, with the unit in the label then."""
    if values.abs().max() >= _LONG:
        return show.NumberColumn(f"{label}, $" if dollars else label, format="compact", help=help, width=width)
    return show.NumberColumn(label, format=DOLLARS if dollars else WHOLE, help=help, width=width)


def dollars(label: str, values: pd.Series, help: str | None = None, width: int | None = None) -> Any:
    """A column of dollars: with cents only where no amount is large, as `formats.money` writes them."""
    return show.NumberColumn(
        label, format="dollar" if values.abs().max() < _NO_CENTS else DOLLARS, help=help, width=width
    )


def profile(table: pd.DataFrame) -> Columns:
    """Columns of the profile that tell athletes apart: those with more than one value."""
    return {name: show.TextColumn(label) for name, label in _PROFILE.items() if table[name].nunique() > 1}


def filled(columns: Columns, table: pd.DataFrame) -> Columns:
    """Only those columns in which the table has a value."""
    return {name: config for name, config in columns.items() if name in table and table[name].notna().any()}


def averaged(table: pd.DataFrame, about: pd.Series) -> Columns:
    """The column of averages, where the table has it."""
    if "mean" not in table:
        return {}
    return {"mean": outcome("On average", about, table["mean"], "Averaged over many; higher, because a few go far.")}


def past(table: pd.DataFrame, about: pd.Series) -> Columns:
    """Columns of past estimates beside what came: all that tells how it came out has its place on a narrow screen."""
    label = str(about["outcome_label"])
    today = "would earn by today's rate card; whether anything was paid, statements tell."
    paid = {"predicted_dollars": ("Pay predicted", "was predicted"), "actual_dollars": ("Would earn", "came")}
    return {
        "as_of": show.DateColumn("As of", format="D MMM YYYY", width=92),
        "predicted": outcome("Predicted", about, table["predicted"], f"The typical: {label}", width=86),
        "actual": outcome("Came", about, table["actual"], label, width=86),
        "inside": show.TextColumn("Range", help="Whether what came fell inside the range.", width=74),
        **{name: dollars(told, table[name], f"What {what} {today}", 100) for name, (told, what) in paid.items()},
        "low": outcome("Range from", about, table["low"], label),
        "high": outcome("Range to", about, table["high"], label),
        **({} if about["rows_are"] == "athletes" else {"row_id": show.TextColumn("Story")}),
    }


def drivers() -> Columns:
    """Columns of what moves one athlete's estimate."""
    return {
        "label": show.TextColumn("Feature", width=190),
        "effect": show.TextColumn("Effect", help="What it does to the estimate; effects multiply.", width=130),
        "compared": show.TextColumn("Compared", help="With the typical value."),
        "value": show.NumberColumn("Value", format="compact"),
        "typical": show.NumberColumn("Typical", format="compact", help="The typical value in training."),
    }


def candidates() -> Columns:
    """Columns of the models compared."""
    return {
        "use": show.TextColumn("Used", help="Whether this candidate makes the predictions."),
        "label": show.TextColumn("Model", width="medium"),
        "error": show.NumberColumn("Typical error", format="%.2fx", help="Factor by which it is off; 1.00x is exact."),
        "error_from": show.NumberColumn("Error from", format="%.2fx", help="One standard error below."),
        "error_to": show.NumberColumn("Error to", format="%.2fx", help="One standard error above."),
        "naive": show.NumberColumn("Naive guess", format="%.2fx", help="The same error on the same outcomes."),
        "bias": too_high(),
        "coverage": show.NumberColumn("Inside range", format="percent"),
        "r2_log": show.NumberColumn("R²", format="%.2f", help="Of log(1 + outcome)."),
        "rows": show.NumberColumn("Predictions tested", format=WHOLE),
        "why": show.TextColumn("Why", width="medium"),
    }


def too_high() -> Any:
    """The column of bias, whose name says what its sign means."""
    return show.NumberColumn(
        "Too high by", format="percent", help="Bias: below 0, predictions are too low on the whole."
    )


def accuracy(first: str, label: str, table: pd.DataFrame, about: pd.Series) -> Columns:
    """Columns of errors by window or by group, those of the naive guess beside the model's."""
    explained = "Share of the differences between outcomes, in logs, that is explained; below 0 the mean is closer."
    relative = "Half of the predictions are off by less than this share of what came."
    meaning = "Sum of what came over the sum of what was expected on average; 100% is exact."
    columns = {
        first: show.TextColumn(label),
        "error": show.NumberColumn("Typical error", format="%.2fx", help="Factor by which it is off; 1.00x is exact."),
        "naive": show.NumberColumn("Naive guess", format="%.2fx", help="The same error on the same outcomes."),
        "coverage": show.NumberColumn("Inside range", format="percent"),
        "bias": too_high(),
        "r2_log": show.NumberColumn("R²", format="%.2f", help=explained),
        "baseline_r2_log": show.NumberColumn("R², naive", format="%.2f"),
        "mae": _of_outcomes("Mean error", about, table, "mae"),
        "baseline_mae": _of_outcomes("Mean error, naive", about, table, "baseline_mae"),
        "relative_error": show.NumberColumn("Relative error", format="percent", help=relative),
        "baseline_relative_error": show.NumberColumn("Relative error, naive", format="percent"),
        "rows": show.NumberColumn("Predictions", format=WHOLE),
        "total_ratio": show.NumberColumn("Came in sum", format="percent", help=meaning),
    }
    return {name: config for name, config in columns.items() if name in table or name in (first, "error", "bias")}


def _of_outcomes(label: str, about: pd.Series, table: pd.DataFrame, name: str) -> Any:
    """A column of mean absolute errors in units of the outcome."""
    meaning = f"Mean absolute error, in {about['outcome_name']}."
    return outcome(label, about, table[name], meaning) if name in table else None


def imports() -> Columns:
    """Columns of the files read: what was set aside has its place on a narrow screen."""
    return {
        "bad_lines": show.NumberColumn(
            "Rows set aside", format=WHOLE, width=105, help="With something that was not loaded."
        ),
        "lines": show.NumberColumn("Rows", format=WHOLE, width=72),
        "file": show.TextColumn("File"),
        "imported_at": show.DatetimeColumn("Read at (UTC)", format="D MMM YYYY, HH:mm"),
        "mapping": show.TextColumn("Mapping"),
        "sha256": show.TextColumn("Fingerprint", width="small", help="The first 12 digits of the SHA-256 of the file."),
    }


def table_facts() -> Columns:
    """Columns of size and freshness."""
    return {
        "table_name": show.TextColumn("Table"),
        "rows": show.NumberColumn("Rows", format=WHOLE),
        "athletes": show.NumberColumn("Athletes", format=WHOLE),
        "oldest": show.DateColumn("Oldest", format="D MMM YYYY"),
        "newest": show.DateColumn("Newest", format="D MMM YYYY"),
        "about": show.TextColumn("What it holds", width=700),
    }


def quarantine_groups() -> Columns:
    """Columns of the quarantine by file and reason."""
    return {
        "reason": show.TextColumn("What is wrong", width=260),
        "rows": show.NumberColumn("Rows", format=WHOLE, width=64),
        "file": show.TextColumn("File"),
    }


def quarantine() -> Columns:
    """Columns of single quarantined values."""
    return {
        "reason": show.TextColumn("What is wrong", width=260),
        "line": show.NumberColumn("Line", format="%d", width=64),
        "file": show.TextColumn("File", width=150),
        "table_name": show.TextColumn("Table"),
        "column_name": show.TextColumn("Column"),
        "value": show.TextColumn("What stood there", width="medium"),
    }


def snapshots() -> Columns:
    """Columns of the list of snapshots: which is shown and when it was made come first."""
    return {
        "created": show.DatetimeColumn("Made at (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=150),
        "shown": show.TextColumn("Current", width=100),
        "athletes": show.NumberColumn("Athletes", format=WHOLE, width=80),
        "snapshot": show.TextColumn("Snapshot"),
    }
