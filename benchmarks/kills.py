"""`python -m benchmarks.health kills [--number N]`: a cycle killed with `kill -9` at a random moment, and gone on with.

Half of the trials start in an empty workspace, half in one that has a snapshot, a champion, alerts and signed decisions
already and now gets the data of another month. A cycle is killed at a moment drawn from the time that a whole one
takes, or, every second time, as it is about to write to the disk for the nth time. The next cycle goes on with it, and
what it publishes is compared, table by table and byte by byte, with what a cycle publishes that nobody disturbed.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from athlete_intel.cycle import run_cycle
from athlete_intel.influence.store import ModelStore
from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Snapshots
from benchmarks.asked import asked, say
from benchmarks.long_run import cut
from benchmarks.worlds import END

ATHLETES, DAYS = 24, 150
NOW, LATER = datetime(2026, 11, 1), datetime(2026, 11, 2)


@dataclass(frozen=True)
class Start:
    """What a trial begins with: a home to be copied, if any, and what a cycle there does when nobody disturbs it."""

    name: str
    home: Path | None
    seconds: float
    writes: int
    expected: tuple[str, str, str]

    def settings(self, home: Path) -> Settings:
        if self.home is not None:
            shutil.copytree(self.home, home)
        return Settings(home=home)


def kills(number: int, seed: int = 2) -> None:
    """Kill so many cycles, and print how many came to the same contents."""
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_demo(folder / "world", load_scenario("calm"), ATHLETES, DAYS)
        starts = (_start("an empty workspace", None, folder), _start("a month before", _month_before(folder), folder))
        same = died = resumed = trials = 0
        # A moment may come after the end, as no cycle takes as long as another; only what died counts.
        while died < number and trials < 2 * number:
            trial, trials = trials, trials + 1
            start = starts[trial // 2 % 2]
            settings = start.settings(folder / f"trial-{trial}")
            by_write = trial % 2 == 1
            moment = int(rng.integers(1, start.writes + 1)) if by_write else float(rng.uniform(0, start.seconds))
            died += _killed(settings, folder, moment)
            # A child of its own again, so that nothing is left in memory.
            resumed += _child(settings, folder, lambda: None, LATER) == 0
            same += (found := _state(settings)) == start.expected
            if found != start.expected:
                say(f"  NOT THE SAME: trial {trial}, {'write' if by_write else 'second'} {moment}: {found}")
            if trial % 10 == 9:
                say(f"  {trial + 1} trials, {died} killed in the middle, {same} came to the same contents")
            shutil.rmtree(settings.home)
    say(f"{died} of {trials} were killed before they ended; {resumed} ended when gone on with")
    what = "same snapshot id, same contents of every table, same champion"
    asked(
        what,
        f"{same} of {trials}, of which {died} were killed",
        f"all, {number} killed",
        same == trials >= died >= number,
    )


def _start(name: str, home: Path | None, folder: Path) -> Start:
    """Run a cycle that nobody disturbs, from this home on."""
    nobody = Start(name, home, 0.0, 0, ("", "", ""))
    whole = nobody.settings(folder / f"whole-{home is None}")
    started = time.perf_counter()
    writes = _writes(lambda: _child(whole, folder, lambda: None), folder)
    seconds = time.perf_counter() - started
    say(f"from {name} on, a cycle of {ATHLETES} athletes takes {seconds:.1f} s and {writes} writes to the disk")
    return Start(name, home, seconds, writes, _state(whole))


def _month_before(folder: Path) -> Path:
    """A home with all that a workspace has a month before, and with a signed request to retrain."""
    now = END - timedelta(days=28)
    cut(folder / "world", folder / "known", now)
    settings = Settings(home=folder / "before")
    run_cycle(settings, [load_mapping("demo")], folder / "known", now)
    with Journal.of(settings) as journal:
        asked = {"action": "retrain", "version": None}
        journal.append("model_decisions", asked, who="Kim", role="analyst", why="likes moved")
    return settings.home


def _child(settings: Settings, folder: Path, prepare: Callable[[], object], now: datetime = NOW) -> int:
    """Run a cycle in a process of its own; returns how it ended."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            sys.stderr = (folder / "child.log").open("a")
            prepare()
            run_cycle(settings, [load_mapping("demo")], folder / "world", now)
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _killed(settings: Settings, folder: Path, moment: float) -> bool:
    """Whether the cycle was killed before it ended."""

    def prepare() -> None:
        if isinstance(moment, int):
            _at_write(moment)
        else:
            threading.Timer(moment, os.kill, (os.getpid(), signal.SIGKILL)).start()

    return _child(settings, folder, prepare) == -signal.SIGKILL


def _at_write(number: int) -> None:
    """Be killed as the disk is asked to keep something for the nth time."""
    counted, keep = [0], os.fsync

    def fsync(handle: int) -> None:
        counted[0] += 1
        if counted[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)
        keep(handle)

    os.fsync = fsync  # type: ignore[assignment]


def _writes(run: Callable[[], object], folder: Path) -> int:
    """How often the disk is asked while `run` runs in its child."""
    counter, keep = folder / "writes", os.fsync
    counter.unlink(missing_ok=True)

    def fsync(handle: int) -> None:
        with counter.open("a") as file:
            file.write("x")
        keep(handle)

    os.fsync = fsync  # type: ignore[assignment]
    try:
        run()
    finally:
        os.fsync = keep
    return len(counter.read_text())


def _state(settings: Settings) -> tuple[str, str, str]:
    """What a workspace has come to: snapshot, contents of all its tables, and the model in use."""
    snapshots, champion = Snapshots(settings.folder), ModelStore(settings.folder).champion()
    current = snapshots.current()
    return current.id, snapshots.contents(current), champion.version if champion else "none"
