"""`make bench-bundles`: what was asked of clusters, bundles and the planner, beside what is measured.

    python -m benchmarks.bundles [real] [planner] [demo] [promises [SEED …]]

The demo world is clustered as of its end and as of earlier months, with what was known then. Real data come from
../shared/real; what is not there is left out with a word.
"""

import itertools
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from athlete_intel import pipeline
from athlete_intel.bundles import (
    NOISE,
    Before,
    bundle_tables,
    find_clusters,
    identify,
    learn_scale,
    none_before,
    share_kept,
    social_profile,
)
from athlete_intel.bundles.chosen import Chosen
from athlete_intel.bundles.clusters import Clustering
from athlete_intel.bundles.draws import Errors, joint_draws
from athlete_intel.bundles.joining import MOST_CHANGED
from athlete_intel.bundles.packages import told_shortly
from athlete_intel.bundles.planner import best_plan
from athlete_intel.bundles.requests import Request
from athlete_intel.bundles.stability import STABLE
from athlete_intel.features import tables
from athlete_intel.features.questions import Questions, questions_of
from athlete_intel.handles.stage import settle_handles
from athlete_intel.influence.learning import learn
from athlete_intel.influence.ranking import rank_athletes
from athlete_intel.payout_results import main_platforms
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Database
from benchmarks.asked import asked, outcome, say

REAL = Path(__file__).parents[1] / ".." / "shared" / "real"
MONTH = 28
MONTHS = 6
SECONDS = 3.0
CERTAIN_SECONDS = 10.0
"""Where a few stars stand among many."""
LEAST_RAND, MOST_NOISE, LEAST_KEPT = 0.7, 0.25, 0.9
PARTS = 4
"""Times that other athletes are the ones who come later."""
CLAIMED = 0.8
SEEDS = (2026, 1, 2)
"""Worlds in which promises are tested: that of the demo, and others on which nothing was chosen."""


@dataclass(frozen=True)
class Clustered:
    """Athletes as they were known on a day, and their clusters."""

    today: Questions
    found: Clustering
    seconds: float


def main(words: list[str]) -> int:
    """Measure what the words name, or all of it; 1 if anything that was asked is missed."""
    seeds = [int(word) for word in words if word.isdigit()] or list(SEEDS)
    with tempfile.TemporaryDirectory() as scratch, threadpool_limits(limits=1):
        for name in ("nba2017", "on3_nil") if not words or "real" in words else ():
            say(f"\n== {name}")
            if not (REAL / name).is_dir():
                say(f"left out, because {REAL / name} is missing")
                continue
            (clustered,) = clustered_as_of(name, REAL / name, Path(scratch), (0,))
            _print_clusters(clustered)
            stable = int((clustered.found.groups["stability"] >= STABLE).sum())
            asked("clusters that come back in resamples", f"{stable}", "more than 2", stable > 2)
        if not words or "planner" in words:
            say("\n== planner")
            _planner()
            _few_stars()
        if not words or "demo" in words:
            say("\n== demo world")
            folder = Path(scratch) / "demo"
            write_demo(folder, load_scenario("calm"))
            _demo(folder, Path(scratch))
        if not words or "promises" in words:
            held = []
            for seed in seeds:
                say(f"\n== promises, demo world of seed {seed}")
                held.append(_promises(Path(scratch), seed))
                _print_promises(held[-1])
            say("\n== promises, all worlds")
            _print_promises(pd.concat(held))
            _judge_promises(pd.concat(held))
    return outcome()


