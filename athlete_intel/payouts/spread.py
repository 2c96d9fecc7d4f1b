"""How far outcomes lie from predictions, as one distribution for all: errors in units of each prediction's range.

An outcome is modelled as log(1 + outcome) = log(1 + predicted) + width x error, where the width is that of the
prediction's own range on the log scale, and the error is drawn from those that the model made on outcomes it had not
seen. So a prediction with a wide range has a wide distribution, and floor and cap can be applied to all of it.
Source: normalised residuals as in Lei et al., Distribution-free predictive inference for regression, JASA 2018.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

LEVELS = 1_000
"""Quantiles that are kept; the outermost are those of 1 in 2,000."""
_SMALLEST_WIDTH = 0.01
_ENDS_FROM = 0.01
"""Beyond the outermost quantile the line goes on that joins it to the one of 1 in 100."""


@dataclass(frozen=True)
class Spread:
    """The distribution of errors: quantiles, and the same by normal score."""

    level: np.ndarray
    error: np.ndarray

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Spread":
        """The distribution in the published table `outcome_spread`."""
        ordered = table.sort_values("level")
        return cls(ordered["level"].to_numpy(dtype="float64"), ordered["error"].to_numpy(dtype="float64"))

    def quantile(self, level: float) -> float:
        """The error that is not exceeded with probability `level`."""
        return float(np.interp(level, self.level, self.error))

    def of_score(self, score: np.ndarray) -> np.ndarray:
        """The error at a normal score: 0 is the median, 1.28 the upper tenth; it goes on beyond what was seen."""
        scores = ndtri(self.level)
        inside = np.interp(score, scores, self.error)
        for end, inner in ((0, _ENDS_FROM), (-1, 1 - _ENDS_FROM)):
            slope = (self.error[end] - self.quantile(inner)) / (scores[end] - ndtri(inner))
            beyond = score < scores[0] if end == 0 else score > scores[-1]
            inside = np.where(beyond, self.error[end] + slope * (score - scores[end]), inside)
        return np.asarray(inside)


def widths(table: pd.DataFrame) -> np.ndarray:
    """Width of each range in log(1 + outcome); NaN where there is none.

    Args:
        table: low, high in units of the outcome.
    """
    low, high = (table[name].to_numpy(dtype="float64") for name in ("low", "high"))
    width = np.log1p(high) - np.log1p(low)
    return np.where(np.isnan(width), np.nan, np.maximum(width, _SMALLEST_WIDTH))


def scaled_errors(backtest: pd.DataFrame, rankings: pd.DataFrame) -> pd.DataFrame:
    """Past errors in units of the width of the range.

    A prediction of the first windows has no range yet; today's width of the same athlete stands for it.

    Args:
        backtest: row_id, athlete_id, as_of, predicted, low, high, actual.
        rankings: athlete_id, low, high of today.

    Returns:
        row_id, athlete_id, as_of, predicted, error.

    >>> backtest = pd.DataFrame({"row_id": ["s"], "athlete_id": ["a"], "as_of": [pd.Timestamp("2026-01-01")],
    ...     "predicted": [np.e - 1], "low": [0.0], "high": [np.e**2 - 1], "actual": [np.e**2 - 1]})
    >>> scaled_errors(backtest, backtest)["error"].tolist()
    [0.5]
    """
    today = pd.Series(widths(rankings), index=rankings["athlete_id"].to_numpy()).groupby(level=0).last()
    width = pd.Series(widths(backtest), index=backtest.index).fillna(backtest["athlete_id"].map(today))
    width = width.fillna(width.median()).fillna(1.0)
    logs = np.log1p(backtest[["predicted", "actual"]].astype("float64"))
    return backtest[["row_id", "athlete_id", "as_of", "predicted"]].assign(
        error=(logs["actual"] - logs["predicted"]) / width
    )


def outcome_spread(errors: pd.Series) -> pd.DataFrame:
    """The published table `outcome_spread`: quantiles of scaled errors at equally spaced levels."""
    level = (np.arange(LEVELS) + 0.5) / LEVELS
    return pd.DataFrame({"level": level, "error": np.quantile(errors.to_numpy(dtype="float64"), level)})


@dataclass(frozen=True)
class ToMean:
    """How drawn outcomes are brought to the mean of the ranking, which is measured on sums.

    All stories teach the shape of the distribution, and small athletes, whose luck is wilder, are the most; money lies
    with the large ones. What is too much on average is therefore taken from above the range, and the range stays what
    the ranking says; only what cannot be taken there, or is lacking, is a factor of all outcomes.
    """

    high: np.ndarray
    """Upper end of each row's range; infinite where there is none."""
    tail: np.ndarray
    """Part that is kept of what lies above it."""
    factor: np.ndarray

    @classmethod
    def of(cls, table: pd.DataFrame, drawn: np.ndarray) -> "ToMean":
        """What brings drawn outcomes of each row to its mean.

        Args:
            table: high, mean in units of the outcome.
            drawn: outcomes, one row of draws a row of the table.

        >>> table = pd.DataFrame({"predicted": [9.0], "low": [4.0], "high": [19.0], "mean": [12.0]})
        >>> errors = pd.DataFrame({"level": [0.1, 0.3, 0.5, 0.7, 0.9], "error": [-0.5, -0.2, 0.0, 0.2, 2.0]})
        >>> drawn = outcomes_at(table, errors[["error"]].to_numpy().T)
        >>> drawn.round(1).tolist()
        [[4.0, 6.6, 9.0, 12.2, 159.0]]
        >>> ToMean.of(table, drawn).applied(drawn).round(1).tolist()
        [[4.0, 6.6, 9.0, 12.2, 28.2]]
        """
        aim, high = (table[name].to_numpy(dtype="float64") for name in ("mean", "high"))
        high = np.where(np.isnan(high), np.inf, high)
        inside = np.minimum(drawn, high[:, None]).mean(axis=1)
        above = drawn.mean(axis=1) - inside
        tail = np.where(above > 0, np.clip((aim - inside) / np.where(above > 0, above, 1.0), 0.0, 1.0), 1.0)
        tail = np.where(np.isnan(aim), 1.0, tail)
        left = inside + tail * above
        factor = np.where((left > 0) & ~np.isnan(aim), aim / np.maximum(left, 1e-9), 1.0)
        return cls(high, tail, factor)

    def rows(self, which: np.ndarray) -> "ToMean":
        """The same for some of the rows."""
        return ToMean(self.high[which], self.tail[which], self.factor[which])

    def applied(self, outcomes: np.ndarray) -> np.ndarray:
        """Outcomes, one row a prediction and one column a draw, brought to the mean."""
        inside = np.minimum(outcomes, self.high[:, None])
        return np.asarray((inside + self.tail[:, None] * (outcomes - inside)) * self.factor[:, None])


def equally_likely(table: pd.DataFrame, spread: Spread) -> np.ndarray:
    """Outcomes of each row at all errors that are kept.

    Args:
        table: predicted, low, high in units of the outcome.
        spread: distribution of errors.
    """
    return outcomes_at(table, np.broadcast_to(spread.error, (len(table), len(spread.error))))


def outcomes_at(table: pd.DataFrame, error: np.ndarray | float) -> np.ndarray:
    """Outcomes of predictions (rows) at errors: one error for all, one a row, or one row of errors a prediction.

    Args:
        table: predicted, low, high in units of the outcome.
        error: scalar, (rows,) or (rows, draws).
    """
    log = np.log1p(table["predicted"].to_numpy(dtype="float64"))
    width = np.nan_to_num(widths(table), nan=0.0)
    if np.ndim(error) == 2:
        log, width = log[:, None], width[:, None]
    return np.maximum(np.expm1(np.minimum(log + width * error, 40.0)), 0.0)
