"""What contested handles do: accuracy and pay with them and without, under one plain ridge for both.

The ridge is not the model that pays; it is the same on both sides, so that only the handles differ.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

FOLDS, REPEATS = 10, 5
MANY = 2_000
"""From so many rows on, one way of folding is enough."""
_STRENGTH = 10.0
"""Penalty on each standardised weight, in rows."""
_STEADY = 1e-6
"""A column with a smaller spread is the same everywhere, but for rounding, and gets no weight."""


@dataclass(frozen=True)
class Sums:
    """What a ridge needs to know of its rows: sums and products, which add up over parts of the rows."""

    rows: int
    of_columns: np.ndarray
    products: np.ndarray
    with_target: np.ndarray
    of_target: float

    @classmethod
    def over(cls, matrix: np.ndarray, target: np.ndarray) -> "Sums":
        """The sums over rows without missing values, see `without_gaps`."""
        return cls(len(matrix), matrix.sum(axis=0), matrix.T @ matrix, matrix.T @ target, float(target.sum()))

    def less(self, part: "Sums") -> "Sums":
        """The sums without those of some of the rows."""
        return Sums(
            self.rows - part.rows,
            self.of_columns - part.of_columns,
            self.products - part.products,
            self.with_target - part.with_target,
            self.of_target - part.of_target,
        )

    def ridge(self) -> tuple[np.ndarray, float]:
        """Weights and height of the ridge on standardised columns, on the scale of the columns."""
        centre, height = self.of_columns / self.rows, self.of_target / self.rows
        scatter = self.products - self.rows * np.outer(centre, centre)
        spread = np.sqrt(np.maximum(np.diag(scatter) / self.rows, 0.0))
        spread[spread < _STEADY] = np.inf
        scaled = scatter / np.outer(spread, spread) + _STRENGTH * np.eye(len(centre))
        weights = np.linalg.solve(scaled, (self.with_target - self.rows * centre * height) / spread) / spread
        return weights, height - float(centre @ weights)


def without_gaps(matrix: np.ndarray, like: np.ndarray | None = None) -> np.ndarray:
    """Medians for missing values, and a column for each one with gaps that says where they were.

    Args:
        matrix: features, NaN where missing.
        like: the matrix whose medians and gaps count; by default its own.
    """
    model = matrix if like is None else like
    medians = pd.DataFrame(model).median().fillna(0.0).to_numpy()
    missing = np.isnan(matrix)
    gaps = np.isnan(model).any(axis=0)
    return np.column_stack([np.where(missing, medians, matrix), missing[:, gaps].astype("float64")])


def cross_validated_r2(
    matrix: np.ndarray, log_outcome: np.ndarray, athletes: np.ndarray, learn_from: np.ndarray, measured_on: np.ndarray
) -> float:
    """R² of log(1 + outcome) on some rows, each predicted from other athletes' rows only.

    Args:
        matrix: features on the scale of the model, NaN where missing.
        log_outcome: log(1 + outcome).
        athletes: whose row it is; all rows of one athlete are in one fold.
        learn_from: rows that may be learnt from.
        measured_on: rows on which the R² is taken, the same ones whatever is learnt from.
    """
    whole = without_gaps(matrix)
    whose, names = pd.factorize(athletes, sort=True)
    actual = log_outcome[measured_on]
    total = Sums.over(whole[learn_from], log_outcome[learn_from])
    scores = []
    for repeat in range(1 if len(matrix) >= MANY else REPEATS):
        fold = (np.random.default_rng(repeat).permutation(len(names)) % FOLDS)[whose]
        predicted = np.full(len(matrix), np.nan)
        for number in range(FOLDS):
            held, test = (fold == number) & learn_from, (fold == number) & measured_on
            weights, height = total.less(Sums.over(whole[held], log_outcome[held])).ridge()
            predicted[test] = height + whole[test] @ weights
        off = predicted[measured_on] - actual
        scores.append(1 - np.sum(off**2) / np.sum((actual - actual.mean()) ** 2))
    return float(np.mean(scores))


def predicted_outcomes(
    matrix: pd.DataFrame, log_outcome: pd.Series, learn_from: pd.Series, today: pd.DataFrame
) -> pd.Series:
    """Expected outcome of each athlete today, learnt from some rows; at most one unit of log beyond what was seen."""
    known = log_outcome[learn_from]
    model = matrix[learn_from].to_numpy()
    weights, height = Sums.over(without_gaps(model), known.to_numpy()).ridge()
    logs = np.clip(height + without_gaps(today.to_numpy(), model) @ weights, max(0.0, known.min() - 1), known.max() + 1)
    return pd.Series(np.expm1(logs), index=today.index)
