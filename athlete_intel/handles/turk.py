"""Amazon Mechanical Turk's batch files: the HIT input to upload, and the results to read.

Gold questions are mixed into the HITs and look like all others. What is wrong with a row of results is said with its
line; a file that lacks a column or has another encoding is refused as a whole.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from athlete_intel.contracts import RAW_TABLES
from athlete_intel.errors import SourceError, TooManyBadRowsError
from athlete_intel.handles import gold, names
from athlete_intel.sources.mapping import FileMapping
from athlete_intel.sources.read import read_chunks
from athlete_intel.sources.rows import QUARANTINE_COLUMNS
from athlete_intel.sources.values import AHEAD
from athlete_intel.texts import harmless, plain

TABLE = RAW_TABLES["turk_assignments"]
STATUSES = ("Approved", "Rejected", "Submitted")
LONGEST_ANSWER = 200
MOST_BAD = 0.2
"""People type these files' answers, so more may be bad than in an export; beyond this share nothing is loaded."""
COLUMNS = {
    "assignment_id": "AssignmentId",
    "hit_id": "HITId",
    "worker_id": "WorkerId",
    "status": "AssignmentStatus",
    "submitted_at": "SubmitTime",
    "athlete_id": "Input.athlete_id",
    "platform": "Input.platform",
    "answer": "Answer.handle",
}
"""Our columns and those of the results file."""
HIT_COLUMNS = ["athlete_id", "platform", "name", "sport", "league", "team", "country"]
_MEND_ENCODING = (
    "another program may have saved it since ({often}). Take the results anew from Mechanical Turk and leave them as "
    "they are, or save this file as CSV in UTF-8. Nothing was loaded."
)
_ZONES = {"PST": "-0800", "PDT": "-0700", "UTC": "+0000", "GMT": "+0000", "EST": "-0500", "EDT": "-0400"}
_TURK_TIME = re.compile(r"^[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{1,2} \d{2}:\d{2}:\d{2}) ([A-Z]{3}) (\d{4})$")
_FORMULA = re.compile(r"^\s*(?:[=+\t\r]|-.|@.*[(!])", re.DOTALL)
_QUOTES = " \"'`\u2018\u2019\u201c\u201d"
_NOT_IN_A_NAME = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True)
class Results:
    """What a results file says: good assignments (rejected ones among them, by status), bad rows, and lines read."""

    assignments: pd.DataFrame
    quarantine: pd.DataFrame
    lines: int

    @property
    def rejected(self) -> int:
        """Assignments that were rejected; they are kept, but are no votes."""
        return int((self.assignments["status"] == "Rejected").sum())


def hits(
    unresolved: pd.DataFrame, known: pd.DataFrame, athletes: pd.DataFrame, gold_share: float = 0.1
) -> pd.DataFrame:
    """The HIT input: unresolved questions with gold questions among them, in an order that tells nothing.

    Args:
        unresolved: athlete_id, platform.
        known: athlete_id, platform of gold questions.
        athletes: the raw table.
        gold_share: gold questions for each unresolved one; at least one, if there is any.
    """
    wanted = unresolved[["athlete_id", "platform"]].drop_duplicates()
    spare = known[["athlete_id", "platform"]].drop_duplicates().merge(wanted, how="left", indicator=True)
    spare = spare[spare["_merge"] == "left_only"].drop(columns="_merge")
    number = min(len(spare), max(1, round(gold_share * len(wanted)))) if len(wanted) else 0
    asked = pd.concat([wanted, _by_hash(spare).head(number)], ignore_index=True)
    return _by_hash(asked).merge(athletes, on="athlete_id", how="left")[HIT_COLUMNS].fillna("")


