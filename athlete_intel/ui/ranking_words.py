"""What the tables about ranks, followers and athletes side by side say, in words. Nothing here needs streamlit."""

from typing import Any

import numpy as np
import pandas as pd

from athlete_intel.influence.peers import AS_SUGGESTED, OVER, OVERALL, POSITION, SPORT, TIER, UNDER
from athlete_intel.ui import driver_words, outcome_words, words
from athlete_intel.ui import formats as f

MOST_COMPARED = 5
GROUPINGS = {OVERALL: "All athletes", SPORT: "Sport", POSITION: "Position", TIER: "Tier"}
"""Within what followers are judged, and what the choice is called."""
SHOW_ONLY = {
    "Under-rated by followers": ("by_followers", UNDER),
    "Over-rated by followers": ("by_followers", OVER),
    "Followers in question": ("asked", None),
    "Unlike anything seen": ("unlike", None),
}
"""What the list can be narrowed to: a column, and the value it must have (None for any)."""


HOW_JUDGED = (
    "Over-rated: the rank by followers is better than the best rank that the athlete may truly hold. Under-rated: it "
    "is worse than the worst one. Each true rank lies in its range 90 times in 100."
)


def groupings(peers: pd.DataFrame) -> list[str]:
    """Names of those groupings within which somebody's followers were judged, all athletes first."""
    there = set(peers.loc[peers["verdict"].notna(), "grouping"])
    return [label for name, label in GROUPINGS.items() if name in there or name == OVERALL]


def with_followers(
    rankings: pd.DataFrame, peers: pd.DataFrame, authenticity: pd.DataFrame, grouping: str
) -> pd.DataFrame:
    """The ranking with what stands beside the ranks: movement, followers within a grouping, questions, novelty.

    Args:
        rankings: the published table.
        peers: the published table `peer_groups`.
        authenticity: the published table.
        grouping: label of a grouping.

    Returns:
        The ranking with moved, group, rank_in_group, follower_rank_in_group, by_followers, asked and unlike.
    """
    name = next(name for name, label in GROUPINGS.items() if label == grouping)
    own = peers.loc[peers["grouping"] == name].set_index("athlete_id")
    table = rankings.assign(moved=rankings["previous_rank"].astype("Int64") - rankings["rank"].astype("Int64"))
    ids = table["athlete_id"]
    table["follower_rank_in_group"], table["by_followers"] = (
        ids.map(own["follower_rank_in_group"]),
        ids.map(own["verdict"]),
    )
    if name != OVERALL:
        table["group"] = ids.map(own["value"])
    # The rank among all can be set against that by followers only where the followers of all are known.
    known = table["follower_rank_in_group"].notna()
    if name != OVERALL or (known.any() and not known.all()):
        table["rank_in_group"] = ids.map(own["rank_in_group"])
    flagged = authenticity[authenticity["flagged"].astype("bool")].sort_values("platform")
    platforms = flagged["platform"].str.capitalize().groupby(flagged["athlete_id"]).agg(", ".join)
    asked = [f"? on {platforms[each]}" if each in platforms.index else None for each in ids]
    table["asked"] = pd.Series(asked, index=table.index, dtype="object")
    table["unlike"] = pd.Series("pay waits", index=table.index).where(table["novel"].astype("bool"))
    return table


def only(table: pd.DataFrame, chosen: list[str]) -> pd.DataFrame:
    """The rows that any of the chosen entries of `SHOW_ONLY` asks for; all, where none is chosen."""
    kept = pd.Series(not chosen, index=table.index)
    for entry in chosen:
        column, value = SHOW_ONLY[entry]
        kept |= table[column].notna() if value is None else table[column] == value
    return table[kept]


