"""Words of the page about data: what tables are called, what they hold, and who of the athletes is ranked."""

from typing import Any

import pandas as pd

from athlete_intel.ui import formats as f

_CALLED = {
    "wikipedia_views": "daily Wikipedia page views",
    "story_views": "daily story views",
    "handle_gold": "gold questions about handles",
    "turk_assignments": "Mechanical Turk answers",
    "features_as_of": "aggregated signals",
    "outcomes_as_of": "aggregated outcomes",
}


def table_name(name: str) -> str:
    """What people call a raw table, the same wherever it is named.

    >>> table_name("follower_counts"), table_name("features_as_of")
    ('follower counts', 'aggregated signals')
    """
    return _CALLED.get(name, name.replace("_", " "))


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """A table that names raw tables with the names that people read, and names of columns in quotation marks.

    >>> facts = pd.DataFrame({"table_name": ["handle_gold"], "about": ["Who; `kind` tells them apart."]})
    >>> in_words(facts).to_numpy().tolist()
    [['gold questions about handles', 'Who; “kind” tells them apart.']]
    """
    told = {"table_name": table["table_name"].map(table_name)}
    if "about" in table:
        told["about"] = table["about"].str.replace(r"`([^`]*)`", r"“\1”", regex=True)
    return table.assign(**told)


def empty_tables(facts: pd.DataFrame) -> str:
    """Which tables the data set has nothing for.

    >>> empty_tables(pd.DataFrame({"table_name": ["posts", "wikipedia_views"], "rows": [3, 0]}))
    'This data set holds none of these: daily Wikipedia page views.'
    """
    empty = [table_name(name) for name in facts.loc[facts["rows"] == 0, "table_name"]]
    return f"This data set holds none of these: {', '.join(empty)}." if empty else "Every table has rows."


def reach(as_of: Any) -> str:
    """Up to which day data reach that are as of the beginning of a day.

    >>> reach("2022-11-02")
    'Data as of 2 November 2022 reach to the end of 1 November 2022: what came later does not count.'
    >>> reach("2022-11-02 12:00")
    ''
    """
    last = pd.Timestamp(as_of) - pd.Timedelta(microseconds=1)
    if f.day(last) == f.day(as_of):
        return ""
    return f"Data as of {f.day(as_of)} reach to the end of {f.day(last)}: what came later does not count."


def ranked(facts: pd.DataFrame, number: int) -> str:
    """How many of the athletes other pages show, where it is not all of them.

    Args:
        facts: table_name, rows.
        number: of athletes who are ranked.

    >>> ranked(pd.DataFrame({"table_name": ["athletes"], "rows": [270]}), 238)
    'Other pages show 238 of the 270 athletes; of the other 32 no feature is known that an estimate could rest on.'
    """
    everybody = int(facts.loc[facts["table_name"] == "athletes", "rows"].sum())
    if everybody <= number:
        return ""
    return (
        f"Other pages show {f.count(number)} of the {f.some(everybody, 'athlete')}; of the other "
        f"{f.count(everybody - number)} no feature is known that an estimate could rest on."
    )
