"""What drift is measured from: counts that the warehouse takes of one feature, so that rows stay where they are."""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from athlete_intel.monitoring.windows import first_of_reference
from athlete_intel.warehouse import Database
from athlete_intel.warehouse.database import quoted

CELLS = 4096
EXACT_UP_TO = 50_000
"""So many values of a feature are counted one by one; more of them in fine cells."""
MOST_EDGES = 9
"""Edges between ten bins, as many as `feature_bins.sql` takes."""
_FARTHEST = 6.0
"""Cells reach so many standard deviations to both sides; what lies beyond has a cell of its own at either end."""


@dataclass(frozen=True)
class Counted:
    """One feature by window: lowest and highest value of each cell, in rising order, rows by cell and window, and of
    each window all rows (`counted`) and those with a value (`known`)."""

    low: np.ndarray
    high: np.ndarray
    rows_of_cells: np.ndarray
    counted: np.ndarray
    known: np.ndarray

    @classmethod
    def of(cls, cells: pd.DataFrame, spans: pd.DataFrame) -> "Counted":
        """From cells (number, cell, low, high, counted) and spans (number, counted, known)."""
        codes, names = pd.factorize(cells["cell"].to_numpy())
        windows = int(spans["number"].max()) + 1 if len(spans) else 0
        low, high = np.full(len(names), np.inf), np.full(len(names), -np.inf)
        np.minimum.at(low, codes, cells["low"].to_numpy(dtype="float64"))
        np.maximum.at(high, codes, cells["high"].to_numpy(dtype="float64"))
        rows = np.zeros((len(names), windows), dtype="int64")
        rows[codes, cells["number"].to_numpy()] = cells["counted"].to_numpy()
        order = np.argsort(low, kind="stable")
        sizes = np.zeros((2, windows), dtype="int64")
        sizes[:, spans["number"].to_numpy()] = spans[["counted", "known"]].to_numpy().T
        return cls(low[order], high[order], rows[order], *sizes)

    def between(self, newest: int) -> pd.DataFrame:
        """Cells of a window (analysis) and of its reference: low, high, reference, analysis."""
        reference = self.rows_of_cells[:, first_of_reference(newest) : newest].sum(axis=1)
        analysis = self.rows_of_cells[:, newest]
        used = (reference + analysis) > 0
        columns = {"low": self.low, "high": self.high, "reference": reference, "analysis": analysis}
        return pd.DataFrame({name: values[used] for name, values in columns.items()})

    def rows(self, newest: int) -> tuple[int, int, int, int]:
        """Rows of the reference and of the analysis, then those of them that have a value."""
        if newest >= len(self.counted):
            return 0, 0, 0, 0
        first = first_of_reference(newest)
        counted, known = self.counted, self.known
        return (
            int(counted[first:newest].sum()),
            int(counted[newest]),
            int(known[first:newest].sum()),
            int(known[newest]),
        )


@dataclass(frozen=True)
class AthleteSums:
    """One feature by athlete (rows) and window (columns): all rows, those with a value, the sum of values and squares.

    `named` says which rows are athletes; rows of nobody, where all are independent, stand together in one.
    """

    named: np.ndarray
    counted: np.ndarray
    known: np.ndarray
    total: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, sums: pd.DataFrame, newest: int) -> "AthleteSums":
        """From athlete, number, counted, known and, where the feature is a number, total and squares.

        >>> table = pd.DataFrame({"athlete": ["a", "a", None], "number": [0, 1, 1], "counted": [2, 3, 5],
        ...     "known": [2, 0, 4], "total": [4.0, None, 8.0], "squares": [8.0, None, 20.0]})
        >>> sums = AthleteSums.of(table, newest=1)
        >>> sums.named.tolist(), sums.known.tolist(), sums.total.tolist()
        ([True, False], [[2.0, 0.0], [0.0, 4.0]], [[4.0, 0.0], [0.0, 8.0]])
        """
        codes, names = pd.factorize(sums["athlete"], use_na_sentinel=False)
        values = sums.reindex(columns=["counted", "known", "total", "squares"]).to_numpy(dtype="float64")
        arrays = np.zeros((4, len(names), newest + 1))
        for array, column in zip(arrays, np.nan_to_num(values).T, strict=True):
            np.add.at(array, (codes, sums["number"].to_numpy()), column)
        return cls(np.asarray(pd.notna(names)), *arrays)


def sum_by_athlete(database: Database, newest: int) -> AthleteSums:
    """The feature that is looked at by athlete and window, from the oldest window on."""
    return AthleteSums.of(database.query(sql("feature_athletes"), {"oldest": 0, "newest": newest}), newest)


@cache
def sql(name: str) -> str:
    """The text of a SQL file of this room."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def look_at(database: Database, column: str, table: str = "monitored", platform: str | None = None) -> None:
    """Show one column of a table to the SQL files, as the view `one_feature`: number, athlete, value."""
    select = f"SELECT number, athlete, {quoted(column)} AS value FROM {quoted(table)}"
    only = "" if platform is None else " WHERE platform = '" + platform.replace("'", "''") + "'"
    database.create_temporary_view("one_feature", select + only)


def count_values(database: Database, exact_up_to: int = EXACT_UP_TO) -> Counted:
    """Count the feature that is looked at, value by value or in fine cells.

    Cells are of equal width between the extremes, or, where there are outliers, six standard deviations around the
    mean. So no sorting is needed, and one pass over the column.
    """
    spans = database.query(sql("feature_windows"))
    known = float(spans["known"].sum())
    if known <= exact_up_to:
        values = database.query(sql("feature_values"))
        return Counted.of(values.assign(cell=values["low"]), spans)
    middle = float(spans["total"].sum()) / known
    spread = np.sqrt(max(float(spans["squares"].sum()) / known - middle**2, 0.0))
    lowest = max(float(spans["lowest"].min()), middle - _FARTHEST * spread)
    # Just above the highest value, so that it falls inside.
    highest = np.nextafter(min(float(spans["highest"].max()), middle + _FARTHEST * spread), np.inf)
    scale = CELLS / max(highest - lowest, np.finfo(float).tiny)
    parameters = {"lowest": lowest, "highest": highest, "scale": scale, "cells": CELLS}
    return Counted.of(database.query(sql("feature_cells"), parameters), spans)


def count_by_athlete(database: Database, edges: np.ndarray, newest: int) -> pd.DataFrame:
    """Rows of each athlete in each bin: athlete, bin, reference, analysis."""
    padded = [*edges.tolist(), *[math.inf] * (MOST_EDGES - len(edges))]
    parameters = {f"edge_{place}": edge for place, edge in enumerate(padded, 1)}
    return database.query(sql("feature_bins"), parameters | {"oldest": first_of_reference(newest), "newest": newest})