def rank_range(row: pd.Series) -> str:
    """A rank and the range in which the true one lies.

    >>> rank_range(pd.Series({"rank": 3, "rank_low": 2, "rank_high": 6}))
    '3, probably 2 to 6'
    >>> rank_range(pd.Series({"rank": 1, "rank_low": 1, "rank_high": 1}))
    '1'
    """
    if row["rank_low"] == row["rank_high"]:
        return f"{row['rank']:,}"
    return f"{row['rank']:,}, probably {row['rank_low']:,} to {row['rank_high']:,}"


def first_place(found: pd.DataFrame) -> str:
    """How sure the rank of the first one is, among all athletes.

    >>> first_place(pd.DataFrame({"name": ["Ana"], "rank": [3], "rank_low": [2], "rank_high": [1250]}))
    'The rank of Ana is 3; 90 times in 100 the true one lies from 2 to 1,250.'
    """
    first = found.iloc[0]
    if first["rank_low"] == first["rank_high"]:
        return f"The rank of {first['name']}, {first['rank']:,}, is as good as certain."
    between = f"from {first['rank_low']:,} to {first['rank_high']:,}"
    return f"The rank of {first['name']} is {first['rank']:,}; 90 times in 100 the true one lies {between}."


def moved(places: Any) -> str:
    """Movement since the newest snapshot of older data.

    >>> moved(2), moved(-1), moved(0), moved(None)
    ('up 2', 'down 1', 'unchanged', 'no earlier rank')
    """
    if f.missing(places):
        return "no earlier rank"
    if places == 0:
        return "unchanged"
    return f"{'up' if places > 0 else 'down'} {abs(int(places)):,}"


def followers_sentence(found: pd.DataFrame, grouping: str) -> str:
    """How many of those found who can be judged are over- and under-rated by followers.

    >>> found = pd.DataFrame({"by_followers": ["under-rated", "under-rated", "as followers suggest", None]})
    >>> followers_sentence(found, "All athletes")
    'Judged among all athletes, 2 of 3 draw more than their followers suggest and 0 draw less; 1 may draw as much.'
    >>> followers_sentence(found.tail(1), "Sport")
    'Nobody here can be judged by followers: they are not known, or the groups are too small.'
    """
    counts = found["by_followers"].value_counts()
    judged = int(counts.sum())
    if not judged:
        return "Nobody here can be judged by followers: they are not known, or the groups are too small."
    under, over, agree = (int(counts.get(verdict, 0)) for verdict in (UNDER, OVER, AS_SUGGESTED))
    where = "among all athletes" if grouping == GROUPINGS[OVERALL] else f"within the same {grouping.lower()}"
    return (
        f"Judged {where}, {under:,} of {judged:,} draw more than their followers suggest and {over:,} draw less; "
        f"{agree:,} may draw as much."
    )


def followers_metrics(found: pd.DataFrame, grouping: str) -> list[tuple[str, str, str]]:
    """How many of those found draw more than followers suggest, as a figure; none where nobody can be judged."""
    judged = found["by_followers"].dropna()
    if judged.empty:
        return []
    under, over = (int((judged == verdict).sum()) for verdict in (UNDER, OVER))
    meaning = f"{over:,} are over-rated, of {len(judged):,} judged. {followers_sentence(found, grouping)}"
    return [("Under-rated by followers", f.count(under), meaning)]


def ranked_by_followers(whole: pd.DataFrame) -> str:
    """Among how many athletes the rank by followers counts; nothing where it counts all, or none.

    Args:
        whole: from `with_followers`, before anything is searched for.

    >>> ranked_by_followers(pd.DataFrame({"follower_rank_in_group": [1, 2, None]}))
    'The rank by followers counts only the 2 of 3 athletes whose followers are known and can be ranked.'
    >>> ranked_by_followers(pd.DataFrame({"follower_rank_in_group": [1, 2]}))
    ''
    """
    known = int(whole["follower_rank_in_group"].notna().sum())
    if known in (0, len(whole)):
        return ""
    among = f"{f.count(known)} of {f.some(len(whole), 'athlete')}"
    return f"The rank by followers counts only the {among} whose followers are known and can be ranked."


