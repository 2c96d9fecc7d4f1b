"""Predictions for today: the ranking, and what moves each athlete in it."""

import numpy as np
import pandas as pd

from athlete_intel.contracts import RAW_TABLES
from athlete_intel.influence.evaluation import residual_range
from athlete_intel.influence.model import Ridge, from_log

PROFILE = [name for name in RAW_TABLES["athletes"].column_names if name != "athlete_id"]


def rank_athletes(
    predicted_log: pd.Series,
    residuals: np.ndarray,
    interval: float,
    athletes: pd.DataFrame,
    followers: pd.Series,
    outcomes_seen: pd.Series,
) -> pd.DataFrame:
    """The ranking by expected outcome.

    Args:
        predicted_log: predicted log(1 + outcome) by athlete_id.
        residuals: actual minus predicted log of rows the model had not seen.
        interval: share of outcomes that a range should hold.
        athletes: the raw table.
        followers: newest followers over all platforms by athlete_id; athletes may be missing.
        outcomes_seen: number of known past outcomes by athlete_id; athletes may be missing.

    Returns:
        The published table `rankings`.
    """
    below, above = residual_range(residuals, interval)
    table = pd.DataFrame(
        {
            "predicted": from_log(predicted_log),
            "low": from_log(predicted_log + below),
            "high": from_log(predicted_log + above),
            "followers": followers.reindex(predicted_log.index).astype("Int64"),
            "outcomes_seen": outcomes_seen.reindex(predicted_log.index).fillna(0).astype("int64"),
        }
    )
    # With a bias the conformal range may lie beside the prediction; the middle of a range must lie in it.
    table["low"] = table[["low", "predicted"]].min(axis="columns")
    table["high"] = table[["high", "predicted"]].max(axis="columns")
    table = table.rename_axis("athlete_id").reset_index().merge(athletes, on="athlete_id", validate="one_to_one")
    table = table.sort_values(["predicted", "athlete_id"], ascending=[False, True], ignore_index=True)
    by_followers = table.sort_values(["followers", "athlete_id"], ascending=[False, True])
    positions = pd.Series(range(1, len(table) + 1), index=by_followers.index, dtype="Int64")
    table["follower_rank"] = positions.where(table["followers"].notna())
    table["rank"] = np.arange(1, len(table) + 1)
    order = ["rank", "athlete_id", *PROFILE, "predicted", "low", "high", "followers", "follower_rank", "outcomes_seen"]
    return table[order]


def drivers(model: Ridge, matrix: pd.DataFrame) -> pd.DataFrame:
    """What moves each prediction away from the typical one, strongest first.

    Args:
        model: the fitted model.
        matrix: features by athlete_id.

    Returns:
        The published table `drivers`: the effects of an athlete and the model's intercept add up to the prediction.
    """
    effects = model.effects(matrix)
    values = matrix.reindex(columns=effects.columns)
    long = pd.DataFrame(
        {
            "athlete_id": np.repeat(effects.index.to_numpy(), effects.shape[1]),
            "feature": np.tile(effects.columns.to_numpy(), len(effects)),
            "effect_log": effects.to_numpy().ravel(),
            "value": values.to_numpy().ravel(),
        }
    )
    names = model.coefficients().merge(model.catalogue[["feature", "scale"]], on="feature")
    names["typical"] = names["centre"].where(names["scale"] != "log", np.expm1(names["centre"]))
    long = long.merge(names[["feature", "label", "typical"]], on="feature", validate="many_to_one")
    long["strength"] = long["effect_log"].abs()
    long = long.sort_values(["athlete_id", "strength", "feature"], ascending=[True, False, True], ignore_index=True)
    return long[["athlete_id", "feature", "label", "value", "typical", "effect_log"]]
