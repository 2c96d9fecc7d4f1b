"""Charts about the model: predicted against actual, and errors by window and by group."""

import math
import textwrap

import pandas as pd
import plotly.graph_objects as go

from athlete_intel.charts import style
from athlete_intel.ui import formats as f

MOST_POINTS = 500
"""More would tell no more, and each takes a browser a fifth of a millisecond."""
MOST_GROUPS = 15


def sampled(backtest: pd.DataFrame, most: int = MOST_POINTS) -> pd.DataFrame:
    """At most so many rows, chosen by a hash of their identity: the same rows every time, in no order that biases.

    >>> rows = pd.DataFrame({"row_id": [f"s{i}" for i in range(9)], "window": "w"})
    >>> len(sampled(rows, 4)), sampled(rows, 4).equals(sampled(rows.sample(frac=1, random_state=1), 4).sort_index())
    (4, True)
    """
    if len(backtest) <= most:
        return backtest
    hashed = pd.util.hash_pandas_object(backtest["row_id"] + "\n" + backtest["window"], index=False)
    return backtest.loc[hashed.sort_values(kind="stable").index[:most]].sort_index()


def predicted_and_actual(backtest: pd.DataFrame, outcome_name: str, unit: str) -> go.Figure:
    """A point for each tested outcome; on the dashed line the prediction was exact."""
    rows = sampled(backtest)
    floor = style.floor_of([*rows["predicted"], *rows["actual"]])
    rows = rows.assign(x=style.shown(rows["predicted"], floor), y=style.shown(rows["actual"], floor))
    ranged = rows["low"].notna() & rows["high"].notna()
    inside = ranged & rows["actual"].between(rows["low"], rows["high"])
    chart = style.figure("On the dashed line, what was predicted came", 440)
    for mask, symbol, colour, name in (
        (inside, "circle", style.BLUE, "inside"),
        (ranged & ~inside, "x-thin-open", style.VERMILION, "outside"),
        (~ranged, "circle-open", style.GREY, "no range"),
    ):
        part = rows[mask]
        if part.empty:
            continue
        chart.add_scatter(
            x=part["x"],
            y=part["y"],
            mode="markers",
            name=f"{name} ({f.count(len(part))})",
            marker={"symbol": symbol, "size": 7, "color": colour, "opacity": 0.9},
            customdata=[
                (style.text(row.row_id, 40), f.outcome(row.predicted, unit), f.outcome(row.actual, unit))
                for row in part[["row_id", "predicted", "actual"]].itertuples(index=False)
            ],
            hovertemplate="%{customdata[0]}<br>predicted %{customdata[1]}<br>came %{customdata[2]}<extra></extra>",
        )
    both = [*rows["x"], *rows["y"]]
    ends = [min(both, default=1.0), max(both, default=10.0)]
    chart.add_scatter(
        x=ends,
        y=ends,
        mode="lines",
        showlegend=False,
        line={"color": style.GREY, "dash": "dash", "width": 2},
        hoverinfo="skip",
    )
    chart.update_xaxes(style.log_axis(both, f"Predicted {outcome_name}", unit))
    chart.update_yaxes(style.log_axis(both, f"{f.upper_first(outcome_name)} that came", unit))
    # Half of the label of the last tick stands outside the plot.
    return style.with_legend(chart).update_layout(margin={"r": 24})


def predicted_and_actual_summary(backtest: pd.DataFrame) -> str:
    """How many fell inside, how the rest divides, and whether points were left out."""
    if backtest.empty:
        return "No prediction has been tested yet."
    ranged = backtest.dropna(subset=["low", "high"])
    told = f"{f.some(len(backtest), 'prediction')} tested."
    if len(ranged):
        inside = f.percent(ranged["actual"].between(ranged["low"], ranged["high"]).mean())
        above = f.percent((ranged["actual"] > ranged["high"]).mean())
        told += f" Of {f.count(len(ranged))} with a range, {inside} fell inside and {above} above."
    if len(backtest) > MOST_POINTS:
        told += f" The chart shows {f.count(MOST_POINTS)} of them, picked by chance, the same ones every time."
    return told


def errors_by_window(windows: pd.DataFrame) -> go.Figure:
    """The typical error of the model and of the naive baseline in each window."""
    rows = windows.sort_values("window", ignore_index=True)
    labels = f.window_labels(rows["window"])
    chart = style.figure("The typical error should stay below the naive guess", 420)
    for column, name, symbol, dash, colour, side in (
        ("mae_log", "model", "circle", "solid", style.BLUE, "bottom center"),
        ("baseline_mae_log", "naive guess", "diamond-open", "dash", style.VERMILION, "top center"),
    ):
        factors = [math.exp(value) for value in rows[column]]
        chart.add_scatter(
            x=rows.index,
            y=factors,
            mode="lines+markers+text",
            name=name,
            line={"dash": dash, "color": colour},
            marker={"symbol": symbol, "size": 10},
            text=[f"{factor:.2f}x" for factor in factors] if len(rows) <= 5 else None,
            textposition=side,
            cliponaxis=False,
            customdata=[
                (style.text(labels[w]), f.count(n), _held(c))
                for w, n, c in rows[["window", "rows", "coverage"]].itertuples(index=False)
            ],
            hovertemplate="<b>%{customdata[0]}</b><br>off by a factor of %{y:.2f}<br>%{customdata[1]} predictions"
            "%{customdata[2]}<extra>%{fullData.name}</extra>",
        )
    top = max([*rows["mae_log"], *rows["baseline_mae_log"].dropna()], default=1.0)
    every = max(1, math.ceil(len(rows) / 5))
    names = ["<br>".join(style.text(line) for line in _broken(labels[w])) for w in rows["window"]]
    chart.update_xaxes(
        tickvals=rows.index[::every],
        ticktext=names[::every],
        title={"text": "Tested in"},
        range=[-0.4, max(len(rows) - 0.6, 0.4)],
        showgrid=False,
        tickangle=0,
    )
    chart.update_yaxes(
        title={"text": "Typical error, as a factor"}, range=[1, 1 + (math.exp(top) - 1) * 1.2], ticksuffix="x"
    )
    return style.with_legend(chart)


