"""Groups of athletes alike, to be bought together: browse, open one, compare three, take one away."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.ui import bundle_columns, bundle_words, filters, formats, frame, offers, plans, takeaway, words

data = frame.current()
about = data.about
everything = offers.all_of(data)
groups = data.table("cluster_groups").query("offered")
clusters = offers.on_map(data, groups)

if everything.empty:
    frame.header("Bundles", "No group of athletes alike was found in this data set.", data)
    frame.nothing_here(
        "A bundle is made where enough athletes lie close together in what is known about them, and come back together "
        "when others are at hand. Here that is not so, or there are too few. A plan chooses among all athletes."
    )
    frame.link("pages/plan.py", "Plan a campaign", ":material/checklist:")
    frame.link("pages/rankings.py", "To the influence rankings", ":material/leaderboard:")
    st.stop()

st.sidebar.divider()
bundles = offers.filtered(everything)
header = st.container()
if bundles.empty:
    with header:
        frame.header("Bundles", "No bundle fits these filters.", data)
    frame.nothing_here("Take filters away in the sidebar, or raise the cost.")
    st.stop()
called = formats.distinct(dict(zip(bundles["bundle_id"], bundles["called"], strict=True)))
opened = filters.linked_choice("Bundle", bundles["bundle_id"].tolist(), "bundle", called.__getitem__)
bundle = bundles[bundles["bundle_id"] == opened].iloc[0]
answer, promise = words.bundle_sentence(about, bundle), bundle_words.promise_sentence(about, bundle)
allowance = bundle_words.choice_sentence(plans.chosen_as(data))
with header:
    frame.header("Bundles", answer, data)
frame.say(f"{promise} {allowance}".strip())
frame.say(bundle["why"])
frame.metrics(offers.figures(bundle, about))
frame.say(bundle_words.mix_sentence(bundle))
for _, group in groups[groups["identity"] == bundle["identity"]].iterrows():
    frame.note(bundle_words.identity_sentence(group))

offers.comparison(everything, about)
frame.section("Who is in it")
members = offers.members(data, opened)
key = f"members-{data.snapshot.id}-{opened}"
event = frame.chart(
    frame.drawn(charts.bundle_map, clusters, groups, offers.group_of(bundle), offers.selected_in_table(key, members)),
    f"{charts.bundle_map_summary(clusters, groups)} {bundle_words.outside_sentence(clusters)}",
    key="map",
    on_select="rerun",
    selection_mode="points",
)
found = offers.selected_on_map(event, clusters)
if found is not None:
    frame.say(bundle_words.found_on_map(found, members, groups))
listed = bundle_columns.shown(members)
table_event = frame.table(
    listed,
    bundle_columns.booked(listed, about),
    key=key,
    on_select="rerun",
    selection_mode="single-row",
    height=430 if len(members) > 11 else "auto",
)
picked = frame.picked(table_event, members)
if len(picked):
    frame.earnings_link(picked.iloc[0])
else:
    frame.note("Select a row to mark the athlete on the map, or a point on the map to see who it is.")
lines = [answer, f"{promise} {allowance}".strip(), bundle["why"], bundle_words.mix_sentence(bundle)]
takeaway.buttons(data, f"bundle-{opened}", str(bundle["called"]), lines, members)

frame.section("All bundles")
frame.note("Up to three of them stand side by side above, if you choose them in the sidebar.")
frame.table(bundles, bundle_columns.offers(bundles, about), key="bundles")
