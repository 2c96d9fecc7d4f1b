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
from athlete_intel.features.matrix import are_newcomers
from athlete_intel.influence.candidates import (
    CANDIDATES,
    LEAST_ROWS,
    Candidate,
    Model,
    fit,
    fit_newcomers,
    from_log,
    log_outcome,
    naive_log,
)
from athlete_intel.influence.intervals import Ranges, learn_ranges, newcomer_features, spread_features

FOLDS = 5
MOST_REPEATS = 5
ENOUGH_PREDICTIONS = 2_000
"""Folds are repeated until there are about so many predictions: small data sets need it, large ones do not."""
NAIVE = "naive"


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
    repeats = int(np.clip(np.ceil(ENOUGH_PREDICTIONS / len(rows)), 1, MOST_REPEATS))
    splitter = RepeatedKFold(n_splits=FOLDS, n_repeats=repeats, random_state=seed)
    for number, (train, test) in enumerate(splitter.split(rows)):
        yield Split(f"repeat {number // FOLDS + 1}, fold {number % FOLDS + 1}", rows["as_of"].max(), train, test)


def out_of_sample(
    rows: pd.DataFrame,
    matrix: pd.DataFrame,
    catalogue: pd.DataFrame,
    splits: list[Split],
    seed: int,
    for_newcomers: Candidate | None = None,
    only: str | None = None,
) -> tuple[pd.DataFrame, dict[str, list[Model]]]:
    """Predictions of every candidate for rows it had not learned from, and the models that made them.

    Args:
        rows: row_id, athlete_id, as_of, outcome_known_at, outcome; one a row of the matrix.
        matrix: features.
        catalogue: feature, label, scale, family, profile, rises.
        splits: which rows to learn from and to predict.
        seed: of candidates that need chance.
        for_newcomers: predicts athletes without history in place of every candidate, out of all other features; where a
            split has too few rows for it, the most flexible candidate that can learn from so few does.
        only: name of the one candidate to ask; all of them if None.

    Returns:
        The columns of `rows` with window, starts, position (of the row in the matrix), actual_log, `new`, `naive` (the
        naive guess), and one column of predicted logs for each candidate that has enough rows in every split; and for
        each candidate the models of the splits.

    Raises:
        NotEnoughDataError: there is no split to test on.
    """
    if not splits:
        raise NotEnoughDataError(
            "There are too few known outcomes before the newest time windows to test a model; import more history "
            "or make backtest_windows or backtest_window_days smaller."
        )
    possible = candidates_for(min(len(split.train) for split in splits))
    possible = [candidate for candidate in CANDIDATES if candidate.name == only] or possible
    fits: dict[str, list[Model]] = {candidate.name: [] for candidate in possible}
    parts = []
    for split in splits:
        known, test = matrix.iloc[split.train], matrix.iloc[split.test]
        outcome = rows["outcome"].iloc[split.train]
        new = are_newcomers(test) if for_newcomers is not None else np.zeros(len(test), dtype=bool)
        predicted = {"new": new, NAIVE: naive_log(test, outcome).to_numpy()}
        if for_newcomers is not None and new.any():
            can_learn = for_newcomers.least_rows <= len(known)
            learner = for_newcomers if can_learn else candidates_for(len(known))[-1]
            of_new = fit_newcomers(learner, known, catalogue, outcome, seed).predict_log(test).to_numpy()
        for candidate in possible:
            model = fit(candidate, known, catalogue, outcome, seed)
            fits[candidate.name].append(model)
            of_known = model.predict_log(test).to_numpy()
            predicted[candidate.name] = np.where(new, of_new, of_known) if new.any() else of_known
        parts.append(
            rows.iloc[split.test].assign(window=split.window, starts=split.starts, position=split.test, **predicted)
        )
    whole = pd.concat(parts, ignore_index=True)
    return whole.assign(actual_log=log_outcome(whole["outcome"])), fits


