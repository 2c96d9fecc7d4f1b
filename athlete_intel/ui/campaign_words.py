"""What campaigns say, in sentences. Pure functions; nothing here needs streamlit."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from athlete_intel.bundles import delivery
from athlete_intel.bundles.campaigns import Campaign
from athlete_intel.ui import formats as f
from athlete_intel.ui import words

_STANDS = {
    delivery.TO_COME: "has not begun yet",
    delivery.EARLY: "has run too short to say whether it is on track",
    delivery.AHEAD: "is ahead of its promise",
    delivery.ON_TRACK: "is on track",
    delivery.BEHIND: "is behind its promise",
    delivery.KEPT: "has kept its promise",
    delivery.SHORT: "fell short of its promise",
}
_GOALS = {"expected": "most on average", "certain": "most with 80% certainty"}


def campaign_sentence(about: pd.Series, campaign: Campaign, whole: dict[str, float]) -> str:
    """How a campaign stands, against what was promised and against the time that is gone."""
    promised = words.amount(about, campaign.promise["promised"])
    gone = f"{f.percent(whole['time_gone'])} of its time gone"
    if f.missing(whole["of_promised"]):
        return f"{campaign.name}: nothing was promised."
    stands = delivery.verdict(campaign.promise, whole)
    if stands == delivery.TO_COME:
        return f"{campaign.name} begins on {f.day(campaign.starts)}; {promised} are promised."
    if not whole["delivered"]:
        return f"{campaign.name}: no outcome was imported yet, with {promised} promised and {gone}."
    return (
        f"{campaign.name} {_STANDS[stands]}: {f.percent(whole['of_promised'])} of the promised {promised} came, "
        f"with {gone}."
    )


def how_it_is_judged(about: pd.Series, campaign: Campaign, whole: dict[str, float]) -> str:
    """The range of the promise, how far the outcomes reach, and where the pace leads."""
    promise, unit = campaign.promise, about["outcome_unit"]
    told = (
        f"When the plan was saved, {words.amount(about, promise['expected'])} were expected on average, "
        f"{words.ranging(about, f.outcome_range(promise['low'], promise['high'], unit))}."
    )
    if f.missing(whole["pace"]):
        return told
    known = f"Outcomes reach {f.percent(whole['time_known'])} of the time"
    if whole["time_known"] >= 1:
        return f"{told} {known}."
    if whole["time_known"] < delivery.LEAST_TIME:
        return f"{told} {known}; from {f.percent(delivery.LEAST_TIME)} on it is judged."
    return (
        f"{told} {known}; going on like this, {words.amount(about, whole['pace'])} come by the end. "
        "It is judged as if outcomes came evenly."
    )


def request_sentence(request: Mapping[str, Any]) -> str:
    """What was asked for, as it is kept with a campaign.

    >>> request_sentence({"budget_cents": 5_000_000, "goal": "expected", "sports": ["golf"], "least_athletes": 3})
    'Asked for: most on average within $50,000; golf only; at least 3 athletes.'
    """
    parts = [f"{_GOALS.get(str(request.get('goal')), 'most')} within ${int(request['budget_cents']) // 100:,}"]
    parts += [f"{' or '.join(request[name])} only" for name in ("sports", "countries") if request.get(name)]
    least, most = int(request.get("least_athletes") or 1), request.get("most_athletes")
    parts += [f"at least {f.some(least, 'athlete')}"] if least > 1 else []
    parts += [f"at most {f.some(int(most), 'athlete')}"] if most else []
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
    'Spring was called off on 4 March 2026 by Mia: no shoes left.'
    """
    why = str(row["why"]).rstrip(".")
    return f"{row['name']} was called off on {f.day(row['at'])} by {row['who']}: {why}."
