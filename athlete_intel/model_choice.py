"""Which model a snapshot is made with: the champion, or a challenger that has earned its place."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from athlete_intel.errors import ModelError
from athlete_intel.features.questions import Questions
from athlete_intel.influence.candidates import log_outcome
from athlete_intel.influence.learning import Learned
from athlete_intel.influence.registry import StoredModel
from athlete_intel.influence.store import ModelStore
from athlete_intel.monitoring import retrain
from athlete_intel.monitoring.retrain import Compared, choice_table, compare_models, retrain_reason
from athlete_intel.settings import Settings


@dataclass(frozen=True)
class Situation:
    """What is known before a model is chosen: open alerts of the last snapshot, and what people asked for."""

    has_alert: bool = False
    by_hand: bool = False
    pinned: str | None = None


def choose_model(
    models: ModelStore,
    challenger: Learned,
    training: Questions,
    today: pd.DataFrame,
    backtest: pd.DataFrame,
    situation: Situation,
    settings: Settings,
    now: datetime,
) -> tuple[Learned, pd.DataFrame]:
    """The model to use, and the published table `model_choice`.

    Args:
        models: the store; the challenger is in it.
        challenger: learnt from everything known.
        training: what it learnt from.
        today: features of every athlete.
        backtest: what the challenger's kind predicted of outcomes that it had not seen.
        situation: alerts and wishes.
        settings: days after which a model is retrained.
        now: time of the build.
    """
    stored = models.champion()

    def kept(reason: str, why: str, compared: Compared | None = None) -> tuple[Learned, pd.DataFrame]:
        return challenger, choice_table(
            stored.version if stored else None, challenger.version, challenger.version, reason, compared, why, 0.0
        )

    if stored is None:
        return kept(retrain.FIRST, "There was no model before.")
    if stored.version == challenger.version:
        return kept(retrain.NO_REASON, "Data and code are those of the champion, so it is the same model.")
    try:
        champion = models.load(stored.version, features=training.catalogue["feature"].tolist())
    except ModelError as error:
        return kept(retrain.UNUSABLE, str(error))
    moved = _pay_moved(champion, challenger, today)
    # The calendar is that of the data, so that the same data give the same choice on any day.
    age = (training.asks["as_of"].max() - pd.Timestamp(stored.card.window_to)) / pd.Timedelta(days=1)
    reason = retrain_reason(age, settings.retrain_days, situation.has_alert, situation.by_hand)
    compared = _compare(champion, stored, training, backtest)
    promoted = compared.better and reason != retrain.NO_REASON and situation.pinned != stored.version
    why = compared.why
    if situation.pinned == stored.version and compared.better:
        why = "The champion was put there by hand and stays until somebody asks for another one."
    elif reason == retrain.NO_REASON:
        why = "Neither an alert nor the calendar asks for another model."
    used = challenger if promoted else champion
    return used, choice_table(stored.version, challenger.version, used.version, reason, compared, why, moved)


def _compare(champion: Learned, stored: StoredModel, training: Questions, backtest: pd.DataFrame) -> Compared:
    """Both on the outcomes of stories that were told after the champion's training ended."""
    end = pd.Timestamp(stored.card.window_to) + pd.Timedelta(days=1)
    rows = backtest[backtest["as_of"] >= end]
    matrix = training.matrix.set_axis(training.rows["row_id"]).loc[rows["row_id"]]
    actual = training.rows.set_index("row_id")["outcome"].loc[rows["row_id"]]
    shared = {"row_id": rows["row_id"].to_numpy(), "athlete_id": rows["athlete_id"].to_numpy()}
    shared["actual_log"] = log_outcome(actual).to_numpy()
    if not len(rows):
        names = [*shared, "predicted_log", "low_log", "high_log"]
        nothing = pd.DataFrame({name: [] for name in names})
        return compare_models(nothing, nothing, pd.Series(dtype="str"))
    told = champion.predict(matrix)[["predicted_log", "low_log", "high_log"]].reset_index(drop=True)
    old = pd.DataFrame(shared).join(told)
    columns = {"predicted_log": "predicted", "low_log": "low", "high_log": "high"}
    new = pd.DataFrame({**shared, **{name: log_outcome(rows[column]).to_numpy() for name, column in columns.items()}})
    thirds = pd.cut(
        old["predicted_log"].rank(method="first", pct=True),
        [0, 1 / 3, 2 / 3, 1],
        labels=["the lowest third", "the middle third", "the highest third"],
    )
    return compare_models(old, new, thirds.astype("str").set_axis(old["row_id"]))


def _pay_moved(champion: Learned, challenger: Learned, today: pd.DataFrame) -> float:
    """Mean change of the expected outcome, and so of pay, as a share, if the challenger were used."""
    before, after = (np.expm1(model.predict(today)["predicted_log"]) for model in (champion, challenger))
    whole = float(before.sum())
    return float(after.sum() / whole - 1) if whole > 0 else 0.0
