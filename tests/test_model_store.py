"""The model store: what is kept, which is used, what is refused, and what a crash leaves."""

import json
import subprocess
import sys
import types
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io

from athlete_intel import __version__
from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.errors import ModelError
from athlete_intel.features.questions import Questions
from athlete_intel.influence import cards, mlflow_log, registry, store
from athlete_intel.influence.cards import Card, card_of, data_fingerprint, with_version
from athlete_intel.influence.learning import Learned
from athlete_intel.influence.packing import fingerprint, pack
from athlete_intel.influence.store import ModelStore
from athlete_intel.settings import Settings
from tests.test_influence import CATALOGUE, made_up
from tests.test_model_packing import learned

NOW = datetime(2026, 11, 1, 12)
SKLEARN = cards.importlib.metadata.version("scikit-learn")
CARD = Card(
    candidate="ridge",
    parameters={"alpha_": 10.0, "seed": 2026},
    metrics={"mae_log": 0.3, "r2_log": None, "coverage": 0.8, "baseline": 0.4},
    data="ab" * 32,
    window_from="2026-01-01",
    window_to="2026-06-30",
    rows=300,
    features=CATALOGUE["feature"].tolist(),
    package=__version__,
    code="0123456789ab",
    libraries={"scikit-learn": SKLEARN},
)


def model(version: str) -> Learned:
    return replace(learned(), version=version)


@pytest.fixture
def models(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "demo", keep=2)


def statuses(models: ModelStore) -> dict[str, str]:
    return {stored.version: stored.status for stored in models.all()}


def add(models: ModelStore, *versions: str) -> None:
    """Save and promote models, an hour between them."""
    for version in versions:
        models.save(model(version), CARD, NOW + timedelta(hours=len(models.all())))
        models.promote(version)


def test_a_new_model_is_the_challenger_until_it_is_promoted(models: ModelStore) -> None:
    assert models.champion() is None
    models.save(model("a"), CARD, NOW)
    assert statuses(models) == {"a": "challenger"}
    assert models.promote("a").status == "champion"
    models.save(model("b"), CARD, NOW + timedelta(hours=1))
    assert statuses(models) == {"b": "challenger", "a": "champion"}
    models.save(model("c"), CARD, NOW + timedelta(hours=2))
    assert statuses(models) == {"c": "challenger", "b": "archived", "a": "champion"}
    models.promote("b")
    assert statuses(models) == {"c": "challenger", "b": "champion", "a": "archived"}
    champion = models.champion()
    assert champion is not None
    assert champion.version == "b"


def test_only_the_newest_archived_models_stay_and_always_the_champion(models: ModelStore) -> None:
    add(models, "a", "b", "c", "d")
    assert statuses(models) == {"d": "champion", "c": "archived", "b": "archived"}
    assert sorted(path.name for path in models.folder.glob("*.skops")) == ["b.skops", "c.skops", "d.skops"]
    none_kept = ModelStore(models.folder.parent, keep=0)
    add(none_kept, "e")
    assert statuses(none_kept) == {"e": "champion"}


def test_saving_the_same_model_again_changes_nothing(models: ModelStore) -> None:
    add(models, "a", "b")
    before = (models.folder / store.REGISTRY).read_bytes()
    assert models.save(model("b"), CARD, NOW + timedelta(days=9)).status == "champion"
    assert (models.folder / store.REGISTRY).read_bytes() == before
    with pytest.raises(ModelError, match="Another model is stored as b"):
        models.save(replace(model("b"), mean_factor=2.0), CARD, NOW)


def test_what_is_loaded_predicts_as_what_was_saved(models: ModelStore) -> None:
    add(models, "a")
    matrix, _ = made_up(20, seed=3)
    again = models.load("a", features=CATALOGUE["feature"])
    np.testing.assert_array_equal(again.model.predict_log(matrix), learned().model.predict_log(matrix))
    assert again.version == "a"


def test_the_table_shows_what_will_be_once_a_model_is_promoted(models: ModelStore) -> None:
    add(models, "a", "b", "c")
    models.save(model("d"), CARD, NOW + timedelta(days=1))
    planned = models.table(champion="d")
    assert planned["version"].tolist() == ["d", "c", "b"]
    assert planned["status"].tolist() == ["champion", "archived", "archived"]
    assert statuses(models)["c"] == "champion", "a look changes nothing"
    models.promote("d")
    pd.testing.assert_frame_equal(models.table(), planned)
    assert list(planned) == PUBLISHED_TABLES["models"].column_names
    row = planned.iloc[0]
    assert (row["mae_log"], row["baseline_mae_log"], row["coverage"], row["rows"]) == (0.3, 0.4, 0.8, 300)
    assert np.isnan(row["r2_log"])
    assert (row["created"], row["window_to"]) == (pd.Timestamp("2026-11-02 12:00"), pd.Timestamp("2026-06-30"))
    assert row["parameters"] == '{"alpha_": 10.0, "seed": 2026}'
    assert row["sha256"] == fingerprint((models.folder / "d.skops").read_bytes())


