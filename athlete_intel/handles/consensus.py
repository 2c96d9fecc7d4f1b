"""The rule "at least k of n agree": its decision, its exact posterior, and the votes that stopping early saves.

Answers are open sets: two workers who are wrong need not agree, and the more plausible wrong answers there are, the
more an agreement says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, exp, log

import numpy as np
import pandas as pd
from scipy.optimize import brentq

_NEVER = 1e-12
"""A chance that stands for none."""
ACCEPTED, CONTESTED, NEEDS_VOTES = "accepted", "contested", "needs more votes"


@dataclass(frozen=True)
class Rule:
    """At least `agreeing` of `votes` workers must give the same answer."""

    agreeing: int = 7
    votes: int = 9

    @property
    def words(self) -> str:
        """The rule as people say it."""
        return f"{self.agreeing} of {self.votes}"

    def state(self, most: int, cast: int) -> str:
        """The decision after `cast` votes of which `most` agree.

        >>> Rule().state(7, 8), Rule().state(4, 7), Rule().state(5, 7)
        ('accepted', 'contested', 'needs more votes')
        """
        if most >= self.agreeing:
            return ACCEPTED
        return CONTESTED if most + max(self.votes - cast, 0) < self.agreeing else NEEDS_VOTES


def posterior(counts: Sequence[int], accuracy: float, plausible: int) -> list[float]:
    """How likely each answer is right, given how many workers gave it; the rest is an answer that nobody gave.

    Workers are right with the same accuracy, err independently, and when they err, give each of the other plausible
    answers with the same chance; beforehand every plausible answer is as likely as the others.

    Args:
        counts: votes for each answer that was given.
        accuracy: share of right answers of a worker.
        plausible: answers that could be given, the right one among them; at least those that were.

    >>> [round(value, 4) for value in posterior([7, 2], 0.75, 2)]
    [0.9959, 0.0041]
    >>> [round(value, 4) for value in posterior([7, 2], 1.0, 5) + posterior([3, 3], 1.0, 5) + posterior([7, 2], 0.0, 2)]
    [1.0, 0.0, 0.5, 0.5, 0.0, 1.0]
    """
    answers = max(plausible, len(counts))
    if answers < 2:
        return [1.0]
    # Workers who are always right, or always wrong, are the limit of those who nearly are: then votes that contradict
    # each other still leave something to say.
    accuracy = min(max(accuracy, _NEVER), 1 - _NEVER)
    weight = log(accuracy) - log((1 - accuracy) / (answers - 1))
    unseen = answers - len(counts)
    top = max([weight * count for count in counts] + [0.0] * bool(unseen))
    likely = [exp(weight * count - top) for count in counts]
    whole = sum(likely) + (unseen * exp(-top) if unseen else 0.0)
    return [value / whole for value in likely]


def precision_of_rule(rule: Rule, accuracy: float, plausible: int) -> float:
    """How often an accepted answer is right, if workers err independently: P(right | at least k of n agree).

    >>> round(precision_of_rule(Rule(7, 9), 0.75, 2), 5)
    0.99777
    """

    def at_least(share: float) -> float:
        n = rule.votes
        return sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(rule.agreeing, n + 1))

    right = at_least(accuracy)
    wrong = (plausible - 1) * at_least((1 - accuracy) / (plausible - 1))
    return right / (right + wrong)


def accuracy_needed(rule: Rule, wanted: float, plausible: int, barely: bool = False) -> float:
    """The worker accuracy at which answers that the rule accepts are right with probability `wanted`.

    With `barely`, those that just pass it, with the other votes agreeing on one wrong answer: the worst that can be.

    >>> round(accuracy_needed(Rule(7, 9), 0.999999, 2), 3), round(accuracy_needed(Rule(7, 9), 0.999999, 2, True), 3)
    (0.915, 0.941)
    """
    just = [rule.agreeing, rule.votes - rule.agreeing]

    def gap(accuracy: float) -> float:
        sure = posterior(just, accuracy, plausible)[0] if barely else precision_of_rule(rule, accuracy, plausible)
        return sure - wanted

    return float(brentq(gap, 1 / plausible + 1e-9, 1 - 1e-12, xtol=1e-12))


def decide(votes: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """The rule applied to the first n votes on each question, in the order of the rows.

    Args:
        votes: task, worker, answer, at; each worker once a task.
        rule: how many of how many.

    Returns:
        By task: answer (the leading one, ties by its text), agreeing, votes, state, and votes_used: how many votes it
        takes to know the decision when they are bought one by one. Buying stops when an answer has k votes, or when
        none can reach them any more, so every decision is the one of the whole n votes.
    """
    nth = votes.groupby("task", sort=False).cumcount()
    first = votes[nth < rule.votes].assign(nth=nth[nth < rule.votes] + 1)
    first["so_far"] = first.groupby(["task", "answer"], sort=False).cumcount() + 1
    first["most"] = first.groupby("task", sort=False)["so_far"].cummax()
    settled = (first["most"] >= rule.agreeing) | (first["most"] + rule.votes - first["nth"] < rule.agreeing)
    used = first.loc[settled].groupby("task")["nth"].min()
    counts = first.groupby(["task", "answer"], sort=False).size().rename("agreeing").reset_index()
    counts = counts.sort_values(["task", "agreeing", "answer"], ascending=[True, False, True])
    table = counts.drop_duplicates("task").set_index("task")[["answer", "agreeing"]]
    table["votes"] = first.groupby("task").size()
    table["state"] = [rule.state(most, cast) for most, cast in zip(table["agreeing"], table["votes"], strict=True)]
    table["votes_used"] = used.reindex(table.index).fillna(table["votes"]).astype("int64")
    return table.sort_index()


def votes_saved(decisions: pd.DataFrame) -> tuple[int, int]:
    """Votes that stopping early saves, and votes in all."""
    return int((decisions["votes"] - decisions["votes_used"]).sum()), int(decisions["votes"].sum())


def wilson(right: int, asked: int, z: float = 1.96) -> tuple[float, float]:
    """Range of a share, 95 times in 100. Source: Wilson, JASA 1927.

    >>> [round(end, 3) for end in wilson(97, 100)]
    [0.915, 0.99]
    """
    if not asked:
        return 0.0, 1.0
    share, square = right / asked, z * z / asked
    middle = (share + square / 2) / (1 + square)
    half = z * np.sqrt(share * (1 - share) / asked + square / (4 * asked)) / (1 + square)
    return float(middle - half), float(middle + half)


def promise_curve(rule: Rule, plausible: int) -> pd.DataFrame:
    """What the rule promises at each worker accuracy: accuracy, and `wrong`, the chance of a wrong accepted answer."""
    accuracy = np.linspace(max(0.55, 1 / plausible + 0.05), 0.99, 89)
    return pd.DataFrame(
        {"accuracy": accuracy, "wrong": [1 - precision_of_rule(rule, share, plausible) for share in accuracy]}
    )