def no_followers(rankings: pd.DataFrame) -> str:
    """Why nobody is judged by followers."""
    if rankings["followers"].isna().all():
        return "This data set has no follower counts, so nobody is over- or under-rated by them."
    return "Nobody of those found can be judged: their followers are not known, or their groups are too small."


def nothing_asked(found: pd.DataFrame, authenticity: pd.DataFrame) -> str:
    """Why there is no question about followers."""
    own = authenticity[authenticity["athlete_id"].isin(found["athlete_id"])]
    if own.empty:
        return "There are no follower counts of these athletes, so there is nothing to ask about their followers."
    if own["z"].isna().all() and own["jump_at"].isna().all():
        return (
            "There are follower counts, but no history of them, and too few posts whose likes are known to set them "
            "against."
        )
    return "The followers of these athletes fit their likes, and no jump stands out."


def compare_label(selected: int) -> str:
    """What the link to the comparison says.

    >>> compare_label(1), compare_label(3)
    ('Compare this athlete with others', 'Compare these 3 side by side')
    >>> compare_label(9)
    'Compare the first 5 of these 9 side by side'
    """
    if selected == 1:
        return "Compare this athlete with others"
    if selected > MOST_COMPARED:
        return f"Compare the first {MOST_COMPARED} of these {selected} side by side"
    return f"Compare these {selected} side by side"


def questions(found: pd.DataFrame, authenticity: pd.DataFrame) -> pd.DataFrame:
    """The accounts of the athletes found whose followers raise a question, with names, the most striking first."""
    flagged = authenticity[authenticity["flagged"].astype("bool")]
    table = flagged.merge(found[["athlete_id", "name", "rank"]], on="athlete_id", how="inner")
    table = table.sort_values(["rank", "platform"], ignore_index=True)
    return table.assign(platform=table["platform"].str.capitalize())


def questions_sentence(asked: pd.DataFrame, found: int) -> str:
    """How many athletes have a question, and what it is not.

    >>> print(questions_sentence(pd.DataFrame({"athlete_id": ["a", "a", "b"]}), 40))
    For 2 of 40 athletes the followers raise a question, on 3 accounts. It is a question, not a verdict: it changes no
    rank and no pay. Where the truth is known, about one honest account in 500 was asked about, too.
    """
    athletes = asked["athlete_id"].nunique()
    return (
        f"For {athletes:,} of {found:,} athletes the followers raise a question, on {f.some(len(asked), 'account')}. "
        "It is a question, not a verdict: it changes no rank and no pay. Where the truth is known, about one honest "
        "account in 500 was asked about, too."
    )


def comparison_sentence(chosen: pd.DataFrame, about: pd.Series) -> str:
    """Who of those chosen leads, and whether that is certain.

    Args:
        chosen: rows of the ranking, by rank.
    """
    first = chosen.iloc[0]
    if len(chosen) == 1:
        return f"{first['name']}: {words.typically(about, first)}."
    second = chosen.iloc[1]
    unit = about["outcome_unit"]
    leads = f"{first['name']} leads: {words.typically(about, first)}"
    behind = f"{second['name']} follows with {f.outcome(second['predicted'], unit)}"
    sure = "Their ranks may truly be the other way round." if first["rank_high"] >= second["rank_low"] else ""
    return f"{leads}. {behind}. {sure}".strip()


