"""The wishes of a plan as widgets whose values stand in the address, and plans that were solved once."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from athlete_intel.bundles.chosen import Chosen
from athlete_intel.bundles.conflicts import Conflict, price_of_spreading, price_of_wishes, smallest_conflict
from athlete_intel.bundles.draws import Errors, joint_draws
from athlete_intel.bundles.packages import facts_of, pay_of, with_terms
from athlete_intel.bundles.planner import best_plan
from athlete_intel.bundles.requests import CERTAINTY, Request, allowed, candidates, with_offers
from athlete_intel.bundles.search import Plan
from athlete_intel.errors import PlanError
from athlete_intel.ui import bundle_words, campaigns, cautions, filters, formats, outcome_words, words
from athlete_intel.ui.reads import DataSet
from athlete_intel.ui.reviews import in_doubt, settings_of

GOALS = {"expected": "Most on average", "certain": "Most with 80% certainty"}
_MOST_BUDGET, _USUAL_BUDGET = 1_000_000_000, 50_000


def request_form(data: DataSet) -> Request:
    """The wishes, from widgets in the sidebar and at the top of the page.

    What a link asks for and no field can hold is told: otherwise a colleague would take another plan for the one sent.
    """
    told = st.container()
    _tell_misread()
    with st.container(horizontal=True, vertical_alignment="top"):
        budget = st.number_input("Budget, $", 1, _MOST_BUDGET, _USUAL_BUDGET, 1_000, key="budget", bind="query-params")
        goal = st.segmented_control(
            "Goal", list(GOALS.values()), default=GOALS["expected"], key="goal", bind="query-params", required=True
        )
    side = st.sidebar
    side.divider()
    known = data.once(_choices)
    sports, countries = (
        _several(side, told, label, values, key, str, "Any") if _asked_for(key, len(values) > 1) else []
        for label, values, key in (
            ("Sports", known.sports, "plan_sports"),
            ("Countries", known.countries, "plan_countries"),
        )
    )
    # A link from another day may ask for more athletes than there are: the answer to that is the conflict.
    least = side.number_input("Athletes, at least", 1, None, 1, key="athletes", bind="query-params")
    most = side.number_input(
        "Athletes, at most", 1, None, None, key="most", bind="query-params", placeholder="Any number"
    )
    share = side.number_input(
        "One athlete brings at most, %", 5, 100, 100, 5, key="share", bind="query-params", help="Of what is expected."
    )
    counts = [
        side.number_input(label, 0, None, 0, key=key, bind="query-params", help=meaning)
        if _asked_for(key, there)
        else 0
        for label, key, meaning, there in (
            ("Women, at least", "women", "Athletes of women's competitions.", known.women),
            ("Newcomers, at least", "newcomers", "Athletes without a known past outcome.", known.newcomers),
            ("Rarely offered, at least", "rare", _RARELY, True),
        )
    ]

    def waits(athlete_id: str) -> str | None:
        who = known.names.get(athlete_id)
        return who and f"{who} stands in no plan: any price would be a guess."

    # Two long lists of names would stand open on every visit, though few plans name anybody.
    inside = side.popover(_pinned_label(known.ids), icon=":material/push_pin:", width="stretch", key="pinned")
    pinned = [
        _several(inside, told, label, known.ids, key, known.names.__getitem__, "Nobody", waits)
        for label, key in (("Must be in", "with"), ("Must not be in", "without"))
    ]
    return Request(
        budget_cents=int(budget) * 100,
        goal="certain" if goal == GOALS["certain"] else "expected",
        sports=tuple(sports),
        countries=tuple(countries),
        least_athletes=int(least),
        most_athletes=None if most is None else int(most),
        largest_share=int(share) / 100,
        least_women=int(counts[0]),
        least_newcomers=int(counts[1]),
        least_rarely_offered=int(counts[2]),
        pinned_in=tuple(sorted(pinned[0])),
        pinned_out=tuple(sorted(pinned[1])),
    )


def wishes_hint(data: DataSet) -> str:
    """Which wishes stand in the sidebar, for those who do not see it."""
    known = data.once(_choices)
    offered = [
        ("sports", _asked_for("plan_sports", len(known.sports) > 1)),
        ("countries", _asked_for("plan_countries", len(known.countries) > 1)),
        ("how many athletes", True),
    ]
    return f"Wishes, such as {', '.join(wish for wish, there in offered if there)} or who must be in, stand"


class _Choices(NamedTuple):
    """What can be asked for: values, whom a plan can book in the order of their names, and of whom there are any."""

    sports: list[str]
    countries: list[str]
    names: dict[str, str]
    ids: list[str]
    women: bool
    newcomers: bool


def _choices(data: DataSet) -> _Choices:
    athletes = athletes_with(data, ())
    names = names_of(athletes)
    ids = sorted(candidates(athletes)["athlete_id"], key=lambda each: filters.folded(names[each]))
    sports, countries = _values(athletes["sport"]), _values(athletes["country"])
    return _Choices(sports, countries, names, ids, _some(athletes["woman"]), _some(athletes["newcomer"]))


def names_of(athletes: pd.DataFrame) -> dict[str, str]:
    """What athletes are called where one is chosen, by id."""
    return words.athlete_labels(athletes.assign(team=None))


_RARELY = "Athletes who have not been offered so far, or less often than the one in the middle."


def _pinned_label(ids: list[str]) -> str:
    """What stands on the button before those who must be in or out: how many the address names."""
    known = set(ids)
    inside, outside = (
        sum(name in known for name in filters.split_ids(st.query_params.get(key, ""), ids))
        for key in ("with", "without")
    )
    if inside:
        return f"Must be in: {inside}" + (f", not in: {outside}" if outside else "")
    return f"Must not be in: {outside}" if outside else "Who must be in, or not"


def _several(
    place: DeltaGenerator,
    told: DeltaGenerator,
    label: str,
    options: list[str],
    key: str,
    names: Callable[[str], str],
    placeholder: str,
    why_not: Callable[[str], str | None] = lambda _: None,
) -> list[str]:
    """A box for some of the options; what a link names that is none of them is told."""
    with place:
        most = max(1, len(options))
        return filters.linked_choices(label, options, key, names, most, [], placeholder, False, why_not, told)


def _tell_misread() -> None:
    number = filters.whole_number
    for label, param, reads, instead in (
        ("Budget, $", "budget", number(1, _MOST_BUDGET), formats.money(_USUAL_BUDGET * 100)),
        ("Athletes, at least", "athletes", number(1), "1"),
        ("Athletes, at most", "most", number(1), "no number"),
        ("One athlete brings at most, %", "share", number(5, 100), "100"),
        ("Women, at least", "women", number(0), "0"),
        ("Newcomers, at least", "newcomers", number(0), "0"),
        ("Rarely offered, at least", "rare", number(0), "0"),
        ("Goal", "goal", list(GOALS.values()).__contains__, GOALS["expected"]),
    ):
        filters.tell_misread(label, param, reads, instead)


def _asked_for(key: str, offered: bool) -> bool:
    """Whether a wish is asked for: where there is something to choose, or a link names it."""
    return offered or key in st.query_params


def _some(column: pd.Series) -> bool:
    return bool(column.fillna(False).astype(bool).any())


def _values(column: pd.Series) -> list[str]:
    return sorted(column.dropna().astype(str).unique(), key=filters.folded)


def athletes_of(data: DataSet) -> pd.DataFrame:
    """Everybody with what they bring and cost, and how often each was offered; a campaign just saved counts."""
    return data.once(athletes_with, standing_campaigns(data))


def bookable_of(data: DataSet) -> pd.DataFrame:
    """Whom a plan can book, as `best_plan` takes them; empty where nobody's cost is known."""
    return data.once(_bookable, standing_campaigns(data))


