"""Ranges that hold the share of outcomes they claim, wider where outcomes vary more.

The errors that a model made on outcomes it had not seen are divided by the size of error to be expected there; the
quantiles of these ratios, times the expected size, are the range of a new prediction.
Source: normalised split conformal prediction, Lei et al., Distribution-free predictive inference for regression,
JASA 2018, section 5.2.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from athlete_intel.features.matrix import OWN_OUTCOMES

LEAST_RESIDUALS = 20
_LEAST_FOR_A_MODEL = 200
_SMALLEST_ERROR = 0.05
_WIDEST = 4.0
"""No expected error is more than so many times the typical one, or less than the typical one divided by it."""
_ALPHAS = np.logspace(0, 4, 9)


def residual_range(residuals: np.ndarray, interval: float) -> tuple[float, float]:
    """Lower and upper conformal quantile of residuals (actual minus predicted log), with equal tails.

    The ranks are those of split conformal prediction: with n residuals the end is the ceil((n + 1)(1 - tail))-th, so
    that new outcomes of the same kind fall inside with at least the wanted probability.

    >>> residual_range(np.arange(-50, 51) / 10, 0.8)
    (-4.1, 4.1)
    """
    ordered = np.sort(residuals)
    tail = (1 - interval) / 2
    last = len(ordered) - 1
    rank = min(int(np.ceil((len(ordered) + 1) * (1 - tail))) - 1, last)
    return float(ordered[last - rank]), float(ordered[rank])


def spread_features(matrix: pd.DataFrame, predicted_log: pd.Series) -> pd.DataFrame:
    """What the size of an error may depend on: how much outcomes and likes varied so far, how often the athlete was
    seen, how much is unknown, the level, and the kind of athlete and sport. Missing values are those of the typical
    row, and told apart.

    Args:
        matrix: features.
        predicted_log: predictions for the same rows.
    """
    names = matrix.columns.astype("str").tolist()
    spreads = [name for name in names if name == "outcome_spread" or name.endswith("likes_spread")]
    kinds = [name for name in names if name.startswith(("sport_", "kind_"))]
    level = predicted_log.to_numpy()
    table = pd.DataFrame({"level": level, "level_squared": level**2})
    table["unknown"] = matrix.isna().mean(axis="columns").to_numpy()
    if spreads:
        table["spread"] = matrix[spreads].mean(axis="columns").to_numpy()
    if "outcomes_seen" in matrix:
        table["seen"] = np.log1p(matrix["outcomes_seen"].fillna(0)).to_numpy()
        table["unseen"] = matrix["outcomes_seen"].isna().astype("float64").to_numpy()
    for name in kinds:
        table[name] = matrix[name].to_numpy()
    return table


def newcomer_features(matrix: pd.DataFrame, predicted_log: pd.Series) -> pd.DataFrame:
    """The same for athletes without history, of whom no own outcome counts."""
    return spread_features(matrix[[name for name in matrix.columns if name not in OWN_OUTCOMES]], predicted_log)


@dataclass(frozen=True)
class Ranges:
    """How far outcomes may lie from predictions: quantiles of errors in units of the expected error."""

    below: float
    above: float
    typical: float
    model: Pipeline | None
    seen: pd.DataFrame
    """Of each feature the value for missing ones and the ends beyond which the model was not taught."""

    def sizes(self, features: pd.DataFrame) -> np.ndarray:
        """Expected size of the error of each row."""
        if self.model is None:
            return np.full(len(features), self.typical)
        predicted = np.exp(self.model.predict(_inside(features, self.seen)))
        return np.asarray(np.clip(predicted, self.typical / _WIDEST, self.typical * _WIDEST))

    def around(self, predicted_log: pd.Series, features: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
        """Lower and upper end of the log outcome of each row."""
        sizes = self.sizes(features)
        return predicted_log + self.below * sizes, predicted_log + self.above * sizes


def learn_ranges(
    residuals: np.ndarray, features: pd.DataFrame, interval: float, least: int = LEAST_RESIDUALS
) -> Ranges | None:
    """Ranges out of errors on outcomes not seen before; None if there are fewer than `least` of them.

    One half of the errors (every other one) teaches how large errors are where, the other half is measured in these
    sizes, and then the other way round, so that the ranges do not flatter themselves. With few errors all rows have the
    same width.

    Args:
        residuals: actual minus predicted log.
        features: from `spread_features`, one row an error.
        interval: share of outcomes that a range should hold.
    """
    if len(residuals) < least:
        return None
    typical = max(float(np.median(np.abs(residuals))), 1e-9)
    seen = features.quantile([0.5, 0.02, 0.98]).fillna(0.0)
    even = Ranges(0.0, 0.0, typical, None, seen)
    if len(residuals) >= _LEAST_FOR_A_MODEL:
        values = _inside(features, seen)
        target = np.log(np.maximum(np.abs(residuals), _SMALLEST_ERROR * typical))

        def sizes_taught_by(rows: np.ndarray) -> Ranges:
            model = make_pipeline(StandardScaler(), RidgeCV(alphas=_ALPHAS)).fit(values[rows], target[rows])
            return Ranges(0.0, 0.0, typical, model, seen)

        half = np.arange(len(residuals)) % 2 == 0
        sizes = np.where(half, sizes_taught_by(~half).sizes(features), sizes_taught_by(half).sizes(features))
        below, above = residual_range(residuals / sizes, interval)
        return Ranges(below, above, typical, sizes_taught_by(half | ~half).model, seen)
    below, above = residual_range(residuals / even.sizes(features), interval)
    return Ranges(below, above, typical, None, seen)


def _inside(features: pd.DataFrame, seen: pd.DataFrame) -> np.ndarray:
    """Features with missing values filled, and kept inside what was seen: expected errors are not extrapolated."""
    values = features.reindex(columns=seen.columns).fillna(seen.loc[0.5])
    inside = np.clip(values.to_numpy(dtype="float64"), seen.loc[0.02].to_numpy(), seen.loc[0.98].to_numpy())
    is_flag = values.isin([0.0, 1.0]).all().to_numpy()
    return np.where(is_flag, values.to_numpy(dtype="float64"), inside)
