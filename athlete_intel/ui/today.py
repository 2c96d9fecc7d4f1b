"""What needs each person today: at most three things, the most urgent first, each with a link to where it is done.

The functions take tables and return tasks; `of_role` reads the tables.
"""

from collections.abc import Callable
from datetime import date

import pandas as pd

from athlete_intel.bundles import delivery
from athlete_intel.bundles.campaigns import Campaign
from athlete_intel.people import ANALYST, ATHLETE, BRAND, OPERATOR
from athlete_intel.ui import (
    alert_words,
    campaign_words,
    campaigns,
    data_words,
    earnings_words,
    formats,
    handles,
    health_decisions,
    model_words,
    offers,
    outcome_words,
    payout_words,
    payouts,
    reviews,
    words,
)
from athlete_intel.ui.reads import DataSet
from athlete_intel.ui.tasks import ACT, KNOW, LOOK, Task, most_urgent

_UNKNOWN = 0.2
"""Share of the days of a campaign without outcomes from which they are missed."""
_ALIKE = 1.01
"""Prices that lie less than a factor of this apart are one price, and none of them is the best."""
_OLD = 30
"""Days after which data are old, however short the outcome's window is."""
_OVER = 28
"""Days after the end of a campaign in which there is something to see to."""


def of_role(role: str, data: DataSet, athlete_id: str | None) -> list[Task]:
    """The three things for a person in this role; for an athlete about `athlete_id`."""
    if role == ATHLETE:
        return most_urgent(_for_athlete(data, athlete_id)) if athlete_id else []
    return most_urgent(_ROLES[role](data))


def campaign_tasks(delivered: list[tuple[Campaign, dict[str, float]]]) -> list[Task]:
    """Campaigns that run behind their promise or fell short of it, and those of which nothing came in lately.

    What is long over is no task any more.

    Args:
        delivered: each campaign with the first result of `bundles.delivery.delivery`.
    """
    tasks = []
    for campaign, whole in delivered:
        if not whole["time_gone"] > 0 or whole["days_over"] > _OVER:
            continue
        name, query = campaign_words.named(campaign.name), {"campaign": campaign.campaign_id}
        came = f"{formats.percent(whole['of_promised'])} of what was promised came"
        gone = f"{formats.percent(whole['time_gone'])} of its time is gone"
        stands = delivery.verdict(campaign.promise, whole)
        if stands == delivery.BEHIND:
            tasks.append(Task(ACT, f"{name} is behind its promise", f"{came}, and {gone}.", "campaigns", "See", query))
        elif stands == delivery.SHORT:
            why = f"{came}, and it is over."
            tasks.append(Task(LOOK, f"{name} fell short of its promise", why, "campaigns", "See", query))
        elif stands != delivery.KEPT and whole["time_gone"] - whole["time_known"] > _UNKNOWN:
            lately = (
                "no outcome was imported yet"
                if not whole["delivered"]
                else f"outcomes reach {formats.percent(whole['time_known'])}"
            )
            why = f"{formats.upper_first(gone)} and {lately}."
            tasks.append(Task(LOOK, f"Outcomes of {name} are missing", why, "campaigns", "Import them", query))
    return tasks


def offer_tasks(bundles: pd.DataFrame, about: pd.Series) -> list[Task]:
    """The offer with the lowest price for what it brings, or the surest where that is the same in all, and a plan.

    Args:
        bundles: from `offers.all_of`.
        about: the data set.
    """
    plan = Task(KNOW, "Spend a budget best", "Say what you have and what you wish for.", "plan", "Plan a campaign")
    if bundles.empty:
        why = "There are no bundles here, as no group of athletes alike was found."
        return [plan, Task(KNOW, "Choose athletes one by one", why, "compare", "Compare athletes")]
    best = bundles.sort_values(["per_1000_cents", "bundle_id"]).iloc[0]
    each = f"{formats.money(best['per_1000_cents'])} for each {outcome_words.thousand(about)} expected"
    title = f"Cheapest bundle for each {outcome_words.short_thousand(about)}"
    why = f"{formats.money(best['cost_cents'])}, {each}, the least of all bundles."
    if len(bundles) > 1 and bundles["per_1000_cents"].max() < _ALIKE * bundles["per_1000_cents"].min():
        best = bundles.sort_values(["chance", "expected", "bundle_id"], ascending=[False, False, True]).iloc[0]
        sure = f"{formats.percent(best['chance'])} to reach its promise"
        title, why = "The surest bundle", f"{formats.money(best['cost_cents'])}, {sure}. All bundles cost about {each}."
    offer = Task(KNOW, f"{title}: {best['called']}", why, "bundles", "Open it", {"bundle": best["bundle_id"]})
    return [offer, plan]


