"""Where people wanted to go before they signed in: the provider sends everybody back to the first page.

What a browser asked for is kept for a few minutes in the memory of the server, by the token that Streamlit gives each
browser against forged requests. Without that token, or after a restart, signing in ends on the first page.
"""

import time
from typing import NamedTuple

import streamlit as st

_COOKIE = "_streamlit_xsrf"
_SECONDS = 15 * 60
_MOST = 1_000


class Wish(NamedTuple):
    """A page by its path in the address, and what stood behind it."""

    path: str
    query: dict[str, str]


def remember(wish: Wish, now: float | None = None) -> None:
    """Keep what this browser asks for; a later wish takes the place of an earlier one."""
    browser, kept = _browser(st.context.cookies.get(_COOKIE, "")), _kept()
    if browser:
        kept.pop(browser, None)
        kept[browser] = (wish, time.time() if now is None else now)
        while len(kept) > _MOST:
            kept.pop(next(iter(kept)), None)


def recall(now: float | None = None) -> Wish | None:
    """What this browser asked for a short time ago, once."""
    wish, asked = _kept().pop(_browser(st.context.cookies.get(_COOKIE, "")), (None, 0.0))
    return wish if (time.time() if now is None else now) - asked <= _SECONDS else None


def _browser(cookie: str) -> str:
    """The token in the cookie, which looks different each time it is written: "2|mask|masked token|time".

    >>> _browser("2|0f0f|f0ff|1790000000"), _browser("2|ffff|000f|1790000001"), _browser("?"), _browser("")
    ('fff0', 'fff0', '', '')
    """
    try:
        _, mask, masked, _ = cookie.split("|")
        key, token = bytes.fromhex(mask), bytes.fromhex(masked)
    except ValueError:
        return ""
    return bytes(byte ^ key[place % len(key)] for place, byte in enumerate(token)).hex() if key else ""


@st.cache_resource(show_spinner=False)
def _kept() -> dict[str, tuple[Wish, float]]:
    return {}
