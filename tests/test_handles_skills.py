"""Worker skills: against plain Python, against known truth, and on real Turk data."""

import math
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from athlete_intel.handles import consensus, gold, skills, states
from athlete_intel.handles.consensus import Rule
from benchmarks import handles as benchmark
from benchmarks import unseen
from tests.conftest import real_folder

BEFORE = (skills.RIGHT_BEFORE, skills.WRONG_BEFORE)


def made_up(
    rng: np.random.Generator, tasks: int, accuracies: list[float], answers: int
) -> tuple[pd.DataFrame, list[str]]:
    truth = rng.integers(answers, size=tasks)
    rows = []
    for task in range(tasks):
        for worker, accuracy in enumerate(accuracies):
            right = rng.random() < accuracy
            vote = truth[task] if right else (truth[task] + rng.integers(1, answers)) % answers
            rows.append((task, f"w{worker}", str(vote), worker))
    return pd.DataFrame(rows, columns=["task", "worker", "answer", "at"]), [str(t) for t in truth]


def plain_one_coin(votes: pd.DataFrame, plausible: int) -> dict[tuple[int, str], float]:
    """The same model with dictionaries and loops."""
    by_task: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in votes.itertuples():
        by_task[row.task].append((row.worker, row.answer))
    right = {
        (task, answer): sum(a == answer for _, a in cast) / len(cast)
        for task, cast in by_task.items()
        for answer in {a for _, a in cast}
    }
    for _ in range(200):
        skill = {}
        for worker in sorted({w for cast in by_task.values() for w, _ in cast}):
            own = [(task, a) for task, cast in by_task.items() for w, a in cast if w == worker]
            skill[worker] = (sum(right[each] for each in own) + BEFORE[0]) / (len(own) + sum(BEFORE))
        new = {}
        for task, cast in by_task.items():
            given_answers = sorted({a for _, a in cast})
            possible = max(len(given_answers), plausible)
            likely = {
                answer: math.prod(skill[w] if a == answer else (1 - skill[w]) / (possible - 1) for w, a in cast)
                for answer in given_answers
            }
            nobody = math.prod((1 - skill[w]) / (possible - 1) for w, _ in cast) * (possible - len(given_answers))
            whole = sum(likely.values()) + nobody
            new |= {(task, answer): value / whole for answer, value in likely.items()}
        moved = max(abs(new[each] - right[each]) for each in new)
        right = new
        if moved < 1e-7:
            break
    return right


def plain_dawid_skene(votes: pd.DataFrame) -> dict[tuple[int, str], float]:
    """Dawid and Skene's equations with dictionaries and loops."""
    classes = sorted(set(votes["answer"]))
    tasks, workers = sorted(set(votes["task"])), sorted(set(votes["worker"]))
    cast = {(row.task, row.worker): row.answer for row in votes.itertuples()}
    right = {}
    for task in tasks:
        own = [answer for (t, _), answer in cast.items() if t == task]
        right |= {(task, c): own.count(c) / len(own) for c in classes}
    for _ in range(200):
        share = {c: sum(right[task, c] for task in tasks) / len(tasks) for c in classes}
        confusion = {}
        for worker in workers:
            for true in classes:
                counts = {c: BEFORE[0] if c == true else BEFORE[1] / (len(classes) - 1) for c in classes}
                for (task, w), answer in cast.items():
                    if w == worker:
                        counts[answer] += right[task, true]
                confusion |= {(worker, true, c): counts[c] / sum(counts.values()) for c in classes}
        new = {}
        for task in tasks:
            likely = {
                c: share[c] * math.prod(confusion[w, c, answer] for (t, w), answer in cast.items() if t == task)
                for c in classes
            }
            new |= {(task, c): likely[c] / sum(likely.values()) for c in classes}
        moved = max(abs(new[each] - right[each]) for each in new)
        right = new
        if moved < 1e-7:
            break
    return right


