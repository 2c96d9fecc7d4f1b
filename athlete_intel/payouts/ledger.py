"""The payout ledger: what was promised, what was paid, and what was put right. Integers only, nothing rewritten.

A story has at most one advance, paid on the frozen prediction, and one settlement, which pays what the actual outcome
earns under the frozen terms, less all that was paid before. A correction is one more row that brings what was paid to
another fee. So after every row, what was paid for a story in all is the fee in that row, to the cent.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

import pandas as pd

from athlete_intel.errors import LedgerError
from athlete_intel.payouts.cards import MOST_CENTS
from athlete_intel.payouts.rates import Terms, as_decimal, fee_cents

TABLE = "payout_ledger"
ADVANCE, SETTLEMENT, CORRECTION = "advance", "settlement", "correction"
MILLI = 1_000
"""Outcomes stand in the ledger as whole thousandths, because no float does."""


@dataclass(frozen=True)
class Basis:
    """What a payment rests on, frozen when the advance is promised."""

    story_id: str
    athlete_id: str
    predicted_milli: int
    low_milli: int
    high_milli: int
    terms: str
    rate_card: str
    model_version: str
    snapshot_id: str


@dataclass(frozen=True)
class Entry:
    """A row of the ledger, before it is signed. `fee_cents` is all that the story has earned by then."""

    kind: str
    reference: str
    basis: Basis
    fee_cents: int
    paid_cents: int
    actual_milli: int | None = None
    corrects: int | None = None

    def values(self) -> dict[str, Any]:
        """The columns of the journal's table, without the signature."""
        own = {name: value for name, value in asdict(self).items() if name != "basis"}
        return own | asdict(self.basis)


