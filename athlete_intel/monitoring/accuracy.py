"""Errors of the model by time and by group, from predictions of outcomes that it had not seen."""

import numpy as np
import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.influence.candidates import log_outcome

LEAST_IN_GROUP = 5
LEAST_TO_NAME = 20
"""The weakest group is one of so many predictions, where there is one: of few, some are weak by chance."""
MOST_GROUPS = 40
_PROFILE_GROUPS = ("kind", "sport", "league", "team", "position", "country", "gender")
_TIERS = ("lowest third", "middle third", "highest third")
_HISTORY = ("no outcome known", "1 to 4", "5 to 19", "20 and more")


def by_window(backtest: pd.DataFrame, mean_factor: float) -> pd.DataFrame:
    """The published table `accuracy_by_window`.

    Coverage is not told where most predictions had no range, as in the first windows: a few do not stand for all.

    Args:
        backtest: window, predicted, low, high, baseline, actual.
        mean_factor: mean over typical outcome.
    """
    rows = []
    for window, part in backtest.groupby("window"):
        expected = max(float(part["predicted"].sum()) * mean_factor, 1e-9)
        rows.append({"window": window, **figures(part), "total_ratio": float(part["actual"].sum()) / expected})
    columns = PUBLISHED_TABLES["accuracy_by_window"].column_names
    return pd.DataFrame(rows, columns=columns).sort_values("window", ignore_index=True)


def by_group(
    backtest: pd.DataFrame,
    athletes: pd.DataFrame,
    mix: pd.Series | None = None,
    seen: pd.Series | None = None,
) -> pd.DataFrame:
    """The published table `accuracy_by_group`: the grouping with the weakest group first, and in each the weakest.

    Groups come from the athletes' profile (where there are 2 to 40 of them), from the size of the prediction (tier),
    from how often an athlete stands in the test, from the platforms that readers came from, and from how many own
    outcomes were known before the story. Groups of fewer than five predictions are left out.

    Args:
        backtest: row_id, athlete_id, predicted, low, high, baseline, actual.
        athletes: athlete_id and the profile.
        mix: platforms that readers came from as known then, by row_id.
        seen: own outcomes known before, by row_id.
    """
    tested = backtest.merge(athletes, on="athlete_id", how="left")
    found = {name: tested[name] for name in _PROFILE_GROUPS if name in tested}
    if mix is not None:
        found["platform mix"] = tested["row_id"].map(mix)
    if seen is not None:
        known = tested["row_id"].map(seen).fillna(0)
        found["history length"] = pd.cut(known, [-1, 0, 4, 19, np.inf], labels=list(_HISTORY)).astype("str")
    groupings = {name: values for name, values in found.items() if 2 <= values.nunique() <= MOST_GROUPS}
    if tested["predicted"].nunique() >= len(_TIERS):
        thirds = pd.qcut(tested["predicted"].rank(method="first"), len(_TIERS), labels=list(_TIERS))
        groupings["tier"] = thirds.astype("str")
    stories = tested.groupby("athlete_id")["row_id"].transform("size")
    if stories.max() > 1:
        edges, names = [0, 5, 20, 100, np.inf], ["1 to 5", "6 to 20", "21 to 100", "over 100"]
        groupings["outcomes tested"] = pd.cut(stories, edges, labels=names).astype("str")
    rows = [
        {"grouping": grouping, "value": value, **figures(part)}
        for grouping, values in groupings.items()
        for value, part in tested.groupby(values.rename("value"))
        if len(part) >= LEAST_IN_GROUP
    ]
    table = pd.DataFrame(rows, columns=PUBLISHED_TABLES["accuracy_by_group"].column_names)
    counts = table["mae_log"].where(table["rows"] >= LEAST_TO_NAME, -np.inf)
    table = table.assign(worst=counts.groupby(table["grouping"]).transform("max"))
    order = ["worst", "grouping", "mae_log", "value"]
    return table.sort_values(order, ascending=[False, True, False, True], ignore_index=True).drop(columns="worst")


def weakest(groups: pd.DataFrame) -> pd.Series:
    """The group with the largest error of all groupings.

    Args:
        groups: the published table `accuracy_by_group`; at least one row.

    >>> groups = pd.DataFrame({"grouping": ["team", "sport", "sport"], "value": ["Reds", "golf", "judo"],
    ...     "rows": [6, 80, 90], "mae_log": [0.9, 0.5, 0.4]})
    >>> weakest(groups)["value"]
    'golf'
    """
    enough = groups[groups["rows"] >= LEAST_TO_NAME]
    known = enough if len(enough) else groups
    return known.sort_values(["mae_log", "grouping", "value"], ascending=[False, True, True]).iloc[0]


def figures(tested: pd.DataFrame) -> dict[str, float | int]:
    """How far predictions were off, and how far the naive guess was.

    R² is that of log(1 + outcome), 1 less the squared errors over those of the mean of these very rows, so that it says
    less of a group whose outcomes are alike. The relative error is the median of the absolute error over what came: a
    mean would be that of the few stories that hardly anybody read.

    Args:
        tested: predicted, low, high, baseline, actual, in units of the outcome; at least one row.

    Returns:
        Figures by the names of the published tables; NaN for those that are not known.
    """
    actual = log_outcome(tested["actual"])
    error = log_outcome(tested["predicted"]) - actual
    inside = tested["actual"].between(tested["low"], tested["high"])[tested["low"].notna()]
    spread = float(((actual - actual.mean()) ** 2).sum())
    found: dict[str, float | int] = {
        "rows": len(tested),
        "bias_log": float(error.mean()),
        "coverage": float(inside.mean()) if len(inside) >= len(tested) / 2 else np.nan,
    }
    for column, prefix in (("predicted", ""), ("baseline", "baseline_")):
        logs = (log_outcome(tested[column]) - actual).abs()
        units = (tested[column] - tested["actual"]).abs()
        # Where nothing came, any miss is infinitely large, and no miss is none.
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = float(pd.Series(units / tested["actual"]).fillna(0.0).median())
        found |= {
            f"{prefix}mae_log": float(logs.mean()),
            f"{prefix}r2_log": 1 - float((logs**2).sum()) / spread if spread > 0 else np.nan,
            f"{prefix}mae": float(units.mean()),
            f"{prefix}relative_error": relative if np.isfinite(relative) else np.nan,
        }
    return found
