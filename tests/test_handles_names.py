"""Handles in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athlete_intel.handles import names


@pytest.mark.parametrize(
    ("platform", "one", "other"),
    [
        ("twitter", "KingJames", "kingjames"),
        ("twitter", "KingJames", "@KingJames"),
        ("twitter", "KingJames", "https://twitter.com/KingJames/status/12?s=20"),
        ("twitter", "KingJames", "mobile.twitter.com/#!/KingJames"),
        ("twitter", "KingJames", "https://x.com/kingjames?lang=de"),
        ("twitter", "KingJames", "KingJ\u0430mes"),  # a Cyrillic a
        ("twitter", "KingJames", "\uff2b\uff49\uff4e\uff47James"),  # full width
        ("twitter", "KingJames", "King\u200bJames"),  # a space of no width
        ("instagram", "leomessi", "instagram.com/leomessi/"),
        ("instagram", "leomessi", " https://www.instagram.com/LeoMessi/?hl=en "),
        ("facebook", "LeBron", "https://m.facebook.com/LeBron/?ref=br_rs"),
        ("facebook", "id:123", "https://www.facebook.com/profile.php?id=123&sk=about"),
        ("facebook", "id:123", "https://www.facebook.com/pages/Some-Name/123"),
        ("wikipedia", "Jusuf_Nurkić", "https://en.wikipedia.org/wiki/Jusuf_Nurki%C4%87"),
        ("wikipedia", "Jusuf_Nurkić", "Jusuf Nurkic\u0301"),  # the accent apart
        ("wikipedia", "Kyle_O'Quinn", "https://en.m.wikipedia.org/wiki/Kyle_O%27Quinn#Career"),
        ("wikipedia", "John_Wall_(basketball)", "en.wikipedia.org/w/index.php?title=John_Wall_(basketball)&oldid=1"),
    ],
)
def test_spellings_of_one_handle_have_one_key(platform: str, one: str, other: str) -> None:
    assert names.key(one, platform) == names.key(other, platform) != ""


@pytest.mark.parametrize(
    ("platform", "one", "other"),
    [
        ("wikipedia", "Jusuf_Nurkić", "Jusuf_Nurkic"),
        ("wikipedia", "John_Wall", "John_Wall_(basketball)"),
        ("wikipedia", "Dirk_Nowitzki", "https://de.wikipedia.org/wiki/Dirk_Nowitzki"),
        ("twitter", "KingJames", "https://instagram.com/KingJames"),
        ("twitter", "King_James", "KingJames"),
    ],
)
def test_different_handles_stay_apart(platform: str, one: str, other: str) -> None:
    assert names.key(one, platform) != names.key(other, platform)


@pytest.mark.parametrize("answer", [None, float("nan"), "", "  ", "none", "N/A", "-", "No account", "@"])
def test_no_account_is_an_answer_of_its_own(answer: object) -> None:
    assert names.key(answer, "twitter") == names.NO_ACCOUNT


def test_a_name_in_another_script_is_left_alone() -> None:
    assert names.cleaned("Мария_Шарапова", "wikipedia") == "Мария_Шарапова"
    assert names.key("Мария_Шарапова", "wikipedia") == "мария_шарапова"


@given(st.text(max_size=60), st.sampled_from(["twitter", "facebook", "wikipedia"]))
def test_a_key_is_stable_and_nothing_breaks_it(text: str, platform: str) -> None:
    assert names.key(names.cleaned(text, platform), platform) is not None
    once = names.key(text, platform)
    assert once == names.key(text + " ", platform)
    assert not once.startswith(" ")


def test_addresses_that_are_no_accounts_agree_with_nothing_but_themselves() -> None:
    posts = [f"https://instagram.com/p/C{number}" for number in range(9)]
    assert len({names.key(post, "instagram") for post in posts}) == 9
    ids = [f"https://twitter.com/i/user/{number}" for number in range(9)]
    assert len({names.key(address, "twitter") for address in ids}) == 9
    assert names.key("https://instagram.com/?hl=en", "instagram") != names.key("", "instagram")


def test_the_name_is_found_behind_what_stands_before_it() -> None:
    assert names.key("https://www.instagram.com/stories/KingDemo/", "instagram") == "kingdemo"
    assert names.key("https://twitter.com/intent/user?screen_name=KingDemo", "twitter") == "kingdemo"
