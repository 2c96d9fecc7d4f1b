"""From questions with outcomes to a model: compare the candidates, choose one, learn how wide its ranges must be."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from athlete_intel.features.questions import Questions
from athlete_intel.influence import evaluation
from athlete_intel.influence.candidates import CANDIDATES, Model, fit
from athlete_intel.influence.cards import with_version
from athlete_intel.influence.explanations import coefficients
from athlete_intel.influence.intervals import Ranges
from athlete_intel.settings import Settings


@dataclass(frozen=True)
class Learned:
    """The chosen model, and how far outcomes may lie from its predictions."""

    model: Model
    chosen: str
    version: str
    ranges: Ranges
    by_time: bool
    mean_factor: float


def learn(training: Questions, settings: Settings) -> tuple[Learned, dict[str, pd.DataFrame]]:
    """Compare the candidates on outcomes they had not seen, and fit the chosen one on all of them.

    Returns:
        The model, and the published tables `model_candidates`, `coefficients` and `backtest`.

    Raises:
        NotEnoughDataError: too few outcomes, or no feature with enough values.
    """
    rows, catalogue = training.rows, training.catalogue
    by_time = evaluation.has_time(rows)
    splits = list(
        evaluation.time_splits(rows, settings.backtest_windows, settings.backtest_window_days)
        if by_time
        else evaluation.fold_splits(rows, settings.seed)
    )
    predictions = evaluation.out_of_sample(rows, training.matrix, catalogue, splits, settings.seed)
    candidates = evaluation.compare(predictions)
    chosen = str(candidates.loc[candidates["chosen"], "candidate"].item())
    tested = evaluation.with_ranges(predictions, training.matrix, chosen, settings.interval, by_time)
    inside = tested["actual"].between(tested["low"], tested["high"]).where(tested["low"].notna())
    candidates["coverage"] = np.where(candidates["chosen"], inside.astype("float64").mean(), np.nan)
    candidate = next(candidate for candidate in CANDIDATES if candidate.name == chosen)
    model = fit(candidate, training.matrix, catalogue, rows["outcome"], settings.seed)
    learned = Learned(
        model=model,
        chosen=chosen,
        version="",
        ranges=evaluation.ranges_of_all(predictions, training.matrix, chosen, settings.interval),
        by_time=by_time,
        mean_factor=evaluation.mean_factor(tested),
    )
    return with_version(learned, training), {
        "model_candidates": candidates,
        "coefficients": coefficients(model),
        "backtest": tested if by_time else tested[tested["window"].str.startswith("repeat 1,")],
    }
