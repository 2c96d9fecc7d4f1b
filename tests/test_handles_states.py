"""The state of each handle, standing decisions, whose data are whose, and what is left out of training."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from athlete_intel.features import tables as feature_tables
from athlete_intel.handles import review, states
from athlete_intel.handles.consensus import Rule
from athlete_intel.handles.stage import left_out, settle_handles
from athlete_intel.journal import COLUMNS, no_rows, typed
from athlete_intel.settings import Settings
from tests.tables import raw_database, table

SETTINGS = Settings()
ASKED_AT = "2026-05-01"


def reviews(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Decisions: (athlete_id, action, handle, revokes, since); numbered, on Twitter, signed by Mia on 1 June 2026."""
    made = [
        {
            "id": number,
            "workspace": "w",
            "who": "Mia",
            "role": "analyst",
            "at": datetime(2026, 6, 1),
            "why": "seen it",
            "athlete_id": row[0],
            "platform": "twitter",
            "action": row[1],
            "handle": row[2] if len(row) > 2 else None,
            "revokes": row[3] if len(row) > 3 else None,
            "since": row[4] if len(row) > 4 else None,
        }
        for number, row in enumerate(rows, start=1)
    ]
    return typed("handle_reviews", pd.DataFrame(made, columns=COLUMNS["handle_reviews"]))


def votes(**answers: str) -> pd.DataFrame:
    """Nine letters an athlete, one a worker: which account each names; `-` for none."""
    named = {"x": "Ann_X", "y": "Ben_Y", "z": "Somebody", "-": None}
    rows = [
        (athlete, "twitter", f"w{number}", named[letter], ASKED_AT)
        for athlete, letters in answers.items()
        for number, letter in enumerate(letters)
    ]
    return pd.DataFrame(rows, columns=["athlete_id", "platform", "worker_id", "answer", "voted_at"])


def settled(
    handles: dict[str, str], cast: pd.DataFrame | None = None, decisions: pd.DataFrame | None = None
) -> pd.DataFrame:
    """States by athlete."""
    given = {
        "athletes": pd.DataFrame({"athlete_id": ["ann", "ben", "cat"], "name": ["Ann", "Ben", "Cat"]}),
        "handles": pd.DataFrame(
            [(who, "twitter", h) for who, h in handles.items()], columns=["athlete_id", "platform", "handle"]
        ),
    }
    if cast is not None:
        given["handle_votes"] = cast
    with raw_database(given) as database:
        database.write("handle_reviews", no_rows("handle_reviews") if decisions is None else decisions)
        return settle_handles(database, SETTINGS).states.set_index("athlete_id")


@pytest.mark.parametrize(
    ("handles", "cast", "expected"),
    [
        ({"ann": "@ann_x"}, {"ann": "xxxxxxxxz"}, {"ann": "accepted"}),
        ({"ann": "Other"}, {"ann": "xxxxxxxxz"}, {"ann": "contested"}),  # workers name another than the data's
        ({"ann": "Ann_X"}, {"ann": "---------"}, {"ann": "contested"}),  # workers find none, data came by one
        ({}, {"ann": "---------"}, {"ann": "accepted"}),
        ({"ann": "Ann_X"}, {"ann": "xxx"}, {"ann": "needs more votes"}),
        ({"ann": "Ann_X"}, {"ann": "xxxzzzyyy"}, {"ann": "contested"}),
        (
            {"ann": "Ann_X", "ben": "Ben_Y"},
            {"ann": "yyyyyyyyy", "ben": "xxxxxxxxx"},
            {"ann": "contested", "ben": "contested"},
        ),
        (
            {"ann": "Ann_X", "ben": "Ann_X"},
            {"ann": "xxxxxxxxx", "ben": "yyyyyyyyy"},
            {"ann": "accepted", "ben": "contested"},
        ),
        ({"ann": "Ann_X", "ben": "ann_x"}, None, {"ann": "contested", "ben": "contested"}),
        ({"ann": "Ann_X"}, {"ann": "xxxxxxxxx", "ben": "xxxxxxxxx"}, {"ann": "contested", "ben": "contested"}),
        ({"ann": "Ann_X"}, None, {"ann": "not asked"}),
    ],
)
def test_states(handles: dict[str, str], cast: dict[str, str] | None, expected: dict[str, str]) -> None:
    found = settled(handles, votes(**cast) if cast else None)
    assert found["state"].to_dict() == expected
    assert (found["left_out"] == (found["state"] == "contested")).all()
    assert found["why"].str.len().min() > 10


def test_nine_workers_with_one_short_link_have_named_no_account() -> None:
    cast = votes(ann="xxxxxxxxx").assign(answer="https://t.co/AbC")
    row = settled({}, cast).loc["ann"]
    assert row["state"] == "contested"
    assert row["why"] == "9 of 9 workers say t.co/AbC, which names no account on Twitter."


