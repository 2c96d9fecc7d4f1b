"""Clusters are named from what sets their members apart, in words, with figures that are true."""

import numpy as np
import pandas as pd
import pytest

from athlete_intel.bundles.names import stories
from athlete_intel.bundles.profile import learn_scale

IDS = [f"a{i:03}" for i in range(90)]
CATALOGUE_OF_TWO = pd.DataFrame(
    {
        "feature": ["twitter_likes_median", "twitter_replies_median", "instagram_posts_per_week"],
        "label": ["Median likes on Twitter", "Median replies on Twitter", "Posts a week on Instagram"],
        "scale": ["log"] * 3,
        "profile": ["level", "level", "habit"],
    }
)


def matrix_of(replies: float) -> pd.DataFrame:
    """Ninety athletes; the last thirty get `replies` times as many replies as the others."""
    rng = np.random.default_rng(0)
    likes = np.exp(rng.normal(6, 1, 90))
    factor = np.where(np.arange(90) >= 60, replies, 1.0) * np.exp(rng.normal(0, 0.3, 90))
    return pd.DataFrame(
        {
            "twitter_likes_median": likes,
            "twitter_replies_median": likes * 0.3 * factor,
            "instagram_posts_per_week": np.exp(rng.normal(1, 0.2, 90)),
        },
        index=IDS,
    )


def people_of(**columns: object) -> pd.DataFrame:
    unknown = dict.fromkeys(("gender", "sport", "followers", "engagement", "trend"), np.nan)
    return pd.DataFrame({**unknown, **columns}, index=IDS)


MEMBERS = pd.DataFrame({"athlete_id": IDS, "cluster": [-1] * 30 + [0] * 30 + [1] * 30})


def told(people: pd.DataFrame, replies: float = 4.0) -> dict[int, tuple[str, str]]:
    scale = learn_scale(matrix_of(replies), CATALOGUE_OF_TWO)
    return stories(MEMBERS, scale.of(matrix_of(replies)), scale, people)


def test_what_members_do_more_than_others_is_the_name_and_the_figure_is_true() -> None:
    name, why = told(people_of())[1]
    assert "much discussed on Twitter" in name[0].lower() + name[1:]
    (figure,) = [part for part in why.removesuffix(".").split("; ") if part.startswith("Median replies")]
    factor = float(figure.split(": ")[1].split(" times")[0])
    # Half of the log difference is seen in replies, the other half in likes: levels are compared with their mean.
    logs = np.log1p(matrix_of(4.0)[["twitter_likes_median", "twitter_replies_median"]])
    own = (logs - logs.median()).sub((logs - logs.median()).mean(axis="columns"), axis="index")[
        "twitter_replies_median"
    ]
    assert factor == pytest.approx(np.exp(own.iloc[60:].median() - own.median()), abs=0.06)


def test_who_nearly_all_members_are_is_said_first() -> None:
    gender = ["men"] * 60 + ["women"] * 30
    sport = ["golf"] * 30 + ["tennis"] * 30 + ["football"] * 30
    trend = [0.0] * 60 + [0.4] * 30
    found = told(people_of(gender=gender, sport=sport, trend=trend))
    names = {cluster: name for cluster, (name, _) in found.items()}
    assert names[1].startswith("Rising women footballers, much discussed")
    assert names[0].startswith("Men tennis players")


def test_every_word_of_a_name_has_its_figure() -> None:
    gender = ["men"] * 60 + ["women"] * 27 + ["men"] * 3
    sport = ["golf"] * 30 + ["tennis"] * 30 + ["football"] * 30
    trend = [0.0] * 60 + [0.4] * 30
    name, why = told(people_of(gender=gender, sport=sport, trend=trend))[1]
    assert name.startswith("Rising women footballers, much discussed on Twitter")
    figures = why.removesuffix(".").split("; ")
    assert figures[:3] == [
        "Likes of the last 30 days: 1.49 times those before, typically 1.00",
        "Women: 90%, of all athletes 30%",
        "Footballers: 100%, of all athletes 33%",
    ]
    # Each trait in the name, and no other.
    assert [figure.split(":")[0] for figure in figures[3:]] == ["Median replies on Twitter", "Median likes on Twitter"]
    assert name.count(",") == 2


