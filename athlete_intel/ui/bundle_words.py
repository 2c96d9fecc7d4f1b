"""What bundles, plans and campaigns say, in sentences. Pure functions; nothing here needs streamlit."""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from athlete_intel.bundles.chosen import Chosen
from athlete_intel.bundles.conflicts import Conflict
from athlete_intel.bundles.requests import CERTAINTY, Request
from athlete_intel.ui import formats as f
from athlete_intel.ui import outcome_words, words

WISHES = {
    "budget_cents": "the budget",
    "sports": "the sports",
    "countries": "the countries",
    "least_athletes": "the least number of athletes",
    "most_athletes": "the largest number of athletes",
    "largest_share": "the largest share of one athlete",
    "least_women": "the least number of women",
    "least_newcomers": "the least number of newcomers",
    "least_rarely_offered": "the least number of athletes who are rarely offered",
    "pinned_in": "the athletes who must be in",
    "pinned_out": "the athletes who must not be in",
}


def bundle_name(bundle: pd.Series) -> str:
    """A bundle as it is called in a list of choices.

    >>> bundle_name(pd.Series({"name": "Women golfers", "size": "small", "members": 5}))
    'Women golfers (small)'
    """
    return f"{bundle['name']} ({bundle['size']})"


def promise_sentence(about: pd.Series, facts: pd.Series | dict[str, float]) -> str:
    """What can be promised, and how likely it is.

    >>> about = pd.Series({"outcome_unit": "", "outcome_name": "page views"})
    >>> promise_sentence(about, {"promised": 18000.0, "chance": 0.83})
    '18k page views can be promised: the chance of reaching them is 83%.'
    >>> untested = pd.Series({"outcome_unit": "", "outcome_name": "page views", "range_tested": False})
    >>> promise_sentence(untested, {"promised": 18000.0, "chance": 0.83})
    '18k page views can be promised: the chance of reaching them is 83% by an estimate that has not been tested yet.'
    """
    promised = words.amount(about, facts["promised"])
    promised = promised[0].upper() + promised[1:]
    them = "it" if about["outcome_unit"] == "$" else "them"
    untested = "" if words.is_tested(about) else " by an estimate that has not been tested yet"
    return f"{promised} can be promised: the chance of reaching {them} is {f.percent(facts['chance'])}{untested}."


def choice_sentence(chosen: Chosen) -> str:
    """What the figures of a plan or a bundle allow for because athletes are chosen; empty where nothing is.

    >>> print(choice_sentence(Chosen(came=0.92)))
    Sets chosen for what is expected of them brought 92% of what single estimates add up to; all figures here allow for
    it.
    >>> print(choice_sentence(Chosen(wider=1.1)))
    Sets chosen for what is expected of them lay 10% farther off than single estimates let expect; the promise and
    ranges allow for it.
    """
    parts = []
    if f.percent(chosen.came) != f.percent(1):
        parts.append(f"brought {f.percent(chosen.came)} of what single estimates add up to")
    if f.percent(chosen.wider) != f.percent(1):
        told = "than they let expect" if parts else "than single estimates let expect"
        parts.append(f"lay {f.percent(chosen.wider - 1)} farther off {told}")
    # Farther off means wider ranges around the same averages; less moves the averages of athletes, too.
    allowing = "all figures here" if f.percent(chosen.came) != f.percent(1) else "the promise and ranges"
    told = f"Sets chosen for what is expected of them {' and '.join(parts)}"
    return f"{told}; {allowing} allow for it." if parts else ""


