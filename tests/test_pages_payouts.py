"""The pages Payouts and Earnings on a literal snapshot: what is due, what it may cost, what a change would do."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from athlete_intel.journal import Journal
from athlete_intel.payouts import ledger, report
from athlete_intel.payouts.cards import parse_card
from athlete_intel.payouts.moves import moved
from athlete_intel.settings import Settings
from athlete_intel.ui import formats, payout_words
from athlete_intel.warehouse import Snapshots
from tests.fixture_snapshot import AS_OF, literal_snapshot, literal_tables, publish
from tests.tables import table
from tests.tabs import in_tab, tabs_of
from tests.test_payouts_ledger import basis

APP = str(Path(__file__).parents[1] / "app.py")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    monkeypatch.setenv("ATHLETE_INTEL_WORKSPACE", "demo")
    return tmp_path


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page(f"pages/{page}.py").run()


def read(app: AppTest) -> str:
    kinds = ("title", "header", "subheader", "markdown", "caption", "warning", "info", "success", "error", "code")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind)).replace("\\", "")


def pay(home: Path) -> None:
    """Two stories of the first athlete and one of the second; one of them is settled below its advance."""
    entries = [ledger.advance(basis(name), cents, []) for name, cents in (("s1", 3_500), ("s2", 4_000), ("s3", 100))]
    settled = ledger.settlement("s1", 600_000, [entries[0]])
    values = [entry.values() | {"athlete_id": "athlete-00"} for entry in (*entries[:2], settled)]
    values.append(entries[2].values() | {"athlete_id": "athlete-02"})
    with Journal.of(Settings(home=home, workspace="demo")) as journal:
        journal.append_all(ledger.TABLE, values, who="Mia", role="operator", why="test", at=datetime(2026, 3, 2))


def test_the_payouts_page_says_what_is_due_and_how_sure_that_is(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("payouts")
    assert not app.exception
    text = read(app)
    assert "In the next 30 days $" in text
    assert "are paid, four times in five; the probability that they end in a loss is" in text
    assert "Stories of women (gender) earn 23% more in the end than others at the same prediction" in text
    assert "20% hits all stories of an athlete at once" in text
    assert "The risk rests on 4 periods of 28 days, too few" in text
    assert "How far the model is off, by group" in [link.proto.label for link in app.main.get("page_link")]
    labels = {metric.label: metric.value for metric in app.metric}
    assert labels["Open commitments"] == "0"
    assert labels["Waiting for a person"] == "1"
    waits = next(frame.value for frame in in_tab(app, "Waiting").dataframe if "waits_why" in frame.value)
    assert waits["waits_why"].tolist() == ["a handle is contested"]
    assert "Nothing was promised or paid yet." in read(in_tab(app, "Ledger"))
    assert "This is the first snapshot" in read(in_tab(app, "Money moved"))


def test_who_carries_the_risk_is_listed_whole_and_the_dearest_months_are_told(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("payouts")
    listed = [frame.value for frame in app.dataframe if "tail_dollars" in frame.value]
    everybody = listed[1]
    assert len(everybody) > 10
    sums = [each["tail_dollars"].sum() for each in listed]
    assert sums[0] == pytest.approx(sums[1], abs=1)
    told = read(app)
    assert f"In the dearest 5% of the 1,000 simulated months {formats.money(sums[0] * 100)} are paid on average" in told
    assert f"and {len(everybody)} athletes, those who add most first" in told
    assert "the chart leaves out the outermost 0.5% at either end; all of them reach from $" in told


def test_a_short_past_is_advised_on_only_where_a_setting_can_help(home: Path) -> None:
    shocks = pd.DataFrame({"periods": [4]})
    assert "history_windows = 13" in payout_words.thin_past(shocks, could_be_longer=True)[0]
    assert payout_words.thin_past(shocks.assign(periods=6), could_be_longer=True) == []
    literal_snapshot(home / "demo")  # fewer windows than the settings allow
    told = read(opened("payouts"))
    assert "The data reach no further back" in told
    assert "history_windows" not in told


def test_what_is_paid_ahead_unequally_is_laid_on_the_rate_card() -> None:
    row = {"measure": "paid ahead", "grouping": "sport", "value": "golf", "difference": -0.2, "low": -0.3, "high": -0.1}
    (told,) = payout_words.fairness_lines(pd.DataFrame([row | {"alert": True}]))
    assert told.startswith("Stories of golf (sport) are paid 18% less ahead than others at the same prediction")
    assert "under Rate card" in told


def test_a_budget_moves_its_probability(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("payouts")
    app.number_input(key="budget").set_value(0).run()
    assert "The probability that more than $0 are paid is >99%." in read(app)
    app.number_input(key="budget").set_value(10_000_000).run()
    assert "The probability that more than $10M are paid is below 0.1%." in read(app)


def test_a_bundle_has_its_own_range(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("payouts")
    app.selectbox(key="risk-bundle").set_value("C2-small").run()
    assert not app.exception
    assert "One story by each member: $" in read(app)


def test_the_ledger_is_shown_as_it_is_now(home: Path) -> None:
    literal_snapshot(home / "demo")
    pay(home)
    app = opened("payouts")
    assert not app.exception
    assert "Paid for open commitments: $" in read(app)
    assert "$71 paid for 3 stories; 2 of them are open, with $41 advanced." in read(in_tab(app, "Ledger"))
    rows = next(frame.value for frame in app.dataframe if "signed" in frame.value)
    assert rows["paid"].tolist() == [35.0, 40.0, -5.0, 1.0]


@pytest.mark.parametrize("athlete", ["athlete-00", "athlete-02"])
def test_an_athlete_sees_only_the_own_statement(home: Path, athlete: str) -> None:
    literal_snapshot(home / "demo")
    pay(home)
    app = opened("earnings", athlete=athlete)
    assert not app.exception
    rows = next(frame.value for frame in app.dataframe if "signed" in frame.value)
    assert rows["paid"].sum() == {"athlete-00": 70.0, "athlete-02": 1.0}[athlete]
    assert app.selectbox(key="month").options == ["2026-03"]


def test_the_earnings_page_tells_the_month_and_the_other_prices(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("earnings")
    text = read(app)
    assert "The next story earns $825 to $2,850 four times in five, typically $1,500." in text
    told = "At about 4 stories in 30 days, as in the last half-year, more or fewer by chance, the month earns $1,500 to"
    assert f"{told} $12k" in text
    assert "Nothing was paid to this athlete yet" in text
    prices = {metric.label: metric.value.replace("\\", "") for metric in app.metric}
    assert (prices["By the model"], prices["By engagements"], prices["By followers"]) == ("$1,500", "$400", "$800")
    assert "The ways to price the same story lie a factor of 3.8 apart." in text
    assert "waits for a person" in read(opened("earnings", athlete="athlete-03"))
    tables = literal_tables()
    tables["dataset"]["outcome_name"] = "engagements"
    publish(home / "demo", tables)
    app = opened("earnings")
    assert [metric.label for metric in app.metric][-2:] == ["By the model", "By followers"], "engagements are paid here"
    assert "Nobody is paid by followers" in read(app)


def test_what_if_asks_the_model_and_marks_what_is_beyond_its_data(home: Path) -> None:
    literal_snapshot(home / "demo")
    app = opened("earnings")
    assert "Choose a change to see what it would do." in read(app)
    app.selectbox(key="what-if").set_value("likes_20").run()
    text = read(app)
    assert "Likes up 20%: the next story would earn $990 to $3,300, typically $1,650 (+10%)" in text
    published = formats.money(literal_tables()["outlook"]["month_middle_cents"].iloc[0])
    assert f"with {published} in the middle" in text
    assert f"in the middle (now {published})" in text, "one figure for one month"
    assert "This goes beyond all that the model has learnt from, so it is a guess." in text
    other = opened("earnings", athlete="athlete-05")
    other.selectbox(key="what-if").set_value("likes_20")
    other.slider(key="more-stories").set_value(1).run()
    text = read(other)
    assert "Likes up 20%, and 1 more story a week: the next story would earn" in text
    assert "beyond all that the model" not in text


def test_where_the_model_looks_at_nothing_that_can_change_no_change_is_offered(home: Path) -> None:
    tables = literal_tables(rows_are="athletes")
    publish(home / "demo", tables | {"what_ifs": tables["what_ifs"].head(0)})
    app = opened("earnings", athlete="athlete-03")
    assert not app.exception
    assert "What would change it" not in read(app)
    assert "What if" not in [box.label for box in app.selectbox]
    tables = literal_tables()
    publish(home / "demo", tables | {"what_ifs": tables["what_ifs"].head(0)})
    app = opened("earnings")
    assert "What if" not in [box.label for box in app.selectbox]
    app.slider(key="more-stories").set_value(1).run()
    assert "1 more story a week: the next story would earn" in read(app)


def test_a_snapshot_of_before_payouts_says_so(home: Path) -> None:
    tables = literal_tables()
    for name in ("outlook", "what_ifs", "outcome_spread", "shocks", "rate_card", "rate_card_source", "fairness"):
        del tables[name]
    publish(home / "demo", tables)
    app = opened("payouts")
    assert not app.exception
    assert "This snapshot holds no figures about payouts yet." in read(app)
    assert not opened("earnings").exception


def test_without_stories_there_is_no_month(home: Path) -> None:
    literal_snapshot(home / "demo", rows_are="athletes")
    app = opened("payouts")
    assert not app.exception
    told = "This data set has no stories, so there is no month to pay for, and nothing is paid ahead."
    assert told in read(app)
    assert tabs_of(app) == ["Risk", "Figures and fairness", "Money moved", "Rate card"], "no tab that can hold nothing"
    bundles = literal_tables(rows_are="athletes")["bundles"]
    assert app.selectbox(key="risk-bundle").value == bundles["bundle_id"].iloc[0], "a bundle is opened at once"
    assert "four times in five" in read(app)
    for tab in tabs_of(app):
        assert "payouts advance" not in read(in_tab(app, tab))
    earnings = read(opened("earnings", athlete="athlete-03"))
    assert "advance" not in earnings.lower()


def test_where_there_is_no_figure_nothing_is_said_to_speak_against_it(home: Path) -> None:
    tables = literal_tables(rows_are="athletes")
    tables["fairness"] = tables["fairness"].head(0)
    publish(home / "demo", tables)
    app = opened("payouts")
    assert not app.exception
    assert not app.metric
    assert "Nothing speaks against these figures." not in read(app)


def test_money_that_moved_names_the_signal_and_flags_it() -> None:
    before = table("athlete_id expected_cents\nann 1000\nbob 1000\ncid 1000\neva 1000\nfay 9\ndot 500")
    now = table("athlete_id expected_cents\nann 950\nbob 1200\ncid 1000\neva 1000\nfay 9\nnew 10")
    older = table("athlete_id label effect_log\nann Likes 0.2\nann Wiki 0.1\nbob Wiki 0.0")
    newer = table("athlete_id label effect_log\nann Likes 0.1\nann Wiki 0.15\nbob Wiki 0.2")
    catalogue = pd.DataFrame({"feature": ["tw", "tw_5", "wk"], "family": ["Likes", "Likes", "Wiki"]})
    drift = pd.DataFrame({"feature": ["tw", "tw_5", "wk"], "drifting": [False, True, False]})
    same = {"model_version": "m1", "rate_card": "standard"}
    before, now = before.assign(**same), now.assign(**same)
    found = moved(before, now, older, newer, catalogue, drift)
    assert found[["athlete_id", "moved_cents", "because", "flag"]].iloc[:2].to_numpy().tolist() == [
        ["bob", 200, "Wiki", "a large change"],
        ["ann", -50, "Likes", "its signal drifts"],
    ]
    assert found["part"].iloc[1] == pytest.approx(-0.1)
    assert found["flag"].iloc[2] == ""


def test_a_card_that_names_what_is_not_there_is_a_warning(home: Path) -> None:
    tables = literal_tables()
    known = str(tables["rankings"]["sport"].iloc[0])
    source = tables["rate_card_source"].iloc[0]
    values = json.loads(source["json"], parse_float=Decimal)
    values |= {"sports": {known + "x": 2, known: 1}, "formats": {"hologram": 2}, "minimums": {"athlete-O1": 5}}
    card = parse_card(values, "own.toml")
    told = report.unknown_names(card, tables["rankings"], tables["outcomes"])
    assert f"names the sport '{known}x', which this data set does not have; did you mean '{known}'?" in told[0]
    assert "names the format 'hologram', which this data set does not have; check the spelling." in told[1]
    assert "names the athlete 'athlete-O1', which this data set does not have; did you mean 'athlete-" in told[2]
    tables["rate_card_source"] = tables["rate_card_source"].assign(json=card.json)
    publish(home / "demo", tables)
    assert f"names the sport '{known}x'" in read(opened("payouts"))


def test_what_no_signal_explains_is_laid_on_what_really_changed() -> None:
    nobody = table("athlete_id label effect_log\nann Likes 0.2")
    none = pd.DataFrame({"feature": [], "family": [], "drifting": []})
    told = []
    for model, card in (("m2", "own"), ("m1", "own"), ("m2", "standard"), ("m1", "standard")):
        before, now = (
            pd.DataFrame({"athlete_id": ["ann"], "expected_cents": [cents], "model_version": [m], "rate_card": [c]})
            for cents, m, c in ((1_000, "m1", "standard"), (2_000, model, card))
        )
        told.append(moved(before, now, nobody, nobody, none, none)["because"].item())
    assert told == ["The model or the rate card", "Another rate card", "The model learnt anew", "Rates or limits"]


def test_the_page_and_the_command_line_tell_the_same_figures(home: Path) -> None:
    literal_snapshot(home / "demo")
    store = Snapshots(home / "demo")
    month = report.next_month({name: store.read(name) for name in report.TABLES}, Settings().seed)
    assert month is not None
    shown = {metric.label: metric.value for metric in opened("payouts").metric}
    assert shown["Paid in 30 days"].replace("\\", "") == payout_words.middle(month, "spend")


def test_what_moved_since_the_snapshot_before_is_listed(home: Path) -> None:
    tables = literal_tables()
    publish(home / "demo", tables)
    second = tables | {"payouts": tables["payouts"].assign(expected_cents=tables["payouts"]["expected_cents"] - 5_000)}

    def fill(database, snapshot_id: str) -> None:  # type: ignore[no-untyped-def]
        for name, each in second.items():
            database.write(name, each)

    Snapshots(home / "demo").publish(fill, inputs="literal1" * 8, now=AS_OF.replace(day=2))
    app = opened("payouts", tab="Money moved")
    assert not app.exception
    assert "Expected pay of 40 athletes moved by $2,000 in all ($2,000 less on balance)" in read(app)