def _planner() -> None:
    """Thousands of made-up athletes with every wish at once, at rates of their own and at one flat rate for all.

    At a flat rate hosts of choices are worth nearly the same, which is what makes a search long.
    """
    cases = [(10_000, rates) for rates in ("own rates", "one flat rate")] + [(7_000, "one flat rate, alike in risk")]
    for number, rates in cases:
        athletes = _made_up(number, rates)
        fitting = athletes[athletes["sport"].eq("a") & athletes["country"].eq("x")]["athlete_id"]
        for goal, budget in itertools.product(("expected", "certain"), (500_000, 5_000_000, 50_000_000)):
            request = Request(
                budget,
                goal,  # type: ignore[arg-type]
                sports=("a", "b", "c", "d"),
                countries=("x", "y"),
                least_athletes=20,
                largest_share=0.08,
                least_women=12,
                least_newcomers=6,
                least_rarely_offered=8,
                pinned_in=tuple(fitting.iloc[:2]),
                pinned_out=tuple(fitting.iloc[2:5]),
            )
            started, worked = time.perf_counter(), time.process_time()
            plan = best_plan(athletes, request)
            seconds, worked = time.perf_counter() - started, time.process_time() - worked
            assert plan is not None
            asked(
                f"{rates}, {goal:8s} within ${budget / 100:,.0f}, {len(plan.athletes):,} of {number:,} athletes",
                f"{'proven' if plan.proven else 'not proven'}, {seconds:.2f} s, of processor time {worked:.2f} s",
                "a proven optimum in under 3 s",
                plan.proven and min(seconds, worked) < SECONDS,
            )


def _few_stars() -> None:
    """A few stars among thousands who all cost the same for each 1,000: a number of athletes is what is hard then."""
    random = np.random.default_rng(7)
    mean = np.concatenate([random.uniform(3e5, 2e6, 60), random.lognormal(10.5, 0.6, 6_000)]).round()
    athletes = _made_up(len(mean), "one flat rate").assign(
        mean=mean,
        cost_cents=(mean * np.where(mean > 3e5, 2 + random.uniform(0, 1, len(mean)), 4.8)).astype("int64"),
        variance=(mean * random.uniform(0.5, 2, len(mean))) ** 2,
        shared=mean * random.uniform(0, 0.1, len(mean)),
    )
    wishes: tuple[tuple[str, dict[str, int]], ...] = (
        ("any number", {}),
        ("at least 5", {"least_athletes": 5}),
        ("at least 30", {"least_athletes": 30}),
        ("at most 3", {"most_athletes": 3}),
    )
    for goal, most in (("expected", SECONDS), ("certain", CERTAIN_SECONDS)):
        for budget, (told, wish) in itertools.product((2_000_000, 10_000_000, 50_000_000), wishes):
            worked = time.process_time()
            plan = best_plan(athletes, Request(budget, goal, **wish))  # type: ignore[arg-type]
            worked = time.process_time() - worked
            assert plan is not None
            asked(
                f"few stars among many, {goal:8s} within ${budget / 100:,.0f}, {told}: {len(plan.athletes):,} athletes",
                f"{'proven' if plan.proven else f'open by {plan.unsure / plan.value:.2%}'}, {worked:.2f} s",
                f"a proven optimum in under {most:.0f} s",
                plan.proven and worked < most,
            )


def _made_up(number: int, rates: str) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    mean = np.exp(rng.normal(7, 1.2, number))
    cost = mean * 5 * (np.exp(rng.normal(0, 0.3, number)) if rates == "own rates" else 1.0)
    risk = rng.uniform(0.3, 1.2, number) if rates != "one flat rate, alike in risk" else 0.7
    return pd.DataFrame(
        {
            "athlete_id": [f"a{i:05}" for i in range(number)],
            "mean": mean,
            "cost_cents": np.maximum(1, cost).astype("int64"),
            "variance": (mean * risk) ** 2,
            "shared": mean * 0.25,
            "woman": rng.random(number) < 0.4,
            "newcomer": rng.random(number) < 0.1,
            "rarely_offered": rng.random(number) < 0.5,
            "sport": rng.choice(list("abcde"), number),
            "country": rng.choice(list("xyz"), number),
        }
    )


