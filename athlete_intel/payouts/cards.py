"""Rate cards: every assumption behind a payout, in a TOML file that an operator reads, edits and checks."""

import difflib
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from athlete_intel.errors import RateCardError

SHIPPED = Path(__file__).parents[2] / "data" / "rates"
"""Folder of the cards that come with the product."""
ADDONS = ("usage_rights", "exclusivity", "whitelisting")
ALERTS = ("below_advance", "loss_probability", "margin", "overdue_labels", "waiting")
MOST_CENTS = 10**9
"""No amount of a card or of a story is larger: ten million dollars."""
_MOST_FACTOR = Decimal(100)
_LONGEST_TEXT = 500
_LONGEST_LABEL = 200
"""As many characters as the ledger keeps."""


@dataclass(frozen=True)
class Tier:
    """Athletes whose expected outcome is at least `from_outcome`, up to the next tier."""

    name: str
    from_outcome: Decimal
    factor: Decimal


@dataclass(frozen=True)
class Revenue:
    """What the house earns with a story, as shares of the base rate for each 1,000 of the outcome."""

    ads_share: Decimal
    sponsor_share: Decimal
    sponsored_share: Decimal
    guaranteed_share: Decimal
    fixed_cents_per_month: int


@dataclass(frozen=True)
class Level:
    """A business figure: what is normal and what is an alarm; an alarm below the normal means that less is worse."""

    about: str
    normal: Decimal
    alarm: Decimal


@dataclass(frozen=True)
class RateCard:
    """All rates and assumptions behind payouts. Amounts are whole cents, shares and factors exact decimals."""

    name: str
    version: str
    about: str
    rate_cents_per_1000: int | None
    """Base rate; None for that of the data set's mapping."""
    floor_cents: int
    cap_cents: int
    """0 for none."""
    commission_share: Decimal
    advance_quantile: Decimal
    tiers: tuple[Tier, ...]
    sports: Mapping[str, Decimal]
    formats: Mapping[str, Decimal]
    addons: Mapping[str, Decimal]
    minimums: Mapping[str, int]
    cents_per_engagement: int
    cents_per_1000_followers: int
    revenue: Revenue
    alerts: Mapping[str, Level]
    sources: tuple[tuple[str, str, str], ...]
    """What it is the source of, what it says, where."""
    json: str
    """All that the card says, for `parse_card`."""
    sha256: str
    """Fingerprint of what the card says; comments and layout do not count."""

    @property
    def label(self) -> str:
        """Name and version, as payouts name it."""
        return f"{self.name} {self.version}"