@pytest.mark.parametrize(
    ("decided", "state", "out"),
    [
        ([("ann", "accept", "Ann_X")], "accepted", False),
        ([("ann", "reject")], "contested", True),
        ([("ann", "contest")], "contested", True),
        ([("ann", "accept", "Ann_X"), ("ann", "contest")], "contested", True),
        ([("ann", "contest"), ("ann", "accept", "Ann_X")], "accepted", False),
        ([("ann", "contest"), ("ann", "revoke", None, 1)], "accepted", False),  # back to what the votes say
        ([("ann", "reject"), ("ann", "accept", "Ann_X"), ("ann", "revoke", None, 2)], "contested", True),
        ([("ann", "reject"), ("ann", "revoke", None, 1), ("ann", "revoke", None, 2)], "contested", True),
    ],
)
def test_the_newest_decision_that_stands_counts(decided: list[tuple[object, ...]], state: str, out: bool) -> None:
    found = settled({"ann": "Ann_X"}, votes(ann="xxxxxxxxx"), reviews(*decided)).loc["ann"]
    assert (found["state"], bool(found["left_out"])) == (state, out)
    if found["review_action"] is not None and isinstance(found["review_action"], str):
        assert "by Mia: seen it" in found["why"]


@pytest.mark.parametrize(
    ("voted_at", "state", "out"), [("2026-05-01", "needs more votes", True), ("2026-06-02", "accepted", False)]
)
def test_to_ask_again_counts_until_a_vote_comes(voted_at: str, state: str, out: bool) -> None:
    cast = votes(ann="xxxxxxxxx").assign(voted_at=voted_at)
    found = settled({"ann": "Ann_X"}, cast, reviews(("ann", "ask again"))).loc["ann"]
    assert (found["state"], bool(found["left_out"])) == (state, out)


def owners(
    handles: dict[str, str], decided: list[tuple[object, ...]], agreed: dict[str, str]
) -> list[tuple[str, str | None]]:
    used = pd.DataFrame(
        [(who, "twitter", h) for who, h in handles.items()], columns=["athlete_id", "platform", "handle"]
    )
    sure = pd.DataFrame(
        [(who, "twitter", a) for who, a in agreed.items()], columns=["athlete_id", "platform", "answer"]
    )
    found = review.account_owners(reviews(*decided), used, sure)
    return [(row.gathered_as, None if pd.isna(row.athlete_id) else row.athlete_id) for row in found.itertuples()]


@pytest.mark.parametrize(
    ("handles", "decided", "agreed", "expected"),
    [
        # Swapped, and the votes know whose the other one is: one decision mends both.
        ({"ann": "b", "ben": "a"}, [("ann", "accept", "a")], {"ben": "b"}, [("ann", "ben"), ("ben", "ann")]),
        # Swapped, and nobody knows whose `b` is until it is decided, too.
        ({"ann": "b", "ben": "a"}, [("ann", "accept", "a")], {}, [("ann", None), ("ben", "ann")]),
        (
            {"ann": "b", "ben": "a"},
            [("ann", "accept", "a"), ("ben", "accept", "b")],
            {},
            [("ann", "ben"), ("ben", "ann")],
        ),
        # What is accepted as it is moves nothing, in whatever spelling.
        ({"ann": "a"}, [("ann", "accept", "https://twitter.com/A")], {}, []),
        # The same account for both: Ben's rows are Ann's, who has them already.
        ({"ann": "a", "ben": "a"}, [("ben", "accept", "b")], {"ann": "a"}, [("ben", None)]),
        # Ann has no account: what came as hers is nobody's.
        ({"ann": "a"}, [("ann", "accept", None)], {}, [("ann", None)]),
        # The votes said that Ann has `c`; a person knows better.
        ({"ann": "b", "ben": "a", "cat": "c"}, [("ann", "accept", "a")], {"ann": "c"}, [("ann", None), ("ben", "ann")]),
        # Contest and reject move nothing.
        ({"ann": "b", "ben": "a"}, [("ann", "reject"), ("ben", "contest")], {"ann": "a"}, []),
    ],
)
def test_whose_the_data_are(
    handles: dict[str, str],
    decided: list[tuple[object, ...]],
    agreed: dict[str, str],
    expected: list[tuple[str, str | None]],
) -> None:
    assert owners(handles, decided, agreed) == expected


