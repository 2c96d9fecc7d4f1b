"""What a careful reader should know before using the numbers, in sentences."""

from datetime import date

import pandas as pd

from athlete_intel.ui import caution_words, data_words
from athlete_intel.ui import formats as f
from athlete_intel.ui.accuracy_words import ModelFigures

_COVERAGE_TOLERANCE = 0.05
"""How far coverage may lie from what was aimed at before it is worth a warning."""


def nothing_to_know(figures: ModelFigures | None, drift: pd.DataFrame) -> str:
    """What was looked at where there is nothing that a careful reader should know; nothing is said of the rest.

    Args:
        figures: of the model; None where it was not tested.
        drift: of the newest window; empty where no windows can be compared.

    >>> nothing_to_know(None, pd.DataFrame())
    'No critical alert is open, and no row of the source files was set aside.'
    >>> tested = ModelFigures("ridge", 0.4, 0.6, 0.8, 0.7, 100)
    >>> print(nothing_to_know(tested, pd.DataFrame({"drifting": [False]})))
    No critical alert is open, and no row of the source files was set aside. No feature drifts. The model is closer than
    a naive guess. Its ranges hold about as many outcomes as they should.
    """
    told = ["No critical alert is open, and no row of the source files was set aside."]
    if len(drift):
        told.append("No feature drifts.")
    if figures is not None and figures.error_log is not None and figures.baseline_error_log is not None:
        told.append("The model is closer than a naive guess.")
    if figures is not None and figures.coverage is not None:
        told.append("Its ranges hold about as many outcomes as they should.")
    return " ".join(told)


def attention_points(
    about: pd.Series,
    figures: ModelFigures | None,
    drift: pd.DataFrame,
    quarantine: pd.DataFrame,
    bundles: int,
    alerts: pd.DataFrame,
    queue: pd.DataFrame | None,
    today: date,
) -> list[str]:
    """What a careful reader should know before using the numbers: critical alerts that are open come first.

    Alerts about single features are left out, as all features that drift are told in one sentence.

    Args:
        about: the data set.
        figures: of the model; None where it was not tested.
        drift: of the newest window; empty where no windows can be compared.
        quarantine: the published table.
        bundles: how many there are.
        alerts: with who acknowledged them.
        queue: handles that wait, from `handles.queue`; None where there are no handles.
        today: the day on which the page is looked at.
    """
    still = alerts[alerts["open"].astype(bool) & (alerts["rule"] != "drift")]
    points = caution_words.critical_alerts(still) + caution_words.old_data(about["as_of"].date(), today)
    points += caution_words.handles_in_doubt(queue) if queue is not None else []
    if figures is not None and not figures.better:
        points.append("The model is no better than a naive guess on outcomes it had not seen; do not pay by it.")
    elif figures is not None and figures.hardly_better:
        errors = f"{f.error_factor(figures.error_log)} against {f.error_factor(figures.baseline_error_log)}"
        points.append(f"The model is hardly better than a naive guess (typical error {errors}).")
    if figures is not None and figures.coverage is not None:
        gap = figures.coverage - about["interval"]
        if abs(gap) > _COVERAGE_TOLERANCE:
            held = f"Ranges held {f.percent(figures.coverage)} of outcomes instead of {f.percent(about['interval'])}"
            points.append(f"{held}: they are too {'wide' if gap > 0 else 'narrow'}.")
    moving = drift.loc[drift["drifting"].astype(bool), "label"].tolist() if len(drift) else []
    if moving:
        names = ", ".join(moving[:3]) + (f" and {len(moving) - 3} more" if len(moving) > 3 else "")
        points.append(f"{f.some(len(moving), 'feature')} drifted away from what the model learnt from: {names}.")
    if len(quarantine):
        points.append(data_words.set_aside_sentence(quarantine))
    if not bundles:
        points.append("No group of athletes alike was found, so there are no bundles.")
    return points
