"""The cycle on a small world: it resumes after it was killed, keeps its champion, and is alone."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from athlete_intel import stages
from athlete_intel.cli import app
from athlete_intel.cycle import RUNS, _Log, _Stages, one_sentence, run_cycle, runs
from athlete_intel.errors import AthleteIntelError, BusyError
from athlete_intel.influence.learning import learn
from athlete_intel.influence.store import ModelStore
from athlete_intel.journal import Journal
from athlete_intel.monitoring import alerts
from athlete_intel.settings import Settings
from athlete_intel.situation import decisions_of, made_since
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Snapshots

NOW = datetime(2026, 11, 1)
KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from athlete_intel.cycle import run_cycle
from athlete_intel.settings import Settings
from athlete_intel.sources.mapping import load_mapping
home, folder, *steps = sys.argv[1:]
def killed_at(step):
    # A step is killed as it begins; a number is the write to the disk, counted from the publishing on, that never ends.
    writes, begun = [], []
    def progress(name):
        begun.append(name)
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)
    def replace(*arguments, real=os.fsync):
        if "publishing" in begun:
            writes.append(1)
            if step.isdigit() and len(writes) == int(step):
                os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments)
    os.fsync = replace
    run_cycle(Settings(home=Path(home)), [load_mapping("demo")], Path(folder), datetime(2026, 11, 1), progress)
for step in steps:
    child = os.fork()
    if child == 0:
        killed_at(step)
        os._exit(0)
    print(step, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
STEPS = (
    "import demo",
    "handles",
    "features",
    "model",
    "check",
    "compare",
    "ranking",
    "pay",
    "bundles",
    "health",
    "audit",
    "publishing",
    "promote or keep",
)
WRITES = (3, 5, 7, 40)
"""Before and after the pointer moves, and more than there are; benchmarks/kills.py tries all of them."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of 40 athletes and 200 days."""
    folder = tmp_path_factory.mktemp("world")
    write_demo(folder, load_scenario("calm"), athletes=40, days=200)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Settings:
    """A workspace in which a cycle ended without being disturbed."""
    settings = Settings(home=tmp_path_factory.mktemp("whole"))
    run_cycle(settings, [load_mapping("demo")], world, NOW)
    return settings


def test_killed_at_any_step_it_ends_in_the_same_snapshot(whole: Settings, world: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    arguments = [str(tmp_path), str(world), *STEPS]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], capture_output=True, text=True)
    assert killed.stdout.splitlines() == [f"{step} {-signal.SIGKILL}" for step in STEPS]
    report = run_cycle(settings, [load_mapping("demo")], world, datetime(2026, 11, 9))
    assert (report.run, report.resumed) == (1, True)
    assert same(whole, settings)
    told = runs(settings.folder).set_index("step")["why"]
    assert [told[f"attempt {number}"] for number in (2, 6, len(STEPS) + 1)] == [
        "The run had been stopped as it began.",
        "The run had been stopped after the step model.",
        "The run had been stopped after the step publishing.",
    ]


def test_killed_at_any_write_of_publishing_it_ends_in_the_same_snapshot(
    whole: Settings, world: Path, tmp_path: Path
) -> None:
    """Each time in a workspace of its own, as what was published once is not written again."""
    codes = []
    for write in WRITES:
        settings = Settings(home=tmp_path / str(write))
        # What was imported is the same each time.
        settings.folder.mkdir(parents=True)
        shutil.copy(whole.folder / "store.duckdb", settings.folder)
        arguments = [str(settings.home), str(world), str(write)]
        killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], capture_output=True, text=True)
        codes.append(int(killed.stdout.split()[1]))
        report = run_cycle(settings, [load_mapping("demo")], world, datetime(2026, 11, 9))
        assert (report.run, report.resumed) == ((1, True) if codes[-1] else (2, False))
        assert same(whole, settings)
    assert codes == sorted(codes)
    assert (codes[0], codes[-1]) == (-signal.SIGKILL, 0)


def same(whole: Settings, settings: Settings) -> bool:
    """Whether both workspaces use equal snapshots and equal models."""
    one, two = Snapshots(whole.folder), Snapshots(settings.folder)
    champions = [ModelStore(each.folder).champion() for each in (whole, settings)]
    assert one.current().id == two.current().id
    assert one.current().rows == two.current().rows
    assert champions[0] == champions[1]
    return one.contents(one.current()) == two.contents(two.current())


