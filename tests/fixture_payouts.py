"""The tables about pay of the literal snapshot."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.payouts.cards import facts, load_card
from athlete_intel.payouts.rates import pay_cents

RATE = 2_500


def payout_tables(rankings: pd.DataFrame, as_of: datetime, stories: bool) -> dict[str, pd.DataFrame]:
    """Tables beside `payouts`; the amounts of a month are four stories' worth."""
    card = load_card("standard")
    return {
        "outlook": _outlook(rankings, stories),
        "what_ifs": _what_ifs(rankings),
        "outcome_spread": pd.DataFrame(
            # Errors from -1.5 to 1.5 widths of the range, four fifths of them inside it.
            {"level": (np.arange(101) + 0.5) / 101, "error": np.linspace(-1, 1, 101) ** 3 * 1.5}
        ),
        "shocks": pd.DataFrame(
            [("everybody", 0.1, 4, 3, 160), ("athlete", 0.2, 4, 39, 160)] if stories else [],
            columns=PUBLISHED_TABLES["shocks"].column_names,
        ),
        "rate_card": facts(card, RATE, "mapping literal"),
        "rate_card_source": pd.DataFrame({"rate_card": [card.label], "sha256": [card.sha256], "json": [card.json]}),
        "fairness": pd.DataFrame(
            [
                ("earned in the end", "gender", "women", 20, 80, 0.21, 0.11, 0.31, 0.0001, 0.0004, True),
                ("paid ahead", "gender", "women", 20, 20, 0.0, 0.0, 0.0, 1.0, 1.0, False),
            ],
            columns=PUBLISHED_TABLES["fairness"].column_names,
        ),
        "outcomes": _outcomes(rankings, as_of, stories),
    }


def _outlook(rankings: pd.DataFrame, stories: bool) -> pd.DataFrame:
    rows = []
    for i, athlete in enumerate(rankings.itertuples()):
        fee = pay_cents(athlete.predicted, RATE)
        month = [fee, 3 * fee, 4 * fee, 8 * fee] if stories else [None] * 4
        rows.append(
            (
                athlete.athlete_id,
                ("twitter", "instagram")[i % 2],
                RATE,
                1_000,
                5_000_000,
                1.0,
                pay_cents(0.7 * athlete.predicted, RATE),
                100.0 * (40 - i),
                1_000 * (40 - i),
                None if i % 5 == 4 else 2_000 * (40 - i),
                "a handle is contested" if i == 3 else None,
                *((0.9, 20.0) if stories else (None, None)),
                *month,
            )
        )
    table = pd.DataFrame(rows, columns=PUBLISHED_TABLES["outlook"].column_names)
    cents = [name for name in table if name.endswith("_cents")]
    return table.astype(dict.fromkeys(cents, "Int64") | {"waits_why": "str"})


def _what_ifs(rankings: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (
            athlete.athlete_id,
            name,
            label,
            athlete.predicted * f,
            athlete.predicted * 0.6 * f,
            athlete.predicted * 2 * f,
            out,
        )
        for i, athlete in enumerate(rankings.itertuples())
        for name, label, f, out in (
            ("likes_20", "Likes up 20%", 1.1, i == 0),
            ("likes_100", "Twice the likes", 1.5, i < 3),
        )
    ]
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["what_ifs"].column_names)


def _outcomes(rankings: pd.DataFrame, as_of: datetime, stories: bool) -> pd.DataFrame:
    """Of each athlete one story of 60 days ago with its outcome, and one of ten days ago without."""
    rows = []
    for i, athlete in enumerate(rankings.itertuples() if stories else []):
        old, new = as_of - timedelta(days=60), as_of - timedelta(days=10)
        outcome = round(athlete.predicted * (0.5, 1.0, 1.6)[i % 3])
        known = old + timedelta(days=28)
        rows.append((f"old-{i:02d}", athlete.athlete_id, old, "video", False, float(outcome), known))
        rows.append((f"new-{i:02d}", athlete.athlete_id, new, "photo", False, None, None))
    table = pd.DataFrame(rows, columns=PUBLISHED_TABLES["outcomes"].column_names)
    return table.astype({"outcome": "float64", "published_at": "datetime64[us]", "known_at": "datetime64[us]"})
