"""What people decide in the app, written to the journal: the only thing that the app writes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from athlete_intel.errors import JournalError, WarehouseError
from athlete_intel.handles.states import NOT_ASKED
from athlete_intel.journal import Journal
from athlete_intel.journal_rows import rows_now
from athlete_intel.settings import Settings, load_settings
from athlete_intel.ui import formats, handle_decisions, handles, sign_in
from athlete_intel.ui.reads import DataSet
from athlete_intel.ui.signer import Signature
from athlete_intel.warehouse import Snapshots

TABLE = "handle_reviews"
_SAVED, _SIGNED = "decision_saved", "decisions_signed"


def settings_of(data: DataSet) -> Settings:
    """The settings for the workspace that is shown."""
    return replace(load_settings(), home=Path(data.folder).parent, workspace=data.workspace)


def rows(data: DataSet, table: str) -> pd.DataFrame:
    """A table of the journal as it is now."""
    return rows_now(settings_of(data), table)


def decisions(data: DataSet) -> pd.DataFrame:
    """Every decision about handles, as the journal has it now."""
    return rows(data, TABLE)


def newest_read(data: DataSet) -> int:
    """The number of the newest decision that the snapshot knows; 0 for none."""
    known = data.table("handle_reviews")
    return int(known["id"].max()) if len(known) else 0


def journal(data: DataSet, decided: pd.DataFrame) -> pd.DataFrame:
    """Decisions about handles for people; see `handle_decisions.journal_rows`."""
    return handle_decisions.journal_rows(decided, data.once(names), newest_read(data))


def waiting(data: DataSet) -> pd.DataFrame:
    """Handles that a person should look at; see `handles.queue`."""
    return data.once(_waiting, newest(decisions(data)))


def _waiting(data: DataSet, newest: str) -> pd.DataFrame:
    states, flags, athletes = data.table("handle_states"), data.table("handle_flags"), data.table("athletes")
    return handles.queue(states, flags, decisions(data), athletes, newest_read(data))


def in_doubt(data: DataSet) -> set[str]:
    """Athletes whose figures may rest on another account; see `handles.in_doubt`."""
    return data.once(_in_doubt, newest(decisions(data))) if data.size("handle_states") else set()


def newest(rows: pd.DataFrame) -> str:
    """What names the newest row of a table of the journal; as rows are only added, it stands for all of them.

    The time is part of it: a journal brought back from a copy counts on from an older number.

    Args:
        rows: id, at (UTC), oldest first.

    >>> rows = pd.DataFrame({"id": [6, 7], "at": pd.to_datetime(["2026-03-01", "2026-03-02"], utc=True)})
    >>> newest(rows), newest(rows.head(0))
    ('7 2026-03-02 00:00:00+00:00', '')
    """
    return "" if rows.empty else "{id} {at}".format_map(rows.iloc[-1])


def _in_doubt(data: DataSet, newest: str) -> set[str]:
    decided = decisions(data)
    states, flags, ranked = data.table("handle_states"), data.table("handle_flags"), data.table("rankings")
    return handles.in_doubt(handles.queue(states, flags, decided, ranked, newest_read(data)))


def queue_labels(data: DataSet, newest: str) -> dict[str, str]:
    """What the handles of the queue are called in a list of choices, by handle_key, most money first.

    Args:
        data: the data set.
        newest: decision, from `newest`.
    """
    return formats.distinct({row["handle_key"]: handles.handle_label(row) for _, row in waiting(data).iterrows()})


def candidates(data: DataSet, newest: str, handle_key: str) -> list[dict[str, Any]]:
    """The accounts to choose from for a handle of the queue; see `handles.candidates`.

    Args:
        data: the data set.
        newest: decision, from `newest`.
        handle_key: of the handle.
    """
    queue = waiting(data)
    state = queue[queue["handle_key"] == handle_key].iloc[0]
    votes = data.rows_of("handle_candidates", state["athlete_id"])
    votes = votes[votes["platform"] == state["platform"]]
    return handles.candidates(state, votes, data.table("handle_states"), data.once(names))


def workers(data: DataSet) -> pd.DataFrame:
    """The workers, most skilled first; see `handles.on_gold`."""
    return handles.on_gold(data.table("handle_workers"))


def ballots(data: DataSet, athlete_id: str, platform: str) -> pd.DataFrame:
    """The votes on one handle with the skill of each worker; see `handles.with_skills`."""
    votes = data.rows_of("handle_ballots", athlete_id)
    return handles.with_skills(votes[votes["platform"] == platform], data.once(workers))


def names(data: DataSet) -> dict[str, str]:
    """Names by athlete_id, of everybody known; those that are equal are told apart."""
    athletes = data.table("athletes")
    return formats.distinct(dict(zip(athletes["athlete_id"], athletes["name"], strict=True)))


def handles_checked(data: DataSet) -> bool:
    """Whether anybody looked at a handle of the data set; where nobody did, it says nothing that none is contested."""
    return bool((data.table("handle_states")["state"] != NOT_ASKED).any())


def accounts(data: DataSet, athlete_id: str) -> pd.DataFrame | None:
    """The states of an athlete's handles, as whoever is there may read them; None where there are no handles."""
    if not data.size("handle_states"):
        return None
    states, person = data.rows_of("handle_states", athlete_id), sign_in.person()
    return states if person is None or person.sees_every_athlete else handles.for_the_athlete(states)