def edit(models: ModelStore, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the registry's only entry behind the store's back."""
    path = models.folder / store.REGISTRY
    content = json.loads(path.read_text())
    change(content["models"][0])
    path.write_text(json.dumps(content))


def _swap_in(models: ModelStore, data: bytes, known: bool) -> None:
    (models.folder / "a.skops").write_bytes(data)
    if known:
        edit(models, lambda entry: entry.update(sha256=fingerprint(data)))


TAMPERED: list[tuple[str, Callable[[ModelStore], object], str]] = [
    ("gone", lambda m: (m.folder / "a.skops").unlink(), "has lost its file .*a.skops, so it is not used; run"),
    ("cut off", lambda m: _swap_in(m, pack(model("a"))[:-99], False), "has a file that is not what was saved"),
    ("other model", lambda m: _swap_in(m, pack(model("b")), False), "has a file that is not what was saved"),
    ("cut off, hash known", lambda m: _swap_in(m, pack(model("a"))[:-99], True), "not a whole model file"),
    ("other, hash known", lambda m: _swap_in(m, pack(model("b")), True), "says of itself that it is b"),
    ("function", lambda m: _swap_in(m, skops.io.dumps(subprocess.run), True), "nothing of it was run: .*subprocess"),
    ("next release", lambda m: edit(m, lambda e: e["card"].update(package="9.0.0")), "with Athlete Intelligence 9.0.0"),
    ("next sklearn", lambda m: edit(m, lambda e: e["card"].update(libraries={})), "made with scikit-learn none"),
    ("damaged", lambda m: (m.folder / "models.json").write_text('{"format": 1'), "models.json is damaged"),
    ("no registry", lambda m: (m.folder / "models.json").write_text("[]"), "models.json is damaged"),
    ("other format", lambda m: (m.folder / "models.json").write_text('{"format": 2}'), "format 2 in place of 1"),
    ("way out", lambda m: edit(m, lambda e: e.update(version="../a")), "is damaged"),
    ("unknown status", lambda m: edit(m, lambda e: e.update(status="king")), "is damaged .status 'king'."),
    ("lacking metric", lambda m: edit(m, lambda e: e["card"]["metrics"].pop("mae_log")), "is damaged .metrics of a"),
]


@pytest.mark.parametrize(("tamper", "message"), [case[1:] for case in TAMPERED], ids=[case[0] for case in TAMPERED])
def test_what_is_not_known_is_refused_in_a_sentence(
    models: ModelStore, tamper: Callable[[ModelStore], object], message: str
) -> None:
    add(models, "a")
    tamper(models)
    with pytest.raises(ModelError, match=message) as caught:
        models.load("a")
    assert "athlete-intel build --force --workspace demo" in str(caught.value)


def test_an_unknown_version_or_feature_is_named(models: ModelStore) -> None:
    add(models, "a")
    with pytest.raises(ModelError, match=r"no model \.\./a in .*models list"):
        models.load("../a")
    with pytest.raises(ModelError, match="needs the feature outcome_median, which there is not any more"):
        models.load("a", features=["likes", "likes_recent", "points", "outcomes_seen"])
    with pytest.raises(ModelError, match="must be letters"):
        models.save(model("../a"), CARD, NOW)


def test_a_file_that_is_not_what_was_saved_is_not_promoted_and_saving_mends_it(models: ModelStore) -> None:
    add(models, "a")
    models.save(model("b"), CARD, NOW)
    (models.folder / "b.skops").write_bytes(b"")
    with pytest.raises(ModelError, match="not what was saved"):
        models.promote("b")
    assert statuses(models)["a"] == "champion"
    models.save(model("b"), CARD, NOW)
    models.promote("b")
    assert models.load("b").version == "b"


def test_a_crash_leaves_the_old_registry_and_the_next_save_clears_up(
    models: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(models, "a")

    def power_cut(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "write_registry", power_cut)
    with pytest.raises(KeyboardInterrupt):
        models.save(model("b"), CARD, NOW)
    with pytest.raises(KeyboardInterrupt):
        models.promote("a")
    monkeypatch.undo()
    (models.folder / "c.skops.writing").write_bytes(b"half")
    assert statuses(models) == {"a": "champion"}
    models.save(model("d"), CARD, NOW)
    assert sorted(path.name for path in models.folder.iterdir()) == [
        "a.skops",
        "d.skops",
        "models.json",
        "models.lock",
    ]


def test_a_registry_half_written_is_never_seen(models: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    add(models, "a")

    def power_cut(*arguments: object) -> None:
        raise OSError("the power failed")

    monkeypatch.setattr(registry.os, "replace", power_cut)
    with pytest.raises(OSError, match="the power failed"):
        models.save(model("b"), CARD, NOW)
    assert statuses(models) == {"a": "champion"}


WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from tests.test_model_store import CARD, model
from athlete_intel.influence.store import ModelStore
models = ModelStore(Path(sys.argv[1]), keep=99)
for number in range(8):
    models.save(model(f"{sys.argv[2]}{number}"), CARD, datetime(2026, 11, 1))
    models.promote(f"{sys.argv[2]}{number}")
"""


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    root = Path(__file__).parents[1]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name], cwd=root, stderr=subprocess.PIPE)
        for name in ("a", "b")
    ]
    for writer in writers:
        assert writer.communicate()[1] == b""
    found = statuses(ModelStore(tmp_path))
    assert sorted(found) == sorted(f"{name}{number}" for name in "ab" for number in range(8))
    assert sorted(found.values()) == ["archived"] * 15 + ["champion"]


