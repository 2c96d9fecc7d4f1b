"""Words and columns of the pages about models and runs."""

import math
from typing import Any

import numpy as np
import pandas as pd
from streamlit import column_config as show

from athlete_intel.ui import formats as f
from athlete_intel.ui.columns import WHOLE, Columns

_WHY_WIDTH, _LINE = 230, 30
"""Width in pixels of what came of a run, beside run and state on a phone, and letters in a line of it."""
_ROWS = "In all tables of the snapshot, results too; Data counts only what was read."
_HEIGHTS = ((1, None), (2, 72), (4, 92))
_HIGHEST = 132
"""Heights in pixels of rows with so many lines at most."""


def has_challenger(row: Any) -> bool:
    """Whether there are two models to be set against each other."""
    return not f.missing(row["champion"]) and row["champion"] != row["challenger"]


def choice_sentence(row: Any) -> str:
    """Which model is the champion, that is in use, and why.

    >>> choice_sentence({"champion": None, "used": "ridge-1", "why": "There was no model before."})
    'ridge-1 is the champion: there was no model before.'
    >>> choice_sentence({"champion": "ridge-1", "challenger": "ridge-1", "used": "ridge-1", "reason": "no reason",
    ...     "why": "Data and code are those of the champion, so it is the same model."})
    'The champion stays. Data and code are those of the champion, so it is the same model.'
    """
    if f.missing(row["champion"]):
        return f"{row['used']} is the champion: {_lower(row['why'])}"
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
        f"{f.change(row['pay_moved'])}, from {f.money(row['pay_before_cents'])} to {f.money(row['pay_after_cents'])} "
        f"for the next story of each, floors and caps applied; of {athletes}, {int(row['pay_gaining'])} gain a tenth "
        f"or more, and {int(row['pay_losing'])} lose a tenth or more."
    )


def move_rows(moves: pd.DataFrame, rankings: pd.DataFrame) -> pd.DataFrame:
    """Whose pay would move most, by name, in dollars."""
    names = rankings.set_index("athlete_id")["name"]
    before, after = moves["champion_cents"] / 100, moves["challenger_cents"] / 100
    return moves.assign(
        name=moves["athlete_id"].map(names).fillna(moves["athlete_id"]),
        before=before,
        after=after,
        moves=after - before,
    )


def move_columns() -> Columns:
    """Columns of whose pay would move most."""
    return {
        "name": show.TextColumn("Would move most"),
        "before": show.NumberColumn("By the champion", format="dollar", help="Expected pay of the next story."),
        "after": show.NumberColumn("By the challenger", format="dollar", help="The same if the challenger took over."),
        "moves": show.NumberColumn("Change", format="dollar"),
    }


def waiting_sentence(decided: pd.DataFrame, known: Any) -> str:
    """When decisions take effect, and which one still waits for that.

    Args:
        decided: newest first.
        known: number of the newest decision that the snapshot knew; missing if there was none.
    """
    told = "A decision takes effect in the next cycle. To run it now:"
    newest = decided.head(1)
    if newest.empty or (not f.missing(known) and int(newest["id"].iloc[0]) <= int(known)):
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
    if f.missing(row["champion_mae_log"]) and not f.missing(row["challenger_mae_log"]):
        return (
            f"The champion could not tell anything; the naive guess took its place, on {f.count(row['rows'])} outcomes."
        )
    if f.missing(row["noise"]):
        return "They were not compared: there are too few outcomes that neither had seen."
    told = f"The difference of their errors has a standard error of {row['noise']:.4f} (log), between athletes"
    if not row["looks"]:
        return f"{told}."
    return (
        f"{told}; {row['least_gain']:.4f} counts as beyond noise. {f.some(int(row['looks']), 'comparison')} with this "
        "champion could have replaced it so far, a week apart at least; each lets a model in that is no better in 2.5% "
        "of cases at most."
    )


def card(model: Any, uses: pd.DataFrame) -> pd.DataFrame:
    """The card of a model, and its lineage; `uses` is the published table `model_uses`."""
    facts = {
        "Status": model["status"],
        "Kind": model["candidate"],
        "Learnt from": f"{f.count(model['rows'])} rows, {_learnt_from(model)}",
        "Typical error": _factor(model["mae_log"]),
        "Naive guess": _factor(model["baseline_mae_log"]),
        "Inside their range": f.percent(model["coverage"]),
        "Features": f"{f.some(int(model['features']), 'input')}, each sport, format and the like counted by itself",
        "Data (fingerprint)": _first_digits(model["data"]),
        "Code": model["code"],
        "Libraries": model["libraries"],
        "File (SHA-256)": _first_digits(model["sha256"]),
        "Snapshots made with it": _used_in(uses[uses["model_version"] == model["version"]]),
    }
    return pd.DataFrame({str(model["version"]): facts})


