"""The design matrix: one row a question, one column a feature, and a catalogue that names the columns for people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

LOG = "log"
LINEAR = "linear"

LEVEL = "level"
"""In the social profile, a count that grows with the audience: it is compared with the athlete's other levels."""
HABIT = "habit"
"""In the social profile, something that does not grow with the audience: it counts as it is."""
NOT_IN_PROFILE = "no"


@dataclass(frozen=True)
class Feature:
    """A column of the matrix.

    `family` gathers columns that say the same over different windows: explanations add them up under the family's
    name. `rises` says that a larger value can never lower the prediction: more likes are never bad news.
    """

    name: str
    label: str
    scale: str
    family: str
    profile: str = NOT_IN_PROFILE
    rises: bool = False


def _level(name: str, label: str, family: str, profile: str = NOT_IN_PROFILE) -> Feature:
    return Feature(name, label, LOG, family, profile, rises=True)


_POST_FEATURES = (
    _level("likes_median", "Median likes", "Likes", LEVEL),
    _level("likes_median_20", "Median likes of the last 20", "Likes"),
    _level("likes_median_5", "Median likes of the last 5", "Likes"),
    _level("likes_recent_10", "Likes of the last weeks", "Likes"),
    _level("likes_recent_month", "Likes of about the last month", "Likes"),
    _level("likes_recent_2", "Likes of the last posts", "Likes"),
    _level("reposts_median", "Median reposts", "Reposts", LEVEL),
    _level("reposts_median_20", "Median reposts of the last 20", "Reposts"),
    _level("replies_median", "Median replies", "Replies", LEVEL),
    _level("replies_median_20", "Median replies of the last 20", "Replies"),
    Feature("likes_spread", "How much likes vary", LINEAR, "How much likes vary"),
    Feature("days_since_post", "Days since the last post", LOG, "Days since the last post"),
)
_ACTIVITY_FEATURES = (
    Feature("posts_per_week", "Posts a week", LOG, "Posts a week", HABIT),
    Feature("active_days_share", "Share of days with a post", LINEAR, "Share of days with a post"),
)
_TREND_FEATURES = (Feature("likes_trend", "Trend of likes, 30 days against the 90 before", LINEAR, "Trend of likes"),)
_WIKIPEDIA_FEATURES = (
    _level("wikipedia_median", "Wikipedia views on a median day", "Wikipedia views", LEVEL),
    _level("wikipedia_floor", "Wikipedia views on a quiet day", "Wikipedia views"),
    _level("wikipedia_peak", "Wikipedia views on the best day", "Wikipedia views"),
)
_OUTCOME_FEATURES = (
    _level("outcome_median", "Median of own past outcomes", "Own past outcomes"),
    _level("outcome_median_20", "Median of the own last 20 outcomes", "Own past outcomes"),
    _level("outcome_median_5", "Median of the own last 5 outcomes", "Own past outcomes"),
    _level("outcome_recent_5", "Own outcomes of the last stories", "Own past outcomes"),
    _level("outcome_recent_month", "Own outcomes of about the last month", "Own past outcomes"),
    _level("outcome_recent_1", "Own last outcome", "Own past outcomes"),
    Feature("outcome_spread", "How much own outcomes vary", LINEAR, "How much own outcomes vary"),
    Feature("outcomes_seen", "Own outcomes seen", LOG, "Own outcomes seen"),
)
_FORMAT_FEATURES = (
    _level("format_outcome_median", "Median of own outcomes of this format", "Own past outcomes"),
    _level("format_outcome_median_20", "Median of the own last 20 outcomes of this format", "Own past outcomes"),
)
_SEASON_FEATURES = (_level("outcome_year_ago", "Own outcomes a year ago", "Own past outcomes"),)
FACTS = ("Format of the story", "Kind", "Sport", "Sponsored", "Length of the text", "Time of day", "Day of the week")
"""Families that say what kind of story and athlete it is."""
OWN_OUTCOMES = frozenset(feature.name for feature in (*_OUTCOME_FEATURES, *_FORMAT_FEATURES, *_SEASON_FEATURES))
"""Features that only athletes have whose stories were told before; of newcomers they are all unknown."""
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_CATALOGUE = ["feature", "label", "scale", "family", "profile", "rises"]
ENOUGH_OUTCOMES = 20
"""From so many own outcomes on an athlete is known: counting further would only tell how old the data are."""
LEAST_SHARE_OF_A_KIND = 0.01
"""A format or sport that is rarer than this in training has no column of its own."""

