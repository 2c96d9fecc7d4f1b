"""Campaigns: the promise is frozen in the journal, where a campaign can be called off but not be changed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from athlete_intel.bundles.campaigns import (
    Campaign,
    called_off,
    campaigns_of,
    check_days,
    new_id,
    values_of,
)
from athlete_intel.bundles.outcomes import outcome_values
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
    assert (campaign.saved_by, campaign.why) == ("Mia", "bought")
    more = {**PROMISE, "low_cents": 12_000, "high_cents": 19_000, "over_budget": 0.2}
    assert json.loads(values_of(replace(CAMPAIGN, promise=more))["promise"]) == more
    assert (campaign.starts, campaign.ends, campaign.request) == (CAMPAIGN.starts, CAMPAIGN.ends, CAMPAIGN.request)
    pd.testing.assert_frame_equal(campaign.athletes, CAMPAIGN.athletes, check_dtype=False)


def test_a_campaign_that_was_called_off_is_gone_but_its_row_stays(journal: Journal) -> None:
    number = journal.append("campaigns", values_of(CAMPAIGN), **SIGNED)
    journal.append("campaigns", values_of(CAMPAIGN), **SIGNED, revokes=number)
    assert campaigns_of(journal.rows("campaigns")) == []
    assert with_offers(BOOKABLE, campaigns_of(journal.rows("campaigns")))["times_offered"].tolist() == [3, 0]
    assert len(journal.rows("campaigns")) == 2
    told = called_off(journal.rows("campaigns")).iloc[0]
    assert told[["campaign_id", "name", "saved_by", "who", "why"]].tolist() == [
        "spring",
        "Spring",
        "Mia",
        "Mia",
        "bought",
    ]
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
    values = outcome_values(CAMPAIGN, "march.csv", FILE, journal.rows("campaign_outcomes"), date(2026, 4, 1))
    journal.append("campaign_outcomes", values, **SIGNED)
    assert journal.fingerprint() == before


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


def test_ids_are_short_and_never_given_twice() -> None:
    assert new_id("Spring sale", []) == "spring-sale"
    assert new_id("Spring sale", ["spring-sale", "spring-sale-2"]) == "spring-sale-3"
    assert new_id("春", []) == "campaign"


def test_ids_are_given_while_nobody_else_can_write(journal: Journal) -> None:
    def values(rows: pd.DataFrame) -> dict[str, object]:
        return values_of(replace(CAMPAIGN, campaign_id=new_id("Spring", rows["campaign_id"])))

    for _ in range(2):
        journal.append("campaigns", values, **SIGNED)
    assert journal.rows("campaigns")["campaign_id"].tolist() == ["spring", "spring-2"]

    def refused(rows: pd.DataFrame) -> dict[str, object]:
        raise PlanError(f"{len(rows)} are enough.")

    with pytest.raises(PlanError, match="2 are enough"):
        journal.append("campaigns", refused, **SIGNED)
    assert len(journal.rows("campaigns")) == 2


def test_a_campaign_begins_today_or_later() -> None:
    check_days(CAMPAIGN, date(2026, 3, 1))
    with pytest.raises(PlanError, match="starts on 2026-03-01, which is over; choose 2026-03-02 or a later day"):
        check_days(CAMPAIGN, date(2026, 3, 2))
