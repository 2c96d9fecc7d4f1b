"""The small expression language of mappings: columns, text, numbers, arithmetic, comparisons, a few functions.

An expression is parsed once, checked against a white list, and evaluated on whole columns. It can do nothing
but read the row in front of it.
"""

import ast
import difflib
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from athlete_intel.errors import MappingError
from athlete_intel.sources.values import Problem, as_number, as_text, as_time, as_truth

_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)
_DEEPEST = 100
_MOST_SECONDS = 1e10
_MOST_DAYS = 1e6
_ARITHMETIC: dict[type[ast.operator], Callable[[pd.Series, pd.Series], pd.Series]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: (a / b).where(b != 0),
}


@dataclass
class Context:
    """Rows to evaluate on, the zone of times that name none, the decimal sign, and the problems met on the way."""

    rows: pd.DataFrame
    timezone: str = "UTC"
    decimal: str = "."
    problems: list[Problem] = field(default_factory=list)


class Expression:
    """A checked expression.

    >>> rows = pd.DataFrame({"First": ["Zoë", "Ann"], "likes": ["3", "x"], "shares": ["4", "5"]})
    >>> Expression("slug(First)").evaluate(Context(rows)).tolist()
    ['zoe', 'ann']
    >>> context = Context(rows)
    >>> Expression("likes + shares").evaluate(context).tolist()
    [7.0, nan]
    >>> context.problems[0].column, context.problems[0].values.tolist(), context.problems[0].reason
    ('likes', ['x'], 'is not a number')
    """

    def __init__(self, text: str, where: str = "The mapping") -> None:
        self.text = text
        self.where = where
        try:
            with warnings.catch_warnings(action="ignore"):
                self._tree = ast.parse(text.strip(), mode="eval").body
            self._check(self._tree, 0)
        except (SyntaxError, ValueError) as error:
            raise MappingError(
                f"{where}: {text!r} is not an expression ({getattr(error, 'msg', error)}); "
                "a column whose name has spaces or signs is written column('name')."
            ) from error
        except (RecursionError, MemoryError) as error:
            raise self._too_deep() from error

    @property
    def columns(self) -> list[str]:
        """Names of the source columns that the expression reads, sorted."""
        return sorted(set(_columns(self._tree)))

    def check_columns(self, available: Iterable[str], file: str) -> None:
        """Raise MappingError if a column of the expression is not among those of the file."""
        available = list(available)
        for name in self.columns:
            if name not in available:
                close = difflib.get_close_matches(name, available, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"it has {_listed(available)}."
                raise MappingError(f"{self.where}: the file {file} has no column {name!r}; {hint}")

    def evaluate(self, context: Context) -> pd.Series:
        """Values of the expression, one a row, indexed like the rows; what cannot be read is a problem and null."""
        return _evaluate(self._tree, context)

    def truth(self, context: Context) -> pd.Series:
        """The expression as a condition: True or False a row; what is neither is a problem and False."""
        return _truth(self._tree, context)

    def _too_deep(self) -> MappingError:
        return MappingError(f"{self.where}: {self.text[:60]!r}… is nested too deeply to be read.")

    def _check(self, node: ast.expr, depth: int) -> None:
        if depth > _DEEPEST:
            raise self._too_deep()
        match node:
            case ast.Name(id=name) if not name.startswith("__"):
                return
            case ast.Constant(value=str()):
                return
            case ast.Constant(value=int() | float() as value) if abs(value) < 1e300:
                return
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                parts = [left, right]
            case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
                parts = [operand]
            case ast.BoolOp(values=parts):
                pass
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[right]):
                options = right.elts if isinstance(right, ast.Tuple) else [right]
                if not all(isinstance(option, ast.Constant) for option in options):
                    raise MappingError(
                        f"{self.where}: after `in` stand texts or numbers in brackets, as in x in ('a', 'b'), "
                        f"not {ast.unparse(right)!r}."
                    )
                parts = [left, *options]
            case ast.Compare(left=left, ops=[op], comparators=[right]) if isinstance(op, _COMPARISONS):
                parts = [left, right]
                if not isinstance(op, ast.Eq | ast.NotEq) and any(_is_text(part) for part in parts):
                    raise MappingError(
                        f"{self.where}: in {self.text!r} a text is compared as larger or smaller; "
                        "compare numbers, or times written time('2016-01-31')."
                    )
            case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in _FUNCTIONS:
                least, most = _FUNCTIONS[name].arguments
                if not least <= len(parts) <= most:
                    raise MappingError(
                        f"{self.where}: {name} takes {_many(least, most)}, not {len(parts)}, in {self.text!r}."
                    )
                for position in _FUNCTIONS[name].texts:
                    if position < len(parts) and not _is_text(parts[position]):
                        raise MappingError(
                            f"{self.where}: argument {position + 1} of {name} must be a text in quotes, "
                            f"not {ast.unparse(parts[position])}, in {self.text!r}."
                        )
                if name == "time" and len(parts) == 2:
                    self._check_time_format(str(getattr(parts[1], "value", "")))
            case ast.Call(func=ast.Name(id=name)) if name not in _FUNCTIONS:
                close = difflib.get_close_matches(name, _FUNCTIONS, n=1)
                hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(_FUNCTIONS))}."
                raise MappingError(f"{self.where}: there is no function {name} in {self.text!r}; {hint}")
            case _:
                raise MappingError(
                    f"{self.where}: {ast.unparse(node)!r} cannot stand in {self.text!r}; an expression may hold "
                    "columns, text, numbers, + - * /, comparisons, and functions."
                )
        for part in parts:
            self._check(part, depth + 1)

    def _check_time_format(self, time_format: str) -> None:
        try:
            if "%" not in time_format:
                raise ValueError("it has no % sign")
            pd.to_datetime(pd.Series(["2016-01-31"]), format=time_format, errors="coerce", utc=True)
        except (ValueError, re.error) as error:
            raise MappingError(
                f"{self.where}: {time_format!r} is not a time format such as '%d.%m.%Y %H:%M' ({error})."
            ) from error


