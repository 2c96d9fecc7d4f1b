"""Everything about health that a snapshot holds: errors by time and group, drift, and what tells the windows apart."""

from datetime import datetime

import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.features.questions import Questions
from athlete_intel.influence.learning import Learned
from athlete_intel.monitoring import accuracy, alerts
from athlete_intel.monitoring.drift import CATEGORY, Thresholds, drift, no_rows
from athlete_intel.monitoring.estimates import estimated_errors
from athlete_intel.monitoring.history import drift_history
from athlete_intel.monitoring.mix import known_mix
from athlete_intel.monitoring.money import money_moved
from athlete_intel.monitoring.multivariate import Told, stands_out, tell_apart
from athlete_intel.monitoring.observed import (
    follower_growth,
    in_units,
    observed,
    observed_outcomes,
    waiting_questions,
)
from athlete_intel.monitoring.quality import quality
from athlete_intel.monitoring.signals import signal_tables
from athlete_intel.monitoring.windows import Windows, first_of_reference, newest_windows
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
    drifts, bins, history, apart = _drift(database, training, waiting, learned, as_of, settings)
    estimates = estimated_errors(learned, training, waiting, backtest, settings.drift_window_days)
    checks = quality(
        database, states, pay_tables["outcomes"], as_of, settings.drift_window_days, int(about["window_days"])
    )
    pay = pay_tables["payouts"].set_index("athlete_id")["expected_cents"]
    # Before alerts are raised, so that they may tell what a drift costs.
    drifts = drifts.drop(columns=["money_cents", "in_model"], errors="ignore").join(
        money_moved(drifts, _newest_of_each(bins), learned.model, today, pay)
    )
    today_raised = alerts.raised(
        drifts, apart, backtest, estimates, checks, float(about["interval"]), pd.Timestamp(as_of), alerts_before
    )
    seen = (
        training.matrix["outcomes_seen"].set_axis(training.rows["row_id"])
        if "outcomes_seen" in training.matrix
        else None
    )
    mix = known_mix(database, backtest, training.answers["activity_features"])
    return {
        "accuracy_by_window": accuracy.by_window(backtest, learned.mean_factor),
        "accuracy_by_group": accuracy.by_group(backtest, athletes, mix, seen),
        "drift": drifts[PUBLISHED_TABLES["drift"].column_names],
        "drift_bins": bins,
        "drift_history": history,
        "windows_apart": apart,
        "estimated_errors": estimates,
        "quality": checks,
        "alerts": alerts.with_history(today_raised, alerts_before, pd.Timestamp(as_of)),
    }


def _drift(
    database: Database,
    training: Questions,
    waiting: Questions | None,
    learned: Learned,
    as_of: datetime,
    settings: Settings,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    parts = [part for part in (training, waiting) if part is not None]
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    thresholds = Thresholds(psi=settings.drift_psi_threshold, p=settings.drift_p_threshold)
    if rows.empty or rows["as_of"].nunique() < 2:
        return (*(no_rows(name) for name in ("drift", "drift_bins", "drift_history", "windows_apart")),)  # type: ignore
    end = pd.Timestamp(as_of) if waiting is not None else None
    windows = newest_windows(rows["as_of"], settings.drift_window_days, end=end)
    of_outcomes = newest_windows(training.rows["as_of"], settings.drift_window_days)
    predicted = pd.concat([learned.predict(part.matrix)["predicted_log"] for part in parts])
    predicted.index = rows["row_id"]
    table, features = observed(parts, predicted, follower_growth(database, rows), windows)
    outcomes, outcome = observed_outcomes(training.rows, of_outcomes)
    database.write_temporary("monitored", table)
    database.write_temporary("monitored_outcomes", outcomes)
    features = pd.concat(
        [
            features.assign(table="monitored", column=features["feature"], platform=None),
            signal_tables(database, as_of, windows, settings.drift_window_days),
        ],
        ignore_index=True,
    )
    outcome = outcome.assign(table="monitored_outcomes", column=outcome["feature"], platform=None)
    found, bins = drift(database, features, windows.newest, thresholds)
    of_all, bins_of_all = drift(database, outcome, of_outcomes.newest, thresholds)
    found = _with_spans(found, windows)
    of_all = _with_spans(of_all, of_outcomes)
    whole = pd.concat([part for part in (found, of_all) if len(part)] or [found], ignore_index=True)
    history, older_bins = drift_history(database, features, windows, thresholds)
    history_of_outcomes, older_of_outcomes = _outcomes_by_window(database, training, windows, thresholds)
    # The newest window with outcomes may begin with one of these.
    told = older_of_outcomes["window_from"] == of_outcomes.starts[of_outcomes.newest]
    older_bins = pd.concat([older_bins, older_of_outcomes[~told]], ignore_index=True)
    history = pd.concat([history, history_of_outcomes], ignore_index=True)
    apart = _apart(table, features, windows, settings)
    newest = bins.assign(window_from=windows.starts[windows.newest])
    of_outcome = bins_of_all.assign(window_from=of_outcomes.starts[of_outcomes.newest])
    parts_of = [part for part in (newest, of_outcome, older_bins) if len(part)]
    all_bins = pd.concat(parts_of or [bins], ignore_index=True)
    return whole, in_units(all_bins, training.catalogue), history, apart


def _outcomes_by_window(
    database: Database, training: Questions, windows: Windows, thresholds: Thresholds
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Outcomes in the windows of the features, so that one map shows both; the newest ones have few or none yet."""
    table, outcome = observed_outcomes(training.rows, windows)
    database.write_temporary("outcomes_by_window", table)
    places = outcome.assign(table="outcomes_by_window", column=outcome["feature"], platform=None)
    return drift_history(database, places, windows, thresholds, newest_bins=True)


def _newest_of_each(bins: pd.DataFrame) -> pd.DataFrame:
    """The bins of the newest window of each feature."""
    return bins[bins["window_from"] == bins.groupby("feature")["window_from"].transform("max")]


def _with_spans(found: pd.DataFrame, windows: Windows) -> pd.DataFrame:
    return found.assign(**windows.spans(windows.newest)) if len(found) else found


def _apart(table: pd.DataFrame, features: pd.DataFrame, windows: Windows, settings: Settings) -> pd.DataFrame:
    """Whether a classifier tells the newest window from those before it, out of all features of stories."""
    # What tells any window from those before it, such as the growing age of the data, is no news.
    usual = _told(table, features, windows.newest - 1, settings) if windows.newest >= 2 else None
    told = _told(table, features, windows.newest, settings)
    if told is None:
        return no_rows("windows_apart")
    found = stands_out(told, usual, settings.drift_p_threshold)
    facts: dict[str, object] = {"rows": told.rows, "auc": told.auc, "auc_threshold": found.limit, "p": found.p}
    facts |= {"p_threshold": settings.drift_p_threshold, **windows.spans(windows.newest), "apart": found.apart}
    return pd.DataFrame([facts])[PUBLISHED_TABLES["windows_apart"].column_names]


def _told(table: pd.DataFrame, features: pd.DataFrame, number: int, settings: Settings) -> Told | None:
    """How well one window is told from those before it."""
    used = features[(features["table"] == "monitored") & (features["kind"] != CATEGORY)]["feature"]
    inside = table[table["number"].between(first_of_reference(number), number)]
    names = [name for name in used if name != "predicted"]
    is_newest = (inside["number"] == number).to_numpy()
    return tell_apart(inside[names], is_newest, inside["athlete"].to_numpy(), settings.seed)
