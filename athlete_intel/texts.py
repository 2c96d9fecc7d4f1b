"""Texts that people typed: what of them can be seen, and what a spreadsheet would run as a formula."""

import re
import unicodedata
from typing import Any

_HIDDEN_KINDS = {"Cc", "Cf", "Cs"}
"""Kinds of characters that nobody sees: controls, formats such as a space of no width, halves of a pair."""
_BLANKS = frozenset(
    map(chr, [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0])
)
"""Letters and marks by their kind that are drawn as nothing, such as the Hangul filler."""
_VARIATIONS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_STARTS_A_FORMULA = ("=", "+", "-", "@")


def visible(text: str) -> str:
    r"""The text without characters that show nothing; every kind of space is a plain one.

    >>> visible("King\u200bJames\u3164"), visible("a\tb"), visible("\u2800\u200b")
    ('KingJames', 'a b', '')
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if letter.isspace() else letter for letter in text if letter.isspace() or not _hidden(letter))


def plain(text: str) -> str:
    r"""The visible text in the plainest form of each letter (NFKC): full-width and mathematical letters are usual ones.

    >>> plain("\uff1d\uff28\uff29"), plain("\U0001d40a\U0001d422ng")
    ('=HI', 'King')
    """
    # Composing may bring a blank to light (U+FFA0 becomes U+1160), so look twice.
    return visible(unicodedata.normalize("NFKC", visible(text)))


def harmless(value: Any) -> Any:
    r"""A cell of a spreadsheet with an apostrophe before it if it would be run as a formula; all else as it is.

    Spreadsheets of some countries take full-width signs for plain ones, and some skip what cannot be seen. A plain
    number stays one.

    >>> harmless("=1+1"), ascii(harmless("\uff1d1+1")), harmless(" \u200b@A1"), harmless("Ana"), harmless("-1.5")
    ("'=1+1", '"\'\\uff1d1+1"', "' \u200b@A1", 'Ana', '-1.5')
    """
    if not isinstance(value, str) or not value or _PLAIN_NUMBER.fullmatch(value):
        return value
    runs = value[0] in "\t\r\n" or plain(value[:_LOOKED_AT]).lstrip().startswith(_STARTS_A_FORMULA)
    return f"'{value}" if runs else value


_LOOKED_AT = 1_000
"""Characters of a cell in which its first visible one is sought."""


def _hidden(letter: str) -> bool:
    if unicodedata.category(letter) in _HIDDEN_KINDS or letter in _BLANKS:
        return True
    return any(ord(letter) in place for place in _VARIATIONS)
