"""Outcomes of many athletes at once, drawn together, because they do not err one by one.

How they err together is what `payouts.risk` says of the whole book: a bundle and a month of pay rest on the same draws.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from athlete_intel.payouts.risk import DRAWS, story_outcomes
from athlete_intel.payouts.shocks import shared_shocks
from athlete_intel.payouts.spread import Spread, outcome_spread, scaled_errors


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
    def published(cls, tables: Mapping[str, pd.DataFrame]) -> "Errors":
        """As the tables on pay tell it: outcome_spread, shocks, outlook."""
        platforms = tables["outlook"].set_index("athlete_id")["platform"]
        return cls(tables["outcome_spread"], tables["shocks"], platforms)

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
        errors = scaled_errors(past, rankings).dropna(subset=["error"])
        sports = rankings.set_index("athlete_id")["sport"]
        return cls(outcome_spread(errors["error"]), shared_shocks(errors, sports, platforms), platforms)


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
    wanted = rankings["mean"].to_numpy(dtype="float64")[:, None]
    if errors.spread.empty or rankings.empty:
        return np.tile(wanted, (1, draws))
    book = rankings.assign(platform=rankings["athlete_id"].map(errors.platforms))
    outcomes = story_outcomes(book, Spread.of(errors.spread), errors.shocks, draws, seed)
    # What a bundle is told to bring on average is the sum of what its members are told to bring.
    means = outcomes.mean(axis=1, keepdims=True)
    return np.asarray(np.where(means > 0, outcomes * wanted / np.where(means > 0, means, 1.0), 0.0))


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
