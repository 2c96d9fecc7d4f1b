"""Expected pay of the next story and of the next month, and the same story priced in other ways."""

import numpy as np
import pandas as pd

from athlete_intel.payouts import risk
from athlete_intel.payouts.cards import RateCard
from athlete_intel.payouts.rates import Terms, fee_cents, fees, pay_cents, terms_for
from athlete_intel.payouts.spread import Spread, ToMean, equally_likely, outcomes_at

MONTH_DAYS = 30
PRIOR_WEEKS = 4.0
"""So many weeks of the usual rate count beside an athlete's own, so that a first week does not stand alone."""
_FEWEST_TO_COMPARE = 10
"""Athletes from whom on it is measured how much their rates of stories differ."""
_CENTS = ("expected_cents", "mean_cents", "low_cents", "high_cents")


def card_terms(rankings: pd.DataFrame, card: RateCard, base_rate: int) -> list[Terms]:
    """The terms of each athlete's next story, without add-ons.

    Args:
        rankings: athlete_id, predicted, sport.
        card: the rate card.
        base_rate: pay for each 1,000 of the outcome, in cents, before factors.
    """
    sports = rankings["sport"] if "sport" in rankings else pd.Series(None, index=rankings.index, dtype="str")
    return [
        terms_for(card, base_rate, str(athlete), float(predicted), str(sport) if isinstance(sport, str) else None)
        for athlete, predicted, sport in zip(rankings["athlete_id"], rankings["predicted"], sports, strict=True)
    ]


def expected_cents(predicted: pd.Series, sports: pd.Series, card: RateCard, base_rate: int) -> pd.Series:
    """Expected pay of the next story, in cents by athlete_id, as it stands in `payouts` if these are the predictions.

    Args:
        predicted: typical outcome by athlete_id.
        sports: by athlete_id; athletes may be missing.
        card: the rate card.
        base_rate: pay for each 1,000 of the outcome, in cents, before factors.
    """
    rows = pd.DataFrame({"predicted": predicted, "sport": sports.reindex(predicted.index)})
    rows = rows.rename_axis("athlete_id").reset_index()
    terms = card_terms(rows, card, base_rate)
    cents = [fee_cents(outcome, each) for outcome, each in zip(rows["predicted"], terms, strict=True)]
    return pd.Series(cents, index=predicted.index, dtype="int64")


def expected_payouts(
    rankings: pd.DataFrame,
    terms: list[Terms],
    rate_card: str,
    model_version: str,
    snapshot_id: str,
    spread: Spread | None = None,
) -> pd.DataFrame:
    """Pay for the typical outcome of each athlete, for both ends of its range, and averaged over its distribution.

    A fee never falls as the outcome rises, so the quantiles of pay are the pay of the quantiles; the mean is not, and
    is averaged over the whole distribution with floor and cap applied to every outcome of it.

    Args:
        rankings: athlete_id, predicted, low, high, mean in units of the outcome.
        terms: of each row.
        rate_card: name of the rates.
        model_version: version of the model behind the predictions.
        snapshot_id: snapshot that the payouts are part of.
        spread: distribution of errors; without it the mean pay is the pay of the mean outcome.

    Returns:
        The published table `payouts`.

    >>> rankings = pd.DataFrame({"athlete_id": ["a"], "predicted": [2000.0], "low": [500.0], "high": [9000.0]})
    >>> rankings["mean"] = 2600.0
    >>> payouts = expected_payouts(rankings, [Terms(250, floor_cents=200)], "standard", "m1", "s1")
    >>> payouts[["expected_cents", "mean_cents", "low_cents", "high_cents"]].iloc[0].tolist()
    [500, 650, 200, 2250]
    """
    cents = {
        name: [fee_cents(outcome, each) for outcome, each in zip(rankings[column], terms, strict=True)]
        for name, column in zip(_CENTS, ("predicted", "mean", "low", "high"), strict=True)
    }
    if spread is not None:
        # The level of the mean is that of the ranking, the same in all tables; its distribution that of past errors.
        cents["mean_cents"] = _mean_fees(rankings, terms, spread)
    return pd.DataFrame(
        {
            "athlete_id": rankings["athlete_id"],
            **{name: pd.Series(cents[name], index=rankings.index, dtype="int64") for name in _CENTS},
            "rate_cents_per_1000": pd.Series(
                [each.rate_cents_per_1000 for each in terms], index=rankings.index, dtype="int64"
            ),
            "rate_card": rate_card,
            "model_version": model_version,
            "snapshot_id": snapshot_id,
        }
    )


