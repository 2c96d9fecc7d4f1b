"""Made-up worlds in memory: how often calm ones raise an alarm, and whether changes are found within two weeks."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
from scipy import stats

from athlete_intel.contracts import RAW_TABLES, create_sql
from athlete_intel.drift_results import newest_drift, watch
from athlete_intel.features import tables as feature_tables
from athlete_intel.features.questions import questions_of
from athlete_intel.influence.learning import learn
from athlete_intel.monitoring import alerts
from athlete_intel.monitoring.drift import Thresholds, drift, no_rows
from athlete_intel.monitoring.estimates import estimated_errors
from athlete_intel.monitoring.observed import follower_growth, observed, waiting_questions
from athlete_intel.monitoring.rules import FALSE_ALARMS
from athlete_intel.monitoring.signals import signal_tables
from athlete_intel.monitoring.windows import newest_windows
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import LAST_DAY, load_scenario, write_demo
from athlete_intel.warehouse import Database
from benchmarks.asked import asked, say

CHANGES = {"platform-change": 84, "bot-wave": 63, "pandemic": 112}
"""Days before the end on which a scenario changes."""
ATHLETES, WHOLE, DAYS = 200, 1_200, 250
"""Small worlds, in which chance has most room; those of the demo's own size, in which changes are to be found; days."""
FIRST_SEED = 1_001
"""Limits were looked at on lower seeds."""
SAY_EVERY = 25
END = datetime.combine(LAST_DAY, datetime.min.time()) + timedelta(days=1)


@contextmanager
def made(scenario: str, seed: int, athletes: int, days: int) -> Iterator[Database]:
    """A database with a made-up world, ready for questions."""
    with tempfile.TemporaryDirectory() as folder, Database.in_memory() as database:
        write_demo(Path(folder), load_scenario(scenario), athletes, days, None, seed)
        database.execute("SET threads = 1")
        for table in RAW_TABLES.values():
            database.execute(create_sql(table, with_key=False))
            for file in sorted(Path(folder, "raw").glob(f"{table.name}-[0-9]*.parquet")):
                database.execute(f"INSERT INTO {table.name} BY NAME SELECT * FROM read_parquet('{file}')")
        labels = {name: pd.Series(dtype="str") for name in ("feature", "label", "scale")}
        database.write("feature_labels", pd.DataFrame(labels))
        feature_tables.prepare(database, 28)
        yield database


def worlds(seeds: int) -> None:
    """Whether each kind of change is found within two weeks."""
    say(f"demo worlds of {WHOLE} athletes and {DAYS} days, {seeds} seeds; looked at two weeks after the change")
    for scenario, back in CHANGES.items():
        found, reasons = _over_seeds(lambda seed, s=scenario, b=back: world(s, seed, END - timedelta(b - 14)), seeds)
        seen = sum(map(bool, found.values()))
        asked(f"{scenario} found", f"{seen} of {seeds}", "all", seen == seeds)
        _tell(reasons, [seed for seed, alarms in found.items() if not alarms])
    say("")


def calm(seeds: int) -> None:
    """Alarms in worlds in which nothing changes, of each rule that states a chance of its own."""
    say(f"calm demo worlds of {ATHLETES} athletes and {DAYS} days, {seeds} seeds")
    found, reasons = _over_seeds(lambda seed: alarms_of("calm", seed, END - timedelta(days=70)), seeds)
    for rule, chance in FALSE_ALARMS.items():
        seen = [seed for seed, alarms in found.items() if any(alarm.startswith(f"{rule}: ") for alarm in alarms)]
        # A share of 1% brings more than 1% of so few worlds now and then; what counts is whether it could be 1%.
        luck = float(stats.binom.sf(len(seen) - 1, seeds, chance))
        limit = f"at most {chance:.0%}; where it is, as many come with a chance of {luck:.0%}"
        asked(f"calm worlds with an alarm of {rule}", f"{len(seen)} of {seeds}", limit, luck >= 0.05)
    _tell(reasons, [seed for seed, alarms in found.items() if alarms])
    say("")


def _over_seeds(look: Callable[[int], list[str]], seeds: int) -> tuple[dict[int, list[str]], Counter[str]]:
    found = {}
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        found[seed] = look(seed)
        if len(found) % SAY_EVERY == 0:
            say(f"         {len(found)} of {seeds} looked at, {sum(map(bool, found.values()))} with an alarm")
    return found, Counter(alarm for alarms in found.values() for alarm in alarms)


def _tell(reasons: "Counter[str]", odd: list[int]) -> None:
    told = ", ".join(f"{name} ({times})" for name, times in reasons.most_common(6))
    say(f"         what was seen: {told or 'nothing'}")
    if odd:
        say(f"         other than asked for: seeds {', '.join(map(str, odd))}")


def alarms_of(scenario: str, seed: int, as_of: datetime) -> list[str]:
    """Every alert that a made-up world raises as of a day, but for those about quality: rule and subject."""
    settings = Settings()
    with made(scenario, seed, ATHLETES, DAYS) as database:
        training = questions_of(database, feature_tables.sql("training_asks"), as_of, settings.posts_window)
        waiting = waiting_questions(database, as_of, settings.posts_window, 28)
        learned, tables = learn(training, settings)
        backtest = tables["backtest"]
        watched = watch(database, training, waiting, learned, as_of, settings)
        found = newest_drift(database, watched)
        estimates = estimated_errors(learned, training, waiting, backtest, settings.drift_window_days)
    nothing, before = no_rows("quality"), no_rows("alerts")
    time = pd.Timestamp(as_of)
    raised = alerts.raised(found.drift, found.apart, backtest, estimates, nothing, settings.interval, time, before)
    return [f"{rule}: {subject}" for rule, subject in raised[alerts.KEY].itertuples(index=False)]


def world(scenario: str, seed: int, as_of: datetime, athletes: int = WHOLE, days: int = DAYS) -> list[str]:
    """What drifts in a made-up world as of a day, by name."""
    with made(scenario, seed, athletes, days) as database:
        training = questions_of(database, feature_tables.sql("training_asks"), as_of, 200)
        waiting = waiting_questions(database, as_of, 200, 28)
        parts = [part for part in (training, waiting) if part is not None]
        rows = pd.concat([part.rows for part in parts], ignore_index=True)
        windows = newest_windows(rows["as_of"], 14, end=pd.Timestamp(as_of))
        table, features = observed(parts, None, follower_growth(database, rows), windows)
        database.write_temporary("monitored", table)
        features = features.assign(table="monitored", column=features["feature"], platform=None)
        features = pd.concat([features, signal_tables(database, as_of, windows, 14)], ignore_index=True)
        found, _ = drift(database, features, windows.newest, Thresholds())
    return found.loc[found["drifting"], "feature"].tolist()
