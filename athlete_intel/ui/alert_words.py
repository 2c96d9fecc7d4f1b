"""Words and columns of alerts."""

import pandas as pd
from streamlit import column_config as show

from athlete_intel.monitoring.rules import ACCURACY, APART, COVERAGE, ESTIMATE, QUALITY
from athlete_intel.ui import formats as f
from athlete_intel.ui.columns import Columns

_DAY = "D MMM YYYY"


def alerts_sentence(still: pd.DataFrame) -> str:
    """How many alerts are open, and how many nobody has seen to."""
    if still.empty:
        return "No alert is open."
    waiting = int(still["acknowledged_by"].isna().sum())
    critical = int((still["severity"] == "critical").sum())
    return f"{f.some(len(still), 'alert')} open, {critical} of them critical; {waiting} not acknowledged yet."


def alert_rows(alerts: pd.DataFrame) -> pd.DataFrame:
    """Alerts with their days, and who has seen to them, in words."""
    by = [
        "nobody yet" if f.missing(who) else f"{who}: {why}"
        for who, why in zip(alerts["acknowledged_by"], alerts["acknowledged_why"], strict=True)
    ]
    window = [f.days(*ends) for ends in zip(alerts["window_from"], alerts["window_to"], strict=True)]
    return alerts.assign(
        by=pd.Series(by, alerts.index, dtype="str"),
        window=pd.Series(window, alerts.index, dtype="str"),
        money=alerts["money_cents"].astype("float64") / 100,
    )


def features_alerted(still: pd.DataFrame, drift: pd.DataFrame) -> dict[str, str]:
    """Feature and label of each alert about a feature that the page Drift shows.

    Args:
        still: rule, subject of open alerts.
        drift: feature, label.

    >>> still = pd.DataFrame({"rule": ["drift", "quality"], "subject": ["likes", "volume of posts"]})
    >>> features_alerted(still, pd.DataFrame({"feature": ["likes", "views"], "label": ["Likes", "Views"]}))
    {'likes': 'Likes'}
    """
    about = still.loc[still["rule"] == "drift", "subject"]
    shown = drift[drift["feature"].isin(about)]
    return dict(zip(shown["feature"], shown["label"], strict=True))


def evidence(still: pd.DataFrame, drift: pd.DataFrame) -> list[tuple[str, str, dict[str, str]]]:
    """Where the reason of each open alert is to be seen: page, what the link says, and what it opens there.

    Args:
        still: rule, subject of open alerts.
        drift: feature, label of what the page Drift shows.

    >>> still = pd.DataFrame({"rule": ["estimate", "drift"], "subject": ["all stories", "likes"]})
    >>> for link in evidence(still, pd.DataFrame({"feature": ["likes"], "label": ["Likes"]})):
    ...     print(link)
    ('health', 'Errors estimated ahead', {'tab': 'Estimated ahead'})
    ('drift', 'Drift of Likes', {'feature': 'likes'})
    """
    rules = set(still["rule"])
    seen = [(page, told, {"tab": tab} if tab else {}) for rule, page, tab, told in _EVIDENCE if rule in rules]
    features = features_alerted(still, drift).items()
    return seen + [("drift", f.shortened(f"Drift of {label}", 40), {"feature": name}) for name, label in features]


_EVIDENCE = (
    (ESTIMATE, "health", "Estimated ahead", "Errors estimated ahead"),
    (ACCURACY, "health", "Accuracy", "Errors by window"),
    (COVERAGE, "health", "Accuracy", "Inside their range, by window"),
    (QUALITY, "health", "Data quality", "All checks of data and labels"),
    (APART, "drift", "", "All features together"),
)


def where_sent(webhook: str | None) -> str:
    """Where new alerts go.

    >>> where_sent(None)
    'New alerts are written to the log, each once. No webhook is set (alert_webhook), so they are sent nowhere.'
    """
    if webhook is None:
        return (
            "New alerts are written to the log, each once. No webhook is set (alert_webhook), so they are sent nowhere."
        )
    return "New alerts are written to the log and sent to the webhook of the settings, each once."


def alert_columns() -> Columns:
    """Columns of alerts; rule and subject are what `alerts acknowledge` takes."""
    return {
        "severity": show.TextColumn("Severity"),
        "message": show.TextColumn("What happened", width=300),
        "money": show.NumberColumn("Moves in pay", format="dollar", help="Mean change of the expected pay of a story."),
        "figure": show.NumberColumn("Figure", format="%.3g"),
        "threshold": show.NumberColumn("Threshold", format="%.3g", help="Limit of the rule."),
        "window": show.TextColumn("Window"),
        "first_seen": show.DateColumn("First seen", format=_DAY),
        "last_seen": show.DateColumn("Last seen", format=_DAY),
        "by": show.TextColumn("Acknowledged", width="medium"),
        "rule": show.TextColumn("Rule"),
        "subject": show.TextColumn("Subject"),
    }
