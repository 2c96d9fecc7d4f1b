"""Whole journeys in a real browser: an analyst from an alert to a promoted model, and an operator from an empty machine
to the first snapshot. The brand manager's is in test_browser_brand, the athlete's in test_browser_sign_in."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from athlete_intel.influence.store import ModelStore
from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from tests.fixture_snapshot import literal_snapshot, literal_tables
from tests.test_model_store import CARD, model
from tools.app_in_browser import pick, serving, settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("journeys")
    literal_snapshot(folder / "demo")
    return folder


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with serving(home, "demo") as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    yield context.new_page()
    context.close()


_FEW_WINDOWS = {"ATHLETE_INTEL_BACKTEST_WINDOWS": "2", "ATHLETE_INTEL_HISTORY_WINDOWS": "2"}


def athlete_intel(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "athlete_intel", *words]
    # How far back a model is tested is not what this journey is about, and takes most of its time.
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | _FEW_WINDOWS)


def sign(page: Page, button: str) -> None:
    """Fill the signature of the form that ends with a button, and press it."""
    form = page.get_by_test_id("stForm").filter(has=page.get_by_role("button", name=button))
    form.get_by_label("Your name").fill("Kim Analyst")
    form.get_by_label("Reason").fill("Likes moved when the platform changed.")
    form.get_by_role("button", name=button).click()
    expect(page.get_by_text("Written down, signed Kim Analyst:")).to_be_visible(timeout=15_000)
    settle(page)


def test_an_analyst_from_an_alert_to_a_promoted_model(page: Page, address: str, home: Path) -> None:
    archived = literal_tables()["models"].query("status == 'archived'")["version"].iloc[0]
    # Before it can be signed for, it must be there and can be loaded.
    ModelStore(home / "demo").save(model(archived), CARD, datetime(2026, 1, 1))
    page.goto(f"{address}/?role=Analyst")
    settle(page)
    main = page.get_by_test_id("stMain")
    main.get_by_role("link", name="See to it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alerts", timeout=15_000)
    settle(page)
    expect(main.get_by_text(re.compile("not acknowledged yet"))).to_be_visible()
    sign(page, "Sign and acknowledge")

    page.get_by_test_id("stSidebar").get_by_role("link", name="Models").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Models", timeout=15_000)
    settle(page)
    main.get_by_text("Promote the model below").click()
    # Only then the form asks for a model.
    settle(page)
    pick(page, main.get_by_role("combobox", name="Model", exact=True).last, archived)
    sign(page, "Sign and save")
    expect(main.get_by_text(re.compile("athlete-intel cycle"))).to_be_visible()
    with Journal.of(Settings(home=home, workspace="demo")) as journal:
        decided = journal.rows("model_decisions")[["action", "version", "who"]]
        assert decided.to_numpy().tolist() == [["promote", archived, "Kim Analyst"]]
        assert len(journal.rows("alert_acknowledgements")) == 1


def test_a_cell_of_the_heat_map_leads_to_the_two_distributions_and_so_does_its_link(page: Page, address: str) -> None:
    page.goto(f"{address}/drift")
    settle(page)
    main = page.get_by_test_id("stMain")
    expect(main.get_by_text("of the values of the newest window are")).to_be_visible()
    cells = main.locator(".js-plotly-plot .scatterlayer path.point")
    # Windows come one after the other for each feature: this is the last but one of the first.
    box = cells.nth(4).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    told = main.get_by_text("of the values of the window from 1 February 2026 are")
    expect(told).to_be_visible()
    settle(page)
    page.goto(page.url)
    settle(page)
    expect(told).to_be_visible()


def test_an_operator_from_an_empty_machine_to_the_first_snapshot(page: Page, tmp_path: Path) -> None:
    where = ["--workspace", "demo", "--home", str(tmp_path / "home")]
    refused = athlete_intel("serve", *where)
    assert refused.returncode == 8
    told = " ".join(refused.stderr.split())
    assert f"run `athlete-intel cycle MAPPING --from FOLDER {shlex.join(where)}` first" in told
    world = str(tmp_path / "world")
    made = athlete_intel("demo", "--to", world, "--athletes", "60", "--days", "200")
    assert made.returncode == 0, made.stderr
    cycle = athlete_intel("cycle", "demo", "--from", world, *where)
    assert cycle.returncode == 0, cycle.stderr
    with serving(tmp_path / "home", "demo") as address:
        page.goto(address)
        settle(page)
        page.get_by_test_id("stMain").get_by_text("Operator", exact=True).click()
        expect(page.get_by_text("The last cycle ended well")).to_be_visible(timeout=15_000)
        page.get_by_role("link", name="See its steps").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Runs", timeout=15_000)
        expect(page.get_by_text("Run 1 ended well")).to_be_visible(timeout=15_000)
