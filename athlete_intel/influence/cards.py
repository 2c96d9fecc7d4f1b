"""What is known of a model besides its numbers: what it learnt from, how good it was on later outcomes, whose code."""

import importlib.metadata
import math
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from athlete_intel import __version__
from athlete_intel.errors import ModelError
from athlete_intel.features.questions import Questions
from athlete_intel.influence.packing import fingerprint, pack
from athlete_intel.settings import Settings

if TYPE_CHECKING:
    from athlete_intel.influence.learning import Learned

LIBRARIES = ("numpy", "scipy", "scikit-learn", "pandas", "skops")
METRICS = ("mae_log", "r2_log", "coverage", "baseline")
_OF_LEARNING = ("seed", "interval", "posts_window", "backtest_windows", "history_windows", "backtest_window_days")
_ROOMS = ("features", "influence")

Plain = bool | int | float | str | None


@dataclass(frozen=True)
class Card:
    """The facts about a model that stay with it.

    Metrics are those of outcomes that the model had not seen: mae_log and r2_log of log(1 + outcome), coverage of the
    range, and baseline, the mae_log of the naive guess on the same outcomes; None where there is none.
    """

    candidate: str
    parameters: dict[str, Plain]
    metrics: dict[str, float | None]
    data: str
    """Fingerprint of the training rows with their features."""
    window_from: str
    window_to: str
    """Days of the first and the last training row, in ISO format."""
    rows: int
    features: list[str]
    package: str
    code: str
    """Fingerprint of the source of features and models."""
    libraries: dict[str, str]


def card_of(learned: "Learned", training: Questions, candidates: pd.DataFrame, settings: Settings) -> Card:
    """Write the card of a model.

    Args:
        learned: the model.
        training: what it learnt from.
        candidates: the published table `model_candidates`.
        settings: with which it was learnt.
    """
    chosen = candidates[candidates["chosen"]].iloc[0]
    days = training.asks["as_of"]
    return Card(
        candidate=learned.chosen,
        parameters=parameters_of(learned.model.estimator) | {name: getattr(settings, name) for name in _OF_LEARNING},
        metrics={name: _finite(chosen["baseline_mae_log" if name == "baseline" else name]) for name in METRICS},
        data=data_fingerprint(training),
        window_from=f"{days.min():%Y-%m-%d}",
        window_to=f"{days.max():%Y-%m-%d}",
        rows=len(days),
        features=learned.model.catalogue["feature"].tolist(),
        package=__version__,
        code=code_fingerprint(),
        libraries={name: importlib.metadata.version(name) for name in LIBRARIES},
    )


def with_version(learned: "Learned", training: Questions) -> "Learned":
    """The model with a version that says what it is: equal data and code give the same one, another model another.

    It is the name of the candidate with a fingerprint of the training rows and of the model itself.
    """
    nameless = pack(replace(learned, version=""))
    return replace(
        learned, version=f"{learned.chosen}-{fingerprint(data_fingerprint(training).encode(), nameless)[:8]}"
    )


def data_fingerprint(training: Questions) -> str:
    """Fingerprint of rows and features, their names, order and values."""
    parts = []
    for table in (training.rows, training.matrix):
        parts += [repr(list(table.columns)).encode(), pd.util.hash_pandas_object(table).to_numpy().tobytes()]
    return fingerprint(*parts)


@cache
def code_fingerprint() -> str:
    """Fingerprint of the source of features and models, in twelve digits."""
    package = Path(__file__).parents[1]
    files = [file for room in _ROOMS for kind in ("*.py", "*.sql") for file in sorted((package / room).rglob(kind))]
    parts = [part for file in files for part in (str(file.relative_to(package)).encode(), file.read_bytes())]
    return fingerprint(*parts)[:12]


def parameters_of(estimator: object) -> dict[str, Plain]:
    """Parameters of an estimator that are one number or word, and those that fitting has found (with _ at the end).

    >>> import numpy as np
    >>> from athlete_intel.influence.estimators import ShrunkMedian
    >>> parameters_of(ShrunkMedian(0, 1).fit(np.array([[1.0, 2.0], [3.0, 2.0]]), np.array([1.0, 3.0])))
    {'median': 0, 'seen': 1, 'typical_': 2.0, 'k_': 0.0}
    """
    last = estimator[-1] if hasattr(estimator, "steps") else estimator  # type: ignore[index]
    found = {name: value for name, value in vars(last).items() if not name.startswith("_")}
    return {
        name: value
        for name, value in found.items()
        if type(value) in (bool, int, float, str) and name != "n_features_in_"
    }


def check_runs_here(card: Card) -> None:
    """Raise a ModelError if a model is of another release of the product or of scikit-learn.

    In words that follow the name of a model.
    """
    for name, then, now in (
        ("Athlete Intelligence", card.package, __version__),
        ("scikit-learn", card.libraries.get("scikit-learn", "none"), importlib.metadata.version("scikit-learn")),
    ):
        if release(then) != release(now):
            raise ModelError(f"was made with {name} {then}, and this is {now}")


def release(version: str) -> str:
    """The part of a version within which models can be read.

    >>> release("0.1.7")
    '0.1'
    """
    return ".".join(version.split(".")[:2])


def _finite(value: float) -> float | None:
    return float(value) if pd.notna(value) and math.isfinite(value) else None
