"""Campaigns in the app: what the journal holds of them, and the forms that add to it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from athlete_intel.bundles.campaigns import (
    PROMISED,
    Campaign,
    campaigns_of,
    new_id,
    outcome_values,
    outcomes_of,
    tracked_links,
    values_of,
)
from athlete_intel.bundles.requests import Request
from athlete_intel.errors import JournalError, PlanError
from athlete_intel.journal import Journal, no_rows
from athlete_intel.ui import filters, formats, frame, sign_in
from athlete_intel.ui.reads import DataSet
from athlete_intel.ui.reviews import settings_of
from athlete_intel.ui.signer import Signature, signature

CAMPAIGNS, OUTCOMES = "campaigns", "campaign_outcomes"
_TOLD = "campaign_told"
_CHANNELS = ["instagram", "twitter", "facebook", "tiktok", "youtube"]


def rows(data: DataSet, table: str) -> pd.DataFrame:
    """A table of the journal as it is now."""
    settings = settings_of(data)
    if not Journal.is_there(settings):
        return no_rows(table)
    with Journal.of(settings) as journal:
        return journal.rows(table)


def all_of(data: DataSet) -> list[Campaign]:
    """The campaigns that stand and that whoever is there may see, newest first; of a brand its own only."""
    found, person = campaigns_of(rows(data, CAMPAIGNS)), sign_in.person()
    return [each for each in found if person is None or person.sees_campaign(each.saved_by, each.brand)]


def whose() -> str:
    """Whose campaigns are shown, where they are not all; else nothing."""
    person = sign_in.person()
    if person is None or person.sees_every_campaign:
        return ""
    mine = f"that people of {person.brand} saved" if person.brand else "that you saved"
    return f"You see the campaigns {mine}; those of others are theirs alone."


def delivered(data: DataSet, campaign: Campaign) -> pd.DataFrame:
    """What was delivered so far."""
    return outcomes_of(campaign, rows(data, OUTCOMES))


def told_note() -> None:
    """Says once what was written last."""
    told = st.session_state.pop(_TOLD, None)
    if told:
        st.success(formats.plain(told), icon=":material/check_circle:")


def save_form(data: DataSet, request: Request, members: pd.DataFrame, facts: Mapping[str, float]) -> None:
    """Save a plan as a campaign; its promise is frozen."""
    with st.form("save-campaign", enter_to_submit=False):
        left, middle, right = st.columns([2, 1, 1])
        name = left.text_input("Name of the campaign", key="campaign-name", max_chars=120)
        # The data may be years old: what is booked begins after today in any case.
        first = max(data.about["as_of"].date(), frame.today()) + timedelta(days=1)
        starts = middle.date_input("First day", first, key="campaign-starts")
        ends = right.date_input("Last day", first + timedelta(days=27), key="campaign-ends")
        signed = signature("campaign", "brand", "What it is for")
        if not st.form_submit_button("Save as a campaign", icon=":material/bookmark_add:"):
            return
    person = sign_in.person()
    taken = rows(data, CAMPAIGNS)["campaign_id"].astype("str")
    campaign = Campaign(
        new_id(name, taken),
        name,
        data.snapshot.id,
        starts,
        ends,
        {key: facts[key] for key in PROMISED},
        members.rename(columns={"mean": "expected"}),
        asdict(request),
        brand=person.brand if person else None,
    )
    try:
        _append(data, CAMPAIGNS, values_of(campaign), signed)
    except (PlanError, JournalError) as error:
        st.error(formats.plain(str(error)), icon=":material/edit_off:")
        return
    st.session_state[_TOLD] = f"{name.strip()} is saved with its promise, signed {signed.who.strip()}."
    st.switch_page("pages/campaigns.py", query_params={"data": data.workspace, "campaign": campaign.campaign_id})


def links_form(campaign: Campaign) -> None:
    """Tracked links of a campaign, to be taken away."""
    address = st.text_input("Page that is advertised", "https://", key="campaign-address")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        usual = st.pills("Channels", _CHANNELS, selection_mode="multi", default=_CHANNELS[:2], key="campaign-channels")
        more = st.text_input("Other channels", key="campaign-more-channels", placeholder="With commas between them")
    channels = [*usual, *filters.split_ids(more)]
    if address.strip() in ("", "https://"):
        frame.note("Write the address of your page: each athlete and channel then gets a link of its own.")
        return
    try:
        links = tracked_links(campaign, address, channels)
    except PlanError as error:
        st.error(formats.plain(str(error)), icon=":material/edit_off:")
        return
    shown = {"name": "Athlete", "channel": "Channel", "url": "Link"}
    frame.table(links, shown, key="links", height=250)
    frame.download(links, "Download the links as CSV", f"links-{campaign.campaign_id}")


def import_form(data: DataSet, campaign: Campaign) -> None:
    """Import what was delivered."""
    with st.form("import-outcomes", enter_to_submit=False):
        file = st.file_uploader(
            "Outcomes as CSV: athlete_id, channel, day, outcome", type=["csv"], key=f"outcomes-{campaign.campaign_id}"
        )
        signed = signature("outcomes", "brand", "Where the numbers come from")
        if not st.form_submit_button("Import", icon=":material/upload:"):
            return
    if file is None:
        st.error("Choose a file first.", icon=":material/edit_off:")
        return
    try:
        values = outcome_values(campaign, file.name, file.getvalue(), rows(data, OUTCOMES))
        _append(data, OUTCOMES, values, signed)
    except (PlanError, JournalError) as error:
        st.error(formats.plain(str(error)), icon=":material/edit_off:")
        return
    st.session_state[_TOLD] = f"{file.name} is imported."
    st.rerun()


def _append(data: DataSet, table: str, values: dict[str, Any], signed: Signature) -> None:
    with Journal.of(settings_of(data)) as journal:
        journal.append(table, values, who=signed.who, role=signed.role, why=signed.why)
