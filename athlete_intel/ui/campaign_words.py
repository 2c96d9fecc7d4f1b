"""What campaigns say, in sentences. Pure functions; nothing here needs streamlit."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from athlete_intel.bundles import delivery
from athlete_intel.bundles.campaigns import Campaign
from athlete_intel.ui import formats as f
from athlete_intel.ui import outcome_words, words

_STANDS = {
    delivery.TO_COME: "has not begun yet",
    delivery.EARLY: "has run too short to say whether it is on track",
    delivery.AHEAD: "is ahead of its promise",
    delivery.ON_TRACK: "is on track",
    delivery.BEHIND: "is behind its promise",
    delivery.KEPT: "has kept its promise",
    delivery.SHORT: "fell short of its promise",
}
_GOALS = {"expected": "on average", "certain": "with 80% certainty"}


def campaign_sentence(about: pd.Series, campaign: Campaign, whole: dict[str, float]) -> str:
    """How a campaign stands, against what was promised and against the time that is gone."""
    promised = words.amount(about, campaign.promise["promised"])
    gone = f"{f.percent(whole['time_gone'])} of its time gone"
    if f.missing(whole["of_promised"]):
        return f"Nothing was promised for {named(campaign.name)}."
    level, name = outcome_words.is_level(about), named(campaign.name)
    stands = delivery.verdict(campaign.promise, whole)
    if stands == delivery.TO_COME:
        return f"{name} begins on {f.day(campaign.starts)}; {promised} {_are(about)} promised."
    if not whole["delivered"]:
        return f"{name}: no outcome was imported yet, with {promised} promised and {gone}."
    promise = "promise" if about["outcome_unit"] == "$" else f"promised {promised}"
    came = f"{f.percent(whole['of_promised'])} of the {promise} came{' on the mean day' if level else ''}"
    return f"{name} {_STANDS[stands]}: {came}, with {gone}."


def named(name: str) -> str:
    """The name of a campaign within a sentence: people choose it, so it may read as a part of one.

    >>> named("Spring begins")
    '“Spring begins”'
    """
    return f"“{name}”"


def _are(about: pd.Series) -> str:
    return outcome_words.verb(about, "is", "are")


def how_it_is_judged(about: pd.Series, campaign: Campaign, whole: dict[str, float]) -> str:
    """The range of what was expected, how far the outcomes reach, and where the pace leads."""
    promise, unit = campaign.promise, about["outcome_unit"]
    expected = f"{words.amount(about, promise['expected'])} {outcome_words.verb(about, 'was', 'were')} expected"
    told = (
        f"When the plan was saved, {expected} on average, "
        f"{words.ranging(about, f.outcome_range(promise['low'], promise['high'], unit))}."
    )
    level = outcome_words.is_level(about)
    if level:
        told += (
            f" The promise is about {outcome_words.one_value(about)}, so it is set against the mean of the days "
            "imported, not against their sum."
        )
    if f.missing(whole["pace"]):
        return told
    if level and whole["silent"]:
        count = "counts" if whole["silent"] == 1 else "count"
        told += f" No figure was imported of {f.some(int(whole['silent']), 'athlete')}, who {count} as nothing."
    known = f"Outcomes reach {f.percent(whole['time_known'])} of the time"
    if whole["time_known"] >= 1:
        return f"{told} {known}."
    if whole["time_known"] < delivery.LEAST_TIME:
        return f"{told} {known}; from {f.percent(delivery.LEAST_TIME)} on it is judged."
    if level:
        return f"{told} {known}."
    comes = outcome_words.verb(about, "comes", "come")
    return (
        f"{told} {known}; going on like this, {words.amount(about, whole['pace'])} {comes} by the end. "
        "It is judged as if outcomes came evenly."
    )


def saved_sentence(about: pd.Series, campaign: Campaign) -> str:
    """What a campaign is for, who saved it and when, how long it runs, with how many athletes and at what cost.

    >>> about = pd.Series({"interval": 0.8})
    >>> promise = {"chance": 0.8, "cost_cents": 4_000_000, "low_cents": 3_000_000, "high_cents": 5_200_000,
    ...     "over_budget": 0.12}
    >>> days = [pd.Timestamp("2026-03-01"), pd.Timestamp("2026-03-28"), pd.Timestamp("2026-02-20")]
    >>> spring = Campaign("c", "Spring", "s", days[0], days[1], promise, pd.DataFrame({"athlete_id": ["a", "b"]}), {},
    ...     saved_by="Mia", saved_at=days[2], why="new shoes")
    >>> print(saved_sentence(about, spring))
    Saved on 20 February 2026 by Mia: new shoes. It runs from 1 Mar to 28 Mar 2026 with 2 athletes for about $40k, four
    times in five $30k to $52k. The chance of reaching the promise was 80%, that of costing more than the budget 12%.
    """
    promise = campaign.promise
    one_value = outcome_words.paid_for(about)
    cost = f"about {f.money(promise['cost_cents'])}{f' ({one_value})' if one_value else ''}"
    chances = f"The chance of reaching the promise was {f.percent(promise['chance'])}"
    if "low_cents" in promise:
        cost += f", {words.ranging(about, f.money_range(promise['low_cents'], promise['high_cents']))}"
    if "over_budget" in promise:
        chances += f", that of costing more than the budget {f.percent(promise['over_budget'])}"
    return (
        f"Saved on {f.day(campaign.saved_at)} by {campaign.saved_by}: {campaign.why.rstrip('.')}. "
        f"It runs from {f.days(campaign.starts, campaign.ends)} with {f.some(len(campaign.athletes), 'athlete')} for "
        f"{cost}. {chances}."
    )


def next_steps(name: str, who: str) -> str:
    """That a campaign is saved, and what comes next.

    >>> next_steps("Spring", "Mia").partition(". ")[0]
    '“Spring” is saved with its promise, signed Mia'
    """
    return (
        f"{named(name)} is saved with its promise, signed {who}. Next, take its tracked links below, and import "
        "outcomes at the end of this page as they come."
    )


def request_sentence(request: Mapping[str, Any], about: pd.Series) -> str:
    """What was asked for, as it is kept with a campaign.

    >>> request = {"budget_cents": 5_000_000, "goal": "expected", "sports": ["golf"], "least_athletes": 3}
    >>> request_sentence(request, pd.Series({"outcome_unit": "", "outcome_name": "page views"}))
    'Asked for: most page views on average within $50,000; golf only; at least 3 athletes.'
    >>> request_sentence({"budget_cents": 5_000_000}, pd.Series({"outcome_unit": "$", "outcome_name": "deal value"}))
    'Asked for: the highest deal value within $50,000.'
    """
    most = f"{outcome_words.verb(about, 'the highest', 'most')} {outcome_words.named(about)}"
    goal = f"{most} {_GOALS.get(str(request.get('goal')), '')}".rstrip()
    parts = [f"{goal} within ${int(request['budget_cents']) // 100:,}"]
    parts += [f"{' or '.join(request[name])} only" for name in ("sports", "countries") if request.get(name)]
    least, limit = int(request.get("least_athletes") or 1), request.get("most_athletes")
    parts += [f"at least {f.some(least, 'athlete')}"] if least > 1 else []
    parts += [f"at most {f.some(int(limit), 'athlete')}"] if limit else []
    share = float(request.get("largest_share") or 1.0)
    parts += [f"at most {f.percent(share)} by one athlete"] if share < 1 else []
    for wish, one, many in (
        ("least_women", "woman", "women"),
        ("least_newcomers", "newcomer", "newcomers"),
        ("least_rarely_offered", "athlete who is rarely offered", "athletes who are rarely offered"),
    ):
        if number := int(request.get(wish) or 0):
            parts.append(f"at least {f.some(number, one, many)}")
    for wish, told in (("pinned_in", "chosen by name"), ("pinned_out", "left out by name")):
        if pinned := request.get(wish):
            parts.append(f"{f.some(len(pinned), 'athlete')} {told}")
    return f"Asked for: {'; '.join(parts)}."


def import_label(row: pd.Series) -> str:
    """An import as it is called in a list of choices.

    >>> import_label(pd.Series({"file": "m.csv", "who": "Mia", "figures": 3, "first_day": "2026-03-01",
    ...     "last_day": "2026-03-04"}))
    'm.csv by Mia: 3 figures, 1 Mar to 4 Mar 2026'
    """
    figures = f.some(int(row["figures"]), "figure")
    return f"{row['file']} by {row['who']}: {figures}, {f.days(row['first_day'], row['last_day'])}"


def imported_sentence(row: pd.Series) -> str:
    """What an import brought.

    >>> imported_sentence(pd.Series({"file": "m.csv", "figures": 3, "replaced": 1}))
    'm.csv is imported: 3 figures, 1 of which takes the place of an earlier one.'
    """
    told = f"{row['file']} is imported: {f.some(int(row['figures']), 'figure')}"
    again = int(row["replaced"])
    if not again:
        return f"{told}."
    takes = "takes the place of an earlier one" if again == 1 else "take the place of earlier ones"
    return f"{told}, {f.count(again)} of which {takes}."


def called_off_sentence(row: pd.Series) -> str:
    """That a campaign was called off, by whom and why.

    >>> called_off_sentence(pd.Series({"name": "Spring", "who": "Mia", "at": "2026-03-04", "why": "no shoes left"}))
    '“Spring” was called off on 4 March 2026 by Mia: no shoes left.'
    """
    why = str(row["why"]).rstrip(".")
    return f"{named(row['name'])} was called off on {f.day(row['at'])} by {row['who']}: {why}."
