"""The pages about health: the answer is there, alerts are acknowledged with a name, runs are listed."""

import math
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from athlete_intel.ui import alert_columns, drift_words, formats, health_decisions, model_cards, model_words
from tests.fixture_snapshot import FEATURES, literal_snapshot, literal_tables, publish
from tests.test_pages_literal import home, opened, read

__all__ = ["home"]
NO_CANDIDATES = pd.DataFrame({"candidate": [], "label": []})


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
        (
            "models",
            "",
            "The champion stays, though it was time to try another model. The challenger's error is not smaller",
        ),
        (
            "models",
            "",
            "all typical pay changes by +3%, from $12k to $12.4k for the next story of each, floors and caps applied; "
            "of 120 athletes, 12 gain a tenth or more, and 5 lose a tenth",
        ),
        ("models", "", "0.0500 counts as beyond noise. 2 comparisons with this champion could have replaced it so far"),
        ("models", "", "A decision takes effect in the next cycle. To run it now:"),
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
    assert "The data are as of 1 March 2026" in read(app)
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
    assert "Compared: 15 Feb to 28 Feb 2026 (40 values) with 1 Jun 2025 to 14 Feb 2026 (280 values)." in read(app)
    shown = next(found.value for found in app.dataframe if "Usual at most" in found.value).set_index("What")
    assert shown["Verdict"].to_dict() == {
        "Distribution": "drifts",
        "The athletes' own level": "steady: not known yet what is usual",
        "Empty values": "steady: too small to matter",
    }
    assert shown.loc["Distribution", ["Matters from", "Statistic", "p-value", "Drift below"]].tolist() == [
        "PSI 0.2",
        "largest gap 0.220",
        "0.0004",
        "0.01",
    ]
    assert shown.loc["The athletes' own level", "Usual at most"] == "not known yet"


def test_what_is_usual_is_told_in_the_unit_of_what_was_found_and_a_verdict_says_why_nothing_drifts() -> None:
    row = literal_tables()["drift"].iloc[0].copy()
    row["why"], row["shift_size"], row["shift"], row["shift_threshold"] = None, -0.42, -0.053, 0.2
    row["shift_usual"], row["shift_p"] = 0.2250, 0.0004
    row["psi"], row["psi_threshold"], row["ks_p"] = 1.5, 0.2, 0.38
    shown = drift_words.looked_at(row).set_index("What")
    level = shown.loc["The athletes' own level"]
    assert level[["Found", "Matters from", "Usual at most", "Verdict"]].tolist() == [
        "-0.42 of its spread",
        "0.2 of its spread",
        "1.78 of its spread",
        "steady: no more than usual",
    ]
    assert shown.loc["Distribution", "Verdict"] == "steady: may be chance (p-value 0.38)"
    table = drift_words.drift_rows(pd.DataFrame([row]))
    assert table["shift_usual"].round(2).tolist() == [1.78], "beside the shift in spreads"
    names = list(drift_words.columns_of_tests())
    assert names.index("Verdict") == 1
    assert names.index("p-value") < names.index("Test")


def test_orange_cells_that_are_no_drift_are_explained_beside_the_headline(home: Path) -> None:
    tables = literal_tables()
    tables["drift"]["drifting"] = False
    newest = tables["drift_history"]["window_from"].max()
    tables["drift_history"]["moved"] = 0.1
    publish(home / "demo", tables)
    text = read(opened("drift"))
    assert "Nothing moved: every cell is grey" in text
    assert "orange" not in text
    assert "to matter in the newest window" not in text
    first = tables["drift_history"]["feature"] == FEATURES[0][0]
    tables["drift_history"].loc[first & (tables["drift_history"]["window_from"] == newest), "moved"] = 7.5
    publish(home / "other", tables)
    text = read(opened("drift", data="other"))
    assert "1 feature moved by enough to matter in the newest window, but counts as steady" in text
    assert "orange with 1 or more a move that matters" in text
    assert "blue" not in text


def test_a_window_that_holds_too_little_is_not_called_a_data_set_of_one_day(home: Path) -> None:
    tables = literal_tables()
    publish(home / "demo", tables | {"drift": tables["drift"].head(0)})
    app = opened("drift")
    assert not app.exception
    assert "The newest window, or those before it, hold too few rows to be compared." in read(app)
    assert "one day only" not in read(app)


