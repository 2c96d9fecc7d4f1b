"""What a decision must hold before it is written down for good: pure checks, the same for every database."""

from collections.abc import Iterable, Mapping
from typing import Any

from athlete_intel.errors import JournalError
from athlete_intel.texts import visible

ACCEPT, REJECT, ASK_AGAIN, CONTEST, REVOKE = "accept", "reject", "ask again", "contest", "revoke"
ACTIONS = (ACCEPT, REJECT, ASK_AGAIN, CONTEST, REVOKE)
"""What people can decide about a handle."""


def check_signature(who: str, why: str) -> None:
    """Refuse a decision without a name or a reason that can be seen.

    Raises:
        JournalError: one of them is blank, or only holds characters that show nothing.
    """
    if not visible(who).strip() or not visible(why).strip():
        raise JournalError("A decision needs the name of who takes it and a reason; fill in both.")


def check_texts(row: Mapping[str, Any], longest: Mapping[str, int | None]) -> None:
    """Refuse texts that no database keeps as they are.

    Args:
        row: values by column.
        longest: characters that fit into each column of text.

    Raises:
        JournalError: a text is too long, or holds a character that cannot be written.
    """
    for column, most in longest.items():
        text = row.get(column)
        if not isinstance(text, str):
            continue
        shown = _SHOWN.get(column, f"The {column}")
        if most is not None and len(text) > most:
            raise JournalError(f"{shown} has {len(text):,} characters and may have {most:,}; shorten it.")
        # Half of a pair comes of text that was cut in the middle of a letter; a zero byte ends texts in PostgreSQL.
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise JournalError(f"{shown} holds a damaged character that cannot be written down; type it again.")


_SHOWN = {"who": "The name of who decides", "why": "The reason", "athlete_id": "The athlete's id"}


def check_review(row: Mapping[str, Any]) -> None:
    """Refuse a decision about a handle that says nothing.

    Raises:
        JournalError: an unknown action, no athlete or platform, an accepted handle that is not named, or a revoke of
            nothing.
    """
    action, handle = row.get("action"), row.get("handle")
    if action not in ACTIONS:
        raise JournalError(f"There is no decision {action!r}; choose one of {', '.join(ACTIONS)}.")
    if not all(visible(str(row.get(column) or "")).strip() for column in ("athlete_id", "platform")):
        raise JournalError("A decision about a handle needs the athlete's id and the platform; name both.")
    if action == ACCEPT and (not isinstance(handle, str) or (handle and not visible(handle).strip())):
        raise JournalError("Which handle is accepted? Name it, or say with an empty text that there is no account.")
    if action == REVOKE and row.get("revokes") is None:
        raise JournalError("Which decision is taken back? Name its number.")


MODEL_ACTIONS = ("promote", "rollback", "retrain")
"""What people can decide about models."""


def check_acknowledgement(row: Mapping[str, Any]) -> None:
    """Refuse to acknowledge nothing.

    Raises:
        JournalError: no rule or no subject.
    """
    if not all(visible(str(row.get(column) or "")).strip() for column in ("rule", "subject")):
        raise JournalError("Which alert is acknowledged? Name its rule and its subject.")


def check_model_decision(row: Mapping[str, Any]) -> None:
    """Refuse a decision about a model that says nothing.

    Raises:
        JournalError: an unknown action, or no version where one is needed.
    """
    if row.get("action") not in MODEL_ACTIONS:
        raise JournalError(f"There is no decision {row.get('action')!r}; choose one of {', '.join(MODEL_ACTIONS)}.")
    if row["action"] != "retrain" and not row.get("version"):
        raise JournalError("Which model is meant? Name its version; `athlete-intel models list` shows them.")


def check_campaign(row: Mapping[str, Any]) -> None:
    """Refuse a row without the campaign that it is about.

    Raises:
        JournalError: it names none.
    """
    if not visible(str(row.get("campaign_id") or "")).strip():
        raise JournalError("Which campaign is it about? Name it.")


def check_revoked(
    row: Mapping[str, Any], target: Mapping[str, Any], gone: Mapping[int, int], subject: Iterable[str]
) -> None:
    """Refuse to take back a decision that cannot be.

    Args:
        row: the new decision, which names the other one in `revokes`.
        target: the decision that it names.
        gone: decisions that were taken back, each with the one that did it.
        subject: columns that say what a decision is about; both must agree in them.

    Raises:
        JournalError: the other decision is about something else, itself takes one back, or is gone already.
    """
    number = target["id"]
    if any(row.get(column) != target[column] for column in subject):
        told, own = (" on ".join(str(each.get(column)) for column in subject) for each in (target, row))
        raise JournalError(f"Decision {number} is about {told}, not {own}; take back the one that is meant.")
    if target.get("action") == REVOKE:
        raise JournalError(f"Decision {number} itself takes one back; decide anew instead of taking it back.")
    if number in gone:
        raise JournalError(f"Decision {number} was taken back already, by decision {gone[number]}.")


def taken_back(decisions: Iterable[tuple[int, Any]]) -> dict[int, int]:
    """Decisions that no longer count, each with the one that took it back.

    One that was itself taken back takes nothing back; today nobody can write that, but old journals may hold it.

    Args:
        decisions: id and revokes of every decision, in any order; revokes missing where nothing is taken back.

    >>> taken_back([(1, None), (2, 1), (3, None)]), taken_back([(1, None), (2, 1), (3, 2)])
    ({1: 2}, {2: 3})
    """
    gone: dict[int, int] = {}
    for number, revokes in sorted(decisions, key=lambda each: int(each[0]), reverse=True):
        # Missing numbers come as None, as NaN (which differs from itself) or as pandas' NA.
        if int(number) not in gone and str(revokes) not in ("None", "nan", "<NA>"):
            gone.setdefault(int(revokes), int(number))
    return gone
