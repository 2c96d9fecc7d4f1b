"""Who is booked and what each one brings; what was promised and what came."""

import pandas as pd
import plotly.graph_objects as go

from athlete_intel.charts import style
from athlete_intel.ui import formats as f
from athlete_intel.ui import outcome_words

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
    _named(chart, rows, float(rows["mean"].max()), f"Expected {outcome_words.named(about)}", about["outcome_unit"])
    return chart


def booked_summary(members: pd.DataFrame) -> str:
    """Who brings most, and how much the others are not shown."""
    first = members.iloc[0]
    if len(members) == 1:
        return f"{first['name']} brings all of it."
    more = len(members) - _MOST_BARS
    told = f"{first['name']} brings most, {f.percent(first['share'])} of all."
    return f"{told} {_in_the_table(more)}" if more > 0 else told


def delivered(by_athlete: pd.DataFrame, about: pd.Series) -> go.Figure:
    """What came from each athlete as a bar, with a mark where it was expected to reach, most first.

    Args:
        by_athlete: name, expected, delivered.
        about: the row of the data set.
    """
    rows = by_athlete.head(_MOST_BARS).reset_index(drop=True)
    chart = style.figure("What was expected and what came", 130 + 26 * max(len(rows), 2))
    told = {
        column: [
            (style.text(who), f.outcome(value, about["outcome_unit"]))
            for who, value in rows[["name", column]].to_numpy()
        ]
        for column in ("delivered", "expected")
    }
    chart.add_bar(
        x=rows["delivered"],
        y=rows.index,
        orientation="h",
        name="came",
        marker={"color": style.BLUE},
        customdata=told["delivered"],
        hovertemplate="<b>%{customdata[0]}</b><br>came %{customdata[1]}<extra></extra>",
    )
    chart.add_scatter(
        x=rows["expected"],
        y=rows.index,
        mode="markers",
        name="expected",
        marker={"color": style.VERMILION, "symbol": "diamond", "size": 9},
        cliponaxis=False,
        customdata=told["expected"],
        hovertemplate="<b>%{customdata[0]}</b><br>expected %{customdata[1]}<extra></extra>",
    )
    most = float(rows[["expected", "delivered"]].max().max())
    _named(chart, rows, most, f.upper_first(outcome_words.named(about)), about["outcome_unit"])
    return style.with_legend(chart)


def delivered_summary(by_athlete: pd.DataFrame) -> str:
    """How many athletes brought something, who most, and how many are not drawn."""
    some = by_athlete[by_athlete["delivered"] > 0]
    more = len(by_athlete) - _MOST_BARS
    told = f"{f.some(len(some), 'athlete')} of {len(by_athlete)} brought something"
    told += f", {some.iloc[0]['name']} most." if len(some) else "."
    return f"{told} {_in_the_table(more)}" if more > 0 else told


def _in_the_table(more: int) -> str:
    return f"{f.some(more, 'more athlete')} {'stands' if more == 1 else 'stand'} in the table only."


def course(table: pd.DataFrame, channels: pd.DataFrame, about: pd.Series) -> go.Figure:
    """What came up to each day against the same part of the promise and of what is expected, in all and by channel.

    Args:
        table: from `bundles.delivery.course`.
        channels: from `bundles.delivery.course_by_channel`.
        about: the row of the data set.
    """
    level = outcome_words.is_level(about)
    title = "The mean of days so far" if level else "What came so far"
    chart = style.figure(f"{title}, against what was promised and expected", 380)
    unit = about["outcome_unit"]
    for edge, fill in (("high", None), ("low", "tonexty")):
        chart.add_scatter(
            x=table["day"],
            y=table[edge],
            mode="lines",
            name="range of what is expected",
            showlegend=edge == "low",
            line={"width": 0},
            fill=fill,
            fillcolor=style.FAINT,
            hoverinfo="skip",
        )
    lines = [
        ("expected", table["day"], table["expected"], style.GREY, "solid", 2),
        ("promised", table["day"], table["promised"], style.GREY, "dash", 2),
    ]
    names = channels["channel"].unique()
    if len(names) > 1:
        for place, name in enumerate(names[:_MOST_LINES]):
            part = channels[channels["channel"] == name]
            colour = style.PALETTE[1:][place % len(style.PALETTE[1:])]
            lines.append((f.platform(name), part["day"], part["delivered"], colour, "dot", 2))
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
    named = f.upper_first(outcome_words.named(about))
    title = f"{named}, mean of days" if level else f"{named}, added up"
    chart.update_yaxes(title={"text": style.text(title)}, rangemode="tozero", tickformat="~s")
    chart.update_yaxes(tickprefix="$" if unit == "$" else "")
    return style.with_legend(chart)


def course_summary(table: pd.DataFrame, about: pd.Series) -> str:
    """How far what came reaches, beside the promise and what is expected up to the same day."""
    known = table.dropna(subset=["delivered"])
    if known.empty:
        return "Nothing was imported yet."
    last, unit = known.iloc[-1], about["outcome_unit"]
    came = f"Up to {f.day(last['day'])} {f.outcome(last['delivered'], unit)} came"
    between = f.outcome_range(last["low"], last["high"], unit)
    span = f"{f.outcome(last['expected'], unit)} expected, with a range of {between}"
    if outcome_words.is_level(about):
        return f"{came} on the mean day, with {f.outcome(last['promised'], unit)} promised and {span}."
    promised = f"{f.outcome(last['promised'], unit)} of the promise would be due"
    return f"{came}. By then {promised} and {span}, if outcomes came evenly."


def _named(chart: go.Figure, rows: pd.DataFrame, most: float, title: str, unit: str) -> None:
    prefix = "$" if unit == "$" else ""
    chart.update_xaxes(title={"text": style.text(title)}, range=[0, max(most, 1e-9) * 1.2])
    chart.update_xaxes(tickformat="~s", tickprefix=prefix)
    names = [style.text(name, 28) for name in rows["name"]]
    chart.update_yaxes(tickvals=rows.index, ticktext=names, range=[len(rows) - 0.4, -0.6], showgrid=False)
