"""What was paid in the past: advances, settlements, campaigns of brands, and what sponsors paid."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from athlete_intel.sources.demo import catalogue
from athlete_intel.sources.demo.catalogue import SPORT_NAMES
from athlete_intel.sources.demo.influence import Influence, standard_story_factor
from athlete_intel.sources.demo.people import People
from athlete_intel.sources.demo.stories import MEAN_OF_NOISE, Stories
from athlete_intel.sources.demo.world import MICROSECONDS_A_DAY, OUTCOME_WINDOW_DAYS, RATE_CENTS_PER_1000, Chunk, World

ADVANCE_SHARE = 0.5
SPONSOR_RATE_CENTS_PER_1000 = 9000
CAMPAIGN_DAYS = 91
ALL_SPORTS = len(SPORT_NAMES)
"""Number of the campaign of each quarter that is about any sport."""
_ESTIMATE_ERROR = 0.35
_SETTLED_AFTER_DAYS = OUTCOME_WINDOW_DAYS + 2
_SPONSOR_PAYS_AFTER_DAYS = OUTCOME_WINDOW_DAYS + 7
_GUARANTEED_SHARE = 0.7


class Books:
    """The money of a world, filled chunk by chunk; only the campaigns' budgets are carried along."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.quarters = -(-world.days // CAMPAIGN_DAYS)
        self._agreed_cents = np.zeros((self.quarters, ALL_SPORTS + 1), dtype=np.int64)

    def tables(self, chunk: Chunk, everyone: People, hidden: Influence, told: Stories) -> dict[str, pa.Table]:
        """The raw tables `advances`, `settlements` and `sponsor_revenue` of a chunk."""
        rng, number = chunk.stream("money"), len(told.day)
        error = np.exp(_ESTIMATE_ERROR * rng.standard_normal(number))
        estimate = np.round(_looked_back(hidden.actual, hidden, everyone, told) * error, 1)
        # Sponsors' prices are agreed with the campaign, so what happens later does not move them.
        quote = _looked_back(hidden.calm, hidden, everyone, told) * np.exp(0.2 * rng.standard_normal(number))
        any_sport = rng.random(number) < 0.3
        actual = told.views.sum(axis=(1, 2))
        advance_cents = np.rint(estimate * RATE_CENTS_PER_1000 / 1000 * ADVANCE_SHARE).astype(np.int64)
        pay_cents = np.rint(actual * RATE_CENTS_PER_1000 / 1000).astype(np.int64)
        settled = told.day + _SETTLED_AFTER_DAYS < self.world.days
        advances = pa.table(
            {
                "story_id": told.ids,
                "estimated_outcome": estimate,
                "rate_cents_per_1000": np.full(number, RATE_CENTS_PER_1000),
                "advance_cents": advance_cents,
                "paid_at": pa.array(told.time, pa.timestamp("us")),
            }
        )
        settlements = pa.table(
            {
                "story_id": told.ids,
                "actual_outcome": actual.astype(float),
                "settlement_cents": pay_cents - advance_cents,
                "settled_at": _at_nine(self.world, told.day + _SETTLED_AFTER_DAYS),
            }
        ).filter(pa.array(settled))
        return {
            "advances": advances,
            "settlements": settlements,
            "sponsor_revenue": self._revenue(everyone, told, quote, any_sport, actual),
        }

    def campaigns_table(self) -> pa.Table:
        """The raw table `campaigns`: one a quarter for each sport, and one for any. Call it after all chunks."""
        rows = []
        for quarter in range(self.quarters):
            first = self.world.first_day + timedelta(days=quarter * CAMPAIGN_DAYS)
            for sport in range(ALL_SPORTS + 1):
                agreed = int(self._agreed_cents[quarter, sport])
                rows.append(
                    {
                        "campaign_id": _campaign_id(quarter, sport),
                        "brand": catalogue.BRANDS[(sport + 5 * quarter) % len(catalogue.BRANDS)],
                        "sport": SPORT_NAMES[sport] if sport < ALL_SPORTS else None,
                        "starts_on": first,
                        "ends_on": first + timedelta(days=CAMPAIGN_DAYS - 1),
                        # A tenth to spare, in whole thousands of dollars.
                        "budget_cents": max(1, -(-agreed * 11 // 1_000_000)) * 100_000,
                        "agreed_at": datetime(first.year, first.month, first.day, 10) - timedelta(days=21),
                    }
                )
        types = [("campaign_id", pa.string()), ("brand", pa.string()), ("sport", pa.string())]
        types += [("starts_on", pa.date32()), ("ends_on", pa.date32()), ("budget_cents", pa.int64())]
        return pa.Table.from_pylist(rows, schema=pa.schema([*types, ("agreed_at", pa.timestamp("us"))]))

    def _revenue(
        self, everyone: People, told: Stories, quote: np.ndarray, any_sport: np.ndarray, actual: np.ndarray
    ) -> pa.Table:
        sport = np.where(any_sport, ALL_SPORTS, everyone.sport_index[told.place])
        quarter = told.day // CAMPAIGN_DAYS
        agreed_cents = np.rint(quote * SPONSOR_RATE_CENTS_PER_1000 / 1000).astype(np.int64)
        sold = np.flatnonzero(told.sponsored)
        np.add.at(self._agreed_cents, (quarter[sold], sport[sold]), agreed_cents[sold])
        # Seven tenths whatever comes; the rest as far as readers came.
        earned = np.minimum(_GUARANTEED_SHARE + (1 - _GUARANTEED_SHARE) * actual / np.maximum(quote, 1), 1.0)
        revenue = np.floor(agreed_cents * earned).astype(np.int64)
        paid = sold[told.day[sold] + _SPONSOR_PAYS_AFTER_DAYS < self.world.days]
        return pa.table(
            {
                "story_id": told.ids.take(pa.array(paid)),
                "campaign_id": pa.array([_campaign_id(quarter[each], sport[each]) for each in paid], pa.string()),
                "revenue_cents": revenue[paid],
                "paid_at": _at_nine(self.world, told.day[paid] + _SPONSOR_PAYS_AFTER_DAYS),
            }
        )


def _looked_back(log_influence: np.ndarray, hidden: Influence, everyone: People, told: Stories) -> np.ndarray:
    """Page views that somebody would expect who knows the athlete as of 28 days before the story."""
    seen = np.maximum(told.day - OUTCOME_WINDOW_DAYS, everyone.first_day[told.place])
    logs = log_influence[told.place, seen] + hidden.season[told.place, told.day]
    return np.exp(logs) * MEAN_OF_NOISE * standard_story_factor()


def _campaign_id(quarter: int, sport: int) -> str:
    about = SPORT_NAMES[sport].replace(" ", "-") if sport < ALL_SPORTS else "any-sport"
    return f"campaign-{quarter + 1:02d}-{about}"


def _at_nine(world: World, day: np.ndarray) -> pa.Array:
    return pa.array((world.day_numbers[0] + day) * MICROSECONDS_A_DAY + 9 * 3_600_000_000, pa.timestamp("us"))
