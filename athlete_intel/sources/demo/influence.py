"""The hidden truth: how influential each athlete is on each day, and the events that moved it."""

from dataclasses import dataclass

import numpy as np

from athlete_intel.sources.demo import people as p
from athlete_intel.sources.demo.catalogue import (
    CHANNELS,
    FORMAT_FACTORS,
    FORMAT_SHARES,
    SPONSORED_FACTOR,
    SPONSORED_SHARE,
    SPORTS,
)
from athlete_intel.sources.demo.people import People
from athlete_intel.sources.demo.world import OUTCOME_WINDOW_DAYS, Chunk

TYPICAL_LOG_INFLUENCE = 7.0
"""Natural log of the page views that a plain story of a typical athlete draws: about 1,100."""
SUPERSTAR_LOG_INFLUENCE = 12.0
HIGHEST_OF_OTHERS = 11.7
WALK_STEP_A_WEEK = 0.025
MATCH_SEASON_EFFECT = 0.15
"""How far mid-season lifts influence in natural log, and the dead season lowers it."""
WEEKDAY_EFFECTS = np.array([-0.08, -0.04, 0.0, 0.02, 0.0, 0.06, 0.10])
"""Log effect on the readers of stories that come out on Monday to Sunday."""
FIRST_DAY_WAS_THURSDAY = 3
"""1970-01-01, counted from Monday."""


@dataclass(frozen=True)
class Event:
    """Something that happened to an athlete: `size` is the change of log influence."""

    place: int
    day: int
    kind: str
    size: float


@dataclass(frozen=True)
class Influence:
    """Influence of the athletes of a chunk: arrays of (athlete, day of the world), in natural log."""

    calm: np.ndarray
    """As if the scenario had no changes."""
    actual: np.ndarray
    season: np.ndarray
    """The lift of the season, not part of the other two."""
    injured: np.ndarray
    """Whether the athlete is out."""
    events: list[Event]


def influence(chunk: Chunk, everyone: People) -> Influence:
    """Draw the path of each athlete: a slow random walk, and events on top."""
    rng, size, days = chunk.stream("influence"), chunk.size, chunk.world.days
    base = TYPICAL_LOG_INFLUENCE + 1.05 * rng.standard_normal(size)
    base += everyone.league_strength + np.array([sport.popularity for sport in SPORTS])[everyone.sport_index]
    # Fame has a heavy upper tail.
    base += np.where(rng.random(size) < 0.03, rng.exponential(1.0, size), 0.0)
    weeks = days // 7 + 2
    steps = WALK_STEP_A_WEEK * rng.standard_normal((size, weeks))
    steps[:, 0] = 0.0
    walk = np.cumsum(steps, axis=1)
    day = np.arange(days)
    at = day / 7
    low = at.astype(int)
    paths = base[:, None] + walk[:, low] + (walk[:, low + 1] - walk[:, low]) * (at - low)
    events, injured = _add_events(paths, everyone, rng)
    paths = np.minimum(paths, HIGHEST_OF_OTHERS)
    if chunk.start == 0:
        paths[0] = SUPERSTAR_LOG_INFLUENCE
        events = [event for event in events if event.place != 0]
    return Influence(paths, paths + _scenario_shift(chunk, everyone), _season(chunk, everyone), injured, events)


def standard_story_factor() -> float:
    """Expected page views of an athlete's next story, over what `exp(influence)` says.

    The next story may have any format and sponsor, so this is the mean over what stories are made of.
    """
    formats = float(np.dot(FORMAT_SHARES, FORMAT_FACTORS))
    return formats * (1 - SPONSORED_SHARE + SPONSORED_SHARE * SPONSORED_FACTOR) * float(np.exp(WEEKDAY_EFFECTS).mean())


def weekday(day_numbers: np.ndarray) -> np.ndarray:
    """Day of the week, 0 for Monday, of days since 1970-01-01.

    >>> int(weekday(np.array([0]))[0])
    3
    """
    return (day_numbers + FIRST_DAY_WAS_THURSDAY) % 7


