"""`make bench-pages`: script time of every page beside an empty one, and how long a person waits in a browser.

On the demo world of 1,200 athletes. The script time is the median over reruns of a warm session, the ratio is to an
empty page rerun in the same way in the same process. The browser's times run from the press of the mouse, or the word
in the box, to the moment at which the new page stands there, its script has ended, and the browser is free again, so
that its charts are drawn; what Playwright does before it presses is no wait of a person's. Ends with exit code 1 if a
limit is not kept.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from playwright.sync_api import Page
from streamlit.testing.v1 import AppTest

from athlete_intel import pipeline
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.ui.navigation import GROUPS, HOME, Entry
from tools.app_in_browser import chromium, serving, settle, sidebar_link

APP = str(Path(__file__).parents[1] / "app.py")
ENTRIES = (HOME, *(entry for group in GROUPS.values() for entry in group))
RERUNS, CLICKS = 7, 5
FIRST_PAGE, SWITCH, FILTER = 2.0, 0.5, 0.4
"""Seconds asked for: the first page of a warm server, from page to page, and a filter with 1,200 athletes."""
_BEGUN = """for (const event of ["mousedown", "input"]) {
    addEventListener(event, () => { window.begun = Date.now(); }, true);
}"""
"""Keeps the time at which a person did something last, in milliseconds."""
_THERE = """title => {
    const app = document.querySelector("[data-testid=stApp]"), h1 = document.querySelector("h1");
    return app && h1 && app.dataset.testScriptState === "notRunning" && h1.innerText.includes(title);
}"""
_FOUND = """before => {
    const found = document.querySelector("[data-testid=stMetricValue]");
    return found && found.innerText !== before
        && document.querySelector("[data-testid=stApp]").dataset.testScriptState === "notRunning";
}"""


def main() -> int:
    """Measure and print; 0 if every limit is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a home with a built workspace `demo`; else one is made")
    chosen = parser.parse_args().home
    with tempfile.TemporaryDirectory() as scratch:
        home = chosen or _built(Path(scratch))
        os.environ["ATHLETE_INTEL_HOME"] = str(home)
        scripts = _script_times()
        waits = _waits(home)
    sys.stdout.write("Script time of each page, warm:\n" + scripts.to_string(index=False, float_format="{:.1f}".format))
    sys.stdout.write("\n\nIn the browser:\n" + waits.to_string(index=False, float_format="{:.2f}".format) + "\n")
    return int(not waits["kept"].all())


def _built(folder: Path) -> Path:
    write_demo(folder / "demo", load_scenario("calm"))
    settings = Settings(home=folder / "home")
    pipeline.run_import(settings, load_mapping("demo"), folder / "demo", pipeline.utc_now())
    pipeline.build(settings, pipeline.utc_now())
    return settings.home


def _script_times() -> pd.DataFrame:
    empty = _median(AppTest.from_string("import streamlit as st", default_timeout=120).run)
    rows = [{"page": "(empty page)", "ms": 1_000 * empty, "of empty": 1.0}]
    for entry in ENTRIES:
        app = AppTest.from_file(APP, default_timeout=120).run()
        if entry != HOME:
            app.switch_page(f"pages/{entry.name}.py")
        seconds = _median(app.run)
        rows.append({"page": entry.title, "ms": 1_000 * seconds, "of empty": seconds / empty})
    return pd.DataFrame(rows)


def _median(run: Callable[[], object]) -> float:
    run()
    times = []
    for _ in range(RERUNS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _waits(home: Path) -> pd.DataFrame:
    with serving(home, "demo") as address, chromium() as browser:
        warm = browser.new_page()
        for entry in ENTRIES:
            warm.goto(f"{address}/{'' if entry == HOME else entry.name}")
            settle(warm)
        warm.close()
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(_BEGUN)
        started = time.perf_counter()
        page.goto(address)
        page.wait_for_function(_THERE, arg="", polling="raf")
        rows = [_row("first page of a warm server", [time.perf_counter() - started], FIRST_PAGE)]
        # One visit of each page, so that its charts' code is in the browser.
        for entry in ENTRIES[1:]:
            _open(page, entry)
        for entry in ENTRIES[1:]:
            times = []
            for _ in range(CLICKS):
                _open(page, HOME)
                times.append(_open(page, entry))
            rows.append(_row(f"to {entry.title}", times, SWITCH))
        rows.append(_row("a search among 1,200 athletes", _searches(page), FILTER))
    return pd.DataFrame(rows)


def _row(what: str, times: list[float], limit: float) -> dict[str, object]:
    seconds = statistics.median(times)
    return {"wait": what, "s": seconds, "slowest": max(times), "asked": limit, "kept": seconds <= limit}


def _open(page: Page, entry: Entry) -> float:
    """Seconds from the click on a link of the sidebar until the page stands there."""
    sidebar_link(page, entry.title).click()
    page.wait_for_function(_THERE, arg="Demo" if entry == HOME else entry.title, polling="raf")
    return _waited(page)


def _waited(page: Page) -> float:
    """Seconds since a person did something last."""
    return float(page.evaluate("(Date.now() - window.begun) / 1000"))


def _searches(page: Page) -> list[float]:
    """Seconds from a word in the search box until the number of athletes found has changed."""
    _open(page, next(entry for entry in ENTRIES if entry.name == "rankings"))
    settle(page)
    box = page.get_by_role("textbox", name="Search")
    times = []
    for word in ("an", "ani", "mo", "lé", "no")[:CLICKS]:
        before = page.get_by_test_id("stMetricValue").first.inner_text()
        box.fill(word)
        page.wait_for_function(_FOUND, arg=before, polling="raf")
        times.append(_waited(page))
    return times


if __name__ == "__main__":
    sys.exit(main())
