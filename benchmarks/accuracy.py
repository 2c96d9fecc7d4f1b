"""`make bench-accuracy`: how good the predictions are, how much their ranges hold, and what else was promised of them.

Each data set is imported as by the product; the model is chosen, fitted and given its ranges on what was known when
the test window began, and then judged on the window. Beside it stand simpler guesses, and FLAML's search over its
own models for 60 seconds on the same features, if AUTOML_PYTHON names an interpreter that has flaml (a separate
environment: it does not belong to the product). Real data come from ../shared/real; what is not there is left out with
a word.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import RepeatedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from athlete_intel import pipeline
from athlete_intel.features import tables
from athlete_intel.features.matrix import FACTS, transformed
from athlete_intel.features.questions import Questions, questions_of
from athlete_intel.handles import audit
from athlete_intel.handles.stage import settle_handles
from athlete_intel.influence.candidates import CANDIDATES, fit, log_outcome, usable
from athlete_intel.influence.evaluation import candidates_for
from athlete_intel.influence.learning import Learned, learn
from athlete_intel.influence.rank_ranges import rank_ranges
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Database
from benchmarks import followers

REAL = Path(__file__).parents[1] / ".." / "shared" / "real"
OWN_MAPPINGS = Path(__file__).parent / "mappings"
LEAST_ROWS_OF_A_GROUP = 30
REPEATS = 20
_AUTOML = """
import sys
import pandas as pd
from flaml import AutoML
train, test = pd.read_csv(sys.argv[1]), pd.read_csv(sys.argv[2])
model = AutoML()
settings = dict(task="regression", metric="mae", time_budget=60, seed=1, n_jobs=2, verbose=0)
model.fit(train.drop(columns="y"), train["y"], **settings)
print("mae", abs(model.predict(test.drop(columns="y")) - test["y"]).mean(), model.best_estimator)
"""


@dataclass(frozen=True)
class World:
    """A data set: the questions of training and of today, and the athletes."""

    training: Questions
    today: Questions
    athletes: pd.DataFrame


@dataclass(frozen=True)
class Tested:
    """A model of the product, and what it says of the rows of a test window."""

    learned: Learned
    candidates: pd.DataFrame
    train: np.ndarray
    test: np.ndarray
    predictions: pd.DataFrame
    actual: np.ndarray
    seconds: float


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch, threadpool_limits(limits=1):
        for name, measure in (
            ("instagram_accounts", instagram),
            ("facebook_pages", facebook),
            ("wikipedia_weekly", wikipedia),
            ("nba2017", nba),
        ):
            _print(f"\n== {name}")
            if not (REAL / name).is_dir():
                _print(f"left out, because {REAL / name} is missing")
                continue
            measure(load(name, REAL / name, Path(scratch)))
        _print("\n== questions about followers, demo world")
        _print(followers.table().to_string(index=False, float_format="{:.3f}".format))
        _print("\n== demo world")
        write_demo(Path(scratch) / "demo", load_scenario("calm"))
        demo(load("demo", Path(scratch) / "demo", Path(scratch)), Path(scratch) / "demo" / "truth")


def load(name: str, folder: Path, home: Path) -> World:
    """Import a folder with the mapping of that name, and ask for everything known."""
    settings = Settings(home=home, workspace=name)
    own = OWN_MAPPINGS / f"{name}.toml"
    pipeline.run_import(settings, load_mapping(str(own) if own.is_file() else name), folder, pipeline.utc_now())
    with Database.in_memory() as database:
        return world_of(database, settings)


def world_of(database: Database, settings: Settings) -> World:
    """The questions of a workspace that was imported."""
    pipeline.copy_inputs(database, settings)
    settled = settle_handles(database, settings)
    as_of = tables.data_as_of(database)
    days = int(database.table("mappings")["window_days"].max())
    tables.prepare(database, window_days=days, owners=settled.owners)
    ask = [
        questions_of(database, tables.sql(f"{kind}_asks"), as_of, settings.posts_window)
        for kind in ("training", "scoring")
    ]
    return World(ask[0], ask[1], database.table("athletes"))


def tested_from(world: World, starts: pd.Timestamp) -> Tested:
    """Learn from all outcomes known when the window starts, as the product does, and predict the window."""
    rows = world.training.rows
    train = np.flatnonzero(rows["outcome_known_at"] <= starts)
    test = np.flatnonzero(rows["as_of"] >= starts)
    started = time.perf_counter()
    learned, tables_ = learn(_part(world.training, train), Settings())
    seconds = time.perf_counter() - started
    return Tested(
        learned,
        tables_["model_candidates"],
        train,
        test,
        learned.predict(world.training.matrix.iloc[test]),
        log_outcome(rows["outcome"]).to_numpy()[test],
        seconds,
    )


def instagram(world: World) -> None:
    """Likes of the next post: learnt before 2018, tested on 2018."""
    found = tested_from(world, pd.Timestamp("2018-01-01"))
    known = world.training.matrix["outcome_median"].notna().to_numpy()[found.test]
    _print("R² of log(1 + likes) in 2018, for posts of accounts with a past (asked: above 0.932)")
    guesses = _own_pasts(world, found) | _ridge_of_windows(world, found) | _candidates(world, found)
    _print_errors(guesses, found, known)
    _print_coverage(world, found)


def facebook(world: World) -> None:
    """The last 30 days of the pages."""
    found = tested_from(world, _end(world) - pd.Timedelta(days=30))
    _print("mean absolute error of log(1 + engagements), last 30 days (asked: better than past median, ridge, FLAML)")
    guesses = _own_pasts(world, found) | _ridge_of_windows(world, found) | _candidates(world, found)
    _print_errors(guesses, found)
    _print_automl(world, found)
    _print_coverage(world, found)


def wikipedia(world: World) -> None:
    """Page views four weeks ahead, in the last four weeks."""
    found = tested_from(world, _end(world) - pd.Timedelta(days=28))
    matrix = world.training.matrix.iloc[found.test]
    last = log_outcome(matrix["outcome_recent_1"]).to_numpy()
    guesses = {
        "naive (the last weeks)": last,
        "seasonal naive (a year ago)": log_outcome(matrix["outcome_year_ago"]).fillna(
            pd.Series(last, index=matrix.index)
        ),
    }
    _print("mean absolute error of log(1 + page views), four weeks ahead (asked: better than both naive guesses)")
    _print_errors(guesses | _own_pasts(world, found) | _candidates(world, found), found)
    _print_coverage(world, found)


def nba(world: World) -> None:
    """Page views of the players whose article is known to be theirs, by repeated cross-validation."""
    rows, matrix = world.training.rows, world.training.matrix
    truth = pd.read_csv(REAL / "nba2017" / "nba_2016_2017_100.csv", encoding="utf-8-sig", lineterminator="\r")
    article = truth.drop_duplicates("PLAYER_NAME").set_index("PLAYER_NAME")["WIKIPEDIA_HANDLE"]
    name = rows["athlete_id"].map(world.athletes.set_index("athlete_id")["name"])
    own = (name.map(article) == name.str.replace(" ", "_")).to_numpy()
    views = log_outcome(rows["outcome"])
    shown = matrix[["points", "salary_millions", "twitter_likes_median", "twitter_reposts_median"]]
    flagged = audit.residuals(
        pd.Series(views.to_numpy(), index=rows["athlete_id"]),
        pd.DataFrame(np.log1p(shown.to_numpy()), index=rows["athlete_id"], columns=shown.columns),
        pd.Series("person", index=rows["athlete_id"]),
        Settings().audit_cut,
        Settings().seed,
    )["flagged"].to_numpy()
    others = np.flatnonzero(~own & ~flagged)
    right = np.flatnonzero(own)
    _print(
        f"R² of log(1 + page views a day) on {len(right)} right players (asked: above 0.62); "
        "flagged rows are not learnt from"
    )
    for candidate in candidates_for(len(others) + len(right) * 4 // 5):
        scores = []
        for repeat in range(REPEATS):
            predicted = np.empty(len(right))
            for train, test in RepeatedKFold(n_splits=5, n_repeats=1, random_state=repeat).split(right):
                learnt = np.concatenate([right[train], others])
                model = fit(candidate, matrix.iloc[learnt], world.training.catalogue, rows["outcome"].iloc[learnt], 1)
                predicted[test] = model.predict_log(matrix.iloc[right[test]])
            scores.append(_r2(views.to_numpy()[right], predicted))
        _print(f"  {candidate.label:45s} {np.mean(scores):.3f}, from {min(scores):.3f} to {max(scores):.3f}")
    learned, published = learn(_part(world.training, np.flatnonzero(~flagged)), Settings())
    inside = published["backtest"].eval("low <= actual and actual <= high")
    _print(
        f"chosen: {learned.chosen}; 80% ranges hold {inside.mean():.3f} of {len(inside)} in cross-validation (asked: "
        "0.77 to 0.83)"
    )


def demo(world: World, truth: Path) -> None:
    """The demo world, whose truth is known."""
    end = _end(world)
    for days in (28, 182):
        found = tested_from(world, end - pd.Timedelta(days=days))
        _print(f"\nlast {days} days; learning took {found.seconds:.1f} s (asked: under 30)")
        _print_errors(_own_pasts(world, found) | _candidates(world, found), found)
        _print_coverage(world, found)
        _print_against_truth(world, found, truth)
    learned, _ = learn(world.training, Settings())
    _print_ranks(world, learned, truth)
    many = pd.concat([world.today.matrix] * (100_000 // len(world.today.matrix) + 1)).head(100_000)
    many = many.set_axis([f"a{i}" for i in range(len(many))])
    started = time.perf_counter()
    predictions = learned.predict(many)
    predicted = time.perf_counter()
    rank_ranges(predictions["predicted_log"], learned.lasting.deviation(predictions, Settings().interval), seed=1)
    _print(
        f"\nprediction for {len(many):,} athletes: {predicted - started:.2f} s (asked: under 2); "
        f"their ranges of ranks: {time.perf_counter() - predicted:.2f} s more"
    )


def _print_against_truth(world: World, found: Tested, truth: Path) -> None:
    """R² against the true expected page views of the stories, beside what the true latent influence would give."""
    rows = world.training.rows.iloc[found.test]
    stories = _parquet(truth, "stories").set_index("story_id")["expected_page_views"]
    expected = np.log1p(rows["row_id"].map(stories).to_numpy(dtype="float64"))
    latent = _latent(rows, _parquet(truth, "influence"))
    slope, level = np.polyfit(latent, expected, 1)
    ours, best = _r2(expected, found.predictions["predicted_log"].to_numpy()), _r2(expected, slope * latent + level)
    _print(
        f"R² against true expected page views: {ours:.3f}; of the true influence: {best:.3f}; "
        f"ratio {ours / best:.3f} (asked: 0.9)"
    )


def _latent(rows: pd.DataFrame, influence: pd.DataFrame) -> np.ndarray:
    """The true influence of each row's athlete in the week of the story."""
    asked = rows[["athlete_id", "as_of"]].assign(position=np.arange(len(rows))).sort_values("as_of")
    influence = influence.assign(day=influence["day"].astype("datetime64[us]")).sort_values("day")
    asked["as_of"] = asked["as_of"].astype("datetime64[us]")
    near = pd.merge_asof(asked, influence, left_on="as_of", right_on="day", by="athlete_id", direction="nearest")
    return near.sort_values("position")["log_influence"].to_numpy()


