"""Numbers, ranges and days as people read them. Pure functions; nothing here needs streamlit."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from athlete_intel.texts import harmless

NOTHING = "-"
_STEPS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#$~|])")
_LINK = re.compile(r"(https?:|ftp:|\bwww)(//|\.)", re.IGNORECASE)
_LIST_START = re.compile(r"^(\s*\d*)([-+.)])(?=\s|$)")
_PART = re.compile(r"(?:repeat (?P<round>\d+), )?fold (?P<part>\d+)")
_TIMES = re.compile(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)")
_PLATFORMS = {"youtube": "YouTube", "tiktok": "TikTok", "linkedin": "LinkedIn"}
"""Platforms whose names have a capital letter inside."""
_SHARES = {
    0.5: "one time in two",
    0.6: "three times in five",
    0.75: "three times in four",
    0.8: "four times in five",
    0.9: "nine times in ten",
    0.95: "19 times in 20",
    0.99: "99 times in 100",
}


def missing(value: Any) -> bool:
    """Whether there is no number or text: None, NaN, NaT or NA.

    >>> missing(float("nan")), missing(None), missing(0)
    (True, True, False)
    """
    return value is None or bool(pd.isna(value))


def count(value: Any) -> str:
    """A count in at most four digits or so.

    >>> [count(number) for number in (0, 7.46, 840, 1240, 18_412, 999_960, 2_350_000, -3100)]
    ['0', '7.5', '840', '1,240', '18.4k', '1M', '2.35M', '-3,100']
    >>> count(None)
    '-'
    """
    if missing(value):
        return NOTHING
    number = float(value)
    sign, size = ("-" if number < 0 else ""), abs(number)
    if size < 10:
        return sign + _trimmed(f"{size:.2g}" if size < 1 else f"{size:.1f}")
    if size < 9_999.5:
        return f"{sign}{size:,.0f}"
    return sign + _short(size)


def money(cents: Any) -> str:
    """An amount of integer cents: exact to the cent below $100, to the dollar below $10,000, then short.

    >>> [money(cents) for cents in (0, 1240, 500, 124_000, 1_840_000, 99_999_999, -124_000)]
    ['$0', '$12.40', '$5', '$1,240', '$18.4k', '$1M', '-$1,240']
    """
    if missing(cents):
        return NOTHING
    sign, size = ("-" if cents < 0 else ""), abs(float(cents)) / 100
    if size < 100:
        return f"{sign}${size:.2f}".removesuffix(".00")
    if size < 9_999.5:
        return f"{sign}${size:,.0f}"
    return f"{sign}${_short(size)}"


def outcome(value: Any, unit: str = "") -> str:
    """One outcome with its unit: '$' stands in front, a word stands behind.

    >>> outcome(18_412), outcome(18_412, "$"), outcome(950, "views")
    ('18.4k', '$18.4k', '950 views')
    """
    if missing(value):
        return NOTHING
    if unit == "$":
        return money(round(float(value) * 100)) if abs(value) < 100 else money(round(float(value)) * 100)
    return f"{count(value)} {unit}".rstrip()


def span(low: str, high: str) -> str:
    """A range out of two formatted ends; of two that read alike, as where pay has a floor, one is enough.

    >>> span(money(90_000), money(160_000)), span(money(1_000), money(1_000))
    ('$900 to $1,600', '$10')
    >>> span(count(None), count(None))
    'no range'
    """
    if NOTHING in (low, high):
        return "no range"
    return low if low == high else f"{low} to {high}"


def money_range(low_cents: Any, high_cents: Any) -> str:
    """A range of money.

    >>> money_range(90_000, 160_000)
    '$900 to $1,600'
    """
    return span(money(low_cents), money(high_cents))


def outcome_range(low: Any, high: Any, unit: str = "") -> str:
    """A range of outcomes.

    >>> outcome_range(900, 18_412)
    '900 to 18.4k'
    """
    return span(outcome(low, unit), outcome(high, unit))


def percent(share: Any) -> str:
    """A share between 0 and 1; never rounded to a certainty that is not there.

    >>> [percent(share) for share in (0, 0.004, 0.126, 0.79, 0.9996, 1)]
    ['0%', '0.4%', '13%', '79%', '>99%', '100%']
    """
    if missing(share):
        return NOTHING
    value = 100 * float(share)
    if 0 < abs(value) < 1:
        return f"{value:.1f}%" if abs(value) >= 0.05 else "<0.1%"
    if 99.5 <= value < 100:
        return ">99%"
    return f"{value:.0f}%"


def change(share: Any) -> str:
    """A change as a share of what was before.

    >>> [change(share) for share in (0.126, -0.004, 0, 0.00001, None)]
    ['+13%', '-0.4%', 'nothing', '+<0.1%', '-']
    """
    if missing(share):
        return NOTHING
    if not share:
        return "nothing"
    return f"{'-' if share < 0 else '+'}{percent(abs(float(share)))}"


def even_shares(shares: "pd.Series[Any]") -> "pd.Series[Any]":
    """Shares for a column of a table, with as many digits as `percent` writes: cells stay numbers.

    >>> even_shares(pd.Series([0.126, 0.0042, 0.00001, 0.9996, 1, None])).tolist()
    [0.13, 0.004, 1e-05, 0.999, 1.0, nan]
    """
    exact = shares.to_numpy("float64", na_value=math.nan)
    size, third = np.abs(exact), np.round(exact, 3)
    told = np.select(
        [size < 0.0005, size < 0.01, (exact >= 0.995) & (exact < 1)],
        [exact, third, np.minimum(third, 0.999)],
        np.round(exact, 2),
    )
    return pd.Series(told, shares.index, name=shares.name)


def how_often(share: float) -> str:
    """A share as a frequency.

    >>> how_often(0.8), how_often(0.85)
    ('four times in five', '85 times in 100')
    """
    return _SHARES.get(round(share, 4), f"{100 * share:.0f} times in 100")


def p_value(p: Any) -> str:
    """A p-value in two digits that count, four places at most; never rounded to an impossible zero.

    >>> p_value(0.4489), p_value(0.0123), p_value(0.00042), p_value(0.00000002), p_value(1), p_value(None)
    ('0.45', '0.012', '0.0004', '<0.0001', '1', '-')
    """
    if missing(p):
        return NOTHING
    places = 2 if p >= 0.1 else 3 if p >= 0.01 else 4
    return "<0.0001" if p < 0.00005 else _trimmed(f"{float(p):.{places}f}")


def effect(effect_log: Any) -> str:
    """What an effect on log(1 + outcome) does to the outcome: a percentage, or a factor where that reads better.

    >>> [effect(value) for value in (0.322, -0.314, 0, 1.5, -2.0)]
    ['+38%', '-27%', 'no change', '4.5 times as much', '-86%']
    """
    if missing(effect_log):
        return NOTHING
    factor = math.exp(float(effect_log))
    if abs(factor - 1) < 0.005:
        return "no change"
    return f"{count(factor)} times as much" if factor >= 3 else f"{100 * (factor - 1):+.0f}%"


def figure(value: Any) -> str:
    """A number with two decimals, such as an R².

    >>> figure(0.914), figure(-0.004), figure(None)
    ('0.91', '0.00', '-')
    """
    # Zero is added, as a small number below 0 would else be rounded to -0.00.
    return "-" if missing(value) else f"{round(float(value), 2) + 0.0:.2f}"


def error_factor(error_log: Any) -> str:
    """A mean absolute error of logarithms as the factor by which predictions are typically off.

    >>> error_factor(0.47), error_factor(None)
    ('1.60x', '-')
    """
    return NOTHING if missing(error_log) else f"{math.exp(float(error_log)):.2f}x"


def against_typical(value: Any, typical: Any, scale: str) -> str:
    """An athlete's value beside the typical one: a multiple for heavy-tailed counts, both numbers otherwise.

    >>> against_typical(2100, 1000, "log"), against_typical(24.1, 9.3, "linear"), against_typical(None, 9, "log")
    ('2.1x typical', '24 (typical 9.3)', 'not known, so taken as typical')
    >>> against_typical(50, 1000, "log"), against_typical(90, 1000, "log"), against_typical(1000, 1001, "log")
    ('a 20th of typical', 'an 11th of typical', 'as typical')
    >>> against_typical(None, None, "linear")
    ''
    """
    if missing(value) and missing(typical):
        return ""
    if missing(value):
        return "not known, so taken as typical"
    if missing(typical) or scale != "log" or typical <= 0 or value <= 0:
        return f"{count(value)} (typical {count(typical)})"
    ratio = float(value) / float(typical)
    if abs(ratio - 1) < 0.05:
        return "as typical"
    if ratio < 0.1:
        return f"{_one_part(round(1 / ratio))} of typical"
    return f"{count(round(ratio, 2 if ratio < 1 else 1))}{'x' if ratio < 999.5 else ' times'} typical"


def driver(label: str, value: Any, typical: Any, scale: str, effect_log: Any) -> str:
    """One driver in words.

    >>> driver("Median likes", 2100, 1000, "log", 0.322)
    'Median likes 2.1x typical: +38%'
    >>> driver("How all of it comes together", None, None, "linear", -0.314)
    'How all of it comes together: -27%'
    """
    return f"{label} {against_typical(value, typical, scale)}".rstrip() + f": {effect(effect_log)}"


def day(moment: Any) -> str:
    """A day in words.

    >>> from datetime import datetime
    >>> day(datetime(2017, 4, 12, 18, 30))
    '12 April 2017'
    """
    if missing(moment):
        return NOTHING
    at: date = pd.Timestamp(moment)
    return f"{at.day} {at:%B %Y}"


def days(start: Any, end: Any) -> str:
    """The first and the last day of a window, in short.

    >>> days("2026-07-24", "2026-08-06"), days(None, "2026-08-06")
    ('24 Jul to 6 Aug 2026', '-')
    """
    if missing(start) or missing(end):
        return NOTHING
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    year = f" {first.year}" if first.year != last.year else ""
    return f"{first.day} {first:%b}{year} to {last.day} {last:%b %Y}"


def minute(moment: Any) -> str:
    """A day and a time of day in UTC.

    >>> from datetime import datetime
    >>> minute(datetime(2017, 4, 12, 18, 30))
    '12 April 2017, 18:30 UTC'
    """
    return NOTHING if missing(moment) else f"{day(moment)}, {pd.Timestamp(moment):%H:%M} UTC"


def snapshot(name: str) -> str:
    """A snapshot by the minute in which it was made, with which its name begins; any other name stays.

    >>> snapshot("20261125T153624-1d40a596"), snapshot("first")
    ('25 November 2026, 15:36 UTC', 'first')
    """
    made = pd.to_datetime(name.partition("-")[0], format="%Y%m%dT%H%M%S", errors="coerce")
    return name if missing(made) else minute(made)


def window_labels(windows: Iterable[str]) -> dict[str, str]:
    """What each window of a test is called: the days of a time window, or which part of a random division.

    >>> window_labels(["2026-07-24 to 2026-08-06", "2025-12-24 to 2026-01-06"])
    {'2026-07-24 to 2026-08-06': '24 Jul to 6 Aug 2026', '2025-12-24 to 2026-01-06': '24 Dec 2025 to 6 Jan 2026'}
    >>> window_labels(["repeat 1, fold 1", "repeat 1, fold 2"])
    {'repeat 1, fold 1': 'part 1 of 2', 'repeat 1, fold 2': 'part 2 of 2'}
    >>> window_labels(["repeat 2, fold 1", "repeat 1, fold 1"])
    {'repeat 2, fold 1': 'round 2, part 1 of 1', 'repeat 1, fold 1': 'round 1, part 1 of 1'}
    """
    names = list(windows)
    found = {name: match for name in names if (match := _PART.fullmatch(name))}
    parts = max((int(match["part"]) for match in found.values()), default=0)
    several = len({match["round"] for match in found.values()}) > 1
    labels = {}
    for name in names:
        if name in found:
            each = found[name]
            again = f"round {each['round']}, " if several else ""
            labels[name] = f"{again}part {each['part']} of {parts}"
        else:
            labels[name] = _days(name)
    return labels


def duration(seconds: float) -> str:
    """How long something took: in seconds, from two minutes on in minutes, from two hours on in hours.

    >>> duration(1.2), duration(95), duration(177), duration(8_000)
    ('1 second', '95 seconds', '3 minutes', '2.2 hours')
    """
    if seconds < 120:
        return some(round(seconds), "second")
    return some(round(seconds / 60), "minute") if seconds < 7_200 else f"{count(seconds / 3_600)} hours"


def some(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun.

    >>> some(1, "athlete"), some(12_400, "athlete"), some(3, "story", "stories")
    ('1 athlete', '12.4k athletes', '3 stories')
    """
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def platform(name: str) -> str:
    """A platform or channel as people write it.

    >>> [platform(name) for name in ("facebook", "youtube", "tiktok", "our newsletter", "WhatsApp")]
    ['Facebook', 'YouTube', 'TikTok', 'Our newsletter', 'WhatsApp']
    """
    return _PLATFORMS.get(name, upper_first(name))


