"""Drift where the truth is known: half a million rows beside scipy, and two streams with a known change."""

import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.linear_model import LogisticRegression

from athlete_intel.monitoring.drift import Thresholds, drift
from athlete_intel.monitoring.watch import error_alarm
from athlete_intel.monitoring.windows import REFERENCE_WINDOWS
from athlete_intel.warehouse import Database
from benchmarks.asked import asked, say

STREAMS = Path(__file__).parents[1] / ".." / "shared" / "real" / "drift_streams"
SECONDS = 1.0
FALSE_ALARMS = 0.01


def speed() -> None:
    """500,000 rows of 12 features, against scipy."""
    rng = np.random.default_rng(1)
    rows, half = 500_000, 250_000
    columns = {f"x{i}": rng.lognormal(0, 1, rows) if i % 3 else rng.normal(0, 1, rows) for i in range(12)}
    columns["x3"][half:] += 0.5
    columns["x6"] = columns["x6"].round(1)
    features = pd.DataFrame({"feature": list(columns), "label": list(columns), "kind": "number"})
    table = pd.DataFrame(columns).assign(number=(np.arange(rows) >= half).astype("int64"))
    say("drift over 500,000 x 12")
    for athletes in (None, 2_000):
        numbers = pd.Series(np.arange(rows) % athletes if athletes else pd.NA, index=range(rows), dtype="Int64")
        with Database.in_memory() as database:
            database.write("monitored", table.assign(athlete=numbers))
            times = []
            for _ in range(5):
                started = time.perf_counter()
                found, _ = drift(database, features, 1, Thresholds())
                times.append(time.perf_counter() - started)
        kind = "rows independent" if athletes is None else f"{athletes:,} athletes"
        took = float(np.median(times))
        told = f"{took:.2f} s, slowest of five {max(times):.2f} s"
        asked(f"500,000 x 12, {kind}", told, f"under {SECONDS:.0f} s", took < SECONDS)
    for method in ("asymp", "auto"):
        started = time.perf_counter()
        exact = {name: stats.ks_2samp(values[:half], values[half:], method=method) for name, values in columns.items()}
        say(f"  scipy ks_2samp {method:5} {time.perf_counter() - started:6.2f} s")
    found = found.set_index("feature")
    off = max(abs(exact[name].statistic - found.loc[name, "ks"]) for name in columns)
    stated = float(found["ks_error"].max())
    asked("largest difference of KS from scipy", f"{off:.6f}", f"within the stated {stated:.6f}", off <= stated + 1e-9)
    drifting = sorted(found.index[found["drifting"]])
    asked("drifting", ", ".join(drifting), "x3, which alone was moved", drifting == ["x3"])
    say("")


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
        told = f"{'alert' if name in alarms[at] else 'no alert'}; {before} in {at - REFERENCE_WINDOWS} windows before"
        asked(f"{name} in the first window after the change", told, "an alert", name in alarms[at])
    for name in sorted(set(names) - set(moving)):
        before = sum(name in found for shown, found in alarms.items() if shown < at)
        say(f"         {name}: {before} alerts in {at - REFERENCE_WINDOWS} windows before (a season is a change, too)")
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
    told = f"{input_alarms} of {checks} windows"
    asked("input alerts", told, f"at most {FALSE_ALARMS:.0%}", input_alarms <= FALSE_ALARMS * checks)
    for change in changes:
        first = change // window
        late = next((alarm - first for alarm in accuracy_alarms if alarm >= first), None)
        told = "none" if late is None else f"{late} windows after the first that is changed"
        asked(f"accuracy alert after row {change:,}", told, "within one window", late is not None and late <= 1)
    near = {change // window + late for change in changes for late in (0, 1)}
    say(f"         other accuracy alerts: {len([a for a in accuracy_alarms if a not in near])} in {last + 1} windows\n")
