"""The first model: a ridge regression on logs, and the naive baseline it has to beat.

Everything is predicted as log(1 + outcome), because attention is heavy-tailed; a prediction is turned back and is
then a median, not a mean. The ridge is additive, so what moves a prediction can be told exactly.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from athlete_intel.errors import NotEnoughDataError
from athlete_intel.features.matrix import MOST_NULLS_IN_MODEL, transformed

LEAST_ROWS = 20
_ALPHAS = np.logspace(-2, 4, 13)
_LARGEST_LOG = np.log1p(1e12)


@dataclass(frozen=True)
class Ridge:
    """A fitted ridge: the features it uses, with their scales, and the pipeline behind it."""

    catalogue: pd.DataFrame
    pipeline: Pipeline
    lowest: float
    highest: float

    def predict_log(self, matrix: pd.DataFrame) -> pd.Series:
        """Predicted log(1 + outcome) for each row.

        A straight line runs on for ever, so predictions end one unit of log outside the outcomes seen in training.
        """
        values = transformed(matrix.reindex(columns=self.catalogue["feature"]), self.catalogue)
        predicted = self.pipeline.predict(values.to_numpy())
        return pd.Series(np.clip(predicted, self.lowest, self.highest), index=matrix.index)

    def coefficients(self) -> pd.DataFrame:
        """feature, label, weight (log outcome for one spread), centre and spread of the transformed feature.

        A row `missing:<feature>` is what the absence of a value adds.
        """
        imputer: SimpleImputer = self.pipeline[0]
        scaler: StandardScaler = self.pipeline[1]
        names = self.catalogue["feature"].tolist()
        labels = self.catalogue["label"].tolist()
        for position in imputer.indicator_.features_:
            names.append(f"missing:{names[position]}")
            labels.append(f"No value: {labels[position]}")
        return pd.DataFrame(
            {
                "feature": names,
                "label": labels,
                "weight": self.pipeline[2].coef_,
                "centre": scaler.mean_,
                "spread": scaler.scale_,
            }
        )

    def effects(self, matrix: pd.DataFrame) -> pd.DataFrame:
        """What each feature adds to the predicted log(1 + outcome) of each row, against the mean of training.

        The absence of a value counts with its feature. With `intercept`, effects add up to the prediction
        (before it is clipped).
        """
        values = transformed(matrix.reindex(columns=self.catalogue["feature"]), self.catalogue)
        scaled = self.pipeline[:2].transform(values.to_numpy())
        parts = pd.DataFrame(
            scaled * self.pipeline[2].coef_, index=matrix.index, columns=self.coefficients()["feature"]
        )
        parts.columns = parts.columns.str.removeprefix("missing:")
        return parts.T.groupby(level=0).sum().T[self.catalogue["feature"].tolist()]

    @property
    def intercept(self) -> float:
        """Predicted log(1 + outcome) of the mean of training."""
        return float(self.pipeline[2].intercept_)


def fit_ridge(matrix: pd.DataFrame, catalogue: pd.DataFrame, outcome: pd.Series) -> Ridge:
    """Fit a ridge on log(1 + outcome); its strength is chosen by leave-one-out.

    Raises:
        NotEnoughDataError: too few rows.
    """
    if len(matrix) < LEAST_ROWS:
        raise NotEnoughDataError(
            f"There are {len(matrix)} outcomes to learn from and it takes at least {LEAST_ROWS}; import more."
        )
    used = catalogue[[matrix[name].isna().mean() <= MOST_NULLS_IN_MODEL for name in catalogue["feature"]]]
    if used.empty:
        raise NotEnoughDataError("No feature has enough values to learn from; import posts or signals.")
    used = used.reset_index(drop=True)
    target = log_outcome(outcome)
    pipeline = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True), StandardScaler(), RidgeCV(alphas=_ALPHAS)
    )
    pipeline.fit(transformed(matrix, used).to_numpy(), target.to_numpy())
    return Ridge(used, pipeline, max(0.0, target.min() - 1), min(target.max() + 1, _LARGEST_LOG))


def baseline_log(matrix: pd.DataFrame, training_outcome: pd.Series) -> pd.Series:
    """The naive prediction: the median of the athlete's own past outcomes, else the median of all in training."""
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
