"""Alerts: which are raised, how long they last, to whom they are told, and who has seen to them; literal tables."""

import json
import logging
import math
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from typer.testing import CliRunner

from athlete_intel.cli import app
from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.earlier import Earlier
from athlete_intel.errors import AthleteIntelError, JournalError
from athlete_intel.features.questions import Questions
from athlete_intel.journal import Journal
from athlete_intel.monitoring import alerts, telling
from athlete_intel.monitoring.acknowledged import acknowledgement_of, taken_back_of, with_acknowledgements
from athlete_intel.monitoring.drift import no_rows
from athlete_intel.monitoring.estimates import _of_past, estimated_errors
from athlete_intel.monitoring.multivariate import Told, clustered_auc, stands_out
from athlete_intel.monitoring.rules import FALSE_ALARMS
from athlete_intel.monitoring.watch import coverage_alarm, error_alarm
from athlete_intel.warehouse import Snapshots
from tests.fixture_snapshot import literal_snapshot, literal_tables, publish

MAY, JUNE, JULY = (pd.Timestamp(f"2026-{month:02}-01") for month in (5, 6, 7))


def raised(*subjects: str, severity: str = "warning", cents: int | None = None) -> pd.DataFrame:
    """What `alerts.raised` returns for so many features that moved."""
    rows = [("drift", subject, severity, MAY, JUNE, 0.3, 0.2, f"{subject} moved.", cents) for subject in subjects]
    columns = [*PUBLISHED_TABLES["alerts"].column_names[:8], "money_cents"]
    return pd.DataFrame(rows, columns=columns).astype({"money_cents": "Int64"})


def today(**tables: pd.DataFrame) -> pd.DataFrame:
    """The alerts that the given published tables raise; all others are empty."""
    given = {name: tables.get(name, no_rows(name)) for name in ("drift", "windows_apart", "backtest")}
    estimates, quality = (tables.get(name, no_rows(name)) for name in ("estimated_errors", "quality"))
    return alerts.raised(*given.values(), estimates, quality, 0.8, JUNE, tables.get("before", no_rows("alerts")))


def drifts(**columns: object) -> pd.DataFrame:
    """A row of the published table `drift` in which nothing moved but what is given."""
    quiet = {
        "feature": "likes",
        "label": "Likes",
        "analysis_from": MAY,
        "analysis_to": JUNE,
        "drifting": True,
        "why": "distribution",
        "psi": 0.31,
        "psi_threshold": 0.2,
        "ks_p_threshold": 0.01,
        "shift": 0.0,
        "shift_size": 0.0,
        "shift_usual": 0.0,
        "shift_p": 1.0,
        "shift_threshold": 0.2,
        "null_p": 1.0,
        "null_usual": 0.0,
        "null_share_threshold": 0.1,
        "reference_null_share": 0.1,
        "analysis_null_share": 0.1,
        "money_cents": -1250,
    }
    return pd.DataFrame([quiet | columns])


def figures(table: pd.DataFrame) -> list[list[Any]]:
    return table[["rule", "subject", "severity", "figure", "threshold", "money_cents"]].to_numpy().tolist()


def test_an_alert_of_drift_tells_the_figure_that_moved_its_limit_and_what_it_costs() -> None:
    assert figures(today(drift=drifts())) == [["drift", "likes", "warning", 0.31, 0.2, -1250]]
    level = drifts(why="own level", shift=-0.6, shift_size=-1.2, shift_usual=0.2)
    # Windows usually shift by up to 0.2 of the scale, which is 0.4 in units of the spread: more than the threshold.
    assert figures(today(drift=level))[0][3:5] == [1.2, pytest.approx(0.4)]
    empty = drifts(why="empty values", analysis_null_share=0.5, null_usual=0.25)
    assert figures(today(drift=empty))[0][3:5] == [pytest.approx(0.4), 0.25]
    assert today(drift=drifts(feature="outcome", money_cents=None))["severity"].tolist() == ["critical"]
    assert today(drift=drifts(drifting=False, why=None)).empty


def test_windows_told_apart_are_an_alert() -> None:
    apart = pd.DataFrame({"analysis_from": [MAY], "analysis_to": [JUNE], "auc": [0.9], "auc_threshold": [0.7]})
    assert figures(today(windows_apart=apart.assign(apart=True)))[0] == [
        "windows apart",
        "all features",
        "warning",
        0.9,
        0.7,
        pd.NA,
    ]
    assert today(windows_apart=apart.assign(apart=False)).empty