def test_posts_move_to_their_owner_from_that_day_on_and_only_these() -> None:
    posts = table(
        """
        platform   post_id  athlete_id  published_at  likes  reposts  replies
        twitter    p1       ann         2026-01-01    1      0        0
        twitter    p2       ann         2026-03-01    2      0        0
        twitter    p3       ben         2026-01-01    3      0        0
        twitter    p4       ben         2026-03-01    4      0        0
        twitter    p5       cat         2026-03-01    5      0        0
        instagram  p6       ann         2026-03-01    6      0        0
        """
    )
    posts["known_at"] = posts["published_at"]
    fans = table(
        """
        athlete_id  platform  day         followers
        ann         twitter   2026-03-01  10
        ben         twitter   2026-01-01  20
        """
    )
    views = pd.DataFrame({"athlete_id": ["ann"], "day": ["2026-03-01"], "views": [7]})
    moved = review.owners_table(
        [
            ("twitter", "ann", pd.Timestamp("2026-02-01"), "ben"),
            ("twitter", "ben", pd.Timestamp("2026-02-01"), "ann"),
            ("twitter", "cat", review.ALWAYS, None),
            ("wikipedia", "ann", review.ALWAYS, "cat"),
        ]
    )
    given = {"posts": posts, "follower_counts": fans, "wikipedia_views": views}
    with raw_database(given) as database:
        feature_tables.prepare(database, 28, moved)
        mine = database.query("SELECT post_id, athlete_id FROM owned_posts ORDER BY post_id")
        assert dict(mine.to_numpy()) == {"p1": "ann", "p2": "ben", "p3": "ben", "p4": "ann", "p6": "ann"}
        assert database.query("SELECT athlete_id FROM owned_follower_counts ORDER BY 1")["athlete_id"].tolist() == [
            "ben",
            "ben",
        ]
        assert database.query("SELECT athlete_id FROM owned_wikipedia_views")["athlete_id"].tolist() == ["cat"]
        counted = database.query("SELECT athlete_id, sum(posts) AS n FROM daily_posts GROUP BY 1 ORDER BY 1")
        assert counted["n"].tolist() == [3, 2]
        feature_tables.prepare(database, 28)
        assert database.query("SELECT count(*) AS n FROM owned_posts")["n"].item() == 6


def test_the_day_of_a_swap_is_found() -> None:
    rng = np.random.default_rng(7)
    days = pd.date_range("2026-01-01", periods=120)
    parts = []
    for athlete, before, after in (("ann", 4.0, 7.0), ("ben", 7.0, 4.0), ("cat", 5.0, 5.1), ("dan", 5.1, 5.0)):
        level = np.where(days < "2026-03-10", before, after) + rng.normal(0, 0.8, 120)
        parts.append(
            pd.DataFrame({"athlete_id": athlete, "day": days, "posts": rng.integers(1, 4, 120), "level": level})
        )
    levels = pd.concat(parts)
    assert review.swap_day(levels, [("ann", "ben"), ("cat", "dan")]) == pd.Timestamp("2026-03-10")
    assert review.swap_day(levels[levels["athlete_id"].isin(["cat", "dan"])], [("cat", "dan")]) is None
    assert review.swap_day(levels.head(0), [("ann", "ben")]) is None


def test_contested_features_are_missing_and_rows_without_any_go() -> None:
    matrix = pd.DataFrame(
        {
            "twitter_likes_median": [1.0, 2.0, 3.0],
            "wikipedia_median": [4.0, np.nan, 6.0],
            "outcome_median": [7.0, 8.0, 9.0],
        },
        index=["s1", "s2", "s3"],
    )
    whose = pd.Series(["ann", "ben", "cat"])
    out = pd.DataFrame({"athlete_id": ["ann", "ben"], "platform": "twitter", "left_out": [True, True]})
    masked, useful = left_out(matrix, whose, out, "Page views of a story")
    assert masked["twitter_likes_median"].isna().tolist() == [True, True, False]
    assert masked["wikipedia_median"].equals(matrix["wikipedia_median"])
    # Of Ben nothing is left but what own stories earned.
    assert useful.tolist() == [True, False, True]
    assert not matrix["twitter_likes_median"].isna().any()


def test_what_was_counted_on_the_contested_platform_is_no_outcome_to_learn_from() -> None:
    matrix = pd.DataFrame({"points": [1.0, 2.0]}, index=["ann", "ben"])
    out = pd.DataFrame({"athlete_id": ["ann"], "platform": ["wikipedia"], "left_out": [True]})
    _, useful = left_out(matrix, pd.Series(["ann", "ben"]), out, "Wikipedia page views a day")
    assert useful.tolist() == [False, True]


def test_gold_measures_workers_and_the_rule() -> None:
    cast = votes(ann="xxxxxxxxx", ben="yyyyyyyzz", cat="zzzzzzzxx")
    given = {
        "athletes": pd.DataFrame({"athlete_id": ["ann", "ben", "cat"], "name": ["Ann", "Ben", "Cat"]}),
        "handle_votes": cast,
        "handle_gold": pd.DataFrame(
            {"athlete_id": ["ann", "ben", "cat"], "platform": "twitter", "answer": ["@ANN_X", "Ben_Y", None]}
        ),
    }
    with raw_database(given) as database:
        database.write("handle_reviews", no_rows("handle_reviews"))
        found = settle_handles(database, SETTINGS)
    claim = found.claim.iloc[0]
    assert (claim["gold_votes"], claim["gold_votes_right"]) == (27, 16)
    assert (claim["gold_accepted"], claim["gold_accepted_right"]) == (3, 2)
    assert claim["accuracy"] == pytest.approx(16 / 27)
    assert claim["theory"] > 0.85 > claim["measured"]
    assert claim["measured_low"] < 2 / 3 < claim["measured_high"]
    assert found.workers.set_index("worker_id").loc["w8", ["gold_asked", "gold_right"]].tolist() == [3, 1]
    assert list(found.claim) == states.CLAIM
    assert Rule(int(claim["agreeing"]), int(claim["of_votes"])) == Rule()
