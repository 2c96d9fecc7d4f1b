"""The pages about health: the answer is there, alerts are acknowledged with a name, runs are listed."""

import math
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from tests.fixture_snapshot import literal_snapshot, literal_tables, publish
from tests.test_pages_literal import home, opened, read

__all__ = ["home"]


@pytest.mark.parametrize(
    ("page", "tab", "sentence"),
    [
        ("drift", "", "1 of 4 features drifts"),
        ("drift", "", "it moves the mean expected pay of a story by -$12.50"),
        ("drift", "", "a classifier cannot tell the newest window from those before it"),
        ("health", "Accuracy", "Over all 160 predictions: R² of the logs is "),
        (
            "health",
            "By group",
            "all groups of at least 20 predictions: under 1k (tier), off by a factor of 2.03 in 40 predictions",
        ),
        ("health", "By group", "The model was closer than the naive guess in 3 of 3 groups."),
        ("health", "Estimated ahead", "probably off by a factor of"),
        ("health", "Estimated ahead", "the estimate failed there"),
        ("health", "Estimated ahead", "It cannot see a change of the relation itself"),
        ("health", "Data quality", "1 check of 3 bad: quarantine of newest import of literal."),
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


def test_a_feed_that_died_with_all_others_is_told_by_the_clock(home: Path) -> None:
    tables = literal_tables()
    tables["dataset"]["made_up"] = False
    publish(home / "demo", tables)
    app = opened("health", tab="Data quality")
    assert not app.exception
    assert "1 source is silent for longer than usual: posts on twitter" in read(app)
    assert "The data end on 1 March 2026" in read(app)
    literal_snapshot(home / "other")
    assert "By the clock" not in read(opened("health", data="other", tab="Data quality")), "made-up data have no clock"


def test_a_feature_tells_every_test_with_its_threshold_and_what_drifts_beside_the_model_moves_nothing(
    home: Path,
) -> None:
    tables = literal_tables()
    tables["drift"].loc[0, "in_model"] = False
    tables["drift"].loc[0, "money_cents"] = 0
    tables["drift"].loc[0, "shift_usual"] = math.inf
    publish(home / "demo", tables)
    app = opened("drift")
    assert not app.exception
    assert "it is not in the model, so it moves nothing in pay" in read(app)
    assert "Compared: 1 Feb to 28 Feb 2026 (40 values) with 1 Jun 2025 to 31 Jan 2026 (280 values)." in read(app)
    shown = next(found.value for found in app.dataframe if "Usual at most" in found.value).set_index("What")
    assert shown["Verdict"].to_dict() == {
        "Distribution": "drifts",
        "The athletes' own level": "steady",
        "Empty values": "steady",
    }
    assert shown.loc["Distribution", ["Matters from", "Statistic", "p-value", "Drift below"]].tolist() == [
        "PSI 0.2",
        "largest gap 0.220",
        "0.0004",
        "0.01",
    ]
    assert shown.loc["The athletes' own level", "Usual at most"] == "not known yet"


def form_alone(kind: str) -> AppTest:
    """One of the forms without the app around it: AppTest does not deliver clicks to the forms of switched pages."""

    def script(kind: str) -> None:
        from athlete_intel.settings import load_settings
        from athlete_intel.ui import health_decisions, reads

        data = reads.open_data_set(load_settings(), "demo")
        if kind == "alerts":
            health_decisions.acknowledge(data, health_decisions.alerts(data))
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
    assert (row["rule"], row["subject"], row["who"], row["why"]) == ("estimate", "2026-01-18", "Ann", "the new layout")
    assert "1 not acknowledged yet" in read(opened("alerts"))


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
