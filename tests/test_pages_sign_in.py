"""With a people file: nothing before sign-in, and then what the roles allow and no more."""

import ast
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from athlete_intel import cli
from athlete_intel.bundles.campaigns import values_of
from athlete_intel.cli import operations
from athlete_intel.errors import PeopleError
from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from athlete_intel.ui import navigation
from tests.fixture_handles import handle_tables
from tests.fixture_snapshot import literal_snapshot, literal_tables, publish
from tests.test_bundles_campaigns import CAMPAIGN
from tests.test_people import people_file

ROOT = Path(__file__).parents[1]
PEOPLE = """
[[people]]
email = "bea@example.org"
name = "Bea Brand"
role = "brand"

[[people]]
email = "ana@example.org"
name = "Ana Lopez"
role = "athlete"
athlete_id = "athlete-00"

[[people]]
email = "mia@example.org"
name = "Mia Analyst"
role = "analyst"

[[people]]
email = "olu@example.org"
name = "Olu Operator"
role = "operator"

[[people]]
email = "nil@example.org"
name = "Nil Brand"
role = ["brand", "athlete"]
athlete_id = "athlete-02"
data = ["nil"]

[[people]]
email = "new@example.org"
name = "Newcomer"
role = "athlete"
athlete_id = "not-there"
"""
ROLE_OF = {"bea": "brand", "ana": "athlete", "mia": "analyst", "olu": "operator"}
AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "c" * 32,
    "client_id": "id",
    "client_secret": "secret",
    "server_metadata_url": "http://localhost:9/.well-known/openid-configuration",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two data sets."""
    folder = tmp_path_factory.mktemp("published")
    tables = literal_tables()
    publish(folder / "demo", tables | handle_tables(tables["payouts"]) | {"athletes": tables["rankings"]})
    literal_snapshot(folder / "nil", rows_are="athletes")
    return folder


@pytest.fixture
def home(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the two data sets, and the people file."""
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    monkeypatch.setenv("ATHLETE_INTEL_WORKSPACE", "demo")
    monkeypatch.setenv("ATHLETE_INTEL_PEOPLE", str(people_file(tmp_path, PEOPLE)))
    return tmp_path


