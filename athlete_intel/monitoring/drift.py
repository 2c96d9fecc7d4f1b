"""Whether features, predictions and outcomes of the newest window still look like those before it.

All is counted in the warehouse. A feature drifts if it moved by enough to matter and by more than chance explains:
the size alone is noisy in small windows, the significance alone finds every trifle in large ones. Chance is that of
athletes, not of rows, and is corrected for the number of tests, so that a window raises a false alarm no more often
than the threshold of the p-value says.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.monitoring import distances
from athlete_intel.monitoring.cells import AthleteSums, count_by_athlete, count_values, look_at, sql, sum_by_athlete
from athlete_intel.monitoring.usual import null_test, own_shift
from athlete_intel.monitoring.windows import LEAST_ROWS, first_of_reference
from athlete_intel.warehouse import Database

NUMBER, CATEGORY = "number", "category"
GAP, CHI_SQUARE = "Kolmogorov-Smirnov", "chi-square"
GAP_AND_TENTHS = "Kolmogorov-Smirnov, and chi-square of tenths"
_MOST_CATEGORIES = 30
OTHERS, NO_CATEGORY = "all others", "none"


@dataclass(frozen=True)
class Thresholds:
    """When a feature counts as drifting: any of the sizes, and the corrected p-value that belongs to it.

    `psi` is of the whole distribution; `shift` is the mean change of an athlete's own value in units of the spread of
    such changes, or of rows if that is larger (Cohen's d; 0.2 is small, 0.5 medium); `null_share` is the change of the
    share of rows without a value; `p` is the share of windows in which chance alone raises an alarm.
    """

    psi: float = 0.2
    shift: float = 0.2
    null_share: float = 0.1
    p: float = 0.01


def drift(
    database: Database, features: pd.DataFrame, newest: int, thresholds: Thresholds
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare window `newest` with those before it.

    Args:
        database: holds the table `monitored`: number (of the window, from 0; -1 for rows that do not count), athlete
            (name or number; empty if rows are independent), and a column for each feature, on the scale on which it is
            compared.
        features: feature, label, kind (`number` or `category`); and table, column, platform for what does not stand in
            the column of its name of `monitored`.
        newest: number of the window that is analysed.
        thresholds: when a feature counts as drifting.

    Returns:
        Of every feature the columns of the published table `drift` that are about figures, most suspicious first; and
        the table `drift_bins`. Both are empty if either window has fewer than 30 rows.
    """
    facts, bins = [], []
    places = features.to_dict("records")
    for place, chance in zip(places, chances(places, thresholds.p), strict=True):
        feature, label, kind = str(place["feature"]), str(place["label"]), str(place["kind"])
        look_at(database, **where_to_look(place))
        if kind == CATEGORY:
            found, told = of_category(category_counts(database, first_of_reference(newest), newest), newest, chance)
        else:
            found, told = _of_number(database, newest, chance)
        if found:
            facts.append({"feature": feature, "label": label, "kind": kind, **found})
            bins.append(told.assign(feature=feature))
    if not facts:
        return no_rows("drift"), no_rows("drift_bins")
    table = _judged(pd.DataFrame(facts), thresholds)
    columns = PUBLISHED_TABLES["drift_bins"].column_names
    return table, pd.concat(bins, ignore_index=True).reindex(columns=columns)


def chances(places: Sequence[Mapping[Hashable, Any]], p: float) -> list[float]:
    """With which chance each feature may exceed what is usual, so that all together exceed it in a share p of windows.

    What sources deliver and the features made of it share p in halves: there are many more features, which look back
    over many posts, so a change shows at the source first, and is not to be lost among them.
    Source: Bonferroni's inequality with weights, as in Holm, 1979, section 4.

    >>> chances([{"table": "signal_posts"}, {"table": "monitored"}, {"table": "monitored"}], 0.01)
    [0.005, 0.0025, 0.0025]
    >>> chances([{"feature": "likes"}, {"feature": "views"}], 0.01)
    [0.005, 0.005]
    """
    made = [where_to_look({"feature": "", **place})["table"] == "monitored" for place in places]
    shares = 2 if any(made) and not all(made) else 1
    return [p / shares / made.count(kind) for kind in made]


def where_to_look(place: Mapping[Hashable, Any]) -> dict[str, Any]:
    """Table, column and platform of a feature: by default the column of its name of `monitored`.

    >>> where_to_look({"feature": "likes"})
    {'column': 'likes', 'table': 'monitored', 'platform': None}
    """
    platform = place.get("platform")
    return {
        "column": str(place.get("column", place["feature"])),
        "table": str(place.get("table", "monitored")),
        "platform": platform if isinstance(platform, str) else None,
    }


def _of_number(database: Database, newest: int, chance: float) -> tuple[dict[str, object], pd.DataFrame]:
    counted = count_values(database)
    sizes = counted.rows(newest)
    if min(sizes[:2]) < LEAST_ROWS:
        return {}, pd.DataFrame()
    sums = sum_by_athlete(database, newest)
    facts = _sizes(sizes) | own_shift(sums, newest, chance) | null_test(sums, newest, chance)
    facts |= {"mean_change": _mean_change(sums, newest), "test": GAP}
    if min(sizes[2:]) < LEAST_ROWS:
        return facts | dict.fromkeys(("psi", "js", "ks", "ks_error", "raw_p", "design"), np.nan), pd.DataFrame()
    cells = counted.between(newest)
    edges = distances.tenths(cells)
    bins = distances.in_bins(cells, edges)
    reference, analysis = bins["reference"].to_numpy(), bins["analysis"].to_numpy()
    gap = distances.ks(cells)
    design, spread = 1.0, 0.0
    if sums.named.any():
        design, spread = distances.design_effects_of_rows(count_by_athlete(database, edges, newest), len(bins))
    whole = distances.ks_p(gap.distance, *sizes[2:], design)
    statistic, freedom = distances.chi_square(reference, analysis)
    if design != 1.0:
        # The test of tenths is corrected to second order; of both, the one that says less counts.
        whole = max(whole, distances.chi_square_p(statistic, freedom, design, spread))
        facts |= {"test": GAP_AND_TENTHS, "chi_square": statistic}
    figures = {
        "psi": distances.psi(reference, analysis),
        "js": distances.jensen_shannon(reference, analysis),
        "ks": gap.distance,
        "ks_error": gap.error,
        "raw_p": whole,
        "design": design,
    }
    return facts | figures, shares(bins, edges)


def shares(bins: pd.DataFrame, edges: np.ndarray) -> pd.DataFrame:
    """Counted values of two windows in bins, with the ends of the bins and the share of each window.

    Args:
        bins: bin, reference, analysis.
        edges: inner ends of the bins.

    >>> counted = pd.DataFrame({"bin": [0, 1], "reference": [3, 1], "analysis": [1, 1]})
    >>> shares(counted, np.array([5.0])).drop(columns=["reference", "analysis"]).to_numpy().tolist()
    [[0.0, nan, 5.0, 0.75, 0.5], [1.0, 5.0, nan, 0.25, 0.5]]
    """
    ends = np.concatenate([[np.nan], edges, [np.nan]])
    return bins.assign(
        bin_from=ends[:-1],
        bin_to=ends[1:],
        reference_share=bins["reference"] / bins["reference"].sum(),
        analysis_share=bins["analysis"] / bins["analysis"].sum(),
    )


def _mean_change(sums: AthleteSums, newest: int) -> float:
    """Change of the mean of all rows, whosever they are."""
    before = slice(first_of_reference(newest), newest)
    total, known = (np.array([part[:, before].sum(), part[:, newest].sum()]) for part in (sums.total, sums.known))
    return float(np.subtract(*(total / known)[::-1])) if known.all() else np.nan


def category_counts(database: Database, oldest: int, newest: int) -> pd.DataFrame:
    """Rows by athlete, window and category of the feature that is looked at: counted, and known if it has one."""
    counts = database.query(sql("category_counts"), {"oldest": oldest, "newest": newest})
    return counts.assign(known=counts["counted"].where(counts["category"].notna(), 0))


def of_category(counts: pd.DataFrame, newest: int, chance: float) -> tuple[dict[str, object], pd.DataFrame]:
    """The figures of one category in a window against those before it, and its shares.

    Args:
        counts: athlete, number, category, counted, known of the window and its reference.
        newest: number of the window that is analysed.
        chance: with which a whole window may exceed what is usual.
    """
    is_newest = counts["number"] == newest
    counts = counts.assign(
        reference=counts["counted"].where(~is_newest, 0),
        analysis=counts["counted"].where(is_newest, 0),
    )
    known = counts[counts["category"].notna()]
    sizes = tuple(int(part[name].sum()) for part in (counts, known) for name in ("reference", "analysis"))
    if min(sizes[:2]) < LEAST_ROWS:
        return {}, pd.DataFrame()
    facts = _sizes(sizes) | {
        "shift": np.nan,
        "shift_size": np.nan,
        "shift_usual": np.nan,
        "raw_shift_p": np.nan,
        "athletes": 0,
        "mean_change": np.nan,
        "test": CHI_SQUARE,
    }
    facts |= null_test(AthleteSums.of(counts, newest), newest, chance)
    if min(sizes[2:]) < LEAST_ROWS:
        return facts | dict.fromkeys(("psi", "js", "ks", "ks_error", "raw_p", "design"), np.nan), pd.DataFrame()
    totals = known.groupby("category")[["reference", "analysis"]].sum()
    order = totals.sum(axis="columns").sort_values(ascending=False, kind="stable").index
    common = order[: _MOST_CATEGORIES - 1] if len(order) > _MOST_CATEGORIES else order
    names = [str(name) for name in common] + ([OTHERS] if len(order) > len(common) else [])
    place = {name: i for i, name in enumerate(common)}
    known = known.assign(bin=known["category"].map(place).fillna(len(common)).astype("int64"))
    sums = known.groupby("bin")[["reference", "analysis"]].sum()
    reference, analysis = sums["reference"].to_numpy(), sums["analysis"].to_numpy()
    design, spread = 1.0, 0.0
    if known["athlete"].notna().any():
        design, spread = distances.design_effects_of_rows(known, len(sums))
    statistic, freedom = distances.chi_square(reference, analysis)
    figures = {
        "psi": distances.psi(reference, analysis),
        "js": distances.jensen_shannon(reference, analysis),
        "chi_square": statistic,
        "raw_p": distances.chi_square_p(statistic, freedom, design, spread),
        "design": design,
    }
    told = pd.DataFrame(
        {
            "bin": range(len(names)),
            "category": names,
            "reference_share": reference / reference.sum(),
            "analysis_share": analysis / analysis.sum(),
        }
    )
    return facts | figures, told


def _sizes(sizes: tuple[int, ...]) -> dict[str, object]:
    before, now, known_before, known_now = sizes
    return {
        "reference_rows": known_before,
        "analysis_rows": known_now,
        "reference_null_share": 1 - known_before / before,
        "analysis_null_share": 1 - known_now / now,
    }


def _judged(table: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """The tests corrected for their number, and what follows."""
    tests = ["raw_p", "raw_shift_p", "raw_null_p"]
    corrected = distances.holm(table[tests].to_numpy(dtype="float64").ravel()).reshape(-1, len(tests))
    table[["ks_p", "shift_p", "null_p"]] = corrected
    nulls = (table["analysis_null_share"] - table["reference_null_share"]).abs()
    reasons = {
        "distribution": (table["psi"] >= thresholds.psi) & (table["ks_p"] < thresholds.p),
        "own level": (table["shift_size"].abs() >= thresholds.shift)
        & (table["shift"].abs() > table["shift_usual"].fillna(0.0))
        & (table["shift_p"] < thresholds.p),
        "empty values": (nulls >= thresholds.null_share)
        & (nulls > table["null_usual"].fillna(0.0))
        & (table["null_p"] < thresholds.p),
    }
    table["why"] = [", ".join(name for name, holds in reasons.items() if holds[i]) or None for i in range(len(table))]
    table["drifting"] = table["why"].notna()
    for name, value in asdict(thresholds).items():
        table["ks_p_threshold" if name == "p" else f"{name}_threshold"] = value
    order = table.assign(least_p=table[["ks_p", "shift_p", "null_p"]].min(axis="columns"))
    order = order.sort_values(["drifting", "least_p", "feature"], ascending=[False, True, True], ignore_index=True)
    return order.reindex(columns=[*_FIGURES, *(c for c in ("raw_p", "raw_shift_p", "raw_null_p"))])


_FIGURES = [
    column.name
    for column in PUBLISHED_TABLES["drift"].columns
    if column.name not in ("reference_from", "reference_to", "analysis_from", "analysis_to", "money_cents", "in_model")
]


def no_rows(table: str) -> pd.DataFrame:
    """A published table without rows, in its types."""
    kinds = {"text": "str", "integer": "int64", "number": "float64", "boolean": "bool", "timestamp": "datetime64[us]"}
    return pd.DataFrame({c.name: pd.Series(dtype=kinds[c.type]) for c in PUBLISHED_TABLES[table].columns})
