"""Expected pay: a rate for each 1,000 of the outcome, in whole cents."""

from decimal import ROUND_HALF_EVEN, Decimal

import pandas as pd

PER = 1_000


def pay_cents(outcome: float, rate_cents_per_1000: int) -> int:
    """What an outcome earns, in cents, rounded half to even.

    >>> pay_cents(18_400, rate_cents_per_1000=500)
    9200
    """
    exact = Decimal(repr(float(outcome))) * rate_cents_per_1000 / PER
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def expected_payouts(
    rankings: pd.DataFrame, rate_cents_per_1000: int, rate_card: str, model_version: str, snapshot_id: str
) -> pd.DataFrame:
    """Pay for the typical outcome of each athlete, for both ends of its range, and for the mean.

    Args:
        rankings: athlete_id, predicted, low, high, mean in units of the outcome.
        rate_cents_per_1000: pay for each 1,000 of the outcome, in cents.
        rate_card: name of the rates.
        model_version: version of the model behind the predictions.
        snapshot_id: snapshot that the payouts are part of.

    Returns:
        The published table `payouts`.

    >>> rankings = pd.DataFrame({"athlete_id": ["a"], "predicted": [2000.0], "low": [500.0], "high": [9000.0]})
    >>> rankings["mean"] = 2600.0
    >>> payouts = expected_payouts(rankings, 250, "standard", "m1", "s1")
    >>> payouts[["expected_cents", "mean_cents", "low_cents", "high_cents"]].iloc[0].tolist()
    [500, 650, 125, 2250]
    """
    cents = {
        name: [pay_cents(outcome, rate_cents_per_1000) for outcome in rankings[column]]
        for name, column in (
            ("expected_cents", "predicted"),
            ("mean_cents", "mean"),
            ("low_cents", "low"),
            ("high_cents", "high"),
        )
    }
    return pd.DataFrame(
        {
            "athlete_id": rankings["athlete_id"],
            **{name: pd.Series(values, index=rankings.index, dtype="int64") for name, values in cents.items()},
            "rate_cents_per_1000": rate_cents_per_1000,
            "rate_card": rate_card,
            "model_version": model_version,
            "snapshot_id": snapshot_id,
        }
    )
