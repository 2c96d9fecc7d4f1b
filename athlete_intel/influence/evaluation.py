"""How good the predictions are on outcomes the model had not seen, and how wide their ranges must be.

Where a data set has time, later windows are predicted from what was known at their start. Where it has one day
only, repeated cross-validation takes the place of time, and says less: it cannot show how a model ages.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import RepeatedKFold

from athlete_intel.errors import NotEnoughDataError
from athlete_intel.influence.model import LEAST_ROWS, baseline_log, fit_ridge, from_log, log_outcome

FOLDS = 5
REPEATS = 5
LEAST_RESIDUALS = 20
CANDIDATES = {"median": "Naive median", "ridge": "Ridge on logs"}


@dataclass(frozen=True)
class Split:
    """Rows to learn from and rows to predict, by position."""

    window: str
    starts: pd.Timestamp
    train: np.ndarray
    test: np.ndarray


def has_time(rows: pd.DataFrame) -> bool:
    """Whether the training rows stretch over time, so that later windows can be held out."""
    return bool(rows["as_of"].max() - rows["as_of"].min() > pd.Timedelta(days=1))


def time_splits(rows: pd.DataFrame, windows: int, window_days: int) -> Iterator[Split]:
    """The newest windows, oldest first, each with the rows whose outcomes were known when it began.

    Args:
        rows: as_of, outcome_known_at.
        windows: how many.
        window_days: length of each, in days.
    """
    end = rows["as_of"].max().floor("D") + pd.Timedelta(days=1)
    for number in range(windows, 0, -1):
        starts = end - pd.Timedelta(days=number * window_days)
        ends = starts + pd.Timedelta(days=window_days)
        train = np.flatnonzero(rows["outcome_known_at"] <= starts)
        test = np.flatnonzero((rows["as_of"] >= starts) & (rows["as_of"] < ends))
        if len(train) >= LEAST_ROWS and len(test):
            last_day = ends - pd.Timedelta(days=1)
            yield Split(f"{starts:%Y-%m-%d} to {last_day:%Y-%m-%d}", starts, train, test)


def fold_splits(rows: pd.DataFrame, seed: int) -> Iterator[Split]:
    """Repeated random folds, named `repeat 1, fold 1` and so on.

    Raises:
        NotEnoughDataError: too few rows to learn from four folds of five.
    """
    least = LEAST_ROWS * FOLDS // (FOLDS - 1)
    if len(rows) < least:
        raise NotEnoughDataError(
            f"There are {len(rows)} outcomes to learn from and it takes at least {least}; import more."
        )
    splitter = RepeatedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=seed)
    for number, (train, test) in enumerate(splitter.split(rows)):
        yield Split(f"repeat {number // FOLDS + 1}, fold {number % FOLDS + 1}", rows["as_of"].max(), train, test)


def out_of_sample(
    rows: pd.DataFrame, matrix: pd.DataFrame, catalogue: pd.DataFrame, splits: list[Split]
) -> pd.DataFrame:
    """Predictions of every candidate for rows it had not learned from.

    Args:
        rows: row_id, athlete_id, as_of, outcome_known_at, outcome; one a row of the matrix.
        matrix: features.
        catalogue: feature, label, scale.
        splits: which rows to learn from and to predict.

    Returns:
        The columns of `rows` with window, starts, actual_log, and one column of predicted logs for each candidate.

    Raises:
        NotEnoughDataError: there is no split to test on.
    """
    if not splits:
        raise NotEnoughDataError(
            "There are too few known outcomes before the newest time windows to test a model; import more history "
            "or make backtest_windows or backtest_window_days smaller."
        )
    parts = []
    for split in splits:
        ridge = fit_ridge(matrix.iloc[split.train], catalogue, rows["outcome"].iloc[split.train])
        test = matrix.iloc[split.test]
        predicted = {
            "median": baseline_log(test, rows["outcome"].iloc[split.train]).to_numpy(),
            "ridge": ridge.predict_log(test).to_numpy(),
        }
        parts.append(rows.iloc[split.test].assign(window=split.window, starts=split.starts, **predicted))
    whole = pd.concat(parts, ignore_index=True)
    return whole.assign(actual_log=log_outcome(whole["outcome"]))


def compare(predictions: pd.DataFrame) -> pd.DataFrame:
    """The candidates side by side, and which one is used.

    The simpler candidate stays unless the ridge is better by more than one standard error of the difference, which
    is taken between athletes, as one athlete's stories err together.
    """
    rows = []
    for candidate, label in CANDIDATES.items():
        error = predictions[candidate] - predictions["actual_log"]
        by_athlete = error.abs().groupby(predictions["athlete_id"]).mean()
        spread = predictions["actual_log"].var(ddof=0) * len(predictions)
        rows.append(
            {
                "candidate": candidate,
                "label": label,
                "rows": len(predictions),
                "mae_log": error.abs().mean(),
                "bias_log": error.mean(),
                "mae_log_se": by_athlete.std() / np.sqrt(len(by_athlete)) if len(by_athlete) > 1 else 0.0,
                "r2_log": 1 - (error**2).sum() / spread if spread > 0 else None,
            }
        )
    gain = (predictions["median"] - predictions["actual_log"]).abs() - (
        predictions["ridge"] - predictions["actual_log"]
    ).abs()
    by_athlete = gain.groupby(predictions["athlete_id"]).mean()
    noise = by_athlete.std() / np.sqrt(len(by_athlete)) if len(by_athlete) > 1 else 0.0
    better = bool(by_athlete.mean() > noise)
    verdict = (
        f"The ridge's error is {by_athlete.mean():.3f} smaller for the average athlete, "
        f"{'more' if better else 'not more'} than one standard error of that difference ({noise:.3f})."
    )
    table = pd.DataFrame(rows)
    return table.assign(chosen=table["candidate"] == ("ridge" if better else "median"), why=verdict)


def residual_range(residuals: np.ndarray, interval: float) -> tuple[float, float]:
    """Lower and upper conformal quantile of residuals (actual minus predicted log), with equal tails.

    The ranks are those of split conformal prediction: with n residuals the end is the ceil((n + 1)(1 - tail))-th, so
    that new outcomes of the same kind fall inside with at least the wanted probability.
    Source: Lei et al., Distribution-free predictive inference for regression, JASA 2018.

    >>> residual_range(np.arange(-50, 51) / 10, 0.8)
    (-4.1, 4.1)
    """
    ordered = np.sort(residuals)
    tail = (1 - interval) / 2
    last = len(ordered) - 1
    rank = min(int(np.ceil((len(ordered) + 1) * (1 - tail))) - 1, last)
    return float(ordered[last - rank]), float(ordered[rank])


def with_ranges(predictions: pd.DataFrame, candidate: str, interval: float, by_time: bool) -> pd.DataFrame:
    """The predictions of one candidate with ranges that only use what could be known.

    By time, the ranges of a window come from the errors of earlier windows, as far as their outcomes were known at its
    start, so the first windows may have none. Otherwise those of a fold come from the other folds of its repeat.

    Returns:
        row_id, athlete_id, as_of, window, predicted, low, high, baseline, actual in units of the outcome.
    """
    residuals = predictions["actual_log"] - predictions[candidate]
    low = pd.Series(np.nan, index=predictions.index)
    high = low.copy()
    for window, group in predictions.groupby("window", sort=False):
        if by_time:
            usable = predictions["outcome_known_at"] <= group["starts"].iloc[0]
        else:
            usable = predictions["window"].str.startswith(str(window).split(",")[0] + ",") & (
                predictions["window"] != window
            )
        if usable.sum() >= LEAST_RESIDUALS:
            below, above = residual_range(residuals[usable].to_numpy(), interval)
            low.loc[group.index] = group[candidate] + below
            high.loc[group.index] = group[candidate] + above
    return pd.DataFrame(
        {
            "row_id": predictions["row_id"],
            "athlete_id": predictions["athlete_id"],
            "as_of": predictions["as_of"],
            "window": predictions["window"],
            "predicted": from_log(predictions[candidate]),
            "low": from_log(low),
            "high": from_log(high),
            "baseline": from_log(predictions["median"]),
            "actual": predictions["outcome"],
        }
    )
