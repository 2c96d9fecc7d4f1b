"""Handle votes: nine workers a question, of very different care."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from athlete_intel.sources.demo.people import HANDLE_PLATFORMS, People
from athlete_intel.sources.demo.world import Chunk, World

WORKERS = 60
VOTES_A_QUESTION = 9
GOLD_EVERY = 12
_SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Workers:
    """The pool of workers: how often each finds the right account, and how often a namesake fools each."""

    ids: list[str]
    kind: list[str]
    accuracy: np.ndarray
    fooled_by_namesake: np.ndarray


_KINDS = (
    # kind, share, lowest and highest accuracy, lowest and highest chance to be fooled by a namesake
    ("careful", 0.45, 0.94, 0.99, 0.02, 0.15),
    ("usual", 0.30, 0.82, 0.92, 0.15, 0.40),
    ("careless", 0.20, 0.55, 0.75, 0.60, 0.90),
    ("spammer", 0.05, 0.05, 0.20, 0.50, 0.50),
)


def workers(world: World) -> Workers:
    """Draw the workers of a world."""
    rng = world.stream("workers")
    # Kinds by fixed shares, not by chance, so that every world has careless workers and spammers.
    edges = np.cumsum([kind[1] for kind in _KINDS])
    of_kind = np.searchsorted(edges, (rng.permutation(WORKERS) + 0.5) / WORKERS)
    low, high, fooled_low, fooled_high = (
        np.array([kind[column] for kind in _KINDS])[of_kind] for column in (2, 3, 4, 5)
    )
    return Workers(
        [f"worker-{number:03d}" for number in range(WORKERS)],
        [str(_KINDS[number][0]) for number in of_kind],
        rng.uniform(low, high),
        rng.uniform(fooled_low, fooled_high),
    )


def votes_table(chunk: Chunk, everyone: People, pool: Workers) -> pa.Table:
    """The raw table `handle_votes`: a question for each athlete and platform, asked on one day."""
    rng, days = chunk.stream("votes"), chunk.world.days
    platforms = len(HANDLE_PLATFORMS)
    place = np.repeat(np.arange(chunk.size), platforms)
    platform = np.tile(np.arange(platforms), chunk.size)
    questions = len(place)
    left = np.maximum(days - everyone.first_day[place] - 1, 0)
    asked = everyone.first_day[place] + (rng.random(questions) * left).astype(int)
    # Nine different workers for each question: those with the nine lowest of random keys.
    worker = np.argsort(rng.random((questions, WORKERS)), axis=1, kind="stable")[:, :VOTES_A_QUESTION]
    right_draw, fooled_draw, wrong_draw, crew_draw = rng.random((4, questions, VOTES_A_QUESTION))
    second = rng.integers(8 * 3600, 22 * 3600, (questions, VOTES_A_QUESTION))

    has_namesake = (everyone.partners >= 0)[place][:, None]
    fooled = has_namesake & (fooled_draw < pool.fooled_by_namesake[worker])
    fooled |= has_namesake & _crew(chunk, everyone, place, platform, asked, crew_draw)
    right = ~fooled & (right_draw < pool.accuracy[worker])
    # A wrong answer is a fan account, a shorter handle of somebody else, or none at all.
    choice = np.where(right, 0, np.where(fooled, 1, 2 + (wrong_draw * 3).astype(int)))
    answers = _possible_answers(everyone, place, platform)
    flat = answers[np.repeat(np.arange(questions), VOTES_A_QUESTION), choice.ravel()]
    time = (chunk.world.day_numbers[0] + asked)[:, None] * _SECONDS_A_DAY + second
    return pa.table(
        {
            "athlete_id": pa.array(everyone.ids).take(pa.array(np.repeat(place, VOTES_A_QUESTION))),
            "platform": pa.array(HANDLE_PLATFORMS).take(pa.array(np.repeat(platform, VOTES_A_QUESTION))),
            "worker_id": pa.array(pool.ids).take(pa.array(worker.ravel())),
            "answer": pa.array(flat.tolist(), pa.string()),
            "voted_at": pa.array(time.ravel() * 1_000_000, pa.timestamp("us")),
        }
    )


def gold_table(chunk: Chunk, everyone: People) -> pa.Table:
    """The raw table `handle_gold`: what is known for sure of one athlete in twelve."""
    places = np.flatnonzero(chunk.indices % GOLD_EVERY == GOLD_EVERY // 2)
    rows = [(everyone.ids[place], name, everyone.handles[name][place]) for place in places for name in HANDLE_PLATFORMS]
    columns: list[list[str | None]] = [list(values) for values in zip(*rows, strict=True)] if rows else [[], [], []]
    names = ("athlete_id", "platform", "answer")
    return pa.table({name: pa.array(values, pa.string()) for name, values in zip(names, columns, strict=True)})


def _crew(
    chunk: Chunk,
    everyone: People,
    place: np.ndarray,
    platform: np.ndarray,
    asked: np.ndarray,
    draw: np.ndarray,
) -> np.ndarray:
    """Votes that a careless crew of the scenario gives to the namesake."""
    taken = np.zeros(draw.shape, dtype=bool)
    for number, name in enumerate(HANDLE_PLATFORMS):
        for change in chunk.world.scenario.of("labels", name):
            start, end = change.days(chunk.world.first_day, chunk.world.days)
            hit = change.hits(everyone.chosen, everyone.sports)[place] & (platform == number)
            hit &= (asked >= start) & (asked < end)
            taken |= hit[:, None] & (draw < change.size)
    return taken


def _possible_answers(everyone: People, place: np.ndarray, platform: np.ndarray) -> np.ndarray:
    """For each question: the true handle, the namesake's, a fan account, a lookalike, and none."""
    rows = np.empty((len(place), 5), dtype=object)
    for row, (who, number) in enumerate(zip(place, platform, strict=True)):
        handles = everyone.handles[HANDLE_PLATFORMS[number]]
        true, partner = handles[who], everyone.partners[who]
        known_as = true or everyone.names[who].replace(" ", "_")
        rows[row] = (true, handles[partner] if partner >= 0 else None, f"{known_as}_fans", f"{known_as[:-1]}", None)
    return rows
