"""Rate cards and what follows from them: literal cards in, literal amounts or one clear sentence out."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from athlete_intel import cli
from athlete_intel.errors import RateCardError
from athlete_intel.payouts.cards import base_rate, from_json, load_card, shipped_names
from athlete_intel.payouts.expected import expected_payouts, outlook, posting_rates, waiting_reasons
from athlete_intel.payouts.rates import Terms, fee_cents, fees, terms_for
from athlete_intel.payouts.spread import Spread, ToMean, outcome_spread, outcomes_at, scaled_errors

WHOLE = """
name = "own"
version = "7"
rate_cents_per_1000 = 500
floor_cents = 1_000
cap_cents = 100_000
commission_share = 0.1
advance_quantile = 0.25
[[tiers]]
name = "rising"
from_outcome = 0
factor = 1.0
[[tiers]]
name = "known"
from_outcome = 10_000
factor = 1.5
[sports]
tennis = 2.0
[formats]
video = 1.1
[addons]
usage_rights = 0.3
exclusivity = 0.5
whitelisting = 0.2
[minimums]
ann = 40_000
"""


def card_of(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "card.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_rate_limits_addons_minimum_and_commission_in_their_order(tmp_path: Path) -> None:
    card = load_card(str(card_of(tmp_path, WHOLE)))
    plain = terms_for(card, 500, "bob", predicted=9_999)
    assert plain == Terms(500, 1_000, 100_000, Decimal(0), Decimal("0.1"))
    # 20,000 at $5 for each 1,000 is $100; the house keeps a tenth.
    assert [fee_cents(outcome, plain) for outcome in (0, 20_000, 10**7)] == [900, 9_000, 90_000]
    known = terms_for(card, 500, "bob", 10_000, sport="tennis", story_format="video")
    assert known.rate_cents_per_1000 == 1_650
    # Ann's minimum is what she is paid, so her floor is that much before the tenth is off.
    assert terms_for(card, 500, "ann", 1).floor_cents == 44_445
    assert fee_cents(0, terms_for(card, 500, "ann", 1)) == 40_000
    sold = terms_for(card, 500, "bob", 1, addons=("usage_rights", "exclusivity"))
    assert fee_cents(20_000, sold) == 16_200  # $100 x 1.8 x 0.9
    assert fee_cents(10**7, sold) == 162_000  # add-ons come on top of the cap


def test_the_settings_win_over_the_card_and_the_card_over_the_mapping(tmp_path: Path) -> None:
    own, standard = load_card(str(card_of(tmp_path, WHOLE))), load_card("standard")
    assert base_rate(12, own, 5_000, "demo") == (12, "settings")
    assert base_rate(None, own, 5_000, "demo") == (500, "rate card own 7")
    assert base_rate(None, standard, 5_000, "demo") == (5_000, "mapping demo")


def test_every_shipped_card_is_sound_names_its_sources_and_survives_a_snapshot() -> None:
    assert shipped_names() == ["standard"]
    card = load_card("standard")
    assert from_json(card.json, card.label) == card
    told = " ".join(of for of, _, _ in card.sources)
    for name in ("addons", "commission_share", "floor_cents", "compare", "revenue", "alerts"):
        assert name in told, f"{name} has no source"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("floor_cents = 1_000", "floor_cents = 10.5", "card.toml: 'floor_cents' is 10.5; it must be whole cents"),
        ("floor_cents = 1_000", "floor_cents = -1", "'floor_cents' is -1; it must be whole cents, 0 to 1,000,000,000."),
        (
            "floor_cents = 1_000",
            "flor_cents = 1",
            "card.toml: there is no setting 'flor_cents' here; did you mean 'floor_",
        ),
        ("cap_cents = 100_000", "cap_cents = 999", "cap_cents is 999 and below floor_cents, 1000; raise the cap."),
        ("commission_share = 0.1", "commission_share = 10", "'commission_share' is 10; it must be a number, 0 to 1."),
        ("commission_share = 0.1", "commission_share = nan", "'commission_share' is NaN; it must be a number, 0 to 1."),
        ("advance_quantile = 0.25", "advance_quantile = 0.0", "'advance_quantile' is 0; it must be above 0"),
        ("from_outcome = 10_000", "from_outcome = 0", "tiers: 'from_outcome' must start at 0 and rise"),
        ("tennis = 2.0", 'tennis = "two"', "card.toml, sports: 'tennis' is 'two'; it must be a number"),
        (
            "usage_rights = 0.3",
            "usage_right = 0.3",
            "addons: there is no setting 'usage_right' here; did you mean 'usage_r",
        ),
        ('name = "own"', 'name = "o\\u0007wn"', "cannot be printed; write one line"),
        ('name = "own"', f'name = "{"o" * 250}"', "over 200 characters together; shorten"),
        ("ann = 40_000", "ann = 400_000", "'ann' takes no story below 400000 cents, which is above cap_cents"),
        ('version = "7"', "", "card.toml: 'version' is missing; add it."),
        ('version = "7"', "version = 7", "'version' is 7; it must be a text in quotes."),
        ("[sports]", "[sports", "is not valid TOML"),
        (
            "ann = 40_000",
            "ann = 95_000",
            "below 95000 cents, which is above cap_cents, 100000, less the commission; raise",
        ),
        ("[minimums]", "[alerts.margin]\nabout = 'x'\nnormal = 0.1\nalarm = 0.1\n[minimums]", "are both 0.1; set them"),
        ("[minimums]", "[alerts.margn]\nabout = 'x'\n[minimums]", "no setting 'margn' here; did you mean 'margin'?"),
    ],
)
def test_what_is_wrong_in_a_card_is_said_in_a_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in WHOLE
    with pytest.raises(RateCardError) as caught:
        load_card(str(card_of(tmp_path, WHOLE.replace(old, new, 1))))
    assert sentence in str(caught.value)
    assert str(caught.value).endswith((".", "?"))


def test_a_card_that_is_not_there_is_told() -> None:
    with pytest.raises(RateCardError, match="neither a file nor one of standard"):
        load_card("standart")


def test_the_command_line_shows_checks_and_copies_a_card(tmp_path: Path) -> None:
    run, copy = CliRunner(), tmp_path / "new" / "mine.toml"
    shown = run.invoke(cli.app, ["payouts", "card"])
    assert "The card is sound" in shown.output
    assert "usage_rights" in shown.output
    assert run.invoke(cli.app, ["payouts", "card", "--to", str(copy)]).exit_code == 0
    assert load_card(str(copy)) == load_card("standard")
    assert "exists already" in str(run.invoke(cli.app, ["payouts", "card", "--to", str(copy)]).exception)


TERMS = st.builds(
    Terms,
    rate_cents_per_1000=st.integers(0, 100_000),
    floor_cents=st.integers(0, 10_000),
    cap_cents=st.one_of(st.just(0), st.integers(10_000, 10**9)),
    addons_share=st.sampled_from([Decimal(0), Decimal("0.15"), Decimal("1.4")]),
    commission_share=st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.333")]),
)


@given(st.floats(0, 1e12), TERMS)
def test_a_fee_is_the_exact_one_rounded_once(outcome: float, terms: Terms) -> None:
    base = max(Fraction(repr(outcome)) * terms.rate_cents_per_1000 / 1000, Fraction(terms.floor_cents))
    base = min(base, Fraction(terms.cap_cents)) if terms.cap_cents else base
    assert fee_cents(outcome, terms) == round(
        base * (1 + Fraction(terms.addons_share)) * (1 - Fraction(terms.commission_share))
    )


@given(st.lists(st.floats(0, 1e9), min_size=2, max_size=20), TERMS)
def test_more_never_pays_less_and_simulation_pays_what_the_ledger_pays(outcomes: list[float], terms: Terms) -> None:
    exact = [fee_cents(outcome, terms) for outcome in sorted(outcomes)]
    assert exact == sorted(exact)
    uplift = float((1 + terms.addons_share) * (1 - terms.commission_share))
    columns = (terms.rate_cents_per_1000, terms.floor_cents, terms.cap_cents, uplift)
    quick = fees(np.sort(outcomes), *(np.array(float(value)) for value in columns))
    assert np.allclose(quick, exact, atol=0.51, rtol=1e-9)


ONE = pd.DataFrame(
    {
        "athlete_id": ["a"],
        "sport": ["golf"],
        "predicted": [1_000.0],
        "low": [250.0],
        "high": [4_000.0],
        "mean": [1_500.0],
    }
)


def test_floor_and_cap_are_applied_to_the_whole_distribution() -> None:
    spread = Spread.of(outcome_spread(pd.Series(np.random.default_rng(1).normal(0, 0.39, 20_000))))
    plain = expected_payouts(ONE, [Terms(1_000)], "c", "m", "s", spread).iloc[0]
    assert plain["mean_cents"] == 1_500
    limited = expected_payouts(ONE, [Terms(1_000, floor_cents=800, cap_cents=1_600)], "c", "m", "s", spread).iloc[0]
    assert limited[["low_cents", "expected_cents", "high_cents"]].tolist() == [800, 1_000, 1_600]
    # The mean outcome alone would earn 1,500; with what is cut off at the cap, less.
    assert 1_000 < limited["mean_cents"] < 1_400


def test_errors_come_back_as_the_outcomes_that_they_were() -> None:
    past = pd.DataFrame({"row_id": ["s", "t"], "athlete_id": ["a", "a"], "as_of": pd.Timestamp("2026-01-01")})
    past = past.assign(predicted=1_000.0, low=[250.0, None], high=[4_000.0, None], actual=[3_000.0, 10.0])
    errors = scaled_errors(past, ONE)["error"].to_numpy()
    back = outcomes_at(pd.concat([ONE, ONE]), errors)
    assert np.allclose(back, [3_000.0, 10.0]), "a prediction without a range borrows that of today"


def wild_draws(mean: float) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes of ONE drawn from errors of which one in twenty is wild, before and after they have that mean."""
    random = np.random.default_rng(1)
    errors = np.where(random.random(4_000) < 0.05, random.normal(0, 1, 4_000), random.normal(0, 0.36, 4_000))
    spread = Spread.of(outcome_spread(pd.Series(errors)))
    drawn = outcomes_at(ONE, spread.error[None, :])
    return drawn, ToMean.of(ONE.assign(mean=mean), drawn).applied(drawn)


