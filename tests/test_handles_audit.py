"""The audit on literal numbers and on real data whose truth is known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from athlete_intel import cli
from athlete_intel.handles import audit, effect
from athlete_intel.handles.suggest import suspicious
from benchmarks import handles as benchmark
from tests.conftest import real_folder
from tests.fixture_handles import handle_tables
from tests.fixture_snapshot import literal_tables, publish

CUT, SEED = 3.5, 2026


def world(rng: np.random.Generator, size: int) -> tuple[pd.Series, pd.DataFrame]:
    fame = rng.normal(0, 1.5, size)
    ids = [f"a{i:03d}" for i in range(size)]
    known = pd.DataFrame({"points": 10 + 3 * fame + rng.normal(0, 1, size), "salary": fame + rng.normal(0, 0.5, size)})
    return pd.Series(7 + fame + rng.normal(0, 0.4, size), index=ids), known.set_index(pd.Index(ids))


def test_planted_wrong_pages_are_found_and_no_other() -> None:
    rng = np.random.default_rng(1)
    level, known = world(rng, 240)
    wrong = rng.choice(240, 60, replace=False)
    level.iloc[wrong] = rng.uniform(0, 2.0, 60)
    known.iloc[::7, 0] = np.nan
    found = audit.residuals(level, known, pd.Series("person", index=level.index), CUT, SEED)
    flagged = set(np.flatnonzero(found["flagged"]))
    clear = {i for i in wrong if found["expected"].iloc[i] - level.iloc[i] > 4.0}
    assert clear <= flagged
    assert len(flagged - set(wrong)) <= 2  # who lacks half of the signals may be far off by chance
    assert len(clear) > 40


def test_what_is_clean_stays_unflagged() -> None:
    level, known = world(np.random.default_rng(2), 300)
    found = audit.residuals(level, known, pd.Series("person", index=level.index), CUT, SEED)
    assert found["flagged"].sum() <= 2
    assert found["z"].std() == pytest.approx(1, abs=0.2)


def test_a_level_is_never_explained_by_itself() -> None:
    """The prediction of an athlete stays the same whatever its own level is: it was not learnt from."""
    level, known = world(np.random.default_rng(3), 60)
    groups = pd.Series("person", index=level.index)
    first = audit.residuals(level, known, groups, 1e9, SEED)["expected"]
    moved = level.copy()
    moved.iloc[0] += 5
    off = audit.residuals(moved, known, groups, 1e9, SEED)["expected"] - first
    assert abs(off.iloc[0]) < 0.1
    assert abs(off.iloc[0] - off.iloc[1:].median()) < 0.1


def test_without_signals_peers_of_the_same_kind_are_the_measure() -> None:
    people = pd.Series(np.log1p([150e3, 160e3, 170e3, 140e3, 120e3, 60e3, 50e3, 55e3, 40e3, 600e3, 5, 40]))
    teams = pd.Series(np.log1p([900.0, 800, 1_000, 1_100, 950, 870, 1_010, 905, 40]))
    level = pd.concat([people, teams], ignore_index=True)
    groups = pd.Series(["person"] * 12 + ["team"] * 9)
    found = audit.residuals(level, pd.DataFrame(index=level.index), groups, CUT, SEED)
    assert set(np.flatnonzero(found["flagged"])) == {10, 11, 20}


def test_too_much_counts_from_twice_the_cut() -> None:
    level = pd.Series(np.r_[np.linspace(-1, 1, 41), 5.0, 12.0, -5.0])
    found = audit.residuals(level, pd.DataFrame(index=level.index), pd.Series("person", index=level.index), CUT, SEED)
    assert found["flagged"].iloc[-3:].tolist() == [False, True, True]


def test_an_audience_of_heavy_readers_is_no_mistake() -> None:
    """One athlete in eight draws 36 times the page views that likes suggest; one draws what nobody does."""
    level, known = world(np.random.default_rng(7), 400)
    level.iloc[:50] += 3.6
    level.iloc[200] += 20
    found = audit.residuals(level, known, pd.Series("person", index=level.index), CUT, SEED)
    assert (found["z"].iloc[:50] > 2 * CUT).sum() > 20, "far above, in spreads of the others"
    assert not found["flagged"].iloc[:50].any()
    assert found["flagged"].iloc[200]


def test_reason_and_action_are_in_words_and_name_the_namesake() -> None:
    rng = np.random.default_rng(4)
    level, known = world(rng, 80)
    level["a000"] = np.log(4)
    known.loc["a000"] = known.max()
    names = ["Anthony Davis", "Anthony  DAVIS", *(f"Name {i}" for i in range(78))]
    athletes = pd.DataFrame({"athlete_id": level.index, "name": names, "kind": "person"})
    followers = pd.DataFrame({"athlete_id": [], "platform": [], "followers": []})
    (flag,) = suspicious(
        {"wikipedia": np.expm1(level)}, known, followers, athletes, {"wikipedia": "Page views a day"}, CUT, SEED
    ).to_dict("records")
    assert (flag["athlete_id"], flag["platform"]) == ("a000", "wikipedia")
    assert flag["z"] < -CUT
    assert flag["why"].startswith("Page views a day: 3, where everything else known suggests about ")
    assert " as is usual)" in flag["why"], "plain words for robust spreads"
    assert flag["why"].endswith("a001 has the same name.")
    assert flag["action"] == "Compare the article with the namesake's, and accept the right one."


def test_the_signals_of_a_platform_do_not_judge_themselves() -> None:
    """A wrong account has its own reposts and followers, and they must not vouch for its likes."""
    level, known = world(np.random.default_rng(5), 80)
    level["a000"] = 0.5
    known = known.assign(twitter_reposts_median=level - 1)
    athletes = pd.DataFrame({"athlete_id": level.index, "name": level.index, "kind": "person"})
    followers = pd.DataFrame({"athlete_id": level.index, "platform": "twitter", "followers": np.exp(level).to_numpy()})
    known.loc["a000", ["points", "salary"]] = [18.0, 3.0]
    found = suspicious({"twitter": np.expm1(level)}, known, followers, athletes, {"twitter": "Likes"}, CUT, SEED)
    assert found["athlete_id"].tolist() == ["a000"]


def test_the_effect_is_that_of_plain_ridge_regression() -> None:
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(6)
    X = rng.normal(size=(90, 4)) * [1, 10, 0.1, 1]
    y = X @ [1, 0.1, 5, 0] + rng.normal(size=90)
    weights, height = effect.Sums.over(X, y).less(effect.Sums.over(X[:30], y[:30])).ridge()
    scaler = StandardScaler().fit(X[30:])
    sklearn = Ridge(alpha=10).fit(scaler.transform(X[30:]), y[30:])
    assert height + X @ weights == pytest.approx(sklearn.predict(scaler.transform(X)), abs=1e-8)


def test_nba2017_flags_the_pages_of_others_and_none_that_is_right() -> None:
    real_folder("nba2017")
    figures = benchmark.nba_figures()
    assert (figures.known, figures.wrong) == (68, 17)
    assert figures.wrong_flagged >= 16
    assert figures.right_flagged == 0
    assert figures.r2_without > figures.r2_with + 0.2


def test_facebook_pages_flags_both_impostors() -> None:
    real_folder("facebook_pages")
    assert set(benchmark.facebook_flags()["athlete_id"]) == {"lionelmessi", "romanreigns"}


def test_the_command_line_tells_no_handles_from_none_that_looks_wrong(tmp_path: Path) -> None:
    tables = literal_tables()
    audited = tables | handle_tables(tables["payouts"])
    publish(tmp_path / "none", tables)
    publish(tmp_path / "sound", audited | {"handle_flags": audited["handle_flags"].head(0)})

    def told(workspace: str) -> str:
        return (
            CliRunner().invoke(cli.app, ["handles", "audit", "-w", workspace, "--home", str(tmp_path)]).output.strip()
        )

    assert told("none") == "This data set has no handles, so there is nothing to audit."
    assert told("sound") == "No handle looks wrong."
