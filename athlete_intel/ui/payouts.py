"""Money for pages: cached simulations, the ledger as it is now, statements to take away."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from athlete_intel.errors import ModelError, WarehouseError
from athlete_intel.influence.store import ModelStore
from athlete_intel.payouts import ledger, moves, report, risk
from athlete_intel.payouts.expected import card_terms
from athlete_intel.payouts.rates import RateCard, Terms
from athlete_intel.payouts.risk import Simulated
from athlete_intel.payouts.statements import as_pdf, statement
from athlete_intel.ui import (
    bundle_words,
    earnings_words,
    formats,
    frame,
    payout_columns,
    payout_words,
    plans,
    rankings_read,
    reads,
    reviews,
)
from athlete_intel.ui.reads import DataSet


def available(data: DataSet) -> bool:
    """Whether the snapshot holds what simulations need; an older one may not."""
    return all(data.size(name) for name in report.TABLES if name != "shocks") and "mean" in data.table("rankings")


def tables(data: DataSet) -> dict[str, pd.DataFrame]:
    """What simulations need of the snapshot."""
    return {name: data.table(name) for name in report.TABLES}


def waiting(data: DataSet) -> pd.DataFrame:
    """Who waits for a person and why; see `report.waiting`."""
    return report.waiting(tables(data))


def carriers(data: DataSet, by_sport: bool) -> pd.DataFrame:
    """Who carries the risk of the next month, those who carry most first; see `risk.risk_carriers`."""
    month = next_month(data)
    if month is None:
        return pd.DataFrame()
    found = risk.risk_carriers(month, sports(data) if by_sport else None)
    return payout_words.carriers(found, {} if by_sport else data.once(rankings_read.names))


def could_test_longer(data: DataSet) -> bool:
    """Whether the settings, and not the data, end the past that the model was tested on."""
    allowed = reviews.settings_of(data).history_windows
    return data.table("backtest")["window"].nunique() >= allowed and allowed < payout_words.HALF_A_YEAR


def next_month(data: DataSet) -> Simulated | None:
    """The simulated next month of the whole book."""
    return _month(data, data.folder, data.snapshot.id)


def what_if(data: DataSet, athlete_id: str, change: str | None, more: int) -> pd.DataFrame:
    """Pay of an athlete now and after a change; see `report.what_if`."""
    return _what_if(data, data.folder, data.snapshot.id, athlete_id, change, more)


def rows(data: DataSet) -> pd.DataFrame:
    """The ledger as the journal has it now."""
    return reviews.rows(data, ledger.TABLE)


def open_commitments(data: DataSet, book: pd.DataFrame) -> Simulated | None:
    """The simulated cost of what was promised and is not settled."""
    return _open(data, data.folder, data.snapshot.id, book)


def business(data: DataSet, book: pd.DataFrame) -> pd.DataFrame:
    """Business figures with their levels."""
    return _business(data, data.folder, data.snapshot.id, book)


def moved(data: DataSet) -> tuple[str, pd.DataFrame] | None:
    """What moved since the snapshot before the one shown, with that one's id; None where there is none."""
    older = [each for each in reads.snapshot_list(data)["snapshot"].tolist() if each < data.snapshot.id]
    if not older:
        return None
    try:
        return older[0], _moved(data, data.folder, data.snapshot.id, older[0])
    except WarehouseError:
        return None


def statements(data: DataSet, book: pd.DataFrame, month: str, names: dict[str, str], athlete_id: str | None) -> None:
    """A month of the ledger as a table, with buttons to take it away."""
    about = data.about
    table = statement(book, month, names, athlete_id)
    whose = athlete_id or "all"
    left, right = st.columns(2)
    with left:
        frame.download(table, "Statement as CSV", f"statement-{month}-{whose}")
    if athlete_id is not None and len(table):
        note = "Demo data: made-up athletes, no money was paid." if bool(about["made_up"]) else ""
        name, outcome = names.get(athlete_id, athlete_id), str(about["outcome_name"])
        right.download_button(
            "Statement as PDF",
            data=lambda: as_pdf(table, month, name, outcome, note),
            file_name=f"statement-{month}-{athlete_id}.pdf",
            mime="application/pdf",
            icon=":material/picture_as_pdf:",
            on_click="ignore",
            key=f"pdf-{month}",
        )
    frame.table(_shown(table), payout_columns.statement(), key=f"statement-{month}")


def terms(data: DataSet, rankings: pd.DataFrame) -> list[Terms]:
    """The terms of a story of each row by the snapshot's card; of an older snapshot without a card, its plain rate.

    Args:
        data: the data set.
        rankings: athlete_id, predicted, sport; the tier follows from what was predicted.
    """
    base = int(data.about["rate_cents_per_1000"])
    if not data.size("rate_card_source"):
        return [Terms(base)] * len(rankings)
    return card_terms(rankings, data.once(_card), base)


def _card(data: DataSet) -> RateCard:
    return report.card_of({"rate_card_source": data.table("rate_card_source")})


def past_estimates(data: DataSet, athlete_id: str) -> pd.DataFrame:
    """Past predictions of an athlete beside what came; see `earnings_words.past_estimates`."""
    tested = data.rows_of("backtest", athlete_id)
    sport = data.rows_of("rankings", athlete_id)["sport"].iloc[0]
    return earnings_words.past_estimates(tested, terms(data, tested.assign(sport=sport)))


