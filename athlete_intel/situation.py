"""What is known before a model is chosen: what the last snapshot says, and what people decided since."""

from datetime import datetime

import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.journal_rows import rows_now
from athlete_intel.model_in_use import Situation
from athlete_intel.monitoring.looks import NO_LOOKS, Looks
from athlete_intel.monitoring.retrain import NO_REASON
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Snapshot, Snapshots


def situation_of(
    decisions: pd.DataFrame, since: pd.DataFrame, latest: Snapshot | None, snapshots: Snapshots
) -> Situation:
    """What was used and compared before, and what people asked for.

    Args:
        decisions: about models, oldest first.
        since: those that the last snapshot did not know.
        latest: the last snapshot; None before the first one.
        snapshots: of the workspace.
    """
    looks = NO_LOOKS
    choice = choice_of(latest, snapshots)
    if choice is not None and choice["used"] == choice["champion"] and choice.get("looks", 0):
        looks = Looks(str(choice["champion"]), int(choice["looks"]), pd.Timestamp(choice["looked_until"]))
    last = None if decisions.empty else decisions.iloc[-1]
    return Situation(
        by_hand=last is not None and str(last["action"]) == "retrain" and int(last["id"]) in set(since["id"]),
        pinned=None if last is None or pd.isna(last["version"]) else str(last["version"]),
        used_before=used_before(snapshots, latest),
        looks=looks,
        decision=None if last is None else int(last["id"]),
    )


def decisions_of(settings: Settings) -> pd.DataFrame:
    """What people decided about models so far, oldest first."""
    return rows_now(settings, "model_decisions")


def made_since(decisions: pd.DataFrame, latest: Snapshot | None, snapshots: Snapshots) -> pd.DataFrame:
    """The decisions that the last snapshot did not know.

    It names the newest that it knew. A clock could not tell: a cycle that is gone on with keeps the time of its start.
    """
    if latest is None:
        return decisions
    choice = choice_of(latest, snapshots)
    if choice is None or "decision" not in choice:
        return decisions[decisions["at"] >= pd.Timestamp(latest.created)]
    return decisions[decisions["id"] > (0 if pd.isna(choice["decision"]) else int(choice["decision"]))]


def choice_of(latest: Snapshot | None, snapshots: Snapshots) -> pd.Series | None:
    """How the last snapshot's model was chosen, if it says so."""
    if latest is None or not latest.rows.get("model_choice"):
        return None
    return snapshots.read("model_choice", snapshot=latest).iloc[0]


def version_of(snapshots: Snapshots, snapshot: Snapshot) -> str:
    """The model that a snapshot was made with."""
    return str(snapshots.read("dataset", ["model_version"], snapshot=snapshot)["model_version"].item())


def choice_sentence(settings: Settings, snapshot: Snapshot) -> str:
    """Which model a snapshot was made with, and why, for the table of runs."""
    choice = choice_of(snapshot, Snapshots(settings.folder))
    if choice is None:
        return ""
    does = "stayed" if choice["used"] == choice["champion"] else "became"
    asked = "" if choice["reason"] == NO_REASON else f" ({choice['reason']})"
    return f"{choice['used']} {does} champion{asked}: {choice['why']}"


def used_before(snapshots: Snapshots, latest: Snapshot | None) -> tuple[str, ...]:
    """The versions that snapshots were made with, the last one first."""
    known = [*([latest] if latest else []), *snapshots.all()]
    return tuple(dict.fromkeys(version_of(snapshots, each) for each in known))


def uses_so_far(
    snapshots: Snapshots, latest: Snapshot | None, snapshot_id: str, now: datetime, version: str
) -> pd.DataFrame:
    """The published table `model_uses`: that of the last snapshot, and the one in the making."""
    columns = PUBLISHED_TABLES["model_uses"].column_names
    if latest is not None and "model_uses" in latest.rows:
        before = snapshots.read("model_uses", columns, snapshot=latest)
    else:
        rows = [(each.id, pd.Timestamp(each.created), version_of(snapshots, each)) for each in snapshots.all()]
        before = pd.DataFrame(rows, columns=columns)
    newest = pd.DataFrame([(snapshot_id, pd.Timestamp(now), version)], columns=columns)
    return pd.concat([newest, before], ignore_index=True) if len(before) else newest
