"""The cycle: ingest, features, model, check, compare, score, publish, promote or keep, tell.

Every step is written down as it ends, also one that fails, with the reason. A cycle that was killed is gone on with at
its next start: with the same number and the same time, so that it ends in the same snapshot, byte for byte; the table
says so. Two at once are refused.
"""

import fcntl
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from athlete_intel import pipeline
from athlete_intel.errors import AthleteIntelError, BusyError, WarehouseError
from athlete_intel.pipeline import BuildReport
from athlete_intel.settings import Settings
from athlete_intel.situation import choice_sentence
from athlete_intel.sources.importer import ImportReport
from athlete_intel.sources.mapping import Mapping
from athlete_intel.stages import Progress

RUNS = "runs.jsonl"
_LOCK = "cycle.lock"
COLUMNS = ["run", "step", "started", "seconds", "rows", "state", "why"]
_DONE, _RUNNING, _FAILED = "done", "running", "failed"
_WHOLE = "whole cycle"
_MAKES = {
    "handles": ("handle_states",),
    "features": ("training_rows", "scoring_rows"),
    "model": ("backtest", "model_candidates"),
    "check": ("drift", "windows_apart", "estimated_errors"),
    "compare": ("model_choice", "pay_moves"),
    "ranking": ("rankings", "drivers"),
    "pay": ("payouts", "outcomes"),
    "bundles": ("clusters", "bundles", "bundle_members"),
    "health": ("drift_history", "drift_bins", "alerts", "quality", "accuracy_by_window", "accuracy_by_group"),
    "audit": ("handle_flags", "handle_effect", "handle_payouts"),
    "promote or keep": ("models", "model_uses"),
    "tell": ("alerts",),
}
"""The tables whose rows a stage is counted by."""


@dataclass(frozen=True)
class Step:
    """One step of a run.

    Attributes:
        started: UTC in ISO format.
        now: the time that the run goes by.
        why: what became of it, in a sentence, where its state does not say so.
    """

    run: int
    step: str
    started: str
    seconds: float
    rows: int | None
    state: str
    now: str
    why: str = ""


@dataclass(frozen=True)
class CycleReport:
    """What a cycle did; `resumed` if it went on with one that had been killed."""

    run: int
    resumed: bool
    imports: tuple[ImportReport, ...]
    build: BuildReport


def run_cycle(
    settings: Settings,
    mappings: Sequence[Mapping],
    folder: Path,
    now: datetime,
    progress: Progress | None = None,
    force: bool = False,
) -> CycleReport:
    """Bring in what is new and publish what follows from it.

    Args:
        settings: of the workspace.
        mappings: to import first; none of them is fine.
        folder: holds their files.
        now: time of the run, unless it goes on with a killed one.
        progress: told the name of each step as it begins.
        force: build even if nothing has changed.

    Raises:
        BusyError: another cycle of this workspace is running.
    """
    with _alone(settings.folder):
        path = settings.folder / RUNS
        run, moment, resumed = _next_run(path, now)
        began = time.monotonic()
        log = _Log(path, run, moment)
        if resumed:
            _say_it_resumed(log, path, run)
        log.write(_WHOLE, moment.isoformat(), 0.0, None, _RUNNING)
        stages = _Stages(log, progress)
        try:
            imports, published, why = [], None, "Nothing had changed, so the snapshot stays."
            for mapping in mappings:
                with log.step(f"import {mapping.name}", progress) as rows:
                    report = pipeline.run_import(settings, mapping, folder, moment)
                    rows.append(0 if report.skipped else report.lines)
                    imports.append(report)
            build = pipeline.build(settings, moment, stages.begins, force)
            stages.ends()
            if not build.reused:
                outcome = choice_sentence(settings, build.snapshot)
                stages.made(build.snapshot.rows, {"promote or keep": outcome})
                published, why = sum(build.snapshot.rows.values()), outcome
        except Exception as error:
            # What cannot work is not gone on with; only a process that was killed leaves a run that lasts.
            stages.fails(error)
            log.write(_WHOLE, moment.isoformat(), time.monotonic() - began, None, _FAILED, one_sentence(error))
            raise
        log.write(_WHOLE, moment.isoformat(), time.monotonic() - began, published, _DONE, why)
        return CycleReport(run, resumed, tuple(imports), build)


def runs(folder: Path) -> pd.DataFrame:
    """Every step of every run, newest run first: the columns `COLUMNS`, `started` as a time (UTC).

    `why` is a sentence where there is something to say: why a step failed, or which model was kept.
    """
    steps = _steps(folder / RUNS)
    table = pd.DataFrame([asdict(step) for step in steps], columns=[*COLUMNS, "now"])
    table["started"] = pd.to_datetime(table["started"], format="ISO8601")
    table = table.drop_duplicates(["run", "step"], keep="last")
    return table.sort_values(["run", "started"], ascending=[False, True], kind="stable", ignore_index=True)[COLUMNS]


