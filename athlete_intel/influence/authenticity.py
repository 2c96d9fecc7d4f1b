"""Followers that the likes do not explain, as a question with its evidence.

Followers can be bought, and bots follow without being asked; neither likes anything. Two things make a reader ask:

- **More followers than the likes explain.** On each platform a robust line tells how many followers accounts with as
  many likes have. The line runs from likes to followers, not the other way: the error to be found lies in the
  followers, and accounts "of similar size" would themselves be chosen by the number in doubt. Measured on the demo
  world, at equal false alarms it finds two to four times as many accounts as the line from followers to likes.
- **A jump of followers without one of likes.** From one week to the next the followers at least double, while the likes
  of the posts before and after grow by less than half of that (in logs).

Neither proves anything. A campaign elsewhere, a wrong count, or an audience that reads and does not press a button look
the same; so the result is a question for a person and changes no rank and no pay. The cuts are chosen so that fewer
than one honest account in a hundred is asked about; `benchmarks/followers.py` measures that against the truth of the
demo world. Source of the robust line: Huber 1964; of the robust spread: Iglewicz and Hoaglin 1993.
"""

import numpy as np
import pandas as pd

from athlete_intel.handles.audit import huber_line

CUT = 2.5
"""Robust spreads above the line from which one asks: of honest accounts, one in 160 if they scatter normally."""
LEAST_JUMP = 1.0
"""Growth from one week to the next, as a share, from which one asks: 1 is a doubling. Viral hits stay below."""
LIKES_KEEP_UP = 0.5
"""Share of the followers' growth, in logs, that the likes must at least show to explain it."""
LEAST_FOLLOWERS = 1_000
"""Below it accounts are young or small, and double by themselves."""
LEAST_POSTS_TO_COMPARE = 5
"""Posts known of an account, for its likes to count."""
LEAST_POSTS_AROUND = 3
"""Posts before a jump, and after it, for the likes to be compared."""
LEAST_ACCOUNTS = 30
"""Accounts of a platform with likes and followers, for a line through them."""
_LEAST_SPREAD = 0.1
COLUMNS = [
    "athlete_id",
    "platform",
    "followers",
    "likes_median",
    "likes_per_1000_followers",
    "peers_likes_per_1000",
    "peers",
    "z",
    "biggest_jump_share",
    "jump_at",
    "jump_likes_share",
    "flagged",
    "question",
]


def authenticity(
    followers: pd.DataFrame, posts: pd.DataFrame, jumps: pd.DataFrame, contested: pd.DataFrame
) -> pd.DataFrame:
    """Followers against likes for each account, and whether to ask.

    Args:
        followers: ask_id (the athlete), platform, followers: the newest count.
        posts: ask_id (the athlete), platform, posts, likes_median_20.
        jumps: of the SQL file `follower_jumps`: athlete_id, platform, followers_before, followers_after, day_before,
            day_after, likes_before, likes_after, posts_before, posts_after.
        contested: athlete_id, platform of accounts that may be somebody else's. First it must be clear whose they are,
            so nothing is asked about their followers, and nobody is compared with them.

    Returns:
        The published table `authenticity`: a row for each account with a follower count, by athlete and platform.
    """
    keys = ["athlete_id", "platform"]
    texts = dict.fromkeys(keys, "str")  # also where a table is empty
    table = followers.rename(columns={"ask_id": "athlete_id"})[[*keys, "followers"]].astype(texts)
    likes = posts[["ask_id", "platform", "posts", "likes_median_20"]]
    likes = likes.rename(columns={"ask_id": "athlete_id", "likes_median_20": "likes_median"}).astype(texts)
    table = table.merge(likes, on=keys, how="left")
    table = table.merge(jumps.astype(texts), on=keys, how="left").sort_values(keys, ignore_index=True)
    settled = ~pd.MultiIndex.from_frame(table[keys]).isin(pd.MultiIndex.from_frame(contested[keys]))
    table = _against_peers(table, pd.Series(settled, index=table.index))
    table = _with_jumps(table)
    large = table["followers"] >= LEAST_FOLLOWERS
    table["many"] = (table["z"] >= CUT) & large & settled
    table["jumped"] = table["unmatched"] & large & settled
    table["flagged"] = table["many"] | table["jumped"]
    found = table[table["flagged"]]
    questions = pd.Series([_question(row) for _, row in found.iterrows()], index=found.index, dtype="object")
    table["question"] = questions.reindex(table.index)
    return table[COLUMNS]


