"""Campaigns: what was promised, what came, the tracked links, and the import of outcomes."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.bundles import delivery
from athlete_intel.ui import (
    bundle_columns,
    campaign_words,
    campaigns,
    filters,
    formats,
    frame,
    outcome_words,
    plans,
    takeaway,
)

data = frame.current()
about = data.about
known = campaigns.all_of(data)
header = st.container()
campaigns.called_off_note(data)
if not known:
    with header:
        frame.header("Campaigns", "No campaign is kept here yet.", data)
        campaigns.told_note()
        if told := campaigns.whose():
            frame.note(told)
    filters.tell_unknown("campaign", [])
    frame.nothing_here("Plan who to book, and save the plan: its promise is then kept here beside what comes.")
    frame.link("pages/plan.py", "Plan a campaign", ":material/checklist:")
    st.stop()

by_id = {campaign.campaign_id: campaign for campaign in known}
names = formats.distinct({key: campaign.name for key, campaign in by_id.items()})
campaign = by_id[filters.linked_choice("Campaign", list(by_id), "campaign", names.__getitem__)]
outcomes, level = campaigns.delivered(data, campaign), outcome_words.is_level(about)
whole, by_athlete = delivery.delivery(campaign, outcomes, frame.today(), level)
answer = campaign_words.campaign_sentence(about, campaign, whole)
judged = campaign_words.how_it_is_judged(about, campaign, whole)
saved = campaign_words.saved_sentence(about, campaign)
with header:
    frame.header("Campaigns", answer, data)
    if told := campaigns.whose():
        frame.note(told)
    campaigns.told_note()
frame.metrics(campaigns.figures(campaign, whole, about))
frame.say(judged)
frame.say(saved)
if whole["days_over"] < 0 and (doubts := plans.doubts(data, campaign.athletes)):
    frame.attention(doubts)
channels = delivery.by_channel(outcomes, level)
if outcomes.empty:
    frame.note("Outcomes are imported at the end of this page; what came then stands here, by day and by channel.")
else:
    course = delivery.course(campaign, outcomes, level)
    lines = delivery.course_by_channel(campaign, outcomes, level)
    frame.chart(frame.drawn(charts.course, course, lines, about), charts.course_summary(course, about), key="course")
    frame.section("By channel")
    shown = channels.assign(channel=channels["channel"].map(formats.platform))
    frame.table(shown, bundle_columns.channels(channels, about), key="by-channel")
frame.section("By athlete")
if len(outcomes):
    frame.chart(frame.drawn(charts.delivered, by_athlete, about), charts.delivered_summary(by_athlete), key="delivered")
frame.table(by_athlete, bundle_columns.delivered(by_athlete, about), key="by-athlete")
takeaway.campaign_buttons(data, campaign, [answer, judged, saved], by_athlete, channels, outcomes)
frame.section("The plan behind it")
campaigns.plan_behind(data, campaign)
frame.section("Tracked links")
campaigns.links_form(data, campaign)
frame.section("Import outcomes")
campaigns.import_form(data, campaign)
campaigns.imports_so_far(data, campaign)
campaigns.call_off_form(data, campaign)