@pytest.mark.parametrize("seed", range(3))
def test_one_coin_is_the_plain_one(seed: int) -> None:
    votes, _ = made_up(np.random.default_rng(seed), 12, [0.9, 0.8, 0.7, 0.5, 0.3], answers=4)
    found, expected = skills.one_coin(votes, plausible=5), plain_one_coin(votes, 5)
    for row in found.answers.itertuples():
        assert row.posterior == pytest.approx(expected[row.task, row.answer], abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_dawid_skene_is_the_plain_one(seed: int) -> None:
    votes, _ = made_up(np.random.default_rng(seed), 14, [0.9, 0.8, 0.6, 0.3], answers=3)
    found, expected = skills.dawid_skene(votes), plain_dawid_skene(votes)
    for row in found.answers.itertuples():
        assert row.posterior == pytest.approx(expected[row.task, row.answer], abs=1e-6)


@settings(max_examples=60)
@given(st.lists(st.text("abc", min_size=3, max_size=6), min_size=2, max_size=8))
def test_posteriors_and_log_odds_say_the_same(lines: list[str]) -> None:
    rows = [(task, f"w{i}", answer, i) for task, line in enumerate(lines) for i, answer in enumerate(line)]
    votes = pd.DataFrame(rows, columns=["task", "worker", "answer", "at"])
    for fitted in (skills.one_coin(votes, 4), skills.dawid_skene(votes)):
        from_odds = 1 / (1 + np.exp(-fitted.answers["log_odds"]))
        assert from_odds.to_numpy() == pytest.approx(fitted.answers["posterior"].to_numpy(), abs=1e-6)
        assert fitted.answers.groupby("task")["posterior"].sum().le(1 + 1e-9).all()


def test_skills_and_truth_are_recovered() -> None:
    accuracies = [0.97, 0.93, 0.9, 0.85, 0.8, 0.75, 0.65, 0.5, 0.3]
    votes, truth = made_up(np.random.default_rng(5), 400, accuracies, answers=4)
    for fitted in (skills.one_coin(votes, 4), skills.dawid_skene(votes)):
        assert fitted.workers["accuracy"].to_numpy() == pytest.approx(accuracies, abs=0.06)
        majority = consensus.decide(votes, Rule(5, 9))["answer"].to_numpy()
        learnt = fitted.best()["answer"].to_numpy()
        assert (learnt == truth).mean() >= (majority == truth).mean()
        assert (learnt == truth).mean() > 0.98


def test_the_order_of_votes_does_not_matter() -> None:
    votes, _ = made_up(np.random.default_rng(6), 30, [0.9, 0.8, 0.7, 0.6], answers=3)
    shuffled = votes.sample(frac=1, random_state=1)
    for model in (lambda v: skills.one_coin(v, 3), skills.dawid_skene):
        one, other = model(votes), model(shuffled)
        pd.testing.assert_frame_equal(one.answers, other.answers, atol=1e-9, rtol=0)


def test_the_weight_of_evidence_is_recovered_where_errors_are_copied() -> None:
    rng = np.random.default_rng(8)
    odds = rng.normal(6, 4, 4_000)
    right = rng.random(4_000) < 1 / (1 + np.exp(-0.35 * odds))
    assert gold.evidence_weight(odds, right) == pytest.approx(0.35, abs=0.03)
    assert gold.evidence_weight(np.array([]), np.array([])) == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize(
    ("name", "accepted", "tasks", "precision"), [("rte", 457, 800, 0.976), ("temp", 336, 462, 0.973)]
)
def test_real_turk_answers(name: str, accepted: int, tasks: int, precision: float) -> None:
    real_folder("crowd_rte_temp")
    figures, facts = benchmark.turk_figures(name)
    rule = figures["7 of 9"]
    assert facts["tasks"] == tasks
    assert (rule.accepted, round(rule.precision, 3)) == (accepted, precision)
    for label, figure in figures.items():
        assert figure.accepted >= accepted, label
        assert figure.precision >= rule.precision, label
        # The mean over five turns, in each of which another fifth of the tasks is gold and the rest is stated.
        assert abs(figure.stated_gap) < 0.015, label
        assert abs(figure.stated - figure.precision) < 0.015, label
    # What independence would promise is further off than what is said.
    assert all(figure.raw - figure.precision > abs(figure.stated - figure.precision) for figure in figures.values())
    assert facts["7 of 9 if independent"] > 0.995


@pytest.mark.parametrize("name", ["rte", "temp"])
def test_early_stopping_on_real_answers_keeps_every_decision(name: str) -> None:
    real_folder("crowd_rte_temp")
    votes, _ = benchmark.turk_votes(name)
    whole = consensus.decide(votes, Rule())
    bought = votes[votes.groupby("task").cumcount() < votes["task"].map(whole["votes_used"])]
    stopped = consensus.decide(bought, Rule())
    accepted = whole["state"] == consensus.ACCEPTED
    pd.testing.assert_series_equal(stopped["state"], whole["state"])
    pd.testing.assert_series_equal(stopped.loc[accepted, "answer"], whole.loc[accepted, "answer"])
    saved, cast = consensus.votes_saved(whole)
    assert saved == len(votes) - len(bought)
    assert saved / cast > 0.1


def test_without_gold_questions_skills_alone_accept_nothing() -> None:
    """Eight workers who agree with most others against four: the rule says contested, the skills are sure."""
    rng = np.random.default_rng(12)
    votes, truth = made_up(rng, 120, [0.98] * 4 + [0.6] * 5, answers=4)
    ballots = votes.assign(athlete_id=votes["task"].astype(str), platform="twitter", written=votes["answer"])
    ballots = ballots.rename(columns={"worker": "worker_id", "at": "voted_at"})
    everything = pd.DataFrame({"athlete_id": [str(n) for n in range(120)], "platform": "twitter", "answer": truth})
    accepted = {}
    for asked in (0, gold.LEAST_GOLD - 1, gold.LEAST_GOLD, 120):
        found = states.judge(ballots, everything.head(asked), Rule(), 4, 0.99).answers
        by_rule = consensus.decide(votes, Rule())["state"] == consensus.ACCEPTED
        accepted[asked] = int((found["state"] == consensus.ACCEPTED).sum() - by_rule.sum())
    assert accepted[0] <= 0
    assert accepted[gold.LEAST_GOLD - 1] <= 0
    assert accepted[gold.LEAST_GOLD] > 10
    assert accepted[120] > 10


def test_workers_nobody_had_looked_at_are_calibrated_once_there_is_gold() -> None:
    """The weight to start from was set on real answers; elsewhere it hardly matters once gold questions are asked."""
    tables = [unseen.calibration(usual, range(3)) for usual in (0.2, 0.4, 0.8)]
    off = [table.loc[table["gold"] == 60, "off"].mean() for table in tables]
    assert max(off) - min(off) < 0.3
    easy = tables[1].query("gold == 60 and difficulty <= 0.5")
    assert easy["gap"].abs().max() < 1.5
