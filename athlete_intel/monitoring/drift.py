"""Whether the features of the newest weeks still look like those before them."""

import numpy as np
import pandas as pd
from scipy import stats

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.features.matrix import transformed

BINS = 10
LEAST_ROWS = 30
_EMPTY_BIN = 0.5


def drift(
    rows: pd.DataFrame,
    matrix: pd.DataFrame,
    catalogue: pd.DataFrame,
    window_days: int,
    psi_threshold: float,
    p_threshold: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each feature in the newest window against all before it.

    A feature drifts if both its population stability index and its Kolmogorov-Smirnov test say so: the index alone is
    noisy in small windows, the test alone finds every difference in large ones.

    Args:
        rows: as_of of each row of the matrix.
        matrix: features.
        catalogue: feature, label, scale.
        window_days: length of the newest window, in days.
        psi_threshold: index from which a feature counts as drifting.
        p_threshold: p-value, corrected for the number of features, under which it counts as drifting.

    Returns:
        The published tables `drift` and `drift_bins`; both empty if there are fewer than 30 rows in either window.
    """
    empty = (_no_rows("drift"), _no_rows("drift_bins"))
    if rows.empty:
        return empty
    end = rows["as_of"].max()
    starts = end.floor("D") + pd.Timedelta(days=1 - window_days)
    newest = (rows["as_of"] >= starts).to_numpy()
    if newest.sum() < LEAST_ROWS or (~newest).sum() < LEAST_ROWS:
        return empty
    values = transformed(matrix, catalogue)
    times = rows["as_of"]
    facts, bins = [], []
    for feature, label, scale in catalogue[["feature", "label", "scale"]].astype("str").to_numpy().tolist():
        reference, analysis = values[feature][~newest], values[feature][newest]
        facts.append(
            {
                "feature": feature,
                "label": label,
                "reference_from": times[~newest].min(),
                "reference_to": times[~newest].max(),
                "analysis_from": times[newest].min(),
                "analysis_to": end,
                "reference_null_share": reference.isna().mean(),
                "analysis_null_share": analysis.isna().mean(),
                **_tests(reference.dropna().to_numpy(), analysis.dropna().to_numpy(), len(catalogue)),
            }
        )
        bins.append(_shares(reference.dropna(), analysis.dropna(), feature, scale))
    table = pd.DataFrame(facts).assign(psi_threshold=psi_threshold, ks_p_threshold=p_threshold)
    table["drifting"] = (table["psi"] >= psi_threshold) & (table["ks_p"] < p_threshold)
    table = table.sort_values(["psi", "feature"], ascending=[False, True], ignore_index=True)
    return table[PUBLISHED_TABLES["drift"].column_names], pd.concat(bins, ignore_index=True)


def bin_edges(reference: np.ndarray) -> np.ndarray:
    """Inner edges of the bins: tenths of the reference, equal ones merged.

    >>> bin_edges(np.array([0, 0, 0, 0, 0, 0, 1, 2, 3, 4])).round(1).tolist()
    [0.0, 0.4, 1.3, 2.2, 3.1]
    """
    return np.unique(np.quantile(reference, np.linspace(0, 1, BINS + 1)[1:-1]))


def psi(reference: np.ndarray, analysis: np.ndarray) -> float:
    """Population stability index over tenths of the reference; half a row stands in an empty bin.

    Formula: the sum over bins of (analysis share - reference share) x ln(analysis share / reference share).

    >>> psi(np.arange(1000.0), np.arange(1000.0))
    0.0
    """
    edges = bin_edges(reference)
    expected, actual = _counts(reference, edges), _counts(analysis, edges)
    expected = np.maximum(expected, _EMPTY_BIN) / len(reference)
    actual = np.maximum(actual, _EMPTY_BIN) / len(analysis)
    return float(np.sum((actual - expected) * np.log(actual / expected)))


def _tests(reference: np.ndarray, analysis: np.ndarray, features: int) -> dict[str, float | int | None]:
    sizes: dict[str, float | int | None] = {"reference_rows": len(reference), "analysis_rows": len(analysis)}
    if min(len(reference), len(analysis)) < LEAST_ROWS:
        return {**sizes, "psi": None, "ks": None, "ks_p": None}
    ks = stats.ks_2samp(reference, analysis, method="asymp")
    corrected = min(1.0, float(ks.pvalue) * features)
    return {**sizes, "psi": psi(reference, analysis), "ks": float(ks.statistic), "ks_p": corrected}


def _counts(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1).astype("float64")


def _shares(reference: pd.Series, analysis: pd.Series, feature: str, scale: str) -> pd.DataFrame:
    if reference.empty or analysis.empty:
        return _no_rows("drift_bins")
    edges = bin_edges(reference.to_numpy())
    back = np.expm1(edges) if scale == "log" else edges
    return pd.DataFrame(
        {
            "feature": feature,
            "bin": np.arange(len(edges) + 1),
            "bin_from": [None, *back],
            "bin_to": [*back, None],
            "reference_share": _counts(reference.to_numpy(), edges) / len(reference),
            "analysis_share": _counts(analysis.to_numpy(), edges) / len(analysis),
        }
    ).astype({"bin_from": "float64", "bin_to": "float64"})


def _no_rows(table: str) -> pd.DataFrame:
    kinds = {"text": "str", "integer": "int64", "number": "float64", "boolean": "bool", "timestamp": "datetime64[us]"}
    return pd.DataFrame({c.name: pd.Series(dtype=kinds[c.type]) for c in PUBLISHED_TABLES[table].columns})
