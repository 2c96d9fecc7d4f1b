"""Words of alerts, for pages and the command line; nothing here needs streamlit."""

import pandas as pd

from athlete_intel.monitoring.rules import ACCURACY, APART, COVERAGE, DRIFT, ESTIMATE, QUALITY
from athlete_intel.ui import formats as f

_RULE = ["rule", "subject"]


def alerts_sentence(still: pd.DataFrame) -> str:
    """How many alerts are open, and how many nobody has seen to.

    Args:
        still: severity, acknowledged_by of open alerts.

    >>> still = pd.DataFrame({"severity": ["critical", "warning"], "acknowledged_by": [None, "Kim"]})
    >>> alerts_sentence(still)
    '2 alerts open, 1 of them critical; 1 not acknowledged yet.'
    >>> alerts_sentence(still.head(1)), alerts_sentence(still.tail(1))
    ('1 critical alert open, not acknowledged yet.', '1 alert open, not critical; acknowledged.')
    >>> alerts_sentence(still.assign(acknowledged_by="Kim", severity="warning"))
    '2 alerts open, none of them critical; all acknowledged.'
    """
    if still.empty:
        return "No alert is open."
    waiting, number = int(still["acknowledged_by"].isna().sum()), len(still)
    critical = int((still["severity"] == "critical").sum())
    if number == 1:
        told = "1 critical alert open" if critical else "1 alert open, not critical"
        return f"{told}, not acknowledged yet." if waiting else f"{told}; acknowledged."
    share = {0: "none", number: "all"}.get(critical, str(critical))
    seen = f"{waiting} not acknowledged yet" if waiting else "all acknowledged"
    return f"{f.some(number, 'alert')} open, {share} of them critical; {seen}."


def acknowledged_sentence(who: str) -> str:
    """What comes of an acknowledgement that was just signed."""
    return (
        f"Written down, signed {who.strip()}: somebody has seen to this alert. It is no task on the overview any more, "
        "and stays open here until a cycle finds no reason for it."
    )


def taken_back_sentence(who: str) -> str:
    """What comes of an acknowledgement that was just taken back."""
    return f"Written down, signed {who.strip()}: the acknowledgement is taken back, and the alert needs a person again."


def alert_rows(alerts: pd.DataFrame) -> pd.DataFrame:
    """Alerts with their days, their figures in the unit of their rule, and who has seen to them, in words."""
    by = [
        "nobody yet" if f.missing(who) else f"{who}: {why}"
        for who, why in zip(alerts["acknowledged_by"], alerts["acknowledged_why"], strict=True)
    ]
    window = [f.days(*ends) for ends in zip(alerts["window_from"], alerts["window_to"], strict=True)]
    return alerts.assign(
        by=pd.Series(by, alerts.index, dtype="str"),
        window=pd.Series(window, alerts.index, dtype="str"),
        found=[_in_unit(rule, told, value) for rule, told, value in alerts[[*_RULE, "figure"]].values],
        limit=[_in_unit(rule, told, value) for rule, told, value in alerts[[*_RULE, "threshold"]].values],
        money=alerts["money_cents"].astype("float64") / 100,
    )


def figure_sentence(rule: str, subject: str, figure: float, threshold: float) -> str:
    """What came, and from where on it is an alert, in the unit of the rule.

    >>> figure_sentence("estimate", "all stories", 0.978, 0.921)
    '2.66x came; an alert begins at 2.51x'
    >>> figure_sentence("drift", "likes", 0.3131, 0.2)
    'figure 0.31, threshold 0.20'
    """
    found, limit = (_in_unit(rule, subject, value) for value in (figure, threshold))
    if rule in (ESTIMATE, ACCURACY):
        return f"{found} came; an alert begins at {limit}"
    return f"figure {found}, threshold {limit}"


