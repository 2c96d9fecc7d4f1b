"""Settings: where they come from, which wins, and what is refused."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from athlete_intel.errors import SettingsError
from athlete_intel.settings import Settings, load_settings


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "athlete-intel.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_option_beats_the_environment_beats_the_file_beats_the_default(tmp_path: Path) -> None:
    file = settings_file(tmp_path, "seed = 1\nposts_window = 50\ninterval = 0.9")
    environment = {"ATHLETE_INTEL_SEED": "2", "ATHLETE_INTEL_POSTS_WINDOW": "60"}
    settings = load_settings(file, environment, seed=3, workspace=None)
    assert (settings.seed, settings.posts_window, settings.interval, settings.keep_snapshots) == (3, 60, 0.9, 10)
    assert settings.workspace == "demo"


def test_the_file_of_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings_file(tmp_path, 'workspace = "nba2017"')
    monkeypatch.chdir(tmp_path)
    assert load_settings(environment={}).workspace == "nba2017"


def test_the_environment_may_name_the_file(tmp_path: Path) -> None:
    file = settings_file(tmp_path, "seed = 5")
    assert load_settings(environment={"ATHLETE_INTEL_SETTINGS": str(file)}).seed == 5
    with pytest.raises(SettingsError, match=r"nowhere\.toml does not exist"):
        load_settings(environment={"ATHLETE_INTEL_SETTINGS": str(tmp_path / "nowhere.toml")})


def test_values_have_their_types_wherever_they_come_from() -> None:
    texts = {"HOME": "elsewhere", "INTERVAL": "0.5", "SEED": "7", "RATE_CENTS_PER_1000": "12"}
    settings = load_settings(environment={f"ATHLETE_INTEL_{name}": text for name, text in texts.items()})
    assert settings == Settings(home=Path("elsewhere"), interval=0.5, seed=7, rate_cents_per_1000=12)
    assert settings.folder == Path("elsewhere/demo")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("workspace", "a/b", "must be letters"),
        ("workspace", "..", "must be letters"),
        ("workspace", "", "must be letters"),
        ("interval", "1", "below 1"),
        ("interval", "nan", "at least 0.5"),
        ("interval", "much", "must be a number"),
        ("seed", "1.5", "must be a whole number"),
        ("seed", "-1", "must be at least 0"),
        ("seed", str(2**32), "below 2"),
        ("seed", "", "must be a whole number"),
        ("keep_snapshots", "0", "at least 1"),
        ("keep_models", "-1", "not be negative"),
        ("posts_window", "1", "at least 2"),
        ("backtest_windows", "1", "at least 2"),
        ("backtest_window_days", "0", "at least 1"),
        ("drift_psi_threshold", "0", "above 0"),
        ("drift_p_threshold", "1", "between 0 and 1"),
        ("drift_window_days", "0", "at least 1"),
        ("rate_cents_per_1000", "-1", "must be 0 to 1,000,000,000"),
        ("rate_cents_per_1000", "9" * 20, "must be 0 to 1,000,000,000"),
    ],
)
def test_a_value_out_of_range_is_named_with_its_rule(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=f"The setting {name} is .*{message}"):
        load_settings(environment={f"ATHLETE_INTEL_{name.upper()}": value})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sede = 1", "unknown setting 'sede'; did you mean 'seed'"),
        ("zzz = 1", "unknown setting 'zzz'; see `athlete-intel doctor`"),
        ("seed = ", "not valid TOML"),
        ("seed = true", "seed is True; it must be a whole number"),
        ("seed = 1.5", "it must be a whole number"),
        ("home = 5", "home is 5; it must be a path"),
        ("keep_snapshots = [1]", "must be a whole number"),
        ("keep_snapshots = inf", "must be a whole number"),
    ],
)
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_settings(settings_file(tmp_path, text), {})


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "athlete-intel.toml"
    file.write_bytes('workspace = "zoë"'.encode("cp1252"))
    with pytest.raises(SettingsError, match="not valid TOML"):
        load_settings(file, {})


def test_settings_do_not_change_once_made() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().seed = 1  # type: ignore[misc]
    assert all(name.islower() for name in (field.name for field in fields(Settings)))
