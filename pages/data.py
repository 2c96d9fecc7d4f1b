"""What the numbers rest on: files read, size and freshness of tables, what was not loaded, and the snapshots."""

import streamlit as st

from athlete_intel import charts
from athlete_intel.ui import columns, data_words, formats, frame, reads

data = frame.current()
about = data.about
table_facts, imports, quarantine = data.table("table_facts"), data.table("imports"), data.table("quarantine")
facts = data_words.in_words(table_facts)

frame.header("Data", data_words.data_sentence(imports, quarantine), data)
frame.note(
    f"{formats.upper_first(about['source'])}. Snapshot {data.snapshot.id}. {data_words.reach(about['as_of'])}".strip()
)
frame.metrics(
    [
        (
            "Rows in all tables",
            formats.count(facts["rows"].sum()),
            "Of what was read: one row of a file may fill a row in each of several tables. Results, which Runs counts, "
            "too, are left out.",
        ),
        ("Newest data", formats.day(facts["newest"].max()), "Newest time in any table."),
        (
            "Rows of files set aside",
            formats.count(data_words.set_aside(quarantine)),
            "Rows of the files with something that was not loaded; they stand in quarantine, each with its reason.",
        ),
    ]
)

with frame.open_tab(["Tables", "Files", "Quarantine", "Snapshots"]) as tab:
    if tab == "Tables":
        if facts["oldest"].notna().any() and (facts["oldest"] < facts["newest"]).any():
            frame.chart(frame.drawn(charts.spans_in_time, facts), charts.spans_in_time_summary(facts), key="spans")
        elif facts["newest"].notna().any():
            frame.note(f"All data are of one day, {formats.day(facts['newest'].max())}.")
        frame.table(facts[facts["rows"] > 0], columns.table_facts(), key="facts")
        notes = [data_words.ranked(table_facts, data.size("rankings")), data_words.empty_tables(table_facts)]
        frame.note(" ".join(notes).strip())
    elif tab == "Files":
        if imports.empty:
            frame.nothing_here("No file was read into this snapshot.")
        else:
            shown = imports.assign(sha256=imports["sha256"].str[:12])
            frame.table(shown, columns.imports(), key="imports")
    elif tab == "Quarantine":
        if quarantine.empty:
            frame.nothing_here("Every value of every file was loaded; nothing stands in quarantine.")
        else:
            frame.say("Rows that were set aside, by file and reason. They are marked, never silently changed.")
            frame.table(data_words.by_reason(quarantine), columns.quarantine_groups(), key="reasons")
            with st.expander("Line by line, once for each table that the row was meant for"):
                frame.table(data_words.in_words(quarantine), columns.quarantine(), key="quarantine", height=360)
            frame.download(quarantine, "Download as CSV", "quarantine")
    elif tab == "Snapshots":
        frame.say(
            "Each snapshot is a file that never changes. The app shows the current one, and you can go back to others."
        )
        frame.table(reads.snapshot_list(data), columns.snapshots(), key="snapshots")
        before = reads.snapshot_before(data)
        if before is not None:
            frame.say(f"This goes back to the snapshot of {formats.snapshot(before.id)}; the others stay on disk:")
            frame.command(data.command("snapshots rollback"))
