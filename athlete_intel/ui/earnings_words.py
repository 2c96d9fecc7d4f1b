"""What pay of an athlete comes to and how it is computed, in sentences."""

import math
from collections.abc import Sequence

import pandas as pd

from athlete_intel.payouts.rates import Terms, fee_cents
from athlete_intel.ui import formats as f
from athlete_intel.ui import outcome_words, words

_BEYOND_ANY_CAP = 10**18
"""An outcome that no cap lets pay in full."""


def pay_sentence(about: pd.Series, pay: pd.Series, terms: Terms | None = None) -> str:
    """What the athlete can expect, the range first.

    Args:
        about: the data set.
        pay: the row of the published table `payouts`.
        terms: of the athlete; where they are known and typical pay is at their cap or floor, that is said.

    >>> about = pd.Series({"rows_are": "stories", "interval": 0.8})
    >>> pay = pd.Series({"expected_cents": 124_000, "low_cents": 90_000, "high_cents": 160_000})
    >>> print(pay_sentence(about, pay))
    The next story earns $900 to $1,600 four times in five, typically $1,240.
    >>> about["range_tested"] = False
    >>> print(pay_sentence(about, pay))
    The next story earns $900 to $1,600 (a range not yet tested), typically $1,240.
    >>> least = pd.Series({"expected_cents": 1_000, "low_cents": 1_000, "high_cents": 1_000})
    >>> print(pay_sentence(pd.Series({"rows_are": "stories", "interval": 0.8}), least))
    The next story earns $10 four times in five.
    >>> daily = {"outcome_name": "page views", "outcome_label": "Page views a day", "interval": 0.8}
    >>> print(pay_sentence(pd.Series({"rows_are": "athletes", **daily}), pay, Terms(2_500, cap_cents=124_000)))
    At today's rate your pay for the page views of one day is $900 to $1,600 four times in five, typically $1,240, the
    most that the rate card pays.
    """
    subject = "The next story earns"
    if words.row_is(about) == "athlete":
        subject = f"At today's rate your pay for {outcome_words.one_value(about)} is"
    limit = pay_limit(int(pay["expected_cents"]), terms)
    end = f", {limit}." if limit else "."
    typical = f"typically {f.money(pay['expected_cents'])}{end}"
    if f.missing(pay["low_cents"]):
        return f"{subject} {typical}"
    between = f.money_range(pay["low_cents"], pay["high_cents"])
    often = f.how_often(about["interval"]) if words.is_tested(about) else "(a range not yet tested)"
    if between == f.money(pay["expected_cents"]):
        return f"{subject} {between} {often}{end}"
    return f"{subject} {between} {often}, {typical}"


def pay_limit(cents: int, terms: Terms | None) -> str:
    """Whether pay is at the end of what the terms allow; empty where it is not, or where they are not known.

    >>> terms = Terms(500, floor_cents=1_000, cap_cents=50_000)
    >>> pay_limit(50_000, terms), pay_limit(1_000, terms), pay_limit(2_000, terms), pay_limit(0, Terms(500))
    ('the most that the rate card pays', 'the least that the rate card pays', '', '')
    """
    if terms is None:
        return ""
    if terms.cap_cents and cents >= fee_cents(_BEYOND_ANY_CAP, terms):
        return "the most that the rate card pays"
    return "the least that the rate card pays" if terms.floor_cents and cents <= fee_cents(0, terms) else ""


