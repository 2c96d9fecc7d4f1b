"""The registry of a model store: a file that names the hash, the status and the card of every model."""

import json
import math
import os
import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from athlete_intel.influence.cards import METRICS, Card

VERSION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FORMAT = 1

Status = Literal["champion", "challenger", "archived"]


@dataclass(frozen=True)
class StoredModel:
    """A model in the store; `created` is UTC in ISO format."""

    version: str
    status: Status
    created: str
    sha256: str
    card: Card


def with_one(models: list[StoredModel], stored: StoredModel) -> list[StoredModel]:
    """The models with one of them in its new state; whichever had its status before is archived."""
    others = [model for model in models if model.version != stored.version]
    return [
        *(replace(model, status="archived") if model.status == stored.status else model for model in others),
        stored,
    ]


def as_row(model: StoredModel) -> dict[str, Any]:
    """A model as a row of the published table `models`."""
    card = model.card
    metrics = {name: math.nan if value is None else value for name, value in card.metrics.items()}
    return {
        "version": model.version,
        "status": model.status,
        "created": pd.Timestamp(model.created),
        "candidate": card.candidate,
        "mae_log": metrics["mae_log"],
        "baseline_mae_log": metrics["baseline"],
        "r2_log": metrics["r2_log"],
        "coverage": metrics["coverage"],
        "rows": card.rows,
        "window_from": pd.Timestamp(card.window_from),
        "window_to": pd.Timestamp(card.window_to),
        "features": len(card.features),
        "parameters": json.dumps(card.parameters),
        "data": card.data,
        "code": f"{card.package}+{card.code}",
        "libraries": ", ".join(f"{name} {version}" for name, version in card.libraries.items()),
        "sha256": model.sha256,
    }


def read_registry(path: Path) -> list[StoredModel]:
    """The models of a registry; none if there is no file.

    Raises:
        ValueError: it is not a registry, in words that follow "is damaged".
    """
    try:
        return _from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def write_registry(path: Path, models: list[StoredModel]) -> None:
    """Replace the registry in one step."""
    ordered = [asdict(model) for model in sorted(models, key=lambda model: (model.created, model.version))]
    text = json.dumps({"format": _FORMAT, "models": ordered}, indent=1, allow_nan=False)
    write_in_one_step(path, text.encode())


def write_in_one_step(path: Path, data: bytes) -> None:
    """Write a file in one step: a reader sees the old or the new one, also after a power cut."""
    temporary = path.with_name(f"{path.name}.writing")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)  # noqa: PTH105 - the point is the atomic replace, and os says so
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _from_json(text: str) -> list[StoredModel]:
    registry = json.loads(text)
    if registry["format"] != _FORMAT:
        raise ValueError(f"format {registry['format']!r} in place of {_FORMAT}")
    models = [StoredModel(**(entry | {"card": Card(**entry["card"])})) for entry in registry["models"]]
    for model in models:
        datetime.fromisoformat(model.created)
        if not VERSION.fullmatch(model.version) or not _SHA256.fullmatch(model.sha256):
            raise ValueError(f"version {model.version!r} or its hash")
        if set(model.card.metrics) != set(METRICS):
            raise ValueError(f"metrics of {model.version}")
        if model.status not in get_args(Status):
            raise ValueError(f"status {model.status!r}")
    versions = [model.version for model in models]
    if len(set(versions)) < len(versions) or sum(model.status == "champion" for model in models) > 1:
        raise ValueError("a model or a champion is there twice")
    return models
