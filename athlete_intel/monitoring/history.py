"""How each feature moved from window to window: the heat map's table."""

import numpy as np
import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.monitoring import distances
from athlete_intel.monitoring.cells import count_values, look_at
from athlete_intel.monitoring.drift import CATEGORY, no_rows, where_to_look
from athlete_intel.monitoring.windows import LEAST_ROWS, SHOWN_WINDOWS, Windows
from athlete_intel.warehouse import Database


def drift_history(database: Database, features: pd.DataFrame, windows: Windows) -> pd.DataFrame:
    """The published table `drift_history`: each of the newest windows against those before it.

    One pass over a feature counts all windows at once.

    Args:
        database: holds the tables that `features` names.
        features: feature, label, kind, table, column, platform; categories are left out.
        windows: of time.
    """
    rows = []
    shown = range(max(1, windows.newest - SHOWN_WINDOWS + 1), windows.newest + 1)
    for place in features[features["kind"] != CATEGORY].to_dict("records"):
        look_at(database, **where_to_look(place))
        counted = count_values(database)
        for number in shown:
            sizes = counted.rows(number)
            figures = {"psi": np.nan, "ks": np.nan}
            if min(sizes[2:]) >= LEAST_ROWS:
                cells = counted.between(number)
                bins = distances.in_bins(cells, distances.tenths(cells))
                figures = {
                    "psi": _beyond_chance(bins),
                    "ks": distances.ks(cells).distance,
                }
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
    if not rows:
        return no_rows("drift_history")
    return pd.DataFrame(rows)[PUBLISHED_TABLES["drift_history"].column_names]


def _beyond_chance(bins: pd.DataFrame) -> float:
    """The index less what chance brings on average, so that small windows do not look as if all had moved.

    Source: the index of equal distributions is about chi-square; Yurdakul, Statistical properties of the population
    stability index, 2018.
    """
    reference, analysis = bins["reference"].to_numpy(), bins["analysis"].to_numpy()
    chance = (len(bins) - 1) * (1 / reference.sum() + 1 / analysis.sum())
    return max(0.0, distances.psi(reference, analysis) - chance)
