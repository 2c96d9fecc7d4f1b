"""The command line as a person meets it: what it prints, what it says to wrong input, and its exit codes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from athlete_intel import __version__, stats_df
from athlete_intel.errors import UnknownAthleteError
from athlete_intel.journal import Journal
from athlete_intel.settings import Settings

ROOT = Path(__file__).parents[1]
HANDLES = ["handles hits", "handles votes", "handles audit", "journal backup"]
MODELS = ["models list", "models show"]
COMMANDS = ["import", "build", "serve", "cycle", "stats", "snapshots", "doctor", "demo"]


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "athlete_intel", *arguments], capture_output=True, text=True, cwd=cwd, timeout=300
    )


def test_help_names_every_command() -> None:
    text = run("--help").stdout
    assert all(command in text for command in COMMANDS)
    assert run("--version").stdout.strip() == __version__


@pytest.mark.parametrize("command", [*COMMANDS, "snapshots list", "snapshots rollback", *HANDLES, *MODELS])
def test_every_command_explains_itself_and_its_options(command: str) -> None:
    answer = run(*command.split(), "--help")
    assert answer.returncode == 0
    options = [line for line in answer.stdout.splitlines() if line.strip().startswith("│ --")]
    assert all(len(line.split("  ")) > 1 for line in options)


WRONG_INPUT = [
    (["import", "no-such-mapping"], 3, "There is no mapping 'no-such-mapping'"),
    (["import", "nba2017", "--from", "/nowhere"], 4, "--from"),
    (["build", "-w", "empty"], 9, "athlete-intel import"),
    (["serve", "-w", "empty"], 8, "athlete-intel cycle"),
    (["stats", "somebody", "-w", "empty"], 8, "athlete-intel cycle"),
    (["snapshots", "list", "-w", "empty"], 8, "athlete-intel cycle"),
    (["snapshots", "rollback", "-w", "empty"], 8, "no snapshot"),
    (["handles", "hits", "hits.csv", "-w", "empty"], 8, "athlete-intel cycle"),
    (["handles", "hits", "hits.csv", "--most", "0", "-w", "empty"], 2, "--most"),
    (["handles", "hits", "hits.csv", "--most", "-3", "-w", "empty"], 2, "--most"),
    (["handles", "votes", "results.csv", "-w", "empty"], 9, "athlete-intel import"),
    (["handles", "audit", "-w", "empty"], 8, "athlete-intel cycle"),
    (["journal", "backup", "copy.sqlite", "-w", "empty"], 4, "nothing to copy"),
    (["models", "list", "-w", "empty"], 12, "athlete-intel cycle"),
    (["models", "show", "ridge-12345678", "-w", "empty"], 12, "There is no model ridge-12345678"),
    (["build", "-w", "../escape"], 2, "workspace"),
    (["demo", "--scenario", "no-such"], 2, "There is no scenario"),
    (["no-such-command"], 2, "No such command"),
]


@pytest.mark.parametrize(("arguments", "code", "sentence"), WRONG_INPUT, ids=lambda value: str(value)[:40])
def test_wrong_input_is_one_sentence_and_an_exit_code(
    tmp_path: Path, arguments: list[str], code: int, sentence: str
) -> None:
    answer = run(*arguments, *(["--home", str(tmp_path)] if arguments[0] not in ("demo", "no-such-command") else []))
    assert answer.returncode == code, answer.stderr
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not list(tmp_path.rglob("*.duckdb")) or arguments[0] == "import"


def test_doctor_names_the_command_that_mends(tmp_path: Path) -> None:
    workspace = ["--home", str(tmp_path), "-w", "new"]
    only = [f"To mend it: athlete-intel cycle MAPPING --from FOLDER --workspace new --home {tmp_path}"]
    assert mends(run("doctor", *workspace)) == only
    assert run("import", "nba2017", "--from", str(tmp_path), *workspace).returncode == 4
    assert mends(run("doctor", *workspace)) == only
    assert run("build", *workspace).returncode == 9
    assert not list((tmp_path / "new").glob("unfinished-*"))


def mends(answer: subprocess.CompletedProcess[str]) -> list[str]:
    """The commands that doctor names."""
    assert answer.returncode == 8
    return [line for line in answer.stdout.splitlines() if line.startswith("To mend it: ")]


def test_doctor_is_content_with_a_built_workspace(built_home: Path) -> None:
    answer = run("doctor", "--home", str(built_home), "-w", "demo")
    assert answer.returncode == 0
    assert "All is well" in answer.stdout


def decided(folder: Path) -> None:
    """One decision in the journal of a workspace."""
    settings = Settings(home=folder.parent, workspace=folder.name)
    with Journal.of(settings) as journal:
        journal.append("model_decisions", {"action": "retrain", "version": None}, who="Mia", role="analyst", why="seen")


def test_doctor_knows_a_damaged_journal_and_what_mends_it(built_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(built_home / "demo", folder)
    workspace = ["--home", str(tmp_path), "-w", "demo"]
    assert "nobody has decided anything" in run("doctor", *workspace).stdout
    assert not (folder / "journal.sqlite").exists()
    decided(folder)
    assert run("journal", "backup", str(tmp_path / "copy.sqlite"), *workspace).returncode == 0
    (folder / "journal.sqlite").write_bytes(b"junk" * 1000)
    (folder / "journal.sqlite-wal").write_bytes(b"junk")
    with_copy, without = mends(run("doctor", *workspace))
    assert "COPY is a file that athlete-intel journal backup wrote" in with_copy
    assert "if there is no copy: the decisions in the file are lost then" in without
    mend = with_copy.removeprefix("To mend it: ").partition(", where")[0].replace("COPY", str(tmp_path / "copy.sqlite"))
    subprocess.run(mend, shell=True, check=True)
    answer = run("doctor", *workspace)
    assert answer.returncode == 0, answer.stdout
    assert "1 decision " in answer.stdout
    assert not (folder / "journal.sqlite-wal").exists()


def test_doctor_tells_a_journal_that_cannot_be_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATHLETE_INTEL_JOURNAL_URL", "mysql://mia:geheim@host/db")
    answer = run("doctor", "--home", str(tmp_path), "-w", "new")
    assert "To mend it: see that the journal can be reached and written to" in answer.stdout
    assert "geheim" not in answer.stdout


def test_a_whole_cycle_then_a_second_that_does_nothing_then_a_rollback(tmp_path: Path, small_demo_folder: Path) -> None:
    home = ["--home", str(tmp_path)]
    first = run("cycle", "demo", "--from", str(small_demo_folder), *home)
    assert first.returncode == 0, first.stderr
    assert "no row was bad" in first.stdout
    assert "Published the snapshot" in first.stdout
    second = run("cycle", "demo", "--from", str(small_demo_folder), *home)
    assert "nothing new in" in second.stdout
    assert "Nothing has changed" in second.stdout
    assert run("build", "--force", *home).returncode == 0
    assert run("snapshots", "rollback", *home).returncode == 0
    listed = run("snapshots", "list", *home).stdout
    current = [line for line in listed.splitlines() if "current" in line]
    assert len(current) == 1
    assert run("snapshots", "rollback", *home).returncode == 8


def test_the_champion_is_listed_and_shown_with_its_card(built_home: Path) -> None:
    home = ["--home", str(built_home), "-w", "demo"]
    listed = run("models", "list", *home)
    assert listed.returncode == 0, listed.stderr
    (line,) = [line for line in listed.stdout.splitlines() if "champion" in line]
    version = line.split("│")[2].strip()
    shown = run("models", "show", version, *home)
    assert shown.returncode == 0, shown.stderr
    for words in ("champion", "mean absolute log error", "scikit-learn", "seed 2026", "can be loaded"):
        assert words in shown.stdout


def test_stats_describe_the_last_posts(built_home: Path) -> None:
    answer = run("stats", "KingDemo", "--home", str(built_home), "-w", "demo")
    assert answer.returncode == 0, answer.stderr
    assert "50%" in answer.stdout
    assert "Correlation of likes and reposts" in answer.stdout


def test_stats_df_reads_as_in_a_pandas_session(built_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(built_home))
    posts = stats_df("@kingdemo", workspace="demo")
    assert len(posts) == 200
    assert list(posts.describe().columns) == ["likes", "reposts", "replies"]
    assert posts.corr().loc["likes", "reposts"] > 0.5
    assert posts.index.is_monotonic_decreasing
    with pytest.raises(UnknownAthleteError, match="did you mean KingDemo"):
        stats_df("KingDemoo", workspace="demo")
