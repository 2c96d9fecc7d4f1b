"""The map of athletes and the groups that bundles are made of."""

import textwrap
from collections.abc import Collection

import pandas as pd
import plotly.graph_objects as go

from athlete_intel.charts import style
from athlete_intel.charts.finished import width_of
from athlete_intel.ui import formats as f

_LONGEST = 44
"""Letters in a line of the legend."""
_INSIDE = "in this bundle"
_MARK = style.VERMILION
_COLOURS = tuple(colour for colour in style.PALETTE if colour != _MARK)
"""Of groups: none has the colour of the rings around members, which must stand out from every group."""


def bundle_map(
    clusters: pd.DataFrame,
    groups: pd.DataFrame,
    opened: str | None,
    marked: str | None = None,
    inside: Collection[str] = (),
) -> go.Figure:
    """Every athlete on the map, by group; the opened group stands out, athletes in none are hollow and grey.

    Around each member of the opened bundle there is a ring.

    Args:
        clusters: with the `name` of each athlete.
        groups: those on offer, which give the order of symbols and colours.
        opened: identity of the group that stands out; None for none.
        marked: athlete who is marked; None for nobody.
        inside: the `athlete_id` of each member of the opened bundle.
    """
    chart = style.figure("Athletes who are alike lie close together", 500 + 19 * len(groups))
    noise = clusters[clusters["identity"].isna()]
    outside = "in no group on offer"
    small = len(clusters) > 1_000
    chart.add_scatter(
        x=noise["x"],
        y=noise["y"],
        mode="markers",
        name=outside,
        marker={"symbol": "circle-open", "size": 5 if small else 8, "color": style.GREY, "opacity": 0.8},
        customdata=[
            (style.text(name), "in no group on offer", athlete)
            for name, athlete in noise[["name", "athlete_id"]].to_numpy()
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
    )
    ordered = list(enumerate(groups.itertuples()))
    # The opened group is drawn last, on top of the others.
    for i, group in sorted(ordered, key=lambda numbered: numbered[1].identity == opened):
        part = clusters[clusters["identity"] == group.identity]
        stands_out = opened is None or group.identity == opened
        chart.add_scatter(
            x=part["x"],
            y=part["y"],
            mode="markers",
            name="<br>".join(style.text(line) for line in textwrap.wrap(str(group.name), _LONGEST)[:3]),
            legendrank=i,
            marker={
                "symbol": style.SYMBOLS[i % len(style.SYMBOLS)],
                "size": (5 if small else 9) + (1 if group.identity == opened else 0),
                "color": _COLOURS[i % len(_COLOURS)],
                "opacity": 0.95 if stands_out else 0.6,
                "line": {"width": 1 if group.identity == opened and not small else 0, "color": style.GREY},
            },
            customdata=[
                (
                    style.text(name),
                    style.text(group.name),
                    f"{f.percent(strength)}{', at its heart' if exemplar else ''}",
                    athlete,
                )
                for name, strength, exemplar, athlete in part[["name", "strength", "exemplar", "athlete_id"]].to_numpy()
            ],
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>"
            "strength of membership %{customdata[2]}<extra></extra>",
        )
    ringed = clusters[clusters["athlete_id"].isin(list(inside))]
    if len(ringed):
        chart.add_scatter(
            x=ringed["x"],
            y=ringed["y"],
            mode="markers",
            name=_INSIDE,
            marker={
                "symbol": "circle-open",
                "size": 11 if small else 16,
                "color": _MARK,
                "line": {"width": 2},
            },
            # The point inside answers to the mouse.
            hoverinfo="skip",
        )
    own = clusters[clusters["athlete_id"] == marked]
    if len(own):
        chart.add_scatter(
            x=own["x"],
            y=own["y"],
            mode="markers",
            name=style.text(own["name"].iloc[0], 40),
            marker={"symbol": "star-open", "size": 20, "color": _MARK, "line": {"width": 3}},
            hoverinfo="skip",
        )
    blank = {"showticklabels": False, "showgrid": False, "ticks": ""}
    chart.update_xaxes(**blank, title={"text": "Direction in which athletes differ most"})
    chart.update_yaxes(**blank, title={"text": "Second such direction"})
    return style.with_legend(chart).update_layout(
        legend={"orientation": "h", "x": 0, "yref": "container", "y": 0, "yanchor": "bottom", "itemsizing": "constant"},
        margin={"t": 44, "b": _AXIS_TITLE + _legend_height([outside, _INSIDE, *groups["name"].astype("str")])},
    )


_WIDTH, _AXIS_TITLE, _SYMBOL = 900, 42, 44
"""Pixels: about the width of the map on a desk, the height of the title of its axis, the width of a symbol."""


def _legend_height(names: list[str]) -> int:
    """The height that Plotly gives the legend of a map as wide as on a desk: columns as wide as the longest name.

    >>> _legend_height(["golf", "chess"]), _legend_height(["posting often on one platform or another"] * 4)
    (29, 48)
    """
    broken = [textwrap.wrap(name, _LONGEST)[:3] for name in names]
    widest = max(width_of(line) for lines in broken for line in lines)
    columns = max(1, int(_WIDTH // (_SYMBOL + widest)))
    rows = [broken[first : first + columns] for first in range(0, len(broken), columns)]
    return round(sum(4 + 15.2 * max(map(len, row)) for row in rows)) + 10


def bundle_map_summary(clusters: pd.DataFrame, groups: pd.DataFrame) -> str:
    """How many athletes stand in how many groups, and which is the largest."""
    inside = int(clusters["identity"].notna().sum())
    largest = groups.sort_values(["members", "identity"], ascending=[False, True]).iloc[0]
    most = (
        f", {largest['name']}"
        if len(groups) == 1
        else f"; the largest, {largest['name']}, has {f.count(largest['members'])}"
    )
    return (
        f"{f.some(inside, 'athlete')} in {f.some(len(groups), 'group')}{most}. "
        "Distance means likeness; the axes have no unit."
    )
