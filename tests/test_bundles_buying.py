"""What a budget buys with so many athletes: it keeps the limits, and its bound holds."""

import itertools

import numpy as np
import pytest

from athlete_intel.bundles.buying import best_buy
from athlete_intel.bundles.exchange import exchanged
from athlete_intel.bundles.prices import Limits, Priced
from athlete_intel.bundles.table import DearTable, room_for

CHOICES = np.array(list(itertools.product([False, True], repeat=10)))


def random_case(seed: int) -> tuple[np.ndarray, np.ndarray, Limits]:
    """Ten athletes; in every third all cost the same for what they bring, in every fifth some bring too little."""
    random = np.random.default_rng(seed)
    worth = random.lognormal(size=10)
    cost = (worth * 500 * (random.uniform(0.5, 2, 10) if seed % 3 else 1)).round()
    least = int(random.integers(0, 6))
    most = int(random.integers(max(least, 1), 8)) if seed % 2 else None
    worth = worth - (random.random(10) < 0.3) * 1.0 if seed % 5 == 0 else worth
    return worth, cost, Limits(float((cost.sum() * random.uniform(0.1, 1.1)).round()), least, most)


def best_of_all(worth: np.ndarray, cost: np.ndarray, limits: Limits) -> float:
    number = CHOICES.sum(axis=1)
    kept = (CHOICES @ cost <= limits.budget) & (number >= limits.least)
    kept &= number <= (10 if limits.most is None else limits.most)
    return float((CHOICES @ worth)[kept].max(initial=-np.inf))


def assert_keeps(taken: np.ndarray, cost: np.ndarray, limits: Limits) -> None:
    assert cost[taken].sum() <= limits.budget
    assert limits.least <= taken.sum() <= (len(cost) if limits.most is None else limits.most)


@pytest.mark.parametrize("block", range(4))
def test_what_is_bought_is_the_best_of_all_choices(block: int) -> None:
    kept = 0
    for seed in range(block * 20, block * 20 + 20):
        worth, cost, limits = random_case(seed)
        best, bought = best_of_all(worth, cost, limits), best_buy(worth, cost, limits, 1e-6)
        assert (bought is None) == (not np.isfinite(best)), seed
        if bought is not None:
            kept += 1
            taken, bound = bought
            assert_keeps(taken, cost, limits)
            assert best <= bound + 1e-9, seed
            assert worth[taken].sum() == pytest.approx(best, abs=1e-5), seed
            assert bound == pytest.approx(best, abs=1e-4), seed
    assert kept > 5


@pytest.mark.parametrize("dear", [1, 3, 7, 10])
@pytest.mark.parametrize("price", [0.0, 0.001, 0.002, 0.01])
def test_the_bound_of_a_table_holds_however_coarse_for_everybody(dear: int, price: float) -> None:
    for seed in range(40):
        worth, cost, limits = random_case(seed)
        order = np.argsort(-cost, kind="stable")
        order = order[limits.fit(cost[order])]
        if len(order) < dear or dear == 0:
            continue
        table = DearTable(worth[order], cost[order], limits, price, dear, 400 * dear)
        assert best_of_all(worth, cost, limits) <= table.bound + 1e-9
        number = CHOICES.sum(axis=1)
        kept = (CHOICES @ cost <= limits.budget) & (number >= limits.least)
        kept &= number <= (10 if limits.most is None else limits.most)
        for place, bound in zip(order, table.with_each(), strict=True):
            assert (CHOICES @ worth)[kept & CHOICES[:, place]].max(initial=-np.inf) <= bound + 1e-9, (seed, place)
        for promise, chosen in table.choices():
            rest = kept & CHOICES[:, order[chosen]].all(axis=1)
            rest &= CHOICES[:, order[:dear]].sum(axis=1) == len(chosen)
            assert (CHOICES @ worth)[rest].max(initial=-np.inf) <= promise + 1e-9


def test_a_price_bounds_what_a_budget_buys() -> None:
    for seed in range(100):
        worth, cost, limits = random_case(seed)
        best = best_of_all(worth, cost, limits)
        if np.isfinite(best):
            price, bound = Priced(worth, cost).bounded(limits)
            assert best <= bound + 1e-9
            margin = Priced(worth, cost).margin(price, limits.least, limits.most)
            taken = CHOICES[np.argmax(np.where(CHOICES @ cost <= limits.budget, CHOICES @ worth, -np.inf))]
            assert taken.any()
            for place in range(10):
                turned = bound - abs(margin[place])
                number = CHOICES.sum(axis=1)
                kept = (CHOICES @ cost <= limits.budget) & (number >= limits.least)
                kept &= number <= (10 if limits.most is None else limits.most)
                kept &= CHOICES[:, place] == (margin[place] < 0)
                assert (CHOICES @ worth)[kept].max(initial=-np.inf) <= turned + 1e-9


def test_who_leaves_too_little_for_the_others_cannot_be_booked() -> None:
    cost = np.array([80.0, 79.0, 11.0, 10.0, 10.0])
    assert Limits(100.0, 3, None).fit(cost).tolist() == [True, True, True, True, True]
    assert Limits(99.0, 3, None).fit(cost).tolist() == [False, True, True, True, True]
    assert not Limits(200.0, 6, None).fit(cost).any()
    assert not Limits(200.0, 1, 0).fit(cost).any()


def test_one_star_and_enough_cheap_ones_are_found_where_a_dearer_star_leaves_a_cent_too_little() -> None:
    cheap = np.linspace(500.0, 4_000.0, 3_000).round()
    worth = np.concatenate([[90_010.0, 90_000.0, 40_000.0], cheap * 2])
    cost = np.concatenate([[18_001.0, 17_999.0, 9_000.0], cheap])
    cost[3:7] = 500.0
    taken, bound = best_buy(worth, cost, Limits(20_000.0, 5, None), 1e-9)  # type: ignore[misc]
    assert np.flatnonzero(taken)[0] == 1
    assert taken.sum() == 5
    assert cost[taken].sum() <= 20_000
    assert bound - worth[taken].sum() <= 1e-4 * bound


def test_an_exchange_keeps_who_is_not_free_and_the_number() -> None:
    worth, cost = np.array([9.0, 1.0, 2.0, 3.0, 4.0]), np.array([9.0, 1.0, 2.0, 3.0, 4.0])
    taken, free = np.array([True, True, True, False, False]), np.array([False, True, True, True, True])
    better = exchanged(worth, cost, Limits(16.0, 3, 3), taken, free)
    assert better.tolist() == [True, False, False, True, True]


def test_as_many_are_laid_out_as_there_is_room_for() -> None:
    cost = np.full(100, 10.0)
    assert room_for(cost, Limits(100.0, 1, None), 1_000, 10) == 50
    assert room_for(cost, Limits(100.0, 1, 4), 1_000, 10) == 20
    assert room_for(cost, Limits(100.0, 1, 4), 1, 10) == 1


def test_everybody_is_bought_where_the_sum_of_costs_depends_on_their_order() -> None:
    worth = np.array([8.0, 1.0, 8.0, 5.0, 5.0, 6.0])
    cost = np.array([1.7, 5.8, 0.4, 1.7, 2.3, 3.4])
    bought = best_buy(worth, cost, Limits(100.0, 1, None), 1e-5)
    assert bought is not None
    assert bought[0].all()
    assert bought[1] >= worth.sum() - 1e-9