def _print_ranks(world: World, learned: Learned, truth: Path) -> None:
    """How often the range of ranks holds the rank by true expected page views of today.

    The truth tells what one and the same story would draw for everybody, so the model is asked for that, too; beside it
    stands what it says of each athlete's own kind of next story, as the product ranks.
    """
    influence = _parquet(truth, "influence").sort_values("day")
    expected = influence.groupby("athlete_id")["expected_page_views"].last()
    own = world.today.matrix.sort_index()
    catalogue = world.training.catalogue
    of_story = catalogue["family"].isin(FACTS) & ~catalogue["family"].isin(["Sport", "Kind"])
    names = [name for name in catalogue.loc[of_story, "feature"] if name in own]
    same = own.assign(**world.training.matrix[names].mean().to_dict())
    true_rank = expected.reindex(own.index).rank(ascending=False, method="first")
    _print("\n90% ranges of ranks hold the true rank for a share of the athletes of (asked: 0.85 to 0.95)")
    known = replace(learned.lasting, kinds=0.0)
    for label, matrix, unsure in (
        ("as published, the kind of the next story unsure", own, learned.lasting),
        ("the same story for everybody", same, known),
    ):
        predictions = learned.predict(matrix)
        deviation = unsure.deviation(predictions, Settings().interval)
        found = rank_ranges(predictions["predicted_log"], deviation, Settings().seed)
        held = true_rank.between(found["rank_low"], found["rank_high"])
        width = (found["rank_high"] - found["rank_low"]).median()
        _print(
            f"  {label}: {held.mean():.3f} of {len(held):,}; half of the ranges are wider than {width:,.0f} places; "
            f"Spearman {_spearman(true_rank, predictions):.3f}"
        )
        quarter = pd.qcut(true_rank, 4, labels=["first quarter", "second", "third", "last"])
        shares = held.groupby(quarter, observed=True).mean()
        _print("    " + ", ".join(f"{name} {share:.2f}" for name, share in shares.items()))


