"""What people decided about handles, out of the journal: which decisions stand, and what moves because of them."""

from dataclasses import dataclass

import pandas as pd

from athlete_intel.contracts.decisions import ACCEPT, ASK_AGAIN, CONTEST, REJECT, REVOKE, taken_back
from athlete_intel.handles import names

__all__ = ["ACCEPT", "ALWAYS", "ASK_AGAIN", "CONTEST", "REJECT", "REVOKE", "Account"]
ALWAYS = pd.Timestamp("1900-01-01")
"""From when a decision without a day counts."""


@dataclass(frozen=True)
class Account:
    """An account on a platform, by the key of its handle."""

    platform: str
    key: str


def standing(reviews: pd.DataFrame, ballots: pd.DataFrame) -> pd.DataFrame:
    """The decision that counts for each athlete and platform: the newest that was not taken back.

    To ask again counts until a vote has come after it; then the votes decide.

    Args:
        reviews: the journal's table `handle_reviews`.
        ballots: athlete_id, platform, voted_at.

    Returns:
        One row for each athlete and platform, with the columns of the journal.
    """
    ordered = reviews.sort_values("id", ascending=False)
    gone = list(taken_back(zip(ordered["id"], ordered["revokes"], strict=True)))
    kept = ordered[~ordered["id"].isin(gone) & (ordered["action"] != REVOKE)]
    newest = kept.drop_duplicates(["athlete_id", "platform"])
    if newest.empty:
        return newest
    last_vote = ballots.groupby(["athlete_id", "platform"], as_index=False)["voted_at"].max()
    newest = newest.merge(last_vote, how="left", on=["athlete_id", "platform"])
    answered = (newest["action"] == ASK_AGAIN) & (newest["voted_at"] > newest["at"])
    return newest[~answered].drop(columns="voted_at").sort_values("id", ignore_index=True)


def account_owners(decisions: pd.DataFrame, handles: pd.DataFrame, agreed: pd.DataFrame) -> pd.DataFrame:
    """Whose the data are that were gathered under somebody's name, where a decision says that it is not their own.

    Only what people accepted moves data. The votes on the other side tell whose the account is that was taken for it.

    Args:
        decisions: standing decisions.
        handles: the raw table: the account by which the data of each athlete was gathered.
        agreed: athlete_id, platform, answer (key) of handles that the votes accept.

    Returns:
        platform, gathered_as, since, athlete_id: from that day on, posts and counts that came under the name
        `gathered_as` are `athlete_id`'s, or nobody's where it is empty.
    """
    accepted = decisions[decisions["action"] == ACCEPT]
    gathered = {
        (athlete, platform): Account(platform, names.key(handle, platform))
        for athlete, platform, handle in handles[["athlete_id", "platform", "handle"]].to_numpy()
    }
    owner: dict[Account, str] = {}
    votes = agreed.groupby(["platform", "answer"])["athlete_id"].agg(["first", "size"])
    for (platform, answer), first, size in votes.itertuples():
        if answer != names.NO_ACCOUNT and size == 1:
            owner[Account(platform, answer)] = first
    decided: list[tuple[str, Account, pd.Timestamp]] = []
    starts = accepted["since"].fillna(ALWAYS)
    told = accepted[["athlete_id", "platform", "handle"]].to_numpy()
    for (athlete, platform, handle), since in zip(told, starts, strict=True):
        decided.append((athlete, Account(platform, names.key(handle, platform)), since))
        # What a person decided goes before what the votes say, also about what else this athlete has.
        owner = {a: who for a, who in owner.items() if not (who == athlete and a.platform == platform)}
    owner |= {account: athlete for athlete, account, _ in decided if account.key}
    moved: dict[tuple[str, str], tuple[pd.Timestamp, str | None]] = {}
    for athlete, account, since in decided:
        own = gathered.get((athlete, account.platform))
        if own is not None and own != account:
            moved[(account.platform, athlete)] = (since, _receiver(own, athlete, owner, gathered))
        for (other, platform), used in gathered.items():
            if account.key and used == account and other != athlete:
                moved[(platform, other)] = (since, _receiver(account, other, owner, gathered))
    rows = [(platform, name, since, who) for (platform, name), (since, who) in sorted(moved.items())]
    return owners_table(rows)


