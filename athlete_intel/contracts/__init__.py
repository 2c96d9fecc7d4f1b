"""Every table of the product: what sources deliver (`raw`) and what a snapshot holds (`published`)."""

from athlete_intel.contracts.model import ALWAYS, SQL_TYPES, Column, Table, as_markdown, create_sql
from athlete_intel.contracts.published import PUBLISHED_TABLES
from athlete_intel.contracts.raw import RAW_TABLES

__all__ = ["ALWAYS", "PUBLISHED_TABLES", "RAW_TABLES", "SQL_TYPES", "Column", "Table", "as_markdown", "create_sql"]
