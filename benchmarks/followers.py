"""How well the question about followers finds accounts that bought them or that bots follow, in the demo world.

`table()` gives the figures for `benchmarks.accuracy`; `python -m benchmarks.followers` prints them alone.
"""

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from athlete_intel import pipeline
from athlete_intel.features import tables as feature_tables
from athlete_intel.features.questions import questions_of
from athlete_intel.influence.authenticity import LEAST_FOLLOWERS, authenticity
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.importer import store_path
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Database

SCENARIOS = ("calm", "bot-wave", "viral", "pandemic")


def table(scenarios: Iterable[str] = SCENARIOS, athletes: int = 1200, days: int = 548) -> pd.DataFrame:
    """Recall, precision and false alarms in each scenario; see `figures`."""
    rows = []
    for scenario in scenarios:
        with tempfile.TemporaryDirectory() as folder:
            rows.append({"scenario": scenario, **figures(*asked(scenario, Path(folder), athletes, days))})
    return pd.DataFrame(rows)


def asked(scenario: str, folder: Path, athletes: int, days: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table `authenticity` of a demo world, and the same accounts' truth: inflated, and by what."""
    write_demo(folder, load_scenario(scenario), athletes=athletes, days=days)
    settings = Settings(home=folder / "home")
    pipeline.run_import(settings, load_mapping("demo"), folder, pipeline.utc_now())
    with Database(store_path(settings.folder)) as database:
        as_of = feature_tables.data_as_of(database)
        feature_tables.prepare(database, window_days=28)
        scoring = questions_of(database, feature_tables.sql("scoring_asks"), as_of, settings.posts_window)
        found = authenticity(
            scoring.answers["follower_features"],
            scoring.answers["post_features"],
            feature_tables.follower_jumps(database, as_of, LEAST_FOLLOWERS),
            pd.DataFrame({"athlete_id": [], "platform": []}, dtype="str"),
        )
        counts = database.table("follower_counts")
    return found, _truth(found, counts, folder / "truth", scenario)


def figures(found: pd.DataFrame, truth: pd.DataFrame) -> dict[str, float]:
    """What was asked about against what is true.

    Returns:
        flagged: share of accounts asked about. recall: of inflated accounts. recall_seen: of those whose jump lies
        inside the history that was read. precision: share of questions that are about inflated accounts. false_alarms:
        share of honest accounts asked about.
    """
    flagged = found["flagged"].astype("bool")
    inflated, seen = truth["inflated"], truth["seen"]
    return {
        "accounts": len(found),
        "inflated": int(inflated.sum()),
        "flagged": float(flagged.mean()),
        "recall": float(flagged[inflated].mean()),
        "recall_seen": float(flagged[seen].mean()),
        "precision": float(inflated[flagged].mean()),
        "false_alarms": float(flagged[~inflated].mean()),
    }


def _truth(found: pd.DataFrame, counts: pd.DataFrame, folder: Path, scenario: str) -> pd.DataFrame:
    """Which of the accounts were inflated: followers bought, or bots of the scenario."""
    athletes = pd.concat(pd.read_parquet(path) for path in sorted(folder.glob("athletes*")))
    table = found.merge(athletes, on="athlete_id", how="left", validate="many_to_one")
    inflated = table["bought_followers"].astype("bool")
    for change in load_scenario(scenario).changes:
        if change.kind == "followers" and change.size > 1:
            inflated |= (table["chosen"] < change.share_of_athletes) & table["platform"].isin(change.platforms)
    # A purchase multiplies a count at least two and a half times within a week; nothing else in this world does.
    weekly = counts.sort_values("day").groupby(["athlete_id", "platform"])["followers"]
    grown = counts.assign(grown=weekly.pct_change()).groupby(["athlete_id", "platform"])["grown"].max()
    jumped = grown.reindex(pd.MultiIndex.from_frame(table[["athlete_id", "platform"]])).to_numpy() > 1
    return pd.DataFrame({"inflated": inflated, "seen": inflated & jumped})


def main() -> None:
    """Measure and print."""
    sys.stdout.write(table().to_string(index=False, float_format="{:.3f}".format) + "\n")


if __name__ == "__main__":
    main()
