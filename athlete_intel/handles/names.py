"""Handles in one spelling: case, @, addresses, look-alike letters and percent signs no longer part two that are one."""

import re
import unicodedata
from urllib.parse import parse_qs, unquote, urlsplit

NO_ACCOUNT = ""
"""The key of the answer that there is no account."""

_HOSTS = {
    "twitter.com": "twitter",
    "x.com": "twitter",
    "instagram.com": "instagram",
    "instagr.am": "instagram",
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "tiktok.com": "tiktok",
    "youtube.com": "youtube",
    "wikipedia.org": "wikipedia",
}
PLATFORMS = tuple(sorted(set(_HOSTS.values())))
"""Platforms whose addresses are understood."""
_MOBILE = re.compile(r"^(?:www|m|mobile|web|en-gb)\.")
_ADDRESS = re.compile(r"^(?:https?:)?//|^(?:[a-z0-9-]+\.)+(?:com|org|am)(?:/|$)", re.IGNORECASE)
_NOTHING = {"", "-", "none", "n/a", "na", "null", "no account", "not found", "unknown", "?"}
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
# Letters that look like Latin ones, as numbers, because here they must not be mistaken: Cyrillic, then Greek.
_CYRILLIC = (
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u04cf\u051b\u051d\u0410"
    "\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405\u051a\u051c"
)
_GREEK = (
    "\u03b1\u03bf\u03bd\u03c1\u03b9\u03ba\u03c5\u03c7\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c"
    "\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
)
_LOOK_ALIKES = str.maketrans(
    _CYRILLIC + _GREEK,
    "aeopcyxijsdhlqwABEKMHOPCTYXIJSQW" + "aovpikuxABEZHIKMNOPTYX",
)


def cleaned(answer: object, platform: str) -> str:
    """The account name in an answer as people write it, or '' where it says that there is none.

    >>> cleaned(" https://m.facebook.com/KingJames/?ref=br_rs ", "facebook")
    'KingJames'
    >>> cleaned("https://en.wikipedia.org/wiki/Dennis_Schr%C3%B6der#Career", "wikipedia")
    'Dennis_Schröder'
    >>> cleaned("@John Wall", "wikipedia"), cleaned("None", "twitter")
    ('John_Wall', '')
    """
    text = (
        _INVISIBLE.sub("", unicodedata.normalize("NFKC", answer if isinstance(answer, str) else ""))
        .strip()
        .strip("\"'")
        .strip()
    )
    if text.casefold() in _NOTHING:
        return NO_ACCOUNT
    if _ADDRESS.match(text):
        text = _of_address(text, platform)
    elif "%" in text:
        text = unquote(text)
    text = unicodedata.normalize("NFKC", text).strip().removeprefix("@").strip().rstrip("/")
    if platform == "wikipedia":
        text = re.sub(r"[\s_]+", "_", text).strip("_")
        return text[:1].upper() + text[1:]
    return re.sub(r"\s+", "", text)


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
    text = cleaned(answer, platform)
    folded = text.translate(_LOOK_ALIKES)
    if any("a" <= letter <= "z" for letter in text.casefold()) or folded.isascii():
        text = folded
    return unicodedata.normalize("NFC", text.casefold())


_BEFORE_A_NAME = {"stories", "_u", "c", "user", "channel"}
"""What stands before the account in some addresses: instagram.com/stories/name, youtube.com/channel/id."""
_NO_NAMES = {"p", "reel", "reels", "tv", "explore", "i", "intent", "hashtag", "search", "home", "watch", "shorts"}
"""First parts of addresses that lead to a post, a search or a page of the platform itself."""


def _of_address(text: str, platform: str) -> str:
    """The account that an address leads to; that of another platform keeps its host, so that it agrees with none."""
    try:
        parts = urlsplit(text if "//" in text.split("?")[0] else f"//{text}")
    except ValueError:
        return text
    host = _MOBILE.sub("", (parts.hostname or "").lower())
    language, _, site = host.partition(".")
    if site == "m.wikipedia.org":
        host, site = f"{language}.wikipedia.org", "wikipedia.org"
    of_platform = _HOSTS.get(host) or _HOSTS.get(site)
    segments = [unquote(part) for part in parts.path.split("/") if part]
    if of_platform == "twitter" and not segments and parts.fragment.startswith("!"):
        segments = [part for part in parts.fragment.removeprefix("!").split("/") if part]
    if of_platform != platform:
        return "/".join([host, *segments])
    if platform == "wikipedia":
        titles = parse_qs(parts.query).get("title")
        title = titles[0] if titles else "/".join(segments[1:] if segments[:1] == ["wiki"] else segments)
        return title if site != "wikipedia.org" or language == "en" else f"{language}:{title}"
    if platform == "facebook" and segments[:1] == ["profile.php"]:
        return "id:" + "".join(parse_qs(parts.query).get("id", [""]))
    if platform == "facebook" and segments[:1] in (["pages"], ["people"], ["pg"]):
        return segments[-1] if segments[0] == "pg" else f"id:{segments[-1]}"
    asked_for = parse_qs(parts.query).get("screen_name")
    if asked_for:
        return asked_for[0]
    if segments[:1] and segments[0].lower() in _BEFORE_A_NAME and len(segments) > 1:
        return segments[1]
    if not segments or segments[0].lower() in _NO_NAMES:
        # An address of something else than an account: kept whole, so that it agrees with nothing but itself.
        return "/".join([host, *segments]) + (f"?{parts.query}" if parts.query else "")
    return segments[0]