@pytest.mark.parametrize(
    ("begins", "called", "is_tested"),
    [
        # The newest window holds too few values for bins: an older one is no newest, and the tests are told beside it.
        (["2026-01-18", "2026-02-01"], "the window from 1 February 2026", True),
        # A window of the others that begins later has bins of outcomes, too; what was tested is shown first.
        (["2026-02-15", "2026-02-22"], "the newest window", True),
    ],
)
def test_a_window_is_called_the_newest_only_if_it_is_the_one_that_was_tested(
    home: Path, begins: list[str], called: str, is_tested: bool
) -> None:
    tables = literal_tables()
    bins = tables["drift_bins"]
    first, second = sorted(bins["window_from"].unique())
    of_first = bins["feature"] == FEATURES[0][0]
    moved = bins["window_from"].map(dict(zip((first, second), pd.to_datetime(begins), strict=True)))
    tables["drift_bins"] = bins.assign(window_from=bins["window_from"].where(~of_first, moved))
    publish(home / "demo", tables)
    app = opened("drift", feature=FEATURES[0][0])
    assert not app.exception
    assert f"of the values of {called} are" in read(app)
    assert ("Compared: 15 Feb to 28 Feb 2026" in read(app)) == is_tested


def form_alone(kind: str, workspace: str = "demo") -> AppTest:
    """One of the forms without the app around it: AppTest does not deliver clicks to the forms of switched pages."""

    def script(kind: str, workspace: str) -> None:
        from athlete_intel.settings import load_settings
        from athlete_intel.ui import health_decisions, reads

        data = reads.open_data_set(load_settings(), workspace)
        if kind == "alerts":
            health_decisions.acknowledge(data, health_decisions.alerts(data))
        elif kind == "seen":
            seen = health_decisions.alerts(data).dropna(subset="acknowledged_by")
            if len(seen):
                health_decisions.take_back(data, seen)
        else:
            health_decisions.about_models(data, data.table("models"))

    return AppTest.from_function(script, kwargs={"kind": kind, "workspace": workspace}, default_timeout=60).run()


def test_an_alert_is_acknowledged_with_a_name_and_a_reason(home: Path) -> None:
    literal_snapshot(home / "demo")
    form = form_alone("alerts")
    form.button[0].click().run()
    assert "Please fill in: Your name, Reason." in read(form)
    form.text_input(key="acknowledge-who").set_value("Ann")
    form.text_input(key="acknowledge-why").set_value("the new layout")
    form.button[0].click().run()
    assert not form.exception
    with Journal.of(Settings(home=home, workspace="demo")) as journal:
        (row,) = journal.rows("alert_acknowledgements").to_dict("records")
    assert (row["rule"], row["subject"], row["who"], row["why"]) == ("estimate", "all stories", "Ann", "the new layout")
    assert "It is no task on the overview any more, and stays open here" in form.session_state["decision_saved"]
    assert [box.value for box in form.text_input] == ["", ""], "what is signed cannot be signed twice by mistake"
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
    assert table[["found", "limit"]].to_numpy().tolist()[0] == [
        formats.error_factor(value) for value in table[["figure", "threshold"]].to_numpy()[0]
    ]
    assert "1.58x came; an alert begins at 1.51x." in read(app), "as in the list of the command line"
    assert list(alert_columns.alert_columns())[:3] == ["severity", "message", "by"]
    assert table["money"].fillna(0).tolist() == [0, -12.5]
    assert over["rule"].tolist() == ["quality"]
    (link,) = [link.proto for link in app.main.get("page_link") if link.proto.label.startswith("Drift of ")]
    assert parse_qs(link.query_string)["feature"] == [FEATURES[0][0]]


