"""`make bench-bundles`: what was asked of clusters, bundles and the planner, beside what is measured.

The demo world is clustered as of its end and as of earlier months, with what was known then. Real data come from
../shared/real; what is not there is left out with a word.
"""

import itertools
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from athlete_intel import pipeline
from athlete_intel.bundles import NOISE, find_clusters, identify, none_before, share_kept, social_profile
from athlete_intel.bundles.clusters import Clustering
from athlete_intel.bundles.planner import best_plan
from athlete_intel.bundles.requests import Request
from athlete_intel.bundles.stability import STABLE
from athlete_intel.features import tables
from athlete_intel.features.questions import Questions, questions_of
from athlete_intel.handles.stage import settle_handles
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Database

REAL = Path(__file__).parents[1] / ".." / "shared" / "real"
MONTH = 28


@dataclass(frozen=True)
class Clustered:
    """Athletes as they were known on a day, and their clusters."""

    today: Questions
    found: Clustering
    seconds: float


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch, threadpool_limits(limits=1):
        for name in ("nba2017", "on3_nil"):
            _print(f"\n== {name}")
            if not (REAL / name).is_dir():
                _print(f"left out, because {REAL / name} is missing")
                continue
            (clustered,) = clustered_as_of(name, REAL / name, Path(scratch), (0,))
            _print_clusters(clustered)
        _print("\n== planner")
        _planner()
        _print("\n== demo world")
        folder = Path(scratch) / "demo"
        write_demo(folder, load_scenario("calm"))
        _demo(folder, Path(scratch))


def _planner() -> None:
    """10,000 made-up athletes with every wish at once."""
    rng = np.random.default_rng(1)
    number = 10_000
    mean = np.exp(rng.normal(7, 1.2, number))
    athletes = pd.DataFrame(
        {
            "athlete_id": [f"a{i:05}" for i in range(number)],
            "mean": mean,
            "cost_cents": np.maximum(1, mean * 5 * np.exp(rng.normal(0, 0.3, number))).astype("int64"),
            "variance": (mean * rng.uniform(0.3, 1.2, number)) ** 2,
            "shared": mean * 0.25,
            "woman": rng.random(number) < 0.4,
            "newcomer": rng.random(number) < 0.1,
            "rarely_offered": rng.random(number) < 0.5,
            "sport": rng.choice(list("abcde"), number),
            "country": rng.choice(list("xyz"), number),
        }
    )
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
        started = time.perf_counter()
        plan = best_plan(athletes, request)
        seconds = time.perf_counter() - started
        assert plan is not None
        _print(
            f"{goal:8s} within ${budget / 100:,.0f}: {len(plan.athletes):,} of {number:,} athletes, "
            f"{'proven' if plan.proven else 'NOT PROVEN'}, {seconds:.2f} s (asked: a proven optimum in under 3 s)"
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
    _print(f"adjusted Rand against the true audience types: {rand:.3f} among clustered athletes (asked: 0.7)")
    before, gone = none_before(), list[str]()
    for month in months:
        members = month.found.members
        told = identify(members, before, gone)
        names = told.dropna(subset=["cluster"]).set_index("cluster")["identity"]
        now = members[["athlete_id"]].assign(identity=members["cluster"].map(names))
        if len(before):
            states = ", ".join(f"{row.identity} {row.state}" for row in told.itertuples() if row.state != "same")
            kept = share_kept(now, before)
            _print(
                f"a month later {kept:.1%} of the members keep their identity (asked: 90%); {states or 'all the same'}"
            )
        before, gone = now, told.loc[told["state"] == "gone", "identity"].tolist()


def _print_clusters(clustered: Clustered) -> None:
    found = clustered.found
    members, groups = found.members, found.groups
    noise = (members["cluster"] == NOISE).mean()
    stable = groups["stability"] >= STABLE
    _print(
        f"{len(members):,} athletes, {len(groups)} clusters (asked: more than 2), the largest with "
        f"{groups['members'].max() / len(members):.1%} (asked: not one giant), noise {noise:.1%} (asked of the demo "
        f"world: under 25%), {clustered.seconds:.1f} s"
    )
    _print(
        f"stability: {', '.join(f'{value:.2f}' for value in groups['stability'])}; {stable.sum()} of {len(groups)} "
        f"reach {STABLE} and are offered, with {groups.loc[stable, 'members'].sum() / len(members):.1%} of the athletes"
    )
    chosen = found.tried[found.tried["chosen"]].iloc[0]
    _print(
        f"setting taken: smallest cluster {chosen.size_share:.0%}, {chosen.neighbours} neighbours, {chosen.method}"
        f"{', on the plane' if chosen.on_plane else ''}; validity {chosen.validity:.3f}"
    )


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
