"""Each scenario changes exactly what it says, and nothing that was known before its day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from athlete_intel.contracts import RAW_TABLES
from athlete_intel.contracts.model import ALWAYS
from athlete_intel.errors import SettingsError, SourceError
from athlete_intel.sources.demo import CALM, Change, Scenario, load_scenario, scenario_names, write_demo

SIZE = {"athletes": 250, "days": 200}
CHANGED_TABLES = {
    "calm": set(),
    "platform-change": {"posts"},
    "season-break": {"posts", "wikipedia_views", "story_views", "settlements", "sponsor_revenue"},
    "bot-wave": {"posts", "follower_counts"},
    "label-mixup": {"posts", "handles", "handle_votes"},
    "viral": {
        *("posts", "follower_counts", "wikipedia_views", "story_views", "advances", "settlements", "sponsor_revenue"),
    },
    "pandemic": {"posts", "wikipedia_views", "story_views", "settlements", "sponsor_revenue"},
}
UNTOUCHED = {"athletes", "handle_gold", "stories", "campaigns"}
"""Tables that no scenario touches."""


def world(tmp: Path, scenario: Scenario) -> dict[str, pd.DataFrame]:
    write_demo(tmp, scenario, **SIZE)
    return {path.name.rsplit("-", 1)[0]: pd.read_parquet(path) for path in sorted((tmp / "raw").iterdir())}


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    return world(tmp_path_factory.mktemp("calm"), CALM)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, pd.DataFrame]]:
    return {name: world(tmp_path_factory.mktemp(name), load_scenario(name)) for name in scenario_names()}


def before(rows: pd.DataFrame, table: str, day: date) -> pd.DataFrame:
    """The rows that were there before the day."""
    known = next(column.known for column in RAW_TABLES[table].columns if column.known != ALWAYS)
    return rows[pd.to_datetime(rows[known]) < pd.Timestamp(day)].reset_index(drop=True)


def day_number(number: int) -> date:
    return (pd.Timestamp("2026-10-01") + pd.Timedelta(days=number)).date()


def test_the_shipped_scenarios_are_the_seven() -> None:
    assert set(scenario_names()) == set(CHANGED_TABLES)
    assert all(load_scenario(name).about for name in scenario_names())


@pytest.mark.parametrize("name", sorted(CHANGED_TABLES))
def test_a_scenario_changes_only_its_tables_and_nothing_before_its_day(
    name: str, calm: dict[str, pd.DataFrame], worlds: dict[str, dict[str, pd.DataFrame]]
) -> None:
    scenario, changed = load_scenario(name), worlds[name]
    assert {table for table in calm if not calm[table].equals(changed[table])} == CHANGED_TABLES[name]
    assert not UNTOUCHED & CHANGED_TABLES[name]
    for table in CHANGED_TABLES[name] - {"handles"}:  # these have no time
        day = day_number(min(int(change.day) for change in scenario.changes))  # type: ignore[arg-type]
        old, new = before(calm[table], table, day), before(changed[table], table, day)
        assert len(old) > 0
        pd.testing.assert_frame_equal(old, new)


def test_platform_change_lowers_likes_on_twitter_by_30_percent_and_nothing_else(
    calm: dict[str, pd.DataFrame], worlds: dict[str, dict[str, pd.DataFrame]]
) -> None:
    old, new = calm["posts"], worlds["platform-change"]["posts"]
    hit = (old["platform"] == "twitter") & (old["published_at"] >= "2026-07-09")
    others = [column for column in old.columns if column != "likes"]
    pd.testing.assert_frame_equal(old[others], new[others])
    assert (old.loc[~hit, "likes"] == new.loc[~hit, "likes"]).all()
    # Counts are whole: 0.7 of them, give or take one.
    assert (new.loc[hit, "likes"] - 0.7 * old.loc[hit, "likes"]).abs().max() <= 1.0
    assert new.loc[hit, "likes"].sum() / old.loc[hit, "likes"].sum() == pytest.approx(0.7, abs=0.001)


def test_bots_move_means_and_followers_but_no_median(
    calm: dict[str, pd.DataFrame], worlds: dict[str, dict[str, pd.DataFrame]]
) -> None:
    old, new = calm["posts"], worlds["bot-wave"]["posts"]
    hit = old["reposts"] != new["reposts"]
    account = ["athlete_id", "platform"]
    bots = old[old["published_at"] >= "2026-07-30"].merge(old.loc[hit, account].drop_duplicates())
    after = new[new["post_id"].isin(bots["post_id"])]
    means = after.groupby(account)["reposts"].mean() / bots.groupby(account)["reposts"].mean()
    medians = np.log1p(after.groupby(account)["reposts"].median()) - np.log1p(bots.groupby(account)["reposts"].median())
    assert means.median() > 1.3
    assert medians.abs().median() < 0.15
    ratio = worlds["bot-wave"]["follower_counts"]["followers"] / calm["follower_counts"]["followers"]
    assert ratio[ratio > 1.5].median() == pytest.approx(3, rel=0.01)


def test_bought_followers_leave_likes_as_they_are(calm: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    more = Scenario("more", "", (Change("followers", 0, 1.3),))
    changed = world(tmp_path, more)
    assert {table for table in calm if not calm[table].equals(changed[table])} == {"follower_counts"}


def test_label_mixup_hands_posts_to_the_namesake_and_turns_votes(
    calm: dict[str, pd.DataFrame], worlds: dict[str, dict[str, pd.DataFrame]]
) -> None:
    old, new, people = calm["posts"], worlds["label-mixup"]["posts"], calm["athletes"].set_index("athlete_id")["name"]
    moved = old["athlete_id"] != new["athlete_id"]
    assert moved.sum() > 50
    assert (old.loc[moved, "athlete_id"].map(people) == new.loc[moved, "athlete_id"].map(people)).all()
    assert (old.loc[moved, "platform"] == "twitter").all()
    votes, mixed = calm["handle_votes"], worlds["label-mixup"]["handle_votes"]
    asked_of_namesakes = votes["athlete_id"].map(people).duplicated(keep=False) & (votes["voted_at"] >= "2026-07-09")
    names = people[people.duplicated(keep=False)].index
    asked = asked_of_namesakes & votes["athlete_id"].isin(names)
    other_now = votes.loc[asked, "answer"].fillna("") != mixed.loc[asked, "answer"].fillna("")
    assert other_now.mean() > 0.3
    assert (votes.loc[~asked, "answer"].fillna("") == mixed.loc[~asked, "answer"].fillna("")).all()


def test_season_break_ends(calm: dict[str, pd.DataFrame], worlds: dict[str, dict[str, pd.DataFrame]]) -> None:
    after = day_number(-28)
    for table, key in (("posts", "published_at"), ("wikipedia_views", "day"), ("story_views", "day")):
        old, new = calm[table], worlds["season-break"][table]
        late = [rows[pd.to_datetime(rows[key]) >= pd.Timestamp(after)].reset_index(drop=True) for rows in (old, new)]
        pd.testing.assert_frame_equal(*late)
        assert len(old) >= len(new)


def test_pandemic_changes_the_relation_of_likes_and_page_views(
    calm: dict[str, pd.DataFrame], worlds: dict[str, dict[str, pd.DataFrame]]
) -> None:
    def slope(tables: dict[str, pd.DataFrame]) -> float:
        stories = tables["stories"][tables["stories"]["published_at"] >= "2026-06-11"]
        views = np.log1p(tables["story_views"].groupby("story_id")["views"].sum())
        log_views = stories["story_id"].map(views).groupby(stories["athlete_id"]).median()
        fame = np.log1p(tables["wikipedia_views"].groupby("athlete_id")["views"].median()).reindex(log_views.index)
        good = log_views.notna() & fame.notna()
        return float(np.polyfit(fame[good], log_views[good], 1)[0])

    assert slope(worlds["pandemic"]) < 0.85 * slope(calm)


def test_a_change_of_views_shows_in_the_truth(tmp_path: Path) -> None:
    half = Scenario("half", "", (Change("story_views", 100, 0.5),))
    write_demo(tmp_path / "calm", CALM, **SIZE)
    write_demo(tmp_path / "half", half, **SIZE)
    calm, changed = (pd.read_parquet(tmp_path / name / "truth" / "stories-0000.parquet") for name in ("calm", "half"))
    published = pd.read_parquet(tmp_path / "calm" / "raw" / "stories-0000.parquet")["published_at"]
    ratio = changed["expected_page_views"] / calm["expected_page_views"]
    day = (published.dt.normalize() - pd.Timestamp(day_number(-200))).dt.days
    assert ratio[day >= 100].to_numpy() == pytest.approx(0.5)
    assert ratio[day < 100 - 28].to_numpy() == pytest.approx(1.0)
    assert ratio[(day < 100) & (day > 97)].between(0.5, 1.0).all()


def test_a_change_hits_only_the_platform_the_sport_and_the_athletes_it_names(
    calm: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    changes = (
        Change("story_views", 50, 0.0, platforms=("facebook",), sports=("tennis",)),
        Change("posting", 50, 0.0, platforms=("instagram",), share_of_athletes=0.2),
    )
    changed = world(tmp_path, Scenario("narrow", "", changes))
    athletes = calm["athletes"].set_index("athlete_id")
    by_athlete = calm["stories"].set_index("story_id")["athlete_id"]
    start = pd.Timestamp(day_number(-150))

    def gone(table: str, key: list[str], when: str) -> pd.DataFrame:
        rows = calm[table].merge(changed[table][key], on=key, how="left", indicator=True)
        lost = rows[rows["_merge"] == "left_only"]
        assert len(lost) > 20
        assert (pd.to_datetime(lost[when]) >= start).all()
        return lost

    views = gone("story_views", ["story_id", "channel", "day"], "day")
    assert set(views["channel"]) == {"facebook"}
    assert set(views["story_id"].map(by_athlete).map(athletes["sport"])) == {"tennis"}
    posts = gone("posts", ["post_id"], "published_at")
    assert set(posts["platform"]) == {"instagram"}
    assert posts["athlete_id"].nunique() < 0.3 * len(athletes)


def test_a_date_and_a_day_number_mean_the_same(tmp_path: Path) -> None:
    by_number = Scenario("a", "", (Change("wikipedia_views", -10, 0.5, until=-5),))
    by_date = replace(by_number, changes=(Change("wikipedia_views", date(2026, 9, 21), 0.5, until=date(2026, 9, 26)),))
    first, second = world(tmp_path / "a", by_number), world(tmp_path / "b", by_date)
    pd.testing.assert_frame_equal(first["wikipedia_views"], second["wikipedia_views"])


def test_an_unknown_scenario_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(SettingsError, match=r"no scenario 'storm'; there are bot-wave, calm"):
        load_scenario("storm")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name =", "not valid TOML"),
        ("colour = 'red'", "unknown entry 'colour'"),
        ("changes = 3", "must be a list of tables"),
        ("[[changes]]\nkind = 'posting'\nday = 1", "has no size"),
        ("[[changes]]\nkind = 'rain'\nday = 1\nsize = 1", "unknown kind 'rain'"),
        ("[[changes]]\nkind = 'posting'\nday = 'soon'\nsize = 1", "day must be a date or a number of days"),
        ("[[changes]]\nkind = 'posting'\nday = true\nsize = 1", "day must be a date or a number of days"),
        ("[[changes]]\nkind = 'posting'\nday = 1\nsize = 2", "size is 2; it must be a number from 0 to 1"),
        ("[[changes]]\nkind = 'influence'\nday = 1\nsize = 0", "must be above 0"),
        ("[[changes]]\nkind = 'posting'\nday = 1\nsize = 1\nsports = ['chess']", "unknown name 'chess' in sports"),
        ("[[changes]]\nkind = 'posting'\nday = 1\nsize = 1\nplatforms = 'x'", "platforms must be a list"),
        (
            "[[changes]]\nkind = 'posting'\nday = 1\nsize = 1\nspeed = 1",
            "has an entry 'speed'; a change of posting takes",
        ),
        ("[[changes]]\nkind = 'relation'\nday = 1\nsize = 1\nplatforms = ['twitter']", "has an entry 'platforms'"),
        ("[[changes]]\nkind = 'posting'\nday = -5\nuntil = -9\nsize = 1", "before it starts"),
        ("[[changes]]\nkind = 'posting'\nday = 1\nsize = 1\nplatforms = ['site']", "unknown name 'site' in platforms"),
    ],
)
def test_a_scenario_file_that_makes_no_sense_is_refused_in_a_sentence(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=problem):
        load_scenario(path)


def test_a_scenario_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        "about = 'x'\n[[changes]]\nkind = 'followers'\nday = 2026-09-01\nsize = 2\nplatforms = ['facebook']\n",
        encoding="utf-8",
    )
    change = Change("followers", date(2026, 9, 1), 2, platforms=("facebook",))
    assert load_scenario(path) == Scenario("mine", "x", (change,))


def test_a_missing_scenario_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        load_scenario(tmp_path / "none.toml")
