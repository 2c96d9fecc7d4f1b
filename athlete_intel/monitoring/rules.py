"""The rules that raise alerts: how often chance alone may raise each, and how severe each is.

A false alarm is an alert of a window in which nothing changed but by chance. The table says in which share of windows
each rule may raise one, at most; a window is looked at once, so cycles that look at windows which overlap look more
often. Each rule also asks that a change be large enough to matter, which keeps it below its share.

=============  ======================================================================================================
rule           how its share is kept
=============  ======================================================================================================
drift          p-values of all features and tests together by Holm's method; what windows usually do, by Bonferroni's;
               outcomes, which have windows of their own, are a test apart with the same share
windows apart  the area under the curve against the usual one, with the uncertainty of both between athletes
accuracy       Welch's test of the athletes' mean errors, one-sided
coverage       exact binomial test, one-sided, of as many outcomes as they are worth where athletes have several
estimate       the real error against the estimated one, with the uncertainty of both between athletes, one-sided
quality        fixed limits without a test: the data themselves are counted, so there is no chance in it
=============  ======================================================================================================
"""

WARNING, CRITICAL = "warning", "critical"
DRIFT, APART, ACCURACY, COVERAGE, ESTIMATE, QUALITY = (
    "drift",
    "windows apart",
    "accuracy",
    "coverage",
    "estimate",
    "quality",
)
CHANCE = 0.01
FALSE_ALARMS = dict.fromkeys((DRIFT, APART, ACCURACY, COVERAGE, ESTIMATE), CHANCE)
"""Share of windows, at most, in which chance alone raises an alert of each rule, with the thresholds as shipped."""


def severity_of_quality(check: str, figure: float) -> str:
    """How severe a bad check of data and labels is.

    What keeps the house from knowing is critical: where outcomes or a whole feed do not come in, accuracy, coverage and
    estimates fall silent instead of raising an alert. What is only worse than it should be is a warning, as what came
    in is there to be looked at: it is counted, and what is wrong was set aside or is left out.

    >>> severity_of_quality("late outcomes", 0.3), severity_of_quality("nulls", 0.3)
    ('critical', 'warning')
    >>> severity_of_quality("volume", 0.0), severity_of_quality("volume", 0.4)
    ('critical', 'warning')
    """
    silent = check in ("freshness", "late outcomes") or (check == "volume" and figure == 0)
    return CRITICAL if silent else WARNING
