"""What moves an estimate, in words."""

import pandas as pd

from athlete_intel.ui import formats as f

_MULTIPLY = "Effects multiply."
_TOGETHER = (
    "Features that rise and fall together are weighed against each other, so that a high value of one may lower the "
    "estimate."
)
_POSTS_A_WEEK = "posts_per_week"


def driver_lines(drivers: pd.DataFrame) -> list[str]:
    """Drivers as lines of text."""
    return [f"{row.label} {row.compared}".rstrip() + f": {row.effect}" for row in drivers.itertuples()]


def driver_sentences(drivers: pd.DataFrame) -> list[str]:
    """What raises an estimate most and what lowers it most, two of each.

    Args:
        drivers: from `driver_words`.

    >>> labels, effects = ["Likes", "Reposts", "Views"], [1.5, -0.3, 0.2]
    >>> drivers = pd.DataFrame({"label": labels, "compared": ["9x typical", "", "2x typical"], "effect_log": effects})
    >>> drivers["effect"] = drivers["effect_log"].map(f.effect)
    >>> for sentence in driver_sentences(drivers):
    ...     print(sentence)
    The estimate is raised most by Likes, 9x typical (4.5 times as much), and next by Views, 2x typical (+22%).
    It is lowered most by Reposts (-26%).
    Effects multiply.
    Features that rise and fall together are weighed against each other, so that a high value of one may lower the
    estimate.
    >>> driver_sentences(drivers.head(1))[1:]
    ['Nothing that the model looks at lowers it.', 'Effects multiply.']
    >>> driver_sentences(drivers.head(0))[1]
    'Nothing that the model looks at lowers it.'
    """
    told = drivers[drivers["effect_log"].map(f.effect) != f.effect(0)]
    sentences = []
    for moved, nothing, part in (
        ("The estimate is raised", "raises the estimate", told[told["effect_log"] > 0]),
        ("It is lowered", "lowers it", told[told["effect_log"] < 0]),
    ):
        parts = [
            f"{label}{', ' * bool(compared)}{compared} ({effect})"
            for label, compared, effect in part.head(2)[["label", "compared", "effect"]].to_numpy().tolist()
        ]
        sentences.append(
            f"{moved} most by {', and next by '.join(parts)}."
            if parts
            else f"Nothing that the model looks at {nothing}."
        )
    if told.empty:
        return sentences
    return [*sentences, _MULTIPLY, *([_TOGETHER] if (told["effect_log"] < 0).any() else [])]


def periods_note(drivers: pd.DataFrame) -> str:
    """Over which days posts a week are counted, as the stories that a month of pay counts on are of other days.

    >>> periods_note(pd.DataFrame({"feature": ["facebook_posts_per_week", "likes"]}))
    'Posts a week are those of the 90 days before.'
    >>> periods_note(pd.DataFrame({"feature": ["likes"]}))
    ''
    """
    counted = drivers["feature"].astype("str").str.endswith(_POSTS_A_WEEK).any()
    return "Posts a week are those of the 90 days before." if counted else ""


def driver_words(drivers: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Drivers with the largest effect first and each one in words."""
    scales = catalogue.set_index("feature")["scale"]
    sized = drivers.assign(size=drivers["effect_log"].abs(), scale=drivers["feature"].map(scales).fillna("linear"))
    sized = sized.sort_values(["size", "feature"], ascending=[False, True], ignore_index=True)
    sized["compared"] = [
        f.against_typical(value, typical, scale)
        for value, typical, scale in zip(sized["value"], sized["typical"], sized["scale"], strict=True)
    ]
    sized["effect"] = sized["effect_log"].map(f.effect)
    return sized