def write_hits(
    path: Path,
    states: pd.DataFrame,
    flags: pd.DataFrame,
    known: pd.DataFrame,
    athletes: pd.DataFrame,
    most: int,
    gold_share: float,
) -> tuple[int, int]:
    """Write the HIT input for what is open in a snapshot; returns the number of questions, and of gold among them.

    Nothing is written where nothing is open.

    Args:
        path: CSV file to write.
        states, flags: the published tables; open is what is not accepted, and what the audit flags.
        known: the raw table `handle_gold`.
        athletes: the raw table.
        most: open questions at most, those with most money at stake first.
        gold_share: gold questions for each open one.
    """
    key = ["athlete_id", "platform"]
    flagged = states[key].merge(flags[key], how="left", indicator=True)["_merge"].to_numpy() == "both"
    settled = (states["state"] == "accepted") | ((states["state"] == "not asked") & ~flagged)
    waiting = states[~settled | (flagged & (states["review_action"].fillna("") != "accept").to_numpy())]
    waiting = waiting.sort_values(["stake_cents", *key], ascending=[False, True, True]).head(most)
    asked = hits(waiting, known, athletes, gold_share)
    if asked.empty:
        return 0, 0
    try:
        asked.map(harmless).to_csv(path, index=False, lineterminator="\r\n", encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror or error}.") from error
    return len(asked), len(asked) - len(waiting)


def read_results(path: Path, athlete_ids: Collection[str], platforms: Collection[str], now: pd.Timestamp) -> Results:
    """Read a batch's results.

    Args:
        path: the CSV file that Turk gives.
        athlete_ids: those we know; a task about another is unknown.
        platforms: those we ask about.
        now: UTC time without a zone; later submissions are quarantined.

    Raises:
        SourceError: no such file, another encoding, cut off, no votes in it, or a column is missing or there twice.
        TooManyBadRowsError: more than a fifth of the rows is bad.
    """
    file = FileMapping(
        path=path.name,
        format="csv",
        encoding="utf-8",
        delimiter=",",
        decimal=".",
        timezone="UTC",
        missing=(),
        beside_mapping=False,
        tables=(),
    )
    parts: list[pd.DataFrame] = []
    bad: list[tuple[int, str, object, str]] = []
    for chunk in read_chunks(path, file, _MEND_ENCODING):
        twice = _twice(list(chunk.rows.columns))
        if twice:
            raise SourceError(
                f"{path} has two columns named {twice}, so it is not clear which one counts; take the file as "
                "Mechanical Turk gives it, with one answer field named handle."
            )
        missing = [name for name in COLUMNS.values() if name not in chunk.rows.columns]
        if missing and set(HIT_COLUMNS) <= set(chunk.rows.columns):
            raise SourceError(f"{path} is the input of a batch; take its results, once workers have answered.")
        if missing:
            raise SourceError(
                f"{path} has no column {', '.join(missing)}; take the results file of a batch whose HIT input "
                "`athlete-intel handles hits` wrote, with one answer field named handle."
            )
        parts.append(chunk.rows.rename(columns={theirs: ours for ours, theirs in COLUMNS.items()})[list(COLUMNS)])
        bad += [(line, "-", None, reason) for line, reason in chunk.broken.items()]
    rows = pd.concat(parts)
    lines = len(rows) + len(bad)
    if not lines:
        raise SourceError(f"{path} holds a header and no votes; download the results once workers have answered.")
    rows["submitted_at"], rows["time_text"] = [_time(text) for text in rows["submitted_at"]], rows["submitted_at"]
    rows["submitted_at"] = pd.to_datetime(rows["submitted_at"]).astype("datetime64[us]")
    first_line: dict[str, int] = {}
    good: list[int] = []
    for position, (line, row) in enumerate(zip(rows.index, rows.itertuples(index=False), strict=True)):
        problem = _problem(row, athlete_ids, platforms, now)
        if problem is None and str(row.assignment_id) in first_line:
            told = f"stands twice; the first, on line {first_line[str(row.assignment_id)]}, is kept"
            problem = ("assignment_id", row.assignment_id, told)
        if problem is None:
            first_line[str(row.assignment_id)] = int(line)
            good.append(position)
        else:
            bad.append((int(line), *problem))
    if lines and len(bad) / lines > MOST_BAD:
        line, column, _, reason = min(bad, key=lambda entry: entry[0])
        raise TooManyBadRowsError(
            f"{path}: {len(bad):,} of {lines:,} rows are bad, more than {MOST_BAD:.0%}, so nothing was loaded; "
            f"the first is line {line}: {COLUMNS.get(column, 'the line')} {reason}."
        )
    kept = rows.iloc[good][TABLE.column_names].reset_index(drop=True)
    kept["answer"] = kept["answer"].where(kept["answer"] != "{}")
    return Results(kept, _quarantine(bad), lines)


