"""Words and columns of the page about drift."""

import math
from typing import Any

import pandas as pd
from streamlit import column_config as show

from athlete_intel.charts.health import HALF, most_moved
from athlete_intel.ui import formats as f
from athlete_intel.ui import words
from athlete_intel.ui.columns import WHOLE, Columns


def nothing_compared(about: Any) -> str:
    """Why no window is compared with those before it.

    >>> nothing_compared({"rows_are": "stories"}).partition(". ")[0]
    'The newest window, or those before it, hold too few rows to be compared'
    """
    if words.row_is(about) != "athlete":
        return (
            "The newest window, or those before it, hold too few rows to be compared. Drift appears here once more are "
            "there; Model health tells how the model did on outcomes it had not seen."
        )
    return (
        "This data set has one day only; drift needs two windows to compare. It appears here once later data have been "
        "read. Until then Model health tells how the model does on athletes it had not seen."
    )


def watched(drift: pd.DataFrame) -> str:
    """What the features of the page are, as the model card counts others.

    >>> watched(pd.DataFrame({"feature": ["likes", "predicted"], "in_model": [True, False]}))
    'Watched is what can move in time: 1 feature in the model, each category as one, and 1 beside it.'
    """
    inside = int(drift["in_model"].astype(bool).sum())
    beside = f", and {f.count(len(drift) - inside)} beside it" if inside < len(drift) else ""
    return f"Watched is what can move in time: {f.some(inside, 'feature')} in the model, each category as one{beside}."


def money_moved(drift: pd.DataFrame) -> str:
    """The largest change of mean pay by a drifting feature."""
    known = [int(cents) for cents in drift["money_cents"].dropna()]
    if not known:
        return "nothing"
    largest = max(known, key=abs)
    return f"{'-' if largest < 0 else '+'}{f.money(abs(largest))} a story"


def apart(table: pd.DataFrame) -> str:
    """Whether a classifier tells the windows apart, in short.

    >>> apart(pd.DataFrame([{"auc": 0.5, "auc_threshold": 0.6, "apart": False}])), apart(pd.DataFrame())
    ('no', 'not measured')
    >>> apart(pd.DataFrame([{"auc": 0.5, "auc_threshold": 1.0, "apart": False}]))
    'not known yet'
    """
    if table.empty:
        return "not measured"
    row = table.iloc[0]
    return "not known yet" if row["auc_threshold"] >= 1 else "yes" if row["apart"] else "no"


def apart_sentence(table: pd.DataFrame) -> str:
    """What the classifier found."""
    if table.empty:
        return "There are too few rows to try whether a classifier tells the windows apart."
    row = table.iloc[0]
    if row["auc_threshold"] >= 1:
        return f"All features together: {_picked(row)}; no earlier window tells whether that is usual."
    told = "can tell" if row["apart"] else "cannot tell"
    return (
        f"All features together: a classifier {told} the newest window from those before it. "
        f"{f.upper_first(_picked(row))}; {f.percent(row['auc_threshold'])} counts as different (p-value "
        f"{f.p_value(row['p'])})."
    )


def _picked(row: Any) -> str:
    """The area under the curve in words: how often a row of the newest window gets a higher score than an older one.

    Source: Hanley and McNeil, The meaning and use of the area under a ROC curve, 1982.

    >>> _picked({"auc": 0.68})
    'of two rows, one of each, it picks the newer one in 68% of cases, where guessing does in 50%'
    """
    share = f.percent(row["auc"])
    return f"of two rows, one of each, it picks the newer one in {share} of cases, where guessing does in 50%"


