"""Tracked links: each names campaign, athlete and channel, once, and what is no address gets none."""

from urllib.parse import parse_qs, urlsplit

import pytest

from athlete_intel.bundles.links import tracked_links
from athlete_intel.errors import PlanError
from tests.test_bundles_campaigns import CAMPAIGN


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


def test_a_channel_counts_once_however_it_is_written() -> None:
    links = tracked_links(CAMPAIGN, "https://shop.example", ["instagram", "Instagram", " INSTAGRAM "])
    assert links["channel"].tolist() == ["instagram", "instagram"]


def test_what_tracks_for_somebody_else_is_replaced() -> None:
    links = tracked_links(CAMPAIGN, "https://shop.example/?utm_source=mail&a=1&UTM_term=x&utm%5Fid=7", ["twitter"])
    query = parse_qs(urlsplit(links["url"].iloc[0]).query)
    assert query["utm_source"] == ["twitter"]
    assert set(query) == {"a", "utm_source", "utm_medium", "utm_campaign", "utm_content"}


@pytest.mark.parametrize(
    "address",
    [
        *(
            "shop.example",
            "javascript:alert(1)",
            "",
            "https://",
            "https://[shop",
            "https://[shop]/",
            "https://a b.example",
        ),
        *(
            "https://shop.example/a b",
            "https://shop.example:99999",
            "https://shop.example:80x",
            "https://:80",
            "http://@",
        ),
    ],
)
def test_what_is_no_address_of_a_page_gets_no_links(address: str) -> None:
    with pytest.raises(PlanError, match="no address of a page"):
        tracked_links(CAMPAIGN, address, ["twitter"])


@pytest.mark.parametrize("address", ["http://localhost:8501/x", "https://café.example", "https://[::1]:80/"])
def test_unusual_addresses_of_pages_get_links(address: str) -> None:
    assert len(tracked_links(CAMPAIGN, address, ["twitter"])) == 2
