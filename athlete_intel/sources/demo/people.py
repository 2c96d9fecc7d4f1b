"""Who lives in the demo world: names, sports, teams, accounts, and what will happen in each career."""

import unicodedata
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from athlete_intel.sources.demo import catalogue
from athlete_intel.sources.demo.catalogue import PLATFORMS, SPORTS
from athlete_intel.sources.demo.scenario import Change
from athlete_intel.sources.demo.world import BLOCK, Chunk

SUPERSTAR_HANDLE = "KingDemo"
HANDLE_PLATFORMS = (*PLATFORMS, "wikipedia")

# What each place in a block of 50 athletes stands for. Fixed numbers, so that even a small world has them all.
NAMESAKE_SLOTS = (40, 41)
QUIT_SLOTS = (2,)
TRANSFER_SLOTS = (4, 5, 6)
INJURY_SLOTS = (8, 9, 10, 11, 12)
VIRAL_SLOTS = (20, 21)
JOINED_SLOTS = (28, 29, 30, 31)
NEWCOMER_SLOTS = (32,)
NO_PAGE_SLOTS = (35, 36, 37)
WRONG_PAGE_SLOTS = (41,)
BOUGHT_SLOTS = (14, 17, 24, 34)
"""Four in 50: 8% of athletes bought followers."""


@dataclass(frozen=True)
class People:
    """The athletes of a chunk; every list and array has one entry an athlete."""

    ids: list[str]
    names: list[str]
    sport_index: np.ndarray
    sports: np.ndarray
    league_strength: np.ndarray
    leagues: list[str]
    teams: list[str | None]
    positions: list[str | None]
    countries: list[str]
    genders: list[str]
    slots: np.ndarray
    partners: np.ndarray
    """Place in the chunk of the athlete with the same name, or -1."""
    handles: dict[str, list[str | None]]
    """The true account on each platform; None where there is none."""
    first_day: np.ndarray
    """Day number from which the athlete is known at all."""
    last_post_day: np.ndarray
    chosen: np.ndarray
    """A fixed random number in [0, 1) by which changes choose whom they hit."""

    def are(self, slots: tuple[int, ...]) -> np.ndarray:
        """Which athletes stand in these places of their block."""
        return np.isin(self.slots, slots)


def athlete_id(index: int) -> str:
    """Our name of the athlete with this number."""
    return f"athlete-{index:06d}"


def people(chunk: Chunk) -> People:
    """Draw the athletes of a chunk."""
    rng, size = chunk.stream("people"), chunk.size
    slots = _slots(chunk)
    partners = _partners(slots)
    weights = np.array([sport.weight for sport in SPORTS])
    sport_index = rng.choice(len(SPORTS), size=size, p=weights / weights.sum())
    league_index = rng.choice(3, size=size, p=(0.5, 0.3, 0.2))
    second = slots == NAMESAKE_SLOTS[1]
    paired = second & (partners >= 0)
    # Namesakes play the same sport in two leagues: that is what makes them easy to mix up.
    sport_index[paired] = sport_index[partners[paired]]
    league_index[paired] = (league_index[partners[paired]] + 1) % 3
    if chunk.start == 0:
        sport_index[0], league_index[0] = 0, 0
    leagues = [SPORTS[sport].leagues[league] for sport, league in zip(sport_index, league_index, strict=True)]
    bases = _base_names(chunk)
    for place in np.flatnonzero(paired):
        bases[place] = bases[partners[place]]
    position_draw, team_draw = rng.random(size), rng.integers(catalogue.TEAMS_PER_LEAGUE, size=size)
    country = rng.choice(len(catalogue.COUNTRIES), size=size)
    first_day, last_post_day = _career_days(chunk, slots, rng)
    return People(
        ids=[athlete_id(index) for index in chunk.indices],
        names=_dressed(bases, chunk.indices, partners),
        sport_index=sport_index,
        sports=np.array(catalogue.SPORT_NAMES, dtype=object)[sport_index],
        league_strength=np.array([league.strength for league in leagues]),
        leagues=[league.name for league in leagues],
        teams=[_team(*values) for values in zip(sport_index, league_index, team_draw, strict=True)],
        positions=[_position(*values) for values in zip(sport_index, position_draw, strict=True)],
        countries=[catalogue.COUNTRIES[number] for number in country],
        genders=[league.gender for league in leagues],
        slots=slots,
        partners=partners,
        handles=_handles(chunk, bases, slots, paired),
        first_day=first_day,
        last_post_day=last_post_day,
        chosen=chunk.stream("chosen").random(size),
    )