def moved_but_steady(drift: pd.DataFrame, history: pd.DataFrame) -> str:
    """Why features that the newest window of the heat map shows in orange do not drift; empty where there are none.

    Args:
        drift: feature, drifting, ks_p_threshold.
        history: feature, label, window_from, moved; 1 or more is enough to matter, beyond what is usual.

    >>> drift = pd.DataFrame({"feature": ["a", "b"], "drifting": [False, True], "ks_p_threshold": 0.01})
    >>> history = pd.DataFrame({"feature": ["a", "b"], "label": ["Posts", "Likes"], "window_from": 1,
    ...     "moved": [7.5, 2.0]})
    >>> print(moved_but_steady(drift, history))
    1 feature moved by enough to matter in the newest window, but counts as steady: Posts (7.5 times what matters). Its
    p-value, which counts athletes, is not below 0.01, so chance alone may have made the move.
    """
    steady = drift.loc[~drift["drifting"].astype(bool), "feature"]
    newest = history[history["window_from"] == history["window_from"].max()]
    moved = newest[(newest["moved"] >= 1) & newest["feature"].isin(steady)]
    if moved.empty:
        return ""
    most = moved.sort_values(["moved", "feature"], ascending=[False, True]).iloc[0]
    one, limit = len(moved) == 1, f"{drift['ks_p_threshold'].iloc[0]:g}"
    reason = (
        f"Its p-value, which counts athletes, is not below {limit}, so chance alone may have made the move."
        if one
        else f"Their p-values, which count athletes, are not below {limit}, so chance alone may have made these moves."
    )
    return (
        f"{f.some(len(moved), 'feature')} moved by enough to matter in the newest window, but "
        f"{'counts' if one else 'count'} as steady: {most['label']}{'' if one else ' most'} ({most['moved']:.1f} times "
        f"what matters). {reason}"
    )


def over_time(history: pd.DataFrame) -> str:
    """What the heat map shows: only the colours that occur in it, what moved most, and how many features it leaves out.

    Args:
        history: feature, label, window_from, moved.

    >>> print(over_time(pd.DataFrame({"feature": ["a"], "label": ["Posts"], "window_from": ["2026-09-17"],
    ...     "moved": [0.084]})))
    Nothing moved: every cell is grey, which is less than half of a move that matters. The largest move: Posts in the
    window from 17 September 2026, 0.08 times what matters.
    >>> print(over_time(pd.DataFrame({"feature": ["a"], "label": ["Posts"], "window_from": ["2026-09-17"],
    ...     "moved": [0.7]})))
    Grey is less than half of a move that matters, blue at least half of it. The largest move: Posts in the window from
    17 September 2026, 0.7 times what matters.
    """
    known = history.dropna(subset=["moved"])
    if known.empty:
        return "No window has enough rows to be compared."
    most = known.sort_values(["moved", "feature"], ascending=[False, True]).iloc[0]
    if most["moved"] < HALF:
        told, size = "Nothing moved: every cell is grey, which is less than half of a move that matters", 2
    else:
        told, size = "Grey is less than half of a move that matters", 1
    if known["moved"].between(HALF, 1, inclusive="left").any():
        told += ", blue at least half of it"
    if most["moved"] >= 1:
        told += (
            ", orange with 1 or more a move that matters: of the distribution, of the athletes' own level or of the "
            "share of empty values, beyond what is usual. It counts as drift only in the newest window, and only where "
            "chance alone hardly makes such a move"
        )
    told += (
        f". The largest move: {most['label']} in the window from {f.day(most['window_from'])}, "
        f"{most['moved']:.{size}f} times what matters."
    )
    shown, number = most_moved(history)["feature"].nunique(), history["feature"].nunique()
    return told + (f" The chart shows the {shown} of {number} features that moved most." if number > shown else "")


def drift_rows(drift: pd.DataFrame) -> pd.DataFrame:
    """The drift table with its state in words and money in dollars; what is usual is empty where it is not known."""
    nulls = drift["null_usual"].replace(math.inf, math.nan)
    return drift.assign(
        null_usual=nulls,
        shift_usual=usual_in_spreads(drift).replace(math.inf, math.nan),
        state=drift["drifting"].astype(bool).map({True: "drifting", False: "steady"}),
        p_words=drift["ks_p"].map(f.p_value),
        shift_p_words=drift["shift_p"].map(f.p_value),
        null_p_words=drift["null_p"].map(f.p_value),
        money=drift["money_cents"].astype("float64") / 100,
        input=drift["in_model"].astype(bool).map({True: "yes", False: "no, so it moves nothing"}),
    )


