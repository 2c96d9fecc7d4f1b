"""`python -m benchmarks.health --kills [NUMBER]`: a cycle killed with `kill -9` at a random moment, and gone on with.

Each trial starts in an empty workspace. A cycle is killed at a moment drawn from the time that a whole one takes, or,
every second time, as it is about to write to the disk for the nth time. The next cycle goes on with it, and what it
publishes is compared, table by table and byte by byte, with what a cycle publishes that nobody disturbed.
"""

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

from athlete_intel.cycle import run_cycle
from athlete_intel.influence.store import ModelStore
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Snapshots

ATHLETES, DAYS = 24, 150
NOW, LATER = datetime(2026, 11, 1), datetime(2026, 11, 2)


def kills(number: int, seed: int = 1) -> None:
    """Kill so many cycles, and print how many came to the same contents."""
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_demo(folder / "world", load_scenario("calm"), ATHLETES, DAYS)
        whole = Settings(home=folder / "whole")
        started = time.perf_counter()
        writes = _writes(lambda: _child(whole, folder, lambda: None), folder)
        seconds = time.perf_counter() - started
        expected = _state(whole)
        say(f"a cycle of {ATHLETES} athletes takes {seconds:.1f} s and {writes} writes to the disk")
        same = died = resumed = 0
        for trial in range(number):
            settings = Settings(home=folder / f"trial-{trial}")
            by_write = trial % 2 == 1
            moment = int(rng.integers(1, writes + 1)) if by_write else float(rng.uniform(0, seconds))
            died += _killed(settings, folder, moment)
            # A child of its own again, so that nothing is left in memory.
            resumed += _child(settings, folder, lambda: None, LATER) == 0
            same += (found := _state(settings)) == expected
            if found != expected:
                say(f"  NOT THE SAME: trial {trial}, {'write' if by_write else 'second'} {moment}: {found}")
            if trial % 10 == 9:
                say(f"  {trial + 1} trials, {died} killed in the middle, {same} came to the same contents")
    say(f"{died} of {number} were killed before they ended; {resumed} ended when gone on with; {same} of {number} came")
    say("to the same snapshot id, the same contents of every table, and the same champion")


def say(text: str) -> None:
    """Print at once, so that a long run can be followed."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


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
