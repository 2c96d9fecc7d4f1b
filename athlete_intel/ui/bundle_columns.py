"""How the columns of bundles, plans and campaigns are shown."""

from typing import Any

import pandas as pd
from streamlit import column_config as show

from athlete_intel.ui import bundle_words, columns, outcome_words
from athlete_intel.ui import formats as f
from athlete_intel.ui.columns import WHOLE, Columns
from athlete_intel.ui.frame import FOUR_LINES, TWO_LINES

_ALIKE = "How much alike a group is that is formed again with other athletes at hand (mean Jaccard index)."
_EXPECTED = "On average, as sets chosen for it bring it: the average in the rankings, or less."
_COST = "Pay on average. Typical pay, on other pages, is the middle of what may come, and so another amount."


_LETTER, _PADDING = 8, 26
_MOST_PINNED = 200
"""Pixels of a first column that stays in sight: of a phone it leaves room for a figure."""
_ONE_LINE_HOLDS, _LOW_ROWS_HOLD = 26, 66


def first(label: str, texts: pd.Series) -> Any:
    """The column that stays in sight: as wide as its texts, but so that a figure is seen beside it on a phone."""
    needed = _LETTER * int(max(texts.astype("str").str.len().max(), len(label))) + _PADDING if len(texts) else 0
    return show.TextColumn(label, pinned=True, width=min(needed, _MOST_PINNED) or "medium")


def row_height(texts: pd.Series) -> int | None:
    """Height of rows whose first text is broken into lines, where one line does not hold it."""
    longest = texts.astype("str").str.len().max()
    if not longest > _ONE_LINE_HOLDS:
        return None
    return TWO_LINES if longest <= _LOW_ROWS_HOLD else FOUR_LINES


def telling(columns: Columns, table: pd.DataFrame, names: tuple[str, ...]) -> Columns:
    """The columns without those of `names` in which all of several rows hold the same."""
    same = {name for name in names if name in table and len(table) > 1 and table[name].nunique(dropna=False) == 1}
    return {name: config for name, config in columns.items() if name not in same}


def offers(table: pd.DataFrame, about: pd.Series) -> Columns:
    """Columns of the list of bundles; what is compared is written alike."""
    brought = table[["expected", "low", "high"]].max()
    told = columns.filled(
        {
            "called": first("Bundle", table["called"]),
            "cost_dollars": columns.number("Cost", table["cost_dollars"], _COST, dollars=True),
            "expected": columns.outcome(
                "Expected", about, brought, f"{f.upper_first(outcome_words.named(about))}, on average."
            ),
            "members": show.NumberColumn("Athletes", format=WHOLE),
            "low": columns.outcome("From", about, brought, "Lower end of the sum, drawn jointly."),
            "high": columns.outcome("To", about, brought, "Upper end of the sum, drawn jointly."),
            "promised": columns.outcome("Promised", about, brought, "A short number that is likely reached."),
            "chance": show.NumberColumn("Chance", format="percent", help="Of reaching what is promised."),
            "per_1000_dollars": show.NumberColumn(
                f"Cost for {outcome_words.short_thousand(about)}",
                format="dollar",
                help=f"For each {outcome_words.thousand(about)} expected.",
            ),
            "largest_share": show.NumberColumn(
                "Largest share", format="percent", help=f"Of one athlete, of the {about['outcome_name']} expected."
            ),
            "women_share": show.NumberColumn("Women", format="percent", help="Of the members whose gender is known."),
            "sports": show.TextColumn("Sports"),
            "contested": show.NumberColumn("Contested handles", format=WHOLE),
            "questioned_share": show.NumberColumn(
                "Followers in question", format="percent", help="Of members looked at; the rankings tell why."
            ),
            "stability": show.NumberColumn("Comes back alike", format="percent", help=_ALIKE),
        },
        table,
    )
    return telling(told, table, ("women_share", "sports", "contested", "questioned_share"))


def booked(table: pd.DataFrame, about: pd.Series) -> Columns:
    """Columns of who is booked."""
    told = columns.filled(
        {
            "name": first("Name", table["name"]),
            "mean": columns.outcome(
                "Expected", about, table["mean"], f"{f.upper_first(outcome_words.named(about))}. {_EXPECTED}"
            ),
            "cost_dollars": columns.number("Cost", table["cost_dollars"], _COST, dollars=True),
            "share": show.NumberColumn("Share", format="percent", help="Of all that is expected."),
            "strength": show.NumberColumn(
                "In the group", format="percent", help="How firmly the athlete belongs to the own group."
            ),
            "group": show.TextColumn("Group", help="The group that the athlete is of."),
            "heart": show.TextColumn("Typical", help="Who stands where the group is densest."),
            "later": show.TextColumn(
                "Joined later", help="Who came after groups were formed and joined the one most alike."
            ),
            "remarks": show.TextColumn("To know", help="The rankings tell why followers are in question."),
            "sport": show.TextColumn("Sport"),
            "country": show.TextColumn("Country"),
            "gender": show.TextColumn("Gender"),
            "times_offered": show.NumberColumn(
                "Times offered",
                format=WHOLE,
                help="In a bundle, once for each new state of the data, and in saved campaigns.",
            ),
        },
        table,
    )
    return telling(told, table, ("group", "heart", "later", "sport", "country", "gender", "times_offered"))


