"""Groups of athletes alike, to be bought together: browse, open one, compare three, take one away."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.ui import (
    bundle_columns,
    bundle_words,
    filters,
    formats,
    frame,
    group_words,
    offers,
    plans,
    reviews,
    takeaway,
    words,
)

data = frame.current()
about = data.about
everything = data.once(offers.all_of)
groups = data.once(offers.groups_on_offer)
clusters = data.once(offers.on_map)

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
header = st.container()
bundles = offers.filtered(everything)
if bundles.empty:
    with header:
        frame.header("Bundles", "No bundle fits these filters.", data)
    frame.nothing_here("Take filters away in the sidebar, or raise the cost.")
    st.stop()
offers.gone_note(data, everything)
called = formats.distinct(dict(zip(bundles["bundle_id"], bundles["called"], strict=True)))
opened = filters.linked_choice(
    "Bundle", bundles["bundle_id"].tolist(), "bundle", called.__getitem__, everything=everything["bundle_id"]
)
bundle = bundles[bundles["bundle_id"] == opened].iloc[0]
answer, promise = words.bundle_sentence(about, bundle), bundle_words.promise_sentence(about, bundle)
handles_checked = data.once(reviews.handles_checked)
allowance = bundle_words.choice_sentence(plans.chosen_as(data))
with header:
    frame.header("Bundles", answer, data)
frame.say(f"{promise} {allowance}".strip())
members = offers.members(data, opened)
if doubts := plans.doubts(data, members):
    frame.attention(doubts)
frame.say(bundle["why"])
frame.in_sidebar("Filter bundles, or set up to three side by side,")
frame.metrics(offers.figures(bundle, about))
mix = bundle_words.mix_sentence(about, bundle, handles_checked)
frame.say(mix)
for _, group in groups[groups["identity"] == bundle["identity"]].iterrows():
    frame.note(group_words.identity_sentence(group))

offers.comparison(everything, about, handles_checked)
with frame.open_tab(["Who is in it", "All bundles", "All groups"]) as tab:
    if tab == "Who is in it":
        row = offers.row_of_point(members)
        key = f"members-{data.snapshot.id}-{opened}-{row}"
        selected = offers.selected_in_table(key, members, row)
        own_group = offers.group_of(bundle)
        shown = data.once(offers.shown_on_map, opened)
        summary = [
            charts.bundle_map_summary(clusters, groups),
            group_words.outside_sentence(clusters),
            group_words.thinned_sentence(len(shown), len(clusters), own_group is not None),
        ]
        frame.chart(
            frame.drawn(charts.bundle_map, shown, groups, own_group, selected, members["athlete_id"]),
            " ".join(filter(None, summary)),
            key=offers.MAP,
            on_select=offers.remember_point,
            selection_mode="points",
        )
        found = offers.selected_on_map(clusters)
        if found is not None:
            frame.say(group_words.found_on_map(found, members, groups))
            if row is None:
                offers.about_athlete(data, found["athlete_id"])
        listed = bundle_columns.shown(members)
        table_event = frame.table(
            listed,
            bundle_columns.booked(listed, about),
            key=key,
            on_select="rerun",
            selection_mode="single-row",
            # A point on the map selects its row; another table begins with it, as rows cannot be selected later.
            selection_default={"selection": {"rows": [] if row is None else [row]}},
            height=430 if len(members) > 11 else "auto",
        )
        picked = frame.picked(table_event, members)
        if len(picked):
            offers.about_athlete(data, picked.iloc[0]["athlete_id"])
            frame.earnings_link(picked.iloc[0])
        else:
            frame.note("Select a row to mark the athlete on the map, or a point on the map to mark the row.")
        lines = [answer, f"{promise} {allowance}".strip(), *doubts, bundle["why"], mix]
        takeaway.buttons(data, f"bundle-{opened}", str(bundle["called"]), lines, members)
        offers.plan_link(members)
    elif tab == "All bundles":
        frame.note("Those that pass the filters. Open one in the box above; the sidebar sets up to three side by side.")
        frame.table(
            bundles,
            bundle_columns.offers(bundles, about),
            key="bundles",
            row_height=bundle_columns.row_height(bundles["called"]),
        )
    else:
        offers.all_groups(data)
