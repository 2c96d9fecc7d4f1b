"""Questions put to the features: an athlete as of a time, and everything known then."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from athlete_intel.features import tables
from athlete_intel.features.matrix import design_matrix
from athlete_intel.warehouse import Database


@dataclass(frozen=True)
class Questions:
    """Rows to learn from or to predict, and what was known for each of them."""

    asks: pd.DataFrame
    answers: dict[str, pd.DataFrame]
    matrix: pd.DataFrame
    catalogue: pd.DataFrame

    @property
    def rows(self) -> pd.DataFrame:
        """The questions with `row_id` for their name, one a row of the matrix."""
        return self.asks.rename(columns={"ask_id": "row_id"})


def questions_of(database: Database, asks_sql: str, as_of: datetime, posts_window: int) -> Questions:
    """Ask what a SELECT asks, and gather the answers.

    Args:
        database: holds the raw tables and what `tables.prepare` made of them.
        asks_sql: gives ask_id, athlete_id, as_of; takes `$as_of`.
        as_of: the day of the snapshot.
        posts_window: posts of an account that medians look back on.
    """
    asks = database.query(asks_sql, {"as_of": as_of}).sort_values(["as_of", "ask_id"], ignore_index=True)
    answers = tables.answer(database, asks, posts_window)
    matrix, catalogue = design_matrix(asks, answers, database.table("feature_labels"))
    return Questions(asks, answers, matrix, catalogue)
