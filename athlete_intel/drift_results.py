"""Everything about drift that a snapshot holds: what is watched, how it moved, and what tells the windows apart."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.features.questions import Questions
from athlete_intel.influence.learning import Learned
from athlete_intel.monitoring.drift import CATEGORY, Thresholds, drift, no_rows
from athlete_intel.monitoring.history import drift_history
from athlete_intel.monitoring.multivariate import Told, stands_out, tell_apart
from athlete_intel.monitoring.observed import follower_growth, in_units, observed, observed_outcomes
from athlete_intel.monitoring.signals import signal_tables
from athlete_intel.monitoring.windows import Windows, first_of_reference, newest_windows
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Database


@dataclass(frozen=True)
class Watched:
    """What drift is measured on, written into the warehouse.

    table: stories, told or waiting, with the features of each: number (of the window), athlete, and the features.
    features, outcome: feature, label, kind, table, column, platform of what is watched. Outcomes come later than all
        else, so they have windows of their own.
    """

    table: pd.DataFrame
    features: pd.DataFrame
    outcome: pd.DataFrame
    windows: Windows
    windows_of_outcomes: Windows
    training: Questions
    settings: Settings

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(psi=self.settings.drift_psi_threshold, p=self.settings.drift_p_threshold)


def watch(
    database: Database,
    training: Questions,
    waiting: Questions | None,
    learned: Learned,
    as_of: datetime,
    settings: Settings,
) -> Watched | None:
    """Write into the warehouse what is watched; None where all is of one time.

    Args:
        database: holds the raw tables and the prepared ones.
        training: what the model learnt from.
        waiting: stories whose outcomes are not in; None where there are none.
        learned: the model in use.
        as_of: the day of the snapshot.
        settings: windows and thresholds.
    """
    parts = [part for part in (training, waiting) if part is not None]
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    if rows.empty or rows["as_of"].nunique() < 2:
        return None
    end = pd.Timestamp(as_of) if waiting is not None else None
    windows = newest_windows(rows["as_of"], settings.drift_window_days, end=end)
    of_outcomes = newest_windows(training.rows["as_of"], settings.drift_window_days)
    predicted = pd.concat([learned.predict(part.matrix)["predicted_log"] for part in parts])
    predicted.index = rows["row_id"]
    table, features = observed(parts, predicted, follower_growth(database, rows), windows)
    database.write_temporary("monitored", table)
    outcomes, outcome = observed_outcomes(training.rows, of_outcomes)
    database.write_temporary("monitored_outcomes", outcomes)
    sources = signal_tables(database, as_of, windows, settings.drift_window_days)
    features = pd.concat([_in_table(features, "monitored"), sources], ignore_index=True)
    outcome = _in_table(outcome, "monitored_outcomes")
    return Watched(table, features, outcome, windows, of_outcomes, training, settings)


@dataclass(frozen=True)
class NewestDrift:
    """What is watched (None where all is of one time) and how its newest windows moved.

    drift, apart: the published tables `drift` (money still missing) and `windows_apart`.
    bins: of the newest windows, a part of the published table `drift_bins`.
    """

    watched: Watched | None
    drift: pd.DataFrame
    bins: pd.DataFrame
    apart: pd.DataFrame


def newest_drift(database: Database, watched: Watched | None) -> NewestDrift:
    """How the newest windows moved, each against those before it."""
    if watched is None:
        return NewestDrift(None, no_rows("drift"), no_rows("drift_bins"), no_rows("windows_apart"))
    parts = [
        (drift(database, places, windows.newest, watched.thresholds), windows)
        for places, windows in (
            (watched.features, watched.windows),
            (watched.outcome, watched.windows_of_outcomes),
        )
    ]
    found = [table.assign(**windows.spans(windows.newest)) for (table, _), windows in parts if len(table)]
    bins = [table.assign(window_from=windows.starts[windows.newest]) for (_, table), windows in parts if len(table)]
    return NewestDrift(
        watched,
        pd.concat(found, ignore_index=True) if found else no_rows("drift"),
        pd.concat(bins, ignore_index=True) if bins else no_rows("drift_bins"),
        windows_apart(watched.table, watched.features, watched.windows, watched.settings),
    )


def drift_by_window(database: Database, watched: Watched) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The published table `drift_history`, and the bins of all windows but the newest."""
    history, bins = drift_history(database, watched.features, watched.windows, watched.thresholds)
    # Outcomes in the windows of the features, so that one map shows both; the newest ones have few or none yet.
    outcomes, outcome = observed_outcomes(watched.training.rows, watched.windows)
    database.write_temporary("outcomes_by_window", outcomes)
    of_outcomes, their_bins = drift_history(
        database, _in_table(outcome, "outcomes_by_window"), watched.windows, watched.thresholds, newest_bins=True
    )
    # The newest window with outcomes may begin with one of these.
    own = watched.windows_of_outcomes
    their_bins = their_bins[their_bins["window_from"] != own.starts[own.newest]]
    return pd.concat([history, of_outcomes], ignore_index=True), pd.concat([bins, their_bins], ignore_index=True)


def drift_tables(database: Database, newest: NewestDrift) -> dict[str, pd.DataFrame]:
    """The published tables `drift` (money still missing), `drift_bins`, `drift_history` and `windows_apart`.

    Args:
        database: the one in which the newest windows were measured last.
        newest: what was found.
    """
    tables = {"drift": newest.drift, "windows_apart": newest.apart}
    if newest.watched is None:
        return tables | {name: no_rows(name) for name in ("drift_bins", "drift_history")}
    history, older_bins = drift_by_window(database, newest.watched)
    bins = [part for part in (newest.bins, older_bins) if len(part)]
    all_bins = pd.concat(bins or [newest.bins], ignore_index=True)
    return tables | {"drift_bins": in_units(all_bins, newest.watched.training.catalogue), "drift_history": history}


def windows_apart(table: pd.DataFrame, features: pd.DataFrame, windows: Windows, settings: Settings) -> pd.DataFrame:
    """The published table: whether a classifier tells the newest window from those before it, by all features.

    Args:
        table: number (of the window), athlete and a column a feature.
        features: feature, kind, table of what is watched; those of stories are in the table `monitored`.
        windows: of time.
        settings: the chance of a false alarm, and the seed.
    """
    newest = windows.newest
    # What tells any window from those before it, such as the growing age of the data, is no news.
    usual = _told(table, features, newest - 1, settings) if newest >= 2 else None
    told = _told(table, features, newest, settings)
    if told is None:
        return no_rows("windows_apart")
    found = stands_out(told, usual, settings.drift_p_threshold)
    facts: dict[str, object] = {"rows": told.rows, "auc": told.auc, "auc_threshold": found.limit, "p": found.p}
    facts |= {"p_threshold": settings.drift_p_threshold, **windows.spans(newest), "apart": found.apart}
    return pd.DataFrame([facts])[PUBLISHED_TABLES["windows_apart"].column_names]


def _told(table: pd.DataFrame, features: pd.DataFrame, number: int, settings: Settings) -> Told | None:
    """How well one window is told from those before it."""
    used = features[(features["table"] == "monitored") & (features["kind"] != CATEGORY)]["feature"]
    inside = table[table["number"].between(first_of_reference(number), number)]
    names = [name for name in used if name != "predicted"]
    is_newest = (inside["number"] == number).to_numpy()
    return tell_apart(inside[names], is_newest, inside["athlete"].to_numpy(), settings.seed)


def _in_table(places: pd.DataFrame, table: str) -> pd.DataFrame:
    return places.assign(table=table, column=places["feature"], platform=None)
