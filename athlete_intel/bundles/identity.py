"""A retrain must not turn "C3" into another group: clusters are matched to the previous ones by their members.

Every cluster now is paired with at most one cluster before so that the Jaccard similarities of all pairs add up to the
most (Kuhn, The Hungarian method, 1955). A pair keeps its identity if it shares at least a third: two clusters of one
size then have half of their members in common. Names of groups that are gone are never given away again.
"""

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

LEAST_SHARED = 1 / 3
LARGE_PART = 0.2
"""Share of a cluster's members from which it counts as one that was split off or merged in."""
SAME, NEW, SPLIT, MERGED, GONE = "same", "new", "split off", "merged", "gone"


def none_before() -> pd.DataFrame:
    """What `clusters_before` gives where there was no snapshot: no athlete, no identity."""
    return pd.DataFrame({"athlete_id": pd.Series(dtype="str"), "identity": pd.Series(dtype="str")})


def identify(members: pd.DataFrame, before: pd.DataFrame, gone: list[str]) -> pd.DataFrame:
    """The identity of each cluster, and what became of the clusters before.

    Args:
        members: athlete_id, cluster (below 0 for none).
        before: athlete_id, identity (missing for none) in the previous snapshot.
        gone: identities that were given up earlier and stay so.

    Returns:
        identity; cluster (missing where it is gone); state (same, new, split off, merged, gone); came_from, the
        identities before that a fifth of the members were in, largest part first; kept, the share of the identity's
        former members who are still in it (missing for new ones). `went_to` tells where most members of one that is
        gone are now.

    >>> members = pd.DataFrame({"athlete_id": list("abcdef"), "cluster": [1, 1, 1, 0, 0, -1]})
    >>> before = pd.DataFrame({"athlete_id": list("abcdef"), "identity": ["C1", "C1", "C1", "C1", "C2", "C2"]})
    >>> identify(members, before, [])[["identity", "cluster", "state", "kept"]].to_numpy().tolist()
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
    rows = []
    for i, cluster in enumerate(clusters):
        parts = shared.loc[cluster] / sizes[cluster]
        large = parts[parts >= LARGE_PART].sort_values(ascending=False, kind="stable")
        came_from = [str(name) for name in large.index]
        if i in paired:
            identity = identities[paired[i]]
            others = [name for name in came_from if name != identity and name not in _kept(paired, identities)]
            state = MERGED if others else SAME
            kept = float(shared.loc[cluster, identity] / former[identity])
        else:
            last += 1
            identity, kept = f"C{last}", np.nan
            state = SPLIT if came_from else NEW
        rows.append((identity, cluster, state, ", ".join(came_from), "", kept))
    for identity in [name for name in identities if name not in _kept(paired, identities)]:
        parts = shared[identity] / former[identity]
        names = {cluster: row[0] for cluster, row in zip(clusters, rows, strict=False)}
        went = [names[c] for c in parts[parts >= LARGE_PART].sort_values(ascending=False, kind="stable").index]
        rows.append((identity, None, GONE, "", ", ".join(went), 0.0))
    rows += [(name, None, GONE, "", "", 0.0) for name in sorted(set(gone) - set(identities), key=_number)]
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


def _kept(paired: dict[int, int], identities: list[str]) -> set[str]:
    return {identities[column] for column in paired.values()}


def _number(identity: str) -> int:
    return int(identity.removeprefix("C"))
