"""The pages of the app, by the person who comes for them, who may open them, and the links to them in the sidebar."""

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import Page

from athlete_intel.errors import AthleteIntelError
from athlete_intel.people import ANALYST, ATHLETE, BRAND, OPERATOR, ROLES
from athlete_intel.ui import formats, sign_in, wishes


class Entry(NamedTuple):
    """A page: its file in `pages/`, its title, and a Material icon."""

    name: str
    title: str
    icon: str


HOME = Entry("overview", "Overview", "home")
GROUPS = {
    "Brands": (
        Entry("rankings", "Influence rankings", "leaderboard"),
        Entry("compare", "Compare athletes", "compare_arrows"),
        Entry("bundles", "Bundles", "bubble_chart"),
        Entry("plan", "Plan", "checklist"),
        Entry("campaigns", "Campaigns", "campaign"),
    ),
    "Athletes": (Entry("earnings", "Earnings", "payments"),),
    "Analysts": (
        Entry("health", "Model health", "monitor_heart"),
        Entry("drift", "Drift", "move_up"),
        Entry("alerts", "Alerts", "notifications"),
        Entry("models", "Models", "model_training"),
        Entry("handles", "Handles", "how_to_vote"),
        Entry("payouts", "Payouts", "account_balance"),
    ),
    "Operators": (
        Entry("runs", "Runs", "play_circle"),
        Entry("data", "Data", "database"),
    ),
}
ENTRIES = (HOME, *(entry for group in GROUPS.values() for entry in group))
PAGES_OF = {
    BRAND: frozenset({"overview", "rankings", "compare", "bundles", "plan", "campaigns"}),
    ATHLETE: frozenset({"earnings"}),
    ANALYST: frozenset(entry.name for entry in ENTRIES),
    OPERATOR: frozenset({"overview", "health", "alerts", "runs", "data"}),
}
"""The pages that each role may open; whoever has several roles may open the pages of each."""


def declare() -> Page:
    """Tell Streamlit of the pages that may be opened; the one asked for is returned.

    The address of any other page leads to a sentence. Streamlit's own list of links is hidden, as its groups are no
    valid list for a screen reader; `links` draws them.
    """
    try:
        pages = pages_of(roles())
    except AthleteIntelError:
        pages = frozenset()  # why, is told where the app reads its settings and asks who is there
    return st.navigation([_page(entry, pages) for entry in ENTRIES], position="hidden")


def go_on() -> None:
    """Go on to what somebody asked for before signing in, if it may be opened: the provider leads to the first page."""
    wish = wishes.recall() if sign_in.person() is not None else None
    if wish is not None and (wish.path or HOME.name) in pages_of(roles()):
        st.switch_page(f"pages/{wish.path or HOME.name}.py", query_params=wish.query)


def pages_of(roles: Iterable[str]) -> frozenset[str]:
    """Names of the pages that any of the roles may open.

    >>> sorted(pages_of(["athlete", "operator"]))
    ['alerts', 'data', 'earnings', 'health', 'overview', 'runs']
    """
    return frozenset().union(*(PAGES_OF[role] for role in roles))


def is_open(file: str) -> bool:
    """Whether whoever is there may open the page with this file."""
    return PurePosixPath(file).stem in pages_of(roles())


def roles() -> tuple[str, ...]:
    """The roles of whoever is there; all of them where the app is open."""
    who = sign_in.person()
    return ROLES if who is None else who.roles


def links(current: Page) -> None:
    """Links in the sidebar to all pages that may be opened; the data set goes along with each.

    On a page only its own group stands open, so that the page's filters below are seen without scrolling.
    """
    named = st.query_params.get("data", st.session_state.get("data"))
    data = {"data": named} if named else {}
    pages = pages_of(roles())
    groups = {group: [entry for entry in entries if entry.name in pages] for group, entries in GROUPS.items()}
    groups = {group: entries for group, entries in groups.items() if entries}
    with st.sidebar:
        if HOME.name in pages:
            _link(HOME, data)
        for group, entries in groups.items():
            inside = current.title in [entry.title for entry in entries]
            expanded = inside or current.title == HOME.title or len(groups) == 1
            with st.expander(group, expanded=expanded, type="compact"):
                for entry in entries:
                    _link(entry, data)


def _page(entry: Entry, pages: frozenset[str]) -> Page:
    home = entry == HOME
    if entry.name in pages:
        return st.Page(f"pages/{entry.name}.py", title=entry.title, icon=_icon(entry), default=home)
    instead = _to_first(pages) if home and pages else _closed(entry)
    return st.Page(instead, title=entry.title, icon=_icon(entry), url_path=entry.name, default=home)


def _to_first(pages: frozenset[str]) -> Callable[[], None]:
    first = next(entry for entry in ENTRIES if entry.name in pages)
    return lambda: st.switch_page(f"pages/{first.name}.py", query_params=st.query_params.to_dict())


def _closed(entry: Entry) -> Callable[[], None]:
    def say_so() -> None:
        st.title(entry.title, anchor=False)
        meant = " and ".join(f"{role}s" for role in ROLES if entry.name in PAGES_OF[role])
        told = f"This page is for {meant}, and you are signed in as {' and '.join(roles())}."
        st.warning(
            formats.plain(f"{told} If you need it, ask whoever keeps the list of people."), icon=":material/lock:"
        )

    return say_so


def _link(entry: Entry, data: dict[str, str]) -> None:
    st.page_link(f"pages/{entry.name}.py", label=entry.title, icon=_icon(entry), query_params=data)


def _icon(entry: Entry) -> str:
    return f":material/{entry.icon}:"
