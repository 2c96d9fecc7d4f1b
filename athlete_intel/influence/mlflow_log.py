"""Runs and models in MLflow too, for whoever keeps track of theirs there: an optional extra, and never in the way."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from athlete_intel.influence.registry import StoredModel

ADDRESS = "MLFLOW_TRACKING_URI"
EXPERIMENT = "athlete-intelligence"
_MANNERS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
"""A server that is down holds up a build for seconds, not for MLflow's usual minutes; nobody else is told of it."""


def log_model(stored: StoredModel, file: Path, workspace: str) -> str | None:
    """Log a model as a run of the experiment `athlete-intelligence`, if `MLFLOW_TRACKING_URI` is set.

    Args:
        stored: the model with its card: parameters and metrics of the run, and `card.json` among its artifacts.
        file: of the model, also an artifact.
        workspace: the data set, a tag of the run.

    Returns:
        A sentence on why that failed; None if it went well or is not wanted.
    """
    address = os.environ.get(ADDRESS)
    if not address:
        return None
    try:
        _log(stored, file, workspace)
    except Exception as error:  # whatever happens there must not undo a build
        if isinstance(error, ModuleNotFoundError) and error.name == "mlflow":
            reason = "MLflow is not installed; run `pip install athlete-intelligence[mlflow]`, or unset it."
        else:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        return f"The model {stored.version} was not logged to {ADDRESS}={address}, all else is done: {reason}"
    return None


def _log(stored: StoredModel, file: Path, workspace: str) -> None:
    card = stored.card
    with _manners():
        import mlflow

        mlflow.set_experiment(EXPERIMENT)
        with mlflow.start_run(run_name=f"{workspace} {stored.version}"):
            mlflow.set_tags(
                {"workspace": workspace, "version": stored.version, "sha256": stored.sha256, "data": card.data}
            )
            mlflow.log_params({"candidate": card.candidate, "rows": card.rows, **card.parameters})
            mlflow.log_metrics({name: value for name, value in card.metrics.items() if value is not None})
            mlflow.log_text(
                json.dumps({"version": stored.version, "created": stored.created} | asdict(card), indent=1), "card.json"
            )
            mlflow.log_artifact(str(file))


@contextmanager
def _manners() -> Iterator[None]:
    """MLflow's own settings for a while, where nobody has set them."""
    own = {name: value for name, value in _MANNERS.items() if name not in os.environ}
    os.environ.update(own)
    try:
        yield
    finally:
        for name in own:
            os.environ.pop(name, None)
