"""Athletes who are alike, found by HDBSCAN, and the packages made of them."""

import hdbscan
import numpy as np
import pandas as pd

from athlete_intel.features.matrix import LEVEL, NOT_IN_PROFILE, transformed

NOISE = -1
LEAST_ATHLETES = 10
MOST_NULLS = 0.5
_MOST_SPREADS = 3.0
_LEAST_SPREAD = 1e-9
_CLUSTER_SHARES = (0.02, 0.04, 0.08)
_NEIGHBOURS = 5
_NAMED_FROM = 0.5
"""Spreads away from the typical athlete from which a feature is worth a name."""


def social_profile(matrix: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """The shape of each athlete's audience, whatever its size, in robust spreads from the typical athlete.

    Levels (counts that grow with the audience) are compared with each other: from the log of each, as a difference from
    its typical value, the athlete's mean over all levels is taken away. Habits count as they are. A feature's spread is
    its interquartile range. Features that more than half of the athletes lack, or that hardly differ, are left out; a
    missing value counts as typical; values end three spreads out, so that superstars do not stretch the map.
    Source: centred log-ratios, Aitchison, The Statistical Analysis of Compositional Data, 1986.

    Args:
        matrix: features by athlete_id.
        catalogue: feature, label, scale, profile ('level', 'habit' or 'no').
    """
    used = catalogue[(catalogue["profile"] != NOT_IN_PROFILE) & catalogue["feature"].isin(matrix.columns)]
    values = transformed(matrix, used)
    values = values[[name for name in used["feature"].astype("str") if values[name].isna().mean() <= MOST_NULLS]]
    level_names = used.loc[used["profile"] == LEVEL, "feature"].astype("str")
    levels = [name for name in level_names if name in values]
    if len(levels) > 1:
        differences = values[levels] - values[levels].median()
        values[levels] = differences.sub(differences.mean(axis="columns"), axis="index")
    spread: pd.Series = values.quantile(0.75) - values.quantile(0.25)
    values = values[[name for name in values.columns.astype("str") if spread[name] > _LEAST_SPREAD]]
    scaled = (values - values.median()) / spread[values.columns]
    return scaled.clip(-_MOST_SPREADS, _MOST_SPREADS).fillna(0.0)


def find_clusters(profile: pd.DataFrame) -> pd.DataFrame:
    """Clusters of athletes by density, the smallest size of a cluster chosen by relative validity.

    Several smallest sizes (shares of all athletes) are tried; the one with the best density-based validity among
    those that find at least two clusters is used. Source: Campello et al. 2013; Moulavi et al. 2014 (DBCV).

    Args:
        profile: scaled features by athlete_id.

    Returns:
        athlete_id, cluster (-1 for noise), strength (0 to 1), and x, y on a map of the two main directions.
    """
    ordered = profile.sort_index()
    labels = np.full(len(ordered), NOISE)
    strengths = np.zeros(len(ordered))
    if len(ordered) >= LEAST_ATHLETES and ordered.shape[1]:
        best = -np.inf
        for size in sorted({max(3, round(share * len(ordered))) for share in _CLUSTER_SHARES}):
            found = hdbscan.HDBSCAN(
                min_cluster_size=size,
                min_samples=min(_NEIGHBOURS, size),
                gen_min_span_tree=True,
                core_dist_n_jobs=1,
            )
            found.fit(ordered.to_numpy())
            if found.labels_.max() >= 1 and found.relative_validity_ > best:
                best, labels, strengths = found.relative_validity_, found.labels_, found.probabilities_
    x, y = _map(ordered.to_numpy())
    return pd.DataFrame({"athlete_id": ordered.index, "cluster": labels, "strength": strengths, "x": x, "y": y})


def package(
    clusters: pd.DataFrame,
    profile: pd.DataFrame,
    catalogue: pd.DataFrame,
    rankings: pd.DataFrame,
    payouts: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One bundle for each cluster, by expected outcome, and the clusters with their bundle.

    What a bundle brings is the sum of its members' means, as medians do not add up. Its range is the sum of its
    members' ranges: as if all went badly, or all went well, together. That is wider than the truth, so nobody is
    promised too much.

    Returns:
        The published tables `bundles` and `clusters`.
    """
    members = clusters[clusters["cluster"] != NOISE].merge(rankings, on="athlete_id").merge(payouts, on="athlete_id")
    bundles = members.groupby("cluster", as_index=False).agg(
        members=("athlete_id", "size"),
        expected=("mean", "sum"),
        low=("low", "sum"),
        high=("high", "sum"),
        cost_cents=("mean_cents", "sum"),
        low_cents=("low_cents", "sum"),
        high_cents=("high_cents", "sum"),
        strength=("strength", "mean"),
    )
    bundles = bundles.sort_values(["expected", "cluster"], ascending=[False, True], ignore_index=True)
    bundles["bundle_id"] = [f"B{number}" for number in range(1, len(bundles) + 1)]
    stories = _names(clusters, profile, catalogue, bundles)
    bundles["name"] = [name for name, _ in stories]
    bundles["why"] = [why for _, why in stories]
    of_cluster = bundles.set_index("cluster")["bundle_id"]
    clusters = clusters.assign(bundle_id=clusters["cluster"].map(of_cluster).astype("str"))
    first = ["bundle_id", "name", "why"]
    return bundles[[*first, *(name for name in bundles if name not in [*first, "cluster"])]], clusters


def _names(
    clusters: pd.DataFrame, profile: pd.DataFrame, catalogue: pd.DataFrame, bundles: pd.DataFrame
) -> list[tuple[str, str]]:
    """Name and reason of each bundle, from the two features in which its members' median stands out most."""
    labels = catalogue.set_index("feature")["label"]
    cluster_of = clusters.set_index("athlete_id")["cluster"]
    medians = profile.groupby(cluster_of.reindex(profile.index)).median()
    stories: list[tuple[str, str]] = []
    for cluster in bundles["cluster"]:
        distances = medians.loc[cluster]
        strongest = distances.reindex(distances.abs().sort_values(ascending=False, kind="stable").index)[:2]
        standing_out = [(labels[name], value) for name, value in strongest.items() if abs(value) >= _NAMED_FROM]
        name = _in_words(standing_out)
        used = sum(other.split(" (")[0] == name for other, _ in stories)
        figures = "; ".join(
            f"{label}: {abs(value):.1f} spreads {'above' if value > 0 else 'below'} the typical athlete"
            for label, value in standing_out
        )
        if figures:
            figures = f"For the size of their audience: {figures}."
        stories.append((f"{name} ({used + 1})" if used else name, figures or "No feature stands out."))
    return stories


def _in_words(standing_out: list[tuple[str, float]]) -> str:
    """A name out of labels and how far they stand out; what two labels share is said once.

    >>> _in_words([("Median likes on Instagram", 1.4), ("Posts a week on Instagram", 0.9)])
    'High likes and posts a week on Instagram'
    >>> _in_words([("Salary, $ million", 2.0), ("Median likes on Twitter", -0.8)])
    'High salary, low likes on Twitter'
    """
    parts = [
        ("high" if value > 0 else "low", *_in_a_sentence(label.split(",")[0].removeprefix("Median ")).partition(" on "))
        for label, value in standing_out
    ]
    if not parts:
        return "Close to the typical athlete"
    if len(parts) == 2 and parts[0][0] == parts[1][0] and parts[0][2:] == parts[1][2:] and parts[0][3]:
        parts = [(parts[0][0], f"{parts[0][1]} and {parts[1][1]}", *parts[0][2:])]
    name = ", ".join(f"{direction} {what}{on}{platform}" for direction, what, on, platform in parts)
    return name[0].upper() + name[1:]


def _in_a_sentence(label: str) -> str:
    """A label with a small first letter, unless its first word is a name or an abbreviation."""
    first = label.split(" ")[0]
    keeps = first != first.capitalize() or first in ("Twitter", "Instagram", "Facebook", "Wikipedia")
    return label if keeps else label[0].lower() + label[1:]


def _map(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two main directions of the values, each pointing to where its largest weight is positive."""
    axes = np.zeros((len(values), 2))
    if len(values) > 1 and values.shape[1]:
        centred = values - values.mean(axis=0)
        _, _, directions = np.linalg.svd(centred, full_matrices=False)
        for axis, direction in enumerate(directions[:2]):
            sign = np.sign(direction[np.abs(direction).argmax()]) or 1.0
            axes[:, axis] = centred @ direction * sign
    return axes[:, 0], axes[:, 1]
