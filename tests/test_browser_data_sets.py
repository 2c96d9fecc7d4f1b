"""The real data sets in a real browser: through all pages of each by clicking, where they are at hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import REAL_DATA_SETS
from tests.walking import opened, through_all_pages
from tools.app_in_browser import serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(built_home: Path) -> Iterator[str]:
    with serving(built_home, "demo") as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with opened(browser) as found:
        yield found


@pytest.mark.parametrize("data_set", REAL_DATA_SETS)
def test_through_all_pages_by_clicking(page: Page, address: str, built_home: Path, data_set: str) -> None:
    if not (built_home / data_set).is_dir():
        pytest.skip(f"the real data set {data_set} is not at ../shared/real")
    through_all_pages(page, address, data_set, None)