def _spearman(true_rank: pd.Series, predictions: pd.DataFrame) -> float:
    return float(true_rank.corr(predictions["predicted_log"].rank(ascending=False), method="spearman"))


def _own_pasts(world: World, found: Tested) -> dict[str, np.ndarray]:
    """The medians of an athlete's last outcomes; of newcomers the median of all."""
    typical = float(log_outcome(world.training.rows["outcome"].iloc[found.train]).median())
    matrix = world.training.matrix.iloc[found.test]
    windows = {"outcome_median": "past median (200)", "outcome_median_5": "past median (5)"}
    return {
        label: log_outcome(matrix[name]).fillna(typical).to_numpy() for name, label in windows.items() if name in matrix
    }


def _ridge_of_windows(world: World, found: Tested) -> dict[str, np.ndarray]:
    """scikit-learn's ridge on the logs of the medians of the last 5, 20 and 200 outcomes."""
    values = np.log1p(world.training.matrix[["outcome_median_5", "outcome_median_20", "outcome_median"]])
    target = log_outcome(world.training.rows["outcome"])
    model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), RidgeCV(np.logspace(-2, 4, 13)))
    model.fit(values.iloc[found.train], target.iloc[found.train])
    return {"ridge over 5, 20 and 200": model.predict(values.iloc[found.test])}


