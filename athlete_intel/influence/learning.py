"""From questions with outcomes to a model: compare the candidates, choose one, learn how wide its ranges must be."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from athlete_intel.features.matrix import FACTS, are_newcomers
from athlete_intel.features.questions import Questions
from athlete_intel.influence import evaluation
from athlete_intel.influence.candidates import CANDIDATES, Candidate, Model, fit
from athlete_intel.influence.cards import with_version
from athlete_intel.influence.evaluation import Split
from athlete_intel.influence.explanations import coefficients, drivers, effects
from athlete_intel.influence.intervals import Ranges, newcomer_features, spread_features
from athlete_intel.influence.newcomers import Newcomers, learn_newcomers, some_of_each
from athlete_intel.influence.novelty import Novelty, learn_novelty
from athlete_intel.influence.rank_ranges import LastingErrors, lasting_errors
from athlete_intel.settings import Settings


@dataclass(frozen=True)
class Learned:
    """The chosen model, the one for newcomers, and how far outcomes may lie from their predictions."""

    model: Model
    chosen: str
    version: str
    ranges: Ranges
    by_time: bool
    mean_factor: float
    newcomers: Model | None
    newcomer_ranges: Ranges | None
    novelty: Novelty
    lasting: LastingErrors

    def predict(self, matrix: pd.DataFrame) -> pd.DataFrame:
        """Predictions with their ranges.

        Args:
            matrix: features; columns that the model does not know are left aside, missing ones are unknown.

        Returns:
            By the index of the matrix: predicted_log; low_log and high_log, the ends of the range; new, whether the
            athlete has no known outcome; novel, whether the row is unlike anything in training, and novel_why.
        """
        predicted = self.model.predict_log(matrix)
        low, high = self.ranges.around(predicted, spread_features(matrix, predicted))
        judged = self.novelty.judge(self.model, matrix)
        new = pd.Series(are_newcomers(matrix), index=matrix.index)
        if self.newcomers is None or self.newcomer_ranges is None:
            new[:] = False
        elif new.any():
            predicted[new] = self.newcomers.predict_log(matrix[new])
            features = newcomer_features(matrix[new], predicted[new])
            low[new], high[new] = self.newcomer_ranges.around(predicted[new], features)
        return pd.DataFrame(
            {
                "predicted_log": predicted,
                "low_log": predicted + (low - predicted) * judged["widen"],
                "high_log": predicted + (high - predicted) * judged["widen"],
                "new": new,
                "novel": judged["novel"],
                "novel_why": judged["why"],
            }
        )

    def drivers(self, matrix: pd.DataFrame) -> pd.DataFrame:
        """What moves each prediction, told by the model that makes it; see `explanations.drivers`.

        Args:
            matrix: features by athlete_id.
        """
        new = are_newcomers(matrix)
        if self.newcomers is None or not new.any():
            return drivers(self.model, matrix)
        of_both = [drivers(self.model, matrix[~new]), drivers(self.newcomers, matrix[new])]
        return pd.concat([table for table in of_both if len(table)] or of_both[:1], ignore_index=True)


def learn(training: Questions, settings: Settings) -> tuple[Learned, dict[str, pd.DataFrame]]:
    """Compare the candidates on outcomes they had not seen, and fit the chosen one on all of them.

    Returns:
        The model, and the published tables `model_candidates`, `coefficients` and `backtest`.

    Raises:
        NotEnoughDataError: too few outcomes, or no feature with enough values.
    """
    rows, matrix, catalogue = training.rows, training.matrix, training.catalogue
    by_time, splits, newcomers = _trials(training, settings)
    of_new = newcomers.candidate if newcomers else None
    predictions, fits = evaluation.out_of_sample(rows, matrix, catalogue, splits, settings.seed, of_new)
    candidates = evaluation.compare(predictions)
    # On the rows of the comparison: the backtest reaches further back, where a naive guess fares otherwise.
    candidates["baseline_mae_log"] = (predictions[evaluation.NAIVE] - predictions["actual_log"]).abs().mean()
    chosen = str(candidates.loc[candidates["chosen"], "candidate"].item())
    candidate = next(candidate for candidate in CANDIDATES if candidate.name == chosen)
    newest, older = predictions, _older_splits(rows, splits, candidate, settings) if by_time else []
    if older:
        # The past of the chosen one alone: ranges and risk need more of it than a choice does.
        past, _ = evaluation.out_of_sample(rows, matrix, catalogue, older, settings.seed, of_new, only=chosen)
        predictions = pd.concat([past, predictions[past.columns]], ignore_index=True)
    tested = _with_ranges(predictions, matrix, chosen, by_time, newcomers, settings)
    inside = tested["actual"].between(tested["low"], tested["high"]).where(tested["low"].notna())
    candidates["coverage"] = np.where(candidates["chosen"], inside.astype("float64").mean(), np.nan)
    model = fit(candidate, matrix, catalogue, rows["outcome"], settings.seed)
    ranges = evaluation.ranges_of_all(newest, matrix, chosen, settings.interval)
    learned = Learned(
        model=model,
        chosen=chosen,
        version="",
        ranges=ranges,
        by_time=by_time,
        mean_factor=evaluation.mean_factor(tested),
        newcomers=newcomers.model if newcomers else None,
        newcomer_ranges=newcomers.ranges if newcomers else None,
        novelty=learn_novelty(
            model, matrix, _refits(fits.get("ridge", fits[chosen]), by_time), ranges.typical, settings.seed
        ),
        lasting=replace(
            lasting_errors(predictions, chosen, newcomers.tested if newcomers else None),
            kinds=_spread_of_kinds(model, matrix, rows["athlete_id"], settings.seed) if by_time else 0.0,
        ),
    )
    return with_version(learned, training), {
        "model_candidates": candidates,
        "coefficients": coefficients(model),
        "backtest": _shown(tested, by_time),
    }


def backtest_of(kind: str, training: Questions, settings: Settings) -> pd.DataFrame:
    """The published table `backtest` of a kind of model, whether or not the comparison chose it.

    Every prediction is made here and now, by models that had not seen its outcome.

    Args:
        kind: name of a candidate.
        training: stories with outcomes.
        settings: windows, interval and seed.
    """
    by_time, splits, newcomers = _trials(training, settings)
    candidate = next(candidate for candidate in CANDIDATES if candidate.name == kind)
    older = _older_splits(training.rows, splits, candidate, settings) if by_time and splits else []
    predictions, _ = evaluation.out_of_sample(
        training.rows,
        training.matrix,
        training.catalogue,
        [*older, *splits],
        settings.seed,
        newcomers.candidate if newcomers else None,
        only=kind,
    )
    return _shown(_with_ranges(predictions, training.matrix, kind, by_time, newcomers, settings), by_time)


def _trials(training: Questions, settings: Settings) -> tuple[bool, list[Split], Newcomers | None]:
    """Whether later windows can be held out, the splits of the comparison, and what predicts newcomers."""
    rows = training.rows
    by_time = evaluation.has_time(rows)
    splits = (
        evaluation.time_splits(rows, settings.backtest_windows, settings.backtest_window_days)
        if by_time
        else evaluation.fold_splits(rows, settings.seed)
    )
    newcomers = learn_newcomers(rows, training.matrix, training.catalogue, settings.interval, settings.seed)
    return by_time, list(splits), newcomers


def _with_ranges(
    predictions: pd.DataFrame,
    matrix: pd.DataFrame,
    kind: str,
    by_time: bool,
    newcomers: Newcomers | None,
    settings: Settings,
) -> pd.DataFrame:
    memory = pd.Timedelta(days=settings.backtest_windows * settings.backtest_window_days)
    left_out = (newcomers.tested, newcomers.features) if newcomers else None
    return evaluation.with_ranges(predictions, matrix, kind, settings.interval, by_time, left_out, memory)


def _shown(tested: pd.DataFrame, by_time: bool) -> pd.DataFrame:
    """Each outcome once, though folds are repeated."""
    return tested if by_time else tested[tested["window"].str.startswith("repeat 1,")]


def _older_splits(rows: pd.DataFrame, splits: list[Split], candidate: Candidate, settings: Settings) -> list[Split]:
    """Windows before those of the comparison that are large enough for the chosen candidate."""
    whole = evaluation.time_splits(rows, settings.history_windows, settings.backtest_window_days)
    return [split for split in whole if split.starts < splits[0].starts and len(split.train) >= candidate.least_rows]


def _spread_of_kinds(model: Model, matrix: pd.DataFrame, athlete_id: pd.Series, seed: int) -> float:
    """Standard deviation of what format, day and the like do to the stories of one and the same athlete, in logs."""
    sample = some_of_each(athlete_id, seed)
    catalogue = model.catalogue
    of_story = catalogue["family"].isin(FACTS) & ~catalogue["family"].isin(["Sport", "Kind"])
    parts = effects(model, matrix.iloc[sample])
    if parts.empty:
        return 0.0
    whole = parts[catalogue.loc[of_story, "feature"].tolist()].sum(axis="columns").to_numpy()
    owner = athlete_id.iloc[sample].to_numpy()
    within = whole - pd.Series(whole).groupby(owner).transform("mean").to_numpy()
    freedom = len(whole) - len(set(owner))
    return float(np.sqrt((within**2).sum() / freedom)) if freedom > 0 else 0.0


def _refits(fits: list[Model], by_time: bool) -> list[Model]:
    """Fits of straight lines on different parts of the data: by time the oldest and the newest, else of one repeat.

    Straight lines, because they are cheap for very many athletes, and as they run on where data end they disagree most.
    """
    return [fits[0], fits[-1]] if by_time else fits[: evaluation.FOLDS]
