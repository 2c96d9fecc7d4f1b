"""What gold questions teach: how accurate workers are, and how much less their agreement says than it seems to.

Workers do not err independently: a question that misleads one misleads others, so a posterior that multiplies their
evidence says 1.0000 where 0.98 comes true. One number, learnt on gold questions, mends that: the log odds of a model
are multiplied by the `weight` of evidence, the share of a vote's evidence that is its own. A weight of 1 would mean
independent errors. Source: temperature scaling, Guo et al., ICML 2017.
"""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import expit

USUAL_WEIGHT, _SPREAD = 0.4, 1.0
"""Before any gold question: the weight, and how far its log may lie off (a normal prior).

Set after looking at the two sets of real answers that the benchmark measures (0.40 on RTE, 0.26 on TEMP), so their
calibration is no evidence for it. On simulated workers that nobody had looked at (`benchmarks/unseen.py`) 0.2, 0.4 and
0.8 are equally good once 30 gold questions were asked (2.7 points off), and all of them fail without any: where
questions mislead, by up to 27 points. So no weight is relied on before `LEAST_GOLD` questions.
"""
LEAST_GOLD = 30
"""Gold questions from which a calibrated posterior alone may accept an answer."""
_MOST_ODDS = 40.0


def reserved(tasks: Iterable[object], share: float, turn: int = 0) -> np.ndarray:
    """Which tasks are kept apart as gold: a share of them, by a hash of their name, so that nobody chooses.

    Args:
        tasks: names of tasks.
        share: share that is kept apart.
        turn: another number keeps others apart; with a share of 1/5, turns 0 to 4 keep each task exactly once.

    >>> sum(reserved(range(100), 0.2, turn) for turn in range(5)).tolist() == [1] * 100
    True
    """
    places = np.array([place(task) for task in tasks])
    return np.asarray((places - turn * share) % 1.0 < share)


def place(task: object) -> float:
    """A number between 0 and 1 from the name of a task, the same for ever."""
    return int.from_bytes(hashlib.sha256(f"gold {task}".encode()).digest()[:7], "big") / 2**56


def worker_accuracy(votes: pd.DataFrame, gold: pd.Series) -> pd.DataFrame:
    """How often each worker was right on gold questions.

    Args:
        votes: task, worker, answer.
        gold: the right answer by task.

    Returns:
        By worker: gold_asked, gold_right.
    """
    asked = votes[votes["task"].isin(gold.index)]
    right = asked["answer"].to_numpy() == gold.reindex(asked["task"]).to_numpy()
    by_worker = asked.assign(right=right).groupby("worker")["right"]
    return pd.DataFrame({"gold_asked": by_worker.size(), "gold_right": by_worker.sum()})


def evidence_weight(log_odds: np.ndarray, right: np.ndarray, usual: float = USUAL_WEIGHT) -> float:
    """The weight of evidence under which gold answers are as likely as they came true.

    Args:
        log_odds: of the best answer of each gold question, by a model that did not know it.
        right: whether that answer is right.
        usual: the weight before any gold question.
    """
    odds = np.clip(np.asarray(log_odds, dtype="float64"), -_MOST_ODDS, _MOST_ODDS)
    hit = np.asarray(right, dtype="float64")

    def surprise(log_weight: float) -> float:
        x = np.exp(log_weight) * odds
        off = (log_weight - np.log(usual)) / _SPREAD
        return float(np.logaddexp(0.0, np.where(hit > 0, -x, x)).sum() + off * off / 2)

    found = minimize_scalar(surprise, bounds=(np.log(0.01), np.log(2.0)), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def stated(log_odds: np.ndarray, weight: float) -> np.ndarray:
    """Posterior that may be told to people.

    >>> stated(np.array([14.0]), 0.3).round(3).tolist()
    [0.985]
    """
    return np.asarray(expit(weight * np.clip(np.asarray(log_odds, dtype="float64"), -_MOST_ODDS, _MOST_ODDS)))


def as_many(log_odds: pd.Series, number: int) -> pd.Series:
    """The surest answers, as many as another rule accepts, and those that are as sure as the last of them.

    So a learned model is compared with a fixed rule at the same yield, and no truth is needed to set its threshold.

    >>> as_many(pd.Series([3.0, 1.0, 2.0, 2.0]), 2).tolist()
    [True, False, True, True]
    """
    if number <= 0:
        return pd.Series(False, index=log_odds.index)
    return log_odds >= log_odds.nlargest(number).iloc[-1]
