"""Buttons that take a plan or a bundle away: CSV, Excel, and a one-page PDF."""

import pandas as pd
import streamlit as st

from athlete_intel.bundles import handout
from athlete_intel.ui import formats
from athlete_intel.ui.reads import DataSet

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def buttons(data: DataSet, name: str, title: str, lines: list[str], members: pd.DataFrame) -> None:
    """Three buttons; a file is only made when it is asked for.

    Args:
        data: the data set.
        name: of the files.
        title: of the page and the first sheet.
        lines: sentences that say what it costs and brings.
        members: athlete_id, name, sport, mean, cost_cents, share.
    """
    about = data.about
    file = f"{name}-{data.workspace}"
    table = pd.DataFrame(
        {
            "Athlete": members["name"],
            "Sport": members["sport"],
            f"Expected {about['outcome_name']}": members["mean"].round(),
            "Cost, $": (members["cost_cents"] / 100).round(2),
            "Share": members["share"].round(3),
            "Id": members["athlete_id"],
        }
    )
    summary = pd.DataFrame({"Summary": [title, *lines, *_notes(data)]})
    unit = str(about["outcome_unit"])
    shown = pd.DataFrame(
        {
            "Athlete": members["name"],
            "Sport": members["sport"].fillna(""),
            "Expected": [formats.outcome(value, unit) for value in members["mean"]],
            "Cost": [formats.money(cents) for cents in members["cost_cents"]],
            "Share": [formats.percent(share) for share in members["share"]],
        }
    )
    with st.container(horizontal=True):
        for label, ending, kind, make in (
            ("CSV", "csv", "text/csv", lambda: formats.csv_bytes(table)),
            ("Excel", "xlsx", _EXCEL, lambda: handout.as_excel({"Summary": summary, "Athletes": table})),
            (
                "One-page PDF",
                "pdf",
                "application/pdf",
                lambda: handout.as_pdf(title, lines, shown, about["as_of"].to_pydatetime(), " ".join(_notes(data))),
            ),
        ):
            st.download_button(
                label,
                data=make,
                file_name=f"{file}.{ending}",
                mime=kind,
                icon=":material/download:",
                on_click="ignore",
                key=f"take-{name}-{ending}",
            )


def _notes(data: DataSet) -> list[str]:
    return ["Demo data: made-up athletes; all numbers are invented."] if bool(data.about["made_up"]) else []