def past_estimates(backtest: pd.DataFrame, terms: Sequence[Terms]) -> pd.DataFrame:
    """Past predictions of an athlete beside what came, oldest first, in the outcome and in whole cents of pay.

    Args:
        backtest: of the athlete.
        terms: of each of its rows, so that floor, cap, factors and commission count as they do for the next story.

    >>> row = {"as_of": 1, "row_id": "s1", "window": 1, "predicted": 100.0, "low": 50.0, "high": 300.0, "actual": 1e6}
    >>> past = past_estimates(pd.DataFrame([row]), [Terms(500, floor_cents=1_000, cap_cents=90_000)])
    >>> past[["predicted_dollars", "actual_dollars", "inside"]].values.tolist()
    [[10.0, 900.0, 'outside']]
    """
    backtest = backtest.assign(terms=pd.Series(list(terms), index=backtest.index, dtype="object"))
    past = backtest.sort_values(["as_of", "row_id", "window"], ignore_index=True)
    past["inside"] = past["actual"].between(past["low"], past["high"]).map({True: "inside", False: "outside"})
    past.loc[past["low"].isna(), "inside"] = "no range"
    for column in ("predicted", "actual"):
        past[f"{column}_dollars"] = [
            fee_cents(came, own) / 100 for came, own in zip(past[column], past["terms"], strict=True)
        ]
    return past.drop(columns="terms")


def past_sentence(past: pd.DataFrame, about: pd.Series) -> str:
    """How past estimates of an athlete came out. An athlete is told of medians only, which do not add up: no sums."""
    noun = ("value", "values") if words.row_is(about) == "athlete" else ("story", "stories")
    if past.empty:
        return f"None of the {noun[1]} of this athlete was used to test the model, so there are no past estimates."
    inside = int((past["inside"] == "inside").sum())
    if len(past) == 1:
        return _one_past_estimate(past.iloc[0], about)
    more = int((past["actual"] > past["predicted"]).sum())
    sides = f"{more} brought more than estimated, {len(past) - more} did not"
    ranged = past[past["inside"] != "no range"]
    if len(ranged) == len(past):
        return f"{inside} of {f.some(len(past), *noun)} fell inside the range; {sides}."
    told = (
        f"{inside} of the {f.count(len(ranged))} that had a range fell inside it" if len(ranged) else "None had a range"
    )
    return f"{f.some(len(past), *noun)}: {told}; {sides}."


def _one_past_estimate(row: pd.Series, about: pd.Series) -> str:
    predicted, came = (f.outcome(row[name], about["outcome_unit"]) for name in ("predicted", "actual"))
    where = {"inside": ", inside the range", "outside": ", outside the range"}.get(str(row["inside"]), "")
    pay = f"{_dollars(row['actual_dollars'])}; the estimate came to {_dollars(row['predicted_dollars'])}"
    return (
        f"There is one estimate that was made without knowing the outcome: typically {predicted}. {came} came{where}. "
        f"By today's rate card that earns {pay}."
    )


def past_title(about: pd.Series) -> str:
    """The title above estimates that can be checked: of the past, or of the same day by a model that did not know.

    >>> past_title(pd.Series({"rows_are": "athletes"})), past_title(pd.Series({"rows_are": "stories"}))
    ('Estimates without knowing the outcome, and what came', 'Past estimates, and what came')
    """
    if words.row_is(about) == "athlete":
        return "Estimates without knowing the outcome, and what came"
    return "Past estimates, and what came"


def past_note(number: int, about: pd.Series) -> str:
    """What the model knew of the outcomes beside past estimates, and what pay means there.

    Where there is one value for each athlete, these outcomes are those that the estimate of today has learnt from.

    >>> print(past_note(1, pd.Series({"rows_are": "athletes"})))
    The model had not seen this outcome when it made the estimate; the one at the top of this page has learnt from it.
    Pay is what it would earn by today's rate card, not what was paid.
    >>> print(past_note(2, pd.Series({"rows_are": "stories"})))
    The model had not seen these outcomes when it made the estimates. Pay is what they would earn by today's rate card,
    not what was paid.
    """
    outcomes, estimates, they = (
        ("this outcome", "the estimate", "it") if number == 1 else ("these outcomes", "the estimates", "they")
    )
    learnt = "; the one at the top of this page has learnt from " + ("it" if number == 1 else "them")
    return (
        f"The model had not seen {outcomes} when it made {estimates}{learnt * (words.row_is(about) == 'athlete')}. Pay "
        f"is what {they} would earn by today's rate card, not what was paid."
    )