def test_every_step_stands_in_the_run_table(whole: Settings) -> None:
    table = runs(whole.folder)
    assert table["run"].tolist() == [1] * len(table)
    assert table["step"].tolist()[:3] == ["whole cycle", "import demo", "handles"]
    assert table["step"].tolist()[4:8] == ["model", "check", "compare", "ranking"]
    assert table["step"].tolist()[-3:] == ["publishing", "promote or keep", "tell"]
    assert set(table["state"]) == {"done"}
    assert (table["seconds"] >= 0).all()
    rows, made = table.set_index("step")["rows"], Snapshots(whole.folder).current().rows
    assert rows["import demo"] > 1_000
    assert rows["features"] == made["training_rows"] + made["scoring_rows"]
    assert rows["publishing"] == rows["whole cycle"] == sum(made.values())
    assert (rows.drop("tell") > 0).all()
    assert rows["tell"] == made["alerts"]
    champion = ModelStore(whole.folder).champion()
    assert champion is not None
    told = f"{champion.version} became champion (first model): There was no model before."
    assert table.loc[table["why"] != "", ["step", "why"]].to_numpy().tolist() == [
        ["whole cycle", told],
        ["promote or keep", told],
    ]


@pytest.mark.parametrize("subjects", [[], ["all stories"]])
def test_an_alert_of_today_asks_for_another_model_today(
    whole: Settings, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subjects: list[str]
) -> None:
    """Not in the next cycle, which may be a night later."""
    shutil.copytree(whole.home, tmp_path / "copy")
    settings = Settings(home=tmp_path / "copy", seed=1)
    time = np.datetime64("2026-10-01")
    rows = [("accuracy", each, "critical", time, time, 2.0, 1.0, "Errors grew.", None) for each in subjects]
    raised = pd.DataFrame(rows, columns=alerts._RAISED).astype({"money_cents": "Int64"})
    monkeypatch.setattr(alerts, "raised", lambda *_: raised)
    report = run_cycle(settings, [load_mapping("demo")], world, NOW)
    choice = Snapshots(settings.folder).read("model_choice", snapshot=report.build.snapshot).iloc[0]
    assert choice["champion"] != choice["challenger"]
    assert choice["reason"] == ("alert" if subjects else "no reason")


