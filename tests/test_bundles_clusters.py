"""Clusters of athletes alike: known kinds are found, tested, kept for those who come later, and matched over time."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from athlete_intel.bundles import NOISE, find_clusters, identify, learn_scale, none_before, share_kept, social_profile
from athlete_intel.bundles.clusters import find_again
from athlete_intel.bundles.identity import LEAST_SHARED
from athlete_intel.bundles.stability import jaccard, stability
from tests.kinds import CATALOGUE, three_kinds


def test_known_kinds_are_found_whatever_the_size_of_the_audience() -> None:
    matrix, kinds = three_kinds()
    found = find_clusters(social_profile(matrix, CATALOGUE), seed=1)
    members = found.members
    inside = members["cluster"] != NOISE
    assert inside.mean() > 0.75
    assert adjusted_rand_score(kinds[inside], members.loc[inside, "cluster"]) > 0.9
    assert members["strength"].between(0, 1).all()
    assert (members.loc[~inside, "strength"] == 0).all()
    assert (found.groups["stability"] > 0.75).all()
    assert found.tried["chosen"].sum() == 1
    assert found.groups["members"].sum() == inside.sum()


def test_hearts_and_soft_memberships_belong_to_the_cluster() -> None:
    matrix, _ = three_kinds()
    found = find_clusters(social_profile(matrix, CATALOGUE), seed=1)
    hearts = found.members[found.members["exemplar"]]
    assert (hearts["cluster"] != NOISE).all()
    assert set(hearts["cluster"]) == set(found.groups["cluster"])
    soft = found.soft.pivot(index="athlete_id", columns="cluster", values="membership")
    assert soft.to_numpy().min() >= 0
    assert soft.sum(axis="columns").max() <= 1 + 1e-9
    inside = found.members[found.members["cluster"] != NOISE].set_index("athlete_id")["cluster"]
    assert (soft.loc[inside.index].idxmax(axis="columns") == inside).mean() > 0.95


def test_who_comes_later_joins_the_cluster_of_their_kind_and_nobody_else_moves() -> None:
    matrix, kinds = three_kinds()
    scale = learn_scale(matrix, CATALOGUE)
    found = find_clusters(scale.of(matrix), seed=1)
    before = found.members.copy()
    others, other_kinds = three_kinds(20, seed=9)
    others.index = [f"new{i}" for i in range(len(others))]
    joined = found.assign(scale.of(others))
    pd.testing.assert_frame_equal(found.members, before)
    inside = (joined["cluster"] != NOISE).to_numpy()
    assert inside.mean() > 0.7
    of_kind = pd.crosstab(kinds, found.members["cluster"].to_numpy()).drop(columns=NOISE, errors="ignore")
    of_kind = of_kind.idxmax(axis="columns")
    assert (joined["cluster"].to_numpy()[inside] == of_kind[other_kinds[inside]].to_numpy()).all()
    stranger = others.head(1).assign(likes=1e9, reposts=0.0, replies=0.0, posts_per_week=0.0)
    assert found.assign(scale.of(stranger))["cluster"].tolist() == [NOISE]


@pytest.mark.parametrize("on_plane", [False, True])
def test_the_same_profile_and_setting_give_the_same_clusters_again(on_plane: bool) -> None:
    profile = social_profile(three_kinds()[0], CATALOGUE)
    found = find_clusters(profile, seed=1)
    if on_plane:
        found = find_again(profile, found.tried.assign(on_plane=True))
    again = find_again(profile.sample(frac=1, random_state=1), found.tried)
    pd.testing.assert_frame_equal(again.members, found.members, check_exact=True)
    pd.testing.assert_frame_equal(again.soft, found.soft, check_exact=True)
    assert again.groups["stability"].isna().all()
    pd.testing.assert_frame_equal(again.groups.drop(columns="stability"), found.groups.drop(columns="stability"))


@pytest.mark.parametrize("on_plane", [False, True])
def test_memberships_of_who_comes_later_are_shares_and_most_is_in_the_own_cluster(on_plane: bool) -> None:
    matrix, _ = three_kinds()
    scale = learn_scale(matrix, CATALOGUE)
    tried = find_clusters(scale.of(matrix), seed=1).tried.assign(on_plane=on_plane)
    found = find_again(scale.of(matrix), tried)
    others = scale.of(three_kinds(20, seed=9)[0])
    soft = found.memberships(others).pivot(index="athlete_id", columns="cluster", values="membership")
    assert soft.to_numpy().min() >= 0
    assert soft.sum(axis="columns").max() <= 1 + 1e-9
    own = found.assign(others).set_index("athlete_id").query("cluster >= 0")["cluster"]
    assert len(own) > 40
    assert (soft.loc[own.index].idxmax(axis="columns") == own).mean() > 0.8
    assert found.memberships(others.head(0)).empty


def test_the_profile_does_not_depend_on_the_size_of_the_audience() -> None:
    matrix, _ = three_kinds()
    bigger = matrix.copy()
    one = matrix.index[:1]
    bigger.loc[one, ["likes", "reposts", "replies"]] = (matrix.loc[one, ["likes", "reposts", "replies"]] + 1) * 20 - 1
    before, after = social_profile(matrix, CATALOGUE), social_profile(bigger, CATALOGUE)
    np.testing.assert_allclose(before.loc[one], after.loc[one], atol=0.15)
    assert "outcome_median" not in before


def test_the_order_of_rows_changes_nothing() -> None:
    matrix, _ = three_kinds()
    mixed = matrix.sample(frac=1, random_state=1)
    found, again = (find_clusters(social_profile(table, CATALOGUE), seed=1) for table in (matrix, mixed))
    pd.testing.assert_frame_equal(found.members, again.members)
    pd.testing.assert_frame_equal(found.groups, again.groups)


@pytest.mark.parametrize("athletes", [1, 5, 14, 20])
def test_few_athletes_are_no_error(athletes: int) -> None:
    matrix, _ = three_kinds(athletes)
    found = find_clusters(social_profile(matrix.head(athletes), CATALOGUE))
    assert len(found.members) == athletes
    assert np.isfinite(found.members[["x", "y", "strength"]].to_numpy()).all()
    assert found.assign(social_profile(matrix.head(athletes), CATALOGUE))["cluster"].ge(NOISE).all()


def test_one_cloud_is_no_group_that_comes_back() -> None:
    cloud = pd.DataFrame(np.random.default_rng(3).normal(size=(200, 5)), index=[f"a{i:03}" for i in range(200)])
    found = find_clusters(cloud, seed=1)
    stable = found.groups["stability"] >= 0.75
    assert found.groups.loc[stable, "members"].sum() < 100


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=30), st.randoms())
def test_jaccard_is_that_of_sets(before: list[int], chance: object) -> None:
    after = [chance.choice([-1, 0, 1, 2]) for _ in before]  # type: ignore[attr-defined]
    found = jaccard(np.array(before), np.array(after))
    for i, j in itertools.product(*map(range, found.shape)):
        one, other = ({n for n, c in enumerate(labels) if c == k} for labels, k in ((before, i), (after, j)))
        assert found[i, j] == pytest.approx(len(one & other) / max(len(one | other), 1))


def test_a_made_up_border_does_not_come_back_and_a_true_gap_does() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(0, 1, 100), rng.normal(20, 1, 50)])[:, None]
    labels = np.where(values[:, 0] > 10, 2, (values[:, 0] > 0).astype(int))

    def by_median(part: np.ndarray, drawn: float) -> np.ndarray:
        """Knows the gap, and cuts the rest where chance wants."""
        cut = rng.uniform(-2, 2)
        return np.where(part[:, 0] > 10, 2, (part[:, 0] > cut).astype(int))

    came_back = stability(values, labels, by_median, looks=40, seed=1)
    assert came_back[2] == 1
    assert (came_back[:2] < 0.75).all()


def clusters_of(text: str) -> pd.DataFrame:
    """One athlete a letter; `.` is noise: 'aab.' are four athletes in clusters 0, 0, 1 and none."""
    return pd.DataFrame(
        {"athlete_id": [f"p{i:02}" for i in range(len(text))], "cluster": ["abcdefg".find(c) for c in text]}
    )


def identities_of(names: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({"athlete_id": [f"p{i:02}" for i in range(len(names))], "identity": names})


def test_the_first_clusters_are_new() -> None:
    told = identify(clusters_of("aabb."), none_before(), {})
    assert told[["identity", "cluster", "state"]].to_numpy().tolist() == [["C1", 0, "new"], ["C2", 1, "new"]]


def test_the_same_members_keep_their_name_whatever_number_the_cluster_has() -> None:
    told = identify(clusters_of("bbbbaaaa"), identities_of(["C7"] * 4 + ["C2"] * 4), {})
    assert told.set_index("identity")["cluster"].to_dict() == {"C2": 0, "C7": 1}
    assert set(told["state"]) == {"same"}
    assert set(told["kept"]) == {1.0}


def test_a_split_says_so() -> None:
    told = identify(clusters_of("aaaaaabbbb"), identities_of(["C1"] * 10), {}).set_index("identity")
    assert told.loc["C1", ["cluster", "state", "kept"]].tolist() == [0, "same", 0.6]
    assert told.loc["C2", ["cluster", "state", "came_from"]].tolist() == [1, "split off", "C1"]


def test_a_merge_says_so_and_tells_where_the_other_went() -> None:
    told = identify(clusters_of("aaaaaaaaaa"), identities_of(["C1"] * 6 + ["C2"] * 4), {}).set_index("identity")
    assert told.loc["C1", ["state", "came_from"]].tolist() == ["merged", "C1, C2"]
    assert told.loc["C2", ["state", "went_to"]].tolist() == ["gone", "C1"]
    assert pd.isna(told.loc["C2", "cluster"])


def test_a_small_cluster_that_is_swallowed_is_named_by_the_one_that_took_it_in() -> None:
    told = identify(clusters_of("a" * 100), identities_of(["C1"] * 85 + ["C2"] * 15), {}).set_index("identity")
    assert told.loc["C1", ["state", "came_from", "kept"]].tolist() == ["merged", "C1, C2", 1.0]
    assert told.loc["C2", ["state", "went_to"]].tolist() == ["gone", "C1"]


def test_one_that_lives_on_elsewhere_was_not_swallowed() -> None:
    told = identify(clusters_of("a" * 90 + "b" * 10), identities_of(["C1"] * 80 + ["C2"] * 20), {})
    assert told["state"].tolist() == ["same", "same"]
    assert told["came_from"].tolist() == ["C1", "C2"]
    assert told.set_index("identity").loc["C2", "went_to"] == "C1"


def test_a_part_that_is_lost_is_told_by_the_one_that_lost_it() -> None:
    told = identify(clusters_of("aaaaaabbbb"), identities_of(["C1"] * 10), {}).set_index("identity")
    assert told.loc["C1", ["state", "went_to", "kept"]].tolist() == ["same", "C2", 0.6]


def test_a_name_that_is_gone_is_never_given_again() -> None:
    told = identify(clusters_of("aaabbb"), identities_of(["C1"] * 3 + [None] * 3), {"C2": "C1", "C5": ""})
    assert told["went_to"].tolist() == ["", "", "C1", ""]
    assert told["identity"].tolist() == ["C1", "C6", "C2", "C5"]
    assert told["state"].tolist() == ["same", "new", "gone", "gone"]


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 4)), min_size=1, max_size=14))
def test_the_pairs_are_the_best_of_all(pairs: list[tuple[int, int]]) -> None:
    labels = {c: i for i, c in enumerate(sorted({c for c, _ in pairs if c >= 0}))}
    members = pd.DataFrame(
        {"athlete_id": [f"p{i:02}" for i in range(len(pairs))], "cluster": [labels.get(c, -1) for c, _ in pairs]}
    )
    before = identities_of([f"C{b}" if b else None for _, b in pairs])
    told = identify(members, before, {})
    assert told["identity"].is_unique
    now = {c: set(g["athlete_id"]) for c, g in members[members["cluster"] >= 0].groupby("cluster")}
    then = {c: set(g["athlete_id"]) for c, g in before.dropna().groupby("identity")}
    alike = {(c, b): len(n & o) / len(n | o) for c, n in now.items() for b, o in then.items()}
    # Every way to give each cluster one former identity at most; weak pairs count for the choice, but do not last.
    ways = [
        list(zip(now, chosen, strict=True))
        for chosen in set(itertools.permutations([*then, *[""] * len(now)], len(now)))
    ]
    totals = {sum(alike.get(pair, 0) for pair in way): way for way in ways}
    best = totals[max(totals)]
    expected = sum(alike[pair] for pair in best if alike.get(pair, 0) >= LEAST_SHARED)
    kept = told[told["identity"].isin(set(then)) & told["cluster"].notna()]
    found = sum(alike[int(row.cluster), row.identity] for row in kept.itertuples())
    assert all(alike[int(row.cluster), row.identity] >= LEAST_SHARED for row in kept.itertuples())
    assert found == pytest.approx(expected) or max(totals) - found < LEAST_SHARED * len(now)


def test_kept_is_counted_by_member() -> None:
    before = identities_of(["C1", "C1", "C2", None, "C2"])
    now = identities_of(["C1", "C2", "C2", "C1", None])
    assert share_kept(now, before) == 0.5
