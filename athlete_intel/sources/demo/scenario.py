"""Scenarios: what changes in the demo world, from which day, for whom and by how much.

A change is a multiplication (or an exchange of names) applied after everything random has been drawn, so
that every row known before its day is the same as in the calm world.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from athlete_intel.errors import SettingsError, SourceError
from athlete_intel.sources.demo.catalogue import CHANNELS, MEASURES, PLATFORMS, SPORT_NAMES

SCENARIO_FOLDER = Path(__file__).resolve().parents[3] / "data" / "scenarios"

KINDS: dict[str, str] = {
    "post_counts": "likes, reposts or replies of posts published from the day on are multiplied by size",
    "followers": "followers counted from the day on are multiplied by size",
    "posting": "of the posts from the day on, the share `size` is kept",
    "wikipedia_views": "Wikipedia views from the day on are multiplied by size",
    "story_views": "page views of stories from the day on are multiplied by size, whenever the story came out",
    "influence": "influence is multiplied by size on the day, and halves its way back every half_life_days, if given",
    "relation": "expected views of stories from the day on follow influence to the power of `size`",
    "labels": "workers answer with the namesake's handle in the share `size` of votes from the day on",
    "account_swap": "posts of namesakes from the day on are delivered under the other's name, for the share `size`",
}
_SHARES = ("posting", "labels", "account_swap")
_NARROWED_BY: dict[str, tuple[str, ...]] = {
    "post_counts": ("platforms", "measures", "share_of_posts"),
    "followers": ("platforms",),
    "posting": ("platforms",),
    "story_views": ("platforms",),
    "influence": ("half_life_days",),
    "labels": ("platforms",),
    "account_swap": ("platforms",),
}
"""What narrows a kind of change, besides the day, the sports and the share of athletes that narrow all of them."""
_COMMON = ("kind", "day", "until", "size", "sports", "share_of_athletes")
_PLATFORMS_OF = {"labels": (*PLATFORMS, "wikipedia"), "story_views": CHANNELS}


@dataclass(frozen=True)
class Change:
    """One change: `kind` (see KINDS), first day, for whom and by how much.

    `day` and `until` (the last day) are dates, or day numbers: from 0 at the first day of the world, or
    below 0 counted back from its end (-1 is the last day).
    """

    kind: str
    day: int | date
    size: float
    until: int | date | None = None
    platforms: tuple[str, ...] = ()
    """Platforms that it hits, or channels of story views; empty for all."""
    sports: tuple[str, ...] = ()
    """Sports that it hits; empty for all."""
    measures: tuple[str, ...] = ()
    """Of likes, reposts and replies, those that it hits; empty for all."""
    share_of_athletes: float = 1.0
    share_of_posts: float = 1.0
    half_life_days: float | None = None

    def days(self, first_day: date, days: int) -> tuple[int, int]:
        """First day and the day after the last one, as day numbers of a world (0 = its first day)."""
        start = _day_number(self.day, first_day, days)
        end = days if self.until is None else min(days, _day_number(self.until, first_day, days) + 1)
        return max(0, start), end

    def hits(self, chosen: np.ndarray, sports: np.ndarray) -> np.ndarray:
        """Which athletes it hits; `chosen` is a fixed random number in [0, 1) for each athlete."""
        hit = chosen < self.share_of_athletes
        return hit & np.isin(sports, self.sports) if self.sports else hit


@dataclass(frozen=True)
class Scenario:
    """A named list of changes; the calm world has none."""

    name: str
    about: str
    changes: tuple[Change, ...] = ()

    def of(self, kind: str, platform: str | None = None, measure: str | None = None) -> Iterator[Change]:
        """The changes of one kind, and of one platform and measure where given."""
        for change in self.changes:
            if (
                change.kind == kind
                and (platform is None or platform in (change.platforms or (platform,)))
                and (measure is None or measure in (change.measures or (measure,)))
            ):
                yield change


CALM = Scenario("calm", "Nothing changes.")


def scenario_names() -> list[str]:
    """Names of the scenarios that come with the product."""
    return sorted(path.stem for path in SCENARIO_FOLDER.glob("*.toml"))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """The scenario of that name, or in that TOML file.

    Raises:
        SettingsError: no such scenario.
        SourceError: a file that cannot be read or says what no change understands.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = SCENARIO_FOLDER / f"{name_or_path}.toml"
        if str(name_or_path) not in scenario_names():
            raise SettingsError(
                f"There is no scenario {str(name_or_path)!r}; there are {', '.join(scenario_names())}, "
                "or give the path of a .toml file."
            )
    if not path.is_file():
        raise SettingsError(f"The scenario file {path} does not exist.")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"The scenario {path} is not valid TOML: {error}.") from error
    unknown = sorted(set(values) - {"name", "about", "changes"})
    if unknown:
        raise SourceError(f"The scenario {path} has an unknown entry {unknown[0]!r}; it has name, about and changes.")
    entries = values.get("changes", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SourceError(f"In the scenario {path}, changes must be a list of tables, each headed [[changes]].")
    changes = tuple(_change(entry, f"Change {number} of {path}") for number, entry in enumerate(entries, start=1))
    return Scenario(str(values.get("name", path.stem)), str(values.get("about", "")), changes)


def _change(entry: dict[str, Any], where: str) -> Change:
    for name in ("kind", "day", "size"):
        if name not in entry:
            raise SourceError(f"{where} has no {name}.")
    kind = entry["kind"]
    if kind not in KINDS:
        raise SourceError(f"{where} has the unknown kind {kind!r}; there are {', '.join(KINDS)}.")
    allowed = (*_COMMON, *_NARROWED_BY.get(kind, ()))
    unknown = sorted(set(entry) - set(allowed))
    if unknown:
        raise SourceError(f"{where} has an entry {unknown[0]!r}; a change of {kind} takes {', '.join(allowed)}.")
    for name in ("day", "until"):
        _check_day(entry, name, where)
    if _ends_before_it_starts(entry["day"], entry.get("until")):
        raise SourceError(f"{where} ends ({entry['until']}) before it starts ({entry['day']}).")
    _check_number(entry, "size", where, 0, 1 if kind in _SHARES else 1000)
    _check_number(entry, "share_of_athletes", where, 0, 1)
    _check_number(entry, "share_of_posts", where, 0, 1)
    _check_number(entry, "half_life_days", where, 0.1, 10_000)
    if kind == "influence" and not entry["size"] > 0:
        raise SourceError(f"{where} multiplies influence by {entry['size']}; it must be above 0.")
    values = dict(entry)
    names = {"platforms": _PLATFORMS_OF.get(kind, PLATFORMS), "sports": SPORT_NAMES, "measures": MEASURES}
    for name, known in names.items():
        if name in entry:
            values[name] = _names(entry[name], name, known, where)
    return Change(**values)


def _names(value: Any, name: str, known: tuple[str, ...], where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise SourceError(f"{where}: {name} must be a list of names.")
    for item in value:
        if item not in known:
            raise SourceError(f"{where} has an unknown name {item!r} in {name}; there are {', '.join(known)}.")
    return tuple(value)


def _check_day(entry: dict[str, Any], name: str, where: str) -> None:
    value = entry.get(name)
    # A bool is an int in Python, and a TOML time of day would pass as a date.
    if name in entry and (isinstance(value, bool) or type(value) not in (int, date)):
        raise SourceError(f"{where}: {name} must be a date or a number of days, not {value!r}.")


def _ends_before_it_starts(day: int | date, until: int | date | None) -> bool:
    """Whether that can be told without knowing the world: of two dates, or two numbers counted from the same end."""
    if isinstance(day, date) and isinstance(until, date):
        return until < day
    return isinstance(day, int) and isinstance(until, int) and (day < 0) == (until < 0) and until < day


def _check_number(entry: dict[str, Any], name: str, where: str, low: float, high: float) -> None:
    value = entry.get(name)
    good = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    if name in entry and not good:
        raise SourceError(f"{where}: {name} is {value!r}; it must be a number from {low:g} to {high:g}.")


def _day_number(day: int | date, first_day: date, days: int) -> int:
    if isinstance(day, date):
        return (day - first_day).days
    return day if day >= 0 else days + day


def as_date(change: Change, first_day: date, days: int) -> date:
    """The first day of a change as a date."""
    return first_day + timedelta(days=_day_number(change.day, first_day, days))
