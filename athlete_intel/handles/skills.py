"""Worker skills learnt from the votes themselves: the one-coin model, and Dawid and Skene's.

Both are fitted by expectation and maximisation from the shares of the votes on, without any chance, so that the same
votes give the same posteriors. Posteriors are kept as log odds, because sums of evidence soon exceed what a number
close to 1 can tell apart. Source: Dawid and Skene, Applied Statistics 1979; Zhang et al., JMLR 2016 (one coin).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

RIGHT_BEFORE, WRONG_BEFORE = 4.0, 1.0
"""Before its first vote, a worker counts as one who was right four times of five."""
_ROUNDS, _CLOSE = 200, 1e-7
_LEAST = 1e-300


@dataclass(frozen=True)
class Fitted:
    """What a model makes of the votes.

    `answers`: task, answer, votes, posterior and log_odds (right against wrong) of every answer that was given.
    `workers`: worker, votes, accuracy.
    """

    answers: pd.DataFrame
    workers: pd.DataFrame

    def best(self) -> pd.DataFrame:
        """The likeliest answer of each task; ties go to more votes, then to the text."""
        order = ["task", "log_odds", "votes", "answer"]
        ordered = self.answers.sort_values(order, ascending=[True, False, False, True], kind="stable")
        return ordered.drop_duplicates("task").set_index("task")


@dataclass(frozen=True)
class _Coded:
    """Votes as numbers: task, worker and given answer (one number each task and answer) of each vote."""

    task: np.ndarray
    worker: np.ndarray
    given: np.ndarray
    given_task: np.ndarray
    table: pd.DataFrame
    workers: pd.Index


def _coded(votes: pd.DataFrame) -> _Coded:
    table = votes.groupby(["task", "answer"], sort=True).size().rename("votes").reset_index()
    given = votes[["task", "answer"]].merge(table.reset_index(names="given"), on=["task", "answer"], how="left")
    tasks, _ = pd.factorize(table["task"])
    worker, workers = pd.factorize(votes["worker"], sort=True)
    number = given["given"].to_numpy()
    return _Coded(tasks[number], worker, number, tasks, table, workers)


def one_coin(votes: pd.DataFrame, plausible: int) -> Fitted:
    """One accuracy a worker, for any set of answers: who errs gives each other plausible answer alike.

    Args:
        votes: task, worker, answer; each worker once a task.
        plausible: answers that could be given to a question, the right one among them.
    """
    coded = _coded(votes)
    tasks, workers = int(coded.task.max()) + 1, len(coded.workers)
    seen = np.bincount(coded.given_task, minlength=tasks)
    possible = np.maximum(seen, max(plausible, 2))
    cast = np.bincount(coded.worker, minlength=workers)
    right = coded.table["votes"].to_numpy() / np.bincount(coded.task, minlength=tasks)[coded.given_task]
    for _ in range(_ROUNDS):
        agreeing = np.bincount(coded.worker, right[coded.given], workers)
        accuracy = (agreeing + RIGHT_BEFORE) / (cast + RIGHT_BEFORE + WRONG_BEFORE)
        weight = np.log(accuracy / (1 - accuracy))[coded.worker] + np.log(possible[coded.task] - 1)
        evidence = np.bincount(coded.given, weight, len(coded.given_task))
        before, right = right, _shares(evidence, coded.given_task, possible - seen)
        if np.abs(right - before).max() < _CLOSE:
            break
    return _fitted(coded, evidence, possible - seen, right, accuracy, cast)


def dawid_skene(votes: pd.DataFrame) -> Fitted:
    """A table of confusions a worker, for one closed set of answers, the same for all questions."""
    coded = _coded(votes)
    tasks, workers = int(coded.task.max()) + 1, len(coded.workers)
    answer, answers = pd.factorize(votes["answer"], sort=True)
    classes = len(answers)
    cast = np.bincount(coded.worker, minlength=workers)
    right = np.zeros((tasks, classes))
    np.add.at(right, (coded.task, answer), 1.0)
    right /= right.sum(axis=1, keepdims=True)
    wrong_before = WRONG_BEFORE / max(classes - 1, 1)
    for _ in range(_ROUNDS):
        confusion = np.full((workers, classes, classes), wrong_before)
        confusion += np.eye(classes) * (RIGHT_BEFORE - wrong_before)
        for true in range(classes):
            np.add.at(confusion[:, true, :], (coded.worker, answer), right[coded.task, true])
        confusion /= confusion.sum(axis=2, keepdims=True)
        share = right.mean(axis=0)
        logs = np.tile(np.log(np.maximum(share, 1e-12)), (tasks, 1))
        for true in range(classes):
            logs[:, true] += np.bincount(coded.task, np.log(confusion[coded.worker, true, answer]), tasks)
        likely = np.exp(logs - logs.max(axis=1, keepdims=True))
        before, right = right, likely / likely.sum(axis=1, keepdims=True)
        if np.abs(right - before).max() < _CLOSE:
            break
    place = np.searchsorted(answers, coded.table["answer"].to_numpy())
    own = logs[coded.given_task, place]
    others = logs[coded.given_task].copy()
    others[np.arange(len(place)), place] = -np.inf
    table = coded.table.assign(
        posterior=right[coded.given_task, place], log_odds=own - np.logaddexp.reduce(others, axis=1)
    )
    accuracy = (confusion[:, range(classes), range(classes)] * share).sum(axis=1) / share.sum()
    return Fitted(table, pd.DataFrame({"worker": coded.workers, "votes": cast, "accuracy": accuracy}))


def _shares(evidence: np.ndarray, task: np.ndarray, unseen: np.ndarray) -> np.ndarray:
    """Posterior of each given answer; plausible answers that nobody gave have no evidence for them."""
    top = _top(evidence, task, unseen)
    likely = np.exp(evidence - top[task])
    whole = np.bincount(task, likely, len(unseen)) + unseen * np.exp(-top)
    return np.asarray(likely / whole[task])


def _log_odds(evidence: np.ndarray, task: np.ndarray, unseen: np.ndarray) -> np.ndarray:
    """Log odds of each given answer against all others, without the loss of digits that 1 - posterior would bring."""
    top = _top(evidence, task, unseen)
    likely = np.exp(evidence - top[task])
    first = np.zeros(len(evidence), dtype=bool)
    order = np.lexsort((np.arange(len(evidence)), -evidence, task))
    first[order[np.r_[True, np.diff(task[order]) > 0]]] = True
    nobody = unseen * np.exp(-top)
    behind = np.bincount(task, likely * ~first, len(unseen)) + nobody
    whole = np.bincount(task, likely, len(unseen)) + nobody
    others = np.where(first, behind[task], whole[task] - likely)
    return np.log(np.maximum(likely, _LEAST)) - np.log(np.maximum(others, _LEAST))


def _top(evidence: np.ndarray, task: np.ndarray, unseen: np.ndarray) -> np.ndarray:
    top = np.where(unseen > 0, 0.0, -np.inf)
    np.maximum.at(top, task, evidence)
    return top


def _fitted(
    coded: _Coded,
    evidence: np.ndarray,
    unseen: np.ndarray,
    right: np.ndarray,
    accuracy: np.ndarray,
    cast: np.ndarray,
) -> Fitted:
    table = coded.table.assign(posterior=right, log_odds=_log_odds(evidence, coded.given_task, unseen))
    return Fitted(table, pd.DataFrame({"worker": coded.workers, "votes": cast, "accuracy": accuracy}))