def _bookable(data: DataSet, campaign_ids: tuple[str, ...]) -> pd.DataFrame:
    return candidates(data.once(athletes_with, campaign_ids))


def standing_campaigns(data: DataSet) -> tuple[str, ...]:
    """Identities of the campaigns that count as offers to whoever is there."""
    return tuple(campaign.campaign_id for campaign in campaigns.all_of(data))


def athletes_with(data: DataSet, campaign_ids: tuple[str, ...]) -> pd.DataFrame:
    """Everybody a plan knows of, where these campaigns count as offers."""
    saved = [campaign for campaign in campaigns.all_of(data) if campaign.campaign_id in campaign_ids]
    return with_offers(data.table("plan_athletes"), saved)


def solved(data: DataSet, bookable: pd.DataFrame, request: Request) -> Plan | None:
    """The best plan, solved once for each snapshot, request, and state of what was offered."""
    return _solved(data.folder, data.snapshot.id, request, bookable["times_offered"], bookable)


def solved_or_stop(data: DataSet, bookable: pd.DataFrame, request: Request) -> Plan | None:
    """The best plan; where it takes too long to find, that is said, and the page ends there."""
    try:
        return solved(data, bookable, request)
    except PlanError as error:
        st.error(formats.plain(str(error)), icon=":material/hourglass_disabled:")
        st.stop()


def conflict(data: DataSet, bookable: pd.DataFrame, request: Request) -> Conflict | None:
    """Why nothing fits."""
    return _conflict(data.folder, data.snapshot.id, request, bookable["times_offered"], bookable)