def _candidates(world: World, found: Tested) -> dict[str, np.ndarray]:
    """Every candidate fitted on the same rows, and what the product predicts."""
    training, rows = world.training, world.training.rows
    guesses = {}
    for candidate in CANDIDATES:
        model = fit(
            candidate, training.matrix.iloc[found.train], training.catalogue, rows["outcome"].iloc[found.train], 1
        )
        guesses[f"candidate {candidate.name}"] = model.predict_log(training.matrix.iloc[found.test]).to_numpy()
    return guesses | {f"the product ({found.learned.chosen})": found.predictions["predicted_log"].to_numpy()}


def _print_errors(guesses: dict[str, np.ndarray], found: Tested, shown: np.ndarray | None = None) -> None:
    shown = np.ones(len(found.test), dtype=bool) if shown is None else shown
    actual = found.actual[shown]
    _print(f"  {len(found.train):,} rows to learn from, {len(actual):,} to test on")
    for label, guess in guesses.items():
        predicted = np.asarray(guess)[shown]
        error = predicted - actual
        _print(
            f"  {label:32s} mae {np.abs(error).mean():.4f}  R² {_r2(actual, predicted):.4f}  bias {error.mean():+.3f}"
        )


def _print_coverage(world: World, found: Tested) -> None:
    """Share of outcomes inside their range: overall, and the weakest group of each kind that has enough rows."""
    inside = pd.Series(
        (found.actual >= found.predictions["low_log"].to_numpy())
        & (found.actual <= found.predictions["high_log"].to_numpy())
    )
    rows = world.training.rows.iloc[found.test]
    sport = rows["athlete_id"].map(world.athletes.set_index("athlete_id")["sport"]).reset_index(drop=True)
    tier = pd.qcut(found.predictions["predicted_log"].rank(method="first"), 4, labels=["low", "lower", "higher", "top"])
    seen = world.training.matrix["outcomes_seen"].iloc[found.test].fillna(0)
    history = pd.cut(seen, [-1, 0, 4, 19, np.inf], labels=["none", "1 to 4", "5 to 19", "20 and more"])
    novel = found.predictions["novel"]
    _print(
        f"  80% ranges hold {inside.mean():.3f} (asked: 0.77 to 0.83); "
        f"unlike anything seen: {novel.mean():.2%} of the rows"
    )
    for kind, groups in (("sport", sport), ("tier", tier), ("history", history)):
        table = inside.groupby(np.asarray(groups.astype("object"))).agg(["mean", "size"])
        large = table[table["size"] >= LEAST_ROWS_OF_A_GROUP].sort_values("mean")
        small = table[table["size"] < LEAST_ROWS_OF_A_GROUP]
        text = ", ".join(f"{name} {row['mean']:.2f}" for name, row in large.iterrows())
        few = ", ".join(f"{name} {row['mean']:.2f} of {row['size']:.0f}" for name, row in small.iterrows())
        if len(large) > 1 or few:
            _print(f"    by {kind}: {text}" + (f" (too few rows to say: {few})" if few else ""))


