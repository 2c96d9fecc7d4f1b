"""What a cluster is called, in words a brand uses, from what sets its members apart, with the figures behind it.

A name says who they are where most are alike (women footballers) and what they do differently (much discussed, rarely
shared): the traits in which the median member lies farthest from the typical athlete, in spreads. The same data give
the same name.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from athlete_intel.bundles.profile import ProfileScale
from athlete_intel.features.matrix import LEVEL, LINEAR

_NAMED_FROM = 0.5
"""Spreads away from the typical athlete from which a trait is worth a word."""
_TOLD_APART_FROM = 0.2
"""The same, where two clusters would have one name."""
_TRAITS = 2
_FIGURES = 2
"""Figures at least, where there are so many: those behind the words of the name come first."""
_MOSTLY = 0.8
"""Share of the members from which a gender or a sport stands in the name, if fewer of all athletes are of it."""
_RARER = 0.75
_WORDS = {
    "likes_median": ("much liked", "little liked"),
    "reposts_median": ("much shared", "rarely shared"),
    "replies_median": ("much discussed", "little discussed"),
    "posts_per_week": ("posting often", "posting rarely"),
    "active_days_share": ("posting often", "posting rarely"),
    "wikipedia_median": ("often looked up", "rarely looked up"),
    "followers": ("large following", "small following"),
    "engagement": ("high engagement", "low engagement"),
    "age": ("older", "younger"),
    "salary_millions": ("highly paid", "modestly paid"),
}
_PEOPLE = {
    "athletics": "runners and jumpers",
    "baseball": "baseball players",
    "cycling": "cyclists",
    "football": "footballers",
    "golf": "golfers",
    "motor racing": "racing drivers",
    "rugby": "rugby players",
    "skiing": "skiers",
    "soccer": "footballers",
    "swimming": "swimmers",
}
_GENDERS = {"women": "women", "female": "women", "f": "women", "men": "men", "male": "men", "m": "men"}


@dataclass(frozen=True)
class Trait:
    """One way in which a cluster differs: what is said of it, how far it is off in spreads, and the figure."""

    about: str
    words: str
    platform: str
    spreads: float
    figure: str


def stories(
    members: pd.DataFrame, profile: pd.DataFrame, scale: ProfileScale, people: pd.DataFrame
) -> dict[int, tuple[str, str]]:
    """Name of each cluster, and the figures behind it.

    Args:
        members: athlete_id, cluster (below 0 for none).
        profile: by athlete_id, as the clusters were found on.
        scale: of the profile.
        people: by athlete_id, gender and sport; followers, engagement (likes for each follower) and trend (rise of
            likes), each missing where unknown.
    """
    told: dict[int, tuple[str, str]] = {}
    inside = members[members["cluster"] >= 0]
    for cluster, group in inside.groupby("cluster"):
        own = people.reindex(group["athlete_id"])
        traits = _traits(profile.loc[group["athlete_id"]].median(), scale) + _sizes(own, people)
        traits = sorted(traits, key=lambda trait: (-round(abs(trait.spreads), 1), trait.spreads < 0, trait.words))
        strong = [trait for trait in traits if abs(trait.spreads) >= _NAMED_FROM]
        parts = _who(own, people)
        who = _in_one(parts)
        # The figure behind a word is that of the strongest trait it stands for.
        figures: dict[str, str] = {}
        for word, trait in [*_worded(strong), *_worded(traits)]:
            figures.setdefault(word, trait.figure)
        words = list(figures)
        used = {_same_words(name) for name, _ in told.values()}
        fewest = min(len({word for word, _ in _worded(strong)}), _TRAITS)
        numbers = range(fewest, max(len(words), fewest) + 1)
        named = next((number for number in numbers if _same_words(_in_words(who, words[:number])) not in used), fewest)
        name, count = _in_words(who, words[:named]), 2
        while _same_words(name) in used:
            name, count = f"{_in_words(who, words[:named])} ({count})", count + 1
        behind = [*(part.figure for part in parts), *(figures[word] for word in words[:named])]
        others = [trait.figure for trait in [*strong, *traits] if trait.figure not in behind]
        told[int(str(cluster))] = name, _figures([*behind, *dict.fromkeys(others)][: max(len(behind), _FIGURES)])
    return told


def _traits(distances: pd.Series, scale: ProfileScale) -> list[Trait]:
    """Traits of the profile, those too weak for a word left out."""
    catalogue = scale.used.set_index("feature")
    traits = []
    for name, spreads in {str(name): float(value) for name, value in distances.items()}.items():
        if abs(spreads) < _TOLD_APART_FROM:
            continue
        label, kind = str(catalogue.loc[name, "label"]), str(catalogue.loc[name, "profile"])
        about = next((suffix for suffix in _WORDS if name.endswith(suffix)), name)
        platform = _platform(label)
        words = _WORDS.get(about, _high_and_low(_small(label)))[0 if spreads > 0 else 1]
        difference = spreads * float(scale.spread[name])
        if str(catalogue.loc[name, "scale"]) == LINEAR:
            value = float(scale.centre[name]) + difference
            figure = f"{label}: {value:.3g}, typically {float(scale.centre[name]):.3g}"
        else:
            of_size = " for an audience of that size" if kind == LEVEL and len(scale.levels) > 1 else ""
            figure = f"{label}: {_times(difference)}{of_size}"
        traits.append(Trait(about, words, platform, spreads, figure))
    return traits


def _sizes(group: pd.DataFrame, everybody: pd.DataFrame) -> list[Trait]:
    """Traits that are no part of the profile, as clusters are made whatever the size: following, engagement."""
    traits = []
    for column, label in (("followers", "Followers"), ("engagement", "Likes for each follower")):
        logs = _logs(everybody[column])
        spread = float(logs.quantile(0.75) - logs.quantile(0.25))
        own = float(_logs(group[column]).median())
        if not spread > 0 or np.isnan(own):
            continue
        spreads = (own - float(logs.median())) / spread
        if abs(spreads) >= _TOLD_APART_FROM:
            words = _WORDS[column][0 if spreads > 0 else 1]
            traits.append(Trait(column, words, "", spreads, f"{label}: {_times(own - float(logs.median()))}"))
    return traits


def _logs(values: pd.Series) -> pd.Series:
    positive = values.astype("float64").where(values > 0)
    return pd.Series(np.log(positive.to_numpy(dtype="float64")), index=values.index)


@dataclass(frozen=True)
class Part:
    """One thing that nearly all members are, and the figure that shows it."""

    words: str
    figure: str


def _who(group: pd.DataFrame, everybody: pd.DataFrame) -> list[Part]:
    """Who they are, as far as nearly all of them are alike: rising, women, footballers."""
    parts = []
    trend, high = float(group["trend"].median()), float(everybody["trend"].quantile(0.75))
    usual = float(everybody["trend"].median())
    if trend >= high and trend > max(usual, 0.0):
        figure = f"Likes of the last 30 days: {np.exp(trend):.2f} times those before, typically {np.exp(usual):.2f}"
        parts.append(Part("rising", figure))
    for column, called in (("gender", _gender), ("sport", _players)):
        value = _mostly(group[column], everybody[column])
        if value:
            own, all_others = (float((values == value).mean()) for values in (group[column], everybody[column]))
            words = called(value)
            figure = f"{words[0].upper()}{words[1:]}: {100 * own:.0f}%, of all athletes {100 * all_others:.0f}%"
            parts.append(Part(words, figure))
    return parts


def _gender(value: str) -> str:
    return _GENDERS.get(value.lower(), value.lower())


def _players(value: str) -> str:
    return _PEOPLE.get(value.lower(), f"{value} players")


def _in_one(parts: list[Part]) -> str:
    """Who they are, in one: rising athletes, women footballers."""
    words = [part.words for part in parts]
    return " ".join([*words, "athletes"] if words == ["rising"] else words)


def _mostly(values: pd.Series, everybody: pd.Series) -> str:
    """The value that nearly all members share and that is rarer among all; empty if there is none."""
    shares = values.value_counts(normalize=True, dropna=False)
    if shares.empty or pd.isna(shares.index[0]) or shares.iloc[0] < _MOSTLY:
        return ""
    return str(shares.index[0]) if (everybody == shares.index[0]).mean() <= _RARER * shares.iloc[0] else ""


def _worded(traits: list[Trait]) -> list[tuple[str, Trait]]:
    """What is said of each trait: where several platforms agree, no platform is named."""
    worded = []
    for trait in traits:
        alike = [other for other in traits if other.about == trait.about]
        agree = all((other.spreads > 0) == (trait.spreads > 0) for other in alike)
        on = f" on {trait.platform}" if trait.platform and not (agree and len(alike) > 1) else ""
        worded.append((f"{trait.words}{on}", trait))
    return worded


def _in_words(who: str, traits: list[str]) -> str:
    """A name out of who they are and their traits.

    >>> _in_words("women footballers", ["high engagement", "small following"])
    'Women footballers, high engagement, small following'
    >>> _in_words("", [])
    'Close to the typical athlete'
    """
    name = ", ".join(filter(None, [who, *traits])) or "close to the typical athlete"
    return name[0].upper() + name[1:]


def _same_words(name: str) -> frozenset[str]:
    """The parts of a name, by which it is the same in whatever order they stand.

    >>> _same_words("Much liked, younger") == _same_words("Younger, much liked")
    True
    """
    return frozenset(name.lower().split(", "))


def _high_and_low(label: str) -> tuple[str, str]:
    """Words for much and for little of a feature; of what is counted, as its plural tells, there are many or few.

    >>> _high_and_low("games won"), _high_and_low("speed")
    (('many games won', 'few games won'), ('high speed', 'low speed'))
    """
    counted = label.partition(" ")[0].endswith("s")
    return (f"many {label}", f"few {label}") if counted else (f"high {label}", f"low {label}")


def _figures(told: list[str]) -> str:
    return f"{'; '.join(told)}." if told else "Nothing stands out: the median member is a typical athlete."


def _times(log: float) -> str:
    """How many times the usual.

    >>> _times(0.7), _times(-0.7)
    ('2.0 times the usual', '0.5 times the usual')
    """
    factor = float(np.exp(log))
    return f"{factor:.1f} times the usual" if factor >= 0.095 else f"{factor:.2f} times the usual"


def _platform(label: str) -> str:
    """The platform in a label.

    >>> _platform("Median likes on Twitter"), _platform("TikTok followers"), _platform("Age")
    ('Twitter', 'TikTok', '')
    """
    if " on " in label:
        return label.rpartition(" on ")[2] if label.rpartition(" on ")[2][0].isupper() else ""
    return label.removesuffix(" followers") if label.endswith(" followers") else ""


def _small(label: str) -> str:
    """A label inside a sentence, without what stands behind a comma; names and abbreviations keep their capitals."""
    label = label.split(",")[0]
    first = label.split(" ")[0]
    return label if first != first.capitalize() else label[0].lower() + label[1:]