def wish_prices(data: DataSet, bookable: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """What each wish costs."""
    return _wish_prices(data.folder, data.snapshot.id, plan, bookable["times_offered"], bookable)


def spreading_prices(data: DataSet, bookable: pd.DataFrame, request: Request) -> pd.DataFrame:
    """What it costs to spread offers more evenly."""
    return _spreading_prices(data.folder, data.snapshot.id, request, bookable["times_offered"], bookable)


def members_and_facts(data: DataSet, athletes: pd.DataFrame, plan: Plan) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Who is booked, those who bring most first, and what they bring and cost jointly."""
    chosen = athletes[athletes["athlete_id"].isin(plan.athletes)]
    chosen = chosen.sort_values(["mean", "athlete_id"], ascending=[False, True], ignore_index=True)
    share = chosen["mean"] / chosen["mean"].sum()
    budget = plan.request.budget_cents
    facts = _facts(data, data.folder, data.snapshot.id, budget, tuple(chosen["athlete_id"]), chosen)
    return chosen.assign(share=share, cost_dollars=chosen["cost_cents"] / 100), facts


def ties_sentence(data: DataSet, bookable: pd.DataFrame, members: pd.DataFrame, request: Request) -> str:
    """That others cost as little for what they bring; see `bundle_words.ties_sentence`."""
    others = bookable[allowed(bookable, request) & ~bookable["athlete_id"].isin(members["athlete_id"])]
    others = others[others["cost_cents"] <= request.budget_cents]
    return bundle_words.ties_sentence(members, others, outcome_words.thousand(data.about))


def doubts(data: DataSet, members: pd.DataFrame) -> list[str]:
    """What speaks against taking a promise as it stands; see `cautions.of` and `bundle_words.handles_doubt`.

    Args:
        data: the data set.
        members: athlete_id, name of whom the promise is about.
    """
    told = cautions.of(data, "A critical alert is open, so take the promise with care")
    handles = bundle_words.handles_doubt(members, in_doubt(data))
    return [*told, handles] if handles else told


def everybody_sentence(bookable: pd.DataFrame, request: Request, facts: Mapping[str, Any]) -> str:
    """That a plan books everybody it could; see `bundle_words.everybody_sentence`."""
    there = int(allowed(bookable, request).sum())
    return bundle_words.everybody_sentence(facts["members"], len(bookable), there, facts["cost_cents"])


@st.cache_data(max_entries=64, show_spinner="Looking for the best plan …")
def _solved(
    folder: str, snapshot_id: str, request: Request, offered: pd.Series, _bookable: pd.DataFrame
) -> Plan | None:
    return best_plan(_bookable, request)


@st.cache_data(max_entries=64, show_spinner="Looking for what is in the way …")
def _conflict(
    folder: str, snapshot_id: str, request: Request, offered: pd.Series, _bookable: pd.DataFrame
) -> Conflict | None:
    return smallest_conflict(_bookable, request)


@st.cache_data(max_entries=64, show_spinner="Working out what each wish costs …")
def _wish_prices(
    folder: str, snapshot_id: str, plan: Plan, offered: pd.Series, _bookable: pd.DataFrame
) -> pd.DataFrame:
    return price_of_wishes(_bookable, plan)


@st.cache_data(max_entries=64, show_spinner="Spreading offers more evenly …")
def _spreading_prices(
    folder: str, snapshot_id: str, request: Request, offered: pd.Series, _bookable: pd.DataFrame
) -> pd.DataFrame:
    return price_of_spreading(_bookable, request)


@st.cache_data(max_entries=64, show_spinner="Drawing outcomes …")
def _facts(
    _data: DataSet,
    folder: str,
    snapshot_id: str,
    budget_cents: int,
    athlete_ids: tuple[str, ...],
    _chosen: pd.DataFrame,
) -> dict[str, Any]:
    chosen, draws = _drawn(_data, _chosen)
    pay = pay_of(chosen, draws)
    spent = {"over_budget": float((pay > budget_cents).mean()), "safe_cents": float(np.quantile(pay, CERTAINTY))}
    return {**facts_of(chosen, draws, float(_data.about["interval"])), **spent}


def pay_drawn(data: DataSet, athlete_ids: tuple[str, ...]) -> np.ndarray:
    """What a set of athletes costs in each draw, in cents: the same draws as those of its cost on Bundles and Plan."""
    return pay_of(*_drawn(data, pd.DataFrame({"athlete_id": athlete_ids})))


def _drawn(data: DataSet, chosen: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Those who are chosen with the terms of their pay, and what they bring in each draw, a row each."""
    rankings = chosen[["athlete_id"]].merge(data.table("rankings"), on="athlete_id", validate="one_to_one")
    draws = joint_draws(rankings, _errors(data, data.folder, data.snapshot.id), settings_of(data).seed)
    return with_terms(chosen, data.table("outlook")), chosen_as(data).applied(draws)


def chosen_as(data: DataSet) -> Chosen:
    """What sets that are chosen bring; snapshots from before it was measured say nothing of it."""
    return Chosen.of(data.table("chosen_sets")) if data.size("chosen_sets") else Chosen()


@st.cache_resource(max_entries=4, show_spinner="Measuring past errors …")
def _errors(_data: DataSet, folder: str, snapshot_id: str) -> Errors:
    platforms = _data.table("outlook").set_index("athlete_id")["platform"]
    return Errors.measured(_data.table("backtest"), _data.table("rankings"), platforms)


def request_or_stop(data: DataSet) -> Request:
    """The request; what means nothing is said, and the page ends there."""
    try:
        return request_form(data)
    except PlanError as error:
        st.error(formats.plain(str(error)), icon=":material/edit_off:")
        st.stop()
