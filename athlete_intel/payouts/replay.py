"""The past once more: what advances would have been, and what the stories then earned."""

import pandas as pd

from athlete_intel.payouts.cards import RateCard
from athlete_intel.payouts.expected import card_terms
from athlete_intel.payouts.rates import fee_cents
from athlete_intel.payouts.spread import Spread, outcome_spread, outcomes_at, scaled_errors

LEAST_ERRORS = 100
"""Fewer past errors say too little about a fifth of outcomes."""


def replayed_advances(
    backtest: pd.DataFrame, outcomes: pd.DataFrame, rankings: pd.DataFrame, card: RateCard, base_rate: int
) -> pd.DataFrame:
    """Advance and settlement of each tested story, with nothing that was not known when its window began.

    The distribution of errors is that of stories whose outcome was known by then, each in units of its own range.

    Args:
        backtest: row_id, athlete_id, as_of, window, predicted, low, high, actual.
        outcomes: story_id, known_at.
        rankings: athlete_id, sport.
        card: today's rate card.
        base_rate: pay for each 1,000 of the outcome, in cents, before factors.

    Returns:
        row_id, athlete_id, as_of, window, predicted, actual, advance_cents, fee_cents; windows without enough past
        errors are left out.
    """
    known = backtest.merge(outcomes[["story_id", "known_at"]], left_on="row_id", right_on="story_id")
    ranged = known.dropna(subset=["low"])
    ranged = ranged.merge(rankings[["athlete_id", "sport"]], on="athlete_id", how="left")
    errors = scaled_errors(ranged, ranged).set_axis(ranged.index)
    parts = []
    for _, group in ranged.groupby("window"):
        before = errors.loc[ranged["known_at"] <= group["as_of"].min().floor("D"), "error"]
        if len(before) < LEAST_ERRORS:
            continue
        spread = Spread.of(outcome_spread(before))
        terms = card_terms(group, card, base_rate)
        ahead = outcomes_at(group, spread.quantile(float(card.advance_quantile)))
        parts.append(
            group[["row_id", "athlete_id", "as_of", "window", "predicted", "actual"]].assign(
                advance_cents=[fee_cents(each, own) for each, own in zip(ahead, terms, strict=True)],
                fee_cents=[fee_cents(each, own) for each, own in zip(group["actual"], terms, strict=True)],
            )
        )
    columns = ["row_id", "athlete_id", "as_of", "window", "predicted", "actual", "advance_cents", "fee_cents"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def share_below(replayed: pd.DataFrame) -> float:
    """Share of stories whose advance was more than they earned.

    >>> share_below(pd.DataFrame({"advance_cents": [5, 5], "fee_cents": [4, 5]}))
    0.5
    """
    below = replayed["advance_cents"] > replayed["fee_cents"]
    return float(below.mean()) if len(below) else float("nan")
