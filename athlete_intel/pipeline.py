"""From raw files to a published snapshot: import, build, and nothing twice."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from athlete_intel.contracts import RAW_TABLES
from athlete_intel.earlier import Earlier
from athlete_intel.errors import ModelError, NoSnapshotError, NotEnoughDataError
from athlete_intel.features.questions import Questions
from athlete_intel.handles.load import load_results
from athlete_intel.handles.turk import Results
from athlete_intel.influence.cards import Card
from athlete_intel.influence.learning import Learned
from athlete_intel.influence.mlflow_log import log_model
from athlete_intel.influence.registry import StoredModel
from athlete_intel.influence.store import ModelStore
from athlete_intel.journal import Journal
from athlete_intel.journal_rows import rows_now
from athlete_intel.model_choice import Pay, choose_model
from athlete_intel.model_in_use import model_in_use, tables_of
from athlete_intel.monitoring.retrain import UNUSABLE
from athlete_intel.monitoring.telling import tell_open
from athlete_intel.payouts.cards import load_card
from athlete_intel.payouts.report import unknown_names
from athlete_intel.settings import Settings
from athlete_intel.situation import decisions_of, made_since, situation_of, uses_so_far, version_of
from athlete_intel.sources.importer import ImportReport, create_store, import_files, store_path
from athlete_intel.sources.mapping import Mapping
from athlete_intel.stages import Check, Progress, publish_tables
from athlete_intel.warehouse import Database, Snapshot, Snapshots

_WITHOUT_EFFECT_ON_TABLES = ("home", "workspace", "keep_snapshots", "journal_url", "alert_webhook")


@dataclass(frozen=True)
class BuildReport:
    """A published snapshot; `reused` if nothing had changed since it was made. Warnings are whole sentences."""

    snapshot: Snapshot
    reused: bool
    warnings: tuple[str, ...] = ()


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


def run_votes(settings: Settings, file: Path, now: datetime) -> Results:
    """Bring the results of a Mechanical Turk batch into the workspace's store; see `handles.load.load_results`."""
    path = store_path(settings.folder)
    if not path.is_file():
        raise NotEnoughDataError(
            f"The workspace {settings.workspace} is empty; run `athlete-intel import` with a mapping first."
        )
    with Database(path) as store:
        return load_results(store, file, now)


def build(settings: Settings, now: datetime, progress: Progress | None = None, force: bool = False) -> BuildReport:
    """Make a snapshot of everything in the store and publish it.

    If neither the imports nor the settings nor the code have changed since the current snapshot, that one stays.
    The model is stored on the way, and becomes champion once the snapshot is published.

    Raises:
        ModelError: the model cannot be stored, or the store is damaged; the current snapshot stays.
        NotEnoughDataError: nothing was imported, or too little to learn from; the current snapshot stays.
        BusyError: another process is writing to this workspace.
    """
    path = store_path(settings.folder)
    if not path.is_file():
        raise NotEnoughDataError(
            f"The workspace {settings.workspace} is empty; run `athlete-intel import` with a mapping first."
        )
    snapshots = Snapshots(settings.folder, settings.keep_snapshots)
    models = ModelStore(settings.folder, settings.keep_models)
    inputs = _fingerprint(settings, path)
    latest = _current(snapshots)
    if not force and latest is not None and latest.inputs == inputs and snapshots.is_whole(latest):
        _finish_promotion(models, snapshots, latest)
        return BuildReport(latest, reused=True, warnings=_alerts_told(snapshots, latest, settings))
    left = None if force else snapshots.finish(inputs, now)
    if left is not None:
        _finish_promotion(models, snapshots, left)
        return BuildReport(left, reused=False, warnings=_told(snapshots, left, settings))
    decisions = decisions_of(settings)
    since = made_since(decisions, latest, snapshots)
    if latest is not None and since["version"].isna().all():
        # A build was stopped just before it did, and other inputs have come; whom a person chose since comes first.
        with suppress(ModelError):
            _finish_promotion(models, snapshots, latest)
    situation = situation_of(decisions, since, latest, snapshots)
    used: list[StoredModel] = []
    troubles: list[str] = []
    begins = progress or (lambda stage: None)

    def fill(database: Database, snapshot_id: str) -> None:
        def keep_model(
            learned: Learned,
            card: Card,
            training: Questions,
            today: pd.DataFrame,
            tables: dict[str, pd.DataFrame],
            pay: Pay,
            check: Check,
        ) -> tuple[Learned, dict[str, pd.DataFrame]]:
            models.save(learned, card, now)
            in_use = model_in_use(models, situation, training, settings.interval)
            own_tables, has_alert = {}, False
            if in_use.learned is not None:
                own_tables = tables_of(in_use, tables, learned.chosen, training, settings)
                has_alert = check(in_use.learned, own_tables["backtest"])
            begins("compare")
            chosen, told = choose_model(
                models, in_use, learned, training, today, tables, own_tables, situation, has_alert, settings, pay
            )
            used.append(models.get(chosen.version))
            choice = told["model_choice"].iloc[0]
            troubles.extend([str(choice["why"])] if choice["reason"] == UNUSABLE else [])
            uses = uses_so_far(snapshots, latest, snapshot_id, now, chosen.version)
            return chosen, told | {"models": models.table(champion=chosen.version), "model_uses": uses}

        copy_inputs(database, settings)
        publish_tables(database, snapshot_id, settings, begins, keep_model, Earlier(snapshots))

    def promote_or_keep() -> None:
        begins("promote or keep")
        models.promote(used[0].version)

    # One thread: sums are then added up in the same order every time, and small fits are faster than with several.
    with threadpool_limits(limits=1):
        snapshot = snapshots.publish(fill, inputs, now, then=promote_or_keep)
    begins("tell")
    told = _told(snapshots, snapshot, settings)
    logged = log_model(used[0], models.file(used[0]), settings.workspace)
    warnings = (*troubles, *([logged] if logged else []), *told)
    return BuildReport(snapshot, reused=False, warnings=warnings)


