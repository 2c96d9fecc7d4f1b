"""Who may use the app, and as what: a TOML file of people. It is read by the app, never written.

[[people]]
email = "ana@example.org"      # as the sign-in tells it; capitals do not matter
name = "Ana Lopez"             # signs what she decides
role = "athlete"               # or several: role = ["brand", "analyst"]
athlete_id = "ana-lopez"       # of athletes, and only of them
data = ["demo"]                # data sets that she may see

[[people]]
email = "bea@example.org"
name = "Bea Brand"
role = "brand"
brand = "Redline"              # of brands, and only of them: who has the same sees the same campaigns
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from athlete_intel.errors import PeopleError, RefusedError
from athlete_intel.texts import visible

BRAND, ATHLETE, ANALYST, OPERATOR = "brand", "athlete", "analyst", "operator"
ROLES = (BRAND, ATHLETE, ANALYST, OPERATOR)
LONGEST_SIGNATURE = 100
"""Characters of name and e-mail together; what the journal keeps of who signs."""
LONGEST_BRAND = 100
_KEYS = ("email", "name", "role", "athlete_id", "brand", "data")


@dataclass(frozen=True)
class Person:
    """Somebody who may use the app."""

    email: str
    name: str
    roles: tuple[str, ...]
    athlete_id: str | None = None
    data: tuple[str, ...] = ()
    brand: str | None = None

    @property
    def signature(self) -> str:
        """What stands under a decision: two people may share a name, but not an e-mail address.

        >>> Person("ana@example.org", "Ana Lopez", (ATHLETE,), "ana").signature
        'Ana Lopez <ana@example.org>'
        """
        return f"{self.name} <{self.email}>"

    @property
    def sees_every_athlete(self) -> bool:
        """Whether the earnings of all athletes are theirs to see."""
        return ANALYST in self.roles

    @property
    def sees_every_campaign(self) -> bool:
        """Whether the campaigns of all brands are theirs to see."""
        return ANALYST in self.roles or OPERATOR in self.roles

    def sees_campaign(self, saved_by: str, brand: str | None) -> bool:
        """Whether a campaign is theirs to see: one of their brand, or one that they saved for no brand.

        Args:
            saved_by: the signature under it.
            brand: the brand of who saved it, as it was then.

        >>> bea = Person("bea@example.org", "Bea", (BRAND,), brand="Redline")
        >>> bea.sees_campaign("Bob <bob@example.org>", "Redline"), bea.sees_campaign("Bob <bob@example.org>", "Blue")
        (True, False)
        >>> bea.sees_campaign("Bea <BEA@example.org>", None), bea.sees_campaign("Bea <bea@example.org>", "Blue")
        (True, False)
        """
        if self.sees_every_campaign:
            return True
        if BRAND not in self.roles:
            return False
        if brand:
            return self.brand is not None and folded(self.brand) == folded(brand)
        return folded(saved_by).endswith(f"<{folded(self.email)}>")

    def signs_as(self, usual: str) -> str:
        """The role in which a decision is signed: the usual one of a form if they have it, else their first.

        >>> Person("a@b.c", "A", (OPERATOR, BRAND)).signs_as(BRAND), Person("a@b.c", "A", (OPERATOR,)).signs_as(ANALYST)
        ('brand', 'operator')
        """
        return usual if usual in self.roles else self.roles[0]

    def data_sets(self, published: Iterable[str], usual: str) -> list[str]:
        """The published data sets that they may see: those of `data`, or all where it names none.

        An athlete's id means somebody in one data set and may mean somebody else in the next. Who is an athlete and
        nothing else therefore sees the usual data set only, unless `data` names others.

        >>> Person("a@b.c", "A", (BRAND,), data=("x", "gone")).data_sets(["demo", "x"], "demo")
        ['x']
        >>> Person("a@b.c", "A", (ATHLETE,), "a").data_sets(["demo", "x"], "demo")
        ['demo']
        """
        own = self.data or ((usual,) if self.roles == (ATHLETE,) else None)
        return [name for name in published if own is None or name in own]


People = Mapping[str, Person]
"""People by their e-mail addresses in small letters."""


def read_people(path: Path) -> People:
    """The people of a file.

    Raises:
        PeopleError: the file cannot be read, or an entry is wrong; the sentence says which and what to do.
    """
    entries = _entries(path)
    people: dict[str, Person] = {}
    for number, entry in enumerate(entries, 1):
        person = _person(entry, f"{path}, entry {number}")
        if folded(person.email) in people:
            raise PeopleError(f"{path}, entry {number}: {person.email} stands there twice; keep one entry.")
        people[folded(person.email)] = person
    return people


def admitted(people: People, claims: Mapping[str, Any]) -> Person:
    """The person that somebody who signed in is.

    Args:
        people: everybody who may come in.
        claims: what the provider says of who signed in: `email`, and `email_verified` where it checks addresses.

    Raises:
        RefusedError: the address is missing, not verified, or nobody's in the file.
    """
    email = claims.get("email")
    if not isinstance(email, str) or not email.strip():
        raise RefusedError("Your sign-in tells no e-mail address. Allow it to be told, or use another account.")
    if claims.get("email_verified", True) not in (True, "true"):
        raise RefusedError(f"The address {email} is not verified yet. Verify it where you signed in, then come back.")
    person = people.get(folded(email))
    if person is None:
        raise RefusedError(
            f"You signed in as {email}, which is not among the people who may use this. Ask whoever runs it to add "
            "this address, or use another account."
        )
    return person


def folded(email: str) -> str:
    r"""An address in small letters. Only plain letters are changed: some others look or fold like one and are not it.

    >>> folded(" Ana@Example.ORG"), folded("\u212aim@example.org") == folded("kim@example.org")
    ('ana@example.org', False)
    """
    return "".join(letter.lower() if letter.isascii() else letter for letter in email.strip())


def _entries(path: Path) -> list[Any]:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise PeopleError(f"The people file {path} is not valid TOML: {error}.") from error
    except OSError as error:
        raise PeopleError(
            f"The people file {path} cannot be read ({error.strerror}); mend the setting `people` or the file."
        ) from error
    entries = told.pop("people", None)
    if told:
        raise PeopleError(f"The people file {path} has an unknown {next(iter(told))!r}; it holds [[people]] only.")
    if not isinstance(entries, list) or not entries:
        raise PeopleError(f"The people file {path} names nobody; add an entry [[people]] with email, name and role.")
    return entries


def _person(entry: Any, where: str) -> Person:
    if not isinstance(entry, dict):
        raise PeopleError(f"{where}: this is no table; write [[people]] above its lines.")
    for key in entry:
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(_KEYS)}."
            raise PeopleError(f"{where}: {key!r} is unknown; {hint}")
    email = _text(entry, "email", where).strip()
    where = f"{where} ({email})"
    name, sides = _text(entry, "name", where), email.split("@")
    if len(sides) != 2 or not all(sides) or any(letter.isspace() for letter in email):
        raise PeopleError(f"{where}: this is no e-mail address; write one such as ana@example.org.")
    person = Person(
        email,
        name,
        _roles(entry, where),
        _text(entry, "athlete_id", where) if "athlete_id" in entry else None,
        _data(entry, where),
        _text(entry, "brand", where) if "brand" in entry else None,
    )
    if (ATHLETE in person.roles) != (person.athlete_id is not None):
        raise PeopleError(f"{where}: an athlete needs an athlete_id, and nobody else may have one; mend either.")
    if person.brand is not None and BRAND not in person.roles:
        raise PeopleError(f"{where}: a brand is of who has the role brand; give the role, or take the brand away.")
    if len(person.brand or "") > LONGEST_BRAND:
        raise PeopleError(f"{where}: the brand has over {LONGEST_BRAND} characters; shorten it.")
    if len(person.signature) > LONGEST_SIGNATURE:
        raise PeopleError(f"{where}: name and address have over {LONGEST_SIGNATURE} characters; shorten the name.")
    return person


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not visible(value).strip() or visible(value) != value:
        raise PeopleError(f"{where}: {key} is {value!r}; it must be a text that can be read.")
    return value.strip()


def _roles(entry: Mapping[str, Any], where: str) -> tuple[str, ...]:
    value = entry.get("role")
    roles = [value] if isinstance(value, str) else value
    if not isinstance(roles, list) or not roles:
        raise PeopleError(f"{where}: the role is missing; use one or several of {', '.join(ROLES)}.")
    for role in roles:
        if role not in ROLES:
            raise PeopleError(f"{where}: the role {role!r} is unknown; use one or several of {', '.join(ROLES)}.")
    return tuple(role for role in ROLES if role in roles)


def _data(entry: Mapping[str, Any], where: str) -> tuple[str, ...]:
    names = entry.get("data", [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise PeopleError(f'{where}: data is {names!r}; it must be a list of data sets such as ["demo"].')
    if "data" in entry and not names:
        raise PeopleError(f"{where}: data names no data set; name some, or leave it out for all.")
    return tuple(names)
