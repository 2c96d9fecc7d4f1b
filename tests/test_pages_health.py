"""The pages about health: the answer is there, alerts are acknowledged with a name, runs are listed."""

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from tests.fixture_snapshot import FEATURES, literal_snapshot
from tests.test_pages_literal import home, opened, read

__all__ = ["home"]


@pytest.mark.parametrize(
    ("page", "tab", "sentence"),
    [
        ("drift", "", "1 of 4 features drifts"),
        ("drift", "", "it moves the mean expected pay of a story by -$12.50"),
        ("drift", "", "a classifier cannot tell the newest window from those before it"),
        ("health", "Estimated ahead", "probably off by a factor of"),
        ("health", "Estimated ahead", "the estimate failed there"),
        ("health", "Estimated ahead", "It cannot see a change of the relation itself"),
        ("health", "Data quality", "1 check of 3 bad: quarantine of imports."),
        ("alerts", "", "2 alerts open, 1 of them critical; 2 not acknowledged yet."),
        ("models", "", "The champion stays (calendar). The challenger's error is not smaller beyond noise."),
        (
            "models",
            "",
            "all expected pay changes by +3%; of 120 athletes, 12 gain a tenth or more, and 5 lose a tenth",
        ),
        ("models", "", "A decision takes effect in the next cycle: athlete-intel cycle"),
        ("runs", "", "No cycle has run here yet."),
    ],
)
def test_a_page_answers_first(home: Path, page: str, tab: str, sentence: str) -> None:
    literal_snapshot(home / "demo")
    app = opened(page, tab=tab) if tab else opened(page)
    assert not app.exception
    assert sentence in read(app)


@pytest.mark.parametrize("page", ["drift", "alerts", "models", "runs"])
def test_pages_open_where_a_data_set_has_one_day_only(home: Path, page: str) -> None:
    literal_snapshot(home / "demo", rows_are="athletes")
    app = opened(page)
    assert not app.exception
    assert not app.error


def form_alone(kind: str) -> AppTest:
    """One of the forms without the app around it: AppTest does not deliver clicks to the forms of switched pages."""

    def script(kind: str) -> None:
        from athlete_intel.settings import load_settings
        from athlete_intel.ui import health_decisions, reads

        data = reads.open_data_set(load_settings(), "demo")
        if kind == "alerts":
            health_decisions.acknowledge(data, health_decisions.alerts(data))
        elif kind == "seen":
            seen = health_decisions.alerts(data).dropna(subset="acknowledged_by")
            if len(seen):
                health_decisions.take_back(data, seen)
        else:
            health_decisions.about_models(data, data.table("models"))

    return AppTest.from_function(script, kwargs={"kind": kind}, default_timeout=60).run()


def test_an_alert_is_acknowledged_with_a_name_and_a_reason(home: Path) -> None:
    literal_snapshot(home / "demo")
    form = form_alone("alerts")
    form.button[0].click().run()
    assert "needs the name of who takes it" in read(form)
    form.text_input(key="acknowledge-who").set_value("Ann")
    form.text_input(key="acknowledge-why").set_value("the new layout")
    form.button[0].click().run()
    assert not form.exception
    with Journal.of(Settings(home=home, workspace="demo")) as journal:
        (row,) = journal.rows("alert_acknowledgements").to_dict("records")
    assert (row["rule"], row["subject"], row["who"], row["why"]) == ("estimate", "all stories", "Ann", "the new layout")
    assert "1 not acknowledged yet" in read(opened("alerts"))
    back = form_alone("seen")
    back.text_input(key="take-back-who").set_value("Bob")
    back.text_input(key="take-back-why").set_value("it was not the layout")
    back.button[0].click().run()
    assert not back.exception
    assert "2 not acknowledged yet" in read(opened("alerts"))


def test_open_alerts_show_all_of_them_and_lead_to_their_feature(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("alerts")
    (table, over) = (element.value for element in app.dataframe)
    shown = ["rule", "subject", "severity", "window", "figure", "threshold", "first_seen", "last_seen", "by", "money"]
    assert set(shown) <= set(table.columns)
    assert table[["rule", "subject"]].to_numpy().tolist() == [["estimate", "all stories"], ["drift", FEATURES[0][0]]]
    assert table["money"].fillna(0).tolist() == [0, -12.5]
    assert over["rule"].tolist() == ["quality"]
    (link,) = [link.proto for link in app.main.get("page_link") if "on the page Drift" in link.proto.label]
    assert parse_qs(link.query_string)["feature"] == [FEATURES[0][0]]


def test_a_retraining_is_asked_for_and_signed(home: Path) -> None:
    literal_snapshot(home / "demo")
    form = form_alone("models")
    form.text_input(key="models-who").set_value("Ann")
    form.text_input(key="models-why").set_value("a new season")
    form.button[0].click().run()
    assert not form.exception
    with Journal.of(Settings(home=home, workspace="demo")) as journal:
        (row,) = journal.rows("model_decisions").to_dict("records")
    assert (row["action"], row["who"]) == ("retrain", "Ann")
    assert "Ann asked for a new model after this snapshot was made." in read(opened("models"))
