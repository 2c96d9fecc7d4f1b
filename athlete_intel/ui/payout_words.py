"""What tables about pay say, in sentences. Pure functions; nothing here needs streamlit."""

from typing import Any

import numpy as np
import pandas as pd

from athlete_intel.payouts import risk
from athlete_intel.payouts.risk import Simulated
from athlete_intel.ui import formats as f
from athlete_intel.ui import outcome_words, words

HALF_A_YEAR = 13
"""Windows of two weeks, as many as the setting `history_windows` has by default."""
_ENOUGH_PERIODS = 6
_WORTH_TELLING = 0.005
_CLEARLY = 1.1
_STATES = {"alarm": "Alarm", "watch": "Watch", "normal": "Normal", "not known": "Not known yet"}

FAIRNESS_NOTE = (
    "What is paid ahead follows from the estimate, so it differs only where the rate card says so. What is earned in "
    "the end follows from the outcome: a group whose stories earn more than was predicted gets too low advances. "
    "p-values are corrected for the number of groups; chance alone gives an alert in one snapshot of twenty."
)


def chance(share: float, simulated: Simulated) -> str:
    """A share of draws, never told as a certainty that so many draws cannot give."""
    draws = len(simulated.spend)
    if share <= 0:
        return f"below {f.percent(1 / draws)}"
    return f.percent(1 - 1 / draws) if share >= 1 else f.percent(share)


def middle(month: Simulated, figure: str) -> str:
    """The median of spend, revenue or margin."""
    return f.money(risk.summary(month).set_index("figure").loc[figure, "middle"])


def margin_summary(month: Simulated) -> str:
    """Margin in words."""
    row = risk.summary(month).set_index("figure").loc["margin"]
    return (
        f"Margin: {f.money_range(row['low'], row['high'])} four times in five, {f.money(row['middle'])} in the middle; "
        f"a loss in {chance(risk.loss_probability(month), month)} of draws. Revenue is what the rate card assumes."
    )


