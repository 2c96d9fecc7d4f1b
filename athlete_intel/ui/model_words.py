"""Words and columns of the pages about models and runs."""

from typing import Any

import pandas as pd
from streamlit import column_config as show

from athlete_intel.monitoring.retrain import ALERT, BY_HAND, CALENDAR
from athlete_intel.ui import formats as f
from athlete_intel.ui.columns import WHOLE, Columns, row_height
from athlete_intel.ui.model_cards import interval_of, of_aim

_ASKED = {
    BY_HAND: "somebody asked for another model",
    ALERT: "an alert asked for another model",
    CALENDAR: "it was time to try another model",
}
_WHY_WIDTH, _ONE_LINE = 195, 25
"""Width in pixels of what came of a run, beside run and state on a phone, and letters in a line of it."""
_ROWS = "In all tables of the snapshot, results too; Data counts only what was read."


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
    >>> row = {"champion": "a", "challenger": "b", "used": "a", "reason": "calendar", "why": "It is no better."}
    >>> choice_sentence(row), choice_sentence(row | {"used": "b", "reason": "alert", "why": "It is better."})
    ('The champion stays, though it was time to try another model. It is no better.', \
'The challenger took over, as an alert asked for another model. It is better.')
    """
    if f.missing(row["champion"]):
        return f"{row['used']} is the champion: {_lower(row['why'])}"
    if not has_challenger(row):
        return f"The champion stays. {row['why']}"
    new = row["used"] == row["challenger"] != row["champion"]
    told = "The challenger took over" if new else "The champion stays"
    if asked := _ASKED.get(str(row["reason"])):
        told = f"{told}, {'as' if new else 'though'} {asked}"
    return f"{told}. {row['why']}"


def is_compared(row: Any) -> bool:
    """Whether the challenger was set against something on outcomes that it had not seen."""
    return not f.missing(row["challenger_mae_log"])


def choice_metrics(row: Any) -> list[tuple[str, str, str]]:
    """Errors of both, and what promotion would move in pay; what was not measured is left out."""
    told = [
        ("Champion", f.error_factor(row["champion_mae_log"]), "Typical error on outcomes that neither had seen."),
        (
            "Challenger",
            f.error_factor(row["challenger_mae_log"]),
            "The same of the model learnt from everything known.",
        ),
        ("Compared on", f.some(int(row["rows"]), "outcome"), "Those that came after the champion's training."),
        ("Would move pay by", f.change(row["pay_moved"]), "Change of all typical pay if the challenger were used."),
    ]
    return [each for each in told if each[1] != f.NOTHING]


def pay_sentence(row: Any, storied: bool = True) -> str:
    """What promotion of the challenger would do to pay; empty where there is nothing to promote.

    Args:
        row: of the published table `model_choice`.
        storied: whether pay is for a story.

    >>> print(pay_sentence({"champion": "a", "challenger": "b", "pay_before_cents": 100, "pay_after_cents": 100,
    ...     "pay_moved": 0.0, "pay_gaining": 0, "pay_losing": 0, "athletes": 3}))
    What promotion does to pay: typical pay of all 3 athletes together stays as it is, and nobody's moves by a tenth.
    >>> print(pay_sentence({"champion": "a", "challenger": "b", "pay_before_cents": 14700000,
    ...     "pay_after_cents": 14690000, "pay_moved": -0.001, "pay_gaining": 0, "pay_losing": 2, "athletes": 9}, False))
    What promotion does to pay: with the challenger in place of the champion, all typical pay changes by -0.1% of $147k,
    floors and caps applied; of 9 athletes, 0 gain a tenth or more, and 2 lose a tenth or more.
    """
    if not has_challenger(row):
        return ""
    athletes = f.some(int(row["athletes"]), "athlete")
    if row["pay_before_cents"] == row["pay_after_cents"] and not row["pay_gaining"] and not row["pay_losing"]:
        same = f"typical pay of all {athletes} together stays as it is, and nobody's moves by a tenth."
        return f"What promotion does to pay: {same}"
    before, after = f.money(row["pay_before_cents"]), f.money(row["pay_after_cents"])
    by = f", from {before} to {after}" if before != after else f" of {before}"
    return (
        f"What promotion does to pay: with the challenger in place of the champion, all typical pay changes by "
        f"{f.change(row['pay_moved'])}{by}"
        f"{' for the next story of each' * storied}, floors and caps applied; of {athletes}, {int(row['pay_gaining'])} "
        f"gain a tenth or more, and {int(row['pay_losing'])} lose a tenth or more."
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


def move_columns(storied: bool = True) -> Columns:
    """Columns of whose pay would move most; `storied` is whether pay is for a story."""
    typical = "Typical pay of the next story." if storied else "Typical pay."
    return {
        "name": show.TextColumn("Would move most"),
        "before": show.NumberColumn("By the champion", format="dollar", help=typical),
        "after": show.NumberColumn("By the challenger", format="dollar", help="The same if the challenger took over."),
        "moves": show.NumberColumn("Change", format="dollar"),
    }


def waiting_sentence(decided: pd.DataFrame, known: Any, used: str) -> str:
    """Which decision about models waits for the next cycle; empty if none does.

    Args:
        decided: id, action, version, who, newest first.
        known: number of the newest decision that the snapshot knew; missing if there was none.
        used: the model in use.

    >>> decided = pd.DataFrame({"id": [3], "action": ["promote"], "version": ["ridge-1"], "who": ["Kim"]})
    >>> waiting_sentence(decided, 2, "ridge-0"), waiting_sentence(decided, 3, "ridge-0")
    ('The promotion of ridge-1, signed by Kim, takes effect in the next cycle; until then ridge-0 stays in use.', '')
    """
    newest = decided.head(1)
    if newest.empty or (not f.missing(known) and int(newest["id"].iloc[0]) <= int(known)):
        return ""
    row = newest.iloc[0]
    what = {"promote": f"promotion of {row['version']}", "rollback": f"return to {row['version']}"}
    told = f"The {what.get(str(row['action']), 'trial of a new model')}, signed by {row['who']}, takes effect"
    return f"{told} in the next cycle; until then {used} stays in use."


def signed_sentence(action: str, version: str | None, who: str) -> str:
    """What was just decided about models, and what comes of it.

    >>> signed_sentence("promote", "ridge-1", "Kim")
    'Written down, signed Kim: ridge-1 is to be champion. From the next cycle on, all estimates are made with it.'
    """
    told = {
        "promote": f"{version} is to be champion. From the next cycle on, all estimates are made with it.",
        "rollback": f"back to {version}. From the next cycle on, all estimates are made with it.",
    }
    new = "a new model is asked for. The next cycle sets it against the champion, and uses it if it is better."
    return f"Written down, signed {who.strip()}: {told.get(action, new)}"


def side_by_side(row: Any, models: pd.DataFrame) -> pd.DataFrame:
    """Champion and challenger, a fact a row; errors only where they were compared."""
    known = models.set_index("version")
    columns = {}
    for role in ("champion", "challenger"):
        version = row[role]
        there = not f.missing(version) and version in known.index
        errors = {
            "Typical error, same outcomes": f.error_factor(row[f"{role}_mae_log"]),
            "Inside their range, same outcomes": of_aim(
                row[f"{role}_coverage"], interval_of(known.loc[version]) if there else None
            ),
        }
        columns[f"{role.capitalize()}{', in use' * (version == row['used'])}"] = {
            "Version": "none" if f.missing(version) else str(version),
            **(errors if is_compared(row) else {}),
            "Learnt from": f"{f.count(known.loc[version, 'rows'])} rows" if there else "not stored any more",
            "Until": f.day(known.loc[version, "window_to"]) if there else "-",
        }
    return pd.DataFrame(columns)


def why_challenger(row: Any) -> str:
    """Why a challenger stands beside the champion where nobody asked for one; empty where somebody did.

    >>> why_challenger({"reason": "alert"})
    ''
    """
    if str(row["reason"]) in _ASKED:
        return ""
    return (
        "Every cycle learns a challenger from the data and the code of that day, so that one is at hand. It takes over "
        "only if an alert, the calendar or a person asks for it, and if it is better."
    )


def how_compared(row: Any) -> str:
    """On what the two were compared."""
    if f.missing(row["champion_mae_log"]) and not f.missing(row["challenger_mae_log"]):
        return (
            f"The champion could not tell anything; the naive guess took its place, on {f.count(row['rows'])} outcomes."
        )
    if f.missing(row["noise"]):
        return "They were not compared, as there are too few outcomes that neither had seen."
    told = f"The difference of their errors has a standard error of {row['noise']:.4f} (log), between athletes"
    if not row["looks"]:
        return f"{told}."
    return (
        f"{told}; {row['least_gain']:.4f} counts as beyond noise. {f.some(int(row['looks']), 'comparison')} with this "
        "champion could have replaced it so far, a week apart at least; each lets a model in that is no better in 2.5% "
        "of cases at most."
    )


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
    name = (
        {"run": show.NumberColumn("Run", format="%d")}
        if first == "Run"
        else {"step": show.TextColumn("Step", width=160)}
    )
    return name | {
        "state": show.TextColumn("State", width=62),
        "why": show.TextColumn("What came of it", width=_WHY_WIDTH),
        "started": show.DatetimeColumn("Started (UTC)", format="D MMM YYYY, HH:mm:ss"),
        "seconds": show.NumberColumn("Seconds", format="%.1f"),
        "rows": show.NumberColumn("Rows", format=WHOLE, help=_ROWS if first == "Run" else None),
    }


def run_height(runs: pd.DataFrame) -> int | None:
    """Height of rows that leaves room for what came of the runs, which may take more than a line.

    >>> [run_height(pd.DataFrame({"why": ["", why]})) for why in ("Nothing had changed.", "why " * 30)]
    [None, 108]
    """
    return row_height(runs["why"], _WHY_WIDTH) if runs["why"].fillna("").str.len().max() > _ONE_LINE else None


def _lower(text: Any) -> str:
    return str(text)[:1].lower() + str(text)[1:]
