"""Made-up worlds in memory, ready for questions; for the benchmarks of health."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from athlete_intel.contracts import RAW_TABLES, create_sql
from athlete_intel.features import tables as feature_tables
from athlete_intel.sources.demo import LAST_DAY, load_scenario, write_demo
from athlete_intel.warehouse import Database

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