def side_by_side(
    chosen: pd.DataFrame,
    about: pd.Series,
    payouts: pd.DataFrame,
    peers: pd.DataFrame,
    drivers: dict[str, pd.DataFrame],
) -> pd.DataFrame:
    """The facts as an index and a column for each athlete_id, as text; facts that nobody has are left out.

    Args:
        chosen: rows of `with_followers`.
        about: the data set.
        payouts: the published table.
        peers: the published table `peer_groups`.
        drivers: by athlete, from `driver_words.driver_words`.
    """
    unit = about["outcome_unit"]
    pay = payouts.set_index("athlete_id")
    columns: dict[str, dict[str, str | None]] = {}
    for _, row in chosen.iterrows():
        own = row["athlete_id"]
        facts: dict[str, str | None] = {
            f"Typical {outcome_words.named(about)}": f.outcome(row["predicted"], unit),
            words.range_label(about): f.outcome_range(row["low"], row["high"], unit),
        }
        if "mean" in row:
            facts["On average"] = f.outcome(row["mean"], unit)
        if own in pay.index:
            facts["Typical pay"] = f.money(pay.at[own, "expected_cents"])
            facts["Range of pay"] = f.money_range(pay.at[own, "low_cents"], pay.at[own, "high_cents"])
        facts["Rank"] = rank_range(row)
        facts["Since the data before"] = moved(row["moved"])
        facts["Followers"] = None if f.missing(row["followers"]) else f.count(row["followers"])
        judged = peers[(peers["athlete_id"] == own) & peers["verdict"].notna()].set_index("grouping")
        for grouping, label in GROUPINGS.items():
            facts[f"By followers, {label.lower() if grouping == OVERALL else 'within the ' + label.lower()}"] = (
                _judged(judged.loc[grouping]) if grouping in judged.index else None
            )
        facts["Followers real?"] = None if f.missing(row["asked"]) else str(row["asked"])
        facts["Unlike anything seen"] = None if not row["novel"] else str(row["novel_why"] or "yes")
        facts["Outcomes known"] = f.count(row["outcomes_seen"]) if words.row_is(about) != "athlete" else None
        facts |= {name.capitalize(): row[name] for name in ("sport", "league", "team", "position", "country")}
        facts |= _strongest(drivers[own])
        columns[own] = facts
    table = pd.DataFrame(columns).rename_axis("").astype("object")
    table = table.where(table.notna(), None)
    return table[table.notna().any(axis="columns")].fillna(f.NOTHING)


def past_errors(past: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """How past estimates of each athlete came out: label, tested, inside, error (a factor) and bias (a share)."""
    rows = []
    for athlete_id, label in labels.items():
        own = past[past["athlete_id"] == athlete_id]
        off = np.log1p(own["predicted"]) - np.log1p(own["actual"])
        ranged = own.dropna(subset=["low", "high"])
        rows.append(
            {
                "label": label,
                "tested": len(own),
                "ranged": len(ranged),
                "inside": ranged["actual"].between(ranged["low"], ranged["high"]).mean() if len(ranged) else None,
                "error": float(np.exp(off.abs().mean())) if len(own) else None,
                "bias": float(np.expm1(off.mean())) if len(own) else None,
            }
        )
    return pd.DataFrame(rows)


def _judged(row: pd.Series) -> str:
    """A verdict with its evidence.

    >>> _judged(pd.Series({"verdict": "under-rated", "follower_rank_in_group": 9, "members": 40, "value": "tennis",
    ...     "rank_low_in_group": 2, "rank_high_in_group": 4}))
    'under-rated: 9 of 40 by followers, 2 to 4 by outcome (tennis)'
    """
    low, high = row["rank_low_in_group"], row["rank_high_in_group"]
    own = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    group = "" if row["value"] == "all athletes" else f" ({row['value']})"
    by_followers = f"{row['follower_rank_in_group']:,} of {row['members']:,} by followers"
    return f"{row['verdict']}: {by_followers}, {own} by outcome{group}"


def _strongest(drivers: pd.DataFrame) -> dict[str, str | None]:
    """The driver that raises the estimate most and the one that lowers it most."""
    if drivers.empty:
        return {}
    facts: dict[str, str | None] = {}
    for label, part in (
        ("Raises it most", drivers[drivers["effect_log"] > 0]),
        ("Lowers it most", drivers[drivers["effect_log"] < 0]),
    ):
        facts[label] = driver_words.driver_lines(part.head(1))[0] if len(part) else None
    return facts
