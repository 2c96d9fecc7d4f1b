"""Whether a challenger takes the place of the champion: only if it is better beyond noise and worse for nobody.

Both are compared on outcomes that neither had seen: those of stories told after the champion's training ended, which
the challenger's kind predicted from what was known at the start of their window. Errors are measured against the
outcomes as they are in the data, so a challenger that learnt from wrong ones cannot look good.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.influence.evaluation import clustered_error

LEAST_ROWS = 40
NOISES = 1.0
COVERAGE_LOST = 0.05
GROUP_WORSE, GROUP_NOISES, LEAST_IN_GROUP = 1.10, 2.0, 15
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


def compare_models(champion: pd.DataFrame, challenger: pd.DataFrame, groups: pd.Series) -> Compared:
    """Set two models against each other on the same rows.

    Args:
        champion: row_id, athlete_id, predicted_log, low_log, high_log, actual_log.
        challenger: the same of the other one; rows that only one of them has are left out.
        groups: a group of each row_id, none of which may become much worse.
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
    group, ratio = _worst_group(old, new, both["row_id"].map(groups), both["athlete_id"])
    short = inside[0] - inside[1]
    if not gap.mean() < -NOISES * noise:
        better, why = False, "Its error is not smaller beyond noise, so the champion stays."
    elif short > COVERAGE_LOST:
        better, why = False, "Its ranges hold clearly fewer outcomes, so the champion stays."
    elif group:
        better, why = False, f"It is much worse for {group}, so the champion stays."
    else:
        better, why = True, "Its error is smaller beyond noise, its ranges hold, and no group is much worse."
    return Compared(
        len(both), float(old.mean()), float(new.mean()), noise, inside[0], inside[1], group, ratio, better, why
    )


def _share(inside: pd.Series, low: pd.Series) -> float:
    known = inside[low.notna()]
    return float(known.mean()) if len(known) else np.nan


def _worst_group(old: pd.Series, new: pd.Series, groups: pd.Series, athletes: pd.Series) -> tuple[str, float]:
    """The group that becomes much worse, beyond noise; empty if there is none."""
    worst, highest = "", 1.0
    for name, rows in old.groupby(groups).groups.items():
        if len(rows) < LEAST_IN_GROUP:
            continue
        gap = new[rows] - old[rows]
        noise = float(clustered_error(gap.to_frame("gap"), athletes[rows])["gap"])
        ratio = float(new[rows].mean() / max(old[rows].mean(), 1e-9))
        if ratio > max(GROUP_WORSE, highest) and gap.mean() > GROUP_NOISES * noise:
            worst, highest = str(name), ratio
    return worst, highest if worst else np.nan


def choice_table(
    champion: str | None, challenger: str, used: str, reason: str, compared: Compared | None, why: str, moved: float
) -> pd.DataFrame:
    """The published table `model_choice`; `moved` is the change of all pay that the challenger would bring."""
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
        "pay_moved": moved,
    }
    return pd.DataFrame([facts])[PUBLISHED_TABLES["model_choice"].column_names]
