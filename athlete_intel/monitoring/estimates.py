"""How large errors will be for stories whose outcomes are not in yet, from what they look like today.

The model that widens ranges says how large an error is to be expected of each story; its level is set by the errors
on outcomes not seen before. So the estimate moves with the inputs: more newcomers, more unknowns, athletes whose
outcomes vary more. It knows nothing of a change of the relation itself between inputs and outcomes: then errors grow
while it stays. Windows whose outcomes are in show whether that happened.
Source: direct loss estimation, as in the documentation of NannyML; here with the sizes of normalised conformal ranges.
"""

import numpy as np
import pandas as pd

from athlete_intel.features.questions import Questions
from athlete_intel.influence.candidates import log_outcome
from athlete_intel.influence.evaluation import clustered_error
from athlete_intel.influence.intervals import newcomer_features, spread_features
from athlete_intel.influence.learning import Learned
from athlete_intel.monitoring.drift import no_rows

FAILS_FROM = 1.25
"""An error that is so many times the estimated one, and beyond noise, shows that the estimate failed."""
_NOISES = 2.33
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
    first = tested["window"] == tested.sort_values("as_of")["window"].iloc[0]
    # The level comes from the oldest window, so that the estimate of the others is one.
    level = tested.loc[first, "error"].mean() / tested.loc[first, "size"].mean()
    rows = []
    for _, part in tested.groupby("window"):
        error, estimate = part["error"].mean(), level * part["size"].mean()
        noise = float(clustered_error(part[["error"]], part["athlete_id"])["error"])
        fails = error > FAILS_FROM * estimate and error - estimate > _NOISES * noise
        rows.append((part["as_of"].min(), part["as_of"].max(), len(part), estimate, error, noise, bool(fails)))
    if waiting is not None:
        level = tested["error"].mean() / tested["size"].mean()
        matrix = waiting.matrix.reindex(columns=training.matrix.columns)
        told = waiting.rows.assign(size=expected_sizes(learned, matrix))
        end = told["as_of"].max().floor("D") + pd.Timedelta(days=1)
        back = ((end - told["as_of"]) // pd.Timedelta(days=window_days)).astype("int64")
        for _, part in told.groupby(back):
            estimate = level * part["size"].mean()
            rows.append((part["as_of"].min(), part["as_of"].max(), len(part), estimate, np.nan, np.nan, False))
    columns = ["window_from", "window_to", "rows", "estimated_mae_log", "mae_log", "mae_log_se", "fails"]
    return pd.DataFrame(rows, columns=columns).sort_values("window_from", ignore_index=True)
