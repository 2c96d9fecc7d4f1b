"""Bundles as the brand's pages show them: filtered, in figures, side by side, and linked with the map."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from athlete_intel.ui import (
    bundle_columns,
    bundle_words,
    filters,
    formats,
    frame,
    group_words,
    outcome_words,
    plan_links,
    plans,
    words,
)
from athlete_intel.ui.reads import DataSet

_MOST_COMPARED = 3


def all_of(data: DataSet) -> pd.DataFrame:
    """Every bundle, those that bring most first, with what it is called and its money in dollars."""
    table = data.table("bundles").sort_values(["expected", "bundle_id"], ascending=[False, True], ignore_index=True)
    called = [bundle_words.bundle_name(row) for _, row in table.iterrows()]
    inside = data.table("bundle_members").merge(data.table("plan_athletes")[["athlete_id", "sport"]], on="athlete_id")
    sports = inside.dropna(subset=["sport"]).groupby("bundle_id")["sport"].agg(set)
    return table.assign(
        called=called,
        name=called,
        sports_inside=[sports.get(bundle_id, set()) for bundle_id in table["bundle_id"]],
        cost_dollars=table["cost_cents"] / 100,
        per_1000_dollars=table["per_1000_cents"] / 100,
    )


def groups_on_offer(data: DataSet) -> pd.DataFrame:
    """The groups that bundles are made of."""
    return group_words.told_apart(data.table("cluster_groups")).query("offered")


def on_map(data: DataSet) -> pd.DataFrame:
    """Every athlete with a place on the map; the identity of a group that is not on offer is left out."""
    groups = groups_on_offer(data)
    names = data.table("rankings")[["athlete_id", "name"]]
    clusters = data.table("clusters").merge(names, on="athlete_id", how="inner")
    return clusters.assign(identity=clusters["identity"].where(clusters["identity"].isin(groups["identity"])))


_MOST_OTHERS = 250
"""Points on the map beside those of the opened bundle and its group: a browser takes a tenth of a second for 400."""


def shown_on_map(data: DataSet, bundle_id: str) -> pd.DataFrame:
    """The athletes whom the map of a bundle shows; see `thinned`."""
    bundles, members = data.table("bundles"), data.table("bundle_members")
    bundle = bundles[bundles["bundle_id"] == bundle_id].iloc[0]
    inside = members.loc[members["bundle_id"] == bundle_id, "athlete_id"]
    return thinned(data.once(on_map), group_of(bundle), inside)


def thinned(clusters: pd.DataFrame, identity: str | None, inside: pd.Series) -> pd.DataFrame:
    """The athletes whom the map shows: all of a bundle and its group, and of each other group every so-many-th.

    Args:
        clusters: from `on_map`.
        identity: of the bundle's group; None for none.
        inside: the `athlete_id` of each member of the bundle.
    """
    kept = (clusters["identity"] == identity) | clusters["athlete_id"].isin(inside)
    others = clusters[~kept]
    apart = -(-len(others) // _MOST_OTHERS) or 1
    seen = others[others.groupby("identity", dropna=False).cumcount() % apart == 0]
    return clusters[kept | clusters.index.isin(seen.index)]


def group_of(bundle: pd.Series) -> str | None:
    """The group that a bundle is made of; None for a mix of all.

    >>> group_of(pd.Series({"identity": "C3"})), group_of(pd.Series({"identity": float("nan")}))
    ('C3', None)
    """
    return None if formats.missing(bundle["identity"]) else str(bundle["identity"])


def filtered(bundles: pd.DataFrame) -> pd.DataFrame:
    """Bundles that pass the filters in the sidebar; what a link asks of them in vain is told on the page."""
    every_sport = sorted(set().union(*bundles["sports_inside"]), key=filters.folded)
    limited = [limit for limit in _LIMITS if bundles[limit[1]].notna().any()]
    _tell_misread(every_sport, limited)
    sizes = st.sidebar.multiselect("Size", _SIZES, key="size", bind="query-params", placeholder="Any")
    most = st.sidebar.number_input(
        "Cost at most, $", 1, value=None, step=1_000, key="most_cost", bind="query-params", placeholder="Any"
    )
    sports: list[str] = []
    if len(every_sport) > 1:
        sports = st.sidebar.multiselect(
            "Sport", every_sport, key="bundle_sports", bind="query-params", placeholder="Any"
        )
    limits = {
        column: st.sidebar.number_input(
            label, 0, 100, None, 5, key=key, bind="query-params", placeholder="Any", help=meaning
        )
        for label, column, key, meaning in limited
    }
    return passing(bundles, sizes, most, sports, limits)


def _tell_misread(every_sport: list[str], limited: list[tuple[str, str, str, str]]) -> None:
    told = st.container()
    filters.tell_left_out("Size", "size", _SIZES, told)
    filters.tell_left_out("Sport", "bundle_sports", every_sport, told)
    filters.tell_misread("Cost at most, $", "most_cost", filters.whole_number(1), "no number")
    for limit in _LIMITS:
        label, _, key, _ = limit
        if limit in limited:
            filters.tell_misread(label, key, filters.whole_number(0, 100), "no number")
        else:
            filters.tell_left_out(label, key, (), told)


_SIZES = ["small", "medium", "large"]
_LIMITS = (
    ("Women at least, %", "women_share", "women_share", "Of the members whose gender is known."),
    ("Followers in question at most, %", "questioned_share", "questioned", "Of the members that were looked at."),
    ("Chance of the promise at least, %", "chance", "chance", "Of reaching what can be promised."),
)
_AT_MOST = {"questioned_share"}


def passing(
    bundles: pd.DataFrame,
    sizes: list[str],
    most_dollars: float | None,
    sports: list[str],
    limits: Mapping[str, float | None],
) -> pd.DataFrame:
    """Bundles that pass filters; of what is unknown none passes a limit.

    Args:
        bundles: from `all_of`.
        sizes: any of these; all if empty.
        most_dollars: cost at most; any if None.
        sports: at least one member of any of these; all if empty.
        limits: in percent by column of a share, each at least but for followers in question; any if None.
    """
    kept = bundles["size"].isin(sizes) | (not sizes)
    if most_dollars is not None:
        kept &= bundles["cost_dollars"] <= most_dollars
    if sports:
        kept &= bundles["sports_inside"].map(lambda inside: not inside.isdisjoint(sports)).astype(bool)
    for column, limit in limits.items():
        if limit is not None:
            percent = 100 * bundles[column] * (-1 if column in _AT_MOST else 1)
            kept &= percent >= (-limit if column in _AT_MOST else limit) - _HAIR
    return bundles[kept]


_HAIR = 1e-9


def figures(bundle: pd.Series, about: pd.Series) -> list[tuple[str, str, str]]:
    """The figures of one bundle."""
    unit = about["outcome_unit"]
    return [
        ("Athletes", formats.count(bundle["members"]), "Members of this bundle."),
        (
            formats.upper_first(outcome_words.named(about)),
            formats.outcome(bundle["expected"], unit),
            f"On average; {words.ranging(about, formats.outcome_range(bundle['low'], bundle['high'], unit))}, "
            "drawn jointly.",
        ),
        (
            "Cost",
            formats.money(bundle["cost_cents"]),
            f"{formats.upper_first(outcome_words.paid_for(about) or 'pay')} on average, so not the sum of typical pay; "
            f"{words.ranging(about, formats.money_range(bundle['low_cents'], bundle['high_cents']))}, with what comes.",
        ),
        cost_for_1000(bundle, about),
        ("Chance of the promise", formats.percent(bundle["chance"]), "Of reaching what can be promised."),
    ]


def cost_for_1000(facts: Mapping[str, Any] | pd.Series, about: pd.Series) -> tuple[str, str, str]:
    """The cost of so much of the outcome, as a figure of a bundle or a plan."""
    thousand = outcome_words.thousand(about)
    return f"Cost for {thousand}", formats.money(facts["per_1000_cents"]), f"Cost of each {thousand} expected."


def members(data: DataSet, bundle_id: str) -> pd.DataFrame:
    """Who is in a bundle, those who bring most first; with how firmly each belongs to the own group."""
    return data.once(_members, bundle_id, plans.standing_campaigns(data))


def _members(data: DataSet, bundle_id: str, campaign_ids: tuple[str, ...]) -> pd.DataFrame:
    inside = data.table("bundle_members")
    athletes = data.once(plans.athletes_with, campaign_ids)
    table = inside[inside["bundle_id"] == bundle_id].merge(athletes, on="athlete_id")
    # A snapshot from before newcomers joined groups does not tell who did.
    own = data.table("clusters").filter(["athlete_id", "identity", "strength", "exemplar", "joined"])
    table = table.merge(own, on="athlete_id", how="left")
    names = data.table("cluster_groups").set_index("identity")["name"]
    table["group"] = [
        None if formats.missing(identity) else f"{identity}, {names.get(identity, '')}"
        for identity in table.pop("identity")
    ]
    table = table.sort_values(["mean", "athlete_id"], ascending=[False, True], ignore_index=True)
    return table.assign(cost_dollars=table["cost_cents"] / 100)


def plan_link(members: pd.DataFrame) -> None:
    """A link to the plan of exactly those who are in a bundle, with a budget that their cost needs.

    Args:
        members: athlete_id, cost_cents.
    """
    dollars = -(-int(members["cost_cents"].sum()) // 100)
    wishes = {"budget_cents": 100 * dollars, "pinned_in": members["athlete_id"], "most_athletes": len(members)}
    query = plan_links.query_of(wishes)
    frame.link("pages/plan.py", "Plan with these athletes", ":material/checklist:", **query)


def gone_note(data: DataSet, bundles: pd.DataFrame) -> None:
    """Where the address names a bundle that is offered no more: what became of it.

    Args:
        data: the data set.
        bundles: all that are offered, filtered or not.
    """
    wanted = st.query_params.get("bundle")
    if wanted is None or wanted in set(bundles["bundle_id"]):
        return
    if told := group_words.bundle_gone(wanted, data.table("cluster_groups")):
        st.warning(formats.plain(told), icon=":material/link_off:")
        # Nothing else needs to say that the address names what is not there.
        del st.query_params["bundle"]


MAP, _POINT = "map", "map_point"
"""Keys in the session: of the map, and of the athlete whose point was clicked last."""


def remember_point() -> None:
    """Keep whose point was clicked: the map itself forgets it as soon as it is drawn with another mark."""
    ids = [str(point["customdata"][-1]) for point in st.session_state[MAP]["selection"]["points"]]
    st.session_state[_POINT] = ids[0] if ids else None


def row_of_point(members: pd.DataFrame) -> int | None:
    """The row of the athlete whose point was clicked on the map, if that athlete is in the bundle."""
    places = members.index[members["athlete_id"] == st.session_state.get(_POINT)]
    return int(places[0]) if len(places) else None


def selected_in_table(key: str, table: pd.DataFrame, otherwise: int | None) -> str | None:
    """The athlete whose row is selected in a table that is shown further down.

    Args:
        key: of the table.
        table: what it shows.
        otherwise: the row that is selected where the table is not there yet.
    """
    rows = {"selection": {"rows": [] if otherwise is None else [otherwise]}}
    picked = frame.picked(st.session_state.get(key, rows), table)
    return str(picked["athlete_id"].iloc[0]) if len(picked) else None


def selected_on_map(clusters: pd.DataFrame) -> pd.Series | None:
    """The athlete whose point was clicked."""
    found = clusters[clusters["athlete_id"] == st.session_state.get(_POINT)]
    return None if found.empty else found.iloc[0]


def about_athlete(data: DataSet, athlete_id: str) -> None:
    """How much of each group is in an athlete."""
    clusters = data.rows_of("clusters", athlete_id).merge(data.rows_of("rankings", athlete_id), on="athlete_id")
    if clusters.empty:
        return
    known = data.rows_of("cluster_memberships", athlete_id)
    if told := group_words.membership_sentence(clusters.iloc[0], known, data.table("cluster_groups")):
        frame.say(told)


def all_groups(data: DataSet) -> None:
    """Every group, on offer or not, how firm it is and what became of it; and how groups are found."""
    if beside := group_words.beside_offered(data.table("cluster_groups")):
        frame.note(beside)
    if data.size("cluster_formation"):
        formation = data.table("cluster_formation").iloc[0]
        frame.say(group_words.formed_sentence(formation, data.table("clusters")))
    listed = data.once(_listed_groups)
    columns = bundle_columns.groups(listed)
    frame.table(listed, columns, key="groups", row_height=bundle_columns.row_height(listed["name"]))
    with st.expander("How groups are found", icon=":material/tune:"):
        settings = data.table("cluster_settings")
        frame.say(f"{group_words.settings_sentence(settings)} {group_words.RENEWAL}")
        if len(settings):
            frame.table(settings.sort_values("setting"), bundle_columns.settings(), key="settings")


def _listed_groups(data: DataSet) -> pd.DataFrame:
    groups = group_words.told_apart(data.table("cluster_groups"))
    became = pd.Series([group_words.became(row) for _, row in groups.iterrows()], groups.index, dtype="str")
    listed = groups.assign(became=became, on_offer=groups["offered"].map({True: "yes", False: "no"}))
    listed["number"] = listed["identity"].str.removeprefix("C").astype("int64")
    return listed.sort_values(["members", "number"], ascending=[False, True], ignore_index=True)


def comparison(bundles: pd.DataFrame, about: pd.Series, handles_checked: bool) -> None:
    """Up to three bundles side by side; which ones is chosen in the sidebar and stands in the address."""
    called = formats.distinct(dict(zip(bundles["bundle_id"], bundles["called"], strict=True)))
    with st.sidebar:
        chosen = filters.linked_choices(
            f"Side by side, up to {_MOST_COMPARED}",
            bundles["bundle_id"].tolist(),
            "side",
            called.__getitem__,
            _MOST_COMPARED,
            default=[],
            placeholder="Choose bundles",
        )
    if not chosen:
        return
    frame.section("Side by side")
    for column, bundle_id in zip(st.columns(len(chosen)), chosen, strict=True):
        bundle = bundles[bundles["bundle_id"] == bundle_id].iloc[0]
        with column:
            frame.subsection(called[bundle_id])
            for label, value, meaning in figures(bundle, about):
                st.metric(formats.plain(label), formats.plain(value), help=formats.plain(meaning), border=True)
            frame.say(bundle_words.promise_sentence(about, bundle))
            frame.say(bundle_words.mix_sentence(about, bundle, handles_checked))
            frame.note(bundle["why"])
