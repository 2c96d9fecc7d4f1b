"""Fixtures that several test files share."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser

from athlete_intel import pipeline
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from tools.app_in_browser import NoBrowserError, chromium

REAL = Path(__file__).parents[1] / ".." / "shared" / "real"
_MUST_HAVE_BROWSER = os.environ.get("CI") == "true"
REAL_DATA_SETS = ("facebook_pages", "nba2017", "on3_nil")

hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis_settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests must not depend on who runs them."""
    for name in [name for name in os.environ if name.startswith(("ATHLETE_INTEL_", "MLFLOW_"))]:
        monkeypatch.delenv(name)


def real_folder(name: str) -> Path:
    """The folder of a real data set; skips the test where it is missing."""
    folder = (REAL / name).resolve()
    if not folder.is_dir():
        pytest.skip(f"the real data set {name} is not at ../shared/real")
    return folder


@pytest.fixture(scope="session")
def small_demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo world of 120 athletes and ten months."""
    folder = tmp_path_factory.mktemp("small_demo")
    write_demo(folder, load_scenario("calm"), athletes=120, days=300)
    return folder


@pytest.fixture(scope="session")
def built_home(tmp_path_factory: pytest.TempPathFactory, small_demo_folder: Path) -> Iterator[Path]:
    """A home with a published workspace for the small demo world and, where they are at hand, the real data sets.

    Each process of a run has a home of its own, but each data set is built in one of them only.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if worker else base) / "built_once"
    shared.mkdir(exist_ok=True)
    home = tmp_path_factory.mktemp("home")
    sources = {"demo": small_demo_folder} | {name: REAL / name for name in REAL_DATA_SETS if (REAL / name).is_dir()}
    # Every other process begins at the other end, so that two build at the same time instead of waiting.
    names = list(sources)[:: -1 if worker in ("gw1", "gw3") else 1]
    for name in names:
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / f"{name}.done").exists():
                settings = Settings(home=shared, workspace=name)
                pipeline.run_import(settings, load_mapping(name), sources[name], pipeline.utc_now())
                pipeline.build(settings, pipeline.utc_now())
                (shared / f"{name}.done").touch()
        shutil.copytree(shared / name, home / name)
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; without one the test is skipped, except where everything must be tested.

    Not one for the whole session: while it is open, nothing else in the process can run an event loop.
    """
    try:
        with chromium() as found:
            yield found
    except NoBrowserError as error:
        if _MUST_HAVE_BROWSER:
            raise
        pytest.skip(str(error))