class _Log:
    """Writes steps at the end of the file, each in one piece and to the disk."""

    def __init__(self, path: Path, run: int, now: datetime) -> None:
        self._path, self._run, self._now = path, run, now

    def write(self, step: str, started: str, seconds: float, rows: int | None, state: str, why: str = "") -> None:
        told = Step(self._run, step, started, round(seconds, 3), rows, state, self._now.isoformat(), why)
        with self._path.open("a", encoding="utf-8") as file:
            # A line that a killed process left half written ends here.
            file.write(f"\n{json.dumps(asdict(told))}\n")
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def step(self, name: str, progress: Progress | None) -> Iterator[list[int]]:
        rows: list[int] = []
        if progress:
            progress(name)
        started, began = pipeline.utc_now().isoformat(), time.monotonic()
        try:
            yield rows
        except Exception as error:
            self.write(name, started, time.monotonic() - began, None, _FAILED, one_sentence(error))
            raise
        self.write(name, started, time.monotonic() - began, rows[0] if rows else None, _DONE)


class _Stages:
    """Turns the names of stages, told as they begin, into steps that ended."""

    def __init__(self, log: _Log, progress: Callable[[str], None] | None) -> None:
        self._log, self._progress = log, progress
        self._open: tuple[str, str, float] | None = None
        self._ended: list[tuple[str, str, float]] = []

    def begins(self, stage: str) -> None:
        self.ends()
        if self._progress:
            self._progress(stage)
        self._open = (stage, pipeline.utc_now().isoformat(), time.monotonic())

    def ends(self) -> None:
        if self._open is not None:
            stage, started, began = self._open
            seconds = time.monotonic() - began
            self._log.write(stage, started, seconds, None, _DONE)
            self._ended.append((stage, started, seconds))
        self._open = None

    def fails(self, error: Exception) -> None:
        """The stage that had begun failed; nothing is written where none had."""
        if self._open is not None:
            stage, started, began = self._open
            self._log.write(stage, started, time.monotonic() - began, None, _FAILED, one_sentence(error))
        self._open = None

    def made(self, rows: dict[str, int], why: dict[str, str]) -> None:
        """Write the steps once more with the rows that each has made and what came of it, which the snapshot knows."""
        for stage, started, seconds in self._ended:
            tables = list(rows) if stage == "publishing" else _MAKES.get(stage, ())
            made = sum(rows.get(table, 0) for table in tables)
            self._log.write(stage, started, seconds, made, _DONE, why.get(stage, ""))


def one_sentence(error: Exception) -> str:
    """Why something failed: the first sentence of our own errors, the kind of any other before what it says.

    >>> one_sentence(BusyError("Another cycle is running. Wait."))
    'Another cycle is running.'
    >>> one_sentence(KeyError("x"))
    "KeyError: 'x'."
    """
    told = str(error) if isinstance(error, AthleteIntelError) else f"{type(error).__name__}: {error}"
    line = (told.strip().splitlines() or [type(error).__name__])[0]
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", line)[0].rstrip(".") + "."


def _say_it_resumed(log: _Log, path: Path, run: int) -> None:
    """Write down that a run was stopped on the way, for each time that it was."""
    before = [step for step in _steps(path) if step.run == run]
    attempt = sum(step.step == _WHOLE and step.state == _RUNNING for step in before) + 1
    ended = [step.step for step in before if step.step != _WHOLE]
    why = f"The run had been stopped after the step {ended[-1]}." if ended else "The run had been stopped as it began."
    log.write(f"attempt {attempt}", pipeline.utc_now().isoformat(), 0.0, None, _DONE, why)


def _next_run(path: Path, now: datetime) -> tuple[int, datetime, bool]:
    """Number and time of the next run: those of the last one, if it never ended."""
    steps = _steps(path)
    if not steps:
        return 1, now, False
    last = steps[-1].run
    state = [step.state for step in steps if step.run == last and step.step == _WHOLE][-1]
    if state == _RUNNING:
        return last, datetime.fromisoformat(steps[-1].now), True
    return last + 1, now, False


def _steps(path: Path) -> list[Step]:
    try:
        # A disk that lost power may leave anything in a line; such a line is left out like one that was cut off.
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise WarehouseError(f"{path} cannot be read: {error.strerror}.") from error
    found = []
    for line in text.splitlines():
        try:
            found.append(Step(**json.loads(line)))
        except (ValueError, TypeError):
            # Half a line, of a process that was killed while it wrote.
            continue
    return found


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else runs a cycle of this workspace; the system frees the lock even of a process that is killed."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"Another cycle of {folder.name} is running; wait until it is done.") from None
        yield
