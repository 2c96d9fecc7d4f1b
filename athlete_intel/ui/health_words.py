"""Words and columns of the pages about health."""

import math
from typing import Any

import numpy as np
import pandas as pd
from streamlit import column_config as show

from athlete_intel.ui import formats as f
from athlete_intel.ui.columns import WHOLE, Columns

ESTIMATES_KNOW = (
    "The estimate follows the inputs: more newcomers or more unknowns make it larger. It cannot see a change of the "
    "relation itself between inputs and outcomes; then errors come out larger, and only outcomes show it."
)
_DAY = "D MMM YYYY"


def money_moved(drift: pd.DataFrame) -> str:
    """The largest change of mean pay by a drifting feature."""
    known = [int(cents) for cents in drift["money_cents"].dropna()]
    if not known:
        return "nothing"
    largest = max(known, key=abs)
    return f"{'-' if largest < 0 else '+'}{f.money(abs(largest))} a story"


def apart(table: pd.DataFrame) -> str:
    """The area under the curve, in short."""
    return f"{table.iloc[0]['auc']:.2f}" if len(table) else "not measured"


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
    """The drift table with its state in words and money in dollars."""
    return drift.assign(
        state=drift["drifting"].astype(bool).map({True: "drifting", False: "steady"}),
        test=drift["kind"].map({"number": "Kolmogorov-Smirnov", "category": "chi-square"}),
        p_words=drift["ks_p"].map(f.p_value),
        shift_p_words=drift["shift_p"].map(f.p_value),
        money=drift["money_cents"].astype("float64") / 100,
    )


def drift_columns(drift: pd.DataFrame) -> Columns:
    """Columns of the drift of each feature."""
    row = drift.iloc[0]
    return {
        "state": show.TextColumn("State"),
        "label": show.TextColumn("Feature"),
        "why": show.TextColumn("What moved", width="medium"),
        "money": show.NumberColumn("Moves in pay", format="dollar", help="Mean change of the expected pay of a story."),
        "psi": show.NumberColumn("PSI", format="%.2f", help=f"Drift from {row['psi_threshold']:g} on."),
        "js": show.NumberColumn("Jensen-Shannon", format="%.2f", help="Distance of the bins, 0 to 1."),
        "test": show.TextColumn("Test"),
        "ks": show.NumberColumn("KS", format="%.2f", help="Largest gap between both distributions."),
        "p_words": show.TextColumn("p-value", help=f"By athletes, corrected. Drift below {row['ks_p_threshold']:g}."),
        "shift_size": show.NumberColumn("Own shift", format="%.2f", help=f"Drift from {row['shift_threshold']:g} on."),
        "shift_p_words": show.TextColumn("Its p-value"),
        "reference_rows": show.NumberColumn("Rows then", format=WHOLE),
        "analysis_rows": show.NumberColumn("Rows now", format=WHOLE),
        "reference_null_share": show.NumberColumn("Empty then", format="percent"),
        "analysis_null_share": show.NumberColumn("Empty now", format="percent"),
    }


def one_feature(row: Any) -> str:
    """What is known of the drift of one feature, in a sentence."""
    if not row["drifting"]:
        return f"{row['label']}: steady."
    told = f"{row['label']}: drifts ({row['why']})"
    if not f.missing(row["money_cents"]):
        cents = int(row["money_cents"])
        told += f"; it moves the mean expected pay of a story by {'-' if cents < 0 else '+'}{f.money(abs(cents))}"
    return f"{told}."


def has_challenger(row: Any) -> bool:
    """Whether there are two models to be set against each other."""
    return not f.missing(row["champion"]) and row["champion"] != row["challenger"]


def choice_sentence(row: Any) -> str:
    """Which model is in use, and why.

    >>> choice_sentence({"champion": None, "used": "ridge-1", "why": "There was no model before."})
    'ridge-1 is in use: there was no model before.'
    >>> choice_sentence({"champion": "ridge-1", "challenger": "ridge-1", "used": "ridge-1", "reason": "no reason",
    ...     "why": "Data and code are those of the champion, so it is the same model."})
    'The champion stays. Data and code are those of the champion, so it is the same model.'
    """
    if f.missing(row["champion"]):
        return f"{row['used']} is in use: {_lower(row['why'])}"
    if not has_challenger(row):
        return f"The champion stays. {row['why']}"
    new = row["used"] == row["challenger"] != row["champion"]
    told = "The challenger took over" if new else "The champion stays"
    return f"{told} ({row['reason']}). {row['why']}"


