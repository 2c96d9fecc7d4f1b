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


def one_window(bins: pd.DataFrame) -> tuple[pd.DataFrame, str, bool]:
    """The bins of the window that is chosen, what it is called, and whether it is the newest.

    Args:
        bins: window_from and more, of one feature.
    """
    begins = bins["window_from"].dt.strftime("%Y-%m-%d")
    days = sorted(begins.unique(), reverse=True)
    if st.session_state.get("window") not in days:
        # The window of another feature, which this one has not.
        st.session_state.pop("window", None)
    day = st.selectbox("Window that begins on", days, format_func=_told, key="window", bind="query-params", width=420)
    newest = day == days[0]
    return bins[begins == day], "the newest window" if newest else f"the window from {_told(day)}", newest


def _told(day: str) -> str:
    return formats.day(pd.Timestamp(day))
