"""The app in a real browser: through all pages of each data set by clicking, in light and dark, from wide to narrow."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from athlete_intel.ui.navigation import ENTRIES, HOME
from athlete_intel.warehouse import Snapshots
from tests.fixture_snapshot import literal_snapshot
from tools.app_in_browser import PAGE_MILLISECONDS, follow, look_in, serving, settle

pytestmark = pytest.mark.browser

HEIGHT = 900
WIDTHS = (1440, 1024, 390)
DATA_SETS = ("demo", "facebook_pages", "nba2017", "on3_nil")
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


_CUT_OR_PRINTED_OVER = """() => {
    const found = [];
    const main = document.querySelector("[data-testid=stMain]");
    if (main.scrollWidth > main.clientWidth + 2) found.push("the page is wider than the screen");
    for (const part of main.querySelectorAll("[data-testid=stMetric] *, [data-testid=stPageLink] *")) {
        const hides = getComputedStyle(part).overflow !== "visible";
        if (hides && part.clientWidth && part.scrollWidth > part.clientWidth + 1)
            found.push("cut: " + part.innerText);
    }
    for (const chart of main.querySelectorAll(".js-plotly-plot")) {
        const frame = chart.getBoundingClientRect();
        const texts = [...chart.querySelectorAll("text")].map(text => [text.textContent, text.getBoundingClientRect()])
            .filter(([words, box]) => words && box.width);
        texts.forEach(([words, box], i) => {
            if (box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 2
                || box.bottom > frame.bottom + 2) found.push("cut: " + words);
            for (const [others, other] of texts.slice(i + 1)) {
                const wide = Math.min(box.right, other.right) - Math.max(box.left, other.left);
                const high = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
                if (wide > 2 && high > 3) found.push("printed over: " + words + " | " + others);
            }
        });
    }
    return found;
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": HEIGHT}, color_scheme="light")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == [], "the page's own script failed"


def no_error_shown(page: Page) -> None:
    """Neither in light nor in dark, as if the evening or the morning had come; the next page begins with the other."""
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    for scheme in ("dark", "light") if is_dark else ("light", "dark"):
        look_in(page, scheme)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        expect(page.get_by_text("cannot be shown")).to_have_count(0)


def nothing_cut_or_printed_over(page: Page) -> None:
    """On a desk, on a tablet, on a phone."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        settle(page)
        assert page.evaluate(_CUT_OR_PRINTED_OVER) == [], (page.url, width)
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})


@pytest.mark.parametrize("data_set", DATA_SETS)
def test_through_all_pages_by_clicking(page: Page, address: str, built_home: Path, data_set: str) -> None:
    if not (built_home / data_set).is_dir():
        pytest.skip(f"the real data set {data_set} is not at ../shared/real")
    page.goto(f"{address}/?data={data_set}")
    for entry in ENTRIES:
        follow(page, entry.title)
        settle(page)
        if entry != HOME:
            expect(page.get_by_role("heading", level=1)).to_contain_text(entry.title)
            assert f"/{entry.name}?data={data_set}" in page.url, "the address of a page is a link to it"
        is_demo = data_set == "demo"
        expect(page.get_by_text("Demo data: made-up athletes")).to_have_count(1 if is_demo else 0)
        if is_demo:
            # A page that is opened for the first time may simulate a month, on a machine that does other things too.
            answer = page.get_by_test_id("stMain").get_by_text(ANSWERS[entry.title]).first
            expect(answer).to_be_visible(timeout=PAGE_MILLISECONDS)
        no_error_shown(page)
        nothing_cut_or_printed_over(page)


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
