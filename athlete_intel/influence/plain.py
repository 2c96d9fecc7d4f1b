"""What was learnt, as plain dicts, lists, arrays and estimators, and back: the form in which it can be stored.

Dataclasses are named by their type, which is looked up among those that the reader knows and never imported by name;
tables are taken apart into columns, so that no part of pandas has to be trusted.
"""

import json
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from athlete_intel.errors import ModelError

_LEFT_AS_THEY_ARE = (type(None), bool, int, float, str)
_KIND = "is"


def to_plain(thing: Any) -> Any:
    """Dicts with text keys, lists, tuples, numbers, text, arrays and estimators in place of dataclasses and tables.

    Raises:
        ModelError: a part is of another kind.

    >>> to_plain((1, {"rate": 0.5}))
    (1, {'is': 'dict', 'names': ['rate'], 'values': [0.5]})
    """
    if type(thing) in _LEFT_AS_THEY_ARE or isinstance(thing, np.generic | BaseEstimator):
        return thing
    if isinstance(thing, np.ndarray) and thing.dtype != object:
        return thing
    if type(thing) in (list, tuple):
        return type(thing)(to_plain(part) for part in thing)
    if type(thing) is dict and all(type(name) is str for name in thing):
        return {_KIND: "dict", "names": list(thing), "values": [to_plain(value) for value in thing.values()]}
    if is_dataclass(thing) and not isinstance(thing, type):
        names = [field.name for field in fields(thing)]
        values = [to_plain(getattr(thing, name)) for name in names]
        return {_KIND: "dataclass", "type": type_name(type(thing)), "names": names, "values": values}
    if isinstance(thing, pd.DataFrame):
        columns = [_values_to_plain(thing.iloc[:, i]) for i in range(thing.shape[1])]
        return {
            _KIND: "frame",
            "index": _index_to_plain(thing.index),
            "columns": _index_to_plain(thing.columns),
            "values": columns,
        }
    if isinstance(thing, pd.Series):
        index, name = _index_to_plain(thing.index), to_plain(thing.name)
        return {_KIND: "series", "index": index, "name": name, "values": _values_to_plain(thing)}
    raise ModelError(f"A part of the model is a {type_name(type(thing))}, which the model store cannot keep.")


def from_plain(plain: Any, types: dict[str, type]) -> Any:
    """What `to_plain` was given.

    Args:
        plain: from `to_plain`.
        types: the dataclasses that may occur, by `type_name`.

    Raises:
        ModelError: a type or a field that is unknown here.

    >>> from_plain(to_plain((1, {"rate": 0.5})), {})
    (1, {'rate': 0.5})
    """
    if type(plain) in (list, tuple):
        return type(plain)(from_plain(part, types) for part in plain)
    if type(plain) is not dict:
        return plain
    kind = plain[_KIND]
    if kind == "dict":
        return dict(zip(plain["names"], from_plain(plain["values"], types), strict=True))
    if kind == "dataclass":
        return _dataclass_from_plain(plain, types)
    if kind == "frame":
        index, columns = _index_from_plain(plain["index"]), _index_from_plain(plain["columns"])
        values = {i: _series(part, index) for i, part in enumerate(plain["values"])}
        return pd.DataFrame(values, index=index).set_axis(columns, axis="columns")
    if kind == "series":
        return _series(plain["values"], _index_from_plain(plain["index"])).rename(from_plain(plain["name"], types))
    raise ModelError(f"It holds a part of the unknown kind {kind!r}.")


def dataclasses_within(root: type) -> dict[str, type]:
    """A dataclass and all that its fields may hold, by name.

    >>> from athlete_intel.influence.intervals import Ranges
    >>> list(dataclasses_within(Ranges))
    ['athlete_intel.influence.intervals.Ranges']
    """
    found: dict[str, type] = {}
    waiting: list[Any] = [root]
    while waiting:
        hint = waiting.pop()
        waiting += get_args(hint)
        if isinstance(hint, type) and is_dataclass(hint) and type_name(hint) not in found:
            found[type_name(hint)] = hint
            waiting += get_type_hints(hint).values()
    return found


def type_name(kind: type) -> str:
    """The full name of a type."""
    return f"{kind.__module__}.{kind.__qualname__}"


def _dataclass_from_plain(plain: dict[str, Any], types: dict[str, type]) -> Any:
    name = plain["type"]
    if name not in types:
        raise ModelError(f"It holds a {name}, a type that is unknown here.")
    kind = types[name]
    if plain["names"] != [field.name for field in fields(kind)]:
        raise ModelError(f"Its {kind.__name__} has other fields than today's, so another version of the code made it.")
    return kind(**dict(zip(plain["names"], from_plain(plain["values"], types), strict=True)))


def _index_to_plain(index: pd.Index) -> dict[str, Any]:
    if isinstance(index, pd.MultiIndex):
        raise ModelError("A part of the model is a table with an index of several levels, which cannot be kept.")
    if isinstance(index, pd.RangeIndex):
        return {"name": to_plain(index.name), "range": [index.start, index.stop, index.step]}
    return {"name": to_plain(index.name), "values": _values_to_plain(index)}


def _index_from_plain(plain: dict[str, Any]) -> pd.Index:
    if "range" in plain:
        start, stop, step = plain["range"]
        return pd.RangeIndex(start, stop, step, name=plain["name"])
    values = plain["values"]
    return pd.Index(_values_from_plain(values), dtype=values["dtype"], name=plain["name"])


def _values_to_plain(values: pd.Series | pd.Index) -> dict[str, Any]:
    """A column: an array of numbers, or for other types its values as JSON, None for missing ones."""
    dtype = values.dtype
    if isinstance(dtype, np.dtype) and dtype.kind != "O":
        return {"dtype": str(dtype), "array": np.ascontiguousarray(values.to_numpy())}
    found = [None if value is pd.NA or value is None or value != value else value for value in values.tolist()]
    odd = {type_name(type(value)) for value in found if type(value) not in _LEFT_AS_THEY_ARE}
    if odd:
        raise ModelError(f"A column of the model holds a {min(odd)}, which the model store cannot keep.")
    return {"dtype": str(dtype), "json": json.dumps(found)}


def _series(plain: dict[str, Any], index: pd.Index) -> pd.Series:
    return pd.Series(_values_from_plain(plain), index=index, dtype=plain["dtype"])


def _values_from_plain(plain: dict[str, Any]) -> Any:
    return plain["array"] if "array" in plain else json.loads(plain["json"])
