"""Athlete Intelligence: influence rankings, expected payouts and bundles of athletes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__version__ = "0.1.0"
__all__ = ["__version__", "stats_df"]


def stats_df(who: str, last: int = 200, workspace: str | None = None) -> "pd.DataFrame":
    """The last posts of an account, ready for `.describe()` and `.corr()`.

    Args:
        who: a handle in any spelling of its case, with or without @; or an athlete's id or name, for all platforms.
        last: how many posts, newest first.
        workspace: the data set; by default the one of the settings.

    Returns:
        Columns likes, reposts, replies, indexed by published_at (UTC).

    Raises:
        UnknownAthleteError: nobody goes by that handle, id or name.
        NoSnapshotError: nothing has been published yet.
    """
    from athlete_intel.settings import load_settings
    from athlete_intel.stats import posts_of
    from athlete_intel.warehouse import Snapshots

    settings = load_settings(workspace=workspace)
    return posts_of(Snapshots(settings.folder), who, last)