def clustered_as_of(name: str, folder: Path, home: Path, days_ago: tuple[int, ...]) -> list[Clustered]:
    """Import a folder and cluster its athletes as of so many days before the end, oldest first."""
    settings = Settings(home=home, workspace=name)
    pipeline.run_import(settings, load_mapping(name), folder, pipeline.utc_now())
    results = []
    with Database.in_memory() as database:
        pipeline.copy_inputs(database, settings)
        settled = settle_handles(database, settings)
        end = tables.data_as_of(database)
        tables.prepare(database, int(database.table("mappings")["window_days"].max()), settled.owners)
        for days in sorted(days_ago, reverse=True):
            as_of = end - pd.Timedelta(days=days)
            today = questions_of(database, tables.sql("scoring_asks"), as_of, settings.posts_window)
            known = today.matrix[today.matrix.notna().any(axis="columns")]
            started = time.perf_counter()
            found = find_clusters(social_profile(known, today.catalogue), settings.seed)
            results.append(Clustered(today, found, time.perf_counter() - started))
    return results


def _demo(folder: Path, home: Path) -> None:
    truth = pd.concat(map(pd.read_parquet, sorted((folder / "truth").glob("athletes-*.parquet"))))
    types = truth.set_index("athlete_id")["audience_type"]
    months = clustered_as_of("demo", folder, home, tuple(MONTH * number for number in range(4)))
    _print_clusters(months[-1])
    members = months[-1].found.members
    inside = members[members["cluster"] != NOISE]
    rand = adjusted_rand_score(types[inside["athlete_id"]], inside["cluster"])
    noise = float((members["cluster"] == NOISE).mean())
    asked("adjusted Rand against the true audience types", f"{rand:.3f}", f"at least {LEAST_RAND}", rand >= LEAST_RAND)
    asked("noise", f"{noise:.1%}", f"under {MOST_NOISE:.0%}", noise < MOST_NOISE)
    _print_newcomers(months[-1].today, types)
    # Groups are formed anew each month here, as a build does after four weeks of data: in between nobody moves.
    before, gone = none_before(), dict[str, str]()
    for month in months:
        members = month.found.members
        told = identify(members, before, gone)
        names = told.dropna(subset=["cluster"]).set_index("cluster")["identity"]
        now = members[["athlete_id"]].assign(identity=members["cluster"].map(names))
        if len(before):
            states = ", ".join(f"{row.identity} {row.state}" for row in told.itertuples() if row.state != "same")
            kept, limit = share_kept(now, before), f"at least {LEAST_KEPT:.0%}"
            asked("members who keep their identity a month later", f"{kept:.1%}", limit, kept >= LEAST_KEPT)
            say(f"         {states or 'all the same'}")
        before, gone = now, told[told["state"] == "gone"].set_index("identity")["went_to"].to_dict()


def _print_newcomers(today: Questions, types: pd.Series) -> None:
    """Whether athletes who come after groups were formed join the group of their true audience type."""
    known = today.matrix[today.matrix.notna().any(axis="columns")].sort_index()
    athletes = np.random.default_rng(1).permutation(known.index)
    joined = []
    for newcomers in np.array_split(athletes, round(1 / MOST_CHANGED))[:PARTS]:
        there = known.drop(index=newcomers)
        scale = learn_scale(there, today.catalogue)
        found = find_clusters(scale.of(there))
        members = found.members.query("cluster >= 0").set_index("athlete_id")["cluster"]
        type_of = types.reindex(members.index).groupby(members).agg(lambda own: own.mode().iloc[0])
        told = found.assign(scale.of(known.loc[newcomers]))
        joined.append(told.assign(type_of=told["cluster"].map(type_of)))
    told = pd.concat(joined, ignore_index=True)
    inside = told[told["cluster"] != NOISE]
    share, limit = len(inside) / len(told), 1 - MOST_NOISE
    asked(f"newcomers who join a group, of {len(told)}", f"{share:.1%}", f"at least {limit:.0%}", share >= limit)
    right = float((inside["type_of"] == types.reindex(inside["athlete_id"]).to_numpy()).mean())
    asked("of these, in a group of their true type", f"{right:.1%}", f"at least {LEAST_KEPT:.0%}", right >= LEAST_KEPT)


