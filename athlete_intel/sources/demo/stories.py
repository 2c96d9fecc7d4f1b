"""Stories, their expected page views, and the page views that came, by day and channel."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from athlete_intel.sources.demo import catalogue
from athlete_intel.sources.demo.audiences import Profiles
from athlete_intel.sources.demo.catalogue import CHANNELS
from athlete_intel.sources.demo.influence import WEEKDAY_EFFECTS, Influence, relation_of, view_factors, weekday
from athlete_intel.sources.demo.people import People
from athlete_intel.sources.demo.world import MICROSECONDS_A_DAY, OUTCOME_WINDOW_DAYS, STORIES_PER_WEEK, Chunk

_CALM_SPREAD, _WILD_SPREAD, _WILD_SHARE = 0.40, 1.10, 0.08
"""Page views scatter around what is expected: 92% of stories a little, 8% a lot (in natural log)."""
MEAN_OF_NOISE = (1 - _WILD_SHARE) * np.exp(_CALM_SPREAD**2 / 2) + _WILD_SHARE * np.exp(_WILD_SPREAD**2 / 2)
"""The mean of that scatter as a factor: expected views are means, and a heavy tail lifts the mean."""


def day_shares() -> np.ndarray:
    """Share of a story's page views on each day of its window, for each channel: (day, channel)."""
    day = np.arange(OUTCOME_WINDOW_DAYS)
    # Search keeps bringing readers to the site; on a platform a story is gone in days.
    site = 0.7 * np.exp(-day / 1.5) + 0.035 * np.exp(-day / 9.0)
    platform = np.exp(-day / 0.7)
    shares = np.column_stack([site] + [platform] * (len(CHANNELS) - 1))
    return shares / shares.sum(axis=0)


@dataclass(frozen=True)
class Stories:
    """The stories of a chunk; every array has one entry a story, but `views`."""

    ids: pa.Array
    place: np.ndarray
    day: np.ndarray
    time: np.ndarray
    """Microseconds since 1970."""
    format_index: np.ndarray
    sponsored: np.ndarray
    text_length: np.ndarray
    expected: np.ndarray
    """Expected page views in 28 days: the mean over all that chance might do."""
    expected_when_calm: np.ndarray
    """The same, had the scenario no changes."""
    factor: np.ndarray
    """What format, sponsor, weekday and season do to the page views, as a factor."""
    views: np.ndarray
    """(story, day of its window, channel): page views; days after the end of the world included."""


def stories(chunk: Chunk, everyone: People, profile: Profiles, hidden: Influence) -> Stories:
    """Draw the stories of a chunk and their page views."""
    place, day, time = _when(chunk, everyone)
    rng, number = chunk.stream("stories"), len(place)
    format_index = rng.choice(len(catalogue.FORMATS), size=number, p=catalogue.FORMAT_SHARES)
    # The better known get more sponsors.
    willing = 0.5 + 1 / (1 + np.exp(-(hidden.calm[place, day] - 7.5)))
    sponsored = rng.random(number) < catalogue.SPONSORED_SHARE * willing
    log_factor = np.log(np.array(catalogue.FORMAT_FACTORS))[format_index]
    log_factor += np.where(sponsored, np.log(catalogue.SPONSORED_FACTOR), 0.0)
    log_factor += WEEKDAY_EFFECTS[weekday(chunk.world.day_numbers)][day] + hidden.season[place, day]
    calm_log = hidden.calm[place, day] + log_factor
    log_views = relation_of(chunk, everyone, hidden.actual[place, day] + log_factor, day, place)

    noise_rng = chunk.stream("story_views")
    wild = noise_rng.random(number) < _WILD_SHARE
    noise = np.where(wild, _WILD_SPREAD, _CALM_SPREAD) * noise_rng.standard_normal(number)
    mix = profile.channel_shares[place] * np.exp(0.2 * noise_rng.standard_normal((number, len(CHANNELS))))
    mix /= mix.sum(axis=1, keepdims=True)
    rounding = noise_rng.random((number, OUTCOME_WINDOW_DAYS, len(CHANNELS)), dtype=np.float32)
    factors = view_factors(chunk, everyone)[place[:, None], day[:, None] + np.arange(OUTCOME_WINDOW_DAYS)]
    spread_out = mix[:, None, :] * day_shares()[None] * factors
    views = np.floor(np.exp(log_views + noise)[:, None, None] * spread_out + rounding).astype(np.int64)
    return Stories(
        ids=_story_ids(everyone, place),
        place=place,
        day=day,
        time=time,
        format_index=format_index,
        sponsored=sponsored,
        text_length=_text_lengths(chunk, number),
        expected=np.exp(log_views) * MEAN_OF_NOISE * spread_out.sum(axis=(1, 2)),
        expected_when_calm=np.exp(calm_log) * MEAN_OF_NOISE,
        factor=np.exp(log_factor),
        views=views,
    )


