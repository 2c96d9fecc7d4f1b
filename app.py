"""The app: who is there, which data set, which pages, what stands on every page. Start it: `streamlit run app.py`."""

import streamlit as st
from streamlit.navigation.page import Page

from athlete_intel.settings import Settings, load_settings
from athlete_intel.ui import filters, formats, frame, navigation, reads, sign_in, troubles


def chosen_workspace(settings: Settings, page: Page) -> str:
    """The data set that the address names, else the default one, else the first; a choice where there are several.

    Where the address names one that is not here, the run ends in words.
    """
    if filters.are_forgotten():
        # Another data set was chosen, which has other athletes and bundles than the address may name.
        st.switch_page(page, query_params={"data": st.session_state["data"]})
    names = sign_in.data_sets(reads.workspaces(settings.home), settings.workspace)
    linked = st.query_params.get("data") or None
    if linked is not None and names and linked not in names:
        troubles.no_such_data_set(settings, linked, names, page)
        st.stop()
    wanted = linked or st.session_state.get("data", settings.workspace)
    shown = next((name for name in (wanted, settings.workspace, *names) if name in names), settings.workspace)
    if wanted != shown:
        troubles.gave_way(settings, wanted, shown)
    if len(names) < 2:
        return shown
    st.session_state["data"] = shown
    st.sidebar.selectbox(
        "Data set",
        names,
        key="data",
        format_func=reads.titles(settings, names).__getitem__,
        on_change=filters.forget,
    )
    chosen: str = st.session_state["data"]
    filters.keep_in_address("data", chosen)
    # A browser may send what the box does not offer.
    return chosen if chosen in names else shown


frame.set_up()
page = navigation.declare()
with troubles.errors_in_words() as place:
    settings = load_settings()
    sign_in.gate(page)
    navigation.go_on()
    place.folder, place.settings, place.page = settings.folder, settings, page
    navigation.links(page)
    sign_in.in_sidebar()
    place.folder = settings.home / chosen_workspace(settings, page)
    data = reads.open_data_set(settings, place.folder.name)
    st.sidebar.caption(f"Data as of {formats.day(data.about['as_of'])}")
    with frame.showing(data):
        page.run()
