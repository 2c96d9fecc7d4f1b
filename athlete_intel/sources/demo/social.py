"""Posts with their reactions, and follower counts: noisy proxies of the influence behind them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from athlete_intel.sources.demo import superstar
from athlete_intel.sources.demo.audiences import Profiles
from athlete_intel.sources.demo.catalogue import MEASURES, PLATFORMS
from athlete_intel.sources.demo.influence import TYPICAL_LOG_INFLUENCE, Influence, weekday
from athlete_intel.sources.demo.people import BOUGHT_SLOTS, People, swapped
from athlete_intel.sources.demo.world import MICROSECONDS_A_DAY, Chunk

POSTING_BY_WEEKDAY = np.array([0.9, 0.9, 1.0, 1.0, 1.05, 1.2, 1.15])


@dataclass(frozen=True)
class Platform:
    """How posts do on a platform. Levels are natural logs for a typical athlete."""

    likes: float
    reposts: float
    replies: float
    slope: float
    """How much of a difference in log influence shows in log likes."""
    spread: float
    """Standard deviation of log likes within an account."""
    reposts_with_likes: float
    """Correlation of log reposts and log likes within an account."""
    replies_with_likes: float
    followers: float


PLATFORM_FACTS = {
    "twitter": Platform(np.log(200), np.log(1 / 4), np.log(1 / 12), 0.9, 1.0, 0.70, 0.65, np.log(25_000)),
    "instagram": Platform(np.log(1500), np.log(1 / 30), np.log(1 / 40), 1.0, 0.75, 0.60, 0.45, np.log(45_000)),
    "facebook": Platform(np.log(500), np.log(1 / 12), np.log(1 / 20), 0.95, 1.05, 0.70, 0.65, np.log(30_000)),
}
_SPREAD_OF_OTHERS = 1.05
"""Spread of log reposts and replies within an account, as a factor on that of likes."""


def posts_table(chunk: Chunk, everyone: People, profile: Profiles, hidden: Influence) -> pa.Table:
    """The raw table `posts` of a chunk, ordered by athlete, platform and time."""
    place, platform, time = _when(chunk, everyone, profile, hidden)
    day = (time // MICROSECONDS_A_DAY).astype(int) - int(chunk.world.day_numbers[0])
    number = _number_within(place * len(PLATFORMS) + platform)
    rng = chunk.stream("post_counts")
    logs = _log_counts(place, platform, day, profile, hidden, rng)
    if chunk.start == 0:
        _put_in_superstar(logs, place, platform, day, hidden, rng)
    rounding, draw = rng.random((len(place), len(MEASURES))), rng.random(len(place))
    counts = np.exp(logs)
    _change_counts(counts, chunk, everyone, place, platform, day, draw)
    whole = np.floor(counts + rounding).astype(np.int64)
    kept = _kept(chunk, everyone, place, platform, day, rng.random(len(place)))
    owner = _delivered_as(chunk, everyone, place, platform, day)
    ids, names = pa.array(everyone.ids), pa.array(PLATFORMS)
    sequence = pa.array([f"{each:05d}" for each in range(int(number.max(initial=0)) + 1)])
    post_ids = pc.binary_join_element_wise(ids.take(pa.array(place)), sequence.take(pa.array(number)), "-")
    table = pa.table(
        {
            "platform": names.take(pa.array(platform)),
            "post_id": pc.binary_join_element_wise("p", post_ids, "-"),
            "athlete_id": ids.take(pa.array(owner)),
            "published_at": pa.array(time, pa.timestamp("us")),
            "likes": whole[:, 0],
            "reposts": whole[:, 1],
            "replies": whole[:, 2],
            "known_at": pa.array(time + MICROSECONDS_A_DAY, pa.timestamp("us")),
        }
    )
    return table if kept.all() else table.filter(pa.array(kept))


def follower_table(chunk: Chunk, everyone: People, hidden: Influence) -> tuple[pa.Table, np.ndarray]:
    """The raw table `follower_counts`, one count a week, and by what bought followers multiplied each account."""
    rng, size, days = chunk.stream("followers"), chunk.size, chunk.world.days
    counted = np.arange((days - 1) % 7, days, 7)
    per_platform = (size, len(PLATFORMS))
    level = np.array([PLATFORM_FACTS[platform].followers for platform in PLATFORMS])
    # Followers pile up over the years and never leave: they say little about how many still read.
    fame = hidden.calm[:, :1] - TYPICAL_LOG_INFLUENCE + 0.7 * rng.standard_normal((size, 1))
    start = fame + level + 0.5 * rng.standard_normal(per_platform)
    growth = np.log1p(rng.uniform(0.0, 0.4, per_platform))
    moved = 0.3 * (hidden.actual - hidden.calm[:, :1])
    logs = start[:, :, None] + growth[:, :, None] * counted / 365 + moved[:, None, counted]
    bought = np.where(everyone.are(BOUGHT_SLOTS), rng.uniform(np.log(2.5), np.log(10), size), 0.0)
    bought_on = (days * rng.uniform(-0.5, 0.8, size)).astype(int)
    logs += np.where(counted[None, :] >= bought_on[:, None], bought[:, None], 0.0)[:, None, :]
    rounding = rng.random(logs.shape)
    counts = np.exp(logs)
    for number, platform in enumerate(PLATFORMS):
        for change in chunk.world.scenario.of("followers", platform):
            first, end = change.days(chunk.world.first_day, days)
            hit = np.outer(change.hits(everyone.chosen, everyone.sports), (counted >= first) & (counted < end))
            counts[:, number, :] *= np.where(hit, change.size, 1.0)
    there = np.broadcast_to((counted[None, :] >= everyone.first_day[:, None])[:, None, :], counts.shape)
    place, platform_index, week = np.nonzero(there)
    table = pa.table(
        {
            "athlete_id": pa.array(everyone.ids).take(pa.array(place)),
            "platform": pa.array(PLATFORMS).take(pa.array(platform_index)),
            "day": pa.array(chunk.world.day_numbers[counted][week].astype(np.int32), pa.date32()),
            "followers": np.floor(counts + rounding).astype(np.int64)[there],
        }
    )
    return table, np.exp(bought)


def _when(
    chunk: Chunk, everyone: People, profile: Profiles, hidden: Influence
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Athlete, platform and time (microseconds since 1970) of every post, in order."""
    rng, days = chunk.stream("post_times"), chunk.world.days
    day = np.arange(days)
    active = (day >= everyone.first_day[:, None]) & (day <= everyone.last_post_day[:, None])
    weights = active * POSTING_BY_WEEKDAY[weekday(chunk.world.day_numbers)] * np.exp(1.5 * hidden.season)
    weights *= np.where(hidden.injured, 0.5, 1.0)
    number = rng.poisson(profile.posts_per_day * weights.sum(axis=1, keepdims=True))
    if chunk.start == 0:
        # The table of the superstar needs its 200 posts, however short the world.
        number[0, 0] = max(number[0, 0], superstar.POSTS + 10)
    athletes = np.repeat(np.arange(chunk.size), len(PLATFORMS))
    place = np.repeat(athletes, number.ravel())
    platform = np.repeat(np.tile(np.arange(len(PLATFORMS)), chunk.size), number.ravel())
    # All athletes' days laid end to end as one distribution: each post looks up its own athlete's stretch.
    totals = np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    stretch = (np.cumsum(weights, axis=1) / totals + np.arange(chunk.size)[:, None]).ravel()
    found = np.searchsorted(stretch, place + rng.random(len(place)) * (1 - 1e-9), side="right")
    on_day = np.minimum(found - place * days, days - 1)
    hour = 8 + 14 * rng.beta(2.0, 1.6, len(place))
    time = (chunk.world.day_numbers[0] + on_day) * MICROSECONDS_A_DAY + (hour * 3600).astype(np.int64) * 1_000_000
    order = np.lexsort((time, platform, place))
    return place[order], platform[order], time[order]


