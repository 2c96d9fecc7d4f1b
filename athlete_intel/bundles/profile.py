"""The social profile: the shape of an athlete's audience whatever its size; distance means unlikeness.

The scale is learnt once and kept, so that an athlete who comes later is measured with the same yardstick.
"""

from dataclasses import dataclass

import pandas as pd

from athlete_intel.features.matrix import LEVEL, NOT_IN_PROFILE, transformed

MOST_NULLS = 0.5
_MOST_SPREADS = 3.0
_LEAST_SPREAD = 1e-9


@dataclass(frozen=True)
class ProfileScale:
    """How features become a profile: typical values and spreads of the athletes it was learnt from.

    Levels (counts that grow with the audience) are compared with each other: from the log of each, as a difference from
    its typical value, the athlete's mean over all levels is taken away. Habits count as they are. A feature's spread is
    its interquartile range, so that a few superstars do not set it. Features that more than half of the athletes lack,
    or that hardly differ, are left out; a missing value counts as typical; values end three spreads out.
    Source: centred log-ratios, Aitchison, The Statistical Analysis of Compositional Data, 1986.
    """

    used: pd.DataFrame
    levels: list[str]
    level_centre: pd.Series
    centre: pd.Series
    spread: pd.Series

    def of(self, matrix: pd.DataFrame) -> pd.DataFrame:
        """The profile of each row of a matrix, in robust spreads from the typical athlete.

        Args:
            matrix: features by athlete_id; a column that is missing counts as unknown.
        """
        values = self._values(matrix.reindex(columns=self.used["feature"]))[self.centre.index.tolist()]
        return ((values - self.centre) / self.spread).clip(-_MOST_SPREADS, _MOST_SPREADS).fillna(0.0)

    def _values(self, matrix: pd.DataFrame) -> pd.DataFrame:
        values = transformed(matrix, self.used)
        if len(self.levels) > 1:
            differences = values[self.levels] - self.level_centre
            values[self.levels] = differences.sub(differences.mean(axis="columns"), axis="index")
        return values


def learn_scale(matrix: pd.DataFrame, catalogue: pd.DataFrame) -> ProfileScale:
    """The scale on which these athletes are compared.

    Args:
        matrix: features by athlete_id.
        catalogue: feature, label, scale, profile ('level', 'habit' or 'no').
    """
    used = catalogue[(catalogue["profile"] != NOT_IN_PROFILE) & catalogue["feature"].isin(matrix.columns)]
    values = transformed(matrix, used)
    known = [name for name in used["feature"].astype("str") if values[name].isna().mean() <= MOST_NULLS]
    used = used[used["feature"].isin(known)]
    levels = used.loc[used["profile"] == LEVEL, "feature"].astype("str").tolist()
    nothing = pd.Series(dtype="float64")
    raw = ProfileScale(used, levels, values[levels].median(), nothing, nothing)
    values = raw._values(matrix)
    spread: pd.Series = values.quantile(0.75) - values.quantile(0.25)
    telling = [name for name in values.columns.astype("str") if spread[name] > _LEAST_SPREAD]
    return ProfileScale(used, levels, raw.level_centre, values[telling].median(), spread[telling])


def social_profile(matrix: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """The profile of each athlete on the scale of all of them; see `ProfileScale`.

    >>> matrix = pd.DataFrame({"posts": [1.0, 2.0, 3.0, 4.0, 5.0]}, index=list("abcde"))
    >>> catalogue = pd.DataFrame({"feature": ["posts"], "label": ["Posts"], "scale": ["linear"], "profile": ["habit"]})
    >>> social_profile(matrix, catalogue)["posts"].tolist()
    [-1.0, -0.5, 0.0, 0.5, 1.0]
    """
    return learn_scale(matrix, catalogue).of(matrix)
