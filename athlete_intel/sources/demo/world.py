"""The frame of a demo world: its size, its days, its random streams, and the chunks it is built in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from athlete_intel.errors import SettingsError
from athlete_intel.sources.demo.scenario import CALM, Scenario

LAST_DAY = date(2026, 9, 30)
"""The last day of every world: fixed, so that the same seed gives the same bytes whenever it is run."""
CHUNK = 250
"""Athletes built at a time. Fixed, because the random streams are keyed by it."""
BLOCK = 50
"""Every block of so many athletes holds each kind of story of a career (transfers, injuries, namesakes, ...)."""
OUTCOME_WINDOW_DAYS = 28
MICROSECONDS_A_DAY = 86_400_000_000
RATE_CENTS_PER_1000 = 5000
"""Pay for each 1,000 page views; `data/mappings/demo.toml` says the same."""
DEFAULT_POSTS_PER_WEEK = 4.0
STORIES_PER_WEEK = 0.5

_STREAMS = (
    *("careers", "people", "audiences", "influence", "chosen", "post_times", "post_counts", "followers", "wikipedia"),
    *("story_times", "stories", "story_views", "money", "votes", "workers", "story_texts"),
)


@dataclass(frozen=True)
class World:
    """What a demo world is made from; the same values give the same bytes."""

    athletes: int = 1200
    days: int = 548
    posts_per_week: float = DEFAULT_POSTS_PER_WEEK
    """Posts an athlete puts out a week on all platforms together, on average."""
    seed: int = 2026
    scenario: Scenario = field(default=CALM)

    def __post_init__(self) -> None:
        checks = [
            ("athletes", 1 <= self.athletes <= 999_999, "must lie between 1 and 999,999"),
            ("days", 60 <= self.days <= 3650, "must lie between 60 and 3,650"),
            ("posts_per_week", 0 < self.posts_per_week <= 100, "must be above 0 and at most 100"),
            ("seed", self.seed >= 0, "must not be negative"),
        ]
        for name, good, rule in checks:
            if not good:
                raise SettingsError(f"The demo world has {name} = {getattr(self, name)!r}; it {rule}.")

    @property
    def first_day(self) -> date:
        """The first day of the world."""
        return LAST_DAY - timedelta(days=self.days - 1)

    @property
    def day_numbers(self) -> np.ndarray:
        """Days since 1970-01-01 of each day of the world."""
        return (self.first_day - date(1970, 1, 1)).days + np.arange(self.days)

    def chunks(self) -> Iterator["Chunk"]:
        """The chunks of athletes, in order."""
        for number, start in enumerate(range(0, self.athletes, CHUNK)):
            yield Chunk(self, number, start, min(CHUNK, self.athletes - start))

    def stream(self, name: str, key: int = 0) -> np.random.Generator:
        """A random stream of its own for each purpose and key, whatever else has been drawn."""
        return np.random.default_rng(np.random.SeedSequence([self.seed, _STREAMS.index(name), key]))


@dataclass(frozen=True)
class Chunk:
    """Athletes `start` to `start + size - 1` of a world."""

    world: World
    number: int
    start: int
    size: int

    @property
    def indices(self) -> np.ndarray:
        """Numbers of the athletes in the world."""
        return np.arange(self.start, self.start + self.size)

    def stream(self, name: str) -> np.random.Generator:
        """The random stream of this chunk for one purpose."""
        return self.world.stream(name, self.number)
