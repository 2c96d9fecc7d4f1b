"""The model store: every model with its card, and which one is used.

One folder of a workspace holds skops files and `models.json`, the registry, which names the hash, the status and the
card of each. A file that the registry does not name, or whose hash is another, is never opened as a model. The
registry is replaced in one step: whoever is stopped halfway leaves the old one, and at most a file that the next save
clears away.
"""

import fcntl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.errors import ModelError
from athlete_intel.influence.cards import Card, check_runs_here
from athlete_intel.influence.learning import Learned
from athlete_intel.influence.packing import fingerprint, pack, unpack
from athlete_intel.influence.registry import (
    VERSION,
    Status,
    StoredModel,
    as_row,
    read_registry,
    with_one,
    write_in_one_step,
    write_registry,
)
from athlete_intel.warehouse import Snapshots

FOLDER = "models"
REGISTRY = "models.json"
_LOCK = "models.lock"


class ModelStore:
    """The models of one workspace: at most one champion and one challenger, and the newest archived ones.

    Args:
        folder: of the workspace.
        keep: how many archived models stay on disk.
    """

    def __init__(self, folder: Path, keep: int = 10) -> None:
        self.folder = folder / FOLDER
        self.keep = keep
        self._anew = Snapshots(folder).command("build --force")
        self._list = Snapshots(folder).command("models list")

    def save(self, learned: Learned, card: Card, now: datetime) -> StoredModel:
        """Keep a model as the challenger; an earlier challenger is archived, the champion stays.

        A model that is stored already keeps its time; a champion stays one, with its file and card written anew.

        Raises:
            ModelError: it holds something that cannot be stored, or another model has the same version.
        """
        if not VERSION.fullmatch(learned.version):
            raise ModelError(f"The version {learned.version!r} of a model must be letters, digits, -, _ and dots.")
        data = _readable(learned)
        sha256 = fingerprint(data)
        with self._locked():
            models = self._models()
            found = next((model for model in models if model.version == learned.version), None)
            if found is not None and found.sha256 != sha256:
                raise ModelError(
                    f"Another model is stored as {learned.version} in {self.folder}; it is not overwritten."
                )
            stored = StoredModel(learned.version, "challenger", now.isoformat(timespec="seconds"), sha256, card)
            if found is not None:
                status: Status = "champion" if found.status == "champion" else "challenger"
                stored = replace(stored, status=status, created=found.created)
            self._clear_strays(models)
            write_in_one_step(self.file(stored), data)
            write_registry(self.folder / REGISTRY, with_one(models, stored))
        return stored

    def promote(self, version: str) -> StoredModel:
        """Make a model the champion; the one before is archived, and the oldest archived ones beyond `keep` go.

        Raises:
            ModelError: there is no such model, or its file is not what was saved.
        """
        with self._locked():
            stored = self.get(version)
            self._bytes(stored)
            models = self._models()
            kept = self._promoted(models, stored)
            write_registry(self.folder / REGISTRY, kept)
            for model in models:
                if model.version not in {other.version for other in kept}:
                    self.file(model).unlink(missing_ok=True)
        return replace(stored, status="champion")

    def champion(self) -> StoredModel | None:
        """The model that is used; None before the first one."""
        return next((model for model in self.all() if model.status == "champion"), None)

    def get(self, version: str) -> StoredModel:
        """What the registry says of a model.

        Raises:
            ModelError: there is no such model, or the registry is damaged.
        """
        for model in self._models():
            if model.version == version:
                return model
        raise ModelError(f"There is no model {version} in {self.folder}; {self._list} shows them.")

    def all(self) -> list[StoredModel]:
        """All models, newest first."""
        return sorted(self._models(), key=lambda model: (model.created, model.version), reverse=True)

    def load(self, version: str, features: Collection[str] | None = None) -> Learned:
        """The model itself, after its hash, its types and its release are found to be known.

        Args:
            version: as in the registry.
            features: names of the features that there are today; if given, the model must not need others.

        Raises:
            ModelError: one of them is not.
        """
        stored = self.get(version)
        try:
            check_runs_here(stored.card)
        except ModelError as error:
            raise self._refusal(stored, str(error)) from error
        missing = [] if features is None else sorted(set(stored.card.features) - set(features))
        if missing:
            raise self._refusal(stored, f"needs the feature {missing[0]}, which there is not any more")
        data = self._bytes(stored)
        try:
            learned = unpack(data, Learned)
        except ModelError as error:
            raise ModelError(
                f"{self.file(stored)} is not loaded. {error} Run {self._anew} to make a new one."
            ) from error
        if learned.version != version:
            raise self._refusal(stored, f"says of itself that it is {learned.version}")
        return learned

    def table(self, champion: str | None = None) -> pd.DataFrame:
        """The published table `models`, newest first.

        Args:
            champion: a version; if given, the table is as it will be once that one is promoted.
        """
        models = self.all()
        if champion is not None:
            models = self._promoted(models, self.get(champion))
        return pd.DataFrame([as_row(model) for model in models], columns=PUBLISHED_TABLES["models"].column_names)

    def file(self, stored: StoredModel) -> Path:
        """The file of a model."""
        return self.folder / f"{stored.version}.skops"

    def _promoted(self, models: list[StoredModel], champion: StoredModel) -> list[StoredModel]:
        """The models once one is champion, without the oldest archived ones beyond `keep`."""
        changed = with_one(models, replace(champion, status="champion"))
        newest = sorted(changed, key=lambda model: (model.created, model.version), reverse=True)
        archived = [model.version for model in newest if model.status == "archived"]
        return [model for model in newest if model.version not in archived[self.keep :]]

    def _bytes(self, stored: StoredModel) -> bytes:
        """The file of a model, read once, so that what is checked is what is used."""
        try:
            data = self.file(stored).read_bytes()
        except FileNotFoundError:
            raise self._refusal(stored, f"has lost its file {self.file(stored)}") from None
        if fingerprint(data) != stored.sha256:
            raise self._refusal(stored, f"has a file that is not what was saved ({self.file(stored)})")
        return data

    def _refusal(self, stored: StoredModel, why: str) -> ModelError:
        return ModelError(f"The model {stored.version} {why}, so it is not used; run {self._anew} to make a new one.")

    def _models(self) -> list[StoredModel]:
        path = self.folder / REGISTRY
        try:
            return read_registry(path)
        except ValueError as error:
            raise ModelError(
                f"{path} is damaged ({error}), so no model of it is used; move {self.folder} away and run {self._anew}."
            ) from error

    def _clear_strays(self, models: list[StoredModel]) -> None:
        """Remove what a process left that was killed while it was saving."""
        known = {self.file(model) for model in models}
        for path in [*self.folder.glob("*.skops"), *self.folder.glob("*.writing")]:
            if path not in known:
                path.unlink()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Wait until nobody else changes the store; the system frees the lock even of a process that is killed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _readable(learned: Learned) -> bytes:
    """The bytes of a model, after a look whether they can be read again."""
    data = pack(learned)
    try:
        unpack(data, Learned)
    except ModelError as error:
        raise ModelError(f"The model {learned.version} cannot be stored. {error}") from error
    return data
