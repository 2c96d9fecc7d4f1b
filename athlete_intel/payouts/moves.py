"""What moved between two snapshots: whose expected pay, by how much, and which signal moved it."""

import numpy as np
import pandas as pd

FLAGGED_FROM = 0.10
"""A change of expected pay by a tenth is worth a look, whatever moved it."""
MANY, ALIKE, LEAST_PART = 0.5, 0.8, 0.01
"""A signal whose part moved by 1% or more for half of the athletes, for four in five of them the same way, moved by
something that they share, such as a platform that shows posts to fewer people."""
LEAST_CENTS = 1
LEARNT_ANEW = "The model learnt anew"
"""What is left of a change once every signal's part is taken off, where only the model is another one."""
OTHER_CARD = "Another rate card"
EITHER = "The model or the rate card"
NEITHER = "Rates or limits"
"""What is left under the same model and a card of the same name: a rate of the settings, a floor or a cap."""
COLUMNS = ["athlete_id", "before_cents", "now_cents", "moved_cents", "change", "because", "part", "drifting", "flag"]


def moved(
    before: pd.DataFrame,
    now: pd.DataFrame,
    drivers_before: pd.DataFrame,
    drivers_now: pd.DataFrame,
    catalogue: pd.DataFrame,
    drift: pd.DataFrame,
) -> pd.DataFrame:
    """Expected pay of the athletes of both snapshots, and the driver that moved it most.

    Drivers add up to the prediction, so the change of a driver's effect is its part in the change of the prediction, if
    one model tells both. What is left comes from the model itself, or from the rate card.

    Args:
        before: athlete_id, expected_cents, model_version, rate_card of the older snapshot.
        now: the same of the newer one.
        drivers_before: athlete_id, feature, label, effect_log of the features of the older one, by the newer model.
        drivers_now: the same of the features of the newer one.
        catalogue: feature, family of the newer one.
        drift: feature, drifting of the newer one.

    Returns:
        The columns `COLUMNS`, largest move first: `change` is a share, `part` the change of the driver's effect (log),
        `flag` the reason for a look, empty where there is none.
    """
    both = before[["athlete_id", "expected_cents"]].merge(
        now[["athlete_id", "expected_cents"]], on="athlete_id", suffixes=("_before", "_now")
    )
    table = both.rename(columns={"expected_cents_before": "before_cents", "expected_cents_now": "now_cents"})
    table["moved_cents"] = table["now_cents"] - table["before_cents"]
    table["change"] = table["moved_cents"] / table["before_cents"].clip(lower=LEAST_CENTS)
    parts = _parts(drivers_before, drivers_now)
    strongest = parts.drop_duplicates("athlete_id").rename(columns={"label": "because"})
    table = table.merge(strongest, on="athlete_id", how="left")
    left = _left_over(table, parts)
    anew = left.abs() > table["part"].abs().fillna(0.0)
    table["because"] = table["because"].mask(anew, _rest(before, now))
    table["part"] = table["part"].mask(anew, left)
    drifting = drift.loc[drift["drifting"].astype("boolean").fillna(False).astype(bool), "feature"]
    families = set(catalogue.loc[catalogue["feature"].isin(drifting), "family"])
    table["drifting"] = table["because"].isin(families)
    really = table["moved_cents"] != 0
    alike_by = _moved_alike(parts, len(table))
    alike = pd.Series([alike_by.get(str(each), "") for each in table["athlete_id"]], index=table.index, dtype="object")
    table["flag"] = np.select(
        [really & table["drifting"], really & (alike != ""), table["change"].abs() >= FLAGGED_FROM],
        ["its signal drifts", alike + " moved for many alike", "a large change"],
        default="",
    )
    table["size"] = table["moved_cents"].abs()
    table = table.sort_values(["size", "athlete_id"], ascending=[False, True], ignore_index=True)
    return table[COLUMNS]


def _rest(before: pd.DataFrame, now: pd.DataFrame) -> str:
    """What a change that no signal explains comes from."""
    model, card = (set(before[name]) != set(now[name]) for name in ("model_version", "rate_card"))
    if card:
        return EITHER if model else OTHER_CARD
    return LEARNT_ANEW if model else NEITHER


def _parts(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """How much each driver's effect changed: athlete_id, label, part; the largest of each athlete first."""
    keys = ["athlete_id", "label"]
    both = before[[*keys, "effect_log"]].merge(
        now[[*keys, "effect_log"]], on=keys, how="outer", suffixes=("_before", "_now")
    )
    both["part"] = both["effect_log_now"].fillna(0.0) - both["effect_log_before"].fillna(0.0)
    both["size"] = both["part"].abs().round(9)
    ordered = both.sort_values(["athlete_id", "size", "label"], ascending=[True, False, True])
    return ordered[["athlete_id", "label", "part"]]


def _left_over(table: pd.DataFrame, parts: pd.DataFrame) -> pd.Series:
    """The part of each change of pay (log) that no signal explains."""
    ratio = table["now_cents"].clip(lower=LEAST_CENTS) / table["before_cents"].clip(lower=LEAST_CENTS)
    explained = parts.groupby("athlete_id")["part"].sum()
    return np.log(ratio.astype("float64")) - table["athlete_id"].map(explained).fillna(0.0)


def _moved_alike(parts: pd.DataFrame, athletes: int) -> dict[str, str]:
    """Of each athlete the strongest driver that moved for many athletes, for most of them the same way."""
    moving = parts[parts["part"].abs() >= LEAST_PART]
    way = np.sign(moving["part"]).groupby(moving["label"]).agg(["size", "mean"])
    shared = way.index[(way["size"] >= MANY * athletes) & (way["mean"].abs() >= 2 * ALIKE - 1)]
    first = moving[moving["label"].isin(shared)].drop_duplicates("athlete_id")
    return dict(zip(first["athlete_id"].astype("str"), first["label"].astype("str"), strict=True))
