"""What a brand can buy: clusters as packages, with what they bring and cost."""

import pandas as pd


def package(
    clusters: pd.DataFrame, groups: pd.DataFrame, rankings: pd.DataFrame, payouts: pd.DataFrame
) -> pd.DataFrame:
    """One bundle for each cluster that is offered, by expected outcome.

    What a bundle brings is the sum of its members' means, as medians do not add up. Its range is the sum of its
    members' ranges: as if all went badly, or all went well, together. That is wider than the truth, so nobody is
    promised too much.

    Args:
        clusters: athlete_id, identity, strength.
        groups: identity, name, why, stability, offered.
        rankings: athlete_id, mean, low, high.
        payouts: athlete_id, mean_cents, low_cents, high_cents.

    Returns:
        The published table `bundles`.
    """
    offered = groups.loc[groups["offered"], ["identity", "name", "why", "stability"]]
    members = clusters.merge(offered, on="identity").merge(rankings, on="athlete_id", suffixes=("", "_of_athlete"))
    members = members.merge(payouts, on="athlete_id")
    bundles = members.groupby("identity", as_index=False).agg(
        members=("athlete_id", "size"),
        expected=("mean", "sum"),
        low=("low", "sum"),
        high=("high", "sum"),
        cost_cents=("mean_cents", "sum"),
        low_cents=("low_cents", "sum"),
        high_cents=("high_cents", "sum"),
        strength=("strength", "mean"),
    )
    bundles = bundles.merge(offered, on="identity").rename(columns={"identity": "bundle_id"})
    return bundles.sort_values(["expected", "bundle_id"], ascending=[False, True], ignore_index=True)
