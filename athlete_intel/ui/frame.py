"""What pages are made of: header, demo notice, sentences, charts, tables, links, and that there is nothing to show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from athlete_intel.charts import Drawn, Figure, finished
from athlete_intel.ui import filters, formats, navigation
from athlete_intel.ui.reads import DataSet, other_version
from athlete_intel.ui.tasks import Task

_SHOWN: ContextVar[DataSet | None] = ContextVar("data set of this run", default=None)
_IN_SECTION: ContextVar[bool] = ContextVar("whether a section of this page was opened", default=False)
_BARS = """<g fill="none" stroke="#1F7FC4" stroke-width="4" stroke-linecap="round">
<path d="M4 8h14M10 16h16M6 24h10"/></g><g fill="#D55E00"><circle cx="11" cy="8" r="4"/><circle cx="20" cy="16" r="4"/>
<circle cx="10" cy="24" r="4"/></g>"""
MARK = f'<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 32 32">{_BARS}</svg>'
"""The mark: three ranges with their middles. Drawn here, so that nothing is fetched for it."""
WORDMARK = f"""<svg xmlns="http://www.w3.org/2000/svg" width="232" height="32" viewBox="0 0 232 32">{_BARS}
<text x="38" y="22" font-family="sans-serif" font-size="19" font-weight="700" fill="#1F7FC4">Athlete Intelligence</text>
</svg>"""
TWO_LINES, FOUR_LINES = 72, 92
"""Heights of rows whose texts are broken into lines; texts of rows lower than 70 are cut instead."""


def set_up() -> None:
    """Name, mark and width of the app. The mark is also the icon of the tab: icons of pages would be fetched."""
    st.set_page_config(
        page_title="Athlete Intelligence",
        page_icon=MARK,
        layout="wide",
        menu_items={"About": "Influence rankings, expected payouts and bundles of athletes, for brands and athletes."},
    )
    st.logo(WORDMARK, icon_image=MARK, size="large")


@contextmanager
def showing(data: DataSet) -> Iterator[None]:
    """The data set that pages show while they run inside.

    It does not stand in the session, which takes no change any more once a page has called `st.stop`.
    """
    before = _SHOWN.set(data)
    try:
        yield
    except KeyError:
        if (told := other_version(data)) is not None:
            raise told from None
        raise
    finally:
        _SHOWN.reset(before)


def current() -> DataSet:
    """The data set of this run.

    Where nobody has opened the app since the server started, Streamlit runs a linked page of the folder `pages`
    alone, without `app.py`. To declare the pages ends that, and the page is run again as part of the app.
    """
    data = _SHOWN.get()
    if data is None:
        set_up()
        navigation.declare()
        st.rerun()
    return data


def header(title: str, answer: str, data: DataSet) -> None:
    """Title, the notice on made-up data, and the answer in a sentence."""
    _IN_SECTION.set(False)
    st.title(formats.plain(title), anchor=False)
    if bool(data.about["made_up"]):
        st.warning(
            "Demo data: made-up athletes. The names and numbers on this page are invented.",
            icon=":material/science:",
        )
    if answer:
        say_answer(answer)


def say_answer(text: str) -> None:
    """The answer of a page whose title stands already, as it takes a while to be worked out."""
    st.markdown(f"**{formats.plain(text)}**")


def metrics(values: list[tuple[str, str, str]]) -> None:
    """Two to five figures side by side, in as many rows as they need: label, value, and what it means."""
    with st.container(horizontal=True):
        for label, value, meaning in values:
            st.metric(formats.plain(label), formats.plain(value), help=formats.plain(meaning), border=True)


def drawn(make: Callable[..., Figure], *args: Any, **more: Any) -> Drawn:
    """The chart that `make` draws of tables; drawn once for the same tables, whoever looks at it.

    The snapshot counts, too, as of very long tables only a sample is compared.
    """
    data = current()
    return _drawn(f"{make.__module__}.{make.__qualname__}", data.folder, data.snapshot.id, make, args, more)


@st.cache_resource(max_entries=200, show_spinner="Drawing …")
def _drawn(
    name: str,
    folder: str,
    snapshot_id: str,
    _make: Callable[..., Figure],
    args: tuple[Any, ...],
    more: dict[str, Any],
) -> Drawn:
    return finished(_make(*args, **more))


def chart(chart: Drawn, summary: str, key: str, **more: Any) -> Any:
    """A chart with its summary in words, which screen readers get, too; returns what was selected in it.

    Its title stands above it as text of the page, which is broken into lines where there is little room.
    """
    if chart.title:
        subsection(chart.title)
    event = st.plotly_chart(chart.figure, key=key, alt=summary, config={"displayModeBar": False}, **more)
    st.caption(formats.plain(summary))
    return event


def today() -> date:
    """The day on which the page is looked at, UTC."""
    return datetime.now(UTC).date()


def section(title: str) -> None:
    """The title of a part of a page."""
    _IN_SECTION.set(True)
    st.header(formats.plain(title), anchor=False)


def subsection(title: str) -> None:
    """The title of a chart or of a part of a section; above all sections it is a part of the page itself.

    Screen readers list headings by their level, in which no level may be skipped.
    """
    (st.subheader if _IN_SECTION.get() else st.header)(formats.plain(title), anchor=False)


def say(text: str) -> None:
    """A sentence or two."""
    st.markdown(formats.plain(text))


def command(text: str) -> None:
    """A command to be copied, broken into lines where there is little room."""
    st.code(text, language=None, wrap_lines=True)


def bullets(lines: list[str]) -> None:
    """Short lines under each other."""
    st.markdown("\n".join(f"- {formats.plain(line)}" for line in lines))


def note(text: str) -> None:
    """A sentence in small print."""
    st.caption(formats.plain(text))


def in_sidebar(what: str) -> None:
    """Where to choose what stands beside the page, as a phone shows the sidebar only when it is asked for."""
    note(f"{what} in the sidebar (on a phone: behind » at the top left).")


@contextmanager
def open_tab(labels: list[str]) -> Iterator[str]:
    """Tabs of which only the open one is filled: which one that is stands in the address, as `tab`."""
    filters.tell_misread("Tab", "tab", labels.__contains__, labels[0])
    tabs = st.tabs(labels, key="tab", bind="query-params")
    number = next((i for i, tab in enumerate(tabs) if tab.open), 0)
    with tabs[number]:
        yield labels[number]


def nothing_here(text: str) -> None:
    """Why there is nothing to show."""
    st.info(formats.plain(text), icon=":material/info:")


def cards(tasks: list[Task]) -> None:
    """What to do, side by side: what, why, and a link to where it is done."""
    for place, task in zip(st.columns(len(tasks)), tasks, strict=True):
        with place.container(border=True, height="stretch"):
            st.markdown(f"{task.icon} **{formats.plain(task.title)}**")
            st.markdown(formats.plain(task.why))
            link(f"pages/{task.page}.py", task.label, ":material/arrow_forward:", **task.query)


def attention(points: list[str], nothing: str = "Nothing speaks against these figures.") -> None:
    """What speaks against the figures of a page, or that nothing does."""
    if not points:
        st.success(formats.plain(nothing), icon=":material/check_circle:")
    for point in points:
        st.warning(formats.plain(point), icon=":material/warning:")


def table(data: pd.DataFrame, columns: dict[str, Any], key: str, **more: Any) -> Any:
    """A table without its index that shows the configured columns, in their order.

    Shares have the digits that they have in sentences.
    """
    shares = [name for name, column in columns.items() if _is_share(column) and name in data]
    return st.dataframe(
        data.assign(**{name: formats.even_shares(data[name]) for name in shares}),
        hide_index=True,
        column_config=columns,
        column_order=list(columns),
        key=key,
        placeholder="-",
        **more,
    )


def picked(event: Any, table: pd.DataFrame) -> pd.DataFrame:
    """The rows that are selected in a shown table; a selection may be older than the table and name rows it has not."""
    rows = event["selection"]["rows"] if event else []
    return table.iloc[[row for row in rows if row < len(table)]]


def earnings_link(athlete: pd.Series) -> None:
    """A link to what one athlete can expect.

    Args:
        athlete: athlete_id, name.
    """
    link(
        "pages/earnings.py",
        f"What {athlete['name']} can expect to earn, and why",
        ":material/payments:",
        athlete=athlete["athlete_id"],
    )


def facts(data: pd.DataFrame) -> None:
    """A short table of texts, which are broken into lines rather than cut; its index names the rows."""
    st.table(data.rename(index=formats.plain_line, columns=formats.plain_line).map(formats.plain_line))


def download(data: pd.DataFrame, label: str, name: str) -> None:
    """A button that takes a table away; the file is only made when it is asked for."""
    st.download_button(
        label,
        data=lambda: formats.csv_bytes(data),
        file_name=f"{name}-{current().workspace}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"download-{name}",
    )


def link(page: str, label: str, icon: str, **query: str | list[str]) -> None:
    """A link to another page, for those who may open it; the data set goes along with it."""
    if not navigation.is_open(page):
        return
    st.page_link(page, label=formats.plain(label), icon=icon, query_params={"data": current().workspace, **query})


def _is_share(column: Any) -> bool:
    return isinstance(column, dict) and (column.get("type_config") or {}).get("format") == "percent"