def backtest(now: float, inside: float = 0.8) -> pd.DataFrame:
    """Two windows of 100 stories: errors about 0.4 in the first and `now` in the second, of which so many are inside.

    Each athlete has one story a window.
    """
    parts = []
    for window, (day, error) in enumerate(((MAY, 0.4), (JUNE, now))):
        off = error * (1 + 0.1 * np.sin(np.arange(100)))
        actual = np.expm1(5 + off)
        low = np.where(np.arange(100) < 100 * inside, 0.0, actual + 1)
        parts.append(
            pd.DataFrame(
                {"as_of": day, "window": str(window), "actual": actual, "low": low, "high": actual + 2}
            ).assign(athlete_id=[f"a{i}" for i in range(100)], predicted=np.expm1(5.0))
        )
    return pd.concat(parts, ignore_index=True)


def test_accuracy_and_coverage_tell_the_limit_of_their_rule() -> None:
    (worse,) = figures(today(backtest=backtest(now=0.6)))
    assert worse[:3] == ["accuracy", "all stories", "critical"]
    assert worse[3:5] == [pytest.approx(0.6, rel=0.01), pytest.approx(1.15 * 0.4, rel=0.01)]
    assert today(backtest=backtest(now=0.44)).empty, "a tenth worse is sure here, and a trifle"
    (short,) = figures(today(backtest=backtest(now=0.4, inside=0.6)))
    assert short[:3] == ["coverage", "all stories", "critical"]
    assert short[3:5] == [0.6, 0.7]
    assert today(backtest=backtest(now=0.4, inside=0.72)).empty
    one = backtest(now=2.0)
    assert today(backtest=one[one["window"] == "0"]).empty, "one window has nothing before it"


def test_the_alert_of_a_failed_estimate_is_the_same_one_as_windows_slide() -> None:
    before, told = no_rows("alerts"), []
    for day in pd.date_range(MAY, periods=4):
        estimates = pd.DataFrame({"window_from": [day], "window_to": [day], "mae_log": [0.6], "fails_from": [0.5]})
        now = today(estimated_errors=estimates.assign(fails=True), before=before)
        assert "the accuracy that was estimated ahead of outcomes does not hold" in now["message"].iloc[0]
        before = alerts.with_history(now, before, day)
        told.append(figures(before))
    assert told == [[["estimate", "all stories", "critical", 0.6, 0.5, pd.NA]]] * 4
    assert before["first_seen"].tolist() == [MAY]
    assert today(estimated_errors=estimates.assign(fails=False)).empty


def test_quality_that_keeps_the_house_from_knowing_is_critical() -> None:
    checks = pd.DataFrame(
        {
            "check": ["late outcomes", "freshness", "volume", "volume", "nulls", "quarantine"],
            "subject": ["stories", "posts", "posts", "stories", "posts.likes", "imports"],
            "figure": [0.3, 9.0, 0.0, 0.4, 0.5, 0.01],
            "threshold": [0.1, 7.0, 0.5, 0.5, 0.2, 0.05],
            "state": ["bad"] * 5 + ["good"],
            "about": "What it means.",
        }
    )
    assert today(quality=checks).set_index("subject")["severity"].to_dict() == {
        "late outcomes of stories": "critical",
        "freshness of posts": "critical",
        "volume of posts": "critical",
        "volume of stories": "warning",
        "nulls of posts.likes": "warning",
    }


def test_an_alert_that_lasts_is_one_row() -> None:
    first = alerts.with_history(raised("likes"), no_rows("alerts"), MAY)
    second = alerts.with_history(raised("likes", "views"), first, JUNE)
    assert second[["subject", "first_seen", "last_seen", "open"]].to_numpy().tolist() == [
        ["likes", MAY, JUNE, True],
        ["views", JUNE, JUNE, True],
    ]
    third = alerts.with_history(raised("views"), second, JULY)
    assert third[["subject", "first_seen", "last_seen", "open"]].to_numpy().tolist() == [
        ["views", JUNE, JULY, True],
        ["likes", MAY, JUNE, False],
    ]
    again = alerts.with_history(raised("likes"), third, JULY)
    assert again.set_index("subject").loc["likes", "first_seen"] == JULY, "what comes back is new"


