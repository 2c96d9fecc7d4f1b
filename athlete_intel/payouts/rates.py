"""What a story earns: from the outcome to whole cents, under the terms that a rate card gives it.

A fee follows the outcome at the rate, but is never below the floor nor above the cap; add-ons are shares of that base
fee, and the commission is taken off at the end. All of it is exact: decimals and integers, rounded once, half to even.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal, localcontext

import numpy as np

from athlete_intel.payouts.cards import RateCard

PER = 1_000
_DIGITS = 60
"""Digits of exact sums: far more than any amount has, so that nothing is rounded twice."""


@dataclass(frozen=True)
class Terms:
    """How the fee of one story follows from its outcome; frozen when money is promised."""

    rate_cents_per_1000: int
    floor_cents: int = 0
    cap_cents: int = 0
    """0 for none."""
    addons_share: Decimal = Decimal(0)
    commission_share: Decimal = Decimal(0)


def whole_cents(amount: Decimal) -> int:
    """An exact amount in whole cents, rounded half to even.

    >>> whole_cents(Decimal("0.5")), whole_cents(Decimal("1.5"))
    (0, 2)
    """
    with localcontext(prec=_DIGITS):
        return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def as_decimal(outcome: float | int | Decimal) -> Decimal:
    """An outcome as the decimal that a person reads: the shortest that means the float."""
    return outcome if isinstance(outcome, Decimal) else Decimal(repr(float(outcome)))


def pay_cents(outcome: float | Decimal, rate_cents_per_1000: int) -> int:
    """What an outcome earns at a plain rate, in cents.

    >>> pay_cents(18_400, rate_cents_per_1000=500)
    9200
    """
    with localcontext(prec=_DIGITS):
        return whole_cents(as_decimal(outcome) * rate_cents_per_1000 / PER)


def fee_cents(outcome: float | Decimal, terms: Terms) -> int:
    """What an outcome earns under terms, after commission, in cents.

    >>> terms = Terms(500, floor_cents=1_000, cap_cents=50_000, addons_share=Decimal("0.15"))
    >>> [fee_cents(outcome, terms) for outcome in (0, 10_000, 10_000_000)]
    [1150, 5750, 57500]
    """
    with localcontext(prec=_DIGITS):
        base = as_decimal(outcome) * terms.rate_cents_per_1000 / PER
        base = max(base, Decimal(terms.floor_cents))
        if terms.cap_cents:
            base = min(base, Decimal(terms.cap_cents))
        return whole_cents(base * (1 + terms.addons_share) * (1 - terms.commission_share))


def fees(outcomes: np.ndarray, rate: np.ndarray, floor: np.ndarray, cap: np.ndarray, uplift: np.ndarray) -> np.ndarray:
    """Fees of many simulated outcomes, in cents that need not be whole: for distributions, never for the ledger.

    Args:
        outcomes: any shape; the others are broadcast against it.
        rate: cents for each 1,000 of the outcome.
        floor: cents.
        cap: cents, 0 for none.
        uplift: (1 + add-ons) times (1 - commission).

    >>> fees(np.array([0.0, 1e4, 1e7]), np.array(500), np.array(1000), np.array(50_000), np.array(1.5)).tolist()
    [1500.0, 7500.0, 75000.0]
    """
    base = np.maximum(outcomes * rate / PER, floor)
    return np.minimum(base, np.where(cap > 0, cap, np.inf)) * uplift


def before_commission(cents: int, commission_share: Decimal) -> int:
    """The least fee that leaves so many cents to the athlete once the commission is off.

    >>> before_commission(50_000, Decimal("0.2")), before_commission(100, Decimal("0.3"))
    (62500, 143)
    """
    if commission_share >= 1:
        return cents
    with localcontext(prec=_DIGITS):
        return int((cents / (1 - commission_share)).to_integral_value(rounding=ROUND_CEILING))


def terms_for(
    card: RateCard,
    base_rate: int,
    athlete_id: str,
    predicted: float,
    sport: str | None = None,
    story_format: str | None = None,
    addons: tuple[str, ...] = (),
) -> Terms:
    """The terms of a story of an athlete: the card's rate for tier, sport and format, and its limits.

    The tier follows from the expected outcome, not from the one that comes, so that more readers never earn less.

    Args:
        card: the rate card.
        base_rate: pay for each 1,000 of the outcome, in cents, before factors.
        athlete_id: for the athlete's own minimum, which is what is left after the commission.
        predicted: expected outcome.
        sport: of the athlete; None if unknown.
        story_format: of the story; None if unknown.
        addons: names of what is sold with it.
    """
    factor = Decimal(1)
    for tier in card.tiers:
        if as_decimal(predicted) >= tier.from_outcome:
            factor = tier.factor
    factor *= card.sports.get(sport or "", Decimal(1)) * card.formats.get(story_format or "", Decimal(1))
    return Terms(
        rate_cents_per_1000=whole_cents(base_rate * factor),
        floor_cents=max(card.floor_cents, before_commission(card.minimums.get(athlete_id, 0), card.commission_share)),
        cap_cents=card.cap_cents,
        addons_share=sum((card.addons[name] for name in addons), Decimal(0)),
        commission_share=card.commission_share,
    )
