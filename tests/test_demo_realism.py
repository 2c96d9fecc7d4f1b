"""The demo world is like the real one where it matters: measured on public data, and on a known superstar."""

import re
from functools import cache
from pathlib import Path

import hdbscan
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import RobustScaler

from athlete_intel.sources.demo import CALM, write_demo
from athlete_intel.sources.demo.votes import VOTES_A_QUESTION

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "real"
IMPOSTORS = ("lionelmessi", "romanreigns")
LAST_POSTS, FEWEST_POSTS = 200, 20
PLATFORMS = ("twitter", "instagram", "facebook")
needs_real_data = pytest.mark.skipif(not REAL.is_dir(), reason=f"the public data sets are not at {REAL}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, CALM)
    return folder


def read(folder: Path, table: str, part: str = "raw") -> pd.DataFrame:
    return pd.read_parquet(folder / part / f"{table}-0000.parquet")


def last_posts(posts: pd.DataFrame) -> pd.DataFrame:
    """The last 200 posts of each account: columns account, published_at, likes, shares."""
    latest = posts.sort_values("published_at", kind="stable").groupby("account").tail(LAST_POSTS)
    return latest[latest.groupby("account")["likes"].transform("size") >= FEWEST_POSTS]


def account_measures(posts: pd.DataFrame) -> pd.DataFrame:
    """One row an account: spread of log likes, correlation with shares in logs and raw, and log median likes."""
    latest = last_posts(posts)
    logs = np.log1p(latest[["likes", "shares"]]).groupby(latest["account"])
    likes = logs["likes"]
    raw = latest[["likes", "shares"]].groupby(latest["account"])
    return pd.DataFrame(
        {
            "sd": likes.std(),
            "iqr": likes.quantile(0.75) - likes.quantile(0.25),
            "log_correlation": logs.corr().xs("likes", level=1)["shares"],
            "correlation": raw.corr().xs("likes", level=1)["shares"],
            "log_median": likes.median(),
        }
    )


@cache
def real(source: str) -> pd.DataFrame:
    """Measures of the real accounts; on instagram comments stand for shares, which it does not tell."""
    if source == "facebook_pages":
        names = {
            "page": "account",
            "status_published": "published_at",
            "num_reactions": "likes",
            "num_shares": "shares",
        }
    else:
        names = {"account_id": "account", "upload_unix": "published_at", "comments": "shares"}
    posts = pd.read_csv(REAL / source / "posts.csv").drop_duplicates().rename(columns=names)
    return account_measures(posts[~posts["account"].isin(IMPOSTORS)])


@pytest.fixture(scope="module")
def demo(folder: Path) -> dict[str, pd.DataFrame]:
    """Measures of the made-up accounts by platform, and of instagram with replies for shares."""
    posts = read(folder, "posts").rename(columns={"athlete_id": "account"})
    measures = {
        platform: account_measures(posts[posts["platform"] == platform].rename(columns={"reposts": "shares"}))
        for platform in PLATFORMS
    }
    comments = posts[posts["platform"] == "instagram"].rename(columns={"replies": "shares"})
    return {**measures, "instagram comments": account_measures(comments)}


@needs_real_data
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("measure", ["sd", "iqr", "log_correlation", "correlation"])
@pytest.mark.parametrize("source", ["facebook_pages", "instagram_accounts"])
def test_the_typical_account_lies_inside_the_range_of_the_real_ones(
    demo: dict[str, pd.DataFrame], platform: str, measure: str, source: str
) -> None:
    accounts = real(source)[measure]
    assert accounts.min() <= demo[platform][measure].median() <= accounts.max()


@needs_real_data
@pytest.mark.parametrize(
    ("ours", "source"), [("facebook", "facebook_pages"), ("instagram comments", "instagram_accounts")]
)
@pytest.mark.parametrize("measure", ["sd", "iqr", "log_correlation", "correlation"])
def test_like_for_like_it_lies_among_the_middle_eight_tenths(
    demo: dict[str, pd.DataFrame], ours: str, source: str, measure: str
) -> None:
    low, high = real(source)[measure].quantile([0.1, 0.9])
    assert low <= demo[ours][measure].median() <= high


@needs_real_data
@pytest.mark.parametrize("platform", PLATFORMS)
def test_accounts_differ_as_much_as_real_ones_do(demo: dict[str, pd.DataFrame], platform: str) -> None:
    between = [real(source)["log_median"].std() for source in ("facebook_pages", "instagram_accounts")]
    assert min(between) <= demo[platform]["log_median"].std() <= max(between)


@needs_real_data
def test_the_readme_states_the_table_as_measured(demo: dict[str, pd.DataFrame]) -> None:
    stated = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    missing = [row for row in calibration_rows(demo) if row not in stated]
    assert not missing, "docs/demo.md should have these rows:\n" + "\n".join(missing)


def calibration_rows(demo: dict[str, pd.DataFrame]) -> list[str]:
    """The rows of the calibration table in docs/demo.md."""
    titles = {
        "sd": "spread within an account: standard deviation of log likes",
        "iqr": "the same: interquartile range of log likes",
        "log_correlation": "correlation of log likes and log shares",
        "correlation": "correlation of likes and shares",
    }
    rows = []
    for measure, title in titles.items():
        sources = [real(source)[measure] for source in ("facebook_pages", "instagram_accounts")]
        ranges = [f"{values.min():.2f} to {values.max():.2f}" for values in sources]
        ours = [f"{demo[name][measure].median():.2f}" for name in (*PLATFORMS, "instagram comments")]
        rows.append(f"| {title} | {' | '.join(ranges + ours)} |")
    between = [real(source)["log_median"].std() for source in ("facebook_pages", "instagram_accounts")]
    ours = [f"{demo[name]['log_median'].std():.2f}" for name in (*PLATFORMS, "instagram comments")]
    title = "spread between accounts: standard deviation of log median likes"
    rows.append(f"| {title} | {' | '.join([*(f'{value:.2f}' for value in between), *ours])} |")
    return rows


@pytest.mark.parametrize("seed", [2026, 7])
def test_the_superstar_has_the_known_table(tmp_path: Path, seed: int) -> None:
    write_demo(tmp_path, CALM, athletes=50, days=120, seed=seed)
    handles = read(tmp_path, "handles")
    athlete = handles.loc[handles["handle"] == "KingDemo", "athlete_id"].item()
    posts = read(tmp_path, "posts").sort_values("published_at", kind="stable")
    his = posts[(posts["athlete_id"] == athlete) & (posts["platform"] == "twitter")].tail(200)
    quartiles = his[["likes", "reposts"]].quantile([0.25, 0.5, 0.75])
    assert quartiles["likes"].to_numpy() == pytest.approx([1589.5, 4659.5, 13217.75], rel=0.02)
    assert quartiles["reposts"].to_numpy() == pytest.approx([419.75, 1157.5, 4881], rel=0.02)
    assert his["reposts"].mean() == pytest.approx(4971, rel=0.02)
    assert his["likes"].corr(his["reposts"]) == pytest.approx(0.905, abs=0.01)


def test_names_are_hard_and_namesakes_play_in_two_leagues(folder: Path) -> None:
    athletes = read(folder, "athletes")
    names = athletes["name"]
    for mark in ('"', "'", ",", "-"):
        assert names.str.contains(mark, regex=False).sum() >= 5, mark
    assert names.str.contains(r"[À-ž]").sum() > 100
    assert names.str.contains("[\U0001f000-\U0001ffff⚽]").sum() > 5
    pairs = athletes[names.duplicated(keep=False)].groupby("name")
    assert pairs.ngroups == 24
    assert (pairs.size() == 2).all()
    assert (pairs["league"].nunique() == 2).all()
    assert (pairs["sport"].nunique() == 1).all()
    assert athletes["sport"].nunique() == 12


def test_no_two_athletes_share_a_true_account(folder: Path) -> None:
    handles = read(folder, "handles", "truth").dropna(subset="true_handle")
    assert not handles.assign(low=handles["true_handle"].str.lower()).duplicated(["platform", "low"]).any()


def test_some_namesakes_are_followed_on_the_others_article(folder: Path) -> None:
    handles = read(folder, "handles", "truth")
    wrong = handles[(handles["true_handle"] != handles["handle_in_use"]) & handles["true_handle"].notna()]
    assert len(wrong) == 24
    assert (wrong["platform"] == "wikipedia").all()
    views, partner = read(folder, "wikipedia_views"), read(folder, "athletes", "truth").set_index("athlete_id")
    one = wrong["athlete_id"].iloc[0]
    mine, other = (
        views[views["athlete_id"] == each]["views"].to_numpy() for each in (one, partner.loc[one, "namesake_id"])
    )
    assert (mine == other).all()


def test_eight_percent_bought_followers_and_likes_do_not_follow(folder: Path) -> None:
    truth = read(folder, "athletes", "truth").set_index("athlete_id")
    assert truth["bought_followers"].mean() == pytest.approx(0.08)
    final = read(folder, "follower_counts").query("platform == 'twitter'").groupby("athlete_id")["followers"].last()
    likes = read(folder, "posts").query("platform == 'twitter'").groupby("athlete_id")["likes"].median()
    bought = truth["bought_followers"]
    followers_gap = np.log(final[bought]).median() - np.log(final[~bought]).median()
    likes_gap = np.log(likes[likes.index[bought[likes.index]]]).median() - np.log(likes).median()
    assert followers_gap > 0.7
    assert abs(likes_gap) < 0.4


def test_some_stop_posting_some_are_new_some_have_no_article(folder: Path) -> None:
    athletes, posts = read(folder, "athletes")["athlete_id"], read(folder, "posts")
    last = posts.groupby("athlete_id")["published_at"].max()
    assert ((last.max() - last).dt.days > 60).sum() >= 20
    without_posts = set(athletes) - set(posts["athlete_id"])
    assert len(without_posts) == 24
    assert not without_posts & set(read(folder, "stories")["athlete_id"])
    without_page = set(athletes) - set(read(folder, "wikipedia_views")["athlete_id"])
    assert len(without_page) == 72
    assert set(read(folder, "events", "truth")["kind"]) == {
        *("transfer", "injury", "viral hit", "stops posting", "joins"),
    }


def test_careless_workers_fall_for_namesakes(folder: Path) -> None:
    votes = read(folder, "handle_votes").merge(read(folder, "handles", "truth"), on=["athlete_id", "platform"])
    votes = votes.merge(read(folder, "workers", "truth"), on="worker_id")
    votes = votes.merge(read(folder, "athletes", "truth")[["athlete_id", "namesake_id"]], on="athlete_id")
    right = votes["answer"].fillna("") == votes["true_handle"].fillna("")
    assert (votes.groupby(["athlete_id", "platform"]).size() == VOTES_A_QUESTION).all()
    ordinary = right[votes["namesake_id"].isna()].groupby(votes["kind"]).mean()
    assert ordinary["careful"] > 0.93 > ordinary["usual"] > 0.8 > ordinary["careless"] > 0.5 > ordinary["spammer"]
    namesakes = right[votes["namesake_id"].notna()].groupby(votes["kind"]).mean()
    assert namesakes["careless"] < 0.3
    assert namesakes["careful"] > 0.8


def test_weekends_and_seasons_show(folder: Path) -> None:
    posts = read(folder, "posts")
    by_weekday = posts["published_at"].dt.day_of_week.value_counts()
    assert by_weekday[5] > 1.15 * by_weekday[0]
    hockey = read(folder, "athletes").query("sport == 'ice hockey'")["athlete_id"]
    views = read(folder, "wikipedia_views")
    months = pd.to_datetime(views["day"]).dt.month
    monthly = np.log1p(views[views["athlete_id"].isin(hockey)]["views"]).groupby(months).mean()
    assert monthly[1] > monthly[7] + 0.3


def social_profiles(folder: Path) -> pd.DataFrame:
    """The shape of each athlete's social profile, from medians of the last 200 posts of each account."""
    posts = read(folder, "posts").sort_values("published_at", kind="stable")
    latest = posts.groupby(["athlete_id", "platform"]).tail(LAST_POSTS)
    medians = np.log1p(latest.groupby(["athlete_id", "platform"])[["likes", "reposts", "replies"]].median()).unstack()
    likes = medians["likes"]
    wikipedia = np.log1p(read(folder, "wikipedia_views").groupby("athlete_id")["views"].median())
    return pd.DataFrame(
        {
            "twitter_or_instagram": likes["twitter"] - likes["instagram"],
            "facebook_or_instagram": likes["facebook"] - likes["instagram"],
            "reposts_for_each_like": (medians["reposts"] - likes).mean(axis=1),
            "replies_for_each_like": (medians["replies"] - likes).mean(axis=1),
            "wikipedia_for_each_like": wikipedia.reindex(likes.index) - likes.mean(axis=1),
        }
    )


def test_the_audience_types_can_be_found_from_medians(folder: Path) -> None:
    profiles = social_profiles(folder)
    scaled = RobustScaler().fit_transform(profiles.fillna(profiles.median()))
    found = hdbscan.HDBSCAN(min_cluster_size=20, min_samples=5).fit_predict(scaled)
    true = read(folder, "athletes", "truth").set_index("athlete_id")["audience_type"].reindex(profiles.index)
    assert adjusted_rand_score(true, found) >= 0.8
    assert (found < 0).mean() < 0.15


def test_medians_tell_influence_and_followers_tell_less(folder: Path) -> None:
    truth = read(folder, "influence", "truth").groupby("athlete_id")["log_influence"].last()
    posts = read(folder, "posts")
    likes = np.log1p(posts.groupby(["athlete_id", "platform"])["likes"].median()).unstack().mean(axis=1)
    followers = read(folder, "follower_counts").groupby(["athlete_id", "platform"])["followers"].last()
    followers = np.log1p(followers).unstack().mean(axis=1)
    assert truth.corr(likes, method="spearman") > 0.93
    assert truth.corr(followers, method="spearman") < 0.8


def test_the_readme_names_every_scenario_and_truth_table(folder: Path) -> None:
    text = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    scenarios = {path.stem for path in (ROOT / "data" / "scenarios").glob("*.toml")}
    tables = {path.name.rsplit("-", 1)[0] for path in (folder / "truth").iterdir()}
    assert {*scenarios, *tables} <= set(re.findall(r"`([a-z_-]+)`", text))
