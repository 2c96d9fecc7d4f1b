"""Everything about pay that a snapshot holds: the card, the distributions, what each athlete can expect, fairness."""

from datetime import datetime
from functools import cache
from pathlib import Path

import pandas as pd

from athlete_intel.payouts.cards import RateCard, facts
from athlete_intel.payouts.expected import card_terms, expected_payouts, outlook, posting_rates, waiting_reasons
from athlete_intel.payouts.fairness import fairness
from athlete_intel.payouts.rates import Terms, fee_cents
from athlete_intel.payouts.shocks import COLUMNS, shared_shocks
from athlete_intel.payouts.spread import Spread, outcome_spread, scaled_errors
from athlete_intel.warehouse import Database

RHYTHM_DAYS = 182
"""Half a year of stories tells how often an athlete has one."""
_ENGAGEMENTS = ("likes_median", "reposts_median", "replies_median")


@cache
def sql(name: str) -> str:
    """The text of a SQL file about pay."""
    return (Path(__file__).parent / "payouts" / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def payout_results(
    database: Database,
    rankings: pd.DataFrame,
    backtest: pd.DataFrame,
    answers: dict[str, pd.DataFrame],
    contested: pd.Series,
    card: RateCard,
    dataset: pd.DataFrame,
    snapshot_id: str,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """The published tables about pay.

    Args:
        database: holds the raw tables.
        rankings: the published table.
        backtest: the published table.
        answers: what is known of each athlete today, by table; ask_id is the athlete.
        contested: athlete_id of those with a contested handle.
        card: the rate card.
        dataset: the published table.
        snapshot_id: the snapshot in the making.
        seed: of simulations.
    """
    about = dataset.iloc[0]
    as_of, base = pd.Timestamp(about["as_of"]).to_pydatetime(), int(about["rate_cents_per_1000"])
    by_story = about["rows_are"] == "stories"
    errors = scaled_errors(backtest, rankings)
    grid = outcome_spread(errors["error"])
    spread = Spread.of(grid)
    platforms = main_platforms(database, answers["activity_features"], as_of)
    sports = rankings.set_index("athlete_id")["sport"]
    shocks = shared_shocks(errors, sports, platforms) if by_story else pd.DataFrame({name: [] for name in COLUMNS})
    terms = card_terms(rankings, card, base)
    payouts = expected_payouts(
        rankings, terms, str(about["rate_card"]), str(about["model_version"]), snapshot_id, spread
    )
    rates = None
    if by_story:
        rhythm = database.query(sql("story_rhythm"), {"as_of": as_of, "days": RHYTHM_DAYS})
        rates = posting_rates(rhythm, rankings["athlete_id"])
    expected = outlook(
        rankings,
        terms,
        card,
        spread,
        shocks,
        rates,
        platforms,
        engagements(answers["post_features"]),
        waiting_reasons(rankings, terms, contested),
        seed,
    )
    usual = Terms(base, card.floor_cents, card.cap_cents, commission_share=card.commission_share)
    ahead = rankings[["athlete_id"]].assign(
        usual_cents=[fee_cents(each, usual) for each in rankings["predicted"]],
        pay_cents=payouts["expected_cents"].to_numpy(),
    )
    return {
        "payouts": payouts,
        "outlook": expected,
        "outcomes": database.query(sql("known_outcomes"), {"as_of": as_of}).sort_values("story_id", ignore_index=True),
        "outcome_spread": grid,
        "shocks": shocks,
        "rate_card": facts(card, base, str(about["rate_from"])),
        "rate_card_source": pd.DataFrame({"rate_card": [card.label], "sha256": [card.sha256], "json": [card.json]}),
        "fairness": fairness(ahead, _earned(backtest, rankings, terms, usual), rankings, seed),
    }


def main_platforms(database: Database, activity: pd.DataFrame, as_of: datetime) -> pd.Series:
    """The platform of each athlete's readers; where nobody counted them, the one with most posts."""
    channels = database.query(sql("main_channels"), {"as_of": as_of}).set_index("athlete_id")["platform"]
    posting = activity.sort_values(["posts_per_week", "platform"], ascending=[False, True]).drop_duplicates("ask_id")
    return channels.combine_first(posting.set_index("ask_id")["platform"]).rename_axis("athlete_id")


def engagements(post_features: pd.DataFrame) -> pd.Series:
    """Likes, reposts and replies of a typical post, over all platforms, since a story goes out on all of them.

    >>> engagements(pd.DataFrame({"ask_id": ["a", "a"], "likes_median": [10.0, 5.0], "reposts_median": [2.0, None],
    ...     "replies_median": [1.0, None]})).to_dict()
    {'a': 18.0}
    """
    summed = post_features.assign(all=post_features[list(_ENGAGEMENTS)].fillna(0).sum(axis="columns"))
    return summed.groupby("ask_id")["all"].sum()


def _earned(backtest: pd.DataFrame, rankings: pd.DataFrame, terms: list[Terms], usual: Terms) -> pd.DataFrame:
    """What past stories would have earned under today's terms, beside their predictions of then."""
    own = dict(zip(rankings["athlete_id"], terms, strict=True))
    known = backtest[backtest["athlete_id"].isin(own)]
    paid = [
        fee_cents(actual, own[athlete]) for athlete, actual in zip(known["athlete_id"], known["actual"], strict=True)
    ]
    return known[["athlete_id"]].assign(
        usual_cents=[fee_cents(predicted, usual) for predicted in known["predicted"]], pay_cents=paid
    )