def _twice(columns: list[str]) -> str | None:
    """A name that two columns share but for case; the reader has numbered the second one.

    >>> _twice(["HITId", "Answer.handle", "Answer.handle (2)"]), _twice(["Answer.handle", "answer.Handle"])
    ('Answer.handle', 'Answer.handle')
    >>> _twice(["Input.name", "Input.name (basketball)"]) is None
    True
    """
    seen: dict[str, str] = {}
    for name in columns:
        plain_name = re.sub(r" \(\d+\)$", "", name).casefold()
        if plain_name in seen:
            return seen[plain_name]
        seen[plain_name] = name
    return None


def _problem(
    row: object, athlete_ids: Collection[str], platforms: Collection[str], now: pd.Timestamp
) -> tuple[str, object, str] | None:
    """Column, value and reason of the first thing that is wrong with a row."""
    value = row._asdict()  # type: ignore[attr-defined]
    for name in ("assignment_id", "hit_id", "worker_id", "status", "time_text", "athlete_id", "platform"):
        if pd.isna(value[name]) or not str(value[name]).strip():
            return ("submitted_at" if name == "time_text" else name, None, "is empty")
    if value["status"] not in STATUSES:
        return "status", value["status"], f"is not one of {', '.join(STATUSES)}"
    if pd.isna(value["submitted_at"]):
        return "submitted_at", value["time_text"], "is not a time"
    if value["submitted_at"] > now:
        return "submitted_at", value["time_text"], AHEAD
    if value["athlete_id"] not in athlete_ids:
        return "athlete_id", value["athlete_id"], "is an unknown task: there is no such athlete"
    if value["platform"] not in platforms:
        return "platform", value["platform"], "is an unknown task: there is no such platform"
    answer = "" if pd.isna(value["answer"]) else str(value["answer"])
    if len(answer) > LONGEST_ANSWER:
        return "answer", answer, f"is longer than {LONGEST_ANSWER} characters"
    # What is made of the answer later is looked at, too: cleaning uncovers what was hidden.
    seen = (answer, plain(answer).lstrip(_QUOTES), names.cleaned(answer, str(value["platform"])))
    if any(_FORMULA.match(text) for text in seen):
        return "answer", answer, "looks like a formula of a spreadsheet"
    if any("\ufffd" in text for text in seen):
        return "answer", answer, "has lost letters in another encoding"
    if _NOT_IN_A_NAME.search(answer):
        return "answer", answer, "holds characters that no handle has"
    return None


def _time(text: object) -> pd.Timestamp | None:
    """A time as Turk writes it (`Mon Nov 02 10:11:12 PST 2026`) or in ISO 8601, in UTC without a zone."""
    written = str(text)
    found = _TURK_TIME.match(written)
    if found:
        zone = _ZONES.get(found[2])
        if zone is None:
            return None
        moment = pd.to_datetime(
            f"{found[3]} {found[1]} {zone}", format="%Y %b %d %H:%M:%S %z", errors="coerce", utc=True
        )
    elif re.match(r"\d{4}-", written):
        moment = pd.to_datetime(written, format="ISO8601", errors="coerce", utc=True)
    else:
        return None
    return None if pd.isna(moment) else moment.tz_localize(None)


def _quarantine(bad: list[tuple[int, str, object, str]]) -> pd.DataFrame:
    rows = [
        (line, TABLE.name if column != "-" else "-", column, None if value is None else str(value)[:200], reason)
        for line, column, value, reason in sorted(bad, key=lambda entry: entry[0])
    ]
    return pd.DataFrame(rows, columns=QUARANTINE_COLUMNS)


def _by_hash(tasks: pd.DataFrame) -> pd.DataFrame:
    """Tasks in the order of a hash of their names."""
    hashes = [
        gold.place(f"{athlete}\n{platform}") for athlete, platform in tasks[["athlete_id", "platform"]].to_numpy()
    ]
    return tasks.assign(hash=hashes).sort_values("hash", kind="stable").drop(columns="hash").reset_index(drop=True)
