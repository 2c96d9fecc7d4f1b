"""Quality of data, and whether a challenger is promoted: small tables in, literal verdicts out."""

from datetime import datetime

import numpy as np
import pandas as pd

from athlete_intel.monitoring.quality import quality
from athlete_intel.monitoring.retrain import compare_models
from tests.tables import raw_database, table

MAY = pd.Timestamp("2026-05-01")


def predictions(errors: np.ndarray, half_width: float = 1.0) -> pd.DataFrame:
    rows = len(errors)
    return pd.DataFrame(
        {
            "row_id": [f"s{i}" for i in range(rows)],
            "athlete_id": [f"a{i % 40}" for i in range(rows)],
            "actual_log": 5.0,
            "predicted_log": 5.0 + errors,
            "low_log": 5.0 + errors - half_width,
            "high_log": 5.0 + errors + half_width,
        }
    )


def groups(rows: int) -> pd.DataFrame:
    sports = ["golf" if i % 4 == 0 else "judo" for i in range(rows)]
    return pd.DataFrame({"sport": sports}, index=[f"s{i}" for i in range(rows)])


def test_a_challenger_must_be_better_beyond_noise_and_worse_for_nobody() -> None:
    errors = np.random.default_rng(2).normal(0, 0.5, 400)
    champion = predictions(errors)
    assert compare_models(champion, predictions(errors * 0.8), groups(400), 0.8).better
    assert "not smaller beyond noise" in compare_models(champion, champion, groups(400), 0.8).why
    assert "not smaller beyond noise" in compare_models(champion, predictions(errors * 1.1), groups(400), 0.8).why
    assert "fewer outcomes" in compare_models(champion, predictions(errors * 0.8, half_width=0.3), groups(400), 0.8).why
    wide = predictions(errors, half_width=5.0)
    assert compare_models(wide, predictions(errors * 0.8), groups(400), 0.8).better, "too wide is no virtue"
    golf_worse = np.where(np.arange(400) % 4 == 0, errors * 1.5, errors * 0.6)
    assert "much worse for golf" in compare_models(champion, predictions(golf_worse), groups(400), 0.8).why
    assert "Only 30 outcomes" in compare_models(champion, predictions(errors[:30] * 0.5), groups(400), 0.8).why


def test_a_poisoned_challenger_is_never_better() -> None:
    rng = np.random.default_rng(3)
    for _ in range(100):
        truth = rng.normal(8, 1.5, 300)
        errors = rng.normal(0, 0.6, 300)
        champion = predictions(errors).assign(actual_log=truth, predicted_log=truth + errors)
        poisoned = champion.assign(predicted_log=rng.permutation(truth) + rng.normal(0, 0.3, 300))
        assert not compare_models(champion, poisoned, groups(300), 0.8).better


def test_quality_names_what_is_stale_missing_repeated_disputed_and_late() -> None:
    posts = table("""
        platform  post_id  athlete_id  published_at         likes  reposts  replies  known_at
        twitter   1        ann         2026-05-01T10:00:00  5      1        -        2026-05-02T10:00:00
        twitter   2        ann         2026-05-01T10:00:00  5      1        -        2026-05-02T10:00:00
    """)
    states = pd.DataFrame({"left_out": [True, False, False]})
    outcomes = pd.DataFrame({"published_at": [MAY, MAY], "outcome": [1.0, np.nan]})
    with raw_database({"posts": posts}) as database:
        database.write("imports", pd.DataFrame({"lines": [100], "bad_lines": [20]}))
        found = quality(database, states, outcomes, datetime(2026, 6, 15), 14, 28).set_index(["check", "subject"])
    bad = found[found["state"] == "bad"]["figure"].round(3).to_dict()
    assert bad == {
        ("disputes", "handles"): 0.333,
        ("duplicates", "posts"): 0.5,
        ("freshness", "posts"): 44.583,
        ("late outcomes", "stories"): 0.5,
        ("nulls", "posts.replies"): 1.0,
        ("quarantine", "imports"): 0.2,
        ("volume", "posts"): 0.0,
    }
    assert found.loc[("freshness", "stories"), "state"] == "not known"
