"""Daily views of the athletes' Wikipedia articles."""

import numpy as np
import pyarrow as pa

from athlete_intel.sources.demo.audiences import Profiles
from athlete_intel.sources.demo.influence import TYPICAL_LOG_INFLUENCE, Influence, weekday
from athlete_intel.sources.demo.people import People, handles_in_use
from athlete_intel.sources.demo.world import Chunk

TYPICAL_VIEWS_A_DAY = 150
_SLOPE = 0.9
_WEEKDAY = np.array([0.05, -0.03, -0.03, -0.02, -0.02, 0.0, 0.08])


def wikipedia_table(chunk: Chunk, everyone: People, profile: Profiles, hidden: Influence) -> pa.Table:
    """The raw table `wikipedia_views`; athletes without an article have no rows.

    Views are those of the article in use, which for some namesakes is the other's.
    """
    rng = chunk.stream("wikipedia")
    shape = hidden.actual.shape
    above = hidden.actual + 2.0 * hidden.season - TYPICAL_LOG_INFLUENCE
    logs = np.log(TYPICAL_VIEWS_A_DAY) + profile.wikipedia[:, None] + _SLOPE * above
    logs += _WEEKDAY[weekday(chunk.world.day_numbers)] + 0.25 * rng.standard_normal(shape)
    # A match, a headline: some days draw several times the usual readers.
    logs += np.where(rng.random(shape) < 0.03, rng.exponential(0.8, shape), 0.0)
    rounding = rng.random(shape)
    views = np.exp(logs)
    for change in chunk.world.scenario.of("wikipedia_views"):
        start, end = change.days(chunk.world.first_day, chunk.world.days)
        views[change.hits(everyone.chosen, everyone.sports), start:end] *= change.size
    views = np.floor(views + rounding).astype(np.int64)
    used = handles_in_use(chunk, everyone)["wikipedia"]
    wrong = [
        place
        for place, handle in enumerate(used)
        if handle is not None and handle != everyone.handles["wikipedia"][place]
    ]
    views[wrong] = views[everyone.partners[wrong]]
    there = np.arange(chunk.world.days) >= everyone.first_day[:, None]
    there &= np.array([handle is not None for handle in used])[:, None]
    place, day = np.nonzero(there)
    return pa.table(
        {
            "athlete_id": pa.array(everyone.ids).take(pa.array(place)),
            "day": pa.array(chunk.world.day_numbers[day].astype(np.int32), pa.date32()),
            "views": views[there],
        }
    )
