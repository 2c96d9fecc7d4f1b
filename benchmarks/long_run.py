"""`python -m benchmarks.long_run [ATHLETES [WEEKS [SEED]]]`: a year of cycles over a world whose platform changes.

Every few weeks a whole cycle runs on what is known by then. The model in use then predicts the stories of the weeks
that follow. After the change its error is set against that of a model trained only on what became known of stories told
after the change: the cycle may lose little against it, and it does not know when the change was.
"""

import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from athlete_intel.contracts import RAW_TABLES, Table
from athlete_intel.cycle import run_cycle
from athlete_intel.errors import NotEnoughDataError
from athlete_intel.features import tables as feature_tables
from athlete_intel.features.questions import Questions, questions_of
from athlete_intel.influence.learning import Learned, learn
from athlete_intel.influence.store import ModelStore
from athlete_intel.pipeline import copy_inputs, run_import
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Database, Snapshots
from benchmarks.asked import asked, say
from benchmarks.worlds import END

HISTORY_DAYS, YEAR_DAYS, CHANGE_DAYS = 180, 364, 182
MOST_RATIO = 1.1
_KNOWN = {"posts": "known_at", "campaigns": "agreed_at"}
"""Where another time than the first of a table says when a row is known."""


def main(words: list[str]) -> None:
    """Run the year and print what came of it."""
    athletes, weeks, seed = (int(word) for word in (*words, *("120", "4", "2026")[len(words) :]))
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        scenario = load_scenario("platform-change")
        changes = tuple(replace(change, day=-CHANGE_DAYS) for change in scenario.changes)
        write_demo(
            folder / "world",
            replace(scenario, changes=changes),
            athletes=athletes,
            days=HISTORY_DAYS + YEAR_DAYS,
            seed=seed,
        )
        settings = Settings(home=folder / "home")
        models, told = _cycles(folder, settings, weeks)
        whole = _everything(folder, settings)
    say(pd.DataFrame(told).to_string(index=False))
    _compare(models, whole, weeks, settings)
    say(f"{time.perf_counter() - started:.0f} s")


def _cycles(folder: Path, settings: Settings, weeks: int) -> tuple[dict[datetime, Learned], list[dict[str, object]]]:
    """The model in use after each cycle, and what each cycle decided."""
    models, told = {}, []
    for back in range(YEAR_DAYS, 0, -7 * weeks):
        now = END - timedelta(days=back)
        cut(folder / "world", folder / "known", now)
        started = time.perf_counter()
        run_cycle(settings, [load_mapping("demo")], folder / "known", now)
        snapshots, store = Snapshots(settings.folder), ModelStore(settings.folder)
        used = store.champion()
        assert used is not None
        models[now] = store.load(used.version)
        choice, alerts = snapshots.read("model_choice").iloc[0], snapshots.read("alerts")
        still = alerts[alerts["open"].astype(bool) & (alerts["rule"] != "quality")]
        told.append(
            {
                "cycle": f"{now:%Y-%m-%d}",
                "after change": back <= CHANGE_DAYS,
                "reason": choice["reason"],
                "used": choice["used"],
                "taken over": choice["used"] == choice["challenger"] != choice["champion"],
                "champion": round(choice["champion_mae_log"], 3),
                "challenger": round(choice["challenger_mae_log"], 3),
                "rows": choice["rows"],
                "noise": round(choice["noise"], 4),
                "looks": choice["looks"],
                "alerts": ", ".join(sorted(set(still["rule"] + " " + still["subject"])))[:60],
                "s": round(time.perf_counter() - started),
                "why": choice["why"],
            }
        )
        say("  " + " ".join(str(value) for value in told[-1].values()))
    return models, told


def cut(world: Path, known: Path, now: datetime) -> None:
    """The files of the world as they were at a time."""
    (known / "raw").mkdir(parents=True, exist_ok=True)
    with Database.in_memory() as database:
        for table in RAW_TABLES.values():
            for file in sorted((world / "raw").glob(f"{table.name}-[0-9]*.parquet")):
                time_of = _time(table)
                only = f" WHERE {time_of} < TIMESTAMP '{now:%Y-%m-%d %H:%M:%S}'" if time_of else ""
                rows = f"SELECT * FROM read_parquet('{file}'){only}"
                database.execute(f"COPY ({rows}) TO '{known / 'raw' / file.name}' (FORMAT parquet)")


def _time(table: Table) -> str | None:
    """The column that says when a row of a raw table is known; None if it always is."""
    times = [column.name for column in table.columns if column.type in ("timestamp", "day")]
    return _KNOWN.get(table.name, times[0] if times else None)


def _everything(folder: Path, settings: Settings) -> Questions:
    """Every story of the year with its outcome and what was known when it was told."""
    cut(folder / "world", folder / "known", END)
    run_settings = replace(settings, workspace="whole")
    run_import(run_settings, load_mapping("demo"), folder / "known", END)
    with Database.in_memory() as database:
        copy_inputs(database, run_settings)
        feature_tables.prepare(database, 28)
        return questions_of(database, feature_tables.sql("training_asks"), END, settings.posts_window)


def _part(whole: Questions, rows: np.ndarray) -> Questions:
    return Questions(whole.asks[rows].reset_index(drop=True), whole.answers, whole.matrix[rows], whole.catalogue)


def _compare(models: dict[datetime, Learned], whole: Questions, weeks: int, settings: Settings) -> None:
    """Errors on the stories told until the next cycle: of the model in use, of the first one, and of the reference."""
    change = pd.Timestamp(END - timedelta(days=CHANGE_DAYS))
    told, known = whole.rows["as_of"], whole.rows["outcome_known_at"]
    first = next(iter(models.values()))
    rows = []
    for now, model in models.items():
        here = ((told >= now) & (told < now + timedelta(weeks=weeks))).to_numpy()
        after = ((told >= change) & (known <= now)).to_numpy()
        if pd.Timestamp(now) < change or not here.any():
            continue
        try:
            reference = learn(_part(whole, after), settings)[0]
        except NotEnoughDataError:
            continue
        actual = np.log1p(whole.rows.loc[here, "outcome"]).to_numpy()
        errors = {
            name: np.abs(each.predict(whole.matrix[here])["predicted_log"].to_numpy() - actual)
            for name, each in (("in use", model), ("never retrained", first), ("only after", reference))
        }
        rows.append({"from": f"{now:%Y-%m-%d}", "stories": int(here.sum()), "learnt from": int(after.sum())})
        rows[-1] |= {name: error.mean() for name, error in errors.items()}
    table = pd.DataFrame(rows)
    say(table.round(3).to_string(index=False))
    sums = {name: float(np.average(table[name], weights=table["stories"])) for name in ("in use", "only after")}
    ratio = sums["in use"] / sums["only after"]
    told = f"{sums['in use']:.3f} in use, {sums['only after']:.3f} of a model learnt only after it: {ratio:.2f}x"
    asked("error after the change", told, f"at most {MOST_RATIO}x", ratio <= MOST_RATIO)


if __name__ == "__main__":
    main(sys.argv[1:])
