"""Pay in whole cents, and athletes packaged by likeness."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from athlete_intel.bundles import NOISE, find_clusters, package, social_profile
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


CATALOGUE = pd.DataFrame(
    {
        "feature": ["likes", "reposts", "replies", "posts_per_week", "outcome_median"],
        "label": ["Median likes", "Median reposts", "Median replies", "Posts a week", "Past outcomes"],
        "scale": ["log"] * 5,
        "profile": ["level", "level", "level", "habit", "no"],
    }
)


def three_kinds(size: int = 60, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Athletes of three shapes, each at every size of audience."""
    rng = np.random.default_rng(seed)
    kinds = np.repeat([0, 1, 2], size)
    shapes = np.array([[0.0, 0.0, 0.0, 1.0], [0.0, 2.0, -2.0, 2.0], [0.0, -2.0, 2.0, 0.5]])[kinds]
    audience = rng.normal(7, 2, len(kinds))[:, None] * [1, 1, 1, 0]
    logs = audience + shapes + rng.normal(0, 0.15, shapes.shape)
    matrix = pd.DataFrame(np.expm1(np.abs(logs)), columns=CATALOGUE["feature"][:4]).assign(outcome_median=1.0)
    matrix.index = [f"a{i:03}" for i in range(len(matrix))]
    return matrix, kinds


def test_known_kinds_are_found_whatever_the_size_of_the_audience() -> None:
    matrix, kinds = three_kinds()
    clusters = find_clusters(social_profile(matrix, CATALOGUE))
    found = clusters["cluster"] != NOISE
    assert found.mean() > 0.75
    assert adjusted_rand_score(kinds[found], clusters.loc[found, "cluster"]) > 0.9
    assert clusters["strength"].between(0, 1).all()
    assert (clusters.loc[~found, "strength"] == 0).all()


def test_the_profile_does_not_depend_on_the_size_of_the_audience() -> None:
    matrix, _ = three_kinds()
    bigger = matrix.copy()
    one = matrix.index[:1]
    bigger.loc[one, ["likes", "reposts", "replies"]] = (matrix.loc[one, ["likes", "reposts", "replies"]] + 1) * 20 - 1
    before, after = social_profile(matrix, CATALOGUE), social_profile(bigger, CATALOGUE)
    np.testing.assert_allclose(before.loc[one], after.loc[one], atol=0.15)
    assert "outcome_median" not in before


def test_the_order_of_rows_changes_nothing() -> None:
    matrix, _ = three_kinds()
    mixed = matrix.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        find_clusters(social_profile(matrix, CATALOGUE)), find_clusters(social_profile(mixed, CATALOGUE))
    )


@pytest.mark.parametrize("athletes", [1, 5, 9, 12])
def test_few_athletes_are_noise_not_an_error(athletes: int) -> None:
    matrix, _ = three_kinds(athletes)
    clusters = find_clusters(social_profile(matrix.head(athletes), CATALOGUE))
    assert len(clusters) == athletes
    assert np.isfinite(clusters[["x", "y", "strength"]].to_numpy()).all()


def test_bundles_add_up_to_their_members() -> None:
    matrix, _ = three_kinds()
    profile = social_profile(matrix, CATALOGUE)
    clusters = find_clusters(profile)
    rankings = pd.DataFrame({"athlete_id": matrix.index, "predicted": matrix["likes"].to_numpy()}).assign(
        low=lambda t: t["predicted"] / 2, high=lambda t: t["predicted"] * 2, mean=lambda t: t["predicted"] * 1.5
    )
    payouts = expected_payouts(rankings, [Terms(500)] * len(rankings), "card", "m", "s")
    bundles, with_bundles = package(clusters, profile, CATALOGUE, rankings, payouts)
    members = with_bundles.merge(rankings, on="athlete_id").merge(payouts, on="athlete_id")
    assert with_bundles.loc[with_bundles["cluster"] == NOISE, "bundle_id"].isna().all()
    for bundle in bundles.itertuples():
        own = members[members["bundle_id"] == bundle.bundle_id]
        assert bundle.members == len(own)
        assert bundle.cost_cents == own["mean_cents"].sum()
        assert bundle.expected == pytest.approx(own["mean"].sum())
        assert bundle.low_cents == own["low_cents"].sum()
    assert bundles["expected"].is_monotonic_decreasing
    assert bundles["name"].is_unique


def test_without_clusters_there_are_no_bundles() -> None:
    matrix, _ = three_kinds(2)
    profile = social_profile(matrix, CATALOGUE)
    rankings = pd.DataFrame({"athlete_id": matrix.index, "predicted": 1.0, "low": 0.5, "high": 2.0, "mean": 1.2})
    bundles, clusters = package(
        find_clusters(profile),
        profile,
        CATALOGUE,
        rankings,
        expected_payouts(rankings, [Terms(1)] * len(rankings), "c", "m", "s"),
    )
    assert bundles.empty
    assert list(bundles) == [
        "bundle_id",
        "name",
        "why",
        "members",
        "expected",
        "low",
        "high",
        "cost_cents",
        "low_cents",
        "high_cents",
        "strength",
    ]
    assert clusters["bundle_id"].isna().all()
