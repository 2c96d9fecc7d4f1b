"""Pay in whole cents."""

from fractions import Fraction

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from athlete_intel.payouts import expected_payouts, pay_cents
from athlete_intel.payouts.rates import Terms


@given(st.floats(0, 1e12), st.integers(0, 1_000_000))
def test_pay_is_the_exact_product_rounded_half_to_even(outcome: float, rate: int) -> None:
    # Fractions of the shortest decimal that means the float: what a person reads on the page.
    assert pay_cents(outcome, rate) == round(Fraction(repr(outcome)) * rate / 1000)


def test_pay_rounds_half_to_even() -> None:
    assert [pay_cents(outcome, 1) for outcome in (500, 1500, 2500)] == [0, 2, 2]


def test_every_payout_names_what_is_behind_it() -> None:
    rankings = pd.DataFrame(
        {"athlete_id": ["a"], "predicted": [1000.0], "low": [10.0], "high": [5000.0], "mean": [1500.0]}
    )
    payout = expected_payouts(rankings, [Terms(700)], "spring", "ridge-1", "s-1").iloc[0]
    assert (payout.expected_cents, payout.mean_cents, payout.low_cents, payout.high_cents) == (700, 1050, 7, 3500)
    assert (payout.rate_card, payout.model_version, payout.snapshot_id) == ("spring", "ridge-1", "s-1")
