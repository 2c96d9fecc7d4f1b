"""Search, filters and choices that live in the address of a page, so that a view can be sent to a colleague."""

import unicodedata
from collections.abc import Callable

import pandas as pd
import streamlit as st

BRAND = (
    *("compare", "size", "most_cost", "campaign", "budget", "goal", "plan_sports", "plan_countries", "athletes"),
    *("share", "women", "newcomers", "rare", "with", "without"),
)
"""What the addresses of bundles, plans and campaigns hold."""
PROFILE = ("kind", "sport", "league", "team", "position", "country", "gender")


def linked_choice(label: str, options: list[str], param: str, names: Callable[[str], str], help: str = "") -> str:
    """A select box whose choice stands in the address as `param`, by identity rather than by name.

    The choice outlives a visit to another page. An address that names something unknown is told, not ignored.
    """
    wanted = st.query_params.get(param)
    if wanted in options:
        st.session_state[param] = wanted
    elif wanted is not None:
        st.warning(f"The link names {wanted!r}, which is not in this data set.", icon=":material/link_off:")
    if st.session_state.get(param) not in options:
        st.session_state[param] = options[0]

    def write_address() -> None:
        st.query_params[param] = st.session_state[param]

    chosen = st.selectbox(
        label,
        options,
        format_func=names,
        key=param,
        help=help or None,
        on_change=write_address,
        persist_state="session",
    )
    st.query_params[param] = chosen
    return chosen


def search_box(label: str, placeholder: str) -> str:
    """A search box bound to the address."""
    return st.text_input(label, key="search", placeholder=placeholder, bind="query-params", live=True) or ""


def profile_filters(table: pd.DataFrame) -> dict[str, list[str]]:
    """Filters in the sidebar for those columns of the profile that have a choice to offer."""
    chosen: dict[str, list[str]] = {}
    for column in PROFILE:
        values = sorted(table[column].dropna().astype(str).unique(), key=folded)
        if len(values) > 1:
            chosen[column] = st.sidebar.multiselect(
                column.capitalize(), values, key=column, bind="query-params", placeholder="Any"
            )
    return chosen


def matching(table: pd.DataFrame, search: str, chosen: dict[str, list[str]]) -> pd.DataFrame:
    """Rows whose name or team holds the search text, without regard to case and accents, and that pass all filters."""
    kept = pd.Series(True, index=table.index)
    for column, values in chosen.items():
        if values:
            kept &= table[column].isin(values)
    if search.strip():
        text = table["name"].fillna("") + " " + table["team"].fillna("")
        kept &= text.map(folded).str.contains(folded(search.strip()), regex=False)
    return table[kept]


def forget() -> None:
    """Empty every search, filter and choice, in the session and in the address."""
    for param in ("search", *PROFILE, "athlete", "bundle", "grouping", "handle", *BRAND):
        st.session_state.pop(param, None)
    st.query_params.clear()


def folded(text: str) -> str:
    """A text without case and accents.

    >>> folded("Luka Dončić")
    'luka doncic'
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
