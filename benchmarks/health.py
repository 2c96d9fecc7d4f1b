"""`make bench-health`: what is promised of drift and accuracy, measured on real streams and on made-up worlds.

    python -m benchmarks.health [speed] [elec2] [sea] [worlds SEEDS [SCENARIO …]] [estimates] [long] [poisoned]
        [--kills NUMBER]

Without words, all of it: 200 seeds, 20 worlds with poison, 100 kills. What fails, says so.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.linear_model import LogisticRegression

from athlete_intel.features import tables as feature_tables
from athlete_intel.features.questions import Questions, questions_of
from athlete_intel.influence.learning import learn
from athlete_intel.monitoring.drift import Thresholds, drift
from athlete_intel.monitoring.estimates import expected_sizes
from athlete_intel.monitoring.observed import follower_growth, observed, waiting_questions
from athlete_intel.monitoring.signals import signal_tables
from athlete_intel.monitoring.watch import error_alarm
from athlete_intel.monitoring.windows import REFERENCE_WINDOWS, newest_windows
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Database
from benchmarks import accuracy, kills, long_run, poisoned
from benchmarks.worlds import END, made

STREAMS = Path(__file__).parents[1] / ".." / "shared" / "real" / "drift_streams"
CHANGES = {"platform-change": 84, "bot-wave": 63, "pandemic": 112}
"""Days before the end on which a scenario changes."""
ATHLETES, DAYS, SEEDS, KILLS, POISONED = 200, 250, 200, 100, 20
MOVED, LEAST_MOVED = 0.2, 50
"""A window whose inputs moved holds this share of stories at one end of a feature, and so many at least."""
LATER = 0.25
"""Share of the time at whose begin a model is learnt, to be tested on what comes after."""
FIRST_SEED = 1_001
"""Limits were looked at on lower seeds."""


def main(words: list[str]) -> None:
    """Measure what the words name, or all of it."""
    if not words or "speed" in words:
        speed()
    if not words or "elec2" in words:
        elec2()
    if not words or "sea" in words:
        sea()
    if not words or "worlds" in words:
        numbers = [int(word) for word in words if word.isdigit()]
        worlds(numbers[0] if numbers else SEEDS, [word for word in words if word in ("calm", *CHANGES)])
    if not words or "estimates" in words:
        estimates()
    if not words or "long" in words:
        long_run.main([])
    if not words or "poisoned" in words:
        numbers = [int(word) for word in words if word.isdigit()]
        poisoned.poisoned(numbers[0] if numbers else POISONED)
    if not words or "--kills" in words:
        kills.kills(int(words[words.index("--kills") + 1]) if "--kills" in words else KILLS)


def say(text: str) -> None:
    """Print at once, so that a long run can be followed."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def speed() -> None:
    """500,000 rows of 12 features, against scipy."""
    rng = np.random.default_rng(1)
    rows, half = 500_000, 250_000
    columns = {f"x{i}": rng.lognormal(0, 1, rows) if i % 3 else rng.normal(0, 1, rows) for i in range(12)}
    columns["x3"][half:] += 0.5
    columns["x6"] = columns["x6"].round(1)
    features = pd.DataFrame({"feature": list(columns), "label": list(columns), "kind": "number"})
    table = pd.DataFrame(columns).assign(number=(np.arange(rows) >= half).astype("int64"))
    say("drift over 500,000 x 12 (asked: under 1 s)")
    for athletes in (None, 2_000):
        names = pd.Series([None] * rows if athletes is None else np.arange(rows) % athletes, dtype="str")
        with Database.in_memory() as database:
            database.write("monitored", table.assign(athlete=names))
            database.execute("ALTER TABLE monitored ALTER athlete TYPE VARCHAR")
            times = []
            for _ in range(5):
                started = time.perf_counter()
                found, _ = drift(database, features, 1, Thresholds())
                times.append(time.perf_counter() - started)
        kind = "rows independent" if athletes is None else f"{athletes:,} athletes"
        say(f"  {kind:20} {np.median(times):6.2f} s, slowest of five {max(times):.2f} s")
    for method in ("asymp", "auto"):
        started = time.perf_counter()
        exact = {name: stats.ks_2samp(values[:half], values[half:], method=method) for name, values in columns.items()}
        say(f"  scipy ks_2samp {method:5} {time.perf_counter() - started:6.2f} s")
    found = found.set_index("feature")
    off = max(abs(exact[name].statistic - found.loc[name, "ks"]) for name in columns)
    say(f"  largest difference of KS from scipy {off:.6f}, largest stated error {found['ks_error'].max():.6f}")
    say(f"  drifting: {', '.join(found.index[found['drifting']])} (moved by half a standard deviation: x3)\n")


