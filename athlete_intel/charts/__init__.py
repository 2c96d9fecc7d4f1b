"""Charts: a table in, a Plotly figure out, and for each figure a sentence that says the main thing to see.

The only package that imports plotly; it knows no streamlit.
"""

from plotly.graph_objects import Figure

from athlete_intel.charts.accuracy import (
    errors_by_group,
    errors_by_group_summary,
    errors_by_window,
    errors_by_window_summary,
    predicted_and_actual,
    predicted_and_actual_summary,
)
from athlete_intel.charts.athletes import (
    drivers,
    past_estimates,
    past_estimates_summary,
    ranking,
    ranking_summary,
)
from athlete_intel.charts.comparison import (
    followers_and_outcome,
    followers_and_outcome_summary,
    past_of_chosen,
    past_of_chosen_summary,
)
from athlete_intel.charts.finished import Drawn, finished
from athlete_intel.charts.groups import bundle_map, bundle_map_summary
from athlete_intel.charts.handles import payout_shifts, payout_shifts_summary, promise, promise_summary
from athlete_intel.charts.health import (
    drift_over_time,
    estimated_errors,
    estimated_errors_summary,
)
from athlete_intel.charts.money import book_range, book_range_summary
from athlete_intel.charts.plans import booked, booked_summary, course, course_summary, delivered, delivered_summary
from athlete_intel.charts.shifts import distribution, distribution_summary, spans_in_time, spans_in_time_summary

__all__ = [
    "Drawn",
    "Figure",
    "book_range",
    "book_range_summary",
    "booked",
    "booked_summary",
    "bundle_map",
    "bundle_map_summary",
    "course",
    "course_summary",
    "delivered",
    "delivered_summary",
    "distribution",
    "distribution_summary",
    "drift_over_time",
    "drivers",
    "errors_by_group",
    "errors_by_group_summary",
    "errors_by_window",
    "errors_by_window_summary",
    "estimated_errors",
    "estimated_errors_summary",
    "finished",
    "followers_and_outcome",
    "followers_and_outcome_summary",
    "past_estimates",
    "past_estimates_summary",
    "past_of_chosen",
    "past_of_chosen_summary",
    "payout_shifts",
    "payout_shifts_summary",
    "predicted_and_actual",
    "predicted_and_actual_summary",
    "promise",
    "promise_summary",
    "ranking",
    "ranking_summary",
    "spans_in_time",
    "spans_in_time_summary",
]
