"""What brand managers and athletes read: what is said is true of the data set at hand, and says what it is about."""

import re
from pathlib import Path

import pandas as pd
import pytest

from athlete_intel import charts
from athlete_intel.bundles.stage import bookable
from athlete_intel.ui import bundle_columns, columns, data_words, earnings_words
from tests.fixture_handles import handle_tables
from tests.fixture_snapshot import literal_snapshot, literal_tables, publish
from tests.test_pages_literal import opened, read


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any data set."""
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    monkeypatch.setenv("ATHLETE_INTEL_WORKSPACE", "demo")
    return tmp_path


def many_athletes(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables with so many athletes in no group that the map of bundles is thinned."""
    for name in ("clusters", "rankings"):
        alike = tables[name].head(1)
        more = pd.concat([alike.assign(athlete_id=f"more-{i}") for i in range(1_200)])
        if name == "clusters":
            more = more.assign(cluster=-1, identity=None)
        tables[name] = pd.concat([tables[name], more], ignore_index=True)
    return tables


def test_a_thinned_map_claims_no_group_for_a_mix_of_all(home: Path) -> None:
    publish(home / "demo", many_athletes(literal_tables()))
    assert "everybody in this bundle, and some of the others." in read(opened("bundles", bundle="mix-small"))
    assert "everybody in this bundle and its group, and some" in read(opened("bundles", bundle="C1-small"))


def test_the_map_rings_those_who_are_in_the_bundle() -> None:
    tables = literal_tables()
    clusters = tables["clusters"].merge(tables["rankings"], on="athlete_id")
    inside = tables["bundle_members"].query("bundle_id == 'mix-small'")["athlete_id"]
    chart = charts.bundle_map(clusters, tables["cluster_groups"], None, None, inside)
    (ring,) = (trace for trace in chart.data if trace.name == "in this bundle")
    places = clusters[clusters["athlete_id"].isin(inside)]
    assert sorted(zip(ring.x, ring.y, strict=True)) == sorted(zip(places["x"], places["y"], strict=True))
    assert len(places) == 5
    many = pd.concat([tables["cluster_groups"].head(1)] * 9).assign(identity=[f"C{i}" for i in range(1, 10)])
    *groups, ring = charts.bundle_map(clusters, many, None, None, inside).data
    assert ring.marker.color not in {group.marker.color for group in groups}, "a ring stands out from every group"
    nobody = charts.bundle_map(clusters, tables["cluster_groups"], None)
    assert all(trace.name != "in this bundle" for trace in nobody.data)


def set_aside(*rows: tuple[int, str]) -> pd.DataFrame:
    lines, reasons = zip(*rows, strict=True)
    return pd.DataFrame({"mapping": "m", "file": "a.csv", "line": lines, "column_name": "", "reason": reasons})


@pytest.mark.parametrize(
    ("quarantine", "told"),
    [
        (
            set_aside((2, "stands twice; the first, on line 1, is kept")),
            "1 row of the source files was set aside (quarantine), because it repeats an earlier row, which is kept.",
        ),
        (
            set_aside((2, "is not a number"), (3, "is not a number")),
            "2 rows of the source files were set aside (quarantine), because a value in each is not a number.",
        ),
        (
            set_aside(
                *((line, "stands twice; the first, on line 1, is kept") for line in (2, 3, 4)),
                *((line, "is empty") for line in (4, 5)),
                (5, "is not a time"),
                (6, "is not a time"),
                (7, "line 7 is cut off"),
            ),
            "6 rows of the source files were set aside (quarantine): 3 because they repeat earlier rows, which are "
            "kept; 2 because a value in each is empty; 2 for other reasons.",
        ),
    ],
)
def test_why_rows_were_set_aside_is_a_sentence(quarantine: pd.DataFrame, told: str) -> None:
    assert data_words.set_aside_sentence(quarantine) == told