def test_words_that_stand_for_several_platforms_leave_room_for_the_figures_of_others() -> None:
    rng = np.random.default_rng(0)
    lift = np.where(np.arange(90) >= 60, 1.0, 0.0)
    columns = [f"{platform}_likes_median" for platform in ("twitter", "instagram", "facebook")]
    logs = {name: 6 + rng.normal(0, 0.3, 90) + 3 * lift for name in columns}
    matrix = pd.DataFrame(
        {name: np.exp(values) for name, values in logs.items()}
        | {"wikipedia_median": np.exp(5 + rng.normal(0, 0.3, 90) + 0.6 * lift)},
        index=IDS,
    )
    catalogue = pd.DataFrame(
        {
            "feature": [*columns, "wikipedia_median"],
            "label": ["Median likes on Twitter", "Median likes on Instagram", "Median likes on Facebook", "Look-ups"],
            "scale": ["log"] * 4,
            "profile": ["habit"] * 4,
        }
    )
    scale = learn_scale(matrix, catalogue)
    name, why = stories(MEMBERS, scale.of(matrix), scale, people_of())[1]
    assert name == "Much liked, often looked up"
    assert [figure.split(":")[0].split(" on ")[0] for figure in why.split("; ")] == ["Median likes", "Look-ups"]


def test_one_strong_trait_is_told_beside_the_next() -> None:
    _, why = told(people_of())[1]
    assert len(why.split("; ")) >= 2


def test_what_everybody_is_says_nothing() -> None:
    name, _ = told(people_of(gender="men", sport="football"))[1]
    assert "men" not in name.lower().split()
    assert "footballers" not in name


def test_engagement_and_following_are_words_a_brand_knows() -> None:
    followers = [1e5] * 30 + [2e5] * 30 + [5e3] * 30
    engagement = [0.01] * 30 + [0.02] * 30 + [0.2] * 30
    name, why = told(people_of(followers=followers, engagement=engagement), replies=1.0)[1]
    assert "high engagement" in name.lower()
    assert "small following" in name.lower()
    assert "Likes for each follower" in why


def test_a_cluster_like_all_others_says_so_and_names_differ() -> None:
    found = told(people_of(), replies=1.0)
    assert len({name for name, _ in found.values()}) == 2
    assert any(name.startswith("Close to the typical athlete") for name, _ in found.values())


def test_names_with_the_same_words_in_another_order_are_told_apart_by_more() -> None:
    catalogue = pd.DataFrame(
        {
            "feature": ["tiktok_followers", "years", "games"],
            "label": ["TikTok followers", "Years since high school", "Games won"],
            "scale": ["linear"] * 3,
            "profile": ["habit"] * 3,
        }
    )
    # Spreads: both clusters have few followers and many years, one more of this, one of that; games tell them apart.
    features = catalogue["feature"].tolist()
    usual = pd.DataFrame(np.random.default_rng(1).normal(0, 1, (90, 3)), columns=features, index=IDS)
    profile = pd.DataFrame([[0.0] * 3] * 30 + [[-3, 2, 0.6]] * 30 + [[-2, 3, -0.6]] * 30, columns=features, index=IDS)
    found = stories(MEMBERS, profile, learn_scale(usual, catalogue), people_of())
    assert [name for name, _ in found.values()] == [
        "Small following on TikTok, many years since high school",
        "Many years since high school, small following on TikTok, few games won",
    ]


def test_the_same_data_give_the_same_names_in_any_order() -> None:
    scale = learn_scale(matrix_of(4.0), CATALOGUE_OF_TWO)
    profile = scale.of(matrix_of(4.0))
    mixed = profile.sample(frac=1, random_state=1)
    assert stories(MEMBERS.sample(frac=1, random_state=2), mixed, scale, people_of()) == told(people_of())


def test_nobody_in_a_cluster_needs_no_name() -> None:
    scale = learn_scale(matrix_of(1.0), CATALOGUE_OF_TWO)
    assert stories(MEMBERS.head(30), scale.of(matrix_of(1.0)), scale, people_of()) == {}
