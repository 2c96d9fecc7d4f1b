"""Who is under- and over-rated by followers: overall, and within the sport, the position and the tier.

The verdict takes the uncertainty of ranks into account. An athlete is over-rated by followers where the rank by
followers is better than the best rank that the athlete may truly hold, and under-rated where it is worse than the worst
one. In between, the two agree as far as anybody can tell.

A range of ranks in a group follows from the range overall: at the best rank overall all those stand ahead whose rank is
better than it, at the worst one also those in between, the others staying where they are.
"""

import math

import pandas as pd

UNDER, OVER, AS_SUGGESTED = "under-rated", "over-rated", "as followers suggest"
OVERALL, SPORT, POSITION, TIER = "overall", "sport", "position", "tier"
EVERYBODY = "all athletes"
LEAST_MEMBERS = 5
"""In a smaller group nobody is judged: one neighbour more or less would turn the verdict."""
_TIERS = (("top tenth", 0.1), ("upper half", 0.5), ("lower half", 1.0))
"""Names of the tiers, and the share of athletes that stands in it or higher."""
COLUMNS = [
    "athlete_id",
    "grouping",
    "value",
    "members",
    "rank_in_group",
    "rank_low_in_group",
    "rank_high_in_group",
    "follower_rank_in_group",
    "verdict",
]


def tiers(rank: pd.Series) -> pd.Series:
    """The tier of each athlete by expected outcome: the top tenth, the rest of the upper half, the lower half.

    Where a share is no whole number, the athlete in between belongs to the higher tier.

    Args:
        rank: 1 to n, without gaps.

    >>> tiers(pd.Series([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])).tolist()  # doctest: +NORMALIZE_WHITESPACE
    ['top tenth', 'top tenth', 'upper half', 'upper half', 'upper half', 'upper half',
     'lower half', 'lower half', 'lower half', 'lower half', 'lower half']
    """
    found = pd.Series(_TIERS[-1][0], index=rank.index, dtype="str")
    for name, share in reversed(_TIERS[:-1]):
        # Rounded, because 0.1 * 30 is a little more than 3.
        found[rank <= math.ceil(round(share * len(rank), 9))] = name
    return found


def peer_groups(rankings: pd.DataFrame) -> pd.DataFrame:
    """Each athlete within each grouping: ranks, rank by followers, and the verdict.

    Ranks in a group count the members whose followers are known, so that both ranks run over the same athletes; where
    nobody's are known, they count all. Groupings with one group only are left out, except the one of all athletes.

    Args:
        rankings: athlete_id, sport, position, rank, rank_low, rank_high, followers.

    Returns:
        The published table `peer_groups`, by grouping and rank. Ranks are empty for an athlete whose followers are not
        known but others' are; the verdict is empty there, too, and in groups of fewer than `LEAST_MEMBERS`.
    """
    ordered = rankings.sort_values("rank", ignore_index=True)
    parts = []
    for grouping, values in _groupings(ordered).items():
        if grouping != OVERALL and values.nunique() < 2:
            continue
        groups = ordered.assign(grouping=grouping, value=values).dropna(subset=["value"])
        parts += [_judged(group) for _, group in groups.groupby("value", sort=True)]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    return table[COLUMNS]


def _groupings(rankings: pd.DataFrame) -> dict[str, pd.Series]:
    """The group of each athlete by name of the grouping; empty where the profile does not tell."""
    sport, position = rankings["sport"], rankings["position"]
    within = (sport.astype("str") + ", " + position.astype("str")).where(sport.notna(), position)
    return {
        OVERALL: pd.Series(EVERYBODY, index=rankings.index),
        SPORT: sport,
        POSITION: within.where(position.notna()),
        TIER: tiers(rankings["rank"]),
    }


def _judged(group: pd.DataFrame) -> pd.DataFrame:
    """The members of one group, in the order of their ranks, with ranks in the group and verdicts."""
    known = group["followers"].notna()
    ranked = group[known] if known.any() else group
    order = ranked["rank"].astype("int64")
    ranks = pd.Series(range(1, len(ranked) + 1), index=ranked.index, dtype="Int64")
    best = 1 + order.searchsorted(ranked["rank_low"].astype("int64"), side="left")
    # At the worst rank all others stand ahead whose rank is not beyond it; oneself is among those counted.
    worst = order.searchsorted(ranked["rank_high"].astype("int64"), side="right")
    table = group.assign(members=len(ranked), rank_in_group=ranks)
    table["rank_low_in_group"] = pd.Series(best, index=ranked.index, dtype="Int64")
    table["rank_high_in_group"] = pd.Series(worst, index=ranked.index, dtype="Int64")
    by_followers = ranked.sort_values(["followers", "athlete_id"], ascending=[False, True])
    positions = pd.Series(range(1, len(ranked) + 1), index=by_followers.index, dtype="Int64")
    table["follower_rank_in_group"] = positions.where(known)
    followers = group["followers"].astype("Float64")
    # Among those with the same number of followers the order is chance, so the verdict must hold for each place.
    over = followers.rank(method="max", ascending=False) < table["rank_low_in_group"]
    under = followers.rank(method="min", ascending=False) > table["rank_high_in_group"]
    verdict = pd.Series(AS_SUGGESTED, index=group.index, dtype="str")
    verdict = verdict.mask(over.fillna(False).astype("bool"), OVER).mask(under.fillna(False).astype("bool"), UNDER)
    return table.assign(verdict=verdict.where(known & (len(ranked) >= LEAST_MEMBERS)))
