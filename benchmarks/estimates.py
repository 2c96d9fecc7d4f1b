"""Errors ahead of outcomes, as estimated from what later stories look like, against those that came."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from athlete_intel.features import tables as feature_tables
from athlete_intel.features.questions import Questions, questions_of
from athlete_intel.influence.learning import learn
from athlete_intel.monitoring.estimates import expected_sizes
from athlete_intel.settings import Settings
from benchmarks import accuracy
from benchmarks.asked import say
from benchmarks.worlds import ATHLETES, CHANGES, END, FIRST_SEED, made

MOVED, LEAST_MOVED = 0.2, 50
"""A window whose inputs moved holds this share of stories at one end of a feature, and so many at least."""
LATER = 0.25
"""Share of the time at whose begin a model is learnt, to be tested on what comes after."""


def estimates(seeds: int) -> None:
    """Errors of later stories as estimated from what they look like, against those that came.

    Windows whose inputs moved are those in which only stories at one end of a feature are left: all else is as it was,
    so only the inputs moved. Beside the estimate stands one that knows nothing of inputs: errors as ever. In calm demo
    worlds errors hardly differ between stories, in real data they do. Then whole scenarios: a wave of bots moves
    inputs, a change of the platform changes the relation itself.
    """
    say("estimated errors against real ones, of stories told after everything learnt (mean absolute error of logs)")
    asked = {f"calm demo world {seed}": _demo_questions("calm", seed) for seed in range(FIRST_SEED, FIRST_SEED + seeds)}
    for name in ("facebook_pages", "wikipedia_weekly"):
        if (accuracy.REAL / name).is_dir():
            with tempfile.TemporaryDirectory() as home:
                asked[name] = accuracy.load(name, accuracy.REAL / name, Path(home)).training
        else:
            say(f"  {name} is left out, because {accuracy.REAL / name} is missing")
    for name, whole in asked.items():
        times = whole.rows["as_of"]
        cut = times.min() + (times.max() - times.min()) * (1 - LATER)
        told, matrix, before = _estimated_and_came(whole, cut)
        moved = list(_moved(told, matrix))
        came = np.array([part["came"].mean() for part in moved])
        for kind, guessed in (
            ("estimated", np.array([part["estimated"].mean() for part in moved])),
            ("as ever", np.full(len(moved), before)),
        ):
            low, high = np.quantile(came / guessed, [0.05, 0.95])
            say(
                f"  {name}, {len(moved)} windows of moved inputs, {kind:9}: real over it {low:.2f} to {high:.2f} in "
                f"nine of ten, off by {np.abs(came / guessed - 1).mean():.1%} on average"
                + (f", correlation {np.corrcoef(came, guessed)[0, 1]:.2f}" if np.ptp(guessed) else "")
            )
    for scenario in ("bot-wave", "platform-change"):
        ratios = []
        for seed in range(FIRST_SEED, FIRST_SEED + seeds):
            whole = _demo_questions(scenario, seed)
            told, _, _ = _estimated_and_came(whole, END - timedelta(days=CHANGES[scenario]))
            ratios.append(told["came"].mean() / told["estimated"].mean())
        say(f"  {scenario}: real over estimated after it {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
    say("")


def _demo_questions(scenario: str, seed: int) -> Questions:
    with made(scenario, seed, ATHLETES, 365) as database:
        return questions_of(database, feature_tables.sql("training_asks"), END, 200)


def _estimated_and_came(whole: Questions, cut: datetime) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Stories from a time on, with a model of what was known by then: estimated and real errors, and their inputs.

    The last of the three is the mean error before, which is what an estimate says that knows nothing of inputs.
    """
    early = (whole.rows["outcome_known_at"] <= cut).to_numpy()
    known = Questions(whole.asks[early].reset_index(drop=True), {}, whole.matrix[early], whole.catalogue)
    learned, tables = learn(known, Settings())
    tested = tables["backtest"]
    sizes = expected_sizes(learned, known.matrix.set_axis(known.rows["row_id"]).loc[tested["row_id"]])
    before = float((np.log1p(tested["predicted"]) - np.log1p(tested["actual"])).abs().mean())
    later = (whole.rows["as_of"] >= cut).to_numpy()
    matrix = whole.matrix[later]
    told = learned.predict(matrix)["predicted_log"].to_numpy()
    came = np.abs(told - np.log1p(whole.rows.loc[later, "outcome"].to_numpy()))
    estimated = before * expected_sizes(learned, matrix) / sizes.mean()
    return pd.DataFrame({"estimated": estimated, "came": came}), matrix, before


def _moved(told: pd.DataFrame, matrix: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The stories at each end of each feature, and those that lack it."""
    for _, values in matrix.reset_index(drop=True).items():
        ranks = values.rank(pct=True)
        for end in (ranks <= MOVED, ranks > 1 - MOVED, values.isna()):
            # A feature of few values has no such end, or one that holds nearly everybody.
            if LEAST_MOVED <= end.sum() <= len(end) / 2:
                yield told[end.to_numpy()]
