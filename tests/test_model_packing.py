"""Models as bytes: the same model is the same bytes, comes back as it was, and nothing else is made of a file."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression

from athlete_intel.errors import ModelError
from athlete_intel.influence import estimators
from athlete_intel.influence.intervals import learn_ranges, spread_features
from athlete_intel.influence.learning import Learned
from athlete_intel.influence.novelty import learn_novelty
from athlete_intel.influence.packing import OUR_ESTIMATORS, pack, unpack
from athlete_intel.influence.plain import from_plain, to_plain, type_name
from athlete_intel.influence.rank_ranges import LastingErrors
from tests.test_influence import BY_NAME, CATALOGUE, fitted, made_up

ROOT = Path(__file__).parents[1]


@cache
def learned(name: str = "ridge", seed: int = 0) -> Learned:
    """A model of a small made-up world; kept, because trees take a moment."""
    matrix, outcome = made_up(400, seed=seed)
    model = fitted(name, matrix, outcome)
    errors = np.random.default_rng(seed).normal(size=len(matrix))
    ranges = learn_ranges(errors, spread_features(matrix, model.predict_log(matrix)), 0.8)
    assert ranges is not None
    return Learned(
        model=model,
        chosen=name,
        version=f"{name}-{seed:08}",
        ranges=ranges,
        by_time=True,
        mean_factor=1.25,
        newcomers=model,
        newcomer_ranges=ranges,
        novelty=learn_novelty(model, matrix, [model], ranges.typical, seed),
        lasting=LastingErrors(0.4, 0.5),
    )


@pytest.mark.parametrize("name", list(BY_NAME))
def test_a_model_comes_back_as_it_was(name: str) -> None:
    before, (matrix, _) = learned(name), made_up(50, seed=9)
    after = unpack(pack(before), Learned)
    np.testing.assert_array_equal(after.model.predict_log(matrix), before.model.predict_log(matrix))
    spreads = spread_features(matrix, before.model.predict_log(matrix))
    np.testing.assert_array_equal(after.ranges.sizes(spreads), before.ranges.sizes(spreads))
    pd.testing.assert_frame_equal(after.predict(matrix), before.predict(matrix))
    pd.testing.assert_frame_equal(after.model.catalogue, before.model.catalogue)
    pd.testing.assert_series_equal(after.model.typical, before.model.typical)
    pd.testing.assert_frame_equal(after.ranges.seen, before.ranges.seen)
    assert (after.chosen, after.version, after.by_time, after.mean_factor) == (name, f"{name}-00000000", True, 1.25)


@pytest.mark.parametrize("name", list(BY_NAME))
@given(st.lists(st.floats(width=64), min_size=len(CATALOGUE), max_size=len(CATALOGUE)))
@settings(max_examples=20)
def test_it_predicts_the_same_numbers_for_whatever_it_is_asked(name: str, values: list[float]) -> None:
    row = pd.DataFrame([values], columns=CATALOGUE["feature"].tolist())
    np.testing.assert_array_equal(_again(name).model.predict_log(row), learned(name).model.predict_log(row))


@cache
def _again(name: str) -> Learned:
    return unpack(pack(learned(name)), Learned)


SCRIPT = """
from tests.test_model_packing import BY_NAME, learned
from athlete_intel.influence.packing import fingerprint, pack
print([fingerprint(pack(learned(name))) for name in BY_NAME])
"""


def test_the_same_seed_gives_the_same_bytes_in_every_process() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            check=True,
        ).stdout
        for seed in ("1", "4242")
    }
    assert len(printed) == 1


def test_another_seed_gives_other_bytes_and_a_model_read_again_the_same() -> None:
    assert pack(learned(seed=1)) != pack(learned(seed=2))
    assert pack(_again("boosting")) == pack(learned("boosting"))


@dataclass(frozen=True)
class Inner:
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Outer:
    inner: Inner | None
    table: Any
    more: dict[str, Inner]


TABLES = [
    pd.DataFrame({"a": [1, 2], "b": [True, False], "c": ["x", None], "d": [1.5, np.nan]}),
    pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="athlete_id")),
    pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": pd.array([True, None], dtype="boolean")}),
    pd.DataFrame({"a": pd.to_datetime(["2026-01-31 10:00", None])}),
    pd.DataFrame({"a": []}, index=pd.RangeIndex(5, 5)),
    pd.DataFrame(index=pd.RangeIndex(3, name="row")),
    pd.Series([0.5, 0.25], index=[0.02, 0.98], name="share"),
    pd.Series(["x", None], dtype="object"),
]


@pytest.mark.parametrize("table", TABLES, ids=range(len(TABLES)))
def test_tables_and_nested_dataclasses_come_back(table: pd.DataFrame | pd.Series) -> None:
    before = Outer(Inner((1.0, float("inf"))), table, {"is": Inner(()), "file": Inner((0.1,))})
    after = unpack(pack(before), Outer)
    assert (after.inner, after.more) == (before.inner, before.more)
    check = pd.testing.assert_frame_equal if isinstance(table, pd.DataFrame) else pd.testing.assert_series_equal
    check(after.table, table)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (object(), r"builtins\.object"),
        ({1: 2}, r"builtins\.dict"),
        ({1, 2}, r"builtins\.set"),
        (os.system, "builtin_function"),
        (np.array([object()]), r"numpy\.ndarray"),
        (pd.DataFrame({"a": [object()]}), r"holds a builtins\.object"),
        (pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_tuples([(1, 2)])), "several levels"),
    ],
)
def test_what_cannot_be_kept_is_said(part: object, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        pack(Outer(None, part, {}))


def test_every_estimator_of_ours_is_known() -> None:
    ours = {
        thing
        for thing in vars(estimators).values()
        if isinstance(thing, type) and issubclass(thing, BaseEstimator) and thing.__module__ == estimators.__name__
    }
    assert set(OUR_ESTIMATORS) == ours


def changed(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """A skops file with its schema changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "schema.json":
                schema = json.loads(content)
                change(schema)
                content = json.dumps(schema).encode()
            target.writestr(name, content)
    return written.getvalue()