def riser_tasks(rankings: pd.DataFrame, most: int = 100) -> list[Task]:
    """Who rose most since the data before, among the first; who leads, where nothing is known of before.

    Args:
        rankings: rank, previous_rank, name, athlete_id.
        most: how many of the first are looked at.
    """
    first = rankings[rankings["rank"] <= most]
    if first.empty:
        return []
    rise = (first["previous_rank"] - first["rank"]).fillna(0).astype("int64")
    if rise.max() <= 0:
        leader = first.sort_values("rank").iloc[0]
        known = rankings["previous_rank"].notna().any()
        why = f"Nobody among the first {len(first)} rose since the data before." if known else "See who follows."
        return [Task(KNOW, f"{leader['name']} leads", why, "rankings", "See the rankings")]
    riser = first.assign(rise=rise).sort_values(["rise", "rank"], ascending=[False, True]).iloc[0]
    why = f"From rank {formats.count(riser['previous_rank'])} to {formats.count(riser['rank'])} since the data before."
    query = {"search": str(riser["name"])}
    return [Task(KNOW, f"{riser['name']} rose most", why, "rankings", "See the rankings", query)]


def alert_tasks(still: pd.DataFrame) -> list[Task]:
    """Open alerts that nobody has seen to, critical ones first.

    Args:
        still: open alerts with `acknowledged_by`.
    """
    unseen = still[still["acknowledged_by"].isna()]
    if unseen.empty:
        why = alert_words.alerts_sentence(still) if len(still) else "How estimates came out stands in Model health."
        return [Task(KNOW, "No alert waits", why, "health", "See model health")]
    critical = unseen[unseen["severity"] == "critical"]
    first = (critical if len(critical) else unseen).iloc[0]
    urgency = ACT if len(critical) else LOOK
    return [
        Task(urgency, f"{formats.some(len(unseen), 'alert')} to see to", str(first["message"]), "alerts", "See to it")
    ]


def run_tasks(runs: pd.DataFrame) -> list[Task]:
    """Whether the newest cycle ended well."""
    whole = runs[runs["step"] == "whole cycle"]
    told = model_words.runs_sentence(runs)
    if whole.empty:
        return [Task(LOOK, "No cycle has run here", "What was built by hand has no record.", "runs", "See how")]
    urgency, title = {
        "done": (KNOW, "The last cycle ended well"),
        "running": (LOOK, "A cycle is running or was stopped"),
        "failed": (ACT, "The last cycle failed"),
    }[str(whole.iloc[0]["state"])]
    return [Task(urgency, title, told, "runs", "See its steps")]


def quality_tasks(quality: pd.DataFrame, quarantine: pd.DataFrame) -> list[Task]:
    """What is bad about the data."""
    tasks = []
    bad = quality[quality["state"] == "bad"]
    if len(bad):
        first = bad.iloc[0]
        tasks.append(
            Task(
                LOOK, f"{formats.upper_first(first['check'])}: {first['subject']}", str(first["about"]), "data", "Look"
            )
        )
    if len(quarantine):
        rows = data_words.set_aside(quarantine)
        title = f"{formats.some(rows, 'row')} {'was' if rows == 1 else 'were'} set aside"
        what, see = ("it", "See the row") if rows == 1 else ("each", "See the rows")
        why = f"What is wrong with {what} stands in Data."
        tasks.append(Task(LOOK, title, why, "data", see, {"tab": "Quarantine"}))
    if not tasks:
        tasks.append(Task(KNOW, "The data are in order", "No row was set aside.", "data", "See the data"))
    return tasks