def questions(seed: int = 0) -> Questions:
    matrix, outcome = made_up(100, seed=seed)
    days = pd.date_range("2026-01-01", periods=100)
    asks = pd.DataFrame({"ask_id": [f"s{i:03}" for i in range(100)], "as_of": days, "outcome": outcome})
    return Questions(asks, {}, matrix, CATALOGUE)


def test_the_card_tells_what_a_model_learnt_and_how_good_it_was() -> None:
    candidates = pd.DataFrame(
        {"candidate": ["median", "ridge"], "chosen": [False, True], "mae_log": [0.5, 0.3], "r2_log": [0.5, np.nan]}
    ).assign(coverage=[np.nan, 0.81], baseline_mae_log=0.75)
    card = card_of(learned(), questions(), candidates, Settings(seed=7))
    assert card.metrics == {"mae_log": 0.3, "r2_log": None, "coverage": 0.81, "baseline": 0.75}
    assert (card.candidate, card.rows, card.window_from, card.window_to) == ("ridge", 100, "2026-01-01", "2026-04-10")
    assert card.parameters["seed"] == 7
    assert isinstance(card.parameters["alpha_"], float)
    assert card.features == CATALOGUE["feature"].tolist()
    assert (card.package, card.libraries["scikit-learn"]) == (__version__, SKLEARN)


def test_equal_data_and_model_have_the_equal_version_and_no_other() -> None:
    one = with_version(learned(), questions())
    assert one.version.startswith("ridge-")
    assert with_version(replace(learned(), version="x"), questions()).version == one.version
    assert with_version(learned(), questions(seed=1)).version != one.version
    assert with_version(replace(learned(), mean_factor=2.0), questions()).version != one.version
    renamed = questions()
    renamed.matrix.columns = [f"{name}_" for name in renamed.matrix]
    assert data_fingerprint(renamed) != data_fingerprint(questions())


class FakeMlflow(types.ModuleType):
    """Writes down what is logged."""

    def __init__(self) -> None:
        super().__init__("mlflow")
        self.seen: list[tuple[str, Any]] = []

    def start_run(self, run_name: str) -> "FakeMlflow":
        self.seen.append(("start_run", run_name))
        return self

    def __enter__(self) -> None: ...

    def __exit__(self, *arguments: object) -> None: ...

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments: self.seen.append((name, arguments[0] if len(arguments) == 1 else arguments))


def test_with_an_address_a_model_is_logged_to_mlflow(models: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeMlflow()
    monkeypatch.setitem(sys.modules, "mlflow", fake)
    stored = models.save(model("a"), CARD, NOW)
    assert mlflow_log.log_model(stored, models.file(stored), "demo") is None
    assert fake.seen == [], "without an address nothing is logged"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "file:///nowhere")
    assert mlflow_log.log_model(stored, models.file(stored), "demo") is None
    said = dict(fake.seen)
    assert said["start_run"] == "demo a"
    assert said["log_params"] == {"candidate": "ridge", "rows": 300, "alpha_": 10.0, "seed": 2026}
    assert said["log_metrics"] == {"mae_log": 0.3, "coverage": 0.8, "baseline": 0.4}
    assert said["set_tags"]["sha256"] == stored.sha256
    assert said["log_artifact"] == str(models.folder / "a.skops")
    text, name = said["log_text"]
    assert (json.loads(text)["data"], name) == (CARD.data, "card.json")


def test_without_mlflow_or_its_server_there_is_a_warning_only(
    models: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = models.save(model("a"), CARD, NOW)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "mlflow", None)
    warning = mlflow_log.log_model(stored, models.file(stored), "demo")
    assert warning is not None
    assert "MLflow is not installed" in warning
    assert "pip install athlete-intelligence[mlflow]" in warning

    def down(name: str) -> None:
        raise ConnectionError("no answer\nand a long trace")

    fake = FakeMlflow()
    fake.set_experiment = down  # type: ignore[method-assign]
    monkeypatch.setitem(sys.modules, "mlflow", fake)
    warning = mlflow_log.log_model(stored, models.file(stored), "demo")
    assert warning == (
        "The model a was not logged to MLFLOW_TRACKING_URI=http://127.0.0.1:9, all else is done: no answer"
    )