def drift_columns(drift: pd.DataFrame) -> Columns:
    """Columns of the drift of each feature."""
    row = drift.iloc[0]
    nulls = f"Drift from a change by {f.percent(row['null_share_threshold'])} on."
    return {
        "state": show.TextColumn("State"),
        "label": show.TextColumn("Feature"),
        "why": show.TextColumn("What moved", width="medium"),
        "money": show.NumberColumn("Moves in pay", format="dollar", help="Mean change of a story's expected pay."),
        "input": show.TextColumn("In the model", help="Whether pay depends on it."),
        "psi": show.NumberColumn("PSI", format="%.2f", help=f"Drift from {row['psi_threshold']:g} on."),
        "js": show.NumberColumn("Jensen-Shannon", format="%.2f", help="Distance of the bins, 0 to 1."),
        "test": show.TextColumn("Test", help="Of two tests the p-value is that of the one which is less sure."),
        "ks": show.NumberColumn("KS", format="%.2f", help="Largest gap between both distributions."),
        "chi_square": show.NumberColumn("Chi-square", format="%.1f", help="Of categories, or of tenths of the values."),
        "p_words": show.TextColumn("p-value", help=f"By athletes, corrected. Drift below {row['ks_p_threshold']:g}."),
        "shift_size": show.NumberColumn(
            "Own shift", format="%.2f", help=f"In spreads of such changes. Drift from {row['shift_threshold']:g} on."
        ),
        "shift_usual": show.NumberColumn(
            "Usual at most", format="%.2f", help="What whole windows shift by chance, in the same spreads."
        ),
        "shift_p_words": show.TextColumn("p-value of the shift"),
        "shift": show.NumberColumn(
            "Own shift, as it is", format="%.3f", help="On the scale of the model, mostly logs."
        ),
        "reference_rows": show.NumberColumn("Rows then", format=WHOLE),
        "analysis_rows": show.NumberColumn("Rows now", format=WHOLE),
        "reference_null_share": show.NumberColumn("Empty then", format="percent"),
        "analysis_null_share": show.NumberColumn("Empty now", format="percent", help=nulls),
        "null_usual": show.NumberColumn("Usual change", format="percent", help="What whole windows stray by at most."),
        "null_p_words": show.TextColumn("p-value of empty values"),
    }


def usual_in_spreads(drift: pd.DataFrame) -> pd.Series:
    """What whole windows shift at most by chance, in spreads of the athletes' changes, as `shift_size` is.

    The spread follows from both forms of the shift; without a shift it is not known.

    >>> drift = pd.DataFrame({"shift": [-0.053], "shift_size": [-0.424], "shift_usual": [0.225]})
    >>> usual_in_spreads(drift).round(2).tolist()
    [1.8]
    """
    size, shift = (drift[name].astype("float64") for name in ("shift_size", "shift"))
    return drift["shift_usual"].astype("float64") * (size / shift.where(shift != 0)).abs()


def one_feature(row: Any) -> str:
    """What is known of the drift of one feature, in a sentence."""
    if not row["drifting"]:
        return f"{row['label']}: steady."
    told = f"{row['label']}: drifts ({row['why']})"
    if not row["in_model"]:
        told += "; it is not in the model, so it moves nothing in pay"
    elif not f.missing(row["money_cents"]):
        cents = int(row["money_cents"])
        told += f"; it moves the mean expected pay of a story by {'-' if cents < 0 else '+'}{f.money(abs(cents))}"
    return f"{told}."


def looked_at(row: Any) -> pd.DataFrame:
    """What was looked at in one feature, a line a test: what was found, what matters, what is usual, and how sure.

    Args:
        row: of the published table `drift`.
    """
    lines = [
        {
            "What": "Distribution",
            "Found": f"PSI {f.figure(row['psi'])}",
            "Matters from": f"PSI {row['psi_threshold']:g}",
            "Usual at most": "-",
            "Test": row["test"],
            "Statistic": _statistics(row),
            "p-value": f.p_value(row["ks_p"]),
            "Verdict": _verdict(row, "distribution", row["psi"], row["psi_threshold"], 0.0, row["ks_p"]),
        }
    ]
    if row["kind"] == "number":
        found = "-"
        if not f.missing(row["shift"]):
            found = f"{row['shift_size']:+.2f} of its spread"
        usual = usual_in_spreads(pd.DataFrame([row])).iloc[0]
        size, limit = row["shift_size"], row["shift_threshold"]
        lines.append(
            {
                "What": "The athletes' own level",
                "Found": found,
                "Matters from": f"{row['shift_threshold']:g} of its spread",
                "Usual at most": _usual(usual, f"{usual:.2f} of its spread"),
                "Test": "t-test of the athletes' changes",
                "Statistic": f.some(int(row["athletes"]), "athlete"),
                "p-value": f.p_value(row["shift_p"]),
                "Verdict": _verdict(row, "own level", size, limit, usual, row["shift_p"]),
            }
        )
    usual, change = row["null_usual"], row["analysis_null_share"] - row["reference_null_share"]
    lines.append(
        {
            "What": "Empty values",
            "Found": f"{f.percent(row['reference_null_share'])} then, {f.percent(row['analysis_null_share'])} now",
            "Matters from": f"a change by {f.percent(row['null_share_threshold'])}",
            "Usual at most": _usual(usual, f"a change by {f.percent(usual)}"),
            "Test": "chi-square",
            "Statistic": "-",
            "p-value": f.p_value(row["null_p"]),
            "Verdict": _verdict(row, "empty values", change, row["null_share_threshold"], usual, row["null_p"]),
        }
    )
    return pd.DataFrame(lines).assign(**{"Drift below": f"{row['ks_p_threshold']:g}"})


