"""Quality of data and labels: small tables in, verdicts of each source and platform out."""

import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from athlete_intel import cli
from athlete_intel.monitoring.quality import by_the_clock, feed_checks, quality
from tests.fixture_snapshot import literal_snapshot, literal_tables, publish
from tests.tables import raw_database, table

AS_OF = pd.Timestamp("2026-06-15")


def feed(source: str, platform: str, days_back: list[int], rows: int = 1) -> pd.DataFrame:
    """So many rows on each of these days, 1 being the last day of the data."""
    days = [AS_OF - pd.Timedelta(days=back) for back in days_back]
    return pd.DataFrame({"source": source, "platform": platform, "day": days, "counted": rows})


def checks_of(*feeds: pd.DataFrame, window_days: int = 14) -> pd.DataFrame:
    return pd.DataFrame(feed_checks(pd.concat(feeds), AS_OF, window_days)).set_index(["check", "subject"])


def test_a_platform_that_fell_silent_is_told_though_others_go_on() -> None:
    found = checks_of(
        feed("posts", "twitter", list(range(1, 100)), rows=20), feed("posts", "tiktok", list(range(15, 100)), rows=5)
    )
    assert found.loc[("freshness", "posts on twitter"), ["figure", "threshold"]].tolist() == [1.0, 3.0]
    assert found.loc[("volume", "posts on twitter"), "figure"] == 1.0
    silent = found.loc[("freshness", "posts on tiktok")]
    assert silent[["figure", "threshold"]].tolist() == [15.0, 3.0]
    assert silent["about"] == "No posts on tiktok since 31 May 2026; a pause of 3 days is usual at most."
    gone = found.loc[("volume", "posts on tiktok")]
    assert gone[["figure", "threshold"]].tolist() == [0.0, 0.5]
    assert gone["about"] == "0 rows in the newest window, where 70 are usual."


def test_a_source_is_held_against_its_own_rhythm() -> None:
    found = checks_of(
        feed("followers", "twitter", list(range(12, 120, 7))),
        feed("signals", "", [30, 60, 90]),
        feed("stories", "", [5]),
    )
    assert found.loc[("freshness", "followers on twitter"), ["figure", "threshold"]].tolist() == [12.0, 14.0]
    assert found.loc[("freshness", "signals"), ["figure", "threshold"]].tolist() == [30.0, 60.0]
    assert found.loc[("freshness", "stories"), ["figure", "threshold"]].tolist() == [5.0, 7.0], "no rhythm is known"
    assert np.isnan(found.loc[("volume", "signals"), "figure"]), "a window without a row is usual here"
    assert np.isnan(found.loc[("volume", "stories"), "figure"]), "there is no window before"


@pytest.mark.parametrize(("rows", "newest", "is_bad"), [(1, 0, True), (1, 2, False), (10, 2, True), (10, 4, False)])
def test_few_rows_vary_more_than_many(rows: int, newest: int, is_bad: bool) -> None:
    # Six or sixty rows in each window of six days.
    found = checks_of(
        feed("stories", "", list(range(7, 49)), rows),
        feed("stories", "", [1, 2, 3, 4, 5, 6][:newest], rows),
        window_days=6,
    ).loc[("volume", "stories")]
    assert (found["figure"] < found["threshold"]) == is_bad


def test_by_the_clock_all_feeds_may_have_died_together() -> None:
    found = checks_of(feed("posts", "twitter", list(range(1, 100))), feed("stories", "", list(range(1, 100))))
    found = found.reset_index()
    assert by_the_clock(found, datetime(2026, 6, 16, 9)).empty
    silent = by_the_clock(found, datetime(2026, 6, 20, 9))
    assert silent[["subject", "days", "usual"]].to_numpy().tolist() == [
        ["posts on twitter", 6.0, 3.0],
        ["stories", 6.0, 3.0],
    ]


def posts(platform: str, days_back: list[int], likes: float | None = 5.0) -> pd.DataFrame:
    """Ten posts a day, each at a second of its own."""
    rows = [
        (
            platform,
            f"{platform}-{back}-{nth}",
            "ann",
            AS_OF - pd.Timedelta(days=back) + pd.Timedelta(seconds=nth),
            likes,
        )
        for back in days_back
        for nth in range(10)
    ]
    table = pd.DataFrame(rows, columns=["platform", "post_id", "athlete_id", "published_at", "likes"])
    return table.assign(reposts=None, replies=1.0, known_at=table["published_at"])