MOST_NULLS_IN_MODEL = 0.9
"""A feature that is emptier than this in training tells too little to learn from."""


def design_matrix(
    asks: pd.DataFrame, answers: dict[str, pd.DataFrame], labels: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features of each question.

    Followers are not among them: they can be bought, so they are shown beside a ranking but do not make it. A source
    that delivers followers as a ready-made signal names them in its mapping, and then they are used. Gender is left
    out as well: equal attention should be paid equally.

    Args:
        asks: ask_id, athlete_id, as_of.
        answers: the tables of `features.tables.answer`.
        labels: feature, label, scale of ready-made signals.

    Returns:
        The matrix, indexed by ask_id in the order of `asks`, missing values NaN; and the catalogue
        feature, label, scale, family, profile, rises.
    """
    as_of = asks.set_index("ask_id")["as_of"]
    posts = answers["post_features"]
    since = posts["ask_id"].map(as_of) - posts["last_published_at"]
    posts = posts.assign(days_since_post=since.dt.total_seconds() / 86_400)
    parts: list[pd.DataFrame] = []
    features: list[Feature] = []
    per_platform: tuple[tuple[pd.DataFrame, tuple[Feature, ...]], ...] = (
        (posts, _POST_FEATURES),
        (answers["activity_features"], _ACTIVITY_FEATURES),
        (answers["trend_features"], _TREND_FEATURES),
    )
    for table, columns in per_platform:
        part, found = _by_platform(table, columns)
        parts.append(part)
        features += found
    outcomes = answers["outcome_features"]
    per_athlete: tuple[tuple[pd.DataFrame, tuple[Feature, ...]], ...] = (
        (answers["wikipedia_features"], _WIKIPEDIA_FEATURES),
        (outcomes.assign(outcomes_seen=outcomes["outcomes_seen"].clip(upper=ENOUGH_OUTCOMES)), _OUTCOME_FEATURES),
        (answers["format_features"], _FORMAT_FEATURES),
        (answers["season_features"], _SEASON_FEATURES),
    )
    for table, columns in per_athlete:
        parts.append(table.set_index("ask_id")[[feature.name for feature in columns]])
        features += columns
    for part, found in (_ready_made(answers["aggregate_features"], labels), _facts(answers["story_facts"])):
        parts.append(part)
        features += found
    matrix = pd.concat(parts, axis="columns").reindex(asks["ask_id"])
    matrix = matrix.astype("float64").dropna(axis="columns", how="all")
    catalogue = pd.DataFrame(
        [(f.name, f.label, f.scale, f.family, f.profile, f.rises) for f in features], columns=_CATALOGUE
    )
    catalogue = catalogue[catalogue["feature"].isin(matrix.columns)].reset_index(drop=True)
    return matrix[catalogue["feature"].tolist()], catalogue


def signals(catalogue: pd.DataFrame) -> pd.DataFrame:
    """The features that tell of attention and habits; not the bookkeeping, such as how many outcomes were seen, which
    moves as the data grow, nor what kind of story it is.

    Args:
        catalogue: feature, profile, rises.
    """
    is_trend = catalogue["feature"].str.endswith("likes_trend")
    return catalogue[catalogue["rises"] | (catalogue["profile"] != NOT_IN_PROFILE) | is_trend]


def are_newcomers(matrix: pd.DataFrame) -> np.ndarray:
    """Whether nothing is known of the own outcomes of each row's athlete; nobody is new where nobody has any.

    >>> are_newcomers(pd.DataFrame({"likes": [1.0, 2.0], "outcome_median": [5.0, np.nan]})).tolist()
    [False, True]
    """
    own = [name for name in matrix.columns if name in OWN_OUTCOMES]
    return matrix[own].isna().all(axis="columns").to_numpy() if own else np.zeros(len(matrix), dtype=bool)


def without_history(catalogue: pd.DataFrame) -> pd.DataFrame:
    """The features that a newcomer has, too."""
    return catalogue[~catalogue["feature"].isin(OWN_OUTCOMES)].reset_index(drop=True)


def transformed(matrix: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """The matrix on the scale of the model: log(1 + value) of heavy-tailed counts, the rest as it is.

    >>> catalogue = pd.DataFrame({"feature": ["likes"], "label": ["Likes"], "scale": ["log"]})
    >>> transformed(pd.DataFrame({"likes": [0.0, np.e - 1]}), catalogue)["likes"].tolist()
    [0.0, 1.0]
    """
    values = matrix[catalogue["feature"].tolist()].to_numpy(dtype="float64", copy=True)
    values[np.isinf(values)] = np.nan
    is_log = (catalogue["scale"] == LOG).to_numpy()
    values[:, is_log] = np.log1p(np.maximum(values[:, is_log], 0))
    return pd.DataFrame(values, index=matrix.index, columns=catalogue["feature"].tolist())


def _by_platform(answers: pd.DataFrame, features: Sequence[Feature]) -> tuple[pd.DataFrame, list[Feature]]:
    platforms = sorted(answers["platform"].astype("str").unique())
    names = [feature.name for feature in features]
    wide = [
        answers[answers["platform"] == platform].set_index("ask_id")[names].add_prefix(f"{platform}_")
        for platform in platforms
    ]
    found = [
        replace(
            feature,
            name=f"{platform}_{feature.name}",
            label=f"{feature.label} on {platform.capitalize()}",
            family=f"{feature.family} on {platform.capitalize()}",
        )
        for platform in platforms
        for feature in features
    ]
    return pd.concat(wide or [pd.DataFrame()], axis="columns"), found


def _ready_made(answers: pd.DataFrame, labels: pd.DataFrame) -> tuple[pd.DataFrame, list[Feature]]:
    wide = answers.pivot(index="ask_id", columns="feature", values="value")
    known = labels[labels["feature"].isin(wide.columns)].sort_values("feature")
    features = [
        Feature(name, label, scale, label, LEVEL if scale == LOG else HABIT, rises=scale == LOG)
        for name, label, scale in known[["feature", "label", "scale"]].astype("str").to_numpy().tolist()
    ]
    return wide, features


def _facts(facts: pd.DataFrame) -> tuple[pd.DataFrame, list[Feature]]:
    """What kind of story it is, and of what sport: a column of 0 and 1 for each kind that is not rare."""
    facts = facts.set_index("ask_id")
    columns: dict[str, pd.Series] = {}
    features: list[Feature] = []
    for name, family in (("format", "Format of the story"), ("kind", "Kind"), ("sport", "Sport")):
        shares = facts[name].value_counts(normalize=True)
        for value in sorted(shares.index[(shares >= LEAST_SHARE_OF_A_KIND) & (shares < 1)]):
            columns[f"{name}_{value}"] = (facts[name] == value).astype("float64").where(facts[name].notna())
            features.append(Feature(f"{name}_{value}", f"{family}: {value}", LINEAR, family))
    columns["sponsored"] = facts["sponsored"].astype("boolean").astype("Float64")
    features.append(Feature("sponsored", "Sponsored", LINEAR, "Sponsored"))
    columns["text_length"] = facts["text_length"].astype("Float64")
    features.append(Feature("text_length", "Length of the text", LOG, "Length of the text"))
    angle = facts["hour"].astype("float64") / 24 * 2 * np.pi
    columns["hour_sine"] = pd.Series(np.sin(angle.to_numpy()), index=facts.index)
    columns["hour_cosine"] = pd.Series(np.cos(angle.to_numpy()), index=facts.index)
    features += [Feature(f"hour_{wave}", "Time of day", LINEAR, "Time of day") for wave in ("sine", "cosine")]
    for number, day in enumerate(_WEEKDAYS):
        columns[f"weekday_{number}"] = (facts["weekday"] == number).astype("Float64").where(facts["weekday"].notna())
        features.append(Feature(f"weekday_{number}", f"On a {day}", LINEAR, "Day of the week"))
    return pd.DataFrame(columns), features
