"""How each feature moved from window to window: the heat map's table."""

import numpy as np
import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.monitoring import distances
from athlete_intel.monitoring.cells import count_values, look_at, sql
from athlete_intel.monitoring.drift import CATEGORY, Thresholds, chances, no_rows, shares, where_to_look
from athlete_intel.monitoring.usual import LEAST_ATHLETES, usual_shift
from athlete_intel.monitoring.windows import LEAST_ROWS, SHOWN_WINDOWS, Windows, first_of_reference
from athlete_intel.warehouse import Database


def drift_history(
    database: Database, features: pd.DataFrame, windows: Windows, thresholds: Thresholds
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The published table `drift_history`: each of the newest windows against those before it; and their `drift_bins`.

    The bins of the newest window are not among them, as `drift` tells them. One pass over a feature counts all windows
    at once.

    Args:
        database: holds the tables that `features` names.
        features: feature, label, kind, table, column, platform; categories are left out.
        windows: of time.
        thresholds: sizes from which a move matters.
    """
    rows, bins_of = [], []
    shown = range(max(1, windows.newest - SHOWN_WINDOWS + 1), windows.newest + 1)
    places = features.to_dict("records")
    for place, chance in zip(places, chances(places, thresholds.p), strict=True):
        if place["kind"] == CATEGORY:
            continue
        look_at(database, **where_to_look(place))
        counted = count_values(database)
        shifts = _own_shifts(
            database.query(sql("feature_athletes"), {"oldest": 0, "newest": windows.newest}),
            windows,
            chance,
        )
        for number in shown:
            sizes = counted.rows(number)
            figures = {"psi": np.nan, "ks": np.nan, "shift_size": np.nan, "moved": np.nan}
            if min(sizes[2:]) >= LEAST_ROWS:
                cells = counted.between(number)
                edges = distances.tenths(cells)
                bins = distances.in_bins(cells, edges)
                if number != windows.newest:
                    told = shares(bins, edges)
                    bins_of.append(told.assign(feature=place["feature"], window_from=windows.starts[number]))
                figures = {
                    "psi": _beyond_chance(bins),
                    "ks": distances.ks(cells).distance,
                    "shift_size": shifts[number],
                }
                sizes_in_thresholds = (figures["psi"] / thresholds.psi, abs(figures["shift_size"]) / thresholds.shift)
                figures["moved"] = float(np.nanmax(sizes_in_thresholds))
            spans = windows.spans(number)
            rows.append(
                {
                    "feature": str(place["feature"]),
                    "label": str(place["label"]),
                    "window_from": spans["analysis_from"],
                    "window_to": spans["analysis_to"],
                    "rows": sizes[3],
                    **figures,
                }
            )
    history = pd.DataFrame(rows)[PUBLISHED_TABLES["drift_history"].column_names] if rows else no_rows("drift_history")
    columns = PUBLISHED_TABLES["drift_bins"].column_names
    older = pd.concat(bins_of, ignore_index=True).reindex(columns=columns) if bins_of else no_rows("drift_bins")
    return history, older


def _own_shifts(by_athlete: pd.DataFrame, windows: Windows, chance: float) -> np.ndarray:
    """Of each window the mean change of the athletes' own level in units of its spread, less what is usual."""
    sizes = np.full(windows.newest + 1, np.nan)
    known = by_athlete[by_athlete["athlete"].notna() & (by_athlete["known"] > 0)]
    if known.empty:
        return sizes
    rows, names = pd.factorize(known["athlete"])
    sums = np.zeros((2, len(names), windows.newest + 1))
    sums[:, rows, known["number"].to_numpy()] = known[["total", "known"]].to_numpy(dtype="float64").T
    for number in range(max(1, windows.newest - SHOWN_WINDOWS + 1), windows.newest + 1):
        before, now = sums[:, :, first_of_reference(number) : number].sum(axis=2), sums[:, :, number]
        both = (before[1] > 0) & (now[1] > 0)
        if both.sum() < LEAST_ATHLETES:
            continue
        change = now[0, both] / now[1, both] - before[0, both] / before[1, both]
        spread, mean = float(change.std(ddof=1)), float(change.mean())
        usual = max(usual_shift(known[known["number"] < number], chance), 3 * spread / np.sqrt(both.sum()))
        beyond = max(0.0, abs(mean) - usual)
        sizes[number] = np.sign(mean) * beyond / spread if spread > 0 else 0.0
    return sizes


def _beyond_chance(bins: pd.DataFrame) -> float:
    """The index less what chance brings on average, so that small windows do not look as if all had moved.

    Source: the index of equal distributions is about chi-square; Yurdakul, Statistical properties of the population
    stability index, 2018.
    """
    reference, analysis = bins["reference"].to_numpy(), bins["analysis"].to_numpy()
    chance = (len(bins) - 1) * (1 / reference.sum() + 1 / analysis.sum())
    return max(0.0, distances.psi(reference, analysis) - chance)
