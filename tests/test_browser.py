"""The demo world in a real browser: through all pages by clicking, a search, a link, and a new snapshot."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from athlete_intel.warehouse import Snapshots
from tests.fixture_snapshot import literal_snapshot
from tests.walking import no_error_shown, opened, through_all_pages
from tools.app_in_browser import follow, serving, settle

pytestmark = pytest.mark.browser

ANSWERS = {
    "Overview": "leads",
    "Influence rankings": "leads",
    "Compare athletes": "leads",
    "Bundles": "athletes for about",
    "Plan": "of the budget is",
    "Campaigns": "No campaign is kept here yet.",
    "Earnings": "four times in five, typically",
    "Model health": "typically off by a factor",
    "Drift": "feature",
    "Alerts": "alert",
    "Models": "Model card",
    "Runs": "No cycle has run here yet",
    "Payouts": "In the next 30 days",
    "Handles": "to review",
    "Data": "were read",
}


@pytest.fixture(scope="module")
def address(built_home: Path) -> Iterator[str]:
    with serving(built_home, "demo") as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with opened(browser) as found:
        yield found


def test_through_all_pages_by_clicking(page: Page, address: str) -> None:
    through_all_pages(page, address, "demo", ANSWERS)


def test_search_then_open_the_earnings_of_one_athlete_by_link(page: Page, address: str, built_home: Path) -> None:
    rankings = Snapshots(built_home / "demo").read("rankings")
    athlete = rankings.iloc[20]
    page.goto(f"{address}/rankings")
    settle(page)
    page.get_by_role("textbox", name="Search").fill(athlete["name"])
    page.get_by_role("textbox", name="Search").press("Enter")
    expect(page.get_by_test_id("stMain").get_by_text(athlete["name"]).first).to_be_visible(timeout=15_000)
    expect(page).to_have_url(re.compile("search="))
    page.goto(f"{address}/earnings?athlete={athlete['athlete_id']}")
    settle(page)
    expect(page.get_by_role("heading", name=f"Earnings of {athlete['name']}")).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=15_000)
    no_error_shown(page)


def test_a_new_snapshot_shows_after_the_next_click(page: Page, address: str, built_home: Path) -> None:
    folder = built_home / "renewed"
    snapshots = Snapshots(literal_snapshot(folder))
    page.goto(f"{address}/data?data=renewed")
    settle(page)
    expect(page.get_by_text(snapshots.current().id).first).to_be_attached()
    literal_snapshot(folder)
    follow(page, "Overview")
    settle(page)
    follow(page, "Data")
    settle(page)
    expect(page.get_by_text(snapshots.current().id).first).to_be_attached()
    shutil.rmtree(folder)
