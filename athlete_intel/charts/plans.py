"""Who is booked and what each one brings; what was promised and what came."""

import pandas as pd
import plotly.graph_objects as go

from athlete_intel.charts import style
from athlete_intel.ui import formats as f

_MOST_BARS = 20
_MOST_LINES = 5


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


def course(table: pd.DataFrame, channels: pd.DataFrame, about: pd.Series) -> go.Figure:
    """What came up to each day against the same part of the promise and of its range, in all and by channel.

    Args:
        table: from `bundles.delivery.course`.
        channels: from `bundles.delivery.course_by_channel`.
        about: the row of the data set.
    """
    chart = style.figure("What came so far, against the promise and its range", 380)
    unit = about["outcome_unit"]
    for edge, fill in (("high", None), ("low", "tonexty")):
        chart.add_scatter(
            x=table["day"],
            y=table[edge],
            mode="lines",
            name="range of the promise",
            showlegend=edge == "low",
            line={"width": 0},
            fill=fill,
            fillcolor=style.FAINT,
            hoverinfo="skip",
        )
    lines = [("promised", table["day"], table["promised"], style.GREY, "dash", 2)]
    names = channels["channel"].unique()
    if len(names) > 1:
        for place, name in enumerate(names[:_MOST_LINES]):
            part = channels[channels["channel"] == name]
            colour = style.PALETTE[1:][place % len(style.PALETTE[1:])]
            lines.append((name, part["day"], part["delivered"], colour, "dot", 2))
    known = table.dropna(subset=["delivered"])
    lines.append(("came", known["day"], known["delivered"], style.BLUE, "solid", 3))
    for name, days, values, colour, dash, width in lines:
        chart.add_scatter(
            x=days,
            y=values,
            mode="lines+markers" if name == "came" and len(days) == 1 else "lines",
            name=style.text(name, 24),
            line={"color": colour, "dash": dash, "width": width},
            customdata=[f.outcome(value, unit) for value in values],
            hovertemplate=f"{style.text(name, 24)} up to %{{x|%-d %b}}: %{{customdata}}<extra></extra>",
        )
    chart.update_xaxes(title={"text": "Day"}, tickformat="%-d %b", nticks=8)
    title = f.upper_first(str(about["outcome_name"]))
    chart.update_yaxes(title={"text": style.text(f"{title}, added up")}, rangemode="tozero", tickformat="~s")
    chart.update_yaxes(tickprefix="$" if unit == "$" else "")
    return style.with_legend(chart)


def course_summary(table: pd.DataFrame, about: pd.Series) -> str:
    """How far what came reaches, beside the promise and its range up to the same day."""
    known = table.dropna(subset=["delivered"])
    if known.empty:
        return "Nothing was imported yet."
    last, unit = known.iloc[-1], about["outcome_unit"]
    span = f.outcome_range(last["low"], last["high"], unit)
    return (
        f"Up to {f.day(last['day'])} {f.outcome(last['delivered'], unit)} came. "
        f"By then {f.outcome(last['promised'], unit)} of the promise would be due, in a range of {span}, "
        "if outcomes came evenly."
    )


def _named(chart: go.Figure, rows: pd.DataFrame, most: float, title: str, unit: str) -> None:
    prefix = "$" if unit == "$" else ""
    chart.update_xaxes(title={"text": style.text(title)}, range=[0, max(most, 1e-9) * 1.2])
    chart.update_xaxes(tickformat="~s", tickprefix=prefix)
    names = [style.text(name, 28) for name in rows["name"]]
    chart.update_yaxes(tickvals=rows.index, ticktext=names, range=[len(rows) - 0.4, -0.6], showgrid=False)