@dataclass(frozen=True)
class _Function:
    run: Callable[[list[ast.expr], Context], pd.Series]
    arguments: tuple[int, int]
    """Least and most."""
    texts: tuple[int, ...] = ()
    """Positions of arguments that must be texts in quotes."""


def _columns(node: ast.expr) -> Iterable[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "column":
        yield str(getattr(node.args[0], "value", ""))
    else:
        for child in node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from _columns(child)


def _evaluate(node: ast.expr, context: Context) -> pd.Series:
    index = context.rows.index
    match node:
        case ast.Constant(value=value):
            return pd.Series([value] * len(index), index=index, dtype=object if isinstance(value, str) else float)
        case ast.Name(id=name):
            return context.rows[name].rename(name)
        case ast.BinOp(left=left, op=op, right=right):
            return _ARITHMETIC[type(op)](_number(left, context), _number(right, context))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand, context)
        case ast.UnaryOp(operand=operand):
            return ~_truth(operand, context)
        case ast.BoolOp(op=op, values=parts):
            truths = [_truth(part, context) for part in parts]
            return pd.Series(
                np.logical_and.reduce(truths) if isinstance(op, ast.And) else np.logical_or.reduce(truths), index=index
            )
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compare(left, op, right, context)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name].run(arguments, context)
    raise AssertionError(f"{ast.dump(node)} passed the check but is not evaluated")


def _number(node: ast.expr, context: Context) -> pd.Series:
    values = _evaluate(node, context)
    numbers, problem = as_number(values, context.decimal)
    if problem is not None:
        context.problems.append(problem.of_column(_name_of(node)))
    return numbers


def _text(node: ast.expr, context: Context) -> pd.Series:
    return as_text(_evaluate(node, context))


def _truth(node: ast.expr, context: Context) -> pd.Series:
    truths, problem = as_truth(_evaluate(node, context))
    if problem is not None:
        context.problems.append(problem.of_column(_name_of(node)))
    return truths.fillna(False).astype(bool)


def _compare(left: ast.expr, op: ast.cmpop, right: ast.expr, context: Context) -> pd.Series:
    if isinstance(op, ast.In | ast.NotIn):
        options = right.elts if isinstance(right, ast.Tuple) else [right]
        wanted = as_text(pd.Series([getattr(option, "value", "") for option in options], dtype=object))
        found = _text(left, context).isin(set(wanted.dropna()))
        return ~found if isinstance(op, ast.NotIn) else found
    a, b = _evaluate(left, context), _evaluate(right, context)
    both_times = all(pd.api.types.is_datetime64_any_dtype(values) for values in (a, b))
    if isinstance(op, ast.Eq | ast.NotEq) and not (both_times or _is_number(left) or _is_number(right)):
        equal = (_text(left, context) == _text(right, context)).fillna(False).astype(bool)
        return ~equal if isinstance(op, ast.NotEq) else equal
    if not both_times:
        a, b = _number(left, context), _number(right, context)
    results = {ast.Eq: a == b, ast.NotEq: a != b, ast.Lt: a < b, ast.LtE: a <= b, ast.Gt: a > b, ast.GtE: a >= b}
    return results[type(op)]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_number(node: ast.expr) -> bool:
    """Whether the expression gives a number whatever its columns hold."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("number", "round")
    return isinstance(node, ast.BinOp | ast.UnaryOp) or (isinstance(node, ast.Constant) and not _is_text(node))


def _name_of(node: ast.expr) -> str:
    return next(iter(_columns(node)), ast.unparse(node))


def slug(text: str) -> str:
    """A name as an identifier: no accents, lower case, words joined by hyphens.

    >>> slug("Nikola Jokić "), slug("D'Angelo Russell"), slug("大谷 翔平")
    ('nikola-jokic', 'd-angelo-russell', '大谷-翔平')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    # Vowel signs of Hindi or Thai are marks, not letters, but belong to the word.
    kept = (c if c.isalnum() or unicodedata.category(c).startswith("M") else "-" for c in plain.casefold())
    return unicodedata.normalize("NFC", re.sub("-+", "-", "".join(kept)).strip("-"))