def _usual(value: float, told: str) -> str:
    return "-" if f.missing(value) else "not known yet" if math.isinf(value) else told


def _verdict(row: Any, test: str, found: float, matters: float, usual: float, p: float) -> str:
    """Whether a test says that a feature drifts, and if not, the first reason why not."""
    if not f.missing(row["why"]) and test in str(row["why"]):
        return "drifts"
    if f.missing(found):
        return "not measured"
    if abs(found) < matters:
        return "steady: too small to matter"
    if not f.missing(usual) and math.isinf(usual):
        return "steady: not known yet what is usual"
    if not f.missing(usual) and abs(found) <= usual:
        return "steady: no more than usual"
    return f"steady: may be chance (p-value {f.p_value(p)})"


def compared_sentence(row: Any) -> str:
    """Which windows of a feature were compared, and on how many rows."""
    day = pd.Timedelta(days=1)  # A window ends with the midnight after its last day.
    then, now = (
        f"{f.days(row[f'{name}_from'], row[f'{name}_to'] - day)} ({f.some(int(row[f'{name}_rows']), 'value')})"
        for name in ("reference", "analysis")
    )
    told = (
        f"Compared: {now} with {then}. Drift is what matters, is more than usual, and has a small p-value: how often "
        "chance alone makes such a move, corrected for all the tests made, so 1 says nothing against chance. PSI, the "
        "population stability index, sums up how far the bars above moved; 0 is not at all."
    )
    design = row["design"]
    if f.missing(design) or design <= 1:
        return told
    worth = f.count(max(1, round(row["analysis_rows"] / design)))
    return f"{told} Values of one athlete go together, so for the test those of the newest window count as {worth}."


def columns_of_tests() -> Columns:
    """Columns of the tests of one feature."""
    names = ("What", "Verdict", "Found", "Matters from", "Usual at most", "p-value", "Drift below", "Test", "Statistic")
    return {name: show.TextColumn(name) for name in names}


def _statistics(row: Any) -> str:
    told = [] if f.missing(row["ks"]) else [f"largest gap {row['ks']:.3f}"]
    if not f.missing(row["chi_square"]):
        told.append(f"chi-square {row['chi_square']:.1f}")
    return ", ".join(told) or "-"


def drifting(drift: pd.DataFrame) -> str:
    """How many features drift, out of how many."""
    return f"{int(drift['drifting'].astype(bool).sum())} of {len(drift)}" if len(drift) else "not measured"


def drift_sentence(drift: pd.DataFrame) -> str:
    """Which features drift between which windows."""
    row = drift.iloc[0]
    day = pd.Timedelta(days=1)  # A window ends with the midnight after its last day.
    now, then = (f.days(row[f"{name}_from"], row[f"{name}_to"] - day) for name in ("analysis", "reference"))
    times = f"{now} against {then}"
    moving = drift.loc[drift["drifting"].astype(bool), "label"].tolist()
    if not moving:
        return f"None of {f.some(len(drift), 'feature')} drifts ({times})."
    verb = "drifts" if len(moving) == 1 else "drift"
    return f"{len(moving)} of {f.some(len(drift), 'feature')} {verb} ({times}): {', '.join(moving)}."


def drift_rule(drift: pd.DataFrame) -> str:
    """When a feature counts as drifting."""
    row = drift.iloc[0]
    return (
        f"A feature drifts when it moved by enough and by more than chance: its PSI is at least "
        f"{row['psi_threshold']:g}, or the athletes' own level moved by {row['shift_threshold']:g} of its spread, or "
        f"the share of empty values by {f.percent(row['null_share_threshold'])}, each with a p-value below "
        f"{row['ks_p_threshold']:g}. p-values count athletes, not rows, and are corrected for the number of tests, so "
        f"that chance alone raises an alarm in at most {f.percent(row['ks_p_threshold'])} of windows."
    )
