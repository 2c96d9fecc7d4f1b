"""Raw rows of a file turned into rows of a contract table, with everything that could not be."""

import pandas as pd

from athlete_intel.contracts import Column
from athlete_intel.sources.expressions import Context, Expression
from athlete_intel.sources.mapping import TableMapping
from athlete_intel.sources.values import Problem, as_text, conform

QUARANTINE_COLUMNS = ["line", "table_name", "column_name", "value", "reason"]
_SHOWN_LENGTH = 200


def contract_rows(
    rows: pd.DataFrame, mapping: TableMapping, timezone: str, now: pd.Timestamp, decimal: str = "."
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Good rows and quarantined values.

    Args:
        rows: raw rows indexed by line.
        mapping: the table's mapping.
        timezone: zone of times that name none.
        now: UTC time without a zone.
        decimal: decimal sign of numbers written as text.

    Returns:
        Rows of the contract table (the mapped columns, those with a default, and `line`), and a table
        line, table_name, column_name, value, reason. A row with any problem is not among the good ones.
    """
    table = mapping.table
    bad: list[pd.DataFrame] = []
    if mapping.where is not None:
        context = Context(rows, timezone, decimal)
        wanted = mapping.where.truth(context)
        # A row that the condition cannot judge is neither wanted nor unwanted.
        bad.extend(_quarantined(problem, table.name) for problem in context.problems)
        rows = rows[wanted]
    typed = pd.DataFrame({"line": rows.index}, index=rows.index)
    for name, expression in mapping.columns.items():
        typed[name], problems = _column(rows, expression, table.column(name), timezone, now, decimal)
        bad.extend(_quarantined(problem, table.name) for problem in problems)
    for column in table.columns:
        if column.default is not None and column.name not in typed:
            typed[column.name], _ = _column(typed, Expression(column.default), column, "UTC", now)
    good = typed[~typed.index.isin(pd.concat([b["line"] for b in bad]) if bad else [])]
    if mapping.features:
        good, more = _unpivoted(rows.loc[good.index], good, mapping, timezone, now, decimal)
        bad.extend(more)
    quarantined = pd.concat(bad, ignore_index=True) if bad else pd.DataFrame(columns=QUARANTINE_COLUMNS)
    return good.reset_index(drop=True), quarantined


def _column(
    rows: pd.DataFrame,
    expression: Expression,
    column: Column,
    timezone: str,
    now: pd.Timestamp,
    decimal: str = ".",
) -> tuple[pd.Series, list[Problem]]:
    # A day without a zone is the day that is written, wherever that was.
    context = Context(rows, "UTC" if column.type == "day" else timezone, decimal)
    values = expression.evaluate(context)
    typed, problems = conform(values, column, timezone, now, context.problems, decimal)
    source = ", ".join(expression.columns) or column.name
    return typed, [*context.problems, *(problem.of_column(source) for problem in problems)]


def _unpivoted(
    rows: pd.DataFrame, keys: pd.DataFrame, mapping: TableMapping, timezone: str, now: pd.Timestamp, decimal: str
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """One row for each signal that has a value; a signal without one has no row."""
    value_column = mapping.table.column("value")
    parts, bad = [], []
    for feature, expression in mapping.features.items():
        context = Context(rows, timezone, decimal)
        values = expression.evaluate(context)
        given = as_text(values).notna() if values.dtype == "str" else values.notna()
        typed, problems = conform(values[given], value_column, timezone, now, decimal=decimal)
        for problem in [*context.problems, *(p.of_column(", ".join(expression.columns)) for p in problems)]:
            bad.append(_quarantined(problem, mapping.table.name))
        part = keys.loc[typed.index].assign(feature=feature, value=typed)
        parts.append(part[part["value"].notna()])
    return pd.concat(parts), bad


def _quarantined(problem: Problem, table: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "line": problem.values.index.astype("int64"),
            "table_name": table,
            "column_name": problem.column,
            "value": problem.values.astype(object).map(str, na_action="ignore").astype("str").str[:_SHOWN_LENGTH].array,
            "reason": problem.reason,
        }
    )
