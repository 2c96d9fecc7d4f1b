"""How far off the model is and how that was tested, in sentences."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from athlete_intel.monitoring.accuracy import LEAST_TO_NAME, figures, weakest
from athlete_intel.ui import formats as f

_SMALL_GAIN = 0.05
"""Share of the baseline's error that a model must take away to be worth the trouble."""


@dataclass(frozen=True)
class ModelFigures:
    """How far off the chosen model and the naive baseline are on outcomes that they had not seen."""

    label: str
    error_log: float | None
    baseline_error_log: float | None
    coverage: float | None
    r2_log: float | None
    rows: int

    @property
    def better(self) -> bool:
        """Whether the model is closer than the baseline, as far as that was measured."""
        if self.error_log is None or self.baseline_error_log is None:
            return True
        return self.error_log < self.baseline_error_log

    @property
    def hardly_better(self) -> bool:
        """Whether the gain over the baseline is too small to matter."""
        if self.error_log is None or self.baseline_error_log is None:
            return False
        return self.error_log > self.baseline_error_log * (1 - _SMALL_GAIN)


def model_figures(candidates: pd.DataFrame) -> ModelFigures | None:
    """Figures of the chosen candidate, and of the naive guess on the same outcomes; None where nothing was compared.

    A snapshot of an earlier version does not say how good the naive guess was on them.

    >>> candidates = pd.DataFrame({"label": ["Ridge"], "mae_log": [0.4], "coverage": [0.81], "r2_log": [0.7],
    ...     "rows": [90], "baseline_mae_log": [0.39], "chosen": [True]})
    >>> figures = model_figures(candidates)
    >>> figures.baseline_error_log, figures.better
    (0.39, False)
    """
    chosen = candidates[candidates["chosen"].astype(bool)]
    if chosen.empty:
        return None
    row = chosen.iloc[0]
    return ModelFigures(
        label=str(row["label"]),
        error_log=_number(row["mae_log"]),
        baseline_error_log=_number(row.get("baseline_mae_log")),
        coverage=_number(row["coverage"]),
        r2_log=_number(row["r2_log"]),
        rows=int(row["rows"]),
    )


def model_sentence(figures: ModelFigures | None, about: pd.Series) -> str:
    """The model in one line.

    >>> figures = ModelFigures("Ridge regression", 0.4, 0.7, 0.81, 0.7, 90)
    >>> print(model_sentence(figures, pd.Series({"interval": 0.8, "outcome_name": "page views"})))
    The model is typically off by a factor of 1.49 on page views it had not seen (a naive guess: 2.01);
    81% of them fell inside their range, with 80% aimed at.
    """
    if figures is None or figures.error_log is None:
        return "No model was compared in this snapshot."
    one = about.get("outcome_unit") == "$"
    text = f"The model is typically off by a factor of {f.error_factor(figures.error_log)[:-1]}"
    text += f" on {'a ' * one}{about['outcome_name']} it had not seen"
    if figures.baseline_error_log is not None:
        text += f" (a naive guess: {f.error_factor(figures.baseline_error_log)[:-1]})"
    if figures.coverage is not None:
        aim = f.percent(about["interval"])
        those = "outcomes" if one else "them"
        text += f"; {f.percent(figures.coverage)} of {those} fell inside their range, with {aim} aimed at"
    return text + "."


def since_learnt(figures: ModelFigures | None, models: pd.DataFrame, version: str) -> str:
    """What the card of the model in use says of the time when it was learnt, where figures of today read differently.

    A snapshot tests the kind of model in use anew, on all outcomes known by then; the card stays as it was.

    Args:
        figures: of the snapshot.
        models: version, mae_log, baseline_mae_log, coverage.
        version: of the model in use.

    >>> card = pd.DataFrame({"version": ["b", "a"], "mae_log": [0.4, 0.41], "baseline_mae_log": 0.7, "coverage": 0.8})
    >>> figures = ModelFigures("Ridge regression", 0.4, 0.7, 0.81, 0.7, 90)
    >>> print(since_learnt(figures, card, "a"))
    That is a test on all outcomes known now. When the model in use was learnt, as Models shows, it was 1.51 (a naive
    guess: 2.01) and 80%.
    >>> since_learnt(figures, card.assign(mae_log=0.4, coverage=0.81), "a"), since_learnt(figures, card, "c")
    ('', '')
    """
    card = models[models["version"] == version]
    if figures is None or card.empty:
        return ""
    now = (figures.error_log, figures.baseline_error_log, figures.coverage)
    then = card.iloc[0][["mae_log", "baseline_mae_log", "coverage"]].tolist()
    if _as_shown(*now) == _as_shown(*then) or any(f.missing(value) for value in (*now, *then)):
        return ""
    error, naive, inside = _as_shown(*then)
    return (
        "That is a test on all outcomes known now. When the model in use was learnt, as Models shows, it was "
        f"{error[:-1]} (a naive guess: {naive[:-1]}) and {inside}."
    )


