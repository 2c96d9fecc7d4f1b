"""Athletes without any known outcome: a model of their own, tested on athletes that it had not seen.

A model that leans on an athlete's own past says little about somebody who has none, and the few first stories in the
data are too few to learn from. So every athlete is treated as a newcomer once: the model is fitted without the own
outcomes, on the other athletes, and tested on those that were left out; some of them as if less were known, or nothing.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from athlete_intel.errors import NotEnoughDataError
from athlete_intel.features.matrix import without_history
from athlete_intel.influence.candidates import (
    BLANK_EVERY,
    Candidate,
    Model,
    blanked,
    fit_newcomers,
    log_outcome,
)
from athlete_intel.influence.evaluation import FOLDS, candidates_for, compare
from athlete_intel.influence.intervals import Ranges, learn_ranges, newcomer_features

LEAST_ATHLETES = 10
_ROWS_TO_TEST = 4_000
_LEAST_OF_AN_ATHLETE, _MOST_OF_AN_ATHLETE = 3, 200


@dataclass(frozen=True)
class Newcomers:
    """How newcomers are predicted.

    `tested` holds row_id, athlete_id, outcome_known_at, actual_log, predicted_log of athletes left out, and `features`
    what the size of their errors may depend on.
    """

    candidate: Candidate
    model: Model
    ranges: Ranges
    tested: pd.DataFrame
    features: pd.DataFrame


def learn_newcomers(
    rows: pd.DataFrame, matrix: pd.DataFrame, catalogue: pd.DataFrame, interval: float, seed: int
) -> Newcomers | None:
    """Choose, fit and test a model for newcomers; None where there are no own outcomes, or too few athletes.

    Args:
        rows: row_id, athlete_id, outcome_known_at, outcome; one a row of the matrix.
        matrix: features.
        catalogue: feature, label, scale, family, profile, rises.
        interval: share of outcomes that a range should hold.
        seed: of the sample and of candidates that need chance.
    """
    known = without_history(catalogue)
    if len(known) == len(catalogue) or not len(known) or rows["athlete_id"].nunique() < LEAST_ATHLETES:
        return None
    sample = some_of_each(rows["athlete_id"], seed)
    try:
        tested, features, candidate = _test(rows.iloc[sample], matrix.iloc[sample], catalogue, seed)
        model = fit_newcomers(candidate, matrix, catalogue, rows["outcome"], seed)
    except NotEnoughDataError:
        return None
    ranges = learn_ranges((tested["actual_log"] - tested["predicted_log"]).to_numpy(), features, interval)
    return None if ranges is None else Newcomers(candidate, model, ranges, tested, features)


def some_of_each(athlete_id: pd.Series, seed: int) -> np.ndarray:
    """Positions of a few rows of each athlete, drawn at random, so that no athlete counts for much more than another.

    >>> some_of_each(pd.Series(["ann"] * 3 + ["bob"]), seed=0).tolist()
    [0, 1, 2, 3]
    """
    wanted = int(np.clip(_ROWS_TO_TEST // max(athlete_id.nunique(), 1), _LEAST_OF_AN_ATHLETE, _MOST_OF_AN_ATHLETE))
    order = np.random.default_rng(seed).permutation(len(athlete_id))
    nth = pd.Series(athlete_id.to_numpy()[order]).groupby(athlete_id.to_numpy()[order]).cumcount().to_numpy()
    return np.sort(order[nth < wanted])


def _test(
    rows: pd.DataFrame, matrix: pd.DataFrame, catalogue: pd.DataFrame, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, Candidate]:
    """Predictions of the chosen candidate for athletes left out, what their errors may depend on, and the candidate.

    A share of the rows is tested once more as if less were known; they do not count in the choice.
    """
    copies = np.arange(0, len(rows), BLANK_EVERY)
    tests = pd.concat([matrix, blanked(matrix.iloc[copies], catalogue, seed)], ignore_index=True)
    origin = np.concatenate([np.arange(len(rows)), copies])
    folds = list(GroupKFold(min(FOLDS, rows["athlete_id"].nunique())).split(rows, groups=rows["athlete_id"]))
    # Trees are left out: a few rows of each athlete teach them little, and they would take most of the time.
    possible = [c for c in candidates_for(min(len(train) for train, _ in folds)) if c.name != "boosting"]
    table = rows[["row_id", "athlete_id", "outcome_known_at"]].iloc[origin].reset_index(drop=True)
    table["actual_log"] = log_outcome(rows["outcome"]).to_numpy()[origin]
    for candidate in possible:
        predicted = np.empty(len(tests))
        for train, test in folds:
            model = fit_newcomers(candidate, matrix.iloc[train], catalogue, rows["outcome"].iloc[train], seed)
            tested = np.isin(origin, test)
            predicted[tested] = model.predict_log(tests[tested])
        table[candidate.name] = predicted
    compared = compare(table.head(len(rows)))
    chosen = str(compared.loc[compared["chosen"], "candidate"].item())
    kept = ["row_id", "athlete_id", "outcome_known_at", "actual_log"]
    return (
        table[kept].assign(predicted_log=table[chosen]),
        newcomer_features(tests, table[chosen]),
        next(candidate for candidate in possible if candidate.name == chosen),
    )
