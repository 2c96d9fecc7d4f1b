"""Charts about handles: what agreement promises at each worker accuracy, and what it keeps."""

import pandas as pd
import plotly.graph_objects as go

from athlete_intel.charts import style
from athlete_intel.ui import formats as f

_CLAIMED = 1e-6


def promise(curve: pd.DataFrame, claim: pd.Series) -> go.Figure:
    """One wrong answer in how many, by worker accuracy: the formula, the claim, and what gold questions show.

    Args:
        curve: accuracy, wrong (chance that an accepted answer is wrong, if workers err independently).
        claim: the row of the published table.
    """
    rule = f"{int(claim['agreeing'])} of {int(claim['of_votes'])}"
    chart = style.figure(f"What {rule} promises, and what is measured", 420)
    chart.add_scatter(
        x=curve["accuracy"],
        y=curve["wrong"],
        mode="lines",
        name="formula",
        line={"color": style.BLUE, "width": 3},
        hovertemplate="workers right %{x:.1%}<br>wrong: %{y:.2g}<extra></extra>",
    )
    ends = [float(curve["accuracy"].min()), float(curve["accuracy"].max())]
    chart.add_scatter(
        x=ends,
        y=[_CLAIMED, _CLAIMED],
        mode="lines",
        name="99.9999%",
        line={"color": style.GREY, "dash": "dot", "width": 2},
        hoverinfo="skip",
    )
    if not f.missing(claim["accuracy"]) and not f.missing(claim["theory"]):
        chart.add_scatter(
            x=[claim["accuracy"]],
            y=[max(1 - claim["theory"], 1e-9)],
            mode="markers",
            name="promised here",
            marker={"symbol": "circle", "size": 12, "color": style.BLUE},
            hovertemplate="workers right %{x:.1%}<br>promised wrong: %{y:.2g}<extra></extra>",
        )
    if not f.missing(claim["measured"]):
        low, high = 1 - claim["measured_high"], 1 - claim["measured_low"]
        middle = 1 - claim["measured"]
        # What was never seen wrong has no place on a log axis: it is drawn in the middle of its range.
        shown = middle if middle > 0 else max(high / 2, 1e-9)
        chart.add_scatter(
            x=[claim["accuracy"]],
            y=[shown],
            mode="markers",
            name="measured on gold",
            marker={"symbol": "diamond", "size": 12, "color": style.VERMILION},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [high - shown],
                "arrayminus": [shown - max(low, 1e-9)],
                "color": style.VERMILION,
                "thickness": 3,
            },
            customdata=[[f.percent(claim["measured_low"]), f.percent(claim["measured_high"])]],
            hovertemplate="right: %{customdata[0]} to %{customdata[1]}<extra></extra>",
        )
    chart.update_xaxes(title={"text": "Share of right votes of a worker"}, tickformat=".0%", range=ends)
    powers = range(-8, 1)
    chart.update_yaxes(
        type="log",
        range=[-7.3, 0],
        tickvals=[10.0**power for power in powers],
        ticktext=[f"1 in {f.count(10.0**-power)}" if power else "all" for power in powers],
        title={"text": "Accepted answers that are wrong"},
        minor={"showgrid": False},
    )
    return style.with_legend(chart)


def promise_summary(claim: pd.Series) -> str:
    """Promise and measurement in a sentence."""
    if f.missing(claim["theory"]) or f.missing(claim["measured"]):
        return "No gold question was asked yet, so nothing is measured; the line shows the formula alone."
    wrong = max(1 - claim["theory"], 1e-9)
    seen = int(claim["gold_accepted"] - claim["gold_accepted_right"])
    return (
        f"The formula promises one wrong answer in {f.count(1 / wrong)}; on gold, {f.count(seen)} of "
        f"{f.count(claim['gold_accepted'])} accepted answers were wrong, which leaves room for up to one in "
        f"{f.count(1 / max(1 - claim['measured_low'], 1e-9))}."
    )


def payout_shifts(changes: pd.DataFrame, most: int = 12) -> go.Figure:
    """Expected pay before and after, one line an athlete."""
    rows = changes.dropna(subset=["expected_cents", "expected_cents_before"]).head(most).iloc[::-1]
    rows = rows.reset_index(drop=True)
    chart = style.figure("Expected pay that changed", 120 + 30 * max(len(rows), 2))
    for place, row in rows.iterrows():
        chart.add_scatter(
            x=[row["expected_before_dollars"], row["expected_dollars"]],
            y=[place, place],
            mode="lines",
            line={"color": style.GREY, "width": 2},
            showlegend=False,
            hoverinfo="skip",
        )
    for column, name, symbol, colour in (
        ("expected_before_dollars", "before", "circle-open", style.GREY),
        ("expected_dollars", "now", "circle", style.BLUE),
    ):
        chart.add_scatter(
            x=rows[column],
            y=rows.index,
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 11, "color": colour},
            customdata=[f.money(round(100 * value)) for value in rows[column]],
            hovertemplate=f"{name} %{{customdata}}<extra></extra>",
        )
    chart.update_xaxes(title={"text": "Expected pay of the next story"}, tickprefix="$", showgrid=True)
    chart.update_yaxes(
        tickvals=rows.index, ticktext=[style.text(name, 30) for name in rows["name"].fillna("")], showgrid=False
    )
    return style.with_legend(chart)


def payout_shifts_summary(changes: pd.DataFrame) -> str:
    """How many payouts changed, and the largest change."""
    if changes.empty:
        return "No payout changed."
    largest = changes.iloc[int(changes["change_cents"].abs().argmax())]
    return (
        f"{f.some(len(changes), 'payout')} changed; the largest change is that of {largest['name']}, "
        f"{f.money(largest['expected_cents_before'])} before and {f.money(largest['expected_cents'])} now."
    )
