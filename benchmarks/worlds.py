"""Made-up worlds in memory: how often calm ones raise an alarm, and whether changes are found within two weeks."""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
from scipy import stats

from athlete_intel.contracts import RAW_TABLES, create_sql
from athlete_intel.features import tables as feature_tables
from athlete_intel.features.questions import questions_of
from athlete_intel.monitoring.drift import Thresholds, drift
from athlete_intel.monitoring.observed import follower_growth, observed, waiting_questions
from athlete_intel.monitoring.signals import signal_tables
from athlete_intel.monitoring.windows import newest_windows
from athlete_intel.sources.demo import LAST_DAY, load_scenario, write_demo
from athlete_intel.warehouse import Database
from benchmarks.asked import asked, say

CHANGES = {"platform-change": 84, "bot-wave": 63, "pandemic": 112}
"""Days before the end on which a scenario changes."""
ATHLETES, DAYS = 200, 250
FIRST_SEED = 1_001
"""Limits were looked at on lower seeds."""
FALSE_ALARMS = 0.01
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
    """How often calm worlds raise an alarm, and whether each kind of change is found within two weeks."""
    say(f"demo worlds of {ATHLETES} athletes and {DAYS} days, {seeds} seeds; looked at two weeks after the change")
    for scenario in ("calm", *CHANGES):
        as_of = END - timedelta(days=CHANGES.get(scenario, 84) - 14)
        seen, reasons = dict[int, bool](), Counter[str]()
        started = time.perf_counter()
        for seed in range(FIRST_SEED, FIRST_SEED + seeds):
            drifting = world(scenario, seed, as_of)
            seen[seed] = bool(drifting)
            reasons.update(drifting)
        found = sum(seen.values())
        told = f"{found} of {seeds}, {(time.perf_counter() - started) / seeds:.1f} s a world"
        if scenario == "calm":
            # A rate of 1% brings more than 1% of so few worlds now and then; what counts is whether it could be 1%.
            chance = float(stats.binom.sf(found - 1, seeds, FALSE_ALARMS))
            limit = f"at most {FALSE_ALARMS:.0%}; a chance of {chance:.0%} to see as many"
            asked("calm worlds with an alarm", told, limit, chance >= 0.05)
        else:
            asked(f"{scenario} found", told, "all", found == seeds)
        for feature, times in reasons.most_common(6):
            say(f"           {feature}: {times}")
        odd = [str(seed) for seed, alarm in seen.items() if alarm == (scenario == "calm")]
        if odd:
            say(f"           other than asked for: seeds {', '.join(odd)}")
    say("")


def world(scenario: str, seed: int, as_of: datetime, athletes: int = ATHLETES, days: int = DAYS) -> list[str]:
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
