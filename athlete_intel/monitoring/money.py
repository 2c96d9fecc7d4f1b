"""What a drifting feature moves in money: the pay that the model expects with and without its change."""

from typing import Any

import numpy as np
import pandas as pd

from athlete_intel.features.matrix import LOG, OWN_OUTCOMES
from athlete_intel.influence.candidates import Model
from athlete_intel.monitoring.drift import CATEGORY
from athlete_intel.monitoring.observed import OUTCOME, PREDICTED

_BEGINS: dict[str, tuple[str, ...]] = {
    "wikipedia_views": ("wikipedia_",),
    "stories_views": ("outcome_", "format_outcome_"),
}
"""Beginnings of the names of the features that are made of a source, where they are not those of the source."""
_GROWTH = "_followers_growth"


def columns_behind(feature: str, catalogue: pd.DataFrame, kind: str = "number") -> list[str]:
    """The features of the model that a drifting feature, or a signal at the source, goes into.

    A level that moves at the source leaves trends as they were once it has reached them. Followers that grow move the
    followers that a source delivers as a ready-made signal; others are not in the model.

    Args:
        feature: name of the feature.
        catalogue: feature and scale of what the model uses.
        kind: `number`, or `category`, of which the model has a column for each value.

    >>> names = ["twitter_likes_median", "twitter_likes_trend", "wikipedia_peak", "format_video"]
    >>> names.append("format_outcome_median")
    >>> catalogue = pd.DataFrame({"feature": names, "scale": ["log", "linear", "log", "linear", "log"]})
    >>> columns_behind("source:twitter_likes", catalogue), columns_behind("wikipedia_peak", catalogue)
    (['twitter_likes_median'], ['wikipedia_peak'])
    >>> columns_behind("format", catalogue, "category"), columns_behind("source:twitter_followers_growth", catalogue)
    (['format_video'], [])
    """
    names = catalogue["feature"].astype("str").tolist()
    if kind == CATEGORY:
        return [name for name in names if name.startswith(f"{feature}_") and name not in OWN_OUTCOMES]
    source = feature.removeprefix("source:")
    if source.endswith(_GROWTH):
        is_log = dict(zip(names, catalogue["scale"] == LOG, strict=True))
        return [name for name in names if name.startswith(source.removesuffix("_growth")) and is_log[name]]
    if not feature.startswith("source:"):
        return [name for name in names if name == feature]
    begins = _BEGINS.get(source, (source,))
    return [name for name in names if name.startswith(begins) and not name.endswith(("_seen", "_spread", "_trend"))]


def money_moved(
    drift: pd.DataFrame, bins: pd.DataFrame, model: Model, matrix: pd.DataFrame, pay_cents: pd.Series
) -> pd.DataFrame:
    """Mean change of the expected pay of a story, in cents, that each drifting feature makes.

    Of numbers the values of today are moved back by the shift (of the athletes' own level, or of the mean where too few
    athletes have one), and the difference of the predictions is what the shift moves. Values that came to be empty are
    taken away from those who have them, and what that does counts as often as it happened. Of categories the pay that
    the model expects in each of them is weighed by the change of its share. For a signal at the source this is what it
    comes to once it has reached all features made of it. Predictions move pay as they move; outcomes move what is
    settled, at the pay of today. Floors and caps are left aside.

    Args:
        drift: feature, kind, drifting, why, shift and mean_change (on the model's scale), reference_null_share,
            analysis_null_share.
        bins: feature, category, reference_share, analysis_share of the newest window of each category.
        model: in use.
        matrix: features of every athlete today, by athlete_id.
        pay_cents: expected pay of a story, by athlete_id.

    Returns:
        By the index of `drift`: money_cents in whole cents, 0 where something drifts that is not in the model, and
        missing where nothing drifts; and in_model, whether pay depends on the feature at all.
    """
    pay = pay_cents.reindex(matrix.index).fillna(0).to_numpy(dtype="float64")
    priced = _Priced(model, matrix, pay) if drift["drifting"].any() else None
    found: list[tuple[object, bool]] = []
    for row in drift.to_dict("records"):
        columns = columns_behind(str(row["feature"]), model.catalogue, str(row["kind"]))
        in_model = bool(columns) or row["feature"] in (PREDICTED, OUTCOME)
        if priced is None or not row["drifting"]:
            found.append((pd.NA, in_model))
        elif not in_model:
            found.append((0, False))
        else:
            cents = _moved(row, columns, bins, priced)
            found.append((round(cents) if np.isfinite(cents) else pd.NA, True))
    table = pd.DataFrame(found, columns=["money_cents", "in_model"], index=drift.index)
    return table.astype({"money_cents": "Int64", "in_model": "bool"})


class _Priced:
    """The pay of everybody under other features than today's."""

    def __init__(self, model: Model, matrix: pd.DataFrame, pay: np.ndarray) -> None:
        self.model, self.matrix, self.pay = model, matrix, pay
        self.now = model.predict_log(matrix).to_numpy()
        self.is_log = dict(zip(model.catalogue["feature"], model.catalogue["scale"] == LOG, strict=True))

    def change(self, matrix: pd.DataFrame) -> np.ndarray:
        """Of everybody how pay would change with these features."""
        return self.pay * np.expm1(self.model.predict_log(matrix).to_numpy() - self.now)


def _moved(row: dict[Any, Any], columns: list[str], bins: pd.DataFrame, priced: _Priced) -> float:
    if row["kind"] == CATEGORY:
        return _by_mix(str(row["feature"]), columns, bins, priced) + _by_empty_values(row, columns, priced)
    shift = row["shift"] if pd.notna(row["shift"]) else row["mean_change"]
    if row["feature"] in (PREDICTED, OUTCOME):
        return float((priced.pay * -np.expm1(-shift)).mean())
    moved = _by_empty_values(row, columns, priced)
    if str(row["why"]) != "empty values":
        moved += _by_shift(float(shift), columns, priced)
    return moved


def _by_shift(shift: float, columns: list[str], priced: _Priced) -> float:
    back = priced.matrix.copy()
    for name in columns:
        values = back[name].to_numpy(dtype="float64")
        back[name] = np.expm1(np.log1p(values) - shift).clip(min=0) if priced.is_log[name] else values - shift
    return float(-priced.change(back).mean())


def _by_empty_values(row: dict[Any, Any], columns: list[str], priced: _Priced) -> float:
    known = priced.matrix[columns].notna().any(axis="columns").to_numpy()
    if "empty values" not in str(row["why"]) or not known.any():
        return 0.0
    more = row["analysis_null_share"] - row["reference_null_share"]
    return float(more * priced.change(priced.matrix.assign(**dict.fromkeys(columns, np.nan)))[known].mean())


def _by_mix(feature: str, columns: list[str], bins: pd.DataFrame, priced: _Priced) -> float:
    """Shares add up to 1 in both windows, so today's pay falls out of the difference."""
    moved = 0.0
    own = bins[bins["feature"] == feature]
    for category, before, now in own[["category", "reference_share", "analysis_share"]].itertuples(index=False):
        as_one = priced.matrix.assign(**{name: float(name == f"{feature}_{category}") for name in columns})
        moved += (now - before) * float(priced.change(as_one).mean())
    return moved
