"""Every page for those who do not use a mouse or do not see the screen: axe-core finds nothing serious, and the
journeys can be walked with the keyboard alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from athlete_intel.ui.navigation import ENTRIES, GROUPS, HOME
from athlete_intel.warehouse import Snapshots
from tools.app_in_browser import PAGE_MILLISECONDS, follow, look_in, serving, settle

pytestmark = pytest.mark.browser

MOST_TABS = 80


@pytest.fixture(scope="module")
def address(built_home: Path) -> Iterator[str]:
    with serving(built_home, "demo") as url:
        yield url


_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def serious(page: Page, **options: object) -> list[tuple[str, str]]:
    """What axe-core finds on a page that is more than a trifle, and headings that skip a level."""
    # Its long script stays in the browser until a page is loaded anew.
    axe = Axe("axe") if page.evaluate("'axe' in window") else Axe()
    return [
        (violation["id"], node["html"][:200])
        for violation in axe.run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
        if violation["impact"] in ("serious", "critical") or violation["id"] == "heading-order"
        for node in violation["nodes"]
    ]


def test_axe_finds_nothing_serious_on_any_page(browser: Browser, address: str) -> None:
    # High enough for every page: axe-core does not see the colours of what must be scrolled to.
    context = browser.new_context(viewport={"width": 1440, "height": 4_000})
    page, found, schemes = context.new_page(), [], ["light", "dark"]
    page.goto(address)
    for entry in ENTRIES:
        follow(page, entry.title)
        if entry != HOME:
            expect(page.get_by_role("heading", level=1)).to_contain_text(entry.title, timeout=PAGE_MILLISECONDS)
        settle(page)
        found += [(entry.title, schemes[0], *violation) for violation in serious(page)]
        # Nothing but its colours is different in the other scheme, in which the next page begins.
        schemes.reverse()
        look_in(page, schemes[0])
        settle(page)
        found += [(entry.title, schemes[0], *violation) for violation in serious(page, runOnly=_COLOURS)]
    context.close()
    assert found == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def focused(page: Page) -> tuple[str, str]:
    """The element that has the focus: its tag, and what a screen reader says of it. A container says nothing."""
    tag, said = page.evaluate(
        """() => {
            const e = document.activeElement;
            const acts = ["A", "BUTTON", "INPUT", "TEXTAREA", "SUMMARY"].includes(e.tagName) || e.getAttribute("role");
            return [e.tagName, acts ? e.getAttribute("aria-label") || e.innerText || e.placeholder || "" : ""];
        }"""
    )
    return str(tag), str(said).replace("\n", " ")


def tab_to(page: Page, name: str, tag: str = "") -> None:
    """Press Tab until what is called `name` has the focus."""
    passed = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        is_a, said = focused(page)
        if name in said and tag in ("", is_a):
            return
        passed.append(said)
    raise AssertionError(f"{name} was not reached with {MOST_TABS} tabs, but {passed}")


def test_a_brand_manager_with_the_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/?data=demo&role=Brand")
    settle(page)
    tab_to(page, "Plan a campaign")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Plan", timeout=15_000)
    settle(page)
    tab_to(page, "Budget")
    page.keyboard.press("Control+a")
    page.keyboard.type("40000")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("budget=40000"), timeout=15_000)
    settle(page)
    tab_to(page, "Name of the campaign")


def test_an_athlete_with_the_keyboard(page: Page, address: str, built_home: Path) -> None:
    athlete = Snapshots(built_home / "demo").read("rankings").iloc[7]
    page.goto(f"{address}/earnings?data=demo")
    settle(page)
    tab_to(page, "Athlete", "INPUT")
    page.keyboard.type(athlete["name"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(athlete["name"], timeout=15_000)
    settle(page)
    tab_to(page, "The accounts that this rests on")
    page.keyboard.press("Enter")
    tab_to(page, "Your name")
    page.keyboard.type("Kim")
    expect(page.locator("input:focus")).to_have_value("Kim")


def test_an_analyst_with_the_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/?data=demo&role=Analyst")
    settle(page)
    tab_to(page, "Model health")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Model health", timeout=15_000)
    settle(page)
    tab_to(page, "Models")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Models", timeout=15_000)


def test_an_operator_with_the_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/?data=demo&role=Operator")
    settle(page)
    tab_to(page, "Operators")
    for entry in GROUPS["Operators"]:
        tab_to(page, entry.title)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(entry.title, timeout=15_000)
        settle(page)
    tab_to(page, HOME.title)
