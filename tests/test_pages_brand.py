"""What a brand manager sees: bundles filtered, opened, compared; a plan; and what an impossible request gets."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from tests.fixture_snapshot import literal_snapshot, literal_tables, publish
from tests.test_pages_literal import opened, read


@pytest.fixture
def literal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the literal snapshot."""
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    monkeypatch.setenv("ATHLETE_INTEL_WORKSPACE", "demo")
    literal_snapshot(tmp_path / "demo")
    return tmp_path


def metric(app: AppTest, label: str) -> str:
    return next(str(each.value) for each in app.metric if each.label == label)


def test_bundles_are_filtered_by_size_and_cost(literal: Path) -> None:
    app = opened("bundles")
    assert "The best of every group, large" in read(app)
    app.multiselect(key="size").set_value(["small"]).run()
    assert set(app.dataframe[-1].value["size"]) == {"small"}
    cheapest = app.dataframe[-1].value["cost_dollars"].min()
    app.number_input(key="most_cost").set_value(int(cheapest) + 1).run()
    assert len(app.dataframe[-1].value) == 1
    app.number_input(key="most_cost").set_value(1).run()
    assert "No bundle fits these filters." in read(app)


def test_what_the_promise_allows_for_is_said(literal: Path) -> None:
    tables = literal_tables()
    tables["chosen_sets"] = pd.DataFrame([(60, 5, 0.92, 1.0)], columns=tables["chosen_sets"].columns)
    publish(literal / "demo", tables)
    allowed = (
        "Sets chosen like this one brought 92% of what single estimates add up to; promise and cost allow for that."
    )
    assert allowed in read(opened("bundles"))
    assert allowed in read(opened("plan"))


def test_an_opened_bundle_says_what_it_brings_and_what_can_be_promised(literal: Path) -> None:
    app = opened("bundles")
    app.query_params["bundle"] = "C1-small"
    app.run()
    text = read(app)
    assert "Widely followed, small: 5 athletes" in text
    assert "can be promised: the chance of reaching them is" in text
    assert "Group C1 comes back in resamples with a likeness of 90%." in text
    assert "100% of its former members are still in it." in text


def test_three_bundles_stand_side_by_side(literal: Path) -> None:
    app = opened("bundles")
    before = len(app.metric)
    names = app.multiselect(key="side").options[:3]
    app.multiselect(key="side").set_value(["mix-large", "mix-medium", "mix-small"]).run()
    assert not app.exception
    assert len(app.metric) == before + 3 * 5
    assert [each.value for each in app.subheader][:3] == names


def test_a_plan_keeps_the_budget_and_says_what_wishes_cost(literal: Path) -> None:
    app = opened("plan")
    app.number_input(key="budget").set_value(6_000)
    app.number_input(key="athletes").set_value(20).run()
    assert not app.exception
    booked = app.dataframe[0].value
    assert booked["cost_cents"].sum() <= 600_000
    assert len(booked) >= 20
    assert metric(app, "Proof") == "Best possible"
    assert "The least number of athletes: costs" in read(app)


def test_an_impossible_request_names_the_conflict_and_what_would_help(literal: Path) -> None:
    app = opened("plan")
    app.number_input(key="budget").set_value(100)
    app.number_input(key="athletes").set_value(30).run()
    text = read(app)
    assert "Nothing fits: the budget and the least number of athletes cannot be kept together." in text
    assert "would do instead of $100" in text
    assert "could be" in text
    assert not app.exception


def test_a_plan_of_few_athletes_by_link_and_what_spreading_costs(literal: Path) -> None:
    app = opened("plan", most="4", spread="true")
    assert not app.exception
    assert len(app.dataframe[0].value) == 4
    assert "The largest number of athletes: costs" in read(app)
    assert app.dataframe[-1].value["rarely_offered"].tolist()[0] == 0
    app.number_input(key="athletes").set_value(5).run()
    text = read(app)
    assert "the least number of athletes and the largest number of athletes cannot be kept together" in text
    assert "The largest number of athletes could be 5 instead of 4." in text
