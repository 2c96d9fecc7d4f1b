"""Athletes who are alike, found by HDBSCAN; its settings follow a written rule, and every cluster is tested.

The rule: all settings of a small grid are tried. A result is useful if it has at least three clusters, none of which
holds more than half of all athletes. Among the useful ones, in falling order of density-based validity, the first is
taken of which at least three clusters come back in resamples (`stability`) and these hold at least half of all
athletes together. If there is none, the same is tried on the sharpened plane of the two main directions (`plane`); and
if there is none either, the one is taken whose clusters that come back hold most athletes.
Sources: Campello, Moulavi and Sander, Density-based clustering based on hierarchical density estimates, 2013; the
validity is DBCV, Moulavi et al., Density-based clustering validation, 2014, as hdbscan estimates it from its tree.
"""

import warnings
from dataclasses import dataclass, replace

import hdbscan
import numpy as np
import pandas as pd

from athlete_intel.bundles.plane import Plane, learn_plane
from athlete_intel.bundles.stability import STABLE, stability

NOISE = -1
LEAST_ATHLETES = 15
LEAST_CLUSTERS = 3
MOST_IN_ONE = 0.5
LEAST_IN_STABLE = 0.5
LEAST_MEMBERS = 5
LOOKS, FIRST_LOOKS = 30, 10
"""Resamples behind a stability, and those that a setting must pass before the others are drawn."""
_SIZE_SHARES = (0.02, 0.04, 0.08)
_NEIGHBOURS = (5, 10)
_METHODS = ("eom", "leaf")


@dataclass(frozen=True)
class Setting:
    """One way to run HDBSCAN, in terms that mean the same for few athletes and for many."""

    size_share: float
    neighbours: int
    method: str
    on_plane: bool = False

    def fit(self, values: np.ndarray, drawn: float = 1.0) -> hdbscan.HDBSCAN:
        """Run it.

        Args:
            values: scaled features, one row an athlete.
            drawn: share of the athletes that are there; a part of them lies less densely by as much.
        """
        if self.on_plane:
            values = learn_plane(values).drawn_together(values)
        size = max(LEAST_MEMBERS * drawn, self.size_share * len(values), 2)
        model = hdbscan.HDBSCAN(
            min_cluster_size=round(size),
            min_samples=max(1, min(round(self.neighbours * drawn), round(size))),
            cluster_selection_method=self.method,
            gen_min_span_tree=drawn == 1.0,
            prediction_data=drawn == 1.0,
            core_dist_n_jobs=1,
        )
        # hdbscan takes it that rows lie one after the other in memory; otherwise its soft memberships are wrong.
        return model.fit(np.ascontiguousarray(values))


SETTINGS = tuple(
    Setting(share, neighbours, method, on_plane)
    for on_plane in (False, True)
    for share in _SIZE_SHARES
    for neighbours in _NEIGHBOURS
    for method in _METHODS
)


@dataclass(frozen=True)
class Clustering:
    """Clusters of athletes, and what finds the cluster of one who comes later.

    members: athlete_id, cluster (-1 for noise), strength (0 to 1), exemplar, x and y on a map.
    soft: athlete_id, cluster, membership (0 to 1): how much of each cluster is in an athlete.
    groups: cluster, members, strength (mean), stability.
    tried: size_share, neighbours, method, on_plane, clusters, noise, largest, validity, stable (share of the athletes
        in clusters that came back, where it was tested), chosen.
    """

    members: pd.DataFrame
    soft: pd.DataFrame
    groups: pd.DataFrame
    tried: pd.DataFrame
    plane: Plane
    model: hdbscan.HDBSCAN | None = None
    on_plane: bool = False

    def assign(self, profile: pd.DataFrame) -> pd.DataFrame:
        """The cluster of athletes who were not there, without moving anybody else.

        Args:
            profile: by athlete_id, on the scale of the athletes who were clustered (`ProfileScale.of`).

        Returns:
            athlete_id, cluster (-1 where the athlete is unlike all clusters), strength, x and y on the map.
        """
        if self.model is None or profile.empty:
            labels, strengths = np.full(len(profile), NOISE), np.zeros(len(profile))
        else:
            labels, strengths = hdbscan.approximate_predict(self.model, self._searched(profile))
        x, y = self.plane.of(profile.to_numpy()).T
        return pd.DataFrame({"athlete_id": profile.index, "cluster": labels, "strength": strengths, "x": x, "y": y})

    def memberships(self, profile: pd.DataFrame) -> pd.DataFrame:
        """How much of each cluster is in athletes who were not there.

        Args:
            profile: by athlete_id, on the scale of the athletes who were clustered.

        Returns:
            athlete_id, cluster, membership (0 to 1).
        """
        shares = np.zeros((len(profile), len(self.groups)))
        if self.model is not None and shares.size:
            with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
                # That there is no number for some is put right below.
                warnings.simplefilter("ignore", RuntimeWarning)
                found = hdbscan.membership_vector(self.model, self._searched(profile)).reshape(shares.shape)
            shares = _finite(found, self.assign(profile)["cluster"].to_numpy())
        return _long(shares, profile.index)

    def _searched(self, profile: pd.DataFrame) -> np.ndarray:
        """The rows of a profile as the model knows them."""
        values = profile.to_numpy()
        return np.ascontiguousarray(self.plane.drawn_together(values) if self.on_plane else values)


