"""Literal tables about handles for the small published snapshot."""

from datetime import datetime

import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.journal import no_rows

_STATES = (
    # athlete, platform, in use, answer, state, agreeing, posterior, source, why, out, other, since
    (
        "athlete-00",
        "twitter",
        "elodie",
        "elodie",
        "accepted",
        8,
        0.998,
        "votes",
        "8 of 9 workers say elodie.",
        False,
        None,
    ),
    (
        "athlete-01",
        "twitter",
        "somebody",
        "jano",
        "contested",
        7,
        0.985,
        "votes",
        "7 of 9 workers say jano.",
        True,
        "athlete-03",
    ),
    (
        "athlete-02",
        "twitter",
        "=SUM(A1)",
        "=SUM(A1)",
        "needs more votes",
        3,
        0.7,
        "votes",
        "3 of 3, so far.",
        False,
        None,
    ),
    ("athlete-03", "wikipedia", "María", None, "not asked", None, None, "gathered", "Nobody was asked.", False, None),
)


def handle_tables(payouts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """One accepted handle, one contested, one that needs votes, and one that nobody was asked about."""
    stakes = payouts.set_index("athlete_id")["expected_cents"]
    states = pd.DataFrame(
        [
            {
                "athlete_id": athlete,
                "platform": platform,
                "handle_in_use": in_use,
                "answer": answer,
                "state": state,
                "agreeing": agreeing,
                "votes": None if agreeing is None else (3 if state == "needs more votes" else 9),
                "posterior": posterior,
                "votes_used": agreeing,
                "source": source,
                "why": why,
                "left_out": out,
                "other_id": other,
                "suggested_since": pd.Timestamp("2026-01-15") if out else pd.NaT,
                "review_id": None,
                "reviewer": None,
                "reviewed_at": pd.NaT,
                "review_action": None,
                "review_why": None,
                "stake_cents": int(stakes[athlete]),
            }
            for athlete, platform, in_use, answer, state, agreeing, posterior, source, why, out, other in _STATES
        ]
    )
    votes = [("athlete-01", "twitter", f"w{i}", "jano" if i < 7 else "somebody") for i in range(9)]
    ballots = pd.DataFrame(votes, columns=["athlete_id", "platform", "worker_id", "answer"])
    candidates = ballots.groupby(["athlete_id", "platform", "answer"]).size().rename("votes").reset_index()
    claim = dict.fromkeys(PUBLISHED_TABLES["handle_claim"].column_names, 0.0) | {
        "agreeing": 7, "of_votes": 9, "plausible": 2, "gold_votes": 90, "gold_votes_right": 68, "accuracy": 68 / 90,
        "accuracy_needed": 0.9153, "accuracy_needed_barely": 0.9406, "theory": 0.998, "gold_accepted": 40,
        "gold_accepted_right": 39, "measured": 0.975, "measured_low": 0.87, "measured_high": 0.996,
        "evidence_weight": 0.4, "accepted_by_rule": 2, "questions": 3, "votes_saved": 2, "votes_cast": 21,
        "accepted_posterior": 0.99,
    }  # fmt: skip
    numbers = {
        "agreeing": "Int64",
        "votes": "Int64",
        "votes_used": "Int64",
        "review_id": "Int64",
        "stake_cents": "Int64",
    }
    texts = dict.fromkeys(("answer", "other_id", "reviewer", "review_action", "review_why"), "str")
    return {
        "handle_states": states.astype(numbers | texts),
        "handle_candidates": candidates.assign(written=candidates["answer"], posterior=[0.985, 0.01]),
        "handle_ballots": ballots.assign(written=ballots["answer"], voted_at=datetime(2026, 1, 20)),
        "handle_workers": pd.DataFrame(
            {"worker_id": [f"w{i}" for i in range(9)], "votes": 3, "accuracy": 0.8, "gold_asked": 10, "gold_right": 8}
        ),
        "handle_claim": pd.DataFrame([claim]),
        "handle_flags": pd.DataFrame(
            [
                (
                    "athlete-03",
                    "wikipedia",
                    8.0,
                    1_200.0,
                    -5.6,
                    "Wikipedia views: 8, where about 1,200 are expected.",
                    "Look.",
                )
            ],
            columns=PUBLISHED_TABLES["handle_flags"].column_names,
        ),
        "handle_effect": pd.DataFrame(
            [(1, 1, 8, 0.700, 0.712)], columns=PUBLISHED_TABLES["handle_effect"].column_names
        ),
        "handle_payouts": pd.DataFrame(
            [("athlete-01", 9_000, 12_000, True)], columns=PUBLISHED_TABLES["handle_payouts"].column_names
        ),
        "handle_reviews": no_rows("handle_reviews"),
    }
