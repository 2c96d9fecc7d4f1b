"""What sets chosen for their predictions brought in the past, and how a promise allows for it."""

import numpy as np
import pandas as pd
import pytest

from athlete_intel.bundles.chosen import COLUMNS, Chosen, chosen_sets
from athlete_intel.bundles.draws import Errors
from athlete_intel.bundles.packages import facts_of
from athlete_intel.bundles.stage import bookable

SEED = 4
PERIODS = 7
GROUPS = 4
ATHLETES = 160


def past_of(fall: float = 0.0, luck: float = 0.3) -> pd.DataFrame:
    """A story each period; the predictions of the better half of each group are too high by a factor of exp(fall)."""
    rng = np.random.default_rng(SEED)
    true = np.exp(rng.normal(8, 0.5, ATHLETES))
    group = np.arange(ATHLETES) % GROUPS
    best = pd.Series(true).groupby(group).rank(pct=True).to_numpy() > 0.5
    predicted = true * np.exp(fall * best)
    parts = [
        pd.DataFrame(
            {
                "row_id": [f"{period}-{i:03}" for i in range(ATHLETES)],
                "athlete_id": [f"a{i:03}" for i in range(ATHLETES)],
                "as_of": pd.Timestamp("2026-09-01") - pd.Timedelta(days=28 * period),
                "predicted": predicted,
                "low": predicted / np.exp(0.4),
                "high": predicted * np.exp(0.4),
                "actual": true * np.exp(luck * rng.standard_normal(ATHLETES)),
            }
        )
        for period in range(PERIODS)
    ]
    return pd.concat(parts, ignore_index=True)


def measured(past: pd.DataFrame, errors_from: pd.DataFrame | None = None) -> pd.DataFrame:
    rankings = past[past["row_id"].str.startswith("0-")].assign(sport="golf")
    groups = pd.Series(np.arange(ATHLETES) % GROUPS, index=rankings["athlete_id"].to_numpy()).astype("str")
    errors = Errors.measured(past if errors_from is None else errors_from, rankings, pd.Series(dtype="object"))
    return chosen_sets(past, rankings, groups, errors, SEED)


def test_where_the_highest_fall_back_the_promise_falls_as_far() -> None:
    found = measured(past_of(fall=0.3)).iloc[0]
    # The mean factor makes up for the fall of all; left is that of the highest against it.
    past = past_of(fall=0.3)
    factor = past["actual"].sum() / past["predicted"].sum()
    assert found["came"] == pytest.approx(np.exp(-0.3 + 0.3**2 / 2) / factor, abs=0.03)
    assert found["came"] < 0.95
    assert found["periods"] == PERIODS - 3, "one without a prediction before, two without outcomes known"


def test_where_nothing_falls_back_next_to_nothing_changes() -> None:
    found = measured(past_of()).iloc[0]
    assert 0.97 < found["came"] <= 1
    assert 1 <= found["wider"] < 1.1


def test_to_be_chosen_is_no_reason_to_promise_more() -> None:
    assert measured(past_of(fall=-0.3)).iloc[0]["came"] == 1


def test_outcomes_that_lay_farther_off_than_drawn_make_ranges_wider() -> None:
    found = measured(past_of(luck=0.6), errors_from=past_of(luck=0.2)).iloc[0]
    assert found["wider"] > 1.5


def test_nothing_of_the_future_and_nothing_out_of_too_little() -> None:
    past = past_of(fall=0.3)
    # Two periods with stories and none with a mean factor known at their start.
    short = past[past["as_of"] > past["as_of"].max() - pd.Timedelta(days=50)]
    found = measured(short)
    assert list(found) == COLUMNS
    assert found.empty
    assert Chosen.of(found) == Chosen()
    assert Chosen.of(measured(past)) != Chosen()


def test_a_data_set_of_one_day_says_nothing() -> None:
    past = past_of()
    one_day = past[past["row_id"].str.startswith("0-")]
    assert measured(one_day).empty


def test_draws_keep_their_mean_but_for_what_came() -> None:
    draws = np.random.default_rng(SEED).lognormal(5, 0.6, (30, 800))
    told = Chosen(came=0.9, wider=1.2).applied(draws)
    np.testing.assert_allclose(told.mean(axis=1), 0.9 * draws.mean(axis=1))
    assert (told >= 0).all()
    total, before = told.sum(axis=0), draws.sum(axis=0)
    assert total.std() / total.mean() == pytest.approx(1.2 * before.std() / before.mean(), rel=0.03)
    np.testing.assert_allclose(Chosen().applied(draws), draws)


def test_at_a_flat_rate_a_chosen_set_still_costs_that_rate() -> None:
    draws = np.random.default_rng(SEED).lognormal(8, 0.4, (12, 500))
    ids = [f"a{number:02}" for number in range(12)]
    low, high = np.quantile(draws, [0.1, 0.9], axis=1)
    rankings = pd.DataFrame({"athlete_id": ids, "name": ids, "mean": draws.mean(axis=1), "low": low, "high": high})
    rankings[["sport", "country", "gender", "novel", "outcomes_seen"]] = ["golf", "Norway", "women", False, 9]
    pay = {"mean_cents": "mean", "low_cents": "low", "high_cents": "high"}
    payouts = pd.DataFrame({cents: (rankings[views] * 5).round() for cents, views in pay.items()}).assign(
        athlete_id=ids
    )
    authenticity = pd.DataFrame({"athlete_id": ids, "flagged": False, "z": 0.1, "biggest_jump_share": 0.0})
    corrected = Chosen(came=0.85, wider=1.2).applied(draws)
    table = bookable(rankings, payouts, pd.Series(dtype="int64"), authenticity, corrected)
    assert table["mean"].sum() == pytest.approx(0.85 * rankings["mean"].sum())
    terms = {"rate_cents_per_1000": 5_000, "floor_cents": 0, "cap_cents": 0, "uplift": 1.0}
    told = facts_of(table.assign(**terms), corrected, interval=0.8)
    assert told["per_1000_cents"] == pytest.approx(5_000, abs=1)