def test_what_was_true_of_a_model_that_was_replaced_today_is_over_today() -> None:
    before = alerts.with_history(raised("likes"), no_rows("alerts"), MAY)
    of_replaced = raised("likes", "wiki", "views")
    table = alerts.with_history(raised("views"), before, JUNE, replaced=of_replaced)
    assert table[["subject", "open", "first_seen", "last_seen"]].to_numpy().tolist() == [
        ["views", True, JUNE, JUNE],
        ["likes", False, MAY, JUNE],
        ["wiki", False, JUNE, JUNE],
    ]
    # What came back about that model is still one row, as an alert is known by its rule and subject.
    again = alerts.with_history(raised(), table, JULY, replaced=raised("wiki"))
    assert again[["subject", "open", "first_seen", "last_seen"]].to_numpy().tolist() == [
        ["wiki", False, JULY, JULY],
        ["likes", False, MAY, JUNE],
        ["views", False, JUNE, JUNE],
    ]


def test_the_same_data_built_again_raise_no_new_alert(tmp_path: Path) -> None:
    """Alerts are read from the snapshot in use, whatever the day of its data."""
    folder = tmp_path / "demo"
    assert Earlier(Snapshots(folder)).alerts().empty
    literal_snapshot(folder)
    snapshots = Snapshots(folder)
    before = Earlier(snapshots).alerts()
    as_of = snapshots.read("dataset")["as_of"].iloc[0]
    assert before["open"].sum() == 2
    again = alerts.with_history(before[before["open"]][[*raised().columns]], before, as_of)
    pd.testing.assert_series_equal(again["first_seen"], before["first_seen"])


def test_a_lasting_alert_costs_what_it_cost_when_it_was_told() -> None:
    first = alerts.with_history(raised("likes", cents=-700), no_rows("alerts"), MAY)
    assert alerts.with_history(raised("likes"), first, JUNE)["money_cents"].tolist() == [-700]
    older = first.drop(columns="money_cents")
    assert alerts.with_history(raised("likes"), older, JUNE)["first_seen"].tolist() == [MAY]


def test_an_alert_lasts_while_the_newest_window_is_off_what_it_was() -> None:
    columns = {"feature": ["likes", "views", "reposts", "replies"], "drifting": False, "why": None}
    drift = pd.DataFrame(columns).assign(shift_threshold=0.2, null_share_threshold=0.1, ks_p_threshold=0.01)
    drift = drift.assign(shift_size=[-0.4, 0.1, -0.4, 0.4], shift_p=[1e-6, 1e-6, 1e-6, 0.3])
    drift = drift.assign(reference_null_share=0.1, analysis_null_share=[0.1, 0.3, 0.1, 0.1], null_p=[1.0, 1e-6, 1, 1])
    before = alerts.with_history(raised("likes", "views", "replies"), no_rows("alerts"), MAY)
    lasting = alerts.still_off(drift, before)
    assert lasting[["feature", "why"]].to_numpy().tolist() == [["likes", "own level"], ["views", "empty values"]]
    assert alerts.still_off(drift, before.assign(open=False)).empty, "what is over begins anew"
    assert alerts.still_off(drift, no_rows("alerts")).empty


