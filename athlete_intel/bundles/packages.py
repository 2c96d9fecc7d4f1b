"""What a brand can buy: packages of athletes within a cluster and across all of them, in three sizes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from athlete_intel.payouts.rates import fees

ACROSS = "mix"
_ACROSS_NAME = "The best of every group"
_PROMISED_AT = 0.2
"""What is promised is reached in all but this share of the draws."""
_TELLING_DIGITS = 2
_TERMS = ["rate_cents_per_1000", "floor_cents", "cap_cents", "uplift"]


@dataclass(frozen=True)
class Size:
    """How many athletes a package holds, and how much of what it brings one of them may bring at most."""

    name: str
    athletes: int
    largest_share: float


SIZES = (Size("small", 5, 0.40), Size("medium", 10, 0.25), Size("large", 20, 0.15))


def packages(
    clusters: pd.DataFrame, groups: pd.DataFrame, athletes: pd.DataFrame, draws: np.ndarray, interval: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The bundles on offer, by expected outcome, and who is in them.

    A package holds the members of its cluster who bring most, as long as none brings more than the size allows. The mix
    takes them from all clusters in turn.

    Args:
        clusters: athlete_id, identity, strength.
        groups: identity, name, why, stability, offered.
        athletes: from `with_terms`: athlete_id, mean, cost_cents, woman, sport, contested, questioned, novel and terms;
            one row a row of `draws`.
        draws: outcomes drawn together.
        interval: share of the draws that a range holds.

    Returns:
        The published tables `bundles` and `bundle_members`.
    """
    offered = groups[groups["offered"].astype(bool)]
    whole = athletes.assign(row=np.arange(len(athletes))).merge(
        clusters[["athlete_id", "identity", "strength"]], on="athlete_id"
    )
    # Whoever is unlike all in training is paid by a person, so nobody can say what they cost.
    whole = whole[whole["identity"].isin(offered["identity"]) & ~whole["novel"].astype(bool)]
    whole = whole.sort_values(["mean", "athlete_id"], ascending=[False, True])
    facts, members = [], []
    choices: list[tuple[str, str | None, str, str, float, pd.DataFrame]] = [
        (identity, identity, name, why, float(stability), whole[whole["identity"] == identity])
        for identity, name, why, stability in offered[["identity", "name", "why", "stability"]].to_numpy().tolist()
    ]
    if len(offered) > 1:
        turns = whole.assign(turn=whole.groupby("identity").cumcount()).sort_values(
            ["turn", "mean", "athlete_id"], ascending=[True, False, True]
        )
        why = f"Members of all {len(offered)} groups in turn, those who bring most first."
        choices.append((ACROSS, None, _ACROSS_NAME, why, float(offered["stability"].min()), turns))
    for key, identity, name, why, stability, candidates in choices:
        for size in SIZES:
            chosen = largest_within_share(candidates, size)
            if chosen is None:
                continue
            bundle_id = f"{key}-{size.name}"
            told = {"bundle_id": bundle_id, "identity": identity, "size": size.name, "name": name, "why": why}
            facts.append({**told, **facts_of(chosen, draws[chosen["row"]], interval), "stability": stability})
            members.append(chosen[["athlete_id"]].assign(bundle_id=bundle_id, share=_shares(chosen)))
    bundles = pd.DataFrame(facts, columns=["bundle_id", "identity", "size", "name", "why", *_FACTS, "stability"])
    inside = pd.concat([*members, pd.DataFrame({"athlete_id": [], "bundle_id": [], "share": []})], ignore_index=True)
    bundles = bundles.sort_values(["expected", "bundle_id"], ascending=[False, True], ignore_index=True)
    return bundles, inside[["bundle_id", "athlete_id", "share"]]


_FACTS = (
    "members",
    "expected",
    "low",
    "high",
    "promised",
    "chance",
    "cost_cents",
    "low_cents",
    "high_cents",
    "per_1000_cents",
    "largest_share",
    "women_share",
    "women_known",
    "sports",
    "sports_known",
    "questioned_share",
    "questioned_known",
    "contested",
    "strength",
)


def largest_within_share(candidates: pd.DataFrame, size: Size) -> pd.DataFrame | None:
    """The first candidates of which none brings too large a share; None where there are too few.

    Args:
        candidates: mean, in the order in which they are taken.
        size: how many, and the largest share.

    >>> candidates = pd.DataFrame({"mean": [90.0, 6.0, 5.0, 4.0]})
    >>> largest_within_share(candidates, Size("small", 3, 0.5))["mean"].tolist()
    [6.0, 5.0, 4.0]
    """
    kept = candidates
    while len(kept) >= size.athletes:
        chosen = kept.head(size.athletes)
        if chosen["mean"].max() <= size.largest_share * chosen["mean"].sum():
            return chosen
        kept = kept.drop(index=chosen["mean"].idxmax())
    return None


