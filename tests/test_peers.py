"""Who is under- and over-rated by followers: literal groups, and what must hold of any ranking."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.influence.peers import COLUMNS, LEAST_MEMBERS, peer_groups
from tests.tables import table

LEAGUE = """
    athlete_id  sport   position  rank  rank_low  rank_high  followers
    ann         soccer  keeper    1     1         2          100
    bob         soccer  striker   2     1         3          900
    cyd         soccer  keeper    3     3         4          800
    dan         soccer  striker   4     3         6          700
    eve         tennis  -         5     4         6          600
    fay         soccer  -         6     5         6          50
    gus         soccer  striker   7     7         7          1000
"""


def one(groups: pd.DataFrame, grouping: str) -> pd.DataFrame:
    return groups[groups["grouping"] == grouping].set_index("athlete_id").drop(columns="grouping")


def test_the_columns_are_those_of_the_contract() -> None:
    assert PUBLISHED_TABLES["peer_groups"].column_names == COLUMNS


def test_overall_the_verdict_asks_whether_followers_lie_outside_the_range_of_ranks() -> None:
    found = one(peer_groups(table(LEAGUE)), "overall")
    assert found["follower_rank_in_group"].to_dict() == {
        "ann": 6,
        "bob": 2,
        "cyd": 3,
        "dan": 4,
        "eve": 5,
        "fay": 7,
        "gus": 1,
    }
    assert found["verdict"].to_dict() == {
        "ann": "under-rated",  # truly 1 to 2, by followers only 6
        "bob": "as followers suggest",
        "cyd": "as followers suggest",
        "dan": "as followers suggest",
        "eve": "as followers suggest",
        "fay": "under-rated",
        "gus": "over-rated",  # truly the last one, by followers the first
    }


def test_in_a_group_only_its_members_count() -> None:
    found = one(peer_groups(table(LEAGUE)), "sport")
    soccer = found[found["value"] == "soccer"]
    ranks = ["rank_in_group", "rank_low_in_group", "rank_high_in_group", "follower_rank_in_group"]
    # dan may truly be 3 to 6 of all: ahead of cyd at best, and behind fay at worst; eve plays tennis.
    assert soccer.loc["dan", ranks].tolist() == [4, 3, 5, 4]
    assert soccer.loc["gus", ranks].tolist() == [6, 6, 6, 1]
    assert set(soccer["members"]) == {6}
    assert found.loc["eve", "members"] == 1
    assert pd.isna(found.loc["eve", "verdict"]), "one athlete is no group"


def test_a_position_counts_within_its_sport_and_an_athlete_without_one_stands_in_no_group() -> None:
    found = one(peer_groups(table(LEAGUE)), "position")
    assert found["value"].to_dict() == {
        "ann": "soccer, keeper",
        "cyd": "soccer, keeper",
        "bob": "soccer, striker",
        "dan": "soccer, striker",
        "gus": "soccer, striker",
    }
    assert found["verdict"].isna().all(), f"groups of fewer than {LEAST_MEMBERS} are not judged"


def test_tiers_are_the_top_tenth_and_both_halves() -> None:
    found = one(peer_groups(table(LEAGUE)), "tier")
    assert found["value"].tolist() == ["lower half"] * 3 + ["top tenth"] + ["upper half"] * 3
    assert found.loc["ann", "value"] == "top tenth"


def test_a_grouping_that_tells_nobody_apart_is_left_out() -> None:
    groups = peer_groups(table(LEAGUE).assign(sport="soccer", position=None))
    assert groups["grouping"].unique().tolist() == ["overall", "tier"]


def test_unknown_followers_are_not_judged_and_do_not_count() -> None:
    league = table(LEAGUE)
    league.loc[league["athlete_id"] == "bob", "followers"] = None
    found = one(peer_groups(league), "overall")
    assert found.loc["bob", ["rank_in_group", "follower_rank_in_group", "verdict"]].isna().all()
    assert found.loc["ann", "members"] == 6
    assert found.loc["cyd", "rank_in_group"] == 2


def test_where_nobody_has_followers_all_are_ranked_and_nobody_judged() -> None:
    found = one(peer_groups(table(LEAGUE).assign(followers=None)), "overall")
    assert found["rank_in_group"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert found[["follower_rank_in_group", "verdict"]].isna().all(axis=None)


def test_equal_followers_decide_nothing() -> None:
    league = table(LEAGUE).assign(followers=500)
    assert set(one(peer_groups(league), "overall")["verdict"]) == {"as followers suggest"}


def test_no_athletes_give_no_groups() -> None:
    assert peer_groups(table(LEAGUE).head(0)).empty


@pytest.mark.parametrize("last", [1, 2])
def test_one_or_two_athletes_are_no_error(last: int) -> None:
    assert peer_groups(table(LEAGUE).head(last))["verdict"].isna().all()


@st.composite
def rankings(draw: st.DrawFn) -> pd.DataFrame:
    size = draw(st.integers(1, 25))
    rank = list(range(1, size + 1))
    return pd.DataFrame(
        {
            "athlete_id": [f"a{number:02d}" for number in draw(st.permutations(rank))],
            "sport": draw(st.lists(st.sampled_from(["s", "t", None]), min_size=size, max_size=size)),
            "position": draw(st.lists(st.sampled_from(["p", "q", None]), min_size=size, max_size=size)),
            "rank": rank,
            "rank_low": [draw(st.integers(1, each)) for each in rank],
            "rank_high": [draw(st.integers(each, size)) for each in rank],
            "followers": pd.array(
                draw(st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=size, max_size=size)), dtype="Int64"
            ),
        }
    )


@given(rankings())
def test_what_holds_of_any_ranking(ranked: pd.DataFrame) -> None:
    groups = peer_groups(ranked)
    assert not groups.duplicated(["athlete_id", "grouping"]).any()
    for _, group in groups.groupby(["grouping", "value"]):
        counted = group.dropna(subset=["rank_in_group"])
        assert counted["rank_in_group"].tolist() == list(range(1, len(counted) + 1))
        assert (counted["members"] == len(counted)).all()
        assert (counted["rank_low_in_group"] >= 1).all()
        assert (counted["rank_low_in_group"] <= counted["rank_in_group"]).all()
        assert (counted["rank_in_group"] <= counted["rank_high_in_group"]).all()
        assert (counted["rank_high_in_group"] <= len(counted)).all()
        by_followers = counted["follower_rank_in_group"].dropna()
        assert sorted(by_followers) == list(range(1, len(by_followers) + 1))
        # What the verdict says can be checked with the columns beside it.
        over, under = (counted[counted["verdict"] == verdict] for verdict in ("over-rated", "under-rated"))
        assert (over["follower_rank_in_group"] < over["rank_low_in_group"]).all()
        assert (under["follower_rank_in_group"] > under["rank_high_in_group"]).all()
    if ranked["followers"].notna().all():
        overall = one(groups, "overall")
        ranks = ranked.set_index("athlete_id").loc[overall.index]
        assert overall["rank_low_in_group"].tolist() == ranks["rank_low"].tolist(), "among all, ranges stay as they are"
        assert overall["rank_high_in_group"].tolist() == ranks["rank_high"].tolist()


@given(rankings())
def test_the_order_of_rows_does_not_matter(ranked: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(peer_groups(ranked), peer_groups(ranked.iloc[::-1]))
