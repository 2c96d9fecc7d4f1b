"""Walking through the app in a real browser, and what no page may show in any width or scheme."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, ViewportSize, expect

from athlete_intel.ui.navigation import ENTRIES, HOME
from tools.app_in_browser import PAGE_MILLISECONDS, follow, look_in, settle

HEIGHT = 900
DESK: ViewportSize = {"width": 1440, "height": HEIGHT}
ENDS_ON_TABLET = (1440, 390, 1024)
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


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """A page on a desk, in light; its own script must not have failed."""
    context = browser.new_context(viewport=DESK, color_scheme="light")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == [], "the page's own script failed"


def through_all_pages(page: Page, address: str, data_set: str, answers: Mapping[str, str] | None) -> None:
    """Every page of a data set by clicking, in light and dark, from wide to narrow.

    Args:
        page: from `opened`.
        address: of the app.
        data_set: its name.
        answers: what every page says of it, by the title of the page; None where the data may be any.
    """
    page.goto(f"{address}/?data={data_set}")
    for entry in ENTRIES:
        follow(page, entry.title)
        settle(page)
        if entry != HOME:
            expect(page.get_by_role("heading", level=1)).to_contain_text(entry.title)
            assert f"/{entry.name}?data={data_set}" in page.url, "the address of a page is a link to it"
        expect(page.get_by_text("Demo data: made-up athletes")).to_have_count(1 if data_set == "demo" else 0)
        if answers is not None:
            # A page that is opened for the first time may simulate a month, on a machine that does other things too.
            answer = page.get_by_test_id("stMain").get_by_text(answers[entry.title]).first
            expect(answer).to_be_visible(timeout=PAGE_MILLISECONDS)
        nothing_cut_or_printed_over(page)
        no_error_shown(page)


def no_error_shown(page: Page) -> None:
    """Neither in light nor in dark, as if the evening or the morning had come; the next page begins with the other."""
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    for scheme in ("dark", "light") if is_dark else ("light", "dark"):
        look_in(page, scheme)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        expect(page.get_by_text("cannot be shown")).to_have_count(0)


def nothing_cut_or_printed_over(page: Page) -> None:
    """Of a page at rest, on a desk, on a tablet, on a phone; begins where the page before ended, desk or tablet."""
    widths = ENDS_ON_TABLET if page.viewport_size == DESK else ENDS_ON_TABLET[::-1]
    for number, width in enumerate(widths):
        if number:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            settle(page)
        found = page.evaluate(_CUT_OR_PRINTED_OVER)
        assert found == [], (page.url, width, found)
