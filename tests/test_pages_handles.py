"""The page Handles on a literal snapshot: what it says, what it writes, and that exports are harmless."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from athlete_intel.ui import formats, handle_columns, handle_decisions, handles, reads, reviews
from tests.fixture_handles import handle_tables
from tests.fixture_snapshot import literal_tables, publish
from tests.tabs import in_tab

APP = str(Path(__file__).parents[1] / "app.py")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tables = literal_tables()
    publish(tmp_path / "literal", tables | handle_tables(tables["payouts"]) | {"athletes": tables["rankings"]})
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    monkeypatch.setenv("ATHLETE_INTEL_WORKSPACE", "literal")
    return tmp_path


def page(name: str = "handles", **query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.switch_page(f"pages/{name}.py").run()


def said(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.warning, *app.info, *app.error, *app.success, *app.subheader]
    return "\n".join(str(part.value) for part in parts).replace("\\", "")


def test_the_queue_is_ordered_by_money_and_says_why(home: Path) -> None:
    app = page()
    assert not app.exception
    text = said(app)
    assert (
        "3 handles to review, 1 of them left out of training. Most is at stake for Jánošík Ďurišić on Twitter" in text
    )
    options = app.selectbox(key="handle").options
    assert [option.split(" on ")[0] for option in options] == [
        "Jánošík Ďurišić",
        "=SUM(A1:A9)",
        options[2].split(" on ")[0],
    ]
    assert "7 of 9 workers say jano." in text
    assert "7 votes, 98% sure to be right" in text
    assert "in use for this athlete's data" in text
    text = said(in_tab(app, "What agreement is worth"))
    assert "7 of 9 is 99.9999% sure only if each worker is right 91.5% of the time" in text
    assert "of 40 gold answers that the rule accepted, 39 were right" in text
    text = said(in_tab(app, "Effect"))
    assert "Without 1 contested handle of 1 athlete, R² on all other athletes is 0.712; with them it is 0.700." in text
    assert "This is the first snapshot" in text


def test_a_decision_waits_in_the_queue_until_the_next_cycle(home: Path) -> None:
    with Journal.of(Settings(home=home, workspace="literal")) as journal:
        values = {
            "athlete_id": "athlete-01",
            "platform": "twitter",
            "action": "accept",
            "handle": "jano",
            "since": None,
        }
        journal.append("handle_reviews", values, who="Mia", role="analyst", why="seen it")
    app = page()
    shown = pd.concat([table.value for table in app.dataframe if "shown_state" in table.value])
    assert "accepted, waits" in shown["shown_state"].tolist()
    assert "Accepted by Mia: seen it. 7 of 9 workers say jano." in said(app)
    assert next(metric.value for metric in app.metric if metric.label == "Signed, not yet counted") == "1"


def test_the_queue_and_the_doubts_follow_each_decision(home: Path) -> None:
    settings = Settings(home=home, workspace="literal")
    data = reads.open_data_set(settings, "literal")
    before, doubted = reviews.waiting(data), reviews.in_doubt(data)
    assert before["action_newer"].isna().all()
    first = before[before["athlete_id"].isin(doubted)].iloc[0]
    values = {"athlete_id": first["athlete_id"], "platform": first["platform"], "handle": "jano", "action": "accept"}
    with Journal.of(settings) as journal:
        journal.append("handle_reviews", values, who="Mia", role="analyst", why="seen it")
    after = reviews.waiting(data).set_index("handle_key")
    assert after.loc[first["handle_key"], "action_newer"] == "accept"
    assert reviews.in_doubt(data) == doubted - {first["athlete_id"]}


def test_a_handle_that_waits_only_as_its_athlete_contests_it_says_why(home: Path) -> None:
    values = {"athlete_id": "athlete-00", "platform": "twitter", "action": "contest", "handle": None, "since": None}
    with Journal.of(Settings(home=home, workspace="literal")) as journal:
        journal.append("handle_reviews", values, who="Ana", role="athlete", why="That is not my account.")
    app = page(handle="athlete-00~twitter")
    assert not app.exception
    told = "Contested by Ana: That is not my account."
    assert told in said(app), "whoever reviews it reads the reason first"
    (queue,) = [table.value for table in app.dataframe if "shown_state" in table.value]
    row = queue[queue["athlete_id"] == "athlete-00"].iloc[0]
    assert row[["because", "shown_state"]].tolist() == [told, "contested"]


def test_an_athlete_reads_what_a_contest_leads_to_and_finds_the_form_empty(home: Path) -> None:
    def script() -> None:
        from athlete_intel.settings import load_settings
        from athlete_intel.ui import reads, review_forms, reviews

        data = reads.open_data_set(load_settings(), "literal")
        reviews.saved_note()
        review_forms.contest(data, data.rows_of("handle_states", "athlete-00"))

    form = AppTest.from_function(script, default_timeout=60).run()
    form.text_input(key="contest-who").set_value("Ana")
    form.text_input(key="contest-why").set_value("That is not my account.")
    form.button[0].click().run()
    assert not form.exception
    told = said(form)
    assert "is written down, signed Ana: the Twitter handle of " in told
    assert "from the next update of the data on, nothing that comes from this handle counts" in told
    assert "cycle" not in told
    assert [box.value for box in form.text_input] == ["", ""]


def test_the_other_athlete_of_a_handle_is_told_from_a_namesake() -> None:
    tables = literal_tables()
    told = handle_tables(tables["payouts"])
    athletes = tables["rankings"].assign(name="Øystein Zellinden")[["athlete_id", "name", "team"]]
    queue = handles.queue(told["handle_states"], told["handle_flags"], told["handle_reviews"], athletes, 0)
    (because,) = queue.loc[queue["athlete_id"] == "athlete-01", "because"]
    team = athletes.set_index("athlete_id").loc["athlete-03", "team"]
    assert because.startswith(f"7 of 9 workers say jano. The other athlete is Øystein Zellinden, {team} (athlete-03)")


def test_a_decision_is_chosen_by_whoever_signs_it(home: Path) -> None:
    def script() -> None:
        from athlete_intel.settings import load_settings
        from athlete_intel.ui import reads, review_forms, reviews

        data = reads.open_data_set(load_settings(), "literal")
        state = reviews.waiting(data).iloc[0]
        review_forms.review(data, state, [{"handle": "jano"}])

    form = AppTest.from_function(script, default_timeout=60).run()
    assert form.radio[0].value is None
    form.button[0].click().run()
    assert not form.exception
    assert "Please fill in: Decision, Your name, Reason." in said(form)
    form.radio[0].set_value("accept")
    form.button[0].click().run()
    assert "Please fill in: Your name, Reason." in said(form)
    labels = [*form.radio[0].options, *(box.label for box in (*form.selectbox, *form.text_input))]
    assert not [label for label in labels if "account" in label], "handles are called so"


def test_a_decision_in_the_meantime_is_told_before_another_is_written(home: Path) -> None:
    def script() -> None:
        from athlete_intel.settings import load_settings
        from athlete_intel.ui import reads, review_forms, reviews

        data = reads.open_data_set(load_settings(), "literal")
        reviews.saved_note()
        review_forms.review(data, reviews.waiting(data).iloc[0], [{"handle": "jano"}])

    def signed(app: AppTest, action: str, who: str) -> AppTest:
        app.radio[0].set_value(action)
        for box, text in zip(app.text_input[1:], (who, "I looked"), strict=True):
            box.set_value(text)
        app.button[0].click().run()
        assert not app.exception
        return app

    anns, bobs = (AppTest.from_function(script, default_timeout=60).run() for _ in range(2))
    assert "is written down, signed Ann" in said(signed(anns, "reject", "Ann"))
    told = said(signed(bobs, "ask again", "Bob"))
    assert "Ann decided on this handle in the meantime: reject (I looked). Nothing of yours was written" in told
    assert bobs.text_input[1].value == "Bob", "nothing has to be typed again"
    bobs.button[0].click().run()
    assert "is written down, signed Bob" in said(bobs)
    with Journal.of(Settings(home=home, workspace="literal")) as journal:
        assert journal.rows("handle_reviews")[["who", "action"]].to_numpy().tolist() == [
            ["Ann", "reject"],
            ["Bob", "ask again"],
        ]


def test_why_a_handle_waits_stands_before_what_is_wider_and_matters_less() -> None:
    assert list(handle_columns.queue())[:4] == ["name", "because", "shown_state", "stake_dollars"]
    assert list(handle_columns.decisions())[:3] == ["name", "action", "why"]


def test_what_took_a_decision_back_cannot_be_taken_back(home: Path) -> None:
    values = {"athlete_id": "athlete-01", "platform": "twitter", "action": "accept", "handle": "", "since": None}
    with Journal.of(Settings(home=home, workspace="literal")) as journal:
        number = journal.append("handle_reviews", values, who="Mia", role="analyst", why="none to be found")
        kept = journal.append("handle_reviews", values | {"action": "contest"}, who="Ann", role="athlete", why="mine")
        more = values | {"action": "revoke", "handle": None}
        journal.append("handle_reviews", more, who="Mia", role="analyst", why="a mistake", revokes=number)
        assert handle_decisions.revocable(journal.rows("handle_reviews"))["id"].tolist() == [kept]
        journal.append("handle_reviews", more, who="Mia", role="analyst", why="a mistake", revokes=kept)
        told = handle_decisions.journal_rows(journal.rows("handle_reviews"), {"athlete-01": "Jano"}, 0)
    assert told["handle"].fillna("").tolist() == ["", "", "", "no account"]
    app = page()
    assert not app.exception
    assert "Decision to take back" not in [box.label for box in app.selectbox]


def test_the_earnings_page_marks_a_contested_handle(home: Path) -> None:
    assert "The Twitter handle is contested" in said(page("earnings", athlete="athlete-01"))
    assert "is contested" not in said(page("earnings", athlete="athlete-00"))


def test_what_is_contested_since_the_snapshot_is_told_where_pay_is(home: Path) -> None:
    values = {"athlete_id": "athlete-00", "platform": "twitter", "action": "contest", "handle": None, "since": None}
    with Journal.of(Settings(home=home, workspace="literal")) as journal:
        number = journal.append("handle_reviews", values, who="Ana", role="athlete", why="not mine")
    told = "The Twitter handle was contested and waits for an analyst."
    assert told in said(page("earnings", athlete="athlete-00"))
    with Journal.of(Settings(home=home, workspace="literal")) as journal:
        more = values | {"action": "revoke"}
        journal.append("handle_reviews", more, who="Mia", role="analyst", why="a mistake", revokes=number)
    assert told not in said(page("earnings", athlete="athlete-00"))


def test_the_overview_counts_handles_that_wait(home: Path) -> None:
    told = "look wrong or wait for review; what comes from 1 of them is left out, and from the others counts, until"
    assert told in said(page("overview"))


def test_exports_run_no_formula() -> None:
    tables = literal_tables()
    told = handle_tables(tables["payouts"])
    athletes = tables["rankings"][["athlete_id", "name", "team"]]
    queue = handles.queue(told["handle_states"], told["handle_flags"], told["handle_reviews"], athletes, 0)
    text = formats.csv_bytes(queue).decode("utf-8-sig")
    assert "'=SUM(A1)" in text
    assert ",=SUM" not in text


@pytest.mark.parametrize("cell", ["=1+1", "\uff1d1+1", "\u200b=1+1", " -1+1", "\ufe63cmd", "\t=1", "\u3164@A1"])
def test_no_disguise_makes_a_formula_of_a_cell(cell: str) -> None:
    told = formats.csv_bytes(pd.DataFrame({"name": [cell], cell: ["x"]})).decode("utf-8-sig")
    assert f"'{cell}" in told.splitlines()[0]
    assert f"'{cell}" in "".join(told.splitlines()[1:])


def test_payout_changes_put_reviewed_athletes_first() -> None:
    now = pd.DataFrame({"athlete_id": ["a", "b", "c", "d"], "expected_cents": [100, 250, 300, 10]})
    before = pd.DataFrame({"athlete_id": ["a", "b", "c", "e"], "expected_cents": [100, 200, 900, 5]})
    names = pd.DataFrame({"athlete_id": list("abcde"), "name": list("ABCDE")})
    found = handles.payout_changes(now, before, names, {"b"})
    assert found["name"].tolist() == ["B", "C", "D", "E"]
    assert found["change_cents"].tolist() == [50, -600, 10, -5]
    assert found["reviewed"].tolist() == ["handle reviewed", *["model learnt anew"] * 3]
