"""What a brand asks of a plan, and which athletes each of its wishes is about."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from athlete_intel.bundles.campaigns import Campaign
from athlete_intel.errors import PlanError

Goal = Literal["expected", "certain"]
CERTAINTY = 0.8
"""How sure the goal 'certain' is to be reached."""


@dataclass(frozen=True)
class Request:
    """A budget and wishes. Every wish can be told apart, so that a conflict can be named."""

    budget_cents: int
    goal: Goal = "expected"
    """expected: the most on average; certain: the most that is reached four times in five."""
    sports: tuple[str, ...] = ()
    """Only these; all if empty."""
    countries: tuple[str, ...] = ()
    least_athletes: int = 1
    most_athletes: int | None = None
    """At most so many; any number if None."""
    largest_share: float = 1.0
    """Largest part of the expected outcome that one athlete may bring."""
    least_women: int = 0
    least_newcomers: int = 0
    least_rarely_offered: int = 0
    """At least so many of the athletes who have been offered less often than the others."""
    pinned_in: tuple[str, ...] = ()
    pinned_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        both = sorted(set(self.pinned_in) & set(self.pinned_out))
        for good, message in (
            (self.budget_cents > 0, "The budget must be more than $0."),
            (self.goal in ("expected", "certain"), f"The goal {self.goal!r} is unknown; name expected or certain."),
            (self.least_athletes >= 1, "A plan needs at least one athlete."),
            (self.most_athletes is None or self.most_athletes >= 1, "A plan needs room for at least one athlete."),
            (0 < self.largest_share <= 1, "The largest share of one athlete must be above 0% and at most 100%."),
            (
                min(self.least_women, self.least_newcomers, self.least_rarely_offered) >= 0,
                "A least number of athletes must not be negative.",
            ),
            (not both, f"{', '.join(both)} cannot be pinned in and out at once; choose one."),
        ):
            if not good:
                raise PlanError(message)

    def without(self, wish: str) -> "Request":
        """The request with one wish given up; a budget that is given up is endless."""
        given_up: dict[str, Any] = {wish: _ENDLESS if wish == "budget_cents" else _NO_WISH[wish]}
        return replace(self, **given_up)

    def with_only(self, wishes: set[str]) -> "Request":
        """The request with all wishes but these given up."""
        request = self
        for wish in self.wishes():
            request = request if wish in wishes else request.without(wish)
        return request

    def wishes(self) -> list[str]:
        """Names of the wishes that ask for something."""
        return ["budget_cents", *(wish for wish, nothing in _NO_WISH.items() if getattr(self, wish) != nothing)]


_ENDLESS = 10**15
_NO_WISH: dict[str, Any] = {
    "sports": (),
    "countries": (),
    "least_athletes": 1,
    "most_athletes": None,
    "largest_share": 1.0,
    "least_women": 0,
    "least_newcomers": 0,
    "least_rarely_offered": 0,
    "pinned_in": (),
    "pinned_out": (),
}
COUNTED = {"least_women": "woman", "least_newcomers": "newcomer", "least_rarely_offered": "rarely_offered"}
"""Wishes for so many athletes of a kind, and the column that says who is of it."""
ONE_OF = {"sports": "sport", "countries": "country"}
"""Wishes for nobody but athletes of some kinds, and the column that holds the kind."""
_HAIR = 1e-9


def allowed(athletes: pd.DataFrame, request: Request) -> np.ndarray:
    """Who may be in the plan.

    Args:
        athletes: athlete_id, sport, country.
    """
    kept = ~athletes["athlete_id"].isin(request.pinned_out).to_numpy()
    for wish, column in ONE_OF.items():
        if values := getattr(request, wish):
            kept &= athletes[column].isin(values).to_numpy()
    return np.asarray(kept)


def keeps(chosen: pd.DataFrame, request: Request, wish: str) -> bool:
    """Whether a choice of athletes keeps a wish, counted in whole cents and athletes, and a share to a billionth.

    Args:
        chosen: athlete_id, cost_cents, mean, sport, country, woman, newcomer, rarely_offered.
        request: what is asked for.
        wish: the name of the wish.

    >>> chosen = pd.DataFrame({"athlete_id": ["a", "b"], "cost_cents": [60, 41], "mean": [3.0, 1.0]})
    >>> request = Request(100, least_athletes=2, largest_share=0.75)
    >>> [wish for wish in request.wishes() if keeps(chosen, request, wish)]
    ['least_athletes', 'largest_share']
    """
    value = getattr(request, wish)
    if wish == "budget_cents":
        return int(chosen["cost_cents"].sum()) <= value
    if wish == "least_athletes":
        return len(chosen) >= value
    if wish == "most_athletes":
        return value is None or len(chosen) <= value
    if wish == "largest_share":
        means = chosen["mean"].to_numpy(dtype="float64")
        return float(means.max(initial=0.0)) <= value * math.fsum(means) * (1 + _HAIR)
    if wish in COUNTED:
        return int(chosen[COUNTED[wish]].sum()) >= value
    if wish == "pinned_in":
        return set(value) <= set(chosen["athlete_id"])
    if wish == "pinned_out":
        return not set(value) & set(chosen["athlete_id"])
    return not value or bool(chosen[ONE_OF[wish]].isin(value).all())


def rarely_offered(times_offered: pd.Series) -> pd.Series:
    """Who has been offered less often than the athlete in the middle, or not at all.

    >>> rarely_offered(pd.Series([0, 0, 1, 2, 5])).tolist()
    [True, True, False, False, False]
    """
    return times_offered.eq(0) | times_offered.lt(times_offered.median())


def with_offers(plan_athletes: pd.DataFrame, campaigns: Iterable[Campaign]) -> pd.DataFrame:
    """The athletes with `times_offered`: in bundles, and in the campaigns that stand now.

    Args:
        plan_athletes: the published table.
        campaigns: from `campaigns_of`.
    """
    booked = Counter(athlete for campaign in campaigns for athlete in campaign.athletes["athlete_id"].astype("str"))
    in_campaigns = plan_athletes["athlete_id"].map(booked).fillna(0).astype("int64")
    return plan_athletes.assign(times_offered=plan_athletes["bundle_offers"].astype("int64") + in_campaigns)


def candidates(athletes: pd.DataFrame) -> pd.DataFrame:
    """Athletes as `best_plan` takes them: those whose cost is known; a gender that is unknown is no woman's.

    Args:
        athletes: from `with_offers`.
    """
    table = athletes[~athletes["novel"].astype(bool)].reset_index(drop=True)
    return table.assign(
        woman=table["woman"].astype("boolean").fillna(False).astype(bool),
        newcomer=table["newcomer"].astype(bool),
        rarely_offered=rarely_offered(table["times_offered"]),
    )
