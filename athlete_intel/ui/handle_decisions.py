"""What people decided about handles, in words. Pure functions, without streamlit."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from athlete_intel.contracts.decisions import ACCEPT, ASK_AGAIN, CONTEST, REJECT, REVOKE, taken_back
from athlete_intel.errors import JournalError
from athlete_intel.ui import formats as f
from athlete_intel.ui.handles import NO_ACCOUNT

WAITS = "from the next cycle on"


def signed_sentence(number: int, values: Mapping[str, Any], who: str, name: str, revokes: int | None = None) -> str:
    """What was just decided about a handle, and what comes of it.

    Args:
        number: of the decision.
        values: platform, action, handle.
        who: who signed it.
        name: of the athlete.
        revokes: number of the decision that is taken back.

    >>> values = {"platform": "twitter", "action": "accept", "handle": "jano"}
    >>> print(signed_sentence(3, values, "Mia", "Jano"))
    Decision 3 is written down, signed Mia: jano is the Twitter handle of Jano. It counts from the next cycle on.
    >>> print(signed_sentence(4, {"platform": "twitter", "action": "contest"}, "Ana", "Ana"))
    Objection No. 4 is written down, signed Ana: the Twitter handle of Ana is contested. An analyst looks at it and
    decides. Until then, from the next update of the data on, nothing that comes from this handle counts in the
    estimate, and pay waits.
    """
    platform, action = f.platform(values["platform"]), values["action"]
    handle = values.get("handle")
    whose = f"the {platform} handle of {name}"
    told = {
        ACCEPT: f"{handle} is {whose}" if handle else f"{name} has no account on {platform}",
        REJECT: f"{whose} is wrong, and the right one is not known",
        ASK_AGAIN: f"more workers are to be asked for {whose}",
        CONTEST: f"{whose} is contested",
        REVOKE: f"decision {revokes} on {whose} is taken back",
    }[action]
    then = "It counts from the next cycle on."
    if action == CONTEST:
        then = (
            "An analyst looks at it and decides. Until then, from the next update of the data on, nothing that comes "
            "from this handle counts in the estimate, and pay waits."
        )
    what = "Objection No." if action == CONTEST else "Decision"
    return f"{what} {number} is written down, signed {who.strip()}: {told}. {then}"


def unless_decided(values: Mapping[str, Any], seen: int) -> Callable[[pd.DataFrame], Mapping[str, Any]]:
    """The row of a decision, given all that were signed, unless one on the same handle came that was not seen.

    Args:
        values: athlete_id and platform of the handle, and what else the row holds.
        seen: number of the newest decision on the handle that its form was shown with; 0 for none.

    Raises:
        JournalError: from what is returned, where somebody decided in the meantime.

    >>> rows = pd.DataFrame({"id": [3], "athlete_id": "a", "platform": "x", "action": "reject", "who": "Ann",
    ...     "why": "not hers"})
    >>> unless_decided({"athlete_id": "a", "platform": "x"}, 3)(rows)
    {'athlete_id': 'a', 'platform': 'x'}
    >>> unless_decided({"athlete_id": "a", "platform": "x"}, 0)(rows)
    Traceback (most recent call last):
    ...
    athlete_intel.errors.JournalError: Ann decided on this handle in the meantime: reject (not hers). Nothing of yours
    was written; sign again if you still want it.
    """

    def unless(rows: pd.DataFrame) -> Mapping[str, Any]:
        own = rows[of_handle(rows, values) & (rows["id"] > seen)]
        if own.empty:
            return values
        who, action, why = own.iloc[-1][["who", "action", "why"]]
        raise JournalError(
            f"{who} decided on this handle in the meantime: {action} ({why}). Nothing of yours was written; sign again "
            "if you still want it."
        )

    return unless


def of_handle(decisions: pd.DataFrame, handle: Mapping[str, Any] | pd.Series) -> "pd.Series[bool]":
    """Which decisions are about a handle, given by athlete_id and platform."""
    return (decisions["athlete_id"] == handle["athlete_id"]) & (decisions["platform"] == handle["platform"])


def revocable(decisions: pd.DataFrame) -> pd.DataFrame:
    """Decisions that can be taken back, newest first; whoever took one back by mistake decides anew."""
    gone = taken_back(decisions[["id", "revokes"]].itertuples(index=False))
    kept = decisions[~decisions["id"].isin(list(gone)) & (decisions["action"] != REVOKE)]
    return kept.sort_values("id", ascending=False)


def journal_rows(decisions: pd.DataFrame, names: dict[str, str], newest_read: int) -> pd.DataFrame:
    """The journal for people: names instead of ids, and whether each decision counts."""
    gone = taken_back(decisions[["id", "revokes"]].itertuples(index=False))
    counts = [
        "taken back" if number in gone else WAITS if number > newest_read else "yes"
        for number in decisions["id"].astype(int)
    ]
    rows = decisions.assign(name=decisions["athlete_id"].map(names).fillna(decisions["athlete_id"]), counts=counts)
    written = rows["handle"].astype("str")
    rows["handle"] = written.mask((rows["action"] == ACCEPT) & (written.fillna("") == ""), NO_ACCOUNT)
    return rows.sort_values("id", ascending=False, ignore_index=True)
