"""Which model a snapshot is made with: the one in use, one that a person asks for, or one that has earned its place."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from athlete_intel.errors import ModelError
from athlete_intel.features.questions import Questions
from athlete_intel.influence.candidates import log_outcome
from athlete_intel.influence.learning import Learned, backtest_of
from athlete_intel.influence.registry import StoredModel
from athlete_intel.influence.store import ModelStore
from athlete_intel.monitoring import retrain
from athlete_intel.monitoring.retrain import Compared, PayMoved, choice_table, compare_models, retrain_reason
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Snapshots

_GROUPS = ("sport", "kind", "format")


@dataclass(frozen=True)
class Situation:
    """What is known before a model is chosen: open alerts of the last snapshot, and what people asked for.

    `pinned` is the version that somebody put in charge, until somebody asks for another one; `by_hand` says that
    somebody asked for a new model since the last snapshot.
    """

    has_alert: bool = False
    by_hand: bool = False
    pinned: str | None = None


def choose_model(
    models: ModelStore,
    challenger: Learned,
    training: Questions,
    today: pd.DataFrame,
    tables: dict[str, pd.DataFrame],
    situation: Situation,
    settings: Settings,
) -> tuple[Learned, dict[str, pd.DataFrame]]:
    """The model to use, and the published tables that tell of it: `model_choice`, `backtest` and `model_candidates`.

    Args:
        models: the store; the challenger is in it.
        challenger: learnt from everything known.
        training: what it learnt from.
        today: features of every athlete.
        tables: `backtest` and `model_candidates` of the challenger's kind.
        situation: alerts and wishes.
        settings: days after which a model is retrained, windows and seed.
    """
    stored = _in_charge(models, situation)

    def kept(reason: str, why: str) -> tuple[Learned, dict[str, pd.DataFrame]]:
        before = stored.version if stored else None
        choice = choice_table(before, challenger.version, challenger.version, reason, None, why, PayMoved())
        return challenger, tables | {"model_choice": choice}

    if stored is None:
        return kept(retrain.FIRST, "There was no model before.")
    if stored.version == challenger.version:
        return kept(retrain.NO_REASON, "Data and code are those of the champion, so it is the same model.")
    try:
        champion = models.load(stored.version, features=training.catalogue["feature"].tolist())
    except ModelError as error:
        return kept(retrain.UNUSABLE, str(error))
    # The calendar is that of the data, so that the same data give the same choice on any day.
    age = (training.asks["as_of"].max() - pd.Timestamp(stored.card.window_to)) / pd.Timedelta(days=1)
    reason = retrain_reason(age, settings.retrain_days, situation.has_alert, situation.by_hand)
    compared = _compare(champion, challenger, stored, training, tables["backtest"], settings.interval)
    is_pinned = situation.pinned == stored.version
    if compared.better and reason != retrain.NO_REASON and not is_pinned:
        # A backtest is but a table. Before anybody is paid by it, its predictions are made once more.
        tables = tables | {"backtest": backtest_of(challenger.chosen, training, settings)}
        compared = _compare(champion, challenger, stored, training, tables["backtest"], settings.interval)
    promoted = compared.better and reason != retrain.NO_REASON and not is_pinned
    why = compared.why
    if is_pinned:
        why = "The champion was put there by hand and stays until somebody asks for another one."
    elif reason == retrain.NO_REASON:
        why = "Neither an alert nor the calendar asks for another model."
    used = challenger if promoted else champion
    moved = _pay_moved(champion, challenger, today)
    choice = choice_table(stored.version, challenger.version, used.version, reason, compared, why, moved)
    return used, _of_kind(used.chosen, challenger.chosen, training, tables, settings) | {"model_choice": choice}


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


def _in_charge(models: ModelStore, situation: Situation) -> StoredModel | None:
    """The model that somebody put in charge, if it is stored; else the champion."""
    stored = {model.version: model for model in models.all()}
    return stored.get(situation.pinned or "") or models.champion()


def _of_kind(
    used: str, tested: str, training: Questions, tables: dict[str, pd.DataFrame], settings: Settings
) -> dict[str, pd.DataFrame]:
    """The tables about the kind of model that is used, where another one was tested: accuracy is told of what pays."""
    candidates = tables["model_candidates"]
    if used == tested or used not in set(candidates["candidate"]):
        return tables
    backtest = backtest_of(used, training, settings)
    inside = backtest["actual"].between(backtest["low"], backtest["high"]).where(backtest["low"].notna())
    is_used = candidates["candidate"] == used
    told = "In use, because the champion is kept; the comparison would choose another one: "
    candidates = candidates.assign(
        chosen=is_used,
        coverage=np.where(is_used, inside.astype("float64").mean(), np.nan),
        why=candidates["why"].where(~is_used, told + candidates["why"].str[:1].str.lower() + candidates["why"].str[1:]),
    )
    return tables | {"backtest": backtest, "model_candidates": candidates}


def _compare(
    champion: Learned,
    challenger: Learned,
    stored: StoredModel,
    training: Questions,
    backtest: pd.DataFrame,
    interval: float,
) -> Compared:
    """Both on the outcomes of stories that were told after the champion's training ended."""
    end = pd.Timestamp(stored.card.window_to) + pd.Timedelta(days=1)
    rows = backtest[backtest["as_of"] >= end]
    matrix = training.matrix.set_axis(training.rows["row_id"]).loc[rows["row_id"]]
    actual = training.rows.set_index("row_id")["outcome"].loc[rows["row_id"]]
    shared = {"row_id": rows["row_id"].to_numpy(), "athlete_id": rows["athlete_id"].to_numpy()}
    shared["actual_log"] = log_outcome(actual).to_numpy()
    if not len(rows):
        names = [*shared, "predicted_log", "low_log", "high_log", "remembered_log"]
        nothing = pd.DataFrame({name: [] for name in names})
        return compare_models(nothing, nothing, pd.DataFrame(), interval)
    told = champion.predict(matrix)[["predicted_log", "low_log", "high_log"]].reset_index(drop=True)
    old = pd.DataFrame(shared).join(told)
    columns = {"predicted_log": "predicted", "low_log": "low", "high_log": "high"}
    logs = {name: log_outcome(rows[column]).to_numpy() for name, column in columns.items()}
    # What the very model that would be used says of outcomes that it has learnt from.
    logs["remembered_log"] = challenger.predict(matrix)["predicted_log"].to_numpy()
    return compare_models(old, pd.DataFrame(shared | logs), _groups(old, training), interval)


