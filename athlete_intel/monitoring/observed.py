"""The table that drift is measured on: a row a story, told or waiting for its outcome, with what was known then."""

from datetime import datetime

import numpy as np
import pandas as pd

from athlete_intel.features.matrix import LINEAR, signals, transformed
from athlete_intel.features.questions import Questions, questions_of
from athlete_intel.influence.candidates import log_outcome
from athlete_intel.monitoring.cells import sql
from athlete_intel.monitoring.drift import CATEGORY, NUMBER
from athlete_intel.monitoring.windows import Windows
from athlete_intel.warehouse import Database

PREDICTED, OUTCOME = "predicted", "outcome"
CATEGORIES = {"format": "Format of the story", "sport": "Sport", "kind": "Kind of athlete"}
GROWTH_WEEKS = 2
LATE_DAYS = 56
"""So much longer than an outcome takes, a story is still waited for."""


def waiting_questions(database: Database, as_of: datetime, posts_window: int, window_days: int) -> Questions | None:
    """The stories whose outcomes are not in yet; None where there are none.

    Args:
        database: holds the raw tables and what `features.tables.prepare` made of them.
        as_of: the day of the snapshot.
        posts_window: posts of an account that medians look back on.
        window_days: days after which an outcome is final.
    """
    days = window_days + LATE_DAYS
    select = sql("waiting_asks").replace("$days", str(int(days)))
    if database.query(f"SELECT count(*) AS rows FROM ({select}) AS asks", {"as_of": as_of})["rows"].item() == 0:
        return None
    return questions_of(database, select, as_of, posts_window)


def follower_growth(database: Database, rows: pd.DataFrame, weeks: int = GROWTH_WEEKS) -> pd.DataFrame:
    """Growth of the followers of each row's athlete over so many weeks, by platform, in logs.

    Args:
        database: holds `owned_follower_counts`.
        rows: row_id, athlete_id, as_of.
        weeks: how far back it is compared.

    Returns:
        By row_id a column `<platform>_followers_growth` for each platform.
    """
    database.write_temporary("growth_rows", rows[["row_id", "athlete_id", "as_of"]])
    found = database.query(sql("follower_growth"), {"days": 7 * weeks})
    wide = found.pivot(index="row_id", columns="platform", values="growth")
    return wide.add_suffix("_followers_growth").reindex(rows["row_id"])


def observed(
    parts: list[Questions], predicted_log: pd.Series | None, growth: pd.DataFrame, windows: Windows
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table `monitored`, and its features.

    Args:
        parts: stories with outcomes, and those that wait.
        predicted_log: what the model in use predicts, by row_id.
        growth: of `follower_growth`, by row_id.
        windows: of time.

    Returns:
        number, athlete (a number, too) and a column a feature, on the scale of the model; and feature, label, kind.
    """
    catalogue = signals(parts[0].catalogue)
    facts = pd.concat([part.answers["story_facts"] for part in parts]).drop_duplicates("ask_id").set_index("ask_id")
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    matrix = pd.concat([part.matrix.reindex(columns=catalogue["feature"]) for part in parts])
    values = transformed(matrix, catalogue).reset_index(drop=True)
    named = [(feature, label, NUMBER) for feature, label in catalogue[["feature", "label"]].itertuples(index=False)]
    for name in growth.columns:
        values[name] = growth[name].reindex(rows["row_id"]).to_numpy()
        named.append((name, f"Growth of followers on {name.split('_')[0].capitalize()}", NUMBER))
    if predicted_log is not None:
        values[PREDICTED] = predicted_log.reindex(rows["row_id"]).to_numpy()
        named.append((PREDICTED, "Predictions", NUMBER))
    for name, label in CATEGORIES.items():
        values[name] = facts[name].reindex(rows["row_id"]).to_numpy()
        if facts[name].nunique() > 1:
            named.append((name, label, CATEGORY))
    table = values.assign(number=windows.number(rows["as_of"]), athlete=_numbered(rows["athlete_id"]))
    return table, pd.DataFrame(named, columns=["feature", "label", "kind"])


def observed_outcomes(rows: pd.DataFrame, windows: Windows) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same for outcomes, which come later than everything else and so have windows of their own.

    Args:
        rows: athlete_id, as_of, outcome.
        windows: of time.
    """
    table = pd.DataFrame(
        {
            "number": windows.number(rows["as_of"]),
            "athlete": _numbered(rows["athlete_id"]),
            OUTCOME: log_outcome(rows["outcome"]).to_numpy(),
        }
    )
    return table, pd.DataFrame({"feature": [OUTCOME], "label": ["Outcomes"], "kind": [NUMBER]})


def _numbered(athletes: pd.Series) -> np.ndarray:
    """A number for each athlete, by which rows are grouped a third faster than by a name."""
    return np.asarray(pd.factorize(athletes, sort=True)[0])


def in_units(bins: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Ends of bins back from the scale of the model, for people: those of counts are no logs.

    Args:
        bins: feature, bin_from, bin_to.
        catalogue: feature, scale.
    """
    scale = catalogue.set_index("feature")["scale"]
    growth = bins["feature"].str.endswith("_followers_growth")
    linear = (bins["feature"].map(scale).eq(LINEAR) | growth).to_numpy()
    back = {
        name: np.where(linear, bins[name], np.expm1(bins[name].astype("float64"))) for name in ("bin_from", "bin_to")
    }
    return bins.assign(**back)