def shipped_names() -> list[str]:
    """Names of the cards that come with the product."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def card_path(name_or_path: str) -> Path:
    """The file of a shipped card, or the path as it is."""
    return SHIPPED / f"{name_or_path}.toml" if name_or_path in shipped_names() else Path(name_or_path)


def load_card(name_or_path: str) -> RateCard:
    """Read and check a rate card.

    Args:
        name_or_path: the name of a shipped card, or a path to a TOML file.

    Raises:
        RateCardError: no such card, invalid TOML, an unknown key, an amount or share that cannot be.

    >>> load_card("standard").label
    'standard 2026-11'
    """
    path = card_path(name_or_path)
    try:
        if not path.is_file():
            raise RateCardError(
                f"There is no rate card {name_or_path!r}: it is neither a file nor one of "
                f"{', '.join(shipped_names())}; `athlete-intel payouts card --to FILE` writes one to start from."
            )
        values = tomllib.loads(path.read_bytes().decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise RateCardError(f"{path} is not valid TOML: {error}.") from error
    except OSError as error:
        raise RateCardError(f"The rate card {path} cannot be read: {error.strerror}.") from error
    return parse_card(values, path.name)


def parse_card(values: Mapping[str, Any], where: str) -> RateCard:
    """A card out of the values of its TOML file; see `load_card`."""
    meaning = json.dumps(
        values, sort_keys=True, default=lambda value: float(value) if isinstance(value, Decimal) else str(value)
    )
    top = _Section(values, where)
    rate = top.cents("rate_cents_per_1000", -1)
    compare, revenue = top.section("compare"), top.section("revenue")
    tiers = tuple(_tier(section) for section in top.sections("tiers"))
    alerts = top.section("alerts")
    card = RateCard(
        name=top.text("name"),
        version=top.text("version"),
        about=top.text("about", ""),
        rate_cents_per_1000=None if rate < 0 else rate,
        floor_cents=top.cents("floor_cents", 0),
        cap_cents=top.cents("cap_cents", 0),
        commission_share=top.number("commission_share", "0", most=Decimal(1)),
        advance_quantile=top.number("advance_quantile", "0.2", most=Decimal("0.5")),
        tiers=tiers,
        sports=top.factors("sports"),
        formats=top.factors("formats"),
        addons=_addons(top.section("addons")),
        minimums=top.amounts("minimums"),
        cents_per_engagement=compare.cents("cents_per_engagement", 0),
        cents_per_1000_followers=compare.cents("cents_per_1000_followers", 0),
        revenue=Revenue(
            ads_share=revenue.number("ads_share", "0", most=_MOST_FACTOR),
            sponsor_share=revenue.number("sponsor_share", "0", most=_MOST_FACTOR),
            sponsored_share=revenue.number("sponsored_share", "0", most=Decimal(1)),
            guaranteed_share=revenue.number("guaranteed_share", "0", most=Decimal(1)),
            fixed_cents_per_month=revenue.cents("fixed_cents_per_month", 0),
        ),
        alerts={name: _level(alerts.section(name)) for name in ALERTS if name in alerts.values},
        sources=tuple(_source(section) for section in top.sections("sources")),
        json=meaning,
        sha256=hashlib.sha256(meaning.encode()).hexdigest(),
    )
    for section in (compare, revenue, alerts, top):
        section.finish(ALERTS if section is alerts else ())
    _check_whole(card, where)
    return card


def base_rate(own_rate: int | None, card: RateCard, mapping_rate: int, mapping: str) -> tuple[int, str]:
    """Pay for each 1,000 of the outcome before factors, and where it comes from: the settings, the card, the mapping.

    >>> base_rate(None, load_card("standard"), 5_000, "demo")
    (5000, 'mapping demo')
    """
    if own_rate is not None:
        return own_rate, "settings"
    if card.rate_cents_per_1000 is not None:
        return card.rate_cents_per_1000, f"rate card {card.label}"
    return mapping_rate, f"mapping {mapping}"


def from_json(text: str, label: str) -> RateCard:
    """A card out of `RateCard.json`, as a snapshot keeps it.

    >>> card = load_card("standard")
    >>> from_json(card.json, card.label) == card
    True
    """
    return parse_card(json.loads(text, parse_float=Decimal), label)


def facts(card: RateCard, rate_cents_per_1000: int, rate_from: str) -> pd.DataFrame:
    """Every assumption of a card as a row: section, name, value as text, unit.

    >>> facts(load_card("standard"), 5_000, "mapping demo").iloc[0].tolist()
    ['pay', 'rate_cents_per_1000', '5000', 'cents for each 1,000 of the outcome (mapping demo)']
    """
    rows: list[tuple[str, str, Any, str]] = [
        ("pay", "rate_cents_per_1000", rate_cents_per_1000, f"cents for each 1,000 of the outcome ({rate_from})"),
        ("pay", "floor_cents", card.floor_cents, "cents, at least, for a story"),
        ("pay", "cap_cents", card.cap_cents, "cents, at most, for a story; 0 for none"),
        ("pay", "commission_share", card.commission_share, "of every fee stays with the house"),
        ("pay", "advance_quantile", card.advance_quantile, "quantile of what a story may earn that is paid ahead"),
        *(("tiers", tier.name, tier.factor, f"times the rate, from {tier.from_outcome:f}") for tier in card.tiers),
        *(("sports", name, factor, "times the rate") for name, factor in sorted(card.sports.items())),
        *(("formats", name, factor, "times the rate") for name, factor in sorted(card.formats.items())),
        *(("addons", name, share, "of the base fee") for name, share in card.addons.items()),
        *(
            ("minimums", name, cents, "cents, at least, after commission, for a story")
            for name, cents in sorted(card.minimums.items())
        ),
        ("compare", "cents_per_engagement", card.cents_per_engagement, "cents"),
        ("compare", "cents_per_1000_followers", card.cents_per_1000_followers, "cents"),
        *(("revenue", name, value, "of the base rate") for name, value in _revenue_shares(card.revenue)),
        ("revenue", "sponsored_share", card.revenue.sponsored_share, "of stories have a sponsor"),
        ("revenue", "guaranteed_share", card.revenue.guaranteed_share, "of a sponsor's price comes whatever happens"),
        ("revenue", "fixed_cents_per_month", card.revenue.fixed_cents_per_month, "cents a month"),
        *(
            ("alerts", name, f"{level.normal:f} / {level.alarm:f}", f"normal / alarm: {level.about}")
            for name, level in card.alerts.items()
        ),
        *(("sources", of, says, where) for of, says, where in card.sources),
    ]
    told = [(section, name, f"{v:f}" if isinstance(v, Decimal) else str(v), unit) for section, name, v, unit in rows]
    return pd.DataFrame(told, columns=["section", "name", "value", "unit"])


def _revenue_shares(revenue: Revenue) -> list[tuple[str, Decimal]]:
    return [("ads_share", revenue.ads_share), ("sponsor_share", revenue.sponsor_share)]


class _Section:
    """Takes values out of a TOML table one by one, checks them, and complains about what is left."""

    def __init__(self, values: Any, where: str) -> None:
        if not isinstance(values, Mapping):
            raise RateCardError(f"{where} is {values!r}; it must be a section with settings.")
        self.values = dict(values)
        self.where = where
        self.known: list[str] = []

    def _take(self, name: str, default: Any) -> Any:
        self.known.append(name)
        if name not in self.values and default is None:
            raise RateCardError(f"{self.where}: {name!r} is missing; add it.")
        return self.values.pop(name, default)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._take(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise RateCardError(f"{self.where}: {name!r} is {_shown(value)}; it must be a text in quotes.")
        if default is None and (len(value) > _LONGEST_TEXT or not value.isprintable()):
            raise RateCardError(
                f"{self.where}: {name!r} has {len(value):,} characters or some that cannot be printed; write one line "
                f"of at most {_LONGEST_TEXT}."
            )
        return value.strip()

    def cents(self, name: str, default: int | None = None) -> int:
        value = self._take(name, default)
        if value is default and value is not None:
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_CENTS:
            raise RateCardError(
                f"{self.where}: {name!r} is {_shown(value)}; it must be whole cents, 0 to {MOST_CENTS:,}."
            )
        return value

    def number(self, name: str, default: str | None, most: Decimal, least: Decimal = Decimal(0)) -> Decimal:
        value = self._take(name, None if default is None else Decimal(default))
        number = Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
        if number is None or not number.is_finite() or not least <= number <= most:
            raise RateCardError(f"{self.where}: {name!r} is {_shown(value)}; it must be a number, {least} to {most}.")
        return number

    def section(self, name: str) -> "_Section":
        return _Section(self._take(name, {}), f"{self.where}, {name}")

    def sections(self, name: str) -> list["_Section"]:
        values = self._take(name, [])
        if not isinstance(values, list):
            raise RateCardError(f"{self.where}: {name!r} is {_shown(values)}; write each one under [[{name}]].")
        return [_Section(each, f"{self.where}, {name} {i}") for i, each in enumerate(values, 1)]

    def factors(self, name: str) -> dict[str, Decimal]:
        inner = self.section(name)
        return {key: inner.number(key, None, _MOST_FACTOR) for key in list(inner.values)}

    def amounts(self, name: str) -> dict[str, int]:
        inner = self.section(name)
        return {key: inner.cents(key) for key in list(inner.values)}

    def finish(self, also_known: tuple[str, ...] = ()) -> None:
        for name in self.values:
            close = difflib.get_close_matches(name, [*self.known, *also_known], n=1)
            hint = f"; did you mean {close[0]!r}?" if close else "; take it out."
            raise RateCardError(f"{self.where}: there is no setting {name!r} here{hint}")


def _tier(section: _Section) -> Tier:
    tier = Tier(
        section.text("name"),
        section.number("from_outcome", None, Decimal(10**12)),
        section.number("factor", None, _MOST_FACTOR),
    )
    section.finish()
    return tier


def _addons(section: _Section) -> dict[str, Decimal]:
    addons = {name: section.number(name, "0", Decimal(10)) for name in ADDONS}
    section.finish()
    return addons


def _level(section: _Section) -> Level:
    least = Decimal(-1)
    level = Level(
        section.text("about"),
        section.number("normal", None, Decimal(1), least),
        section.number("alarm", None, Decimal(1), least),
    )
    section.finish()
    if level.normal == level.alarm:
        raise RateCardError(f"{section.where}: 'normal' and 'alarm' are both {level.normal}; set them apart.")
    return level


def _source(section: _Section) -> tuple[str, str, str]:
    source = section.text("of"), section.text("says"), section.text("where")
    section.finish()
    return source


def _check_whole(card: RateCard, where: str) -> None:
    """What must hold between the settings of a card."""
    if len(card.label) > _LONGEST_LABEL:
        raise RateCardError(
            f"{where}: 'name' and 'version' have over {_LONGEST_LABEL} characters together; shorten them."
        )
    if card.cap_cents and card.cap_cents < card.floor_cents:
        raise RateCardError(
            f"{where}: cap_cents is {card.cap_cents} and below floor_cents, {card.floor_cents}; raise the cap."
        )
    for athlete_id, cents in card.minimums.items():
        if card.cap_cents and cents > card.cap_cents * (1 - card.commission_share):
            less = f", {card.cap_cents}" + (", less the commission" if card.commission_share else "")
            raise RateCardError(
                f"{where}, minimums: {athlete_id!r} takes no story below {cents} cents, which is above "
                f"cap_cents{less}; raise the cap or leave the athlete out."
            )
        if cents and card.commission_share == 1:
            raise RateCardError(
                f"{where}, minimums: {athlete_id!r} takes no story below {cents} cents, but commission_share is 1 and "
                "leaves nothing; lower it or leave the athlete out."
            )
    starts = [tier.from_outcome for tier in card.tiers]
    if starts != sorted(set(starts)) or (starts and starts[0] != 0):
        raise RateCardError(f"{where}, tiers: 'from_outcome' must start at 0 and rise from tier to tier.")
    if card.advance_quantile <= 0:
        raise RateCardError(f"{where}: 'advance_quantile' is 0; it must be above 0 and at most 0.5.")


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)
