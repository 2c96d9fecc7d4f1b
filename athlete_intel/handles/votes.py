"""Votes in one form: who answered what to which question, each worker once."""

import pandas as pd

from athlete_intel.handles import names

NEUTRAL = ["task", "worker", "answer", "at"]
"""Columns of votes as the models read them: `answer` is a key, '' says that there is no account."""
COUNTED = ("Approved", "Submitted")
"""Assignments that count; a rejected one is kept, but is no vote."""


def gathered_votes(handle_votes: pd.DataFrame, turk_assignments: pd.DataFrame) -> pd.DataFrame:
    """All votes of both raw tables, each worker's last one on a question, in the order in which they came.

    Args:
        handle_votes: the raw table.
        turk_assignments: the raw table; rejected assignments are left out.

    Returns:
        athlete_id, platform, worker_id, answer (its key), written (as people write it), voted_at.
    """
    turk = turk_assignments[turk_assignments["status"].isin(COUNTED)].rename(columns={"submitted_at": "voted_at"})
    columns = ["athlete_id", "platform", "worker_id", "answer", "voted_at"]
    whole = pd.concat([handle_votes[columns], turk[columns]], ignore_index=True)
    whole = last_of_each(whole, ["athlete_id", "platform"], "worker_id", "voted_at")
    return with_keys(whole)


def last_of_each(votes: pd.DataFrame, task: list[str], worker: str, at: str) -> pd.DataFrame:
    """One vote of each worker on each question: the last. What is left is in the order of time.

    >>> votes = pd.DataFrame({"task": ["a", "a"], "worker": ["w", "w"], "answer": ["x", "y"], "at": [2, 1]})
    >>> last_of_each(votes, ["task"], "worker", "at")["answer"].tolist()
    ['x']
    """
    ordered = votes.sort_values([*task, at, worker], kind="stable")
    return ordered.drop_duplicates([*task, worker], keep="last").reset_index(drop=True)


def with_keys(votes: pd.DataFrame) -> pd.DataFrame:
    """The votes with `written` for the answer as people write it and `answer` for its key."""
    asked = votes[["platform", "answer"]].drop_duplicates()
    asked = asked.assign(
        written=[names.cleaned(answer, platform) for platform, answer in asked.to_numpy()],
        key=[names.key(answer, platform) for platform, answer in asked.to_numpy()],
    )
    merged = votes.merge(asked, on=["platform", "answer"], how="left", validate="many_to_one")
    return merged.assign(answer=merged["key"]).drop(columns="key")


def neutral(votes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Votes with a number for each question, as the models read them, and the questions by that number."""
    number = votes.groupby(["athlete_id", "platform"], sort=True).ngroup()
    tasks = votes[["athlete_id", "platform"]].assign(task=number).drop_duplicates("task").sort_values("task")
    read = pd.DataFrame(
        {"task": number, "worker": votes["worker_id"], "answer": votes["answer"], "at": votes["voted_at"]}
    )
    return read, tasks.set_index("task")
