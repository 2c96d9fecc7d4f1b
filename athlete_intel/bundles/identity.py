"""A retrain must not turn "C3" into another group: clusters are matched to the previous ones by their members.

Every cluster now is paired with at most one cluster before so that the Jaccard similarities of all pairs add up to the
most (Kuhn, The Hungarian method, 1955). A pair keeps its identity if it shares at least a third: two clusters of one
size then have half of their members in common. Names of groups that are gone are never given away again.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

LEAST_SHARED = 1 / 3
LARGE_PART = 0.2
"""Share of a cluster's members from which it counts as one that was split off or merged in."""
MOST = 0.5
"""Share of the members of one that is gone from which another took it in, however small a part of that they are."""
SAME, NEW, SPLIT, MERGED, GONE = "same", "new", "split off", "merged", "gone"


def none_before() -> pd.DataFrame:
    """What `clusters_before` gives where there was no snapshot: no athlete, no identity."""
    return pd.DataFrame({"athlete_id": pd.Series(dtype="str"), "identity": pd.Series(dtype="str")})


def identify(members: pd.DataFrame, before: pd.DataFrame, gone: Mapping[str, str]) -> pd.DataFrame:
    """The identity of each cluster, and what became of the clusters before.

    Args:
        members: athlete_id, cluster (below 0 for none).
        before: athlete_id, identity (missing for none) in the previous snapshot.
        gone: identities that were given up earlier and stay so, each with where its members went then.

    Returns:
        identity; cluster (missing where it is gone); state (same, new, split off, merged, gone); came_from, the
        identities before that a fifth of the members were in, largest part first, and those that are gone and most of
        whose members are in it; went_to, the other identities that a fifth of the former members are in now; kept, the
        share of the identity's former members who are still in it (missing for new ones).

    >>> members = pd.DataFrame({"athlete_id": list("abcdef"), "cluster": [1, 1, 1, 0, 0, -1]})
    >>> before = pd.DataFrame({"athlete_id": list("abcdef"), "identity": ["C1", "C1", "C1", "C1", "C2", "C2"]})
    >>> identify(members, before, {})[["identity", "cluster", "state", "kept"]].to_numpy().tolist()
    [['C2', 0, 'same', 0.5], ['C1', 1, 'same', 0.75]]
    """
    now = members[members["cluster"] >= 0]
    known = before.dropna(subset=["identity"])
    both = now.merge(known, on="athlete_id")
    clusters = sorted(now["cluster"].unique())
    identities = sorted(known["identity"].astype("str").unique(), key=_number)
    shared = pd.crosstab(both["cluster"], both["identity"]).reindex(index=clusters, columns=identities, fill_value=0)
    sizes = now["cluster"].value_counts().reindex(clusters)
    former = known["identity"].value_counts().reindex(identities)
    paired = _paired(shared.to_numpy(), sizes.to_numpy(), former.to_numpy())
    last = max((_number(name) for name in [*identities, *gone]), default=0)
    stays = {cluster: identities[paired[i]] for i, cluster in enumerate(clusters) if i in paired}
    added = [cluster for cluster in clusters if cluster not in stays]
    names = stays | {cluster: f"C{last + number}" for number, cluster in enumerate(added, start=1)}
    of_former = shared / former
    rows = []
    for cluster in clusters:
        identity = names[cluster]
        ended = [name for name in identities if name not in stays.values()]
        parts = shared.loc[cluster] / sizes[cluster]
        counts = parts.ge(LARGE_PART) | (of_former.loc[cluster].ge(MOST) & parts.index.isin(ended))
        came_from = [str(name) for name in parts[counts].sort_values(ascending=False, kind="stable").index]
        if cluster in stays:
            state = MERGED if set(came_from) & set(ended) else SAME
            went_to = _went_to(of_former, names, identity)
            kept = float(of_former.loc[cluster, identity])
        else:
            state, went_to, kept = (SPLIT if came_from else NEW), "", np.nan
        rows.append((identity, cluster, state, ", ".join(came_from), went_to, kept))
    for identity in [name for name in identities if name not in stays.values()]:
        rows.append((identity, None, GONE, "", _went_to(of_former, names, identity), 0.0))
    earlier = sorted(set(gone) - set(identities), key=_number)
    rows += [(name, None, GONE, "", gone[name], 0.0) for name in earlier]
    columns = ["identity", "cluster", "state", "came_from", "went_to", "kept"]
    return pd.DataFrame(rows, columns=columns).astype({"identity": "str", "cluster": "Int64", "kept": "float64"})


def share_kept(members: pd.DataFrame, before: pd.DataFrame) -> float:
    """Share of the former members of clusters who are in the cluster of the same identity now; missing without any.

    Args:
        members: athlete_id, identity.
        before: athlete_id, identity.
    """
    both = before.dropna(subset=["identity"]).merge(members, on="athlete_id", suffixes=("_before", ""))
    return float((both["identity"] == both["identity_before"]).mean()) if len(both) else np.nan


def _paired(shared: np.ndarray, sizes: np.ndarray, former: np.ndarray) -> dict[int, int]:
    """Cluster now to cluster before, by position; only pairs that share enough."""
    if not shared.size:
        return {}
    jaccard = shared / (sizes[:, None] + former[None, :] - shared)
    rows, columns = linear_sum_assignment(-jaccard)
    return {int(r): int(c) for r, c in zip(rows, columns, strict=True) if jaccard[r, c] >= LEAST_SHARED}


def _went_to(of_former: pd.DataFrame, names: Mapping[int, str], identity: str) -> str:
    """Where a large part of an identity's former members is now, but for itself; the largest part first."""
    parts: pd.Series = of_former[identity]
    large = parts[parts.ge(LARGE_PART)].sort_values(ascending=False, kind="stable")
    return ", ".join(names[cluster] for cluster in large.index if names[cluster] != identity)


def members_went(identity: str, groups: pd.DataFrame) -> list[str]:
    """Which identities of today hold a large part of one that is gone; those that are gone, too, are followed further.

    Args:
        identity: one that is gone.
        groups: identity, state, went_to of all that ever were.

    >>> groups = pd.DataFrame({"identity": ["C1", "C2", "C3"], "state": ["same", "gone", "gone"],
    ...     "went_to": ["", "C1", "C2"]})
    >>> members_went("C3", groups), members_went("C1", groups)
    (['C1'], [])
    """
    known = groups.set_index("identity")
    found, seen, ahead = [], {identity}, [identity]
    while ahead:
        name = ahead.pop(0)
        if name not in known.index:
            continue
        if known.loc[name, "state"] != GONE:
            found += [name] if name != identity else []
            continue
        further = [part for part in str(known.loc[name, "went_to"]).split(", ") if part and part not in seen]
        seen |= set(further)
        ahead += further
    return found


def _number(identity: str) -> int:
    return int(identity.removeprefix("C"))
