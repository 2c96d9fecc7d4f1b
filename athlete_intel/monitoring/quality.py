"""Quality of data and labels: is it fresh, is there as much as usual, is it whole, is it whose it is said to be.

Every source and every platform of it is looked at alone, as one that falls silent is not missed in the sum of all; and
in the newest window, against those before it, as a long past hides what came last.
"""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pandas as pd
from scipy import stats

from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.monitoring.cells import sql
from athlete_intel.monitoring.windows import LEAST_ROWS
from athlete_intel.payouts.alerts import GRACE_DAYS, overdue
from athlete_intel.warehouse import Database

GOOD, BAD, UNKNOWN = "good", "bad", "not known"
FEWER, EMPTIER, REPEATED, QUARANTINED, DISPUTED, LATE = 0.5, 0.2, 0.01, 0.05, 0.05, 0.1
"""Thresholds: share of the usual volume, rise of the share of empty values, and shares of rows."""
LEAST_PAUSE, UNKNOWN_PAUSE = 3.0, 7.0
"""Days without anything new that are no matter in any source, and in one of which too little is known."""
_PAUSES_TO_KNOW, _RHYTHM_DAYS = 10, 182
_DUE_TO_TELL = 10
_WINDOWS_BEFORE = 6
_CHANCE = 0.01
_DAY = pd.Timedelta(days=1)
_SUBJECTS = {"posts": "posts on {}", "followers": "followers on {}", "readers": "readers from {}"}
_VALUES = {"posts": ("likes", "reposts", "replies"), "stories": ("format", "sponsored", "text_length")}
COLUMNS = PUBLISHED_TABLES["quality"].column_names

Check = dict[str, object]


def quality(
    database: Database, states: pd.DataFrame, outcomes: pd.DataFrame, as_of: datetime, window_days: int, final_days: int
) -> pd.DataFrame:
    """The published table `quality`, bad ones first.

    Args:
        database: holds the raw tables and `imports`.
        states: handle_states: left_out of each handle.
        outcomes: the published table: published_at, outcome and known_at of each story.
        as_of: the day of the snapshot.
        window_days: length of the windows that are compared.
        final_days: days after which an outcome is final.
    """
    spans = {"as_of": as_of, "window_days": window_days, "most_back": _WINDOWS_BEFORE}
    days = pd.concat([database.query(sql("source_days"), {"as_of": as_of}), _days_of_outcomes(outcomes, as_of)])
    found = [
        *feed_checks(days, pd.Timestamp(as_of), window_days),
        *_empty_values("posts", database.query(sql("post_values"), spans)),
        *_empty_values("stories", database.query(sql("story_values"), spans)),
        *_repeated(database.query(sql("repeated_posts"), spans)),
        *_newest_imports(database.table("imports")),
        _disputes(states),
        *_late(outcomes, pd.Timestamp(as_of), window_days, final_days),
    ]
    checks = pd.DataFrame(found).reindex(columns=COLUMNS).astype({"figure": "float64", "newest": "datetime64[us]"})
    beyond = np.where(
        checks["worse"] == "above", checks["figure"] > checks["threshold"], checks["figure"] < checks["threshold"]
    )
    checks["state"] = np.where(checks["figure"].isna(), UNKNOWN, np.where(beyond, BAD, GOOD))
    order = checks["state"].map({BAD: 0, GOOD: 1, UNKNOWN: 2})
    return checks.assign(order=order).sort_values(["order", "check", "subject"], ignore_index=True)[COLUMNS]


