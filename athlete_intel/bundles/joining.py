"""Who comes later joins the groups that are there; groups are formed anew only now and then.

Nobody who is in a group leaves it until groups are formed anew, which happens after four weeks of data, or sooner where
many athletes came or went or other features tell of them. In between, who came since is measured on the scale of those
whom the groups were formed of, and joins the group most like them, or none. Who is in none is looked at again in each
build, as little is known of an athlete at first.

For that a snapshot keeps the features that its groups were formed of, and no model: the same features and setting give
the same groups, as HDBSCAN draws nothing. A group depends on how audiences behave and not on what a model predicts, so
it stays as it is where a model is retrained.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from athlete_intel.bundles.clusters import NOISE, Clustering, find_again
from athlete_intel.bundles.identity import GONE
from athlete_intel.bundles.profile import ProfileScale, learn_scale
from athlete_intel.bundles.stability import STABLE
from athlete_intel.features.matrix import NOT_IN_PROFILE

DAYS_KEPT = 28
"""Days of data after which groups are formed anew: as often as a model is retrained by default."""
MOST_CHANGED = 0.05
"""Share of the athletes that groups were formed of; where more came or went since, they are formed anew."""
_TELLS = ["feature", "scale", "profile"]


@dataclass(frozen=True)
class Formed:
    """Groups as an earlier snapshot published them, and what they were formed of.

    Attributes:
        formation: the published table `cluster_formation`, one row.
        base: `cluster_base`.
        catalogue: feature, label, scale, profile.
        settings: `cluster_settings`.
        clusters: `clusters`.
        groups: `cluster_groups`.
        memberships: `cluster_memberships`.
    """

    formation: pd.DataFrame
    base: pd.DataFrame
    catalogue: pd.DataFrame
    settings: pd.DataFrame
    clusters: pd.DataFrame
    groups: pd.DataFrame
    memberships: pd.DataFrame


def base_of(today: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """The published table `cluster_base`: every feature of the profile of every athlete.

    Args:
        today: features by athlete_id.
        catalogue: feature, profile.

    >>> today = pd.DataFrame({"likes": [5.0, np.nan], "sponsored": 1.0}, index=["a", "b"])
    >>> catalogue = pd.DataFrame({"feature": ["likes", "sponsored"], "profile": ["level", "no"]})
    >>> base_of(today, catalogue).values.tolist()
    [['a', 'likes', 5.0], ['b', 'likes', nan]]
    """
    used = [name for name in _in_profile(catalogue)["feature"] if name in today]
    wide = today[used].astype("float64").sort_index().rename_axis("athlete_id")
    return wide.reset_index().melt("athlete_id", var_name="feature", value_name="value")


def measured(base: pd.DataFrame, catalogue: pd.DataFrame, athletes: Iterable[str]) -> tuple[ProfileScale, pd.DataFrame]:
    """The scale of the athletes of a base, and their profile on it.

    It is always taken from the stored form, so that groups made again rest on the same numbers to the last digit.

    Args:
        base: athlete_id, feature, value.
        catalogue: feature, label, scale, profile.
        athletes: who they are; where no feature is part of the profile a base does not tell.
    """
    wide = base.pivot(index="athlete_id", columns="feature", values="value").reindex(sorted(athletes))
    names = [name for name in catalogue["feature"] if name in wide]
    # Sums over a row depend in their last digit on how numbers lie in memory.
    values = np.ascontiguousarray(wide[names].to_numpy(dtype="float64"))
    matrix = pd.DataFrame(values, index=wide.index.astype("str"), columns=names)
    scale = learn_scale(matrix, catalogue)
    return scale, scale.of(matrix)


def why_anew(formed: Formed | None, today: pd.DataFrame, catalogue: pd.DataFrame, as_of: datetime) -> str:
    """Why groups are formed anew, in a sentence; empty where they are kept.

    Args:
        formed: groups of the newest snapshot of older data, if there are any.
        today: features by athlete_id.
        catalogue: feature, label, scale, profile.
        as_of: the end of the data.
    """
    if formed is None or not formed.settings["chosen"].astype(bool).any():
        return "There were no groups before."
    since = pd.Timestamp(as_of) - pd.Timestamp(formed.formation["formed_at"].item())
    if since < pd.Timedelta(0):
        return "The data end before the groups of the snapshot before were formed."
    if since >= pd.Timedelta(days=DAYS_KEPT):
        return f"The groups before were {since.days} days old."
    if _profile_of(catalogue, today.columns) != _profile_of(formed.catalogue, formed.base["feature"]):
        return "Other features tell of the athletes than before."
    known = set(formed.base["athlete_id"])
    changed = len(known ^ set(today.index))
    if changed > MOST_CHANGED * len(known):
        return f"Of {len(known):,} athletes, {changed:,} had come or gone since."
    return ""


def kept(formed: Formed, today: pd.DataFrame) -> dict[str, pd.DataFrame] | None:
    """The published tables on groups where these are kept; None where they cannot be made again.

    What became of a group (`state`, `came_from`, `went_to`, `kept`) is news of the day on which groups were formed, and
    goes on being told until they are formed anew. Members and strength are counted anew, as athletes join and leave.

    Args:
        formed: the groups.
        today: features by athlete_id.

    Returns:
        clusters, cluster_groups, cluster_memberships, cluster_settings, cluster_base and cluster_formation by name.
    """
    scale, profile = measured(formed.base, formed.catalogue, set(formed.base["athlete_id"]))
    found = find_again(profile, formed.settings)
    if not _as_published(found, formed.clusters):
        return None
    living = formed.groups.dropna(subset=["cluster"]).astype({"cluster": "int64"})
    identities = living.set_index("cluster")["identity"]
    present = pd.Index(today.index)
    placed = formed.clusters[formed.clusters["joined"].astype(bool) & (formed.clusters["cluster"] != NOISE)]
    placed = placed[placed["athlete_id"].isin(present)]
    arrived = scale.of(today.loc[present.difference(profile.index).difference(pd.Index(placed["athlete_id"]))])
    stayed = found.members[found.members["athlete_id"].isin(present)]
    parts = [stayed.assign(joined=False), found.assign(arrived).assign(exemplar=False, joined=True)]
    own = pd.concat(parts, ignore_index=True)
    own["identity"] = own["cluster"].map(identities).astype("str")
    clusters = _together(own, placed).sort_values("athlete_id", ignore_index=True)
    soft = _together(found.soft[found.soft["athlete_id"].isin(present)], found.memberships(arrived))
    soft = soft.assign(identity=soft["cluster"].map(identities)).drop(columns="cluster")
    placed_soft = formed.memberships[formed.memberships["athlete_id"].isin(placed["athlete_id"])]
    return {
        "clusters": clusters,
        "cluster_groups": _counted(formed.groups, clusters),
        "cluster_memberships": _together(soft, placed_soft),
        "cluster_settings": formed.settings,
        "cluster_base": formed.base,
        "cluster_formation": formed.formation,
    }


def _in_profile(catalogue: pd.DataFrame) -> pd.DataFrame:
    return catalogue[catalogue["profile"] != NOT_IN_PROFILE]


def _profile_of(catalogue: pd.DataFrame, features: Iterable[str]) -> list[list[str]]:
    """What a profile of these features is made of, in an order that does not depend on theirs."""
    used = _in_profile(catalogue)
    return sorted(used.loc[used["feature"].isin(set(features)), _TELLS].astype("str").to_numpy().tolist())


def _as_published(found: Clustering, clusters: pd.DataFrame) -> bool:
    """Whether everybody is in the cluster that was published; another version of a library may find others."""
    told = clusters[~clusters["joined"].astype(bool)].set_index("athlete_id")["cluster"]
    now = found.members.set_index("athlete_id")["cluster"].reindex(told.index)
    return bool((now == told).all())


def _counted(groups: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    """The groups with as many members as there are now; one that all have left is not offered."""
    inside = clusters.groupby("identity")["strength"].agg(["size", "mean"]).reindex(groups["identity"])
    members = inside["size"].fillna(0).astype("int64").to_numpy()
    offered = (groups["stability"].ge(STABLE) & (groups["state"] != GONE)).to_numpy() & (members > 0)
    return groups.assign(members=members, strength=inside["mean"].to_numpy(), offered=offered)


def _together(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Rows of two tables of the same columns; one without rows has no say in the types."""
    filled = [table for table in (one, other) if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else one