def contested_marks(data: DataSet, athlete_id: str) -> list[str]:
    """What an athlete is told about handles that are contested, also since the snapshot was made."""
    states = accounts(data, athlete_id)
    if states is None:
        return []
    since = handles.contested_since(decisions(data), athlete_id, states, newest_read(data))
    return since + handles.contested_marks(states)


def record(
    data: DataSet,
    values: Mapping[str, Any],
    signed: Signature,
    revokes: int | None = None,
    seen: int | None = None,
) -> bool:
    """Sign a decision about a handle; see `write`, and where it depends on the decisions `seen`, `unless_decided`."""
    athlete = str(values["athlete_id"])
    name = data.once(names).get(athlete, athlete)

    def told(number: int) -> str:
        return handle_decisions.signed_sentence(number, values, signed.who, name, revokes)

    row = values if seen is None else handle_decisions.unless_decided(values, seen)
    return write(data, TABLE, row, signed, told, revokes)


def write(
    data: DataSet,
    table: str,
    values: Mapping[str, Any] | Callable[[pd.DataFrame], Mapping[str, Any]],
    signed: Signature,
    told: Callable[[int], str],
    revokes: int | None = None,
) -> bool:
    """Append a signed decision to the journal; what is missing is said on the page. Returns whether it was written.

    Args:
        data: the data set.
        table: of the journal.
        values: of the row, or what makes them out of all rows; see `Journal.append`.
        signed: who, why, and in which role.
        told: what the page says of it once, given the number of the row.
        revokes: number of the row that is taken back.
    """
    try:
        with Journal.of(settings_of(data)) as journal:
            number = journal.append(table, values, who=signed.who, role=signed.role, why=signed.why, revokes=revokes)
    except JournalError as error:
        st.error(formats.plain(str(error)), icon=":material/edit_off:")
        return False
    st.session_state[_SAVED] = told(number)
    st.session_state[_SIGNED] = st.session_state.get(_SIGNED, 0) + 1
    return True


def fresh(key: str) -> str:
    """The key of a form that is empty again once a decision is written, so that nobody signs one twice.

    What was typed stays where something is missing in it.
    """
    signed = st.session_state.get(_SIGNED, 0)
    return f"{key}-{signed}" if signed else key


def saved_note() -> None:
    """Says once that the last decision was written."""
    told = st.session_state.pop(_SAVED, None)
    if told:
        st.success(formats.plain(told), icon=":material/check_circle:")


def earlier_payouts(data: DataSet) -> tuple[str, pd.DataFrame] | None:
    """The payouts of the snapshot before the one shown, with its id; None where there is none."""
    snapshots = Snapshots(Path(data.folder))
    older = [snapshot.id for snapshot in snapshots.all() if snapshot.id < data.snapshot.id]
    if not older:
        return None
    try:
        return older[0], _payouts(data.folder, older[0])
    except WarehouseError:
        return None


@st.cache_data(max_entries=8, show_spinner=False)
def _payouts(folder: str, snapshot_id: str) -> pd.DataFrame:
    snapshots = Snapshots(Path(folder))
    found = next(snapshot for snapshot in snapshots.all() if snapshot.id == snapshot_id)
    return snapshots.read("payouts", ["athlete_id", "expected_cents"], snapshot=found)