def candidates_for(rows: int) -> list[Candidate]:
    """The candidates that can learn from so many rows, from the simplest to the most flexible; never none."""
    return [candidate for candidate in CANDIDATES if candidate.least_rows <= rows] or [CANDIDATES[0]]


def compare(predictions: pd.DataFrame) -> pd.DataFrame:
    """The candidates side by side, and which one is used: the simplest that is not clearly worse than the best.

    Worse is measured story by story, as pay is: the mean of how much larger the candidate's absolute error is than the
    best one's, against the standard error of that mean between athletes, as one athlete's stories err together.
    Sources: the one-standard-error rule of Breiman et al., Classification and Regression Trees, 1984; the variance of a
    ratio of sums over clusters, Cochran, Sampling Techniques, 1977, chapter 6.

    Returns:
        The published table `model_candidates`, without coverage and the naive guess.
    """
    tested = [candidate for candidate in CANDIDATES if candidate.name in predictions]
    errors = pd.DataFrame({c.name: (predictions[c.name] - predictions["actual_log"]).abs() for c in tested})
    athlete = predictions["athlete_id"]
    best = str(errors.mean().idxmin())
    gaps = errors.sub(errors[best], axis="index")
    noise = clustered_error(gaps, athlete)
    error_noise = clustered_error(errors, athlete)
    chosen = next(c.name for c in tested if gaps[c.name].mean() <= noise[c.name])
    rows = []
    for candidate in tested:
        error = predictions[candidate.name] - predictions["actual_log"]
        spread = predictions["actual_log"].var(ddof=0) * len(predictions)
        rows.append(
            {
                "candidate": candidate.name,
                "label": candidate.label,
                "rows": len(predictions),
                "mae_log": error.abs().mean(),
                "bias_log": error.mean(),
                "mae_log_se": error_noise[candidate.name],
                "r2_log": 1 - (error**2).sum() / spread if spread > 0 else None,
                "chosen": candidate.name == chosen,
                "why": _why(candidate.name, chosen, best, gaps[candidate.name].mean(), noise[candidate.name]),
            }
        )
    return pd.DataFrame(rows)


def clustered_error(values: pd.DataFrame, cluster: pd.Series) -> pd.Series:
    """Standard error of the mean of each column, where rows of the same cluster go together; 0 for one cluster.

    >>> values = pd.DataFrame({"error": [1.0, 1.0, 3.0, 3.0]})
    >>> float(clustered_error(values, pd.Series(["ann", "ann", "bob", "bob"]))["error"])
    1.0
    """
    sums = (values - values.mean()).groupby(cluster.to_numpy()).sum()
    if len(sums) < 2:
        return pd.Series(0.0, index=values.columns)
    return np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)) / len(values)


def _why(name: str, chosen: str, best: str, gap: float, noise: float) -> str:
    if name == best:
        return f"The smallest error, {'and no simpler one comes near it' if name == chosen else 'but not clearly'}."
    size = f"its error is {gap:.4f} larger than the best one's for the average story"
    if name == chosen:
        return f"The simplest that is not clearly worse than the best: {size}, within one standard error ({noise:.4f})."
    clearly = "more" if gap > noise else "not more"
    return f"{size[0].upper()}{size[1:]}, {clearly} than one standard error ({noise:.4f})."


def ranges_of_all(predictions: pd.DataFrame, matrix: pd.DataFrame, candidate: str, interval: float) -> Ranges:
    """Ranges for predictions of today, out of all errors on outcomes not seen before, however few they are.

    Args:
        predictions: from `out_of_sample`; at least one.
        matrix: the features that `position` in `predictions` points into.
        candidate: whose predictions.
        interval: share of outcomes that a range should hold.
    """
    known = predictions[~predictions["new"]] if not predictions["new"].all() else predictions
    features = spread_features(matrix.iloc[known["position"].to_numpy()], known[candidate])
    residuals = (known["actual_log"] - known[candidate]).to_numpy()
    ranges = learn_ranges(residuals, features, interval, least=1)
    if ranges is None:
        raise NotEnoughDataError("There is no outcome to measure a range on; import more history.")
    return ranges