def relation_of(
    chunk: Chunk, everyone: People, log_views: np.ndarray, days: np.ndarray, places: np.ndarray
) -> np.ndarray:
    """Log expected views after the scenario's changes of the relation itself, for stories of `places` on `days`.

    Views follow influence to a power, turned around the typical athlete, so that the typical one stays.
    """
    for change in chunk.world.scenario.of("relation"):
        start, end = change.days(chunk.world.first_day, chunk.world.days)
        hit = change.hits(everyone.chosen, everyone.sports)[places] & (days >= start) & (days < end)
        turned = TYPICAL_LOG_INFLUENCE + change.size * (log_views - TYPICAL_LOG_INFLUENCE)
        log_views = np.where(hit, turned, log_views)
    return log_views


def view_factors(chunk: Chunk, everyone: People) -> np.ndarray:
    """What the scenario multiplies page views by: (athlete, day, channel)."""
    # Days after the end of the world stand for the rest of the last stories' windows.
    days = chunk.world.days
    factors = np.ones((chunk.size, days + OUTCOME_WINDOW_DAYS, len(CHANNELS)))
    for change in chunk.world.scenario.of("story_views"):
        start, end = change.days(chunk.world.first_day, days)
        end = end if end < days else factors.shape[1]
        channels = np.isin(CHANNELS, change.platforms or CHANNELS)
        athletes = change.hits(everyone.chosen, everyone.sports)
        factors[:, start:end] *= np.where(athletes[:, None, None] & channels, change.size, 1.0)
    return factors


def _add_events(paths: np.ndarray, everyone: People, rng: np.random.Generator) -> tuple[list[Event], np.ndarray]:
    """Add transfers, injuries, viral hits and fading after the last post to the paths, in place."""
    size, days = paths.shape
    day = np.arange(days)
    when = (days * rng.uniform(0.1, 0.9, (size,))).astype(int)
    strength = rng.standard_normal((size,))
    length = rng.integers(30, 120, (size,))
    injured = np.zeros((size, days), dtype=bool)
    events: list[Event] = []
    for place, slot in enumerate(everyone.slots):
        if slot in p.TRANSFER_SLOTS:
            events.append(Event(place, int(when[place]), "transfer", 0.2 + 0.3 * float(strength[place])))
            paths[place, when[place] :] += events[-1].size
        elif slot in p.INJURY_SLOTS:
            events.append(Event(place, int(when[place]), "injury", -0.4))
            out = (day >= when[place]) & (day < when[place] + length[place])
            injured[place] = out
            # Back in play, the audience returns within a few weeks.
            back = np.clip((day - when[place] - length[place]) / 30, 0, 1)
            paths[place] += np.where(day >= when[place], -0.4 * (1 - back), 0.0)
        elif slot in p.VIRAL_SLOTS:
            events.append(Event(place, int(when[place]), "viral hit", 1.2 + 0.3 * abs(float(strength[place]))))
            paths[place] += events[-1].size * _halving(day - when[place], 10.0)
        elif slot in p.QUIT_SLOTS:
            events.append(Event(place, int(everyone.last_post_day[place]), "stops posting", -0.004))
            paths[place] -= 0.004 * np.maximum(day - everyone.last_post_day[place], 0)
        if everyone.first_day[place] > 0:
            events.append(Event(place, int(everyone.first_day[place]), "joins", 0.0))
    return events, injured


def _season(chunk: Chunk, everyone: People) -> np.ndarray:
    peaks = np.array([sport.peak for sport in SPORTS])[everyone.sport_index]
    return MATCH_SEASON_EFFECT * np.cos(2 * np.pi * (chunk.world.day_numbers[None, :] - peaks[:, None]) / 365.25)


def _scenario_shift(chunk: Chunk, everyone: People) -> np.ndarray:
    day = np.arange(chunk.world.days)
    shift = np.zeros((chunk.size, chunk.world.days))
    for change in chunk.world.scenario.of("influence"):
        start, end = change.days(chunk.world.first_day, chunk.world.days)
        decay = _halving(day - start, change.half_life_days) if change.half_life_days else np.ones(len(day))
        course = np.where((day >= start) & (day < end), np.log(change.size) * decay, 0.0)
        shift += change.hits(everyone.chosen, everyone.sports)[:, None] * course
    return shift


def _halving(days_since: np.ndarray, half_life_days: float) -> np.ndarray:
    """1 on the day, half after each half-life, 0 before."""
    return np.where(days_since >= 0, 0.5 ** (np.maximum(days_since, 0) / half_life_days), 0.0)