def _promises(scratch: Path, seed: int) -> pd.DataFrame:
    """Bundles as they would have been offered at the start of each of the last months, and what came."""
    settings = Settings(home=scratch, workspace=f"world-{seed}")
    write_demo(scratch / f"files-{seed}", load_scenario("calm"), seed=seed)
    pipeline.run_import(settings, load_mapping("demo"), scratch / f"files-{seed}", pipeline.utc_now())
    rows = []
    with Database.in_memory() as database:
        pipeline.copy_inputs(database, settings)
        settled = settle_handles(database, settings)
        end = tables.data_as_of(database)
        tables.prepare(database, int(database.table("mappings")["window_days"].max()), settled.owners)
        training = questions_of(database, tables.sql("training_asks"), end, settings.posts_window)
        athletes = database.table("athletes")
        last = training.rows["as_of"].max().floor("D")
        for month in range(MONTHS, 0, -1):
            starts = last - pd.Timedelta(days=MONTH * month)
            rows.append(_promised_in(database, training, athletes, starts, settings))
    held = pd.concat(rows, ignore_index=True).assign(seed=seed)
    held["inside"] = held["actual"].between(held["low"], held["high"])
    held["reached"] = held["actual"] >= held["promised"]
    return held


def _print_promises(held: pd.DataFrame) -> None:
    for kind, part in held.groupby("kind"):
        ratio = part["actual"].sum() / part["expected"].sum()
        months = part.groupby(["seed", "starts"]).agg(inside=("inside", "mean"), ratio=("ratio", "median"))
        # Bundles of a month rise and fall together, so the months are what the share is uncertain by.
        error = months["inside"].std() / np.sqrt(len(months))
        say(
            f"{kind}: {len(part)} in {len(months)} months; the joint 80% range held {part['inside'].mean():.1%} (with "
            f"an error of {error:.1%} between months), what was promised with a chance of {part['chance'].mean():.1%} "
            f"came for {part['reached'].mean():.1%}, all that came over all that was expected {ratio:.3f}"
        )
        if held["seed"].nunique() == 1:
            told = ", ".join(f"{row.inside:.0%} ({row.ratio:.2f})" for row in months.itertuples())
            say(f"  by month, inside and median of actual over expected: {told}")


def _judge_promises(held: pd.DataFrame) -> None:
    """Whether the range of bundles holds at the share it claims, as far as so many months can tell."""
    offered = held[held["kind"] == "bundles on offer"]
    months = offered.groupby(["seed", "starts"])["inside"].mean()
    error = float(months.std() / np.sqrt(len(months)))
    share = float(offered["inside"].mean())
    told = f"{share:.1%} with an error of {error:.1%} between {len(months)} months"
    asked("bundles inside their joint 80% range", told, f"{CLAIMED:.0%}", abs(share - CLAIMED) <= 2 * error)


