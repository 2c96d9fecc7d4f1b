"""The stages in order: raw files to store, store to features, model, ranking, pay, bundles, health, and a snapshot."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from athlete_intel import bundles, payouts
from athlete_intel.contracts import PUBLISHED_TABLES, RAW_TABLES
from athlete_intel.errors import NoSnapshotError, NotEnoughDataError
from athlete_intel.features import tables as feature_tables
from athlete_intel.features.matrix import design_matrix
from athlete_intel.influence import evaluation
from athlete_intel.influence.model import baseline_log, fit_ridge
from athlete_intel.influence.ranking import drivers, rank_athletes
from athlete_intel.monitoring import accuracy
from athlete_intel.monitoring.drift import drift
from athlete_intel.settings import Settings
from athlete_intel.sources.importer import ImportReport, create_store, import_files, store_path
from athlete_intel.sources.mapping import Mapping
from athlete_intel.warehouse import Database, Snapshot, Snapshots

Progress = Callable[[str], None]

_WITHOUT_EFFECT_ON_TABLES = ("home", "workspace", "keep_snapshots")


@dataclass(frozen=True)
class BuildReport:
    """A published snapshot; `reused` if nothing had changed since it was made."""

    snapshot: Snapshot
    reused: bool


@dataclass(frozen=True)
class Questions:
    """Rows to learn from or to predict, and what was known for each of them."""

    asks: pd.DataFrame
    answers: dict[str, pd.DataFrame]
    matrix: pd.DataFrame
    catalogue: pd.DataFrame


def utc_now() -> datetime:
    """The time in UTC, without a zone, in whole seconds."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def run_import(
    settings: Settings,
    mapping: Mapping,
    folder: Path,
    now: datetime,
    progress: Callable[[str, int], None] | None = None,
) -> ImportReport:
    """Bring the files of a mapping into the workspace's store; see `sources.importer.import_files`."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    with Database(store_path(settings.folder)) as store:
        return import_files(store, mapping, folder, now, refused_folder=settings.folder, progress=progress)


def build(settings: Settings, now: datetime, progress: Progress | None = None, force: bool = False) -> BuildReport:
    """Make a snapshot of everything in the store and publish it.

    If neither the imports nor the settings nor the code have changed since the current snapshot, that one stays.

    Raises:
        NotEnoughDataError: nothing was imported, or too little to learn from; the current snapshot stays.
        BusyError: another process is writing to this workspace.
    """
    path = store_path(settings.folder)
    if not path.is_file():
        raise NotEnoughDataError(
            f"The workspace {settings.workspace} is empty; run `athlete-intel import` with a mapping first."
        )
    snapshots = Snapshots(settings.folder, settings.keep_snapshots)
    inputs = _fingerprint(settings, path)
    if not force and (current := _current(snapshots)) is not None and current.inputs == inputs:
        return BuildReport(current, reused=True)

    def fill(database: Database, snapshot_id: str) -> None:
        with database.attached(path, "store"):
            _copy_raw(database)
        _publish_tables(database, snapshot_id, settings, progress or (lambda stage: None))

    return BuildReport(snapshots.publish(fill, inputs, now), reused=False)


def _current(snapshots: Snapshots) -> Snapshot | None:
    try:
        return snapshots.current()
    except NoSnapshotError:
        return None


def _fingerprint(settings: Settings, path: Path) -> str:
    """Fingerprint of all that decides what a snapshot holds: mappings and files read, settings, and code."""
    digest = hashlib.sha256()
    with Database(path) as store:
        create_store(store)
        for table, key in (("mappings", "mapping"), ("imports", "mapping, file")):
            digest.update(store.query(f"SELECT {key}, sha256 FROM {table} ORDER BY {key}").to_csv().encode())
    used = {name: value for name, value in asdict(settings).items() if name not in _WITHOUT_EFFECT_ON_TABLES}
    digest.update(repr(sorted(used.items())).encode())
    package = Path(__file__).parent
    for file in sorted([*package.rglob("*.py"), *package.rglob("*.sql")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _copy_raw(database: Database) -> None:
    for table in RAW_TABLES.values():
        database.create(table.name, f"SELECT * FROM store.{table.name} ORDER BY {', '.join(table.key)}")
    for name in ("imports", "quarantine"):
        database.create(name, f"SELECT * FROM store.{name} ORDER BY ALL")
    for name in ("mappings", "feature_labels"):
        database.create_temporary(name, f"SELECT * FROM store.{name} ORDER BY ALL")


def _publish_tables(database: Database, snapshot_id: str, settings: Settings, progress: Progress) -> None:
    progress("features")
    as_of = feature_tables.data_as_of(database)
    window_days = int(database.table("mappings")["window_days"].max())
    feature_tables.prepare(database, window_days)
    training = _questions(database, feature_tables.sql("training_asks"), as_of, settings)
    scoring = _questions(database, feature_tables.sql("scoring_asks"), as_of, settings)
    rows = training.asks.rename(columns={"ask_id": "row_id"})

    progress("model")
    by_time = evaluation.has_time(rows)
    splits = list(
        evaluation.time_splits(rows, settings.backtest_windows, settings.backtest_window_days)
        if by_time
        else evaluation.fold_splits(rows, settings.seed)
    )
    predictions = evaluation.out_of_sample(rows, training.matrix, training.catalogue, splits)
    candidates = evaluation.compare(predictions)
    chosen = str(candidates.loc[candidates["chosen"], "candidate"].item())
    tested = evaluation.with_ranges(predictions, chosen, settings.interval, by_time)
    backtest = tested if by_time else tested[tested["window"].str.startswith("repeat 1,")]
    inside = tested["actual"].between(tested["low"], tested["high"]).where(tested["low"].notna())
    candidates["coverage"] = np.where(candidates["chosen"], inside.astype("float64").mean(), np.nan)
    model = fit_ridge(training.matrix, training.catalogue, rows["outcome"])
    model_version = f"{chosen}-{_table_hash(rows.assign(**training.matrix.reset_index(drop=True)))}"

    progress("ranking")
    # The features of today in the columns of training: a platform that is new today is unknown to the model.
    today = scoring.matrix.reindex(columns=training.catalogue["feature"])
    today = today[today.notna().any(axis="columns")]
    predicted = (model.predict_log(today) if chosen == "ridge" else baseline_log(today, rows["outcome"])).sort_index()
    rankings = rank_athletes(
        predicted,
        (predictions["actual_log"] - predictions[chosen]).to_numpy(),
        settings.interval,
        database.table("athletes"),
        scoring.answers["follower_features"].groupby("ask_id")["followers"].sum(),
        scoring.answers["outcome_features"].set_index("ask_id")["outcomes_seen"],
    )
    dataset = _dataset(database.table("mappings"), as_of, by_time, model_version, settings)
    rate, rate_card = int(dataset["rate_cents_per_1000"].item()), str(dataset["rate_card"].item())
    pay = payouts.expected_payouts(rankings, rate, rate_card, model_version, snapshot_id)

    progress("bundles")
    profile = bundles.social_profile(today, training.catalogue)
    packages, clusters = bundles.package(bundles.find_clusters(profile), profile, training.catalogue, rankings, pay)

    progress("health")
    drifts, drift_bins = drift(
        rows,
        training.matrix,
        training.catalogue,
        settings.drift_window_days,
        settings.drift_psi_threshold,
        settings.drift_p_threshold,
    )

    progress("publishing")
    in_model = training.catalogue["feature"].isin(model.catalogue["feature"]) & (chosen == "ridge")
    null_share = today.isna().mean().reindex(training.catalogue["feature"]).to_numpy()
    published = {
        "dataset": dataset,
        "feature_catalogue": training.catalogue.assign(null_share=null_share, in_model=in_model),
        "training_rows": rows.join(training.matrix.reset_index(drop=True)),
        "scoring_rows": scoring.matrix.rename_axis("athlete_id").reset_index(),
        "model_candidates": candidates,
        "coefficients": model.coefficients(),
        "backtest": backtest,
        "rankings": rankings,
        "drivers": drivers(model, today) if chosen == "ridge" else drivers(model, today).head(0),
        "payouts": pay,
        "clusters": clusters,
        "bundles": packages,
        "accuracy_by_window": accuracy.by_window(backtest),
        "accuracy_by_group": accuracy.by_group(backtest, database.table("athletes")),
        "drift": drifts,
        "drift_bins": drift_bins,
        "table_facts": _table_facts(database),
    }
    for name, table in published.items():
        ordered = PUBLISHED_TABLES[name].column_names
        database.write(name, table[ordered + [column for column in table if column not in ordered]])
    for name in ("post_features", "activity_features", "wikipedia_features", "follower_features"):
        today_table = scoring.answers[name].rename(columns={"ask_id": "athlete_id"})
        keys = [column for column in ("athlete_id", "platform") if column in today_table]
        database.write(f"today_{name}", today_table.sort_values(keys, ignore_index=True))


def _questions(database: Database, asks_sql: str, as_of: datetime, settings: Settings) -> Questions:
    asks = database.query(asks_sql, {"as_of": as_of}).sort_values(["as_of", "ask_id"], ignore_index=True)
    answers = feature_tables.answer(database, asks, settings.posts_window)
    matrix, catalogue = design_matrix(asks, answers, database.table("feature_labels"))
    return Questions(asks, answers, matrix, catalogue)


def _dataset(
    mappings: pd.DataFrame, as_of: datetime, by_time: bool, model_version: str, settings: Settings
) -> pd.DataFrame:
    first = mappings.sort_values("mapping").iloc[0]
    own_rate = settings.rate_cents_per_1000
    return pd.DataFrame(
        {
            "title": [" and ".join(mappings["title"])],
            "source": ["; ".join(mappings["source"])],
            "made_up": [bool(mappings["made_up"].any())],
            "rows_are": ["stories" if by_time else "athletes"],
            "outcome_name": [first["outcome_name"]],
            "outcome_label": [first["outcome_label"]],
            "outcome_unit": [first["outcome_unit"]],
            "window_days": [int(mappings["window_days"].max())],
            "as_of": [pd.Timestamp(as_of)],
            "interval": [settings.interval],
            "model_version": [model_version],
            "rate_card": [f"of the mapping {first['mapping']}" if own_rate is None else "of the settings"],
            "rate_cents_per_1000": [int(first["rate_cents_per_1000"]) if own_rate is None else own_rate],
        }
    )


def _table_facts(database: Database) -> pd.DataFrame:
    facts = []
    for table in RAW_TABLES.values():
        times = [
            column.name for column in table.columns if column.type in ("timestamp", "day") and column.name != "known_at"
        ]
        time = f"CAST({times[0]} AS TIMESTAMP)" if times else "CAST(NULL AS TIMESTAMP)"
        athletes = "count(DISTINCT athlete_id)" if "athlete_id" in table.column_names else "NULL"
        found = database.query(
            f"SELECT count(*) AS rows, {athletes} AS athletes, min({time}) AS oldest, max({time}) AS newest "
            f"FROM {table.name}"
        )
        facts.append(found.assign(table_name=table.name, about=table.about))
    return pd.concat(facts, ignore_index=True).astype({"athletes": "Int64"})


def _table_hash(table: pd.DataFrame) -> str:
    hashes = pd.util.hash_pandas_object(table, index=False).to_numpy()
    return hashlib.sha256(np.ascontiguousarray(hashes).tobytes()).hexdigest()[:8]