def choice_metrics(row: Any) -> list[tuple[str, str, str]]:
    """Errors of both, and what promotion would move in pay."""
    return [
        ("Champion", _factor(row["champion_mae_log"]), "Typical error on outcomes that neither had seen."),
        ("Challenger", _factor(row["challenger_mae_log"]), "The same of the model learnt from everything known."),
        ("Compared on", f.some(int(row["rows"]), "outcome"), "Stories told after the champion's training."),
        ("Would move pay by", f.change(row["pay_moved"]), "Change of all expected pay if the challenger were used."),
    ]


def pay_sentence(row: Any) -> str:
    """What promotion of the challenger would do to pay; empty where there is nothing to promote."""
    if not has_challenger(row):
        return ""
    athletes = f.some(int(row["athletes"]), "athlete")
    return (
        f"What promotion does to pay: with the challenger in place of the champion, all expected pay changes by "
        f"{f.change(row['pay_moved'])}; of {athletes}, {int(row['pay_gaining'])} gain a tenth or more, and "
        f"{int(row['pay_losing'])} lose a tenth or more."
    )


def waiting_sentence(decided: pd.DataFrame, created: str, command: str) -> str:
    """When decisions take effect, and which one still waits for that."""
    told = f"A decision takes effect in the next cycle: {command} runs it now."
    newest = decided.head(1)
    if newest.empty or newest["at"].iloc[0] < pd.Timestamp(created):
        return told
    row = newest.iloc[0]
    what = "a new model" if f.missing(row["version"]) else str(row["version"])
    return f"{row['who']} asked for {what} after this snapshot was made. {told}"


def side_by_side(row: Any, models: pd.DataFrame) -> pd.DataFrame:
    """Champion and challenger, a fact a row."""
    known = models.set_index("version")
    columns = {}
    for role in ("champion", "challenger"):
        version = row[role]
        there = not f.missing(version) and version in known.index
        columns[role.capitalize()] = {
            "Version": "none" if f.missing(version) else str(version),
            "Typical error, same outcomes": _factor(row[f"{role}_mae_log"]),
            "Inside their range, same outcomes": f.percent(row[f"{role}_coverage"]),
            "Learnt from": f"{f.count(known.loc[version, 'rows'])} rows" if there else "not stored any more",
            "Until": f.day(known.loc[version, "window_to"]) if there else "-",
        }
    return pd.DataFrame(columns)


def how_compared(row: Any) -> str:
    """On what the two were compared."""
    if f.missing(row["noise"]):
        return "They were not compared: there are too few outcomes that neither had seen."
    return f"The difference of their errors has a standard error of {row['noise']:.4f} (log), between athletes."


def card(model: Any, snapshot_id: str, about: Any) -> pd.DataFrame:
    """The card of a model, and its lineage."""
    facts = {
        "Status": model["status"],
        "Kind": model["candidate"],
        "Learnt from": f"{f.count(model['rows'])} rows, {_learnt_from(model)}",
        "Typical error": _factor(model["mae_log"]),
        "Naive guess": _factor(model["baseline_mae_log"]),
        "Inside their range": f.percent(model["coverage"]),
        "Features": f.count(model["features"]),
        "Data (fingerprint)": str(model["data"])[:16],
        "Code": model["code"],
        "Libraries": model["libraries"],
        "File (SHA-256)": str(model["sha256"])[:16],
        "Snapshot made with it": snapshot_id if model["version"] == about["model_version"] else "an earlier one",
    }
    return pd.DataFrame({str(model["version"]): facts})


def _learnt_from(model: Any) -> str:
    first, last = f.day(model["window_from"]), f.day(model["window_to"])
    return f"all of {first}" if first == last else f"{first} to {last}"


def model_rows(models: pd.DataFrame) -> pd.DataFrame:
    """All models, with errors as factors."""
    return models.assign(error=np.exp(models["mae_log"]), naive=np.exp(models["baseline_mae_log"]))


