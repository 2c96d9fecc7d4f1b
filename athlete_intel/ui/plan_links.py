"""The address of a plan, out of what was asked for: what `ui.plans` reads from it, written the other way round."""

from collections.abc import Mapping
from typing import Any

from athlete_intel.ui import filters

_CERTAIN = "Most with 80% certainty"
_NUMBERS = {
    "athletes": ("least_athletes", 1),
    "most": ("most_athletes", None),
    "women": ("least_women", 0),
    "newcomers": ("least_newcomers", 0),
    "rare": ("least_rarely_offered", 0),
}


def query_of(request: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """The parameters of the page Plan that ask for the same; what asks for nothing is left out.

    >>> query_of({"budget_cents": 5_000_000, "goal": "certain", "sports": ["golf"], "largest_share": 0.3})
    {'budget': '50000', 'goal': 'Most with 80% certainty', 'plan_sports': ['golf'], 'share': '30'}
    """
    query: dict[str, str | list[str]] = {"budget": str(int(request["budget_cents"]) // 100)}
    if request.get("goal") == "certain":
        query["goal"] = _CERTAIN
    for param, wish in (("plan_sports", "sports"), ("plan_countries", "countries")):
        if named := request.get(wish):
            query[param] = [str(name) for name in named]
    for param, (wish, nothing) in _NUMBERS.items():
        if (number := request.get(wish, nothing)) not in (nothing, None):
            query[param] = str(int(number))
    share = round(100 * float(request.get("largest_share") or 1.0))
    if share < 100:
        query["share"] = str(share)
    for param, wish in (("with", "pinned_in"), ("without", "pinned_out")):
        pinned = request.get(wish)
        if pinned is not None and len(pinned):
            query[param] = filters.join_ids(str(athlete) for athlete in pinned)
    return query
