"""What speaks against taking figures as they stand, the same on every page that shows what is promised or paid."""

from athlete_intel.ui import caution_words, frame, health_decisions
from athlete_intel.ui.reads import DataSet


def of(data: DataSet, begins: str = caution_words.CRITICAL) -> list[str]:
    """Critical alerts that are open, and data that are old.

    Args:
        data: the data set.
        begins: how the sentence on an alert begins.
    """
    alerts = health_decisions.alerts(data)
    told = caution_words.critical_alerts(alerts[alerts["open"].astype(bool)], begins)
    return told + caution_words.old_data(data.about["as_of"].date(), frame.today())
