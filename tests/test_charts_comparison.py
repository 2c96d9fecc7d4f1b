"""Whom the charts that set athletes against each other show, and what is said of them."""

import pandas as pd
import pytest

from athlete_intel.charts import comparison, followers_and_outcome, followers_and_outcome_summary, ranking_summary

STORY = pd.Series(
    {"rows_are": "stories", "outcome_unit": "", "outcome_name": "page views", "outcome_label": "Page views"}
)
DAY = pd.Series({**STORY, "rows_are": "athletes", "outcome_label": "Page views a day"})


def judged(verdicts: list[str]) -> pd.DataFrame:
    places = range(1, len(verdicts) + 1)
    return pd.DataFrame(
        {
            "athlete_id": [f"a{place}" for place in places],
            "name": [f"Athlete {place}" for place in places],
            "predicted": [1_000.0 / place for place in places],
            "followers": [100 * place for place in places],
            "rank": places,
            "follower_rank_in_group": list(reversed(places)),
            "by_followers": verdicts,
        }
    )


def test_of_too_many_athletes_those_whom_the_chart_is_for_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "MOST_ATHLETES", 5)
    found = judged(["under-rated"] + ["as followers suggest"] * 7 + ["over-rated"] * 2)
    drawn = {each.name: len(each.x) for each in followers_and_outcome(found, STORY).data}
    assert drawn == {
        "as followers suggest (2 of 7)": 2,
        "under-rated by followers (1)": 1,
        "over-rated by followers (2)": 2,
    }
    told = followers_and_outcome_summary(found, "")
    assert "Of 10 athletes judged the chart shows 5: all who draw more or less and, picked by chance, some of" in told
    more = followers_and_outcome_summary(judged(["under-rated"] * 7), "")
    assert "Of 7 athletes judged the chart shows 5: some of those who draw more or less, picked by chance." in more
    assert "the chart shows" not in followers_and_outcome_summary(found.head(5), "")


@pytest.mark.parametrize(
    ("high", "about", "told"),
    [
        ([9, 5, 5], STORY, "Typically 8 for Ana, 4 for Cy, the last one shown."),
        ([9, 8, 5], STORY, "For 1 of the 2 others shown the range reaches up to what is typical of the first: for a"),
        ([9, 8, 8], STORY, "For both others shown the ranges reach up to what is typical of the first: for a single s"),
        ([9, 8, 8], DAY, "first: for a single day the order may be another one."),
    ],
)
def test_that_ranges_overlap_is_said_of_a_single_outcome(high: list[float], about: pd.Series, told: str) -> None:
    rankings = pd.DataFrame({"name": ["Ana", "Ben", "Cy"], "predicted": [8.0, 6.0, 4.0], "high": high})
    assert told in ranking_summary(rankings, about)
