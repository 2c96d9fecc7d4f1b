"""Charts about data: how a feature moved between two windows, and which time each table spans."""

import pandas as pd
import plotly.graph_objects as go

from athlete_intel.charts import style
from athlete_intel.ui import formats as f


def distribution(bins: pd.DataFrame, label: str, window: str = "the newest window") -> go.Figure:
    """Shares of a window and of those before it in each bin, side by side."""
    rows = bins.sort_values("bin", ignore_index=True)
    chart = style.figure(f"{f.shortened(label, 48)}: then and now", 120 + 34 * max(len(rows), 3))
    for column, name, colour, pattern in (
        ("reference_share", "windows before", style.GREY, "/"),
        ("analysis_share", window, style.BLUE, ""),
    ):
        chart.add_bar(
            x=rows[column],
            y=rows.index,
            orientation="h",
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern, "fgopacity": 0.6}},
            customdata=[(words, f.percent(share)) for words, share in zip(_bins(rows), rows[column], strict=True)],
            hovertemplate="%{customdata[0]}<br>%{customdata[1]} of the window<extra>%{fullData.name}</extra>",
        )
    # Lying bars: names of bins stand under each other however narrow the screen is.
    chart.update_yaxes(tickvals=rows.index, ticktext=_bins(rows), autorange="reversed")
    chart.update_xaxes(title={"text": "Share of the window"}, tickformat=".0%", rangemode="tozero")
    return style.with_legend(chart).update_layout(bargap=0.25)


def distribution_summary(bins: pd.DataFrame, window: str = "the newest window") -> str:
    """The bin whose share changed most."""
    rows = bins.sort_values("bin", ignore_index=True)
    changes = (rows["analysis_share"] - rows["reference_share"]).abs()
    most = int(changes.argmax())
    row = rows.iloc[most]
    return (
        f"The largest change: {f.percent(row['analysis_share'])} of the values of {window} are {_bins(rows)[most]}, "
        f"where before it was {f.percent(row['reference_share'])}."
    )


def _bins(rows: pd.DataFrame) -> list[str]:
    if "category" in rows and rows["category"].notna().any():
        return [style.text(name, 24) for name in rows["category"]]
    words = []
    for low, high in zip(rows["bin_from"], rows["bin_to"], strict=True):
        if f.missing(low) and f.missing(high):
            words.append("any value")
        elif f.missing(low):
            words.append(f"up to {f.count(high)}")
        elif f.missing(high):
            words.append(f"over {f.count(low)}")
        else:
            words.append(f.count(low) if low == high else f"{f.count(low)} to {f.count(high)}")
    return words


def spans_in_time(facts: pd.DataFrame) -> go.Figure:
    """A line from the oldest to the newest row of each table that has times."""
    rows = facts.dropna(subset=["oldest", "newest"]).reset_index(drop=True)
    chart = style.figure("Which time each table covers", 96 + 34 * max(len(rows), 2))
    for i, row in rows.iterrows():
        chart.add_scatter(
            x=[row["oldest"], row["newest"]],
            y=[i, i],
            mode="lines+markers",
            line={"color": style.BLUE, "width": 4},
            marker={"size": 9, "symbol": ["circle-open", "circle"]},
            hovertemplate=f"<b>{style.text(row['table_name'])}</b><br>{f.day(row['oldest'])} to "
            f"{f.day(row['newest'])}<br>{f.some(int(row['rows']), 'row')}<extra></extra>",
        )
    chart.update_xaxes(title={"text": "Time (UTC)"}, showgrid=True)
    names = [style.text(name.replace("_", " ")) for name in rows["table_name"]]
    chart.update_yaxes(tickvals=rows.index, ticktext=names, range=[len(rows) - 0.4, -0.6], showgrid=False)
    return chart


def spans_in_time_summary(facts: pd.DataFrame) -> str:
    """Oldest and newest time over all tables, and the table that ends first."""
    rows = facts.dropna(subset=["oldest", "newest"])
    if rows.empty:
        return "No table has times."
    first_to_end = rows.sort_values(["newest", "table_name"]).iloc[0]
    told = f"The data reach from {f.day(rows['oldest'].min())} to {f.day(rows['newest'].max())}"
    if f.day(first_to_end["newest"]) == f.day(rows["newest"].max()):
        return f"{told}, and every table reaches the last day."
    return f"{told}; {first_to_end['table_name'].replace('_', ' ')} end first, on {f.day(first_to_end['newest'])}."
