"""Campaigns: what was promised, what came, the tracked links, and the import of outcomes."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.bundles.campaigns import delivery
from athlete_intel.ui import bundle_columns, bundle_words, campaigns, filters, formats, frame

data = frame.current()
about = data.about
known = campaigns.all_of(data)
if not known:
    frame.header("Campaigns", "No campaign was saved yet.", data)
    if told := campaigns.whose():
        frame.note(told)
    frame.nothing_here("Plan who to book, and save the plan: its promise is then kept here beside what comes.")
    frame.link("pages/plan.py", "Plan a campaign", ":material/checklist:")
    st.stop()

header = st.container()
by_id = {campaign.campaign_id: campaign for campaign in known}
names = formats.distinct({key: campaign.name for key, campaign in by_id.items()})
campaign = by_id[filters.linked_choice("Campaign", list(by_id), "campaign", names.__getitem__)]
outcomes = campaigns.delivered(data, campaign)
whole, by_athlete = delivery(campaign, outcomes, frame.today())
with header:
    frame.header("Campaigns", bundle_words.campaign_sentence(about, campaign, whole), data)
    if told := campaigns.whose():
        frame.note(told)
    campaigns.told_note()
unit = about["outcome_unit"]
frame.metrics(
    [
        (
            "Promised",
            formats.outcome(campaign.promise["promised"], unit),
            f"With a chance of {formats.percent(campaign.promise['chance'])}, when the plan was saved.",
        ),
        ("Came", formats.outcome(whole["delivered"], unit), "All outcomes imported so far."),
        ("Time gone", formats.percent(whole["time_gone"]), f"From {campaign.starts} to {campaign.ends}."),
        ("Cost", formats.money(campaign.promise["cost_cents"]), "As planned."),
    ]
)
frame.chart(frame.drawn(charts.delivered, by_athlete, about), charts.delivered_summary(by_athlete), key="delivered")
frame.section("By athlete")
frame.table(by_athlete, bundle_columns.delivered(by_athlete, about), key="by-athlete")
frame.download(by_athlete, "Download as CSV", f"campaign-{campaign.campaign_id}")
frame.section("Tracked links")
campaigns.links_form(campaign)
frame.section("Import outcomes")
campaigns.import_form(data, campaign)