def followers_from_likes(likes: np.ndarray, followers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Followers expected of accounts with as many likes, and robust spreads above that.

    Args:
        likes: median likes of each account.
        followers: of each account, at least 1.

    >>> likes = np.geomspace(10, 10_000, 40)
    >>> followers = 20 * likes
    >>> followers[7] *= 10
    >>> expected, z = followers_from_likes(likes, followers)
    >>> int(z.argmax()), bool(z[7] > 10), bool(abs(expected[7] / (20 * likes[7]) - 1) < 0.2)
    (7, True, True)
    """
    x, y = np.log1p(likes), np.log(followers)
    X = ((x - x.mean()) / max(float(x.std()), 1e-9))[:, None]
    line = huber_line(X, y)
    off = y - line[0] - X[:, 0] * line[1]
    middle = float(np.median(off))
    scatter = max(1.4826 * float(np.median(np.abs(off - middle))), _LEAST_SPREAD)
    return np.exp(y - off + middle), (off - middle) / scatter


def _against_peers(table: pd.DataFrame, settled: pd.Series) -> pd.DataFrame:
    """The table with likes for each 1,000 followers, those of peers, how many peers there are, and z."""
    expected, z = pd.Series(np.nan, index=table.index), pd.Series(np.nan, index=table.index)
    peers = pd.Series(0, index=table.index)
    enough = (table["posts"] >= LEAST_POSTS_TO_COMPARE) & table["likes_median"].notna() & (table["followers"] > 0)
    for _, part in table[enough & settled].groupby("platform"):
        if len(part) >= LEAST_ACCOUNTS:
            numbers = (part[name].to_numpy(dtype="float64") for name in ("likes_median", "followers"))
            expected[part.index], z[part.index] = followers_from_likes(*numbers)
            peers[part.index] = len(part)
    likes = table["likes_median"].astype("float64").where(enough)
    per_1000 = 1000 * likes / table["followers"].astype("float64")
    return table.assign(
        likes_median=likes,
        likes_per_1000_followers=per_1000,
        peers_likes_per_1000=1000 * likes / expected,
        peers=peers,
        z=z,
        expected=expected,
    )


def _with_jumps(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the biggest growth from week to week, that of likes around it, and whether likes fell behind."""
    counts = ("followers_before", "followers_after", "likes_before", "likes_after")
    numbers = table.astype(dict.fromkeys(counts, "float64"))
    # Followers that all left have no logarithm; such an account did not grow.
    grown: pd.Series = (numbers["followers_after"] / numbers["followers_before"]).clip(lower=1e-9).apply(np.log)
    fewest = table[["posts_before", "posts_after"]].min(axis="columns")
    likes: pd.Series = (1 + numbers["likes_after"]).apply(np.log) - (1 + numbers["likes_before"]).apply(np.log)
    likes = likes.where(fewest >= LEAST_POSTS_AROUND)
    return table.assign(
        biggest_jump_share=np.expm1(grown),
        jump_at=table["day_after"].where(grown.notna()),
        jump_likes_share=np.expm1(likes),
        unmatched=(np.expm1(grown) >= LEAST_JUMP) & (likes < LIKES_KEEP_UP * grown),
    )


def _question(row: pd.Series) -> str:
    """What there is to ask about an account, and why."""
    parts = [f"Do these followers read? On {str(row['platform']).capitalize()}"]
    if row["many"]:
        parts.append(
            f"the account has {_number(row['followers'])} followers, where accounts with as many likes have about "
            f"{_number(row['expected'])}: {_number(row['likes_per_1000_followers'])} likes for each 1,000 followers, "
            f"against {_number(row['peers_likes_per_1000'])}."
        )
    if row["jumped"]:
        parts.append(
            f"{'Its' if row['many'] else 'its'} followers went from {_number(row['followers_before'])} to "
            f"{_number(row['followers_after'])} between {_day(row['day_before'])} and {_day(row['day_after'])}, "
            f"while the likes of a median post went from {_number(row['likes_before'])} to "
            f"{_number(row['likes_after'])}."
        )
    parts.append("A campaign elsewhere or a wrong count would look the same.")
    return " ".join(parts)


def _day(moment: pd.Timestamp) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _number(number: float) -> str:
    """A number with about three digits that say something.

    >>> _number(123_456), _number(98.4), _number(1.26), _number(0)
    ('123,000', '98', '1.3', '0')
    """
    if abs(number) < 10:
        return f"{number:.1f}".removesuffix(".0")
    return f"{round(number, min(3 - len(f'{abs(number):.0f}'), 0)):,.0f}"
