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

OWNED = ("owned_posts", "owned_wikipedia_views", "owned_follower_counts")
"""The raw tables under the athletes whose the data are; views, because they are only read on."""

PREPARED = ("story_outcomes_all", "story_results", "numbered_posts", "daily_posts")
"""Tables that do not depend on the questions."""

ASKED = ("asked_posts", "asked_results", "asked_facts", "asked_formats")
"""Tables that say how far each question in `asks` may look."""

ANSWERS = (
    "post_features",
    "activity_features",
    "trend_features",
    "wikipedia_features",
    "follower_features",
    "outcome_features",
    "format_features",
    "season_features",
    "story_facts",
    "aggregate_features",
)
"""Tables that answer the questions."""


NO_OWNERS = pd.DataFrame({"platform": [], "gathered_as": [], "since": [], "athlete_id": []}).astype(
    {"platform": "str", "gathered_as": "str", "since": "datetime64[us]", "athlete_id": "str"}
)
"""All data are theirs under whose name they came."""


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


def prepare(database: Database, window_days: int, owners: pd.DataFrame | None = None) -> None:
    """Create the tables that all questions share.

    Args:
        database: holds the raw tables.
        window_days: days after which the outcome of a story is final, where it is summed up from daily views.
        owners: platform, gathered_as, since, athlete_id: whose the data are that came under another's name.
    """
    database.write_temporary("account_owners", NO_OWNERS if owners is None else owners)
    for name in OWNED:
        database.create_temporary_view(name, sql(name))
    for name in PREPARED:
        database.create_temporary(name, sql(name), {"window_days": window_days})


def follower_jumps(database: Database, as_of: datetime, least_followers: int) -> pd.DataFrame:
    """The biggest jump of each account's followers from week to week, with the median likes before and after it.

    Args:
        database: holds the raw tables and the prepared ones.
        as_of: what became known later is not looked at.
        least_followers: followers before a jump, for it to count.

    Returns:
        athlete_id, platform, followers_before, followers_after, day_before, day_after, likes_before, likes_after,
        posts_before, posts_after; accounts with fewer than two counts are missing.
    """
    return database.query(sql("follower_jumps"), {"as_of": as_of, "least_followers": least_followers})


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
