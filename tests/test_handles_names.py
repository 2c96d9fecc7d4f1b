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
        ("twitter", "KingJames", "\u2c94ingJ\u2c81mes"),  # Coptic
        ("twitter", "KingJames", "\u13e6ingJame\uabaa"),  # Cherokee, large and small
        ("twitter", "KingJames", "\ua4d7ingJ\u0251mes"),  # Lisu, a script a
        ("twitter", "KingJames", "K\u026a\u0274gJames"),  # small capitals
        ("twitter", "KingJames", "K\u0131ngJames"),  # an i without its dot
        ("twitter", "KingJames", "KingJam\u00e9\u0323s"),  # marks that no handle there has
        ("twitter", "KingJames", "\u043aingJames"),  # a small Cyrillic ka, near enough beside Latin letters
        ("twitter", "KingJames", "\U0001d4da\U0001d4f2ngJames"),  # mathematical letters
        ("twitter", "KingJames", "King\u3164James\u2800"),  # letters that are drawn as nothing
        ("twitter", "KingJames", "@@KingJames"),
        ("twitter", "KingJames", "KingJames,"),
        ("twitter", "KingJames", "(@KingJames)."),
        ("twitter", "KingJames", "\u201cKingJames\u201d"),
        ("twitter", "KingJames", "Twitter: @KingJames"),
        ("twitter", "KingJames", "his handle: @KingJames"),
        ("twitter", "KingJames", "x.com/%254BingJames"),  # escaped twice
        ("instagram", "https://twitter.com/KingJames", "twitter: @KingJames"),
        ("wikipedia", "John_Wall_(basketball)", "[[John Wall (basketball)]]"),
        ("wikipedia", "John_Wall", "(John Wall),"),
        ("wikipedia", "Tim_Hardaway_Jr.", "wiki: Tim Hardaway Jr."),
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
        ("wikipedia", "Tim_Hardaway_Jr.", "Tim_Hardaway_Jr"),
        ("wikipedia", "K\u0131l\u0131\u00e7", "Kilic"),
        ("twitter", "l0l", "lol"),
    ],
)
def test_different_handles_stay_apart(platform: str, one: str, other: str) -> None:
    assert names.key(one, platform) != names.key(other, platform)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        float("nan"),
        "",
        "  ",
        "none",
        "N/A",
        "-",
        "No account",
        "@",
        "N/A.",
        "(none)",
        "--",
        "?!",
        "\u3164",
        "Twitter: none",
        "%2D",
    ],
)
def test_no_account_is_an_answer_of_its_own(answer: object) -> None:
    assert names.key(answer, "twitter") == names.NO_ACCOUNT


def test_a_name_in_another_script_is_left_alone() -> None:
    assert names.cleaned("Мария_Шарапова", "wikipedia") == "Мария_Шарапова"
    assert names.key("Мария_Шарапова", "wikipedia") == "мария_шарапова"


PIECES = ["@", "%25", "%3D", "=", "(", ")", ".", ",", ":", "/", "https://", "twitter.com", "t.co/", "none", "King", "_"]


@given(
    st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.sampled_from(["twitter", "facebook", "wikipedia"]),
)
def test_a_key_is_stable_and_nothing_breaks_it(text: str, platform: str) -> None:
    written = names.cleaned(text, platform)
    assert names.cleaned(written, platform) == written
    # What a person accepts out of the answers is the same handle as what the workers gave.
    assert names.key(written, platform) == names.key(text, platform) == names.key(f" {text} ", platform)


@pytest.mark.parametrize(
    ("platform", "address"),
    [
        ("tiktok", "https://vm.tiktok.com/ZM8kQ/"),
        ("tiktok", "https://www.tiktok.com/t/ZT8kQ"),
        ("facebook", "fb.me/kingjames"),
        ("twitter", "https://t.co/AbC"),
        ("instagram", "bit.ly/3xYz"),
        ("youtube", "youtu.be/dQw4"),
        ("twitter", "https://instagram.com/KingJames"),
        ("instagram", "https://instagram.com/p/Cxyz"),
        ("facebook", "https://www.facebook.com/groups/kings"),
    ],
)
def test_an_address_that_names_no_account_is_no_handle(platform: str, address: str) -> None:
    written = names.cleaned(address, platform)
    assert names.leads_elsewhere(written)
    assert names.leads_elsewhere(names.key(address, platform))
    assert names.key(address, platform) != names.key(address.rstrip("/").rsplit("/", 1)[1], platform)


@pytest.mark.parametrize("handle", ["leo.messi", "king.me", "_", "Tim_Hardaway_Jr.", "AC/DC", ""])
def test_a_name_is_no_address(handle: str) -> None:
    assert not names.leads_elsewhere(handle)


def test_addresses_that_are_no_accounts_agree_with_nothing_but_themselves() -> None:
    posts = [f"https://instagram.com/p/C{number}" for number in range(9)]
    assert len({names.key(post, "instagram") for post in posts}) == 9
    ids = [f"https://twitter.com/i/user/{number}" for number in range(9)]
    assert len({names.key(address, "twitter") for address in ids}) == 9
    assert names.key("https://instagram.com/?hl=en", "instagram") != names.key("", "instagram")


def test_the_name_is_found_behind_what_stands_before_it() -> None:
    assert names.key("https://www.instagram.com/stories/KingDemo/", "instagram") == "kingdemo"
    assert names.key("https://twitter.com/intent/user?screen_name=KingDemo", "twitter") == "kingdemo"
