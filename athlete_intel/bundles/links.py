"""Tracked links: one for each athlete and channel, so that every visit can be traced to who brought it."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, unquote_plus, urlencode, urlsplit, urlunsplit

import pandas as pd

from athlete_intel.bundles.campaigns import Campaign
from athlete_intel.errors import PlanError

_HOST = re.compile(r"(?!-)[^\s/?#@:\[\]<>\"'\\^`{|}]+(?<!-)|\[[0-9a-fA-F:.]+\]")


def tracked_links(campaign: Campaign, address: str, channels: Iterable[str]) -> pd.DataFrame:
    """The links of a campaign.

    Args:
        campaign: the campaign.
        address: the page that is advertised; what its query holds already is kept, but for utm_ parameters, which
            would count its visits for somebody else.
        channels: such as twitter and instagram; each counts once, however it is written.

    Returns:
        athlete_id, name, channel, url with utm_source (channel), utm_medium, utm_campaign and utm_content (athlete).

    Raises:
        PlanError: the address is none, or no channel was named.
    """
    parts = _page(address)
    kept = "&".join(part for part in parts.query.split("&") if part and not _is_utm(part))
    names = list(dict.fromkeys(channel.strip().lower() for channel in channels if channel.strip()))
    if not names:
        raise PlanError("No channel was named; choose at least one, such as instagram.")
    rows = []
    for athlete_id, name in campaign.athletes[["athlete_id", "name"]].to_numpy().tolist():
        for channel in names:
            utm = {
                "utm_source": channel,
                "utm_medium": "athlete",
                "utm_campaign": campaign.campaign_id,
                "utm_content": athlete_id,
            }
            query = "&".join(filter(None, [kept, urlencode(utm)]))
            rows.append((athlete_id, name, channel, urlunsplit(parts._replace(query=query))))
    return pd.DataFrame(rows, columns=["athlete_id", "name", "channel", "url"])


def _page(address: str) -> SplitResult:
    """The parts of the address of a page.

    >>> _page(" https://shop.example:8080/new ").netloc
    'shop.example:8080'
    """
    wrong = PlanError(f"{address.strip()!r} is no address of a page; write it as https://shop.example/page.")
    try:
        parts = urlsplit(address.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise wrong from None
    shown = f"[{host}]" if ":" in host else host
    blank = any(letter.isspace() or not letter.isprintable() for letter in address.strip())
    if parts.scheme not in ("http", "https") or blank or not _HOST.fullmatch(shown):
        raise wrong
    return parts


def _is_utm(part: str) -> bool:
    """Whether a part of a query is a parameter of tracking.

    >>> _is_utm("UTM_source=mail"), _is_utm("utm%5Fsource=mail"), _is_utm("color=red")
    (True, True, False)
    """
    return unquote_plus(part).lower().startswith("utm_")
