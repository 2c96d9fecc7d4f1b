"""The whole run on a small world: what it publishes, that it repeats, and that a failure leaves all as it was."""

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from athlete_intel import pipeline, stages
from athlete_intel.contracts import PUBLISHED_TABLES, RAW_TABLES, SQL_TYPES
from athlete_intel.errors import BusyError, NotEnoughDataError
from athlete_intel.influence.store import ModelStore
from athlete_intel.payouts.cards import load_card
from athlete_intel.settings import Settings
from athlete_intel.sources.importer import store_path
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Database, Snapshots

NOW = datetime(2026, 11, 1)
OPEN_ENDED = {"training_rows", "scoring_rows"}
"""Published tables with a column for each feature besides those of the contract."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, small_demo_folder: Path) -> Path:
    """A home of its own with the small demo world imported and built."""
    home = tmp_path_factory.mktemp("pipeline")
    settings = Settings(home=home)
    pipeline.run_import(settings, load_mapping("demo"), small_demo_folder, NOW)
    pipeline.build(settings, NOW)
    return home


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home)


@pytest.fixture
def snapshots(home: Path) -> Snapshots:
    return Snapshots(home / "demo")


def test_a_snapshot_holds_every_table_of_its_contract(snapshots: Snapshots) -> None:
    assert {*RAW_TABLES, *PUBLISHED_TABLES} <= set(snapshots.current().rows)
    with Database(snapshots.folder / snapshots.current().file, read_only=True) as database:
        types = database.query("SELECT table_name, column_name, data_type FROM duckdb_columns()")
    for name, contract in {**RAW_TABLES, **PUBLISHED_TABLES}.items():
        found = types[types["table_name"] == name]
        kinds = dict(zip(found["column_name"], found["data_type"], strict=True))
        if name not in OPEN_ENDED:
            assert list(kinds) == contract.column_names, name
        for column in contract.columns:
            allowed = {SQL_TYPES[column.type], "DATE" if column.type == "timestamp" else "", "INTEGER"}
            assert kinds[column.name] in allowed, f"{name}.{column.name} is {kinds[column.name]}"


@pytest.mark.parametrize("name", [name for name in PUBLISHED_TABLES if name not in ("quarantine",)])
def test_published_tables_keep_their_keys_and_hold_no_unexpected_gaps(snapshots: Snapshots, name: str) -> None:
    table, contract = snapshots.read(name), PUBLISHED_TABLES[name]
    assert not table.duplicated(list(contract.key)).any()
    for column in contract.columns:
        if not column.nullable and len(table) and (name, column.name) != ("model_candidates", "coverage"):
            assert table[column.name].notna().all(), f"{name}.{column.name}"


def test_every_prediction_lies_in_its_range_and_is_paid_at_the_rate(snapshots: Snapshots) -> None:
    rankings, payouts = snapshots.read("rankings"), snapshots.read("payouts")
    dataset = snapshots.read("dataset").iloc[0]
    assert (rankings["low"] <= rankings["predicted"]).all()
    assert (rankings["predicted"] <= rankings["high"]).all()
    assert rankings["rank"].tolist() == list(range(1, len(rankings) + 1))
    both = rankings.merge(payouts, on="athlete_id")
    assert len(both) == len(rankings) == len(payouts)
    exact = both["predicted"] * dataset["rate_cents_per_1000"] / 1000
    floor = load_card("standard").floor_cents
    assert (both["expected_cents"] - exact.clip(lower=floor)).abs().max() <= 0.5
    assert set(payouts["snapshot_id"]) == {snapshots.current().id}
    assert set(payouts["model_version"]) == {dataset["model_version"]}


def test_the_estimate_follows_the_truth(snapshots: Snapshots, small_demo_folder: Path) -> None:
    truth = pd.concat(map(pd.read_parquet, (small_demo_folder / "truth").glob("influence-*.parquet")))
    latest = truth.sort_values("day").groupby("athlete_id")["log_influence"].last()
    rankings = snapshots.read("rankings").set_index("athlete_id")
    assert rankings["predicted"].corr(latest, method="spearman") > 0.9


def test_coverage_is_measured_on_later_windows(snapshots: Snapshots) -> None:
    backtest = snapshots.read("backtest")
    chosen = snapshots.read("model_candidates").query("chosen").iloc[0]
    ranged = backtest.dropna(subset="low")
    inside = ranged["actual"].between(ranged["low"], ranged["high"]).mean()
    assert chosen["coverage"] == pytest.approx(inside)
    assert inside == pytest.approx(0.8, abs=0.12)


def test_the_same_input_gives_the_same_tables(home: Path, settings: Settings, snapshots: Snapshots) -> None:
    first = snapshots.current()
    again = pipeline.build(settings, NOW + timedelta(hours=1), force=True).snapshot
    assert again.id != first.id
    # Which model was in use before is told, too, and the first time there was none.
    choices = [snapshots.read("model_choice", snapshot=each).iloc[0] for each in (first, again)]
    assert [choice["reason"] for choice in choices] == ["first model", "no reason"]
    assert len({choice[name] for choice in choices for name in ("challenger", "used")}) == 1
    uses = snapshots.read("model_uses", snapshot=again)
    assert uses["snapshot_id"].tolist() == [again.id, first.id]
    assert set(uses["model_version"]) == {choices[0]["used"]}
    for name in set(first.rows) - {"model_choice", "model_uses"}:
        pd.testing.assert_frame_equal(
            snapshots.read(name, snapshot=first).drop(columns="snapshot_id", errors="ignore"),
            snapshots.read(name, snapshot=again).drop(columns="snapshot_id", errors="ignore"),
        )


def test_a_second_cycle_does_nothing(settings: Settings, small_demo_folder: Path) -> None:
    report = pipeline.run_import(settings, load_mapping("demo"), small_demo_folder, NOW + timedelta(days=1))
    assert report.skipped
    assert pipeline.build(settings, NOW + timedelta(days=1)).reused


def test_what_a_stopped_run_did_not_tell_is_told_where_nothing_has_changed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    monkeypatch.setattr(pipeline, "tell_open", lambda *arguments: told.append(arguments) or "It was down.")
    report = pipeline.build(settings, pipeline.utc_now())
    assert (report.reused, report.warnings) == (True, ("It was down.",))
    assert [(len(table.columns) > 0, folder) for table, folder, *_ in told] == [(True, settings.folder)]


def test_a_changed_setting_makes_a_new_snapshot(settings: Settings) -> None:
    changed = replace(settings, rate_cents_per_1000=999)
    report = pipeline.build(changed, NOW + timedelta(days=2))
    assert not report.reused
    payouts = Snapshots(settings.folder).read("payouts")
    assert set(payouts["rate_cents_per_1000"]) == {999}
    assert set(payouts["rate_card"]) == {"standard 2026-11"}
    assert Snapshots(settings.folder).read("dataset")["rate_from"].tolist() == ["settings"]


def test_an_edited_rate_card_makes_a_new_snapshot(settings: Settings, tmp_path: Path) -> None:
    card = tmp_path / "own.toml"
    card.write_text('name = "own"\nversion = "1"\nrate_cents_per_1000 = 777\n')
    own = replace(settings, rate_card=str(card))
    assert not pipeline.build(own, NOW + timedelta(days=3)).reused
    card.write_text('name = "own"\nversion = "1"\nrate_cents_per_1000 = 778\n')
    assert not pipeline.build(own, NOW + timedelta(days=4)).reused
    payouts = Snapshots(settings.folder).read("payouts")
    assert set(payouts["rate_cents_per_1000"]) == {778}
    assert set(payouts["rate_card"]) == {"own 1"}


def test_a_build_that_fails_leaves_the_published_snapshot(
    settings: Settings, snapshots: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshots.current()

    def broken(*arguments: object) -> None:
        raise RuntimeError("the power failed")

    monkeypatch.setattr(stages.bundles, "bundle_tables", broken)
    with pytest.raises(RuntimeError):
        pipeline.build(settings, NOW + timedelta(days=3), force=True)
    assert snapshots.current() == before
    monkeypatch.undo()
    after = pipeline.build(settings, NOW + timedelta(days=4), force=True).snapshot
    assert snapshots.current() == after
    assert not list(snapshots.folder.glob("unfinished-*"))


def test_an_empty_workspace_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NotEnoughDataError, match="athlete-intel import"):
        pipeline.build(Settings(home=tmp_path), NOW)


@pytest.mark.parametrize(("athletes", "message"), [(0, "no posts, stories or signals"), (3, "outcomes to learn from")])
def test_too_little_data_is_said_in_a_sentence(tmp_path: Path, athletes: int, message: str) -> None:
    (tmp_path / "a.csv").write_text("name,y\n" + "".join(f"n{i},{i}\n" for i in range(athletes)))
    (tmp_path / "m.toml").write_text(
        """
        name = "tiny"
        title = "Tiny"
        [outcome]
        name = "views"
        label = "Views"
        window_days = 1
        rate_cents_per_1000 = 1
        [features.y]
        label = "Y"
        [[files]]
        path = "a.csv"
        [[files.tables]]
        table = "athletes"
        [files.tables.columns]
        athlete_id = "name"
        name = "name"
        [[files.tables]]
        table = "outcomes_as_of"
        [files.tables.columns]
        athlete_id = "name"
        as_of = "time('2026-01-01')"
        outcome = "y"
        [[files.tables]]
        table = "features_as_of"
        [files.tables.columns]
        athlete_id = "name"
        as_of = "time('2026-01-01')"
        [files.tables.features]
        y = "y"
        """
    )
    settings = Settings(home=tmp_path / "home", workspace="tiny")
    pipeline.run_import(settings, load_mapping(str(tmp_path / "m.toml")), tmp_path, NOW)
    with pytest.raises(NotEnoughDataError, match=message):
        pipeline.build(settings, NOW)


def test_two_builds_at_once_are_refused(settings: Settings, snapshots: Snapshots) -> None:
    import subprocess
    import sys

    script = (
        "import sys, time; from pathlib import Path; from athlete_intel.warehouse import Database\n"
        "with Database(Path(sys.argv[1])):\n    print('open', flush=True); time.sleep(60)"
    )
    before = snapshots.current()
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(store_path(settings.folder))], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(BusyError, match="in use by another process"):
            pipeline.build(settings, NOW + timedelta(days=5), force=True)
    finally:
        holder.kill()
        holder.wait()
    assert snapshots.current() == before


@pytest.mark.parametrize("workspace", ["facebook_pages", "nba2017", "on3_nil"])
def test_real_data_sets_end_in_a_whole_snapshot(built_home: Path, workspace: str) -> None:
    if not (built_home / workspace).is_dir():
        pytest.skip(f"the real data set {workspace} is not at ../shared/real")
    snapshots = Snapshots(built_home / workspace)
    rankings, candidates = snapshots.read("rankings"), snapshots.read("model_candidates")
    assert len(rankings) > 30
    assert np.isfinite(rankings[["predicted", "low", "high"]].to_numpy()).all()
    ridge, median = candidates.set_index("candidate").loc[["ridge", "median"], "mae_log"]
    assert ridge < median, "the model must beat the naive baseline on real data"
    assert candidates.loc[candidates["chosen"], "coverage"].between(0.7, 0.9).all()


def test_the_model_behind_the_snapshot_is_the_champion_and_predicts_what_was_published(
    settings: Settings, snapshots: Snapshots
) -> None:
    store = ModelStore(settings.folder)
    champion = store.champion()
    assert champion is not None
    assert champion.version == snapshots.read("dataset")["model_version"].item()
    pd.testing.assert_frame_equal(snapshots.read("models"), store.table(), check_dtype=False)
    scoring = snapshots.read("scoring_rows").set_index("athlete_id")
    today = scoring.dropna(how="all").reindex(columns=snapshots.read("feature_catalogue")["feature"])
    learned = store.load(champion.version, features=scoring.columns)
    predicted = np.expm1(learned.predict(today)["predicted_log"])
    published = snapshots.read("rankings").set_index("athlete_id")["predicted"]
    np.testing.assert_allclose(predicted.reindex(published.index), published, rtol=1e-12)


def test_equal_data_and_code_give_the_equal_model_elsewhere(
    settings: Settings, tmp_path: Path, small_demo_folder: Path
) -> None:
    elsewhere = Settings(home=tmp_path)
    pipeline.run_import(elsewhere, load_mapping("demo"), small_demo_folder, NOW)
    pipeline.build(elsewhere, NOW)
    one, two = ModelStore(settings.folder).champion(), ModelStore(elsewhere.folder).champion()
    assert one is not None
    assert two is not None
    assert (one.version, one.sha256) == (two.version, two.sha256)


def test_a_build_that_fails_leaves_the_champion_and_one_stopped_before_it_promoted_is_finished(
    tmp_path: Path, small_demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path)
    store = ModelStore(settings.folder)
    pipeline.run_import(settings, load_mapping("demo"), small_demo_folder, NOW)

    def broken(*arguments: object) -> None:
        raise RuntimeError("the power failed")

    monkeypatch.setattr(stages.bundles, "bundle_tables", broken)
    with pytest.raises(RuntimeError):
        pipeline.build(settings, NOW)
    assert [model.status for model in store.all()] == ["challenger"]
    monkeypatch.undo()
    monkeypatch.setattr(ModelStore, "promote", broken)
    with pytest.raises(RuntimeError):
        pipeline.build(settings, NOW)
    assert store.champion() is None
    monkeypatch.undo()
    assert pipeline.build(settings, NOW).reused
    assert [model.status for model in store.all()] == ["champion"]


def test_a_tracking_server_that_is_down_is_a_warning(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "mlflow", None)
    (warning,) = pipeline.build(settings, NOW + timedelta(days=6), force=True).warnings
    assert "was not logged" in warning
