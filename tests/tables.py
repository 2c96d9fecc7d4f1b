"""Small literal tables for tests."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from athlete_intel.contracts import RAW_TABLES
from athlete_intel.warehouse import Database


def table(text: str) -> pd.DataFrame:
    """A data frame from a table of words: columns apart by spaces, `-` for no value, numbers as numbers.

    >>> table('''
    ...     athlete_id  likes
    ...     ann         3
    ...     bob         -
    ... ''')["likes"].tolist()
    [3.0, nan]
    """
    header, *lines = [line.split() for line in text.strip().splitlines()]
    frame = pd.DataFrame([[None if word == "-" else word for word in line] for line in lines], columns=header)
    for name in frame:
        numbers = pd.to_numeric(frame[name], errors="coerce")
        if numbers.notna().sum() == frame[name].notna().sum():
            frame[name] = numbers
    return frame


def raw_database(tables: Mapping[str, pd.DataFrame], labels: pd.DataFrame | None = None) -> Database:
    """A database in memory with the raw tables, those not given being empty. Close it, or use it in a `with`."""
    from athlete_intel.contracts import create_sql

    database = Database.in_memory()
    for contract in RAW_TABLES.values():
        database.execute(create_sql(contract, with_key=False))
        if contract.name in tables:
            given = tables[contract.name].copy()
            for column in contract.columns:
                if column.name in given and column.type in ("timestamp", "day"):
                    given[column.name] = pd.to_datetime(given[column.name])
            database.append(contract.name, given)
    if labels is None:
        labels = pd.DataFrame(
            {"feature": pd.Series(dtype="str"), "label": pd.Series(dtype="str"), "scale": pd.Series(dtype="str")}
        )
    database.write("feature_labels", labels)
    return database


def asks(*rows: tuple[str, str, Any]) -> pd.DataFrame:
    """Questions: (ask_id, athlete_id, as_of)."""
    frame = pd.DataFrame(rows, columns=["ask_id", "athlete_id", "as_of"])
    return frame.assign(as_of=pd.to_datetime(frame["as_of"], format="ISO8601").astype("datetime64[us]"))
