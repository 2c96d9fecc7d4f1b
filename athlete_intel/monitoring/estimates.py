"""How large errors will be for stories whose outcomes are not in yet, from what they look like today.

The model that widens ranges says how large an error is to be expected of each story; its level is set by the errors
on outcomes not seen before. So the estimate moves with the inputs: more newcomers, more unknowns, athletes whose
outcomes vary more. It knows nothing of a change of the relation itself between inputs and outcomes: then errors grow
while it stays. Windows whose outcomes are in show whether that happened.
Source: direct loss estimation, as in the documentation of NannyML; here with the sizes of normalised conformal ranges.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.features.questions import Questions
from athlete_intel.influence.candidates import log_outcome
from athlete_intel.influence.evaluation import clustered_error
from athlete_intel.influence.intervals import newcomer_features, spread_features
from athlete_intel.influence.learning import Learned
from athlete_intel.monitoring.drift import no_rows
from athlete_intel.monitoring.rules import CHANCE

FAILS_FROM = 1.25
"""An error that is so many times the estimated one, and beyond noise, shows that the estimate failed."""
LEAST_ROWS = 30


def expected_sizes(learned: Learned, matrix: pd.DataFrame) -> np.ndarray:
    """Expected size of the error of each row, up to a factor."""
    told = learned.predict(matrix)
    sizes = learned.ranges.sizes(spread_features(matrix, told["predicted_log"]))
    new = told["new"].to_numpy()
    if learned.newcomer_ranges is not None and new.any():
        sizes = sizes.copy()
        sizes[new] = learned.newcomer_ranges.sizes(newcomer_features(matrix[new], told.loc[new, "predicted_log"]))
    return sizes


def estimated_errors(
    learned: Learned, training: Questions, waiting: Questions | None, backtest: pd.DataFrame, window_days: int
) -> pd.DataFrame:
    """The published table `estimated_errors`, oldest window first.

    An estimate fails where the real error is larger by a quarter and by more than chance, of which both have their
    share: the outcomes of the window, and those of the windows before from which its level comes.

    Args:
        learned: the model in use.
        training: stories with outcomes.
        waiting: stories without; None where there are none.
        backtest: row_id, athlete_id, as_of, window, predicted, actual of outcomes not seen.
        window_days: length of a window of waiting stories.
    """
    if not learned.by_time or len(backtest) < LEAST_ROWS:
        return no_rows("estimated_errors")
    matrix = training.matrix.set_axis(training.rows["row_id"])
    tested = backtest.assign(
        error=(log_outcome(backtest["predicted"]) - log_outcome(backtest["actual"])).abs(),
        size=expected_sizes(learned, matrix.loc[backtest["row_id"]]),
    )
    rows = list(_of_past(tested))
    if waiting is not None:
        level = tested["error"].mean() / tested["size"].mean()
        matrix = waiting.matrix.reindex(columns=training.matrix.columns)
        told = waiting.rows.assign(size=expected_sizes(learned, matrix))
        end = told["as_of"].max().floor("D") + pd.Timedelta(days=1)
        back = ((end - told["as_of"]) // pd.Timedelta(days=window_days)).astype("int64")
        for _, part in told.groupby(back):
            estimate = level * part["size"].mean()
            rows.append((part["as_of"].min(), part["as_of"].max(), len(part), estimate, np.nan, np.nan, np.nan, False))
    columns = PUBLISHED_TABLES["estimated_errors"].column_names
    return pd.DataFrame(rows, columns=columns).sort_values("window_from", ignore_index=True)


def _of_past(tested: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Each tested window with its estimate and its verdict, oldest first.

    The level of an estimate comes from all windows before, so that it is one; what failed is no measure of what is
    usual and stays out. A window before which too little was tested gets no verdict.

    Args:
        tested: window, as_of, athlete_id, error, size.
    """
    used = tested.iloc[:0]
    for _, part in sorted(tested.groupby("window"), key=lambda each: each[1]["as_of"].min()):
        known = len(used) >= LEAST_ROWS
        level, level_noise = _level(used if known else pd.concat([used, part]))
        size, error = part["size"].mean(), part["error"].mean()
        noise = float(clustered_error(part[["error"]], part["athlete_id"])["error"])
        freedom = min(part["athlete_id"].nunique(), used["athlete_id"].nunique()) - 1
        both = float(np.hypot(noise, level_noise * size))
        limit = np.nan
        if known and freedom >= 1:
            limit = max(FAILS_FROM * level * size, level * size + stats.t.isf(CHANCE, freedom) * both)
        fails = bool(error > limit)
        yield (part["as_of"].min(), part["as_of"].max(), len(part), level * size, error, noise, limit, fails)
        if not fails:
            used = pd.concat([used, part])


def _level(tested: pd.DataFrame) -> tuple[float, float]:
    """Mean error for each unit of size, and its standard error between athletes.

    Source: the variance of a ratio of sums over clusters, Cochran, Sampling Techniques, 1977, chapter 6.
    """
    size = tested["size"].mean()
    level = float(tested["error"].mean() / size)
    beside = (tested["error"] - level * tested["size"]).to_frame("beside")
    return level, float(clustered_error(beside, tested["athlete_id"])["beside"] / size)
