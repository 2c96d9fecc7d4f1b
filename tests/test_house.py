"""The rules of the house: who may import whom, and what pages may not hold."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "athlete_intel"

ONLY_IMPORTERS = {
    "duckdb": {"athlete_intel/warehouse"},
    "mlflow": {"athlete_intel/influence/mlflow_log.py"},
    "plotly": {"athlete_intel/charts"},
    "skops": {"athlete_intel/influence/packing.py"},
    "sqlalchemy": {"athlete_intel/journal.py"},
    "streamlit": {"athlete_intel/ui", "pages", "app.py"},
}
"""Who alone may import a library."""

LINE = (
    "sources",
    "handles",
    "features",
    "influence",
    "payouts",
    "bundles",
    "monitoring",
    "handle_results",
    "payout_results",
    "drift_results",
    "health_results",
    "model_trial",
    "model_in_use",
    "model_choice",
    "situation",
    "earlier",
    "stages",
    "pipeline",
    "cycle",
)
"""Data flows one way along this line; a module imports only what stands before it."""
EVERYONE_MAY_IMPORT = {
    "errors",
    "settings",
    "contracts",
    "texts",
    "warehouse",
    "journal",
    "journal_rows",
    "__version__",
}
OUTSIDE_THE_LINE = {"charts", "ui", "people", "cli", "stats", "__main__", "__init__"}


def python_files() -> list[Path]:
    return sorted([*PACKAGE.rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"])


def imported_modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported_modules(path) if name.startswith("athlete_intel.")}


@pytest.mark.parametrize("library", ONLY_IMPORTERS)
def test_a_library_is_imported_in_one_place_only(library: str) -> None:
    importers = {
        path.relative_to(ROOT).as_posix()
        for path in python_files()
        if any(name.split(".")[0] == library for name in imported_modules(path))
    }
    assert importers, f"nobody imports {library}; is the rule still right?"
    strangers = {name for name in importers if not any(name.startswith(allowed) for allowed in ONLY_IMPORTERS[library])}
    assert strangers == set()


def test_data_flows_one_way() -> None:
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = room_of(path)
        if room in LINE:
            allowed = EVERYONE_MAY_IMPORT | set(LINE[: LINE.index(room) + 1])
            wrong += [f"{path.relative_to(ROOT)} imports {other}" for other in rooms_imported(path) - allowed]
        elif room in EVERYONE_MAY_IMPORT:
            allowed = EVERYONE_MAY_IMPORT
            wrong += [f"{path.relative_to(ROOT)} imports {other}" for other in rooms_imported(path) - allowed]
        else:
            assert room in OUTSIDE_THE_LINE, f"{room} has no place in the house yet"
    assert wrong == []


def test_charts_know_no_streamlit_and_pages_no_plotly() -> None:
    for path in PACKAGE.glob("charts*/**/*.py"):
        assert "streamlit" not in {name.split(".")[0] for name in imported_modules(path)}


def test_a_command_does_not_wait_for_streamlit() -> None:
    borrowed = [f"import {name}" for path in (PACKAGE / "cli").glob("*.py") for name in modules_of_pages(path)]
    assert borrowed
    load = "; ".join([*borrowed, "import sys", "assert 'streamlit' not in sys.modules"])
    subprocess.run([sys.executable, "-c", load], cwd=ROOT, check=True)


def modules_of_pages(path: Path) -> set[str]:
    """Modules of `ui` that a file imports from, or imports."""
    named = {name for name in imported_modules(path) if name.startswith("athlete_intel.ui.")}
    return {name for name in named if (ROOT / f"{name.replace('.', '/')}.py").is_file()}


def test_only_the_door_reads_settings_and_prints() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        if room_of(path) in {"cli", "ui", "settings", "__init__"}:
            continue
        assert "athlete_intel.settings.load_settings" not in imported_modules(path), path
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"], path


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.name)
def test_pages_are_short_and_hold_no_sql_and_no_html(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    assert "unsafe_allow_html" not in text
    assert "SELECT" not in text
    for library in ("numpy", "scipy", "sklearn"):
        assert library not in {name.split(".")[0] for name in imported_modules(path)}, "a formula belongs in the domain"


def test_app_is_short() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 80


def test_no_pickle_and_no_work_at_import() -> None:
    for path in python_files():
        assert not {"pickle", "joblib", "dill"} & {name.split(".")[0] for name in imported_modules(path)}, path


def test_only_one_place_asks_who_signs() -> None:
    """A form with a field of its own would let somebody who is signed in sign as somebody else."""
    asking = {path for path in python_files() if "Your name" in path.read_text(encoding="utf-8")}
    assert {path.name for path in asking if path.parent.name != "cli"} == {"signer.py"}
