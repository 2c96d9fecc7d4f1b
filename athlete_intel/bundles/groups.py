"""The groups that a snapshot holds: those of the snapshot before, which newcomers join, or groups formed anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from athlete_intel.bundles.clusters import find_clusters
from athlete_intel.bundles.identity import identify, none_before
from athlete_intel.bundles.joining import Formed, base_of, kept, measured, why_anew
from athlete_intel.bundles.names import stories
from athlete_intel.bundles.stability import STABLE

LEAST_MEMBERSHIP = 0.01
"""Smaller parts of a cluster in an athlete are not worth a row."""


@dataclass(frozen=True)
class Before:
    """The clusters of the newest snapshot of older data: athlete_id and identity, and what was given up by then."""

    members: pd.DataFrame = field(default_factory=none_before)
    gone: Mapping[str, str] = field(default_factory=dict)
    """Identities that were given up, each with where its members went then."""
    offered: pd.Series = field(default_factory=lambda: pd.Series(dtype="int64"))
    """In how many states of the data each athlete stood in a bundle on offer so far, by athlete_id."""
    formed: Formed | None = None
    """The groups themselves, and what they were formed of; None where that is not known."""


def group_tables(
    today: pd.DataFrame, catalogue: pd.DataFrame, rankings: pd.DataFrame, before: Before, as_of: datetime, seed: int
) -> dict[str, pd.DataFrame]:
    """The published tables on groups, by name: clusters, cluster_groups, cluster_memberships, cluster_settings,
    cluster_base and cluster_formation.

    Args:
        today: features by athlete_id.
        catalogue: feature, label, scale, profile.
        rankings: the published table, for names.
        before: the groups before.
        as_of: the end of the data.
        seed: of resamples.
    """
    why = why_anew(before.formed, today, catalogue, as_of)
    if before.formed is None and before.members["identity"].notna().any():
        why = "It is not known what the groups before were formed of."
    told = kept(before.formed, today) if before.formed is not None and not why else None
    if told is None:
        why = why or "The groups before could not be made again from what they were formed of."
        told = _formed_anew(today, catalogue, rankings, before, seed)
        told["cluster_formation"] = pd.DataFrame(
            {"formed_at": [pd.Timestamp(as_of)], "athletes": [len(today)], "why": [why]}
        )
    memberships = told["cluster_memberships"]
    told["cluster_memberships"] = memberships[memberships["membership"] >= LEAST_MEMBERSHIP]
    return told


def _formed_anew(
    today: pd.DataFrame, catalogue: pd.DataFrame, rankings: pd.DataFrame, before: Before, seed: int
) -> dict[str, pd.DataFrame]:
    """The published tables on groups of the athletes of today, but for when they were formed and why."""
    base = base_of(today, catalogue)
    scale, profile = measured(base, catalogue, today.index)
    found = find_clusters(profile, seed)
    identities = identify(found.members, before.members, before.gone)
    identity_of = identities.dropna(subset=["cluster"]).set_index("cluster")["identity"]
    groups = identities.merge(found.groups, on="cluster", how="left")
    told = stories(found.members, profile, scale, _people(today, rankings))
    groups["name"] = [told[cluster][0] if cluster in told else "" for cluster in groups["cluster"]]
    groups["why"] = [told[cluster][1] if cluster in told else "" for cluster in groups["cluster"]]
    groups["members"] = groups["members"].fillna(0).astype("int64")
    groups["offered"] = groups["stability"].ge(STABLE).fillna(False)
    named = found.members["cluster"].map(identity_of).astype("str")
    soft = found.soft.assign(identity=found.soft["cluster"].map(identity_of))
    return {
        "clusters": found.members.assign(identity=named, joined=False),
        "cluster_groups": groups,
        "cluster_memberships": soft.drop(columns="cluster"),
        "cluster_settings": found.tried.rename_axis("setting").reset_index(),
        "cluster_base": base,
    }


def _people(today: pd.DataFrame, rankings: pd.DataFrame) -> pd.DataFrame:
    """What a name may say of athletes beside their profile, by athlete_id."""
    people = rankings.set_index("athlete_id")[["gender", "sport", "followers"]].reindex(today.index)
    likes = [name for name in today if str(name).endswith("likes_median")]
    trends = [name for name in today if str(name).endswith("likes_trend")]
    liked = today[likes].sum(axis="columns", min_count=1)
    people["engagement"] = liked / people["followers"].astype("float64").where(people["followers"] > 0)
    people["trend"] = today[trends].mean(axis="columns")
    return people
