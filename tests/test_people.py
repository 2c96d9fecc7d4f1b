"""The people file: what it says of each, what is refused with a sentence, and who comes in."""

from pathlib import Path

import pytest

from athlete_intel.errors import PeopleError, RefusedError, SettingsError
from athlete_intel.people import Person, admitted, read_people
from athlete_intel.settings import load_settings

FILE = """
[[people]]
email = "Ana@Example.org"
name = "Ana Lopez"
role = "athlete"
athlete_id = "athlete-00"

[[people]]
email = "mia@example.org"
name = "Mia Analyst"
role = ["analyst", "brand"]
data = ["demo", "nil"]
"""
ANA = Person("Ana@Example.org", "Ana Lopez", ("athlete",), "athlete-00")
MIA = Person("mia@example.org", "Mia Analyst", ("brand", "analyst"), None, ("demo", "nil"))


def people_file(folder: Path, text: str) -> Path:
    path = folder / "people.toml"
    path.write_text(text, encoding="utf-8")
    return path


def entry(**changes: str) -> str:
    """One entry, with values as TOML writes them; an empty one leaves the key out."""
    values = {"email": '"ana@example.org"', "name": '"Ana"', "role": '"brand"'} | changes
    return "[[people]]\n" + "\n".join(f"{key} = {value}" for key, value in values.items() if value)


