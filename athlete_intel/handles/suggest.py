"""The audit over all platforms of a data set: what looks wrong, why, and what to do about it, in words."""

import numpy as np
import pandas as pd

from athlete_intel.handles import audit

FLAGS = ["athlete_id", "platform", "value", "expected", "z", "why", "action"]
LEAST_ATHLETES = 10
_OWN_OUTCOMES = "outcome_median"
_TOLD = 3


def suspicious(
    levels: dict[str, pd.Series],
    known: pd.DataFrame,
    followers: pd.DataFrame,
    athletes: pd.DataFrame,
    labels: dict[str, str],
    cut: float,
    seed: int,
) -> pd.DataFrame:
    """Handles whose level is far from what everything else suggests.

    Args:
        levels: by platform, the count to look at by athlete, such as median likes or daily page views.
        known: features by athlete on the scale of the model; columns of a platform begin with its name.
        followers: athlete_id, platform, followers: a weak hint, taken from other platforms only.
        athletes: the raw table.
        labels: what each level is called, by platform.
        cut: robust spreads below the expectation from which a handle is flagged.
        seed: of the folds.

    Returns:
        The published table `handle_flags` without money.
    """
    kinds = athletes.set_index("athlete_id")["kind"]
    namesakes = _namesakes(athletes)
    fans = followers.pivot_table(index="athlete_id", columns="platform", values="followers", aggfunc="max")
    parts = []
    for platform, level in sorted(levels.items()):
        seen = level.dropna().sort_index()
        if len(seen) < LEAST_ATHLETES:
            continue
        own = [name for name in known if str(name).startswith(f"{platform}_")]
        foreign = known.drop(columns=own)
        if len(levels) == 1 or own == []:
            # What its stories earned was counted on the same page, or is the level itself.
            foreign = foreign.drop(columns=[_OWN_OUTCOMES], errors="ignore")
        others = fans.drop(columns=[platform], errors="ignore").add_suffix("_followers")
        hints = others.apply(np.log1p)
        foreign = foreign.join(hints, how="left")
        found = audit.residuals(
            pd.Series(np.log1p(seen.to_numpy(dtype="float64")), index=seen.index),
            foreign.reindex(seen.index),
            kinds.reindex(seen.index),
            cut,
            seed,
        )
        flagged = found[found["flagged"]].assign(platform=platform)
        flagged["value"] = seen.reindex(flagged.index)
        flagged["expected"] = np.expm1(flagged["expected"]).clip(lower=0)
        flagged["why"] = [
            _why(row, labels[platform], foreign.shape[1] > 0, namesakes.get(str(athlete), []))
            for athlete, row in flagged.iterrows()
        ]
        flagged["action"] = [_action(platform, z, str(a) in namesakes) for a, z in flagged["z"].items()]
        parts.append(flagged.rename_axis("athlete_id").reset_index()[FLAGS])
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=FLAGS)
    types = {"athlete_id": "str", "platform": "str", "value": "float64", "expected": "float64", "z": "float64"}
    return whole.astype({**types, "why": "str", "action": "str"})


def _why(row: pd.Series, label: str, fitted: bool, namesakes: list[str]) -> str:
    value, expected = float(row["value"]), float(row["expected"])
    basis = "everything else known suggests" if fitted else "others of the same kind have"
    told = f"{label}: {_number(value)}, where {basis} about {_number(expected)}"
    told += f" ({abs(row['z']):.1f} times as far {'below' if row['z'] < 0 else 'above'} as is usual)."
    if namesakes:
        others = ", ".join(namesakes[:_TOLD])
        told += f" {others} {'has' if len(namesakes) == 1 else 'have'} the same name."
    return told


def _action(platform: str, z: float, has_namesake: bool) -> str:
    thing = "article" if platform == "wikipedia" else "account"
    if z > 0:
        return f"Look whether the {thing} is somebody more famous; if so, reject it."
    if has_namesake:
        return f"Compare the {thing} with the namesake's, and accept the right one."
    return f"Open the {thing}: it may be a namesake's, a fan's or an impostor's. If so, reject it or ask workers again."


def _number(value: float) -> str:
    """A count of posts or views as a sentence tells it.

    >>> [_number(value) for value in (82.5, 9, 1_727, 124_214, 2_300_000)]
    ['82.5', '9', '1,727', '124k', '2.3M']
    """
    if value >= 10_000:
        size, unit = (value / 1e6, "M") if value >= 999_500 else (value / 1e3, "k")
        return f"{size:.3g}{unit}"
    return f"{value:,.1f}".removesuffix(".0") if value < 100 else f"{value:,.0f}"


def _namesakes(athletes: pd.DataFrame) -> dict[str, list[str]]:
    """Athletes who share their name with others, by id; case and spaces do not matter."""
    folded = athletes["name"].str.casefold().str.split().str.join(" ")
    shared = athletes[folded.duplicated(keep=False)]
    found: dict[str, list[str]] = {}
    for _, group in shared.groupby(folded[shared.index]):
        ids = sorted(group["athlete_id"].astype("str"))
        for name in ids:
            found[name] = [other for other in ids if other != name]
    return found
