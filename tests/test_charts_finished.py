"""Charts as they are sent to a browser: the title beside them, room for their labels, put together once."""

import pandas as pd

from athlete_intel.charts import drivers, finished, past_estimates, past_estimates_summary, style


def test_the_title_is_taken_out_as_plain_text_and_so_is_its_height() -> None:
    title, chart = finished(style.figure("Ann & <Ben>", 400))
    assert title == "Ann & <Ben>"
    assert not chart.layout.title.text
    assert chart.layout.height == 370


def test_margins_grow_with_labels_so_that_nothing_is_drawn_twice() -> None:
    def margin(labels: list[str], below: list[str]) -> tuple[float, float]:
        chart = style.figure("A title", 400)
        chart.update_yaxes(tickvals=list(range(len(labels))), ticktext=labels)
        chart.update_xaxes(tickvals=list(range(len(below))), ticktext=below, title={"text": "What it is"})
        kept = finished(chart).figure.layout.margin
        return kept.l, kept.b

    assert margin(["ill"], ["May"]) == (31, 67)
    assert margin(["ill", "Mann"], ["May"]) == (49, 67)
    assert margin(["<b>ill</b>"], ["May<br>2026"]) == (31, 82)


def test_a_legend_above_the_plot_gets_a_line_of_its_own() -> None:
    without, with_one = style.figure("A title", 400), style.with_legend(style.figure("A title", 400))
    assert finished(without).figure.layout.margin.t == 12
    assert finished(with_one).figure.layout.margin.t == 41


def test_what_is_sent_is_put_together_once_and_holds_the_same() -> None:
    chart = style.figure("A title", 400)
    chart.add_scatter(x=[1, 2], y=[3.0, 4.5], customdata=[("a", 1), ("b", 2)])
    sent = finished(chart).figure
    assert sent.to_dict() is sent.to_dict()
    assert sent.to_dict()["data"][0]["customdata"] == [["a", 1], ["b", 2]]
    assert sent.to_json() == finished(chart).figure.to_json()


def test_of_many_past_estimates_the_newest_are_drawn_and_all_are_counted() -> None:
    past = pd.DataFrame({"as_of": pd.date_range("2026-01-01", periods=60), "predicted": 100.0, "low": 50.0})
    past = past.assign(high=200.0, actual=range(60, 120), inside="inside")
    came = next(trace for trace in past_estimates(past, "Page views", "").data if trace.name == "came, inside")
    assert list(came.y) == list(range(96, 120))
    told = "60 of 60 came inside their range, 0 above it and 0 below it. The chart shows the newest 24 of 60."
    assert past_estimates_summary(past) == told


def test_bars_that_are_only_striped_have_an_outline_so_that_thin_ones_are_seen() -> None:
    rows = pd.DataFrame({"label": ["Likes", "Posts"], "compared": "", "effect": ["+22%", "-6%"]})
    raises, lowers = drivers(rows.assign(effect_log=[0.2, -0.06]), "Ana").data
    assert (lowers.marker.pattern.shape, lowers.marker.line.color, lowers.marker.line.width) == (
        "/",
        style.VERMILION,
        2,
    )
    assert not raises.marker.pattern.shape
