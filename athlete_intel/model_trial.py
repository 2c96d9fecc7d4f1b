"""The rows on which two models are set against each other, and what the one in use has said of outcomes since."""

import numpy as np
import pandas as pd

from athlete_intel.features.questions import Questions
from athlete_intel.influence.candidates import log_outcome
from athlete_intel.influence.learning import Learned
from athlete_intel.monitoring.retrain import Compared, compare_models

_GROUPS = ("sport", "kind", "format")
_TOLD = {"predicted_log": "predicted", "low_log": "low", "high_log": "high"}


def against_champion(
    champion: Learned,
    challenger: Learned,
    end: pd.Timestamp,
    training: Questions,
    backtest: pd.DataFrame,
    interval: float,
) -> Compared:
    """Both on the outcomes of stories that were told after the champion's training ended.

    Args:
        champion: the model in use.
        challenger: the one that would be used.
        end: of the champion's training.
        training: stories with outcomes, all that there are.
        backtest: what the challenger's kind predicted of them when it had not seen them.
        interval: share of outcomes that a range should hold.
    """
    rows = backtest[backtest["as_of"] >= end]
    new = _challenger(challenger, rows, training)
    if rows.empty:
        return compare_models(new, new, pd.DataFrame(), interval)
    told = champion.predict(_features(rows, training))[list(_TOLD)].reset_index(drop=True)
    old = new[["row_id", "athlete_id", "actual_log"]].join(told)
    return compare_models(old, new, _groups(old, training), interval)


def against_naive(challenger: Learned, training: Questions, backtest: pd.DataFrame, interval: float) -> Compared:
    """The challenger and the naive guess on all tested outcomes, where no other model is left to compare with."""
    new = _challenger(challenger, backtest, training)
    old = new[["row_id", "athlete_id", "actual_log"]].assign(
        predicted_log=log_outcome(backtest["baseline"]).to_numpy(), low_log=np.nan, high_log=np.nan
    )
    return compare_models(old, new, _groups(old, training), interval, naive=True)


def with_own_predictions(backtest: pd.DataFrame, used: Learned, end: pd.Timestamp, training: Questions) -> pd.DataFrame:
    """The backtest, in which stories since the end of a model's training are told by that very model.

    Before that, models of its kind stand in that had not seen the outcome; since then it has not seen any itself.

    Args:
        backtest: the published table.
        used: the model in use.
        end: of its training.
        training: stories with outcomes.
    """
    late = (backtest["as_of"] >= end).to_numpy()
    if not late.any():
        return backtest
    told = used.predict(_features(backtest[late], training))[list(_TOLD)]
    changed = backtest.copy()
    for log, column in _TOLD.items():
        changed.loc[late, column] = np.expm1(told[log].to_numpy()).clip(min=0)
    return changed


def _challenger(challenger: Learned, rows: pd.DataFrame, training: Questions) -> pd.DataFrame:
    """What its kind predicted of rows of the backtest, and what the model says of them now."""
    actual = training.rows.set_index("row_id")["outcome"].loc[rows["row_id"]]
    table = pd.DataFrame(
        {
            "row_id": rows["row_id"].to_numpy(),
            "athlete_id": rows["athlete_id"].to_numpy(),
            "actual_log": log_outcome(actual).to_numpy(),
            **{log: log_outcome(rows[column]).to_numpy() for log, column in _TOLD.items()},
        }
    )
    if rows.empty:
        return table.assign(remembered_log=table["actual_log"])
    # What the very model that would be used says of outcomes that it has learnt from.
    return table.assign(remembered_log=challenger.predict(_features(rows, training))["predicted_log"].to_numpy())


def _features(rows: pd.DataFrame, training: Questions) -> pd.DataFrame:
    return training.matrix.set_axis(training.rows["row_id"]).loc[rows["row_id"]]


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