def owners_table(rows: list[tuple[str, str, pd.Timestamp, str | None]]) -> pd.DataFrame:
    """Rows as the table `account_owners`, typed also where there are none."""
    table = pd.DataFrame(rows, columns=["platform", "gathered_as", "since", "athlete_id"])
    return table.astype({"platform": "str", "gathered_as": "str", "since": "datetime64[us]", "athlete_id": "str"})


def _receiver(
    account: Account, gathered_as: str, owner: dict[Account, str], gathered: dict[tuple[str, str], Account]
) -> str | None:
    """Who gets what was gathered by an account; nobody if its owner has the same data under the own name already."""
    who = owner.get(account)
    if who is None or who == gathered_as or gathered.get((who, account.platform)) == account:
        return None
    return who


def in_use_after(handles: pd.DataFrame, owners: pd.DataFrame) -> pd.DataFrame:
    """The table `handles` as it is once data have moved to their owners."""
    pairs = owners[["platform", "gathered_as"]].rename(columns={"gathered_as": "athlete_id"})
    stays = handles.merge(pairs, how="left", on=["athlete_id", "platform"], indicator=True)
    stays = stays[stays["_merge"] == "left_only"].drop(columns="_merge")
    came = owners.dropna(subset=["athlete_id"]).merge(
        handles.rename(columns={"athlete_id": "gathered_as"}), on=["platform", "gathered_as"]
    )
    whole = pd.concat([came[list(handles)], stays[list(handles)]], ignore_index=True)
    return whole.drop_duplicates(["athlete_id", "platform"]).sort_values(["athlete_id", "platform"], ignore_index=True)


def swap_day(levels: pd.DataFrame, pairs: list[tuple[str, str]]) -> pd.Timestamp | None:
    """The day from which the posts of pairs of athletes look as if they had changed places.

    For each day: how much smaller the squared error of log likes is if the two levels of each pair are exchanged from
    that day on, than if nothing happens. The day with the largest gain over all pairs, if there is a gain.

    Args:
        levels: athlete_id, day, posts, level (mean log likes of these posts).
        pairs: athletes who were taken for each other.
    """
    days = pd.date_range(levels["day"].min(), levels["day"].max()) if len(levels) else pd.DatetimeIndex([])
    if len(days) < 2 * _LEAST_DAYS:
        return None
    number = (
        levels.pivot_table(index="day", columns="athlete_id", values="posts", aggfunc="sum").reindex(days).fillna(0.0)
    )
    total = levels.assign(sum=levels["level"] * levels["posts"])
    total = total.pivot_table(index="day", columns="athlete_id", values="sum", aggfunc="sum").reindex(days).fillna(0.0)
    gain = pd.Series(0.0, index=days)
    for first, second in pairs:
        if first not in number or second not in number:
            continue
        n1, n2, s1, s2 = (table[name].cumsum() for table in (number, total) for name in (first, second))
        as_it_is = _explained(n1.iloc[-1], s1.iloc[-1]) + _explained(n2.iloc[-1], s2.iloc[-1])
        before = n1.shift(fill_value=0.0), n2.shift(fill_value=0.0), s1.shift(fill_value=0.0), s2.shift(fill_value=0.0)
        one = _explained(before[0] + n2.iloc[-1] - before[1], before[2] + s2.iloc[-1] - before[3])
        other = _explained(before[1] + n1.iloc[-1] - before[0], before[3] + s1.iloc[-1] - before[2])
        gain += one + other - as_it_is
    inner = gain.iloc[_LEAST_DAYS:-_LEAST_DAYS]
    return pd.DatetimeIndex(inner.index)[int(inner.argmax())] if inner.max() > _LEAST_GAIN else None


_LEAST_DAYS = 7
_LEAST_GAIN = 10.0
"""About the log likelihood ratio at which chance alone is ruled out, over all days that were tried."""


def _explained(number: "pd.Series | float", total: "pd.Series | float") -> "pd.Series | float":
    return total * total / (number + 1e-9)
