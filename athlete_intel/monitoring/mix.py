"""From which platforms the readers of an athlete came, as far as that was known when a prediction was made."""

import pandas as pd

from athlete_intel.monitoring.cells import sql
from athlete_intel.warehouse import Database

HALF = 0.5


def known_mix(database: Database, rows: pd.DataFrame, activity: pd.DataFrame) -> pd.Series:
    """The platform mix of each row; that of the athlete's posts where nobody counted readers by then.

    Args:
        database: holds the raw tables.
        rows: row_id, athlete_id, as_of.
        activity: ask_id (the row), platform, posts_per_week, as known then.
    """
    database.write_temporary("mix_rows", rows[["row_id", "athlete_id", "as_of"]])
    posts = activity.rename(columns={"ask_id": "row_id", "posts_per_week": "amount"})
    posts = posts[posts["row_id"].isin(rows["row_id"])]
    return platform_mix(database.query(sql("reader_shares"))).combine_first(platform_mix(posts))


def platform_mix(amounts: pd.DataFrame) -> pd.Series:
    """The mix in words, by row_id: mostly one platform, or mixed, with most from one.

    Args:
        amounts: row_id, platform, amount.

    >>> amounts = pd.DataFrame({"row_id": ["a", "a", "b", "b", "b"], "platform": ["x", "y", "x", "y", "z"],
    ...     "amount": [9.0, 1.0, 4.0, 3.0, 3.0]})
    >>> platform_mix(amounts).to_dict()
    {'a': 'mostly x', 'b': 'mixed, most from x'}
    """
    known = amounts[amounts["amount"] > 0]
    share = known["amount"] / known.groupby("row_id")["amount"].transform("sum")
    known = known.assign(share=share).sort_values(["row_id", "share", "platform"], ascending=[True, False, True])
    first = known.drop_duplicates("row_id").set_index("row_id")
    platform = first["platform"].astype("str")
    return ("mostly " + platform).where(first["share"] >= HALF, "mixed, most from " + platform)
