"""Estimators of log(1 + outcome), built on scikit-learn's, where those lack something that money depends on."""

from typing import Self

import numpy as np
from scipy.optimize import lsq_linear
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

_ALPHAS = np.logspace(-1, 4, 11)
_OUTLIER_SPREADS = 2.5
_ROWS_OF_A_GROUP = 20
"""A group of peers with so many outcomes is half trusted."""
_SHRINKAGES = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)


class MonotoneRidge(RegressorMixin, BaseEstimator):
    """Ridge regression whose weights of some columns cannot be negative: more likes never lower a prediction.

    The strength of the penalty is that of the unbounded ridge with the smallest generalised cross-validation error
    (Golub, Heath and Wahba, Technometrics 1979), computed from the products of columns alone, so that many rows cost
    little. The bounded least-squares problem is then solved exactly by scipy's lsq_linear (Lawson and Hanson, Solving
    Least Squares Problems, 1974, chapter 23).

    Args:
        rises: for each column, whether its weight must not be negative; columns beyond the last one are free.

    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
    >>> y = np.array([0.0, -1.0, -2.0, -3.0])
    >>> float(MonotoneRidge(rises=(True, False)).fit(X, y).coef_[0])
    0.0
    """

    def __init__(self, rises: tuple[bool, ...] = ()) -> None:
        self.rises = rises

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Fit to columns of about equal spread."""
        centre, level = X.mean(axis=0), float(y.mean())
        products = (X - centre).T @ (X - centre)
        target = (X - centre).T @ (y - level)
        self.alpha_ = _penalty(products, target, float(((y - level) ** 2).sum()), len(y))
        gram = products + self.alpha_ * np.eye(X.shape[1])
        if not any(self.rises):
            self.coef_ = np.linalg.solve(gram, target)
            self.intercept_ = level - float(centre @ self.coef_)
            return self
        # With gram = L L', minimising |L' w - inv(L) target| is the same problem in as many rows as columns.
        factor = np.linalg.cholesky(gram)
        rises = np.zeros(X.shape[1], dtype=bool)
        rises[: len(self.rises)] = self.rises
        lower = np.where(rises, 0.0, -np.inf)
        solved = lsq_linear(factor.T, np.linalg.solve(factor, target), bounds=(lower, np.inf), method="bvls")
        self.coef_ = np.where(rises, np.maximum(solved.x, 0.0), solved.x)
        self.intercept_ = level - float(centre @ self.coef_)
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Predicted values, one a row."""
        return np.asarray(X @ self.coef_ + self.intercept_)


def _penalty(products: np.ndarray, target: np.ndarray, total: float, rows: int) -> float:
    """The penalty with the smallest generalised cross-validation error."""
    values, directions = np.linalg.eigh(products)
    values = np.maximum(values, 0.0)
    along = (directions.T @ target) ** 2
    errors = []
    for alpha in _ALPHAS:
        shrunk = values + alpha
        left_over = max(total - float((along * (shrunk + alpha) / shrunk**2).sum()), 0.0)
        freedom = rows - 1 - float((values / shrunk).sum())
        errors.append(left_over / max(freedom, 1e-9) ** 2)
    return float(_ALPHAS[int(np.argmin(errors))])


