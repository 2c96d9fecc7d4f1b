"""Nothing from the future: values that were not known yet move no feature."""

import numpy as np
import pandas as pd
import pytest

from athlete_intel.contracts import RAW_TABLES
from athlete_intel.features import tables
from athlete_intel.features.matrix import design_matrix
from athlete_intel.sources.importer import store_path
from athlete_intel.warehouse import Database

ABSURD = 123_456_789


def matrices(
    database: Database, as_of: pd.Timestamp, window_days: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    tables.prepare(database, window_days)
    training_asks = database.query(tables.sql("training_asks"), {"as_of": as_of}).sort_values(
        "ask_id", ignore_index=True
    )
    scoring_asks = database.query(tables.sql("scoring_asks"), {"as_of": as_of}).sort_values("ask_id", ignore_index=True)
    labels = database.table("feature_labels")
    found = [
        design_matrix(asks, tables.answer(database, asks, 200), labels)[0] for asks in (training_asks, scoring_asks)
    ]
    return training_asks, found[0], found[1]


def plant(database: Database, as_of: pd.Timestamp) -> int:
    """Overwrite every value that becomes known after `as_of` with something absurd; returns how many rows it hit."""
    planted = 0
    for contract in RAW_TABLES.values():
        for column in contract.columns:
            if column.known == "always" or column.type not in ("integer", "number"):
                continue
            known_by = contract.column(column.known)
            known_at = f"CAST({known_by.name} AS TIMESTAMP)" + (" + INTERVAL '1' DAY" if known_by.type == "day" else "")
            counted = database.query(
                f"SELECT count(*) AS n FROM {contract.name} WHERE {known_at} > $as_of", {"as_of": as_of}
            )
            planted += int(counted["n"].item())
            database.execute(
                f"UPDATE {contract.name} SET {column.name} = {ABSURD} WHERE {known_at} > $as_of", {"as_of": as_of}
            )
    return planted


@pytest.fixture
def copy_of_the_demo(built_home, tmp_path):
    """The raw tables of the small demo world, free to be spoilt."""
    with Database(tmp_path / "copy.duckdb") as database:
        with database.attached(store_path(built_home / "demo"), "store"):
            for name in [*RAW_TABLES, "feature_labels"]:
                database.create(name, f"SELECT * FROM store.{name}")
        yield database


def test_planted_future_values_move_no_feature_of_today(copy_of_the_demo: Database) -> None:
    as_of = tables.data_as_of(copy_of_the_demo)
    middle = pd.Timestamp(as_of) - pd.Timedelta(days=60)
    training_before, learned_before, today_before = matrices(copy_of_the_demo, middle, 28)
    assert plant(copy_of_the_demo, middle) > 1000, "there must be a future to plant into"
    training_after, learned_after, today_after = matrices(copy_of_the_demo, middle, 28)
    pd.testing.assert_frame_equal(today_before, today_after)
    pd.testing.assert_frame_equal(learned_before, learned_after)
    # The outcomes to learn from were all known by then, too.
    pd.testing.assert_frame_equal(training_before, training_after)


def test_features_of_a_story_use_nothing_known_after_its_publication(copy_of_the_demo: Database) -> None:
    as_of = pd.Timestamp(tables.data_as_of(copy_of_the_demo))
    training_before, learned_before, _ = matrices(copy_of_the_demo, as_of, 28)
    cut = training_before["as_of"].quantile(0.5)
    earlier = (training_before["as_of"] <= cut).to_numpy()
    plant(copy_of_the_demo, cut)
    training_after, learned_after, _ = matrices(copy_of_the_demo, as_of, 28)
    assert training_after["ask_id"].tolist() == training_before["ask_id"].tolist()
    pd.testing.assert_frame_equal(learned_before[earlier], learned_after.loc[earlier, learned_before.columns])
    only_later = learned_after.columns.difference(learned_before.columns)
    assert learned_after.loc[earlier, only_later].isna().all(axis=None)
    assert not np.allclose(
        learned_before[~earlier].fillna(0), learned_after.loc[~earlier, learned_before.columns].fillna(0)
    ), "the planting must show"
