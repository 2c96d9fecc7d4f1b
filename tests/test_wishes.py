"""Where people wanted to go before they signed in is kept by browser, once and for a short time."""

from collections.abc import Iterator

import pytest

from athlete_intel.ui import wishes
from athlete_intel.ui.wishes import Wish, recall, remember

EARNINGS = Wish("earnings", {"athlete": "ana"})


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    wishes._kept().clear()
    yield
    wishes._kept().clear()


def browser(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setattr(wishes, "_browser", lambda cookie: token)


def test_the_last_wish_of_a_browser_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    browser(monkeypatch, "one")
    remember(Wish("plan", {}), now=0)
    remember(EARNINGS, now=60)
    browser(monkeypatch, "another")
    assert recall(now=70) is None
    browser(monkeypatch, "one")
    assert recall(now=70) == EARNINGS
    assert recall(now=70) is None


def test_an_old_wish_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    browser(monkeypatch, "one")
    remember(EARNINGS, now=0)
    assert recall(now=15 * 60 + 1) is None


def test_without_the_cookie_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    browser(monkeypatch, "")
    remember(EARNINGS, now=0)
    assert recall(now=1) is None
    assert wishes._kept() == {}


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1_001):
        browser(monkeypatch, str(number))
        remember(EARNINGS, now=0)
    assert recall(now=1) == EARNINGS
    browser(monkeypatch, "0")
    assert recall(now=1) is None