class RidgeThenBoosting(RegressorMixin, BaseEstimator):
    """A monotone ridge, and gradient boosting of what it leaves over.

    Trees cannot follow accounts that grow out of the range they were trained on; so the ridge carries the level, and
    the trees learn the change. They see one level of each family, in which they are monotone, and the others as
    differences from it: if all likes of an account grow alike, the differences stay, and the prediction cannot fall.

    Args:
        rises: for each column, whether a larger value can never lower the prediction.
        leads: for each column, the position of the column it is seen as a difference from; its own for the others.
        seed: of the trees.
    """

    def __init__(
        self,
        rises: tuple[bool, ...] = (),
        leads: tuple[int, ...] = (),
        seed: int = 0,
    ) -> None:
        self.rises = rises
        self.leads = leads
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Fit the ridge, then the trees on its residuals, outliers cut off; missing values are NaN.

        The loss is squared: with the absolute one scikit-learn resets the leaves to medians, which are not monotone.
        """
        self.ridge_ = ridge_pipeline(self.rises).fit(X, y)
        residuals = y - self.ridge_.predict(X)
        middle = np.median(residuals)
        spread = 1.4826 * np.median(np.abs(residuals - middle))
        residuals = np.clip(residuals, middle - _OUTLIER_SPREADS * spread, middle + _OUTLIER_SPREADS * spread)
        is_lead = np.asarray(self.leads) == np.arange(X.shape[1])
        constraints = (is_lead & np.asarray(self.rises)).astype(int).tolist()
        self.trees_ = HistGradientBoostingRegressor(
            max_iter=100,
            learning_rate=0.07,
            max_bins=63,
            max_leaf_nodes=31,
            min_samples_leaf=max(5, min(80, len(X) // 20)),
            l2_regularization=1.0,
            monotonic_cst=constraints,
            early_stopping=False,
            random_state=self.seed,
        ).fit(self._seen_by_trees(X), residuals)
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Predicted values, one a row."""
        return np.asarray(self.ridge_.predict(X) + self.trees_.predict(self._seen_by_trees(X)))

    def _seen_by_trees(self, X: np.ndarray) -> np.ndarray:
        leads = np.asarray(self.leads)
        return np.where(leads == np.arange(X.shape[1]), X, X - X[:, leads])


def ridge_pipeline(rises: tuple[bool, ...]) -> Pipeline:
    """A monotone ridge on imputed and scaled columns; that a value is missing is a column of its own."""
    return make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler(), MonotoneRidge(rises))


class ShrunkMedian(RegressorMixin, BaseEstimator):
    """The athlete's own past median, drawn towards what is typical of the peers the less is known of it.

    With n outcomes the own median weighs n / (n + k); k is the one of a few values with the smallest absolute error
    in training. What is typical of a peer group is its median, drawn to that of all in the same way.
    Source: the credibility formula of Bühlmann, ASTIN Bulletin 4, 1967.

    Args:
        median: position of the column with the log of the own median, NaN where there is none; None if there is no such
            column, and then everybody is typical.
        seen: position of the column with log(1 + number of own outcomes).
        peers: positions of columns of 0 and 1, each for one group of peers.

    >>> known = np.array([[1.0, np.log(6)], [3.0, np.log(6)], [np.nan, 0]])
    >>> model = ShrunkMedian(0, 1).fit(known, np.array([1.0, 3.0, 2.0]))
    >>> model.predict(np.array([[3.0, np.log(10)], [np.nan, 0]])).tolist()
    [3.0, 2.0]
    """

    def __init__(self, median: int | None = None, seen: int | None = None, peers: tuple[int, ...] = ()) -> None:
        self.median = median
        self.seen = seen
        self.peers = peers

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Find the typical outcome and the strength of the pull towards it."""
        self.typical_ = float(np.median(y))
        self.of_peers_ = [self._typical_of(y[X[:, group] == 1]) for group in self.peers]
        errors = [np.abs(self._shrunk(X, k) - y).mean() for k in _SHRINKAGES]
        self.k_ = _SHRINKAGES[int(np.argmin(errors))]
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Predicted values, one a row."""
        return self._shrunk(X, self.k_)

    def _shrunk(self, X: np.ndarray, k: float) -> np.ndarray:
        typical = np.full(len(X), self.typical_)
        for group, of_group in zip(self.peers, self.of_peers_, strict=True):
            typical[X[:, group] == 1] = of_group
        if self.median is None or self.seen is None:
            return typical
        own = X[:, self.median]
        known = ~np.isnan(own)
        seen = np.where(known, np.expm1(np.nan_to_num(X[:, self.seen])), 0.0)
        weight = np.where(known, seen / np.maximum(seen + k, 1e-9), 0.0)
        return np.asarray(weight * np.where(known, own, 0.0) + (1 - weight) * typical)

    def _typical_of(self, outcomes: np.ndarray) -> float:
        weight = len(outcomes) / (len(outcomes) + _ROWS_OF_A_GROUP)
        return weight * float(np.median(outcomes)) + (1 - weight) * self.typical_ if len(outcomes) else self.typical_
