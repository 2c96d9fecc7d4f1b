"""Which model is used: poisoned ones never, what a person puts in charge always, and its own accuracy is published."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from athlete_intel.errors import ModelError
from athlete_intel.features.questions import Questions
from athlete_intel.influence import evaluation
from athlete_intel.influence.candidates import CANDIDATES, fit
from athlete_intel.influence.cards import card_of
from athlete_intel.influence.learning import Learned, backtest_of, learn
from athlete_intel.influence.store import ModelStore
from athlete_intel.model_choice import choose_model
from athlete_intel.model_in_use import Situation, model_in_use, tables_of
from athlete_intel.monitoring.looks import Looks
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
        self,
        challenger: Learned,
        tables: Tables,
        situation: Situation = ASKED,
        training: Questions | None = None,
        has_alert: bool = False,
        settings: Settings = SETTINGS,
    ) -> tuple[Learned, Tables]:
        card = card_of(challenger, self.training, tables["model_candidates"], settings)
        self.models.save(challenger, card, datetime(2026, 2, 1))
        today = self.training.matrix.iloc[-60:]
        known = training or self.training
        in_use = model_in_use(self.models, situation, known, settings.interval)
        own = tables_of(in_use, tables, challenger.chosen, known, settings) if in_use.learned else {}
        return choose_model(
            self.models, in_use, challenger, known, today, tables, own, situation, has_alert, settings, cents
        )

    def break_champion(self) -> None:
        self.models.file(self.models.get(self.champion.version)).write_bytes(b"broken")


def cents(predicted: pd.Series) -> pd.Series:
    """$2 for each of the outcome, and a cap of $3,000."""
    return (200 * predicted).clip(upper=300_000).round().astype("int64")


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


@pytest.fixture(scope="module")
def learnt() -> tuple[Questions, Learned, Tables, Learned, Tables]:
    """What there is to learn from, what was learnt after eight days, and after fifteen."""
    training = stories()
    return training, *learn(until(training, 8), SETTINGS), *learn(training, SETTINGS)


@pytest.fixture
def world(tmp_path: Path, learnt: tuple[Questions, Learned, Tables, Learned, Tables]) -> World:
    """The champion is kept in a store of its own."""
    training, champion, tables, challenger, its_tables = learnt
    models = ModelStore(tmp_path)
    card = card_of(champion, until(training, 8), tables["model_candidates"], SETTINGS)
    models.save(champion, card, datetime(2026, 1, 9))
    models.promote(champion.version)
    return World(models, champion, training, challenger, its_tables)


def put_in_charge(world: World, learned: Learned, tables: Tables, first: Questions) -> None:
    """Store a model that learnt from `first`, and make it the champion."""
    card = card_of(learned, first, tables["model_candidates"], SETTINGS)
    world.models.save(learned, card, datetime(2026, 1, 10))
    world.models.promote(learned.version)


def mixed_up(found: Questions, seed: int) -> Questions:
    """The outcomes since the champion learnt, each given to another story."""
    late = (found.asks["as_of"] >= pd.Timestamp("2026-01-09")).to_numpy()
    outcome = found.asks["outcome"].to_numpy().copy()
    outcome[late] = np.random.default_rng(seed).permutation(outcome[late])
    return with_outcomes(found, outcome)


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
    late = told["backtest"]["as_of"] >= pd.Timestamp("2026-01-09")
    pd.testing.assert_frame_equal(told["backtest"][~late], backtest_of(kind, world.training, SETTINGS)[~late])
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
    today = world.training.matrix.iloc[-60:]
    before, after = (cents(np.expm1(model.predict(today)["predicted_log"])) for model in (worse, world.challenger))
    assert (choice["pay_before_cents"], choice["pay_after_cents"]) == (before.sum(), after.sum())
    assert choice["pay_moved"] == pytest.approx(after.sum() / before.sum() - 1)
    moves = told["pay_moves"].set_index("athlete_id")
    sizes = (moves["challenger_cents"] - moves["champion_cents"]).abs().tolist()
    assert sizes == [size for size in sorted((after - before).abs(), reverse=True) if size][:10], "most are at the cap"
    assert (moves["champion_cents"].tolist(), moves["challenger_cents"].tolist()) == (
        before[moves.index].tolist(),
        after[moves.index].tolist(),
    )
    assert (choice["looks"], choice["looked_until"]) == (1, pd.Timestamp("2026-01-15"))
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
    back = Situation(pinned=world.champion.version)
    used, told = world.choose(world.challenger, world.tables, back, has_alert=True)
    assert used.version == world.champion.version
    assert "put there by hand" in told["model_choice"]["why"].item()
    gone = Situation(pinned="ridge-00000000")
    assert world.choose(world.challenger, world.tables, gone)[0].version == world.challenger.version


def test_from_its_training_on_the_very_model_in_use_is_measured(world: World) -> None:
    late = (world.training.asks["as_of"] >= pd.Timestamp("2026-01-09")).to_numpy()
    moved = with_outcomes(world.training, world.training.asks["outcome"] * np.where(late, 5.0, 1.0))
    challenger, tables = learn(moved, SETTINGS)
    used, told = world.choose(challenger, tables, Situation(pinned=world.champion.version), moved)
    assert used.version == world.champion.version
    backtest = told["backtest"]
    newest = backtest[backtest["as_of"] >= pd.Timestamp("2026-01-12")]
    own = used.predict(moved.matrix.set_axis(moved.rows["row_id"]).loc[newest["row_id"]])
    for column, log in (("predicted", "predicted_log"), ("low", "low_log"), ("high", "high_log")):
        np.testing.assert_allclose(newest[column], np.expm1(own[log]).clip(lower=0))
    error = (np.log1p(newest["predicted"]) - np.log1p(newest["actual"])).abs().mean()
    assert error > 1.2, "a fivefold outcome is 1.6 in logs"
    inside = backtest["actual"].between(backtest["low"], backtest["high"])[backtest["low"].notna()].mean()
    coverage = told["model_candidates"].set_index("candidate")["coverage"].dropna().to_dict()
    assert coverage == {used.chosen: pytest.approx(inside)}


@pytest.mark.parametrize("seed", SEEDS)
def test_outcomes_that_are_wrong_in_the_data_promote_nobody(world: World, seed: int) -> None:
    wrong = mixed_up(world.training, seed)
    challenger, tables = learn(wrong, SETTINGS)
    used, told = world.choose(challenger, tables, training=wrong)
    assert used.version == world.champion.version
    choice = told["model_choice"].iloc[0]
    assert choice["challenger_mae_log"] < choice["champion_mae_log"], "it loses less by guessing the middle"
    assert "no better than one guess for everybody" in choice["why"]


def test_an_unusable_champion_lets_nobody_in_uncompared(world: World) -> None:
    world.break_champion()
    before = Situation(pinned=world.champion.version, used_before=(world.champion.version,))
    poisoned, its_tables = learn(shuffled(world.training, 1), SETTINGS)
    with pytest.raises(
        ModelError, match=r"not what was saved.* does not replace it: .*The last snapshot stays"
    ) as refused:
        world.choose(poisoned, its_tables, before)
    assert "to make a new one" not in str(refused.value), "that is what has just been tried"
    used, told = world.choose(world.challenger, world.tables, before)
    choice = told["model_choice"].iloc[0]
    assert used.version == choice["used"] == world.challenger.version
    assert choice["reason"] == "champion cannot be used"
    assert choice["rows"] == len(world.tables["backtest"])
    assert "not larger than that of the naive guess" in choice["why"]


def test_a_store_that_was_lost_is_not_the_first_ever(world: World, tmp_path: Path) -> None:
    empty = replace(world, models=ModelStore(tmp_path / "empty"))
    poisoned, its_tables = learn(shuffled(world.training, 1), SETTINGS)
    with pytest.raises(ModelError, match="holds no model that was in use"):
        empty.choose(poisoned, its_tables, Situation(used_before=(world.champion.version,)))
    assert empty.choose(poisoned, its_tables, Situation())[1]["model_choice"]["reason"].item() == "first model"


def test_the_model_used_before_stands_in_for_one_that_cannot_be_used(world: World) -> None:
    other, tables = learn(shuffled(until(world.training, 8), 3), SETTINGS)
    put_in_charge(world, other, tables, until(world.training, 8))
    never_used, its_tables = learn(shuffled(until(world.training, 8), 4), SETTINGS)
    world.models.save(
        never_used,
        card_of(never_used, until(world.training, 8), its_tables["model_candidates"], SETTINGS),
        datetime(2026, 1, 11),
    )
    world.models.file(world.models.get(other.version)).write_bytes(b"broken")
    poisoned, its_tables = learn(shuffled(world.training, 1), SETTINGS)
    situation = Situation(used_before=(other.version, world.champion.version))
    used, told = world.choose(poisoned, its_tables, situation)
    assert used.version == told["model_choice"]["champion"].item() == world.champion.version
    assert told["model_choice"]["rows"].item() > 300
    assert f"{world.champion.version}, used before it, stands in." in told["model_choice"]["why"].item()


def test_a_champion_whose_ranges_promise_another_share_than_the_settings_is_not_used(world: World) -> None:
    wide = replace(SETTINGS, interval=0.9)
    challenger, tables = learn(world.training, wide)
    before = (world.champion.version,)
    used, told = world.choose(challenger, tables, Situation(used_before=before), settings=wide)
    choice = told["model_choice"].iloc[0]
    assert used.version == challenger.version
    assert choice["reason"] == "champion cannot be used"
    assert f"The ranges of {world.champion.version} are for 80% of outcomes, and the settings ask for 90%." in str(
        choice["why"]
    )
    # Whoever learnt nothing does not take over by that way either.
    poisoned, its_tables = learn(shuffled(world.training, 1), wide)
    with pytest.raises(ModelError, match=r"the settings ask for 90%.* does not replace it"):
        world.choose(poisoned, its_tables, Situation(used_before=before), settings=wide)
    # Once the settings are as before, the one from before is used again.
    world.models.promote(challenger.version)
    used, told = world.choose(world.challenger, world.tables, Situation(used_before=(challenger.version, *before)))
    assert told["model_choice"]["champion"].item() == world.champion.version


def test_a_champion_is_challenged_once_a_week_unless_a_person_asks(world: World) -> None:
    worse, tables = learn(shuffled(until(world.training, 8), 3), SETTINGS)
    put_in_charge(world, worse, tables, until(world.training, 8))
    newest = pd.Timestamp("2026-01-15")
    looks = Looks(worse.version, 3, newest - pd.Timedelta(days=2))
    used, told = world.choose(world.challenger, world.tables, Situation(looks=looks), has_alert=True)
    choice = told["model_choice"].iloc[0]
    assert used.version == worse.version
    assert "with outcomes of 2026-01-20 or later" in choice["why"]
    assert (choice["looks"], choice["looked_until"]) == (3, looks.until)
    for situation, number in (
        (Situation(by_hand=True, looks=looks), 4),
        (Situation(looks=replace(looks, until=newest - pd.Timedelta(days=7))), 4),
        (Situation(looks=replace(looks, until=newest)), 3),
        (Situation(looks=replace(looks, champion="ridge-0")), 1),
    ):
        used, told = world.choose(world.challenger, world.tables, situation, has_alert=not situation.by_hand)
        assert used.version == world.challenger.version
        assert told["model_choice"]["looks"].item() == number
    used, told = world.choose(world.challenger, world.tables, Situation(looks=looks))
    assert told["model_choice"]["reason"].item() == "no reason"
    assert told["model_choice"]["looks"].item() == 3, "without a reason nobody can take over, so it is no look"
