"""Predictions for today, as a ranking."""

import numpy as np
import pandas as pd

from athlete_intel.contracts import RAW_TABLES
from athlete_intel.influence.candidates import from_log
from athlete_intel.influence.intervals import Ranges

PROFILE = [name for name in RAW_TABLES["athletes"].column_names if name != "athlete_id"]


def rank_athletes(
    predicted_log: pd.Series,
    ranges: Ranges,
    spreads: pd.DataFrame,
    athletes: pd.DataFrame,
    followers: pd.Series,
    outcomes_seen: pd.Series,
    mean_factor: float,
) -> pd.DataFrame:
    """The ranking by expected outcome.

    Args:
        predicted_log: predicted log(1 + outcome) by athlete_id.
        ranges: how far outcomes may lie from predictions.
        spreads: from `intervals.spread_features`, in the order of the predictions.
        athletes: the raw table.
        followers: newest followers over all platforms by athlete_id; athletes may be missing.
        outcomes_seen: number of known past outcomes by athlete_id; athletes may be missing.
        mean_factor: mean over typical outcome, see `evaluation.mean_factor`.

    Returns:
        The published table `rankings`.
    """
    low, high = ranges.around(predicted_log, spreads)
    table = pd.DataFrame(
        {
            "predicted": from_log(predicted_log),
            "low": from_log(low),
            "high": from_log(high),
            "followers": followers.reindex(predicted_log.index).astype("Int64"),
            "outcomes_seen": outcomes_seen.reindex(predicted_log.index).fillna(0).astype("int64"),
        }
    )
    table["mean"] = table["predicted"] * mean_factor
    # With a bias the conformal range may lie beside the prediction; the middle of a range must lie in it.
    table["low"] = table[["low", "predicted"]].min(axis="columns")
    table["high"] = table[["high", "predicted"]].max(axis="columns")
    table = table.rename_axis("athlete_id").reset_index().merge(athletes, on="athlete_id", validate="one_to_one")
    table = table.sort_values(["predicted", "athlete_id"], ascending=[False, True], ignore_index=True)
    by_followers = table.sort_values(["followers", "athlete_id"], ascending=[False, True])
    positions = pd.Series(range(1, len(table) + 1), index=by_followers.index, dtype="Int64")
    table["follower_rank"] = positions.where(table["followers"].notna())
    table["rank"] = np.arange(1, len(table) + 1)
    order = [
        "rank",
        "athlete_id",
        *PROFILE,
        "predicted",
        "low",
        "high",
        "mean",
        "followers",
        "follower_rank",
        "outcomes_seen",
    ]
    return table[order]
