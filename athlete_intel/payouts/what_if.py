"""What would raise it: the real model asked again with an athlete's signals changed."""

import numpy as np
import pandas as pd

from athlete_intel.influence.candidates import Model, from_log
from athlete_intel.influence.intervals import Ranges, spread_features

CHANGES: tuple[tuple[str, str, str, float], ...] = (
    ("likes_20", "Likes up 20%", "likes", 1.2),
    ("likes_100", "Twice the likes", "likes", 2.0),
    ("likes_down_20", "Likes down 20%", "likes", 0.8),
    ("wikipedia_20", "Wikipedia views up 20%", "wikipedia", 1.2),
)
"""Name, what it is called, the word in the names of the features it moves, and by how much."""


def what_ifs(model: Model, ranges: Ranges, today: pd.DataFrame, training: pd.DataFrame) -> pd.DataFrame:
    """Predictions for every athlete after each change, by the model that makes all others.

    A change is marked as outside where it takes a signal above the highest value in training that the unchanged signal
    does not reach either: there the model guesses.

    Args:
        model: the fitted model.
        ranges: how far outcomes may lie from its predictions.
        today: features by athlete_id.
        training: features of training rows.

    Returns:
        The published table `what_ifs`.
    """
    highest = training.max()
    parts = []
    for name, label, word, factor in CHANGES:
        moved = [
            feature
            for feature, rises in zip(model.catalogue["feature"], model.catalogue["rises"], strict=True)
            if rises and word in str(feature).lower() and feature in today
        ]
        if not moved:
            continue
        changed = today.assign(**{feature: today[feature] * factor for feature in moved})
        predicted = model.predict_log(changed)
        low, high = ranges.around(predicted, spread_features(changed, predicted))
        outside = (changed[moved] > highest[moved]).any(axis="columns")
        parts.append(
            pd.DataFrame(
                {
                    "athlete_id": today.index,
                    "change": name,
                    "label": label,
                    "predicted": from_log(predicted).to_numpy(),
                    "low": from_log(pd.Series(np.minimum(low, predicted))).to_numpy(),
                    "high": from_log(pd.Series(np.maximum(high, predicted))).to_numpy(),
                    "outside": outside.to_numpy(),
                }
            )
        )
    columns = ["athlete_id", "change", "label", "predicted", "low", "high", "outside"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({name: [] for name in columns})
