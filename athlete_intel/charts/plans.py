"""Who is booked and what each one brings; what was promised and what came."""

import pandas as pd
import plotly.graph_objects as go

from athlete_intel.charts import style
from athlete_intel.ui import formats as f

_MOST_BARS = 20


def booked(members: pd.DataFrame, about: pd.Series) -> go.Figure:
    """What each athlete brings, the most first; further ones stand in the table.

    Args:
        members: name, mean, share, largest first.
        about: the row of the data set.
    """
    rows = members.head(_MOST_BARS).reset_index(drop=True)
    chart = style.figure("What each athlete brings", 110 + 26 * max(len(rows), 2))
    chart.add_bar(
        x=rows["mean"],
        y=rows.index,
        orientation="h",
        marker={"color": style.BLUE},
        text=[f.outcome(value, about["outcome_unit"]) for value in rows["mean"]],
        textposition="outside",
        cliponaxis=False,
        customdata=[(style.text(name), f.percent(share)) for name, share in rows[["name", "share"]].to_numpy()],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]} of all<extra></extra>",
    )
    _named(chart, rows, float(rows["mean"].max()), f"Expected {about['outcome_name']}", about["outcome_unit"])
    return chart


def booked_summary(members: pd.DataFrame) -> str:
    """Who brings most, and how much the others are not shown."""
    first = members.iloc[0]
    more = len(members) - _MOST_BARS
    told = f"{first['name']} brings most, {f.percent(first['share'])} of all."
    return f"{told} {f.some(more, 'more athlete')} stand in the table only." if more > 0 else told


def delivered(by_athlete: pd.DataFrame, about: pd.Series) -> go.Figure:
    """What came from each athlete beside what was expected, most first.

    Args:
        by_athlete: name, expected, delivered.
        about: the row of the data set.
    """
    rows = by_athlete.head(_MOST_BARS).reset_index(drop=True)
    chart = style.figure("What was expected and what came", 130 + 32 * max(len(rows), 2))
    for column, name, colour, pattern in (
        ("expected", "expected", style.GREY, "/"),
        ("delivered", "came", style.BLUE, ""),
    ):
        chart.add_bar(
            x=rows[column],
            y=rows.index,
            orientation="h",
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern, "fgopacity": 0.6}},
            customdata=[
                (style.text(who), f.outcome(value, about["outcome_unit"]))
                for who, value in rows[["name", column]].to_numpy()
            ],
            hovertemplate=f"<b>%{{customdata[0]}}</b><br>{name} %{{customdata[1]}}<extra></extra>",
        )
    most = float(rows[["expected", "delivered"]].max().max())
    _named(chart, rows, most, f.upper_first(str(about["outcome_name"])), about["outcome_unit"])
    return style.with_legend(chart).update_layout(barmode="group", bargap=0.3)


def delivered_summary(by_athlete: pd.DataFrame) -> str:
    """How many athletes brought something, and who most."""
    some = by_athlete[by_athlete["delivered"] > 0]
    if some.empty:
        return "Nothing was imported yet."
    return f"{f.some(len(some), 'athlete')} of {len(by_athlete)} brought something, {some.iloc[0]['name']} most."


def _named(chart: go.Figure, rows: pd.DataFrame, most: float, title: str, unit: str) -> None:
    prefix = "$" if unit == "$" else ""
    chart.update_xaxes(title={"text": style.text(title)}, range=[0, max(most, 1e-9) * 1.2])
    chart.update_xaxes(tickformat="~s", tickprefix=prefix)
    names = [style.text(name, 28) for name in rows["name"]]
    chart.update_yaxes(tickvals=rows.index, ticktext=names, range=[len(rows) - 0.4, -0.6], showgrid=False)
