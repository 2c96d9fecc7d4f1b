"""What the overview asks of each person: the most urgent first, never more than three, each with its link."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from athlete_intel.bundles.campaigns import Campaign
from athlete_intel.people import ROLES
from athlete_intel.ui import today
from athlete_intel.ui.tasks import ACT, KNOW, LOOK, Task, most_urgent
from tests.fixture_handles import handle_tables
from tests.fixture_snapshot import literal_tables, publish

APP = str(Path(__file__).parents[1] / "app.py")


def campaign(name: str) -> Campaign:
    return Campaign(name.lower(), name, "s", date(2026, 3, 1), date(2026, 3, 28), {}, pd.DataFrame(), {})


def gist(tasks: list[Task]) -> list[tuple[int, str, str]]:
    return [(task.urgency, task.title, task.page) for task in tasks]


def test_three_at_most_and_the_most_urgent_first() -> None:
    tasks = [Task(urgency, name, "", "", "") for urgency, name in ((KNOW, "a"), (LOOK, "b"), (ACT, "c"), (LOOK, "d"))]
    assert [task.title for task in most_urgent(tasks)] == ["c", "b", "d"]


def test_pay_that_differs_between_groups_is_for_the_analyst_to_see() -> None:
    columns = ["measure", "grouping", "value", "difference", "low", "high", "p_corrected", "alert"]
    rows = [("earned in the end", "sport", "golf", -0.08, -0.12, -0.04, 0.001, True)]
    rows += [("earned in the end", "sport", "tennis", 0.01, -0.02, 0.04, 0.5, False)]
    (task,) = today.fairness_tasks(pd.DataFrame(rows, columns=columns))
    assert gist([task]) == [(LOOK, "Pay of 1 group differs beyond chance", "payouts")]
    assert task.why.startswith("Stories of golf (sport) earn 8% less in the end than others at the same prediction")
    assert not today.fairness_tasks(pd.DataFrame(rows[1:], columns=columns))


def test_campaigns_that_lag_or_of_which_nothing_is_known() -> None:
    whole = [
        # delivered, time_gone, time_known, days_over; 1,000 are promised in a range of 900 to 2,000
        ("Ahead", 500.0, 0.50, 0.50, -14),
        ("A little behind", 460.0, 0.50, 0.50, -14),
        ("Behind", 390.0, 0.50, 0.50, -14),
        ("Silent", 0.0, 0.50, 0.0, -14),
        ("Silent since", 300.0, 0.50, 0.25, -14),
        ("To come", 0.0, 0.0, 0.0, -40),
        ("Kept early", 1000.0, 0.9, 0.50, -3),
        ("Short", 700.0, 1.0, 1.0, 20),
        ("Long over", 700.0, 1.0, 1.0, 29),
        ("Long over and silent", 0.0, 1.0, 0.0, 29),
    ]
    told = today.campaign_tasks(
        [
            (
                replace(campaign(name), promise={"promised": 1000.0, "low": 900.0, "high": 2000.0}),
                {
                    "delivered": came,
                    "of_promised": came / 1000,
                    "time_gone": gone,
                    "time_known": known,
                    "days_over": over,
                },
            )
            for name, came, gone, known, over in whole
        ]
    )
    assert gist(told) == [
        (ACT, "“Behind” is behind its promise", "campaigns"),
        (LOOK, "Outcomes of “Silent” are missing", "campaigns"),
        (LOOK, "Outcomes of “Silent since” are missing", "campaigns"),
        (LOOK, "“Short” fell short of its promise", "campaigns"),
    ]
    assert told[0].why == "39% of what was promised came, and 50% of its time is gone."
    assert told[1].why == "50% of its time is gone and no outcome was imported yet."
    assert told[2].why == "50% of its time is gone and outcomes reach 25%."
    assert told[0].query == {"campaign": "behind"}


def test_the_offer_with_most_for_the_money() -> None:
    bundles = pd.DataFrame(
        {
            "bundle_id": ["b1", "b2", "b3"],
            "called": ["One", "Two", "Three"],
            "cost_cents": [100_000, 200_000, 300_000],
            "per_1000_cents": [6_000, 5_000, 5_000],
            "chance": [0.8, 0.8, 0.95],
            "expected": [9.0, 8.0, 7.0],
        }
    )
    about = pd.Series({"outcome_unit": "", "outcome_name": "page views"})
    told = today.offer_tasks(bundles, about)
    assert gist(told) == [
        (KNOW, "Cheapest bundle for each 1,000: Two", "bundles"),
        (KNOW, "Spend a budget best", "plan"),
    ]
    assert told[0].query == {"bundle": "b2"}
    assert told[0].why == "$2,000, $50 for each 1,000 page views expected, the least of all bundles."
    alike = today.offer_tasks(bundles.assign(per_1000_cents=[5_010, 5_000, 5_005]), about)
    assert gist(alike)[0] == (KNOW, "The surest bundle: Three", "bundles"), "a tie is no best"
    told = "$3,000, 95% to reach its promise. All bundles cost about $50 for each 1,000 page views expected."
    assert alike[0].why == told
    assert gist(today.offer_tasks(bundles.head(0), about)) == [
        (KNOW, "Spend a budget best", "plan"),
        (KNOW, "Choose athletes one by one", "compare"),
    ]


@pytest.mark.parametrize(
    ("before", "title"),
    [
        ([3, 9, 4], "Bo rose most"),
        ([1, 2, 3], "Ana leads"),
        ([None, None, None], "Ana leads"),
        ([None, 3, 2], "Bo rose most"),
    ],
)
def test_who_rose_most(before: list[int | None], title: str) -> None:
    rankings = pd.DataFrame({"athlete_id": ["a", "b", "c"], "name": ["Ana", "Bo", "Cy"], "rank": [1, 2, 3]})
    told = today.riser_tasks(rankings.assign(previous_rank=pd.array(before, dtype="Int64")))
    assert [task.title for task in told] == [title]


def test_who_rose_from_far_below_does_not_count_among_the_first() -> None:
    rankings = pd.DataFrame({"athlete_id": ["a", "b"], "name": ["Ana", "Bo"], "rank": [1, 150]})
    told = today.riser_tasks(rankings.assign(previous_rank=pd.array([2, 900], dtype="Int64")))
    assert [task.title for task in told] == ["Ana rose most"]


@pytest.mark.parametrize(
    ("severities", "seen", "expected"),
    [
        (["warning", "critical"], [None, None], (ACT, "2 alerts to see to", "alerts")),
        (["warning", "critical"], [None, "Kim"], (LOOK, "1 alert to see to", "alerts")),
        (["warning", "critical"], ["Kim", "Kim"], (KNOW, "No alert waits", "health")),
        ([], [], (KNOW, "No alert waits", "health")),
    ],
)
def test_alerts_that_nobody_has_seen_to(
    severities: list[str], seen: list[str | None], expected: tuple[int, str, str]
) -> None:
    alerts = pd.DataFrame({"severity": severities, "message": [f"{s} message" for s in severities]})
    told = today.alert_tasks(alerts.assign(acknowledged_by=pd.array(seen, dtype="str")))
    assert gist(told) == [expected]


@pytest.mark.parametrize(("state", "urgency"), [("done", KNOW), ("running", LOOK), ("failed", ACT)])
def test_how_the_last_cycle_ended(state: str, urgency: int) -> None:
    runs = pd.DataFrame({"run": [7, 6], "step": "whole cycle", "state": [state, "failed"], "seconds": [3.0, 4.0]})
    runs["why"] = ""
    told = today.run_tasks(runs)
    assert [task.urgency for task in told] == [urgency]
    assert told[0].why.startswith("Run 7 ")
    assert today.run_tasks(runs.head(0))[0].urgency == LOOK


def test_bad_data_and_rows_set_aside() -> None:
    quality = pd.DataFrame(
        {
            "check": ["freshness", "volume"],
            "subject": ["stories", "posts"],
            "state": ["bad", "good"],
            "about": ["Old.", ""],
        }
    )
    nothing = pd.DataFrame({"table": [], "row": [], "reason": []})
    assert gist(today.quality_tasks(quality, nothing)) == [(LOOK, "Freshness: stories", "data")]
    assert gist(today.quality_tasks(quality.tail(1), nothing)) == [(KNOW, "The data are in order", "data")]


def test_rows_set_aside_are_counted() -> None:
    quality = pd.DataFrame({"check": [], "subject": [], "state": [], "about": []})
    rows = pd.DataFrame({"mapping": "m", "file": "a.csv", "line": [3, 3, 7], "column_name": "", "reason": "is empty"})
    assert gist(today.quality_tasks(quality, rows)) == [(LOOK, "2 rows were set aside", "data")]
    one = today.quality_tasks(quality, rows.head(2))
    assert gist(one) == [(LOOK, "1 row was set aside", "data")]
    assert (one[0].why, one[0].label) == ("What is wrong with it stands in Data.", "See the row")


@pytest.mark.parametrize(
    ("day", "window_days", "expected"),
    [
        (date(2022, 11, 1), 28, (KNOW, "The data are 0 days old", "runs")),
        (date(2022, 12, 1), 1, (KNOW, "The data are 30 days old", "runs")),
        (date(2022, 12, 2), 1, (LOOK, "The data are 31 days old", "runs")),
        (date(2022, 12, 27), 28, (KNOW, "The data are 56 days old", "runs")),
        (date(2026, 11, 26), 28, (LOOK, "The data are 4 years old", "runs")),
    ],
)
def test_old_data_have_to_be_looked_at(day: date, window_days: int, expected: tuple[int, str, str]) -> None:
    told = today.age_tasks(pd.Timestamp("2022-11-01 18:00"), day, window_days)
    assert gist(told) == [expected]
    assert told[0].why == "The newest are of 1 November 2022; a cycle with newer files brings in what is new."
    assert today.age_tasks(pd.NaT, day, window_days) == []


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tables = literal_tables()
    publish(tmp_path / "demo", tables | handle_tables(tables["payouts"]) | {"athletes": tables["rankings"]})
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    return tmp_path


def links_of(**query: str) -> list[Any]:
    """The links of the cards for a person."""
    app = AppTest.from_file(APP, default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    protos = [link.proto for link in app.main.get("page_link")]
    return [proto for proto in protos if proto.icon == ":material/arrow_forward:"]


@pytest.mark.parametrize("role", ROLES)
def test_each_person_gets_three_things_with_links(home: Path, role: str) -> None:
    links = links_of(role=role.capitalize())
    assert len(links) == 3
    assert all(parse_qs(link.query_string)["data"] == ["demo"] for link in links)


def test_an_athlete_hears_of_a_contested_handle_first(home: Path) -> None:
    first = links_of(role="Athlete", athlete="athlete-01")[0]
    assert (first.page, first.label) == ("earnings", "See it, and say so")
    assert parse_qs(first.query_string)["athlete"] == ["athlete-01"]


def test_links_of_an_athlete_say_where_they_lead(home: Path) -> None:
    told = {link.label: link.page for link in links_of(role="Athlete", athlete="athlete-00")}
    assert told == {"See why": "earnings", "See past estimates": "earnings", "Compare athletes": "compare"}
