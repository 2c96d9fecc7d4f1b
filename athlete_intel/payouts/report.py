"""What the command line and the app say about the money, out of published tables and the ledger."""

import difflib
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from athlete_intel.payouts import alerts, ledger, risk
from athlete_intel.payouts.cards import RateCard, from_json
from athlete_intel.payouts.commitments import commitment_book
from athlete_intel.payouts.expected import MONTH_DAYS, card_terms, term_columns
from athlete_intel.payouts.rates import fee_cents
from athlete_intel.payouts.replay import replayed_advances
from athlete_intel.payouts.risk import Simulated
from athlete_intel.payouts.spread import Spread

TABLES = ("dataset", "rankings", "outlook", "payouts", "outcome_spread", "shocks", "rate_card_source")
"""What simulations need of a snapshot."""
Tables = Mapping[str, pd.DataFrame]


def card_of(tables: Tables) -> RateCard:
    """The rate card of a snapshot."""
    source = tables["rate_card_source"].iloc[0]
    return from_json(str(source["json"]), str(source["rate_card"]))


def unknown_names(card: RateCard, rankings: pd.DataFrame, outcomes: pd.DataFrame) -> list[str]:
    """A sentence for each section of a card that names what the data set does not have, as then no rate follows.

    Args:
        card: the rate card.
        rankings: athlete_id, sport.
        outcomes: format.
    """
    sections = (
        ("sports", "sport", card.sports, rankings["sport"] if "sport" in rankings else pd.Series(dtype="str")),
        ("formats", "format", card.formats, outcomes["format"]),
        ("minimums", "athlete", card.minimums, rankings["athlete_id"]),
    )
    told = []
    for section, noun, named, values in sections:
        known = sorted(values.dropna().astype("str").unique())
        missing = sorted(set(named) - set(known))
        if not missing:
            continue
        near = difflib.get_close_matches(missing[0], known, n=1)
        text = (
            f"The rate card {card.label}, {section}, names the {noun} {missing[0]!r}, which this data set does not have"
        )
        text += f"; did you mean {near[0]!r}?" if near else "; check the spelling."
        told.append(text + (f" So it is with {len(missing) - 1:,} more." if len(missing) > 1 else ""))
    return told


def next_month(
    tables: Tables, seed: int = 0, athletes: Collection[str] | None = None, more_stories_per_week: float = 0.0
) -> Simulated | None:
    """The next month of all athletes or some, at their own posting rates; None where there are no stories.

    Args:
        tables: the tables `TABLES`.
        seed: of the simulation.
        athletes: only these.
        more_stories_per_week: what if each had so many more.
    """
    outlook = _of(tables["outlook"], athletes)
    if outlook.empty or outlook["stories_per_week"].isna().all():
        return None
    rankings = _of(tables["rankings"], athletes)
    more = outlook.assign(stories_per_week=outlook["stories_per_week"] + more_stories_per_week)
    fixed = card_of(tables).revenue.fixed_cents_per_month if athletes is None else 0
    return _simulated(risk.month_book(rankings, more, MONTH_DAYS), tables, seed, fixed)


def open_commitments(tables: Tables, rows: pd.DataFrame, seed: int = 0) -> Simulated | None:
    """What the stories with an advance but no settlement will cost in all; None where there is none.

    Args:
        tables: the tables `TABLES`.
        rows: the ledger.
        seed: of the simulation.
    """
    state = ledger.balances(rows)
    waiting = state[state["state"] == "open"]
    if waiting.empty:
        return None
    return _simulated(commitment_book(waiting, tables["rankings"], tables["outlook"]), tables, seed)


def business(
    tables: Tables, rows: pd.DataFrame, backtest: pd.DataFrame, outcomes: pd.DataFrame, month: Simulated | None
) -> pd.DataFrame:
    """Every business figure with its levels, alarms first; see `alerts.business_alerts`."""
    about, card = tables["dataset"].iloc[0], card_of(tables)
    replayed = pd.DataFrame({"advance_cents": [], "fee_cents": []})
    if about["rows_are"] == "stories":
        rate = int(about["rate_cents_per_1000"])
        replayed = replayed_advances(backtest, outcomes, tables["rankings"], card, rate)
    figures = alerts.business_figures(
        rows,
        replayed,
        outcomes,
        tables["outlook"],
        tables["payouts"],
        month,
        pd.Timestamp(about["as_of"]),
        int(about["window_days"]),
    )
    return alerts.business_alerts(figures, card.alerts)


