"""Which model is used: poisoned ones never, what a person puts in charge always, and its own accuracy is published."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from athlete_intel.features.questions import Questions
from athlete_intel.influence import evaluation
from athlete_intel.influence.candidates import CANDIDATES, fit
from athlete_intel.influence.cards import card_of
from athlete_intel.influence.learning import Learned, backtest_of, learn
from athlete_intel.influence.store import ModelStore
from athlete_intel.model_choice import Situation, choose_model
from athlete_intel.settings import Settings
from tests.test_learning import questions
from tests.test_unknown import CATALOGUE

SETTINGS = Settings(backtest_window_days=3)
ASKED = Situation(by_hand=True)
SEEDS = range(5)
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class World:
    """A store with a champion that learnt from the first eight days, and what is known after fifteen."""

    models: ModelStore
    champion: Learned
    training: Questions
    challenger: Learned
    tables: Tables

    def choose(
        self, challenger: Learned, tables: Tables, situation: Situation = ASKED, training: Questions | None = None
    ) -> tuple[Learned, Tables]:
        card = card_of(challenger, self.training, tables["model_candidates"], SETTINGS)
        self.models.save(challenger, card, datetime(2026, 2, 1))
        today = self.training.matrix.iloc[-60:]
        return choose_model(self.models, challenger, training or self.training, today, tables, situation, SETTINGS)


def stories() -> Questions:
    """Stories whose outcome follows likes closely and the athlete's past loosely, so that a median is a weak model."""
    found = questions()
    past = found.matrix["outcome_median"] * np.random.default_rng(0).lognormal(0, 0.8, len(found.matrix))
    return Questions(found.asks, {}, found.matrix.assign(outcome_median=past), found.catalogue)


def until(found: Questions, day: int) -> Questions:
    rows = (found.asks["as_of"] < pd.Timestamp("2026-01-01") + pd.Timedelta(days=day)).to_numpy()
    return Questions(found.asks[rows].reset_index(drop=True), {}, found.matrix[rows], found.catalogue)


def with_outcomes(found: Questions, outcome: object) -> Questions:
    return Questions(found.asks.assign(outcome=outcome), {}, found.matrix, found.catalogue)


def shuffled(found: Questions, seed: int) -> Questions:
    return with_outcomes(found, np.random.default_rng(seed).permutation(found.asks["outcome"]))


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The champion is kept in a store of its own."""
    training = stories()
    first = until(training, 8)
    champion, tables = learn(first, SETTINGS)
    models = ModelStore(tmp_path)
    card = card_of(champion, first, tables["model_candidates"], SETTINGS)
    models.save(champion, card, datetime(2026, 1, 9))
    models.promote(champion.version)
    return World(models, champion, training, *learn(training, SETTINGS))


def choose_kind(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Let the comparison of candidates choose this one."""
    compare = evaluation.compare
    monkeypatch.setattr(
        evaluation, "compare", lambda told: (table := compare(told)).assign(chosen=table["candidate"] == kind)
    )


def test_the_backtest_of_a_kind_is_that_of_learning_it() -> None:
    training = stories()
    learned, tables = learn(training, SETTINGS)
    pd.testing.assert_frame_equal(backtest_of(learned.chosen, training, SETTINGS), tables["backtest"])


def test_accuracy_is_published_of_the_kind_that_is_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    choose_kind(monkeypatch, "median")
    other, tables = learn(world.training, SETTINGS)
    assert other.chosen == "median" != world.champion.chosen
    used, told = world.choose(other, tables)
    assert used.version == world.champion.version
    kind = world.champion.chosen
    pd.testing.assert_frame_equal(told["backtest"], backtest_of(kind, world.training, SETTINGS))
    candidates = told["model_candidates"].set_index("candidate")
    assert candidates.index[candidates["chosen"]].tolist() == [kind]
    inside = told["backtest"].dropna(subset=["low"])
    share = inside["actual"].between(inside["low"], inside["high"]).mean()
    assert candidates["coverage"].dropna().to_dict() == {kind: pytest.approx(share)}
    assert candidates.loc[kind, "why"].startswith("In use, because the champion is kept; the comparison would choose")


