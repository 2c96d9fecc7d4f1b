"""Predictions for today, as a ranking."""

import numpy as np
import pandas as pd

from athlete_intel.contracts import RAW_TABLES
from athlete_intel.influence.candidates import from_log
from athlete_intel.influence.rank_ranges import rank_ranges

PROFILE = [name for name in RAW_TABLES["athletes"].column_names if name != "athlete_id"]


def rank_athletes(
    predictions: pd.DataFrame,
    deviation: pd.Series,
    athletes: pd.DataFrame,
    followers: pd.Series,
    outcomes_seen: pd.Series,
    previous_rank: pd.Series,
    mean_factor: float,
    seed: int,
) -> pd.DataFrame:
    """The ranking by expected outcome.

    Args:
        predictions: by athlete_id, predicted_log, low_log, high_log, novel, novel_why.
        deviation: standard deviation of the lasting error of each prediction, in logs; see `rank_ranges`.
        athletes: the raw table.
        followers: newest followers over all platforms by athlete_id; athletes may be missing.
        outcomes_seen: number of known past outcomes by athlete_id; athletes may be missing.
        previous_rank: rank by athlete_id in the newest older snapshot; athletes may be missing.
        mean_factor: mean over typical outcome, see `evaluation.mean_factor`.
        seed: of the draws behind the range of ranks.

    Returns:
        The published table `rankings`.
    """
    order = predictions.sort_index().sort_values("predicted_log", ascending=False, kind="stable").index
    predictions, deviation = predictions.loc[order], deviation.loc[order]
    table = pd.DataFrame(
        {
            "rank": np.arange(1, len(order) + 1),
            "predicted": from_log(predictions["predicted_log"]),
            "low": from_log(predictions["low_log"]),
            "high": from_log(predictions["high_log"]),
            "novel": predictions["novel"],
            "novel_why": predictions["novel_why"],
            "followers": followers.reindex(order).astype("Int64"),
            "outcomes_seen": outcomes_seen.reindex(order).fillna(0).astype("int64"),
            "previous_rank": previous_rank.reindex(order).astype("Int64"),
        },
        index=order,
    ).join(rank_ranges(predictions["predicted_log"], deviation, seed))
    table["mean"] = table["predicted"] * mean_factor
    # With a bias the conformal range may lie beside the prediction; the middle of a range must lie in it.
    table["low"] = table[["low", "predicted"]].min(axis="columns")
    table["high"] = table[["high", "predicted"]].max(axis="columns")
    table["follower_rank"] = _follower_rank(table["followers"])
    table = table.rename_axis("athlete_id").reset_index().merge(athletes, on="athlete_id", validate="one_to_one")
    first = ["rank", "athlete_id", *PROFILE]
    return table[first + [name for name in table if name not in first]].sort_values("rank", ignore_index=True)


def _follower_rank(followers: pd.Series) -> pd.Series:
    """1 for the most followers, ties broken by athlete_id; none where followers are unknown."""
    order = followers.dropna().sort_index().sort_values(ascending=False, kind="stable").index
    return pd.Series(range(1, len(order) + 1), index=order, dtype="Int64").reindex(followers.index)
