"""The page of campaigns: how one stands, what came by day and channel, and what can be taken back, all signed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from athlete_intel import charts
from athlete_intel.bundles import delivery
from athlete_intel.bundles.campaigns import Campaign, campaigns_of, values_of
from athlete_intel.bundles.outcomes import outcome_values, outcomes_of
from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from athlete_intel.ui import campaigns, formats, frame, reads
from tests.fixture_handles import handle_tables
from tests.fixture_snapshot import literal_snapshot, literal_tables, publish
from tests.test_bundles_campaigns import CAMPAIGN, SIGNED
from tests.test_pages_literal import opened, read

TODAY = datetime.now(UTC).date()
RUNNING = replace(CAMPAIGN, starts=TODAY - timedelta(days=4), ends=TODAY + timedelta(days=5))
REQUEST = {
    "budget_cents": 600_000,
    "goal": "certain",
    "sports": ["football"],
    "countries": [],
    "least_athletes": 3,
    "most_athletes": None,
    "largest_share": 1.0,
    "pinned_in": [],
    "pinned_out": [],
}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with the literal snapshot and a campaign that runs."""
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    monkeypatch.setenv("ATHLETE_INTEL_WORKSPACE", "demo")
    # Also where midnight comes while the tests run.
    monkeypatch.setattr(frame, "today", lambda: TODAY)
    literal_snapshot(tmp_path / "demo")
    settings = Settings(home=tmp_path, workspace="demo")
    with Journal.of(settings) as journal:
        journal.append("campaigns", values_of(replace(RUNNING, request=REQUEST)), **SIGNED)
    return settings


def lines(*rows: tuple[str, str, int, float]) -> bytes:
    """A file of outcomes: athlete, channel, days since the start, outcome."""
    told = [f"{who},{where},{RUNNING.starts + timedelta(days=day)},{value}" for who, where, day, value in rows]
    return "\n".join(["athlete_id,channel,day,outcome", *told]).encode()


def imported(settings: Settings, content: bytes, file: str = "march.csv") -> int:
    with Journal.of(settings) as journal:
        values = outcome_values(RUNNING, file, content, journal.rows("campaign_outcomes"), TODAY)
        return journal.append("campaign_outcomes", values, **SIGNED)


def form_alone(kind: str) -> AppTest:
    """One form of the page: a click on a button of a form does not reach the page of a whole app in tests."""

    def script(kind: str) -> None:
        from athlete_intel.bundles.campaigns import PROMISED
        from athlete_intel.bundles.requests import Request
        from athlete_intel.settings import load_settings
        from athlete_intel.ui import campaigns, frame, reads

        data = reads.open_data_set(load_settings(), "demo")
        campaigns.told_note()
        with frame.showing(data):
            if kind == "campaign":
                members = data.table("plan_athletes").head(1)
                campaigns.save_form(data, Request(budget_cents=100), members, dict.fromkeys(PROMISED, 1.0))
            elif saved := campaigns.all_of(data):
                forms = {
                    "outcomes": campaigns.import_form,
                    "take-import": campaigns.imports_so_far,
                    "call-off": campaigns.call_off_form,
                }
                forms[kind](data, saved[0])

    return AppTest.from_function(script, kwargs={"kind": kind}, default_timeout=60).run()


def sent(form: AppTest, kind: str) -> AppTest:
    """The form after it was signed and sent."""
    form.text_input(key=f"{kind}-who").set_value("Mia")
    form.text_input(key=f"{kind}-why").set_value("by mistake")
    form.button[0].click().run()
    return form


def campaigns_in(settings: Settings) -> list[Campaign]:
    with Journal.of(settings) as journal:
        return campaigns_of(journal.rows("campaigns"))


def frames(app: AppTest) -> list[pd.DataFrame]:
    return [each.value for each in app.dataframe]