def distinct(labels: dict[str, str]) -> dict[str, str]:
    """Labels by identity, with the identity added to those that several share, so that each can be chosen.

    >>> distinct({"a": "Ana", "b": "Ben", "c": "Ana"})
    {'a': 'Ana (a)', 'b': 'Ben', 'c': 'Ana (c)'}
    """
    used = Counter(labels.values())
    return {key: f"{label} ({key})" if used[label] > 1 else label for key, label in labels.items()}


def upper_first(text: str) -> str:
    """A text with a capital first letter; the others stay, because of names and abbreviations.

    >>> upper_first("page views"), upper_first("NIL valuation")
    ('Page views', 'NIL valuation')
    """
    return text[:1].upper() + text[1:]


def shortened(text: str, length: int = 30) -> str:
    """A text cut to a length, with an ellipsis.

    >>> shortened("Giannis Antetokounmpo of the Milwaukee Bucks", 24)
    'Giannis Antetokounmpo o…'
    """
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def plain(text: str) -> str:
    r"""Text that Markdown leaves as it is; two dollar signs, for one, would start a formula.

    What would become a link by itself is broken by a sign that nobody sees.

    >>> print(plain("$900 to $1,600 for A_B"))
    \$900 to \$1,600 for A\_B
    >>> ascii(plain("http://a.example")), ascii(plain("www.a.example"))
    ("'http:\\u2060//a.example'", "'www\\u2060.a.example'")
    """
    return _LINK.sub(lambda found: f"{found[1]}\u2060{found[2]}", _MARKDOWN.sub(r"\\\1", text))