def _promised_in(
    database: Database, training: Questions, athletes: pd.DataFrame, starts: pd.Timestamp, settings: Settings
) -> pd.DataFrame:
    rows = training.rows
    known = np.flatnonzero(rows["outcome_known_at"] <= starts)
    learnt_from = replace(
        training, asks=training.asks.iloc[known].reset_index(drop=True), matrix=training.matrix.iloc[known]
    )
    learned, published = learn(learnt_from, settings)
    scoring = questions_of(database, tables.sql("scoring_asks"), starts, settings.posts_window)
    today = scoring.matrix.reindex(columns=training.catalogue["feature"])
    today = today[today.notna().any(axis="columns")].sort_index()
    predictions = learned.predict(today)
    rankings = rank_athletes(
        predictions,
        learned.lasting.deviation(predictions, settings.interval),
        athletes,
        scoring.answers["follower_features"].groupby("ask_id")["followers"].sum(),
        scoring.answers["outcome_features"].set_index("ask_id")["outcomes_seen"],
        pd.Series(dtype="Int64"),
        learned.mean_factor,
        settings.seed,
    )
    rankings["mean"] = rankings["predicted"] * learned.mean_factor
    flat = {"mean_cents": "mean", "low_cents": "low", "high_cents": "high"}
    payouts = rankings[["athlete_id"]].assign(**{cents: (rankings[views] * 5).round() for cents, views in flat.items()})
    terms = rankings[["athlete_id"]].assign(rate_cents_per_1000=5_000, floor_cents=0, cap_cents=0, uplift=1.0)
    none = pd.Series(dtype="int64")
    platforms = main_platforms(database, scoring.answers["activity_features"], starts.to_pydatetime())
    past = published["backtest"]
    errors = Errors.measured(past, rankings, platforms)
    unasked = pd.DataFrame({"athlete_id": [], "flagged": [], "z": [], "biggest_jump_share": []})
    made = bundle_tables(
        today,
        training.catalogue,
        rankings,
        payouts,
        terms,
        past,
        errors,
        none,
        unasked,
        Before(),
        starts.to_pydatetime(),
        MONTH,
        0.8,
        settings.seed,
    )
    # One story of each member: the first that comes after the promise. Who told none is left out of both sides.
    later = rows[(rows["as_of"] >= starts) & (rows["as_of"] < starts + pd.Timedelta(days=MONTH))]
    came = later.sort_values(["as_of", "row_id"]).groupby("athlete_id")["outcome"].first()
    draws = Chosen.of(made["chosen_sets"]).applied(joint_draws(rankings, errors, settings.seed))
    place = pd.Series(range(len(rankings)), index=rankings["athlete_id"])
    sets = {"bundles on offer": made["bundle_members"].groupby("bundle_id")["athlete_id"].apply(list).tolist()}
    rng = np.random.default_rng(settings.seed)
    everybody = rankings["athlete_id"].to_numpy()
    sets["ten athletes at random"] = [rng.choice(everybody, 10, replace=False).tolist() for _ in range(100)]
    promises = []
    for kind, groups in sets.items():
        for group in groups:
            told = [athlete for athlete in group if athlete in came.index]
            if not told:
                continue
            total = draws[place[told]].sum(axis=0)
            promised = told_shortly(float(np.quantile(total, 0.2)))
            low, high = np.quantile(total, [0.1, 0.9])
            actual, expected = float(came[told].sum()), float(total.mean())
            promises.append(
                {
                    "kind": kind,
                    "starts": starts,
                    "low": low,
                    "high": high,
                    "promised": promised,
                    "chance": (total >= promised).mean(),
                    "expected": expected,
                    "actual": actual,
                    "ratio": actual / expected,
                }
            )
    return pd.DataFrame(promises)


def _print_clusters(clustered: Clustered) -> None:
    found = clustered.found
    members, groups = found.members, found.groups
    noise = (members["cluster"] == NOISE).mean()
    stable = groups["stability"] >= STABLE
    largest = groups["members"].max() / len(members)
    say(f"{len(members):,} athletes, noise {noise:.1%}, {clustered.seconds:.1f} s")
    asked("clusters", f"{len(groups)}", "more than 2", len(groups) > 2)
    asked("the largest of them", f"{largest:.1%} of the athletes", "not one giant", largest <= 0.5)
    say(
        f"stability: {', '.join(f'{value:.2f}' for value in groups['stability'])}; {stable.sum()} of {len(groups)} "
        f"reach {STABLE} and are offered, with {groups.loc[stable, 'members'].sum() / len(members):.1%} of the athletes"
    )
    chosen = found.tried[found.tried["chosen"]].iloc[0]
    say(
        f"setting taken: smallest cluster {chosen.size_share:.0%}, {chosen.neighbours} neighbours, {chosen.method}"
        f"{', on the plane' if chosen.on_plane else ''}; validity {chosen.validity:.3f}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
