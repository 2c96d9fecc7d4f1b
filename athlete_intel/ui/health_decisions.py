"""What analysts decide about alerts and models, signed in the journal; and the table of runs."""

from pathlib import Path

import pandas as pd
import streamlit as st

from athlete_intel.cycle import runs as read_runs
from athlete_intel.errors import ModelError, WarehouseError
from athlete_intel.influence.store import ModelStore
from athlete_intel.model_in_use import earlier_model
from athlete_intel.monitoring.acknowledged import acknowledgement_of, taken_back_of, with_acknowledgements
from athlete_intel.ui import alert_words, formats, model_words, reviews
from athlete_intel.ui.reads import DataSet
from athlete_intel.ui.reviews import newest, rows
from athlete_intel.ui.signer import sent, signature
from athlete_intel.warehouse import Snapshots

_ACKNOWLEDGED, _DECIDED = "alert_acknowledgements", "model_decisions"


def alerts(data: DataSet) -> pd.DataFrame:
    """The alerts of the snapshot, with who acknowledged them by now."""
    return data.once(_alerts, newest(rows(data, _ACKNOWLEDGED)))


def _alerts(data: DataSet, newest: str) -> pd.DataFrame:
    return with_acknowledgements(data.table("alerts"), rows(data, _ACKNOWLEDGED))


def model_decisions(data: DataSet) -> pd.DataFrame:
    """What people decided about models, newest first."""
    return rows(data, _DECIDED).sort_values("id", ascending=False, ignore_index=True)


def runs(data: DataSet) -> pd.DataFrame:
    """Steps of all cycles of this workspace."""
    return read_runs(Path(data.folder))


def acknowledge(data: DataSet, still: pd.DataFrame) -> None:
    """Say that somebody has seen to an alert."""
    key = reviews.fresh("acknowledge")
    with st.form(key, enter_to_submit=False):
        row = _chosen(still, reviews.fresh("alert"))
        signed = signature(key, "analyst")
        if not sent("Sign and acknowledge", ":material/check:", signed):
            return
    told = alert_words.acknowledged_sentence(signed.who)
    if reviews.write(data, _ACKNOWLEDGED, acknowledgement_of(row), signed, lambda _: told):
        st.rerun()


def take_back(data: DataSet, seen: pd.DataFrame) -> None:
    """Say that an alert needs a person again, though somebody had seen to it."""
    key = reviews.fresh("take-back")
    with st.form(key, enter_to_submit=False):
        row = _chosen(seen, reviews.fresh("alert-seen"))
        signed = signature(key, "analyst")
        if not sent("Sign and take back", ":material/undo:", signed):
            return
    values, revokes = taken_back_of(row)
    told = alert_words.taken_back_sentence(signed.who)
    if reviews.write(data, _ACKNOWLEDGED, values, signed, lambda _: told, revokes):
        st.rerun()


def _chosen(alerts: pd.DataFrame, key: str) -> pd.Series:
    rows = {f"{row['rule']}, {row['subject']}": row for _, row in alerts.iterrows()}
    told = formats.distinct({name: str(row["message"]) for name, row in rows.items()})
    return rows[st.selectbox("Alert", list(rows), format_func=told.__getitem__, key=key)]


def about_models(data: DataSet, models: pd.DataFrame) -> None:
    """Ask for a model of the past, or for a new one; the next cycle brings it about."""
    others = models.loc[models["status"] != "champion", "version"].tolist()
    labels = {"retrain": "Retrain: set a new model against the champion"}
    if others:
        labels["promote"] = "Promote the model below"
    before = _earlier(data)
    if before is not None:
        labels["rollback"] = f"Roll back: make {before} champion again, as it was before"
    key = reviews.fresh("models")
    # Outside the form, so that only a promotion asks for a model.
    action = st.radio("Decision", list(labels), format_func=labels.__getitem__, key=reviews.fresh("action"))
    with st.form(key, enter_to_submit=False):
        version = st.selectbox("Model", others, key=reviews.fresh("model")) if action == "promote" else None
        signed = signature(key, "analyst")
        if not sent("Sign and save", ":material/edit:", signed):
            return
    values = {"action": action, "version": {"promote": version, "rollback": before}.get(action)}
    told = model_words.signed_sentence(action, values["version"], signed.who)
    if _can_be_used(data, values["version"]) and reviews.write(data, _DECIDED, values, signed, lambda _: told):
        st.rerun()


def _store(data: DataSet) -> ModelStore:
    return ModelStore(Path(data.folder))


def _earlier(data: DataSet) -> str | None:
    """The model that was used before the one in use; None if there is none any more."""
    store, snapshots = _store(data), Snapshots(Path(data.folder))
    try:
        champion = store.champion()
        there = [*(model.version for model in store.all()), *(snapshot.id for snapshot in snapshots.all())]
        return _version_before(data.folder, champion.version if champion else None, there, store, snapshots)
    except (ModelError, WarehouseError):
        return None


@st.cache_data(max_entries=32, show_spinner=False)
def _version_before(
    folder: str, champion: str | None, there: list[str], _store: ModelStore, _snapshots: Snapshots
) -> str | None:
    before = earlier_model(_store, _snapshots)
    return None if before is None else before.version


def _can_be_used(data: DataSet, version: str | None) -> bool:
    """Whether a model can be loaded, before somebody signs that it be used; says why if it cannot."""
    try:
        if version is not None:
            _store(data).load(version)
    except ModelError as error:
        st.error(formats.plain(str(error)), icon=":material/edit_off:")
        return False
    return True
