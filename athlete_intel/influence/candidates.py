"""The models that are compared, from the simplest to the most flexible.

Everything is predicted as log(1 + outcome), because attention is heavy-tailed; a prediction is turned back and is
then a median, not a mean.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler

from athlete_intel.errors import NotEnoughDataError
from athlete_intel.features.matrix import FACTS, MOST_NULLS_IN_MODEL, transformed, without_history
from athlete_intel.influence.estimators import MonotoneRidge, RidgeThenBoosting, ShrunkMedian, ridge_pipeline

LEAST_ROWS = 20
BLANK_EVERY = 4
ENOUGH_ROWS_FOR_NEWCOMERS = 6_000
_LARGEST_LOG = np.log1p(1e12)
_LEAST_ROWS_FOR_CURVES = 200
_SPLINE_KNOTS = 5
_LEAST_LEVELS_FOR_SPLINE = 20


@dataclass(frozen=True)
class Candidate:
    """A kind of model: `build(catalogue, training values, seed)` gives an estimator that is not fitted yet."""

    name: str
    label: str
    least_rows: int
    build: Callable[[pd.DataFrame, np.ndarray, int], BaseEstimator]


def _shrunk_median(catalogue: pd.DataFrame, values: np.ndarray, seed: int) -> BaseEstimator:
    position = {name: i for i, name in enumerate(catalogue["feature"])}
    peers = tuple(i for name, i in position.items() if name.startswith("sport_"))
    return ShrunkMedian(position.get("outcome_median"), position.get("outcomes_seen"), peers)


def _ridge(catalogue: pd.DataFrame, values: np.ndarray, seed: int) -> BaseEstimator:
    return ridge_pipeline(tuple(catalogue["rises"].astype(bool)))


def _spline(catalogue: pd.DataFrame, values: np.ndarray, seed: int) -> BaseEstimator:
    """A curve for the first column of each family that has enough different values, and a straight line for all.

    Beyond the values of training a curve goes on level: there the straight line alone decides.
    """
    first = ~catalogue["family"].duplicated()
    curved = [i for i in np.flatnonzero(first) if len(np.unique(values[:, i])) >= _LEAST_LEVELS_FOR_SPLINE]
    curve = make_pipeline(
        SimpleImputer(strategy="median"),
        SplineTransformer(n_knots=_SPLINE_KNOTS, knots="quantile", extrapolation="constant", include_bias=False),
    )
    line = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    columns = ColumnTransformer([("curve", curve, curved), ("line", line, list(range(len(catalogue))))])
    # The bases of a curve stay unscaled: to scale up one that is rarely above 0 would give few rows a long lever.
    return make_pipeline(columns, StandardScaler(with_std=False), MonotoneRidge())


def _boosting(catalogue: pd.DataFrame, values: np.ndarray, seed: int) -> BaseEstimator:
    rises = catalogue["rises"].to_numpy(dtype=bool)
    leads = np.arange(len(catalogue))
    for _, members in catalogue[rises].groupby("family", sort=False):
        positions = members.index.to_numpy()
        leads[positions] = positions[0]
    return RidgeThenBoosting(tuple(map(bool, rises)), tuple(map(int, leads)), seed)


CANDIDATES: tuple[Candidate, ...] = (
    Candidate("median", "Own past median, drawn to that of the peers", 1, _shrunk_median),
    Candidate("ridge", "Straight lines (ridge)", LEAST_ROWS, _ridge),
    Candidate("spline", "Curves that add up (splines)", _LEAST_ROWS_FOR_CURVES, _spline),
    Candidate("boosting", "Straight lines, then boosted trees", _LEAST_ROWS_FOR_CURVES, _boosting),
)
"""From the simplest to the most flexible; a later one is used only where it is clearly better."""


@dataclass(frozen=True)
class Model:
    """A fitted candidate with the features it uses."""

    candidate: str
    catalogue: pd.DataFrame
    estimator: BaseEstimator
    lowest: float
    highest: float
    typical: pd.Series
    """Mean of each feature in training, on the model's scale."""

    def predict_log(self, matrix: pd.DataFrame) -> pd.Series:
        """Predicted log(1 + outcome) for each row.

        A straight line runs on for ever, so predictions end one unit of log outside the outcomes seen in training.
        """
        predicted = self.estimator.predict(self.values(matrix))
        return pd.Series(np.clip(predicted, self.lowest, self.highest), index=matrix.index)

    def values(self, matrix: pd.DataFrame) -> np.ndarray:
        """The columns of the model on its scale."""
        return transformed(matrix.reindex(columns=self.catalogue["feature"]), self.catalogue).to_numpy()