def _as_shown(error_log: float | None, baseline_error_log: float | None, coverage: float | None) -> tuple[str, ...]:
    return f.error_factor(error_log), f.error_factor(baseline_error_log), f.percent(coverage)


def as_factors(errors: pd.DataFrame) -> pd.DataFrame:
    """Errors of logarithms as factors, bias as a share, and R² in the digits that are shown, so that none is -0.00."""
    naive = {"naive": np.exp(errors["baseline_mae_log"])} if "baseline_mae_log" in errors else {}
    explained = {name: errors[name].round(2) + 0.0 for name in ("r2_log", "baseline_r2_log") if name in errors}
    return errors.assign(error=np.exp(errors["mae_log"]), bias=np.expm1(errors["bias_log"]), **naive, **explained)


def windows_in_words(windows: pd.DataFrame) -> pd.DataFrame:
    """Errors by window as the table shows them: in order, as factors, random parts by the name that people read."""
    ordered = windows.sort_values("window", ignore_index=True)
    labels = f.window_labels(ordered["window"])
    # Days stay as they are in the table, so that sorting by them is sorting by time.
    parts = {name: label for name, label in labels.items() if "fold" in name}
    return as_factors(ordered).assign(window=ordered["window"].replace(parts))


def how_tested(windows: pd.DataFrame) -> str:
    """How outcomes were kept from the model to test it on.

    Args:
        windows: `window` of those that are shown.

    >>> print(how_tested(pd.DataFrame({"window": ["repeat 1, fold 1", "repeat 1, fold 2"]})))
    There is no time in these outcomes, so the athletes were split by chance into 2 parts, and each part was predicted
    by a model that had learnt from the others only. That cannot show how a model ages.
    """
    if windows.empty:
        return ""
    labels = list(f.window_labels(windows["window"]).values())
    if not windows["window"].str.contains("fold").all():
        return "Each window was predicted from what was known when it began."
    parts = max(int(label.split(" of ")[-1]) for label in labels)
    rounds = len({label.split(",")[0] for label in labels if "," in label})
    again = f", {rounds} times over" if rounds > 1 else ""
    return (
        f"There is no time in these outcomes, so the athletes were split by chance into {parts} parts{again}, and each "
        "part was predicted by a model that had learnt from the others only. That cannot show how a model ages."
    )


def totals_sentence(windows: pd.DataFrame) -> str:
    """What came in sum over what was expected on average in sum; nothing where that was not measured.

    >>> print(totals_sentence(pd.DataFrame({"window": ["repeat 1, fold 1", "repeat 1, fold 2"], "rows": [100, 100],
    ...     "total_ratio": [0.9, 1.2]})))
    Added up over all predictions of a part, what came was between 90% and 120% of the average that was expected.
    """
    if "total_ratio" not in windows or windows["total_ratio"].isna().all():
        return ""
    low, high = f.percent(windows["total_ratio"].min()), f.percent(windows["total_ratio"].max())
    over = "part" if windows["window"].str.contains("fold").any() else "window"
    share = f"between {low} and {high}" if low != high else low
    return f"Added up over all predictions of a {over}, what came was {share} of the average that was expected."


def typical_error_meaning(error_log: float | None) -> str:
    """What the typical error means, with the numbers of this model.

    >>> print(typical_error_meaning(0.3842624))
    The factor by which predictions are typically off on outcomes that the model had not seen; 1.00x is exact. At 1.47x,
    what follows a prediction of 1,000 is typically as far off as 681 or 1,469.
    """
    told = "The factor by which predictions are typically off on outcomes that the model had not seen; 1.00x is exact."
    if error_log is None:
        return told
    factor = float(np.exp(error_log))
    return (
        f"{told} At {f.error_factor(error_log)}, what follows a prediction of 1,000 is typically as far off as "
        f"{f.count(1000 / factor)} or {f.count(1000 * factor)}."
    )


def compared_models(candidates: pd.DataFrame) -> pd.DataFrame:
    """The candidates, the chosen one first and then by error, with errors as factors."""
    table = as_factors(candidates).assign(
        error_from=np.exp(candidates["mae_log"] - candidates["mae_log_se"]),
        error_to=np.exp(candidates["mae_log"] + candidates["mae_log_se"]),
        use=candidates["chosen"].map({True: "in use", False: ""}),
    )
    return table.sort_values(["chosen", "mae_log", "candidate"], ascending=[False, True, True], ignore_index=True)