def mix_sentence(about: pd.Series, bundle: pd.Series | dict[str, Any], handles_checked: bool) -> str:
    """Who is in a bundle: sports where there are several, women, followers in question, contested handles.

    What is not known is not said.

    Args:
        about: the data set.
        bundle: facts of a bundle or a plan.
        handles_checked: whether anybody looked at handles of this data set; if not, "no contested handle" is not said.

    >>> about = pd.Series({"outcome_name": "page views", "outcome_unit": ""})
    >>> bundle = {"sports": "golf 80%, judo 20%", "women_share": 0.4, "contested": 1, "questioned_share": 0.2}
    >>> bundle |= {"members": 5, "largest_share": 0.21}
    >>> print(mix_sentence(about, bundle, True))
    By number of athletes: golf 80%, judo 20%; 40% women; followers of 20% in question; 1 contested handle. The athlete
    who brings most brings 21% of the page views.
    >>> few = {"sports_known": 1, "women_known": 2, "questioned_known": 5}
    >>> mix_sentence(about, {**bundle, **few}, True).split("; ")[:2]
    ['By number of athletes: golf 80%, judo 20% (of 1 known)', '40% women (of 2 known)']
    >>> mix_sentence(about, {**bundle, "sports": "golf 100%"}, True).partition(";")[0]
    'By number of athletes: 40% women'
    >>> unknown = {"sports": "", "women_share": None, "questioned_share": None, "contested": 0}
    >>> mix_sentence(about, {**bundle, **unknown}, False)
    'The athlete who brings most brings 21% of the page views.'
    >>> mix_sentence(about, {**bundle, **unknown, "members": 1}, False)
    ''
    """

    def of_known(part: str, what: str) -> str:
        known = bundle.get(what, bundle["members"])
        return part if known == bundle["members"] else f"{part} (of {int(known)} known)"

    several = "," in str(bundle["sports"])
    parts = [of_known(words.sports_mix(str(bundle["sports"])), "sports_known") if several else ""]
    if not f.missing(bundle["women_share"]):
        parts.append(of_known(f"{f.percent(bundle['women_share'])} women", "women_known"))
    questioned = bundle["questioned_share"]
    if not f.missing(questioned):
        told = f"followers of {f.percent(questioned) if questioned else 'nobody'} in question"
        parts.append(of_known(told, "questioned_known"))
    contested = int(bundle["contested"])
    if contested or handles_checked:
        parts.append(f.some(contested, "contested handle") if contested else "no contested handle")
    told = "; ".join(part for part in parts if part)
    brings = f"The athlete who brings most brings {f.percent(bundle['largest_share'])} of the {about['outcome_name']}."
    mix = [f"By number of athletes: {told}."] if told else []
    return " ".join(mix + [brings] * (int(bundle["members"]) > 1))


def handles_doubt(members: pd.DataFrame, in_doubt: Collection[str]) -> str:
    """Of which athletes booked the figures may be another account's, the first of them by name; empty where of none.

    Args:
        members: athlete_id, name.
        in_doubt: athletes with a handle that looks wrong or waits for review.

    >>> members = pd.DataFrame({"athlete_id": list("abcde"), "name": ["Ana", "Ben", "Cy", "Di", "Eve"]})
    >>> handles_doubt(members, {"b", "x"})
    'A handle of Ben looks wrong or waits for review: what is expected may rest on another account.'
    >>> handles_doubt(members, {"a", "b", "d", "e"}).partition(":")[0], handles_doubt(members, {"x"})
    ('Handles of 4 athletes, Ana, Ben, Di and 1 more, look wrong or wait for review', '')
    """
    names = members.loc[members["athlete_id"].isin(list(in_doubt)), "name"].astype("str").tolist()
    if not names:
        return ""
    who = _first_named(names)
    told = (
        f"A handle of {who} looks wrong or waits for review"
        if len(names) == 1
        else f"Handles of {f.some(len(names), 'athlete')}, {who}, look wrong or wait for review"
    )
    return f"{told}: what is expected may rest on another account."


