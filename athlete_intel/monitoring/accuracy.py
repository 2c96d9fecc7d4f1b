"""Errors of the model by time and by group, from predictions of outcomes that it had not seen."""

import numpy as np
import pandas as pd

from athlete_intel.influence.candidates import log_outcome

LEAST_IN_GROUP = 5
MOST_GROUPS = 40
_PROFILE_GROUPS = ("kind", "sport", "league", "team", "position", "country", "gender")
_MORE_GROUPS = ("platform of readers", "history")
_TIERS = ("lowest third", "middle third", "highest third")


def by_window(backtest: pd.DataFrame, mean_factor: float) -> pd.DataFrame:
    """The published table `accuracy_by_window`.

    Coverage is not told where most predictions had no range, as in the first windows: a few do not stand for all.

    Args:
        backtest: window, predicted, low, high, baseline, actual.
        mean_factor: mean over typical outcome.
    """
    errors = _errors(backtest)
    table = _summary(errors, errors["window"]).rename(columns={"value": "window"})
    more = errors.groupby("window", as_index=False).agg(actual=("actual", "sum"), predicted=("predicted", "sum"))
    more["total_ratio"] = more["actual"] / (more["predicted"] * mean_factor).clip(lower=1e-9)
    table = table.merge(more.drop(columns=["actual", "predicted"]), on="window")
    return table.sort_values("window", ignore_index=True)


def by_group(
    backtest: pd.DataFrame,
    athletes: pd.DataFrame,
    platforms: pd.Series | None = None,
    seen: pd.Series | None = None,
) -> pd.DataFrame:
    """The published table `accuracy_by_group`, the weakest group of each grouping first.

    Groups come from the athletes' profile (where there are 2 to 40 of them), from the size of the prediction (tier),
    from how often an athlete stands in the test, from the platform of most readers, and from how many own outcomes were
    known before the story. Groups of fewer than five predictions are left out.

    Args:
        backtest: row_id, athlete_id, predicted, low, high, baseline, actual.
        athletes: athlete_id and the profile.
        platforms: platform of most readers, by athlete_id.
        seen: own outcomes known before, by row_id.
    """
    errors = _errors(backtest).merge(athletes, on="athlete_id", how="left")
    if platforms is not None:
        errors["platform of readers"] = errors["athlete_id"].map(platforms)
    if seen is not None:
        known = errors["row_id"].map(seen).fillna(0)
        errors["history"] = pd.cut(
            known, [-1, 0, 4, 19, np.inf], labels=["no outcome known", "1 to 4", "5 to 19", "20 and more"]
        ).astype("str")
    groupings = {
        name: errors[name]
        for name in (*_PROFILE_GROUPS, *_MORE_GROUPS)
        if name in errors and 2 <= errors[name].nunique() <= MOST_GROUPS
    }
    if errors["predicted"].nunique() >= len(_TIERS):
        thirds = pd.qcut(errors["predicted"].rank(method="first"), len(_TIERS), labels=list(_TIERS))
        groupings["expected outcome"] = thirds.astype("str")
    stories = errors.groupby("athlete_id")["row_id"].transform("size")
    if stories.max() > 1:
        edges, names = [0, 5, 20, 100, np.inf], ["1 to 5", "6 to 20", "21 to 100", "over 100"]
        groupings["outcomes tested"] = pd.cut(stories, edges, labels=names).astype("str")
    tables = [_summary(errors, values).assign(grouping=name) for name, values in groupings.items()]
    columns = ["grouping", "value", "rows", "mae_log", "bias_log", "coverage", "baseline_mae_log"]
    if not tables:
        return pd.DataFrame(columns=columns)
    table = pd.concat(tables)
    table = table[table["rows"] >= LEAST_IN_GROUP]
    return table.sort_values(["grouping", "mae_log", "value"], ascending=[True, False, True], ignore_index=True)[
        columns
    ]


def _errors(backtest: pd.DataFrame) -> pd.DataFrame:
    actual = log_outcome(backtest["actual"])
    error = log_outcome(backtest["predicted"]) - actual
    inside = (backtest["actual"] >= backtest["low"]) & (backtest["actual"] <= backtest["high"])
    return backtest.assign(
        error=error,
        size=error.abs(),
        baseline_error=(log_outcome(backtest["baseline"]) - actual).abs(),
        inside=inside.astype("float64").where(backtest["low"].notna()),
    )


def _summary(errors: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    grouped = errors.groupby(groups.rename("value"), as_index=False)
    table = grouped.agg(
        rows=("size", "size"),
        mae_log=("size", "mean"),
        bias_log=("error", "mean"),
        coverage=("inside", "mean"),
        ranged=("inside", "count"),
        baseline_mae_log=("baseline_error", "mean"),
    )
    table["coverage"] = table["coverage"].where(table["ranged"] >= table["rows"] / 2)
    return table.drop(columns="ranged")
