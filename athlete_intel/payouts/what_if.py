"""What would raise it: the real model asked again with an athlete's signals changed."""

import numpy as np
import pandas as pd

from athlete_intel.influence.candidates import from_log
from athlete_intel.influence.learning import Learned

CHANGES: tuple[tuple[str, str, str, float], ...] = (
    ("likes_20", "Likes up 20%", "likes", 1.2),
    ("likes_100", "Twice the likes", "likes", 2.0),
    ("likes_down_20", "Likes down 20%", "likes", 0.8),
    ("wikipedia_20", "Wikipedia views up 20%", "wikipedia", 1.2),
)
"""Name, what it is called, the word in the names of the features it moves, and by how much."""


def what_ifs(learned: Learned, today: pd.DataFrame, training: pd.DataFrame) -> pd.DataFrame:
    """Predictions for every athlete after each change, by the model that makes all others.

    A change is marked as outside where it takes a signal above the highest value in training, or makes the athlete
    unlike anything in training: there the model guesses.

    Args:
        learned: the model.
        today: features by athlete_id.
        training: features of training rows.

    Returns:
        The published table `what_ifs`.
    """
    highest = training.max()
    catalogue = learned.model.catalogue
    parts = []
    for name, label, word, factor in CHANGES:
        moved = [
            feature
            for feature, rises in zip(catalogue["feature"], catalogue["rises"], strict=True)
            if rises and word in str(feature).lower() and feature in today
        ]
        if not moved:
            continue
        changed = today.assign(**{feature: today[feature] * factor for feature in moved})
        found = learned.predict(changed)
        predicted = found["predicted_log"]
        outside = (changed[moved] > highest[moved]).any(axis="columns") | found["novel"]
        parts.append(
            pd.DataFrame(
                {
                    "athlete_id": today.index,
                    "change": name,
                    "label": label,
                    "predicted": from_log(predicted).to_numpy(),
                    "low": from_log(pd.Series(np.minimum(found["low_log"], predicted))).to_numpy(),
                    "high": from_log(pd.Series(np.maximum(found["high_log"], predicted))).to_numpy(),
                    "outside": outside.to_numpy(),
                }
            )
        )
    columns = ["athlete_id", "change", "label", "predicted", "low", "high", "outside"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({name: [] for name in columns})
