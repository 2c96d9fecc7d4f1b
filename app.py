"""The app: which data set, which pages, and what stands on every page. Start it with `streamlit run app.py`."""

import streamlit as st

from athlete_intel.settings import Settings, load_settings
from athlete_intel.ui import filters, formats, frame, reads


def chosen_workspace(settings: Settings) -> str:
    """The data set that the address names, else the default one, else the first; a choice where there are several."""
    names = reads.workspaces(settings.home)
    if len(names) < 2 and (not names or settings.workspace not in names):
        return names[0] if names else settings.workspace
    wanted = st.query_params.get("data", st.session_state.get("data"))
    fallback = settings.workspace if settings.workspace in names else names[0]
    if wanted is not None and wanted not in names:
        st.warning(f"The link names the data set {wanted!r}, which is not here; this is another one.")
    st.session_state["data"] = wanted if wanted in names else fallback
    if len(names) > 1:
        st.sidebar.selectbox(
            "Data set",
            names,
            key="data",
            format_func=reads.titles(settings, names).__getitem__,
            on_change=forget_choices,
        )
        st.query_params["data"] = st.session_state["data"]
    chosen: str = st.session_state["data"]
    return chosen


def forget_choices() -> None:
    """Another data set has other athletes, bundles and teams, so neither the address nor a filter may keep the old."""
    filters.forget()
    st.query_params["data"] = st.session_state["data"]


frame.set_up()
page = frame.navigation()
with frame.errors_in_words():
    settings = load_settings()
    data = reads.open_data_set(settings, chosen_workspace(settings))
    st.sidebar.caption(f"Data as of {formats.day(data.about['as_of'])}")
    with frame.showing(data):
        page.run()
