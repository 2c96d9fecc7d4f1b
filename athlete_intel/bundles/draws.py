"""Outcomes of many athletes at once, drawn together, because they do not err one by one.

How they are drawn is what `payouts.risk` says of the whole book. What is drawn from differs: a promise is made before
anybody knows when the next story comes and of what kind it is, so its errors are those of predictions that were as old.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from athlete_intel.payouts.risk import DRAWS, story_outcomes
from athlete_intel.payouts.shocks import PERIOD_DAYS, shared_shocks
from athlete_intel.payouts.spread import Spread, ToMean, outcome_spread, scaled_errors

_LEAST_PAIRS = 30
"""With fewer stories after an offer, errors of single predictions stand for them."""


@dataclass(frozen=True)
class Errors:
    """How far outcomes lie from predictions, and how much of that athletes share.

    spread: level, error; empty where nothing is known of errors.
    shocks: component, share, periods, freedom; empty where nothing is known of what many share.
    platforms: main channel of readers by athlete_id.
    """

    spread: pd.DataFrame
    shocks: pd.DataFrame
    platforms: pd.Series

    @classmethod
    def measured(cls, past: pd.DataFrame, rankings: pd.DataFrame, platforms: pd.Series) -> "Errors":
        """As past predictions tell it.

        Args:
            past: row_id, athlete_id, as_of, predicted, low, high, actual of predictions whose outcome was not known.
            rankings: athlete_id, sport, low, high of today.
            platforms: main channel of readers by athlete_id; athletes may be missing.
        """
        if past.empty:
            return cls(pd.DataFrame(), pd.DataFrame(), platforms)
        offered = as_offered(past)
        errors = scaled_errors(offered if len(offered) >= _LEAST_PAIRS else past, rankings).dropna(subset=["error"])
        sports = rankings.set_index("athlete_id")["sport"]
        return cls(outcome_spread(errors["error"]), shared_shocks(errors, sports, platforms), platforms)


def as_offered(past: pd.DataFrame) -> pd.DataFrame:
    """The first story of each athlete in each period, with what was predicted in the period before.

    A prediction of the backtest is made at the hour of its story and knows the kind of it; an offer knows neither. What
    an offer knew is the median of the predictions for the athlete's stories in the period before.

    Args:
        past: row_id, athlete_id, as_of, predicted, low, high, actual.

    Returns:
        The same columns, one row for each athlete and period that has stories in the period before.

    >>> past = pd.DataFrame({"row_id": ["old", "older", "new"], "athlete_id": "a", "predicted": [10.0, 20.0, 99.0],
    ...     "as_of": pd.to_datetime(["2026-01-02", "2026-01-01", "2026-02-01"]), "low": 1.0, "high": 100.0,
    ...     "actual": [5.0, 6.0, 7.0]})
    >>> as_offered(past)[["row_id", "predicted", "actual"]].round(1).to_numpy().tolist()
    [['new', 14.2, 7.0]]
    """
    ordered = past.sort_values(["as_of", "row_id"])
    period = (ordered["as_of"].max() - ordered["as_of"]).dt.days // PERIOD_DAYS
    told = ["predicted", "low", "high"]
    logs = ordered[told].astype("float64").apply(np.log1p).assign(athlete_id=ordered["athlete_id"], period=period - 1)
    known = logs.groupby(["athlete_id", "period"])[told].median().apply(np.expm1).reset_index()
    first = ordered.assign(period=period).drop_duplicates(["athlete_id", "period"]).drop(columns=told)
    return first.merge(known, on=["athlete_id", "period"]).drop(columns="period")


def joint_draws(rankings: pd.DataFrame, errors: Errors, seed: int, draws: int = DRAWS) -> np.ndarray:
    """The next story of each athlete, drawn together.

    Args:
        rankings: athlete_id, sport, predicted, low, high, mean in units of the outcome; the draws average `mean`.
        errors: how far outcomes lie from predictions.
        seed: the same seed gives the same draws.
        draws: how many.

    Returns:
        One row an athlete, one column a draw.
    """
    if errors.spread.empty or rankings.empty:
        return np.tile(rankings["mean"].to_numpy(dtype="float64")[:, None], (1, draws))
    book = rankings.assign(platform=rankings["athlete_id"].map(errors.platforms))
    outcomes = story_outcomes(book, Spread.of(errors.spread), errors.shocks, draws, seed)
    # What a bundle is told to bring on average is the sum of what its members are told to bring.
    return ToMean.of(rankings, outcomes).applied(outcomes)


def moments(draws: np.ndarray) -> pd.DataFrame:
    """What a planner needs to know of draws: how much of each athlete's spread all share, and what is left.

    The shared part is how an athlete moves with the middle of all; the rest counts as the athlete's own.

    Returns:
        variance (of the own part) and shared (standard deviation of the shared part), a row an athlete.
    """
    if not len(draws):
        return pd.DataFrame({"variance": pd.Series(dtype="float64"), "shared": pd.Series(dtype="float64")})
    spread = draws.std(axis=1)
    away = draws - draws.mean(axis=1, keepdims=True)
    middle = (away / np.where(spread > 0, spread, 1.0)[:, None]).mean(axis=0)
    size = float(middle.std())
    shared = np.clip(away @ middle / draws.shape[1] / size, 0.0, spread) if size > 0 else np.zeros(len(draws))
    return pd.DataFrame({"variance": np.maximum(spread**2 - shared**2, 0.0), "shared": shared})
