"""No chart speaks by colour alone: what looks alike but for its colour stays apart for every kind of colour vision."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.fixture_handles import handle_tables
from tests.fixture_snapshot import literal_tables, publish

ROOT = Path(__file__).parents[1]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))

DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""On linear RGB, of full severity: Machado, Oliveira and Fernandes 2009."""
LEAST_APART = 15.0
"""Distance in CIELAB from which two colours are told apart at a glance; 2.3 can just be seen side by side."""


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str) -> float:
    """The smallest distance of two colours over all kinds of colour vision."""
    visions = [np.eye(3), *(np.array(matrix) for matrix in DEFICIENCIES.values())]
    return min(float(np.linalg.norm(lab(v @ linear(one)) - lab(v @ linear(other)))) for v in visions)


def test_the_measure_knows_red_from_green_for_those_who_see_it() -> None:
    assert distance("#000000", "#FFFFFF") == pytest.approx(100, abs=0.5)
    assert distance("#D55E00", "#B8860B") < LEAST_APART < distance("#1F7FC4", "#D55E00")


def marks(trace: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Each colour of a trace, with all else that its marks look like."""
    marker, line = trace.get("marker", {}), trace.get("line", {})
    colours = marker.get("color", line.get("color"))
    symbols, patterns = marker.get("symbol"), (marker.get("pattern") or {}).get("shape")
    listed = colours if isinstance(colours, list) else [colours]
    for i, colour in enumerate(listed):
        if isinstance(colour, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
            own = [part[i] if isinstance(part, list) else part for part in (symbols, patterns)]
            yield colour.upper(), (trace["type"], trace.get("mode"), line.get("dash"), *own)


def test_marks_that_differ_by_more_than_colour_are_not_compared() -> None:
    bars = {"type": "bar", "marker": {"color": ["#d55e00", "#B8860B", "#B8860B"], "pattern": {"shape": ["", "", "/"]}}}
    assert list(marks(bars)) == [
        ("#D55E00", ("bar", None, None, None, "")),
        ("#B8860B", ("bar", None, None, None, "")),
        ("#B8860B", ("bar", None, None, None, "/")),
    ]


@pytest.mark.parametrize("page", PAGES)
def test_no_chart_speaks_by_colour_alone_or_without_words(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = literal_tables()
    publish(tmp_path / "demo", tables | handle_tables(tables["payouts"]) | {"athletes": tables["rankings"]})
    monkeypatch.setenv("ATHLETE_INTEL_HOME", str(tmp_path))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app = app.run() if page == "overview" else app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    captions = {caption.value.replace("\\", "") for caption in app.caption}
    for chart in app.get("plotly_chart"):
        assert chart.proto.alt, "a chart without its summary in words"
        assert chart.proto.alt in captions
        drawn = {mark for trace in json.loads(chart.proto.spec)["data"] for mark in marks(trace)}
        for (one, look), (other, same) in itertools.combinations(sorted(drawn, key=str), 2):
            if look == same and one != other:
                assert distance(one, other) >= LEAST_APART, f"{one} and {other} look alike to some: {look}"
