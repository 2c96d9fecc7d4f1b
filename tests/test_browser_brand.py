"""What a brand manager does, in a real browser: from a filter to a saved campaign, and back to the plan by its link."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from athlete_intel.bundles.campaigns import campaigns_of
from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from tests.fixture_snapshot import literal_snapshot
from tools.app_in_browser import pick, serving, settle

pytestmark = pytest.mark.browser

BUDGET = 50_000


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("brand")
    literal_snapshot(home / "demo")
    return Settings(home=home, workspace="demo")


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with serving(settings.home, "demo") as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    yield context.new_page()
    context.close()


def choose(page: Page, box: str, *options: str) -> None:
    """Pick options in a box, one after the other, as a person does."""
    for option in options:
        pick(page, page.get_by_role("combobox", name=box, exact=True), option)
        settle(page)
    page.keyboard.press("Escape")


def write(page: Page, field: str, text: str) -> None:
    """Write into a field and leave it with Enter."""
    page.get_by_label(field, exact=True).fill(text)
    page.get_by_label(field, exact=True).press("Enter")
    settle(page)


def taken(page: Page, button: str) -> bytes:
    """The file that a button gives."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def answer(page: Page) -> str:
    """The sentence under the title that says what a plan costs and brings."""
    sentence = page.get_by_test_id("stMain").get_by_text(re.compile("bring .* on average"))
    expect(sentence).to_be_visible()
    return sentence.inner_text()


def test_from_a_filter_to_a_saved_campaign_and_back_by_link(
    page: Page, browser: Browser, address: str, settings: Settings
) -> None:
    main = page.get_by_test_id("stMain")

    # Filter: only small bundles are left.
    page.goto(f"{address}/bundles?data=demo")
    settle(page)
    expect(main.get_by_text("The best of every group (large): 20 athletes")).to_be_visible()
    choose(page, "Size", "small")
    expect(main.get_by_text("The best of every group (small): 5 athletes")).to_be_visible()
    expect(page).to_have_url(re.compile("size=small"))

    # Open one: who is in it, on the map and in the table, and what can be promised.
    choose(page, "Bundle", "Widely followed (small)")
    expect(main.get_by_text("Widely followed (small): 5 athletes")).to_be_visible()
    expect(page).to_have_url(re.compile("bundle=C1-small"))
    expect(main.get_by_text("can be promised: the chance of reaching them is").first).to_be_visible()
    expect(main.locator(".js-plotly-plot").first).to_be_visible()

    # Compare three, side by side.
    names = ["The best of every group (medium)", "Widely followed (small)", "Steady (small)"]
    choose(page, "Side by side, up to 3", *names)
    tops = []
    for name in names:
        heading = main.get_by_role("heading", name=name, exact=True)
        expect(heading).to_be_visible()
        box = heading.bounding_box()
        assert box is not None
        tops.append(round(box["y"]))
    assert len(set(tops)) == 1, "they stand side by side"

    # Plan within $50,000 with ten athletes at most.
    page.get_by_test_id("stSidebar").get_by_role("link", name="Plan", exact=True).click()
    settle(page)
    write(page, "Budget, $", str(BUDGET))
    write(page, "Athletes, at most", "10")
    expect(main.get_by_text("10 athletes for about")).to_be_visible()
    told, link = answer(page), page.url
    assert "most=10" in link

    # Take it away: three files that open and name the same athletes.
    csv = pd.read_csv(io.BytesIO(taken(page, "CSV")), dtype={"Id": "str"})
    assert len(csv) == 10
    assert csv["Cost, $"].sum() <= BUDGET
    book = load_workbook(io.BytesIO(taken(page, "Excel")))
    assert book.sheetnames == ["Summary", "Athletes"]
    assert [row[-1] for row in book["Athletes"].iter_rows(min_row=2, values_only=True)] == csv["Id"].tolist()
    pdf = taken(page, "One-page PDF")
    assert pdf.startswith(b"%PDF")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert pdf.count(b"/Type /Page\n") == 1

    # Save it as a campaign, whose promise stands in the journal.
    page.get_by_label("Name of the campaign").fill("Spring")
    page.get_by_label("Your name").fill("Bea Brand")
    page.get_by_label("What it is for").fill("Sells shoes")
    page.get_by_role("button", name="Save as a campaign").click()
    expect(page.get_by_text("“Spring” is saved with its promise, signed Bea Brand.")).to_be_visible()
    expect(page).to_have_url(re.compile("campaign=spring"))
    with Journal.of(settings) as journal:
        (campaign,) = campaigns_of(journal.rows("campaigns"))
    assert campaign.athletes["athlete_id"].tolist() == csv["Id"].tolist()

    # A colleague opens the link of the plan, on another machine, and sees the same plan.
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    colleague = context.new_page()
    colleague.goto(link)
    settle(colleague)
    assert answer(colleague) == told
    again = pd.read_csv(io.BytesIO(taken(colleague, "CSV")), dtype={"Id": "str"})
    pd.testing.assert_frame_equal(again, csv)
    context.close()


def test_an_impossible_request_is_told_what_is_in_the_way_and_what_to_loosen(page: Page, address: str) -> None:
    main = page.get_by_test_id("stMain")
    page.goto(f"{address}/plan?data=demo")
    settle(page)
    # Who is a woman is not known in this data set, so nobody is asked for how many.
    expect(page.get_by_label("Women, at least", exact=True)).to_have_count(0)
    write(page, "Budget, $", "100")
    write(page, "Athletes, at least", "30")
    expect(main.get_by_text("No choice of athletes keeps all of these wishes.")).to_be_visible()
    conflict = "Nothing fits: the budget and the least number of athletes cannot be kept together."
    expect(main.get_by_text(conflict)).to_be_visible()
    expect(main.get_by_text("would do for 30 athletes instead of $100.")).to_be_visible()
    expect(main.get_by_text(re.compile(r"The least number of athletes could be \d+ instead of 30\."))).to_be_visible()

    # What is told to be enough is enough.
    enough = re.search(r"A budget of \$([\d,]+) would do", main.inner_text())
    assert enough is not None
    write(page, "Budget, $", enough[1].replace(",", ""))
    expect(main.get_by_text("30 athletes for about")).to_be_visible()
