"""Outcomes of many athletes at once, drawn together, because they do not err one by one.

This is the one place that says how. An outcome is log(1 + outcome) = log(1 + predicted) + width x error, where the
width is that of the prediction's own range. Errors come from the distribution of past ones by way of normal scores: the
sum of a shock that all share, of what stays wrong about an athlete, and of luck (a Gaussian copula with two factors).
The shared shock is known from a few months only, so it is drawn from Student's t with as many degrees of freedom.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from athlete_intel.influence.rank_ranges import lasting_deviation

DRAWS = 1_000
_PERIOD_DAYS = 28
_LEAST_WIDTH = 0.01
_FARTHEST = 4.0
_LEAST_PERIODS = 2


def joint_draws(rankings: pd.DataFrame, past: pd.DataFrame, seed: int, draws: int = DRAWS) -> np.ndarray:
    """The next story of each athlete, drawn together.

    Args:
        rankings: athlete_id, predicted, low, high, mean in units of the outcome; the draws average `mean`.
        past: athlete_id, as_of, predicted, low, high, actual of predictions whose outcome was not known.
        seed: the same seed gives the same draws.
        draws: how many.

    Returns:
        One row an athlete, one column a draw.
    """
    errors = _scaled_errors(past, rankings) if len(past) else pd.DataFrame()
    rng = np.random.default_rng(seed)
    number = len(rankings)
    log = np.log1p(rankings["predicted"].to_numpy(dtype="float64"))
    width = np.nan_to_num(_widths(rankings), nan=0.0)
    if errors.empty or not number:
        return np.tile(rankings["mean"].to_numpy(dtype="float64")[:, None], (1, draws))
    together, lasting, periods = _shares(errors)
    shock = np.sqrt(together * (1 + 1 / periods)) * rng.standard_t(max(periods - 1, 1), draws)
    shock = np.clip(shock, -_FARTHEST, _FARTHEST)
    own = np.sqrt(lasting) * rng.standard_normal((number, draws))
    luck = np.sqrt(max(1 - together - lasting, 0.0)) * rng.standard_normal((number, draws))
    level = ndtr(np.clip(shock[None, :] + own + luck, -_FARTHEST, _FARTHEST))
    error = np.quantile(errors["error"].to_numpy(), level.ravel()).reshape(level.shape)
    outcomes = np.maximum(np.expm1(np.minimum(log[:, None] + width[:, None] * error, 40.0)), 0.0)
    means = outcomes.mean(axis=1, keepdims=True)
    wanted = rankings["mean"].to_numpy(dtype="float64")[:, None]
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


def _widths(table: pd.DataFrame) -> np.ndarray:
    low, high = (np.log1p(table[name].to_numpy(dtype="float64")) for name in ("low", "high"))
    return np.asarray(np.where(np.isnan(high - low), np.nan, np.maximum(high - low, _LEAST_WIDTH)))


def _scaled_errors(past: pd.DataFrame, rankings: pd.DataFrame) -> pd.DataFrame:
    """athlete_id, period, error: past errors in widths of their range, or of today's where they had none."""
    today = pd.Series(_widths(rankings), index=rankings["athlete_id"].to_numpy())
    width = pd.Series(_widths(past), index=past.index).fillna(past["athlete_id"].map(today))
    width = width.fillna(width.median()).fillna(1.0)
    off = np.log1p(past["actual"].astype("float64")) - np.log1p(past["predicted"].astype("float64"))
    period = (past["as_of"].max() - past["as_of"]).dt.days // _PERIOD_DAYS
    return pd.DataFrame({"athlete_id": past["athlete_id"], "period": period, "error": off / width}).dropna()


def _shares(errors: pd.DataFrame) -> tuple[float, float, int]:
    """Shares of the variance of normal scores that everybody shares in a period and that last with an athlete, and the
    number of periods."""
    scores = pd.Series(ndtri((errors["error"].rank() - 0.5) / len(errors)), index=errors.index)
    total = float(scores.var())
    periods = errors["period"].nunique()
    if periods < _LEAST_PERIODS or not total > 0:
        return 0.0, 0.0, 1
    together = min(lasting_deviation(scores, errors["period"]) ** 2 / total, 0.9)
    several = errors.groupby("athlete_id")["period"].transform("size").max() > 1
    lasting = lasting_deviation(scores, errors["athlete_id"]) ** 2 / total if several else 0.0
    return together, min(lasting, 1 - together), int(periods)
