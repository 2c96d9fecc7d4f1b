"""The posts of one account, as an analyst wants them at a prompt."""

import difflib

import pandas as pd

from athlete_intel.errors import UnknownAthleteError
from athlete_intel.warehouse import Snapshots

COUNTS = ["likes", "reposts", "replies"]


def posts_of(snapshots: Snapshots, who: str, last: int = 200) -> pd.DataFrame:
    """The last posts of a handle, or of an athlete over all platforms.

    Args:
        snapshots: where to read.
        who: handle (case and a leading @ do not matter), athlete_id or name.
        last: how many posts, newest first.

    Returns:
        Columns likes, reposts, replies, indexed by published_at (UTC). Counts that were not known as of the snapshot
        are left out, as they are in every feature.

    Raises:
        UnknownAthleteError: nobody goes by that; the message names the closest ones.
    """
    snapshot = snapshots.current()
    athlete_id, platform = _found(snapshots, who)
    where = {"athlete_id": athlete_id} | ({"platform": platform} if platform else {})
    posts = snapshots.read("posts", ["published_at", "known_at", "post_id", *COUNTS], where, snapshot)
    as_of = snapshots.read("dataset", ["as_of"], snapshot=snapshot)["as_of"].item()
    known = posts[posts["known_at"] <= as_of]
    newest = known.sort_values(["known_at", "post_id"], ascending=False).head(last)
    return newest.set_index("published_at")[COUNTS]


def _found(snapshots: Snapshots, who: str) -> tuple[str, str | None]:
    wanted = who.strip().removeprefix("@").casefold()
    handles = snapshots.read("handles")
    athletes = snapshots.read("athletes", ["athlete_id", "name"])
    by_handle = handles[handles["handle"].str.removeprefix("@").str.casefold() == wanted]
    with_posts = by_handle[by_handle["platform"] != "wikipedia"]
    if with_posts["athlete_id"].nunique() == 1:
        return with_posts["athlete_id"].iloc[0], with_posts["platform"].iloc[0] if len(with_posts) == 1 else None
    is_athlete = (athletes["athlete_id"].str.casefold() == wanted) | (athletes["name"].str.casefold() == wanted)
    matches = sorted({*by_handle["athlete_id"], *athletes.loc[is_athlete, "athlete_id"]})
    if len(matches) == 1:
        return matches[0], None
    if matches:
        raise UnknownAthleteError(f"{who} may be {' or '.join(matches)}; name one of these ids.")
    known = {name.casefold(): name for name in [*handles["handle"], *athletes["name"], *athletes["athlete_id"]]}
    close = [known[name] for name in difflib.get_close_matches(wanted, known, n=3)]
    hint = f"; did you mean {' or '.join(close)}?" if close else "; `athlete-intel doctor` shows what is loaded."
    raise UnknownAthleteError(f"Nobody goes by {who!r} here{hint}")
