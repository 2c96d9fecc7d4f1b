"""Charts that set athletes against each other: followers against outcome, and past estimates of those chosen."""

import pandas as pd
import plotly.graph_objects as go

from athlete_intel.charts import style
from athlete_intel.ui import formats as f

MOST_ATHLETES = 1_500
_AGREES = "as followers suggest"
_VERDICTS = (
    (_AGREES, "circle-open", style.GREY, _AGREES),
    ("under-rated", "triangle-up", style.BLUE, "under-rated by followers"),
    ("over-rated", "triangle-down", style.VERMILION, "over-rated by followers"),
)


def followers_and_outcome(found: pd.DataFrame, about: pd.Series) -> go.Figure:
    """A point for each athlete whose followers are judged: followers to the right, the typical outcome upwards.

    Args:
        found: athlete_id, name, predicted, followers, rank, follower_rank_in_group, by_followers.
        about: the data set.
    """
    rows = _drawn(found)
    judged = found["by_followers"].value_counts()
    unit = about["outcome_unit"]
    chart = style.figure("High on the left draws more than its followers suggest", 440)
    floor = style.floor_of(rows["predicted"])
    for verdict, symbol, colour, name in _VERDICTS:
        part = rows[rows["by_followers"] == verdict]
        if part.empty:
            continue
        chart.add_scatter(
            x=style.shown(part["followers"], 1.0),
            y=style.shown(part["predicted"], floor),
            mode="markers",
            name=f"{name} ({_of_all(len(part), int(judged[verdict]))})",
            marker={"symbol": symbol, "size": 8, "color": colour, "opacity": 0.7},
            customdata=[
                (style.text(row.name, 40), f.outcome(row.predicted, unit), f.count(row.followers), f"{row.rank:,}")
                for row in part[["name", "predicted", "followers", "rank"]].itertuples(index=False)
            ],
            hovertemplate="<b>%{customdata[0]}</b><br>typically %{customdata[1]}<br>%{customdata[2]} followers"
            "<br>rank %{customdata[3]}<extra>%{fullData.name}</extra>",
        )
    chart.update_xaxes(style.log_axis(style.shown(rows["followers"], 1.0), "Followers over all platforms"))
    chart.update_yaxes(style.log_axis(style.shown(rows["predicted"], floor), about["outcome_label"], unit))
    return style.with_legend(chart)


def followers_and_outcome_summary(found: pd.DataFrame, unit: str) -> str:
    """The most under-rated and the most over-rated, by the gap between both ranks."""
    judged = found.dropna(subset=["by_followers"])
    parts = []
    for verdict, lead in (("under-rated", "Most under-rated"), ("over-rated", "most over-rated")):
        part = judged[judged["by_followers"] == verdict]
        if part.empty:
            continue
        ranks = part["rank_in_group"] if "rank_in_group" in part else part["rank"]
        gap = (part["follower_rank_in_group"].astype("float64") - ranks.astype("float64")).abs()
        row = part.iloc[int(gap.to_numpy().argmax())]
        parts.append(
            f"{lead}: {row['name']}, {f.count(row['followers'])} followers, typically "
            f"{f.outcome(row['predicted'], unit)}"
        )
    told = "; ".join(parts) + "." if parts else "Ranks by followers and by outcome agree as far as anybody can tell."
    if len(judged) > MOST_ATHLETES:
        agree = int((judged["by_followers"] == _AGREES).sum())
        whom = "all who draw more or less and, picked by chance, some of the others"
        if len(judged) - agree > MOST_ATHLETES:
            whom = "some of those who draw more or less, picked by chance"
        told += f" Of {f.some(len(judged), 'athlete')} judged the chart shows {f.count(MOST_ATHLETES)}: {whom}."
    return f.upper_first(told)


