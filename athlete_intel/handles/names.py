"""Handles in one spelling: case, @, addresses, look-alike letters and percent signs no longer part two that are one."""

import re
import unicodedata
from urllib.parse import unquote

from athlete_intel.handles import addresses
from athlete_intel.handles.look_alikes import folded
from athlete_intel.texts import plain

NO_ACCOUNT = ""
"""The key of the answer that there is no account."""
PLATFORMS = addresses.PLATFORMS
"""Platforms whose addresses are understood."""

_PLAIN_LETTERS = {"twitter", "instagram", "facebook", "tiktok"}
"""Platforms whose handles hold no accents, so that one in an answer is a slip or a look-alike."""
_NOTHING = {"none", "n/a", "na", "n.a", "null", "nil", "no account", "no handle", "not found", "none found", "unknown"}
_AROUND = " \"'`,;:!?()[]{}<>\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u00ab\u00bb\u2026"
"""What people put around a name; no handle begins or ends with it."""
_AROUND_A_TITLE = ' "`,;:[]{}<>\u00b4\u201c\u201d\u201e\u00ab\u00bb'
"""Titles of articles may end with a bracket, an apostrophe or a full stop: John_Wall_(basketball), Hardaway_Jr."""
_APOSTROPHES = "'\u2018\u2019"
_LABEL = re.compile(r"^(?:my |the |his |her |their )?([a-z]+)(?: (?:handle|account|page|name))?\s*:\s*(?=[^/\s])", re.I)
_LABELS = {"twitter": "twitter", "x": "twitter", "instagram": "instagram", "insta": "instagram", "ig": "instagram"}
_LABELS |= {"facebook": "facebook", "fb": "facebook", "tiktok": "tiktok", "youtube": "youtube", "yt": "youtube"}
_LABELS |= {"wikipedia": "wikipedia", "wiki": "wikipedia"}
_OWN_LABELS = {"handle", "account", "user", "username", "page", "article"}
_ROUNDS = 10
"""An address in an address, or a percent sign that was itself escaped, takes another round; nobody needs more."""


def cleaned(answer: object, platform: str) -> str:
    """The account name in an answer as people write it, or '' where it says that there is none.

    What is cleaned stays as it is when it is cleaned again.

    >>> cleaned(" https://m.facebook.com/KingJames/?ref=br_rs ", "facebook")
    'KingJames'
    >>> cleaned("https://en.wikipedia.org/wiki/Dennis_Schr%C3%B6der#Career", "wikipedia")
    'Dennis_Schröder'
    >>> cleaned("@John Wall", "wikipedia"), cleaned("None", "twitter"), cleaned("Twitter: (@@KingJames),", "twitter")
    ('John_Wall', '', 'KingJames')
    """
    text = plain(answer) if isinstance(answer, str) else ""
    for _ in range(_ROUNDS):
        before, text = text, _cleaned_once(text, platform)
        if text == before:
            break
    return text


def key(answer: object, platform: str) -> str:
    """What two spellings of one handle share. Accents stay: on Wikipedia they part one article from another.

    Look-alike letters are taken for the Latin ones they imitate where the text is otherwise Latin.

    >>> key("@KingJames", "twitter") == key("https://twitter.com/kingjames/status/1", "twitter")
    True
    >>> key("KingJ\\u0430mes", "twitter")  # with a Cyrillic a
    'kingjames'
    >>> key("Jusuf_Nurkić", "wikipedia") == key("Jusuf_Nurkic", "wikipedia")
    False
    """
    text = folded(cleaned(answer, platform))
    if platform in _PLAIN_LETTERS:
        marks_apart = unicodedata.normalize("NFKD", text)
        bare = "".join(letter for letter in marks_apart if not unicodedata.combining(letter))
        text = bare if bare.isascii() else text
    return unicodedata.normalize("NFC", text.casefold())


def leads_elsewhere(answer: str) -> bool:
    """Whether a cleaned answer or its key is an address, which names no account.

    >>> [leads_elsewhere(key(each, "tiktok")) for each in ("vm.tiktok.com/ZM1", "t.co/x", "@zoe", "")]
    [True, True, False, False]
    """
    return addresses.is_address(answer)


def _cleaned_once(text: str, platform: str) -> str:
    text = _unwrapped(text, platform)
    if text.casefold() in _NOTHING:
        return NO_ACCOUNT
    label = _LABEL.match(text)
    named = label[1].casefold() if label else ""
    if label and (named in _OWN_LABELS or _LABELS.get(named) == platform):
        text = _unwrapped(text[label.end() :], platform)
    elif label and named in _LABELS and platform != "wikipedia":
        # The account on another platform: written as its address, so that it agrees with none of this one.
        return f"{_LABELS[named]}.com/{_unwrapped(text[label.end() :], platform)}"
    if addresses.is_address(text):
        text = addresses.account_of(text, platform)
    elif "%" in text:
        text = unquote(text)
    text = _unwrapped(plain(text), platform).rstrip("/")
    if not any(letter.isalnum() or letter == "_" for letter in text):
        return NO_ACCOUNT
    if platform == "wikipedia":
        text = re.sub(r"[\s_]+", "_", text).strip("_")
        return text[:1].upper() + text[1:]
    return re.sub(r"\s+", "", text)


def _unwrapped(text: str, platform: str) -> str:
    """The text without what people put around a name: quotes, brackets, commas, @."""
    if platform != "wikipedia":
        bare = text.strip(_AROUND).lstrip("@" + _AROUND).rstrip(_AROUND + ".")
        # The end of an address is not the end of a name.
        return bare if not addresses.is_address(bare) else text.strip(" \"'`,;()[]{}<>").lstrip("@")
    bare = text.strip(_AROUND_A_TITLE).lstrip("@" + _AROUND_A_TITLE)
    if len(bare) > 1 and bare[0] in _APOSTROPHES and bare[-1] in _APOSTROPHES:
        bare = bare[1:-1].strip()
    inner = bare[1:-1]
    whole = bare.startswith("(") and bare.endswith(")") and "(" not in inner and ")" not in inner
    return inner.strip() if whole else bare
