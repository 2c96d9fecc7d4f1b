"""Campaigns: the promise is frozen in the journal, links are traced, and delivery is compared with the promise."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from athlete_intel.bundles.campaigns import (
    Campaign,
    campaigns_of,
    delivery,
    new_id,
    outcome_values,
    outcomes_of,
    read_outcomes,
    tracked_links,
    values_of,
)
from athlete_intel.bundles.requests import with_offers
from athlete_intel.errors import JournalError, PlanError
from athlete_intel.journal import Journal

PROMISE = {"expected": 3000.0, "low": 2000.0, "high": 4500.0, "promised": 2300.0, "chance": 0.81, "cost_cents": 15_000}
CAMPAIGN = Campaign(
    campaign_id="spring",
    name="Spring",
    snapshot_id="s-1",
    starts=date(2026, 3, 1),
    ends=date(2026, 3, 10),
    promise=PROMISE,
    athletes=pd.DataFrame(
        {"athlete_id": ["a", "b"], "name": ["Ana", "=B"], "expected": [1000.0, 2000.0], "cost_cents": [5000, 10_000]}
    ),
    request={"budget_cents": 20_000},
)
FILE = b"""athlete_id,channel,day,outcome
a,twitter,2026-03-02,400
b,instagram,2026-03-03,1500
a,twitter,2026-03-04,250.5
"""
BOOKABLE = pd.DataFrame({"athlete_id": ["a", "z"], "bundle_offers": [3, 0]})
SIGNED = {"who": "Mia", "role": "brand", "why": "bought"}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}", "demo") as journal:
        yield journal


def test_what_was_promised_is_read_back_as_it_was_told(journal: Journal) -> None:
    journal.append("campaigns", values_of(CAMPAIGN), **SIGNED)
    (campaign,) = campaigns_of(journal.rows("campaigns"))
    assert campaign.promise == PROMISE
    assert (campaign.starts, campaign.ends, campaign.request) == (CAMPAIGN.starts, CAMPAIGN.ends, CAMPAIGN.request)
    pd.testing.assert_frame_equal(campaign.athletes, CAMPAIGN.athletes, check_dtype=False)


def test_a_campaign_that_was_called_off_is_gone_but_its_row_stays(journal: Journal) -> None:
    number = journal.append("campaigns", values_of(CAMPAIGN), **SIGNED)
    journal.append("campaigns", values_of(CAMPAIGN), **SIGNED, revokes=number)
    assert campaigns_of(journal.rows("campaigns")) == []
    assert with_offers(BOOKABLE, campaigns_of(journal.rows("campaigns")))["times_offered"].tolist() == [3, 0]
    assert len(journal.rows("campaigns")) == 2
    with pytest.raises(JournalError, match="Which campaign"):
        journal.append("campaigns", {**values_of(CAMPAIGN), "campaign_id": " "}, **SIGNED)


def test_a_saved_campaign_counts_as_an_offer_at_once(journal: Journal) -> None:
    for number in range(2):
        journal.append("campaigns", values_of(replace(CAMPAIGN, campaign_id=f"c{number}")), **SIGNED)
    offered = with_offers(BOOKABLE, campaigns_of(journal.rows("campaigns")))
    assert offered["times_offered"].tolist() == [5, 0]


def test_campaigns_are_read_beside_a_snapshot_and_force_no_new_one(journal: Journal) -> None:
    before = journal.fingerprint()
    journal.append("campaigns", values_of(CAMPAIGN), **SIGNED)
    values = outcome_values(CAMPAIGN, "march.csv", FILE, journal.rows("campaign_outcomes"))
    journal.append("campaign_outcomes", values, **SIGNED)
    assert journal.fingerprint() == before


def test_delivery_is_compared_with_the_promise_while_it_runs(journal: Journal) -> None:
    values = outcome_values(CAMPAIGN, "march.csv", FILE, journal.rows("campaign_outcomes"))
    journal.append("campaign_outcomes", values, **SIGNED)
    outcomes = outcomes_of(CAMPAIGN, journal.rows("campaign_outcomes"))
    whole, by_athlete = delivery(CAMPAIGN, outcomes, date(2026, 3, 5))
    assert whole["delivered"] == 2150.5
    assert whole["of_promised"] == pytest.approx(2150.5 / 2300)
    assert whole["time_gone"] == 0.5
    assert by_athlete[["athlete_id", "delivered", "of_expected"]].to_numpy().tolist() == [
        ["b", 1500.0, 0.75],
        ["a", 650.5, 0.6505],
    ]


@pytest.mark.parametrize(("today", "gone"), [(date(2026, 2, 1), 0.0), (date(2026, 3, 1), 0.1), (date(2026, 5, 1), 1.0)])
def test_time_runs_from_nothing_to_all(today: date, gone: float) -> None:
    empty = pd.DataFrame({"athlete_id": [], "outcome": pd.Series(dtype="float64")})
    whole, by_athlete = delivery(CAMPAIGN, empty, today)
    assert whole["time_gone"] == gone
    assert (by_athlete["delivered"] == 0).all()


def test_the_same_file_counts_once_unless_it_was_taken_back(journal: Journal) -> None:
    number = journal.append(
        "campaign_outcomes", outcome_values(CAMPAIGN, "m.csv", FILE, journal.rows("campaign_outcomes")), **SIGNED
    )
    with pytest.raises(PlanError, match="imported before"):
        outcome_values(CAMPAIGN, "again.csv", FILE, journal.rows("campaign_outcomes"))
    values = journal.rows("campaign_outcomes").iloc[0][["campaign_id", "file", "sha256", "outcomes"]].to_dict()
    journal.append("campaign_outcomes", values, **SIGNED, revokes=number)
    assert outcomes_of(CAMPAIGN, journal.rows("campaign_outcomes")).empty
    assert outcome_values(CAMPAIGN, "m.csv", FILE, journal.rows("campaign_outcomes"))["file"] == "m.csv"


def test_links_name_campaign_athlete_and_channel_and_keep_the_page() -> None:
    links = tracked_links(CAMPAIGN, "https://shop.example/new?color=red#top", ["Twitter", "instagram"])
    assert len(links) == 4
    assert links["url"].is_unique
    parts = urlsplit(links["url"].iloc[0])
    assert (parts.netloc, parts.path, parts.fragment) == ("shop.example", "/new", "top")
    assert parse_qs(parts.query) == {
        "color": ["red"],
        "utm_source": ["twitter"],
        "utm_medium": ["athlete"],
        "utm_campaign": ["spring"],
        "utm_content": ["a"],
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"athlete_id,day,outcome\n", "no column 'channel'"),
        (b"athlete_id,channel,day,outcome\n", "holds no outcome"),
        (b"athlete_id,channel,day,outcome\nz,x,2026-03-02,1\n", "Line 2: 'z' is not in this campaign"),
        (b"athlete_id,channel,day,outcome\na,x,2 March,1\n", "Line 2: '2 March' is no day"),
        (b"athlete_id,channel,day,outcome\na,x,2026-03-02,-1\n", "Line 2: '-1' is no outcome"),
        (b"athlete_id,channel,day,outcome\na,x,2026-03-02,1\na,x,2026-03-02,nan\n", "Line 3: 'nan' is no outcome"),
        (b"\xff\xfe", "no UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(content: bytes, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        read_outcomes(content, CAMPAIGN)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " "}, "needs a name"),
        ({"athletes": CAMPAIGN.athletes.head(0)}, "at least one athlete"),
        ({"ends": date(2026, 2, 1)}, "ends on 2026-02-01 but starts"),
    ],
)
def test_a_campaign_that_means_nothing_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        values_of(replace(CAMPAIGN, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ["shop.example", "javascript:alert(1)", ""])
def test_what_is_no_address_of_a_page_gets_no_links(address: str) -> None:
    with pytest.raises(PlanError, match="no address of a page"):
        tracked_links(CAMPAIGN, address, ["twitter"])


def test_ids_are_short_and_never_given_twice() -> None:
    assert new_id("Spring sale", []) == "spring-sale"
    assert new_id("Spring sale", ["spring-sale", "spring-sale-2"]) == "spring-sale-3"
    assert new_id("春", []) == "campaign"
