"""Which model a snapshot is made with: the one in use, one that a person asks for, or one that has earned its place.

Nothing takes over uncompared but the first model ever. Where the model in charge cannot be used, the newest one that
was in use before stands in for it; where none is left, the naive guess does, and the new model is used only if it is no
worse than that. If it is worse, nothing is published and the last snapshot stays.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from athlete_intel.errors import ModelError
from athlete_intel.features.questions import Questions
from athlete_intel.influence.candidates import from_log
from athlete_intel.influence.learning import Learned, backtest_of
from athlete_intel.influence.registry import StoredModel
from athlete_intel.influence.store import ModelStore
from athlete_intel.model_in_use import InUse, Situation
from athlete_intel.model_trial import against_champion, against_naive
from athlete_intel.monitoring import retrain
from athlete_intel.monitoring.looks import DAYS_BETWEEN, NO_LOOKS, Looks
from athlete_intel.monitoring.retrain import Compared, PayMoved, choice_table, retrain_reason
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Snapshots

Pay = Callable[[pd.Series], pd.Series]
"""Expected pay in cents by athlete_id, out of predicted outcomes by athlete_id."""
MOVERS = 10
"""Athletes named whose pay would move most."""


@dataclass(frozen=True)
class _Known:
    """What a choice rests on, beside the models themselves; `own_tables` are those of the model in use."""

    training: Questions
    tables: dict[str, pd.DataFrame]
    own_tables: dict[str, pd.DataFrame]
    situation: Situation
    has_alert: bool
    settings: Settings

    @property
    def until(self) -> pd.Timestamp:
        """The newest story with an outcome."""
        return pd.Timestamp(self.training.asks["as_of"].max())


def choose_model(
    models: ModelStore,
    in_use: InUse,
    challenger: Learned,
    training: Questions,
    today: pd.DataFrame,
    tables: dict[str, pd.DataFrame],
    own_tables: dict[str, pd.DataFrame],
    situation: Situation,
    has_alert: bool,
    settings: Settings,
    pay: Pay,
) -> tuple[Learned, dict[str, pd.DataFrame]]:
    """The model to use, and the published tables that tell of it.

    Args:
        models: the store; the challenger is in it.
        in_use: the model in use so far.
        challenger: learnt from everything known.
        training: what it learnt from.
        today: features of every athlete.
        tables: `backtest` and `model_candidates` of the challenger's kind.
        own_tables: the same of the model in use (`tables_of`); empty if there is none.
        situation: wishes, and what was used and compared before.
        has_alert: whether the data of today raise an alert about the model in use.
        settings: days after which a model is retrained, windows and seed.
        pay: what is paid for a predicted outcome.

    Returns:
        The model; and the tables `model_choice`, `pay_moves`, `backtest` and `model_candidates`.

    Raises:
        ModelError: the model in charge cannot be used, nor any before it, and the new one is worse than a naive guess.
    """
    known = _Known(training, tables, own_tables, situation, has_alert, settings)
    stored, trouble = in_use.stored, in_use.trouble
    if in_use == InUse():
        return challenger, tables | _told(
            None, challenger, challenger, retrain.FIRST, "There was no model before.", decision=situation.decision
        )
    if stored is None or in_use.learned is None:
        return _without_champion(models, in_use, challenger, known)
    if stored.version == challenger.version:
        reason, why = retrain.NO_REASON, "Data and code are those of the champion, so it is the same model."
        if trouble:
            reason, why = retrain.UNUSABLE, f"{trouble} The one used before it is learnt from the same data and code."
        looks = situation.looks.at(stored.version)
        return challenger, tables | _told(
            stored.version, challenger, challenger, reason, why, looks=looks, decision=situation.decision
        )
    return _with_champion(stored, in_use, challenger, today, pay, known)


def _with_champion(
    stored: StoredModel,
    in_use: InUse,
    challenger: Learned,
    today: pd.DataFrame,
    pay: Pay,
    known: _Known,
) -> tuple[Learned, dict[str, pd.DataFrame]]:
    """The better one of two; the champion where that is not sure, or nobody asked."""
    situation, settings, tables = known.situation, known.settings, known.tables
    champion, trouble, end = in_use.learned, in_use.trouble, in_use.end
    assert champion is not None
    # The calendar is that of the data, so that the same data give the same choice on any day.
    age = (known.until - (end - pd.Timedelta(days=1))) / pd.Timedelta(days=1)
    reason = retrain_reason(age, settings.retrain_days, known.has_alert, situation.by_hand)
    reason = retrain.UNUSABLE if trouble else reason
    before = situation.looks.at(stored.version)
    looks = before.next(known.until, by_hand=reason == retrain.BY_HAND)
    may_replace = looks is not None and reason != retrain.NO_REASON and situation.pinned != stored.version

    def compare(backtest: pd.DataFrame) -> Compared:
        return against_champion(champion, challenger, end, known.training, backtest, settings.interval)

    compared = compare(tables["backtest"])
    if compared.better and may_replace:
        # A backtest is but a table. Before anybody is paid by it, its predictions are made once more.
        tables = tables | {"backtest": backtest_of(challenger.chosen, known.training, settings)}
        compared = compare(tables["backtest"])
    why = compared.why
    if situation.pinned == stored.version:
        why = "The champion was put there by hand and stays until somebody asks for another one."
    elif reason == retrain.NO_REASON:
        why = (
            "No alert asks for another model, and none is due yet: that is the case once outcomes of "
            f"{settings.retrain_days} more days have come into the data, whatever day it is today."
        )
    elif looks is None and before.until is not None:
        again = before.until + pd.Timedelta(days=DAYS_BETWEEN)
        why = (
            f"A challenger was compared less than {DAYS_BETWEEN} days of data ago; the next one may take over with "
            f"outcomes of {again:%Y-%m-%d} or later. Of one a night some would be lucky."
        )
    used = challenger if compared.better and may_replace else champion
    # A look at too little cannot replace anybody, so it does not count.
    counted = looks if may_replace and looks and not np.isnan(compared.least_gain) else before
    ways = [pay(from_log(model.predict(today)["predicted_log"])) for model in (champion, challenger)]
    told = _told(
        stored.version,
        challenger,
        used,
        reason,
        f"{trouble} {stored.version}, used before it, stands in. {why}" if trouble else why,
        compared,
        (ways[0], ways[1]),
        counted,
        situation.decision,
    )
    if used is champion:
        tables = tables | known.own_tables
    return used, tables | told


def _without_champion(
    models: ModelStore, in_use: InUse, challenger: Learned, known: _Known
) -> tuple[Learned, dict[str, pd.DataFrame]]:
    """The challenger, if it is no worse than a naive guess; there is nothing else to set it against."""
    backtest = known.tables["backtest"]
    compared = against_naive(challenger, known.training, backtest, known.settings.interval)
    if compared.better:
        # Predictions are made once more, as before anybody is paid by them.
        backtest = backtest_of(challenger.chosen, known.training, known.settings)
        compared = against_naive(challenger, known.training, backtest, known.settings.interval)
    if not compared.better:
        promote = Snapshots(models.folder.parent).command(f"models promote {challenger.version} --why …")
        raise ModelError(
            f"{in_use.trouble} No model used before can stand in for it, and the one learnt now, {challenger.version}, "
            f"does not replace it: {compared.why[:1].lower()}{compared.why[1:]} The last snapshot stays. If you know "
            f"better, run {promote} and build again."
        )
    # The error of a naive guess is not that of a champion.
    compared = replace(compared, champion_mae=np.nan, noise=np.nan, least_gain=np.nan)
    why = f"{in_use.trouble} No model used before can stand in for it. {compared.why}"
    version = in_use.in_charge.version if in_use.in_charge else known.situation.used_before[0]
    told = _told(version, challenger, challenger, retrain.UNUSABLE, why, compared, decision=known.situation.decision)
    return challenger, known.tables | {"backtest": backtest} | told


def _told(
    champion: str | None,
    challenger: Learned,
    used: Learned,
    reason: str,
    why: str,
    compared: Compared | None = None,
    pay: tuple[pd.Series, pd.Series] | None = None,
    looks: Looks = NO_LOOKS,
    decision: int | None = None,
) -> dict[str, pd.DataFrame]:
    """The tables `model_choice` and `pay_moves`; `pay` is that of champion and challenger."""
    moved = PayMoved.between(*pay) if pay else PayMoved()
    return {
        "model_choice": choice_table(
            champion, challenger.version, used.version, reason, compared, why, moved, looks, decision
        ),
        "pay_moves": pay_moves(*(pay or (pd.Series(dtype="int64"), pd.Series(dtype="int64")))),
    }


def pay_moves(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """The published table `pay_moves`: whose pay would move most, the largest change first.

    >>> pay_moves(pd.Series({"a": 100, "b": 500, "c": 0}), pd.Series({"a": 110, "b": 400, "c": 0})).values.tolist()
    [['b', 500, 400], ['a', 100, 110]]
    >>> len(pay_moves(pd.Series({"a": 100}), pd.Series({"a": 100})))
    0
    """
    table = pd.DataFrame({"champion_cents": before, "challenger_cents": after}).rename_axis("athlete_id").reset_index()
    # To a table without rows pandas would give those of a column that is added.
    table["size"] = (table["challenger_cents"] - table["champion_cents"]).abs()
    table = table[table["size"] > 0].sort_values(["size", "athlete_id"], ascending=[False, True])
    return table.drop(columns="size").head(MOVERS).reset_index(drop=True)