def in_dollars(table: pd.DataFrame) -> pd.DataFrame:
    """A table with a column in dollars for each one in cents."""
    cents = [name for name in table.columns.astype("str") if name.endswith("_cents")]
    return table.assign(**{name.replace("_cents", "_dollars"): table[name].astype("float64") / 100 for name in cents})


def sports(data: DataSet) -> pd.Series:
    """Sport by athlete."""
    return data.table("rankings").set_index("athlete_id")["sport"]


def bundle_input(data: DataSet, opened: bool = False) -> tuple[str, ...]:
    """The members of a bundle to be looked at; none if none is chosen. `opened` is whether the first one is at once."""
    labels = data.once(_bundle_labels)
    if not labels:
        return ()
    offered = list(labels) if opened else [None, *labels]
    chosen = st.selectbox(
        "Risk of a bundle", offered, format_func=lambda each: labels.get(each, "none chosen"), key="risk-bundle"
    )
    members = data.table("bundle_members")
    return tuple(sorted(members.loc[members["bundle_id"] == chosen, "athlete_id"].astype("str")))


def bundle_cost(data: DataSet, members: tuple[str, ...]) -> np.ndarray:
    """What a bundle costs in each draw; see `plans.pay_drawn`."""
    return data.once(plans.pay_drawn, members)


def _bundle_labels(data: DataSet) -> dict[str, str]:
    bundles = data.table("bundles")
    called = [bundle_words.bundle_name(bundle) for _, bundle in bundles.iterrows()]
    return formats.distinct(dict(zip(bundles["bundle_id"], called, strict=True)))


def budget_input(month: Simulated) -> float:
    """A budget in dollars, at first what the month costs on average, rounded up."""
    usual = int(-(-month.spend.mean() // 100_000)) * 1_000
    return float(st.number_input("Budget for the next 30 days, $", min_value=0, value=usual, step=1_000, key="budget"))


def change_input(changes: pd.DataFrame, storied: bool) -> tuple[str | None, int]:
    """Which signals change, where the model looks at any that can, and how many more stories a week, if stories."""
    labels = dict(zip(changes["change"], changes["label"], strict=True))
    left, right = st.columns(2)
    chosen = None
    if labels:
        chosen = left.selectbox(
            "What if", [None, *labels], format_func=lambda each: labels.get(each, "nothing else changes"), key="what-if"
        )
    beside = right if labels else left
    return chosen, int(beside.slider("More stories a week", 0, 5, 0, key="more-stories")) if storied else 0


def _seed(data: DataSet) -> int:
    """The seed of the settings, by which the command line simulates, too: both tell the same figures."""
    return reviews.settings_of(data).seed


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Exact dollars as numbers, for the screen only."""
    return table.assign(fee=table["fee"].astype("float64"), paid=table["paid"].astype("float64"))


@st.cache_resource(max_entries=8, show_spinner="Simulating the month …")
def _month(_data: DataSet, folder: str, snapshot_id: str) -> Simulated | None:
    return report.next_month(tables(_data), _seed(_data))


@st.cache_data(max_entries=64, show_spinner=False)
def _what_if(
    _data: DataSet, folder: str, snapshot_id: str, athlete_id: str, change: str | None, more: int
) -> pd.DataFrame:
    found = _data.rows_of("what_ifs", athlete_id)
    changed = found[found["change"] == change]
    return report.what_if(tables(_data), athlete_id, changed.iloc[0] if len(changed) else None, more, _seed(_data))


@st.cache_resource(max_entries=8, show_spinner="Simulating what was promised …")
def _open(_data: DataSet, folder: str, snapshot_id: str, book: pd.DataFrame) -> Simulated | None:
    return report.open_commitments(tables(_data), book, _seed(_data))


@st.cache_data(max_entries=8, show_spinner=False)
def _business(_data: DataSet, folder: str, snapshot_id: str, book: pd.DataFrame) -> pd.DataFrame:
    month = _month(_data, folder, snapshot_id)
    return report.business(tables(_data), book, _data.table("backtest"), _data.table("outcomes"), month)


@st.cache_data(max_entries=4, show_spinner=False)
def _moved(_data: DataSet, folder: str, snapshot_id: str, older: str) -> pd.DataFrame:
    before = reads.DataSet(folder, _data.workspace, reads.snapshot_named(folder, older))
    drivers = _drivers_then(_data, before)
    found = moves.moved(
        before.table("payouts"),
        _data.table("payouts"),
        drivers,
        _data.table("drivers"),
        _data.table("feature_catalogue"),
        _data.table("drift"),
    )
    return found.merge(athlete_names(_data), on="athlete_id", how="left")


def _drivers_then(data: DataSet, before: DataSet) -> pd.DataFrame:
    """What moved the estimates then, told by the model of now; by the model of then if that of now is not stored."""
    features = before.table("scoring_rows").set_index("athlete_id")
    try:
        learned = ModelStore(Path(data.folder)).load(str(data.about["model_version"]))
    except ModelError:
        return before.table("drivers")
    known = features.reindex(columns=data.table("feature_catalogue")["feature"])
    return learned.drivers(known[known.notna().any(axis="columns")])


def athlete_names(data: DataSet) -> pd.DataFrame:
    """athlete_id and name of everybody who is ranked."""
    return data.table("rankings")[["athlete_id", "name"]]
