"""Runs the SQL files that answer questions: an athlete as of a time.

A question is a row of the table `asks`: ask_id, athlete_id, as_of. Training asks about each story at the time
of its publication, scoring about each athlete today; both go through the same files.
"""

from datetime import datetime
from functools import cache
from pathlib import Path

import pandas as pd

from athlete_intel.errors import NotEnoughDataError
from athlete_intel.warehouse import Database

SQL_FOLDER = Path(__file__).parent / "sql"

PREPARED = ("story_outcomes_all", "story_results", "numbered_posts", "daily_posts")
"""Tables that do not depend on the questions."""

ASKED = ("asked_posts", "asked_results")
"""Tables that say how far each question in `asks` may look."""

ANSWERS = (
    "post_features",
    "activity_features",
    "trend_features",
    "wikipedia_features",
    "follower_features",
    "outcome_features",
    "aggregate_features",
)
"""Tables that answer the questions."""


@cache
def sql(name: str) -> str:
    """The text of a SQL file."""
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def data_as_of(database: Database) -> datetime:
    """The first midnight after everything in the raw tables, in UTC.

    Raises:
        NotEnoughDataError: the raw tables hold nothing with a time.
    """
    newest = database.query(sql("data_as_of"))["as_of"].iloc[0]
    if pd.isna(newest):
        raise NotEnoughDataError(
            "The workspace holds no posts, stories or signals yet; run `athlete-intel import` with a mapping first."
        )
    return pd.Timestamp(newest).to_pydatetime()


def prepare(database: Database, window_days: int) -> None:
    """Create the tables that all questions share.

    Args:
        database: holds the raw tables.
        window_days: days after which the outcome of a story is final, where it is summed up from daily views.
    """
    for name in PREPARED:
        database.create_temporary(name, sql(name), {"window_days": window_days})


def answer(database: Database, asks: pd.DataFrame, posts_window: int) -> dict[str, pd.DataFrame]:
    """Everything known for each question as of its time.

    Args:
        database: holds the raw tables and the prepared ones.
        asks: ask_id, athlete_id, as_of.
        posts_window: posts of an account that medians look back on.

    Returns:
        The tables of `ANSWERS` by name, each with ask_id (and platform or feature, where it has several rows).
    """
    database.write_temporary("asks", asks[["ask_id", "athlete_id", "as_of"]])
    for name in ASKED:
        database.create_temporary(name, sql(name))
    return {name: database.query(sql(name), {"posts_window": posts_window}) for name in ANSWERS}
