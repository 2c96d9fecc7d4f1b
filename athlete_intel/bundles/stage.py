"""Everything about bundles that a snapshot holds, from the features of today to what a brand can buy."""

from dataclasses import dataclass, field

import pandas as pd

from athlete_intel.bundles.clusters import find_clusters
from athlete_intel.bundles.identity import identify, none_before
from athlete_intel.bundles.names import names
from athlete_intel.bundles.packages import package
from athlete_intel.bundles.profile import social_profile
from athlete_intel.bundles.stability import STABLE


@dataclass(frozen=True)
class Before:
    """The clusters of the newest snapshot of older data: athlete_id and identity, and the identities given up."""

    members: pd.DataFrame = field(default_factory=none_before)
    gone: tuple[str, ...] = ()


def bundle_tables(
    today: pd.DataFrame,
    catalogue: pd.DataFrame,
    rankings: pd.DataFrame,
    payouts: pd.DataFrame,
    before: Before,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """The published tables on clusters and bundles, by name.

    Args:
        today: features by athlete_id.
        catalogue: feature, label, scale, profile.
        rankings: the published table.
        payouts: the published table.
        before: clusters whose identities are kept.
        seed: of resamples.
    """
    profile = social_profile(today, catalogue)
    found = find_clusters(profile, seed)
    identities = identify(found.members, before.members, list(before.gone))
    identity_of = identities.dropna(subset=["cluster"]).set_index("cluster")["identity"]
    groups = identities.merge(found.groups, on="cluster", how="left")
    numbers = found.groups["cluster"].tolist()
    told = dict(zip(numbers, names(found.members, profile, catalogue, numbers), strict=True))
    groups["name"] = [told[cluster][0] if cluster in told else "" for cluster in groups["cluster"]]
    groups["why"] = [told[cluster][1] if cluster in told else "" for cluster in groups["cluster"]]
    groups["members"] = groups["members"].fillna(0).astype("int64")
    groups["offered"] = groups["stability"].ge(STABLE).fillna(False)
    clusters = found.members.assign(identity=found.members["cluster"].map(identity_of).astype("str"))
    soft = found.soft.assign(identity=found.soft["cluster"].map(identity_of)).drop(columns="cluster")
    return {
        "clusters": clusters,
        "cluster_groups": groups,
        "cluster_memberships": soft[soft["membership"] >= LEAST_MEMBERSHIP],
        "cluster_settings": found.tried.rename_axis("setting").reset_index(),
        "bundles": package(clusters, groups, rankings, payouts),
    }


LEAST_MEMBERSHIP = 0.01
"""Smaller parts of a cluster in an athlete are not worth a row."""
