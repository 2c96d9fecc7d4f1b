"""Every page on every data set: no error, an answer in words, and labels that follow the outcome's name."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from athlete_intel.people import ROLES
from athlete_intel.ui import formats
from athlete_intel.warehouse import Snapshots
from tests.tabs import in_tab, tabs_of

ROOT = Path(__file__).parents[1]
PAGES = [
    "overview",
    "rankings",
    "compare",
    "earnings",
    "bundles",
    "plan",
    "campaigns",
    "health",
    "drift",
    "alerts",
    "models",
    "runs",
    "handles",
    "payouts",
    "data",
]
DATA_SETS = ["demo", "facebook_pages", "nba2017", "on3_nil"]
TIMEOUT = 60


@pytest.fixture
def app(built_home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> AppTest:
    """The app on the data set of the test's parameter."""
    name = request.param
    if not (built_home / name).is_dir():
        pytest.skip(f"the real data set {name} is not at ../shared/real")
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(built_home))
    monkeypatch.setenv("ATHLETE_INTEL_WORKSPACE", name)
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT).run()


def words(app: AppTest) -> str:
    parts = [*app.title, *app.header, *app.markdown, *app.caption, *app.info, *app.warning, *app.success]
    return "\n".join(str(part.value) for part in parts)


@pytest.mark.parametrize("app", DATA_SETS, indirect=True)
def test_every_page_shows_the_data_set(app: AppTest, built_home: Path, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params["app"]
    dataset = Snapshots(built_home / name).read("dataset").iloc[0]
    for page in PAGES:
        shown = app if page == "overview" else app.switch_page(f"pages/{page}.py").run()
        assert not shown.exception, f"{page} on {name}: {shown.exception}"
        assert not shown.error, f"{page} on {name}: {[error.value for error in shown.error]}"
        assert len(shown.title) == 1
        assert "nan" not in words(shown).lower().split(), f"{page} on {name}"
        assert ("Demo data: made-up athletes" in words(shown)) == (name == "demo"), page
        assert any("Data as of" in caption.value for caption in shown.caption)
        for metric in shown.metric:
            assert sum(character.isdigit() for character in metric.value) < 11, f"{metric.label}: {metric.value}"
        for tab in tabs_of(shown)[1:]:
            assert not in_tab(shown, tab).exception, f"{page}, {tab} on {name}: {shown.exception}"
            assert not shown.error, f"{page}, {tab} on {name}: {[error.value for error in shown.error]}"
            assert "nan" not in words(shown).lower().split(), f"{page}, {tab} on {name}"
    overview = app.switch_page("pages/overview.py").run()
    assert dataset["outcome_label"] in words(overview).replace("\\", "")
    for role in ROLES:
        overview = overview.segmented_control(key="role").set_value(role.capitalize()).run()
        links = [link.proto.icon for link in overview.main.get("page_link")]
        assert links.count(":material/arrow_forward:") == 3, f"things for the {role} of {name}"


@pytest.mark.parametrize("app", ["nba2017", "on3_nil"], indirect=True)
def test_what_a_data_set_lacks_is_explained(app: AppTest) -> None:
    drift = app.switch_page("pages/drift.py").run()
    assert "drift needs two windows" in words(drift)
    earnings = app.switch_page("pages/earnings.py").run()
    assert "one value for each athlete" in words(earnings)


@pytest.mark.parametrize("app", ["facebook_pages"], indirect=True)
def test_the_ranking_of_real_pages_can_be_searched(app: AppTest) -> None:
    rankings = app.switch_page("pages/rankings.py").run()
    rankings.text_input(key="search").set_value("lebron").run()
    assert "LeBron James" in words(rankings)
    rankings.text_input(key="search").set_value("nobody at all").run()
    assert "No athlete fits this search" in words(rankings)
    assert not rankings.exception


@pytest.mark.parametrize("app", ["demo", "nba2017", "on3_nil"], indirect=True)
def test_a_bundle_costs_on_payouts_what_it_costs_on_bundles(app: AppTest, built_home: Path) -> None:
    name = os.environ["ATHLETE_INTEL_WORKSPACE"]
    bundles = Snapshots(built_home / name).read("bundles")
    risk = in_tab(app.switch_page("pages/payouts.py").run(), "Risk")
    for bundle in bundles.sample(3, random_state=1).itertuples():
        risk.selectbox(key="risk-bundle").set_value(bundle.bundle_id).run()
        cost = f"{formats.money_range(bundle.low_cents, bundle.high_cents)} four times in five"
        assert cost in words(risk).replace("\\", ""), f"{bundle.bundle_id} of {name}"
