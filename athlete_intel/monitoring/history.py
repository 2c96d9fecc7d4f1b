"""How each feature moved from window to window: the heat map's table."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.monitoring import distances
from athlete_intel.monitoring.cells import AthleteSums, count_values, look_at, sum_by_athlete
from athlete_intel.monitoring.drift import (
    CATEGORY,
    Thresholds,
    category_counts,
    chances,
    no_rows,
    of_category,
    shares,
    where_to_look,
)
from athlete_intel.monitoring.usual import null_test, own_shift
from athlete_intel.monitoring.windows import LEAST_ROWS, SHOWN_WINDOWS, Windows, first_of_reference
from athlete_intel.warehouse import Database

Compared = tuple[dict[str, float], pd.DataFrame]
"""Figures of a feature in one window (rows, psi, ks, shift_size, null_change), and its bins."""


def drift_history(
    database: Database, features: pd.DataFrame, windows: Windows, thresholds: Thresholds, newest_bins: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The published table `drift_history`: each of the newest windows against those before it; and their `drift_bins`.

    One pass over a feature counts all windows at once.

    Args:
        database: holds the tables that `features` names.
        features: feature, label, kind, table, column, platform.
        windows: of time.
        thresholds: sizes from which a move matters.
        newest_bins: whether the bins of the newest window are among them; by default not, as `drift` tells them.
    """
    rows, bins_of = [], []
    shown = range(max(1, windows.newest - SHOWN_WINDOWS + 1), windows.newest + 1)
    places = features.to_dict("records")
    for place, chance in zip(places, chances(places, thresholds.p), strict=True):
        look_at(database, **where_to_look(place))
        counted = (_categories if place["kind"] == CATEGORY else _numbers)(database, windows, chance)
        for number in shown:
            figures, bins = counted(number)
            if len(bins) and (number != windows.newest or newest_bins):
                bins_of.append(bins.assign(feature=place["feature"], window_from=windows.starts[number]))
            spans = windows.spans(number)
            rows.append(
                {
                    "feature": str(place["feature"]),
                    "label": str(place["label"]),
                    "window_from": spans["analysis_from"],
                    "window_to": spans["analysis_to"],
                    **figures,
                    "moved": _moved(figures, thresholds),
                }
            )
    history = pd.DataFrame(rows)[PUBLISHED_TABLES["drift_history"].column_names] if rows else no_rows("drift_history")
    columns = PUBLISHED_TABLES["drift_bins"].column_names
    older = pd.concat(bins_of, ignore_index=True).reindex(columns=columns) if bins_of else no_rows("drift_bins")
    return history, older


def _numbers(database: Database, windows: Windows, chance: float) -> Callable[[int], Compared]:
    counted = count_values(database)
    sums = sum_by_athlete(database, windows.newest)

    def compared(number: int) -> Compared:
        sizes = counted.rows(number)
        figures = {"rows": sizes[3], "psi": np.nan, "ks": np.nan, "shift_size": np.nan}
        figures["null_change"] = _null_change(sums, sizes, number, chance)
        if min(sizes[2:]) < LEAST_ROWS:
            return figures, pd.DataFrame()
        cells = counted.between(number)
        edges = distances.tenths(cells)
        bins = distances.in_bins(cells, edges)
        psi = distances.psi(bins["reference"].to_numpy(), bins["analysis"].to_numpy())
        figures["psi"] = _beyond_chance(psi, len(bins), *sizes[2:])
        figures["ks"] = distances.ks(cells).distance
        figures["shift_size"] = _own_shift(sums, number, chance)
        return figures, shares(bins, edges)

    return compared


def _categories(database: Database, windows: Windows, chance: float) -> Callable[[int], Compared]:
    counts = category_counts(database, 0, windows.newest)
    sums = AthleteSums.of(counts, windows.newest)

    def compared(number: int) -> Compared:
        inside = counts[counts["number"].between(first_of_reference(number), number)]
        found, bins = of_category(inside, number, chance)
        figures = dict.fromkeys(("psi", "ks", "shift_size", "null_change"), np.nan)
        known = counts.loc[counts["number"] == number, "known"].sum()
        if found:
            told = (int(inside.loc[inside["number"] < number, "known"].sum()), int(known))
            before = int(inside.loc[inside["number"] < number, "counted"].sum())
            now = int(inside.loc[inside["number"] == number, "counted"].sum())
            figures["null_change"] = _null_change(sums, (before, now, *told), number, chance)
            if len(bins):
                figures["psi"] = _beyond_chance(float(found["psi"]), len(bins), *told)  # type: ignore[arg-type]
        return {"rows": int(known), **figures}, bins

    return compared


def _moved(figures: dict[str, float], thresholds: Thresholds) -> float:
    """The largest of the sizes over its threshold; missing where none is known."""
    sizes = (
        figures["psi"] / thresholds.psi,
        abs(figures["shift_size"]) / thresholds.shift,
        abs(figures["null_change"]) / thresholds.null_share,
    )
    known = [size for size in sizes if not np.isnan(size)]
    return float(max(known)) if known else np.nan


def _null_change(sums: AthleteSums, sizes: tuple[int, ...], number: int, chance: float) -> float:
    """How much the share of empty values rose (or fell) by, where that is more than is usual for whole windows."""
    before, now, known_before, known_now = sizes
    if min(before, now) < LEAST_ROWS:
        return np.nan
    change = known_before / before - known_now / now
    if change == 0:
        return 0.0
    return beyond_usual(change, change, float(null_test(sums, number, chance)["null_usual"]))  # type: ignore[arg-type]


def _own_shift(sums: AthleteSums, number: int, chance: float) -> float:
    """Of a window the shift of the athletes' own level as the verdict takes it, where it is more than is usual."""
    found = own_shift(sums, number, chance)
    size, shift, usual = (float(found[name]) for name in ("shift_size", "shift", "shift_usual"))
    return size if np.isnan(size) else beyond_usual(size, shift, usual)


def beyond_usual(size: float, moved: float, usual: float) -> float:
    """A size as it is where the move is more than whole windows usually make, and 0 where not: the verdict's rule.

    >>> beyond_usual(-0.46, -0.18, usual=0.0), beyond_usual(-0.46, -0.18, usual=0.2)
    (-0.46, 0.0)
    """
    return size if abs(moved) > usual and np.isfinite(size) else 0.0


def _beyond_chance(psi: float, bins: int, reference: float, analysis: float) -> float:
    """The index less what chance brings on average, so that small windows do not look as if all had moved.

    Source: the index of equal distributions is about chi-square; Yurdakul, Statistical properties of the population
    stability index, 2018.
    """
    return max(0.0, psi - (bins - 1) * (1 / reference + 1 / analysis))
