"""Whether a cluster is there, or only happened: does it come back when other athletes had been at hand?

Source: Hennig, Cluster-wise assessment of cluster stability, Computational Statistics and Data Analysis 2007. Below
0.5 a cluster dissolves; 0.75 and more means that it is a valid, stable one.
"""

from collections.abc import Callable

import numpy as np

STABLE = 0.75


def stability(
    values: np.ndarray, labels: np.ndarray, find: Callable[[np.ndarray, float], np.ndarray], looks: int, seed: int
) -> np.ndarray:
    """Mean best Jaccard similarity of each cluster over bootstrap resamples.

    An athlete drawn twice is kept once: two athletes in one place would look like a dense spot. So a resample holds
    about 63% of the athletes, which makes the test a hard one.

    Args:
        values: scaled features, one row an athlete.
        labels: cluster of each row, below 0 for none.
        find: takes rows and the share of all rows that they are, and gives their clusters.
        looks: number of resamples.
        seed: of the draws.

    Returns:
        A value for each cluster, 0 to 1.

    >>> rows = np.repeat([[0.0], [9.0]], 20, axis=0)
    >>> stability(rows, np.repeat([0, 1], 20), lambda part, drawn: (part[:, 0] > 5).astype(int), looks=3, seed=1)
    array([1., 1.])
    """
    rng = np.random.default_rng(seed)
    clusters = int(labels.max(initial=-1)) + 1
    best = np.zeros((looks, clusters))
    for look in range(looks):
        rows = np.unique(rng.integers(0, len(values), len(values)))
        best[look] = jaccard(labels[rows], find(values[rows], len(rows) / len(values)), clusters).max(axis=1, initial=0)
    return np.asarray(best.mean(axis=0))


def jaccard(before: np.ndarray, after: np.ndarray, clusters: int | None = None) -> np.ndarray:
    """Jaccard similarity of each cluster before (rows) with each cluster after (columns); below 0 is in none.

    >>> jaccard(np.array([0, 0, 1, -1]), np.array([0, 1, 1, 1])).round(2).tolist()
    [[0.5, 0.25], [0.0, 0.33]]
    """
    rows = int(before.max(initial=-1)) + 1 if clusters is None else clusters
    columns = int(after.max(initial=-1)) + 1
    both = np.zeros((rows, columns))
    inside = (before >= 0) & (after >= 0)
    np.add.at(both, (before[inside], after[inside]), 1)
    sizes_before = np.bincount(before[before >= 0], minlength=rows)[:, None]
    sizes_after = np.bincount(after[after >= 0], minlength=columns)[None, :]
    return np.asarray(both / np.maximum(sizes_before + sizes_after - both, 1))
