"""The whole book: shared shocks found again, ranges that hold a month, who carries the risk, alerts, fairness."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from athlete_intel.payouts import ledger, risk
from athlete_intel.payouts.alerts import business_alerts, business_figures, overdue, settled_below_advance
from athlete_intel.payouts.cards import Level, Revenue, load_card
from athlete_intel.payouts.commitments import commitment_book
from athlete_intel.payouts.fairness import fairness, holm
from athlete_intel.payouts.replay import replayed_advances, share_below
from athlete_intel.payouts.shocks import _moments, shared_shocks
from athlete_intel.payouts.spread import Spread, outcome_spread
from benchmarks.payouts import Truth, covers
from tests.fixture_snapshot import AS_OF, literal_tables
from tests.tables import table
from tests.test_payouts_ledger import basis

NORMAL = Spread.of(outcome_spread(pd.Series(np.random.default_rng(3).normal(0, 0.4, 50_000))))
NO_SHOCKS = pd.DataFrame({"component": [], "share": [], "periods": [], "freedom": []})


def shock(component: str, share: float, periods: int = 1_000) -> pd.DataFrame:
    return pd.DataFrame({"component": [component], "share": [share], "periods": [periods], "freedom": [periods - 1]})


def book(number: int = 30, **more: object) -> pd.DataFrame:
    rows = pd.DataFrame({"athlete_id": [f"a{i:02}" for i in range(number)]})
    rows = rows.assign(sport=np.where(np.arange(number) % 3 == 0, "golf", "judo"), platform="twitter")
    rows = rows.assign(predicted=1_000.0, low=400.0, high=2_500.0, mean=1_309.0)
    return rows.assign(rate_cents_per_1000=5_000, floor_cents=0, cap_cents=0, uplift=1.0, **more)


def past(sizes: dict[str, float], periods: int = 60, seed: int = 0) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Errors made of shocks of known standard deviation, with a remainder of 1."""
    rng = np.random.default_rng(seed)
    athletes = np.arange(60)
    sports, platforms = athletes % 6, athletes // 20
    block, athlete = (each.ravel() for each in np.meshgrid(np.arange(periods), athletes))
    error = rng.standard_normal(len(block))
    error += sizes.get("everybody", 0) * rng.standard_normal(periods)[block]
    error += sizes.get("platform", 0) * rng.standard_normal((periods, 3))[block, platforms[athlete]]
    error += sizes.get("sport", 0) * rng.standard_normal((periods, 6))[block, sports[athlete]]
    error += sizes.get("athlete", 0) * rng.standard_normal(60)[athlete]
    ids = pd.Series([f"a{i}" for i in athletes])
    errors = pd.DataFrame({"athlete_id": ids.to_numpy()[athlete], "error": error, "predicted": 1.0})
    errors["as_of"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(28 * block, unit="D")
    return errors, pd.Series([f"s{i}" for i in sports], index=ids), pd.Series([f"p{i}" for i in platforms], index=ids)


def test_known_shocks_are_found_again() -> None:
    sizes = {"everybody": 0.5, "platform": 0.4, "sport": 0.3, "athlete": 0.6}
    found = shared_shocks(*past(sizes)).set_index("component")["share"]
    whole = 1 + sum(size**2 for size in sizes.values())
    for name, size in sizes.items():
        assert found[name] == pytest.approx(size**2 / whole, abs=0.05), name


def test_where_nothing_is_shared_little_is_found() -> None:
    assert shared_shocks(*past({}))["share"].max() < 0.02


def test_one_period_says_nothing_about_shared_shocks() -> None:
    errors, sports, platforms = past({}, periods=1)
    assert shared_shocks(errors, sports, platforms).empty


def test_moments_agree_with_the_matrices_that_they_stand_for() -> None:
    rng = np.random.default_rng(5)
    codes = [rng.integers(0, 4, 40), rng.integers(0, 7, 40)]
    values = rng.standard_normal(40) + np.array([3, 0, -3, 1.0])[codes[0]] + 2 * rng.standard_normal(7)[codes[1]]
    values -= values.mean()
    centre = np.eye(40) - 1 / 40
    members = [centre @ np.eye(each.max() + 1)[each] for each in codes] + [centre]
    system = np.array([[np.square(a.T @ b).sum() for b in members] for a in members])
    aims = np.array([np.square(a.T @ values).sum() for a in members])
    exact = np.linalg.solve(system, aims)
    assert (exact >= 0).all(), "otherwise it would be cut off at zero, and this would test nothing"
    assert np.allclose(_moments(values, codes), exact)


def test_draws_keep_the_distribution_of_each_story() -> None:
    for shocks in (NO_SHOCKS, shock("everybody", 0.5), shock("athlete", 0.3)):
        spend = risk.simulate(book(), NORMAL, shocks, draws=4_000).spend_of.to_numpy()
        width = np.log(2_501 / 401)
        middle, low = 5 * 1_000, 5 * np.expm1(np.log(1_001) + width * NORMAL.quantile(0.1))
        assert np.median(spend) == pytest.approx(middle, rel=0.05)
        assert np.quantile(spend, 0.1) == pytest.approx(low, rel=0.05)


def test_sums_are_brought_to_the_mean_that_they_are_known_to_have() -> None:
    for mean in (1_000.0, 1_309.0, 1_600.0):
        spend = risk.simulate(book().assign(mean=mean), NORMAL, NO_SHOCKS, draws=4_000).spend_of
        assert spend.to_numpy().mean() == pytest.approx(5 * mean, rel=0.02)


def test_what_is_shared_does_not_cancel_out() -> None:
    alone = np.ptp(np.quantile(risk.simulate(book(), NORMAL, NO_SHOCKS).spend, [0.1, 0.9]))
    shared = np.ptp(np.quantile(risk.simulate(book(), NORMAL, shock("everybody", 0.3)).spend, [0.1, 0.9]))
    few = np.ptp(np.quantile(risk.simulate(book(), NORMAL, shock("everybody", 0.3, periods=3)).spend, [0.1, 0.9]))
    assert 2 * alone < shared < few, "known from three periods only, a shock may be larger than it seemed"


@pytest.mark.parametrize("periods", [2, 3, 4])
def test_the_mean_lies_in_its_own_range_also_where_few_periods_were_seen(periods: int) -> None:
    found = [
        risk.summary(risk.simulate(book(), NORMAL, shock("everybody", 0.3, periods=periods), seed=seed)).iloc[0]
        for seed in range(8)
    ]
    assert all(row["low"] < row["mean"] < row["high"] for row in found)
    means = [row["mean"] for row in found]
    assert max(means) < 1.5 * min(means), "another seed tells about the same"


def test_the_range_of_a_month_holds_what_it_claims_and_independent_draws_do_not() -> None:
    joint, alone, wider = covers(Truth(athletes=80), worlds=40)
    # 40 worlds: 80% within three standard errors. `make bench-payouts` measures 200.
    assert 0.61 < joint < 0.99
    assert alone < 0.6
    assert wider > 1.5


def test_who_carries_the_risk_adds_up_and_names_the_largest() -> None:
    rows = book()
    rows.loc[0, ["predicted", "low", "high", "mean"]] = [50_000.0, 10_000.0, 250_000.0, 114_500.0]
    simulated = risk.simulate(rows, NORMAL, shock("sport", 0.2))
    carriers = risk.risk_carriers(simulated)
    assert carriers["group"].iloc[0] == "a00"
    assert carriers["share"].sum() == pytest.approx(1)
    worst = simulated.spend >= np.quantile(simulated.spend, 0.95)
    assert carriers["excess_cents"].sum() == pytest.approx(simulated.spend[worst].mean() - simulated.spend.mean())
    by_sport = risk.risk_carriers(simulated, rows.set_index("athlete_id")["sport"])
    assert by_sport["group"].tolist() == ["golf", "judo"]
    assert by_sport["excess_cents"].sum() == pytest.approx(carriers["excess_cents"].sum())


def test_margin_loss_and_budget() -> None:
    revenue = Revenue(Decimal("1.2"), Decimal(0), Decimal(0), Decimal(0), 0)
    simulated = risk.simulate(book(), NORMAL, shock("everybody", 0.3), revenue)
    assert np.allclose(simulated.revenue, 1.2 * simulated.spend)
    assert risk.loss_probability(simulated) == 0
    dear = risk.simulate(book(), NORMAL, shock("everybody", 0.3), revenue, fixed_cents=10**9)
    assert risk.loss_probability(dear) == 1
    middle = float(np.median(simulated.spend))
    assert risk.over_budget(simulated, middle) == pytest.approx(0.5, abs=0.01)
    assert risk.over_budget(simulated, 0) == 1
    told = risk.summary(simulated).set_index("figure")
    assert told.loc["spend", "low"] < told.loc["spend", "middle"] < told.loc["spend", "high"]


def test_a_sponsor_pays_the_guaranteed_part_whatever_comes() -> None:
    revenue = Revenue(Decimal(0), Decimal(2), Decimal(1), Decimal("0.7"), 0)
    earned = risk.simulate(book(sponsored=True), NORMAL, NO_SHOCKS, revenue).revenue_of.to_numpy()
    price = 2 * 5_000 * 1_309 / 1_000
    assert earned.min() >= 0.7 * price
    assert earned.max() == pytest.approx(price)


def test_open_commitments_are_simulated_with_their_frozen_terms() -> None:
    tables = literal_tables()
    rows = pd.DataFrame([ledger.advance(basis("s1"), 10, []).values() | {"athlete_id": "athlete-00"}])
    rows = rows.assign(id=1, at=pd.Timestamp(AS_OF))
    frozen = commitment_book(ledger.balances(rows), tables["rankings"], tables["outlook"])
    assert frozen[["athlete_id", "predicted", "rate_cents_per_1000", "platform"]].to_numpy().tolist() == [
        ["athlete-00", 1_000.0, 5_000, "twitter"]
    ]
    spend = risk.simulate(frozen, NORMAL, NO_SHOCKS).spend
    assert np.median(spend) == pytest.approx(5_000, rel=0.1)


def test_replayed_advances_know_nothing_of_what_came_later() -> None:
    rng = np.random.default_rng(8)
    number = 1_200
    as_of = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 140, number)), unit="D")
    rows = pd.DataFrame({"row_id": [f"s{i}" for i in range(number)], "athlete_id": "a", "as_of": as_of})
    start = pd.Timestamp("2026-01-01") + pd.to_timedelta((as_of - as_of[0]).days // 14 * 14, unit="D")
    rows = rows.assign(window=start.strftime("%Y-%m-%d"), predicted=5_000.0, low=2_000.0, high=12_500.0)
    rows["actual"] = np.expm1(np.log(5_001) + 0.7 * rng.standard_normal(number))
    outcomes = pd.DataFrame({"story_id": rows["row_id"], "known_at": rows["as_of"] + pd.Timedelta(days=28)})
    rankings = pd.DataFrame({"athlete_id": ["a"], "sport": ["golf"]})
    replayed = replayed_advances(rows, outcomes, rankings, load_card("standard"), 5_000)
    assert share_below(replayed) == pytest.approx(0.2, abs=0.05)
    later = rows.assign(actual=rows["actual"].where(rows["as_of"] < as_of[-1] - pd.Timedelta(days=28), 0.0))
    again = replayed_advances(later, outcomes, rankings, load_card("standard"), 5_000)
    assert again["advance_cents"].tolist() == replayed["advance_cents"].tolist()


LEVELS = {
    "overdue_labels": Level("Overdue", Decimal("0.05"), Decimal("0.10")),
    "below_advance": Level("Below", Decimal("0.23"), Decimal("0.30")),
    "margin": Level("Margin", Decimal("0.05"), Decimal(0)),
}


def test_alarms_come_first_and_what_is_unknown_says_so() -> None:
    found = business_alerts({"overdue_labels": (0.2, "x"), "margin": (0.03, "y")}, LEVELS)
    assert found[["figure", "state"]].to_numpy().tolist() == [
        ["overdue_labels", "alarm"],
        ["margin", "watch"],
        ["below_advance", "not known"],
    ]


def test_an_outcome_is_overdue_two_days_after_its_window() -> None:
    stories = table("""
        story_id  published_at  outcome
        late      2026-01-10    -
        came      2026-01-10    5
        just      2026-01-31    -
        old       2025-01-01    -
    """).assign(published_at=lambda t: pd.to_datetime(t["published_at"]))
    assert overdue(stories, pd.Timestamp("2026-03-02"), 28) == (0.5, "2 stories that are due")


def test_the_ledger_speaks_for_itself_once_it_has_settlements() -> None:
    replayed = pd.DataFrame({"advance_cents": [2], "fee_cents": [1]})
    rows = pd.DataFrame({"kind": "settlement", "paid_cents": [-1] * 5 + [1] * 15, "at": pd.Timestamp(AS_OF)})
    assert settled_below_advance(rows, replayed) == (0.25, "20 settlements of the ledger")
    assert settled_below_advance(rows.head(19), replayed) == (1.0, "1 past stories, as they would have been paid")


def test_figures_of_a_snapshot() -> None:
    tables = literal_tables()
    month = risk.simulate(book(), NORMAL, NO_SHOCKS, Revenue(Decimal(2), Decimal(0), Decimal(0), Decimal(0), 0))
    replayed = pd.DataFrame({"advance_cents": [], "fee_cents": []})
    rows = pd.DataFrame({"kind": [], "paid_cents": [], "at": []})
    arguments = (tables["outcomes"], tables["outlook"], tables["payouts"], month, pd.Timestamp(AS_OF), 28)
    figures = business_figures(rows, replayed, *arguments)
    assert figures["overdue_labels"] == (0.0, "40 stories that are due")
    assert figures["loss_probability"][0] == 0
    assert 0.3 < figures["margin"][0] < 0.5
    paid = tables["payouts"].set_index("athlete_id")["expected_cents"]
    assert figures["waiting"] == (paid["athlete-03"] / paid.sum(), "1 of 40 athletes")


def paid(bonus: float, seed: int, noise: float = 0.4) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pay of 200 athletes, five stories each; women's stories earn `bonus` more (log) than was predicted."""
    rng = np.random.default_rng(seed)
    athletes = pd.DataFrame({"athlete_id": [f"a{i}" for i in range(200)], "outcomes_seen": np.arange(200) % 40})
    athletes = athletes.assign(gender=np.where(np.arange(200) % 2, "women", "men"), sport="golf")
    stories = athletes.loc[np.repeat(np.arange(200), 5), ["athlete_id", "gender"]].reset_index(drop=True)
    usual = np.exp(8 + rng.standard_normal(200))[np.repeat(np.arange(200), 5)]
    own = 0.2 * rng.standard_normal(200)[np.repeat(np.arange(200), 5)]
    log = np.log(usual) + own + noise * rng.standard_normal(1_000) + bonus * (stories["gender"] == "women")
    stories = stories.assign(usual_cents=usual, pay_cents=np.exp(log))
    return athletes, stories[["athlete_id", "usual_cents", "pay_cents"]]


def test_an_unfair_difference_is_an_alert_with_its_size() -> None:
    sizes, held, alerts = [], 0, 0
    for seed in range(20):
        athletes, came = paid(bonus=0.2, seed=seed)
        found = fairness(came.assign(pay_cents=came["usual_cents"]), came, athletes, seed=0)
        women = found[(found["value"] == "women") & (found["measure"] == "earned in the end")].iloc[0]
        sizes.append(float(women["difference"]))
        held += women["low"] < 0.2 < women["high"]
        alerts += bool(women["alert"])
        assert not found.loc[found["measure"] == "paid ahead", "alert"].any(), "equal estimates are paid equally"
    assert np.mean(sizes) == pytest.approx(0.2, abs=0.02)
    assert held >= 16, "19 of 20 are claimed"
    assert alerts >= 18, "a difference of five standard errors is seen"


def test_a_card_that_pays_a_group_more_is_an_alert() -> None:
    athletes, came = paid(bonus=0.0, seed=2)
    more = np.where(athletes["gender"] == "men", 11_000, 10_000)
    ahead = athletes[["athlete_id"]].assign(usual_cents=10_000, pay_cents=more)
    found = fairness(ahead, came, athletes, seed=0)
    assert set(found.loc[found["alert"], "value"]) == {"men", "women"}


def test_chance_is_rarely_an_alert() -> None:
    alarms = 0
    for seed in range(40):
        athletes, came = paid(bonus=0.0, seed=100 + seed)
        alarms += bool(fairness(came.assign(pay_cents=came["usual_cents"]), came, athletes, seed=0)["alert"].any())
    assert alarms <= 6, "one in twenty is expected"


def test_small_groups_by_chance_alone_are_no_more_often_an_alert_than_claimed() -> None:
    """One grouping of a group of 20 and 60 others, labels by chance: p is below 5% in about 5% of worlds."""
    false, worlds = 0, 300
    for seed in range(worlds):
        rng = np.random.default_rng(seed)
        chosen = rng.permutation(80) < 20
        athletes = pd.DataFrame({"athlete_id": [f"a{i}" for i in range(80)], "outcomes_seen": 30, "sport": "golf"})
        athletes = athletes.assign(gender=np.where(chosen, "women", "men"))
        came = athletes[["athlete_id"]].assign(usual_cents=np.exp(8 + rng.standard_normal(80)))
        came["pay_cents"] = came["usual_cents"] * np.exp(0.6 * rng.standard_normal(80))
        found = fairness(came.head(0), came, athletes, seed=seed)
        assert set(found["value"]) == {"women", "men"}
        false += bool((found["p"] < 0.05).all())
    assert 0.02 * worlds < false < 0.075 * worlds
    tiny = athletes.assign(gender=np.where(np.arange(80) < 19, "women", "men"))
    assert fairness(came.head(0), came, tiny, seed=0).empty, "19 athletes are too few"


def test_holm_by_hand() -> None:
    assert holm(np.array([0.001, 0.2, 0.02, 0.5])).round(6).tolist() == [0.004, 0.4, 0.06, 0.5]
    assert holm(np.array([])).tolist() == []
