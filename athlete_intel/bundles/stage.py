"""Everything about bundles that a snapshot holds, from the features of today to what a brand can buy."""

from datetime import datetime

import numpy as np
import pandas as pd

from athlete_intel.bundles.chosen import Chosen, chosen_sets
from athlete_intel.bundles.draws import Errors, joint_draws, moments
from athlete_intel.bundles.groups import Before, group_tables
from athlete_intel.bundles.packages import packages, with_terms


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
    as_of: datetime,
    window_days: int,
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
        before: clusters that are kept, or at least their identities.
        as_of: the end of the data.
        window_days: days after a story at which its outcome is known.
        interval: share of outcomes that a range should hold.
        seed: of resamples and draws.
    """
    told = group_tables(today, catalogue, rankings, before, as_of, seed)
    clusters, groups = told["clusters"], told["cluster_groups"]
    in_groups = clusters.set_index("athlete_id")["identity"].dropna()
    chosen = chosen_sets(past, rankings, in_groups, errors, seed, window_days)
    draws = Chosen.of(chosen).applied(joint_draws(rankings, errors, seed))
    athletes = bookable(rankings, payouts, contested, authenticity, draws)
    bundles, bundle_members = packages(clusters, groups, with_terms(athletes, outlook), draws, interval)
    times = before.offered.reindex(athletes["athlete_id"]).fillna(0).astype("int64").to_numpy()
    athletes["bundle_offers"] = times + athletes["athlete_id"].isin(bundle_members["athlete_id"]).to_numpy()
    return {
        **told,
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
    # Whether the followers of any account raise a question; nothing is said of who has no account that was looked at,
    # as where there are no likes to set the followers against and no history of them.
    looked_at = authenticity[authenticity["z"].notna() | authenticity["biggest_jump_share"].notna()]
    questioned = looked_at["flagged"].astype("boolean").groupby(looked_at["athlete_id"]).any()
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
