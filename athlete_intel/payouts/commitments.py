"""From a snapshot to rows of the ledger: which stories get an advance, which can be settled, and who must wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from athlete_intel.errors import LedgerError
from athlete_intel.payouts import ledger
from athlete_intel.payouts.cards import ADDONS, RateCard, from_json
from athlete_intel.payouts.rates import fee_cents, terms_for
from athlete_intel.payouts.spread import Spread, outcomes_at


@dataclass(frozen=True)
class Offer:
    """What advances are reckoned with: one published snapshot."""

    card: RateCard
    base_rate: int
    rate_card: str
    model_version: str
    snapshot_id: str
    spread: Spread
    rankings: pd.DataFrame
    waits: Mapping[str, str]
    """Why a payout waits for a person, by athlete_id."""


def offer_of(tables: Mapping[str, pd.DataFrame], snapshot_id: str) -> Offer:
    """The offer of a snapshot.

    Args:
        tables: dataset, rankings, outlook, outcome_spread, rate_card_source.
        snapshot_id: which one.
    """
    about, source = tables["dataset"].iloc[0], tables["rate_card_source"].iloc[0]
    waiting = tables["outlook"].dropna(subset=["waits_why"])
    return Offer(
        card=from_json(str(source["json"]), str(source["rate_card"])),
        base_rate=int(about["rate_cents_per_1000"]),
        rate_card=str(about["rate_card"]),
        model_version=str(about["model_version"]),
        snapshot_id=snapshot_id,
        spread=Spread.of(tables["outcome_spread"]),
        rankings=tables["rankings"],
        waits=dict(zip(waiting["athlete_id"].astype(str), waiting["waits_why"].astype(str), strict=True)),
    )


def open_stories(outcomes: pd.DataFrame, known: Mapping[str, Sequence[ledger.Entry]]) -> pd.DataFrame:
    """Stories whose outcome is not known yet and that have no advance: story_id, athlete_id, published_at, format."""
    waiting = outcomes[outcomes["outcome"].isna() & ~outcomes["story_id"].isin(list(known))]
    return waiting[["story_id", "athlete_id", "published_at", "format"]].sort_values("story_id", ignore_index=True)


def advances(
    stories: pd.DataFrame,
    offer: Offer,
    known: Mapping[str, Sequence[ledger.Entry]],
    addons: tuple[str, ...] = (),
    approved: bool = False,
) -> tuple[list[ledger.Entry], pd.DataFrame]:
    """Rows for the advances of stories, and those that must wait for a person with the reason.

    Args:
        stories: story_id, athlete_id, format.
        offer: of the snapshot.
        known: rows of the ledger by story.
        addons: what is sold with each story.
        approved: a person has looked at those that wait and pays them, too.

    Raises:
        LedgerError: an unknown add-on, one named twice, or a story has an advance already.
    """
    unknown = sorted(set(addons) - set(ADDONS))
    if unknown:
        raise LedgerError(f"There is no add-on {unknown[0]!r}; choose from {', '.join(ADDONS)}.")
    again = [name for i, name in enumerate(addons) if name in addons[:i]]
    if again:
        raise LedgerError(f"The add-on {again[0]} is named twice; name each once, it is charged once.")
    twice = stories.loc[stories["story_id"].duplicated(), "story_id"]
    if len(twice):
        raise LedgerError(f"The story {twice.iloc[0]} is named twice; name each story once.")
    ranked = offer.rankings.set_index("athlete_id", drop=False)
    error = offer.spread.quantile(float(offer.card.advance_quantile))
    entries, waiting = [], []
    for story in stories.itertuples():
        athlete_id, story_id = str(story.athlete_id), str(story.story_id)
        if athlete_id not in ranked.index:
            waiting.append((story_id, athlete_id, "there is no prediction for this athlete"))
            continue
        if athlete_id in offer.waits and not approved:
            waiting.append((story_id, athlete_id, offer.waits[athlete_id]))
            continue
        row = ranked.loc[[athlete_id]]
        predicted = float(row["predicted"].item())
        sport, form = row["sport"].item() if "sport" in row else None, story.format
        terms = terms_for(
            offer.card,
            offer.base_rate,
            athlete_id,
            predicted,
            sport if isinstance(sport, str) else None,
            form if isinstance(form, str) else None,
            addons,
        )
        low, high = (float(row[name].item()) for name in ("low", "high"))
        basis = ledger.Basis(
            story_id=story_id,
            athlete_id=athlete_id,
            predicted_milli=ledger.milli(predicted),
            low_milli=ledger.milli(low),
            high_milli=ledger.milli(high),
            terms=ledger.terms_text(terms),
            rate_card=offer.rate_card,
            model_version=offer.model_version,
            snapshot_id=offer.snapshot_id,
        )
        cents = fee_cents(float(outcomes_at(row, error)[0]), terms)
        entries.append(ledger.advance(basis, cents, known.get(story_id, [])))
    return entries, pd.DataFrame(waiting, columns=["story_id", "athlete_id", "why"])


def settlements(known: Mapping[str, Sequence[ledger.Entry]], outcomes: pd.DataFrame) -> list[ledger.Entry]:
    """Rows that settle every open story whose outcome is known."""
    came = outcomes.dropna(subset=["outcome"]).set_index("story_id")["outcome"].to_dict()
    unsettled = {
        story_id: entries
        for story_id, entries in known.items()
        if not any(entry.kind == ledger.SETTLEMENT for entry in entries)
    }
    return [
        ledger.settlement(story_id, ledger.milli(float(came[story_id])), entries)
        for story_id, entries in sorted(unsettled.items())
        if story_id in came
    ]


def commitment_book(open_ones: pd.DataFrame, rankings: pd.DataFrame, outlook: pd.DataFrame) -> pd.DataFrame:
    """Open commitments as `risk.simulate` takes them: each with its frozen prediction and terms.

    Args:
        open_ones: the open rows of `ledger.balances`.
        rankings: athlete_id, sport, predicted, mean: what an average story brings over a typical one.
        outlook: athlete_id, platform.
    """
    known = rankings.set_index("athlete_id")
    terms = [ledger.terms_of(text) for text in open_ones["terms"]]
    factor = (known["mean"] / known["predicted"].clip(lower=1e-9)).median() if len(known) else 1.0
    return pd.DataFrame(
        {
            "athlete_id": open_ones["athlete_id"].to_numpy(),
            "sport": open_ones["athlete_id"].map(known["sport"]).to_numpy(),
            "platform": open_ones["athlete_id"].map(outlook.set_index("athlete_id")["platform"]).to_numpy(),
            "predicted": open_ones["predicted"].to_numpy(),
            "low": open_ones["low"].to_numpy(),
            "high": open_ones["high"].to_numpy(),
            "mean": open_ones["predicted"].to_numpy() * factor,
            "rate_cents_per_1000": [each.rate_cents_per_1000 for each in terms],
            "floor_cents": [each.floor_cents for each in terms],
            "cap_cents": [each.cap_cents for each in terms],
            "uplift": [float((1 + each.addons_share) * (1 - each.commission_share)) for each in terms],
        }
    )