def _slug(arguments: list[ast.expr], context: Context) -> pd.Series:
    texts = [_text(argument, context) for argument in arguments]
    slugs = [text.map({value: slug(value) for value in text.dropna().unique()}) for text in texts]
    joined = slugs[0]
    for more in slugs[1:]:
        joined = joined + "-" + more
    return joined.replace("", None)


def _join(arguments: list[ast.expr], context: Context) -> pd.Series:
    separator, first, *rest = arguments
    joined = _text(first, context)
    # A separator written in quotes is taken as it stands: as a value, a blank one would count as missing.
    between = str(separator.value) if isinstance(separator, ast.Constant) else _text(separator, context)
    for part in rest:
        joined = joined + between + _text(part, context)
    return joined


def _given(values: pd.Series) -> pd.Series:
    return as_text(values).notna() if values.dtype == "str" else values.notna()


def _coalesce(arguments: list[ast.expr], context: Context) -> pd.Series:
    values = _evaluate(arguments[0], context)
    given, values = _given(values), values.astype(object)
    for argument in arguments[1:]:
        more = _evaluate(argument, context)
        values = values.where(given, more.astype(object))
        given |= _given(more)
    return values


def _if_else(arguments: list[ast.expr], context: Context) -> pd.Series:
    condition, yes, no = arguments
    return (
        _evaluate(yes, context).astype(object).where(_truth(condition, context), _evaluate(no, context).astype(object))
    )


def _time(arguments: list[ast.expr], context: Context) -> pd.Series:
    values = _evaluate(arguments[0], context)
    time_format = str(getattr(arguments[1], "value", "")) if len(arguments) > 1 else None
    times, problems = as_time(values, context.timezone, time_format)
    context.problems.extend(problem.of_column(_name_of(arguments[0])) for problem in problems)
    # With its zone, so that nothing further on takes it for a time of the file's zone.
    return times.dt.tz_localize("UTC")


def _unix(arguments: list[ast.expr], context: Context) -> pd.Series:
    reason = "is too large for seconds since 1970; milliseconds are written unix(… / 1000)"
    seconds = _bounded(arguments[0], context, _MOST_SECONDS, reason)
    return pd.to_datetime(seconds, unit="s", utc=True).astype("datetime64[us, UTC]")


def _days_after(arguments: list[ast.expr], context: Context) -> pd.Series:
    days = _bounded(arguments[1], context, _MOST_DAYS, "is too large for a number of days")
    return _time(arguments[:1], context) + pd.to_timedelta(days, unit="D")


def _bounded(node: ast.expr, context: Context, limit: float, reason: str) -> pd.Series:
    numbers = _number(node, context)
    large = numbers.abs() >= limit
    if large.any():
        context.problems.append(Problem(_name_of(node), numbers[large], reason))
    return numbers.mask(large)


_FUNCTIONS: dict[str, _Function] = {
    "column": _Function(lambda a, c: c.rows[str(getattr(a[0], "value", ""))], (1, 1), (0,)),
    "slug": _Function(_slug, (1, 9)),
    "lower": _Function(lambda a, c: _text(a[0], c).str.lower(), (1, 1)),
    "upper": _Function(lambda a, c: _text(a[0], c).str.upper(), (1, 1)),
    "trim": _Function(lambda a, c: _text(a[0], c).str.strip(), (1, 1)),
    "join": _Function(_join, (2, 9)),
    "replace": _Function(
        lambda a, c: _text(a[0], c).str.replace(
            str(getattr(a[1], "value", "")), str(getattr(a[2], "value", "")), regex=False
        ),
        (3, 3),
        (1, 2),
    ),
    "number": _Function(lambda a, c: _number(a[0], c), (1, 1)),
    "round": _Function(lambda a, c: _number(a[0], c).round(), (1, 1)),
    "given": _Function(lambda a, c: _given(_evaluate(a[0], c)), (1, 1)),
    "coalesce": _Function(_coalesce, (2, 9)),
    "if_else": _Function(_if_else, (3, 3)),
    "time": _Function(_time, (1, 2), (1,)),
    "unix": _Function(_unix, (1, 1)),
    "days_after": _Function(_days_after, (2, 2)),
}


def function_names() -> list[str]:
    """Names of the functions, sorted."""
    return sorted(_FUNCTIONS)


def _listed(columns: list[str]) -> str:
    """The first names; if there is only one that holds another delimiter, say so."""
    if len(columns) == 1:
        for delimiter, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars"), (",", "commas")):
            if delimiter in columns[0]:
                one = f"the one column {columns[0][:100]!r}"
                return f"{one}, so {name} may part its columns: set delimiter = {delimiter!r}"
    shown = [name[:40] if name.isprintable() else repr(name[:40]) for name in columns[:12]]
    return ", ".join(shown) + (" …" if len(columns) > 12 else "")


def _many(least: int, most: int) -> str:
    count: Any = least if least == most else f"{least} to {most}"
    return f"{count} argument{'' if most == 1 else 's'}"