def _log_counts(
    place: np.ndarray,
    platform: np.ndarray,
    day: np.ndarray,
    profile: Profiles,
    hidden: Influence,
    rng: np.random.Generator,
) -> np.ndarray:
    """Log likes, reposts and replies of each post: (post, measure)."""
    facts = [PLATFORM_FACTS[name] for name in PLATFORMS]

    def fact(name: str) -> np.ndarray:
        return np.array([getattr(each, name) for each in facts])[platform]

    above = hidden.actual[place, day] + hidden.season[place, day] - TYPICAL_LOG_INFLUENCE
    middle = fact("likes") + profile.likes[place, platform] + fact("slope") * above
    posts = len(place)
    # Student's t with 6 degrees of freedom, of standard deviation 1: some posts go far beyond the usual.
    tails = 1 / np.sqrt(rng.chisquare(6, posts) / 4)
    spread = fact("spread") * profile.spread[place, platform] * tails
    shared = rng.standard_normal(posts)
    logs = np.empty((posts, len(MEASURES)))
    logs[:, 0] = middle + spread * shared
    for number, measure in enumerate(MEASURES[1:], start=1):
        together = fact(f"{measure}_with_likes")
        ratio = fact(measure) + getattr(profile, measure)[place, platform]
        noise = together * shared + np.sqrt(1 - together**2) * rng.standard_normal(posts)
        logs[:, number] = middle + ratio + _SPREAD_OF_OTHERS * spread * noise
    return np.minimum(logs, 20.0)


