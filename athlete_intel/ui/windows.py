"""Which feature and window of drift are shown: chosen in boxes, or by a click on the heat map."""

import pandas as pd
import streamlit as st

from athlete_intel.ui import formats

HEAT_MAP = "over-time"


def follow_click() -> None:
    """Show the feature and the window of the cell of the heat map that was clicked."""
    points = st.session_state[HEAT_MAP]["selection"]["points"]
    if points:
        st.session_state["feature"], st.session_state["window"] = points[0]["customdata"][-2:]


def one_window(bins: pd.DataFrame, newest_from: pd.Timestamp) -> tuple[pd.DataFrame, str, bool]:
    """The bins of the window that is chosen, what it is called, and whether the tests of the newest belong beside it.

    They do beside the newest window, and beside any where the newest holds too few values to have bins.

    Args:
        bins: window_from and more, of one feature.
        newest_from: where its newest window begins. Outcomes end earlier than all else and have newest windows of their
            own, so a window of the others that has bins of them, too, may begin later.
    """
    begins = bins["window_from"].dt.strftime("%Y-%m-%d")
    days, newest = sorted(begins.unique(), reverse=True), f"{newest_from:%Y-%m-%d}"
    if st.session_state.get("window") not in days:
        # The window of another feature, which this one has not.
        st.session_state.pop("window", None)
    first = days.index(newest) if newest in days else 0
    day = st.selectbox(
        "Window that begins on", days, first, format_func=_told, key="window", bind="query-params", width=420
    )
    called = "the newest window" if day == newest else f"the window from {_told(day)}"
    return bins[begins == day], called, day == newest or newest not in days


def _told(day: str) -> str:
    return formats.day(pd.Timestamp(day))
