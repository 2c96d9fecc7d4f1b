"""Audience types: the true clusters. Each is a shape of the social profile, whatever the size of the audience."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from athlete_intel.sources.demo.catalogue import PLATFORMS
from athlete_intel.sources.demo.world import Chunk


@dataclass(frozen=True)
class AudienceType:
    """A shape of profile. All but the rates are differences in natural log from the platform's usual level."""

    name: str
    weight: float
    likes: tuple[float, float, float]
    """Likes on twitter, instagram, facebook."""
    reposts: float
    """Reposts for each like."""
    replies: float
    """Replies for each like."""
    wikipedia: float
    posting: float
    """Posts a week, all platforms."""
    platform_shares: tuple[float, float, float]
    """Of the posts, on twitter, instagram, facebook."""
    channel_shares: tuple[float, float, float, float]
    """Of a story's readers, from the site, twitter, instagram, facebook."""


AUDIENCE_TYPES = (
    AudienceType(
        name="picture people",
        weight=0.18,
        likes=(-1.0, 1.2, -0.5),
        reposts=-0.7,
        replies=-0.3,
        wikipedia=-0.3,
        posting=0.1,
        platform_shares=(0.2, 0.6, 0.2),
        channel_shares=(0.25, 0.1, 0.5, 0.15),
    ),
    AudienceType(
        name="news talk",
        weight=0.17,
        likes=(1.2, -0.9, -0.6),
        reposts=0.9,
        replies=0.4,
        wikipedia=0.2,
        posting=0.4,
        platform_shares=(0.65, 0.15, 0.2),
        channel_shares=(0.3, 0.5, 0.1, 0.1),
    ),
    AudienceType(
        name="home town",
        weight=0.15,
        likes=(-0.8, -0.7, 1.3),
        reposts=0.2,
        replies=0.8,
        wikipedia=-0.5,
        posting=-0.1,
        platform_shares=(0.2, 0.25, 0.55),
        channel_shares=(0.3, 0.1, 0.1, 0.5),
    ),
    AudienceType(
        name="debaters",
        weight=0.14,
        likes=(0.6, -0.5, 0.3),
        reposts=0.0,
        replies=1.6,
        wikipedia=0.0,
        posting=0.2,
        platform_shares=(0.45, 0.2, 0.35),
        channel_shares=(0.35, 0.3, 0.1, 0.25),
    ),
    AudienceType(
        name="encyclopedia readers",
        weight=0.13,
        likes=(-0.4, -0.3, -0.4),
        reposts=-0.2,
        replies=-0.6,
        wikipedia=1.9,
        posting=-0.8,
        platform_shares=(0.34, 0.33, 0.33),
        channel_shares=(0.7, 0.1, 0.1, 0.1),
    ),
    AudienceType(
        name="silent admirers",
        weight=0.12,
        likes=(0.3, 0.6, 0.2),
        reposts=-1.4,
        replies=-1.3,
        wikipedia=0.1,
        posting=-0.2,
        platform_shares=(0.3, 0.4, 0.3),
        channel_shares=(0.4, 0.15, 0.3, 0.15),
    ),
    AudienceType(
        name="sharing crowd",
        weight=0.11,
        likes=(-0.1, 0.3, 0.7),
        reposts=1.4,
        replies=-0.7,
        wikipedia=-0.4,
        posting=0.3,
        platform_shares=(0.25, 0.35, 0.4),
        channel_shares=(0.25, 0.15, 0.25, 0.35),
    ),
)


@dataclass(frozen=True)
class Profiles:
    """The social profile of each athlete of a chunk, in natural log where not said otherwise."""

    type_index: np.ndarray
    likes: np.ndarray
    """(athlete, platform): likes at the typical influence, as a difference from the platform's usual level."""
    reposts: np.ndarray
    """(athlete, platform): reposts for each like, as a difference from the platform's usual ratio."""
    replies: np.ndarray
    wikipedia: np.ndarray
    posts_per_day: np.ndarray
    """(athlete, platform): posts a day, not a log."""
    channel_shares: np.ndarray
    """(athlete, channel): shares of a story's readers that sum to 1, not a log."""
    spread: np.ndarray
    """(athlete, platform): how much posts of one account differ, as a factor on the platform's usual spread."""


def profiles(chunk: Chunk) -> Profiles:
    """Draw the audience type of each athlete, and a profile that scatters around it."""
    rng, size = chunk.stream("audiences"), chunk.size
    weights = np.array([each.weight for each in AUDIENCE_TYPES])
    kind = rng.choice(len(AUDIENCE_TYPES), size=size, p=weights / weights.sum())
    if chunk.start == 0:
        kind[0] = 0  # the superstar's audience is the one that is weak on twitter

    def of_type(values: Sequence[float] | Sequence[tuple[float, ...]]) -> np.ndarray:
        return np.array(values)[kind]

    per_platform = (size, len(PLATFORMS))
    posting = of_type([each.posting for each in AUDIENCE_TYPES]) + 0.30 * rng.standard_normal(size)
    # Some athletes live online: a heavy upper tail of posting.
    posting += np.where(rng.random(size) < 0.05, rng.exponential(0.5, size), 0.0)
    if chunk.start == 0:
        posting[0] = 0.9
    # The factor makes the mean rate of all types the one that was asked for.
    weekly = chunk.world.posts_per_week * np.exp(np.minimum(posting, 1.6)) * 0.87
    platform_shares = of_type([each.platform_shares for each in AUDIENCE_TYPES]) * np.exp(
        0.12 * rng.standard_normal(per_platform)
    )
    platform_shares /= platform_shares.sum(axis=1, keepdims=True)
    channel_shares = of_type([each.channel_shares for each in AUDIENCE_TYPES]) * np.exp(
        0.15 * rng.standard_normal((size, 4))
    )
    return Profiles(
        type_index=kind,
        likes=of_type([each.likes for each in AUDIENCE_TYPES]) + 0.16 * rng.standard_normal(per_platform),
        reposts=(of_type([each.reposts for each in AUDIENCE_TYPES]) + 0.12 * rng.standard_normal(size))[:, None]
        + 0.08 * rng.standard_normal(per_platform),
        replies=(of_type([each.replies for each in AUDIENCE_TYPES]) + 0.12 * rng.standard_normal(size))[:, None]
        + 0.08 * rng.standard_normal(per_platform),
        wikipedia=of_type([each.wikipedia for each in AUDIENCE_TYPES]) + 0.20 * rng.standard_normal(size),
        posts_per_day=weekly[:, None] / 7 * platform_shares,
        channel_shares=channel_shares / channel_shares.sum(axis=1, keepdims=True),
        spread=np.exp(0.15 * rng.standard_normal(per_platform)),
    )
