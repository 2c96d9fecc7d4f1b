"""The whole book at once: spend, revenue and margin as distributions, because stories do not err one by one.

Each outcome keeps its own distribution, brought to the mean that sums are known to have; what ties them together is a
Gaussian copula (Li, On default correlation, 2000) whose factors are the shocks of `payouts.shocks`. How large a shock
is, is itself known from a few periods only, so shocks are drawn from Student's t with as many degrees of freedom as
their size rests on, and everybody's a little wider for the mean that was estimated from as many periods: what a normal
prediction interval for one more period does.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
import pandas as pd

from athlete_intel.payouts import shocks as sizes
from athlete_intel.payouts.cards import Revenue
from athlete_intel.payouts.rates import PER, fees
from athlete_intel.payouts.spread import Spread, ToMean, equally_likely, outcomes_at

DRAWS = 1_000
TAIL = 0.05
"""The worst share of draws that is looked at to see who carries the risk."""
NO_REVENUE = Revenue(Decimal(0), Decimal(0), Decimal(0), Decimal(0), 0)
_MANY = 1_000
LEAST_FREEDOM = 3.0
"""Student's t has a variance from here on. With less, single draws of a size that two periods cannot tell would carry
the mean out of its own range; what few periods leave open is told beside the figures."""
_FARTHEST = 4.0
"""No story is drawn farther out than the best or worst of 30,000, however large a shock."""


@dataclass(frozen=True)
class Simulated:
    """Draws of a book, in cents that need not be whole: one column a draw, one row an athlete.

    Sums of the book are added up once, as a page asks for them many times.
    """

    spend_of: pd.DataFrame
    revenue_of: pd.DataFrame
    fixed_cents: float

    @cached_property
    def spend(self) -> np.ndarray:
        """Fees of the whole book, a value a draw."""
        return self.spend_of.to_numpy().sum(axis=0)

    @cached_property
    def revenue(self) -> np.ndarray:
        """What the house earns with it."""
        return self.revenue_of.to_numpy().sum(axis=0)

    @cached_property
    def margin(self) -> np.ndarray:
        """Revenue less fees and fixed costs."""
        return self.revenue - self.spend - self.fixed_cents


def story_book(rankings: pd.DataFrame, outlook: pd.DataFrame) -> pd.DataFrame:
    """One next story of each athlete: a bundle or a campaign, as `simulate` takes it.

    Args:
        rankings: athlete_id, sport, predicted, low, high, mean.
        outlook: athlete_id, platform, rate_cents_per_1000, floor_cents, cap_cents, uplift.
    """
    terms = ["athlete_id", "platform", "rate_cents_per_1000", "floor_cents", "cap_cents", "uplift"]
    own = ["athlete_id", "sport", "predicted", "low", "high", "mean"]
    return rankings[own].merge(outlook[terms], on="athlete_id", validate="one_to_one")


def month_book(rankings: pd.DataFrame, outlook: pd.DataFrame, days: float) -> pd.DataFrame:
    """The stories of the next days at each athlete's own rate: `stories` and the shape of its gamma distribution."""
    book = story_book(rankings, outlook)
    rates = outlook[["athlete_id", "stories_per_week", "stories_shape"]]
    book = book.merge(rates, on="athlete_id", validate="one_to_one")
    return book.assign(stories=book["stories_per_week"] * days / 7)


def story_outcomes(
    book: pd.DataFrame, spread: Spread, shocks: pd.DataFrame, draws: int = DRAWS, seed: int = 0
) -> np.ndarray:
    """Draw the outcome of one next story of each row, together: one row a row of the book, one column a draw.

    Args:
        book: athlete_id, sport, platform, predicted, low, high, mean.
        spread: distribution of errors.
        shocks: component, share, periods, freedom.
        draws: how many.
        seed: the same seed gives the same draws, to each athlete whoever else is in the book and in which order.
    """
    book = book.reset_index(drop=True)
    shared, left = _shared_scores(book, shocks, draws, lambda *names: stream(seed, *names), independent=False)
    nth = book.groupby("athlete_id").cumcount()
    own = np.empty_like(shared)
    for row, (athlete, which) in enumerate(zip(book["athlete_id"], nth, strict=True)):
        own[row] = stream(seed, "story", athlete, which).standard_normal(draws)
    return _outcomes(book, spread, shared, left, ToMean.of(book, equally_likely(book, spread)), own)


