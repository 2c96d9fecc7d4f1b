"""Charts about athletes: the ranking, what drives one athlete's prediction, how past estimates came out."""

import math

import pandas as pd
import plotly.graph_objects as go

from athlete_intel.charts import style
from athlete_intel.ui import formats as f
from athlete_intel.ui import outcome_words

_MOST_DRIVERS, _MOST_ESTIMATES = 8, 24
_FACTORS = (
    (0.01, 0.1, 1, 10, 100),
    (0.1, 0.25, 0.5, 1, 2, 4, 10),
    (0.5, 0.6, 0.75, 1, 1.25, 1.5, 2),
    (0.8, 0.9, 1, 1.1, 1.2),
    (0.9, 0.95, 1, 1.05, 1.1),
)
"""Ticks of the axis of drivers, coarse to fine; the first set with three ticks inside is used."""


def ranking(rankings: pd.DataFrame, about: pd.Series) -> go.Figure:
    """A dot for each athlete's expected outcome, a line for its range; the first row stands on top."""
    rows, unit = rankings.reset_index(drop=True), about["outcome_unit"]
    floor = style.floor_of(rows["predicted"])
    predicted, low, high = (style.shown(rows[column], floor) for column in ("predicted", "low", "high"))
    ends = [value if f.missing(end) else end for end, value in zip(high, predicted, strict=True)]
    often = f"what comes lies on the line {f.how_often(about['interval'])}"
    if not about.get("range_tested", True):
        often = "the lines are ranges, not yet tested"
    chart = style.figure(
        f"Typical {about['outcome_name']}; {often}",
        96 + 27 * (max(len(rows), 3) + 1),
    )
    # One trace of many lines: a gap stands between two ranges, and an athlete without a range has none.
    ranged = [(start, end, i) for start, end, i in zip(low, ends, rows.index, strict=True) if not f.missing(start)]
    chart.add_scatter(
        x=[place for start, end, _ in ranged for place in (start, end, None)],
        y=[place for _, _, i in ranged for place in (i, i, None)],
        mode="lines",
        line={"color": style.BLUE, "width": 3},
        opacity=style.RANGE,
        hoverinfo="skip",
    )
    chart.add_scatter(
        x=predicted,
        y=rows.index,
        mode="markers",
        marker={"size": 11, "color": style.BLUE, "symbol": "circle"},
        customdata=[
            (style.text(row.name), f.outcome(row.predicted, unit), f.outcome_range(row.low, row.high, unit))
            for row in rows[["name", "predicted", "low", "high"]].itertuples(index=False)
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>typically %{customdata[1]}<br>range %{customdata[2]}<extra></extra>",
    )
    everything = [value for value in (*predicted, *low, *ends) if not f.missing(value)]
    axis = style.log_axis(everything, about["outcome_label"], unit, headroom=0.2)
    # A column at the right: at the end of its line a value would be taken for that of the end.
    chart.add_scatter(
        x=[10 ** axis["range"][1]] * (len(rows) + 1),
        y=[-1, *rows.index],
        mode="text",
        text=["typically", *(f.outcome(value, unit) for value in rows["predicted"])],
        textposition="middle left",
        cliponaxis=False,
        hoverinfo="skip",
    )
    chart.update_xaxes(axis, showgrid=True)
    names = [f"{rank:,}. {style.text(name, 26)}" for rank, name in zip(rows["rank"], rows["name"], strict=True)]
    chart.update_yaxes(tickvals=rows.index, ticktext=names, range=[len(rows) - 0.4, -1.6], showgrid=False)
    return chart


def ranking_summary(rankings: pd.DataFrame, about: pd.Series) -> str:
    """The first and the last of the athletes shown, and whether their ranges overlap."""
    if rankings.empty:
        return "No athlete to show."
    unit = about["outcome_unit"]
    first, last = rankings.iloc[0], rankings.iloc[-1]
    head = f"Typically {f.outcome(first['predicted'], unit)} for {first['name']}"
    if len(rankings) == 1:
        return f"{head}."
    tail = f"{f.outcome(last['predicted'], unit)} for {last['name']}, the last one shown"
    reach = int((rankings["high"].iloc[1:] >= first["predicted"]).sum())
    if not reach:
        return f"{head}, {tail}."
    verb = "the range reaches" if reach == 1 else "the ranges reach"
    turns = f"for {outcome_words.single(about)} the order may be another one"
    overlap = f"For {_of_others(reach, len(rankings) - 1)} {verb} up to what is typical of the first: {turns}."
    return f"{head}, {tail}. {overlap}"


def _of_others(some: int, others: int) -> str:
    """How many of the others shown.

    >>> _of_others(1, 1), _of_others(2, 2), _of_others(4, 4), _of_others(1, 4)
    ('the other one shown', 'both others shown', 'all 4 others shown', '1 of the 4 others shown')
    """
    if some < others:
        return f"{f.count(some)} of the {others} others shown"
    return {1: "the other one shown", 2: "both others shown"}.get(others, f"all {others} others shown")


def drivers(driver_words: pd.DataFrame, name: str) -> go.Figure:
    """A bar for each feature that moves the prediction away from the typical one: right raises, left lowers.

    Args:
        driver_words: rows of `drivers` with `compared` and `effect` in words, largest effect first.
        name: the athlete.
    """
    rows = driver_words.head(_MOST_DRIVERS).reset_index(drop=True)
    up = rows["effect_log"] >= 0
    chart = style.figure(f"What moves the estimate for {f.shortened(name)}", 96 + 58 * max(len(rows), 2))
    for mask, colour, pattern, words in ((up, style.BLUE, "", "raises"), (~up, style.VERMILION, "/", "lowers")):
        part = rows[mask]
        chart.add_bar(
            x=part["effect_log"],
            y=part.index,
            orientation="h",
            width=0.5,  # else the few bars of one side would be wider than the many of the other
            marker={
                "color": colour,
                "pattern": {"shape": pattern, "fgopacity": 0.6},
                # Stripes alone are all but invisible where the bar is thin or the page dark.
                "line": {"color": colour, "width": 2},
            },
            text=part["effect"].str.removesuffix(" as much"),
            textposition="outside",
            cliponaxis=False,
            name=words,
            customdata=[(style.text(a), b, c) for a, b, c in part[["label", "compared", "effect"]].to_numpy()],
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
        )
    chart.add_vline(x=0, line={"color": style.GREY, "width": 1})
    ends, ticks = _effect_axis(rows["effect_log"])
    words_at = ["typical" if tick == 0 else f.effect(tick).replace(" times as much", "x") for tick in ticks]
    chart.update_xaxes(
        title={"text": "Effect on the estimate"},
        range=ends,
        tickvals=ticks,
        ticktext=words_at,
        tickangle=0,
        showgrid=True,
    )
    labels = [_driver_label(label, compared) for label, compared in zip(rows["label"], rows["compared"], strict=True)]
    chart.update_yaxes(tickvals=rows.index, ticktext=labels, range=[len(rows) - 0.4, -0.6], showgrid=False)
    return chart.update_layout(barmode="overlay")


def _effect_axis(effects: pd.Series) -> tuple[list[float], list[float]]:
    """Both ends and the ticks of the axis; the side on which nothing happens gets little room."""
    # Half as much again on each side is room for the effect in words.
    reach = max(0.1, float(effects.abs().max())) * 1.6
    ends = [min(float(effects.min()) * 1.6, -0.35 * reach), max(float(effects.max()) * 1.6, 0.35 * reach)]
    for factors in _FACTORS:
        ticks = [math.log(factor) for factor in factors if ends[0] <= math.log(factor) <= ends[1]]
        if len(ticks) >= 3:
            break
    return ends, style.spread_out(ticks, ends, first=0.0, apart=0.18)


def _driver_label(label: str, compared: str) -> str:
    lines = [style.two_lines(label)]
    if compared:
        lines += [f"<span style='font-size:11px'>{style.text(compared, 32)}</span>"]
    return "<br>".join(lines)


def past_estimates(past: pd.DataFrame, outcome_label: str, unit: str) -> go.Figure:
    """The range that was predicted for each past outcome, and what came: filled inside, a cross outside.

    Only the newest are drawn, as many as stay apart on a phone.

    Args:
        past: oldest first.
        outcome_label: what the outcome is called.
        unit: of the outcome.
    """
    rows = past.tail(_MOST_ESTIMATES).reset_index(drop=True)
    floor = style.floor_of([*rows["predicted"], *rows["actual"]])
    columns = ("predicted", "low", "high", "actual")
    drawn = {column: style.shown(rows[column], floor) for column in columns}
    chart = style.figure("What was predicted, and what came", 360)
    # One trace of many lines: a gap stands between two ranges.
    chart.add_scatter(
        x=[place for i in rows.index for place in (i, i, None)],
        y=[end for i in rows.index for end in (drawn["low"][i], drawn["high"][i], None)],
        mode="lines",
        line={"color": style.BLUE, "width": 4},
        opacity=style.RANGE,
        hoverinfo="skip",
        name="range",
    )
    hover = [
        (f.day(row.as_of), f.outcome(row.predicted, unit), f.outcome_range(row.low, row.high, unit), actual)
        for row, actual in zip(
            rows[["as_of", "predicted", "low", "high"]].itertuples(index=False),
            (f.outcome(actual, unit) for actual in rows["actual"]),
            strict=True,
        )
    ]
    told = "<b>%{customdata[0]}</b><br>predicted %{customdata[1]}<br>range %{customdata[2]}<br>came %{customdata[3]}"
    chart.add_scatter(
        x=rows.index,
        y=drawn["predicted"],
        mode="markers",
        name="predicted",
        marker={"symbol": "line-ew-open", "size": 14, "color": style.BLUE, "line": {"width": 3}},
        customdata=hover,
        hovertemplate=f"{told}<extra></extra>",
    )
    for state, symbol, colour, name in (
        ("inside", "circle", style.GREEN, "came, inside"),
        ("outside", "x", style.VERMILION, "came, outside"),
        ("no range", "circle-open", style.GREY, "came, no range"),
    ):
        part = rows.index[rows["inside"] == state]
        if part.empty:
            continue
        chart.add_scatter(
            x=part,
            y=[drawn["actual"][i] for i in part],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 10, "color": colour},
            customdata=[hover[i] for i in part],
            hovertemplate=f"{told}<extra></extra>",
        )
    every = max(1, math.ceil(len(rows) / 6))
    days = [f"{moment.day} {moment:%b}<br>{moment:%Y}" for moment in pd.to_datetime(rows["as_of"])]
    chart.update_xaxes(tickvals=rows.index[::every], ticktext=days[::every], showgrid=False, title={"text": "As of"})
    chart.update_yaxes(style.log_axis([v for column in columns for v in drawn[column]], outcome_label, unit))
    return style.with_legend(chart)


def past_estimates_summary(past: pd.DataFrame) -> str:
    """How many outcomes fell inside, and on which side the others lie.

    >>> past_estimates_summary(pd.DataFrame({"actual": [3.0], "low": [float("nan")], "high": [float("nan")],
    ...     "inside": ["no range"]}))
    'They were made without a range.'
    """
    shown = f" The chart shows the newest {_MOST_ESTIMATES} of {len(past)}." if len(past) > _MOST_ESTIMATES else ""
    above = int((past["actual"] > past["high"]).sum())
    below = int((past["actual"] < past["low"]).sum())
    inside = int((past["inside"] == "inside").sum())
    without = int((past["inside"] == "no range").sum())
    if without == len(past):
        return f"They were made without a range.{shown}"
    told = f"{inside} of {len(past) - without} came inside their range, {above} above it and {below} below it."
    return told + (f" The first {without} were made without a range." if without else "") + shown
