"""What moves a prediction: parts that add up to it exactly, told by family of features."""

import re

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from athlete_intel.features.matrix import FACTS, LOG
from athlete_intel.influence.candidates import Model
from athlete_intel.influence.estimators import RidgeThenBoosting

TREES = "patterns"
"""Feature under which the part of the trees stands, which cannot be split exactly."""
_TREES_LABEL = "How all of it comes together"
_COLUMN = re.compile(r"x(\d+)(_sp_\d+)?$")


def linear_part(model: Model) -> Pipeline | None:
    """The part of a model that is linear in its columns: all of it, or the ridge under the trees; none of a median."""
    if isinstance(model.estimator, RidgeThenBoosting):
        return model.estimator.ridge_
    return model.estimator if isinstance(model.estimator, Pipeline) else None


def intercept(model: Model) -> float:
    """Predicted log(1 + outcome) where every feature is typical."""
    linear = linear_part(model)
    return float(linear[-1].intercept_) if linear is not None else 0.0


def effects(model: Model, matrix: pd.DataFrame) -> pd.DataFrame:
    """What each feature adds to the predicted log(1 + outcome) of each row, against the mean of training.

    That a value is missing counts with its feature. With the intercept, effects add up to the prediction (before it
    is kept inside the outcomes seen). No columns if the model is not made of parts.
    """
    linear = linear_part(model)
    if linear is None:
        return pd.DataFrame(index=matrix.index)
    values = model.values(matrix)
    parts = linear[:-1].transform(values) * linear[-1].coef_
    owners = [_owner(name) for name in linear[:-1].get_feature_names_out()]
    sums = np.zeros((len(matrix), len(model.catalogue)))
    for column, owner in enumerate(owners):
        sums[:, owner] += parts[:, column]
    table = pd.DataFrame(sums, index=matrix.index, columns=model.catalogue["feature"].tolist())
    if isinstance(model.estimator, RidgeThenBoosting):
        table[TREES] = model.estimator.predict(values) - linear.predict(values)
    return table


def coefficients(model: Model) -> pd.DataFrame:
    """The published table `coefficients`: the linear part of the model, one row a column of it."""
    linear = linear_part(model)
    if linear is None:
        return pd.DataFrame({name: [] for name in ("feature", "label", "weight", "centre", "spread")})
    names = linear[:-1].get_feature_names_out()
    owners = [_owner(name) for name in names]
    features = model.catalogue["feature"].to_numpy()[owners]
    kinds = [_kind(name) for name in names]
    labels = model.catalogue["label"].to_numpy()[owners]
    scaler = linear[-2]
    return pd.DataFrame(
        {
            "feature": [
                f"{kind}:{feature}" if kind else feature for kind, feature in zip(kinds, features, strict=True)
            ],
            "label": [f"{label} ({kind})" if kind else label for kind, label in zip(kinds, labels, strict=True)],
            "weight": linear[-1].coef_,
            "centre": scaler.mean_,
            "spread": np.ones(len(names)) if scaler.scale_ is None else scaler.scale_,
        }
    )


def drivers(model: Model, matrix: pd.DataFrame) -> pd.DataFrame:
    """What moves each prediction away from the typical one, by family of features, strongest first.

    Args:
        model: the fitted model.
        matrix: features by athlete_id.

    Returns:
        The published table `drivers`. A family stands under its first feature, whose value and typical value are shown;
        the effects of an athlete and the model's intercept add up to the prediction.
    """
    parts = effects(model, matrix)
    columns = ["athlete_id", "feature", "label", "value", "typical", "effect_log"]
    if parts.empty or not len(parts.columns):
        texts = dict.fromkeys(columns[:3], "str") | dict.fromkeys(columns[3:], "float64")
        return pd.DataFrame({name: [] for name in columns}).astype(texts)
    catalogue = model.catalogue
    first = catalogue.drop_duplicates("family").set_index("family")["feature"]
    lead = catalogue.set_index("feature")["family"].map(first)
    by_family = parts.T.groupby([lead.get(name, name) for name in parts.columns], sort=False).sum().T
    names = by_family.columns.tolist()
    scale = catalogue.set_index("feature")["scale"]
    family = catalogue.set_index("feature")["family"]
    typical = [
        np.nan if name == TREES else np.expm1(model.typical[name]) if scale[name] == LOG else model.typical[name]
        for name in names
    ]
    table = pd.DataFrame(
        {
            "athlete_id": np.repeat(by_family.index.to_numpy(), len(names)),
            "feature": np.tile(names, len(by_family)),
            "label": np.tile([_TREES_LABEL if name == TREES else str(family[name]) for name in names], len(by_family)),
            "value": matrix.reindex(columns=names).to_numpy(dtype="float64").ravel(),
            "typical": np.tile(typical, len(by_family)),
            "effect_log": by_family.to_numpy().ravel(),
        }
    )
    for name, kinds in _kinds(matrix, catalogue).items():
        own = table["feature"] == name
        table.loc[own, "label"] = table.loc[own, "athlete_id"].map(kinds)
        table.loc[own, ["value", "typical"]] = np.nan
    table["strength"] = table["effect_log"].abs()
    ordered = table.sort_values(["athlete_id", "strength", "feature"], ascending=[True, False, True], ignore_index=True)
    return ordered[columns]


def _kinds(matrix: pd.DataFrame, catalogue: pd.DataFrame) -> dict[str, pd.Series]:
    """Of families of 0 and 1 the kind that each athlete is, in words, under the family's first feature."""
    found = {}
    facts = catalogue[catalogue["family"].isin(FACTS) & (catalogue["scale"] != LOG)]
    for family, members in facts.groupby("family", sort=False):
        names = members["feature"].tolist()
        is_kind = matrix.reindex(columns=names) == 1
        labels = pd.Series(members["label"].to_numpy(), index=names)
        other = "Not sponsored" if names == ["sponsored"] else str(family)
        found[names[0]] = is_kind.idxmax(axis="columns").map(labels).where(is_kind.any(axis="columns"), other)
    return found


def _owner(name: str) -> int:
    """Position of the feature that a column of a pipeline comes from.

    >>> [_owner(name) for name in ("x3", "missingindicator_x12", "curve__x0_sp_2")]
    [3, 12, 0]
    """
    found = _COLUMN.search(name)
    if found is None:
        raise ValueError(f"the column {name} of the model has no feature")
    return int(found.group(1))


def _kind(name: str) -> str:
    if "missingindicator" in name:
        return "missing"
    curve = _COLUMN.search(name)
    return f"curve{curve.group(2)[3:]}" if curve is not None and curve.group(2) else ""
