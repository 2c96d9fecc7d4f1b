"""Everything about health that a snapshot holds: errors by time and group, drift, quality of data, and alerts."""

import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.drift_results import drift_tables, watch
from athlete_intel.features.questions import Questions
from athlete_intel.influence.learning import Learned
from athlete_intel.monitoring import accuracy, alerts
from athlete_intel.monitoring.estimates import estimated_errors
from athlete_intel.monitoring.mix import known_mix
from athlete_intel.monitoring.money import money_moved
from athlete_intel.monitoring.observed import waiting_questions
from athlete_intel.monitoring.quality import quality
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Database


def health_results(
    database: Database,
    training: Questions,
    learned: Learned,
    today: pd.DataFrame,
    backtest: pd.DataFrame,
    pay_tables: dict[str, pd.DataFrame],
    athletes: pd.DataFrame,
    states: pd.DataFrame,
    dataset: pd.DataFrame,
    alerts_before: pd.DataFrame,
    settings: Settings,
) -> dict[str, pd.DataFrame]:
    """The published tables about health.

    Args:
        database: holds the raw tables and the prepared ones.
        training: what the model learnt from.
        learned: the model in use.
        today: features of every athlete, by athlete_id.
        backtest: the published table.
        pay_tables: the published tables `payouts` and `outcomes`.
        athletes: the raw table.
        states: of handles.
        dataset: the published table.
        alerts_before: the table `alerts` of the snapshot before; empty if there is none.
        settings: windows and thresholds.
    """
    about = dataset.iloc[0]
    as_of = pd.Timestamp(about["as_of"]).to_pydatetime()
    waiting = waiting_questions(database, as_of, settings.posts_window, int(about["window_days"]))
    moved = drift_tables(database, watch(database, training, waiting, learned, as_of, settings))
    estimates = estimated_errors(learned, training, waiting, backtest, settings.drift_window_days)
    checks = quality(
        database, states, pay_tables["outcomes"], as_of, settings.drift_window_days, int(about["window_days"])
    )
    pay = pay_tables["payouts"].set_index("athlete_id")["expected_cents"]
    # Before alerts are raised, so that they may tell what a drift costs.
    drifts = moved["drift"].drop(columns=["money_cents", "in_model"], errors="ignore")
    drifts = drifts.join(money_moved(drifts, _newest_of_each(moved["drift_bins"]), learned.model, today, pay))
    today_raised = alerts.raised(
        drifts,
        moved["windows_apart"],
        backtest,
        estimates,
        checks,
        float(about["interval"]),
        pd.Timestamp(as_of),
        alerts_before,
    )
    seen = (
        training.matrix["outcomes_seen"].set_axis(training.rows["row_id"])
        if "outcomes_seen" in training.matrix
        else None
    )
    mix = known_mix(database, backtest, training.answers["activity_features"])
    return moved | {
        "accuracy_by_window": accuracy.by_window(backtest, learned.mean_factor),
        "accuracy_by_group": accuracy.by_group(backtest, athletes, mix, seen),
        "drift": drifts[PUBLISHED_TABLES["drift"].column_names],
        "estimated_errors": estimates,
        "quality": checks,
        "alerts": alerts.with_history(today_raised, alerts_before, pd.Timestamp(as_of)),
    }


def _newest_of_each(bins: pd.DataFrame) -> pd.DataFrame:
    """The bins of the newest window of each feature."""
    return bins[bins["window_from"] == bins.groupby("feature")["window_from"].transform("max")]