def mean_factor(tested: pd.DataFrame) -> float:
    """How much more stories bring on average than is typical for them, measured on outcomes not seen before.

    A prediction is a median, and of heavy-tailed outcomes the mean is larger: sums of medians fall short of what comes.
    The factor is the sum of actual outcomes over the sum of predictions, which weighs stories as money does.
    Source: the smearing estimate of Duan, JASA 1983, in its ratio form.

    Args:
        tested: predicted, actual.

    >>> mean_factor(pd.DataFrame({"predicted": [10.0, 10.0], "actual": [5.0, 35.0]}))
    2.0
    """
    total = float(tested["predicted"].sum())
    return float(tested["actual"].sum()) / total if total > 0 else 1.0


def with_ranges(
    predictions: pd.DataFrame,
    matrix: pd.DataFrame,
    candidate: str,
    interval: float,
    by_time: bool,
    newcomers: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    memory: pd.Timedelta | None = None,
) -> pd.DataFrame:
    """The predictions of one candidate with ranges that only use what could be known.

    By time, the ranges of a window come from the errors of earlier windows, as far as their outcomes were known at its
    start, so the first windows may have none. Older errors may be forgotten: seasons come and go, and a range should
    hold in the one that is. Source: Barber et al., Conformal prediction beyond exchangeability, Annals of Statistics
    2023. Otherwise those of a fold come from the other folds of its repeat.

    Args:
        predictions: from `out_of_sample`.
        matrix: the features that `position` in `predictions` points into.
        candidate: whose predictions.
        interval: share of outcomes that a range should hold.
        by_time: whether windows follow each other in time.
        newcomers: outcome_known_at, actual_log, predicted_log of athletes that were left out, and what the size of
            their errors may depend on: the ranges of athletes without history come from these.
        memory: how far back in time errors count; all of them if None.

    Returns:
        row_id, athlete_id, as_of, window, predicted, low, high, baseline, actual in units of the outcome.
    """
    predicted = predictions[candidate]
    residuals = (predictions["actual_log"] - predicted).to_numpy()
    shown = matrix.iloc[predictions["position"].to_numpy()]
    features = spread_features(shown, predicted)
    new_features = newcomer_features(shown, predicted)
    low = pd.Series(np.nan, index=predictions.index)
    high = low.copy()
    is_new = predictions["new"].to_numpy()

    def fill(rows: pd.Index, ranges: Ranges | None, features: pd.DataFrame) -> None:
        if ranges is not None:
            low.loc[rows], high.loc[rows] = ranges.around(predicted[rows], features.loc[rows])

    for window, group in predictions.groupby("window", sort=False):
        starts = group["starts"].iloc[0]
        if by_time:
            usable = (predictions["outcome_known_at"] <= starts).to_numpy()
            if memory is not None:
                usable = usable & (predictions["outcome_known_at"] > starts - memory).to_numpy()
        else:
            repeat = str(window).split(",")[0] + ","
            usable = (predictions["window"].str.startswith(repeat) & (predictions["window"] != window)).to_numpy()
        fill(
            group.index[~group["new"]],
            learn_ranges(residuals[usable & ~is_new], features[usable & ~is_new], interval),
            features,
        )
        if newcomers is not None and group["new"].any():
            left_out, depends_on = newcomers
            past = (left_out["outcome_known_at"] <= starts).to_numpy() | (not by_time)
            errors = (left_out["actual_log"] - left_out["predicted_log"]).to_numpy()
            fill(group.index[group["new"]], learn_ranges(errors[past], depends_on[past], interval), new_features)
    return pd.DataFrame(
        {
            "row_id": predictions["row_id"],
            "athlete_id": predictions["athlete_id"],
            "as_of": predictions["as_of"],
            "window": predictions["window"],
            "predicted": from_log(predicted),
            "low": from_log(low),
            "high": from_log(high),
            "baseline": from_log(predictions[NAIVE]),
            "actual": predictions["outcome"],
        }
    )
