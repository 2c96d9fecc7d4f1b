"""What campaigns deliver: files are read or refused by line, nothing counts twice, and delivery meets its promise."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from athlete_intel.bundles.delivery import by_channel, course, course_by_channel, delivery, verdict
from athlete_intel.bundles.outcomes import imports_of, outcome_values, outcomes_of, read_outcomes
from athlete_intel.errors import PlanError
from athlete_intel.journal import Journal
from tests.test_bundles_campaigns import CAMPAIGN, FILE, PROMISE, SIGNED

LATER = date(2026, 4, 1)
HEAD = b"athlete_id,channel,day,outcome\n"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}", "demo") as journal:
        yield journal


def imported(journal: Journal, content: bytes, file: str = "march.csv") -> int:
    values = outcome_values(CAMPAIGN, file, content, journal.rows("campaign_outcomes"), LATER)
    return journal.append("campaign_outcomes", values, **SIGNED)


def came(journal: Journal) -> pd.DataFrame:
    return outcomes_of(CAMPAIGN.campaign_id, journal.rows("campaign_outcomes"))


def test_exports_that_overlap_count_once_and_the_later_figure_stands(journal: Journal) -> None:
    imported(journal, FILE)
    longer = FILE.replace(b"250.5", b"260.5") + b"a,instagram,2026-03-05,10\n"
    imported(journal, longer, "longer.csv")
    imported(journal, longer.replace(b"\n", b"\r\n").replace(b"twitter", b"Twitter"), "windows.csv")
    assert came(journal)["outcome"].sum() == 400 + 1500 + 260.5 + 10
    told = imports_of(CAMPAIGN.campaign_id, journal.rows("campaign_outcomes"))
    assert told[["file", "figures", "replaced"]].to_numpy().tolist() == [
        ["windows.csv", 4, 4],
        ["longer.csv", 4, 3],
        ["march.csv", 3, 0],
    ]


def test_an_import_that_is_taken_back_gives_room_to_what_it_replaced(journal: Journal) -> None:
    imported(journal, FILE)
    number = imported(journal, HEAD + b"a,twitter,2026-03-02,9999\n", "wrong.csv")
    assert came(journal)["outcome"].sum() == 9999 + 1500 + 250.5
    row = journal.rows("campaign_outcomes").iloc[-1][["campaign_id", "file", "sha256", "outcomes"]].to_dict()
    journal.append("campaign_outcomes", row, **SIGNED, revokes=number)
    assert came(journal)["outcome"].sum() == 2150.5
    assert imports_of(CAMPAIGN.campaign_id, journal.rows("campaign_outcomes"))["file"].tolist() == ["march.csv"]


def test_the_same_file_is_imported_once_unless_it_was_taken_back(journal: Journal) -> None:
    number = imported(journal, FILE)
    with pytest.raises(PlanError, match="imported before"):
        imported(journal, FILE, "again.csv")
    row = journal.rows("campaign_outcomes").iloc[0][["campaign_id", "file", "sha256", "outcomes"]].to_dict()
    journal.append("campaign_outcomes", row, **SIGNED, revokes=number)
    assert came(journal).empty
    imported(journal, FILE)


def test_lines_that_an_older_version_added_up_are_still_added_up(journal: Journal) -> None:
    values = outcome_values(CAMPAIGN, "m.csv", FILE, journal.rows("campaign_outcomes"), LATER)
    line = '{"athlete_id":"a","channel":"x","day":"2026-03-02","outcome":5}'
    journal.append("campaign_outcomes", {**values, "outcomes": f"[{line},{line}]"}, **SIGNED)
    assert came(journal)["outcome"].tolist() == [10.0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no column 'athlete_id'"),
        (b"athlete_id,day,outcome\n", "no column 'channel'"),
        (HEAD, "holds no outcome"),
        (HEAD + b",,,\n", "holds no outcome"),
        (HEAD + b"z,x,2026-03-02,1\n", "Line 2: 'z' is not in this campaign"),
        (HEAD + b"a,,2026-03-02,1\n", "Line 2: it names no channel"),
        (HEAD + b"a,x,2 March,1\n", "Line 2: '2 March' is no day"),
        (HEAD + b"a,x,2026-03-02,-1\n", "Line 2: '-1' is no outcome"),
        (HEAD + b"a,x,2026-03-02,1\na,x,2026-03-03,nan\n", "Line 3: 'nan' is no outcome"),
        (HEAD + b"\n\na,x,2026-03-02\n", "Line 4: '' is no outcome"),
        (HEAD + b"a,x,2026-03-02,1\n\na,X ,2026-03-02,1\n", "Line 4: it names the same .* as line 2"),
        (HEAD + b'a,"x,2026-03-02,1\na,x,2026-03-03,1\n', "cannot be read as CSV .* quotation mark"),
        (HEAD + b"a,x,1999-03-02,1\n", "Line 2: 1999-03-02 lies outside the campaign, .* 2026-03-01 to 2026-03-10"),
        (HEAD + b"a,x,2026-03-11,1\n", "Line 2: 2026-03-11 lies outside"),
        (HEAD + b'a,"x,2026-03-02,1\n' + b"a,x,2026-03-03,1\n" * 9_000, "cannot be read as CSV .* quotation mark"),
        (b"\xff\xfe", "no UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(content: bytes, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        read_outcomes(content, CAMPAIGN, LATER)


def test_a_day_that_has_not_come_is_refused_but_tomorrow_may_have_begun_elsewhere() -> None:
    assert len(read_outcomes(FILE, CAMPAIGN, date(2026, 3, 3))) == 3
    with pytest.raises(PlanError, match="Line 4: 2026-03-04 has not come yet"):
        read_outcomes(FILE, CAMPAIGN, date(2026, 3, 2))


def test_lines_may_end_as_on_an_old_mac() -> None:
    assert read_outcomes(FILE.replace(b"\n", b"\r"), CAMPAIGN, LATER)["outcome"].sum() == 2150.5


def outcomes(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["athlete_id", "channel", "day", "outcome"])
    return table.astype({"day": "datetime64[us]", "outcome": "float64", "athlete_id": "str", "channel": "str"})


SOME = outcomes(
    ("a", "twitter", "2026-03-02", 400), ("a", "twitter", "2026-03-04", 250.5), ("b", "instagram", "2026-03-03", 1500)
)


def test_delivery_is_compared_with_the_promise_while_it_runs() -> None:
    whole, by_athlete = delivery(CAMPAIGN, SOME, date(2026, 3, 5))
    assert whole["delivered"] == 2150.5
    assert whole["of_promised"] == pytest.approx(2150.5 / 2300)
    assert (whole["time_gone"], whole["time_known"], whole["days_over"]) == (0.5, 0.4, -5)
    assert whole["pace"] == pytest.approx(2150.5 / 0.4)
    assert by_athlete[["athlete_id", "delivered", "of_expected"]].to_numpy().tolist() == [
        ["b", 1500.0, 0.75],
        ["a", 650.5, 0.6505],
    ]


@pytest.mark.parametrize(("today", "gone"), [(date(2026, 2, 1), 0.0), (date(2026, 3, 1), 0.1), (date(2026, 5, 1), 1.0)])
def test_time_runs_from_nothing_to_all(today: date, gone: float) -> None:
    whole, by_athlete = delivery(CAMPAIGN, outcomes(), today)
    assert (whole["time_gone"], whole["time_known"]) == (gone, 0.0)
    assert (by_athlete["delivered"] == 0).all()


@pytest.mark.parametrize(
    ("day", "outcome", "today", "expected"),
    [
        ("2026-03-01", 0, date(2026, 2, 20), "to come"),
        ("2026-03-01", 100, date(2026, 3, 5), "too early to say"),
        # The range of half the time is 1,000 to 2,250.
        ("2026-03-05", 990, date(2026, 3, 5), "behind"),
        ("2026-03-05", 1010, date(2026, 3, 5), "on track"),
        ("2026-03-05", 2260, date(2026, 3, 5), "ahead"),
        ("2026-03-05", 2300, date(2026, 3, 5), "kept"),
        # Five days without an outcome are not held against it, until there was a week to report them.
        ("2026-03-05", 1010, date(2026, 3, 10), "on track"),
        ("2026-03-05", 1010, date(2026, 3, 20), "short"),
        ("2026-03-10", 1010, date(2026, 3, 10), "short"),
        ("2026-03-10", 2300, date(2026, 3, 10), "kept"),
    ],
)
def test_a_part_of_the_time_is_set_against_that_part_of_the_range(
    day: str, outcome: float, today: date, expected: str
) -> None:
    whole, _ = delivery(CAMPAIGN, outcomes(("a", "twitter", day, outcome)), today)
    assert verdict(PROMISE, whole) == expected


def test_the_course_adds_up_day_by_day_and_ends_with_what_is_known() -> None:
    table = course(CAMPAIGN, SOME)
    assert len(table) == 10
    assert table["delivered"].head(4).tolist() == [0.0, 400.0, 1900.0, 2150.5]
    assert table["delivered"].isna().sum() == 6
    assert table["expected"].iloc[[0, 9]].tolist() == [300, 3000]
    assert table[["promised", "low", "high"]].iloc[[0, 9]].to_numpy().tolist() == [[230, 200, 450], [2300, 2000, 4500]]
    assert course(CAMPAIGN, outcomes())["delivered"].isna().all()


def test_what_came_by_channel_the_most_first() -> None:
    assert by_channel(SOME).drop(columns="last_day").to_numpy().tolist() == [
        ["instagram", 1500.0, pytest.approx(1500 / 2150.5), 1],
        ["twitter", 650.5, pytest.approx(650.5 / 2150.5), 1],
    ]
    assert by_channel(outcomes()).empty
    lines = course_by_channel(CAMPAIGN, SOME).pivot(index="day", columns="channel", values="delivered")
    assert lines["instagram"].tolist() == [0, 0, 1500, 1500]
    assert lines["twitter"].tolist() == [0, 400, 400, 650.5]
    assert course_by_channel(CAMPAIGN, outcomes()).empty


LEVELS = outcomes(
    # Ana on two days and two channels, Ben on one day only.
    *(("a", "twitter", "2026-03-02", 600), ("a", "instagram", "2026-03-02", 200), ("a", "twitter", "2026-03-04", 1000)),
    ("b", "twitter", "2026-03-04", 1500),
)


def test_values_of_a_day_do_not_add_up_over_days() -> None:
    whole, by_athlete = delivery(CAMPAIGN, LEVELS, date(2026, 3, 5), level=True)
    assert by_athlete.set_index("athlete_id")["delivered"].to_dict() == {"a": 900.0, "b": 1500.0}
    assert whole["delivered"] == whole["pace"] == 2400.0
    assert (whole["silent"], delivery(CAMPAIGN, LEVELS.head(3), date(2026, 3, 5), level=True)[0]["silent"]) == (0, 1)
    assert verdict(PROMISE, whole) == "on track", "2,300 are promised, and the mean may fall again"
    same = pd.concat([LEVELS.assign(day=LEVELS["day"] + pd.Timedelta(days=more)) for more in (0, 3, 6)])
    whole, _ = delivery(CAMPAIGN, same, date(2026, 3, 10), level=True)
    assert whole["delivered"] == 2400.0, "the same days three times bring no more"
    assert verdict(PROMISE, whole) == "kept", "it is over"
    table = course(CAMPAIGN, LEVELS, level=True)
    assert table["delivered"].head(4).tolist() == [0.0, 800.0, 800.0, 2400.0]
    assert set(table["promised"]) == {2300}
    lines = course_by_channel(CAMPAIGN, LEVELS, level=True).pivot(index="day", columns="channel", values="delivered")
    assert lines["instagram"].tolist() == [0, 200, 200, 100]
    assert lines["twitter"].tolist() == [0, 600, 600, 2300]
    assert by_channel(LEVELS, level=True)["delivered"].tolist() == [2300, 100]


@pytest.mark.parametrize(("came", "expected"), [(1900, "short"), (2300, "kept")])
def test_a_level_is_settled_when_the_campaign_is_over(came: float, expected: str) -> None:
    figures = outcomes(("a", "twitter", "2026-03-10", came))
    assert verdict(PROMISE, delivery(CAMPAIGN, figures, date(2026, 3, 10), level=True)[0]) == expected


def test_a_campaign_of_one_day_is_known_in_one() -> None:
    one = replace(CAMPAIGN, starts=date(2026, 3, 2), ends=date(2026, 3, 2))
    whole, _ = delivery(one, SOME.head(1), date(2026, 3, 2))
    assert (whole["time_gone"], whole["time_known"], whole["pace"]) == (1.0, 1.0, 400.0)
    assert verdict(PROMISE, whole) == "short"