def started(claims: Mapping[str, object] | None, auth: Mapping[str, object] | None = AUTH, **query: str) -> AppTest:
    """The app before its first run, for somebody with these claims; None for nobody."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.secrets = {"auth": dict(auth)} if auth else {"other": {}}
    app.user = {"is_logged_in": True, **claims} if claims is not None else {}
    for name, value in query.items():
        app.query_params[name] = value
    return app


def opened(who: str, page: str = "", **query: str) -> AppTest:
    """A page as somebody of example.org sees it."""
    app = started({"email": f"{who}@example.org"}, **query)
    return app.switch_page(f"pages/{page}.py").run() if page else app.run()


def said(app: AppTest) -> str:
    kinds = ("title", "header", "markdown", "caption", "warning", "info", "success", "error", "code")
    return "\n".join(element.value for kind in kinds for element in getattr(app, kind)).replace("\\", "")


def shows_nothing(app: AppTest) -> None:
    """Neither a data set nor an athlete nor a number nor a link."""
    assert not app.exception
    assert not app.dataframe
    assert not app.metric
    assert not app.selectbox
    assert not app.sidebar.get("page_link")
    for word in ("demo", "Demo", "nil", "Élodie", "$", "Data as of", "example.org"):
        assert word not in said(app), word


@pytest.mark.parametrize("page", ["", "rankings", "earnings", "payouts"])
def test_nobody_signed_in_sees_one_button(home: Path, page: str) -> None:
    app = started(None, data="nil", athlete="athlete-00")
    app = app.switch_page(f"pages/{page}.py").run() if page else app.run()
    shows_nothing(app)
    assert app.title[0].value == "Athlete Intelligence"
    assert [button.label for button in app.button] == ["Sign in"]


@pytest.mark.parametrize("page", ["", "earnings"])
@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"email": "eve@example.com"}, "You signed in as eve@example.com, which is not among the people"),
        ({"email": "mia@example.COM", "email_verified": False}, "mia@example.COM is not verified yet"),
        ({}, "tells no e-mail address"),
    ],
)
def test_a_stranger_is_told_what_to_do(home: Path, claims: dict[str, object], sentence: str, page: str) -> None:
    app = started(claims)
    app = app.switch_page(f"pages/{page}.py").run() if page else app.run()
    shows_nothing(app)
    assert app.title[0].value == "You cannot come in with this account"
    assert sentence in said(app)
    assert [button.label for button in app.button] == ["Use another account"]


def test_claims_without_a_sign_in_let_nobody_in(home: Path) -> None:
    app = started({"email": "mia@example.org", "is_logged_in": False}).run()
    shows_nothing(app)
    assert [button.label for button in app.button] == ["Sign in"]


@pytest.mark.parametrize(
    ("auth", "sentence"),
    [
        (None, "secrets.toml has no section [auth]"),
        (AUTH | {"client_id": ""}, "[auth] in .streamlit/secrets.toml lacks client_id"),
        (AUTH | {"cookie_secret": "xxx"}, "cookie_secret in .streamlit/secrets.toml is shorter than 32 characters"),
    ],
)
def test_what_sign_in_lacks_is_told_and_nobody_comes_in(
    home: Path, auth: dict[str, object] | None, sentence: str
) -> None:
    app = started({"email": "mia@example.org"}, auth).run()
    shows_nothing(app)
    assert sentence in said(app)
    assert app.code
    assert not app.button


def test_missing_packages_are_told_with_the_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("athlete_intel.ui.sign_in.find_spec", lambda name: None)
    app = started({"email": "mia@example.org"}).run()
    shows_nothing(app)
    assert app.code[0].value == "pip install -e '.[signin]'"


@pytest.mark.parametrize("text", [None, "", PEOPLE + PEOPLE])
def test_a_people_file_that_cannot_be_used_opens_nothing(home: Path, text: str | None) -> None:
    people_file(home, text) if text is not None else (home / "people.toml").unlink()
    app = started({"email": "mia@example.org"}).run()
    shows_nothing(app)
    assert "The list of people cannot be used, so nobody can come in." in said(app)
    assert app.code[0].value == "athlete-intel doctor"


@pytest.mark.parametrize("entry", navigation.ENTRIES, ids=lambda entry: entry.name)
@pytest.mark.parametrize("who", ROLE_OF)
def test_roles_open_their_pages_and_no_others(home: Path, who: str, entry: navigation.Entry) -> None:
    app = opened(who, entry.name)
    assert not app.exception
    assert not app.error
    listed = [link.proto.page for link in app.sidebar.get("page_link")]
    assert len(listed) == len(navigation.PAGES_OF[ROLE_OF[who]])
    if entry.name in navigation.PAGES_OF[ROLE_OF[who]]:
        assert "This page is for" not in said(app)
        assert "Data as of 1 March 2026" in said(app)
    elif entry == navigation.HOME:
        assert app.title[0].value.startswith("Earnings of"), "the first page that an athlete may open"
    else:
        assert app.title[0].value == entry.title
        assert f"and you are signed in as {ROLE_OF[who]}. If you need it, ask" in said(app)
        assert not app.dataframe
        assert not app.metric


def test_every_page_asks_for_its_data_first() -> None:
    """A page that Streamlit runs by itself, without the app, stops at this line and shows nothing."""
    for path in sorted((ROOT / "pages").glob("*.py")):
        statements = ast.parse(path.read_text(encoding="utf-8")).body[1:]
        first = next(each for each in statements if not isinstance(each, ast.Import | ast.ImportFrom))
        assert ast.unparse(first) == "data = frame.current()", path


def test_a_page_run_alone_asks_for_sign_in(home: Path) -> None:
    shows_nothing(started(None).switch_page("pages/bundles.py").run())


def test_links_lead_only_to_pages_that_open(home: Path) -> None:
    assert "Earnings" not in [link.proto.label for link in opened("bea").get("page_link")]
    labels = [link.proto.label for link in opened("bea").main.get("page_link")]
    assert labels == ["Open it", "Plan a campaign", "See the rankings"]


def test_an_athlete_sees_the_own_earnings_only(home: Path) -> None:
    own = opened("ana", "earnings")
    assert own.title[0].value == "Earnings of Élodie Ångström-Łukasiewicz"
    assert "Athlete" not in [box.label for box in own.selectbox]
    linked = opened("ana", "earnings", athlete="athlete-00")
    assert "another athlete" not in said(linked)
    refused = opened("ana", "earnings", athlete="athlete-01")
    assert refused.title[0].value == "Earnings of Élodie Ångström-Łukasiewicz"
    assert "The link is for another athlete, whose earnings you cannot see. Your own follow." in said(refused)
    assert "Jánošík" not in said(refused)


def test_an_athlete_learns_of_nobody_else_from_a_contested_handle(home: Path) -> None:
    """Who decided, and the note under it, may name others: that is for those who review."""
    tables = literal_tables()
    handles = handle_tables(tables["payouts"])
    states = handles["handle_states"]
    contested = states["left_out"]
    noted = {
        "athlete_id": "athlete-00", "review_action": "reject", "reviewer": "Mia Analyst <mia@example.org>",
        "review_why": "it is Jano's", "reviewed_at": pd.Timestamp("2026-02-01"),
        "why": "Reject by Mia Analyst <mia@example.org>: it is Jano's",
    }  # fmt: skip
    handles["handle_states"] = pd.concat(
        [states[states["athlete_id"] != "athlete-00"], states[contested].assign(**noted)], ignore_index=True
    ).astype(states.dtypes.to_dict())
    publish(home / "demo", tables | handles | {"athletes": tables["rankings"]})
    own = opened("ana", "earnings")
    assert "A person looked at it and found that it is wrong, on 1 February 2026." in said(own)
    shown = said(own) + "".join(table.value.to_csv() for table in own.dataframe)
    assert not [word for word in ("Mia", "mia@example.org", "Jano") if word in shown]
    assert "it is Jano's" in said(opened("mia", "earnings", athlete="athlete-00"))


def test_what_a_browser_makes_up_changes_nothing(home: Path) -> None:
    app = started({"email": "ana@example.org"})
    app.session_state["athlete"] = "athlete-01"
    app.session_state["data"] = "nil"
    app.switch_page("pages/earnings.py").run()
    assert app.title[0].value == "Earnings of Élodie Ångström-Łukasiewicz"
    assert "deal values" not in said(app)


def test_an_athlete_who_is_not_in_the_data_set_is_told(home: Path) -> None:
    app = opened("new", "earnings")
    assert not app.exception
    assert "You are not in this data set under the id that the list of people has for you." in said(app)
    assert not app.metric


def test_data_sets_of_others_stay_closed(home: Path) -> None:
    app = opened("nil", "rankings", data="demo")
    assert "The data set 'demo', which the link names, is not among those published for you." in said(app)
    assert not app.metric
    assert not app.code
    assert [link.proto.query_string for link in app.main.get("page_link")] == ["data=nil"]
    app = opened("nil", "rankings")
    assert "deal values" in said(app)
    assert "Data set" not in [box.label for box in app.sidebar.selectbox]
    assert opened("bea").sidebar.selectbox(key="data").options
    (home / "nil" / "current.json").unlink()
    gone = opened("nil", "rankings")
    assert gone.title[0].value == "Nothing to show yet"
    assert "No data set that you may see is published here yet." in said(gone)
    assert "demo" not in said(gone)


def test_who_is_taken_out_of_the_file_is_out(home: Path) -> None:
    app = opened("bea")
    assert app.metric
    people_file(home, PEOPLE.replace("bea@example.org", "bob@example.org"))
    app.run()
    assert not app.metric
    assert app.title[0].value == "You cannot come in with this account"


def test_signing_out_ends_it(home: Path) -> None:
    app = opened("olu")
    assert "Signed in as Olu Operator (operator)" in said(app)
    app.button(key="sign-out").click().run()
    shows_nothing(app)
    assert [button.label for button in app.button] == ["Sign in"]


def rows(home: Path, table: str) -> list[list[str]]:
    with Journal.of(Settings(home=home, workspace="demo")) as journal:
        return journal.rows(table)[["who", "role", "why"]].to_numpy().tolist()


def signed(who: str, kind: str) -> AppTest:
    """One form without the app around it, as AppTest delivers no clicks to forms of switched pages; filled in, sent.

    The field with the name is written to as a browser may that does not keep to the page.
    """

    def script(kind: str) -> None:
        from athlete_intel.settings import load_settings
        from athlete_intel.ui import frame, health_decisions, reads, review_forms, reviews

        data = reads.open_data_set(load_settings(), "demo")
        with frame.showing(data):
            if kind == "contest":
                review_forms.contest(data, data.rows_of("handle_states", "athlete-00"))
            elif kind == "take-back":
                review_forms.take_back(data, reviews.decisions(data), {})
            elif kind == "acknowledge":
                health_decisions.acknowledge(data, health_decisions.alerts(data))
            else:
                health_decisions.about_models(data, data.table("models"))

    form = AppTest.from_function(script, kwargs={"kind": kind}, default_timeout=60)
    form.secrets, form.user = {"auth": AUTH}, {"is_logged_in": True, "email": f"{who}@example.org"}
    form.run()
    assert f"{kind}-who" not in [field.key for field in form.text_input]
    field = form.text_input(key=f"{kind}-signed")
    field.proto.disabled = False
    field.set_value("Somebody Else")
    form.text_input(key=f"{kind}-why").set_value("a reason")
    form.button[0].click().run()
    assert not form.exception
    assert not form.error
    return form


def test_decisions_are_signed_by_who_is_signed_in(home: Path) -> None:
    for who, kind in [
        ("ana", "contest"),
        ("mia", "take-back"),
        ("mia", "contest"),
        ("olu", "acknowledge"),
        ("mia", "models"),
    ]:
        signed(who, kind)
    assert rows(home, "handle_reviews") == [
        ["Ana Lopez <ana@example.org>", "athlete", "a reason"],
        ["Mia Analyst <mia@example.org>", "analyst", "a reason"],
        ["Mia Analyst <mia@example.org>", "analyst", "a reason"],
    ]
    assert rows(home, "alert_acknowledgements") == [["Olu Operator <olu@example.org>", "operator", "a reason"]]
    assert rows(home, "model_decisions") == [["Mia Analyst <mia@example.org>", "analyst", "a reason"]]


def test_serve_hands_the_people_file_of_its_own_folder_on(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app runs beside `app.py`, where a setting of another folder would not be found and the app stand open."""
    handed: dict[str, str] = {}
    monkeypatch.setattr(operations, "_check_port", lambda host, port: None)

    def run(host: str, port: int, browser: bool, environment: dict[str, str]) -> int:
        handed.update(environment)
        return 0

    monkeypatch.setattr(operations, "_run_streamlit", run)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "athlete-intel.toml").write_text(f'people = "people.toml"\nhome = "{published}"')
    missing = CliRunner().invoke(cli.app, ["serve"])
    assert isinstance(missing.exception, PeopleError)
    assert "people.toml cannot be read" in str(missing.exception)
    assert handed == {}
    people_file(tmp_path, PEOPLE)
    assert CliRunner().invoke(cli.app, ["serve", "--host", "0.0.0.0"]).exit_code == 0
    assert handed["ATHLETE_INTEL_PEOPLE"] == str(tmp_path / "people.toml")
    (tmp_path / "athlete-intel.toml").write_text(f'home = "{published}"')
    assert "Nobody has to sign in" in CliRunner().invoke(cli.app, ["serve", "--host", "0.0.0.0"]).output