def test_alerts_lead_to_their_evidence_and_name_a_webhook_only_where_one_is_set(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    literal_snapshot(home / "demo")
    app = opened("alerts")
    queries = [parse_qs(link.proto.query_string) for link in app.main.get("page_link")]
    assert ["Estimated ahead"] in [query.get("tab") for query in queries]
    assert "They are sent nowhere, as the settings name no address for them" in read(app)
    (command,) = [code.value for code in app.code if "alerts list" in code.value]
    assert command not in "".join(caption.value for caption in app.caption), "commands stand in code"
    monkeypatch.setenv("ATHLETE_INTEL_ALERT_WEBHOOK", "https://hooks.example/alerts")
    assert "sent to the address in the settings" in read(opened("alerts"))


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
    assert "Written down, signed Ann: a new model is asked for." in form.session_state["decision_saved"]
    assert [box.value for box in form.text_input] == ["", ""], "what is signed cannot be signed twice by mistake"
    app = opened("models")
    assert "The trial of a new model, signed by Ann, takes effect in the next cycle; until then " in read(app)
    assert "another one takes its place, as the newest counts" in read(app)
    assert "To run it now:" in read(app)
    assert len([code for code in app.code if "cycle" in code.value]) == 1, "the command stands once"


def test_the_page_names_who_would_move_most_and_the_snapshots_of_each_model(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("models")
    moves = app.dataframe[0].value
    assert moves["moves"].tolist() == [300.0, -40.0]
    assert moves["name"].tolist() != moves["athlete_id"].tolist()
    uses = pd.DataFrame({"snapshot_id": ["c", "b", "a"], "model_version": ["new", "old", "old"]})
    uses["created"] = pd.to_datetime(["2026-03-01", "2026-02-01", "2026-01-15"])
    models = pd.DataFrame({"version": ["new", "old", "never"], "mae_log": 0.4, "baseline_mae_log": 0.8})
    models = models.assign(coverage=[0.81, 0.9, None], parameters=['{"interval": 0.8}', "{}", '{"interval": 0.9}'])
    assert model_cards.model_rows(models, uses)["inside"].tolist() == ["81% (aim 80%)", "90%", "-"]
    assert model_cards.model_rows(models, uses)["uses"].tolist() == [1, 2, 0]
    told = [
        model_cards.card(_model(version), uses, NO_CANDIDATES).loc["Snapshots made with it"].item()
        for version in ("new", "old", "never")
    ]
    assert told == [
        "1, c of 1 March 2026",
        "2, from 15 January 2026 to 1 February 2026",
        "none: it was never the champion",
    ]


def _model(version: str) -> dict[str, object]:
    columns = PUBLISHED_TABLES["models"].column_names
    facts = {"version": version, "parameters": '{"interval": 0.8}', "candidate": "spline"}
    return dict.fromkeys(columns, 1) | facts | {"window_from": "2026-01-01", "window_to": "2026-02-01"}


def test_a_rollback_on_the_page_is_signed_and_names_the_model_used_before(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    literal_snapshot(home / "demo")
    assert "rollback" not in str(form_alone("models").radio[0].options), "there is nothing to go back to"
    st.cache_data.clear()  # what was found before is kept for a state of models and snapshots
    monkeypatch.setattr(health_decisions, "earlier_model", lambda *_: SimpleNamespace(version="ridge-0a"))
    monkeypatch.setattr(health_decisions.ModelStore, "load", lambda *_: None)
    form = form_alone("models")
    form.radio(key="action").set_value("rollback")
    form.text_input(key="models-who").set_value("Ann")
    form.text_input(key="models-why").set_value("errors grew")
    form.button[0].click().run()
    assert not form.exception
    with Journal.of(Settings(home=home, workspace="demo")) as journal:
        (row,) = journal.rows("model_decisions").to_dict("records")
    assert (row["action"], row["version"], row["who"], row["why"]) == ("rollback", "ridge-0a", "Ann", "errors grew")
    monkeypatch.undo()


def test_only_a_model_that_is_not_the_champion_can_be_promoted(home: Path) -> None:
    tables = literal_tables()
    champions = tables["models"].query("status == 'champion'")
    literal_snapshot(home / "demo")
    form = form_alone("models")
    assert not form.selectbox, "only a promotion asks for a model"
    form.radio(key="action").set_value("promote").run()
    assert set(form.selectbox(key="model").options) == set(tables["models"]["version"]) - set(champions["version"])
    publish(home / "other", tables | {"models": champions})
    alone = form_alone("models", "other")
    assert not alone.exception
    assert [option.partition(":")[0] for option in alone.radio(key="action").options] == ["Retrain"]
    assert "model" not in [box.key for box in alone.selectbox]


def test_a_fingerprint_that_is_cut_says_so_and_features_say_what_they_count() -> None:
    model = _model("old") | {"sha256": "ab" * 32, "data": "cd" * 8, "features": 86}
    never = pd.DataFrame({"model_version": [], "snapshot_id": [], "created": []})
    kinds = pd.DataFrame({"candidate": ["spline"], "label": ["Curves that add up (splines)"]})
    facts = model_cards.card(model | {"coverage": 0.81}, never, kinds)["old"]
    assert facts["Kind"] == "Curves that add up (splines)"
    assert facts["Inside their range"] == "81%, where 80% are aimed at"
    assert facts["File (SHA-256)"] == "abababababababab… (first 16 of 64 digits)"
    assert facts["Data (fingerprint)"] == "cd" * 8
    assert facts["Features"] == "86 inputs, every value of a category counted by itself"


def test_what_came_of_a_run_stands_before_its_figures() -> None:
    assert list(model_words.run_columns("Run"))[:3] == ["run", "state", "why"]


def test_a_model_that_cannot_be_loaded_is_not_promoted_on_the_page(home: Path) -> None:
    literal_snapshot(home / "demo")
    form = form_alone("models")
    form.radio(key="action").set_value("promote").run()
    form.text_input(key="models-who").set_value("Ann")
    form.text_input(key="models-why").set_value("a test")
    form.button[0].click().run()
    assert "There is no model" in read(form)
    assert not Journal.is_there(Settings(home=home, workspace="demo"))


def test_a_decision_waits_until_a_snapshot_knew_its_number() -> None:
    decided = pd.DataFrame({"id": [3, 2], "who": ["Ann", "Bob"], "version": ["ridge-1", None]})
    decided = decided.assign(action=["rollback", "retrain"])
    for known, waits in ((3, False), (2, True), (None, True)):
        told = model_words.waiting_sentence(decided, known, "ridge-0")
        assert told.startswith("The return to ridge-1, signed by Ann, takes effect in the next cycle;") == waits
    assert model_words.waiting_sentence(decided.head(0), None, "ridge-0") == ""


def test_where_nothing_was_compared_no_figure_of_it_is_shown(home: Path) -> None:
    tables = literal_tables()
    nothing = dict.fromkeys(["champion_mae_log", "challenger_mae_log", "noise", "least_gain"], math.nan)
    still = {
        "pay_moved": 0.0,
        "pay_gaining": 0,
        "pay_losing": 0,
        "pay_after_cents": tables["model_choice"]["pay_before_cents"],
    }
    choice = tables["model_choice"].assign(rows=0, **nothing, **still)
    publish(home / "demo", tables | {"model_choice": choice, "pay_moves": tables["pay_moves"].head(0)})
    app = opened("models")
    assert not app.exception
    assert not app.metric
    assert "Typical error, same outcomes" not in app.table[0].value.index
    assert "typical pay of all 120 athletes together stays as it is, and nobody's moves by a tenth." in read(app)
    assert [table.value.columns[0] for table in app.dataframe].count("name") == 0


def test_the_card_opens_on_the_model_in_use(home: Path) -> None:
    tables = literal_tables()
    publish(home / "demo", tables | {"models": tables["models"].iloc[::-1]})
    assert opened("models").selectbox(key="version").value == "ridge-0a1b2c3d"


def test_how_two_models_were_compared_is_told_also_where_they_were_not() -> None:
    row = {"rows": 720, "champion_mae_log": None, "challenger_mae_log": 0.4, "noise": None, "looks": 0}
    assert "the naive guess took its place, on 720 outcomes" in model_words.how_compared(row)
    assert model_words.how_compared(row | {"challenger_mae_log": None}).startswith("They were not compared")
    row |= {"champion_mae_log": 0.5, "noise": 0.01, "least_gain": 0.03}
    assert model_words.how_compared(row).endswith("standard error of 0.0100 (log), between athletes.")
    assert "0.0300 counts as beyond noise. 1 comparison with" in model_words.how_compared(row | {"looks": 1})


def test_a_run_that_failed_says_why() -> None:
    whole = {"run": 3, "step": "whole cycle", "seconds": 2.0, "state": "failed", "why": "There is no folder nowhere."}
    assert model_words.runs_sentence(pd.DataFrame([whole])) == (
        "Run 3 failed, after 2 seconds. There is no folder nowhere."
    )