def _text_lengths(chunk: Chunk, number: int) -> np.ndarray:
    """Characters of each story's text; in this world they draw nobody, so a model should find no use for them."""
    drawn = chunk.stream("story_texts").lognormal(
        np.log(catalogue.TEXT_LENGTH_MEDIAN), catalogue.TEXT_LENGTH_SIGMA, number
    )
    return np.round(drawn).astype(np.int64)


def stories_table(everyone: People, told: Stories) -> pa.Table:
    """The raw table `stories`."""
    return pa.table(
        {
            "story_id": told.ids,
            "athlete_id": pa.array(everyone.ids).take(pa.array(told.place)),
            "published_at": pa.array(told.time, pa.timestamp("us")),
            "format": pa.array(catalogue.FORMATS).take(pa.array(told.format_index)),
            "sponsored": pa.array(told.sponsored),
            "text_length": pa.array(told.text_length, pa.int64()),
        }
    )


def story_views_table(chunk: Chunk, told: Stories) -> pa.Table:
    """The raw table `story_views`: only days of the world, and only those with views."""
    view_day = told.day[:, None] + np.arange(OUTCOME_WINDOW_DAYS)
    there = (told.views > 0) & (view_day < chunk.world.days)[:, :, None]
    story, window_day, channel = np.nonzero(there)
    days = chunk.world.day_numbers[0] + told.day[story] + window_day
    return pa.table(
        {
            "story_id": told.ids.take(pa.array(story)),
            "channel": pa.array(CHANNELS).take(pa.array(channel)),
            "day": pa.array(days.astype(np.int32), pa.date32()),
            "views": told.views[there],
        }
    )


def _when(chunk: Chunk, everyone: People) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Athlete, day of the world and time (microseconds since 1970) of every story, in order."""
    rng, days = chunk.stream("story_times"), chunk.world.days
    first = everyone.first_day
    # Newcomers have no story yet; who stopped posting still has one now and then.
    none_yet = everyone.last_post_day < 0
    rate = STORIES_PER_WEEK / 7 * np.exp(0.3 * rng.standard_normal(chunk.size) - 0.045)
    number = rng.poisson(np.where(none_yet, 0.0, rate * (days - first)))
    place = np.repeat(np.arange(chunk.size), number)
    day = first[place] + (rng.random(len(place)) * (days - first)[place]).astype(int)
    hour = rng.integers(7, 20, len(place))
    minute = rng.integers(0, 60, len(place))
    time = (chunk.world.day_numbers[0] + day) * MICROSECONDS_A_DAY + (hour * 60 + minute) * 60_000_000
    order = np.lexsort((time, place))
    return place[order], day[order], time[order]


def _story_ids(everyone: People, place: np.ndarray) -> pa.Array:
    starts = np.searchsorted(place, np.arange(len(everyone.ids)))
    number = np.arange(len(place)) - starts[place]
    sequence = pa.array([f"{each:04d}" for each in range(int(number.max(initial=0)) + 1)])
    owners = pa.array(everyone.ids).take(pa.array(place))
    return pc.binary_join_element_wise("s", owners, sequence.take(pa.array(number)), "-")