def fit(candidate: Candidate, matrix: pd.DataFrame, catalogue: pd.DataFrame, outcome: pd.Series, seed: int) -> Model:
    """Fit a candidate on log(1 + outcome).

    Raises:
        NotEnoughDataError: too few rows, or no feature with enough values.
    """
    if len(matrix) < candidate.least_rows:
        raise NotEnoughDataError(
            f"There are {len(matrix)} outcomes to learn from and it takes at least {candidate.least_rows}; import more."
        )
    used = usable(matrix, catalogue)
    target = log_outcome(outcome)
    values = transformed(matrix, used).to_numpy()
    estimator = candidate.build(used, values, seed).fit(values, target.to_numpy())
    return Model(
        candidate=candidate.name,
        catalogue=used,
        estimator=estimator,
        lowest=max(0.0, target.min() - 1),
        highest=min(target.max() + 1, _LARGEST_LOG),
        typical=pd.Series(np.nanmean(values, axis=0), index=used["feature"]),
    )


def fit_newcomers(
    candidate: Candidate, matrix: pd.DataFrame, catalogue: pd.DataFrame, outcome: pd.Series, seed: int
) -> Model:
    """Fit a candidate on what is known of newcomers: no own outcomes, and of some of them nothing at all.

    A share of the rows is learnt from once more with signals taken away, so that the model is told, too, what comes
    when less is known.

    Raises:
        NotEnoughDataError: too few rows, or no feature with enough values.
    """
    every = len(matrix) // ENOUGH_ROWS_FOR_NEWCOMERS + 1
    matrix, outcome = matrix.iloc[::every], outcome.iloc[::every]
    blank = blanked(matrix.iloc[::BLANK_EVERY], catalogue, seed)
    everything = pd.concat([matrix, blank], ignore_index=True)
    outcomes = pd.concat([outcome, outcome.iloc[::BLANK_EVERY]], ignore_index=True)
    return fit(candidate, everything, without_history(catalogue), outcomes, seed)


def blanked(matrix: pd.DataFrame, catalogue: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The matrix as if less were known: of each row half of the sources are silent, and of every third row all.

    What kind of story and athlete it is stays. A source is what stands before the first underscore of a feature's name:
    a platform, Wikipedia, or a ready-made signal.
    """
    signals = catalogue.loc[~catalogue["family"].isin(FACTS), "feature"]
    source = signals.str.split("_").str[0]
    random = np.random.default_rng(seed)
    result = matrix.copy()
    all_silent = np.arange(len(matrix)) % 3 == 0
    for _, names in signals.groupby(source.to_numpy()):
        silent = all_silent | (random.random(len(matrix)) < 0.5)
        result.loc[silent, names.tolist()] = np.nan
    return result


def usable(matrix: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """The part of the catalogue that has enough values, and more than one, to learn from.

    Raises:
        NotEnoughDataError: nothing is left.
    """
    kept = [
        matrix[name].isna().mean() <= MOST_NULLS_IN_MODEL and (matrix[name].nunique() > 1 or matrix[name].isna().any())
        for name in catalogue["feature"]
    ]
    if not any(kept):
        raise NotEnoughDataError("No feature has enough values to learn from; import posts or signals.")
    return catalogue[kept].reset_index(drop=True)


def naive_log(matrix: pd.DataFrame, training_outcome: pd.Series) -> pd.Series:
    """The naive guess: the median of the athlete's own past outcomes, else the median of all in training."""
    typical = float(log_outcome(training_outcome).median())
    if "outcome_median" not in matrix:
        return pd.Series(typical, index=matrix.index)
    return log_outcome(matrix["outcome_median"]).fillna(typical)


def log_outcome(outcome: pd.Series) -> pd.Series:
    """log(1 + outcome)."""
    return pd.Series(np.log1p(outcome.to_numpy(dtype="float64")), index=outcome.index)


def from_log(values: pd.Series) -> pd.Series:
    """The outcome back from its log; never below 0."""
    return pd.Series(np.expm1(values.to_numpy(dtype="float64")), index=values.index).clip(lower=0)
