"""The pages of the app, by the person who comes for them, and the links to them in the sidebar."""

from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import Page


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


def declare() -> Page:
    """Tell Streamlit of all pages; the one asked for is returned.

    Its own list of links is hidden, as its groups are no valid list for a screen reader; `links` draws them.
    """
    entries = [HOME, *(entry for group in GROUPS.values() for entry in group)]
    return st.navigation([_page(entry) for entry in entries], position="hidden")


def links(current: Page) -> None:
    """Links to all pages in the sidebar; the data set goes along with each.

    On a page only its own group stands open, so that the page's filters below are seen without scrolling.
    """
    named = st.query_params.get("data", st.session_state.get("data"))
    data = {"data": named} if named else {}
    with st.sidebar:
        _link(HOME, data)
        for group, entries in GROUPS.items():
            inside = current.title in [entry.title for entry in entries]
            with st.expander(group, expanded=inside or current.title == HOME.title, type="compact"):
                for entry in entries:
                    _link(entry, data)


def _page(entry: Entry) -> Page:
    return st.Page(f"pages/{entry.name}.py", title=entry.title, icon=_icon(entry), default=entry == HOME)


def _link(entry: Entry, data: dict[str, str]) -> None:
    st.page_link(f"pages/{entry.name}.py", label=entry.title, icon=_icon(entry), query_params=data)


def _icon(entry: Entry) -> str:
    return f":material/{entry.icon}:"
