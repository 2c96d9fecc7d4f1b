"""SQL files stay portable: one SELECT each, named parameters only, and a translation to Spark without complaint."""

import logging
import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel

from athlete_intel.features.tables import ANSWERS, ASKED, OWNED, PREPARED, SQL_FOLDER
from athlete_intel.monitoring.signals import SOURCES

FILES = sorted([*SQL_FOLDER.glob("*.sql"), *SQL_FOLDER.parents[1].glob("[hpm][ao]*/sql/*.sql")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_one_select_with_named_parameters(path: Path) -> None:
    statements = sqlglot.parse(path.read_text(encoding="utf-8"), read="duckdb")
    assert len(statements) == 1
    assert isinstance(statements[0], exp.Query)
    assert all(placeholder.name for placeholder in statements[0].find_all(exp.Placeholder)), "parameters go by name"
    assert path.read_text(encoding="utf-8").startswith("-- "), "a file begins with what it is for"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_translates_to_spark(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="sqlglot"):
        (spark,) = sqlglot.transpile(
            path.read_text(encoding="utf-8"), read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE
        )
    assert not caplog.records
    assert not re.search(r"\bquantile_cont\b|\bQUALIFY\b", spark, re.IGNORECASE)


def test_every_file_is_used() -> None:
    alone = {"training_asks", "scoring_asks", "data_as_of", "follower_jumps", "daily_levels"}
    alone |= {"story_rhythm", "main_channels", "known_outcomes"}
    alone |= {"waiting_asks", "follower_growth", *(f"signal_{source.name}" for source in SOURCES)}
    alone |= {
        "feature_windows",
        "feature_values",
        "feature_cells",
        "feature_athletes",
        "feature_bins",
        "category_counts",
    }
    alone |= {"source_days", "post_values", "story_values", "repeated_posts", "reader_shares"}
    used = {*OWNED, *PREPARED, *ASKED, *ANSWERS, *alone}
    assert {path.stem for path in FILES} == used
