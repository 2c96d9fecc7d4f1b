"""The model that was in use until now, and what its accuracy is: what a choice of a model begins with.

Where the model in charge cannot be loaded, or its ranges are for another share of outcomes than the settings ask for,
the newest one that was in use before stands in for it.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from athlete_intel.errors import ModelError
from athlete_intel.features.questions import Questions
from athlete_intel.influence.learning import Learned, backtest_of
from athlete_intel.influence.registry import StoredModel
from athlete_intel.influence.store import ModelStore
from athlete_intel.model_trial import with_own_predictions
from athlete_intel.monitoring.looks import NO_LOOKS, Looks
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Snapshots


@dataclass(frozen=True)
class Situation:
    """What is known before a model is chosen.

    Attributes:
        by_hand: whether somebody asked for a new model since the last snapshot.
        pinned: the version that somebody put in charge, until somebody asks for another one.
        used_before: versions that snapshots were made with, the one in use first, then newest first.
        looks: comparisons with the champion so far that could have replaced it.
        decision: number of the newest decision about models; None if there is none.
    """

    by_hand: bool = False
    pinned: str | None = None
    used_before: tuple[str, ...] = ()
    looks: Looks = NO_LOOKS
    decision: int | None = None


@dataclass(frozen=True)
class InUse:
    """The model in use before a choice is made.

    Attributes:
        stored: its place in the store; None if there is none that can be used.
        learned: the model; None if there is none that can be used.
        in_charge: the model that should be in use; another one if that cannot be used.
        trouble: what is wrong with the one in charge; empty if nothing is.
    """

    stored: StoredModel | None = None
    learned: Learned | None = None
    in_charge: StoredModel | None = None
    trouble: str = ""

    @property
    def end(self) -> pd.Timestamp:
        """Of its training: stories from then on it has not seen."""
        assert self.stored is not None
        return pd.Timestamp(self.stored.card.window_to) + pd.Timedelta(days=1)


def model_in_use(models: ModelStore, situation: Situation, training: Questions, interval: float) -> InUse:
    """The model in charge, or the newest used before it that can be loaded and promises what the settings ask for.

    A model that was stored but never used does not stand in: nobody has found it good.

    Args:
        models: the store.
        situation: who was put in charge, and what was used before.
        training: what there is to learn from; a model that asks for other features cannot be used.
        interval: share of outcomes that a range should hold; ranges learnt for another share would break the promise.
    """
    in_charge = _in_charge(models, situation)
    if in_charge is None and not situation.used_before:
        return InUse()
    features = training.catalogue["feature"].tolist()
    stored = {model.version: model for model in models.all()}
    trouble = "" if in_charge else "The store holds no model that was in use any more."
    versions = [*([in_charge.version] if in_charge else []), *situation.used_before]
    for version in dict.fromkeys(versions):
        if version in stored:
            if other := _other_promise(stored[version], interval):
                trouble = trouble or other
                continue
            try:
                return InUse(stored[version], models.load(version, features=features), in_charge, trouble)
            except ModelError as error:
                trouble = trouble or _without_advice(str(error))
    return InUse(None, None, in_charge, trouble)


def tables_of(
    in_use: InUse, tables: dict[str, pd.DataFrame], tested: str, training: Questions, settings: Settings
) -> dict[str, pd.DataFrame]:
    """The tables `backtest` and `model_candidates` about the model in use: accuracy is told of what pays.

    Args:
        in_use: one that can be used.
        tables: the same of the kind that was tested last.
        tested: that kind.
        training: stories with outcomes.
        settings: windows and seed.
    """
    used = in_use.learned
    assert used is not None
    candidates, backtest = tables["model_candidates"], tables["backtest"]
    was_tested = used.chosen in set(candidates["candidate"])
    if used.chosen != tested and was_tested:
        backtest = backtest_of(used.chosen, training, settings)
        is_used = candidates["candidate"] == used.chosen
        told = "In use, because the champion is kept; the comparison would choose another one: "
        lower = candidates["why"].str[:1].str.lower() + candidates["why"].str[1:]
        candidates = candidates.assign(chosen=is_used, why=candidates["why"].where(~is_used, told + lower))
    backtest = with_own_predictions(backtest, used, in_use.end, training)
    inside = backtest["actual"].between(backtest["low"], backtest["high"]).where(backtest["low"].notna())
    coverage = np.where(candidates["chosen"].astype(bool), inside.astype("float64").mean(), np.nan)
    return {"backtest": backtest, "model_candidates": candidates.assign(coverage=coverage)}


def earlier_model(models: ModelStore, snapshots: Snapshots) -> StoredModel | None:
    """The model that was used before the one in use, as snapshots tell; None if it is not stored any more.

    A challenger that never earned its place was not used, however new it is.
    """
    champion = models.champion()
    stored = {model.version: model for model in models.all()}
    for snapshot in snapshots.all():
        version = str(snapshots.read("dataset", ["model_version"], snapshot=snapshot)["model_version"].item())
        if version in stored and (champion is None or version != champion.version):
            return stored[version]
    return None


def _other_promise(stored: StoredModel, interval: float) -> str:
    """That the ranges of a model are for another share of outcomes than is asked for; empty where they are not."""
    own = stored.card.parameters.get("interval")
    if not isinstance(own, float) or math.isclose(own, interval):
        return ""
    return f"The ranges of {stored.version} are for {own:.0%} of outcomes, and the settings ask for {interval:.0%}."


def _without_advice(told: str) -> str:
    """What is wrong with a model, without the command that makes a new one: in a build, which makes one, it is no help.

    >>> _without_advice("The model a is damaged, so it is not used; run `build` to make a new one.")
    'The model a is damaged, so it is not used.'
    >>> _without_advice("a.skops is not loaded. It holds a type that is not known. Run `build` to make a new one.")
    'a.skops is not loaded. It holds a type that is not known.'
    """
    return told.partition("; run `")[0].partition(" Run `")[0].rstrip(".") + "."


def _in_charge(models: ModelStore, situation: Situation) -> StoredModel | None:
    """The model that somebody put in charge, if it is stored; else the champion."""
    stored = {model.version: model for model in models.all()}
    return stored.get(situation.pinned or "") or models.champion()
