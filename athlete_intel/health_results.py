"""Everything about health that a snapshot holds: errors by time and group, drift, quality of data, and alerts."""

from dataclasses import dataclass

import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.drift_results import NewestDrift, drift_tables, newest_drift, watch
from athlete_intel.features.questions import Questions
from athlete_intel.influence.learning import Learned
from athlete_intel.monitoring import accuracy, alerts
from athlete_intel.monitoring.drift import no_rows
from athlete_intel.monitoring.estimates import estimated_errors
from athlete_intel.monitoring.mix import known_mix
from athlete_intel.monitoring.money import money_moved
from athlete_intel.monitoring.quality import quality
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Database


@dataclass(frozen=True)
class Checked:
    """What the data of today say of one model: what drifts, how large its errors will be, and the alerts about it."""

    version: str
    drift: NewestDrift
    estimates: pd.DataFrame
    alerts: pd.DataFrame


class Health:
    """Checks the model in use before one is chosen, and then tells of the chosen one.

    Most days the same model stays in use, so what the check found is told and not measured twice.
    """

    def __init__(
        self,
        database: Database,
        training: Questions,
        waiting: Questions | None,
        about: pd.Series,
        alerts_before: pd.DataFrame,
        settings: Settings,
    ) -> None:
        """Look at nothing yet.

        Args:
            database: holds the raw tables and the prepared ones.
            training: what there is to learn from.
            waiting: stories whose outcomes are not in; None where there are none.
            about: as_of, window_days and interval of the data set.
            alerts_before: the table `alerts` of the snapshot before; empty if there is none.
            settings: windows and thresholds.
        """
        self._database, self._training, self._waiting = database, training, waiting
        self._about, self._before, self._settings = about, alerts_before, settings
        self._as_of = pd.Timestamp(about["as_of"])
        self._checked: Checked | None = None

    def has_alert(self, in_use: Learned, backtest: pd.DataFrame) -> bool:
        """Whether the data raise an alert about the model in use.

        Args:
            in_use: the model.
            backtest: the published table about it.
        """
        self._checked = self._check(in_use, backtest)
        return bool(len(self._checked.alerts))

    def tables(
        self,
        learned: Learned,
        today: pd.DataFrame,
        backtest: pd.DataFrame,
        pay_tables: dict[str, pd.DataFrame],
        athletes: pd.DataFrame,
        states: pd.DataFrame,
    ) -> dict[str, pd.DataFrame]:
        """The published tables about health.

        Args:
            learned: the model in use now.
            today: features of every athlete, by athlete_id.
            backtest: the published table.
            pay_tables: the published tables `payouts` and `outcomes`.
            athletes: the raw table.
            states: of handles.
        """
        first = self._checked
        is_same = first is not None and first.version == learned.version
        checked = first if first is not None and is_same else self._check(learned, backtest)
        moved = drift_tables(self._database, checked.drift)
        days, window_days = self._settings.drift_window_days, int(self._about["window_days"])
        as_of = self._as_of.to_pydatetime()
        checks = quality(self._database, states, pay_tables["outcomes"], as_of, days, window_days)
        pay = pay_tables["payouts"].set_index("athlete_id")["expected_cents"]
        # Before alerts are raised, so that they may tell what a drift costs.
        drifts = moved["drift"].drop(columns=["money_cents", "in_model"], errors="ignore")
        drifts = drifts.join(money_moved(drifts, _newest_of_each(moved["drift_bins"]), learned.model, today, pay))
        raised = self._raised(drifts, checked.drift.apart, backtest, checked.estimates, checks)
        # What was true of a model that is replaced today came and went.
        replaced = first.alerts if first is not None and not is_same else no_rows("alerts")
        matrix, rows = self._training.matrix, self._training.rows
        seen = matrix["outcomes_seen"].set_axis(rows["row_id"]) if "outcomes_seen" in matrix else None
        mix = known_mix(self._database, backtest, self._training.answers["activity_features"])
        return moved | {
            "accuracy_by_window": accuracy.by_window(backtest, learned.mean_factor),
            "accuracy_by_group": accuracy.by_group(backtest, athletes, mix, seen),
            "drift": drifts[PUBLISHED_TABLES["drift"].column_names],
            "estimated_errors": checked.estimates,
            "quality": checks,
            "alerts": alerts.with_history(raised, self._before, self._as_of, replaced),
        }

    def _check(self, learned: Learned, backtest: pd.DataFrame) -> Checked:
        as_of, settings = self._as_of.to_pydatetime(), self._settings
        watched = watch(self._database, self._training, self._waiting, learned, as_of, settings)
        drift = newest_drift(self._database, watched)
        estimates = estimated_errors(learned, self._training, self._waiting, backtest, settings.drift_window_days)
        raised = self._raised(drift.drift, drift.apart, backtest, estimates, no_rows("quality"))
        return Checked(learned.version, drift, estimates, raised)

    def _raised(
        self,
        drift: pd.DataFrame,
        apart: pd.DataFrame,
        backtest: pd.DataFrame,
        estimates: pd.DataFrame,
        checks: pd.DataFrame,
    ) -> pd.DataFrame:
        interval = float(self._about["interval"])
        return alerts.raised(drift, apart, backtest, estimates, checks, interval, self._as_of, self._before)


def _newest_of_each(bins: pd.DataFrame) -> pd.DataFrame:
    """The bins of the newest window of each feature."""
    return bins[bins["window_from"] == bins.groupby("feature")["window_from"].transform("max")]
