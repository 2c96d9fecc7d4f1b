"""What the outcome is called: with the time that a value of it is about, by the thousand, and one value of it."""

import re

import pandas as pd

_TIME = re.compile(r" an? (\w+)\Z")


def named(about: pd.Series) -> str:
    """The outcome as it is called beside a value: where that is of a day, it says so, as it is no total of a campaign.

    >>> named(pd.Series({"outcome_name": "page views", "outcome_label": "Page views a day"}))
    'page views a day'
    >>> named(pd.Series({"outcome_name": "page views", "outcome_label": "Page views of a story in 28 days"}))
    'page views'
    """
    time = _time(about)
    return f"{about['outcome_name']} a {time}" if time else str(about["outcome_name"])


def thousand(about: pd.Series) -> str:
    """What a cost or a rate is for.

    >>> views = {"outcome_unit": "", "outcome_name": "page views", "outcome_label": "Page views a day"}
    >>> thousand(pd.Series(views)), thousand(pd.Series({**views, "outcome_unit": "$", "outcome_name": "deal value"}))
    ('1,000 page views a day', '$1,000 of deal value')
    """
    return f"$1,000 of {about['outcome_name']}" if about["outcome_unit"] == "$" else f"1,000 {named(about)}"


def short_thousand(about: pd.Series) -> str:
    """The same where there is little room: above a column.

    >>> short_thousand(pd.Series({"outcome_unit": "$"})), short_thousand(pd.Series({"outcome_unit": ""}))
    ('$1,000', '1,000')
    """
    return "$1,000" if about["outcome_unit"] == "$" else "1,000"


def is_level(about: pd.Series) -> bool:
    """Whether a value is the level of an athlete, such as page views a day, rather than what stories add up to.

    >>> is_level(pd.Series({"rows_are": "athletes"})), is_level(pd.Series({"rows_are": "stories"}))
    (True, False)
    """
    return bool(about.get("rows_are") == "athletes")


def verb(about: pd.Series, one: str, many: str) -> str:
    """The verb behind an amount: a valuation of $5 is, 5 page views are.

    >>> verb(pd.Series({"outcome_unit": "$"}), "is", "are"), verb(pd.Series({"outcome_unit": ""}), "is", "are")
    ('is', 'are')
    """
    return one if about["outcome_unit"] == "$" else many


def one_value(about: pd.Series) -> str:
    """One value of the outcome, where there are no stories.

    >>> one_value(pd.Series({"outcome_name": "page views", "outcome_label": "Page views a day"}))
    'the page views of one day'
    >>> one_value(pd.Series({"outcome_name": "NIL valuation", "outcome_label": "NIL valuation, $"}))
    'the NIL valuation'
    """
    time = _time(about)
    return f"the {about['outcome_name']} of one {time}" if time else f"the {about['outcome_name']}"


def paid_for(about: pd.Series) -> str:
    """What the cost of a plan pays for, where that is no story: one value, however long a campaign runs.

    >>> views = {"rows_are": "athletes", "outcome_name": "page views", "outcome_label": "Page views a day"}
    >>> paid_for(pd.Series(views)), paid_for(pd.Series({**views, "rows_are": "stories"}))
    ('pay for the page views of one day', '')
    """
    return f"pay for {one_value(about)}" if is_level(about) else ""


def single(about: pd.Series) -> str:
    """What a range of a typical value is about: one story, one day, or one value.

    >>> views = {"rows_are": "athletes", "outcome_name": "page views", "outcome_label": "Page views a day"}
    >>> single(pd.Series(views)), single(pd.Series({**views, "rows_are": "stories"}))
    ('a single day', 'a single story')
    >>> single(pd.Series({**views, "outcome_name": "valuation", "outcome_label": "Valuation, $"}))
    'a single valuation'
    """
    return f"a single {_time(about) or about['outcome_name'] if is_level(about) else 'story'}"


def _time(about: pd.Series) -> str:
    """The time that a value is about, if the outcome's label is its name and that time."""
    name, label = str(about["outcome_name"]), str(about.get("outcome_label", ""))
    found = _TIME.fullmatch(label[len(name) :]) if label.casefold().startswith(name.casefold()) else None
    return found[1] if found else ""