def why_chosen(candidates: pd.DataFrame) -> str:
    """Which model makes the predictions, and why."""
    chosen = candidates[candidates["chosen"].astype(bool)]
    if chosen.empty:
        return "No model was chosen in this snapshot."
    row = chosen.iloc[0]
    return f"In use: {row['label']}, one of {f.some(len(candidates), 'candidate')}. Why: {_sentence(row['why'])}"


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _number(value: Any) -> float | None:
    return None if f.missing(value) else float(value)


def errors_sentence(backtest: pd.DataFrame, about: Any) -> str:
    """R², mean absolute and relative error of all tested predictions, and of the naive guess on them.

    >>> backtest = pd.DataFrame({"predicted": [90.0, 210.0], "actual": [100.0, 200.0], "baseline": [150.0, 150.0],
    ...     "low": [50.0, 150.0], "high": [120.0, 300.0]})
    >>> print(errors_sentence(backtest, {"outcome_unit": "", "outcome_name": "page views"}))
    Over all 2 predictions: R² of the logs is 0.94 (naive guess: -0.03), the mean absolute error 10 page views (naive
    guess: 50). Half of them are off by less than 8% of what came (naive guess: 38%); the typical error is the mean of
    log errors instead, in which large misses count more.
    """
    if backtest.empty:
        return ""
    found = figures(backtest)
    mean, naive = (f.outcome(found[name], about["outcome_unit"]) for name in ("mae", "baseline_mae"))
    named = mean if about["outcome_unit"] == "$" else f"{mean} {about['outcome_name']}"
    return (
        f"Over all {f.some(len(backtest), 'prediction')}: R² of the logs is {f.figure(found['r2_log'])} (naive guess: "
        f"{f.figure(found['baseline_r2_log'])}), the mean absolute error {named} (naive guess: {naive}). Half of them "
        f"are off by less than {f.percent(found['relative_error'])} of what came (naive guess: "
        f"{f.percent(found['baseline_relative_error'])}); the typical error is the mean of log errors instead, in "
        "which large misses count more."
    )


def rests_on(compared: int, windows: pd.DataFrame) -> str:
    """On which predictions the figures of the whole model rest, and on which the charts and tables below them.

    Args:
        compared: predictions on which the candidates were compared: of the newest windows, or of several random splits.
        windows: window, rows of those that are shown.

    >>> windows = pd.DataFrame({"window": ["2026-03-01 to 2026-03-14", "2026-03-15 to 2026-03-28"], "rows": [30, 40]})
    >>> print(rests_on(40, windows))
    The figures above rest on the 40 predictions of the newest window, on which all models were compared; what follows
    under Accuracy and By group on all 70 of 2 windows, so both differ a little.
    >>> parts = pd.DataFrame({"window": ["repeat 1, fold 1", "repeat 1, fold 2"], "rows": [30, 40]})
    >>> print(rests_on(140, parts))
    The figures above rest on 140 predictions, of 2 random splits of the athletes; what follows under Accuracy and By
    group on the 70 of the first split, so both differ a little.
    >>> rests_on(70, windows)
    'The figures above, and what follows under Accuracy and By group, rest on the same 70 predictions.'
    """
    shown, below = int(windows["rows"].sum()), "what follows under Accuracy and By group"
    if windows.empty:
        return ""
    if compared == shown:
        return f"The figures above, and {below}, rest on the same {f.some(shown, 'prediction')}."
    above = f"The figures above rest on {'the ' * (compared < shown)}{f.some(compared, 'prediction')}"
    if windows["window"].str.contains("fold").all():
        splits = f.some(round(compared / max(shown, 1)), "random split")
        return (
            f"{above}, of {splits} of the athletes; {below} on the {f.count(shown)} of the first split, so both differ "
            "a little."
        )
    newest = windows.sort_values("window", ascending=False)["rows"].cumsum().tolist()
    number = newest.index(compared) + 1 if compared in newest else 0
    which = "the newest window" if number == 1 else f"the newest {number or ''} windows".replace("  ", " ")
    return (
        f"{above} of {which}, on which all models were compared; {below} on all {f.count(shown)} of "
        f"{f.some(len(windows), 'window')}, so both differ a little."
    )


def weakest_sentence(groups: pd.DataFrame) -> str:
    """Where the model is weakest over all groupings."""
    row = weakest(groups)
    error, naive = (f.error_factor(row[name])[:-1] for name in ("mae_log", "baseline_mae_log"))
    of = f" of at least {LEAST_TO_NAME} predictions" if row["rows"] >= LEAST_TO_NAME else ""
    return (
        f"Weakest of all groups{of}: {row['value']} ({row['grouping']}), off by a factor of {error} in "
        f"{f.some(int(row['rows']), 'prediction')}, where a naive guess is off by {naive}."
    )