def plain_line(text: str) -> str:
    r"""Text that stands alone, as in a cell, so that its beginning could start a list, too.

    >>> print(plain_line("-"), plain_line("1. FC Union"), plain_line("1.5x"), plain_line("Ana"))
    \- 1\. FC Union 1.5x Ana
    """
    return _LIST_START.sub(r"\1\\\2", plain(text))


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV that a spreadsheet opens with accents intact and without running any cell as a formula.

    What could start a formula gets an apostrophe in front, unless it is a plain number.

    >>> csv_bytes(pd.DataFrame({"name": ["=1+1", "Ana"], "rank": [-1, 2]})).decode("utf-8-sig").split()
    ['name,rank', "'=1+1,-1", 'Ana,2']
    """
    safe = table.rename(columns=lambda name: harmless(str(name)))
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]) and not pd.api.types.is_datetime64_any_dtype(safe[column]):
            safe[column] = safe[column].map(harmless)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _days(window: str) -> str:
    match = _TIMES.fullmatch(window)
    if not match:
        return window
    return days(match[1], match[2])


def _short(size: float) -> str:
    for step, letter in _STEPS:
        # What rounds up to the next step is written with the letter of that step: 1M, not 1000k.
        if size >= step * 0.9995:
            value = size / step
            digits = max(0, 2 - math.floor(math.log10(max(value, 1) * 1.0005)))
            return _trimmed(f"{value:.{digits}f}") + letter
    return f"{size:,.0f}"


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _one_part(number: int) -> str:
    """One of so many equal parts.

    >>> _one_part(22), _one_part(11), _one_part(80), _one_part(110), _one_part(1800), _one_part(18_000)
    ('a 22nd', 'an 11th', 'an 80th', 'a 110th', 'a 1,800th', 'an 18,000th')
    """
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    figure = f"{number:,}{ending}"
    # Eight, eleven and eighteen start with a vowel when they are spoken.
    spoken = figure.split(",")[0].rstrip("sthnrd")
    return f"{'an' if spoken[0] == '8' or spoken in ('11', '18') else 'a'} {figure}"
