"""What published tables say, in sentences. Pure functions; nothing here needs streamlit."""

import pandas as pd

from athlete_intel.ui import formats as f
from athlete_intel.ui import outcome_words

_KINDS = {"person": "people", "media": "media"}


def who(rankings: pd.DataFrame) -> str:
    """How many athletes, and of which kinds where there are several.

    >>> who(pd.DataFrame({"kind": ["person", "person", "team"]}))
    '3 athletes (2 people, 1 team)'
    """
    kinds = rankings["kind"].dropna().value_counts(sort=True)
    parts = ", ".join(f.some(int(number), str(kind), _KINDS.get(str(kind))) for kind, number in kinds.items())
    return f.some(len(rankings), "athlete") + (f" ({parts})" if len(kinds) > 1 else "")


_NO_SPORT = {"several": "several sports", "none": "no sport"}
"""What data sets say of athletes who have not one sport; in a list of sports it would be taken for one."""


def sport(name: str) -> str:
    """A sport, or what stands for it, as a list of sports names it.

    >>> sport("golf"), sport("several")
    ('golf', 'several sports')
    """
    return _NO_SPORT.get(name, name)


def is_sport(name: str) -> bool:
    """Whether it is a sport, and does not say that there are several, or none."""
    return name not in _NO_SPORT


def sports_mix(told: str) -> str:
    """A mix of sports with its shares, in which what is no sport is named so.

    >>> sports_mix("football 60%, several 9%")
    'football 60%, several sports 9%'
    """
    parts = (part.rpartition(" ") for part in told.split(", "))
    return ", ".join(f"{sport(name)} {share}".strip() for name, _, share in parts)


def row_is(about: pd.Series) -> str:
    """What one prediction is about: the next story, or the athlete where the data hold one value each."""
    return "athlete" if about["rows_are"] == "athletes" else "story"


def amount(about: pd.Series, value: float) -> str:
    """A value of the outcome with its name.

    >>> amount(pd.Series({"outcome_unit": "", "outcome_name": "page views"}), 18412.0)
    '18.4k page views'
    >>> amount(pd.Series({"outcome_unit": "$", "outcome_name": "deal value"}), 18412.0)
    'a deal value of $18.4k'
    >>> daily = {"outcome_unit": "", "outcome_name": "page views", "outcome_label": "Page views a day"}
    >>> amount(pd.Series(daily), 18412.0)
    '18.4k page views a day'
    """
    number = f.outcome(value, about["outcome_unit"])
    if about["outcome_unit"] == "$":
        return f"a {about['outcome_name']} of {number}"
    return f"{number} {outcome_words.named(about)}"


def is_tested(about: pd.Series) -> bool:
    """Whether it was measured how often outcomes fall inside their range; if not, nothing is said about how often."""
    return bool(about.get("range_tested", True))


def range_label(about: pd.Series) -> str:
    """What a range is called above its two ends.

    >>> range_label(pd.Series({"interval": 0.8})), range_label(pd.Series({"interval": 0.8, "range_tested": False}))
    ('Range, four times in five', 'Range (not yet tested)')
    """
    return f"Range, {f.how_often(about['interval'])}" if is_tested(about) else "Range (not yet tested)"


def range_meaning(about: pd.Series) -> str:
    """What a range promises, for a tooltip."""
    if is_tested(about):
        return f"{f.percent(about['interval'])} of outcomes should fall inside; Model health says how many did."
    return "How many outcomes fall inside such ranges has not been tested yet."


def ranging(about: pd.Series, between: str) -> str:
    """A range with how often what comes falls inside, or that this was not tested.

    >>> ranging(pd.Series({"interval": 0.8}), "1 to 5")
    'four times in five 1 to 5'
    >>> ranging(pd.Series({"interval": 0.8, "range_tested": False}), "1 to 5")
    'with a range of 1 to 5 (not yet tested)'
    """
    return (
        f"{f.how_often(about['interval'])} {between}"
        if is_tested(about)
        else f"with a range of {between} (not yet tested)"
    )


def typically(about: pd.Series, row: pd.Series) -> str:
    """A prediction with its range.

    >>> about = pd.Series({"outcome_unit": "", "outcome_name": "page views", "interval": 0.8})
    >>> row = pd.Series({"predicted": 18412.0, "low": 9000.0, "high": 31000.0})
    >>> typically(about, row)
    'typically 18.4k page views, four times in five 9,000 to 31k'
    >>> about["range_tested"] = False
    >>> typically(about, row)
    'typically 18.4k page views, with a range of 9,000 to 31k (not yet tested)'
    """
    text = f"typically {amount(about, row['predicted'])}"
    if f.missing(row["low"]):
        return text
    between = f.outcome_range(row["low"], row["high"], about["outcome_unit"])
    return f"{text}, {ranging(about, between)}"


def leader(about: pd.Series, found: pd.DataFrame, everybody: int) -> str:
    """Who leads among the athletes found."""
    first = found.iloc[0]
    leads = " leads" if len(found) > 1 else ""
    among = f" among the {f.count(len(found))} athletes found" if 1 < len(found) < everybody else ""
    return f"{first['name']}{leads}{among}: {typically(about, first)}."


def athlete_labels(rankings: pd.DataFrame) -> dict[str, str]:
    """What each athlete is called in a list of choices: the name, and the team where there is one.

    >>> table = pd.DataFrame({"athlete_id": ["a", "b"], "name": ["Ana", "Ana"], "team": ["Reds", None]})
    >>> athlete_labels(table)
    {'a': 'Ana, Reds', 'b': 'Ana'}
    """
    teams = [f"{name}, {team}" if isinstance(team, str) else name for name, team in rankings[["name", "team"]].values]
    return f.distinct(dict(zip(rankings["athlete_id"], teams, strict=True)))


def bundle_sentence(about: pd.Series, bundle: pd.Series) -> str:
    """What a bundle costs and brings: on average, which adds up over its members, where averages are known.

    >>> about = pd.Series({"outcome_unit": "", "outcome_name": "page views", "interval": 0.8, "mean_factor": 1.2})
    >>> bundle = {"name": "Golfers", "members": 5, "cost_cents": 100_000, "low_cents": 80_000, "high_cents": 130_000}
    >>> print(bundle_sentence(about, pd.Series({**bundle, "expected": 20_000, "low": 16_000, "high": 26_000})))
    Golfers: 5 athletes for about $1,000 on average, four times in five $800 to $1,300, with 20k page views on average,
    four times in five 16k to 26k.
    """
    averaged = " on average" if "mean_factor" in about else ""
    cost = ranging(about, f.money_range(bundle["low_cents"], bundle["high_cents"]))
    brought = ranging(about, f.outcome_range(bundle["low"], bundle["high"], about["outcome_unit"]))
    return (
        f"{bundle['name']}: {f.some(int(bundle['members']), 'athlete')} for about {f.money(bundle['cost_cents'])}"
        f"{averaged}, {cost}, with {amount(about, bundle['expected'])}{averaged}, {brought}."
    )