def of_a_day(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    tables["dataset"]["outcome_label"] = "Page views a day"
    return tables


def test_what_a_cost_is_for_and_of_what_time_are_named(home: Path) -> None:
    publish(home / "demo", of_a_day(literal_tables()))
    for page in ("bundles", "plan"):
        app = opened(page)
        assert "page views a day on average, four times in five" in read(app)
        assert "page views a day can be promised" in read(app)
        labels = [metric.label for metric in app.metric]
        assert "Page views a day" in labels
        assert "Cost for 1,000 page views a day" in labels
    assert "for each 1,000 page views a day expected." in read(opened())
    assert "Pay is $25 for each 1,000 page views a day" in read(opened("earnings"))
    assert "typically 60k page views a day," in read(opened("rankings"))


def test_of_dollars_a_cost_is_for_so_many_dollars(home: Path) -> None:
    literal_snapshot(home / "demo", rows_are="athletes")
    for page in ("bundles", "plan"):
        assert "Cost for \\$1,000 of deal values" in [metric.label for metric in opened(page).metric]
    assert "for each $1,000 of deal values" in read(opened("earnings"))
    tables = literal_tables("athletes")
    about, bundles = tables["dataset"].iloc[0], tables["bundles"]
    table = bundles.assign(called=bundles["name"], cost_dollars=1.0, per_1000_dollars=bundles["per_1000_cents"] / 100)
    assert bundle_columns.offers(table, about)["per_1000_dollars"]["label"] == "Cost for $1,000"


def test_a_plan_tells_a_great_chance_of_more_than_the_budget_at_once_and_none_not_at_all(home: Path) -> None:
    literal_snapshot(home / "demo")
    answer = next(each.value for each in opened("plan", budget="5000").markdown if "of the budget is" in each.value)
    assert "but the chance that the cost exceeds it is" in answer
    rich = read(opened("plan", budget="900000"))
    assert "of the budget is left on average." in rich
    assert "exceeds" not in rich
    assert re.search(r"That is everybody who can be booked; only a budget below \$[\d,]+ would have to choose\.", rich)
    assert "everybody" not in read(opened("plan", budget="5000"))
    assert "That is everybody whom these wishes allow" in read(opened("plan", budget="900000", plan_sports="football"))


def test_who_stands_in_no_plan_is_named(home: Path) -> None:
    novel = literal_tables()["plan_athletes"].query("novel")
    literal_snapshot(home / "demo")
    assert f"{novel['name'].iloc[0]} stands in no plan: unlike anything" in read(opened("plan"))


def test_handles_that_nobody_looked_at_reassure_nobody(home: Path) -> None:
    tables = literal_tables()
    for name in ("bundles", "plan_athletes"):
        tables[name]["contested"] = 0
    publish(home / "demo", tables)
    for page in ("bundles", "plan"):
        assert "contested handle" not in read(opened(page)), "there are no handles"
    tables |= handle_tables(tables["payouts"])
    publish(home / "asked", tables)
    for page in ("bundles", "plan"):
        assert "no contested handle" in read(opened(page, data="asked"))
    tables["handle_states"] = tables["handle_states"].assign(state="not asked")
    publish(home / "unasked", tables)
    for page in ("bundles", "plan"):
        assert "contested handle" not in read(opened(page, data="unasked")), "nobody looked at them"


def test_whose_figures_may_rest_on_another_account_is_said_where_they_are_booked(home: Path) -> None:
    tables = literal_tables()
    name = tables["rankings"].set_index("athlete_id")["name"]
    # Left out: one that still counts waits for votes, and what a contested one says is not learnt from.
    publish(home / "demo", tables | handle_tables(tables["payouts"]))
    told = f"A handle of {name['athlete-02']} looks wrong or waits for review: what is expected may rest on another"
    assert told in read(opened("plan", **{"with": "athlete-01,athlete-02", "most": "2"}))
    assert "looks wrong" not in read(opened("plan", **{"with": "athlete-01", "most": "1"}))
    inside = tables["bundle_members"].query("athlete_id == 'athlete-02'")["bundle_id"].iloc[0]
    assert name["athlete-02"] in next(
        each.value for each in opened("bundles", bundle=inside).warning if "another account" in each.value
    )


def test_what_the_cost_pays_for_is_said_where_there_are_no_stories(home: Path) -> None:
    literal_snapshot(home / "demo", rows_are="athletes")
    assert "The cost is pay for the deal values, however long a campaign runs." in read(opened("plan"))
    literal_snapshot(home / "stories")
    assert "however long" not in read(opened("plan", data="stories"))


def test_the_map_of_one_group_names_no_largest() -> None:
    tables = literal_tables()
    clusters, groups = tables["clusters"], tables["cluster_groups"]
    only = groups.head(1)
    own = clusters.assign(identity=clusters["identity"].where(clusters["identity"] == only["identity"].iloc[0]))
    told = charts.bundle_map_summary(own, only)
    assert told.partition(". ")[0] == f"{own['identity'].notna().sum()} athletes in 1 group, {only['name'].iloc[0]}"


def test_followers_with_nothing_to_set_them_against_count_as_not_looked_at() -> None:
    tables = literal_tables()
    rankings, draws = tables["rankings"], tables["rankings"][["mean"]].to_numpy().repeat(4, axis=1)
    seen = tables["authenticity"]
    unseen = seen.assign(z=None, biggest_jump_share=None, jump_at=None, flagged=False)
    none = pd.Series(dtype="int64")
    assert bookable(rankings, tables["payouts"], none, seen, draws)["questioned"].sum() == 2
    assert bookable(rankings, tables["payouts"], none, unseen, draws)["questioned"].isna().all()


def test_past_estimates_stand_newest_first_and_their_pay_is_not_taken_for_money_paid(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("earnings")
    past = app.dataframe[0].value
    assert past["as_of"].is_monotonic_decreasing
    assert "not what was paid" in read(app)
    shown = columns.past(past, literal_tables()["dataset"].iloc[0])
    labels = [shown[name]["label"] for name in ("predicted_dollars", "actual_dollars")]
    assert labels == ["Pay predicted", "Would earn"]
    # At 1024 pixels a table has about 560.
    before = list(shown)[: list(shown).index("actual_dollars") + 1]
    assert sum(shown[name]["width"] for name in before) <= 540


def test_one_past_estimate_is_told_in_sentences() -> None:
    about = literal_tables("athletes")["dataset"].iloc[0]
    row = {
        "predicted": 1.9e6,
        "actual": 936_000.0,
        "inside": "inside",
        "predicted_dollars": 5e4,
        "actual_dollars": 46_800,
    }
    assert earnings_words.past_sentence(pd.DataFrame([row]), about) == (
        "There is one estimate that was made without knowing the outcome: typically $1.9M. $936k came, inside the "
        "range. By today's rate card that earns $46.8k; the estimate came to $50k."
    )


def test_earnings_say_what_is_paid_for_what_and_what_limits_it(home: Path) -> None:
    tables = literal_tables("athletes")
    publish(home / "demo", tables)
    assert "At today's rate your pay for the deal values is" in read(opened("earnings"))
    assert "What you can earn" in read(opened(role="Athlete"))
    tables = literal_tables()
    tables["payouts"].loc[tables["payouts"]["athlete_id"] == "athlete-00", ["expected_cents", "high_cents"]] = 5_000_000
    publish(home / "demo", tables)
    text = read(opened("earnings", athlete="athlete-00"))
    assert "typically $50k, the most that the rate card pays." in text
    assert "Only the price by the model is paid. Nobody is paid by engagements or by followers" in text


def test_typical_pay_and_cost_are_told_apart_where_they_stand(home: Path) -> None:
    literal_snapshot(home / "demo")
    assert "The cost in bundles and plans is pay on average." in read(opened("compare"))
    tables = literal_tables()
    members = tables["plan_athletes"].assign(cost_dollars=1.0, share=0.1)
    shown = bundle_columns.booked(bundle_columns.shown(members), tables["dataset"].iloc[0])
    assert "Typical pay, on other pages, is the middle" in shown["cost_dollars"]["help"]


def test_the_rank_by_followers_says_among_how_many_it_counts(home: Path) -> None:
    tables = literal_tables()
    publish(home / "demo", tables)
    assert "The rank by followers counts only" not in read(opened("rankings"))
    last = tables["peer_groups"]["athlete_id"].isin(["athlete-38", "athlete-39"])
    tables["peer_groups"].loc[last, "follower_rank_in_group"] = None
    publish(home / "demo", tables)
    app = opened("rankings")
    assert "counts only the 38 of 40 athletes whose followers are known" in read(app)
    assert "rank_in_group" in app.dataframe[0].value, "the rank among those is what theirs is set against"


def test_earnings_name_in_sentences_what_raises_and_what_lowers_the_estimate(home: Path) -> None:
    literal_snapshot(home / "demo")
    text = read(opened("earnings"))
    assert "The estimate is raised most by " in text
    assert "It is lowered most by " in text or "Nothing that the model looks at lowers it." in text
