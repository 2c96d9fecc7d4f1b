"""Addresses of accounts: which account one leads to, and which lead to none.

An address that names no account of the platform (a post, a search, a short link, another platform) is kept with its
host, so that it agrees with nothing but itself.
"""

import re
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

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
_FRONTS = re.compile(r"^(?:(?:www|m|mobile|web|touch|business|[a-z]{2}-[a-z]{2})\.)+")
"""Names before that of a platform which lead to the same accounts; any other, such as vm.tiktok.com, does not."""
_SHORT_HOSTS = {"t.co", "fb.me", "fb.watch", "youtu.be", "bit.ly", "goo.gl", "tinyurl.com", "ow.ly", "lnkd.in"}
"""Hosts of short links, known also where nothing follows; leo.messi, too, would be a host, but is a name."""
_WITH_A_PATH = re.compile(r"^(?:https?:)?//|^(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:/+[^/\s]|/*[?#])", re.IGNORECASE)
_BEFORE_A_NAME = {"stories", "_u", "c", "user", "channel"}
"""What stands before the account in some addresses: instagram.com/stories/name, youtube.com/channel/id."""
_NO_NAMES = {
    *("p", "reel", "reels", "tv", "explore", "i", "intent", "hashtag", "search", "home", "watch", "shorts", "share"),
    *("login", "login.php", "groups", "events", "photo", "photo.php", "story.php", "sharer", "playlist", "results"),
    *("live", "feed", "direct", "accounts", "settings", "messages", "notifications"),
}
"""First parts of addresses that lead to a post, a search or a page of the platform itself."""
_SHORT_PARTS = {"tiktok": "t", "youtube": "redirect"}
"""First parts that begin a short link on one platform, and may be a name on others."""


def is_address(text: str) -> bool:
    """Whether a text is an address rather than a name.

    >>> [is_address(text) for text in ("m.twitter.com/KingJames", "bit.ly/3xYz", "fb.me", "leo.messi", "Hardaway_Jr.")]
    [True, True, True, False, False]
    """
    if _WITH_A_PATH.match(text):
        return True
    host = _FRONTS.sub("", text.lower().rstrip("/"))
    return host in _HOSTS or host in _SHORT_HOSTS or host.endswith(".wikipedia.org")


def account_of(text: str, platform: str) -> str:
    """The account of the platform that an address leads to; the address itself, with its host, where there is none.

    >>> account_of("https://www.instagram.com/stories/KingDemo/", "instagram")
    'KingDemo'
    >>> account_of("https://vm.tiktok.com/ZM8k/", "tiktok"), account_of("https://t.co/abc", "twitter")
    ('vm.tiktok.com/ZM8k', 't.co/abc')
    """
    try:
        parts = urlsplit(text if "//" in text.split("?")[0] else f"//{text}")
    except ValueError:
        return text
    host = _FRONTS.sub("", (parts.hostname or "").lower())
    language, _, site = host.partition(".")
    if site == "m.wikipedia.org":
        host, site = f"{language}.wikipedia.org", "wikipedia.org"
    of_platform = "wikipedia" if site == "wikipedia.org" else _HOSTS.get(host)
    segments = [unquote(part) for part in parts.path.split("/") if part]
    if of_platform == "twitter" and not segments and parts.fragment.startswith("!"):
        segments = [part for part in parts.fragment.removeprefix("!").split("/") if part]
    if of_platform != platform:
        return "/".join([host, *segments])
    if platform == "wikipedia":
        titles = parse_qs(parts.query).get("title")
        title = titles[0] if titles else "/".join(segments[1:] if segments[:1] == ["wiki"] else segments)
        return title if site != "wikipedia.org" or language == "en" else f"{language}:{title}"
    return _account(parts, segments, platform) or "/".join([host, *segments]) + (f"?{parts.query}" * bool(parts.query))


def _account(parts: SplitResult, segments: list[str], platform: str) -> str | None:
    """The account on a platform other than Wikipedia; None for an address of something else."""
    first = segments[0].lower() if segments else ""
    if platform == "facebook" and first == "profile.php":
        return "id:" + "".join(parse_qs(parts.query).get("id", [""]))
    if platform == "facebook" and first in ("pages", "people", "pg"):
        return segments[-1] if first == "pg" else f"id:{segments[-1]}"
    asked_for = parse_qs(parts.query).get("screen_name")
    if asked_for:
        return asked_for[0]
    if first in _BEFORE_A_NAME and len(segments) > 1:
        return segments[1]
    if not first or first in _NO_NAMES or first == _SHORT_PARTS.get(platform):
        return None
    return segments[0]