def facts_of(chosen: pd.DataFrame, draws: np.ndarray, interval: float) -> dict[str, object]:
    """What a package brings and costs, jointly: the range is that of the sum, not the sum of the ranges.

    Args:
        chosen: from `with_terms`: mean, cost_cents, woman, sport, contested, questioned, terms and, if known, strength;
            one row a row of `draws`.
        draws: outcomes drawn together.
        interval: share of the draws that the range holds.
    """
    total = draws.sum(axis=0)
    expected, cost = float(chosen["mean"].sum()), int(chosen["cost_cents"].sum())
    low, high = (float(end) for end in np.quantile(total, [(1 - interval) / 2, (1 + interval) / 2]))
    low_cents, high_cents = np.quantile(pay_of(chosen, draws), [(1 - interval) / 2, (1 + interval) / 2])
    promised = told_shortly(float(np.quantile(total, _PROMISED_AT)))
    return {
        "members": len(chosen),
        "expected": expected,
        "low": low,
        "high": high,
        "promised": promised,
        "chance": float((total >= promised).mean()),
        "cost_cents": cost,
        "low_cents": round(float(low_cents)),
        "high_cents": round(float(high_cents)),
        "per_1000_cents": round(1_000 * cost / expected) if expected > 0 else 0,
        "largest_share": float(chosen["mean"].max() / expected) if expected > 0 else 0.0,
        "women_share": share_of_known(chosen["woman"]),
        "women_known": int(chosen["woman"].notna().sum()),
        "sports": mix_in_words(chosen["sport"]),
        "sports_known": int(chosen["sport"].notna().sum()),
        "questioned_share": share_of_known(chosen["questioned"]),
        "questioned_known": int(chosen["questioned"].notna().sum()),
        "contested": int(chosen["contested"].sum()),
        "strength": float(chosen["strength"].mean()) if "strength" in chosen else np.nan,
    }


def with_terms(athletes: pd.DataFrame, outlook: pd.DataFrame) -> pd.DataFrame:
    """The athletes, in their order, with the terms that their pay follows.

    Args:
        athletes: athlete_id.
        outlook: the published table.
    """
    return athletes.merge(outlook[["athlete_id", *_TERMS]], on="athlete_id", how="left", validate="one_to_one")


def pay_of(chosen: pd.DataFrame, draws: np.ndarray) -> np.ndarray:
    """Pay of all in each draw, each by the own rate and within the own floor and cap, in cents that need not be whole.

    Args:
        chosen: rate_cents_per_1000, floor_cents, cap_cents, uplift; one row a row of `draws`.
        draws: outcomes drawn together.

    >>> chosen = pd.DataFrame({"rate_cents_per_1000": [500], "floor_cents": 1000, "cap_cents": 0, "uplift": 1.0})
    >>> pay_of(chosen, np.array([[0.0, 1_000.0, 10_000.0]])).tolist()
    [1000.0, 1000.0, 5000.0]
    """
    return fees(draws, *(chosen[name].to_numpy("float64")[:, None] for name in _TERMS)).sum(axis=0)


def told_shortly(value: float) -> float:
    """A promise as people give it: rounded down to two digits.

    >>> told_shortly(18_765.0), told_shortly(0.0)
    (18000.0, 0.0)
    """
    if value <= 0:
        return 0.0
    step = 10.0 ** (np.floor(np.log10(value)) - _TELLING_DIGITS + 1)
    return float(np.floor(value / step * (1 + 1e-12)) * step)


def mix_in_words(values: pd.Series) -> str:
    """Shares of a mix, largest first.

    >>> mix_in_words(pd.Series(["golf", "judo", "golf", None]))
    'golf 67%, judo 33%'
    """
    shares = values.dropna().value_counts(normalize=True)
    ordered = sorted(((-share, str(name)) for name, share in shares.items()))
    return ", ".join(f"{name} {-share:.0%}" for share, name in ordered)


def share_of_known(marks: pd.Series) -> float:
    """Share of yes among those of whom it is known; missing where it is known of nobody.

    >>> share_of_known(pd.Series([True, False, None])), share_of_known(pd.Series([None]))
    (0.5, nan)
    """
    known = marks.astype("boolean").dropna()
    return float(known.mean()) if len(known) else np.nan


def _shares(chosen: pd.DataFrame) -> pd.Series:
    return chosen["mean"] / chosen["mean"].sum()
