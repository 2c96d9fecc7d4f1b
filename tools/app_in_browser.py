"""Starts the app on a free port and opens it in a real Chromium; for the browser tests and the screenshots."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from athlete_intel.ui.navigation import GROUPS

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_START_SECONDS = 60
PAGE_MILLISECONDS = 30_000
_IS_IN = "scheme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === scheme"
_IS_AT_REST = """milliseconds => new Promise(resolve => {
    let waiting;
    const again = () => { clearTimeout(waiting); waiting = setTimeout(look, milliseconds); };
    const changes = new MutationObserver(again);
    const moves = () => document.getAnimations().some(
        motion => motion.playState === "running" && motion.effect.getComputedTiming().iterations !== Infinity);
    const look = () => {
        const app = document.querySelector("[data-testid=stApp]");
        const runs = app?.dataset.testScriptState !== "notRunning";
        if (runs || !document.querySelector("h1") || document.querySelector("[data-testid=stSkeleton]") || moves())
            return again();
        changes.disconnect();
        resolve(true);
    };
    changes.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
    again();
})"""
_REST = 150
"""Milliseconds without a change after which a page rests: also a click has come to the server and back by then."""

_SCROLLING = 300
"""Milliseconds until a page that was scrolled has told its lists so."""


class NoBrowserError(RuntimeError):
    """There is no Chromium on this machine."""


@contextmanager
def serving(home: Path, workspace: str) -> Iterator[str]:
    """The app, started as a person starts it; yields its address and checks that Ctrl-C ends it without a trace."""
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "athlete_intel",
        "serve",
        "--port",
        str(port),
        "-w",
        workspace,
        "--home",
        str(home),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        _wait_until_up(port, process)
        yield f"http://localhost:{port}"
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            output, _ = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            raise RuntimeError(f"The app did not stop on Ctrl-C: {output}") from None
    if "Traceback" in output:
        raise RuntimeError(f"The app printed a stack trace: {output}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium: the machine's own, or the one that Playwright installed.

    Raises:
        NoBrowserError: there is neither.
    """
    with sync_playwright() as playwright:
        own = next((path for name in _CHROMIUM_NAMES if (path := shutil.which(name))), None)
        path = own or playwright.chromium.executable_path
        if not Path(path).exists():
            raise NoBrowserError("no Chromium on this machine; `sh tools/ensure_chromium.sh python3` gets one")
        browser = playwright.chromium.launch(executable_path=path, args=_QUIET)
        try:
            yield browser
        finally:
            browser.close()


def settle(page: Page) -> None:
    """Wait until the page's script has run, its charts are drawn, and nothing moves, such as a folding group."""
    page.wait_for_function(_IS_AT_REST, arg=_REST, timeout=PAGE_MILLISECONDS)


def look_in(page: Page, scheme: str) -> None:
    """Change between light and dark, as a machine does in the evening, and wait until the app has followed."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.wait_for_function(_IS_IN, arg=scheme, timeout=PAGE_MILLISECONDS)


def sidebar_link(page: Page, title: str) -> Locator:
    """The link to a page in the sidebar, in sight: its group is opened if it is closed."""
    sidebar = page.get_by_test_id("stSidebar")
    link = sidebar.get_by_role("link", name=title, exact=True)
    # A link is still seen while its group is closing.
    settle(page)
    if not link.is_visible():
        group = next(name for name, entries in GROUPS.items() if title in [entry.title for entry in entries])
        sidebar.get_by_text(group, exact=True).click()
    link.wait_for(state="visible")
    return link


def follow(page: Page, title: str) -> None:
    """Follow a link of the sidebar, as a person does."""
    sidebar_link(page, title).click()


def unfold(page: Page, words: str) -> None:
    """Open a part of the page that is folded, and wait until it rests: what moves cannot be clicked for sure."""
    page.get_by_test_id("stMain").get_by_text(words).click()
    settle(page)


def pick(page: Page, box: Locator, option: str) -> None:
    """Pick an option of a box, as a person does: first scroll to it, then open its list, which a scroll would close."""
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(_SCROLLING)
    box.click()
    page.get_by_role("option", name=option, exact=True).click()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(port: int, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The app ended at once: {process.communicate()[0]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"The app was not up after {_START_SECONDS} seconds.")
