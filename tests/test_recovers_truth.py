"""What the product estimates from the demo world is what is true in it."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from athlete_intel import pipeline
from athlete_intel.bundles import NOISE
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.importer import store_path
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Database, Snapshots

NOW = datetime(2026, 11, 1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half of the default world, as files; the oracle stands in `truth/`."""
    folder = tmp_path_factory.mktemp("world")
    write_demo(folder, load_scenario("calm"), athletes=600)
    return folder


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    pipeline.run_import(settings, load_mapping("demo"), world, NOW)
    pipeline.build(settings, NOW)
    return settings


def read(settings: Settings, table: str) -> pd.DataFrame:
    return Snapshots(settings.folder).read(table)


def truth(world: Path, table: str) -> pd.DataFrame:
    return pd.concat(map(pd.read_parquet, sorted((world / "truth").glob(f"{table}-*.parquet"))))


def true_influence(world: Path) -> pd.Series:
    return truth(world, "influence").sort_values("day").groupby("athlete_id")["log_influence"].last()


def test_the_ranking_follows_the_true_influence(settings: Settings, world: Path) -> None:
    rankings = read(settings, "rankings").set_index("athlete_id")
    assert len(rankings) > 550
    estimated = rankings["predicted"].corr(true_influence(world), method="spearman")
    followers = rankings["followers"].astype("float64").corr(true_influence(world), method="spearman")
    assert estimated > 0.95
    assert estimated > followers, "that is the point of not ranking by followers"


def test_predictions_of_unseen_stories_are_near_their_true_expectation(settings: Settings, world: Path) -> None:
    backtest = read(settings, "backtest").merge(
        truth(world, "stories"), left_on="row_id", right_on="story_id", suffixes=("", "_true")
    )
    ratio = backtest["predicted"] / backtest["expected_page_views"]
    # Medians are predicted and expectations are means; the outcome's median lies about 13% lower.
    assert 0.75 < ratio.median() < 1.05


def test_clusters_are_the_true_audience_types(settings: Settings, world: Path) -> None:
    clusters = read(settings, "clusters")
    types = truth(world, "athletes").set_index("athlete_id")["audience_type"]
    clustered = clusters[clusters["cluster"] != NOISE]
    assert adjusted_rand_score(types[clustered["athlete_id"]], clustered["cluster"]) > 0.7
    assert len(clustered) / len(clusters) > 0.75


def test_athletes_with_bought_followers_are_ranked_where_they_belong(settings: Settings, world: Path) -> None:
    rankings = read(settings, "rankings").set_index("athlete_id")
    bought = truth(world, "athletes").set_index("athlete_id")["bought_followers"].reindex(rankings.index)
    true_rank = true_influence(world).reindex(rankings.index).rank(ascending=False)
    assert bought.sum() > 20
    by_estimate = (rankings["rank"] - true_rank)[bought].median()
    by_followers = (rankings["follower_rank"].astype("float64") - true_rank)[bought].median()
    assert abs(by_estimate) < len(rankings) * 0.03
    assert by_followers < -len(rankings) * 0.1, "by followers they stand far too high"


def test_fake_followers_move_no_rank_at_all(settings: Settings) -> None:
    before = read(settings, "rankings")
    chosen = before["athlete_id"].iloc[[0, len(before) // 2, -1]].tolist()
    with Database(store_path(settings.folder)) as store:
        store.execute(
            "UPDATE follower_counts SET followers = CAST(followers * 1.3 AS BIGINT) "
            "WHERE list_contains($athletes, athlete_id)",
            {"athletes": chosen},
        )
    pipeline.build(settings, NOW, force=True)
    after = read(settings, "rankings")
    moved = (
        after.set_index("athlete_id").loc[chosen, "followers"] / before.set_index("athlete_id").loc[chosen, "followers"]
    )
    assert moved.tolist() == pytest.approx([1.3] * 3, abs=0.01), "the followers must have arrived"
    unmoved = ["rank", "athlete_id", "predicted", "low", "high", "outcomes_seen"]
    pd.testing.assert_frame_equal(before[unmoved], after[unmoved], check_exact=True)