def _print_automl(world: World, found: Tested) -> None:
    python = os.environ.get("AUTOML_PYTHON")
    if not python:
        _print("  FLAML: left out; AUTOML_PYTHON names no interpreter that has flaml")
        return
    used = usable(world.training.matrix.iloc[found.train], world.training.catalogue)
    values = transformed(world.training.matrix, used).assign(y=log_outcome(world.training.rows["outcome"]).to_numpy())
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("train.csv", "test.csv")]
        for file, positions in zip(files, (found.train, found.test), strict=True):
            values.iloc[positions].to_csv(file, index=False)
        command = [python, "-c", _AUTOML, *map(str, files)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    _print(f"  FLAML, 60 s on the same features   {answer.stdout.strip() or answer.stderr.strip().splitlines()[-1]}")


def _part(questions: Questions, positions: np.ndarray) -> Questions:
    asks = questions.asks.iloc[positions].reset_index(drop=True)
    return replace(questions, asks=asks, matrix=questions.matrix.iloc[positions])


def _end(world: World) -> pd.Timestamp:
    return world.training.rows["as_of"].max().floor("D") + pd.Timedelta(days=1)


def _r2(actual: np.ndarray, predicted: np.ndarray) -> float:
    return float(1 - ((actual - predicted) ** 2).sum() / ((actual - actual.mean()) ** 2).sum())


def _parquet(folder: Path, name: str) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(path) for path in sorted(folder.glob(f"{name}-*.parquet"))], ignore_index=True)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
