"""What sets that are chosen for their predictions bring over what is expected of them, and how far they lie off.

Whoever is chosen because much is expected of them tends to bring less: among many estimates the highest are those that
erred upwards. How much less is measured, not assumed: in each past period sets are chosen as bundles are, from what was
predicted a period before, and their outcome is set against what they would have been promised with the mean factor that
was known then.
Sources: the optimizer's curse, Smith and Winkler, Management Science 2006; shrinkage of a mean by its positive part,
James and Stein 1961; ranges calibrated by how past outcomes lay in theirs, Kuleshov, Fenner and Ermon, ICML 2018.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from athlete_intel.bundles.draws import Errors, as_offered, joint_draws
from athlete_intel.bundles.packages import SIZES, largest_within_share
from athlete_intel.influence.evaluation import mean_factor
from athlete_intel.payouts.shocks import PERIOD_DAYS

_LEAST_KNOWN = 200
"""With fewer outcomes known at the time there was no mean factor to promise with."""
_LEAST_PERIODS = 2
_PRIOR_SETS = 10
"""That draws are as wide as they should be is believed as firmly as so many sets would make it."""
_DRAWS = 500
COLUMNS = ["sets", "periods", "came", "wider"]


@dataclass(frozen=True)
class Chosen:
    """How the draws of single athletes must change for sets that are chosen."""

    came: float = 1.0
    """What came over what was expected; never above 1, because to be chosen is no reason to bring more."""
    wider: float = 1.0
    """How much farther than drawn outcomes lay from what was expected; never below 1."""

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Chosen":
        """From the published table `chosen_sets`; nothing changes where it is empty."""
        return cls(float(table["came"].iloc[0]), float(table["wider"].iloc[0])) if len(table) else cls()

    def applied(self, draws: np.ndarray) -> np.ndarray:
        """The draws around lower means, and farther from them; none below zero.

        >>> Chosen(0.9, 2.0).applied(np.array([[90.0, 100.0, 110.0]])).round(1).tolist()
        [[72.0, 90.0, 108.0]]
        """
        means = draws.mean(axis=1, keepdims=True)
        stretched = np.maximum(means + self.wider * (draws - means), 0.0)
        kept = stretched.mean(axis=1, keepdims=True)
        return np.asarray(np.where(kept > 0, stretched * self.came * means / np.where(kept > 0, kept, 1.0), 0.0))


def chosen_sets(
    past: pd.DataFrame,
    rankings: pd.DataFrame,
    groups: pd.Series,
    errors: Errors,
    seed: int,
    window_days: int = PERIOD_DAYS,
) -> pd.DataFrame:
    """The published table `chosen_sets`: one row, or none where the past is too short.

    With y the log of what came over what was expected in a period, k periods, mean m and variance v of y, and z the
    normal scores of where the outcomes of n sets of their own lay among their draws:
    came = exp(min(0, m max(0, 1 - v / (k m^2)))), wider = sqrt(max(1, (10 + n mean(z^2)) / (10 + n))).

    Args:
        past: row_id, athlete_id, as_of, predicted, low, high, actual.
        rankings: athlete_id, sport, low, high of today.
        groups: what sets are chosen in, by athlete_id; who is missing is chosen for none.
        errors: how far outcomes lie from predictions.
        seed: of draws.
        window_days: days after a story at which its outcome is known.
    """
    nothing = pd.DataFrame({name: pd.Series(dtype="float64") for name in COLUMNS}).astype(
        {"sets": "int64", "periods": "int64"}
    )
    # A data set of one day has no period before another, so nothing was offered.
    if errors.spread.empty or past.empty or as_offered(past).empty:
        return nothing
    sets = _past_sets(past, rankings, groups, errors, seed, window_days)
    if sets["period"].nunique() < _LEAST_PERIODS:
        return nothing
    totals = sets.groupby("period")[["actual", "expected"]].sum()
    logs = np.log(totals["actual"] / totals["expected"])
    middle, noise = float(logs.mean()), float(logs.var()) / len(logs)
    certain = max(0.0, 1 - noise / middle**2) if middle else 0.0
    # Sizes of the same group hold one another, so they count as one set.
    number = sets.groupby(["period", "group"]).ngroups
    stretch = (_PRIOR_SETS + number * float((sets["score"] ** 2).mean())) / (_PRIOR_SETS + number)
    row = (len(sets), len(totals), float(np.exp(min(0.0, middle * certain))), float(np.sqrt(max(1.0, stretch))))
    return pd.DataFrame([row], columns=COLUMNS)


def _past_sets(
    past: pd.DataFrame, rankings: pd.DataFrame, groups: pd.Series, errors: Errors, seed: int, window_days: int
) -> pd.DataFrame:
    """The sets of each period: period, group, actual, expected, score."""
    offered = as_offered(past)
    athlete, ends = offered["athlete_id"], past["as_of"].max()
    today = rankings.set_index("athlete_id")
    width = np.log1p(today["high"]) - np.log1p(today["low"])
    # A prediction of the first windows has no range yet; today's width of the same athlete stands for it.
    half = np.exp(athlete.map(width).astype("float64").fillna(width.median()) / 2)
    offered = offered.assign(
        low=offered["low"].fillna((1 + offered["predicted"]) / half - 1),
        high=offered["high"].fillna((1 + offered["predicted"]) * half - 1),
        group=athlete.map(groups),
        sport=athlete.map(today["sport"]),
        period=(ends - offered["as_of"]).dt.days // PERIOD_DAYS,
    )
    rows = []
    for _, book in offered.groupby("period"):
        period = int(book["period"].iloc[0])
        # An offer is made at the start of a period, and knows the outcomes that had come by then.
        known = past[past["as_of"] <= ends - pd.Timedelta(days=PERIOD_DAYS * (period + 1) + window_days)]
        if len(known) <= _LEAST_KNOWN:
            continue
        book = book.assign(mean=book["predicted"] * mean_factor(known))
        book = book.sort_values(["mean", "athlete_id"], ascending=[False, True], ignore_index=True)
        draws = joint_draws(book, errors, seed, _DRAWS)
        for group, candidates in book.dropna(subset=["group"]).groupby("group"):
            for size in SIZES:
                chosen = largest_within_share(candidates, size)
                if chosen is None or chosen["mean"].sum() <= 0 or chosen["actual"].sum() <= 0:
                    continue
                actual = float(chosen["actual"].sum())
                below = float((draws[chosen.index].sum(axis=0) < actual).sum())
                score = float(ndtri((below + 0.5) / (_DRAWS + 1)))
                rows.append((period, str(group), actual, float(chosen["mean"].sum()), score))
    return pd.DataFrame(rows, columns=["period", "group", "actual", "expected", "score"])
