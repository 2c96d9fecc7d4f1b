"""Tabs of a page: only the open one is filled."""

from streamlit.testing.v1 import AppTest


def in_tab(app: AppTest, label: str) -> AppTest:
    """The page with this tab open."""
    assert label in [tab.label for tab in app.tabs]
    app.session_state["tab"] = label
    # As in a browser, where the address says which tab is open.
    app.query_params["tab"] = label
    return app.run()


def tabs_of(app: AppTest) -> list[str]:
    """The tabs of a page, first to last."""
    return [tab.label for tab in app.tabs]