def _mean_fees(rankings: pd.DataFrame, terms: list[Terms], spread: Spread) -> list[int]:
    """Mean fee over the distribution of the outcome, brought to the mean outcome of the ranking."""
    drawn = equally_likely(rankings, spread)
    outcomes = ToMean.of(rankings, drawn).applied(drawn)
    paid = fees(outcomes, *(column[:, None] for column in term_columns(terms)))
    return [round(value) for value in paid.mean(axis=1).tolist()]


def term_columns(terms: list[Terms]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rate, floor, cap and uplift of each row, for simulation."""
    return (
        np.array([each.rate_cents_per_1000 for each in terms], dtype="float64"),
        np.array([each.floor_cents for each in terms], dtype="float64"),
        np.array([each.cap_cents for each in terms], dtype="float64"),
        np.array([float((1 + each.addons_share) * (1 - each.commission_share)) for each in terms]),
    )


def posting_rates(stories: pd.DataFrame, athletes: pd.Series) -> pd.DataFrame:
    """How many stories a week each athlete has, drawn to the usual rate where little was seen.

    Stories come as a Poisson process whose rate has a gamma prior worth `PRIOR_WEEKS` weeks of the usual rate, and less
    where athletes differ so much that the usual rate tells little of any one of them.

    Args:
        stories: athlete_id, stories, weeks seen.
        athletes: who is asked about.

    Returns:
        athlete_id, stories_per_week, stories_shape (of the gamma distribution of the rate).

    >>> seen = pd.DataFrame({"athlete_id": ["a", "b"], "stories": [24, 0], "weeks": [24.0, 24.0]})
    >>> posting_rates(seen, pd.Series(["a", "b", "new"])).round(2).values.tolist()
    [['a', 0.93, 26.0], ['b', 0.07, 2.0], ['new', 0.5, 2.0]]
    """
    known = stories.set_index("athlete_id").reindex(athletes)
    number, weeks = known["stories"].fillna(0).to_numpy("float64"), known["weeks"].fillna(0).to_numpy("float64")
    usual = number.sum() / weeks.sum() if weeks.sum() > 0 else 0.0
    worth = _weeks_of_prior(number, weeks, usual)
    shape = number + worth * usual
    rate = shape / (weeks + worth)
    return pd.DataFrame({"athlete_id": athletes.to_numpy(), "stories_per_week": rate, "stories_shape": shape})


def _weeks_of_prior(number: np.ndarray, weeks: np.ndarray, usual: float) -> float:
    """Weeks of the usual rate that a gamma distribution of the athletes' rates is worth: its mean over its variance.

    The variance between athletes is that of their rates without what chance adds to it; of few it cannot be told.
    """
    seen = weeks > 0
    if seen.sum() < _FEWEST_TO_COMPARE:
        return PRIOR_WEEKS
    rates = number[seen] / weeks[seen]
    between = float(rates.var(ddof=1) - (rates / weeks[seen]).mean())
    return min(PRIOR_WEEKS, usual / between) if between > 0 else PRIOR_WEEKS


def outlook(
    rankings: pd.DataFrame,
    terms: list[Terms],
    card: RateCard,
    spread: Spread,
    shocks: pd.DataFrame,
    rates: pd.DataFrame | None,
    platforms: pd.Series,
    engagements: pd.Series,
    reasons: pd.Series,
    seed: int,
) -> pd.DataFrame:
    """What each athlete can expect beyond the next story, what is paid ahead, and prices to compare.

    Args:
        rankings: the published table.
        terms: of each row.
        card: the rate card.
        spread: distribution of errors.
        shocks: the published table `shocks`.
        rates: of `posting_rates`; None where a data set has no stories.
        platforms: main channel of readers by athlete_id; athletes may be missing.
        engagements: median likes, reposts and replies of a post by athlete_id; athletes may be missing.
        reasons: why a payout waits for a person, by athlete_id; athletes may be missing.
        seed: of the simulated month.

    Returns:
        The published table `outlook`.
    """
    ids = rankings["athlete_id"]
    rate, floor, cap, uplift = term_columns(terms)
    quantile = outcomes_at(rankings, spread.quantile(float(card.advance_quantile)))
    followers = pd.to_numeric(rankings["followers"], errors="coerce").astype("float64")
    per_post = ids.map(engagements).astype("float64")
    table = pd.DataFrame(
        {
            "athlete_id": ids,
            "platform": ids.map(platforms),
            "rate_cents_per_1000": rate,
            "floor_cents": floor,
            "cap_cents": cap,
            "uplift": uplift,
            "advance_cents": [fee_cents(each, own) for each, own in zip(quantile, terms, strict=True)],
            "engagements": per_post,
            "by_engagement_cents": _priced(per_post, 1_000 * card.cents_per_engagement),
            "by_followers_cents": _priced(followers, card.cents_per_1000_followers),
            "waits_why": ids.map(reasons),
        }
    )
    month = [
        "stories_per_week",
        "stories_shape",
        *(f"month_{name}_cents" for name in ("low", "middle", "mean", "high")),
    ]
    if rates is None:
        return table.assign(**dict.fromkeys(month, np.nan))
    table = table.merge(rates, on="athlete_id", how="left", validate="one_to_one")
    book = risk.month_book(rankings, table, MONTH_DAYS)
    simulated = risk.simulate(book, spread, shocks, card.revenue, draws=risk.DRAWS, seed=seed)
    by_athlete = simulated.spend_of.reindex(ids)
    for name, share in (("low", 0.1), ("middle", 0.5), ("high", 0.9)):
        table[f"month_{name}_cents"] = np.rint(by_athlete.quantile(share, axis="columns").to_numpy())
    # The mean of a sum does not depend on what its parts share, and is steadier without it.
    alone = risk.simulate(book, spread, shocks, draws=risk.DRAWS, seed=seed, independent=True)
    table["month_mean_cents"] = np.rint(alone.spend_of.reindex(ids).mean(axis="columns").to_numpy())
    return table


def waiting_reasons(rankings: pd.DataFrame, terms: list[Terms], contested: pd.Series) -> pd.Series:
    """Why a payout waits for a person, by athlete_id; who need not wait is left out.

    Args:
        rankings: athlete_id, predicted; `novel` where the model says who is unlike anything it has seen.
        terms: of each row.
        contested: athlete_id of those with a contested handle.

    >>> rankings = pd.DataFrame({"athlete_id": ["a", "b"], "predicted": [10.0, 1e6], "novel": [True, False]})
    >>> waiting_reasons(rankings, [Terms(500)] * 2, pd.Series(["a"]))["a"]
    'unlike anything the model has seen; a handle is contested'
    """
    novel = (
        rankings["novel"].astype("boolean").fillna(False)
        if "novel" in rankings
        else pd.Series(False, index=rankings.index)
    )
    found: dict[str, str] = {}
    for athlete, new, predicted, own in zip(rankings["athlete_id"], novel, rankings["predicted"], terms, strict=True):
        reasons = [
            text
            for holds, text in (
                (bool(new), "unlike anything the model has seen"),
                (athlete in set(contested), "a handle is contested"),
                (
                    bool(own.cap_cents) and pay_cents(predicted, own.rate_cents_per_1000) >= own.cap_cents,
                    "pay at the cap",
                ),
            )
            if holds
        ]
        if reasons:
            found[str(athlete)] = "; ".join(reasons)
    return pd.Series(found, dtype="str")


def _priced(count: pd.Series, cents_per_1000: int) -> pd.Series:
    """Whole cents for counts; missing where the count is, or where the card names no price."""
    if not cents_per_1000:
        return pd.Series(np.nan, index=count.index)
    return count.map(lambda each: np.nan if pd.isna(each) else pay_cents(float(each), cents_per_1000))
