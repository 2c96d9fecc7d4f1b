"""What the README promises works: its mapping, its commands, its files."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from athlete_intel import cli, pipeline
from athlete_intel.settings import Settings
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Snapshots

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def command_names() -> list[str]:
    names = []
    for name, command in get_command(cli.app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        names += [f"{name} {sub}" for sub in inner] if inner else [name]
    return names


@pytest.mark.parametrize("name", command_names())
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert f"athlete-intel {name}" in README


def test_every_command_in_the_readme_exists() -> None:
    named = set(re.findall(r"athlete-intel ([a-z]+(?: [a-z]+)?)", README))
    known = command_names()
    for words in named:
        assert any(words == name or words.split()[0] == name for name in known), words


def test_every_linked_file_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_mapping_of_the_readme_imports_and_builds(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "my_posts.toml").write_text(
        "\n".join(line[3:] if line.startswith("   ") else line for line in block.splitlines())
    )
    for athlete in range(12):
        rows = ["Post ID,Athlete,Published,Likes,Shares,Comments"]
        for day in range(120):
            likes = 100 * (athlete + 1) + (day * 37 + athlete * 11) % 50
            rows.append(
                f"{athlete}-{day},Athlete {athlete},2026-{1 + day // 28:02}-{1 + day % 28:02} 12:00,"
                f"{likes},{likes // 9},{likes // 17}"
            )
        (tmp_path / f"export-{athlete}.csv").write_text("\n".join(rows))
    settings = Settings(home=tmp_path / "home", workspace="mine")
    now = pipeline.utc_now()
    report = pipeline.run_import(settings, load_mapping(str(tmp_path / "my_posts.toml")), tmp_path, now)
    assert (report.lines, report.bad_lines) == (1440, 0)
    pipeline.build(settings, now)
    rankings = Snapshots(settings.folder).read("rankings")
    assert rankings["athlete_id"].iloc[0] == "athlete-11"


GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))


def commands_of(guide: Path) -> list[list[str]]:
    """The commands in the guide's bash blocks, in order."""
    blocks = re.findall(r"```bash\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_every_file_that_a_guide_links_exists(guide: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", guide.read_text(encoding="utf-8")):
        assert (guide.parent / target).exists(), target


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_the_commands_of_a_guide_work(
    guide: Path, tmp_path: Path, built_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if "operator" not in guide.stem:
        shutil.copytree(built_home / "demo", tmp_path / "data" / "built" / "demo")
    for words in commands_of(guide):
        result = CliRunner().invoke(cli.app, words)
        # 20: a critical alert waits.
        assert result.exit_code in ((0, 20) if words[0] == "alerts" else (0,)), f"{words}: {result.output}"
