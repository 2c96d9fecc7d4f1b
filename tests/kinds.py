"""Athletes of three known shapes, for tests of clusters and bundles."""

import numpy as np
import pandas as pd

CATALOGUE = pd.DataFrame(
    {
        "feature": ["likes", "reposts", "replies", "posts_per_week", "outcome_median"],
        "label": ["Median likes", "Median reposts", "Median replies", "Posts a week", "Past outcomes"],
        "scale": ["log"] * 5,
        "profile": ["level", "level", "level", "habit", "no"],
    }
)


def three_kinds(size: int = 60, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Features by athlete_id of three shapes, each at every size of audience, and which shape each one is."""
    rng = np.random.default_rng(seed)
    kinds = np.repeat([0, 1, 2], size)
    shapes = np.array([[0.0, 0.0, 0.0, 1.0], [0.0, 2.0, -2.0, 2.0], [0.0, -2.0, 2.0, 0.5]])[kinds]
    audience = rng.normal(7, 2, len(kinds))[:, None] * [1, 1, 1, 0]
    logs = audience + shapes + rng.normal(0, 0.15, shapes.shape)
    matrix = pd.DataFrame(np.expm1(np.abs(logs)), columns=CATALOGUE["feature"][:4]).assign(outcome_median=1.0)
    matrix.index = [f"a{i:03}" for i in range(len(matrix))]
    return matrix, kinds