def _first_named(names: list[str]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return _listed([*names[:_MOST_NAMED], f"{f.count(more)} more"] if more > 0 else names)


def not_booked(athletes: pd.DataFrame) -> str:
    """Who cannot be in any plan, those who would bring most by name; nothing where everybody can.

    Args:
        athletes: name, mean, novel.

    >>> athletes = pd.DataFrame({"name": ["Ana", "Ben"], "mean": [1.0, 2.0], "novel": [True, False]})
    >>> not_booked(athletes)
    'Ana stands in no plan: unlike anything that the model has learnt from, so that any price would be a guess.'
    >>> many = pd.DataFrame({"name": list("ABCDE"), "mean": [1, 2, 3, 4, 5], "novel": True})
    >>> not_booked(many).partition(":")[0], not_booked(many.head(2)).partition(":")[0]
    ('E, D, C and 2 more stand in no plan', 'B and A stand in no plan')
    """
    left_out = athletes[athletes["novel"].astype(bool)].sort_values(["mean", "name"], ascending=[False, True])
    if left_out.empty:
        return ""
    who = _first_named(left_out["name"].astype("str").tolist())
    stand = "stands" if len(left_out) == 1 else "stand"
    return (
        f"{who} {stand} in no plan: unlike anything that the model has learnt from, so that any price would be a guess."
    )


_MOST_NAMED = 3


def everybody_sentence(booked: int, bookable: int, allowed: int, cost_cents: int) -> str:
    """That a plan books everybody it could, so that nothing was chosen; empty where it had to choose.

    Args:
        booked: how many it books.
        bookable: how many could be booked without any wishes.
        allowed: how many of these the wishes allow.
        cost_cents: of all of them.

    >>> everybody_sentence(40, 40, 40, 1_290_050)
    'That is everybody who can be booked; only a budget below $12,901 would have to choose.'
    >>> everybody_sentence(7, 40, 7, 90_000), everybody_sentence(6, 40, 7, 80_000)
    ('That is everybody whom these wishes allow; only a budget below $900 would have to choose.', '')
    """
    if booked < allowed:
        return ""
    who = "who can be booked" if allowed == bookable else "whom these wishes allow"
    return f"That is everybody {who}; only a budget below {_dollars(cost_cents)} would have to choose."


def remarks(athletes: pd.DataFrame) -> list[str | None]:
    """What to know of each athlete before booking; nothing where there is nothing.

    >>> remarks(pd.DataFrame({"newcomer": [True, False], "questioned": [True, None], "contested": [2, 0]}))
    ['newcomer; followers in question; 2 contested handles', None]
    """
    told = zip(athletes["newcomer"], athletes["questioned"], athletes["contested"], strict=True)
    return [_remark(bool(newcomer), questioned, int(contested)) for newcomer, questioned, contested in told]


def _remark(newcomer: bool, questioned: Any, contested: int) -> str | None:
    parts = ["newcomer"] if newcomer else []
    parts += ["followers in question"] if not f.missing(questioned) and bool(questioned) else []
    parts += [f.some(contested, "contested handle")] if contested else []
    return "; ".join(parts) or None


def plan_sentence(about: pd.Series, facts: Mapping[str, Any], request: Request) -> str:
    """What a plan costs and brings, first of all: with the chance of more than the budget, if there is much of one.

    >>> about = pd.Series({"outcome_unit": "", "outcome_name": "page views", "interval": 0.8})
    >>> facts = {"members": 2, "cost_cents": 49_000_00, "expected": 9e5, "low": 8e5, "high": 1e6, "over_budget": 0.58}
    >>> print(plan_sentence(about, facts, Request(50_000_00)))
    2 athletes for about $49k bring 900k page views on average, four times in five 800k to 1M; $1,000 of the budget is
    left on average, but the chance that the cost exceeds it is 58%.
    >>> plan_sentence(about, {**facts, "over_budget": 0.04}, Request(50_000_00)).partition("; ")[2]
    '$1,000 of the budget is left on average.'
    >>> plan_sentence(about, {**facts, "over_budget": 0.04}, Request(49_001_00)).partition("; ")[2]
    'all of the budget is used on average.'
    """
    left = request.budget_cents - facts["cost_cents"]
    spare = f"{f.money(left)} of the budget is left" if left >= _WORTH_TELLING * request.budget_cents else ""
    unit = about["outcome_unit"]
    over = facts["over_budget"] > _WORTH_THE_HEADLINE
    chance = f", but {_chance_of_more(facts, 'it')}" if over else ""
    return (
        f"{f.some(int(facts['members']), 'athlete')} for about {f.money(facts['cost_cents'])} "
        f"{'brings' if facts['members'] == 1 else 'bring'} "
        f"{words.amount(about, facts['expected'])} on average, "
        f"{words.ranging(about, f.outcome_range(facts['low'], facts['high'], unit))}; "
        f"{spare or 'all of the budget is used'} on average{chance}."
    )


_WORTH_TELLING = 0.001
"""Share of the budget from which on what is left of it is told."""


_WORTH_THE_HEADLINE = 0.05
"""Chance of more than the budget from which on it belongs to the answer."""


def _chance_of_more(facts: Mapping[str, Any], what: str) -> str:
    return f"the chance that the cost exceeds {what} is {f.percent(facts['over_budget'])}"


def safe_budget_sentence(facts: Mapping[str, Any], request: Request) -> str:
    """What to do where a plan often costs more than its budget; empty where it holds four times in five.

    >>> facts = {"safe_cents": 56_000_01, "cost_cents": 49_000_00}
    >>> print(safe_budget_sentence(facts, Request(50_000_00)))
    With 80% certainty these athletes cost at most $56,001: have that ready, or plan with a smaller budget.
    >>> safe_budget_sentence(facts, Request(60_000_00))
    ''
    """
    if facts["safe_cents"] <= request.budget_cents:
        return ""
    # Said as the goal is: "four times in five" is what a range of two ends is called beside it.
    sure, safe = f.percent(CERTAINTY), _dollars(facts["safe_cents"])
    return f"With {sure} certainty these athletes cost at most {safe}: have that ready, or plan with a smaller budget."


def ties_sentence(booked: pd.DataFrame, others: pd.DataFrame, thousand: str) -> str:
    """That others cost as little for what they bring, so that many choices tie; empty where none do.

    Args:
        booked: mean, cost_cents of who is booked.
        others: the same of who is not, and could be.
        thousand: what a cost is for, from `outcome_words.thousand`.

    >>> booked = pd.DataFrame({"mean": [1_000.0, 3_000.0], "cost_cents": [5_000, 15_001]})
    >>> others = pd.DataFrame({"mean": [4_000.0, 100.0], "cost_cents": [20_000, 900]})
    >>> print(ties_sentence(booked, others, "1,000 page views"))
    1 other athlete costs as little for each 1,000 page views, so that other choices bring about as much for the money.
    >>> ties_sentence(booked.assign(cost_cents=[5_000, 30_000]), others, "1,000 page views")
    ''
    >>> ties_sentence(booked.assign(cost_cents=[6_000, 18_000]), others, "1,000 page views")  # cheaper ones did not fit
    ''
    """
    if booked.empty or others.empty:
        return ""
    each, of_others = booked["cost_cents"] / booked["mean"], others["cost_cents"] / others["mean"]
    alike = int(of_others.between(each.min() * (1 - _ALIKE), each.max() * (1 + _ALIKE)).sum())
    if not alike or each.max() > each.min() * (1 + _ALIKE):
        return ""
    cost = "costs" if alike == 1 else "cost"
    return (
        f"{f.some(alike, 'other athlete')} {cost} as little for each {thousand}, so that other choices bring about as "
        "much for the money."
    )


_ALIKE = 0.002
"""Relative difference of two prices that are told to be the same."""


def spending_sentence(about: pd.Series, facts: Mapping[str, Any]) -> str:
    """What a plan may cost, as pay follows the outcome: its range, and a small chance of more than the budget.

    Where there are no stories it begins with what the cost pays for, which the days of a campaign do not tell.

    A large chance stands in `plan_sentence`, and of none nothing is said.

    >>> facts = {"low_cents": 40_000_00, "high_cents": 49_000_00, "over_budget": 0.03}
    >>> print(spending_sentence(pd.Series({"interval": 0.8}), facts))
    As pay follows what comes, it is $40k to $49k four times in five; the chance that the cost exceeds the budget is 3%.
    >>> spending_sentence(pd.Series({"interval": 0.8}), {**facts, "over_budget": 0.0})
    'As pay follows what comes, it is $40k to $49k four times in five.'
    >>> views = {"rows_are": "athletes", "outcome_name": "page views", "outcome_label": "Page views a day"}
    >>> spending_sentence(pd.Series({"interval": 0.8, **views}), facts).partition(". ")[0]
    'The cost is pay for the page views of one day, however long a campaign runs'
    """
    spent = f.money_range(facts["low_cents"], facts["high_cents"])
    often = f.how_often(about["interval"]) if words.is_tested(about) else "(a range not yet tested)"
    small = 0 < facts["over_budget"] <= _WORTH_THE_HEADLINE
    chance = f"; {_chance_of_more(facts, 'the budget')}" if small else ""
    one_value = outcome_words.paid_for(about)
    paid = f"The cost is {one_value}, however long a campaign runs. " if one_value else ""
    return f"{paid}As pay follows what comes, it is {spent} {often}{chance}."


def certain_sentence(about: pd.Series, value: float) -> str:
    """What the goal of certainty comes to, which is what the plan was chosen for.

    >>> certain_sentence(pd.Series({"outcome_unit": "", "outcome_name": "page views"}), 18_000.0)
    'Chosen for what is reached four times in five: 18k page views, as far as mean and spread of each athlete tell.'
    """
    reached = f"{words.amount(about, value)}, as far as mean and spread of each athlete tell"
    return f"Chosen for what is reached {f.how_often(CERTAINTY)}: {reached}."


def conflict_sentences(conflict: Conflict, request: Request, names: Mapping[str, str]) -> list[str]:
    """Why nothing fits, and what to loosen: one sentence a wish.

    Args:
        conflict: from `smallest_conflict`.
        request: what is asked for.
        names: of athletes, by id.
    """
    if not conflict.wishes:
        return ["Nothing fits: nobody can be booked."]
    cannot = "cannot be kept together" if len(conflict.wishes) > 1 else "cannot be kept"
    lines = [f"Nothing fits: {_listed([WISHES[wish] for wish in conflict.wishes])} {cannot}."]
    if conflict.wishes == ("budget_cents",):
        lines = [f"Nothing fits: nobody costs as little as {_dollars(request.budget_cents)}."]
    for row in conflict.loosen.to_dict("records"):
        others = [names.get(each, each) for each in row["others"]]
        lines.append(_loosen(str(row["wish"]), row["enough"], others, row["fits"], request))
    return lines


def _loosen(wish: str, enough: float | None, others: list[str], fits: Any, request: Request) -> str:
    shown = WISHES[wish]
    if f.missing(fits):
        return f"How far to loosen {shown} could not be found out in time."
    if not fits:
        return f"To give up {shown} alone is not enough: other wishes stand in the way, too."
    if wish == "budget_cents" and not f.missing(enough):
        least = request.least_athletes
        many = f" for {f.some(least, 'athlete')}" if least > 1 else ""
        return f"A budget of {_dollars(enough)} would do{many} instead of {_dollars(request.budget_cents)}."
    if wish == "largest_share" and not f.missing(enough):
        return f"A largest share of {f.percent(enough)} would do instead of {f.percent(request.largest_share)}."
    if not f.missing(enough):
        return f"{f.upper_first(shown)} could be {enough:,.0f} instead of {getattr(request, wish):,}."
    if others and wish == "pinned_in":
        return f"Without {_listed(others)} among {shown} a plan exists."
    if others:
        return f"With {_listed(others)} allowed, too, a plan exists."
    return f"Without {shown} a plan exists."


def _dollars(cents: Any) -> str:
    """An amount that must be enough: whole dollars, rounded up, with all digits.

    >>> _dollars(1_234_000), _dollars(5_004_901)
    ('$12,340', '$50,050')
    """
    return f"${-(-int(cents) // 100):,}"


def _listed(names: list[str]) -> str:
    """Names in a sentence.

    >>> _listed(["golf"]), _listed(["golf", "judo", "polo"])
    ('golf', 'golf, judo and polo')
    """
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def wish_prices(prices: pd.DataFrame, about: pd.Series) -> list[str]:
    """What each wish costs, the dearest first.

    >>> about = pd.Series({"outcome_unit": "", "outcome_name": "shares"})
    >>> wish_prices(pd.DataFrame({"wish": ["sports", "least_women"], "lost": [0.0, 0.25]}), about)
    ['The least number of women: costs 0.25 shares.', 'The sports: costs nothing.']
    """
    ordered = prices.sort_values(["lost", "wish"], ascending=[False, True])
    return [
        f"{f.upper_first(WISHES[str(wish)])}: {_price(lost, about)}."
        for wish, lost in ordered[["wish", "lost"]].to_numpy().tolist()
    ]


def _price(lost: float | None, about: pd.Series) -> str:
    if f.missing(lost):
        return "what it costs could not be found out in time"
    return f"costs {words.amount(about, float(lost or 0.0)) if lost else 'nothing'}"
