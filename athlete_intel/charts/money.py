"""Charts about the money of the whole book."""

import numpy as np
import plotly.graph_objects as go

from athlete_intel.charts import style
from athlete_intel.ui import formats as f

_BINS = 40
_SHOWN = (0.005, 0.995)


def book_range(cents: np.ndarray, what: str, threshold_cents: float | None = None, threshold: str = "") -> go.Figure:
    """How often a simulated sum falls where: full bars four times in five, hatched ones in the rest.

    Args:
        cents: one sum a draw.
        what: what the sum is, such as what is paid.
        threshold_cents: a line to compare with, such as a budget.
        threshold: what the line is.
    """
    low, high = np.quantile(cents, [0.1, 0.9])
    ends = np.quantile(cents, _SHOWN)
    edges = np.linspace(ends[0], max(ends[1], ends[0] + 1), _BINS + 1)
    counts, _ = np.histogram(cents, edges)
    middles = (edges[:-1] + edges[1:]) / 2
    inside = (middles >= low) & (middles <= high)
    chart = style.figure(f"{f.upper_first(what)}: {f.money_range(low, high)} four times in five", 340)
    for mask, name, colour, pattern in (
        (inside, "four times in five", style.BLUE, ""),
        (~inside, "one time in five", style.GREY, "/"),
    ):
        chart.add_bar(
            x=middles[mask] / 100,
            y=counts[mask] / len(cents),
            width=(edges[1] - edges[0]) / 100 * 0.92,
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern}},
            customdata=[f.money(value) for value in middles[mask]],
            hovertemplate="about %{customdata}: %{y:.1%} of draws<extra></extra>",
        )
    if threshold_cents is not None:
        on_the_left = threshold_cents < (edges[0] + edges[-1]) / 2
        # Bars end below the name of the line.
        chart.update_yaxes(range=[0, 1.2 * counts.max() / len(cents)])
        chart.add_vline(
            x=threshold_cents / 100,
            line={"color": style.VERMILION, "width": 2, "dash": "dash"},
            # On the side where there is more room, and clear of the line.
            annotation_position="top right" if on_the_left else "top left",
            annotation={
                "text": style.text(threshold),
                "font": {"color": style.VERMILION},
                "xshift": 6 if on_the_left else -6,
            },
        )
    chart.update_xaxes(title={"text": style.text(f"{f.upper_first(what)}, $")}, tickformat="$~s")
    chart.update_yaxes(title={"text": "Share of draws"}, tickformat=".0%", showgrid=True)
    return style.with_legend(chart)


def book_range_summary(cents: np.ndarray, what: str) -> str:
    """The range, the middle and the worst end in words.

    >>> book_range_summary(np.arange(0, 100_100, 100), "what is paid")
    'What is paid: $100 to $900 four times in five, $500 in the middle; one time in 20 more than $950.'
    """
    low, middle, high, worst = np.quantile(cents, [0.1, 0.5, 0.9, 0.95])
    return (
        f"{f.upper_first(what)}: {f.money_range(low, high)} four times in five, {f.money(middle)} in the middle; one "
        f"time in 20 more than {f.money(worst)}."
    )
