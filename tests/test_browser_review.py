"""A mix-up of labels, found by the votes and repaired through the review page in a real browser."""

from collections.abc import Iterator

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from athlete_intel import pipeline
from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Snapshots
from tools.app_in_browser import serving, settle, unfold

pytestmark = pytest.mark.browser

SWAPPED_SINCE = pd.Timestamp("2026-07-09")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("mixup")
    write_demo(home / "world", load_scenario("label-mixup"), athletes=200, days=240)
    chosen = Settings(home=home, workspace="mixup", backtest_windows=2, history_windows=2)
    pipeline.run_import(chosen, load_mapping("demo"), home / "world", pipeline.utc_now())
    pipeline.build(chosen, pipeline.utc_now())
    return chosen


@pytest.fixture(scope="module")
def truth(settings: Settings) -> pd.DataFrame:
    table = pd.read_parquet(settings.home / "world" / "truth" / "handles-0000.parquet")
    return table[table["platform"] == "twitter"].set_index("athlete_id")


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with serving(settings.home, "mixup") as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    yield context.new_page()
    context.close()


def states_of(settings: Settings) -> pd.DataFrame:
    table = Snapshots(settings.folder).read("handle_states")
    return table[table["platform"] == "twitter"].set_index("athlete_id")


def mixed_up(settings: Settings, truth: pd.DataFrame) -> pd.DataFrame:
    """Twitter accounts that are contested, swapped in truth, and whose right one the workers name."""
    states = states_of(settings)
    known = states.join(truth[["true_handle"]])
    found = known[known["left_out"] & (known["true_handle"] != known["handle_in_use"])]
    return found[found["answer"].str.casefold() == found["true_handle"].str.casefold()]


def accept(page: Page, address: str, athlete_id: str, account: str) -> None:
    page.goto(f"{address}/handles?data=mixup&handle={athlete_id}~twitter")
    settle(page)
    expect(page.get_by_role("heading", name=account, exact=True)).to_be_visible()
    form = page.get_by_test_id("stForm").filter(has_text="Sign and save")
    expect(form.get_by_test_id("stDateInput")).to_contain_text("2026/07/09")
    expect(form.get_by_role("combobox", name="The right handle")).to_have_value(account)
    form.get_by_text("Accept: the handle chosen below").click()
    form.get_by_label("Your name").fill("Mia Analyst")
    form.get_by_label("Reason").fill("The profile names the team")
    page.get_by_role("button", name="Sign and save").click()
    expect(page.get_by_text("is written down, signed Mia Analyst").first).to_be_visible(timeout=20_000)


def test_a_mix_up_is_found_repaired_and_its_payouts_listed(
    page: Page, address: str, settings: Settings, truth: pd.DataFrame
) -> None:
    swapped = truth[truth["true_handle"] != truth["handle_in_use"]]
    found = mixed_up(settings, truth)
    assert len(swapped) == 8
    assert len(found) >= 4, "the votes find most of the swapped accounts"
    before = found.head(3)
    snapshots = Snapshots(settings.folder)
    old_pay = snapshots.read("payouts").set_index("athlete_id")["expected_cents"]

    # Without a name nothing is written.
    first = str(before.index[0])
    page.goto(f"{address}/handles?data=mixup&handle={first}~twitter")
    settle(page)
    page.get_by_text("Accept: the handle chosen below").click()
    page.get_by_role("button", name="Sign and save").click()
    expect(page.get_by_text("Please fill in: Your name, Reason.").first).to_be_visible(timeout=20_000)
    assert not Journal.is_there(settings) or decisions(settings).empty

    for athlete_id, row in before.iterrows():
        accept(page, address, str(athlete_id), str(row["true_handle"]))
    written = decisions(settings)
    assert written["athlete_id"].tolist() == before.index.tolist()
    assert set(written["action"]) == {"accept"}
    assert (written["since"] == SWAPPED_SINCE).all()
    assert set(written["who"]) == {"Mia Analyst"}

    report = pipeline.build(settings, pipeline.utc_now())
    assert not report.reused, "a decision alone makes the next cycle build"
    after = states_of(settings).loc[before.index]
    assert (after["state"] == "accepted").all()
    assert not after["left_out"].any()
    assert (after["handle_in_use"] == before["true_handle"]).all(), "the data that come in now are the athlete's own"

    payouts = snapshots.read("payouts").set_index("athlete_id")["expected_cents"]
    changed = payouts[payouts != old_pay.reindex(payouts.index)].index
    repaired = [athlete for athlete in before.index if athlete in changed]
    assert len(repaired) >= len(before) / 2
    page.goto(f"{address}/handles?data=mixup")
    settle(page)
    page.get_by_role("tab", name="Effect").click()
    expect(page.get_by_text("payouts changed; the largest change is that of").first).to_be_visible(timeout=20_000)
    expect(page.locator(".js-plotly-plot:visible").first).to_be_visible(timeout=20_000)
    page.get_by_role("tab", name="Decisions").click()
    expect(page.get_by_text("Every decision stays here, signed").first).to_be_visible(timeout=20_000)


def decisions(settings: Settings) -> pd.DataFrame:
    with Journal.of(settings) as journal:
        return journal.rows("handle_reviews")


def test_a_decision_is_taken_back_and_an_athlete_contests_a_handle(
    page: Page, address: str, settings: Settings
) -> None:
    written = decisions(settings)
    newest = written.iloc[-1]
    page.goto(f"{address}/handles?data=mixup")
    settle(page)
    page.get_by_role("tab", name="Decisions").click()
    form = page.get_by_test_id("stForm").filter(has_text="Decision to take back")
    form.get_by_label("Your name").fill("Noa Analyst")
    form.get_by_label("Reason").fill("It was the wrong Davis")
    form.get_by_role("button", name="Sign and take back").click()
    expect(page.get_by_text("is written down, signed Noa Analyst").first).to_be_visible(timeout=20_000)
    rows = decisions(settings)
    assert rows.iloc[-1][["action", "revokes", "who"]].tolist() == ["revoke", newest["id"], "Noa Analyst"]
    assert len(rows) == len(written) + 1, "nothing is deleted"

    states = states_of(settings)
    athlete_id = str(states[(states["state"] == "accepted") & (states["source"] == "votes")].index[0])
    page.goto(f"{address}/earnings?data=mixup&athlete={athlete_id}")
    settle(page)
    unfold(page, "The accounts that this rests on")
    form = page.get_by_test_id("stForm").filter(has_text="Which handle is wrong?")
    form.get_by_text("Twitter", exact=True).click()
    form.get_by_label("Your name").fill("The athlete")
    form.get_by_label("Reason").fill("This is a fan's account")
    form.get_by_role("button", name="Sign and contest").click()
    expect(page.get_by_text("is written down, signed The athlete").first).to_be_visible(timeout=20_000)
    assert decisions(settings).iloc[-1][["athlete_id", "action", "role"]].tolist() == [athlete_id, "contest", "athlete"]

    # What the next cycle makes of both is seen without a browser, in test_handles_cycle.
    page.goto(f"{address}/earnings?data=mixup&athlete={athlete_id}")
    settle(page)
    expect(page.get_by_text("was contested and waits for an analyst").first).to_be_visible(timeout=20_000)
