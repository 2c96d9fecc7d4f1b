"""`python -m benchmarks.health poisoned [--number N]`: challengers that learnt from shuffled outcomes.

Two kinds of poison. In one the challenger alone saw shuffled outcomes, as when its training was broken. In the other
the outcomes of all stories told after the champion's training are shuffled in the data themselves, so that nothing at
hand tells the truth any more. Neither challenger may be promoted, though an alert asks for another model. That the
comparison does not simply refuse everybody is shown beside it: where stories bring half of what they brought since the
champion was trained, an honest challenger should take over.
"""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from athlete_intel.features import tables as feature_tables
from athlete_intel.features.questions import Questions, questions_of
from athlete_intel.influence.cards import card_of
from athlete_intel.influence.learning import Learned, learn
from athlete_intel.influence.store import ModelStore
from athlete_intel.model_choice import choose_model
from athlete_intel.model_in_use import Situation, model_in_use, tables_of
from athlete_intel.settings import Settings
from benchmarks.asked import asked, say
from benchmarks.worlds import END, made

ATHLETES, DAYS, CHAMPION_DAYS = 120, 330, 90
FIRST_SEED = 2_001
CHANGED = 0.5
"""What is left of outcomes after a real change."""


def poisoned(number: int) -> None:
    """Try so many worlds of each kind, and print how many challengers were promoted."""
    promoted = dict.fromkeys(("learnt from shuffled outcomes", "outcomes shuffled in the data"), 0)
    honest = 0
    for seed in range(FIRST_SEED, FIRST_SEED + number):
        whole = _questions("calm", seed)
        champion = _until(whole, END - timedelta(days=CHAMPION_DAYS))
        newer = (whole.asks["as_of"] >= champion.asks["as_of"].max()).to_numpy()
        lies = {
            "learnt from shuffled outcomes": (_shuffled(whole, np.ones(len(newer), dtype=bool), seed), whole),
            "outcomes shuffled in the data": (shuffled := _shuffled(whole, newer, seed), shuffled),
        }
        learned, tables = learn(champion, Settings())
        for kind, (learnt_from, judged_by) in lies.items():
            promoted[kind] += _promoted(learned, champion, tables, learnt_from, judged_by)
        halved = _with_outcomes(whole, whole.asks["outcome"].where(~newer, whole.asks["outcome"] * CHANGED))
        honest += _promoted(learned, champion, tables, halved, halved)
    say(f"challengers, {number} worlds of {ATHLETES} athletes and {DAYS} days each")
    for kind, times in promoted.items():
        asked(kind, f"{times} of {number} promoted", "never", times == 0)
    asked("honest, after a real change", f"{honest} of {number} promoted", "all", honest == number)
    say("")


def _questions(scenario: str, seed: int) -> Questions:
    with made(scenario, seed, ATHLETES, DAYS) as database:
        return questions_of(database, feature_tables.sql("training_asks"), END, 200)


def _until(found: Questions, time: datetime) -> Questions:
    """What was known at a time."""
    rows = (found.rows["outcome_known_at"] <= time).to_numpy()
    return Questions(found.asks[rows].reset_index(drop=True), found.answers, found.matrix[rows], found.catalogue)


def _shuffled(found: Questions, rows: np.ndarray, seed: int) -> Questions:
    outcomes = found.asks["outcome"].to_numpy(copy=True)
    outcomes[rows] = np.random.default_rng(seed).permutation(outcomes[rows])
    return _with_outcomes(found, outcomes)


def _with_outcomes(found: Questions, outcomes: object) -> Questions:
    return Questions(found.asks.assign(outcome=outcomes), found.answers, found.matrix, found.catalogue)


def _promoted(
    champion: Learned,
    known: Questions,
    its_tables: dict[str, pd.DataFrame],
    learnt_from: Questions,
    judged_by: Questions,
) -> bool:
    """Whether a challenger takes over that learnt from one set of stories and is judged by another."""
    settings = Settings()
    challenger, tables = learn(learnt_from, settings)
    with tempfile.TemporaryDirectory() as folder:
        models = ModelStore(Path(folder))
        for model, questions, about in ((champion, known, its_tables), (challenger, learnt_from, tables)):
            card = card_of(model, questions, about["model_candidates"], settings)
            models.save(model, card, datetime(2026, 1, 1))
        models.promote(champion.version)
        today = judged_by.matrix.iloc[-ATHLETES:]
        situation = Situation()
        in_use = model_in_use(models, situation, judged_by)
        own_tables = tables_of(in_use, tables, challenger.chosen, judged_by, settings)
        used, _ = choose_model(
            models, in_use, challenger, judged_by, today, tables, own_tables, situation, True, settings, _cents
        )
    return used.version == challenger.version


def _cents(predicted: pd.Series) -> pd.Series:
    """Half a cent for each of the outcome: what is paid plays no part in who is promoted."""
    return (predicted / 2).round().astype("int64")
