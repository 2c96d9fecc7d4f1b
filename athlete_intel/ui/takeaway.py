"""Buttons that take a plan, a bundle or a campaign away: CSV, Excel, and a one-page PDF."""

from collections.abc import Callable
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from athlete_intel.bundles import handout
from athlete_intel.bundles.campaigns import Campaign
from athlete_intel.ui import bundle_words, formats
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
    about = data.about
    unit, remarks = str(about["outcome_unit"]), [bundle_words.remarks(row) or "" for _, row in members.iterrows()]
    table = pd.DataFrame(
        {
            "Athlete": members["name"],
            "Sport": members["sport"],
            f"Expected {about['outcome_name']}": members["mean"].round(),
            "Cost, $": (members["cost_cents"] / 100).round(2),
            "Share": members["share"].round(3),
            "To know": remarks,
            "Data as of": f"{about['as_of']:%Y-%m-%d}",
            "Id": members["athlete_id"],
        }
    )
    shown = pd.DataFrame(
        {
            "Athlete": members["name"],
            "Sport": members["sport"].fillna(""),
            "Expected": [formats.outcome(value, unit) for value in members["mean"]],
            "Cost": [formats.money(cents) for cents in members["cost_cents"]],
            "Share": [formats.percent(share) for share in members["share"]],
        }
    )
    _three(data, name, title, lines, table, shown, {"Athletes": table})


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
    unit = str(data.about["outcome_unit"])
    table = by_athlete.rename(
        columns={"name": "Athlete", "expected": "Expected", "delivered": "Came", "of_expected": "Of what was expected"}
    ).rename(columns={"athlete_id": "Id"})
    table = table[["Athlete", "Expected", "Came", "Of what was expected", "Id"]]
    shown = pd.DataFrame(
        {
            "Athlete": by_athlete["name"],
            "Expected": [formats.outcome(value, unit) for value in by_athlete["expected"]],
            "Came": [formats.outcome(value, unit) for value in by_athlete["delivered"]],
            "Of it": [formats.percent(share) for share in by_athlete["of_expected"]],
        }
    )
    sheets = {"Athletes": table, "Channels": channels, "Outcomes": outcomes}
    runs = f"It runs from {formats.day(campaign.starts)} to {formats.day(campaign.ends)}."
    _three(data, f"campaign-{campaign.campaign_id}", campaign.name, [*lines, runs], table, shown, sheets)


def _three(
    data: DataSet,
    name: str,
    title: str,
    lines: list[str],
    table: pd.DataFrame,
    shown: pd.DataFrame,
    sheets: dict[str, pd.DataFrame],
) -> None:
    """Three buttons; a file is only made when it is asked for."""
    day = data.about["as_of"].to_pydatetime()
    note = "Demo data: made-up athletes; all numbers are invented." if bool(data.about["made_up"]) else ""
    link = page_link()
    told = [title, *lines, f"Data as of {formats.day(day)}.", note, link]
    summary = pd.DataFrame({"Summary": [line for line in told if line]})

    def excel() -> bytes:
        return handout.as_excel({"Summary": summary, **sheets})

    def pdf() -> bytes:
        return handout.as_pdf(title, lines, shown, day, " ".join(filter(None, [note, link])))

    kinds: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        ("CSV", "csv", "text/csv", lambda: formats.csv_bytes(table)),
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
