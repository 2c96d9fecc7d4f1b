"""`make bench-payouts`: do advances keep their promise, and does the range of a month's spend hold what it claims?

First the demo world, through the whole pipeline: six months of stories, each with the advance that it would have been
paid, from nothing that was not known then. Then worlds in which the size of shared shocks is known: in each, the past
errors are what the product sees, a month is simulated from them, and the month that then comes is drawn from the truth.
"""

import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from athlete_intel import pipeline
from athlete_intel.influence.evaluation import mean_factor
from athlete_intel.payouts import risk
from athlete_intel.payouts.cards import load_card
from athlete_intel.payouts.rates import Terms, fee_cents
from athlete_intel.payouts.replay import replayed_advances, share_below
from athlete_intel.payouts.shocks import shared_shocks
from athlete_intel.payouts.spread import Spread, outcome_spread, scaled_errors
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Snapshots

WORLDS = 200
SIX_MONTHS_DAYS, SIX_MONTHS_WINDOWS = 182, 13
NOW = datetime(2026, 11, 1)
FLOOR_CENTS, RATE = 1_000, 5_000
MONTH_DAYS = 28


@dataclass(frozen=True)
class Truth:
    """How a made-up world errs: standard deviations of the shocks of log outcomes, and how long they last."""

    everybody: float = 0.12
    platform: float = 0.10
    sport: float = 0.10
    athlete: float = 0.15
    shock_days: int = MONTH_DAYS
    past_days: int = SIX_MONTHS_DAYS
    athletes: int = 150


def noise(rng: np.random.Generator, number: int) -> np.ndarray:
    """Errors of single stories: most small, a few large."""
    wild = rng.random(number) < 0.08
    return np.where(wild, 0.9, 0.35) * rng.standard_normal(number)


def world(truth: Truth, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, int]:
    """A world's athletes, its past predictions with what came, the stories of its next month, and what these cost."""
    rng = np.random.default_rng([seed, 7])
    number = truth.athletes
    athletes = pd.DataFrame(
        {
            "athlete_id": [f"a{i:03}" for i in range(number)],
            "sport": rng.choice([f"sport {i}" for i in range(8)], number),
            "platform": rng.choice(["facebook", "instagram", "twitter"], number),
            "predicted": np.exp(7.5 + 1.1 * rng.standard_normal(number)),
        }
    )
    own = truth.athlete * rng.standard_normal(number)
    days = truth.past_days + MONTH_DAYS
    stories = rng.poisson(days / 14, number)
    place = np.repeat(np.arange(number), stories)
    day = rng.integers(0, days, len(place))
    # Blocks of shocks end with the month to come, which therefore has one of its own.
    block = (days - 1 - day) // truth.shock_days
    error = own[place] + noise(rng, len(place))
    for size, groups in (
        (truth.everybody, np.zeros(number, dtype=int)),
        (truth.platform, pd.factorize(athletes["platform"])[0]),
        (truth.sport, pd.factorize(athletes["sport"])[0]),
    ):
        shocks = size * rng.standard_normal((block.max() + 1, groups.max() + 1))
        error = error + shocks[block, groups[place]]
    told = athletes.iloc[place].reset_index(drop=True)
    told = told.assign(
        row_id=[f"s{i}" for i in range(len(place))],
        as_of=pd.Timestamp("2026-01-01") + pd.to_timedelta(day, unit="D"),
        actual=np.expm1(np.log1p(told["predicted"].to_numpy()) + error),
    )
    # Ranges as a model has them: the tenths of its past errors.
    ends = np.quantile(error[day < truth.past_days], [0.1, 0.9])
    for table in (told, athletes):
        for name, end in zip(("low", "high"), ends, strict=True):
            table[name] = np.expm1(np.log1p(table["predicted"]) + end)
    past, month = told[day < truth.past_days], told[day >= truth.past_days]
    terms = Terms(RATE, FLOOR_CENTS)
    return athletes, past, month, sum(fee_cents(each, terms) for each in month["actual"])