def age_tasks(newest: pd.Timestamp, today: date, window_days: int) -> list[Task]:
    """How old the data are; old ones have to be looked at.

    Args:
        newest: the newest time in any table.
        today: the day to count from.
        window_days: after which an outcome is known.
    """
    if pd.isna(newest):
        return []
    days = max(0, (today - newest.date()).days)
    old = days > max(_OLD, 2 * window_days)
    age = formats.some(days // 365, "year") if days >= 2 * 365 else formats.some(days, "day")
    why = f"The newest are of {formats.day(newest)}; a cycle with newer files brings in what is new."
    return [Task(LOOK if old else KNOW, f"The data are {age} old", why, "runs", "See how")]


def _for_brand(data: DataSet) -> list[Task]:
    saved = campaigns.all_of(data)
    today, level = pd.Timestamp.now("UTC").date(), outcome_words.is_level(data.about)
    state = [(each, delivery.delivery(each, campaigns.delivered(data, each), today, level)[0]) for each in saved]
    return [
        *campaign_tasks(state),
        *offer_tasks(data.once(offers.all_of), data.about),
        *riser_tasks(data.table("rankings")),
    ]


def _for_athlete(data: DataSet, athlete_id: str) -> list[Task]:
    query = {"athlete": athlete_id}
    tasks = []
    contested = reviews.contested_marks(data, athlete_id)
    if contested:
        title = "One of your accounts is contested"
        tasks.append(Task(ACT, title, contested[0], "earnings", "See it, and say so", query))
    pay = data.rows_of("payouts", athlete_id)
    if len(pay):
        terms = payouts.terms(data, data.rows_of("rankings", athlete_id))
        told = earnings_words.pay_sentence(data.about, pay.iloc[0], terms[0] if terms else None)
        title = "What your next story earns" if words.row_is(data.about) != "athlete" else "What you can earn"
        tasks.append(Task(KNOW, title, told, "earnings", "See why", query))
    past, unit = data.rows_of("backtest", athlete_id), str(data.about["outcome_unit"])
    if len(past):
        told = earnings_words.how_they_held(past, unit)
        tasks.append(Task(KNOW, "Whether to trust it", told, "earnings", "See past estimates", query))
    rank = int(data.rows_of("rankings", athlete_id)["rank"].iloc[0])
    why = f"Rank {rank:,} of {data.size('rankings'):,}, by typical outcome."
    return [*tasks, Task(KNOW, "Where you stand", why, "compare", "Compare athletes", {"compare": athlete_id})]


def fairness_tasks(fairness: pd.DataFrame) -> list[Task]:
    """That groups are paid or earn otherwise than others at the same prediction; empty where that may be chance."""
    told = payout_words.fairness_lines(fairness)
    title = f"Pay of {formats.some(len(told), 'group')} differs beyond chance"
    return [Task(LOOK, title, told[0], "payouts", "See which")] if told else []


def _for_analyst(data: DataSet) -> list[Task]:
    alerts = health_decisions.alerts(data)
    storied = words.row_is(data.about) != "athlete"
    tasks = alert_tasks(alerts[alerts["open"].astype(bool)])
    if data.size("handle_states"):
        queue = reviews.waiting(data)
        if len(queue):
            told = handles.at_stake(queue, data.table("handle_states"), storied)
            title = f"{formats.some(len(queue), 'handle')} to review"
            tasks.append(Task(LOOK, title, formats.upper_first(told), "handles", "Review them"))
    if storied and payouts.available(data) and len(held := data.once(payouts.waiting)):
        why = f"Somebody must look at {'the advance' if len(held) == 1 else 'the advances'} first."
        tasks.append(Task(LOOK, f"{formats.some(len(held), 'payout')} waiting", why, "payouts", "See why"))
    if storied and payouts.available(data):
        tasks += fairness_tasks(data.table("fairness"))
    tasks += quality_tasks(data.table("quality"), data.table("quarantine"))
    choice = data.table("model_choice")
    if len(choice):
        tasks.append(Task(KNOW, "The model in use", str(choice.iloc[0]["why"]), "models", "See the models"))
    return tasks


def _for_operator(data: DataSet) -> list[Task]:
    tasks = run_tasks(health_decisions.runs(data)) + quality_tasks(data.table("quality"), data.table("quarantine"))
    newest = data.table("table_facts")["newest"].max()
    return tasks + age_tasks(newest, pd.Timestamp.now("UTC").date(), int(data.about["window_days"]))


_ROLES: dict[str, Callable[[DataSet], list[Task]]] = {BRAND: _for_brand, ANALYST: _for_analyst, OPERATOR: _for_operator}
