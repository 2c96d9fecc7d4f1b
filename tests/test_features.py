"""Features as of a time: small tables in, expected values out, and plain Python as the oracle of the SQL."""

import statistics
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from athlete_intel.features import tables
from athlete_intel.features.matrix import design_matrix, transformed
from tests.tables import asks, raw_database, table

WINDOW = 3


def answers(raw: dict[str, pd.DataFrame], questions: pd.DataFrame, posts_window: int = 200) -> dict[str, pd.DataFrame]:
    with raw_database(raw) as database:
        tables.prepare(database, window_days=28)
        return tables.answer(database, questions, posts_window)


def posts(text: str) -> pd.DataFrame:
    """Posts of twitter account a, from: published_at (a day), likes, reposts, replies; known the day after."""
    frame = table(text)
    published = pd.to_datetime(frame["day"])
    return pd.DataFrame(
        {
            "platform": "twitter",
            "post_id": [f"p{i}" for i in range(len(frame))],
            "athlete_id": "a",
            "published_at": published,
            "likes": frame["likes"],
            "reposts": frame["reposts"],
            "replies": frame.get("replies", 0),
            "known_at": published + pd.Timedelta(days=1),
        }
    )


def test_medians_look_back_on_the_last_posts_that_were_known() -> None:
    raw = posts("""
        day         likes  reposts
        2026-01-01  1000   50
        2026-01-02  10     1
        2026-01-03  20     4
        2026-01-04  30     3
        2026-01-05  999    99
    """)
    found = answers({"posts": raw}, asks(("q", "a", "2026-01-05 12:00")), posts_window=WINDOW)["post_features"].iloc[0]
    # The post of the 5th is not known until the 6th; of the four known ones the last three count.
    assert (found.posts, found.likes_median, found.reposts_median) == (3, 20, 3)
    assert (found.likes_mean, found.likes_std) == (20, 10)
    assert (found.likes_p25, found.likes_p75) == (15, 25)
    assert found.likes_reposts_correlation == pytest.approx(np.corrcoef([10, 20, 30], [1, 4, 3])[0, 1])


def test_a_post_known_at_the_very_moment_counts() -> None:
    raw = posts("""
        day         likes  reposts
        2026-01-01  7      1
    """)
    at = answers({"posts": raw}, asks(("q", "a", "2026-01-02 00:00")))["post_features"]
    before = answers({"posts": raw}, asks(("q", "a", "2026-01-01 23:59:59")))["post_features"]
    assert at["likes_median"].tolist() == [7]
    assert before.empty


def test_constant_likes_have_no_correlation() -> None:
    raw = posts("""
        day         likes  reposts
        2026-01-01  7      1
        2026-01-02  7      3
    """)
    assert (
        answers({"posts": raw}, asks(("q", "a", "2026-02-01")))["post_features"]["likes_reposts_correlation"]
        .isna()
        .all()
    )


def test_activity_is_judged_by_the_days_that_can_be_seen() -> None:
    raw = posts("""
        day         likes  reposts
        2026-01-01  1      1
        2026-01-01  1      1
        2026-01-11  1      1
        2026-01-20  1      1
    """)
    found = answers({"posts": raw}, asks(("q", "a", "2026-01-21")))["activity_features"].iloc[0]
    assert found.posts_per_week == pytest.approx(7 * 4 / 20)
    assert found.active_days_share == pytest.approx(3 / 20)
    later = answers({"posts": raw}, asks(("q", "a", "2026-06-01")))["activity_features"].iloc[0]
    assert (later.posts_per_week, later.active_days_share) == (0, 0), "an account that fell silent posts nothing a week"


def test_trend_compares_thirty_days_with_the_ninety_before() -> None:
    raw = posts("""
        day         likes  reposts
        2025-01-01  5000   1
        2026-01-01  99     1
        2026-01-02  99     1
        2026-03-20  199    1
        2026-03-25  199    1
    """)
    found = answers({"posts": raw}, asks(("q", "a", "2026-04-01")))["trend_features"]["likes_trend"]
    assert found.tolist() == [pytest.approx(np.log(200 / 100))]


def test_wikipedia_counts_whole_days_of_the_last_ninety() -> None:
    days = pd.date_range("2026-01-01", periods=100)
    views = pd.DataFrame({"athlete_id": "a", "day": days, "views": range(100)})
    found = answers({"wikipedia_views": views}, asks(("q", "a", "2026-04-10 18:00")))["wikipedia_features"].iloc[0]
    # As of the evening of day 100 (value 99) that day is not over, so values 9 to 98 count.
    expected = np.arange(9, 99)
    assert found.wikipedia_median == np.median(expected)
    assert found.wikipedia_floor == pytest.approx(np.quantile(expected, 0.1))
    assert found.wikipedia_peak == 98


def test_followers_are_the_newest_known() -> None:
    counts = table("""
        athlete_id  platform  day         followers
        a           twitter   2026-01-01  100
        a           twitter   2026-01-05  150
        a           tiktok    2026-01-02  7
    """)
    found = answers({"follower_counts": counts}, asks(("q", "a", "2026-01-05 12:00")))["follower_features"]
    assert dict(zip(found["platform"], found["followers"], strict=True)) == {"twitter": 100, "tiktok": 7}


STORY = table("""
    story_id  athlete_id  published_at
    s1        a           2026-01-01
    s2        a           2026-01-10
    s3        a           2026-02-01
""")