def carriers(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Who carries the risk, with names and dollars."""
    return table.assign(
        name=[names.get(each, words.sport(each)) for each in table["group"]],
        mean_dollars=(table["mean_cents"] / 100).round(2),
        tail_dollars=(table["tail_cents"] / 100).round(2),
        share=table["share"].clip(lower=0),
    )


def not_drawn(cents: np.ndarray) -> str:
    """How far the draws reach of which a chart leaves out the outermost ones.

    >>> not_drawn(np.array([100_00, 900_00]))
    'Of the draws, the chart leaves out the outermost 0.5% at either end; all of them reach from $100 to $900.'
    """
    return (
        "Of the draws, the chart leaves out the outermost 0.5% at either end; all of them reach from "
        f"{f.money(cents.min())} to {f.money(cents.max())}."
    )


def carriers_sentence(month: Simulated, by_sport: pd.DataFrame, athletes: int) -> str:
    """What the dearest months are, of which the tables of who carries the risk tell, and how long those tables are.

    Args:
        month: the simulated month.
        by_sport: group, mean_cents, tail_cents of each sport, which add up to the whole.
        athletes: of how many the other table tells.
    """
    mean, tail = (f.money(by_sport[name].sum()) for name in ("mean_cents", "tail_cents"))
    return (
        f"In the dearest 5% of the {f.count(len(month.spend))} simulated months {tail} are paid on average; over all "
        f"of them it is {mean}. The tables tell whose stories the difference comes from: all of "
        f"{f.some(int(by_sport['group'].map(words.is_sport).sum()), 'sport')} and {f.some(athletes, 'athlete')}, those "
        "who add most first."
    )


def month_sentence(month: Simulated | None) -> str:
    """What the next month costs, and how likely it ends in a loss."""
    if month is None:
        return "This data set has no stories, so there is no month to pay for, and nothing is paid ahead."
    told = risk.summary(month).set_index("figure")
    spend = f.money_range(told.loc["spend", "low"], told.loc["spend", "high"])
    text = f"In the next 30 days {spend} are paid, four times in five"
    if not month.revenue.any():
        return f"{text}; what the house earns is not in the rate card."
    return f"{text}; the probability that they end in a loss is {chance(risk.loss_probability(month), month)}."


def month_pay(row: pd.Series, tested: bool = True, typical_cents: float | None = None) -> str:
    """What an athlete can expect of the next month; how many stories that are is drawn by chance, too.

    >>> row = {"month_low_cents": 90_000, "month_middle_cents": 200_000, "month_high_cents": 410_000}
    >>> print(month_pay(pd.Series({**row, "stories_per_week": 0.7})))
    At about 3 stories in 30 days, as in the last half-year, more or fewer by chance, the month earns $900 to $4,100
    four times in five, with $2,000 in the middle.
    >>> month_pay(pd.Series({**row, "stories_per_week": 0.1})).partition(",")[0]
    'At less than one story in 30 days'
    >>> print(month_pay(pd.Series({**row, "stories_per_week": 0.7}), typical_cents=50_000).partition("middle")[2])
    : more than 3 times $500, because a few stories do far better.

    Args:
        row: month_low_cents, month_middle_cents, month_high_cents, stories_per_week.
        tested: whether ranges were tested.
        typical_cents: of one story; where the month is clearly more than so many of them, it is said why.
    """
    if f.missing(row["month_low_cents"]):
        return ""
    number = round(float(row["stories_per_week"]) * 30 / 7)
    stories = f"about {f.some(number, 'story', 'stories')}" if number else "less than one story"
    between = f.money_range(row["month_low_cents"], row["month_high_cents"])
    middle = f.money(row["month_middle_cents"])
    often = "four times in five" if tested else "(a range not yet tested)"
    number_told = f"At {stories} in 30 days, as in the last half-year, more or fewer by chance"
    told = f"{number_told}, the month earns {between} {often}, with {middle} in the middle"
    if typical_cents and row["month_middle_cents"] > _CLEARLY * max(number, 1) * typical_cents:
        times = f"{f.count(number)} times {f.money(typical_cents)}" if number > 1 else "a typical story earns"
        return f"{told}: more than {times}, because a few stories do far better."
    return f"{told}."


def prices(about: pd.Series, pay: pd.Series, outlook: pd.Series) -> list[tuple[str, str, str]]:
    """The next story priced in up to three ways, as figures beside each other; none where there is no other way."""
    rate = f"{f.money(pay['rate_cents_per_1000'])} for each {outcome_words.thousand(about)}"
    meanings = {
        "engagements": "Reactions to a typical post at the card's price; nobody is paid so.",
        "followers": "At the card's price; nobody is paid so, as followers can be bought.",
    }
    others = _other_prices(about, outlook)
    if not others:
        return []
    paid = ("By the model", f.money(pay["expected_cents"]), f"What is paid: typical outcome at {rate}.")
    return [paid, *((f"By {name}", f.money(cents), meanings[name]) for name, cents in others.items())]


def spread_sentence(about: pd.Series, pay: pd.Series, outlook: pd.Series) -> str:
    """That only one of the ways to price a story is paid, why the others stand beside it, and how far apart they are.

    >>> outlook = pd.Series({"by_engagement_cents": 400, "by_followers_cents": None, "cap_cents": 200, "uplift": 1.0})
    >>> pay = pd.Series({"expected_cents": 100})
    >>> print(spread_sentence(pd.Series({"outcome_name": "page views"}), pay, outlook))
    Only the price by the model is paid. Nobody is paid by engagements: that price only shows what others may ask for
    the same story, even above the most that the rate card pays ($2). The ways to price the same story lie a factor of
    4 apart.
    >>> spread_sentence(pd.Series({"outcome_name": "engagements"}), pay, outlook)
    ''
    """
    others = _other_prices(about, outlook)
    if not others:
        return ""
    price, shows = ("that price", "shows") if len(others) == 1 else ("these prices", "show")
    told = (
        f"Only the price by the model is paid. Nobody is paid by {' or by '.join(others)}: {price} only {shows} what "
        "others may ask for the same story"
    )
    most = float(outlook.get("cap_cents", 0)) * float(outlook.get("uplift", 1))
    if 0 < most < max(others.values()):
        told += f", even above the most that the rate card pays ({f.money(most)})"
    known = [each for each in (float(pay["expected_cents"]), *others.values()) if each > 0]
    if len(known) < 2:
        return f"{told}."
    return f"{told}. The ways to price the same story lie a factor of {f.count(max(known) / min(known))} apart."


def _other_prices(about: pd.Series, outlook: pd.Series) -> dict[str, float]:
    """What others may ask, in cents, by what they count; what is the outcome itself is what the model is paid by."""
    named = {"engagements": outlook["by_engagement_cents"], "followers": outlook["by_followers_cents"]}
    outcome = str(about["outcome_name"])
    return {name: float(cents) for name, cents in named.items() if name != outcome and not f.missing(cents)}


def what_if_sentence(label: str, more: int, table: pd.DataFrame, outside: bool, storied: bool = True) -> str:
    """What a change does to pay, of a story where there are stories.

    >>> table = pd.DataFrame({"story_low": [80_000, 90_000], "story_typical": [100_000, 110_000], "story_high":
    ...     [150_000, 165_000], "month_middle": [200_000, 440_000]}, index=["now", "then"])
    >>> print(what_if_sentence("Likes up 20%", 1, table, outside=True))
    Likes up 20%, and 1 more story a week: the next story would earn $900 to $1,650, typically $1,100 (+10%), and the
    next 30 days $4,400 in the middle (now $2,000). This goes beyond all that the model has learnt from, so it is a
    guess.
    """
    parts = [part for part in (label, f"{f.some(more, 'more story', 'more stories')} a week" if more else "") if part]
    if not parts:
        return "Choose a change to see what it would do."
    now, then = table.loc["now"], table.loc["then"]
    text = f.upper_first(", and ".join(parts))
    change = table["story_typical"].clip(lower=1).pct_change().iloc[-1]
    subject = "the next story would earn" if storied else "pay would be"
    text += f": {subject} {f.money_range(then['story_low'], then['story_high'])}, "
    text += f"typically {f.money(then['story_typical'])} ({100 * change:+.0f}%)"
    if not f.missing(then["month_middle"]):
        text += (
            f", and the next 30 days {f.money(then['month_middle'])} in the middle (now {f.money(now['month_middle'])})"
        )
    return text + (". This goes beyond all that the model has learnt from, so it is a guess." if outside else ".")


def waiting_sentence(why: str) -> str:
    """That a payout waits for a person.

    >>> waiting_sentence("a handle is contested")
    'An advance waits for a person to look at it: a handle is contested.'
    """
    return f"An advance waits for a person to look at it: {why}."


def alert_lines(alerts: pd.DataFrame) -> list[str]:
    """Figures that are above their normal level, alarms first.

    >>> alert_lines(pd.DataFrame([("overdue_labels", "Overdue", 0.12, 0.05, 0.1, "alarm", "90 stories")],
    ...     columns=["figure", "about", "value", "normal", "alarm", "state", "rests_on"]))
    ['Alarm: Overdue is 12%; 5% is normal, 10% is an alarm (90 stories).']
    """
    kept = alerts[alerts["state"].isin(["alarm", "watch"])]
    return [
        f"{_STATES[row['state']]}: {row['about']} is {f.percent(row['value'])}; {f.percent(row['normal'])} is normal, "
        f"{f.percent(row['alarm'])} is an alarm ({row['rests_on']})."
        for row in kept.to_dict("records")
    ]


def alert_table(alerts: pd.DataFrame) -> pd.DataFrame:
    """Business figures with their state in words."""
    return alerts.assign(state=alerts["state"].map(_STATES))


def fairness_rows(fairness: pd.DataFrame) -> pd.DataFrame:
    """Differences of logarithms as shares, as sentences tell them."""
    return fairness.assign(**{name: np.expm1(fairness[name]) for name in ("difference", "low", "high")})


def fairness_lines(fairness: pd.DataFrame) -> list[str]:
    """Differences of pay at equal predicted outcome that are beyond chance, and what to do about each.

    >>> fairness_lines(pd.DataFrame([("earned in the end", "gender", "women", 0.21, 0.11, 0.31, 0.0004, True)],
    ...     columns=["measure", "grouping", "value", "difference", "low", "high", "p_corrected", "alert"]))
    ['Stories of women (gender) earn 23% more in the end than others at the same prediction (95% range +12% to +36%), so
    their advances are too low. See how far the model is off for them in Model health, under By group.']
    """
    return [_unfair(row) for row in fairness[fairness["alert"].astype(bool)].to_dict("records")]


def _unfair(row: dict[Any, Any]) -> str:
    """How a group differs, and what to do; what is earned in the end follows from outcomes, the rest from the card."""
    more = row["difference"] > 0
    size = f"{f.effect(row['difference'])[1:]} {'more' if more else 'less'}"
    group = f"Stories of {row['value']} ({row['grouping']})"
    spread = f"(95% range {f.effect(row['low'])} to {f.effect(row['high'])})"
    if row["measure"] == "paid ahead":
        return (
            f"{group} are paid {size} ahead than others at the same prediction {spread}. Only the rate card makes such "
            "a difference: see whether its factors are meant so, under Rate card."
        )
    return (
        f"{group} earn {size} in the end than others at the same prediction {spread}, so their advances are too "
        f"{'low' if more else 'high'}. See how far the model is off for them in Model health, under By group."
    )


def fairness_sentence(fairness: pd.DataFrame, rankings: pd.DataFrame) -> str:
    """How many groups were compared and how many differ beyond chance.

    >>> fairness_sentence(pd.DataFrame(), pd.DataFrame({"gender": ["men", "men"], "sport": ["golf", None]}))
    'All athletes are of one group, as far as gender and sport are known, so there is nobody to compare their pay with.'
    """
    if fairness.empty and all(rankings[name].nunique() < 2 for name in ("gender", "sport") if name in rankings):
        return (
            "All athletes are of one group, as far as gender and sport are known, so there is nobody to compare their "
            "pay with."
        )
    if fairness.empty:
        return "There are too few athletes in every group to compare their pay."
    alerts = int(fairness["alert"].astype(bool).sum())
    told = f"{f.some(len(fairness), 'comparison')} of pay at equal predicted outcome; "
    return told + (f"{alerts} beyond chance." if alerts else "none differs beyond chance.")


def moves_sentence(moves: pd.DataFrame) -> str:
    """How much money moved since the snapshot before.

    >>> moves_sentence(pd.DataFrame({"moved_cents": [-500_000, 100_000, 0], "flag": ["a large change", "", ""]}))
    'Expected pay of 2 athletes moved by $6,000 in all ($4,000 less on balance); 1 of them is flagged.'
    """
    changed = moves[moves["moved_cents"] != 0]
    if changed.empty:
        return "No expected pay moved."
    net = int(changed["moved_cents"].sum())
    flagged = int((changed["flag"] != "").sum())
    balance = f"{f.money(abs(net))} {'less' if net < 0 else 'more'} on balance"
    return (
        f"Expected pay of {f.some(len(changed), 'athlete')} moved by {f.money(changed['moved_cents'].abs().sum())} in "
        f"all ({balance}); {f.count(flagged)} of them {'is' if flagged == 1 else 'are'} flagged."
    )


def shocks_sentence(shocks: pd.DataFrame) -> str:
    """What part of the errors is shared, and how well that is known."""
    if shocks.empty:
        return (
            "The past is too short to tell what stories have in common, so they are drawn one by one, and the ranges "
            "are too narrow."
        )
    names = {"everybody": "all stories", "platform": "all stories of a platform"}
    names |= {"sport": "all stories of a sport", "athlete": "all stories of an athlete"}
    shared = shocks[shocks["component"].isin(names)].sort_values("share", ascending=False)
    told = shared[shared["share"] >= _WORTH_TELLING].to_dict("records")
    periods = f"That was measured on {f.some(int(shocks['periods'].iloc[0]), 'period')} of 28 days."
    if not told:
        return f"What estimates miss, they miss for each story on its own, so it mostly cancels out. {periods}"
    parts = [f"{f.percent(row['share'])} hits {names[row['component']]} at once" for row in told]
    listed = ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]
    return (
        f"Of what estimates miss (as a variance), {listed}. Such errors do not cancel out: the more athletes and "
        f"sports the stories are spread over, the less a month varies. {periods}"
    )


def thin_past(shocks: pd.DataFrame, could_be_longer: bool) -> list[str]:
    """A warning where shocks were measured on too few periods to be relied on.

    Args:
        shocks: periods.
        could_be_longer: whether the settings, and not the data, keep the model from being tested on more of the past.

    >>> thin_past(pd.DataFrame({"periods": [4]}), could_be_longer=False)[0].partition(". ")[2]
    'The data reach no further back; each month that is added makes the risk surer.'
    """
    periods = int(shocks["periods"].iloc[0]) if len(shocks) else 0
    if periods >= _ENOUGH_PERIODS:
        return []
    advice = (
        f"The setting history_windows = {HALF_A_YEAR} tests the model on half a year."
        if could_be_longer
        else "The data reach no further back; each month that is added makes the risk surer."
    )
    return [
        f"The risk rests on {f.some(periods, 'period')} of 28 days, too few to know what stories have in common. "
        f"{advice}"
    ]


def ledger_sentence(states: pd.DataFrame) -> str:
    """How the ledger stands."""
    if states.empty:
        return "Nothing was promised or paid yet."
    open_ones = states[states["state"] == "open"]
    paid = f.money(states["paid_cents"].sum())
    return (
        f"{paid} paid for {f.some(len(states), 'story', 'stories')}; {f.count(len(open_ones))} of them are open, with "
        f"{f.money(open_ones['paid_cents'].sum())} advanced."
    )
