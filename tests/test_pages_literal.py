"""Every page against a small literal snapshot: the answer is there, filters filter, links open what they name."""

import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from athlete_intel.journal import Journal
from athlete_intel.monitoring.acknowledged import acknowledgement_of
from athlete_intel.payouts.cards import SHIPPED, parse_card
from athlete_intel.settings import Settings
from athlete_intel.ui import formats, frame
from athlete_intel.warehouse import Snapshot, Snapshots
from tests.fixture_snapshot import literal_snapshot, literal_tables, missing_columns, publish
from tests.tabs import in_tab, tabs_of

APP = str(Path(__file__).parents[1] / "app.py")
PAGES = (
    "overview",
    "rankings",
    "compare",
    "earnings",
    "bundles",
    "plan",
    "campaigns",
    "health",
    "handles",
    "payouts",
    "data",
    "drift",
    "alerts",
    "models",
    "runs",
)

Open = Callable[..., AppTest]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of data sets, with `demo` as the default one."""
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    monkeypatch.setenv("ATHLETE_INTEL_WORKSPACE", "demo")
    return tmp_path


def opened(page: str = "overview", **query: str) -> AppTest:
    """A page as it looks after its first run."""
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    return app if page == "overview" else app.switch_page(f"pages/{page}.py").run()


def read(app: AppTest) -> str:
    """All text of the page, as a reader sees it."""
    kinds = ("title", "header", "markdown", "caption", "warning", "info", "success", "error", "code")
    return "\n".join(element.value for kind in kinds for element in getattr(app, kind)).replace("\\", "")


@pytest.mark.parametrize("rows_are", ["stories", "athletes"])
def test_the_literal_snapshot_keeps_the_contract(rows_are: str) -> None:
    assert missing_columns(literal_tables(rows_are)) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize("rows_are", ["stories", "athletes"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens(home: Path, page: str, rows_are: str) -> None:
    literal_snapshot(home / "demo", rows_are=rows_are)  # type: ignore[arg-type]
    app = opened(page)
    assert not app.exception
    assert not app.error
    assert app.sidebar.caption[0].value == "Data as of 1 March 2026"
    # Only the first of the two data sets is made up, and then every page says so.
    assert ("Demo data: made-up athletes" in read(app)) == (rows_are == "stories")
    for tab in tabs_of(app)[1:]:
        assert not in_tab(app, tab).exception, tab
        assert not app.error, tab


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("overview", "Élodie Ångström-Łukasiewicz leads: typically 60k page views, four times in five 33k to 114k."),
        ("rankings", "Élodie Ångström-Łukasiewicz leads: typically 60k page views, four times in five 33k to 114k."),
        ("earnings", "The next story earns $825 to $2,850 four times in five, typically $1,500."),
        ("earnings", "brought more than estimated"),
        (
            "bundles",
            "The best of every group (large): 20 athletes for about $14.1k on average, four times in five $11.1k",
        ),
        ("bundles", "5 athletes (12%) are unlike any group."),
        ("health", "The model is typically off by a factor of 1.60 on page views it had not seen"),
        ("drift", "1 of 4 features drifts"),
        ("health", "Added up over all predictions of a window, what came was 102% of the average that was expected."),
        ("data", "8,000 rows from 1 file were read; 3 rows (<0.1%) were set aside (quarantine)."),
    ],
)
def test_the_answer_comes_first(home: Path, page: str, sentence: str) -> None:
    literal_snapshot(home / "demo")
    assert sentence in read(opened(page))


def test_the_page_of_data_calls_tables_and_rows_by_one_name_and_says_who_is_left_out(home: Path) -> None:
    tables = literal_tables("athletes")
    facts = tables["table_facts"]
    facts.loc[facts["table_name"] == "athletes", "rows"] = len(tables["rankings"]) + 32
    facts.loc[facts["table_name"] == "posts", ["table_name", "rows"]] = ["handle_gold", 0]
    facts.loc[0, "about"] = "Teams may stand here, too; `kind` tells them apart."
    publish(home / "demo", tables)
    app = opened("data")
    assert not app.exception
    text = read(app)
    assert "of the other 32 no feature is known that an estimate could rest on." in text
    assert "This data set holds none of these: gold questions about handles." in text
    assert "reach to the end of 28 February 2026" in text
    (shown,) = [table.value for table in app.dataframe if "about" in table.value]
    assert shown["about"].iloc[0] == "Teams may stand here, too; “kind” tells them apart."
    assert "Rows in all tables" in [metric.label for metric in app.metric]


def test_overview_says_what_needs_attention(home: Path) -> None:
    literal_snapshot(home / "demo")
    points = [warning.value for warning in opened().warning]
    assert points[1].startswith("Critical alert: Errors are larger than inputs explain. Outcomes lie farther from")
    assert "See the open alerts" in "".join(link.proto.label for link in opened().main.get("page_link"))
    assert any("1 feature drifted away" in point for point in points)
    # Four values stand in quarantine; two are of one row, and the lines that reasons name do not set them apart.
    told = "3 rows of the source files were set aside (quarantine): 2 because they repeat earlier rows, which are kept;"
    assert any(point.replace("\\", "").startswith(told) for point in points)
    assert not any("Ranges held" in point for point in points), "79% where 80% was aimed at is fine"


@pytest.mark.parametrize("page", ["overview", "earnings", "payouts", "plan"])
def test_where_pay_or_a_promise_is_told_so_is_what_speaks_against_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr(frame, "today", lambda: date(2026, 9, 1))
    literal_snapshot(home / "demo")
    acknowledged = "An analyst has acknowledged it; it stays open while its reason lasts."
    text = read(opened(page))
    assert "Errors are larger than inputs explain. Outcomes lie farther from" in text
    assert "The data are as of 1 March 2026, 184 days ago" in text
    assert acknowledged not in text
    row = literal_tables()["alerts"].iloc[0]
    with Journal.of(Settings(home=home, workspace="demo")) as journal:
        journal.append("alert_acknowledgements", acknowledgement_of(row), who="Kim", role="analyst", why="known")
    monkeypatch.setattr(frame, "today", lambda: date(2026, 5, 1))
    text = read(opened(page))
    assert acknowledged in text
    assert "The data are as of" not in text


def test_overview_tells_what_the_card_of_the_model_says_where_it_differs(home: Path) -> None:
    tables = literal_tables()
    chosen = tables["model_candidates"]["chosen"]
    figures = tables["model_candidates"].loc[chosen].iloc[0]
    card = {name: figures[name] for name in ("mae_log", "baseline_mae_log", "coverage")}
    same = tables["models"].assign(version=tables["dataset"]["model_version"].item(), **card).head(1)
    publish(home / "demo", tables | {"models": same})
    assert "When the model in use was learnt" not in read(opened())
    publish(home / "demo", tables | {"models": same.assign(baseline_mae_log=0.9, coverage=0.83)})
    assert "it was 1.60 (a naive guess: 2.46) and 83%." in read(opened())


def test_overview_warns_of_a_model_that_does_not_help(home: Path) -> None:
    tables = literal_tables()
    tables["model_candidates"].loc[tables["model_candidates"]["chosen"], ["mae_log", "coverage"]] = [1.2, 0.6]
    publish(home / "demo", tables)
    text = read(opened())
    assert "no better than a naive guess" in text
    assert "Ranges held 60% of outcomes instead of 80%: they are too narrow." in text


def test_search_takes_no_notice_of_accents_and_the_address_keeps_it(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("rankings")
    app.text_input(key="search").set_value("dončic").run()
    shown = app.dataframe[0].value
    assert set(shown["name"].str.split().str[-1]) == {"Dončić"}
    assert f"among the {len(shown)} athletes found" in read(app)


def test_filters_offer_only_what_differs(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("rankings")
    assert {box.label for box in app.sidebar.multiselect} == {"Kind", "Sport", "Team", "Country", "Show only"}
    app.sidebar.multiselect(key="sport").set_value(["tennis"]).run()
    table = next(table.value for table in app.dataframe if "sport" in table.value)
    assert set(table["sport"]) == {"tennis"}
    assert len(table) == 20


def test_a_search_without_a_hit_says_what_to_do(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("rankings")
    app.text_input(key="search").set_value("nobody at all").run()
    assert "No athlete fits this search." in read(app)
    assert not app.exception
    after = app.switch_page("pages/data.py").run()
    assert after.title[0].value == "Data"
    assert after.sidebar.caption[0].value == "Data as of 1 March 2026", (
        "a page that stopped early leaves nothing behind"
    )


def test_a_link_opens_its_athlete(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("earnings")
    app.query_params["athlete"] = "athlete-07"
    app.run()
    assert app.selectbox(key="athlete").value == "athlete-07"
    assert app.title[0].value == "Earnings of Dario Abiola"
    app.selectbox(key="athlete").set_value("athlete-08").run()
    assert app.title[0].value == "Earnings of Ebba Abiola"
    assert app.query_params["athlete"] == "athlete-08"


def test_a_link_opens_its_bundle(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("bundles")
    app.query_params["bundle"] = "C3-small"
    app.run()
    assert "Steady (small): 5 athletes" in read(app)


def test_a_link_to_an_unknown_athlete_is_told(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("earnings")
    app.query_params["athlete"] = "nobody"
    app.run()
    assert "'nobody', which is not in this data set. Choose whom to see." in read(app)
    assert (app.title[0].value, list(app.metric)) == ("Earnings", []), "nobody else's pay stands there"
    assert app.selectbox(key="athlete").value is None
    app.selectbox(key="athlete").set_value("athlete-07").run()
    assert app.title[0].value == "Earnings of Dario Abiola"
    assert "not in this data set" not in read(app)
    overview = opened(athlete="nobody", role="Athlete")
    assert "Choose whom to see." in read(overview)
    assert "What your next story earns" not in read(overview)


def test_athletes_of_the_same_name_can_both_be_chosen(home: Path) -> None:
    tables = literal_tables()
    tables["rankings"].loc[[4, 5], ["name", "team"]] = ["Ana Abiola", "Reds"]
    publish(home / "demo", tables)
    app = opened("earnings", athlete="athlete-04")
    assert app.selectbox(key="athlete").value == "athlete-04"
    app.selectbox(key="athlete").set_value("athlete-05").run()
    assert app.selectbox(key="athlete").value == "athlete-05"


def test_past_estimates_are_shown_in_pay(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("earnings")
    past = app.dataframe[0].value
    assert past["predicted_dollars"].tolist() == [1575.0, 1500.0, 1425.0, 1350.0], "newest first"
    assert "3 of 4 stories fell inside the range" in read(app)


def test_pay_of_the_past_and_its_words_follow_the_athletes_own_terms(home: Path) -> None:
    text = (
        (SHIPPED / "standard.toml")
        .read_text(encoding="utf-8")
        .replace("commission_share = 0.0", "commission_share = 0.1")
    )
    text = text.replace("cap_cents = 5000000", "cap_cents = 140000").replace(
        "[minimums]", "[minimums]\nathlete-00 = 45000"
    )
    card = parse_card(tomllib.loads(text, parse_float=Decimal), "own.toml")
    tables = literal_tables()
    tables["rate_card_source"] = tables["rate_card_source"].assign(json=card.json)
    publish(home / "demo", tables)
    app = opened("earnings", athlete="athlete-00")
    # $1,350, $1,425, $1,500 and $1,575 by the rate alone; the cap is $1,400, and a tenth stays with the house.
    assert app.dataframe[0].value["predicted_dollars"].tolist() == [1260.0, 1260.0, 1260.0, 1215.0]
    assert "at least $500 and at most $1,400; 10% of that stays with the house" in read(app)


def test_estimates_made_without_a_range_are_not_counted_as_missed(home: Path) -> None:
    tables = literal_tables()
    first = tables["backtest"]["window"] == tables["backtest"]["window"].min()
    tables["backtest"].loc[first, ["low", "high"]] = None
    publish(home / "demo", tables)
    assert "4 stories: 2 of the 3 that had a range fell inside it" in read(opened("earnings"))
    assert "160 predictions tested. Of 120 with a range" in read(opened("health"))


def test_a_data_set_without_stories_says_so(home: Path) -> None:
    literal_snapshot(home / "demo", rows_are="athletes")
    assert "one value for each athlete" in read(opened("earnings"))
    assert "This data set has one day only; drift needs two windows" in read(opened("drift"))
    assert "no follower counts" in read(opened("rankings"))
    assert "typically a deal values of $60k" in read(opened())
    health = opened("health")
    assert "split by chance into 2 parts" in read(health)
    assert "in 2 of 2 parts; its worst was part 2 of 2" in read(health)
    assert health.dataframe[0].value["window"].tolist() == ["part 1 of 2", "part 2 of 2"]


def test_a_range_that_was_never_tested_promises_nothing(home: Path) -> None:
    tables = literal_tables()
    tables["model_candidates"]["coverage"] = None
    publish(home / "demo", tables)
    for page in ("overview", "rankings"):
        assert "typically 60k page views, with a range of 33k to 114k (not yet tested)." in read(opened(page))
    earnings = opened("earnings")
    assert "The next story earns $825 to $2,850 (a range not yet tested), typically $1,500." in read(earnings)
    assert "Range (not yet tested)" in [metric.label for metric in earnings.metric]
    for page in ("overview", "rankings", "earnings", "bundles"):
        assert "four times in five" not in read(opened(page))


def test_a_snapshot_without_averages_says_nothing_of_them(home: Path) -> None:
    tables = literal_tables()
    for name, column in (("rankings", "mean"), ("payouts", "mean_cents"), ("dataset", "mean_factor")):
        del tables[name][column]
    del tables["accuracy_by_window"]["total_ratio"]
    publish(home / "demo", tables)
    # Plans came with averages: a snapshot without them has nothing to plan with.
    for page in (page for page in PAGES if page not in ("plan", "campaigns")):
        app = opened(page)
        assert not app.exception
        assert not app.error
        assert "verage" not in read(app)


def test_what_has_no_value_is_not_called_unknown(home: Path) -> None:
    literal_snapshot(home / "demo")
    text = read(opened("earnings", athlete="athlete-05"))
    assert "Median Wikipedia views a day, not known, so taken as typical (" in text
    assert "How all of it comes together (+35%)" in text


def test_a_small_p_value_is_not_zero(home: Path) -> None:
    tables = literal_tables()
    tables["drift"].loc[0, "ks_p"] = 1e-9
    publish(home / "demo", tables)
    shown = next(table.value for table in opened("drift", tab="By feature").dataframe if "p_words" in table.value)
    assert shown["p_words"].tolist()[0] == "<0.0001"


def test_quarantined_values_are_counted_by_row_and_reason(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("data", tab="Quarantine")
    groups = next(table.value for table in app.dataframe if "rows" in table.value and "reason" in table.value)
    assert groups[["reason", "rows"]].to_numpy().tolist() == [
        ["repeats an earlier row, which is kept", 2],
        ["likes must be at least 0", 1],
    ]
    assert next(metric.value for metric in app.metric if metric.label == "Rows of files set aside") == "3"
    assert not in_tab(app, "Snapshots").code, "there is no snapshot to go back to"
    before = Snapshots(home / "demo").current()
    literal_snapshot(home / "demo")
    app = opened("data", tab="Snapshots")
    assert f"This goes back to the snapshot of {formats.snapshot(before.id)}" in read(app)
    assert [code.value for code in app.code] == [f"athlete-intel snapshots rollback --workspace demo --home {home}"]


def test_without_bundles_the_page_explains(home: Path) -> None:
    tables = literal_tables()
    tables["bundles"] = tables["bundles"].head(0)
    tables["clusters"] = tables["clusters"].assign(cluster=-1, identity=None, strength=0.0)
    publish(home / "demo", tables)
    app = opened("bundles")
    assert not app.exception
    assert "A bundle is made where enough athletes lie close together" in read(app)
    assert "there are no bundles" in read(opened())


@pytest.mark.parametrize("page", PAGES)
def test_nearly_empty_tables_are_no_error(home: Path, page: str) -> None:
    tables = literal_tables()
    for name in ("drivers", "payouts", "backtest", "accuracy_by_window", "accuracy_by_group", "imports", "quarantine"):
        tables[name] = tables[name].head(0)
    tables["rankings"] = tables["rankings"].head(1)
    publish(home / "demo", tables)
    app = opened(page)
    assert not app.exception
    assert not app.error


def test_without_a_snapshot_the_command_that_mends_it_is_shown(home: Path) -> None:
    app = opened()
    assert not app.exception
    assert app.title[0].value == "Nothing to show yet"
    command = app.code[0].value
    assert command.startswith("athlete-intel cycle")
    assert command.endswith(f"--workspace demo --home {home}")
    assert [code.value for code in app.code[1:]] == [
        "athlete-intel demo --to world",
        f"athlete-intel cycle demo --from world --workspace demo --home {home}",
    ]


def test_a_snapshot_of_another_version_is_told_without_sql(home: Path) -> None:
    tables = literal_tables()
    del tables["drift"]
    publish(home / "demo", tables)
    app = opened()
    assert not app.exception
    assert "drift" in app.error[0].value.replace("\\", "")
    assert "SELECT" not in read(app)
    where = f"--workspace demo --home {home}"
    assert [code.value for code in app.code] == [
        f"athlete-intel snapshots rollback {where}",
        f"athlete-intel build --force {where}",
    ]


def test_a_file_that_the_system_refuses_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    literal_snapshot(home / "demo")

    def refuse(self: Snapshots) -> Snapshot:
        raise PermissionError(13, "Permission denied", str(home / "demo" / "current.json"))

    monkeypatch.setattr(Snapshots, "current", refuse)
    app = opened()
    assert not app.exception
    told = app.error[0].value.replace("\\", "")
    assert told == f"{home / 'demo' / 'current.json'} cannot be read: Permission denied."
    assert app.code[0].value == f"athlete-intel doctor --workspace demo --home {home}"


def test_a_wrong_setting_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATHLETE_INTEL_INTERVAL", "2")
    app = opened()
    assert "The setting interval is 2.0" in app.error[0].value.replace("\\", "")
    assert app.code[0].value == "athlete-intel doctor"


@pytest.mark.parametrize(
    ("page", "param"), [("models", "version"), ("drift", "feature"), ("campaigns", "campaign"), ("bundles", "bundle")]
)
def test_a_link_to_what_is_not_there_is_told(home: Path, page: str, param: str) -> None:
    literal_snapshot(home / "demo")
    assert "The link names 'nothing', which is not in this data set." in read(opened(page, **{param: "nothing"}))


@pytest.mark.parametrize(
    ("page", "query", "told"),
    [
        ("rankings", {"sport": "quidditch"}, "asks for 'quidditch' in the filter Sport, which this data set does not"),
        ("rankings", {"only": "nobody"}, "asks for 'nobody' in the filter Show only"),
        ("rankings", {"within": "Galaxy"}, "'Galaxy' in the field Followers judged within, which cannot be; All ath"),
        ("rankings", {"top": "99"}, "'99' in the field In the chart, which cannot be; 10 stands there."),
        ("rankings", {"tab": "Nowhere"}, "'Nowhere' in the field Tab, which cannot be; By outcome stands there."),
        ("bundles", {"size": "huge"}, "asks for 'huge' in the filter Size"),
        ("bundles", {"bundle_sports": "quidditch"}, "asks for 'quidditch' in the filter Sport"),
        ("bundles", {"most_cost": "-1"}, "'-1' in the field Cost at most, $, which cannot be; no number stands there."),
        ("bundles", {"chance": "200"}, "'200' in the field Chance of the promise at least, %, which cannot be"),
        ("health", {"tab": "By group", "grouping": "zzz"}, "'zzz' in the field Group by, which cannot be; "),
        ("plan", {"athletes": "1" + "0" * 20}, "in the field Athletes, at least, which cannot be; 1 stands there."),
    ],
)
def test_what_a_link_asks_of_a_filter_in_vain_is_told(home: Path, page: str, query: dict[str, str], told: str) -> None:
    literal_snapshot(home / "demo")
    app = opened(page, **query)
    assert not app.exception
    warned = [str(each.value).replace("\\", "") for each in app.main.warning]
    assert any(told in each for each in warned), warned


def test_what_a_link_asks_of_a_filter_and_can_be_is_not_told(home: Path) -> None:
    literal_snapshot(home / "demo")
    for page, query in (
        ("rankings", {"sport": "tennis", "within": "Sport", "top": "20", "tab": "Against followers", "only": ""}),
        ("bundles", {"size": "small", "most_cost": "1e6", "chance": "10"}),
        ("plan", {"budget": "1e4", "most": "7", "women": "0"}),
    ):
        app = opened(page, **query)
        assert not [each.value for each in app.main.warning if "The link asks" in each.value], page
    assert app.number_input(key="budget").value == 10_000, "as the field reads it"


def test_several_data_sets_can_be_chosen_and_linked(home: Path) -> None:
    literal_snapshot(home / "demo")
    literal_snapshot(home / "nil", rows_are="athletes")
    app = opened(data="nil")
    assert app.sidebar.selectbox(key="data").value == "nil"
    assert "deal values" in read(app)
    app.switch_page("pages/earnings.py").run()
    assert "one value for each athlete" in read(app), "the choice outlives a change of page"
    app.sidebar.selectbox(key="data").set_value("demo").run()
    assert "The next story earns" in read(app)
    assert app.query_params["data"] == "demo"


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("overview", {"role": "Operator"}),
        ("rankings", {"search": "zoë", "sport": "tennis", "tab": "Against followers"}),
        ("bundles", {"size": "small", "most_cost": "9000", "bundle": "C1-small"}),
        ("plan", {"budget": "20000", "most": "7", "goal": "Most with 80% certainty", "spread": "true"}),
        ("health", {"tab": "By group", "grouping": "sport"}),
    ],
)
def test_another_data_set_can_be_chosen_whatever_stands_in_the_address(
    home: Path, page: str, query: dict[str, str]
) -> None:
    literal_snapshot(home / "demo")
    literal_snapshot(home / "nil", rows_are="athletes")
    app = opened(page, data="demo", **query)
    before = read(app)
    app.sidebar.selectbox(key="data").set_value("nil").run()
    assert not app.exception
    assert app.query_params["data"] in ("nil", ["nil"])
    asked = {param: value for param, value in query.items() if param not in ("role", "tab")}
    assert not asked.items() & dict(app.query_params).items(), "what was chosen in one data set is not asked of another"
    assert read(app) != before


def test_a_link_to_a_data_set_that_is_not_here_shows_no_other(home: Path) -> None:
    literal_snapshot(home / "demo")
    literal_snapshot(home / "nil", rows_are="athletes")
    where = f"--home {home}"
    app = opened("earnings", data="gone")
    assert "The link names 'gone', and no data set of that name is here." in read(app)
    assert [code.value for code in app.code] == [f"athlete-intel cycle MAPPING --from FOLDER --workspace gone {where}"]
    assert not app.metric
    links = [link.proto for link in app.main.get("page_link")]
    assert [link.query_string for link in links] == ["data=demo", "data=nil"]
    assert {link.page for link in links} == {"earnings"}
    (home / "nil" / "current.json").unlink()
    app = opened(data="nil")
    assert "Literal league has snapshots here, but none of them is published at the moment." in read(app)
    assert [code.value for code in app.code] == [
        f"athlete-intel snapshots rollback --workspace nil {where}",
        f"athlete-intel build --force --workspace nil {where}",
    ]
    assert opened(data="; rm -rf ../x").code == [], "what a link says becomes no command"
    assert "cannot be shown" not in read(opened(data="demo"))


def test_what_is_published_but_damaged_names_the_data_set_and_each_command_once(home: Path) -> None:
    literal_snapshot(home / "demo")
    literal_snapshot(home / "demo")
    (home / "demo" / "current.json").write_text('{"half')
    text = read(opened("plan"))
    newest = Snapshots(home / "demo").all()[0]
    assert "The published snapshot of Literal league is damaged." in text
    assert f"This goes back to the snapshot of {formats.snapshot(newest.id)}, at once:" in text
    assert "What people decided stands in the journal, which neither of them changes." in text
    assert text.count("snapshots rollback") == text.count("build --force") == 1
    assert "`" not in text


def test_a_linked_page_opens_even_if_nobody_opened_the_app_before(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/bundles.py").run()
    assert not app.exception
    assert app.title[0].value == "Bundles"
    assert app.sidebar.caption[0].value == "Data as of 1 March 2026"


def test_the_default_data_set_gives_way_to_one_that_is_there(home: Path) -> None:
    literal_snapshot(home / "nil", rows_are="athletes")
    text = read(opened())
    assert "deal values" in text
    assert "The data set 'demo' has no published snapshot here. What follows is Literal league." in text
    assert "has no published snapshot" not in read(opened(data="nil"))


def test_a_snapshot_of_another_version_says_how_to_mend_it(home: Path) -> None:
    tables = literal_tables()
    tables["rankings"] = tables["rankings"].drop(columns=["low"])
    publish(home / "demo", tables)
    app = opened("rankings")
    assert not app.exception
    assert "was made by another version of the product: its table rankings has no column low" in read(app)
    assert [code.value for code in app.code] == [f"athlete-intel build --force --workspace demo --home {home}"]
