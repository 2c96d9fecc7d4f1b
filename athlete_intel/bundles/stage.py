"""Everything about bundles that a snapshot holds, from the features of today to what a brand can buy."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from athlete_intel.bundles.chosen import Chosen, chosen_sets
from athlete_intel.bundles.clusters import find_clusters
from athlete_intel.bundles.draws import Errors, joint_draws, moments
from athlete_intel.bundles.identity import identify, none_before
from athlete_intel.bundles.names import stories
from athlete_intel.bundles.packages import packages, with_terms
from athlete_intel.bundles.profile import learn_scale
from athlete_intel.bundles.stability import STABLE


@dataclass(frozen=True)
class Before:
    """The clusters of the newest snapshot of older data: athlete_id and identity, and what was given up by then."""

    members: pd.DataFrame = field(default_factory=none_before)
    gone: Mapping[str, str] = field(default_factory=dict)
    """Identities that were given up, each with where its members went then."""
    offered: pd.Series = field(default_factory=lambda: pd.Series(dtype="int64"))
    """In how many states of the data each athlete stood in a bundle on offer so far, by athlete_id."""


def bundle_tables(
    today: pd.DataFrame,
    catalogue: pd.DataFrame,
    rankings: pd.DataFrame,
    payouts: pd.DataFrame,
    outlook: pd.DataFrame,
    past: pd.DataFrame,
    errors: Errors,
    contested: pd.Series,
    authenticity: pd.DataFrame,
    before: Before,
    interval: float,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """The published tables on clusters and bundles, by name.

    Args:
        today: features by athlete_id.
        catalogue: feature, label, scale, profile.
        rankings: the published table.
        payouts: the published table.
        outlook: the published table, for the terms of pay.
        past: the published table `backtest`.
        errors: how far outcomes lie from predictions.
        contested: number of contested handles by athlete_id; athletes may be missing.
        authenticity: the published table.
        before: clusters whose identities are kept.
        interval: share of outcomes that a range should hold.
        seed: of resamples and draws.
    """
    scale = learn_scale(today, catalogue)
    profile = scale.of(today)
    found = find_clusters(profile, seed)
    identities = identify(found.members, before.members, before.gone)
    identity_of = identities.dropna(subset=["cluster"]).set_index("cluster")["identity"]
    groups = identities.merge(found.groups, on="cluster", how="left")
    told = stories(found.members, profile, scale, _people(today, rankings))
    groups["name"] = [told[cluster][0] if cluster in told else "" for cluster in groups["cluster"]]
    groups["why"] = [told[cluster][1] if cluster in told else "" for cluster in groups["cluster"]]
    groups["members"] = groups["members"].fillna(0).astype("int64")
    groups["offered"] = groups["stability"].ge(STABLE).fillna(False)
    clusters = found.members.assign(identity=found.members["cluster"].map(identity_of).astype("str"))
    in_groups = clusters.set_index("athlete_id")["identity"].dropna()
    chosen = chosen_sets(past, rankings, in_groups, errors, seed)
    draws = Chosen.of(chosen).applied(joint_draws(rankings, errors, seed))
    athletes = bookable(rankings, payouts, contested, authenticity, draws)
    bundles, bundle_members = packages(clusters, groups, with_terms(athletes, outlook), draws, interval)
    times = before.offered.reindex(athletes["athlete_id"]).fillna(0).astype("int64").to_numpy()
    athletes["bundle_offers"] = times + athletes["athlete_id"].isin(bundle_members["athlete_id"]).to_numpy()
    soft = found.soft.assign(identity=found.soft["cluster"].map(identity_of)).drop(columns="cluster")
    return {
        "clusters": clusters,
        "cluster_groups": groups,
        "cluster_memberships": soft[soft["membership"] >= LEAST_MEMBERSHIP],
        "cluster_settings": found.tried.rename_axis("setting").reset_index(),
        "chosen_sets": chosen,
        "bundles": bundles,
        "bundle_members": bundle_members,
        "plan_athletes": athletes,
    }


def bookable(
    rankings: pd.DataFrame, payouts: pd.DataFrame, contested: pd.Series, authenticity: pd.DataFrame, draws: np.ndarray
) -> pd.DataFrame:
    """Whom a plan can book: what they bring and cost, and what wishes may ask about; one row a row of `draws`."""
    table = rankings[["athlete_id", "name", "sport", "country", "gender", "novel"]].reset_index(drop=True)
    table["mean"] = draws.mean(axis=1)
    table["cost_cents"] = cost_of(rankings, payouts, table["mean"])
    gender = table["gender"].str.lower()
    table["woman"] = gender.isin(_WOMEN).astype("boolean").where(gender.notna())
    seen = rankings["outcomes_seen"].fillna(0).to_numpy()
    # Where nobody has a past outcome, as in data with one value for each athlete, that says nothing of anybody.
    table["newcomer"] = (seen == 0) & (seen > 0).any()
    table["contested"] = table["athlete_id"].map(contested).fillna(0).astype("int64")
    # Whether the followers of any account raise a question; nothing is said of who has no account that was looked at.
    questioned = authenticity["flagged"].astype("boolean").groupby(authenticity["athlete_id"]).any()
    table["questioned"] = table["athlete_id"].map(questioned).astype("boolean")
    return table.join(moments(draws))


def cost_of(rankings: pd.DataFrame, payouts: pd.DataFrame, means: pd.Series) -> pd.Series:
    """What athletes cost who bring less than single estimates say, in cents.

    Pay falls with the outcome as it rises from the low to the high end of the range: by the whole rate where a card
    pays by outcome alone, by less where it pays a minimum, and never faster than the outcome itself.

    Args:
        rankings: athlete_id, mean, low, high.
        payouts: athlete_id, mean_cents, low_cents, high_cents.
        means: what they bring, in the order of the rankings.

    >>> rankings = pd.DataFrame({"athlete_id": ["flat", "fixed"], "mean": 1000.0, "low": 500.0, "high": 2000.0})
    >>> payouts = pd.DataFrame({"athlete_id": ["fixed", "flat"], "mean_cents": [9000, 5000],
    ...     "low_cents": [9000, 2500], "high_cents": [9000, 10000]})
    >>> cost_of(rankings, payouts, pd.Series([900.0, 900.0])).tolist()
    [4500, 9000]
    """
    cents = ["mean_cents", "low_cents", "high_cents"]
    pay = rankings[["athlete_id"]].merge(payouts, on="athlete_id", validate="one_to_one")[cents].astype("float64")
    told = rankings[["mean", "low", "high"]].reset_index(drop=True).astype("float64")
    whole = pay["mean_cents"] / told["mean"].where(told["mean"] > 0)
    rate = (pay["high_cents"] - pay["low_cents"]) / (told["high"] - told["low"]).where(told["high"] > told["low"])
    rate = rate.clip(lower=0.0).fillna(0.0).clip(upper=whole.fillna(0.0))
    less = told["mean"] - means.reset_index(drop=True)
    return (pay["mean_cents"] - rate * less).round().astype("int64")


_WOMEN = ("women", "woman", "female", "f")


def _people(today: pd.DataFrame, rankings: pd.DataFrame) -> pd.DataFrame:
    """What a name may say of athletes beside their profile, by athlete_id."""
    people = rankings.set_index("athlete_id")[["gender", "sport", "followers"]].reindex(today.index)
    likes = [name for name in today if str(name).endswith("likes_median")]
    trends = [name for name in today if str(name).endswith("likes_trend")]
    liked = today[likes].sum(axis="columns", min_count=1)
    people["engagement"] = liked / people["followers"].astype("float64").where(people["followers"] > 0)
    people["trend"] = today[trends].mean(axis="columns")
    return people


LEAST_MEMBERSHIP = 0.01
"""Smaller parts of a cluster in an athlete are not worth a row."""
