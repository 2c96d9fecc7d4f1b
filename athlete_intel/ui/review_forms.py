"""The forms in which people decide about handles. Each decision needs a name and a reason."""

import pandas as pd
import streamlit as st

from athlete_intel.ui import formats, handle_decisions, reviews
from athlete_intel.ui.handles import NO_ACCOUNT, OTHER
from athlete_intel.ui.reads import DataSet
from athlete_intel.ui.signer import sent, signature

_ACTIONS = {
    "accept": "Accept: the handle chosen below is the athlete's",
    "reject": "Reject: the handle in use is wrong, and the right one is not known",
    "ask again": "Ask again: more workers shall say",
}


def review(data: DataSet, state: pd.Series, candidates: list[dict[str, object]]) -> None:
    """Accept, reject or ask again; nothing is chosen before, as a handle that waits may be right or wrong."""
    key = reviews.fresh(f"review-{state['athlete_id']}-{state['platform']}")
    named = [str(each["handle"]) for each in candidates if each["handle"]]
    decided = reviews.decisions(data)
    newest = max([0, *decided.loc[handle_decisions.of_handle(decided, state), "id"]])
    seen = st.session_state.get(f"{key}-seen", newest)
    # Whoever signs now has seen what was decided before; what came while the form stood there is told first.
    st.session_state[f"{key}-seen"] = newest
    with st.form(key, enter_to_submit=False):
        action = st.radio("Decision", list(_ACTIONS), None, format_func=_ACTIONS.__getitem__, key=f"{key}-action")
        left, middle, right = st.columns([3, 3, 2])
        chosen = left.selectbox("The right handle", [*named, NO_ACCOUNT, OTHER], key=f"{key}-account")
        other = middle.text_input("If another handle, which?", key=f"{key}-other")
        suggested = state["suggested_since"]
        since = right.date_input(
            "Since",
            None if formats.missing(suggested) else pd.Timestamp(suggested).date(),
            key=f"{key}-since",
            help="From which day on the data of this handle are the athlete's. Without a day: all of them. A day that "
            "stands here already is the one from which posts look as if two athletes had changed places.",
        )
        signed = signature(key, "analyst")
        if not sent("Sign and save", ":material/edit:", signed, {"Decision": action or ""}):
            return
    if action == "accept" and chosen == OTHER and not other.strip():
        st.error("Write the other handle, or choose one of those named.", icon=":material/edit_off:")
        return
    handle = {OTHER: other.strip(), NO_ACCOUNT: ""}.get(chosen, chosen)
    accepted = action == "accept"
    values = _of(state) | {
        "action": action,
        "handle": handle if accepted else None,
        "since": since if accepted else None,
    }
    if reviews.record(data, values, signed, seen=seen):
        st.rerun()


def take_back(data: DataSet, decisions: pd.DataFrame, names: dict[str, str]) -> None:
    """Take a decision back; it stays in the journal, and so does this."""
    decisions = handle_decisions.revocable(decisions)
    if decisions.empty:
        return
    told = decisions[["id", "action", "who", "athlete_id", "platform"]].to_numpy()
    labels = {
        int(number): f"No. {number}: {action} by {who}, {names.get(athlete, athlete)} on {formats.platform(platform)}"
        for number, action, who, athlete, platform in told
    }
    key = reviews.fresh("take-back")
    with st.form(key, enter_to_submit=False):
        number = st.selectbox("Decision to take back", list(labels), format_func=labels.__getitem__, key=f"{key}-id")
        signed = signature(key, "analyst")
        if not sent("Sign and take back", ":material/undo:", signed):
            return
    row = decisions[decisions["id"] == number].iloc[0]
    values = _of(row) | {"action": "revoke", "handle": None, "since": None}
    if reviews.record(data, values, signed, revokes=int(number)):
        st.rerun()


def contest(data: DataSet, states: pd.DataFrame) -> None:
    """An athlete says that a handle is wrong."""
    platforms = states["platform"].tolist()
    athlete_id = str(states["athlete_id"].iloc[0])
    key = reviews.fresh("contest")
    with st.form(key, enter_to_submit=False):
        platform = st.radio(
            "Which handle is wrong?", platforms, format_func=formats.platform, key=f"{key}-platform", horizontal=True
        )
        signed = signature(key, "athlete")
        if not sent("Sign and contest", ":material/gavel:", signed):
            return
    values = {"athlete_id": athlete_id, "platform": platform, "action": "contest", "handle": None, "since": None}
    if reviews.record(data, values, signed):
        st.rerun()


def _of(row: pd.Series) -> dict[str, object]:
    return {"athlete_id": str(row["athlete_id"]), "platform": str(row["platform"])}