def measured(
    outcomes: pd.DataFrame | None = None, imports: pd.DataFrame | None = None, **raw: pd.DataFrame
) -> pd.DataFrame:
    states = pd.DataFrame({"left_out": [True, False, False]})
    nothing = pd.DataFrame({"published_at": [], "outcome": [], "known_at": []})
    nothing = nothing.astype({"published_at": "datetime64[us]", "outcome": "float64", "known_at": "datetime64[us]"})
    no_imports = pd.DataFrame({"mapping": [], "imported_at": [], "lines": [], "bad_lines": []})
    with raw_database(raw) as database:
        database.write("imports", no_imports if imports is None else imports)
        outcomes = nothing if outcomes is None else outcomes
        return quality(database, states, outcomes, AS_OF.to_pydatetime(), 14, 28).set_index(["check", "subject"])


def test_empty_and_repeated_values_are_those_of_the_newest_window_of_a_platform() -> None:
    newest, before = list(range(1, 15)), list(range(15, 99))
    told = pd.concat([posts("twitter", newest, None), posts("twitter", before), posts("tiktok", newest + before)])
    again = posts("tiktok", [1]).assign(post_id=lambda rows: rows["post_id"] + "-again")
    found = measured(posts=pd.concat([told, again], ignore_index=True))
    assert found.loc[("nulls", "likes of posts on twitter"), ["figure", "threshold", "state"]].tolist() == [
        1.0,
        0.2,
        "bad",
    ]
    assert found.loc[("nulls", "likes of posts on tiktok"), "state"] == "good"
    assert found.loc[("nulls", "reposts of posts on twitter"), "state"] == "good", "this platform never told any"
    repeated = found.loc[("duplicates", "posts on tiktok")]
    assert repeated["figure"] == pytest.approx(10 / 150)
    assert (repeated["state"], found.loc[("duplicates", "posts on twitter"), "state"]) == ("bad", "good")


def test_bad_lines_of_the_newest_import_are_not_lost_in_years_of_good_ones() -> None:
    imports = table("""
        mapping  imported_at  lines   bad_lines
        daily    2026-05-01   100000  0
        daily    2026-06-14   100     40
        yearly   2026-01-01   100     1
    """)
    imports["imported_at"] = pd.to_datetime(imports["imported_at"])
    found = measured(imports=imports)
    assert found.loc[("quarantine", "newest import of daily"), ["figure", "state"]].tolist() == [0.4, "bad"]
    assert found.loc[("quarantine", "newest import of yearly"), ["figure", "state"]].tolist() == [0.01, "good"]


def test_disputes_and_outcomes_that_are_late() -> None:
    # Due until 16 May, and in the newest window from 2 May on.
    days = pd.to_datetime(["2026-03-01"] * 88 + ["2026-05-10"] * 12 + ["2026-06-01"] * 50)
    outcome = [1.0] * 88 + [1.0] * 6 + [np.nan] * 56
    outcomes = pd.DataFrame({"published_at": days, "outcome": outcome, "known_at": days + pd.Timedelta(days=28)})
    found = measured(outcomes)
    late = found.loc["late outcomes"]
    assert late["figure"].to_dict() == {"stories due in the newest window": 0.5, "stories": 0.06}
    assert late["state"].to_dict() == {"stories due in the newest window": "bad", "stories": "good"}
    assert found.loc[("disputes", "handles"), ["figure", "state"]].tolist() == [1 / 3, "bad"]
    assert found.loc[("freshness", "outcomes"), "newest"] == pd.Timestamp("2026-06-07")
    few = measured(outcomes[88:97]).loc[("late outcomes", "stories due in the newest window")]
    assert few["state"] == "not known", "of nine stories nothing is concluded"


def test_doctor_names_feeds_that_are_silent_by_the_clock(tmp_path: Path) -> None:
    tables = literal_tables()
    tables["dataset"]["made_up"] = False
    publish(tmp_path / "demo", tables)
    told = CliRunner().invoke(cli.app, ["doctor", "--home", str(tmp_path), "-w", "demo"]).output
    assert re.search(r"silent feeds\W+posts on twitter for \d+ days", told)
    literal_snapshot(tmp_path / "made_up")
    told = CliRunner().invoke(cli.app, ["doctor", "--home", str(tmp_path), "-w", "made_up"]).output
    assert re.search(r"silent feeds\W+not looked for", told)
