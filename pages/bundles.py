"""Groups of athletes alike, to be bought together: who is in them, what they cost, what they bring."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.ui import columns, filters, formats, frame, words

data = frame.current()
about = data.about
unit = about["outcome_unit"]
bundles = words.for_columns(data.table("bundles").sort_values(["expected", "bundle_id"], ascending=[False, True]))
inside = data.table("bundle_members")
groups = data.table("cluster_groups").query("offered")
clusters = data.table("clusters").merge(data.table("rankings"), on="athlete_id", how="inner")

if bundles.empty:
    frame.header("Bundles", "No group of athletes alike was found in this data set.", data)
    frame.nothing_here(
        "A bundle is made where enough athletes lie close together in what is known about them. Here every athlete is "
        "unlike the others, or there are too few of them. The ranking is the better way to choose."
    )
    frame.link("pages/rankings.py", "To the influence rankings", ":material/leaderboard:")
    st.stop()

header = st.container()
bundles["name"] = bundles["name"] + ", " + bundles["size"]
names = formats.distinct(dict(zip(bundles["bundle_id"], bundles["name"], strict=True)))
opened = filters.linked_choice("Bundle", bundles["bundle_id"].tolist(), "bundle", names.__getitem__)
bundle = bundles[bundles["bundle_id"] == opened].iloc[0]
with header:
    frame.header("Bundles", words.bundle_sentence(about, bundle), data)
frame.say(bundle["why"])
frame.metrics(
    [
        ("Athletes", formats.count(bundle["members"]), "Members of this bundle."),
        (
            formats.upper_first(about["outcome_name"]),
            formats.outcome(bundle["expected"], unit),
            f"One {words.row_is(about)} by each member, on average; the range adds up those of the members.",
        ),
        (
            "Cost",
            formats.money(bundle["cost_cents"]),
            f"On average, {formats.money_range(bundle['low_cents'], bundle['high_cents'])}.",
        ),
        ("Strength", formats.percent(bundle["strength"]), "Mean strength of membership: how firmly they belong."),
    ]
)

members = words.for_columns(
    clusters.merge(inside[inside["bundle_id"] == opened], on="athlete_id").merge(
        data.table("payouts"), on="athlete_id", how="left"
    )
).sort_values("rank", ignore_index=True)
frame.chart(
    charts.bundle_map(clusters, groups, bundle["identity"]),
    f"{charts.bundle_map_summary(clusters, groups)} {words.noise_sentence(clusters)}",
    key="map",
)
frame.section("Who is in it")
event = frame.table(
    members,
    columns.members(members, about),
    key=f"members-{data.snapshot.id}-{opened}",
    on_select="rerun",
    selection_mode="single-row",
    height=430 if len(members) > 11 else "auto",
)
rows = [row for row in event.selection.rows if row < len(members)]
if rows:
    athlete = members.iloc[rows[0]]
    frame.link(
        "pages/earnings.py",
        f"What {athlete['name']} can expect to earn, and why",
        ":material/payments:",
        athlete=athlete["athlete_id"],
    )
else:
    frame.note("Select a row to go to the earnings of that athlete.")
frame.download(members, "Download the members as CSV", f"bundle-{opened}")

frame.section("All bundles")
frame.table(bundles, columns.bundles(bundles, about), key="bundles")