def how_they_held(backtest: pd.DataFrame, unit: str) -> str:
    """In a few words, how many outcomes of an athlete fell inside the range that was told before.

    Args:
        backtest: predicted, low, high, actual.
        unit: of the outcome.

    >>> came = pd.DataFrame({"predicted": [4_263.0, 500.0, 2.0], "low": [246.0, 100.0, None],
    ...     "high": [17_309.0, 900.0, None], "actual": [13_942.0, 999.0, 2.0]})
    >>> how_they_held(came, "")
    '1 of 2 outcomes fell inside the range that was told before.'
    >>> print(how_they_held(came.head(1), ""))
    The one outcome, 13.9k, is off by a factor of 3.27, inside the range of 246 to 17.3k; one outcome proves little.
    >>> how_they_held(came.tail(1), "")
    'There is 1 estimate to compare with what came.'
    """
    ranged = backtest.dropna(subset=["low", "high"])
    if ranged.empty:
        verb = "is" if len(backtest) == 1 else "are"
        return f"There {verb} {f.some(len(backtest), 'estimate')} to compare with what came."
    inside = int(ranged["actual"].between(ranged["low"], ranged["high"]).sum())
    if len(ranged) == 1:
        row = ranged.iloc[0]
        off = f.error_factor(abs(math.log1p(row["actual"]) - math.log1p(row["predicted"])))[:-1]
        between = f.outcome_range(row["low"], row["high"], unit)
        return (
            f"The one outcome, {f.outcome(row['actual'], unit)}, is off by a factor of {off}, "
            f"{'inside' if inside else 'outside'} the range of {between}; one outcome proves little."
        )
    return f"{f.count(inside)} of {f.some(len(ranged), 'outcome')} fell inside the range that was told before."


def terms_words(about: pd.Series, terms: Terms) -> str:
    """What a story of an athlete earns, and every limit to it.

    >>> from decimal import Decimal
    >>> about = pd.Series({"outcome_unit": "", "outcome_name": "page views", "rate_cents_per_1000": 5_000})
    >>> print(terms_words(about, Terms(6_000, 2_000, 0, commission_share=Decimal("0.1"))))
    $60 for each 1,000 page views ($50, times the card's factors for tier and sport), at least $20; 10% of that stays
    with the house
    """
    base_rate = int(about["rate_cents_per_1000"])
    text = f"{f.money(terms.rate_cents_per_1000)} for each {outcome_words.thousand(about)}"
    if terms.rate_cents_per_1000 != base_rate:
        text += f" ({f.money(base_rate)}, times the card's factors for tier and sport)"
    if terms.floor_cents:
        text += f", at least {f.money(terms.floor_cents)}"
    if terms.cap_cents:
        text += f"{' and' if terms.floor_cents else ','} at most {f.money(terms.cap_cents)}"
    return text + (
        f"; {f.percent(float(terms.commission_share))} of that stays with the house" if terms.commission_share else ""
    )


_KIND = (
    "What kind of story comes next is not known: its format, its weekday and whether it is sponsored are taken to be "
    "what is commonest among the last 20, its hour and length to be the middle ones of these."
)


def how_computed(about: pd.Series, terms: Terms) -> str:
    """The way from what is known to pay of an athlete's next story, in plain words."""
    kind = f"{_KIND} " if words.row_is(about) != "athlete" else ""
    return (
        f"From what was known about the athlete on {f.day(about['as_of'])}, the model (version "
        f"{about['model_version']}) predicts a typical outcome: {about['outcome_label']}. {kind}Pay is "
        f"{terms_words(about, terms)}, by the rate card {about['rate_card']}. "
        + (
            f"The range is made so that what comes falls inside {f.how_often(about['interval'])}, as far as past "
            "outcomes tell."
            if words.is_tested(about)
            else "How often what comes falls inside the range has not been tested yet."
        )
    )


def _dollars(amount_in_dollars: float) -> str:
    return f.money(round(amount_in_dollars * 100))
