"""Campaigns in the app: what the journal holds of them, and the forms that add to it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from athlete_intel.bundles.campaigns import (
    ALSO_TOLD,
    PROMISED,
    Campaign,
    called_off,
    campaigns_of,
    check_days,
    new_id,
    values_of,
)
from athlete_intel.bundles.links import tracked_links
from athlete_intel.bundles.outcomes import imports_of, outcome_values, outcomes_of
from athlete_intel.bundles.requests import Request
from athlete_intel.errors import JournalError, PlanError
from athlete_intel.journal import Journal
from athlete_intel.ui import bundle_columns, campaign_words, filters, formats, frame, outcome_words, plan_links, sign_in
from athlete_intel.ui.reads import DataSet
from athlete_intel.ui.reviews import newest, rows, settings_of
from athlete_intel.ui.signer import Signature, sent, signature

CAMPAIGNS, OUTCOMES = "campaigns", "campaign_outcomes"
_TOLD = "campaign_told"
_CAMPAIGN_NAME = "Name of the campaign"
_CHANNELS = ["instagram", "twitter", "facebook", "tiktok", "youtube"]


def all_of(data: DataSet) -> list[Campaign]:
    """The campaigns that stand and that whoever is there may see, newest first; of a brand its own only."""
    standing = data.once(_standing, newest(rows(data, CAMPAIGNS)))
    return [each for each in standing if _is_seen(each.saved_by, each.brand)]


def _standing(data: DataSet, newest: str) -> list[Campaign]:
    return campaigns_of(rows(data, CAMPAIGNS))


def called_off_note(data: DataSet) -> None:
    """Where the address names a campaign that was called off: that it was, by whom and why."""
    wanted = st.query_params.get("campaign")
    if wanted is None:
        return
    gone = called_off(rows(data, CAMPAIGNS))
    for _, row in gone[gone["campaign_id"] == wanted].iterrows():
        if _is_seen(str(row["saved_by"]), None if formats.missing(row["brand"]) else str(row["brand"])):
            st.warning(formats.plain(campaign_words.called_off_sentence(row)), icon=":material/event_busy:")
            # Nothing else needs to say that the address names what is not there.
            del st.query_params["campaign"]


def _is_seen(saved_by: str, brand: str | None) -> bool:
    person = sign_in.person()
    return person is None or person.sees_campaign(saved_by, brand)


def whose() -> str:
    """Whose campaigns are shown, where they are not all; else nothing."""
    person = sign_in.person()
    if person is None or person.sees_every_campaign:
        return ""
    mine = f"that people of {person.brand} saved" if person.brand else "that you saved"
    return f"You see the campaigns {mine}; those of others are theirs alone."


def figures(campaign: Campaign, whole: Mapping[str, float], about: pd.Series) -> list[tuple[str, str, str]]:
    """The figures of a campaign; whole is the first result of `bundles.delivery.delivery`."""
    unit, promise, level = about["outcome_unit"], campaign.promise, outcome_words.is_level(about)
    meaning = "Mean of the days imported so far, of all athletes." if level else "All outcomes imported so far."
    came = formats.outcome(whole["delivered"], unit) if whole["time_known"] else "Nothing yet"
    told = [
        (
            "Promised",
            formats.outcome(promise["promised"], unit),
            f"With a chance of {formats.percent(promise['chance'])}, when the plan was saved.",
        ),
        ("Came", came, f"{meaning} A later figure replaces an earlier one."),
        ("At this pace", formats.outcome(whole["pace"], unit), "What comes by the end, if it goes on like this."),
        ("Time gone", formats.percent(whole["time_gone"]), f"{formats.days(campaign.starts, campaign.ends)}."),
        ("Cost", formats.money(promise["cost_cents"]), f"As planned: {outcome_words.paid_for(about) or 'on average'}."),
    ]
    return [figure for figure in told if not (level and figure[0] == "At this pace")]


def delivered(data: DataSet, campaign: Campaign) -> pd.DataFrame:
    """What was delivered so far."""
    return data.once(_delivered, campaign.campaign_id, newest(rows(data, OUTCOMES)))


def _delivered(data: DataSet, campaign_id: str, newest: str) -> pd.DataFrame:
    return outcomes_of(campaign_id, rows(data, OUTCOMES))


def told_note() -> None:
    """Says once what was written last."""
    told = st.session_state.pop(_TOLD, None)
    if told:
        st.success(formats.plain(told), icon=":material/check_circle:")


def save_form(data: DataSet, request: Request, members: pd.DataFrame, facts: Mapping[str, float]) -> None:
    """Save a plan as a campaign; its promise is frozen."""
    with st.form("save-campaign", enter_to_submit=False):
        left, middle, right = st.columns([2, 1, 1])
        name = left.text_input(_CAMPAIGN_NAME, key="campaign-name", max_chars=120)
        # The data may be years old: what is booked begins after today in any case.
        first = max(data.about["as_of"].date(), frame.today()) + timedelta(days=1)
        starts = middle.date_input("First day", first, key="campaign-starts")
        ends = right.date_input("Last day", first + timedelta(days=27), key="campaign-ends")
        signed = signature("campaign", "brand", "What it is for")
        if not sent("Save as a campaign", ":material/bookmark_add:", signed, {_CAMPAIGN_NAME: name}):
            return
    person = sign_in.person()
    campaign = Campaign(
        "",
        name,
        data.snapshot.id,
        starts,
        ends,
        {key: facts[key] for key in (*PROMISED, *ALSO_TOLD) if key in facts},
        members.rename(columns={"mean": "expected"}),
        asdict(request),
        brand=person.brand if person else None,
    )

    def values(known: pd.DataFrame) -> dict[str, Any]:
        check_days(campaign, frame.today())
        return values_of(replace(campaign, campaign_id=new_id(name, known["campaign_id"].astype("str"))))

    if (number := _append(data, CAMPAIGNS, values, signed)) is None:
        return
    saved = next(each for each in campaigns_of(rows(data, CAMPAIGNS)) if each.journal_id == number)
    st.session_state[_TOLD] = campaign_words.next_steps(name.strip(), signed.who.strip())
    st.switch_page("pages/campaigns.py", query_params={"data": data.workspace, "campaign": saved.campaign_id})


def channels_of(data: DataSet) -> list[str]:
    """Where the athletes of a data set are, as far as links are posted there."""
    known = set(data.table("handle_states")["platform"]) if data.size("handle_states") else set()
    # Where no handles are known, figures of a platform tell that there are accounts.
    features = known or {name.partition("_")[0] for name in data.table("feature_catalogue")["feature"].astype(str)}
    return [channel for channel in _CHANNELS if channel in features]


def links_form(data: DataSet, campaign: Campaign) -> None:
    """Tracked links of a campaign, to be taken away."""
    address = st.text_input("Page that is advertised", "https://", key="campaign-address")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        usual = st.pills(
            "Channels",
            _CHANNELS,
            selection_mode="multi",
            default=channels_of(data),
            format_func=formats.platform,
            key=f"campaign-channels-{data.workspace}",
        )
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
    frame.table(links.assign(channel=links["channel"].map(formats.platform)), shown, key="links", height=250)
    frame.download(links, "Download the links as CSV", f"links-{campaign.campaign_id}")


def import_form(data: DataSet, campaign: Campaign) -> None:
    """Import what was delivered."""
    with st.form("import-outcomes", enter_to_submit=False):
        file = st.file_uploader(
            "Outcomes as CSV: athlete_id, channel, day, outcome", type=["csv"], key=f"outcomes-{campaign.campaign_id}"
        )
        signed = signature("outcomes", "brand", "Where the numbers come from")
        chosen = {"Outcomes as CSV": file.name if file else ""}
        if not sent("Import", ":material/upload:", signed, chosen) or file is None:
            return

    def values(earlier: pd.DataFrame) -> dict[str, Any]:
        return outcome_values(campaign, file.name, file.getvalue(), earlier, frame.today())

    if _append(data, OUTCOMES, values, signed) is None:
        return
    imported = imports_of(campaign.campaign_id, rows(data, OUTCOMES)).iloc[0]
    st.session_state[_TOLD] = campaign_words.imported_sentence(imported)
    st.rerun()


def imports_so_far(data: DataSet, campaign: Campaign) -> None:
    """The imports that count, and the form that takes one of them back; it stays in the journal, and so does that."""
    known = imports_of(campaign.campaign_id, rows(data, OUTCOMES))
    if known.empty:
        return
    frame.table(known, bundle_columns.imports(), key="imports")
    labels = {int(row["id"]): campaign_words.import_label(row) for _, row in known.iterrows()}
    with st.expander("Take an import back", icon=":material/undo:"), st.form("take-import", enter_to_submit=False):
        number = st.selectbox("Import", list(labels), format_func=labels.__getitem__, key="take-import-id")
        signed = signature("take-import", "brand", "What is wrong with it")
        if not sent("Sign and take back", ":material/undo:", signed):
            return

    def values(earlier: pd.DataFrame) -> dict[str, Any]:
        row = earlier[earlier["id"] == number].iloc[0]
        return {name: row[name] for name in ("campaign_id", "file", "sha256", "outcomes")}

    if _append(data, OUTCOMES, values, signed, revokes=int(number)) is None:
        return
    st.session_state[_TOLD] = f"{labels[number].partition(' by ')[0]} no longer counts; what it replaced does again."
    st.rerun()


def plan_behind(data: DataSet, campaign: Campaign) -> None:
    """What was asked for, and the way back to the plan."""
    frame.say(campaign_words.request_sentence(campaign.request, data.about))
    if campaign.snapshot_id != data.snapshot.id:
        frame.note("The data have changed since: planned anew, the same wishes may book others.")
    query = plan_links.query_of(campaign.request)
    frame.link("pages/plan.py", "Plan with the same wishes", ":material/checklist:", **query)


def call_off_form(data: DataSet, campaign: Campaign) -> None:
    """Call a campaign off; it stays in the journal, and so does this."""
    with st.expander("Call it off", icon=":material/event_busy:"), st.form("call-off", enter_to_submit=False):
        frame.say(
            f"{campaign_words.named(campaign.name)} then stands in no list any more, and its athletes no longer count "
            "as offered in it."
        )
        signed = signature("call-off", "brand", "Why it is called off")
        if not sent("Sign and call off", ":material/event_busy:", signed):
            return
    number = _append(data, CAMPAIGNS, values_of(campaign), signed, revokes=campaign.journal_id)
    if number is not None:
        st.session_state[_TOLD] = f"{campaign_words.named(campaign.name)} is called off, signed {signed.who.strip()}."
        st.query_params.pop("campaign", None)
        st.rerun()


def _append(
    data: DataSet,
    table: str,
    values: Mapping[str, Any] | Callable[[pd.DataFrame], Mapping[str, Any]],
    signed: Signature,
    revokes: int | None = None,
) -> int | None:
    """Sign and append a row; returns its number, or None where it was refused, which is said on the page."""
    try:
        with Journal.of(settings_of(data)) as journal:
            return journal.append(table, values, who=signed.who, role=signed.role, why=signed.why, revokes=revokes)
    except (PlanError, JournalError) as error:
        st.error(formats.plain(str(error)), icon=":material/edit_off:")
        return None
