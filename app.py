"""The app: which data set, which pages, and what stands on every page. Start it with `streamlit run app.py`."""

import streamlit as st

from athlete_intel.settings import Settings, load_settings
from athlete_intel.ui import filters, formats, frame, navigation, reads


def chosen_workspace(settings: Settings) -> str:
    """The data set that the address names, else the default one, else the first; a choice where there are several."""
    names = reads.workspaces(settings.home)
    wanted = st.query_params.get("data", st.session_state.get("data", settings.workspace))
    shown = next((name for name in (wanted, settings.workspace, *names) if name in names), settings.workspace)
    if wanted != shown:
        frame.other_data_set(wanted, shown, by_link="data" in st.query_params)
    if len(names) < 2:
        return shown
    st.session_state["data"] = shown
    st.sidebar.selectbox(
        "Data set",
        names,
        key="data",
        format_func=reads.titles(settings, names).__getitem__,
        on_change=forget_choices,
    )
    filters.keep_in_address("data", st.session_state["data"])
    chosen: str = st.session_state["data"]
    return chosen


def forget_choices() -> None:
    """Another data set has other athletes, bundles and teams, so neither the address nor a filter may keep the old."""
    filters.forget()
    st.query_params["data"] = st.session_state["data"]


frame.set_up()
page = navigation.declare()
navigation.links(page)
with frame.errors_in_words() as place:
    settings = load_settings()
    place.folder = settings.folder
    place.folder = settings.home / chosen_workspace(settings)
    data = reads.open_data_set(settings, place.folder.name)
    st.sidebar.caption(f"Data as of {formats.day(data.about['as_of'])}")
    with frame.showing(data):
        page.run()