def athletes_table(everyone: People) -> pa.Table:
    """The raw table `athletes`."""
    return pa.table(
        {
            "athlete_id": everyone.ids,
            "name": everyone.names,
            "kind": ["person"] * len(everyone.ids),
            "sport": pa.array(everyone.sports.tolist(), pa.string()),
            "league": everyone.leagues,
            "team": pa.array(everyone.teams, pa.string()),
            "position": pa.array(everyone.positions, pa.string()),
            "country": everyone.countries,
            "gender": everyone.genders,
        }
    )


def handles_in_use(chunk: Chunk, everyone: People) -> dict[str, list[str | None]]:
    """The handles that the newest data was gathered by: the true ones, but for namesakes whose article is the other's,
    and for accounts that a scenario has swapped."""
    used = {platform: list(handles) for platform, handles in everyone.handles.items()}
    for platform in PLATFORMS:
        for place in np.flatnonzero(swapped_at_the_end(chunk, everyone, platform)):
            used[platform][place] = everyone.handles[platform][everyone.partners[place]]
    for place in np.flatnonzero(everyone.are(WRONG_PAGE_SLOTS) & (everyone.partners >= 0)):
        used["wikipedia"][place] = everyone.handles["wikipedia"][everyone.partners[place]]
    return used


def swapped_at_the_end(chunk: Chunk, everyone: People, platform: str) -> np.ndarray:
    """Whose account on a platform is swapped with the namesake's on the last day."""
    taken = np.zeros(chunk.size, dtype=bool)
    for change in chunk.world.scenario.of("account_swap", platform):
        _, end = change.days(chunk.world.first_day, chunk.world.days)
        if end >= chunk.world.days:
            taken ^= swapped(change, everyone)
    return taken


def swapped(change: Change, everyone: People) -> np.ndarray:
    """Whose account a change swaps: by one number a pair, so that both or none are."""
    pair_draw = np.minimum(everyone.chosen, everyone.chosen[everyone.partners])
    return (everyone.partners >= 0) & (pair_draw < change.size) & change.hits(pair_draw, everyone.sports)


def handles_table(chunk: Chunk, everyone: People) -> pa.Table:
    """The raw table `handles`."""
    used = handles_in_use(chunk, everyone)
    rows = [
        (athlete, platform, handle)
        for place, athlete in enumerate(everyone.ids)
        for platform in HANDLE_PLATFORMS
        if (handle := used[platform][place]) is not None
    ]
    columns: list[list[str]] = [list(values) for values in zip(*rows, strict=True)]
    return pa.table(dict(zip(("athlete_id", "platform", "handle"), columns, strict=True)))


