"""Who comes later joins the groups that are there; nobody else moves until groups are formed anew."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from athlete_intel import pipeline
from athlete_intel.bundles import Before, Formed
from athlete_intel.bundles.groups import group_tables
from athlete_intel.bundles.joining import DAYS_KEPT, base_of, kept, measured, why_anew
from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.earlier import Earlier
from athlete_intel.settings import Settings
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.stages import _in_contract_order
from athlete_intel.warehouse import Snapshots
from tests.fixture_snapshot import publish
from tests.kinds import CATALOGUE, three_kinds

FORMED_AT = datetime(2026, 3, 1)
NEXT_DAY = FORMED_AT + timedelta(days=1)
SEED = 1
TABLES = (
    "clusters",
    "cluster_groups",
    "cluster_memberships",
    "cluster_settings",
    "cluster_base",
    "cluster_formation",
)


def made(matrix: pd.DataFrame, before: Before | None = None, as_of: datetime = FORMED_AT) -> dict[str, pd.DataFrame]:
    """The tables on groups, of athletes of whom nothing but features is known."""
    rankings = pd.DataFrame({"athlete_id": matrix.index, "gender": None, "sport": None, "followers": 100.0})
    return group_tables(matrix, CATALOGUE, rankings, before or Before(), as_of, SEED)


def before_of(tables: dict[str, pd.DataFrame]) -> Before:
    """What the next build knows of these tables."""
    formed = Formed(
        tables["cluster_formation"],
        tables["cluster_base"],
        CATALOGUE,
        tables["cluster_settings"],
        tables["clusters"],
        tables["cluster_groups"],
        tables["cluster_memberships"],
    )
    return Before(tables["clusters"][["athlete_id", "identity"]], formed=formed)


def like(matrix: pd.DataFrame, athlete: str, name: str) -> pd.DataFrame:
    """Somebody new who is much like an athlete who is there."""
    return (matrix.loc[[athlete]] * 1.01).set_axis([name])


WORLD, KINDS = three_kinds()
STRANGER = WORLD.head(1).assign(likes=1e9, reposts=0.0, replies=0.0, posts_per_week=0.0).set_axis(["stranger"])


@pytest.fixture(scope="module")
def first() -> dict[str, pd.DataFrame]:
    return made(WORLD)


def heart_of(tables: dict[str, pd.DataFrame], identity: str) -> str:
    clusters = tables["clusters"]
    return str(clusters.loc[(clusters["identity"] == identity) & clusters["exemplar"], "athlete_id"].iloc[0])


def test_groups_tell_when_and_why_they_were_formed(first: dict[str, pd.DataFrame]) -> None:
    formation = first["cluster_formation"]
    assert formation.to_numpy().tolist() == [[FORMED_AT, 180, "There were no groups before."]]
    assert set(first["cluster_groups"]["identity"]) == {"C1", "C2", "C3"}
    assert not first["clusters"]["joined"].any()
    profile = ("likes", "reposts", "replies", "posts_per_week")
    assert first["cluster_base"].groupby("feature").size().to_dict() == dict.fromkeys(profile, 180)


def test_newcomers_join_the_group_of_their_kind_or_none_a_leaver_is_gone_and_nobody_else_moves(
    first: dict[str, pd.DataFrame],
) -> None:
    leaver = heart_of(first, "C1")
    # Everybody's audience has changed since, and still nobody moves.
    stayed = WORLD.assign(likes=WORLD["likes"].to_numpy()[::-1]).drop(index=leaver)
    later = pd.concat([stayed, like(WORLD, heart_of(first, "C2"), "new"), STRANGER])
    second = made(later, before_of(first), NEXT_DAY)
    clusters = second["clusters"].set_index("athlete_id")
    assert clusters.loc[["new", "stranger"], "identity"].fillna("none").tolist() == ["C2", "none"]
    assert clusters.loc[["new", "stranger"], "joined"].tolist() == [True, True]
    assert clusters.loc["stranger", ["cluster", "strength"]].tolist() == [-1, 0]
    assert np.isfinite(clusters[["x", "y"]].to_numpy()).all()
    others = clusters.drop(index=["new", "stranger"])
    expected = first["clusters"].set_index("athlete_id").drop(index=leaver)
    pd.testing.assert_frame_equal(others, expected, check_like=True)

    groups, groups_before = (each["cluster_groups"].set_index("identity") for each in (second, first))
    more = groups["members"] - groups_before["members"]
    assert more.to_dict() == {"C1": -1, "C2": 1, "C3": 0}
    told = ["cluster", "name", "why", "stability", "offered", "state", "came_from", "went_to", "kept"]
    pd.testing.assert_frame_equal(groups[told], groups_before[told])
    for name in ("cluster_settings", "cluster_base", "cluster_formation"):
        pd.testing.assert_frame_equal(second[name], first[name])


def test_how_much_of_each_group_is_in_a_newcomer_is_told(first: dict[str, pd.DataFrame]) -> None:
    second = made(pd.concat([WORLD.drop(index="a000"), like(WORLD, heart_of(first, "C2"), "new")]), before_of(first))
    soft = second["cluster_memberships"]
    own = soft[soft["athlete_id"] == "new"].set_index("identity")["membership"]
    assert own.idxmax() == "C2"
    assert own.between(0.01, 1).all()
    assert "a000" not in set(soft["athlete_id"])
    keys = ["athlete_id", "identity"]
    old = first["cluster_memberships"].query("athlete_id != 'a000'").sort_values(keys, ignore_index=True)
    now = soft.query("athlete_id != 'new'").sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(now[list(old)], old)


def test_who_joined_a_group_stays_there_and_who_is_in_none_is_looked_at_again(first: dict[str, pd.DataFrame]) -> None:
    alike = like(WORLD, heart_of(first, "C2"), "new")
    second = made(pd.concat([WORLD, alike, STRANGER]), before_of(first), NEXT_DAY)
    of_third = like(WORLD, heart_of(first, "C3"), "of C3")
    later = pd.concat([WORLD, of_third.set_axis(["new"]), of_third.set_axis(["stranger"])])
    third = made(later, before_of(second), NEXT_DAY + timedelta(days=1))
    clusters = third["clusters"].set_index("athlete_id")
    assert clusters.loc[["new", "stranger"], "identity"].tolist() == ["C2", "C3"]
    assert clusters.loc[["new", "stranger"], "joined"].tolist() == [True, True]
    of_new = [each["cluster_memberships"].query("athlete_id == 'new'") for each in (second, third)]
    pd.testing.assert_frame_equal(*(each.reset_index(drop=True)[["identity", "membership"]] for each in of_new))


def test_groups_read_from_a_snapshot_are_kept_like_those_in_memory(
    first: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    second = made(pd.concat([WORLD, like(WORLD, heart_of(first, "C2"), "new"), STRANGER]), before_of(first), NEXT_DAY)
    about = {
        "dataset": pd.DataFrame({"as_of": [NEXT_DAY]}),
        "feature_catalogue": CATALOGUE,
        "plan_athletes": pd.DataFrame({"athlete_id": ["new"], "bundle_offers": [1]}),
    }
    told = {name: _in_contract_order(table, PUBLISHED_TABLES[name]) for name, table in second.items()}
    publish(tmp_path, about | told)
    later = pd.concat([WORLD, like(WORLD, heart_of(first, "C3"), "new"), STRANGER])
    day = NEXT_DAY + timedelta(days=1)
    read = made(later, Earlier(Snapshots(tmp_path)).clusters(day), day)
    assert read["cluster_formation"]["formed_at"].tolist() == [FORMED_AT]
    expected = made(later, before_of(second), day)
    for name in TABLES:
        contract = PUBLISHED_TABLES[name]
        tables = [_in_contract_order(each[name], contract) for each in (read, expected)]
        pd.testing.assert_frame_equal(*tables, check_exact=True, obj=name)


def test_who_left_and_comes_back_is_where_they_were(first: dict[str, pd.DataFrame]) -> None:
    second = made(WORLD.drop(index=["a000", "a001"]), before_of(first), NEXT_DAY)
    third = made(WORLD, before_of(second), NEXT_DAY + timedelta(days=1))
    pd.testing.assert_frame_equal(third["clusters"], first["clusters"], check_like=True)
    pd.testing.assert_frame_equal(third["cluster_groups"], first["cluster_groups"], check_like=True)


def test_a_group_that_all_have_left_is_not_offered(first: dict[str, pd.DataFrame]) -> None:
    formed = before_of(first).formed
    assert formed is not None
    leavers = first["clusters"].query("identity == 'C2'")["athlete_id"]
    told = kept(formed, WORLD.drop(index=leavers))
    assert told is not None
    groups = told["cluster_groups"].set_index("identity")
    assert groups["offered"].to_dict() == {"C1": True, "C2": False, "C3": True}
    assert groups.loc["C2", "members"] == 0


def test_the_same_data_give_the_same_tables(first: dict[str, pd.DataFrame]) -> None:
    later = pd.concat([STRANGER, WORLD.iloc[::-1], like(WORLD, heart_of(first, "C2"), "new")])
    one, two = (made(table, before_of(first), NEXT_DAY) for table in (later, later.sort_index()))
    for name in TABLES:
        pd.testing.assert_frame_equal(one[name], two[name])


def newcomers(number: int) -> pd.DataFrame:
    return three_kinds(number, seed=5)[0].head(number).set_axis([f"n{i:02}" for i in range(number)])


@pytest.mark.parametrize(
    ("later", "days", "why"),
    [
        (WORLD, DAYS_KEPT - 1, ""),
        (WORLD, DAYS_KEPT, "The groups before were 28 days old."),
        (WORLD, -1, "The data end before the groups of the snapshot before were formed."),
        (pd.concat([WORLD, newcomers(9)]), 1, ""),
        (pd.concat([WORLD, newcomers(10)]), 1, "Of 180 athletes, 10 had come or gone since."),
        (pd.concat([WORLD.iloc[5:], newcomers(5)]), 1, "Of 180 athletes, 10 had come or gone since."),
        (WORLD.drop(columns="replies"), 1, "Other features tell of the athletes than before."),
        (WORLD.assign(outcome_median=7.0), 1, ""),
    ],
)
def test_groups_are_formed_anew_only_for_a_reason(
    first: dict[str, pd.DataFrame], later: pd.DataFrame, days: int, why: str
) -> None:
    as_of = FORMED_AT + timedelta(days=days)
    assert why_anew(before_of(first).formed, later, CATALOGUE, as_of) == why


def test_another_part_in_the_profile_is_a_reason_and_another_label_is_none(first: dict[str, pd.DataFrame]) -> None:
    formed = before_of(first).formed
    habit = CATALOGUE.assign(profile=CATALOGUE["profile"].where(CATALOGUE["feature"] != "replies", "habit"))
    assert why_anew(formed, WORLD, habit, NEXT_DAY) == "Other features tell of the athletes than before."
    assert why_anew(formed, WORLD, CATALOGUE.assign(label="Other words"), NEXT_DAY) == ""


def test_groups_formed_anew_keep_their_identity_and_take_in_newcomers(first: dict[str, pd.DataFrame]) -> None:
    later = pd.concat([WORLD, newcomers(10)])
    second = made(later, before_of(first), NEXT_DAY)
    assert second["cluster_formation"].to_numpy().tolist() == [
        [NEXT_DAY, 190, "Of 180 athletes, 10 had come or gone since."]
    ]
    assert not second["clusters"]["joined"].any()
    assert set(second["cluster_base"]["athlete_id"]) == set(later.index)
    assert set(second["cluster_groups"]["state"]) == {"same"}


def test_groups_that_cannot_be_made_again_are_formed_anew(first: dict[str, pd.DataFrame]) -> None:
    before = before_of(first)
    assert before.formed is not None
    was = first["clusters"]["cluster"]
    moved = first["clusters"].assign(cluster=[was.iloc[0] + 1, *was.iloc[1:]])
    second = made(WORLD, replace(before, formed=replace(before.formed, clusters=moved)), NEXT_DAY)
    assert second["cluster_formation"]["formed_at"].tolist() == [NEXT_DAY]
    assert "could not be made again" in second["cluster_formation"]["why"].item()


def test_groups_of_an_older_version_are_formed_anew_and_not_denied(first: dict[str, pd.DataFrame]) -> None:
    second = made(WORLD, replace(before_of(first), formed=None), NEXT_DAY)
    assert second["cluster_formation"]["why"].tolist() == ["It is not known what the groups before were formed of."]
    assert set(second["cluster_groups"]["state"]) == {"same"}


def test_without_groups_there_is_nothing_to_join() -> None:
    few, _ = three_kinds(2)
    first = made(few)
    assert first["cluster_groups"].empty
    second = made(few, before_of(first), NEXT_DAY)
    assert second["cluster_formation"]["why"].tolist() == ["There were no groups before."]


def test_the_profile_does_not_depend_on_the_order_of_a_base() -> None:
    base = base_of(WORLD, CATALOGUE)
    _, profile = measured(base, CATALOGUE, WORLD.index)
    _, mixed = measured(base.sample(frac=1, random_state=1), CATALOGUE, WORLD.index[::-1])
    pd.testing.assert_frame_equal(profile, mixed, check_exact=True)


MAPPING = """
name = "kinds"
title = "Three kinds"
[outcome]
name = "views"
label = "Views"
window_days = 1
rate_cents_per_1000 = 500
[features.likes]
label = "Likes"
scale = "log"
[features.reposts]
label = "Reposts"
scale = "log"
[features.replies]
label = "Replies"
scale = "log"
[[files]]
path = "kinds.csv"
[[files.tables]]
table = "athletes"
[files.tables.columns]
athlete_id = "id"
name = "id"
[[files.tables]]
table = "outcomes_as_of"
[files.tables.columns]
athlete_id = "id"
as_of = "time(day)"
outcome = "views"
[[files.tables]]
table = "features_as_of"
[files.tables.columns]
athlete_id = "id"
as_of = "time(day)"
[files.tables.features]
likes = "likes"
reposts = "reposts"
replies = "replies"
"""


def built(home: Path, matrix: pd.DataFrame, day: datetime, force: bool = False) -> Snapshots:
    """The snapshots of a workspace after a build with the athletes as they were known on a day."""
    table = matrix.rename_axis("id").reset_index().assign(day=f"{day:%Y-%m-%d}")
    table.assign(views=(table["likes"] * 3 + table["reposts"]).round()).to_csv(home / "kinds.csv", index=False)
    (home / "kinds.toml").write_text(MAPPING)
    settings = Settings(home=home, workspace="kinds")
    pipeline.run_import(settings, load_mapping(str(home / "kinds.toml")), home, day)
    pipeline.build(settings, day, force=force)
    return Snapshots(settings.folder)


def test_builds_let_newcomers_join_and_the_same_data_give_the_same_snapshot(tmp_path: Path) -> None:
    world = three_kinds(25)[0][["likes", "reposts", "replies"]]
    snapshots = built(tmp_path, world, FORMED_AT)
    first = snapshots.read("clusters")
    heart = str(first.loc[first["identity"].eq("C1") & first["exemplar"], "athlete_id"].iloc[0])
    later = pd.concat([world * 1.5, like(world, heart, "new")])
    second = built(tmp_path, later, NEXT_DAY).current()
    clusters = snapshots.read("clusters").set_index("athlete_id")
    assert clusters.loc["new", ["identity", "joined"]].tolist() == ["C1", True]
    pd.testing.assert_frame_equal(clusters.drop(index="new"), first.set_index("athlete_id"), check_exact=True)
    assert snapshots.read("cluster_formation")["athletes"].tolist() == [75]
    assert "new" not in set(snapshots.read("cluster_base")["athlete_id"])

    # Groups of the data before count, not those of the same data, in which the newcomer is placed already.
    again = built(tmp_path, later, NEXT_DAY, force=True).current()
    assert again.id != second.id
    for name in (*TABLES, "bundles", "bundle_members"):
        tables = [snapshots.read(name, snapshot=each) for each in (second, again)]
        pd.testing.assert_frame_equal(*tables, obj=name)
