"""The rule of k of n: decisions, exact posteriors against enumeration, and votes saved."""

import itertools
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from athlete_intel.handles import consensus
from athlete_intel.handles.consensus import ACCEPTED, CONTESTED, NEEDS_VOTES, Rule


def votes(text: str) -> pd.DataFrame:
    """One task a line, one letter a vote, each by a worker of its own."""
    rows = [(task, f"w{i}", answer, i) for task, line in enumerate(text.split()) for i, answer in enumerate(line)]
    return pd.DataFrame(rows, columns=["task", "worker", "answer", "at"])


@pytest.mark.parametrize(
    ("cast", "answer", "agreeing", "state", "used"),
    [
        ("aaaaaaa", "a", 7, ACCEPTED, 7),
        ("aaaaaaabb", "a", 7, ACCEPTED, 7),
        ("bbaaaaaaa", "a", 7, ACCEPTED, 9),
        ("aaaaaabbb", "a", 6, CONTESTED, 9),
        ("abcabcabc", "a", 3, CONTESTED, 5),  # with two of each answer, even four more cannot make seven
        ("aaaa", "a", 4, NEEDS_VOTES, 4),
        ("aabbbaa", "a", 4, CONTESTED, 6),
        ("bbbaaaaaaaaaa", "a", 6, CONTESTED, 6),  # only the first nine count
        ("cbcb", "b", 2, NEEDS_VOTES, 4),  # ties by the text
    ],
)
def test_decisions_of_seven_of_nine(cast: str, answer: str, agreeing: int, state: str, used: int) -> None:
    row = consensus.decide(votes(cast), Rule()).iloc[0]
    assert (row["answer"], row["agreeing"], row["state"], row["votes_used"]) == (answer, agreeing, state, used)


@settings(max_examples=150)
@given(st.lists(st.text("abc", min_size=9, max_size=9), min_size=1, max_size=8), st.sampled_from([5, 6, 7, 9]))
def test_stopping_early_changes_no_decision(lines: list[str], agreeing: int) -> None:
    rule = Rule(agreeing, 9)
    cast = votes(" ".join(lines))
    whole = consensus.decide(cast, rule)
    nth = cast.groupby("task").cumcount()
    bought = cast[nth < cast["task"].map(whole["votes_used"])]
    stopped = consensus.decide(bought, rule)
    assert (stopped["state"] == whole["state"]).all()
    accepted = whole["state"] == ACCEPTED
    assert (stopped["answer"] == whole["answer"])[accepted].all()
    # One vote less, and nobody could have known.
    shorter = consensus.decide(cast[nth < (cast["task"].map(whole["votes_used"]) - 1).clip(lower=1)], rule)
    undecided = shorter["state"] == NEEDS_VOTES
    assert undecided[whole["votes_used"] > 1].all()


@pytest.mark.parametrize("plausible", [2, 3, 4])
@pytest.mark.parametrize("accuracy", [0.55, 0.8, 0.95])
def test_the_posterior_is_that_of_enumeration(plausible: int, accuracy: float) -> None:
    n, wrong = 4, (1 - accuracy) / (plausible - 1)
    for cast in itertools.product(range(plausible), repeat=n):
        likely = [
            math.prod(accuracy if vote == truth else wrong for vote in cast) / plausible for truth in range(plausible)
        ]
        given_answers = sorted(set(cast))
        counts = [cast.count(answer) for answer in given_answers]
        expected = [likely[answer] / sum(likely) for answer in given_answers]
        assert consensus.posterior(counts, accuracy, plausible) == pytest.approx(expected)


@pytest.mark.parametrize(("agreeing", "n", "plausible"), [(3, 4, 2), (3, 5, 3), (4, 5, 3)])
def test_the_precision_of_the_rule_is_that_of_enumeration(agreeing: int, n: int, plausible: int) -> None:
    accuracy, right, accepted = 0.7, 0.0, 0.0
    for cast in itertools.product(range(plausible), repeat=n):  # 0 is the truth
        chance = math.prod(accuracy if vote == 0 else (1 - accuracy) / (plausible - 1) for vote in cast)
        if max(cast.count(answer) for answer in cast) >= agreeing:
            accepted += chance
            right += chance * (cast.count(0) >= agreeing)
    rule = Rule(agreeing, n)
    assert consensus.precision_of_rule(rule, accuracy, plausible) == pytest.approx(right / accepted)


@settings(max_examples=200)
@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=5),
    st.sampled_from([0.0, 1e-15, 0.2, 0.5, 1 - 1e-15, 1.0]),
    st.integers(1, 6),
)
def test_a_posterior_is_a_share_at_every_accuracy(counts: list[int], accuracy: float, plausible: int) -> None:
    shares = consensus.posterior(counts, accuracy, plausible)
    assert all(0 <= share <= 1 for share in shares)
    assert sum(shares) <= 1 + 1e-9
    best = [share for share, count in zip(shares, counts, strict=True) if count == max(counts)]
    if accuracy == 1:
        assert best == pytest.approx([1 / len(best)] * len(best))
    if accuracy == 0 and plausible > len(counts):
        assert shares == pytest.approx([0] * len(counts), abs=1e-9)


def test_more_plausible_wrong_answers_make_agreement_say_more() -> None:
    sure = [consensus.posterior([6, 3], 0.6, plausible)[0] for plausible in (2, 3, 10, 1000)]
    assert sure == sorted(sure)
    assert sure[0] < 0.8 < 0.99 < sure[-1]


def test_the_claim_of_six_nines_takes_very_good_workers() -> None:
    rule = Rule(7, 9)
    needed, barely = (consensus.accuracy_needed(rule, 0.999999, 2, barely=only) for only in (False, True))
    assert needed == pytest.approx(0.9153, abs=0.0001)
    assert barely == pytest.approx(0.9407, abs=0.0001)
    assert consensus.precision_of_rule(rule, needed, 2) == pytest.approx(0.999999, abs=1e-9)
    # Whoever is right 75% of the time is far from it, even by the formula.
    assert consensus.posterior([7, 2], 0.75, 2)[0] == pytest.approx(1 / (1 + 3.0**-5))


def test_wilson_agrees_with_the_textbook() -> None:
    assert consensus.wilson(85, 85) == pytest.approx((0.9567, 1.0), abs=0.001)
    assert consensus.wilson(0, 0) == (0.0, 1.0)