def test_how_a_campaign_stands_by_day_and_channel(settings: Settings) -> None:
    imported(settings, lines(("a", "twitter", 1, 300), ("b", "instagram", 4, 800)))
    app = opened("campaigns")
    text = read(app)
    assert not app.exception
    assert "“Spring” is on track: 48% of the promised 2,300 page views came, with 50% of its time gone." in text
    assert "3,000 page views were expected on average, four times in five 2,000 to 4,500." in text
    assert "going on like this, 2,200 page views come by the end" in text
    assert (
        "1,150 of the promise would be due and 1,500 expected, with a range of 1,000 to 2,250, if outcomes came" in text
    )
    assert f"Saved on {formats.day(TODAY)} by Mia: bought. It runs from" in text
    assert "with 2 athletes for about $150. The chance of reaching the promise was 81%." in text
    assert "2 athletes of 2 brought something, =B most." in text
    assert frames(app)[0]["channel"].tolist() == ["Instagram", "Twitter"]
    assert "Asked for: most page views with 80% certainty within $6,000; football only; at least 3 athletes." in text


def test_what_speaks_against_a_promise_is_said_until_it_is_over(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = literal_tables()
    tables["alerts"] = tables["alerts"].head(1).assign(severity="critical", message="Errors are large.", open=True)
    publish(settings.home / "demo", tables)
    told = "A critical alert is open, so take the promise with care: Errors are large."
    assert told in read(opened("campaigns"))
    monkeypatch.setattr(frame, "today", lambda: RUNNING.ends)
    assert told not in read(opened("campaigns"))


def test_where_nothing_was_imported_that_is_said_once_and_nothing_is_drawn(settings: Settings) -> None:
    app = opened("campaigns")
    assert read(app).count("was imported yet") == 1
    assert "Outcomes are imported at the end of this page" in read(app)
    assert not app.get("plotly_chart")


def test_a_value_of_a_day_is_set_against_the_mean_of_days(settings: Settings) -> None:
    literal_snapshot(settings.home / "demo", rows_are="athletes")
    imported(settings, lines(("a", "twitter", 0, 900), ("a", "twitter", 1, 1100), ("b", "twitter", 1, 800)))
    app = opened("campaigns")
    text = read(app)
    assert "78% of the promise came on the mean day" in text
    assert "so it is set against the mean of the days imported, not against their sum." in text
    assert "$1,800 came on the mean day, with $2,300 promised and $3,000 expected" in text
    assert "a deal values of $3,000 was expected" in text
    assert "with 2 athletes for about $150 (pay for the deal values)" in text
    assert "At this pace" not in [each.label for each in app.metric]


def test_charts_of_a_campaign_name_what_they_draw_and_what_they_leave_out() -> None:
    about = literal_tables()["dataset"].iloc[0]
    outcomes = pd.DataFrame({"athlete_id": "a", "channel": "tiktok", "day": [RUNNING.starts], "outcome": [9.0]})
    outcomes = outcomes.astype({"day": "datetime64[us]"})
    table, lines = delivery.course(RUNNING, outcomes), delivery.course_by_channel(RUNNING, outcomes)
    chart = charts.course(table, lines, about)
    named = {trace.name: trace for trace in chart.data}
    assert list(named) == ["range of what is expected", "expected", "promised", "came"]
    assert named["expected"].y[-1] == 3000
    many = pd.DataFrame({"name": [f"N{i}" for i in range(28)], "expected": 5.0, "delivered": 0.0})
    told = charts.delivered_summary(many)
    assert told == "0 athletes of 28 brought something. 8 more athletes stand in the table only."


def test_links_are_for_the_channels_that_the_athletes_are_on(settings: Settings) -> None:
    data = reads.open_data_set(settings, "demo")
    tables = literal_tables()
    assert campaigns.channels_of(data) == sorted(campaigns.channels_of(data), key=campaigns._CHANNELS.index)
    publish(settings.home / "demo", tables | handle_tables(tables["payouts"]))
    data = reads.open_data_set(settings, "demo")
    platforms = set(data.table("handle_states")["platform"])
    assert platforms
    assert set(campaigns.channels_of(data)) == platforms & set(campaigns._CHANNELS)


def test_the_plan_behind_it_is_opened_with_the_same_wishes(settings: Settings) -> None:
    app = opened("campaigns")
    (link,) = [each.proto for each in app.main.get("page_link") if each.proto.page == "plan"]
    plan = AppTest.from_file(str(Path(__file__).parents[1] / "app.py"), default_timeout=60)
    for pair in link.query_string.split("&"):
        name, _, value = pair.partition("=")
        plan.query_params[name] = value.replace("+", " ").replace("%25", "%")
    plan.run()
    plan.switch_page("pages/plan.py").run()
    assert plan.number_input(key="budget").value == 6_000
    assert plan.multiselect(key="plan_sports").value == ["football"]
    assert plan.number_input(key="athletes").value == 3
    assert plan.segmented_control(key="goal").value == "Most with 80% certainty"


def test_an_import_is_taken_back_and_the_figures_it_replaced_count_again(settings: Settings) -> None:
    imported(settings, lines(("a", "twitter", 1, 300)))
    number = imported(settings, lines(("a", "twitter", 1, 9999), ("b", "twitter", 2, 1)), "wrong.csv")
    assert frames(opened("campaigns"))[-1]["file"].tolist() == ["wrong.csv", "march.csv"]
    form = form_alone("take-import")
    choice = form.selectbox(key="take-import-id")
    assert choice.value == number
    assert choice.options[0].startswith("wrong.csv by Mia: 2 figures, ")
    form.button[0].click().run()
    assert form.error[0].value == "Please fill in: Your name, What is wrong with it."
    assert "wrong.csv no longer counts; what it replaced does again." in read(sent(form, "take-import"))
    with Journal.of(settings) as journal:
        rows = journal.rows("campaign_outcomes")
    assert outcomes_of(RUNNING.campaign_id, rows)["outcome"].tolist() == [300.0]
    assert len(rows) == 3


def test_a_campaign_is_called_off_and_its_link_says_so(settings: Settings) -> None:
    assert "“Spring” is called off, signed Mia." in read(sent(form_alone("call-off"), "call-off"))
    assert campaigns_in(settings) == []
    linked = opened("campaigns", campaign="spring")
    assert "No campaign is kept here yet." in read(linked)
    told = [each.value for each in linked.warning if "called off" in each.value]
    assert len(told) == 1
    assert "by Mia: by mistake." in told[0]
    with Journal.of(settings) as journal:
        journal.append("campaigns", values_of(replace(RUNNING, campaign_id="summer", name="Summer")), **SIGNED)
    linked = opened("campaigns", campaign="spring")
    assert "“Spring” was called off" in read(linked)
    assert "not in this data set" not in read(linked)
    assert linked.selectbox(key="campaign").value == "summer"


def test_a_campaign_in_the_past_is_refused(settings: Settings) -> None:
    form = form_alone("campaign")
    form.text_input(key="campaign-name").set_value("Late")
    form.date_input(key="campaign-starts").set_value(TODAY - timedelta(days=1))
    assert "which is over" in sent(form, "campaign").error[0].value
    assert [each.name for each in campaigns_in(settings)] == ["Spring"]


def test_a_form_names_its_own_empty_fields(settings: Settings) -> None:
    form = form_alone("campaign")
    form.button[0].click().run()
    assert [each.value for each in form.error] == ["Please fill in: Name of the campaign, Your name, What it is for."]
    form = form_alone("outcomes")
    form.text_input(key="outcomes-who").set_value("Mia")
    form.button[0].click().run()
    assert [each.value for each in form.error] == ["Please fill in: Outcomes as CSV, Where the numbers come from."]


def test_two_campaigns_of_one_name_get_ids_of_their_own(settings: Settings) -> None:
    form = form_alone("campaign")
    form.text_input(key="campaign-name").set_value("Spring")
    sent(form, "campaign")
    assert sorted(each.campaign_id for each in campaigns_in(settings)) == ["spring", "spring-2"]


def test_what_is_imported_is_told(settings: Settings) -> None:
    imported(settings, lines(("a", "twitter", 1, 300)))
    form = form_alone("outcomes")
    uploader: Any = form.get("file_uploader")[0]
    content = lines(("a", "twitter", 1, 310), ("a", "twitter", 2, 20))
    uploader.set_value([("more.csv", content, "text/csv")])
    told = read(sent(form, "outcomes"))
    assert "more.csv is imported: 2 figures, 1 of which takes the place of an earlier one." in told


def test_what_came_follows_each_import_and_what_is_taken_back(settings: Settings) -> None:
    def came() -> str:
        return next(each.value for each in opened("campaigns").metric if each.label == "Came")

    imported(settings, lines(("a", "twitter", 1, 300)))
    assert came() == "300"
    imported(settings, lines(("a", "twitter", 1, 700), ("b", "twitter", 2, 1)), "wrong.csv")
    assert came() == "701"
    sent(form_alone("take-import"), "take-import")
    assert came() == "300"
