"""Charts of health: which features moved when, and errors as estimated and as they came."""

import math

import pandas as pd
import plotly.graph_objects as go

from athlete_intel.charts import style
from athlete_intel.ui import formats as f

_MOST_FEATURES, _FEWEST_FEATURES = 24, 8
_CELL, _NAME, _LONGEST_NAME = 22, 20, 62
"""Height in pixels of a cell and of the name above it, and letters of the longest one that a phone has room for."""
HALF = 0.5
"""Of a move that matters, from which on a cell has a colour."""
_STEPS = (0.0, HALF, 1.0, 2.0)
"""In thresholds: from 1 on a feature has moved by enough to matter; small moves are not written down."""


def drift_over_time(history: pd.DataFrame) -> go.Figure:
    """A cell for each feature and window, brighter the further it moved; what moved just now on top.

    Names stand above their rows, so that cells have the whole width of a phone. A click on a cell selects the feature
    and the window, which are the last two of its data.
    """
    shown = most_moved(history)
    order = _by_move(shown)[::-1]
    windows = sorted(shown["window_from"].unique())
    grid = shown.pivot(index="feature", columns="window_from", values="moved").reindex(index=order, columns=windows)
    labels = shown.drop_duplicates("feature").set_index("feature")["label"]
    days = [f"{window:%-d %b}" for window in windows]
    chart = style.figure("Which features moved, and when", 120 + (_CELL + _NAME) * len(order))
    chart.add_heatmap(
        z=grid.to_numpy(),
        x=days,
        y=list(range(len(order))),
        zmin=_STEPS[0],
        zmax=_STEPS[-1],
        # Three colours without any between them: little, half of what matters, and what matters.
        colorscale=[
            [0, style.FAINT],
            [0.25, style.FAINT],
            [0.25, style.BLUE],
            [0.5, style.BLUE],
            [0.5, style.VERMILION],
            [1, style.VERMILION],
        ],
        showscale=False,
        text=[["" if not value >= HALF else f"{value:.1f}" for value in row] for row in grid.to_numpy(dtype="float64")],
        texttemplate="%{text}",
        textfont={"color": "white"},
        hoverinfo="skip",
        xgap=2,
        ygap=_NAME,
    )
    # Cells of a heat map cannot be selected, so a point that nobody sees stands in each.
    cells = shown.dropna(subset=["moved"])
    places = {name: place for place, name in enumerate(order)}
    unseen = {"marker": {"opacity": 0}}
    chart.add_scatter(
        x=[f"{window:%-d %b}" for window in cells["window_from"]],
        y=cells["feature"].map(places),
        mode="markers",
        marker={"symbol": "square", "size": _CELL, "opacity": 0},
        selected=unseen,
        unselected=unseen,
        showlegend=False,
        customdata=[
            [style.text(label), f"{window:%-d %b}", moved, name, f"{window:%Y-%m-%d}"]
            for label, moved, name, window in cells[["label", "moved", "feature", "window_from"]].to_numpy().tolist()
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>window from %{customdata[1]}<br>"
        "moved by %{customdata[2]:.2f} of what matters<extra></extra>",
    )
    for place, name in enumerate(order):
        chart.add_annotation(
            text=style.text(labels[name], _LONGEST_NAME),
            x=0,
            xref="paper",
            xanchor="left",
            y=place + 0.5,
            yanchor="middle",
            yshift=-2,
            showarrow=False,
            font={"size": 12},
        )
    chart.update_yaxes(
        range=[-0.5, len(order) - 0.5 + _NAME / (_CELL + _NAME)], showticklabels=False, ticks="", showgrid=False
    )
    return chart.update_xaxes(
        title={"text": "Window that begins on"},
        type="category",
        range=[-0.5, len(days) - 0.5],
        tickvals=days,
        ticktext=_days_and_months(windows),
        tickangle=0,
        showgrid=False,
    )


def _days_and_months(windows: list[pd.Timestamp]) -> list[str]:
    """The day of each window, and below it the month where one begins: together they are too wide for a phone.

    >>> _days_and_months([pd.Timestamp(day) for day in ("2026-04-16", "2026-04-30", "2026-05-14")])
    ['16<br>Apr', '30', '14<br>May']
    """
    months = [f"{window:%b}" for window in windows]
    return [
        f"{window:%-d}" + (f"<br>{month}" if month != before else "")
        for window, month, before in zip(windows, months, ["", *months], strict=False)
    ]


def most_moved(history: pd.DataFrame) -> pd.DataFrame:
    """Those that moved by half of what matters in any window, as far as there is room; a few in any case."""
    moving = int((history.groupby("feature")["moved"].max() >= HALF).sum())
    return history[history["feature"].isin(_by_move(history)[: min(max(moving, _FEWEST_FEATURES), _MOST_FEATURES)])]


def _by_move(history: pd.DataFrame) -> list[str]:
    """Features by their move in the newest window, then by their largest one."""
    newest = history["window_from"] == history["window_from"].max()
    now = history[newest].set_index("feature")["moved"].fillna(0.0)
    most = history.groupby("feature")["moved"].max().fillna(0.0)
    # What did not move by enough to matter is put in order by all windows.
    order = pd.DataFrame({"now": now.where(now >= _STEPS[2], 0.0), "most": most}).fillna(0.0)
    order.index.name = "feature"
    return order.sort_values(["now", "most", "feature"], ascending=[False, False, True]).index.tolist()


def estimated_errors(estimates: pd.DataFrame) -> go.Figure:
    """Estimated errors of each window, and the real ones where outcomes are in."""
    rows = estimates.sort_values("window_from", ignore_index=True)
    chart = style.figure("Errors as estimated, and as they came", 360)
    for column, name, symbol, dash, colour in (
        ("estimated_mae_log", "estimated", "diamond-open", "dash", style.VERMILION),
        ("mae_log", "came", "circle", "solid", style.BLUE),
    ):
        chart.add_scatter(
            x=rows["window_from"],
            y=[math.exp(value) if value == value else None for value in rows[column].astype("float64")],
            mode="lines+markers",
            name=name,
            line={"dash": dash, "color": colour},
            marker={"symbol": symbol, "size": 10},
            customdata=[f.some(int(number), "story", "stories") for number in rows["rows"]],
            hovertemplate="from %{x|%-d %b %Y}<br>off by a factor of %{y:.2f}<br>%{customdata}"
            "<extra>%{fullData.name}</extra>",
        )
    top = max([*rows["estimated_mae_log"], *rows["mae_log"].dropna()], default=1.0)
    chart.update_xaxes(title={"text": "First story of the window"})
    chart.update_yaxes(
        title={"text": "Typical error, as a factor"}, range=[1, 1 + (math.exp(top) - 1) * 1.2], ticksuffix="x"
    )
    return style.with_legend(chart)


def estimated_errors_summary(estimates: pd.DataFrame) -> str:
    """What is expected of the stories that wait, and whether estimates held."""
    waiting = estimates[estimates["mae_log"].isna()]
    told = ""
    if len(waiting):
        rows = waiting["rows"].astype("float64")
        share = float((waiting["estimated_mae_log"] * rows).sum() / rows.sum())
        told = (
            f"{f.some(int(waiting['rows'].sum()), 'story', 'stories')} without outcomes: probably off by a factor of "
            f"{math.exp(share):.2f}. "
        )
    failed = int(estimates["fails"].astype(bool).sum())
    return told + (
        f"In {f.some(failed, 'window')} errors were larger than inputs explain: the estimate failed there."
        if failed
        else "Where outcomes are in, errors came about as estimated."
    )