def elec2() -> None:
    """A real electricity market: what starts to move at row 17,424 must raise an alert in the next window."""
    path = STREAMS / "elec2.csv"
    if not path.is_file():
        say(f"elec2: left out, because {path} is missing\n")
        return
    stream = pd.read_csv(path)
    moving, names = (
        ("vicprice", "vicdemand", "transfer"),
        ("nswprice", "nswdemand", "vicprice", "vicdemand", "transfer"),
    )
    window, change = 14 * 48, 17_424
    say(f"elec2: windows of {window} rows (two weeks), rows of one day taken together")
    features = pd.DataFrame({"feature": names, "label": names, "kind": "number"})
    # Windows end so that one begins where the change does, and the others lie before and after it.
    first = change % window
    number = (np.arange(len(stream)) - first) // window
    day = (np.arange(len(stream)) // 48).astype("str")
    table = stream[list(names)].assign(number=number, athlete=day)
    at = change // window
    alarms: dict[int, list[str]] = {}
    for shown in range(REFERENCE_WINDOWS, at + 3):
        part = table[(number <= shown) & (number >= shown - REFERENCE_WINDOWS)]
        with Database.in_memory() as database:
            database.write("monitored", part.assign(number=part["number"] - shown + REFERENCE_WINDOWS))
            found, _ = drift(database, features, REFERENCE_WINDOWS, Thresholds())
        alarms[shown] = found.loc[found["drifting"], "feature"].tolist()
    for name in moving:
        before = sum(name in found for shown, found in alarms.items() if shown < at)
        say(
            f"  {name:10} first window after the change: {'alert' if name in alarms[at] else 'NO ALERT'}; "
            f"alerts in {at - REFERENCE_WINDOWS} windows before: {before}"
        )
    for name in sorted(set(names) - set(moving)):
        before = sum(name in found for shown, found in alarms.items() if shown < at)
        say(f"  {name:10} alerts in {at - REFERENCE_WINDOWS} windows before: {before} (a season is a change, too)")
    say("")


def sea() -> None:
    """A made-up stream whose relation changes every 12,500 rows while its inputs stay as they are."""
    path = STREAMS / "sea.csv"
    if not path.is_file():
        say(f"sea: left out, because {path} is missing\n")
        return
    stream = pd.read_csv(path)
    inputs, window = ["x1", "x2", "x3"], 1_250
    features = pd.DataFrame({"feature": inputs, "label": inputs, "kind": "number"})
    number = np.arange(len(stream)) // window
    last = int(number.max())
    input_alarms, checks = 0, 0
    accuracy_alarms: list[int] = []
    training_from, model, past = 0, None, []
    for shown in range(last + 1):
        here = number == shown
        if shown >= REFERENCE_WINDOWS:
            part = stream[(number <= shown) & (number >= shown - REFERENCE_WINDOWS)]
            numbers = number[part.index] - shown + REFERENCE_WINDOWS
            with Database.in_memory() as database:
                database.write("monitored", part[inputs].assign(number=numbers, athlete=pd.Series(dtype="str")))
                found, _ = drift(database, features, REFERENCE_WINDOWS, Thresholds())
            input_alarms += int(found["drifting"].any())
            checks += 1
        if model is not None:
            errors = (stream.loc[here, "class"].to_numpy() != model.predict(stream.loc[here, inputs])).astype("float64")
            if past and error_alarm(np.concatenate(past), errors) is not None:
                accuracy_alarms.append(shown)
                training_from, past, model = shown, [], None
            else:
                past.append(errors)
        if model is None and shown - training_from >= 2:
            learnt = stream[(number >= training_from) & (number <= shown)]
            model = LogisticRegression().fit(learnt[inputs], learnt["class"])
    changes = [12_500, 25_000, 37_500]
    say(
        f"sea: windows of {window:,} rows; a model is learnt from three of them and kept until its accuracy raises an "
        "alert"
    )
    say(f"  input alerts: {input_alarms} of {checks} windows ({input_alarms / checks:.1%}; stated at most 1%)")
    for change in changes:
        first = change // window
        late = next((alarm - first for alarm in accuracy_alarms if alarm >= first), None)
        word = "NO ALERT" if late is None else "in the first window after it" if late == 0 else f"{late} windows later"
        say(f"  change at row {change:,}: accuracy alert {word}")
    firsts = {change // window for change in changes}
    say(f"  other accuracy alerts: {len([a for a in accuracy_alarms if a not in firsts])} in {last + 1} windows\n")


def worlds(seeds: int, only: list[str]) -> None:
    """Demo worlds: how often calm ones raise an alarm, and changes within two weeks."""
    say(f"demo worlds of {ATHLETES} athletes and {DAYS} days, {seeds} seeds; looked at two weeks after the change")
    for scenario in only or ["calm", *CHANGES]:
        back = CHANGES.get(scenario, 84)
        as_of = END - timedelta(days=back - 14)
        seen, reasons = dict[int, bool](), Counter[str]()
        started = time.perf_counter()
        for seed in range(FIRST_SEED, FIRST_SEED + seeds):
            drifting = world(scenario, seed, as_of)
            seen[seed] = bool(drifting)
            reasons.update(drifting)
        found = sum(seen.values())
        share = found / seeds
        asked = "asked: at most 1%" if scenario == "calm" else "asked: all"
        upper = stats.beta.ppf(0.975, found + 1, seeds - found) if found < seeds else 1.0
        lower = stats.beta.ppf(0.025, found, seeds - found + 1) if found else 0.0
        say(
            f"  {scenario:16} {found} of {seeds} raise an alarm ({share:.1%}, 95% range {lower:.1%} to "
            f"{upper:.1%}; {asked}), {(time.perf_counter() - started) / seeds:.1f} s a world"
        )
        for feature, times in reasons.most_common(6):
            say(f"      {feature}: {times}")
        odd = [str(seed) for seed, alarm in seen.items() if alarm == (scenario == "calm")]
        say(f"      seeds with another answer than asked for: {', '.join(odd) or 'none'}")


def estimates(seeds: int = 3) -> None:
    """Errors of later stories as estimated from what they look like, against those that came.

    Windows whose inputs moved are those in which only stories at one end of a feature are left: all else is as it was,
    so only the inputs moved. Beside the estimate stands one that knows nothing of inputs: errors as ever. In calm demo
    worlds errors hardly differ between stories, in real data they do. Then whole scenarios: a wave of bots moves
    inputs, a change of the platform changes the relation itself.
    """
    say("estimated errors against real ones, of stories told after everything learnt (mean absolute error of logs)")
    asked = {f"calm demo world {seed}": _demo_questions("calm", seed) for seed in range(FIRST_SEED, FIRST_SEED + seeds)}
    for name in ("facebook_pages", "wikipedia_weekly"):
        if (accuracy.REAL / name).is_dir():
            with tempfile.TemporaryDirectory() as home:
                asked[name] = accuracy.load(name, accuracy.REAL / name, Path(home)).training
        else:
            say(f"  {name} is left out, because {accuracy.REAL / name} is missing")
    for name, whole in asked.items():
        times = whole.rows["as_of"]
        cut = times.min() + (times.max() - times.min()) * (1 - LATER)
        told, matrix, before = _estimated_and_came(whole, cut)
        moved = list(_moved(told, matrix))
        came = np.array([part["came"].mean() for part in moved])
        for kind, guessed in (
            ("estimated", np.array([part["estimated"].mean() for part in moved])),
            ("as ever", np.full(len(moved), before)),
        ):
            low, high = np.quantile(came / guessed, [0.05, 0.95])
            say(
                f"  {name}, {len(moved)} windows of moved inputs, {kind:9}: real over it {low:.2f} to {high:.2f} in "
                f"nine of ten, off by {np.abs(came / guessed - 1).mean():.1%} on average"
                + (f", correlation {np.corrcoef(came, guessed)[0, 1]:.2f}" if np.ptp(guessed) else "")
            )
    for scenario in ("bot-wave", "platform-change"):
        ratios = []
        for seed in range(FIRST_SEED, FIRST_SEED + seeds):
            whole = _demo_questions(scenario, seed)
            told, _, _ = _estimated_and_came(whole, END - timedelta(days=CHANGES[scenario]))
            ratios.append(told["came"].mean() / told["estimated"].mean())
        say(f"  {scenario}: real over estimated after it {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
    say("")


def _demo_questions(scenario: str, seed: int) -> Questions:
    with made(scenario, seed, ATHLETES, 365) as database:
        return questions_of(database, feature_tables.sql("training_asks"), END, 200)


def _estimated_and_came(whole: Questions, cut: datetime) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Stories from a time on, with a model of what was known by then: estimated and real errors, and their inputs.

    The last of the three is the mean error before, which is what an estimate says that knows nothing of inputs.
    """
    early = (whole.rows["outcome_known_at"] <= cut).to_numpy()
    known = Questions(whole.asks[early].reset_index(drop=True), {}, whole.matrix[early], whole.catalogue)
    learned, tables = learn(known, Settings())
    tested = tables["backtest"]
    sizes = expected_sizes(learned, known.matrix.set_axis(known.rows["row_id"]).loc[tested["row_id"]])
    before = float((np.log1p(tested["predicted"]) - np.log1p(tested["actual"])).abs().mean())
    later = (whole.rows["as_of"] >= cut).to_numpy()
    matrix = whole.matrix[later]
    told = learned.predict(matrix)["predicted_log"].to_numpy()
    came = np.abs(told - np.log1p(whole.rows.loc[later, "outcome"].to_numpy()))
    estimated = before * expected_sizes(learned, matrix) / sizes.mean()
    return pd.DataFrame({"estimated": estimated, "came": came}), matrix, before


def _moved(told: pd.DataFrame, matrix: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The stories at each end of each feature, and those that lack it."""
    for _, values in matrix.reset_index(drop=True).items():
        ranks = values.rank(pct=True)
        for end in (ranks <= MOVED, ranks > 1 - MOVED, values.isna()):
            # A feature of few values has no such end, or one that holds nearly everybody.
            if LEAST_MOVED <= end.sum() <= len(end) / 2:
                yield told[end.to_numpy()]


def world(scenario: str, seed: int, as_of: datetime, athletes: int = ATHLETES, days: int = DAYS) -> list[str]:
    """What drifts in a made-up world as of a day, by name."""
    with made(scenario, seed, athletes, days) as database:
        training = questions_of(database, feature_tables.sql("training_asks"), as_of, 200)
        waiting = waiting_questions(database, as_of, 200, 28)
        parts = [part for part in (training, waiting) if part is not None]
        rows = pd.concat([part.rows for part in parts], ignore_index=True)
        windows = newest_windows(rows["as_of"], 14, end=pd.Timestamp(as_of))
        table, features = observed(parts, None, follower_growth(database, rows), windows)
        database.write_temporary("monitored", table)
        features = features.assign(table="monitored", column=features["feature"], platform=None)
        features = pd.concat([features, signal_tables(database, as_of, windows, 14)], ignore_index=True)
        found, _ = drift(database, features, windows.newest, Thresholds())
    return found.loc[found["drifting"], "feature"].tolist()


if __name__ == "__main__":
    main(sys.argv[1:])
