"""How sure a rank is: the ranks that an athlete could truly hold, given how wrong predictions stay about an athlete.

A single story may miss its prediction by luck, and luck does not last: a rank by expected outcome is wrong only as far
as predictions miss an athlete's stories all the same way. That lasting part of the error is told apart from luck by the
stories of one athlete that were predicted without having been seen.
Source: the analysis-of-variance estimate of a random effect, Searle, Casella and McCulloch, Variance Components, 1992,
chapter 3.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

RANK_INTERVAL = 0.9
_DRAWS_AT_MOST, _DRAWS_AT_LEAST = 1_000, 100
_NUMBERS_TO_DRAW = 5_000_000


@dataclass(frozen=True)
class LastingErrors:
    """What keeps a rank unsure.

    Share of the standard deviation of the error that lasts: of athletes with known outcomes (`known`), and of newcomers
    (`new`). And `kinds`, the standard deviation in logs of what the kind of the next story does, which nobody knows
    yet.
    """

    known: float
    new: float
    kinds: float = 0.0

    def deviation(self, predictions: pd.DataFrame, interval: float) -> pd.Series:
        """Standard deviation in logs of what is unsure about each athlete's expected outcome.

        It is the lasting share of the spread of the range, and what the kind of the next story does.

        Args:
            predictions: low_log, high_log, new.
            interval: share of outcomes that the ranges hold.
        """
        spread = (predictions["high_log"] - predictions["low_log"]) / (2 * norm.ppf((1 + interval) / 2))
        lasting = spread * np.where(predictions["new"], self.new, self.known)
        return np.sqrt(lasting**2 + self.kinds**2)


def lasting_errors(predictions: pd.DataFrame, candidate: str, newcomers: pd.DataFrame | None) -> LastingErrors:
    """The lasting part of the errors on outcomes not seen before.

    Errors last if an athlete's stories of the same test window share them; of newcomers, if all their stories do.

    Args:
        predictions: athlete_id, window, new, actual_log and the candidate's predicted log.
        candidate: whose predictions.
        newcomers: athlete_id, actual_log, predicted_log of athletes that were left out, if there are newcomers.
    """
    known = predictions[~predictions["new"]] if not predictions["new"].all() else predictions
    of_known = _share(known["actual_log"] - known[candidate], known["athlete_id"] + " " + known["window"])
    if newcomers is None:
        return LastingErrors(of_known, of_known)
    of_new = _share(newcomers["actual_log"] - newcomers["predicted_log"], newcomers["athlete_id"])
    return LastingErrors(of_known, max(of_new, of_known))


def _share(errors: pd.Series, group: pd.Series) -> float:
    whole = float(errors.std())
    return min(lasting_deviation(errors, group) / whole, 1.0) if whole > 0 else 0.0


def lasting_deviation(errors: pd.Series, athlete_id: pd.Series) -> float:
    """Standard deviation between athletes of their lasting error; that of all errors where each has one row only.

    >>> errors = pd.Series([1.0, 1.0, -1.0, -1.0])
    >>> round(lasting_deviation(errors, pd.Series(["ann", "ann", "bob", "bob"])), 2)
    1.41
    """
    groups = errors.groupby(athlete_id.to_numpy())
    sizes, means = groups.size(), groups.mean()
    rows, athletes = len(errors), len(sizes)
    if athletes < 2:
        return 0.0
    if rows == athletes:
        return float(errors.std())
    within = float(((errors - groups.transform("mean")) ** 2).sum()) / (rows - athletes)
    between = float((sizes * (means - errors.mean()) ** 2).sum()) / (athletes - 1)
    typical_size = (rows - float((sizes**2).sum()) / rows) / (athletes - 1)
    return float(np.sqrt(max((between - within) / typical_size, 0.0)))


def rank_ranges(
    predicted_log: pd.Series, deviation: pd.Series, seed: int, interval: float = RANK_INTERVAL
) -> pd.DataFrame:
    """The range of ranks that each athlete could truly hold.

    Everybody's expected outcome is drawn many times from around its prediction, and ranked each time.

    Args:
        predicted_log: predicted log outcome.
        deviation: standard deviation of its lasting error, in logs, with the same index.
        seed: of the draws.
        interval: share of the draws that the range holds.

    Returns:
        rank_low (the best rank) and rank_high (the worst) by the same index; the rank by prediction lies between.

    >>> sure = rank_ranges(pd.Series([3.0, 2.0, 1.0]), pd.Series([0.0, 0.0, 0.0]), seed=1)
    >>> sure["rank_low"].tolist(), sure["rank_high"].tolist()
    ([1, 2, 3], [1, 2, 3])
    """
    athletes = len(predicted_log)
    draws = int(np.clip(_NUMBERS_TO_DRAW // max(athletes, 1), _DRAWS_AT_LEAST, _DRAWS_AT_MOST))
    random = np.random.default_rng(seed)
    means = predicted_log.to_numpy()
    ranks = np.empty((draws, athletes), dtype=np.int32)
    for number in range(draws):
        drawn = means + deviation.to_numpy() * random.standard_normal(athletes)
        ranks[number, np.argsort(-drawn, kind="stable")] = np.arange(1, athletes + 1)
    tail = (1 - interval) / 2
    ranks.sort(axis=0)
    low, high = ranks[int(np.floor(tail * (draws - 1)))], ranks[int(np.ceil((1 - tail) * (draws - 1)))]
    own = np.empty(athletes, dtype=np.int64)
    own[np.argsort(-means, kind="stable")] = np.arange(1, athletes + 1)
    return pd.DataFrame(
        {"rank_low": np.minimum(low, own), "rank_high": np.maximum(high, own)}, index=predicted_log.index
    )