def test_each_entry_is_a_person(tmp_path: Path) -> None:
    assert dict(read_people(people_file(tmp_path, FILE))) == {"ana@example.org": ANA, "mia@example.org": MIA}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "names nobody; add an entry"),
        ("people = []", "names nobody; add an entry"),
        ("[[people", "is not valid TOML"),
        ("[[persons]]", "has an unknown 'persons'; it holds [[people]] only."),
        ('people = ["ana@example.org"]', "entry 1: this is no table; write [[people]] above its lines."),
        (entry(email=""), "entry 1: email is None; it must be a text that can be read."),
        (entry(name='"\\u200b"'), "name is '\\u200b'; it must be a text that can be read."),
        (entry(email='"ana"'), "entry 1 (ana): this is no e-mail address"),
        (entry(email='"a na@example.org"'), "this is no e-mail address"),
        (entry(role=""), "(ana@example.org): the role is missing; use one or several of brand, athlete"),
        (entry(role="[]"), "the role is missing"),
        (entry(role='"analist"'), "the role 'analist' is unknown; use one or several of brand, athlete, analyst, op"),
        (entry(role='["brand", 3]'), "the role 3 is unknown"),
        (entry(role='"athlete"'), "an athlete needs an athlete_id, and nobody else may have one"),
        (entry(athlete_id='"a"'), "an athlete needs an athlete_id, and nobody else may have one"),
        (entry(role='"athlete"', athlete_id="7"), "athlete_id is 7; it must be a text"),
        (entry(brand='" "'), "brand is ' '; it must be a text that can be read."),
        (entry(brand=f'"{"A" * 101}"'), "the brand has over 100 characters; shorten it."),
        (entry(role='"analyst"', brand='"Redline"'), "a brand is of who has the role brand; give the role, or take"),
        (entry(data='"demo"'), "data is 'demo'; it must be a list of data sets"),
        (entry(data="[]"), "data names no data set; name some, or leave it out for all."),
        (entry(rule='"brand"'), "'rule' is unknown; did you mean 'role'?"),
        (entry(zzz="1"), "'zzz' is unknown; there are email, name, role, athlete_id, brand, data."),
        (entry(name=f'"{"A" * 90}"'), "name and address have over 100 characters; shorten the name."),
        (entry() + "\n" + entry(email='"ANA@example.org"'), "entry 2: ANA@example.org stands there twice"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = people_file(tmp_path, text)
    with pytest.raises(PeopleError) as told:
        read_people(path)
    assert sentence in str(told.value)
    assert str(path) in str(told.value)


@pytest.mark.parametrize("name", ["nowhere.toml", ""])
def test_a_file_that_cannot_be_read_opens_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(PeopleError, match=r"cannot be read .*; mend the setting `people` or the file"):
        read_people(tmp_path / name)


@pytest.mark.parametrize(
    ("claims", "who"),
    [
        ({"email": "ana@example.org"}, ANA),
        ({"email": "ANA@EXAMPLE.ORG", "email_verified": True}, ANA),
        ({"email": "Mia@example.org", "email_verified": "true"}, MIA),
    ],
)
def test_capitals_do_not_matter(tmp_path: Path, claims: dict[str, object], who: Person) -> None:
    assert admitted(read_people(people_file(tmp_path, FILE)), claims) == who


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({}, "tells no e-mail address"),
        ({"email": " "}, "tells no e-mail address"),
        ({"email": ["ana@example.org"]}, "tells no e-mail address"),
        ({"email": "ana@example.org", "email_verified": False}, "ana@example.org is not verified yet"),
        ({"email": "ana@example.org", "email_verified": "false"}, "not verified"),
        ({"email": "ana@example.org", "email_verified": None}, "not verified"),
        ({"email": "eve@example.org"}, "eve@example.org, which is not among the people who may use this. Ask"),
        ({"email": "ana@ex\u00e4mple.org"}, "not among the people"),
        ({"email": "m\u0131a@example.org"}, "not among the people"),
    ],
)
def test_nobody_else_comes_in(tmp_path: Path, claims: dict[str, object], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        admitted(read_people(people_file(tmp_path, FILE)), claims)


@pytest.mark.parametrize(
    ("roles", "data", "seen"),
    [
        (("brand",), (), ["demo", "nil"]),
        (("brand",), ("nil",), ["nil"]),
        (("brand",), ("gone",), []),
        (("athlete",), (), ["demo"]),
        (("athlete",), ("nil",), ["nil"]),
        (("brand", "athlete"), (), ["demo", "nil"]),
    ],
)
def test_data_sets(roles: tuple[str, ...], data: tuple[str, ...], seen: list[str]) -> None:
    assert Person("a@b.c", "A", roles, None, data).data_sets(["demo", "nil"], "demo") == seen


def test_the_setting(tmp_path: Path) -> None:
    assert load_settings(environment={}).people is None
    assert load_settings(environment={"ATHLETE_INTEL_PEOPLE": "people.toml"}).people == Path("people.toml")
    (tmp_path / "athlete-intel.toml").write_text("people = 3")
    with pytest.raises(SettingsError, match="The setting people is 3; it must be a path"):
        load_settings(tmp_path / "athlete-intel.toml", {})


BEA = Person("bea@example.org", "Bea", ("brand",), brand="Redline")
BOB = Person("bob@example.org", "Bob", ("brand",), brand="redline")
EVE = Person("eve@example.org", "Eve", ("brand",), brand="Blue")
ALONE = Person("bea@example.org", "Bea", ("brand",))


@pytest.mark.parametrize(
    ("who", "saved_by", "brand", "seen"),
    [
        (BEA, "Bea <bea@example.org>", "Redline", True),
        (BOB, "Bea <bea@example.org>", "Redline", True),
        (EVE, "Bea <bea@example.org>", "Redline", False),
        # The brand it was saved for counts, not the one that who saved it has today.
        (EVE, "Eve <eve@example.org>", "Redline", False),
        (ALONE, "Bea <bea@example.org>", "Redline", False),
        (ALONE, "Bea <Bea@Example.org>", None, True),
        (BEA, "Bea <bea@example.org>", None, True),
        (BOB, "Bea <bea@example.org>", None, False),
        # Names are free text: only the address at the end of a signature says who it was.
        (ALONE, "Bea <bea@example.org> <eve@example.org>", None, False),
        (ALONE, "bea@example.org", None, False),
        (ALONE, "Abea <abea@example.org>", None, False),
        # Nobody signed in when it was saved.
        (BEA, "Bea", None, False),
        (Person("mia@example.org", "Mia", ("analyst",)), "Bea <bea@example.org>", "Redline", True),
        (Person("olu@example.org", "Olu", ("operator",)), "Bea <bea@example.org>", None, True),
        (Person("ana@example.org", "Ana", ("athlete",), "ana"), "Ana <ana@example.org>", None, False),
    ],
)
def test_campaigns_are_seen_by_their_own_brand(who: Person, saved_by: str, brand: str | None, seen: bool) -> None:
    assert who.sees_campaign(saved_by, brand) is seen