def _told(snapshots: Snapshots, snapshot: Snapshot, settings: Settings) -> tuple[str, ...]:
    """Tell of alerts; returns what the operator should know of that and of the rate card."""
    told = _alerts_told(snapshots, snapshot, settings)
    card = load_card(settings.rate_card)
    typos = unknown_names(card, *(snapshots.read(name, snapshot=snapshot) for name in ("rankings", "outcomes")))
    return (*told, *typos)


def _alerts_told(snapshots: Snapshots, snapshot: Snapshot, settings: Settings) -> tuple[str, ...]:
    """Tell of open alerts that nobody was told of yet, in this run or in one that was stopped; returns warnings."""
    if "alerts" not in snapshot.rows:
        return ()
    as_of = snapshots.read("dataset", ["as_of"], snapshot=snapshot)["as_of"].item()
    alerts = snapshots.read("alerts", snapshot=snapshot)
    failed = tell_open(alerts, settings.folder, settings.alert_webhook, as_of)
    return (failed,) if failed else ()


def _finish_promotion(models: ModelStore, snapshots: Snapshots, current: Snapshot) -> None:
    """Make the model behind the current snapshot champion, if a build was stopped just before it did."""
    version = version_of(snapshots, current)
    if version in [model.version for model in models.all() if model.status != "champion"]:
        models.promote(version)


def copy_inputs(database: Database, settings: Settings) -> None:
    """Bring what a snapshot is made of into a database: the workspace's store, and what people decided."""
    database.execute("SET threads = 1")
    with database.attached(store_path(settings.folder), "store"):
        _copy_raw(database)
    database.write("handle_reviews", _reviews(settings))


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
        for table, facts in (("mappings", "mapping, sha256"), ("imports", "mapping, file, sha256, lines, bad_lines")):
            digest.update(store.query(f"SELECT {facts} FROM {table} ORDER BY ALL").to_csv().encode())
    used = {name: value for name, value in asdict(settings).items() if name not in _WITHOUT_EFFECT_ON_TABLES}
    digest.update(repr(sorted(used.items())).encode())
    digest.update(load_card(settings.rate_card).sha256.encode())
    if Journal.is_there(settings):
        with Journal.of(settings) as journal:
            digest.update(journal.fingerprint().encode())
    package = Path(__file__).parent
    for file in sorted([*package.rglob("*.py"), *package.rglob("*.sql")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _reviews(settings: Settings) -> pd.DataFrame:
    """What people decided about handles so far."""
    return rows_now(settings, "handle_reviews")


def _copy_raw(database: Database) -> None:
    for table in RAW_TABLES.values():
        columns, key = ", ".join(table.column_names), ", ".join(table.key)
        database.create(table.name, f"SELECT {columns} FROM store.{table.name} ORDER BY {key}")
    for name in ("imports", "quarantine"):
        database.create(name, f"SELECT * FROM store.{name} ORDER BY ALL")
    for name in ("mappings", "feature_labels"):
        database.create_temporary(name, f"SELECT * FROM store.{name} ORDER BY ALL")