def test_doctor_says_whether_the_people_file_can_be_used(home: Path) -> None:
    assert "6 people in" in CliRunner().invoke(cli.app, ["doctor"]).output
    people_file(home, "")
    told = CliRunner().invoke(cli.app, ["doctor"])
    assert told.exit_code != 0
    assert "nobody can come in" in told.output
    assert "edit" in told.output


TWO_BRANDS = PEOPLE.replace(
    'name = "Bea Brand"\nrole = "brand"', 'name = "Bea Brand"\nrole = "brand"\nbrand = "Redline"'
)
TWO_BRANDS += """
[[people]]
email = "bob@example.org"
name = "Bob Brand"
role = "brand"
brand = "Redline"

[[people]]
email = "eve@example.org"
name = "Eve Brand"
role = "brand"
"""


def test_a_brand_sees_its_own_campaigns_only(home: Path) -> None:
    people_file(home, TWO_BRANDS)
    today = datetime.now(UTC).date()
    running = replace(CAMPAIGN, starts=today - timedelta(days=14), ends=today + timedelta(days=13))
    for who, name, brand in (("bea", "Reds", "Redline"), ("eve", "Eves", None)):
        values = values_of(replace(running, campaign_id=name.lower(), name=name, brand=brand))
        with Journal.of(Settings(home=home, workspace="demo")) as journal:
            journal.append("campaigns", values, who=f"{who.title()} Brand <{who}@example.org>", role="brand", why="x")
    for who, seen, unseen in (("bea", "Reds", "Eves"), ("bob", "Reds", "Eves"), ("eve", "Eves", "Reds")):
        page = opened(who, "campaigns", campaign=unseen.lower())
        assert page.selectbox(key="campaign").options == [seen]
        assert f"The link names '{unseen.lower()}', which is not in this data set." in said(page)
        assert f"Outcomes of “{seen}” are missing" in said(opened(who))
        for place in ("", "campaigns", "plan"):
            assert unseen not in said(opened(who, place)), (who, place)
    assert "You see the campaigns that people of Redline saved; those of others" in said(opened("bob", "campaigns"))
    assert "You see the campaigns that you saved; those of others" in said(opened("eve", "campaigns"))
    every = opened("mia", "campaigns")
    assert sorted(every.selectbox(key="campaign").options) == ["Eves", "Reds"]
    assert "You see the campaigns" not in said(every)