def find_clusters(profile: pd.DataFrame, seed: int = 0) -> Clustering:
    """Clusters of athletes by density, by the rule that stands above.

    Args:
        profile: scaled features by athlete_id.
        seed: of the resamples.
    """
    ordered = profile.sort_index()
    enough = len(ordered) >= LEAST_ATHLETES and ordered.shape[1] > 0
    results, taken = _choose(ordered.to_numpy(), seed) if enough else ([], None)
    found = None if taken is None else results[taken].tested(ordered.to_numpy(), LOOKS, seed)
    return _clustering(found, ordered, _tried(results, taken))


def find_again(profile: pd.DataFrame, tried: pd.DataFrame) -> Clustering:
    """The clusters that were found on these athletes before, and the model that finds them; nothing is chosen anew.

    HDBSCAN draws nothing, so the same profile and setting give the same clusters. Whether these come back in resamples
    is not tested again: their stability is missing.

    Args:
        profile: the scaled features that the clusters were found on, by athlete_id.
        tried: of that clustering.
    """
    ordered = profile.sort_index()
    taken = tried[tried["chosen"].astype(bool)]
    if taken.empty:
        return _clustering(None, ordered, tried)
    row = taken.iloc[0]
    setting = Setting(float(row["size_share"]), int(row["neighbours"]), str(row["method"]), bool(row["on_plane"]))
    return _clustering(_Found.by(setting, ordered.to_numpy()), ordered, tried)


def _clustering(found: "_Found | None", profile: pd.DataFrame, tried: pd.DataFrame) -> Clustering:
    """What a setting found, as tables; all athletes are in no cluster where none was useful."""
    if found is None:
        nobody = np.full(len(profile), NOISE)
        found = _Found(SETTINGS[0], None, nobody, np.zeros(len(profile)), np.nan)
    plane = learn_plane(profile.to_numpy())
    x, y = plane.of(profile.to_numpy()).T
    members = pd.DataFrame(
        {
            "athlete_id": profile.index,
            "cluster": found.labels,
            "strength": found.strengths,
            "exemplar": found.exemplars(),
            "x": x,
            "y": y,
        }
    )
    in_cluster = members[members["cluster"] != NOISE].groupby("cluster")
    groups = in_cluster.agg(members=("athlete_id", "size"), strength=("strength", "mean"))
    groups = groups.rename_axis("cluster").reset_index()
    groups["stability"] = np.nan if found.stability is None else found.stability
    return Clustering(
        members, _long(found.soft(), profile.index), groups, tried, plane, found.model, found.setting.on_plane
    )


def _long(shares: np.ndarray, athletes: pd.Index) -> pd.DataFrame:
    """Soft memberships, a row an athlete and a column a cluster, as a long table."""
    soft = pd.DataFrame(shares, index=pd.Index(athletes, name="athlete_id"))
    return soft.reset_index().melt("athlete_id", var_name="cluster", value_name="membership")