def milli(outcome: float | Decimal) -> int:
    """An outcome in whole thousandths.

    >>> milli(18_412.0004)
    18412000
    """
    with localcontext(prec=60):
        return int((as_decimal(outcome) * MILLI).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def terms_text(terms: Terms) -> str:
    """Terms as they are frozen in a row.

    >>> terms_text(Terms(500, addons_share=Decimal("0.15")))
    '{"addons_share":"0.15","cap_cents":0,"commission_share":"0","floor_cents":0,"rate_cents_per_1000":500}'
    """
    return json.dumps(asdict(terms), default=str, sort_keys=True, separators=(",", ":"))


def terms_of(text: str) -> Terms:
    """Terms out of a row.

    >>> terms_of(terms_text(Terms(500, 7))) == Terms(500, 7)
    True
    """
    values = json.loads(text)
    return Terms(
        int(values["rate_cents_per_1000"]),
        int(values["floor_cents"]),
        int(values["cap_cents"]),
        Decimal(values["addons_share"]),
        Decimal(values["commission_share"]),
    )


def earned_cents(actual_milli: int, terms: Terms) -> int:
    """What an outcome in thousandths earns."""
    with localcontext(prec=60):
        return fee_cents(Decimal(actual_milli) / MILLI, terms)


def advance(basis: Basis, cents: int, before: Sequence[Entry]) -> Entry:
    """The advance of a story.

    Args:
        basis: what it rests on.
        cents: how much.
        before: earlier rows of the same story.

    Raises:
        LedgerError: an advance below zero, or something was paid for the story already.
    """
    if before:
        raise LedgerError(f"The story {basis.story_id} has an advance already; correct that row instead.")
    if isinstance(cents, bool) or not isinstance(cents, int) or cents < 0:
        raise LedgerError(f"The advance of the story {basis.story_id} is {cents!r}; it must be whole cents from 0 on.")
    _check_size(basis.story_id, cents)
    return Entry(ADVANCE, f"{ADVANCE}:{basis.story_id}", basis, cents, cents)


def settlement(story_id: str, actual_milli: int, before: Sequence[Entry]) -> Entry:
    """The settlement of a story: what its outcome earns under the frozen terms, less what was paid.

    Args:
        story_id: the story.
        actual_milli: its outcome in thousandths.
        before: earlier rows of the same story.

    Raises:
        LedgerError: there is no advance, or it was settled already.
    """
    if not before:
        raise LedgerError(f"The story {story_id} has no advance, so there is nothing to settle; promise it first.")
    if any(entry.kind == SETTLEMENT for entry in before):
        raise LedgerError(f"The story {story_id} is settled already; correct that row instead.")
    if isinstance(actual_milli, bool) or not isinstance(actual_milli, int) or actual_milli < 0:
        raise LedgerError(f"The outcome of the story {story_id} is {actual_milli!r} thousandths; it must be a count.")
    fee = earned_cents(actual_milli, terms_of(before[0].basis.terms))
    _check_size(story_id, fee)
    return Entry(
        SETTLEMENT,
        f"{SETTLEMENT}:{story_id}",
        before[0].basis,
        fee,
        fee - paid_so_far(before),
        actual_milli=actual_milli,
    )


def correction(row: int, fee: int, before: Sequence[Entry]) -> Entry:
    """A row that puts another right: afterwards the story has been paid `fee` in all.

    Args:
        row: number of the row that is wrong.
        fee: what the story earns, in cents.
        before: earlier rows of the same story, that one among them.

    Raises:
        LedgerError: nothing changes, or the fee is no whole number of cents.
    """
    if isinstance(fee, bool) or not isinstance(fee, int) or fee < 0:
        raise LedgerError(f"The right fee is {fee!r}; it must be whole cents from 0 on.")
    _check_size(before[0].basis.story_id, fee)
    difference = fee - paid_so_far(before)
    # Where the last row says another fee than was paid, a row of nothing paid still puts the book right.
    if not difference and before[-1].fee_cents == fee:
        raise LedgerError(
            f"The story {before[0].basis.story_id} has been paid {fee} cents already; nothing to correct."
        )
    nth = sum(entry.kind == CORRECTION for entry in before) + 1
    story_id = before[0].basis.story_id
    return Entry(CORRECTION, f"{CORRECTION} {nth}:{story_id}", before[0].basis, fee, difference, None, row)


def _check_size(story_id: str, cents: int) -> None:
    if cents > MOST_CENTS:
        raise LedgerError(
            f"The story {story_id} would earn {cents:,} cents; no story earns more than {MOST_CENTS:,}, so check the "
            "amount, the outcome and the rate card."
        )


def paid_so_far(entries: Iterable[Entry]) -> int:
    """What was paid in all, in cents."""
    return sum(entry.paid_cents for entry in entries)


def entries_of(rows: pd.DataFrame) -> dict[str, list[Entry]]:
    """The rows of the journal by story, in order."""
    found: dict[str, list[Entry]] = {}
    for row in rows.sort_values("id").to_dict("records"):
        found.setdefault(str(row["story_id"]), []).append(_entry(row))
    return found


def _entry(row: Mapping[Any, Any]) -> Entry:
    basis = Basis(
        story_id=str(row["story_id"]),
        athlete_id=str(row["athlete_id"]),
        predicted_milli=int(row["predicted_milli"]),
        low_milli=int(row["low_milli"]),
        high_milli=int(row["high_milli"]),
        terms=str(row["terms"]),
        rate_card=str(row["rate_card"]),
        model_version=str(row["model_version"]),
        snapshot_id=str(row["snapshot_id"]),
    )
    optional = {name: None if pd.isna(row[name]) else int(row[name]) for name in ("actual_milli", "corrects")}
    return Entry(
        str(row["kind"]), str(row["reference"]), basis, int(row["fee_cents"]), int(row["paid_cents"]), **optional
    )


def balances(rows: pd.DataFrame) -> pd.DataFrame:
    """Where each story stands.

    Args:
        rows: the table of the journal.

    Returns:
        story_id, athlete_id, state ('open' or 'settled'), advance_cents, fee_cents, paid_cents, predicted, low, high,
        actual in units of the outcome, terms, advanced_at, settled_at; oldest advance first.

    Raises:
        LedgerError: the sums of a story do not match; one more correction puts them right.
    """
    stories = []
    for story_id, entries in entries_of(rows).items():
        if paid_so_far(entries) != entries[-1].fee_cents:
            last = int(rows.loc[rows["story_id"] == story_id, "id"].max())
            raise LedgerError(
                f"What was paid for the story {story_id} is {paid_so_far(entries)} cents, but its last row, {last}, "
                f"says {entries[-1].fee_cents}; write what it earns in all with `athlete-intel payouts correct {last} "
                "CENTS`."
            )
        settled = next((entry for entry in entries if entry.kind == SETTLEMENT), None)
        first = entries[0]
        stories.append(
            {
                "story_id": story_id,
                "athlete_id": first.basis.athlete_id,
                "state": "settled" if settled else "open",
                "advance_cents": first.fee_cents,
                "fee_cents": entries[-1].fee_cents,
                "paid_cents": paid_so_far(entries),
                "predicted": first.basis.predicted_milli / MILLI,
                "low": first.basis.low_milli / MILLI,
                "high": first.basis.high_milli / MILLI,
                "actual": float("nan") if settled is None else (settled.actual_milli or 0) / MILLI,
                "terms": first.basis.terms,
            }
        )
    columns = ["story_id", "athlete_id", "state", "advance_cents", "fee_cents", "paid_cents", *_FROZEN, "terms"]
    table = pd.DataFrame(stories, columns=columns)
    for kind, name in ((ADVANCE, "advanced_at"), (SETTLEMENT, "settled_at")):
        moments = rows[rows["kind"] == kind].set_index("story_id")["at"].to_dict()
        table[name] = pd.to_datetime(pd.Series([moments.get(each) for each in table["story_id"]], index=table.index))
    return table


_FROZEN = ("predicted", "low", "high", "actual")