def waiting(tables: Tables) -> pd.DataFrame:
    """Who waits for a person and why, most money first: athlete_id, name, waits_why, expected_cents, advance_cents."""
    kept = tables["outlook"].dropna(subset=["waits_why"])[["athlete_id", "waits_why", "advance_cents"]]
    told = kept.merge(tables["rankings"][["athlete_id", "name"]], on="athlete_id")
    told = told.merge(tables["payouts"][["athlete_id", "expected_cents"]], on="athlete_id")
    told = told.sort_values(["expected_cents", "athlete_id"], ascending=[False, True], ignore_index=True)
    return told[["athlete_id", "name", "waits_why", "expected_cents", "advance_cents"]]


def _of(table: pd.DataFrame, athletes: Collection[str] | None) -> pd.DataFrame:
    return table if athletes is None else table[table["athlete_id"].isin(list(athletes))]


def _simulated(book: pd.DataFrame, tables: Tables, seed: int, fixed_cents: int = 0) -> Simulated:
    book = book.assign(base_rate=int(tables["dataset"]["rate_cents_per_1000"].iloc[0]))
    spread = Spread.of(tables["outcome_spread"])
    return risk.simulate(book, spread, tables["shocks"], card_of(tables).revenue, seed=seed, fixed_cents=fixed_cents)


def what_if(
    tables: Tables, athlete_id: str, changed: pd.Series | None, more_stories_per_week: float, seed: int = 0
) -> pd.DataFrame:
    """Pay of an athlete now and after a change: rows `now` and `then`.

    Args:
        tables: the tables `TABLES`.
        athlete_id: whose.
        changed: predicted, low, high by the model after a change of signals; None for none.
        more_stories_per_week: so many more stories a week.
        seed: of the simulated month.

    Returns:
        story_low, story_typical, story_high, month_low, month_middle, month_high in cents, indexed by now and then.
    """
    rankings, outlook = (_of(tables[name], [athlete_id]) for name in ("rankings", "outlook"))
    then = rankings
    if changed is not None:
        factor = float(changed["predicted"]) / max(float(rankings["predicted"].iloc[0]), 1e-9)
        then = rankings.assign(
            predicted=changed["predicted"], low=changed["low"], high=changed["high"], mean=rankings["mean"] * factor
        )
    card, base = card_of(tables), int(tables["dataset"]["rate_cents_per_1000"].iloc[0])
    rows = {}
    for name, ranked, more in (("now", rankings, 0.0), ("then", then, more_stories_per_week)):
        terms = card_terms(ranked, card, base)
        rate, floor, cap, uplift = term_columns(terms)
        priced = outlook.assign(rate_cents_per_1000=rate, floor_cents=floor, cap_cents=cap, uplift=uplift)
        month = next_month({**tables, "rankings": ranked, "outlook": priced}, seed, [athlete_id], more)
        spend = np.full(3, np.nan) if month is None else np.quantile(month.spend, [0.1, 0.5, 0.9])
        story = [fee_cents(float(ranked[each].iloc[0]), terms[0]) for each in ("low", "predicted", "high")]
        rows[name] = [*story, *spend]
    columns = [f"{what}_{end}" for what, ends in (("story", _STORY), ("month", _MONTH)) for end in ends]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return _from_published(found, outlook.iloc[0])


def _from_published(found: pd.DataFrame, outlook: pd.Series) -> pd.DataFrame:
    """The month as it is published, changed by as much as the two simulated ones differ.

    A simulation of one athlete draws other numbers than the published one of all; two figures for the same month would
    be told else.

    >>> found = pd.DataFrame({"month_low": [0.0, 10.0], "month_middle": [100.0, 150.0], "month_high": [200.0, 300.0]})
    >>> published = pd.Series({"month_low_cents": 0, "month_middle_cents": 104, "month_high_cents": 190})
    >>> _from_published(found.set_axis(["now", "then"]), published).to_numpy().tolist()
    [[0.0, 104.0, 190.0], [10.0, 156.0, 285.0]]
    """
    months = {}
    for end in _MONTH:
        now, then = found[f"month_{end}"]
        published = outlook[f"month_{end}_cents"]
        if not pd.isna(published):
            months[f"month_{end}"] = [float(published), float(published) * then / now if now > 0 else then]
    return found.assign(**months)


_STORY, _MONTH = ("low", "typical", "high"), ("low", "middle", "high")
