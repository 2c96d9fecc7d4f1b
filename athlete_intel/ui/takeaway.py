"""Buttons that take a plan, a bundle or a campaign away: CSV, Excel, and a one-page PDF."""

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from athlete_intel.bundles import handout
from athlete_intel.bundles.campaigns import Campaign
from athlete_intel.ui import bundle_words, formats, outcome_words
from athlete_intel.ui.reads import DataSet

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def buttons(data: DataSet, name: str, title: str, lines: list[str], members: pd.DataFrame) -> None:
    """A plan or a bundle to take away.

    Args:
        data: the data set.
        name: of the files.
        title: of the page and the first sheet.
        lines: sentences that say what it costs and brings.
        members: athlete_id, name, sport, mean, cost_cents, share; newcomer, questioned, contested.
    """

    def files() -> _Tables:
        table = _with_costs(members, data.about)
        return _Tables(table, _in_print(members, str(data.about["outcome_unit"])), {"Athletes": table})

    _three(data, name, title, lines, files)


class _Tables(NamedTuple):
    """What files hold: of the CSV, of the printed page, and of each sheet."""

    table: pd.DataFrame
    printed: pd.DataFrame
    sheets: dict[str, pd.DataFrame]


def _with_costs(members: pd.DataFrame, about: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Athlete": members["name"],
            "Sport": members["sport"],
            f"Expected {outcome_words.named(about)}": members["mean"].round(),
            "Cost, $": (members["cost_cents"] / 100).round(2),
            "Share": members["share"].round(3),
            "To know": [remark or "" for remark in bundle_words.remarks(members)],
            "Data as of": f"{about['as_of']:%Y-%m-%d}",
            "Id": members["athlete_id"],
        }
    )


def _in_print(members: pd.DataFrame, unit: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Athlete": members["name"],
            "Sport": members["sport"].fillna(""),
            "Expected": [formats.outcome(value, unit) for value in members["mean"]],
            "Cost": [formats.money(cents) for cents in members["cost_cents"]],
            "Share": [formats.percent(share) for share in members["share"]],
        }
    )


def campaign_buttons(
    data: DataSet,
    campaign: Campaign,
    lines: list[str],
    by_athlete: pd.DataFrame,
    channels: pd.DataFrame,
    outcomes: pd.DataFrame,
) -> None:
    """A campaign to take away: what was promised and what came.

    Args:
        data: the data set.
        campaign: the campaign.
        lines: sentences that say how it stands.
        by_athlete: from `bundles.delivery.delivery`.
        channels: from `bundles.delivery.by_channel`.
        outcomes: from `bundles.outcomes.outcomes_of`.
    """

    def files() -> _Tables:
        table = by_athlete.rename(columns=_OF_A_CAMPAIGN)[list(_OF_A_CAMPAIGN.values())]
        printed = _delivered_in_print(by_athlete, str(data.about["outcome_unit"]))
        return _Tables(table, printed, {"Athletes": table, "Channels": channels, "Outcomes": outcomes})

    runs = f"It runs from {formats.day(campaign.starts)} to {formats.day(campaign.ends)}."
    _three(data, f"campaign-{campaign.campaign_id}", campaign.name, [*lines, runs], files)


_OF_A_CAMPAIGN = {
    "name": "Athlete",
    "expected": "Expected",
    "delivered": "Came",
    "of_expected": "Of what was expected",
    "athlete_id": "Id",
}


def _delivered_in_print(by_athlete: pd.DataFrame, unit: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Athlete": by_athlete["name"],
            "Expected": [formats.outcome(value, unit) for value in by_athlete["expected"]],
            "Came": [formats.outcome(value, unit) for value in by_athlete["delivered"]],
            "Of it": [formats.percent(share) for share in by_athlete["of_expected"]],
        }
    )


def _three(data: DataSet, name: str, title: str, lines: list[str], files: Callable[[], _Tables]) -> None:
    """Three buttons; a file, and what it holds, is only made when it is asked for."""
    day = data.about["as_of"].to_pydatetime()
    note = "Demo data: made-up athletes; all numbers are invented." if bool(data.about["made_up"]) else ""
    link = page_link()
    told = [title, *lines, f"Data as of {formats.day(day)}.", note, link]
    summary = pd.DataFrame({"Summary": [line for line in told if line]})

    def excel() -> bytes:
        return handout.as_excel({"Summary": summary, **files().sheets})

    def pdf() -> bytes:
        return handout.as_pdf(title, lines, files().printed, day, " ".join(filter(None, [note, link])))

    kinds: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        ("CSV", "csv", "text/csv", lambda: formats.csv_bytes(files().table)),
        ("Excel", "xlsx", _EXCEL, excel),
        ("One-page PDF", "pdf", "application/pdf", pdf),
    )
    with st.container(horizontal=True):
        for label, ending, kind, make in kinds:
            st.download_button(
                label,
                data=make,
                file_name=f"{name}-{data.workspace}.{ending}",
                mime=kind,
                icon=":material/download:",
                on_click="ignore",
                key=f"take-{name}-{ending}",
            )


def page_link() -> str:
    """The address of the page as it is shown, by which whoever gets the file opens it; empty where it is not known."""
    address = st.context.url
    if not address:
        return ""
    query = urlencode({key: st.query_params.get_all(key) for key in st.query_params}, doseq=True)
    return f"{address}?{query}" if query else address
