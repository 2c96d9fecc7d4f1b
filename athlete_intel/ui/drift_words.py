"""Words and columns of the page about drift."""

import math
from typing import Any

import pandas as pd
from streamlit import column_config as show

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
        return (
            f"All features together: a classifier tells the newest window from those before it with an area under the "
            f"curve of {row['auc']:.2f}; no earlier window tells whether that is usual."
        )
    told = "can tell" if row["apart"] else "cannot tell"
    return (
        f"All features together: a classifier {told} the newest window from those before it (area under the curve "
        f"{row['auc']:.2f}, where {row['auc_threshold']:.2f} counts as different; p-value {f.p_value(row['p'])})."
    )


def drift_rows(drift: pd.DataFrame) -> pd.DataFrame:
    """The drift table with its state in words and money in dollars; what is usual is empty where it is not known."""
    usual = {name: drift[name].replace(math.inf, math.nan) for name in ("shift_usual", "null_usual")}
    return drift.assign(
        **usual,
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
        "shift_size": show.NumberColumn("Own shift", format="%.2f", help=f"Drift from {row['shift_threshold']:g} on."),
        "shift": show.NumberColumn(
            "Own shift, as it is", format="%.3f", help="On the scale of the model, mostly logs."
        ),
        "shift_usual": show.NumberColumn("Usual at most", format="%.3f", help="What whole windows shift by chance."),
        "shift_p_words": show.TextColumn("p-value of the shift"),
        "reference_rows": show.NumberColumn("Rows then", format=WHOLE),
        "analysis_rows": show.NumberColumn("Rows now", format=WHOLE),
        "reference_null_share": show.NumberColumn("Empty then", format="percent"),
        "analysis_null_share": show.NumberColumn("Empty now", format="percent", help=nulls),
        "null_usual": show.NumberColumn("Usual change", format="percent", help="What whole windows stray by at most."),
        "null_p_words": show.TextColumn("p-value of empty values"),
    }


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
            "Found": f"PSI {f.figure(row['psi'])}, Jensen-Shannon {f.figure(row['js'])}",
            "Matters from": f"PSI {row['psi_threshold']:g}",
            "Usual at most": "-",
            "Test": row["test"],
            "Statistic": _statistics(row),
            "p-value": f.p_value(row["ks_p"]),
        }
    ]
    if row["kind"] == "number":
        found = "-"
        if not f.missing(row["shift"]):
            found = f"{row['shift_size']:+.2f} of its spread ({row['shift']:+.3f})"
        usual = row["shift_usual"]
        lines.append(
            {
                "What": "The athletes' own level",
                "Found": found,
                "Matters from": f"{row['shift_threshold']:g} of its spread",
                "Usual at most": "-" if f.missing(usual) else "not known yet" if math.isinf(usual) else f"{usual:.3f}",
                "Test": "t-test of the athletes' changes",
                "Statistic": f.some(int(row["athletes"]), "athlete"),
                "p-value": f.p_value(row["shift_p"]),
            }
        )
    usual = row["null_usual"]
    lines.append(
        {
            "What": "Empty values",
            "Found": f"{f.percent(row['reference_null_share'])} then, {f.percent(row['analysis_null_share'])} now",
            "Matters from": f"a change by {f.percent(row['null_share_threshold'])}",
            "Usual at most": "-" if f.missing(usual) else "not known yet" if math.isinf(usual) else f.percent(usual),
            "Test": "chi-square",
            "Statistic": "-",
            "p-value": f.p_value(row["null_p"]),
        }
    )
    why = "" if f.missing(row["why"]) else str(row["why"])
    names = ("distribution", "own level", "empty values") if len(lines) == 3 else ("distribution", "empty values")
    verdicts = ["drifts" if name in why else "steady" for name in names]
    return pd.DataFrame(lines).assign(**{"Drift below": f"{row['ks_p_threshold']:g}", "Verdict": verdicts})


def compared_sentence(row: Any) -> str:
    """Which windows of a feature were compared, and on how many rows."""
    day = pd.Timedelta(days=1)  # A window ends with the midnight after its last day.
    then, now = (
        f"{f.days(row[f'{name}_from'], row[f'{name}_to'] - day)} ({f.some(int(row[f'{name}_rows']), 'value')})"
        for name in ("reference", "analysis")
    )
    told = f"Compared: {now} with {then}. Drift is what matters, is more than usual, and has a small p-value."
    design = row["design"]
    if f.missing(design) or design == 1:
        return told
    return f"{told} Values of one athlete go together, so tests take each for {1 / design:.2f} independent ones."


def columns_of_tests() -> Columns:
    """Columns of the tests of one feature."""
    names = ("What", "Verdict", "Found", "Matters from", "Usual at most", "Test", "Statistic", "p-value", "Drift below")
    return {name: show.TextColumn(name) for name in names}


def _statistics(row: Any) -> str:
    told = [] if f.missing(row["ks"]) else [f"largest gap {row['ks']:.3f}"]
    if not f.missing(row["chi_square"]):
        told.append(f"chi-square {row['chi_square']:.1f}")
    return ", ".join(told) or "-"
