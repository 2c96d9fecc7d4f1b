"""What a brand manager sees: bundles filtered, opened, compared; a plan; and what an impossible request gets."""

import re
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from athlete_intel.ui import bundle_columns, bundle_words, frame, offers
from tests.fixture_snapshot import literal_snapshot, literal_tables, publish
from tests.tabs import in_tab, tabs_of
from tests.test_pages_literal import opened, read


@pytest.fixture
def literal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the literal snapshot."""
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    monkeypatch.setenv("ATHLETE_INTEL_WORKSPACE", "demo")
    literal_snapshot(tmp_path / "demo")
    return tmp_path


def metric(app: AppTest, label: str) -> str:
    return next(str(each.value) for each in app.metric if each.label == label)


def test_bundles_are_filtered_by_size_and_cost(literal: Path) -> None:
    app = opened("bundles")
    assert "The best of every group (large)" in read(app)
    app.multiselect(key="size").set_value(["small"]).run()
    in_tab(app, "All bundles")
    assert set(app.dataframe[-1].value["size"]) == {"small"}
    cheapest = app.dataframe[-1].value["cost_dollars"].min()
    app.number_input(key="most_cost").set_value(int(cheapest) + 1).run()
    assert len(app.dataframe[-1].value) == 1
    app.number_input(key="most_cost").set_value(1).run()
    assert "No bundle fits these filters." in read(app)


def test_bundles_are_filtered_by_who_is_in_them_and_by_chance() -> None:
    bundles = pd.DataFrame(
        {
            "bundle_id": ["a", "b", "c"],
            "size": ["small", "small", "large"],
            "cost_dollars": [10.0, 20.0, 30.0],
            "sports_inside": [{"golf"}, {"golf", "judo"}, set()],
            "women_share": [0.07, 0.5, None],
            "questioned_share": [0.0, 0.4, 0.1],
            "chance": [0.8, 0.85, 0.9],
        }
    )

    def passing(sizes: tuple[str, ...] = (), most: float | None = None, sports: tuple[str, ...] = (), **limits: float):  # type: ignore[no-untyped-def]
        return offers.passing(bundles, list(sizes), most, list(sports), limits)["bundle_id"].tolist()

    assert passing() == ["a", "b", "c"]
    assert passing(sizes=("small",), most=15) == ["a"]
    assert passing(sports=("judo", "polo")) == ["b"]
    assert passing(women_share=7) == ["a", "b"], "who is not known passes no limit, and 7% is at least 7%"
    assert passing(questioned_share=10, chance=85) == ["c"]


def test_of_thousands_the_map_shows_the_bundle_its_group_and_an_even_share_of_the_others() -> None:
    groups = ["C1"] * 40 + ["C2"] * 800 + [None] * 1_600
    clusters = pd.DataFrame({"athlete_id": [f"a{i}" for i in range(len(groups))], "identity": groups})
    inside = pd.Series(["a41", "a2399"])
    shown = offers.thinned(clusters, "C1", inside)
    assert shown["identity"].fillna("none").value_counts().to_dict() == {"C1": 40, "C2": 80 + 1, "none": 160 + 1}
    assert set(inside) <= set(shown["athlete_id"])
    assert shown["athlete_id"].is_unique
    assert len(offers.thinned(clusters, None, inside)) == pytest.approx(250, abs=10), "a mix of all has no group"
    few = clusters.head(250)
    assert offers.thinned(few, None, inside).equals(few)
    assert offers.thinned(few.head(0), None, inside).empty


def test_a_filter_that_hides_the_open_bundle_says_so_and_blames_no_link(literal: Path) -> None:
    app = opened("bundles", bundle="mix-large")
    app.multiselect(key="size").set_value(["small"]).run()
    text = read(app)
    assert "which is not in this data set" not in text
    assert "The filters hide the bundle that was open; another one is shown." in [each.value for each in app.info]
    assert "which is not in this data set" in read(opened("bundles", bundle="mix-huge"))


def test_the_same_athletes_get_the_same_promise_as_a_bundle_and_as_a_plan(literal: Path) -> None:
    tables = literal_tables()
    bundle = tables["bundles"].set_index("bundle_id").loc["C1-small"]
    inside = tables["bundle_members"].query("bundle_id == 'C1-small'")["athlete_id"]
    app = opened("plan", **{"with": ",".join(inside), "most": "5", "budget": "1000000"})
    assert sorted(app.dataframe[0].value["athlete_id"]) == sorted(inside)
    promise = bundle_words.promise_sentence(tables["dataset"].iloc[0], bundle)
    assert promise in read(app)
    assert promise in read(opened("bundles", bundle="C1-small"))


def test_a_plan_link_that_cannot_be_kept_as_it_is_says_what_is_left_out(literal: Path) -> None:
    app = opened(
        "plan",
        **{"with": "ghost", "plan_sports": "curling,football", "athletes": "500", "share": "120", "goal": "Fame"},
    )
    assert not app.exception
    warned = " ".join(str(each.value) for each in app.warning)
    assert "'ghost'" in warned
    assert "'curling'" in warned
    assert "'120' in the field One athlete brings at most, %" in warned
    assert "'Fame' in the field Goal" in warned
    # More athletes than there are can be asked for, and the answer says what stands in the way.
    assert "Nothing fits: the least number of athletes cannot be kept." in read(app)
    assert app.multiselect(key="plan_sports").value == ["football"]


def test_who_must_be_priced_by_a_person_cannot_be_pinned(literal: Path) -> None:
    novel = literal_tables()["plan_athletes"].query("novel").iloc[0]
    app = opened("plan", **{"with": str(novel["athlete_id"])})
    assert not app.exception
    assert not app.error
    assert f"{novel['name']} stands in no plan" in " ".join(str(each.value) for each in app.warning)
    assert not any(str(novel["name"]) in option for option in app.multiselect(key="with").options)
    tables = literal_tables()
    tables["plan_athletes"]["novel"] = True
    publish(literal / "demo", tables)
    app = opened("plan")
    assert not app.exception
    assert "There is nobody to book in this data set." in read(app)


def test_a_plan_says_what_it_may_cost_and_who_is_in_it(literal: Path) -> None:
    text = read(opened("plan", goal="Most with 80% certainty", budget="5000"))
    assert "Chosen for what is reached four times in five:" in text
    assert "the chance that the cost exceeds it is" in text
    assert "The athlete who brings most brings" in text
    assert re.search(r"With 80% certainty these athletes cost at most \$[\d,]+: have that ready, or plan with a", text)


def test_a_plan_says_what_speaks_against_its_promise(literal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "today", lambda: date(2026, 3, 20))
    text = read(opened("plan"))

    assert "The data are as of" not in text
    tables = literal_tables()
    tables["alerts"] = tables["alerts"].head(1).assign(severity="critical", message="Errors are large.", open=True)
    publish(literal / "demo", tables)
    monkeypatch.setattr(frame, "today", lambda: date(2026, 9, 1))
    text = read(opened("plan"))
    assert "A critical alert is open, so take the promise with care: Errors are large." in text
    assert "The data are as of 1 March 2026, 184 days ago" in text
    text = read(opened("bundles"))
    assert "A critical alert is open, so take the promise with care: Errors are large." in text
    assert "The data are as of 1 March 2026, 184 days ago" in text


def test_wishes_are_named_as_far_as_they_can_be_wished_for_also_where_nothing_fits(literal: Path) -> None:
    tables = literal_tables()
    tables["plan_athletes"] = tables["plan_athletes"].assign(sport="golf", country=None)
    publish(literal / "demo", tables)
    told = "Wishes, such as how many athletes or who must be in, stand in the sidebar"
    assert told in read(opened("plan"))
    nothing = read(opened("plan", budget="1", athletes="5"))
    assert told in nothing
    assert "Asked for: most page views on average within $1; at least 5 athletes." in nothing
    assert "Nothing fits: nobody costs as little as $1." in nothing
    assert re.search(r"A budget of \$[\d,]+ would do for 5 athletes instead of \$1\.", nothing)


def test_who_must_be_in_a_plan_is_counted_on_the_button_before_the_boxes(literal: Path) -> None:
    first, second, *_ = literal_tables()["plan_athletes"].query("not novel")["athlete_id"]
    assert pinned_button(opened("plan")) == "Who must be in, or not"
    assert pinned_button(opened("plan", **{"with": f"{first},ghost"})) == "Must be in: 1"
    app = opened("plan", **{"with": str(first), "without": str(second)})
    assert pinned_button(app) == "Must be in: 1, not in: 1"
    members = set(app.dataframe[0].value["athlete_id"])
    assert first in members
    assert second not in members
    app.multiselect(key="with").set_value([]).run()
    assert pinned_button(app) == "Must not be in: 1"


def pinned_button(app: AppTest) -> str:
    (button,) = app.sidebar.get("popover")
    return str(button.proto.popover.label)


def test_what_the_promise_allows_for_is_said(literal: Path) -> None:
    tables = literal_tables()
    tables["chosen_sets"] = pd.DataFrame([(60, 5, 0.92, 1.0)], columns=tables["chosen_sets"].columns)
    publish(literal / "demo", tables)
    allowed = "92% of what single estimates add up to; all figures here allow for it."
    assert allowed in read(opened("bundles"))
    assert allowed in read(opened("plan"))


def test_an_opened_bundle_says_what_it_brings_and_what_can_be_promised(literal: Path) -> None:
    app = opened("bundles")
    app.query_params["bundle"] = "C1-small"
    app.run()
    text = read(app)
    assert "Widely followed (small): 5 athletes" in text
    assert "can be promised: the chance of reaching them is" in text
    assert (
        "The group “Widely followed” is no accident: formed again with other athletes, it comes back 90% alike." in text
    )
    assert "100% of its former members are still in it." in text


def test_an_opened_bundle_leads_to_a_plan_with_its_athletes(literal: Path) -> None:
    app = opened("bundles", bundle="C1-small")
    (link,) = [each.proto for each in app.main.get("page_link") if each.proto.page == "plan"]
    query = {name: values[0] for name, values in parse_qs(link.query_string).items()}
    inside = literal_tables()["bundle_members"].query("bundle_id == 'C1-small'")["athlete_id"]
    assert sorted(query["with"].split(",")) == sorted(inside)
    plan = opened("plan", **query)
    assert not plan.exception
    assert sorted(plan.dataframe[0].value["athlete_id"]) == sorted(inside)


def test_the_bundle_of_all_groups_tells_whose_group_is_which() -> None:
    about = literal_tables()["dataset"].iloc[0]
    members = pd.DataFrame({"name": ["Ana", "Ben"], "mean": [2.0, 1.0], "cost_dollars": [2.0, 1.0], "share": 0.5})
    members = members.assign(group=["C1, Golfers", "C2, Loud"], sport="golf", times_offered=0, remarks=None)
    assert list(bundle_columns.booked(members, about)) == ["name", "mean", "cost_dollars", "share", "group"]
    assert list(bundle_columns.booked(members.assign(group="C1", sport=["golf", None]), about))[-1] == "sport"


def test_the_first_column_leaves_room_for_a_figure_and_long_names_get_two_lines() -> None:
    short, long = pd.Series(["Ana", "Benedict"]), pd.Series(["Much discussed on Instagram (small)"])
    assert bundle_columns.first("Name", short)["width"] == 90
    assert bundle_columns.first("Name", long)["width"] == 200
    assert bundle_columns.row_height(short) is None
    assert bundle_columns.row_height(long) == frame.TWO_LINES
    assert bundle_columns.row_height(long + long) == frame.FOUR_LINES


def test_groups_of_a_first_formation_are_not_called_new(literal: Path) -> None:
    tables = literal_tables()
    tables["cluster_groups"] = tables["cluster_groups"].assign(state="new", kept=None, went_to="", came_from="")
    publish(literal / "demo", tables)
    app = opened("bundles", bundle="C1-small")
    assert "It is new." not in read(app)
    in_tab(app, "All groups")
    assert "Also those" not in read(app), "all of them are offered"


def with_groups(literal: Path) -> pd.DataFrame:
    """The literal snapshot with groups of which one took in another and lost a part, one is gone, one is too loose."""
    tables = literal_tables()
    groups = tables["cluster_groups"].set_index("identity")
    first, second = groups.index[:2]
    assert list(groups.index[:2]) == ["C1", "C2"]
    groups.loc[first, ["state", "came_from", "went_to", "kept"]] = ["merged", "C1, C7", "C2", 0.7]
    groups.loc[second, ["offered", "stability"]] = [False, 0.6]
    gone = {**groups.loc[first].to_dict(), "cluster": None, "name": "", "why": "", "members": 0, "offered": False}
    gone |= {"strength": None, "stability": None, "state": "gone", "came_from": "", "went_to": "C1", "kept": 0.0}
    groups = pd.concat([groups, pd.DataFrame([gone], index=["C7"])]).rename_axis("identity").reset_index()
    tables["cluster_groups"] = groups.astype({"cluster": "Int64"})
    tables["bundles"] = tables["bundles"][tables["bundles"]["identity"] != second]
    tables["bundle_members"] = tables["bundle_members"][~tables["bundle_members"]["bundle_id"].str.startswith(second)]
    members = tables["clusters"][["athlete_id", "identity"]].dropna().assign(membership=0.7)
    others = members.assign(identity=members["identity"].map({first: second, second: first}), membership=0.2)
    tables["cluster_memberships"] = pd.concat([members, others.dropna()], ignore_index=True)
    tables["cluster_settings"] = pd.DataFrame(
        [
            (0, 0.02, 5, "eom", False, 2, 0.3, 0.5, 0.31, None, False),
            (1, 0.04, 5, "leaf", False, 3, 0.2, 0.4, 0.29, 0.8, True),
        ],
        columns=[
            "setting",
            "size_share",
            "neighbours",
            "method",
            "on_plane",
            "clusters",
            "noise",
            "largest",
            "validity",
            "stable",
            "chosen",
        ],
    )
    publish(literal / "demo", tables)
    return tables["clusters"]


def test_every_group_tells_how_firm_it_is_and_what_became_of_it(literal: Path) -> None:
    with_groups(literal)
    app = opened("bundles", bundle="C1-small")
    assert "It took in C7. 70% of its former members are still in it; a large part is now in C2." in read(app)
    assert "in groups that come back too little alike to be offered" in read(app)
    in_tab(app, "All groups")
    listed = next(each.value for each in app.dataframe if "became" in each.value).set_index("identity")
    assert listed.loc["C2", ["on_offer", "stability"]].tolist() == ["no", 0.6]
    assert "Also those that come back too little alike to be offered, and those that are gone." in read(app)
    assert listed.loc["C7", "became"] == "It is gone; its members are mostly in C1."
    text = read(app)
    assert "2 settings were tried. Taken is the one with the highest density-based validity (0.29)" in text
    assert "groups of at least 4% of the athletes, with 5 neighbours" in text


def test_groups_tell_when_they_were_formed_and_who_has_joined_since(literal: Path) -> None:
    tables = literal_tables()
    inside = tables["bundle_members"].query("bundle_id == 'C1-small'")["athlete_id"].tolist()
    alone = tables["clusters"].query("cluster < 0")["athlete_id"].iloc[0]
    joined = tables["clusters"]["athlete_id"].isin([*inside[:2], alone])
    tables["clusters"] = tables["clusters"].assign(joined=joined)
    publish(literal / "demo", tables)
    app = opened("bundles", bundle="C1-small")
    table = next(each.value for each in app.dataframe if "later" in each.value).set_index("athlete_id")
    assert table["later"].dropna().to_dict() == dict.fromkeys(inside[:2], "yes")
    told = "2 athletes who came since joined the group they are most like, 1 is in none. 3 athletes have left since."
    told = f"Groups were formed on 1 March 2026: there were no groups before. {told}"
    assert told in read(in_tab(app, "All groups"))


def test_a_snapshot_from_before_newcomers_joined_groups_is_shown_as_it_was(literal: Path) -> None:
    tables = literal_tables()
    tables["clusters"] = tables["clusters"].drop(columns="joined")
    del tables["cluster_formation"], tables["cluster_base"]
    publish(literal / "demo", tables)
    app = opened("bundles", bundle="C1-small")
    assert tabs_of(app) == ["Who is in it", "All bundles", "All groups"]
    assert not any("later" in each.value for each in app.dataframe)
    assert "Groups were formed" not in read(in_tab(app, "All groups"))


@pytest.mark.parametrize(
    ("bundle", "told"),
    [
        (
            "C7-small",
            "The link names a bundle of group C7, which is gone. Its members are mostly in C1, Widely followed.",
        ),
        (
            "C2-small",
            "a group that comes back too little alike to be offered now: 60% alike, where 75% is asked.",
        ),
        ("C1-huge", "The link names a huge bundle of Widely followed, which is not offered in that size now."),
        ("C99-small", "The link names 'C99-small', which is not in this data set."),
    ],
)
def test_a_link_to_a_bundle_that_is_gone_says_where_its_members_are(literal: Path, bundle: str, told: str) -> None:
    with_groups(literal)
    app = opened("bundles", bundle=bundle)
    assert told in read(app)
    assert [each.icon for each in app.warning].count(":material/link_off:") == 1


def test_a_point_on_the_map_marks_its_row_and_tells_how_much_of_each_group_is_in_it(literal: Path) -> None:
    clusters = with_groups(literal)
    app = opened("bundles", bundle="C1-small")
    table = next(each for each in app.dataframe if "mean" in each.value)
    inside = str(table.value["athlete_id"].iloc[2])
    name = str(table.value["name"].iloc[2])
    app.session_state["map_point"] = inside
    app.run()
    table = next(each for each in app.dataframe if "mean" in each.value)
    assert '"rows":[2]' in table.proto.selection_default.replace(" ", "")
    assert f"The point is {name}, who is in this bundle." in read(app)
    assert f"Membership of {name}: 70% in C1, Widely followed; 20% in C2, Loud for their size." in read(app)
    app.session_state["map_point"] = str(clusters.loc[clusters["identity"] == "C2", "athlete_id"].iloc[0])
    app.run()
    assert "not in this bundle" in read(app) or "in no group on offer" in read(app)
    assert "70% in C2, Loud" in read(app)


def test_three_bundles_stand_side_by_side(literal: Path) -> None:
    app = opened("bundles")
    before = len(app.metric)
    names = app.multiselect(key="side").options[:3]
    app.multiselect(key="side").set_value(["mix-large", "mix-medium", "mix-small"]).run()
    assert not app.exception
    assert len(app.metric) == before + 3 * 5
    assert [each.value for each in app.subheader][:3] == names


def test_a_plan_keeps_the_budget_and_says_what_wishes_cost(literal: Path) -> None:
    app = opened("plan")
    app.number_input(key="budget").set_value(6_000)
    app.number_input(key="athletes").set_value(20).run()
    assert not app.exception
    booked = app.dataframe[0].value
    assert booked["cost_cents"].sum() <= 600_000
    assert len(booked) >= 20
    assert metric(app, "Proof") == "Best possible"
    assert "The least number of athletes: costs" in read(app)


def test_an_impossible_request_names_the_conflict_and_what_would_help(literal: Path) -> None:
    app = opened("plan")
    app.number_input(key="budget").set_value(100)
    app.number_input(key="athletes").set_value(30).run()
    text = read(app)
    assert "Nothing fits: the budget and the least number of athletes cannot be kept together." in text
    assert "would do for 30 athletes instead of $100" in text
    enough = re.search(r"A budget of \$([\d,]+) would do", text)
    assert enough is not None
    app.number_input(key="budget").set_value(int(enough[1].replace(",", ""))).run()
    assert "30 athletes for about" in read(app)
    app.number_input(key="budget").set_value(int(enough[1].replace(",", "")) - 1).run()
    text = read(app)
    assert "could be" in text
    assert not app.exception


def test_a_plan_of_few_athletes_by_link_and_what_spreading_costs(literal: Path) -> None:
    app = opened("plan", most="4", spread="true")
    assert not app.exception
    assert len(app.dataframe[0].value) == 4
    assert "The largest number of athletes: costs" in read(app)
    assert app.dataframe[-1].value["rarely_offered"].tolist()[0] == 0
    app.number_input(key="athletes").set_value(5).run()
    text = read(app)
    assert "the least number of athletes and the largest number of athletes cannot be kept together" in text
    assert "The largest number of athletes could be 5 instead of 4." in text
