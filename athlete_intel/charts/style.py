"""What all charts share: colours, layout, axes with numbers as people read them."""

import math
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

import plotly.graph_objects as go

from athlete_intel.ui import formats as f

# Okabe and Ito's colours in middle tones, which stand out from a light and from a dark ground.
BLUE, VERMILION, GREEN, PINK, GREY = "#1F7FC4", "#D55E00", "#009E73", "#C0659A", "#8A8F98"
OCHRE, SKY, VIOLET, BROWN, OLIVE = "#B8860B", "#4AA3C7", "#8A6BBE", "#A0674B", "#7A8F2E"
PALETTE = (BLUE, VERMILION, GREEN, PINK, OCHRE, VIOLET, SKY, BROWN, OLIVE)
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "star", "triangle-down", "hexagon", "pentagon")
FAINT = "rgba(138, 143, 152, 0.35)"
RANGE = 0.8
"""Opacity of lines for ranges: behind their dots, and still a contrast of 3 to both grounds."""
CLEAR = "rgba(0, 0, 0, 0)"


def figure(title: str, height: int) -> go.Figure:
    """An empty figure: transparent, with a title at the left and its legend above the plot.

    A page takes the title out and shows it above the chart, where it can be broken into lines.
    """
    empty = go.Figure()
    empty.update_layout(
        title={"text": text(title), "x": 0, "xanchor": "left", "font": {"size": 16}, "yref": "container", "y": 0.98},
        height=height,
        margin={"l": 8, "r": 16, "t": 44, "b": 8},
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        hoverlabel={"align": "left"},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom", "title": {"text": ""}},
        showlegend=False,
    )
    empty.update_xaxes(automargin=True, zeroline=False)
    empty.update_yaxes(automargin=True, zeroline=False)
    return empty


def with_legend(chart: go.Figure) -> go.Figure:
    """The same figure with its legend in a line between title and plot."""
    return chart.update_layout(showlegend=True, margin={"t": 76})


def text(words: Any, length: int | None = None) -> str:
    """A text as Plotly shows it as it is, with nothing taken for HTML.

    >>> text("<b>A & B</b>")
    '&lt;b&gt;A &amp; B&lt;/b&gt;'
    """
    cut = f.shortened(str(words), length) if length else str(words)
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def two_lines(words: Any, width: int = 28) -> str:
    """A label broken into two lines at most, so that a long one stays apart from others that begin like it.

    >>> two_lines("Likes of the last posts on Facebook"), two_lines("Posts a week")
    ('Likes of the last posts on<br>Facebook', 'Posts a week')
    """
    return "<br>".join(text(line) for line in textwrap.wrap(str(words), width, max_lines=2, placeholder=" …"))


def shown(values: Iterable[float], floor: float) -> list[float]:
    """Values for a log axis, which has no place for 0: what is below `floor` is drawn there."""
    return [math.nan if f.missing(value) else max(float(value), floor) for value in values]


def floor_of(values: Iterable[float]) -> float:
    """The lowest value worth a place on a log axis: 1 for counts, the smallest positive value for small numbers.

    >>> floor_of([0, 5, 20_000]), floor_of([0, 0.02, 0.5])
    (1.0, 0.02)
    """
    positive = [float(value) for value in values if value > 0]
    if not positive:
        return 1.0
    return 1.0 if max(positive) >= 10 else min(positive)


def log_axis(values: Iterable[float], title: str, unit: str = "", headroom: float = 0.0) -> dict[str, Any]:
    """A log axis over the values with ticks like 1k and 10k.

    Args:
        values: what is drawn.
        title: what the axis measures.
        unit: of the values.
        headroom: share of the axis that is left free at the upper end, for text, without ticks or lines.
    """
    positive = [float(value) for value in values if value > 0] or [1.0, 10.0]
    low, high = min(positive) / 1.15, max(positive) * 1.15
    drawn = _log_ticks(low, high)
    high *= (high / low) ** (headroom / (1 - headroom))
    ticks = spread_out(drawn, [math.log10(low), math.log10(high)], at=math.log10)
    return {
        "type": "log",
        "title": {"text": text(title)},
        "range": [math.log10(low), math.log10(high)],
        "tickvals": ticks,
        "ticktext": [f.outcome(tick, unit) for tick in ticks],
        "minor": {"showgrid": False},
    }


def spread_out(
    ticks: list[float],
    ends: list[float],
    first: float | None = None,
    apart: float = 0.19,
    at: Callable[[float], float] = float,
) -> list[float]:
    """Those ticks whose labels stay clear of each other on a narrow screen, in order.

    Args:
        ticks: where labels could stand, in rising order.
        ends: both ends of the axis.
        first: a tick that stays in any case.
        apart: least distance of two labels, as a share of the axis.
        at: where a tick stands on the axis.

    >>> spread_out([0, 1, 2, 3, 10], [0, 10]), spread_out([0, 1, 2, 3, 10], [0, 10], first=1)
    ([0, 2, 10], [1, 3, 10])
    """
    least = apart * (ends[1] - ends[0])
    kept: list[float] = []
    for tick in ticks if first is None else [first, *ticks]:
        if all(abs(at(tick) - at(other)) >= least for other in kept):
            kept.append(tick)
    return sorted(kept)


def _log_ticks(low: float, high: float) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    # Ever finer ticks until there are enough to read a value from.
    for steps in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
        ticks = [step * 10.0**decade for decade in decades for step in steps]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) >= 4:
            break
    return inside if len(inside) <= 9 else inside[:: math.ceil(len(inside) / 9)]