def _used_in(uses: pd.DataFrame) -> str:
    if uses.empty:
        return "none: it was never the champion"
    newest, oldest = uses.iloc[0], uses.iloc[-1]
    if len(uses) == 1:
        return f"1, {newest['snapshot_id']} of {f.day(newest['created'])}"
    first, last = f.day(oldest["created"]), f.day(newest["created"])
    return f"{f.count(len(uses))}, " + (f"all of {first}" if first == last else f"from {first} to {last}")


def use_columns() -> Columns:
    """Columns of the snapshots that a model was used for."""
    return {
        "snapshot_id": show.TextColumn("Snapshot"),
        "created": show.DatetimeColumn("Made (UTC)", format="D MMM YYYY, HH:mm"),
    }


def _learnt_from(model: Any) -> str:
    first, last = f.day(model["window_from"]), f.day(model["window_to"])
    return f"all of {first}" if first == last else f"{first} to {last}"


def model_rows(models: pd.DataFrame, uses: pd.DataFrame) -> pd.DataFrame:
    """All models, with errors as factors, and how many snapshots each was used for."""
    times = uses["model_version"].value_counts()
    return models.assign(
        error=np.exp(models["mae_log"]),
        naive=np.exp(models["baseline_mae_log"]),
        uses=models["version"].map(times).fillna(0).astype("int64"),
    )


def model_columns() -> Columns:
    """Columns of all models."""
    return {
        "status": show.TextColumn("Status"),
        "version": show.TextColumn("Version"),
        "created": show.DatetimeColumn("Made (UTC)", format="D MMM YYYY, HH:mm"),
        "rows": show.NumberColumn("Rows", format=WHOLE),
        "uses": show.NumberColumn("Snapshots", format=WHOLE, help="Published snapshots that were made with it."),
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
    told = f"Run {last['run']} {states[str(last['state'])]}, after {f.duration(last['seconds'])}."
    return f"{told} {last['why']}" if last["state"] == "failed" and last["why"] else told


def steps_of(table: pd.DataFrame, run: int) -> pd.DataFrame:
    """The steps of a run; what came of the whole run is told above them and not once more.

    >>> table = pd.DataFrame({"run": 1, "step": ["whole cycle", "model", "tell"], "why": ["It won.", "", "It won."]})
    >>> steps_of(table, 1)["why"].isna().tolist()
    [True, True]
    """
    of_run = table[table["run"] == run]
    is_whole = of_run["step"] == "whole cycle"
    told = of_run.loc[is_whole, "why"].tolist()
    steps = of_run[~is_whole]
    return steps.assign(why=steps["why"].where(~steps["why"].isin(["", *told])))


def run_columns(first: str) -> Columns:
    """Columns of runs or of their steps; what came of it stands where it is seen on a small screen, too."""
    name = {"run": show.NumberColumn("Run", format="%d")} if first == "Run" else {"step": show.TextColumn("Step")}
    return name | {
        "state": show.TextColumn("State"),
        "why": show.TextColumn("What came of it", width=_WHY_WIDTH),
        "started": show.DatetimeColumn("Started (UTC)", format="D MMM YYYY, HH:mm:ss"),
        "seconds": show.NumberColumn("Seconds", format="%.1f"),
        "rows": show.NumberColumn("Rows", format=WHOLE, help=_ROWS if first == "Run" else None),
    }


def run_height(runs: pd.DataFrame) -> int | None:
    """Height of rows that leaves room for what came of the runs, which may take more than a line.

    >>> [run_height(pd.DataFrame({"why": ["", why]})) for why in ("Nothing had changed.", "why " * 30)]
    [None, 92]
    """
    lines = math.ceil(runs["why"].fillna("").str.len().max() / _LINE)
    return next((height for most, height in _HEIGHTS if lines <= most), _HIGHEST)


def _factor(value: Any) -> str:
    return "-" if f.missing(value) else f"{math.exp(float(value)):.2f}x"


def _first_digits(fingerprint: Any) -> str:
    """The beginning of a fingerprint, marked where it is not the whole.

    >>> _first_digits("0535d98b161587ca0535d98b"), _first_digits("8086e39696531d8f")
    ('0535d98b161587ca… (first 16 of 24 digits)', '8086e39696531d8f')
    """
    text = str(fingerprint)
    return text if len(text) <= 16 else f"{text[:16]}… (first 16 of {len(text)} digits)"


def _lower(text: Any) -> str:
    return str(text)[:1].lower() + str(text)[1:]