def test_own_outcomes_count_once_their_window_is_over() -> None:
    outcomes = table("""
        story_id  outcome  known_at
        s1        100      2026-01-29
        s2        300      2026-02-07
        s3        900      2026-03-01
    """)
    raw = {"stories": STORY, "story_outcomes": outcomes}
    found = answers(raw, asks(("q1", "a", "2026-01-28"), ("q2", "a", "2026-02-08")))["outcome_features"]
    assert found[["ask_id", "outcomes_seen", "outcome_median"]].to_numpy().tolist() == [["q2", 2, 200]]


def test_outcomes_of_a_year_ago_count_only_if_they_were_known() -> None:
    stories = table("""
        story_id  athlete_id  published_at
        s1        a           2025-01-10
        s2        a           2025-01-12
        s3        a           2025-06-01
    """)
    outcomes = table("""
        story_id  outcome  known_at
        s1        100      2025-02-07
        s2        900      2026-03-01
        s3        500      2025-07-01
    """)
    raw = {"stories": stories, "story_outcomes": outcomes}
    found = answers(raw, asks(("q", "a", "2026-01-10")))["season_features"]
    assert found[["ask_id", "outcome_year_ago"]].to_numpy().tolist() == [["q", 100]]


def test_an_outcome_is_summed_up_from_daily_views_when_its_window_is_over() -> None:
    views = table("""
        story_id  channel  day         views
        s1        site     2026-01-01  10
        s1        twitter  2026-01-01  5
        s1        site     2026-01-28  1
        s1        site     2026-01-29  1000
    """)
    with raw_database({"stories": STORY, "story_views": views}) as database:
        tables.prepare(database, window_days=28)
        found = database.table("story_results")
    assert found[["story_id", "outcome"]].to_numpy().tolist() == [["s1", 16]]
    assert found["known_at"].tolist() == [pd.Timestamp("2026-01-29")]


def test_ready_made_signals_are_known_at_the_end_of_their_day() -> None:
    signals = table("""
        athlete_id  as_of       feature  value
        a           2026-01-01  points   20
        a           2026-01-09  points   30
    """)
    questions = asks(("early", "a", "2026-01-09 20:00"), ("late", "a", "2026-01-10"))
    found = answers({"features_as_of": signals}, questions)["aggregate_features"].set_index("ask_id")["value"]
    assert found.to_dict() == {"early": 20, "late": 30}


post_rows = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(0, 60),
        st.one_of(st.none(), st.integers(0, 1000)),
        st.integers(0, 50),
        st.integers(0, 5),
    ),
    max_size=25,
)


@settings(max_examples=40)
@given(post_rows, st.integers(0, 70), st.integers(2, 6))
def test_sql_agrees_with_plain_python(
    rows: list[tuple[int, int, int | None, int, int]], asked_day: int, window: int
) -> None:
    start = datetime(2026, 1, 1)
    frame = pd.DataFrame(
        [
            (
                "x",
                f"p{i:02}",
                f"athlete{athlete}",
                start + timedelta(days=day),
                likes,
                reposts,
                0,
                start + timedelta(days=day + lag),
            )
            for i, (athlete, day, likes, reposts, lag) in enumerate(rows)
        ],
        columns=["platform", "post_id", "athlete_id", "published_at", "likes", "reposts", "replies", "known_at"],
    ).astype({"likes": "Int64"})
    as_of = start + timedelta(days=asked_day)
    questions = asks(("athlete0", "athlete0", as_of), ("athlete1", "athlete1", as_of))
    found = answers({"posts": frame} if rows else {}, questions, window)
    medians = found["post_features"].set_index("ask_id")
    for athlete in ("athlete0", "athlete1"):
        known = [r for r in frame.itertuples() if r.athlete_id == athlete and r.known_at <= as_of]
        last = sorted(known, key=lambda r: (r.known_at, r.post_id))[-window:]
        assert (athlete in medians.index) == bool(last)
        if last:
            likes = [int(r.likes) for r in last if not pd.isna(r.likes)]
            expected = statistics.median(likes) if likes else None
            got = medians.loc[athlete, "likes_median"]
            assert (None if pd.isna(got) else got) == expected
            assert medians.loc[athlete, "reposts_median"] == statistics.median(r.reposts for r in last)
            assert medians.loc[athlete, "posts"] == len(last)


def test_the_matrix_has_a_row_for_each_question_and_a_name_for_each_column() -> None:
    raw = posts("""
        day         likes  reposts
        2026-01-01  7      1
        2026-01-02  9      3
    """)
    questions = asks(("b-asks", "b", "2026-02-01"), ("a-asks", "a", "2026-02-01"))
    labels = pd.DataFrame({"feature": ["points"], "label": ["Points a game"], "scale": ["linear"]})
    signals = pd.DataFrame({"athlete_id": ["b"], "as_of": ["2026-01-01"], "feature": ["points"], "value": [21.5]})
    matrix, catalogue = design_matrix(questions, answers({"posts": raw, "features_as_of": signals}, questions), labels)
    assert matrix.index.tolist() == ["b-asks", "a-asks"]
    assert matrix.columns.tolist() == catalogue["feature"].tolist()
    assert matrix.loc["a-asks", "twitter_likes_median"] == 8
    assert matrix.loc["b-asks", "points"] == 21.5
    assert matrix.loc["b-asks", "twitter_likes_median"] != matrix.loc["b-asks", "twitter_likes_median"]
    assert "followers" not in " ".join(matrix.columns), "followers can be bought, so they are no feature"


def test_infinite_and_negative_counts_do_not_break_the_scale() -> None:
    catalogue = pd.DataFrame({"feature": ["likes"], "label": ["Likes"], "scale": ["log"], "profile": ["level"]})
    assert transformed(pd.DataFrame({"likes": [np.inf, -5.0, np.nan]}), catalogue)["likes"].tolist()[1] == 0
