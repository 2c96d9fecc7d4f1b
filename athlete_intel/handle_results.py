"""What a snapshot tells about handles once the model is there: money at stake, the audit, and the effect."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pandas as pd

from athlete_intel.features.matrix import HABIT, LEVEL, transformed
from athlete_intel.handles import effect
from athlete_intel.handles.stage import Settled
from athlete_intel.handles.suggest import suspicious
from athlete_intel.payouts import pay_cents
from athlete_intel.settings import Settings


class Asked(Protocol):
    """Rows of a design matrix, with whose they are and what is known of them."""

    @property
    def asks(self) -> pd.DataFrame: ...
    @property
    def answers(self) -> Mapping[str, pd.DataFrame]: ...
    @property
    def matrix(self) -> pd.DataFrame: ...
    @property
    def catalogue(self) -> pd.DataFrame: ...


def handle_results(
    settled: Settled,
    all_training: Asked,
    training: Asked,
    all_scoring: Asked,
    scoring: Asked,
    athletes: pd.DataFrame,
    dataset: pd.DataFrame,
    payouts: pd.DataFrame,
    settings: Settings,
) -> dict[str, pd.DataFrame]:
    """The published tables of the handles.

    Args:
        settled: what the handles stage found.
        all_training, all_scoring: the questions with the features of every handle.
        training, scoring: those that were learnt from and predicted, without contested handles.
        athletes: the raw table.
        dataset: the published table.
        payouts: the published table.
        settings: cut of the audit, and seed.
    """
    stakes = payouts.set_index("athlete_id")["expected_cents"]
    states = settled.states.assign(stake_cents=settled.states["athlete_id"].map(stakes).astype("Int64"))
    changed, paid = _effect(settled.states, all_training, training, all_scoring, scoring, dataset)
    return {
        "handle_states": states,
        "handle_candidates": settled.candidates,
        "handle_ballots": settled.ballots,
        "handle_workers": settled.workers,
        "handle_claim": settled.claim,
        "handle_flags": _flags(all_training, all_scoring, athletes, dataset, settings),
        "handle_effect": changed,
        "handle_payouts": paid,
    }


def _flags(
    training: Asked, scoring: Asked, athletes: pd.DataFrame, dataset: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    matrix, names = scoring.matrix, scoring.catalogue.set_index("feature")["label"]
    levels = {
        str(feature).removesuffix(ending): matrix[feature]
        for ending in ("_likes_median", "_median")
        for feature in matrix
        if str(feature).endswith(ending)
        and "_" not in str(feature).removesuffix(ending)
        and feature != "outcome_median"
    }
    columns = {f"{platform}_likes_median": platform for platform in levels} | {"wikipedia_median": "wikipedia"}
    labels = {platform: str(names[column]) for column, platform in columns.items() if column in names}
    label = str(dataset["outcome_label"].item())
    platform = next((word.casefold() for word in label.split() if word.casefold() in _COUNTED_ON), None)
    if platform is not None and platform not in levels:
        # What is predicted is itself what a page draws.
        newest = training.asks.sort_values("as_of").drop_duplicates("athlete_id", keep="last")
        levels[platform] = newest.set_index("athlete_id")["outcome"]
        labels[platform] = label
    followers = scoring.answers["follower_features"].rename(columns={"ask_id": "athlete_id"})
    # Levels and habits of other platforms and ready-made signals; of own outcomes the plainest.
    told = scoring.catalogue["profile"].isin([LEVEL, HABIT]) | (scoring.catalogue["feature"] == "outcome_median")
    known = transformed(matrix, scoring.catalogue[told])
    return suspicious(levels, known, followers, athletes, labels, settings.audit_cut, settings.seed)


_COUNTED_ON = ("wikipedia", "twitter", "instagram", "facebook", "tiktok", "youtube")


def _effect(
    states: pd.DataFrame,
    all_training: Asked,
    training: Asked,
    all_scoring: Asked,
    scoring: Asked,
    dataset: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accuracy and pay with contested handles and without, under one plain ridge."""
    out = states[states["left_out"].astype(bool)]
    spoiled = set(out["athlete_id"])
    catalogue = training.catalogue
    asks = all_training.asks
    touched = asks["athlete_id"].isin(spoiled).to_numpy()
    figures: dict[str, float] = {"contested": len(out), "athletes": len(spoiled), "rows": int(touched.sum())}
    no_change = pd.DataFrame([{**figures, "r2_with": np.nan, "r2_without": np.nan}])
    nobody = pd.DataFrame({"athlete_id": [], "with_cents": [], "without_cents": [], "contested": []})
    nobody = nobody.astype({"athlete_id": "str", "with_cents": "int64", "without_cents": "int64", "contested": "bool"})
    if not touched.any() or (~touched).sum() < _LEAST_ROWS or len(training.asks) < _LEAST_ROWS:
        return no_change, nobody
    logs = np.log1p(asks["outcome"].to_numpy(dtype="float64"))
    with_all = transformed(all_training.matrix, catalogue)
    without = transformed(training.matrix, catalogue).reindex(with_all.index)
    kept = with_all.index.isin(training.matrix.index)
    whose = asks["athlete_id"].to_numpy()
    every = np.ones(len(asks), dtype=bool)
    figures["r2_with"] = effect.cross_validated_r2(with_all.to_numpy(), logs, whose, every, ~touched)
    figures["r2_without"] = effect.cross_validated_r2(without.to_numpy(), logs, whose, kept, ~touched)
    rate = int(dataset["rate_cents_per_1000"].item())
    target = pd.Series(logs, index=with_all.index)
    learnt = pd.Series(True, index=with_all.index), pd.Series(kept, index=with_all.index)
    today = [q.matrix.reindex(columns=catalogue["feature"]) for q in (all_scoring, scoring)]
    today = [transformed(matrix[matrix.notna().any(axis="columns")], catalogue) for matrix in today]
    outcomes = [
        effect.predicted_outcomes(matrix, target, rows, asked)
        for matrix, rows, asked in zip((with_all, without), learnt, today, strict=True)
    ]
    both = outcomes[0].index.intersection(outcomes[1].index).sort_values()
    paid = pd.DataFrame(
        {
            "athlete_id": both,
            "with_cents": [pay_cents(value, rate) for value in outcomes[0].reindex(both)],
            "without_cents": [pay_cents(value, rate) for value in outcomes[1].reindex(both)],
            "contested": both.isin(spoiled),
        }
    )
    return pd.DataFrame([figures]), paid


_LEAST_ROWS = 40