class Webhook:
    """A server that keeps what it is sent, and answers with a status that can be set."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.status = 204
        webhook = self

        class Listener(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                webhook.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(webhook.status)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Listener)
        self.address = f"http://127.0.0.1:{self.server.server_port}/secret"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    listening = Webhook()
    thread = threading.Thread(target=listening.server.serve_forever)
    thread.start()
    yield listening
    listening.server.shutdown()
    thread.join()
    listening.server.server_close()


def test_a_webhook_is_told_figure_threshold_window_and_money_of_each_alert_once(
    tmp_path: Path, webhook: Webhook
) -> None:
    (folder := tmp_path / "demo").mkdir()
    first = alerts.with_history(raised("likes", cents=-700), no_rows("alerts"), MAY)
    assert [telling.tell_open(first, folder, webhook.address) for _ in range(2)] == [None, None]
    (told,) = webhook.told
    assert told == {
        "workspace": "demo",
        "alerts": [
            {
                "rule": "drift",
                "subject": "likes",
                "severity": "warning",
                "message": "likes moved.",
                "figure": 0.3,
                "threshold": 0.2,
                "window_from": "2026-05-01",
                "window_to": "2026-06-01",
                "first_seen": "2026-05-01",
                "money_cents": -700,
                "open": True,
            }
        ],
    }


def test_each_alert_is_told_once_also_after_a_stop_or_where_the_webhook_was_down(
    tmp_path: Path, webhook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "athlete_intel.alerts")

    def subjects() -> list[list[str]]:
        found = [[alert["subject"] for alert in each["alerts"]] for each in webhook.told]
        webhook.told.clear()
        return found

    likes = alerts.with_history(raised("likes"), no_rows("alerts"), MAY)
    webhook.status = 500
    warning = telling.tell_open(likes, tmp_path, webhook.address)
    assert warning is not None
    assert "the next cycle tries again" in warning
    assert "secret" not in warning
    webhook.status = 204
    assert subjects() == [["likes"]]
    assert telling.tell_open(likes, tmp_path, webhook.address) is None
    assert subjects() == [["likes"]], "it was down the first time"
    assert telling.tell_open(likes, tmp_path, webhook.address) is None
    assert subjects() == []
    both = alerts.with_history(raised("likes", "views"), likes, JUNE)
    telling.tell_open(both, tmp_path, webhook.address)
    assert subjects() == [["views"]]
    over = alerts.with_history(raised("views"), both, JUNE)
    telling.tell_open(over, tmp_path, webhook.address)
    telling.tell_open(alerts.with_history(raised("likes", "views"), over, JULY), tmp_path, webhook.address)
    assert subjects() == [["likes"]], "what comes back is another alert"
    assert [record.getMessage().split(" moved")[0] for record in caplog.records] == [
        f"{tmp_path.name}: {name}" for name in ("likes", "views", "likes")
    ]


def test_what_was_true_of_a_model_that_was_replaced_is_told_once_too(
    tmp_path: Path, webhook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "athlete_intel.alerts")
    table = alerts.with_history(raised(), no_rows("alerts"), JUNE, replaced=raised("likes"))
    for _ in range(2):
        telling.tell_open(table, tmp_path, webhook.address, JUNE)
    told = [(alert["subject"], alert["open"]) for each in webhook.told for alert in each["alerts"]]
    assert told == [("likes", False)]
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == [
        f"{tmp_path.name}: likes moved. It is over: another model is in use."
    ]
    telling.tell_open(alerts.with_history(raised(), table, JULY), tmp_path, webhook.address, JULY)
    assert len(webhook.told) == len(caplog.records) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/secret", "file:///etc/passwd"])
def test_an_address_that_cannot_be_told_is_a_warning(tmp_path: Path, address: str) -> None:
    warning = telling.tell_open(alerts.with_history(raised("likes"), no_rows("alerts"), MAY), tmp_path, address)
    assert warning is not None
    assert "could not be told" in warning
    assert "secret" not in warning


@pytest.mark.parametrize("text", ["", "{", "[]", '{"log": 3, "webhook": []}'])
def test_a_damaged_file_of_what_was_told_costs_a_repetition_only(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "athlete_intel.alerts")
    (tmp_path / telling.FILE).write_text(text)
    for _ in range(2):
        assert telling.tell_open(alerts.with_history(raised("likes"), no_rows("alerts"), MAY), tmp_path, None) is None
    assert len(caplog.records) == 1


def test_acknowledgements_stand_beside_the_alert_that_they_are_about() -> None:
    now = alerts.with_history(raised("likes", "views"), no_rows("alerts"), JUNE)
    with Journal("sqlite://", "demo") as journal:
        own = {"rule": "drift", "subject": "likes"}
        journal.append("alert_acknowledgements", own, who="Old", role="analyst", why="then", at=datetime(2026, 5, 2))
        before = with_acknowledgements(now, journal.rows("alert_acknowledgements"))
        assert before["acknowledged_by"].isna().all(), "that was an earlier alert"
        number = journal.append(
            "alert_acknowledgements", own, who="Ann", role="analyst", why="new layout", at=datetime(2026, 6, 2)
        )
        after = with_acknowledgements(now, journal.rows("alert_acknowledgements")).set_index("subject")
        assert after["acknowledged_by"].fillna("-").to_dict() == {"likes": "Ann", "views": "-"}
        assert number == 2
        with pytest.raises(JournalError, match="Which alert"):
            journal.append("alert_acknowledgements", {"rule": "", "subject": ""}, who="A", role="a", why="b")
        with pytest.raises(JournalError, match="Which model"):
            journal.append("model_decisions", {"action": "promote", "version": None}, who="A", role="a", why="b")


def test_an_acknowledgement_does_not_stick_to_an_alert_that_came_later() -> None:
    """Data end days before they are read: the clock of who signs tells nothing of which alert was meant."""
    days = [pd.Timestamp("2026-06-01") + timedelta(days=number) for number in (0, 4, 7)]
    seen = alerts.with_history(raised("likes"), no_rows("alerts"), days[0])
    over = alerts.with_history(raised(), seen, days[1])
    back = alerts.with_history(raised("likes"), over, days[2])
    with Journal("sqlite://", "demo") as journal:
        own = acknowledgement_of(seen.iloc[0])
        at = datetime(2026, 6, 10)
        journal.append("alert_acknowledgements", own, who="Ann", role="analyst", why="seen", at=at)
        rows = journal.rows("alert_acknowledgements")
    assert with_acknowledgements(seen, rows)["acknowledged_by"].tolist() == ["Ann"]
    assert with_acknowledgements(back, rows)["acknowledged_by"].isna().all()


def test_an_acknowledgement_can_be_taken_back_and_given_again() -> None:
    now = alerts.with_history(raised("likes"), no_rows("alerts"), JUNE)
    with Journal("sqlite://", "demo") as journal:

        def written(values: dict[str, Any], revokes: int | None = None) -> pd.DataFrame:
            table = "alert_acknowledgements"
            journal.append(table, values, who="Ann", role="analyst", why="so", revokes=revokes)
            return with_acknowledgements(now, journal.rows(table))

        seen = written(acknowledgement_of(now.iloc[0]))
        assert seen["acknowledged_by"].tolist() == ["Ann"]
        open_again = written(*taken_back_of(seen.iloc[0]))
        assert open_again["acknowledged_by"].isna().all()
        assert written(acknowledgement_of(now.iloc[0]))["acknowledgement"].tolist() == [3]


def test_larger_errors_raise_an_alarm_beyond_chance_and_trifles() -> None:
    rng = np.random.default_rng(1)
    before, same = rng.exponential(0.4, 2_000), rng.exponential(0.4, 400)
    assert error_alarm(before, same) is None
    worse = error_alarm(before, same * 1.5)
    assert worse is not None
    assert worse.now > worse.limit >= 1.15 * worse.before
    assert error_alarm(np.repeat(before, 50), np.repeat(before, 50) * 1.05) is None, "sure, but a trifle"
    few = np.repeat(["a", "b", "c"], 300)
    assert error_alarm(before, same * 1.5, (np.arange(2_000) % 200, few[:400])) is None, "three athletes tell little"


def test_stated_false_alarms_are_those_of_every_rule_with_a_test() -> None:
    assert set(FALSE_ALARMS) == {"drift", "windows apart", "accuracy", "coverage", "estimate"}
    assert max(FALSE_ALARMS.values()) == 0.01


@pytest.mark.parametrize(("rows", "athletes", "alike"), [(40, 40, 0.0), (60, 12, 0.3), (300, 40, 0.3)])
def test_ranges_that_hold_what_they_should_raise_no_false_alarms(rows: int, athletes: int, alike: float) -> None:
    rng = np.random.default_rng(rows)
    alarms = 0
    for _ in range(400):
        athlete = np.arange(rows) % athletes
        place = np.sqrt(alike) * rng.normal(0, 1, athletes)[athlete] + np.sqrt(1 - alike) * rng.normal(0, 1, rows)
        alarms += coverage_alarm(pd.Series(place < stats.norm.ppf(0.8)), pd.Series(athlete), 0.8) is not None
    assert alarms <= stats.binom.isf(0.001, 400, FALSE_ALARMS["coverage"])


def windows_of(errors: list[np.ndarray]) -> pd.DataFrame:
    """Windows of errors, each of its own athletes."""
    parts = [
        pd.DataFrame({"window": f"w{k}", "as_of": MAY + timedelta(days=14 * k), "error": part, "size": 1.0}).assign(
            athlete_id=[f"a{i}" for i in range(len(part))]
        )
        for k, part in enumerate(errors)
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("sizes", [(30, 60), (30, 30, 30)])
def test_estimates_do_not_fail_by_chance(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(sum(sizes))
    fails = 0
    for _ in range(100):
        *_, newest = _of_past(windows_of([np.abs(rng.normal(0, 0.6, size)) for size in sizes]))
        fails += bool(newest[-1])
    assert fails <= stats.binom.isf(0.001, 100, FALSE_ALARMS["estimate"])


def test_an_estimate_fails_where_errors_are_larger_than_inputs_explain_for_as_long_as_they_are() -> None:
    usual, larger = (np.tile([0.3, 0.5], 50) * factor for factor in (1.0, 2.0))
    found = pd.DataFrame(
        _of_past(windows_of([usual, usual, larger, larger, usual])), columns=no_rows("estimated_errors").columns
    )
    assert found["fails"].tolist() == [False, False, True, True, False]
    assert found["estimated_mae_log"].tolist() == pytest.approx([0.4] * 5), "what failed is not taken for usual"
    assert found["fails_from"].isna().tolist() == [True, False, False, False, False]
    assert found["fails_from"].iloc[-1] == pytest.approx(1.25 * 0.4)


class Ranges:
    """Errors of everybody are expected to be as large as the level of the prediction."""

    def sizes(self, features: pd.DataFrame) -> np.ndarray:
        return features["level"].to_numpy()


class Model:
    """Predicts the only feature, and nobody is new."""

    by_time, ranges, newcomer_ranges = True, Ranges(), None

    def predict(self, matrix: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"predicted_log": matrix["likes"].to_numpy(), "new": False}, index=matrix.index)


def stories(name: str, first_day: str, likes: float, number: int = 40) -> Questions:
    days = pd.date_range(first_day, periods=number, freq="6h")
    athletes = [f"a{i}" for i in range(number)]
    asks = pd.DataFrame({"ask_id": [f"{name}{i}" for i in range(number)], "athlete_id": athletes, "as_of": days})
    return Questions(asks, {}, pd.DataFrame({"likes": np.full(number, likes)}), pd.DataFrame())


def test_estimates_follow_the_inputs_into_weeks_whose_outcomes_are_not_in() -> None:
    first, second = stories("a", "2026-05-01", 1.0), stories("b", "2026-05-15", 1.0)
    asks = pd.concat([first.asks, second.asks], ignore_index=True)
    training = Questions(asks, {}, pd.concat([first.matrix, second.matrix], ignore_index=True), pd.DataFrame())
    # Everybody errs by 0.4, where the size of errors is 1.
    errors = np.where(np.arange(80) % 2, 0.3, 0.5)
    tested = training.rows.assign(window=np.repeat(["one", "two"], 40), predicted=np.expm1(1.0))
    tested = tested.assign(actual=np.expm1(1.0 + errors))
    found = estimated_errors(Model(), training, stories("w", "2026-06-01", 2.0), tested, 14)  # type: ignore[arg-type]
    assert found["rows"].tolist() == [40, 40, 40]
    assert found["estimated_mae_log"].tolist() == pytest.approx([0.4, 0.4, 0.8])
    assert found["mae_log"].fillna(-1).tolist() == pytest.approx([0.4, 0.4, -1])
    assert not found["fails"].any()
    worse = tested.assign(actual=np.where(tested["window"] == "two", np.expm1(1.0 + 2 * errors), tested["actual"]))
    after = estimated_errors(Model(), training, None, worse, 14)  # type: ignore[arg-type]
    assert after["fails"].tolist() == [False, True]
    assert estimated_errors(Model(), training, None, tested.head(20), 14).empty  # type: ignore[arg-type]


def test_a_window_stands_out_above_a_high_usual_area_too() -> None:
    def is_apart(auc: float, usual: float, error: float = 0.004) -> bool:
        return stands_out(Told(auc, 0.0, 1_000, error, 200), Told(usual, 0.0, 1_000, error, 200), 0.01).apart

    assert [is_apart(auc, 0.5) for auc in (0.55, 0.61)] == [False, True]
    assert [is_apart(auc, 0.9) for auc in (0.91, 0.93)] == [False, True]
    assert is_apart(0.995, 0.95)
    assert not is_apart(0.61, 0.5, error=0.05), "within noise"
    assert not stands_out(Told(1.0, 0.0, 60, 0.0, 20), Told(0.99, 0.0, 60, 0.0, 20), 0.01).apart
    assert not stands_out(Told(0.99, 0.0, 1_000, 0.001, 200), None, 0.01).apart, "nothing tells what is usual"


@pytest.mark.parametrize("moved", [0.0, 0.5, 2.0, 3.5])
def test_windows_that_differ_as_usual_are_no_alert_however_much_that_is(moved: float) -> None:
    rng = np.random.default_rng(int(10 * moved))

    def told() -> Told:
        athlete, is_newest = rng.integers(0, 40, 300), rng.random(300) < 0.4
        scores = rng.normal(0, 0.7, 40)[athlete] + rng.normal(0, 0.7, 300) + moved * is_newest
        area, variance = clustered_auc(scores, is_newest, athlete)
        return Told(area, 0.0, 300, math.sqrt(variance), 40)

    alarms = sum(stands_out(told(), told(), 0.01).apart for _ in range(200))
    assert alarms <= stats.binom.isf(0.001, 200, FALSE_ALARMS["windows apart"])


def every_error(kind: type[AthleteIntelError] = AthleteIntelError) -> list[type[AthleteIntelError]]:
    return [kind, *(each for below in kind.__subclasses__() for each in every_error(below))]


def test_each_kind_of_error_has_an_exit_code_of_its_own_and_none_is_that_of_alerts() -> None:
    codes = [kind.exit_code for kind in every_error()]
    assert sorted(codes) == sorted(set(codes))
    assert 20 not in codes


def run(home: Path, *words: str) -> Any:
    return CliRunner().invoke(app, ["alerts", *words, "--home", str(home)], env={"COLUMNS": "80"})


def test_the_exit_code_is_20_while_a_critical_alert_waits(tmp_path: Path) -> None:
    literal_snapshot(tmp_path / "demo")
    listed = run(tmp_path, "list")
    assert listed.exit_code == 20
    assert "nan" not in listed.output
    assert listed.output.count("acknowledged by nobody yet") == 2
    signed = ["estimate", "all stories", "--who", "Ann", "--why", "the new season"]
    assert run(tmp_path, "acknowledge", *signed).exit_code == 0
    seen = run(tmp_path, "list")
    assert seen.exit_code == 0, "a warning may wait"
    assert "acknowledged by Ann: the new season" in seen.output
    assert run(tmp_path, "acknowledge", *signed, "--take-back").output.strip() == "Taken back."
    assert run(tmp_path, "list").exit_code == 20
    assert "nothing to take back" in str(run(tmp_path, "acknowledge", *signed, "--take-back").exception)


def test_no_alert_is_exit_code_0(tmp_path: Path) -> None:
    tables = literal_tables()
    publish(tmp_path / "demo", tables | {"alerts": tables["alerts"].head(0)})
    listed = run(tmp_path, "list")
    assert (listed.exit_code, listed.output.strip()) == (0, "No alert is open.")


def test_the_list_of_alerts_is_whole_in_80_columns(tmp_path: Path) -> None:
    literal_snapshot(tmp_path / "demo")
    lines = run(tmp_path, "list").output.splitlines()
    assert lines[:6] == [
        "critical: estimate 'all stories'",
        "  Errors are larger than inputs explain.",
        "  1.58x came; an alert begins at 1.51x; window 2026-02-01 to 2026-03-01",
        "  first seen 2026-02-01, last seen 2026-03-01",
        "  acknowledged by nobody yet",
        "",
    ]
    assert "  figure 0.31, threshold 0.20; window 2026-02-01 to 2026-03-01" in lines
    assert "  moves the mean pay of a story by -$12.50" in lines
    assert all(len(line) <= 80 for line in lines)
    assert "'volume of posts'" in run(tmp_path, "list", "--all").output
    assert run(tmp_path, "acknowledge", "drift", "no such", "--why", "x").exit_code != 0
