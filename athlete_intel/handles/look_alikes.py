"""Letters that look like Latin ones, taken for the letters that they imitate.

Three steps, from the general to the particular: compatible forms (full-width, mathematical, circled) are folded by
Unicode itself before; Latin letters in another dress (small capitals, dotless, script, in a black box) are known by
their Unicode names; letters of other scripts stand in look_alikes.tsv, by sight.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_suffix(".tsv")
_DRESSED = re.compile(
    r"(?:LATIN (?:CAPITAL |SMALL )?LETTER (?:SMALL CAPITAL |DOTLESS |SCRIPT )"
    r"|NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER )([A-Z])"
)


def folded(text: str) -> str:
    r"""The text with look-alikes as Latin letters, where the text is otherwise Latin; else the text as it is.

    A word in another script is left alone, unless every letter of it imitates a Latin one.

    >>> folded("KingJ\u0430mes"), folded("K\u026angJames"), folded("\u2c94ing\uabaa"), folded("\u041a\u043e\u0442")
    ('KingJames', 'KingJames', 'Kings', 'Кот')
    """
    if text.isascii():
        return text
    alike, near = look_alikes()
    strict = "".join(_letter(each, alike) for each in text)
    if not re.search("[A-Za-z]", text):
        return strict if strict.isascii() else text
    return "".join(_letter(each, near) for each in strict)


@cache
def look_alikes() -> tuple[dict[str, str], dict[str, str]]:
    """Letters that are alike, and letters that are near enough beside Latin ones, each with the one they imitate."""
    alike: dict[str, str] = {}
    near: dict[str, str] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            latin, *columns = line.split("\t")
            for table, points in zip((alike, near), columns, strict=True):
                table |= {chr(int(point, 16)): latin for point in points.split()}
    return alike, near


def _letter(letter: str, table: dict[str, str]) -> str:
    if letter.isascii():
        return letter
    # Small Cherokee letters look like their capitals; they are the only small ones that fold to capitals.
    found = table.get(letter) or (table.get(letter.casefold(), "").lower() if letter.islower() else "")
    dressed = None if found else _DRESSED.fullmatch(unicodedata.name(letter, ""))
    return dressed[1].lower() if dressed else found or letter