def _in_unit(rule: str, subject: str, value: float) -> str:
    """A figure of an alert, or the threshold for it, in the unit of the rule.

    >>> _in_unit("estimate", "all stories", 0.978), _in_unit("coverage", "all stories", 0.71)
    ('2.66x', '71%')
    >>> _in_unit("quality", "freshness of posts on x", 4.0), _in_unit("quality", "nulls of likes", 0.4)
    ('4 days', '40%')
    >>> _in_unit("drift", "likes", 0.3131)
    '0.31'
    """
    if rule in (ESTIMATE, ACCURACY):
        return f.error_factor(value)
    if rule == QUALITY and subject.startswith("freshness"):
        return f"{f.count(value)} days"
    return f.percent(value) if rule in (COVERAGE, QUALITY) else f.figure(value)


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
    ('models', 'Ask for a new model', {})
    ('drift', 'Drift of Likes', {'feature': 'likes'})
    """
    rules = set(still["rule"])
    seen = [(page, told, {"tab": tab} if tab else {}) for rule, page, tab, told in _EVIDENCE if rule in rules]
    seen += [("models", "Ask for a new model", {})] if rules & _OF_THE_MODEL else []
    features = features_alerted(still, drift).items()
    return seen + [("drift", f.shortened(f"Drift of {label}", 40), {"feature": name}) for name, label in features]


_OF_THE_MODEL = {ESTIMATE, ACCURACY, COVERAGE}
_EVIDENCE = (
    (ESTIMATE, "health", "Estimated ahead", "Errors estimated ahead"),
    (ACCURACY, "health", "Accuracy", "Errors by window"),
    (COVERAGE, "health", "Accuracy", "Inside their range, by window"),
    (QUALITY, "health", "Data quality", "All checks of data and labels"),
    (APART, "drift", "", "All features together"),
)


def rests_on(still: pd.DataFrame, estimates: pd.DataFrame) -> list[str]:
    """What the threshold of each rule with an open alert rests on, and what to do next.

    Args:
        still: rule, window_from, figure, threshold of open alerts.
        estimates: window_from, estimated_mae_log of the published table.

    >>> still = pd.DataFrame({"rule": ["estimate"], "window_from": [1], "figure": [0.978], "threshold": [0.921]})
    >>> for told in rests_on(still, pd.DataFrame({"window_from": [1], "estimated_mae_log": [0.737]})):
    ...     print(told)
    Errors estimated ahead: for the newest window with outcomes a typical error of 2.09x was foreseen, and 2.66x came; \
an alert begins at 2.51x. What is foreseen rests on older windows in which it held, so the threshold may lie below the \
typical error of all windows.
    Next: see in Model health whether errors grow from window to window. If they do, ask for a new model on Models; \
until one takes over, leave room beyond the ranges.
    """
    rules = set(still["rule"])
    told = []
    if ESTIMATE in rules:
        row = still[still["rule"] == ESTIMATE].iloc[0]
        ahead = estimates.loc[estimates["window_from"] == row["window_from"], "estimated_mae_log"]
        foreseen = f"a typical error of {f.error_factor(ahead.iloc[0])} was foreseen, and " if len(ahead) else ""
        told.append(
            f"Errors estimated ahead: for the newest window with outcomes {foreseen}"
            f"{figure_sentence(ESTIMATE, '', row['figure'], row['threshold'])}. What is foreseen rests on older "
            "windows in which it held, so the threshold may lie below the typical error of all windows."
        )
    told += [sentence for rule, sentence in _RESTS_ON if rule in rules]
    if rules & _OF_THE_MODEL:
        told.append(
            "Next: see in Model health whether errors grow from window to window. If they do, ask for a new model on "
            "Models; until one takes over, leave room beyond the ranges."
        )
    if rules & {DRIFT, APART}:
        told.append("Next: see on Drift since when it moved, and whether the source or the athletes changed.")
    if QUALITY in rules:
        told.append("Next: see the check in Model health, mend the source, and run a cycle.")
    return told


_RESTS_ON = (
    (ACCURACY, "Accuracy: the threshold rests on the errors of the windows before, and on how much they vary."),
    (
        COVERAGE,
        "Coverage: the threshold is the lowest share of the newest window that chance explains where ranges hold; over "
        "all windows the share may be as promised.",
    ),
    (DRIFT, "Drift: the threshold is the size from which a move matters, or what is usual where that is more."),
    (APART, "Windows apart: the threshold rests on how well older windows could be told apart."),
    (QUALITY, "Data quality: thresholds are fixed limits."),
)


def where_sent(webhook: str | None) -> str:
    """Where new alerts go.

    >>> print(where_sent(None))
    New alerts are written to the log, each once. They are sent nowhere, as the settings name no address for them, such
    as a chat channel's (alert_webhook).
    """
    if webhook is None:
        return (
            "New alerts are written to the log, each once. They are sent nowhere, as the settings name no address for "
            "them, such as a chat channel's (alert_webhook)."
        )
    return "New alerts are written to the log and sent to the address in the settings (alert_webhook), each once."
