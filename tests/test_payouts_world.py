"""Pay in demo worlds: the superstar is told a typical value, and a platform that changes is seen in the money."""

import shutil
from datetime import datetime, timedelta

import pytest

from athlete_intel import pipeline
from athlete_intel.influence.store import ModelStore
from athlete_intel.payouts import report, risk
from athlete_intel.payouts.cards import card_path, load_card
from athlete_intel.payouts.expected import card_terms
from athlete_intel.payouts.moves import LEARNT_ANEW, moved
from athlete_intel.payouts.rates import fee_cents
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Snapshots

NOW = datetime(2026, 11, 1)
SUPERSTAR = "athlete-000000"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Snapshots:
    """A small world as it was, and then as it looks once Twitter shows posts to fewer people."""
    folder = tmp_path_factory.mktemp("change")
    text = card_path("standard").read_text(encoding="utf-8")
    (folder / "card.toml").write_text(text.replace("[minimums]", "[minimums]\nathlete-00000O = 1"), encoding="utf-8")
    settings = Settings(home=folder / "home", rate_card=str(folder / "card.toml"))
    for day, scenario in enumerate(("calm", "platform-change")):
        # Each has the model learnt from its own data: which one is kept is the cycle's business, not that of pay.
        shutil.rmtree(settings.folder / "models", ignore_errors=True)
        write_demo(folder / "demo", load_scenario(scenario), athletes=120, days=300)
        pipeline.run_import(settings, load_mapping("demo"), folder / "demo", NOW + timedelta(days=day))
        built = pipeline.build(settings, NOW + timedelta(days=day))
        assert "minimums, names the athlete 'athlete-00000O'" in built.warnings[-1]
        assert "did you mean 'athlete-000" in built.warnings[-1]
    return Snapshots(settings.folder)


def test_a_platform_change_moves_estimates_which_are_flagged_and_listed(snapshots: Snapshots) -> None:
    new, old = snapshots.all()
    pay, before = (snapshots.read("payouts", snapshot=each) for each in (new, old))
    catalogue, drift = snapshots.read("feature_catalogue"), snapshots.read("drift")
    # One model tells what moved, as two would differ by what they learnt, too.
    learned = ModelStore(snapshots.folder).load(str(snapshots.read("dataset")["model_version"].item()))
    features = snapshots.read("scoring_rows", snapshot=old).set_index("athlete_id")
    then, now = learned.drivers(features.reindex(columns=catalogue["feature"])), snapshots.read("drivers")
    found = moved(before, pay, then, now, catalogue, drift)
    affected = found[found["because"].str.endswith("on Twitter")]
    assert len(affected) > 10
    assert found.loc[found["because"] != LEARNT_ANEW, "because"].str.endswith("on Twitter").mean() > 0.9
    assert found["flag"].str.endswith("on Twitter moved for many alike").mean() > 0.8, "all have an account there"
    assert found["moved_cents"].sum() == pay["expected_cents"].sum() - before["expected_cents"].sum()
    assert moved(pay, pay, now, now, catalogue, drift)["flag"].eq("").all()


def test_the_superstar_is_told_what_is_typical_not_a_mean(snapshots: Snapshots) -> None:
    pay = snapshots.read("payouts").set_index("athlete_id").loc[SUPERSTAR]
    row = snapshots.read("rankings").set_index("athlete_id", drop=False).loc[[SUPERSTAR]]
    (terms,) = card_terms(row, load_card("standard"), 5_000)
    assert pay["expected_cents"] == fee_cents(float(row["predicted"].item()), terms)
    assert pay["expected_cents"] < pay["mean_cents"]
    labels = snapshots.read("feature_catalogue")["label"]
    assert not labels.str.contains("mean|average", case=False, regex=True).any(), "features are medians, too"


def test_every_athletes_pay_stays_between_floor_and_cap_and_its_own_ends(snapshots: Snapshots) -> None:
    pay, outlook = snapshots.read("payouts"), snapshots.read("outlook")
    card = load_card("standard")
    for name in ("low_cents", "expected_cents", "mean_cents", "high_cents"):
        assert pay[name].between(card.floor_cents, card.cap_cents).all()
    assert (pay["low_cents"] <= pay["expected_cents"]).all()
    assert (pay["expected_cents"] <= pay["high_cents"]).all()
    assert (outlook["month_low_cents"] <= outlook["month_middle_cents"]).all()
    both = pay.merge(outlook, on="athlete_id")
    assert (both["advance_cents"] <= both["expected_cents"]).all()
    assert (both["advance_cents"] >= both["low_cents"]).mean() > 0.99, "the 20th percentile is above the 10th"


def test_the_month_of_all_is_the_sum_of_its_athletes(snapshots: Snapshots) -> None:
    tables = {name: snapshots.read(name) for name in report.TABLES}
    month = report.next_month(tables, seed=1)
    assert month is not None
    single = tables["outlook"]["month_mean_cents"].sum()
    assert month.spend.mean() == pytest.approx(float(single), rel=0.1)
    assert risk.risk_carriers(month)["mean_cents"].sum() == pytest.approx(month.spend.mean())
    changes = snapshots.read("what_ifs")
    likes = changes[changes["change"] == "likes_20"].set_index("athlete_id")["predicted"]
    now = snapshots.read("rankings").set_index("athlete_id")["predicted"]
    assert (likes >= now.reindex(likes.index) * 0.999).all(), "more likes never lower an estimate"