def by_the_clock(checks: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Sources that are silent for longer than usual by the clock, those silent for longest first.

    The data's own end says nothing of a feed that died with all others: where no file comes, nothing is built.

    Args:
        checks: the published table.
        now: this moment, in UTC.

    Returns:
        subject, newest, days since then, and the days that are usual at most.

    >>> newest = pd.to_datetime(["2026-05-01", "2026-05-09", None])
    >>> checks = pd.DataFrame({"check": ["freshness", "freshness", "disputes"], "subject": ["stories", "posts", "x"],
    ...     "threshold": [3.0, 3.0, 0.1], "newest": newest})
    >>> by_the_clock(checks, datetime(2026, 5, 10, 18)).drop(columns="newest").to_numpy().tolist()
    [['stories', 9.0, 3.0]]
    """
    fresh = checks[(checks["check"] == "freshness") & checks["newest"].notna()]
    days = _in_days(pd.Timestamp(now).floor("D") - fresh["newest"])
    silent = fresh.assign(days=days, usual=fresh["threshold"])[days > fresh["threshold"]]
    silent = silent.sort_values(["days", "subject"], ascending=[False, True], ignore_index=True)
    return silent[["subject", "newest", "days", "usual"]]


def feed_checks(days: pd.DataFrame, as_of: pd.Timestamp, window_days: int) -> Iterator[Check]:
    """Freshness and volume of each source and platform.

    A source is silent for too long after twice the pause that 95 of 100 of its pauses do not exceed. There are too few
    rows where there are less than half as many as usual, and fewer than chance brings (of a Poisson number, once in a
    hundred windows).

    Args:
        days: source, platform, day, counted: rows that came.
        as_of: the day of the snapshot.
        window_days: length of the windows whose rows are counted.
    """
    for (source, platform), part in days.groupby(["source", "platform"]):
        subject = _SUBJECTS.get(str(source), str(source)).format(platform)
        ordered = part.assign(day=pd.to_datetime(part["day"])).sort_values("day", ignore_index=True)
        newest = ordered["day"].iloc[-1]
        longest = _longest_pause(ordered["day"])
        silent = float((as_of - newest) / _DAY)
        told = f"Days since the newest row; {longest:.0f} are usual at most."
        if silent > longest:
            told = f"No {subject} since {newest:%-d %B %Y}; a pause of {longest:.0f} days is usual at most."
        yield _check("freshness", subject, silent, longest, "above", told) | {"newest": newest}
        back = (_in_days(as_of - ordered["day"]) - 1) // window_days
        whole = int((as_of - ordered["day"].iloc[0]) / _DAY // window_days)
        windows = range(max(1, min(whole, 1 + _WINDOWS_BEFORE)))
        counts = ordered.groupby(back)["counted"].sum().reindex(windows, fill_value=0)
        usual = float(counts.iloc[1:].median()) if len(counts) > 1 else np.nan
        told = "Rows of the newest window for each usual one."
        if len(counts) < 2:
            told = "Rows of the newest window; there is no whole window before it."
        if longest > window_days:
            usual, told = np.nan, "Rows come too seldom to be counted by window."
        threshold = min(FEWER, float(stats.poisson.ppf(_CHANCE, usual)) / usual) if usual > 0 else FEWER
        share = float(counts.iloc[0]) / usual if usual > 0 else np.nan
        if share < threshold:
            told = f"{counts.iloc[0]:,.0f} rows in the newest window, where {usual:,.0f} are usual."
        yield _check("volume", subject, share, threshold, "below", told)


def _longest_pause(days: pd.Series) -> float:
    """Days without a row from which a source counts as silent; a row on every day makes pauses of one day."""
    pauses = _in_days(days[days >= days.iloc[-1] - pd.Timedelta(days=_RHYTHM_DAYS)].diff().dropna())
    if len(pauses) < _PAUSES_TO_KNOW:
        return max(UNKNOWN_PAUSE, 2 * float(pauses.max()) if len(pauses) else 0.0)
    return max(LEAST_PAUSE, 2 * float(pauses.quantile(0.95)))


def _in_days(spans: pd.Series) -> pd.Series:
    return spans.dt.total_seconds() / 86_400


def _days_of_outcomes(outcomes: pd.DataFrame, as_of: datetime) -> pd.DataFrame:
    days = outcomes.loc[outcomes["outcome"].notna(), "known_at"].dt.floor("D")
    counted = days[days < pd.Timestamp(as_of)].value_counts().rename_axis("day").rename("counted").reset_index()
    return counted.assign(source="outcomes", platform="")


def _empty_values(source: str, counts: pd.DataFrame) -> Iterator[Check]:
    """Whether more values are empty in the newest window than before; what a platform never tells is not missed."""
    for platform, part in counts.groupby("platform"):
        newest, before = part[part["back"] == 0].sum(), part[part["back"] > 0].sum()
        for name in _VALUES[source]:
            share, usual = np.nan, np.nan
            if min(newest["counted"], before["counted"]) >= LEAST_ROWS:
                share, usual = (1 - float(rows[name]) / float(rows["counted"]) for rows in (newest, before))
            told = "Share of empty values in the newest window; too few rows to compare."
            if usual == usual:
                told = f"Share of empty values in the newest window; {usual:.0%} before."
            subject = f"{name.replace('_', ' ')} of {_SUBJECTS.get(source, source).format(platform)}"
            threshold = EMPTIER if np.isnan(usual) else usual + EMPTIER
            yield _check("nulls", subject, share, threshold, "above", told)


def _repeated(counts: pd.DataFrame) -> Iterator[Check]:
    for platform, part in counts.groupby("platform"):
        newest, before = part[part["back"] == 0].sum(), part[part["back"] > 0].sum()
        told = "Share of posts of the newest window that repeat another one."
        if before["counted"] > 0:
            told = f"{told[:-1]}; {before['repeated'] / before['counted']:.0%} before."
        share = float(newest["repeated"]) / float(newest["counted"]) if newest["counted"] > 0 else np.nan
        yield _check("duplicates", f"posts on {platform}", share, REPEATED, "above", told)


def _newest_imports(imports: pd.DataFrame) -> Iterator[Check]:
    """What the newest import of each mapping set aside: in all imports of years its bad lines would not show."""
    for mapping, part in imports.groupby("mapping"):
        newest = part[part["imported_at"] == part["imported_at"].max()]
        lines, bad = float(newest["lines"].sum()), float(newest["bad_lines"].sum())
        told = f"Share of its {lines:,.0f} lines that were set aside."
        subject = f"newest import of {mapping}"
        yield _check("quarantine", subject, bad / lines if lines else np.nan, QUARANTINED, "above", told)


def _disputes(states: pd.DataFrame) -> Check:
    share = float(states["left_out"].astype(bool).mean()) if len(states) else np.nan
    return _check("disputes", "handles", share, DISPUTED, "above", "Share of handles that are contested.")


def _late(outcomes: pd.DataFrame, as_of: pd.Timestamp, window_days: int, final_days: int) -> Iterator[Check]:
    """Stories that are due without an outcome: of half a year, and those that fell due in the newest window."""
    share, about = overdue(outcomes, as_of, final_days)
    told = f"Share without an outcome; {about}." if np.isnan(share) else f"Share of {about} without an outcome."
    yield _check("late outcomes", "stories", share, LATE, "above", told)
    due_to = as_of - (final_days + GRACE_DAYS) * _DAY
    newest = outcomes[outcomes["published_at"].between(due_to - window_days * _DAY, due_to, inclusive="left")]
    enough = len(newest) >= _DUE_TO_TELL
    told = f"Share of {len(newest):,} without an outcome{'' if enough else '; too few to tell'}."
    share = float(newest["outcome"].isna().mean()) if enough else np.nan
    yield _check("late outcomes", "stories due in the newest window", share, LATE, "above", told)


def _check(check: str, subject: str, figure: float, threshold: float, worse: str, about: str) -> Check:
    return {
        "check": check,
        "subject": subject,
        "figure": figure,
        "threshold": threshold,
        "worse": worse,
        "about": about,
    }
