"""Whether a challenger takes the place of the champion: only if it is better beyond noise and worse for nobody.

Both are compared on outcomes that neither had seen: those of stories told after the champion's training ended, which
the challenger's kind predicted from what was known at the start of their window. Errors are measured against the
outcomes as they are in the data, so a challenger that learnt from wrong ones cannot look good. And the very model that
would be used must know the outcomes that it has learnt from no worse than its kind guessed them: one that does not has
learnt from something else, whatever its kind can do.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.influence.evaluation import clustered_error

LEAST_ROWS = 40
NOISES = 1.0
COVERAGE_LOST = 0.05
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
REASONS = (FIRST, UNUSABLE, BY_HAND, ALERT, CALENDAR)


@dataclass(frozen=True)
class Compared:
    """Champion and challenger on the same outcomes. Errors are mean absolute ones of log(1 + outcome)."""

    rows: int
    champion_mae: float
    challenger_mae: float
    noise: float
    champion_coverage: float
    challenger_coverage: float
    worst_group: str
    worst_ratio: float
    better: bool
    why: str


@dataclass(frozen=True)
class PayMoved:
    """What promotion would do to pay: its change as a share, and how many athletes gain or lose a tenth or more."""

    share: float = 0.0
    gaining: int = 0
    losing: int = 0
    athletes: int = 0


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


def compare_models(champion: pd.DataFrame, challenger: pd.DataFrame, groups: pd.DataFrame, interval: float) -> Compared:
    """Set two models against each other on the same rows.

    Args:
        champion: row_id, athlete_id, predicted_log, low_log, high_log, actual_log.
        challenger: the same of the other one; rows that only one of them has are left out. `remembered_log`, if there,
            is what the very model that would be used says of these outcomes, from which it has learnt.
        groups: by row_id a column for each kind of group, none of which may become much worse.
        interval: share of outcomes that a range should hold; a champion's ranges may be too wide.
    """
    both = champion.merge(challenger, on="row_id", suffixes=("", "_new"), how="inner", validate="one_to_one")
    old, new = ((both[f"predicted_log{end}"] - both["actual_log"]).abs() for end in ("", "_new"))
    inside = [
        _share(both["actual_log"].between(both[f"low_log{end}"], both[f"high_log{end}"]), both[f"low_log{end}"])
        for end in ("", "_new")
    ]
    if len(both) < LEAST_ROWS:
        why = f"Only {len(both)} outcomes are new to both; it takes {LEAST_ROWS} to tell which is better."
        figures = (float(old.mean()), float(new.mean()), np.nan, inside[0], inside[1], "", np.nan)
        return Compared(len(both), *figures, better=False, why=why)
    gap = new - old
    noise = float(clustered_error(gap.to_frame("gap"), both["athlete_id"])["gap"])
    group, ratio = _worst_group(old, new, both[["row_id"]].join(groups, on="row_id"), both["athlete_id"])
    short = min(inside[0], interval) - inside[1]
    if not gap.mean() < -NOISES * noise:
        better, why = False, "The challenger's error is not smaller beyond noise."
    elif _does_not_remember(both, new):
        better, why = False, "The challenger does not know the outcomes that it should have learnt from."
    elif short > COVERAGE_LOST:
        better, why = False, "The challenger's ranges hold clearly fewer outcomes."
    elif group:
        better, why = False, f"The challenger is much worse for {group}."
    else:
        better, why = True, "Its error is smaller beyond noise, its ranges hold, and no group is much worse."
    return Compared(
        len(both), float(old.mean()), float(new.mean()), noise, inside[0], inside[1], group, ratio, better, why
    )


def _share(inside: pd.Series, low: pd.Series) -> float:
    known = inside[low.notna()]
    return float(known.mean()) if len(known) else np.nan


def _does_not_remember(both: pd.DataFrame, guessed: pd.Series) -> bool:
    """Whether the model itself is worse on what it has learnt from than its kind was before it saw them."""
    if "remembered_log" not in both:
        return False
    gap = (both["remembered_log"] - both["actual_log"]).abs() - guessed
    noise = float(clustered_error(gap.to_frame("gap"), both["athlete_id"])["gap"])
    return bool(gap.mean() > REMEMBER_NOISES * noise)


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
        noise = float(clustered_error(gap.to_frame("gap"), athletes[rows])["gap"])
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
) -> pd.DataFrame:
    """The published table `model_choice`; `moved` is what the challenger would do to pay."""
    facts = {
        "champion": champion,
        "challenger": challenger,
        "used": used,
        "reason": reason,
        "rows": compared.rows if compared else 0,
        "champion_mae_log": compared.champion_mae if compared else np.nan,
        "challenger_mae_log": compared.challenger_mae if compared else np.nan,
        "noise": compared.noise if compared else np.nan,
        "champion_coverage": compared.champion_coverage if compared else np.nan,
        "challenger_coverage": compared.challenger_coverage if compared else np.nan,
        "why": why,
        "pay_moved": moved.share,
        "pay_gaining": moved.gaining,
        "pay_losing": moved.losing,
        "athletes": moved.athletes,
    }
    return pd.DataFrame([facts])[PUBLISHED_TABLES["model_choice"].column_names]