def _finite(shares: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Soft memberships without gaps.

    Where athletes are exactly alike density is endless, and hdbscan has no number: they belong to their cluster.
    """
    wholly = (labels[:, None] == np.arange(shares.shape[1])).astype("float64")
    return np.where(np.isfinite(shares).all(axis=1, keepdims=True), shares, wholly)


@dataclass(frozen=True)
class _Found:
    """What one setting found; `stability` is a value a cluster once it was tested."""

    setting: Setting
    model: hdbscan.HDBSCAN | None
    labels: np.ndarray
    strengths: np.ndarray
    validity: float
    stability: np.ndarray | None = None

    @classmethod
    def by(cls, setting: Setting, values: np.ndarray) -> "_Found":
        """What a setting finds in these rows."""
        model = setting.fit(values)
        validity = float(model.relative_validity_) if model.labels_.max() >= 1 else np.nan
        return cls(setting, model, model.labels_, model.probabilities_, validity)

    @property
    def clusters(self) -> int:
        return int(self.labels.max(initial=NOISE)) + 1

    @property
    def sizes(self) -> np.ndarray:
        return np.bincount(self.labels[self.labels != NOISE], minlength=self.clusters)

    @property
    def useful(self) -> bool:
        return self.clusters >= LEAST_CLUSTERS and self.sizes.max() <= MOST_IN_ONE * len(self.labels)

    @property
    def in_stable(self) -> float:
        """Share of all athletes in clusters that came back."""
        assert self.stability is not None
        return float(self.sizes[self.stability >= STABLE].sum() / len(self.labels))

    @property
    def holds(self) -> bool:
        assert self.stability is not None
        return (self.stability >= STABLE).sum() >= LEAST_CLUSTERS and self.in_stable >= LEAST_IN_STABLE

    def tested(self, values: np.ndarray, looks: int, seed: int) -> "_Found":
        """The same, with the stability of each cluster."""

        def find(part: np.ndarray, drawn: float) -> np.ndarray:
            return np.asarray(self.setting.fit(part, drawn).labels_)

        return replace(self, stability=stability(values, self.labels, find, looks, seed))

    def exemplars(self) -> np.ndarray:
        """Which rows lie at the heart of a cluster: where it is densest."""
        if self.model is None:
            return np.zeros(len(self.labels), dtype=bool)
        hearts = {tuple(row) for cluster in self.model.exemplars_ for row in cluster}
        return np.array([tuple(row) in hearts for row in self.model._raw_data], dtype=bool)

    def soft(self) -> np.ndarray:
        """How much of each cluster is in each row."""
        if self.model is None or not self.clusters:
            return np.zeros((len(self.labels), self.clusters))
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.asarray(hdbscan.all_points_membership_vectors(self.model))
        return _finite(found.reshape(len(self.labels), self.clusters), self.labels)


def _choose(values: np.ndarray, seed: int) -> tuple[list[_Found], int | None]:
    """What the settings found, and which of them the rule takes; None where none is useful."""
    results: list[_Found] = []
    useful: list[int] = []
    for on_plane in (False, True):
        for setting in (setting for setting in SETTINGS if setting.on_plane == on_plane):
            results.append(_Found.by(setting, values))
        order = sorted(
            (i for i, found in enumerate(results) if found.useful and found.setting.on_plane == on_plane),
            key=lambda i: (-results[i].validity, i),
        )
        for i in order:
            results[i] = results[i].tested(values, FIRST_LOOKS, seed)
            if results[i].holds:
                return results, i
        useful += order
    return results, max(useful, key=lambda i: (results[i].in_stable, results[i].validity, -i), default=None)


def _tried(results: list[_Found], taken: int | None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "size_share": [found.setting.size_share for found in results],
            "neighbours": [found.setting.neighbours for found in results],
            "method": [found.setting.method for found in results],
            "on_plane": [found.setting.on_plane for found in results],
            "clusters": [found.clusters for found in results],
            "noise": [float((found.labels == NOISE).mean()) for found in results],
            "largest": [found.sizes.max(initial=0) / len(found.labels) for found in results],
            "validity": [found.validity for found in results],
            "stable": [np.nan if found.stability is None else found.in_stable for found in results],
            "chosen": [i == taken for i in range(len(results))],
        }
    )
