"""Whether equal attention is paid equally: pay at equal predicted outcome, between groups, beyond chance.

Two questions. What is paid ahead follows from the prediction, so it differs only if the rate card does. What stories
earn in the end follows from the outcome: if a group's stories earn more than those of others at the same prediction,
its estimates, and with them its advances, are too low.
"""

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

LEVEL = 0.05
LEAST_ATHLETES = 20
"""In a group and among the others: with fewer, drawing athletes anew tells too little about chance."""
REPEATS = 1_000
_SMALLEST = 1e-6
"""Differences of log pay below this are rounding."""
_SEEN = ((0, "no outcome known"), (1, "1 to 5 outcomes known"), (6, "6 to 20 outcomes known"), (21, "over 20 known"))
COLUMNS = ["measure", "grouping", "value", "athletes", "rows", "difference", "low", "high", "p", "p_corrected", "alert"]


def fairness(estimated: pd.DataFrame, came: pd.DataFrame, athletes: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Each group against all others at equal predicted outcome.

    The logarithm of pay is held against that of what anybody would be paid for the same prediction; of what stories
    earned, a cubic in the level is taken off as well, because extreme predictions err to one side. The mean of what is
    left is compared between group and others. Its uncertainty is that of drawing athletes anew (cluster bootstrap;
    Cameron, Gelbach and Miller, Review of Economics and Statistics 2008), held against Student's t with one degree of
    freedom less than the smaller side has athletes, because the spread of few is itself uncertain; p-values are
    corrected for the number of groups (Holm 1979).

    Args:
        estimated: athlete_id, usual_cents (what anybody would be paid for the prediction), pay_cents: of today.
        came: the same of past stories: usual_cents of their predictions of then, pay_cents of what came.
        athletes: athlete_id, gender, sport, outcomes_seen.
        seed: of the bootstrap.

    Returns:
        The published table `fairness`: differences as logarithms (0.05 is about 5% more pay).
    """
    seen = athletes["outcomes_seen"].fillna(0).astype("int64")
    names = pd.Series([next(text for least, text in reversed(_SEEN) if each >= least) for each in seen])
    groups = athletes[["athlete_id", "gender", "sport"]].assign(history=names.to_numpy())
    rng = np.random.default_rng(seed)
    rows: list[tuple[object, ...]] = []
    for measure, table in (("paid ahead", estimated), ("earned in the end", came)):
        if len(table) > 1:
            left = _at_equal_prediction(table, curved=table is came)
            rows += _compared(measure, table.assign(left=left).merge(groups, on="athlete_id"), rng)
    found = pd.DataFrame(rows, columns=COLUMNS[:-2])
    found["p_corrected"] = holm(found["p"].to_numpy(dtype="float64"))
    found["alert"] = (found["p_corrected"] < LEVEL) & (found["difference"].abs() > _SMALLEST)
    return found.sort_values(["p_corrected", "measure", "grouping", "value"], ignore_index=True)[COLUMNS]


def holm(p: np.ndarray) -> np.ndarray:
    """P-values corrected for their number, at most 1.

    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)) if len(p) else p
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(raised, 1.0)
    return corrected


def _compared(measure: str, table: pd.DataFrame, rng: np.random.Generator) -> list[tuple[object, ...]]:
    left = table["left"].to_numpy(dtype="float64")
    athlete, names = pd.factorize(table["athlete_id"])
    weights = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), REPEATS).astype("float64")
    rows: list[tuple[object, ...]] = []
    for grouping, column in (("gender", "gender"), ("sport", "sport"), ("history", "history")):
        values = table[column].astype("object")
        if values.nunique() < 2:
            continue
        for value in sorted(values.dropna().unique()):
            inside = (values == value).to_numpy()
            other = values.notna().to_numpy() & ~inside
            members, others = np.unique(athlete[inside]).size, np.unique(athlete[other]).size
            if min(members, others) < LEAST_ATHLETES:
                continue
            difference = left[inside].mean() - left[other].mean()
            drawn = _means(left, inside, athlete, weights) - _means(left, other, athlete, weights)
            spread = float(np.std(drawn))
            freedom = min(members, others) - 1
            # Drawing n athletes anew spreads like a variance over n, not n - 1.
            spread *= float(np.sqrt((freedom + 1) / freedom))
            p = (
                _two_sided(abs(difference) / spread, freedom)
                if spread > _SMALLEST
                else float(abs(difference) <= _SMALLEST)
            )
            reach = float(stdtrit(freedom, 1 - LEVEL / 2)) * spread
            low, high = difference - reach, difference + reach
            rows.append((measure, grouping, value, members, int(inside.sum()), difference, low, high, p))
    return rows


def _at_equal_prediction(table: pd.DataFrame, curved: bool) -> np.ndarray:
    """Log pay less that of the usual pay, and less a cubic in it where asked for."""
    level = np.log1p(table["usual_cents"].to_numpy(dtype="float64"))
    pay = np.log1p(table["pay_cents"].to_numpy(dtype="float64")) - level
    if not curved:
        return pay
    spread = level.std()
    scaled = (level - level.mean()) / (spread if spread > 0 else 1.0)
    terms = np.column_stack([scaled**power for power in range(4)])
    weights, *_ = np.linalg.lstsq(terms, pay, rcond=None)
    return np.asarray(pay - terms @ weights)


def _means(left: np.ndarray, chosen: np.ndarray, athlete: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean over chosen rows in each draw of athletes."""
    number = weights.shape[1]
    sums = np.bincount(athlete[chosen], weights=left[chosen], minlength=number)
    counts = np.bincount(athlete[chosen], minlength=number)
    return np.asarray((weights @ sums) / np.maximum(weights @ counts, 1.0))


def _two_sided(t: float, freedom: int) -> float:
    return float(2 * stdtr(freedom, -t))