def past_of_chosen(past: pd.DataFrame, labels: dict[str, str], about: pd.Series) -> go.Figure:
    """A point for each past estimate of the athletes chosen; on the dashed line the prediction was exact.

    Args:
        past: rows of `backtest`.
        labels: what each athlete is called, by athlete_id; at most as many as there are symbols.
        about: the data set.
    """
    unit = about["outcome_unit"]
    floor = style.floor_of([*past["predicted"], *past["actual"]])
    chart = style.figure("On the dashed line, what was predicted came", 440)
    both: list[float] = []
    looks = zip(style.PALETTE, style.SYMBOLS, strict=False)
    for (athlete_id, label), (colour, symbol) in zip(labels.items(), looks, strict=False):
        own = past[past["athlete_id"] == athlete_id]
        if own.empty:
            continue
        x, y = style.shown(own["predicted"], floor), style.shown(own["actual"], floor)
        both += [*x, *y]
        inside = own["actual"].between(own["low"], own["high"]).map({True: "inside", False: "outside"})
        inside = inside.where(own["low"].notna(), "no range")
        chart.add_scatter(
            x=x,
            y=y,
            mode="markers",
            name=style.text(label, 26),
            marker={"symbol": symbol, "size": 9, "color": colour, "opacity": 0.8},
            customdata=[
                (f.day(row.as_of), f.outcome(row.predicted, unit), f.outcome(row.actual, unit), where)
                for row, where in zip(
                    own[["as_of", "predicted", "actual"]].itertuples(index=False), inside, strict=True
                )
            ],
            hovertemplate="%{customdata[0]}<br>predicted %{customdata[1]}<br>came %{customdata[2]}, %{customdata[3]}"
            "<extra>%{fullData.name}</extra>",
        )
    ends = [min(both, default=1.0), max(both, default=10.0)]
    dash = {"color": style.GREY, "dash": "dash", "width": 2}
    chart.add_scatter(x=ends, y=ends, mode="lines", showlegend=False, line=dash, hoverinfo="skip")
    chart.update_xaxes(style.log_axis(both, f"Predicted {about['outcome_name']}", unit))
    chart.update_yaxes(style.log_axis(both, f"{f.upper_first(about['outcome_name'])} that came", unit))
    return style.with_legend(chart)


def past_of_chosen_summary(tested: pd.DataFrame) -> str:
    """Whose estimates came out best, and who has none.

    Args:
        tested: label, tested, ranged, inside, error.

    >>> print(past_of_chosen_summary(pd.DataFrame({"label": ["Ana", "Ben", "Cy", "Di"], "tested": [8, 9, 0, 1],
    ...     "ranged": [4, 0, 0, 1], "inside": [0.75, None, None, 0.0], "error": [1.5, 1.31, None, 4.2]})))
    Ana: 8 estimates, off by a factor of 1.50, 75% of the 4 with a range inside it. Ben: 9 estimates, off by a factor
    of 1.31. Cy: none tested. Di: 1 estimate, off by a factor of 4.20, outside its range.
    """
    lines = []
    wanted = ["label", "tested", "ranged", "inside", "error"]
    for label, number, ranged, share, error in tested[wanted].to_numpy().tolist():
        if not number:
            lines.append(f"{label}: none tested.")
            continue
        those = "" if ranged == number else f"of the {ranged} with a range "
        inside = (
            "" if f.missing(share) else f", {f.percent(share)} {those}inside {'their range' if not those else 'it'}"
        )
        if number == ranged == 1:
            inside = f", {'inside' if share else 'outside'} its range"
        lines.append(f"{label}: {f.some(number, 'estimate')}, off by a factor of {error:.2f}{inside}.")
    return " ".join(lines)


def _drawn(found: pd.DataFrame) -> pd.DataFrame:
    """The athletes judged, at most so many: first those of whom the chart tells something, who draw more or less.

    The others are chosen by a hash of their identity: the same ones every time.
    """
    judged = found.dropna(subset=["by_followers"])
    if len(judged) <= MOST_ATHLETES:
        return judged
    hashed = pd.util.hash_pandas_object(judged["athlete_id"].astype("str"), index=False)
    order = pd.DataFrame({"agrees": judged["by_followers"] == _AGREES, "hashed": hashed})
    return judged.loc[order.sort_values(["agrees", "hashed"], kind="stable").index[:MOST_ATHLETES]].sort_index()


def _of_all(drawn: int, judged: int) -> str:
    """How many are drawn, and of how many, where it is not all.

    >>> _of_all(40, 40), _of_all(1_408, 2_084)
    ('40', '1,408 of 2,084')
    """
    return f.count(drawn) if drawn == judged else f"{f.count(drawn)} of {f.count(judged)}"