def test_what_is_too_much_on_average_is_taken_from_above_the_range() -> None:
    drawn, brought = wild_draws(1_500.0)
    assert drawn.mean() > 2_000
    assert brought.mean() == pytest.approx(1_500.0)
    inside = drawn <= 4_000
    assert inside.mean() > 0.85
    assert np.array_equal(brought[inside], drawn[inside]), "the range stays what the ranking says"
    assert (brought[~inside] >= 4_000).all(), "who was above the range still is"


@pytest.mark.parametrize("mean", [600.0, 9_000.0])
def test_what_the_end_of_the_range_cannot_give_is_a_factor_of_all_outcomes(mean: float) -> None:
    drawn, brought = wild_draws(mean)
    factor = brought[0, 500] / drawn[0, 500]
    assert brought.mean() == pytest.approx(mean)
    assert (factor < 1) == (mean < 1_000)
    expected = np.minimum(drawn, 4_000) if mean < 1_000 else drawn
    assert np.allclose(brought, factor * expected)


def test_a_row_without_mean_or_range_has_no_end_to_take_from() -> None:
    table = pd.concat([ONE.assign(mean=np.nan), ONE.assign(low=np.nan, high=np.nan, mean=2_000.0)])
    drawn = outcomes_at(table, np.array([[-0.5, 0.5], [-0.5, 0.5]]))
    brought = ToMean.of(table, drawn).applied(drawn)
    assert np.allclose(brought[0], drawn[0])
    assert np.allclose(brought[1], 2_000.0)