def test_a_challenger_that_is_better_takes_over_and_says_what_it_does_to_pay(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        choose_kind(patch, "median")
        first = until(world.training, 8)
        worse, tables = learn(first, SETTINGS)
    models = ModelStore(tmp_path / "other")
    models.save(worse, card_of(worse, first, tables["model_candidates"], SETTINGS), datetime.min)
    models.promote(worse.version)
    used, told = replace(world, models=models).choose(world.challenger, world.tables)
    choice = told["model_choice"].iloc[0]
    assert used.version == choice["used"] == world.challenger.version
    assert choice["challenger_mae_log"] < choice["champion_mae_log"]
    assert (choice["athletes"], choice["pay_gaining"] + choice["pay_losing"] > 0) == (60, True)
    pd.testing.assert_frame_equal(told["backtest"], world.tables["backtest"])


@pytest.mark.parametrize("seed", SEEDS)
def test_what_learnt_from_shuffled_outcomes_is_never_promoted(world: World, seed: int) -> None:
    poisoned, its_tables = learn(shuffled(world.training, seed), SETTINGS)
    assert world.choose(poisoned, its_tables)[0].version == world.champion.version


@pytest.mark.parametrize("seed", SEEDS)
def test_a_poisoned_model_is_not_promoted_on_the_backtest_of_its_kind(world: World, seed: int) -> None:
    poisoned, _ = learn(shuffled(world.training, seed), SETTINGS)
    poisoned = replace(poisoned, chosen=world.challenger.chosen)
    # What its kind predicted is honest, and far better than this champion; the model itself is not.
    worse, tables = learn(shuffled(until(world.training, 8), seed), SETTINGS)
    card = card_of(worse, until(world.training, 8), tables["model_candidates"], SETTINGS)
    world.models.save(worse, card, datetime(2026, 1, 10))
    world.models.promote(worse.version)
    used, told = world.choose(poisoned, world.tables)
    assert used.version == worse.version
    assert "does not know the outcomes that it should have learnt from" in told["model_choice"]["why"].item()
    assert world.choose(world.challenger, world.tables)[0].version == world.challenger.version


@pytest.mark.parametrize("seed", SEEDS)
def test_a_backtest_that_looks_better_than_it_is_promotes_nobody(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_kind(monkeypatch, "median")
    first = until(world.training, 8)
    in_use, tables = learn(first, SETTINGS)
    world.models.save(in_use, card_of(in_use, first, tables["model_candidates"], SETTINGS), datetime(2026, 1, 10))
    world.models.promote(in_use.version)
    weak, tables = learn(world.training, SETTINGS)
    actual = tables["backtest"]["actual"]

    def lie(errors: np.ndarray) -> Tables:
        ends = {"low": actual * 0.5, "high": actual * 2}
        return tables | {"backtest": tables["backtest"].assign(predicted=actual * np.exp(errors), **ends)}

    # Too good for what the model itself knows of the outcomes that it has learnt from.
    used, told = world.choose(weak, lie(np.random.default_rng(seed).normal(0, 0.01, len(actual))))
    assert used.version == in_use.version
    assert "does not know the outcomes" in told["model_choice"]["why"].item()
    # Now it knows them as well as it says, and only predictions made anew give it away.
    knowing = fit(CANDIDATES[-1], world.training.matrix, CATALOGUE, world.training.asks["outcome"], seed)
    known = knowing.predict_log(world.training.matrix).set_axis(world.training.rows["row_id"])
    off = known.loc[tables["backtest"]["row_id"]].to_numpy() - np.log1p(actual.to_numpy())
    used, told = world.choose(replace(weak, model=knowing, version="median-that-knows"), lie(1.01 * off))
    assert used.version == in_use.version
    choice = told["model_choice"].iloc[0]
    assert "not smaller beyond noise" in choice["why"]
    assert choice["challenger_mae_log"] > 1.2 * np.abs(off).mean(), "it was measured anew"


def test_what_a_person_puts_in_charge_is_used_until_somebody_asks_for_another(world: World) -> None:
    used, told = world.choose(world.challenger, world.tables, Situation(pinned=world.challenger.version))
    assert used.version == world.challenger.version, "the page only writes it down; the cycle brings it about"
    world.models.promote(world.challenger.version)
    back = Situation(has_alert=True, pinned=world.champion.version)
    used, told = world.choose(world.challenger, world.tables, back)
    assert used.version == world.champion.version
    assert "put there by hand" in told["model_choice"]["why"].item()
    gone = Situation(pinned="ridge-00000000")
    assert world.choose(world.challenger, world.tables, gone)[0].version == world.challenger.version
