"""Rankings and comparison in depth: links, filters, followers, questions, empty states, and what is taken away."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from athlete_intel.influence.peers import peer_groups
from athlete_intel.ui import formats, ranking_columns
from tests.fixture_snapshot import literal_snapshot, literal_tables, publish
from tests.tabs import in_tab
from tests.test_pages_literal import APP, read

FOURTH = "María José Fernández de la Vega y Rodríguez"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of data sets, with `demo` as the default one."""
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    monkeypatch.setenv("ATHLETE_INTEL_WORKSPACE", "demo")
    return tmp_path


def linked(page: str, **query: str) -> AppTest:
    """A page as a link with these parameters opens it."""
    app = AppTest.from_file(APP, default_timeout=60).run().switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def ranked(app: AppTest) -> pd.DataFrame:
    """The table of all athletes found."""
    return next(table.value for table in app.dataframe if "rank_low" in table.value)


def facts(app: AppTest) -> pd.DataFrame:
    """The table of facts side by side: a row for each fact, a column for each athlete."""
    shown: pd.DataFrame = app.table[0].value
    return shown.map(lambda text: text.replace("\\", "")).rename(columns=lambda name: name.replace("\\", ""))


def test_ranks_have_ranges_and_movement(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("rankings")
    assert "The rank of Élodie Ångström-Łukasiewicz is 1; 90 times in 100 the true one lies from 1 to 4." in read(app)
    table = ranked(app)
    assert table["moved"].tolist()[:2] == [2, 2]
    assert table["moved"].tolist()[-1] == -1
    assert table["rank_high"].tolist()[:3] == [4, 5, 6]


def test_a_first_snapshot_has_no_movement(home: Path) -> None:
    tables = literal_tables()
    tables["rankings"]["previous_rank"] = pd.array([None] * 40, dtype="Int64")
    publish(home / "demo", tables)
    assert ranked(linked("rankings"))["moved"].isna().all()
    assert set(facts(linked("compare")).loc["Since the data before"]) == {"no earlier rank"}


def test_followers_are_judged_overall_and_within_a_group(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("rankings", tab="Against followers")
    assert [button.label for button in app.segmented_control] == ["In the chart", "Followers judged within"]
    assert app.segmented_control(key="within").options == ["All athletes", "Sport", "Tier"]
    overall = ranked(app).set_index("athlete_id")["by_followers"]
    assert overall["athlete-01"] == "under-rated"
    assert overall["athlete-23"] == "over-rated"
    number = (overall == "under-rated").sum(), (overall == "over-rated").sum()
    told = (
        f"Judged among all athletes, {number[0]} of 40 draw more than their followers suggest and {number[1]} draw less"
    )
    assert told in read(app)
    app.segmented_control(key="within").set_value("Sport").run()
    assert not app.exception
    table = ranked(app)
    assert set(table["group"]) == {"football", "tennis"}
    assert table["rank_in_group"].max() == 20
    assert "Judged within the same sport" in read(app)


def test_search_filters_and_choices_stand_in_the_link(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("rankings", search="dončic", sport="tennis", within="Sport", top="20")
    assert not app.exception
    table = ranked(app)
    assert set(table["name"].str.split().str[-1]) == {"Dončić"}
    assert set(table["sport"]) == {"tennis"}
    assert "group" in table
    assert app.segmented_control(key="top").value == "20"


def test_a_link_to_a_grouping_that_is_not_there_shows_all_athletes(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("rankings", within="Position", only="Something else")
    assert not app.exception
    assert app.segmented_control(key="within").value == "All athletes"
    assert len(ranked(app)) == 40


def test_the_list_can_be_narrowed_to_what_needs_a_look(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("rankings", only="Followers in question")
    assert ranked(app)["athlete_id"].tolist() == ["athlete-03", "athlete-08"]
    app.sidebar.multiselect(key="only").set_value(["Followers in question", "Unlike anything seen"]).run()
    table = ranked(app)
    assert table["athlete_id"].tolist() == ["athlete-03", "athlete-08", "athlete-39"]
    assert table["unlike"].tolist()[-1] == "pay waits"
    app.sidebar.multiselect(key="only").set_value(["Under-rated by followers"]).run()
    assert set(ranked(app)["by_followers"]) == {"under-rated"}


def test_questions_about_followers_come_with_their_evidence(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("rankings", tab="Followers real?")
    text = read(app)
    assert "For 2 of 40 athletes the followers raise a question, on 2 accounts. It is a question, not a verdict" in text
    asked = next(table.value for table in app.dataframe if "question" in table.value)
    assert asked["question"].str.startswith("Do these followers read?").all()
    assert ranked(app).set_index("athlete_id").loc["athlete-03", "asked"] == "? on Twitter"
    assert "No athlete" not in text


def test_nothing_to_ask_is_said(home: Path) -> None:
    tables = literal_tables()
    tables["authenticity"] = tables["authenticity"].assign(flagged=False, question=None)
    publish(home / "demo", tables)
    text = read(linked("rankings", tab="Followers real?"))
    assert "The followers of these athletes fit their likes, and no jump stands out." in text


def test_a_ranking_that_is_taken_away_has_the_names_and_digits_of_the_page(home: Path) -> None:
    tables = literal_tables()
    about = tables["dataset"].iloc[0]
    table = tables["rankings"].head(1).assign(predicted=163644.3340026983, by_followers="as ranked")
    (row,) = ranking_columns.as_file(table, about).to_dict("records")
    assert row["Typical, page views"] == 163644.33
    assert {"Name", "Rank", "From, page views", "By followers", "Id"} <= row.keys()
    assert not [name for name in row if name == name.casefold()], "no name of a column inside"
    in_dollars = about.replace({"page views": "deal values"}).where(about.index != "outcome_unit", "$")
    assert "Typical, deal values, $" in ranking_columns.as_file(table, in_dollars)


def test_a_name_that_markdown_would_change_stays_as_it_is(home: Path) -> None:
    tables = literal_tables()
    tables["rankings"].loc[0, ["name", "team"]] = ["*Ana* $1 <b>", "1. FC Union"]
    publish(home / "demo", tables)
    app = linked("compare", compare="athlete-00")
    assert facts(app).columns.tolist() == ["*Ana* $1 <b>"]
    assert facts(app).loc["Team"].item() == "1. FC Union"
    assert app.table[0].value.loc["Team"].item() == "1\\. FC Union"


def test_a_search_without_a_hit_offers_a_way_out(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("rankings", search="nobody at all")
    assert "No athlete fits this search." in read(app)
    assert "take filters away in the sidebar" in read(app)
    assert not app.exception


def test_a_data_set_without_followers_says_so_and_offers_no_comparison_with_them(home: Path) -> None:
    literal_snapshot(home / "demo", rows_are="athletes")
    app = linked("rankings")
    assert "so nobody is over- or under-rated by them" in read(in_tab(app, "Against followers"))
    assert "there is nothing to ask about their followers" in read(in_tab(app, "Followers real?"))
    assert "Under-rated by followers" not in [metric.label for metric in app.metric]
    compare = linked("compare")
    assert not compare.exception
    assert not [fact for fact in facts(compare).index if "followers" in fact.lower()]


def test_unknown_followers_of_some_leave_the_others_judged(home: Path) -> None:
    tables = literal_tables()
    tables["rankings"].loc[:9, ["followers", "follower_rank"]] = None
    tables["peer_groups"] = peer_groups(tables["rankings"])
    publish(home / "demo", tables)
    app = linked("rankings", tab="Against followers")
    assert ranked(app)["by_followers"].isna().sum() == 10
    assert ranked(app)["rank_in_group"].max() == 30
    assert "of 30 draw more" in read(app)
    only_these = linked("rankings", search="Élodie", tab="Against followers")
    assert "Nobody of those found can be judged" in read(only_these)


def test_without_a_choice_the_first_three_are_compared(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("compare")
    assert app.multiselect(key="compare").value == ["athlete-00", "athlete-01", "athlete-02"]
    assert "Élodie Ångström-Łukasiewicz leads: typically 60k page views" in read(app)
    assert "Jánošík Ďurišić follows with 52k. Their ranks may truly be the other way round." in read(app)
    assert app.query_params["compare"] == "athlete-00,athlete-01,athlete-02"


def test_a_link_compares_those_it_names(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("compare", compare="athlete-08,athlete-03,athlete-39")
    assert not app.exception
    table = facts(app)
    assert table.columns.tolist() == [FOURTH, "Ebba Abiola", "Femi Dončić"], "in the order of their ranks"
    assert table.loc["Typical page views", FOURTH] == "39.1k"
    assert table.loc["Typical pay", FOURTH] == "$977"
    assert table.loc["Rank", "Femi Dončić"] == "40, probably 37 to 40"
    assert table.loc["Since the data before", "Femi Dončić"] == "down 1"
    assert table.loc["Followers real?"].tolist() == ["? on Twitter", "? on Twitter", "-"]
    assert table.loc["Unlike anything seen", "Femi Dončić"] == "Median likes 30x the most seen in training."
    assert table.loc["By followers, all athletes", "Femi Dončić"].startswith("over-rated: 34 of 40 by followers")
    assert "Raises it most" in table.index
    tested = next(each.value for each in app.dataframe if "tested" in each.value)
    assert tested["tested"].tolist() == [4, 4, 4]
    assert "4 estimates, off by a factor of" in read(app)


def test_choosing_others_rewrites_the_link(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("compare", compare="athlete-08")
    assert "Ebba Abiola: typically" in read(app)
    app.multiselect(key="compare").set_value(["athlete-08", "athlete-09"]).run()
    assert app.query_params["compare"] == "athlete-08,athlete-09"
    assert facts(app).columns.tolist() == ["Ebba Abiola", "Femi Abiola"]


def test_a_choice_outlives_a_visit_to_another_page(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("compare", compare="athlete-08,athlete-09")
    app.switch_page("pages/rankings.py").run()
    back = app.switch_page("pages/compare.py").run()
    assert back.multiselect(key="compare").value == ["athlete-08", "athlete-09"]


def test_a_link_with_more_than_five_shows_the_first_five_and_says_so(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("compare", compare=",".join(f"athlete-{i:02d}" for i in range(7)))
    assert not app.exception
    assert "The link names 7; the first 5 stand here." in read(app)
    assert len(facts(app).columns) == 5


def test_unknown_athletes_in_a_link_are_told(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("compare", compare="nobody,athlete-08,somebody")
    assert "The link names 'nobody', 'somebody', which are not in this data set." in read(app)
    assert facts(app).columns.tolist() == ["Ebba Abiola"]
    alone = linked("compare", compare="<b>nobody</b>")
    assert "'<b>nobody</b>', which is not in this data set" in read(alone)
    assert "Nobody is chosen yet." in read(alone)


def test_an_empty_choice_says_what_to_do(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = linked("compare")
    app.multiselect(key="compare").set_value([]).run()
    assert not app.exception
    assert "Nobody is chosen yet." in read(app)
    assert "Choose up to 5 athletes in the sidebar, or select rows in the rankings." in read(app)


def test_athletes_without_past_estimates_are_said_to_have_none(home: Path) -> None:
    tables = literal_tables()
    tables["backtest"] = tables["backtest"][tables["backtest"]["athlete_id"] != "athlete-08"]
    publish(home / "demo", tables)
    assert "so there are no past estimates" in read(linked("compare", compare="athlete-08"))
    assert "none tested." in read(linked("compare", compare="athlete-08,athlete-09"))


def test_a_table_taken_away_runs_no_formula_and_loses_nothing() -> None:
    hostile = [
        "=SUM(A1)",
        "+A1",
        "@x",
        "-cmd|' /C calc'!A0",
        "\t=1",
        "\r=1",
        "\n=1",
        "\N{FULLWIDTH EQUALS SIGN}1+1",
        '=HYPERLINK("http://x","y")',
    ]
    plain = ["Łuk, Ana", "O'Neill", "-2", "+4.5", "-1e-3", 'Dwayne "The Rock"', "a=b", "'=1", "", "-", "1-2"]
    table = pd.DataFrame({"name": [*hostile, *plain], "rank": range(-3, len(hostile) + len(plain) - 3)})
    text = formats.csv_bytes(table).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["name", "rank"]
    told = [row[0] for row in rows[1:]]
    assert told[: len(hostile)] == [f"'{name}" for name in hostile]
    assert told[len(hostile) :] == [f"'{name}" if name == "-" else name for name in plain], "plain numbers stay"
    assert [int(row[1]) for row in rows[1:]] == list(table["rank"])


def test_hostile_headers_and_categories_are_made_harmless_too() -> None:
    table = pd.DataFrame({"=1+1": pd.Categorical(["=2+2", "fine"])})
    assert formats.csv_bytes(table).decode("utf-8-sig").split() == ["'=1+1", "'=2+2", "fine"]
