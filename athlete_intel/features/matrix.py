"""The design matrix: one row a question, one column a feature, and a catalogue that names the columns for people."""

import numpy as np
import pandas as pd

LOG = "log"
LINEAR = "linear"

LEVEL = "level"
"""In the social profile, a count that grows with the audience: it is compared with the athlete's other levels."""
HABIT = "habit"
"""In the social profile, something that does not grow with the audience: it counts as it is."""
NOT_IN_PROFILE = "no"

_Names = dict[str, tuple[str, str, str]]
"""By feature: label, scale, and part in the social profile."""

_POST_FEATURES: _Names = {
    "likes_median": ("Median likes", LOG, LEVEL),
    "reposts_median": ("Median reposts", LOG, LEVEL),
    "replies_median": ("Median replies", LOG, LEVEL),
}
_ACTIVITY_FEATURES: _Names = {
    "posts_per_week": ("Posts a week", LOG, HABIT),
    "active_days_share": ("Share of days with a post", LINEAR, NOT_IN_PROFILE),
}
_TREND_FEATURES: _Names = {
    "likes_trend": ("Trend of likes, 30 days against the 90 before", LINEAR, NOT_IN_PROFILE),
}
_WIKIPEDIA_FEATURES: _Names = {
    "wikipedia_median": ("Wikipedia views on a median day", LOG, LEVEL),
    "wikipedia_floor": ("Wikipedia views on a quiet day", LOG, NOT_IN_PROFILE),
    "wikipedia_peak": ("Wikipedia views on the best day", LOG, NOT_IN_PROFILE),
}
_CATALOGUE = ["feature", "label", "scale", "profile"]

MOST_NULLS_IN_MODEL = 0.9
"""A feature that is emptier than this in training tells too little to learn from."""


def design_matrix(
    asks: pd.DataFrame, answers: dict[str, pd.DataFrame], labels: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features of each question.

    Followers are not among them: they can be bought, so they are shown beside a ranking but do not make it. A source
    that delivers followers as a ready-made signal names them in its mapping, and then they are used.

    Args:
        asks: ask_id, athlete_id, as_of.
        answers: the tables of `features.tables.answer`.
        labels: feature, label, scale of ready-made signals.

    Returns:
        The matrix, indexed by ask_id in the order of `asks`, missing values NaN; and the catalogue
        feature, label, scale, profile.
    """
    parts: list[pd.DataFrame] = []
    catalogue: list[tuple[str, str, str, str]] = []
    for table, features in (
        ("post_features", _POST_FEATURES),
        ("activity_features", _ACTIVITY_FEATURES),
        ("trend_features", _TREND_FEATURES),
    ):
        part, names = _by_platform(answers[table], features)
        parts.append(part)
        catalogue += names
    parts.append(answers["wikipedia_features"].set_index("ask_id"))
    catalogue += [(name, *facts) for name, facts in _WIKIPEDIA_FEATURES.items()]
    parts.append(answers["outcome_features"].set_index("ask_id")[["outcome_median"]])
    catalogue.append(("outcome_median", "Median of own past outcomes", LOG, NOT_IN_PROFILE))
    part, names = _ready_made(answers["aggregate_features"], labels)
    parts.append(part)
    catalogue += names
    matrix = pd.concat(parts, axis="columns").reindex(asks["ask_id"])
    matrix = matrix.astype("float64").dropna(axis="columns", how="all")
    names_table = pd.DataFrame(catalogue, columns=_CATALOGUE)
    names_table = names_table[names_table["feature"].isin(matrix.columns)].reset_index(drop=True)
    return matrix[names_table["feature"].tolist()], names_table


def transformed(matrix: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """The matrix on the scale of the model: log(1 + value) of heavy-tailed counts, the rest as it is.

    >>> catalogue = pd.DataFrame({"feature": ["likes"], "label": ["Likes"], "scale": ["log"]})
    >>> transformed(pd.DataFrame({"likes": [0.0, np.e - 1]}), catalogue)["likes"].tolist()
    [0.0, 1.0]
    """
    result = matrix[catalogue["feature"].tolist()].replace([np.inf, -np.inf], np.nan)
    for name in catalogue.loc[catalogue["scale"] == LOG, "feature"]:
        result[name] = np.log1p(result[name].clip(lower=0))
    return result


def _by_platform(answers: pd.DataFrame, features: _Names) -> tuple[pd.DataFrame, list[tuple[str, str, str, str]]]:
    platforms = sorted(answers["platform"].astype("str").unique())
    wide = pd.concat(
        [
            answers[answers["platform"] == platform].set_index("ask_id")[list(features)].add_prefix(f"{platform}_")
            for platform in platforms
        ]
        or [pd.DataFrame()],
        axis="columns",
    )
    names = [
        (f"{platform}_{feature}", f"{label} on {platform.capitalize()}", scale, profile)
        for platform in platforms
        for feature, (label, scale, profile) in features.items()
    ]
    return wide, names


def _ready_made(answers: pd.DataFrame, labels: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, str, str, str]]]:
    wide = answers.pivot(index="ask_id", columns="feature", values="value")
    known = labels[labels["feature"].isin(wide.columns)].sort_values("feature")
    names = [
        (str(feature), str(label), str(scale), LEVEL if scale == LOG else HABIT)
        for feature, label, scale in zip(known["feature"], known["label"], known["scale"], strict=True)
    ]
    return wide, names
