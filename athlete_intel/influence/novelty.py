"""What a model cannot know: rows that are unlike anything it was taught.

Two signs, each with a threshold. The distance of a row from the training data, beyond that of one in a thousand
training rows. And the disagreement of straight lines fitted on different parts of the data, beyond the model's
own typical error. Such a prediction is kept, with a wider range, but pay on it waits for a person.
Sources: Mahalanobis, On the generalised distance in statistics, 1936, with the covariance of Ledoit and Wolf, Journal
of Multivariate Analysis 2004; Lakshminarayanan et al., Simple and scalable predictive uncertainty estimation, 2017.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.covariance import LedoitWolf

from athlete_intel.features.matrix import are_newcomers
from athlete_intel.influence.candidates import Model

FARTHEST_OF_TRAINING = 0.999
_ROWS_TO_LEARN = 20_000
_WIDEN_AT_LEAST, _WIDEN_AT_MOST = 1.5, 4.0


@dataclass(frozen=True)
class Novelty:
    """How far the training data reach, and how much refits of the model differ."""

    centre: np.ndarray
    spread: np.ndarray
    precision: np.ndarray
    farthest: float
    refits: tuple[Model, ...]
    most_disagreement: float

    def judge(self, model: Model, matrix: pd.DataFrame) -> pd.DataFrame:
        """How unlike the training data each row is.

        Args:
            model: the one that `learn_novelty` was told of.
            matrix: features.

        Returns:
            By the index of the matrix: novel; why, in words, None for familiar rows; widen, the factor by which the
            range is wider, 1 for familiar rows.
        """
        standard = self._standard(model, matrix)
        pulls = standard * (standard @ self.precision)
        distance = np.sqrt(np.maximum(pulls.sum(axis=1), 0.0)) / self.farthest
        # Refits of a model that leans on the own past say nothing about those who have none.
        known = ~are_newcomers(matrix)
        disagreement = np.where(known, self._disagreement(matrix) / self.most_disagreement, 0.0)
        far, torn = distance > 1, disagreement > 1
        families = model.catalogue["family"].to_numpy()
        novel = far | torn
        why = np.full(len(matrix), None, dtype=object)
        for row in np.flatnonzero(novel):
            why[row] = _reason(pulls[row], standard[row], families, far[row])
        widen = np.clip(np.maximum(distance, disagreement), _WIDEN_AT_LEAST, _WIDEN_AT_MOST)
        return pd.DataFrame({"novel": novel, "why": why, "widen": np.where(novel, widen, 1.0)}, index=matrix.index)

    def _standard(self, model: Model, matrix: pd.DataFrame) -> np.ndarray:
        values = (model.values(matrix) - self.centre) / self.spread
        return np.where(np.isnan(values), 0.0, values)

    def _disagreement(self, matrix: pd.DataFrame) -> np.ndarray:
        if len(self.refits) < 2:
            return np.zeros(len(matrix))
        return np.asarray(np.std([refit.predict_log(matrix) for refit in self.refits], axis=0))


def learn_novelty(model: Model, matrix: pd.DataFrame, refits: list[Model], typical_error: float, seed: int) -> Novelty:
    """Measure how far the training data reach.

    Args:
        model: fitted on the matrix.
        matrix: the features of training.
        refits: the same kind of model fitted on parts of the training data.
        typical_error: median absolute error of the model, in logs.
        seed: of the sample, where there are very many rows.
    """
    if len(matrix) > _ROWS_TO_LEARN:
        matrix = matrix.iloc[np.sort(np.random.default_rng(seed).permutation(len(matrix))[:_ROWS_TO_LEARN])]
    values = model.values(matrix)
    centre = np.nanmean(values, axis=0)
    spread = np.maximum(np.nanstd(values, axis=0), 1e-6)
    standard = np.where(np.isnan(values), 0.0, (values - centre) / spread)
    precision = LedoitWolf(assume_centered=True).fit(standard).precision_
    distances = np.sqrt(np.maximum((standard * (standard @ precision)).sum(axis=1), 0.0))
    farthest = max(float(np.quantile(distances, FARTHEST_OF_TRAINING)), 1e-9)
    return Novelty(centre, spread, precision, farthest, tuple(refits), max(typical_error, 1e-9))


def _reason(pull: np.ndarray, standard: np.ndarray, families: np.ndarray, far: bool) -> str:
    """Which features make a row unlike the others, in words."""
    if far:
        sums = pd.Series(pull).groupby(families).sum().sort_values(ascending=False)
        most = str(sums.index[0])
        inside = standard[families == most]
        farthest = inside[np.argmax(np.abs(inside))]
        if abs(farthest) > 3:
            return f"{most}: far {'above' if farthest > 0 else 'below'} what the model has learnt from."
        return f"{most}: unusual beside everything else that is known."
    return "The model says very different things when it learns from other parts of the data."