def shown(members: pd.DataFrame) -> pd.DataFrame:
    """Who is booked, for the screen: with what is worth knowing of each in words."""
    remarks = pd.Series(bundle_words.remarks(members), members.index, dtype="str")
    marks = {"exemplar": "heart", "joined": "later"}
    for mark, shown_as in marks.items():
        if mark in members:
            is_so = members[mark].astype("boolean").fillna(False).astype(bool)
            members = members.assign(**{shown_as: pd.Series("yes", members.index).where(is_so)})
    return members.assign(remarks=remarks)


def spreading(table: pd.DataFrame, about: pd.Series) -> Columns:
    """Columns of what it costs to spread offers."""
    return {
        "rarely_offered": show.NumberColumn("Rarely offered, at least", format=WHOLE),
        "athletes": show.NumberColumn("Athletes booked", format=WHOLE),
        "value": columns.outcome("The best plan brings", about, table["value"]),
    }


def delivered(table: pd.DataFrame, about: pd.Series) -> Columns:
    """Columns of promise and delivery by athlete; of delivery nothing before anything came."""
    promised = {
        "name": first("Name", table["name"]),
        "expected": columns.outcome("Expected", about, table["expected"], "On average, when the plan was saved."),
    }
    if not table["delivered"].any():
        return {**promised, "athlete_id": show.TextColumn("Id")}
    return {
        **promised,
        "delivered": columns.outcome("Came", about, table["delivered"]),
        "of_expected": show.NumberColumn("Of what was expected", format="percent"),
        "athlete_id": show.TextColumn("Id"),
    }


def channels(table: pd.DataFrame, about: pd.Series) -> Columns:
    """Columns of what came by channel."""
    return {
        "channel": show.TextColumn("Channel", pinned=True),
        "delivered": columns.outcome("Came", about, table["delivered"]),
        "share": show.NumberColumn("Share", format="percent", help="Of all that came."),
        "athletes": show.NumberColumn("Athletes", format=WHOLE, help="Who brought something there."),
        "last_day": show.DateColumn("Last day", format="D MMM YYYY"),
    }


def imports() -> Columns:
    """Columns of the imports that count."""
    return {
        "file": show.TextColumn("File", pinned=True, width="medium"),
        "figures": show.NumberColumn("Figures", format=WHOLE, help="One for each athlete, channel and day."),
        "replaced": show.NumberColumn("Took the place of", format=WHOLE, help="Earlier figures that no longer count."),
        "first_day": show.DateColumn("From", format="D MMM YYYY"),
        "last_day": show.DateColumn("To", format="D MMM YYYY"),
        "who": show.TextColumn("Signed by"),
        "at": show.DatetimeColumn("At (UTC)", format="D MMM YYYY, HH:mm"),
        "why": show.TextColumn("Where from"),
    }


def groups(table: pd.DataFrame) -> Columns:
    """Columns of all groups."""
    listed = {
        "name": first("Name", table["name"]),
        "on_offer": show.TextColumn("On offer", width=74),
        "members": show.NumberColumn("Athletes", format=WHOLE),
        "stability": show.NumberColumn("Comes back alike", format="percent", help=f"{_ALIKE} Offered from 75% on."),
        "strength": show.NumberColumn(
            "Sure members", format="percent", help="How surely its members belong to it, on average."
        ),
        "identity": show.TextColumn("Group", width="small"),
        "became": show.TextColumn("What became of it", width="large", help="When groups were formed last."),
    }
    return {name: config for name, config in listed.items() if name != "became" or table["became"].any()}


def settings() -> Columns:
    """Columns of the settings of the clustering that were tried."""
    return {
        "setting": show.NumberColumn("No.", format="%d"),
        "chosen": show.CheckboxColumn("Taken"),
        "size_share": show.NumberColumn("Smallest group", format="percent", help="Of all athletes."),
        "neighbours": show.NumberColumn("Neighbours", format="%d"),
        "method": show.TextColumn("Method"),
        "on_plane": show.CheckboxColumn("On the plane", help="Whether the two main directions were searched."),
        "clusters": show.NumberColumn("Groups", format="%d"),
        "noise": show.NumberColumn("In none", format="percent"),
        "largest": show.NumberColumn("In the largest", format="percent"),
        "validity": show.NumberColumn("Validity", format="%.2f", help="Density-based; higher is better."),
        "stable": show.NumberColumn("In groups that come back", format="percent", help="Where it was tested."),
    }