def _put_in_superstar(
    logs: np.ndarray,
    place: np.ndarray,
    platform: np.ndarray,
    day: np.ndarray,
    hidden: Influence,
    rng: np.random.Generator,
) -> None:
    """Give athlete 0 the known table on twitter, in place; a scenario's change of influence still shows."""
    his = (place == 0) & (platform == 0)
    likes, reposts = superstar.counts(int(his.sum()), rng)
    lift = PLATFORM_FACTS["twitter"].slope * (hidden.actual - hidden.calm)[0, day[his]]
    logs[his, 0], logs[his, 1] = np.log(likes) + lift, np.log(reposts) + lift


def _change_counts(
    counts: np.ndarray,
    chunk: Chunk,
    everyone: People,
    place: np.ndarray,
    platform: np.ndarray,
    day: np.ndarray,
    draw: np.ndarray,
) -> None:
    for column, measure in enumerate(MEASURES):
        for number, name in enumerate(PLATFORMS):
            for change in chunk.world.scenario.of("post_counts", name, measure):
                start, end = change.days(chunk.world.first_day, chunk.world.days)
                hit = change.hits(everyone.chosen, everyone.sports)[place] & (platform == number)
                hit &= (day >= start) & (day < end) & (draw < change.share_of_posts)
                counts[hit, column] *= change.size


def _kept(
    chunk: Chunk, everyone: People, place: np.ndarray, platform: np.ndarray, day: np.ndarray, draw: np.ndarray
) -> np.ndarray:
    kept = np.ones(len(place), dtype=bool)
    for number, name in enumerate(PLATFORMS):
        for change in chunk.world.scenario.of("posting", name):
            start, end = change.days(chunk.world.first_day, chunk.world.days)
            hit = change.hits(everyone.chosen, everyone.sports)[place] & (platform == number)
            kept &= ~(hit & (day >= start) & (day < end)) | (draw < change.size)
    return kept


def _delivered_as(
    chunk: Chunk, everyone: People, place: np.ndarray, platform: np.ndarray, day: np.ndarray
) -> np.ndarray:
    """Under whose name each post is delivered: its athlete's, or the namesake's if the accounts are swapped."""
    owner = place.copy()
    for number, name in enumerate(PLATFORMS):
        for change in chunk.world.scenario.of("account_swap", name):
            start, end = change.days(chunk.world.first_day, chunk.world.days)
            hit = swapped(change, everyone)[place] & (platform == number) & (day >= start) & (day < end)
            owner[hit] = everyone.partners[place[hit]]
    return owner


def _number_within(group: np.ndarray) -> np.ndarray:
    """0, 1, 2, ... within each run of equal values.

    >>> _number_within(np.array([5, 5, 7, 7, 7])).tolist()
    [0, 1, 0, 1, 2]
    """
    if not len(group):
        return group
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    return np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
