"""How the columns of the tables about ranks, followers and athletes side by side are shown."""

import pandas as pd
from streamlit import column_config as show

from athlete_intel.ui import outcome_words, words
from athlete_intel.ui.columns import WHOLE, Columns, averaged, filled, outcome, profile, too_high


def rankings(table: pd.DataFrame, about: pd.Series) -> Columns:
    """Columns of the ranking; what the data set leaves empty is not shown.

    Name, rank and outcome fit beside each other on a phone, where wider names would not stay in place.
    """
    held = words.range_meaning(about)
    true = "90 times in 100 the true rank lies between these two."
    columns: Columns = {
        "name": show.TextColumn("Name", pinned=True, width=178),
        "rank": show.NumberColumn("Rank", format="%d", width=58, help="By typical outcome, among all athletes."),
        "predicted": outcome("Typical", about, table["predicted"], str(about["outcome_label"])),
        "low": outcome("From", about, table["low"], held),
        "high": outcome("To", about, table["high"], held),
        "rank_low": show.NumberColumn("Rank from", format="%d", width="small", help=true),
        "rank_high": show.NumberColumn("Rank to", format="%d", width="small", help=true),
        "moved": show.NumberColumn(
            "Moved up", format="%d", width="small", help="Places since the data before; below 0 is down."
        ),
        "group": show.TextColumn("Judged within", help="The athletes among whom the next ranks count."),
        "rank_in_group": show.NumberColumn("Rank there", format="%d", width="small", help="By typical outcome.")
        if "group" in table
        else show.NumberColumn(
            "Rank, followers known", format="%d", help="By typical outcome, among those whose followers are known."
        ),
        "follower_rank_in_group": show.NumberColumn(
            "Rank by followers",
            format="%d",
            help="Among those whose followers are known: to be set against the rank beside it, if there is one.",
        ),
        "by_followers": show.TextColumn(
            "By followers",
            help="Over- or under-rated only where the rank by followers lies outside the range of ranks.",
        ),
        "asked": show.TextColumn(
            "Followers real?", help="? where there is something to ask; the evidence stands above."
        ),
        "unlike": show.TextColumn("Unlike others", help="Unlike anything in training: pay then waits for a person."),
        "followers": show.NumberColumn("Followers", format=WHOLE, help="Latest count over all platforms."),
        **averaged(table, about),
        **profile(table),
        "outcomes_seen": show.NumberColumn(
            "Outcomes known", format=WHOLE, help="Past outcomes of this athlete that the model could learn from."
        ),
    }
    return filled(columns, table)


_OUTCOMES = ("predicted", "low", "high", "mean")


def as_file(table: pd.DataFrame, about: pd.Series) -> pd.DataFrame:
    """The ranking to be taken away: its columns by the names they have on the page, and what outcomes are counted of.

    Args:
        table: what `rankings` takes.
        about: the data set.
    """
    unit = ", $" if about["outcome_unit"] == "$" else ""
    counted = {name: f", {outcome_words.named(about)}{unit}" for name in _OUTCOMES}
    columns = {
        name: f"{str(column['label']).removesuffix(', $')}{counted.get(name, '')}"
        for name, column in rankings(table, about).items()
    }
    named = {**columns, "athlete_id": "Id"}
    return table[list(named)].round(dict.fromkeys(_OUTCOMES, 2)).rename(columns=named)


def questions() -> Columns:
    """Columns of the accounts whose followers raise a question."""
    return {
        "name": show.TextColumn("Name"),
        "platform": show.TextColumn("Platform", width="small"),
        "question": show.TextColumn("Question and evidence", width="large"),
        "followers": show.NumberColumn("Followers", format=WHOLE),
        "likes_median": show.NumberColumn("Median likes", format=WHOLE, help="Of the last 20 posts."),
        "likes_per_1000_followers": show.NumberColumn("Likes per 1,000", format="%.1f", help="Followers."),
        "peers_likes_per_1000": show.NumberColumn(
            "Peers' likes per 1,000", format="%.1f", help="Of accounts with as many likes on the same platform."
        ),
        "z": show.NumberColumn("Spreads above peers", format="%.1f", help="Robust spreads; one asks from 2.5 on."),
        "biggest_jump_share": show.NumberColumn(
            "Biggest jump", format="percent", help="Growth from one week to the next; one asks from 100% on."
        ),
        "jump_at": show.DateColumn("Jump seen", format="D MMM YYYY"),
        "jump_likes_share": show.NumberColumn("Likes then", format="percent", help="Growth of median likes around it."),
    }


def past_errors() -> Columns:
    """Columns of how past estimates of each athlete came out."""
    return {
        "label": show.TextColumn("Athlete", pinned=True, width="medium"),
        "tested": show.NumberColumn("Estimates tested", format=WHOLE),
        "inside": show.NumberColumn("Inside range", format="percent"),
        "error": show.NumberColumn("Typical error", format="%.2fx", help="Factor by which it is off; 1.00x is exact."),
        "bias": too_high(),
    }