def stream(seed: int, *names: object) -> np.random.Generator:
    """Random numbers of what the names stand for: the same for the same seed and names, whatever else is drawn.

    Source: counter-based generators, Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011.

    >>> [int(stream(1, "story", name).integers(1_000)) for name in ("ann", "bob", "ann")]
    [899, 76, 899]
    """
    told = "\0".join(str(name) for name in (seed, *names))
    key = int.from_bytes(hashlib.blake2b(told.encode(), digest_size=16).digest(), "little")
    return np.random.Generator(np.random.Philox(key=key))


def simulate(
    book: pd.DataFrame,
    spread: Spread,
    shocks: pd.DataFrame,
    revenue: Revenue = NO_REVENUE,
    draws: int = DRAWS,
    seed: int = 0,
    independent: bool = False,
    fixed_cents: float = 0.0,
) -> Simulated:
    """Draw what a book of stories costs and brings.

    Args:
        book: athlete_id, sport, platform, predicted, low, high, mean, rate_cents_per_1000, floor_cents, cap_cents,
            uplift; `stories` and `stories_shape` where a row stands for a random number of them; `base_rate` where
            revenue rests on another rate than the row's own.
        spread: distribution of errors.
        shocks: component, share, periods, freedom.
        revenue: what the house earns with a story.
        draws: how many.
        seed: the same seed gives the same draws.
        independent: leave the shocks out, to see what they are worth.
        fixed_cents: costs that come whatever happens.
    """
    rng = np.random.default_rng(seed)
    book = book.reset_index(drop=True)
    shared, left = _shared_scores(book, shocks, draws, lambda *_: rng, independent)
    spend, earned = np.zeros((len(book), draws)), np.zeros((len(book), draws))
    count, to_mean = _story_counts(book, draws, rng), ToMean.of(book, equally_likely(book, spread))
    for nth in range(int(count.max(initial=0))):
        rows = np.flatnonzero((count > nth).any(axis=1))
        told, told_of = count[rows] > nth, book.iloc[rows]
        own = rng.standard_normal((len(rows), draws))
        outcomes = _outcomes(told_of, spread, shared[rows], left, to_mean.rows(rows), own)
        columns = [told_of[name].to_numpy("float64")[:, None] for name in _TERMS]
        spend[rows] += np.where(told, fees(outcomes, *columns), 0.0)
        earned[rows] += np.where(told, _revenue(told_of, outcomes, revenue, rng), 0.0)
    index = book["athlete_id"]
    spend_of, revenue_of = (pd.DataFrame(v, index=index).groupby(level=0, sort=False).sum() for v in (spend, earned))
    return Simulated(spend_of, revenue_of, fixed_cents)


def summary(simulated: Simulated) -> pd.DataFrame:
    """Spend, revenue and margin: figure, low (10%), middle, mean, high (90%), in cents."""
    figures = {"spend": simulated.spend, "revenue": simulated.revenue, "margin": simulated.margin}
    rows = [
        (name, *np.quantile(values, [0.1, 0.5]), values.mean(), np.quantile(values, 0.9))
        for name, values in figures.items()
    ]
    return pd.DataFrame(rows, columns=["figure", "low", "middle", "mean", "high"])


def loss_probability(simulated: Simulated) -> float:
    """Share of draws in which more goes out than comes in."""
    return float((simulated.margin < 0).mean())


def over_budget(simulated: Simulated, budget_cents: float) -> float:
    """Share of draws in which the fees are more than a budget."""
    return float((simulated.spend > budget_cents).mean())


def risk_carriers(simulated: Simulated, groups: pd.Series | None = None) -> pd.DataFrame:
    """Who carries the risk: how much more than on average is paid in the dearest 5% of draws.

    The parts add up to the shortfall of the whole book, which makes them a fair split of it.
    Source: Tasche, Capital allocation to business units and sub-portfolios: the Euler principle, 2007.

    Args:
        simulated: draws.
        groups: name of the group by athlete_id; athletes themselves without it.

    Returns:
        group, mean_cents, tail_cents (mean in the dearest draws), excess_cents, share of the whole excess.
    """
    spend = simulated.spend_of
    if groups is not None:
        spend = spend.groupby(spend.index.to_series().map(groups).fillna("unknown").to_numpy()).sum()
    total = simulated.spend
    worst = total >= np.quantile(total, 1 - TAIL)
    mean, tail = spend.to_numpy().mean(axis=1), spend.to_numpy()[:, worst].mean(axis=1)
    table = pd.DataFrame({"group": spend.index.astype("str"), "mean_cents": mean, "tail_cents": tail})
    table["excess_cents"] = table["tail_cents"] - table["mean_cents"]
    whole = float(table["excess_cents"].sum())
    table["share"] = table["excess_cents"] / whole if whole > 0 else 0.0
    return table.sort_values(["excess_cents", "group"], ascending=[False, True], ignore_index=True)


