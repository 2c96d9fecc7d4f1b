"""Words of the page about data: what tables are called and hold, who is ranked, and which rows were set aside."""

import re
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
_ON_LINE = re.compile(r",? (?:on|in|of|from) line \d[\d,]*,?|\bline \d[\d,]*")
_ROW = ["mapping", "file", "line"]
_MOST_REASONS = 2


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


def data_sentence(imports: pd.DataFrame, quarantine: pd.DataFrame) -> str:
    """How much was read, and how much of it was set aside."""
    if imports.empty:
        return "The data of this snapshot were not read from files."
    lines, bad = int(imports["lines"].sum()), set_aside(quarantine)
    read = f"{f.some(lines, 'row')} from {f.some(len(imports), 'file')} were read"
    if not len(quarantine):
        return f"{read}; every value was loaded."
    share = f.percent(bad / lines if lines else 0)
    return f"{read}; {f.some(bad, 'row')} ({share}) {'was' if bad == 1 else 'were'} set aside (quarantine)."


def by_reason(quarantine: pd.DataFrame) -> pd.DataFrame:
    """The rows of the quarantine counted by file and reason, the most frequent first.

    A row that was meant for several tables stands in the quarantine once for each, and counts once here.
    """
    groups = (
        quarantine.assign(reason=quarantine["reason"].map(_told))
        .groupby(["file", "reason"], as_index=False)
        .agg(rows=("line", "nunique"), column_name=("column_name", _listed))
    )
    return groups.sort_values(["rows", "file", "reason"], ascending=[False, True, True], ignore_index=True)


def set_aside(quarantine: pd.DataFrame) -> int:
    """Rows of the source files with something in quarantine."""
    return len(quarantine[_ROW].drop_duplicates())


def set_aside_sentence(quarantine: pd.DataFrame) -> str:
    """How many rows of the source files stand in quarantine, and why most of them do.

    >>> print(set_aside_sentence(pd.DataFrame({"mapping": "m", "file": "posts.csv", "line": [109, 109, 814],
    ...     "column_name": ["post_id", "story_id", "post_id"], "reason": [
    ...     "stands twice; the first, on line 108, is kept", "stands twice; the first, on line 108, is kept",
    ...     "stands twice; the first, on line 813, is kept"]})))
    2 rows of the source files were set aside (quarantine), because they repeat earlier rows, which are kept.
    """
    rows = set_aside(quarantine)
    reasons = quarantine.assign(reason=quarantine["reason"].map(_without_lines))
    each = reasons.drop_duplicates([*_ROW, "reason"])
    counted = each["reason"].value_counts()
    ordered = sorted(counted.index, key=lambda reason: (-counted[reason], reason))
    told = f"{f.some(rows, 'row')} of the source files {'was' if rows == 1 else 'were'} set aside (quarantine)"
    if len(ordered) == 1:
        return f"{told}, because {_because(ordered[0], rows)}."
    named = ordered[:_MOST_REASONS]
    parts = [f"{f.count(counted[reason])} because {_because(reason, int(counted[reason]))}" for reason in named]
    # A row with several reasons counts for each of them, and is no other row where one of them is named.
    other = rows - set_aside(each[each["reason"].isin(named)])
    parts += [f"{f.count(other)} for {'another reason' if other == 1 else 'other reasons'}"] if other else []
    return f"{told}: {'; '.join(parts)}."


def _because(reason: str, rows: int) -> str:
    """Why rows were set aside, as what follows "because".

    >>> _because("stands twice; the first is kept", 1), _because("is not a number", 1), _because("is empty", 3)
    ('it repeats an earlier row, which is kept', 'a value in it is not a number', 'a value in each is empty')
    >>> _because("a line is cut off", 2)
    'a line is cut off'
    """
    if reason.startswith("stands twice"):
        return "it repeats an earlier row, which is kept" if rows == 1 else "they repeat earlier rows, which are kept"
    if reason.startswith(("is ", "does ", "has ")):
        return f"a value in {'it' if rows == 1 else 'each'} {reason}"
    return reason


def _told(reason: str) -> str:
    """A reason as a table names it, in the words of `_because`.

    >>> _told("stands twice; the first, on line 8, is kept"), _told("is not a number")
    ('repeats an earlier row, which is kept', 'is not a number')
    """
    told = _without_lines(reason)
    return "repeats an earlier row, which is kept" if told.startswith("stands twice") else told


def _without_lines(reason: str) -> str:
    """A reason without the lines that it names, so that the same reason on other lines is the same text.

    >>> _without_lines("stands twice; the first, on line 10,204, is kept"), _without_lines("line 7 is cut off")
    ('stands twice; the first is kept', 'a line is cut off')
    """
    return _ON_LINE.sub(lambda found: "a line" if found[0].startswith("line") else "", reason)


def _listed(names: "pd.Series[str]") -> str:
    return "; ".join(sorted(set(names)))