def _broken(label: str) -> list[str]:
    """What a window is called, in lines that fit under each other on a narrow screen.

    >>> _broken("24 Jul to 6 Aug 2026"), _broken("part 1 of 5")
    (['24 Jul to', '6 Aug', '2026'], ['part 1', 'of 5'])
    """
    return textwrap.wrap(label, 8 if "part" in label else 9)[:4]


def errors_by_window_summary(windows: pd.DataFrame) -> str:
    """In how many windows the model beat the baseline, and in which it was worst."""
    if windows.empty:
        return "No window has been tested yet."
    better = int((windows["mae_log"] < windows["baseline_mae_log"]).sum())
    worst = windows.sort_values(["mae_log", "window"], ascending=[False, True]).iloc[0]
    labels = f.window_labels(windows["window"])
    noun = "part" if any("part" in label for label in labels.values()) else "window"
    return (
        f"The model was closer than the naive guess in {better} of {f.some(len(windows), noun)}; "
        f"its worst was {labels[worst['window']]}, off by a factor of {f.error_factor(worst['mae_log'])[:-1]}."
    )


def errors_by_group(groups: pd.DataFrame) -> go.Figure:
    """The typical error of the model and of the naive guess in each group, weakest on top."""
    rows = groups.sort_values(["mae_log", "value"], ascending=[False, True], ignore_index=True).head(MOST_GROUPS)
    chart = style.figure("Where the model is weakest", 124 + 44 * max(len(rows), 2))
    top = 2.0
    for column, name, colour, pattern in (
        ("mae_log", "model", style.BLUE, ""),
        ("baseline_mae_log", "naive guess", style.VERMILION, "/"),
    ):
        factors = [math.exp(value) for value in rows[column]]
        top = max([top, *factors])
        chart.add_bar(
            x=[factor - 1 for factor in factors],
            base=1,
            y=rows.index,
            orientation="h",
            name=name,
            marker={"color": colour, "opacity": 0.85, "pattern": {"shape": pattern, "fgopacity": 0.6}},
            text=[f"{factor:.2f}x ({f.count(n)})" for factor, n in zip(factors, rows["rows"], strict=True)],
            textposition="outside",
            cliponaxis=False,
            customdata=[
                (style.text(value), f"{factor:.2f}", _held(coverage), f.effect(bias), f.some(int(n), "prediction"))
                for value, factor, coverage, bias, n in zip(
                    rows["value"], factors, rows["coverage"], rows["bias_log"], rows["rows"], strict=True
                )
            ],
            hovertemplate="<b>%{customdata[0]}</b><br>off by a factor of %{customdata[1]}"
            + ("%{customdata[2]}<br>bias %{customdata[3]}" if column == "mae_log" else "")
            + "<br>%{customdata[4]}<extra>%{fullData.name}</extra>",
        )
    chart.update_xaxes(
        title={"text": "Typical error, as a factor (predictions)"},
        range=[1, 1 + (top - 1) * 1.65],
        ticksuffix="x",
        nticks=5,
        showgrid=True,
    )
    names = [style.text(value, 24) for value in rows["value"]]
    chart.update_yaxes(tickvals=rows.index, ticktext=names, range=[len(rows) - 0.4, -0.6], showgrid=False)
    return style.with_legend(chart).update_layout(bargap=0.3)


def errors_by_group_summary(groups: pd.DataFrame) -> str:
    """The weakest and the strongest group, and in how many the model beat the naive guess."""
    rows = groups.sort_values(["mae_log", "value"], ascending=[False, True])
    weakest, strongest = rows.iloc[0], rows.iloc[-1]
    better = int((rows["mae_log"] < rows["baseline_mae_log"]).sum())
    told = f"Weakest: {weakest['value']}, off by a factor of {f.error_factor(weakest['mae_log'])[:-1]}"
    told += f"; strongest: {strongest['value']}, {f.error_factor(strongest['mae_log'])[:-1]}."
    told += f" The model was closer than the naive guess in {better} of {f.some(len(rows), 'group')}."
    if len(rows) > MOST_GROUPS:
        told += f" The chart shows the {MOST_GROUPS} weakest of {len(rows)}."
    return told


def _held(coverage: float | None) -> str:
    """A line of a tooltip on ranges; none where too few predictions had one."""
    return "" if f.missing(coverage) else f"<br>{f.percent(coverage)} inside their range"
