"""The card of a model, and the table of all of them. Pure functions, beside the columns."""

import json
from typing import Any

import numpy as np
import pandas as pd
from streamlit import column_config as show

from athlete_intel.ui import formats as f
from athlete_intel.ui.columns import WHOLE, Columns


def card(model: Any, uses: pd.DataFrame, candidates: pd.DataFrame) -> pd.DataFrame:
    """The card of a model, and its lineage.

    Args:
        model: a row of the published table `models`.
        uses: the published table `model_uses`.
        candidates: candidate, label of `model_candidates`.
    """
    kinds = dict(zip(candidates["candidate"], candidates["label"], strict=True))
    aim = interval_of(model)
    facts = {
        "Status": model["status"],
        "Kind": str(kinds.get(model["candidate"], model["candidate"])),
        "Learnt from": f"{f.count(model['rows'])} rows, {_learnt_from(model)}",
        "Typical error": f.error_factor(model["mae_log"]),
        "Naive guess": f.error_factor(model["baseline_mae_log"]),
        "Inside their range": f.percent(model["coverage"]) + (f", where {f.percent(aim)} are aimed at" if aim else ""),
        "Features": f"{f.some(int(model['features']), 'input')}, every value of a category counted by itself",
        "Data (fingerprint)": _first_digits(model["data"]),
        "Code": model["code"],
        "Libraries": model["libraries"],
        "File (SHA-256)": _first_digits(model["sha256"]),
        "Snapshots made with it": _used_in(uses[uses["model_version"] == model["version"]]),
    }
    return pd.DataFrame({str(model["version"]): facts})


def _used_in(uses: pd.DataFrame) -> str:
    if uses.empty:
        return "none: it was never the champion"
    newest, oldest = uses.iloc[0], uses.iloc[-1]
    if len(uses) == 1:
        return f"1, {newest['snapshot_id']} of {f.day(newest['created'])}"
    first, last = f.day(oldest["created"]), f.day(newest["created"])
    return f"{f.count(len(uses))}, " + (f"all of {first}" if first == last else f"from {first} to {last}")


def use_columns() -> Columns:
    """Columns of the snapshots that a model was used for."""
    return {
        "snapshot_id": show.TextColumn("Snapshot"),
        "created": show.DatetimeColumn("Made (UTC)", format="D MMM YYYY, HH:mm"),
    }


def _learnt_from(model: Any) -> str:
    first, last = f.day(model["window_from"]), f.day(model["window_to"])
    return f"all as of {first}" if first == last else f"as of {first} to {last}"


def model_rows(models: pd.DataFrame, uses: pd.DataFrame) -> pd.DataFrame:
    """All models, with errors as factors, and how many snapshots each was used for."""
    times = uses["model_version"].value_counts()
    return models.assign(
        error=np.exp(models["mae_log"]),
        naive=np.exp(models["baseline_mae_log"]),
        inside=[of_aim(model["coverage"], interval_of(model)) for model in models.to_dict("records")],
        uses=models["version"].map(times).fillna(0).astype("int64"),
    )


def model_columns() -> Columns:
    """Columns of all models."""
    return {
        "version": show.TextColumn("Version", width=120),
        "error": show.NumberColumn(
            "Typical error", format="%.2fx", width=95, help="Factor by which it is off; 1.00x is exact."
        ),
        "inside": show.TextColumn(
            "Inside range", width=95, help="Share of outcomes inside their range, of the share aimed at."
        ),
        "status": show.TextColumn("Status", width=105),
        "created": show.DatetimeColumn("Made (UTC)", format="D MMM YYYY, HH:mm"),
        "rows": show.NumberColumn("Rows", format=WHOLE),
        "uses": show.NumberColumn("Snapshots", format=WHOLE, help="Published snapshots that were made with it."),
        "naive": show.NumberColumn("Naive guess", format="%.2fx", help="The same error without any model."),
    }


def interval_of(model: Any) -> float | None:
    """The share of outcomes that the ranges of a model were made to hold; None if its card does not say.

    >>> interval_of({"parameters": '{"seed": 2026, "interval": 0.8}'}), interval_of({"parameters": "{}"})
    (0.8, None)
    """
    share = json.loads(str(model["parameters"])).get("interval")
    return None if share is None else float(share)


def of_aim(coverage: Any, aim: float | None) -> str:
    """The share of outcomes inside their range beside the one that the model aims at.

    >>> of_aim(0.81, 0.8), of_aim(0.81, None), of_aim(None, 0.8)
    ('81% (aim 80%)', '81%', '-')
    """
    told = f.percent(coverage)
    return told if aim is None or f.missing(coverage) else f"{told} (aim {f.percent(aim)})"


def _first_digits(fingerprint: Any) -> str:
    """The beginning of a fingerprint, marked where it is not the whole.

    >>> _first_digits("0535d98b161587ca0535d98b"), _first_digits("8086e39696531d8f")
    ('0535d98b161587ca… (first 16 of 24 digits)', '8086e39696531d8f')
    """
    text = str(fingerprint)
    return text if len(text) <= 16 else f"{text[:16]}… (first 16 of {len(text)} digits)"
