"""What speaks against taking figures as they stand, in sentences. Pure functions; nothing here needs streamlit."""

from datetime import date

import pandas as pd

from athlete_intel.monitoring.rules import ESTIMATE
from athlete_intel.ui import formats as f

CRITICAL = "Critical alert"
"""How the sentence on a critical alert begins."""
_MEANS = "Outcomes lie farther from the estimates than was foreseen: ranges may promise too much for now."
"""What the alert on estimated errors means for whoever books or is paid."""
_SEEN = "An analyst has acknowledged it; it stays open while its reason lasts."
_OLD_DAYS, _TWO_YEARS = 90, 730


def critical_alerts(still: pd.DataFrame, begins: str = CRITICAL) -> list[str]:
    """The critical ones of the alerts that are open, what they mean, and whether somebody has seen to them.

    Args:
        still: rule, severity, message, acknowledged_by of alerts that are open.
        begins: how the sentences begin.

    >>> still = pd.DataFrame({"rule": ["estimate", "quality", "quality"], "severity": ["critical"] * 2 + ["warning"],
    ...     "message": ["Errors are large.", "No story came.", "Likes lack."], "acknowledged_by": [None, "Kim", None]})
    >>> for sentence in critical_alerts(still):
    ...     print(sentence)
    Critical alert: Errors are large. Outcomes lie farther from the estimates than was foreseen: ranges may promise too
    much for now.
    Critical alert: No story came. An analyst has acknowledged it; it stays open while its reason lasts.
    """
    critical = still.loc[still["severity"] == "critical", ["rule", "message", "acknowledged_by"]]
    return [
        " ".join([f"{begins}: {message}", *[_MEANS] * (rule == ESTIMATE), *[_SEEN] * (not f.missing(who))])
        for rule, message, who in critical.to_numpy().tolist()
    ]


def old_data(as_of: date, today: date) -> list[str]:
    """That the data are old, where they are.

    Args:
        as_of: the day of the data.
        today: the day they are looked at.

    >>> print(*old_data(date(2016, 6, 25), date(2016, 12, 1)))
    The data are as of 25 June 2016, 159 days ago: what athletes bring and cost may have changed since.
    >>> old_data(date(2016, 6, 25), date(2016, 9, 1))
    []
    """
    age = (today - as_of).days
    if age <= _OLD_DAYS:
        return []
    ago = f"{age} days" if age < _TWO_YEARS else f"{age // 365} years"
    return [f"The data are as of {f.day(as_of)}, {ago} ago: what athletes bring and cost may have changed since."]


def handles_in_doubt(queue: pd.DataFrame) -> list[str]:
    """How many handles wait for a person, and whether what comes from them counts; nothing where none does.

    Args:
        queue: platform, shown_state, left_out, from `handles.queue`; what somebody has decided since is left out.

    >>> queue = pd.DataFrame({"platform": ["wikipedia"] * 3, "left_out": [False, None, True],
    ...     "shown_state": ["looks wrong", "looks wrong", "rejected, waits"]})
    >>> handles_in_doubt(queue)
    ['2 handles on Wikipedia look wrong or wait for review; what comes from them counts until somebody decides.']
    >>> print(*handles_in_doubt(queue.assign(platform=["x", "x", "facebook"], shown_state="contested")))
    3 handles (2 on X, 1 on Facebook) look wrong or wait for review; what comes from 1 of them is left out, and from the
    others counts, until somebody decides.
    """
    waiting = queue[~queue["shown_state"].str.endswith(", waits")]
    if waiting.empty:
        return []
    number, out = len(waiting), int(waiting["left_out"].eq(True).sum())
    platforms = waiting["platform"].value_counts()
    if len(platforms) == 1:
        which = f"{f.some(number, 'handle')} on {f.platform(str(platforms.index[0]))}"
    else:
        each = ", ".join(f"{f.count(many)} on {f.platform(str(name))}" for name, many in platforms.items())
        which = f"{f.some(number, 'handle')} ({each})"
    looks = "looks wrong or waits" if number == 1 else "look wrong or wait"
    them = "it" if number == 1 else "them"
    counts = f"what comes from {them} {'is left out' if out else 'counts'}"
    if 0 < out < number:
        counts = f"what comes from {f.count(out)} of them is left out, and from the others counts,"
    return [f"{which} {looks} for review; {counts} until somebody decides."]
