"""Signing in with a real browser at a provider on this machine: an athlete, a stranger, an analyst."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from tests.fixture_handles import handle_tables
from tests.fixture_snapshot import literal_tables, publish
from tests.oidc_provider import Provider, provider, secrets_file
from tests.test_browser_access import serious
from tests.test_pages_sign_in import PEOPLE
from tests.test_people import people_file
from tools.app_in_browser import NoBrowserError, chromium, serving, settle, unfold

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as found:
            yield found
    except NoBrowserError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def identity() -> Iterator[Provider]:
    with provider() as known:
        yield known


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sign_in")
    tables = literal_tables()
    publish(folder / "demo", tables | handle_tables(tables["payouts"]) | {"athletes": tables["rankings"]})
    return folder


@pytest.fixture(scope="module")
def address(home: Path, identity: Provider) -> Iterator[str]:
    (home / "secrets.toml").write_text(secrets_file(identity), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREAMLIT_SECRETS_FILES", str(home / "secrets.toml"))
        patch.setenv("ATHLETE_INTEL_PEOPLE", str(people_file(home, PEOPLE)))
        with serving(home, "demo") as url:
            yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    yield context.new_page()
    context.close()


def sign_in(page: Page, address: str, identity: Provider, email: str, **claims: object) -> None:
    identity.next = {"email": email, **claims}
    page.goto(address)
    settle(page)
    expect(page.get_by_role("heading", name="Athlete Intelligence")).to_be_visible()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign in")).to_have_count(0, timeout=20_000)
    settle(page)


def sign_out(page: Page, button: str = "Sign out") -> None:
    # The page offers to sign in a moment before the browser has been sent away and back; only that takes its cookie.
    with page.expect_event("load"):
        page.get_by_role("button", name=button).click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=20_000)


def titles(page: Page) -> list[str]:
    """The pages that the sidebar links to."""
    return [link.inner_text().split("\n")[-1] for link in page.get_by_test_id("stSidebar").get_by_role("link").all()]


def test_an_athlete_contests_a_handle_and_an_analyst_sees_it(
    page: Page, browser: Browser, address: str, identity: Provider, home: Path
) -> None:
    sign_in(page, address, identity, "ANA@example.org", email_verified=True)
    expect(page.get_by_role("heading", name="Earnings of Élodie Ångström-Łukasiewicz")).to_be_visible(timeout=20_000)
    assert titles(page) == ["Earnings"]
    expect(page.get_by_label("Athlete", exact=True)).to_have_count(0)

    # Neither another page nor another athlete opens by address.
    page.goto(f"{address}/payouts")
    settle(page)
    expect(page.get_by_text("This page is for analysts, and you are signed in as athlete.")).to_be_visible()
    page.goto(f"{address}/earnings?athlete=athlete-01")
    settle(page)
    expect(page.get_by_text("The link is for another athlete, whose earnings you cannot see.")).to_be_visible()
    expect(page.get_by_text("Jánošík")).to_have_count(0)

    unfold(page, "The accounts that this rests on")
    form = page.get_by_test_id("stForm").filter(has_text="Which handle is wrong?")
    expect(form.get_by_label("Signed by")).to_be_disabled()
    expect(form.get_by_label("Signed by")).to_have_value("Ana Lopez <ana@example.org>")
    form.get_by_label("Reason").fill("This is a fan's account")
    form.get_by_role("button", name="Sign and contest").click()
    expect(page.get_by_text("is written down, signed Ana Lopez <ana@example.org>")).to_be_visible(timeout=20_000)
    with Journal.of(Settings(home=home, workspace="demo")) as journal:
        (row,) = journal.rows("handle_reviews").to_dict("records")
    assert (row["athlete_id"], row["action"], row["role"]) == ("athlete-00", "contest", "athlete")

    sign_out(page)
    page.goto(f"{address}/earnings")
    settle(page)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Élodie")).to_have_count(0)

    other = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    sign_in(other, address, identity, "mia@example.org")
    other.get_by_test_id("stSidebar").get_by_role("link", name="Handles").click()
    expect(other.get_by_role("heading", name="Handles")).to_be_visible(timeout=20_000)
    settle(other)
    other.get_by_role("tab", name="Decisions").click()
    expect(other.get_by_text("Every decision stays here, signed")).to_be_visible(timeout=20_000)
    form = other.get_by_test_id("stForm").filter(has_text="Decision to take back")
    expect(form.get_by_role("combobox", name="Decision to take back")).to_have_value(
        "No. 1: contest by Ana Lopez <ana@example.org>, Élodie Ångström-Łukasiewicz on Twitter"
    )
    expect(form.get_by_label("Signed by")).to_have_value("Mia Analyst <mia@example.org>")
    other.context.close()


def test_a_link_leads_to_its_page_through_the_sign_in(page: Page, address: str, identity: Provider) -> None:
    sign_in(page, f"{address}/earnings?athlete=athlete-01", identity, "mia@example.org")
    expect(page.get_by_role("heading", name="Earnings of Jánošík Ďurišić")).to_be_visible(timeout=20_000)
    expect(page).to_have_url(re.compile(r"/earnings\?.*athlete=athlete-01"))

    # Nobody is led to what somebody before asked for, nor to a page that is closed to them.
    sign_out(page)
    sign_in(page, address, identity, "ana@example.org", email_verified=True)
    expect(page.get_by_role("heading", name="Earnings of Élodie")).to_be_visible(timeout=20_000)
    expect(page).not_to_have_url(re.compile("athlete-01"))
    sign_out(page)
    sign_in(page, f"{address}/payouts", identity, "ana@example.org", email_verified=True)
    expect(page.get_by_role("heading", name="Earnings of Élodie")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_before_signing_in(
    browser: Browser, address: str, identity: Provider, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    settle(page)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    found = serious(page)
    sign_in(page, address, identity, "eve@example.com", email_verified=True)
    found += serious(page)
    context.close()
    assert found == []


def test_strangers_are_told_what_to_do(page: Page, address: str, identity: Provider) -> None:
    sign_in(page, address, identity, "eve@example.com", email_verified=True)
    expect(page.get_by_text("You signed in as eve@example.com, which is not among the people")).to_be_visible()
    assert titles(page) == []
    page.goto(f"{address}/rankings?data=demo")
    settle(page)
    expect(page.get_by_role("heading", name="You cannot come in with this account")).to_be_visible()
    expect(page.get_by_text("Élodie")).to_have_count(0)
    sign_out(page, "Use another account")
    sign_in(page, address, identity, "mia@example.org", email_verified=False)
    expect(page.get_by_text("mia@example.org is not verified yet")).to_be_visible()
