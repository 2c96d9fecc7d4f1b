"""The stage between raw tables and features: whose data are whose, and which of them may be learnt from."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from athlete_intel.handles import names, review, states
from athlete_intel.handles.consensus import Rule
from athlete_intel.handles.votes import gathered_votes
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Database

_LEVELS = Path(__file__).parent / "sql" / "daily_levels.sql"


@dataclass(frozen=True)
class Settled:
    """The handles of a snapshot: the published tables, and the owners by which posts and counts are read."""

    states: pd.DataFrame
    ballots: pd.DataFrame
    candidates: pd.DataFrame
    workers: pd.DataFrame
    claim: pd.DataFrame
    owners: pd.DataFrame


def settle_handles(database: Database, settings: Settings) -> Settled:
    """Votes, gold questions and decisions of people become the state of every handle.

    Args:
        database: holds the raw tables and `handle_reviews` of the journal.
        settings: the rule, the plausible answers, and the posterior from which skills accept.
    """
    handles = database.table("handles")
    ballots = gathered_votes(database.table("handle_votes"), database.table("turk_assignments"))
    decisions = review.standing(database.table("handle_reviews"), ballots)
    rule = Rule(settings.handles_agreeing, settings.handles_votes)
    judged = None
    if len(ballots):
        judged = states.judge(
            ballots, database.table("handle_gold"), rule, settings.handles_plausible, settings.handles_posterior
        )
    agreed = pd.DataFrame(columns=["athlete_id", "platform", "answer"])
    if judged is not None:
        agreed = judged.answers.loc[judged.answers["state"] == states.ACCEPTED, list(agreed)]
    owners = review.account_owners(decisions, handles, agreed)
    table = states.settle(judged, review.in_use_after(handles, owners), decisions, rule)
    return Settled(
        states=_with_days(database, table),
        ballots=ballots,
        candidates=states.NO_CANDIDATES if judged is None else judged.candidates,
        workers=states.NO_WORKERS if judged is None else judged.workers,
        claim=pd.DataFrame([judged.claim] if judged is not None else []).reindex(columns=states.CLAIM),
        owners=owners,
    )


def left_out(
    matrix: pd.DataFrame, athlete_ids: pd.Series, table: pd.DataFrame, outcome_label: str
) -> tuple[pd.DataFrame, pd.Series]:
    """The matrix without the features of handles that may not be learnt from, and which rows are still of use.

    The platform's columns of such an athlete become missing, and the rest is kept: a wrong article says nothing about
    the posts. A row is of no use if nothing but own past outcomes is left in it, or if its outcome was counted on that
    very platform, as the label of the outcome says.

    Args:
        matrix: features; columns of a platform begin with its name.
        athlete_ids: whose row it is, in the order of the rows.
        table: the states of handles.
        outcome_label: what is predicted, such as Wikipedia page views a day.
    """
    masked = matrix.copy()
    whose = athlete_ids.to_numpy()
    spoiled = pd.Series(False, index=matrix.index)
    outside = pd.Series(False, index=matrix.index)
    for platform, rows in table[table["left_out"].astype(bool)].groupby("platform"):
        hit = pd.Series(pd.Index(whose).isin(rows["athlete_id"]), index=matrix.index)
        columns = [name for name in matrix if str(name).startswith(f"{platform}_")]
        masked.loc[hit.to_numpy(), columns] = float("nan")
        spoiled |= hit
        if str(platform).casefold() in outcome_label.casefold():
            outside |= hit
    others = [name for name in matrix if not str(name).startswith("outcome_")]
    nothing = spoiled & masked[others].isna().all(axis="columns") & matrix[others].notna().any(axis="columns")
    return masked, ~(nothing | outside)


def _with_days(database: Database, table: pd.DataFrame) -> pd.DataFrame:
    """The states with a suggested first day for handles that were taken for each other; empty elsewhere."""
    suggested = pd.Series(pd.NaT, index=table.index, dtype="datetime64[us]")
    waiting = table[(table["state"] == states.CONTESTED) & table["other_id"].notna()]
    for platform, rows in waiting.groupby("platform"):
        in_use = table[table["platform"] == platform].set_index("athlete_id")["handle_in_use"]
        keys = in_use.dropna().map(lambda handle, p=str(platform): names.key(handle, p))
        crossed = [
            (first, second)
            for first, second in rows[["athlete_id", "other_id"]].to_numpy()
            if second in keys and first in keys and keys[first] != keys[second]
        ]
        if not crossed:
            continue
        suspects = pd.DataFrame({"athlete_id": sorted({name for pair in crossed for name in pair})})
        database.write_temporary("suspects", suspects.assign(platform=platform))
        levels = database.query(_LEVELS.read_text(encoding="utf-8"))
        pairs = sorted({(min(pair), max(pair)) for pair in crossed})
        found = review.swap_day(levels, pairs) if len(levels) else None
        if found is not None:
            first_of = {name for pair in crossed for name in pair}
            suggested.loc[rows.index[rows["athlete_id"].isin(first_of)]] = found
    return table.assign(suggested_since=suggested)
