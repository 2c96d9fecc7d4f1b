"""The only package that imports duckdb: run SQL, read and write tables, publish snapshots."""

from athlete_intel.warehouse.database import Database
from athlete_intel.warehouse.snapshots import Snapshot, Snapshots

__all__ = ["Database", "Snapshot", "Snapshots"]