class Stranger(BaseEstimator):
    """An estimator that is not ours."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        Path(state["path"]).write_text("it ran")


def test_an_estimator_that_is_not_ours_is_refused_and_not_run(tmp_path: Path) -> None:
    stranger = Stranger()
    stranger.path = str(tmp_path / "ran")  # type: ignore[attr-defined]
    data = pack({"model": stranger})
    with pytest.raises(ModelError, match=r"no model of ours has, and nothing of it was run: .*Stranger"):
        unpack(data, Learned)
    assert not list(tmp_path.iterdir())


def test_a_function_is_refused_and_not_run() -> None:
    for data in (skops.io.dumps(os.system), skops.io.dumps({"is": "dict", "names": [], "values": [os.system]})):
        with pytest.raises(ModelError, match=r"nothing of it was run: .*posix\.system"):
            unpack(data, Learned)

    def call_system(schema: dict[str, Any]) -> None:
        inner = {name: schema[name] for name in ("__class__", "__module__", "__loader__", "content")}
        call = {"__class__": "system", "__module__": "os", "__loader__": "ConstructorFromReduceNode"}
        schema |= {**call, "content": inner}

    with pytest.raises(ModelError, match=r"os\.system"):
        unpack(changed(skops.io.dumps(("touch ran",)), call_system), Learned)
    assert not Path("ran").exists()


def _to_foreign_column(nodes: np.ndarray) -> None:
    nodes["feature_idx"][0] = 1_000_000


def _to_foreign_node(nodes: np.ndarray) -> None:
    nodes["left"][0] = len(nodes)


def _to_itself(nodes: np.ndarray) -> None:
    nodes["right"][0] = 0


@pytest.mark.parametrize("change", [_to_foreign_column, _to_foreign_node, _to_itself])
def test_a_tree_that_points_out_of_itself_is_refused(change: Callable[[np.ndarray], None]) -> None:
    crafted = _read(pack(learned("boosting")))
    change(crafted.model.estimator.trees_._predictors[0][0].nodes)
    with pytest.raises(ModelError, match="points out of itself"):
        unpack(pack(crafted), Learned)


def _read(data: bytes) -> Learned:
    return unpack(data, Learned)


def test_a_file_that_is_not_whole_is_refused() -> None:
    data = pack(learned())
    for broken in (b"", b"PK", data[: len(data) // 2], data[:-10], b"x" * 100):
        with pytest.raises(ModelError, match="not a whole model file"):
            unpack(broken, Learned)


def test_another_thing_than_a_model_is_refused() -> None:
    for data, message in (
        (pack({"a": 1}), r"builtins\.dict in place of a Learned"),
        (pack(LinearRegression()), "LinearRegression in place of a Learned"),
        (pack(Outer(None, None, {})), r"Outer, a type that is unknown here"),
    ):
        with pytest.raises(ModelError, match=message):
            unpack(data, Learned)


def test_a_model_with_other_fields_is_of_another_version() -> None:
    plain = to_plain(Inner((1.0,)))
    plain["names"] = ["weights", "more"]
    with pytest.raises(ModelError, match="Inner has other fields than today's"):
        from_plain(plain, {type_name(Inner): Inner})