def priced(stories: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """A book as `risk.simulate` takes it; the mean over the typical is that of the past, as in the pipeline."""
    mean = stories["predicted"] * mean_factor(before)
    return stories.assign(rate_cents_per_1000=RATE, floor_cents=FLOOR_CENTS, cap_cents=0, uplift=1.0, mean=mean)


def covers(truth: Truth, worlds: int = WORLDS) -> tuple[float, float, float]:
    """Share of worlds whose month fell inside its 80% range: joint draws, independent draws; and how wide joint is."""
    inside = np.zeros((worlds, 2))
    wider = []
    for seed in range(worlds):
        athletes, past, month, came = world(truth, seed)
        errors = scaled_errors(past, athletes)
        by_id = athletes.set_index("athlete_id")
        shocks = shared_shocks(errors, by_id["sport"], by_id["platform"])
        spread = Spread.of(outcome_spread(errors["error"]))
        width = []
        for column, independent in enumerate((False, True)):
            spend = risk.simulate(priced(month, past), spread, shocks, seed=seed, independent=independent).spend
            low, high = np.quantile(spend, [0.1, 0.9])
            inside[seed, column] = low <= came <= high
            width.append(high - low)
        wider.append(width[0] / width[1])
    joint, alone = inside.mean(axis=0)
    return float(joint), float(alone), float(np.median(wider))


def demo_tables(seed: int, athletes: int = 1200, scenario: str = "calm") -> dict[str, pd.DataFrame]:
    """Published tables of a demo world, tested on 19 later windows of two weeks."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home", history_windows=19, backtest_window_days=14)
        write_demo(Path(folder) / "demo", load_scenario(scenario), athletes=athletes, seed=seed)
        pipeline.run_import(settings, load_mapping("demo"), Path(folder) / "demo", NOW)
        pipeline.build(settings, NOW)
        snapshots = Snapshots(settings.folder)
        names = ("backtest", "outcomes", "rankings", "outlook", "dataset", "shocks")
        return {name: snapshots.read(name) for name in names}


def replayed_months(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Each of the last four-week months of a demo world: its range, simulated from what was known, and what came."""
    backtest, outcomes = tables["backtest"].dropna(subset=["low"]), tables["outcomes"]
    rankings = tables["rankings"].set_index("athlete_id")
    known_at = backtest["row_id"].map(outcomes.set_index("story_id")["known_at"])
    platforms = tables["outlook"].set_index("athlete_id")["platform"]
    end, rows = backtest["as_of"].max().floor("D") + pd.Timedelta(days=1), []
    for number in range(6, 0, -1):
        first = end - pd.Timedelta(days=MONTH_DAYS * number)
        month = backtest[(backtest["as_of"] >= first) & (backtest["as_of"] < first + pd.Timedelta(days=MONTH_DAYS))]
        before = backtest[known_at <= first]
        if len(before) < 200:
            continue
        errors = scaled_errors(before, before)
        shocks = shared_shocks(errors, rankings["sport"], platforms)
        spread = Spread.of(outcome_spread(errors["error"]))
        whose = month["athlete_id"]
        book = priced(month.assign(sport=whose.map(rankings["sport"]), platform=whose.map(platforms)), before)
        came = sum(fee_cents(each, Terms(RATE, FLOOR_CENTS)) for each in month["actual"])
        told = {"month": f"{first:%Y-%m-%d}", "stories": len(month), "came": came / 100}
        for name, independent in (("joint", False), ("independent", True)):
            spend = risk.simulate(book, spread, shocks, independent=independent).spend
            low, high = np.quantile(spend, [0.1, 0.9]) / 100
            told |= {f"{name}_low": low, f"{name}_high": high, f"{name}_holds": low <= came / 100 <= high}
        rows.append(told)
    return pd.DataFrame(rows)


def main() -> None:
    """Measure and print."""
    say = sys.stdout.write
    seeds = [int(each) for each in sys.argv[1:]] or [2026]
    card = load_card("standard")
    for seed in seeds:
        tables = demo_tables(seed)
        replayed = replayed_advances(tables["backtest"], tables["outcomes"], tables["rankings"], card, RATE)
        recent = replayed[replayed["window"].isin(sorted(replayed["window"].unique())[-SIX_MONTHS_WINDOWS:])]
        say(
            f"demo world, seed {seed}, last six months: {len(recent):,} stories, advances exceed settlements in "
            f"{share_below(recent):.1%} (aim 17 to 23%)\n"
        )
        by_window = recent.groupby("window")[["advance_cents", "fee_cents"]].apply(share_below)
        say(f"  by two weeks: {', '.join(f'{each:.0%}' for each in by_window)}\n")
        say(f"  shared parts of the errors:\n{tables['shocks'].to_string(index=False)}\n")
        months = replayed_months(tables)
        say(f"  months, spend in dollars:\n{months.round(0).to_string(index=False)}\n")
    for name, truth in (
        ("six months of past, shocks that last a month", Truth()),
        ("six months of past, shocks that last a week", Truth(shock_days=7)),
        ("eight weeks of past, shocks that last a month", Truth(past_days=56)),
        ("six months of past, no shared shocks", Truth(everybody=0, platform=0, sport=0, athlete=0)),
    ):
        joint, alone, wider = covers(truth)
        noise_of_it = 1.96 * np.sqrt(0.8 * 0.2 / WORLDS)
        say(
            f"{WORLDS} worlds, {name}: the 80% range of a month's spend holds {joint:.1%} simulated jointly, "
            f"{alone:.1%} with independent draws (by chance alone 80% ± {noise_of_it:.1%}); jointly it is {wider:.1f} "
            "times as wide\n"
        )


if __name__ == "__main__":
    main()
