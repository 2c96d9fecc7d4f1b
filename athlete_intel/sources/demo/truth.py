"""The truth behind the demo world, for tests and benchmarks; the product never reads it."""

from datetime import timedelta

import numpy as np
import pyarrow as pa

from athlete_intel.sources.demo.audiences import AUDIENCE_TYPES, Profiles
from athlete_intel.sources.demo.influence import Influence, relation_of, standard_story_factor, view_factors
from athlete_intel.sources.demo.people import BOUGHT_SLOTS, HANDLE_PLATFORMS, People, handles_in_use
from athlete_intel.sources.demo.scenario import KINDS, as_date
from athlete_intel.sources.demo.stories import MEAN_OF_NOISE, Stories, day_shares
from athlete_intel.sources.demo.votes import Workers
from athlete_intel.sources.demo.world import OUTCOME_WINDOW_DAYS, Chunk, World


def truth_tables(
    chunk: Chunk, everyone: People, profile: Profiles, hidden: Influence, told: Stories, bought: np.ndarray
) -> dict[str, pa.Table]:
    """What is true of the athletes of a chunk, by name of the truth table."""
    types = [AUDIENCE_TYPES[number].name for number in profile.type_index]
    partners = [everyone.ids[place] if place >= 0 else None for place in everyone.partners]
    return {
        "athletes": pa.table(
            {
                "athlete_id": everyone.ids,
                "audience_type": types,
                "bought_followers": everyone.are(BOUGHT_SLOTS),
                "followers_multiplied_by": bought,
                "namesake_id": pa.array(partners, pa.string()),
                "chosen": everyone.chosen,
            }
        ),
        "influence": _influence_table(chunk, everyone, profile, hidden),
        "stories": pa.table({"story_id": told.ids, "expected_page_views": told.expected, "factor": told.factor}),
        "handles": _handles_table(chunk, everyone),
        "events": _events_table(chunk, everyone, hidden),
    }


def workers_table(pool: Workers) -> pa.Table:
    """The workers as they truly are."""
    return pa.table(
        {
            "worker_id": pool.ids,
            "kind": pool.kind,
            "accuracy": pool.accuracy,
            "fooled_by_namesake": pool.fooled_by_namesake,
        }
    )


def changes_table(world: World) -> pa.Table:
    """The changes of the scenario, one row each."""
    rows = [
        {
            "scenario": world.scenario.name,
            "kind": change.kind,
            "meaning": KINDS[change.kind],
            "day": as_date(change, world.first_day, world.days),
            "last_day": world.first_day + timedelta(days=change.days(world.first_day, world.days)[1] - 1),
            "size": float(change.size),
            "platforms": ", ".join(change.platforms),
            "sports": ", ".join(change.sports),
            "measures": ", ".join(change.measures),
            "share_of_athletes": float(change.share_of_athletes),
        }
        for change in world.scenario.changes
    ]
    texts = ("platforms", "sports", "measures")
    schema = pa.schema(
        [
            *(("scenario", pa.string()), ("kind", pa.string()), ("meaning", pa.string())),
            *(("day", pa.date32()), ("last_day", pa.date32()), ("size", pa.float64())),
            *((text, pa.string()) for text in texts),
            ("share_of_athletes", pa.float64()),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def _influence_table(chunk: Chunk, everyone: People, profile: Profiles, hidden: Influence) -> pa.Table:
    """Once a week, and on the last day: latent influence, and what the next story is expected to draw."""
    days = chunk.world.days
    weekly = np.arange((days - 1) % 7, days, 7)
    place, week = np.nonzero(weekly[None, :] >= everyone.first_day[:, None])
    day = weekly[week]
    latent = hidden.actual[place, day]
    logs = relation_of(chunk, everyone, latent + hidden.season[place, day], day, place)
    factors = view_factors(chunk, everyone)[place[:, None], day[:, None] + np.arange(OUTCOME_WINDOW_DAYS)]
    kept = np.einsum("rc,dc,rdc->r", profile.channel_shares[place], day_shares(), factors)
    return pa.table(
        {
            "athlete_id": pa.array(everyone.ids).take(pa.array(place)),
            "day": pa.array(chunk.world.day_numbers[day].astype(np.int32), pa.date32()),
            "log_influence": latent,
            "expected_page_views": np.exp(logs) * kept * MEAN_OF_NOISE * standard_story_factor(),
        }
    )


def _handles_table(chunk: Chunk, everyone: People) -> pa.Table:
    used = handles_in_use(chunk, everyone)
    columns: dict[str, list[str | None]] = {"athlete_id": [], "platform": [], "true_handle": [], "handle_in_use": []}
    for platform in HANDLE_PLATFORMS:
        columns["athlete_id"] += everyone.ids
        columns["platform"] += [platform] * len(everyone.ids)
        columns["true_handle"] += everyone.handles[platform]
        columns["handle_in_use"] += used[platform]
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _events_table(chunk: Chunk, everyone: People, hidden: Influence) -> pa.Table:
    days = [chunk.world.first_day + timedelta(days=event.day) for event in hidden.events]
    return pa.table(
        {
            "athlete_id": pa.array([everyone.ids[event.place] for event in hidden.events], pa.string()),
            "day": pa.array(days, pa.date32()),
            "kind": pa.array([event.kind for event in hidden.events], pa.string()),
            "log_influence_change": pa.array([event.size for event in hidden.events], pa.float64()),
        }
    )
