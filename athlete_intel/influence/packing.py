"""Models as bytes and back, by skops and never by pickle: equal models give equal bytes, and nothing is made of bytes
that hold a type beyond a fixed list.

skops writes the time of day, numbers of memory addresses and random names into a file. Here its nodes are numbered in
the order in which they appear, its parts named after their place, and all dates are the same.
"""

import hashlib
import io
import json
import warnings
import zipfile
from typing import Any, TypeVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

from athlete_intel.errors import ModelError
from athlete_intel.influence.estimators import MonotoneRidge, RidgeThenBoosting, ShrunkMedian
from athlete_intel.influence.plain import dataclasses_within, from_plain, to_plain, type_name

# skops looks through all of scikit-learn when it is imported, which takes seconds: so it is, where it is needed.

OUR_ESTIMATORS: tuple[type, ...] = (MonotoneRidge, RidgeThenBoosting, ShrunkMedian)
TRUSTED = (
    *(type_name(estimator) for estimator in OUR_ESTIMATORS),
    "numpy.dtype",
    # What a SplineTransformer and gradient boosting are made of. skops leaves trees out because their nodes name rows
    # and columns that scikit-learn does not check; `_check_trees` does.
    "scipy.interpolate._bsplines.BSpline",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    type_name(TreePredictor),
)
"""All types that a stored model may hold besides those that skops trusts."""

_T = TypeVar("_T")
_SCHEMA = "schema.json"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_VALUES = {"JsonNode", "TypeNode", "FunctionNode", "TupleNode", "DTypeNode", "SliceNode"}
"""Nodes that never change: whether two equal ones are one in memory is chance, and makes no difference."""


def pack(thing: Any) -> bytes:
    """A skops file of a dataclass, a table, an estimator or what is made of them; equal things give equal bytes.

    Raises:
        ModelError: a part cannot be kept.

    >>> pack({"rate": 0.5}) == pack({"rate": 0.25 + 0.25})
    True
    """
    from skops import io as skops_io
    from skops.io.exceptions import UnsupportedTypeException

    try:
        raw = skops_io.dumps(to_plain(thing))
    except (UnsupportedTypeException, TypeError) as error:
        raise ModelError(f"The model cannot be stored: {error}") from error
    return _canonical(raw)


def unpack(data: bytes, kind: type[_T]) -> _T:
    """What was packed.

    Args:
        data: from `pack`.
        kind: the dataclass that it should be; only this type, those of its fields and `TRUSTED` ones are made.

    Raises:
        ModelError: not a whole skops file, or another type in it; in words that follow the name of a file.
    """
    from skops import io as skops_io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        with warnings.catch_warnings():
            # Of patch releases only: the store refuses models of other releases of scikit-learn.
            warnings.simplefilter("ignore")
            plain = skops_io.loads(data, trusted=TRUSTED)
        _check_trees(plain)
        thing = from_plain(plain, dataclasses_within(kind))
    except ModelError:
        raise
    except UntrustedTypesFoundException as error:
        raise ModelError(f"It holds a type that no model of ours has, and nothing of it was run: {error}") from error
    except Exception as error:  # whatever a damaged or crafted file makes skops stumble over
        raise ModelError(f"It is not a whole model file ({type(error).__name__}).") from error
    if not isinstance(thing, kind):
        raise ModelError(f"It holds a {type_name(type(thing))} in place of a {kind.__name__}.")
    return thing


def fingerprint(*parts: bytes) -> str:
    """SHA-256 over parts, as hexadecimal digits.

    >>> fingerprint(b"")[:8]
    'e3b0c442'
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _canonical(raw: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(written, "w") as target:
        tidy = _Tidy(source)
        schema = json.dumps(tidy.node(json.loads(source.read(_SCHEMA))), separators=(",", ":"))
        for name, content in [*tidy.parts.items(), (_SCHEMA, schema.encode())]:
            entry = zipfile.ZipInfo(name, date_time=_EARLIEST)
            entry.create_system = 3  # as on Linux, wherever this runs
            target.writestr(entry, content)
    return written.getvalue()


class _Tidy:
    """Nodes numbered and parts named in the order in which they appear; equal parts are kept once."""

    def __init__(self, source: zipfile.ZipFile) -> None:
        self.parts: dict[str, bytes] = {}
        self._source = source
        self._numbers: dict[int, int] = {}
        self._names: dict[bytes, str] = {}

    def node(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.node(part) for part in value]
        if not isinstance(value, dict):
            return value
        # A key of a user's dict may have any name, but only in a node does it hold text.
        loader = value.get("__loader__")
        if not isinstance(loader, str):
            return {key: self.node(part) for key, part in value.items()}
        tidy: dict[str, Any] = {}
        if not (loader in _VALUES or (loader == "NdArrayNode" and value["__class__"] != "ndarray")):
            tidy["__id__"] = self._numbers.setdefault(value["__id__"], len(self._numbers) + 1)
        tidy |= {key: self.node(part) for key, part in value.items() if key not in ("__id__", "file")}
        if "file" in value:
            tidy["file"] = self._name(value["file"])
        if loader == "SetNode":
            tidy["content"] = sorted(tidy["content"], key=json.dumps)
        return tidy

    def _name(self, file: str) -> str:
        content = self._source.read(file)
        name = self._names.setdefault(content, f"{len(self._names)}.{file.rsplit('.', 1)[-1]}")
        self.parts[name] = content
        return name


def _check_trees(thing: Any, columns: int = 0) -> None:
    """Raise a ModelError unless every tree ends, and asks only for nodes and columns that there are.

    scikit-learn follows the numbers in a tree without looking; a crafted file could make it read foreign memory.
    """
    if isinstance(thing, TreePredictor):
        nodes = thing.nodes
        inner = nodes[nodes["is_leaf"] == 0]
        own = np.flatnonzero(nodes["is_leaf"] == 0)
        ahead = all(((inner[side] > own) & (inner[side] < len(nodes))).all() for side in ("left", "right"))
        asked = inner["feature_idx"]
        if not (len(nodes) and ahead and ((asked >= 0) & (asked < columns)).all()) or inner["is_categorical"].any():
            raise ModelError("It holds a tree that points out of itself, so it was not made by us.")
    elif isinstance(thing, list | tuple):
        for part in thing:
            _check_trees(part, columns)
    elif isinstance(thing, dict):
        for part in thing.values():
            _check_trees(part, columns)
    elif isinstance(thing, BaseEstimator):
        for part in vars(thing).values():
            _check_trees(part, getattr(thing, "n_features_in_", columns))