def _outcomes(
    book: pd.DataFrame, spread: Spread, shared: np.ndarray, left: float, to_mean: ToMean, own: np.ndarray
) -> np.ndarray:
    """One story of each row: what it shares with others, and its own luck, with the variance that is left to it."""
    score = shared + np.sqrt(left) * own
    return to_mean.applied(outcomes_at(book, spread.of_score(np.clip(score, -_FARTHEST, _FARTHEST))))


_TERMS = ("rate_cents_per_1000", "floor_cents", "cap_cents", "uplift")


def _shared_scores(
    book: pd.DataFrame,
    shocks: pd.DataFrame,
    draws: int,
    stream_of: Callable[..., np.random.Generator],
    independent: bool,
) -> tuple[np.ndarray, float]:
    """Sum of the shocks that each row shares with others, and the share of variance that is left to the story.

    Args:
        book: athlete_id, sport, platform.
        shocks: component, share, periods, freedom.
        draws: how many.
        stream_of: random numbers of a component ("size of" it), and of a component in one of its groups.
        independent: whether the shocks are left out.
    """
    total = np.zeros((len(book), draws))
    if independent or shocks.empty:
        return total, 1.0
    figures = shocks[["share", "periods", "freedom"]].astype("float64").to_numpy().tolist()
    known = dict(zip(shocks["component"].astype("str"), figures, strict=True))
    groups = {
        sizes.EVERYBODY: pd.Series("all", index=book.index),
        sizes.PLATFORM: book["platform"].astype("object").fillna("unknown"),
        sizes.SPORT: book["sport"].astype("object").fillna("unknown"),
        sizes.ATHLETE: book["athlete_id"],
        sizes.ESTIMATE: pd.Series("all", index=book.index),
    }
    for name, values in groups.items():
        share, periods, freedom = known.get(name, (0.0, 1.0, 1.0))
        if share <= 0:
            continue
        codes, names = pd.factorize(values)
        size = float(np.sqrt(share))
        if name == sizes.EVERYBODY:
            size *= float(np.sqrt(1 + 1 / periods))
        # One size for all groups of a kind in a draw: it is the size that is uncertain.
        freedom = max(freedom, LEAST_FREEDOM)
        wider = np.ones(draws)
        if freedom < _MANY:
            wider = np.sqrt(freedom / stream_of("size of", name).chisquare(freedom, draws))
        shocks_of = [stream_of(name, group).standard_normal(draws) for group in names]
        total += (size * wider * np.reshape(shocks_of, (len(names), draws)))[codes]
    return total, max(0.0, 1.0 - float(shocks.loc[shocks["component"] != sizes.ESTIMATE, "share"].sum()))


def _story_counts(book: pd.DataFrame, draws: int, rng: np.random.Generator) -> np.ndarray:
    if "stories" not in book:
        return np.ones((len(book), draws), dtype=np.int64)
    mean = np.nan_to_num(book["stories"].to_numpy("float64"))[:, None]
    shape = np.maximum(np.nan_to_num(book["stories_shape"].to_numpy("float64")), 1e-6)[:, None]
    return rng.poisson(mean * rng.gamma(np.broadcast_to(shape, (len(book), draws))) / shape)


def _revenue(book: pd.DataFrame, outcomes: np.ndarray, revenue: Revenue, rng: np.random.Generator) -> np.ndarray:
    """What stories bring the house: ads on every one, and sponsors on some, who pay on what was expected."""
    base = book["base_rate" if "base_rate" in book else "rate_cents_per_1000"].to_numpy("float64")[:, None]
    earned = base * float(revenue.ads_share) * outcomes / PER
    if revenue.sponsored_share and revenue.sponsor_share:
        quote = np.maximum(book["mean"].to_numpy("float64"), 1e-9)[:, None]
        kept = float(revenue.guaranteed_share) + (1 - float(revenue.guaranteed_share)) * outcomes / quote
        price = base * float(revenue.sponsor_share) * quote / PER
        if "sponsored" in book:
            sponsored = book["sponsored"].to_numpy(dtype=bool)[:, None]
        else:
            sponsored = rng.random(outcomes.shape) < float(revenue.sponsored_share)
        earned = earned + np.where(sponsored, price * np.minimum(kept, 1.0), 0.0)
    return np.asarray(earned)