def model_columns() -> Columns:
    """Columns of all models."""
    return {
        "status": show.TextColumn("Status"),
        "version": show.TextColumn("Version"),
        "created": show.DatetimeColumn("Made (UTC)", format="D MMM YYYY, HH:mm"),
        "rows": show.NumberColumn("Rows", format=WHOLE),
        "error": show.NumberColumn("Typical error", format="%.2fx", help="Factor by which it is off; 1.00x is exact."),
        "naive": show.NumberColumn("Naive guess", format="%.2fx", help="The same error without any model."),
        "coverage": show.NumberColumn("Inside range", format="percent"),
    }


def decision_columns() -> Columns:
    """Columns of decisions about models."""
    return {
        "at": show.DatetimeColumn("When (UTC)", format="D MMM YYYY, HH:mm"),
        "who": show.TextColumn("Who"),
        "action": show.TextColumn("Decision"),
        "version": show.TextColumn("Model"),
        "why": show.TextColumn("Why", width="large"),
    }


def runs_sentence(runs: pd.DataFrame) -> str:
    """What became of the newest run."""
    whole = runs[runs["step"] == "whole cycle"]
    if whole.empty:
        return "No cycle has run here yet."
    last = whole.iloc[0]
    states = {"done": "ended well", "running": "is running or was stopped", "failed": "failed"}
    return f"Run {last['run']} {states[str(last['state'])]}, after {last['seconds']:,.0f} seconds."


def run_columns(first: str) -> Columns:
    """Columns of runs or of their steps."""
    name = {"run": show.NumberColumn("Run", format="%d")} if first == "Run" else {"step": show.TextColumn("Step")}
    return name | {
        "state": show.TextColumn("State"),
        "started": show.DatetimeColumn("Started (UTC)", format="D MMM YYYY, HH:mm:ss"),
        "seconds": show.NumberColumn("Seconds", format="%.1f"),
        "rows": show.NumberColumn("Rows", format=WHOLE),
    }


def estimates(table: pd.DataFrame) -> pd.DataFrame:
    """Estimated errors as factors, with the verdict in words."""
    verdict = table["fails"].astype(bool).map({True: "failed: the relation changed", False: "held"})
    return table.assign(
        estimated=table["estimated_mae_log"].map(math.exp),
        came=table["mae_log"].astype("float64").map(lambda value: math.exp(value) if value == value else None),
        verdict=verdict.where(table["mae_log"].notna(), "not known yet"),
    )


def estimate_columns() -> Columns:
    """Columns of estimated errors."""
    return {
        "window_from": show.DateColumn("From", format=_DAY),
        "window_to": show.DateColumn("To", format=_DAY),
        "rows": show.NumberColumn("Stories", format=WHOLE),
        "estimated": show.NumberColumn("Estimated", format="%.2fx"),
        "came": show.NumberColumn("Came", format="%.2fx"),
        "verdict": show.TextColumn("Estimate"),
    }


def quality_sentence(checks: pd.DataFrame) -> str:
    """How many checks are bad."""
    bad = checks[checks["state"] == "bad"]
    if bad.empty:
        return f"All {f.some(len(checks), 'check')} of data and labels are good or have nothing to look at."
    named = ", ".join(f"{row['check']} of {row['subject']}" for row in bad.to_dict("records"))
    return f"{f.some(len(bad), 'check')} of {len(checks)} bad: {named}."


def quality_columns() -> Columns:
    """Columns of the quality of data and labels."""
    return {
        "state": show.TextColumn("State"),
        "check": show.TextColumn("Check"),
        "subject": show.TextColumn("Of"),
        "figure": show.NumberColumn("Found", format="%.3g"),
        "threshold": show.NumberColumn("Threshold", format="%.3g"),
        "worse": show.TextColumn("Bad if"),
        "about": show.TextColumn("What it means", width="large"),
    }


def _factor(value: Any) -> str:
    return "-" if f.missing(value) else f"{math.exp(float(value)):.2f}x"


def _lower(text: Any) -> str:
    return str(text)[:1].lower() + str(text)[1:]
