"""A chart as it is sent to a browser: without its title, with room for its labels, put together once."""

import re
from html import unescape
from typing import Any, NamedTuple

import plotly.graph_objects as go

_TITLE, _TOP, _LEGEND = 30, 12, 29
"""Heights in pixels: of a title inside a chart, of what is left above the plot without it, of a line of the legend."""
_AXIS, _LINE = 51.5, 15.5
"""Heights in pixels below the plot: of the axis' title with what is around it, and of each line of tick labels."""
_TICKS, _AXIS_TITLE, _UNKNOWN, _BARE = 21, 34, 20, 12
"""Widths in pixels left of the plot: around tick labels, of an axis' title, of tick labels that Plotly chooses, and
around the title of an axis without any."""
_NARROW, _WIDE = frozenset("fijlrtI.,:;'|!()[] -"), frozenset("mwMW@%")
_MARKUP = re.compile(r"<(?!br)[^>]*>")


class Finished(go.Figure):
    """A figure that nobody changes any more: what a browser gets of it is put together once, not at every look."""

    def to_dict(self) -> dict[str, Any]:
        """Data and layout as Plotly's own method gives them; whoever gets them must not change them."""
        if getattr(self, "_sent", None) is None:
            self._sent: dict[str, Any] = super().to_dict()
        return self._sent


class Drawn(NamedTuple):
    """A chart ready to be shown: its title, which the page shows as text, and the figure without it."""

    title: str
    figure: go.Figure


def finished(chart: go.Figure) -> Drawn:
    """The chart with its title taken out, and with margins as wide as labels and legend need.

    A browser draws a chart a second time where its margins turn out to be too small.
    """
    title = unescape(chart.layout.title.text or "")
    if title:
        chart.update_layout(title={"text": ""}, height=chart.layout.height - _TITLE, margin={"t": _TOP})
    legend = chart.layout.legend
    if chart.layout.showlegend and legend.y == 1 and legend.yanchor == "bottom":
        chart.update_layout(margin={"t": chart.layout.margin.t + _LEGEND})
    return Drawn(title, Finished(chart.update_layout(margin={"l": _left(chart), "b": _below(chart)})))


def width_of(text: str) -> float:
    """About how wide the longest line of a text is in the charts' print, in pixels.

    >>> width_of("Ann"), width_of("Mann"), width_of("Ann<br><b>Mann</b>")
    (18.9, 28.0, 28.0)
    """
    return max(sum(map(_width, line)) for line in _lines(text))


def _width(letter: str) -> float:
    return 3.2 if letter in _NARROW else 10.0 if letter in _WIDE else 6.9 if letter.isupper() else 6.0


def _lines(text: str) -> list[str]:
    return unescape(_MARKUP.sub("", text)).split("<br>")


def _left(chart: go.Figure) -> float:
    axis = chart.layout.yaxis
    title = _AXIS_TITLE if axis.title.text else 0
    if axis.showticklabels is False:
        return title + _BARE if title else chart.layout.margin.l
    labels = axis.ticktext
    return round(_TICKS + title + (max(map(width_of, labels)) if labels else _UNKNOWN))


def _below(chart: go.Figure) -> float:
    axis = chart.layout.xaxis
    lines = 0 if axis.showticklabels is False else max(len(_lines(label)) for label in axis.ticktext or ("",))
    return max(round(_LINE * lines + (_AXIS if axis.title.text else 0)), chart.layout.margin.b)