def test_a_step_that_fails_is_written_down_with_the_reason(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(AthleteIntelError) as caught:
        run_cycle(settings, [load_mapping("demo")], tmp_path / "nowhere", NOW)
    table = runs(settings.folder)
    assert table[["step", "state"]].to_numpy().tolist() == [["whole cycle", "failed"], ["import demo", "failed"]]
    (why,) = set(table["why"])
    assert why == one_sentence(caught.value)
    assert str(tmp_path / "nowhere") in why


def test_a_stage_that_fails_is_the_last_of_its_run(tmp_path: Path) -> None:
    told: list[str] = []
    stages_of_run = _Stages(_Log(tmp_path / RUNS, 1, NOW), told.append)
    stages_of_run.fails(RuntimeError("nothing had begun"))
    stages_of_run.begins("handles")
    stages_of_run.begins("features")
    stages_of_run.fails(RuntimeError("The disk is full. Try again."))
    assert told == ["handles", "features"]
    assert runs(tmp_path)[["step", "state", "why"]].to_numpy().tolist() == [
        ["handles", "done", ""],
        ["features", "failed", "RuntimeError: The disk is full."],
    ]


def test_a_table_of_runs_from_before_steps_had_reasons_is_read(tmp_path: Path) -> None:
    step = {"run": 1, "step": "whole cycle", "started": "2026-11-01T00:00:00", "seconds": 1.0, "rows": 5}
    (tmp_path / RUNS).write_text(json.dumps(step | {"state": "done", "now": "2026-11-01T00:00:00"}))
    assert runs(tmp_path)[["state", "why"]].to_numpy().tolist() == [["done", ""]]


def test_a_table_of_runs_with_a_spoilt_line_is_read_without_that_line(tmp_path: Path) -> None:
    log = _Log(tmp_path / RUNS, 1, NOW)
    log.write("handles", NOW.isoformat(), 1.0, None, "done")
    with (tmp_path / RUNS).open("ab") as file:
        file.write(b'\xff\xfe\x00{"run": 1')
    log.write("features", NOW.isoformat(), 1.0, None, "done")
    assert runs(tmp_path)["step"].tolist() == ["handles", "features"]


def test_killed_before_it_promoted_it_is_made_good_though_a_person_decided_since(
    whole: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Kill(BaseException):
        """As if the process were gone."""

    def killed(*arguments: object) -> None:
        raise Kill

    settings = Settings(home=tmp_path)
    settings.folder.mkdir(parents=True)
    shutil.copy(whole.folder / "store.duckdb", settings.folder)
    with monkeypatch.context() as patch:
        patch.setattr(ModelStore, "promote", killed)
        with pytest.raises(Kill):
            run_cycle(settings, [], tmp_path, NOW)
    store, snapshots = ModelStore(settings.folder), Snapshots(settings.folder)
    assert store.champion() is None
    first = snapshots.read("dataset")["model_version"].item()
    with Journal.of(settings) as journal:
        values = {"action": "retrain", "version": None}
        number = journal.append(
            "model_decisions", values, who="Ann", role="analyst", why="new season", at=datetime(2026, 11, 2)
        )
    assert run_cycle(settings, [], tmp_path, datetime(2026, 11, 3)).resumed
    choice = snapshots.read("model_choice").iloc[0]
    assert choice["champion"] == first, "it was not uncompared as if there had been none"
    assert choice["decision"] == number
    # The run kept the time of its start, which lies before the decision; that it knew it is told by its number.
    latest = snapshots.current()
    assert latest.created < "2026-11-02"
    decisions = decisions_of(settings)
    assert len(decisions) == 1
    assert made_since(decisions, latest, snapshots).empty
    assert snapshots.read("model_uses")["model_version"].tolist() == [first, first]


def test_two_cycles_at_once_are_refused(whole: Settings, tmp_path: Path) -> None:
    script = (
        "import fcntl, sys, time; lock = open(sys.argv[1], 'w'); fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(whole.folder / "cycle.lock")]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match="Another cycle"):
            run_cycle(whole, [], tmp_path, NOW)
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()


def test_a_poisoned_challenger_is_not_promoted_though_a_person_asks_for_a_new_model(
    whole: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    champion = ModelStore(whole.folder).champion()
    assert champion is not None
    with Journal.of(whole) as journal:
        values = {"action": "retrain", "version": None}
        journal.append("model_decisions", values, who="Ann", role="analyst", why="new season", at=datetime(2026, 11, 2))

    def poisoned(training, settings):  # type: ignore[no-untyped-def]
        asks = training.asks.assign(outcome=np.random.default_rng(1).permutation(training.asks["outcome"]))
        return learn(stages.Questions(asks, training.answers, training.matrix, training.catalogue), settings)

    monkeypatch.setattr(stages, "learn", poisoned)
    report = run_cycle(whole, [], tmp_path, datetime(2026, 11, 3))
    assert not report.build.reused
    choice = Snapshots(whole.folder).read("model_choice").iloc[0]
    assert choice["reason"] == "by hand"
    assert choice["used"] == champion.version != choice["challenger"]
    after = ModelStore(whole.folder).champion()
    assert after is not None
    assert after.version == champion.version
    assert Snapshots(whole.folder).read("dataset")["model_version"].item() == champion.version


def test_what_a_person_promotes_or_takes_back_is_what_the_next_cycle_pays_by(whole: Settings, tmp_path: Path) -> None:
    store, snapshots = ModelStore(whole.folder), Snapshots(whole.folder)
    first = store.champion()
    assert first is not None
    other = next(model for model in store.all() if model.version != first.version)

    def in_use() -> set[str]:
        champion = store.champion()
        assert champion is not None
        return {
            champion.version,
            *snapshots.read("dataset")["model_version"],
            *snapshots.read("payouts")["model_version"],
        }

    # The page only writes it down, and says so.
    with Journal.of(whole) as journal:
        values = {"action": "promote", "version": other.version}
        journal.append("model_decisions", values, who="Ann", role="analyst", why="a test", at=datetime(2026, 11, 4))
    assert in_use() == {first.version}
    assert not run_cycle(whole, [], tmp_path, datetime(2026, 11, 5)).build.reused
    assert in_use() == {other.version}
    assert "put there by hand" in snapshots.read("model_choice")["why"].item()
    arguments = ["models", "rollback", "--why", "worse", "--who", "Bob", "-w", "demo", "--home", str(whole.home)]
    told = CliRunner().invoke(app, arguments)
    assert told.exit_code == 0, told.output
    words = " ".join(told.output.split())
    assert f"From the next cycle on, pay and ranks come from {first.version}" in words
    assert "athlete-intel cycle --workspace demo" in words
    run_cycle(whole, [], tmp_path, datetime(2026, 11, 7))
    assert in_use() == {first.version}
    with Journal.of(whole) as journal:
        assert journal.rows("model_decisions")[["action", "who"]].to_numpy().tolist()[-2:] == [
            ["promote", "Ann"],
            ["rollback", "Bob"],
        ]
    promote = ["models", "promote", first.version, "--why", "keep", "--who", "Eve", "-w", "demo", *arguments[-2:]]
    again = CliRunner().invoke(app, promote)
    assert f"{first.version} is in use already and is kept until somebody asks for another one" in str(again.exception)
    assert CliRunner().invoke(app, ["models", "retrain", *arguments[2:]]).exit_code == 0
    kept = CliRunner().invoke(app, promote)
    assert f"{first.version} is in use already and is now kept." in " ".join(kept.output.split())
    with Journal.of(whole) as journal:
        assert journal.rows("model_decisions")["action"].tolist()[-3:] == ["rollback", "retrain", "promote"]