def _groups(old: pd.DataFrame, training: Questions) -> pd.DataFrame:
    """In which groups nobody may become much worse, by row_id: sizes of athletes, sports, kinds and formats."""
    thirds = pd.cut(
        old["predicted_log"].rank(method="first", pct=True),
        [0, 1 / 3, 2 / 3, 1],
        labels=["the lowest third", "the middle third", "the highest third"],
    )
    groups = thirds.astype("str").set_axis(old["row_id"]).to_frame("size")
    if "story_facts" in training.answers:
        facts = training.answers["story_facts"].drop_duplicates("ask_id").set_index("ask_id")
        groups = groups.join(facts[[name for name in _GROUPS if name in facts]])
    return groups


def _pay_moved(champion: Learned, challenger: Learned, today: pd.DataFrame) -> PayMoved:
    """What becomes of the expected outcome, and so of pay at the same rate, if the challenger were used."""
    before, after = (np.expm1(model.predict(today)["predicted_log"]) for model in (champion, challenger))
    whole = float(before.sum())
    change = after / before.clip(lower=1e-9) - 1
    return PayMoved(
        float(after.sum() / whole - 1) if whole > 0 else 0.0,
        int((change >= retrain.MUCH).sum()),
        int((change <= -retrain.MUCH).sum()),
        len(today),
    )