def test_a_month_is_a_story_for_who_has_one_a_month_and_knows_its_floor() -> None:
    spread = Spread.of(outcome_spread(pd.Series(np.random.default_rng(1).normal(0, 0.39, 5_000))))
    rates = pd.DataFrame({"athlete_id": ["a"], "stories_per_week": [2.8], "stories_shape": [1e6]})
    rankings = ONE.assign(followers=50_000)
    nobody = pd.Series(dtype="str")
    card = load_card("standard")
    shocks = pd.DataFrame({"component": [], "share": [], "periods": [], "freedom": []})
    arguments = (spread, shocks, rates, nobody, pd.Series({"a": 300.0}), nobody, 7)
    row = outlook(rankings, [Terms(1_000, floor_cents=2_000)], card, *arguments).iloc[0]
    # 12 stories at the floor of $20 are $240, and few outcomes are above it.
    assert row["month_low_cents"] < 24_000 < row["month_high_cents"]
    assert 24_000 < row["month_mean_cents"] < 33_000
    assert (row["by_engagement_cents"], row["by_followers_cents"]) == (3_000, 50_000)
    assert row["advance_cents"] == 2_000


def test_who_was_hardly_seen_posts_as_others_do() -> None:
    seen = pd.DataFrame({"athlete_id": ["often", "week"], "stories": [50, 3], "weeks": [25.0, 1.0]})
    rates = posting_rates(seen, pd.Series(["often", "week", "new"])).set_index("athlete_id")["stories_per_week"]
    assert rates["often"] == pytest.approx(2.0, abs=0.02)
    assert 2.0 < rates["week"] < 2.3, "three stories in the only week seen are not three a week for ever"
    assert rates["new"] == pytest.approx(53 / 26)


def test_media_that_post_hundreds_of_stories_a_week_say_nothing_of_who_posts_two() -> None:
    """Facebook 2016: with a prior of four weeks of the usual rate, two stories a week were told as thirteen."""
    weekly = {"nfl": 240, "nba": 180, "wwe": 190, "espn": 10, "mlb": 66, "cavs": 66, "real": 40, "liverpool": 62}
    weekly |= {"lebron": 2, "beckham": 2, "iniesta": 5, "ronaldo": 8}
    seen = pd.DataFrame({"athlete_id": list(weekly), "stories": [17 * each for each in weekly.values()], "weeks": 17.0})
    rates = posting_rates(seen, pd.Series([*weekly, "new"])).set_index("athlete_id")["stories_per_week"]
    assert rates["lebron"] == pytest.approx(2, abs=0.1)
    assert rates["nfl"] == pytest.approx(240, rel=0.01)
    assert rates["new"] == pytest.approx(sum(weekly.values()) / len(weekly))


def test_pay_at_the_cap_waits_for_a_person() -> None:
    rankings = pd.DataFrame({"athlete_id": ["a", "b"], "predicted": [1e6, 10.0]})
    reasons = waiting_reasons(rankings, [Terms(500, cap_cents=10_000)] * 2, pd.Series(dtype="str"))
    assert reasons.to_dict() == {"a": "pay at the cap"}
