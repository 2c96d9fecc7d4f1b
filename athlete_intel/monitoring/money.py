"""What a drifting feature moves in money: the pay that the model expects with and without its shift."""

import numpy as np
import pandas as pd

from athlete_intel.features.matrix import LOG
from athlete_intel.influence.candidates import Model

_BEGINS: dict[str, tuple[str, ...]] = {
    "wikipedia_views": ("wikipedia_",),
    "stories_views": ("outcome_", "format_outcome_"),
}
"""Beginnings of the names of the features that are made of a source, where they are not those of the source."""


def columns_behind(feature: str, catalogue: pd.DataFrame) -> list[str]:
    """The features of the model that a drifting feature, or a signal at the source, goes into.

    >>> catalogue = pd.DataFrame({"feature": ["twitter_likes_median", "twitter_likes_trend", "wikipedia_peak"]})
    >>> columns_behind("source:twitter_likes", catalogue), columns_behind("wikipedia_peak", catalogue)
    (['twitter_likes_median', 'twitter_likes_trend'], ['wikipedia_peak'])
    """
    names = catalogue["feature"].astype("str").tolist()
    if not feature.startswith("source:"):
        return [name for name in names if name == feature]
    source = feature.removeprefix("source:")
    begins = _BEGINS.get(source, (source,))
    return [name for name in names if name.startswith(begins) and not name.endswith(("_seen", "_spread"))]


def money_moved(drift: pd.DataFrame, model: Model, matrix: pd.DataFrame, pay_cents: pd.Series) -> pd.Series:
    """Mean change of the expected pay of a story, in cents, that each drifting feature makes.

    The values of today are moved back by the shift; the difference of the predictions is what the shift moves. For a
    signal at the source this is what it comes to once it has reached all features made of it.

    Args:
        drift: feature, drifting, shift (on the model's scale).
        model: in use.
        matrix: features of every athlete today, by athlete_id.
        pay_cents: expected pay of a story, by athlete_id.

    Returns:
        Whole cents by the index of `drift`; missing where nothing drifts or the model does not use it.
    """
    found: dict[int, int] = {}
    pay = pay_cents.reindex(matrix.index).fillna(0).to_numpy(dtype="float64")
    now = model.predict_log(matrix).to_numpy() if drift["drifting"].any() else np.zeros(0)
    is_log = dict(zip(model.catalogue["feature"], model.catalogue["scale"] == LOG, strict=True))
    moving = (drift["drifting"].astype(bool) & drift["shift"].notna()).to_numpy()
    for place in np.flatnonzero(moving).tolist():
        row = drift.iloc[place]
        if row["feature"] == "predicted":
            found[place] = round(float((pay * -np.expm1(-row["shift"])).mean()))
            continue
        columns = columns_behind(str(row["feature"]), model.catalogue)
        if not columns:
            continue
        back = matrix.copy()
        for name in columns:
            if name.endswith("_trend"):
                continue
            values = back[name].to_numpy(dtype="float64")
            back[name] = (
                np.expm1(np.log1p(values) - row["shift"]).clip(min=0) if is_log[name] else values - row["shift"]
            )
        found[place] = round(float((pay * -np.expm1(model.predict_log(back).to_numpy() - now)).mean()))
    return pd.Series([found.get(place, pd.NA) for place in range(len(drift))], index=drift.index, dtype="Int64")
