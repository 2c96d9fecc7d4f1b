"""Whether a challenger takes the place of the champion: only if it is better beyond noise and worse for nobody.

Both are compared on outcomes that neither had seen: those of stories told after the champion's training ended, which
the challenger's kind predicted from what was known at the start of their window. How sure it must be that the
challenger is better, and how often one is tried, stands in `looks`.

Errors are measured against the outcomes as they are in the data. So a challenger that learnt from other outcomes than
those cannot look good; but where the outcomes in the data are wrong themselves, it may lose less than the champion by
guessing the middle of them. Therefore it must clearly beat that guess, too: one outcome for everybody. And the very
model that would be used must know the outcomes that it has learnt from no worse than its kind guessed them: one that
does not has learnt from something else, whatever its kind can do.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.influence.evaluation import clustered_error
from athlete_intel.monitoring.looks import Looks, noises

LEAST_ROWS, LEAST_ATHLETES = 40, 10
"""So many outcomes with ranges, and athletes whom they are of, it takes to tell which of two models is better."""
COVERAGE_LOST = 0.05
LEAST_LEARNT = 0.05
"""A model whose error is not by this share smaller than that of one guess for everybody has learnt nothing."""
GROUP_WORSE, GROUP_CHANCE, LEAST_IN_GROUP = 1.10, 0.05, 15
"""A group is much worse if its error grows by a tenth, and by more than one of all groups would by chance in 5%."""
REMEMBER_NOISES = 3.0
MUCH = 0.1
"""A change of pay by a tenth is a large one."""
FIRST, UNUSABLE, BY_HAND, ALERT, CALENDAR, NO_REASON = (
    "first model",
    "champion cannot be used",
    "by hand",
    "alert",
    "calendar",
    "no reason",
)
_BETTER = "Its error is smaller beyond noise, its ranges hold, and no group is much worse."
_NO_WORSE_THAN_NAIVE = "Its error is not larger than that of the naive guess, and its ranges hold."
_NOTHING_LEARNT = (
    "The challenger is no better than one guess for everybody, so nothing can be learnt from these outcomes; "
    "look whether they are right."
)
REASONS = (FIRST, UNUSABLE, BY_HAND, ALERT, CALENDAR)


@dataclass(frozen=True)
class Compared:
    """Champion and challenger on the same outcomes. Errors are mean absolute ones of log(1 + outcome).

    `noise` is the standard error of their difference, `least_gain` the difference that counts as beyond noise; both are
    NaN where there is too little to compare. Coverage is that of rows for which both have ranges.
    """

    rows: int
    champion_mae: float
    challenger_mae: float
    noise: float
    least_gain: float
    champion_coverage: float
    challenger_coverage: float
    worst_group: str
    worst_ratio: float
    better: bool
    why: str


@dataclass(frozen=True)
class PayMoved:
    """What promotion would do to the expected pay of the next story of each athlete.

    Attributes:
        before_cents, after_cents: sums over the athletes, floors, caps and all other terms applied.
        gaining, losing: athletes who gain or lose a tenth or more.
        athletes: all of them.
    """

    before_cents: int = 0
    after_cents: int = 0
    gaining: int = 0
    losing: int = 0
    athletes: int = 0

    @classmethod
    def between(cls, before: pd.Series, after: pd.Series) -> "PayMoved":
        """Of pay in cents before and after, by athlete_id.

        >>> PayMoved.between(pd.Series({"a": 100, "b": 500, "c": 0}), pd.Series({"a": 110, "b": 400, "c": 0}))
        PayMoved(before_cents=600, after_cents=510, gaining=1, losing=1, athletes=3)
        """
        moved = after - before
        gaining, losing = (int(((sign * moved >= MUCH * before) & (moved != 0)).sum()) for sign in (1, -1))
        return cls(int(before.sum()), int(after.sum()), gaining, losing, len(before))

    @property
    def share(self) -> float:
        """Change of the sum as a share of it."""
        return self.after_cents / self.before_cents - 1 if self.before_cents else 0.0


def retrain_reason(age_days: float, retrain_days: int, has_alert: bool, by_hand: bool) -> str:
    """Why a challenger is looked at, or that there is no reason.

    >>> retrain_reason(3, 28, False, False), retrain_reason(3, 28, True, False), retrain_reason(28, 28, False, False)
    ('no reason', 'alert', 'calendar')
    """
    if by_hand:
        return BY_HAND
    if has_alert:
        return ALERT
    return CALENDAR if age_days >= retrain_days else NO_REASON


def compare_models(
    champion: pd.DataFrame,
    challenger: pd.DataFrame,
    groups: pd.DataFrame,
    interval: float,
    naive: bool = False,
) -> Compared:
    """Set two models against each other on the same rows.

    Args:
        champion: row_id, athlete_id, predicted_log, low_log, high_log, actual_log.
        challenger: the same of the other one; rows that only one of them has are left out. `remembered_log`, if there,
            is what the very model that would be used says of these outcomes, from which it has learnt.
        groups: by row_id a column for each kind of group, none of which may become much worse.
        interval: share of outcomes that a range should hold; a champion's ranges may be too wide.
        naive: whether the champion is but the naive guess, without ranges. Some outcomes cannot be told better than by
            that, so it is enough not to be worse.
    """
    both = champion.merge(challenger, on="row_id", suffixes=("", "_new"), how="inner", validate="one_to_one")
    old, new = ((both[f"predicted_log{end}"] - both["actual_log"]).abs() for end in ("", "_new"))
    ends = ["low_log_new", "high_log_new"] if naive else ["low_log", "high_log", "low_log_new", "high_log_new"]
    ranged = both.dropna(subset=ends)
    inside = [
        float(ranged["actual_log"].between(ranged[f"low_log{end}"], ranged[f"high_log{end}"]).mean())
        if f"low_log{end}" in ends
        else np.nan
        for end in ("", "_new")
    ]
    found = Compared(
        len(both), float(old.mean()), float(new.mean()), np.nan, np.nan, inside[0], inside[1], "", np.nan, False, ""
    )
    if few := _too_few(both, ranged):
        return replace(found, why=few)
    sure = noises(both["athlete_id"].nunique())
    noise = _noise(new - old, both["athlete_id"])
    gain = float((old - new).mean(skipna=False))
    group, ratio = _worst_group(old, new, both[["row_id"]].join(groups, on="row_id"), both["athlete_id"])
    against = ""
    if naive and not gain >= 0:
        against = "The challenger's error is larger than that of the naive guess."
    elif not naive and not gain > sure * noise:
        against = "The challenger's error is not smaller beyond noise."
    elif _no_better_than_one_guess(both, new, sure):
        against = _NOTHING_LEARNT
    elif _does_not_remember(both, new):
        against = "The challenger does not know the outcomes that it should have learnt from."
    elif _no_better_than_one_guess(both, _remembered(both, new), sure):
        against = _NOTHING_LEARNT
    elif (interval if naive else min(inside[0], interval)) - inside[1] > COVERAGE_LOST:
        against = "The challenger's ranges hold clearly fewer outcomes."
    elif group and not naive:
        against = f"The challenger is much worse for {group}."
    return replace(
        found,
        noise=noise,
        least_gain=sure * noise,
        worst_group=group,
        worst_ratio=ratio,
        better=not against,
        why=against or (_NO_WORSE_THAN_NAIVE if naive else _BETTER),
    )


def _too_few(both: pd.DataFrame, ranged: pd.DataFrame) -> str:
    """Why nothing can be told from these rows; empty if something can."""
    athletes = both["athlete_id"].nunique()
    if both.empty:
        return f"No outcome is new to both; it takes {LEAST_ROWS} to tell which is better."
    if len(both) < LEAST_ROWS:
        return f"Only {len(both)} outcomes are new to both; it takes {LEAST_ROWS} to tell which is better."
    if athletes < LEAST_ATHLETES:
        return f"The outcomes that are new to both are of {athletes} athletes only; it takes {LEAST_ATHLETES}."
    if len(ranged) < LEAST_ROWS:
        return f"Only {len(ranged)} of these outcomes have ranges; it takes {LEAST_ROWS} to tell whether ranges hold."
    return ""


def _noise(gap: pd.Series, athletes: pd.Series) -> float:
    return float(clustered_error(gap.to_frame("gap"), athletes)["gap"])


def _no_better_than_one_guess(both: pd.DataFrame, errors: pd.Series, sure: float) -> bool:
    """Whether the median of these very outcomes, told of everybody, errs about as little: then nothing was learnt."""
    of_guess = (both["actual_log"] - both["actual_log"].median()).abs()
    gain = (of_guess - errors).mean()
    return not gain > max(sure * _noise(of_guess - errors, both["athlete_id"]), LEAST_LEARNT * of_guess.mean())


def _remembered(both: pd.DataFrame, guessed: pd.Series) -> pd.Series:
    """Errors of the model itself on what it has learnt from; those of its kind where it was not asked."""
    return (both["remembered_log"] - both["actual_log"]).abs() if "remembered_log" in both else guessed


def _does_not_remember(both: pd.DataFrame, guessed: pd.Series) -> bool:
    """Whether the model itself is worse on what it has learnt from than its kind was before it saw them."""
    gap = _remembered(both, guessed) - guessed
    return bool(gap.mean() > REMEMBER_NOISES * _noise(gap, both["athlete_id"]))


def _worst_group(old: pd.Series, new: pd.Series, groups: pd.DataFrame, athletes: pd.Series) -> tuple[str, float]:
    """The group that becomes much worse, beyond noise; empty if there is none."""
    members = [
        (str(name), rows)
        for kind in groups.columns.drop("row_id")
        for name, rows in old.groupby(groups[kind]).groups.items()
        if len(rows) >= LEAST_IN_GROUP
    ]
    noises = float(stats.norm.isf(GROUP_CHANCE / max(len(members), 1)))
    worst, highest = "", 1.0
    for name, rows in members:
        gap = new[rows] - old[rows]
        noise = _noise(gap, athletes[rows])
        ratio = float(new[rows].mean() / max(old[rows].mean(), 1e-9))
        if ratio > max(GROUP_WORSE, highest) and gap.mean() > noises * noise:
            worst, highest = name, ratio
    return worst, highest if worst else np.nan


def choice_table(
    champion: str | None,
    challenger: str,
    used: str,
    reason: str,
    compared: Compared | None,
    why: str,
    moved: PayMoved,
    looks: Looks,
    decision: int | None,
) -> pd.DataFrame:
    """The published table `model_choice`.

    Args:
        champion: version of the model in use before; None if there was none.
        challenger: version of the model learnt from everything known.
        used: version of the one that the snapshot is made with.
        reason: one of `REASONS`, or `NO_REASON`.
        compared: None if they were not compared.
        why: what came of it, in a sentence.
        moved: what the challenger would do to pay.
        looks: comparisons with the champion that could have replaced it.
        decision: number of the newest decision about models that was known; None if there was none.
    """
    facts = {
        "champion": champion,
        "challenger": challenger,
        "used": used,
        "reason": reason,
        "rows": compared.rows if compared else 0,
        "champion_mae_log": compared.champion_mae if compared else np.nan,
        "challenger_mae_log": compared.challenger_mae if compared else np.nan,
        "noise": compared.noise if compared else np.nan,
        "least_gain": compared.least_gain if compared else np.nan,
        "champion_coverage": compared.champion_coverage if compared else np.nan,
        "challenger_coverage": compared.challenger_coverage if compared else np.nan,
        "why": why,
        "pay_moved": moved.share,
        "pay_before_cents": moved.before_cents,
        "pay_after_cents": moved.after_cents,
        "pay_gaining": moved.gaining,
        "pay_losing": moved.losing,
        "athletes": moved.athletes,
        "looks": looks.number,
        "looked_until": looks.until,
        "decision": decision,
    }
    return pd.DataFrame([facts])[PUBLISHED_TABLES["model_choice"].column_names]