def _slots(chunk: Chunk) -> np.ndarray:
    """The place of each athlete in its block: a fresh order for each block, the superstar always in an ordinary one."""
    slots = []
    for block in range(chunk.start // BLOCK, (chunk.start + chunk.size - 1) // BLOCK + 1):
        order = chunk.world.stream("careers", block).permutation(BLOCK)
        if block == 0:
            order[order == 0], order[0] = order[0], 0
        slots.append(order)
    return np.concatenate(slots)[: chunk.size]


def _partners(slots: np.ndarray) -> np.ndarray:
    partners = np.full(len(slots), -1)
    for start in range(0, len(slots), BLOCK):
        block = slots[start : start + BLOCK]
        pair = [start + int(place) for slot in NAMESAKE_SLOTS for place in np.flatnonzero(block == slot)]
        if len(pair) == 2:
            partners[pair[0]], partners[pair[1]] = pair[1], pair[0]
    return partners


def _career_days(chunk: Chunk, slots: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """First day known, and last day with posts, as day numbers of the world."""
    days, size = chunk.world.days, chunk.size
    joined = (days * rng.uniform(0.15, 0.75, size)).astype(int)
    first = np.where(np.isin(slots, JOINED_SLOTS), joined, 0)
    # Newcomers are there from the last days on, before any post or story of theirs.
    first = np.where(np.isin(slots, NEWCOMER_SLOTS), days - rng.integers(1, 4, size), first)
    quit_day = (days * rng.uniform(0.4, 0.85, size)).astype(int)
    last = np.where(np.isin(slots, QUIT_SLOTS), quit_day, days - 1)
    return first, np.where(np.isin(slots, NEWCOMER_SLOTS), -1, last)


def _base_names(chunk: Chunk) -> list[tuple[str, str]]:
    """First name and surname: all different, by stepping through all combinations with a fixed stride."""
    firsts, starts, ends = catalogue.FIRST_NAMES, catalogue.SURNAME_STARTS, catalogue.SURNAME_ENDS
    total = len(firsts) * len(starts) * len(ends)
    names = []
    for index in chunk.indices:
        number, again = (int(index) * 48_611 + 7_919 * chunk.world.seed) % total, int(index) // total
        first, rest = number % len(firsts), number // len(firsts)
        surname = starts[rest % len(starts)] + ends[rest // len(starts)]
        names.append((firsts[first], f"{surname} {'I' * (again + 1)}" if again else surname))
    return names


def _dressed(bases: list[tuple[str, str]], indices: np.ndarray, partners: np.ndarray) -> list[str]:
    """Names as people write them: nicknames in quotes, suffixes after a comma, emoji. Namesakes stay plain."""
    names = []
    for (first, last), index, partner in zip(bases, indices, partners, strict=True):
        style, pick = int(index) % 40, int(index) // 40
        if partner >= 0:
            names.append(f"{first} {last}")
        elif style == 7:
            names.append(f'{first} "{catalogue.NICKNAMES[pick % len(catalogue.NICKNAMES)]}" {last}')
        elif style == 13:
            names.append(f"{first} {last}, Jr.")
        elif style == 21:
            names.append(f"{first} {last} {catalogue.EMOJI[pick % len(catalogue.EMOJI)]}")
        elif style == 28:
            names.append(f"{first} '{last}' de la {last}")
        elif style == 33:
            names.append(f"{first}-{catalogue.FIRST_NAMES[pick % len(catalogue.FIRST_NAMES)]} {last}")
        else:
            names.append(f"{first} {last}")
    return names


def _handles(
    chunk: Chunk, bases: list[tuple[str, str]], slots: np.ndarray, second: np.ndarray
) -> dict[str, list[str | None]]:
    handles: dict[str, list[str | None]] = {platform: [] for platform in HANDLE_PLATFORMS}
    for place, (first, last) in enumerate(bases):
        plain_first, plain_last = ascii_name(first), ascii_name(last)
        index = int(chunk.indices[place])
        mark = "_2" if second[place] else ""
        twitter = (
            f"{plain_first}_{plain_last}{mark}",
            f"the_real_{plain_last}{index}",
            f"{plain_last}.{plain_first}{mark}",
        )[index % 3]
        handles["twitter"].append(SUPERSTAR_HANDLE if index == 0 else twitter)
        handles["instagram"].append(f"{plain_first}.{plain_last}{mark or '_'}".lower())
        handles["facebook"].append(f"{plain_first}{plain_last}Official{index}")
        page = f"{first}_{last}".replace(" ", "_") + ("_(athlete)" if second[place] else "")
        handles["wikipedia"].append(None if slots[place] in NO_PAGE_SLOTS else page)
    return handles


def ascii_name(text: str) -> str:
    """The text in plain letters, as account names have it.

    >>> ascii_name("Øystein D'Ormañ")
    'OysteinDOrman'
    """
    plain = text.translate(str.maketrans("ØøŁł", "OoLl"))
    return "".join(letter for letter in unicodedata.normalize("NFKD", plain) if letter.isascii() and letter.isalnum())


def _team(sport: int, league: int, number: int) -> str | None:
    if not SPORTS[sport].teams:
        return None
    city = catalogue.TEAM_CITIES[(number * 3 + league * 5) % len(catalogue.TEAM_CITIES)]
    return f"{city} {catalogue.TEAM_ANIMALS[(number + sport + league) % len(catalogue.TEAM_ANIMALS)]}"


def _position(sport: int, draw: float) -> str | None:
    positions = SPORTS[sport].positions
    return positions[int(draw * len(positions))] if positions else None