def test_what_other_brands_booked_is_not_told_by_how_often_somebody_was_offered(home: Path) -> None:
    people_file(home, TWO_BRANDS)

    def offered(who: str) -> int:
        return int(opened(who, "plan").dataframe[0].value["times_offered"].sum())

    before = offered("bea")
    booked = pd.DataFrame({"athlete_id": ["athlete-00"], "name": ["A"], "expected": [1.0], "cost_cents": [1]})
    with Journal.of(Settings(home=home, workspace="demo")) as journal:
        values = values_of(replace(CAMPAIGN, athletes=booked, brand="Redline"))
        journal.append("campaigns", values, who="Bea Brand <bea@example.org>", role="brand", why="x")
    assert offered("bea") == offered("mia") == before + 1
    assert offered("eve") == before


def test_without_a_people_file_every_campaign_is_seen(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATHLETE_INTEL_PEOPLE")
    for number, brand in enumerate(("Redline", None)):
        with Journal.of(Settings(home=home, workspace="demo")) as journal:
            values = values_of(replace(CAMPAIGN, campaign_id=f"c{number}", name=f"C{number}", brand=brand))
            journal.append("campaigns", values, who="Somebody <a@b.c>", role="brand", why="x")
    app = started(None).switch_page("pages/campaigns.py").run()
    assert sorted(app.selectbox(key="campaign").options) == ["C0", "C1"]


def test_a_campaign_is_saved_for_the_brand_of_who_is_signed_in(home: Path) -> None:
    people_file(home, TWO_BRANDS)

    def script() -> None:
        from athlete_intel.bundles.campaigns import PROMISED
        from athlete_intel.bundles.requests import Request
        from athlete_intel.settings import load_settings
        from athlete_intel.ui import campaigns, frame, reads

        data = reads.open_data_set(load_settings(), "demo")
        with frame.showing(data):
            members = data.table("plan_athletes").head(1)
            campaigns.save_form(data, Request(budget_cents=100), members, dict.fromkeys(PROMISED, 1.0))

    for who in ("bob", "eve"):
        form = AppTest.from_function(script, default_timeout=60)
        form.secrets, form.user = {"auth": AUTH}, {"is_logged_in": True, "email": f"{who}@example.org"}
        form.run()
        form.text_input(key="campaign-name").set_value(f"Of {who}")
        form.text_input(key="campaign-why").set_value("a reason")
        form.button[0].click().run()
    with Journal.of(Settings(home=home, workspace="demo")) as journal:
        saved = journal.rows("campaigns")[["name", "who", "brand"]].fillna("-").to_numpy().tolist()
    assert saved == [
        ["Of bob", "Bob Brand <bob@example.org>", "Redline"],
        ["Of eve", "Eve Brand <eve@example.org>", "-"],
    ]
