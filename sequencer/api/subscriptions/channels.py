"""Names of channels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from rollup.types.series import Series
from sequencer.api.building import series_of
from sequencer.api.errors import NotAuthenticated, UnknownChannel
from sequencer.api.projection.market import Market


class Topic(Enum):
    """What a channel is about."""

    BOOK = "book"
    TRADES = "trades"
    TICKER = "ticker"
    ORDERS = "user.orders"
    OWN_TRADES = "user.trades"
    PORTFOLIO = "user.portfolio"
    BATCH_CUT = "batch.cut"
    BATCH_FINALITY = "batch.finality"


OWN: Final = frozenset({Topic.ORDERS, Topic.OWN_TRADES, Topic.PORTFOLIO})
RAW: Final = "raw"
GROUPED: Final = "100ms"
_OF_ALL: Final = {one.value: one for one in Topic if "." in one.value}
LONGEST_SHOWN: Final = 96


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: `subject` is a series, an account, or 0; `is_grouped` where changes are gathered for 100 ms."""

    topic: Topic
    subject: int
    name: str
    is_grouped: bool = False


def channel_of(name: str, market: Market, account: int | None) -> Channel:
    """What a name means to whoever is logged in to `account`.

    Raises `UnknownChannel`, `NotAuthenticated` for an own channel without a login, and `UnknownInstrument`.
    """
    topic = _OF_ALL.get(name)
    if topic is not None:
        if topic not in OWN:
            return Channel(topic, 0, name)
        if account is None:
            raise NotAuthenticated("log in, and subscribe by private/subscribe")
        return Channel(topic, account, name, is_grouped=topic is Topic.PORTFOLIO)
    first, _, rest = name.partition(".")
    if first == Topic.BOOK.value:
        instrument, _, pace = rest.rpartition(".")
        if instrument and pace in (RAW, GROUPED):
            return Channel(Topic.BOOK, _series(market, instrument).series_id, name, pace == GROUPED)
    elif first in (Topic.TRADES.value, Topic.TICKER.value) and rest:
        topic = Topic(first)
        return Channel(topic, _series(market, rest).series_id, name, is_grouped=topic is Topic.TICKER)
    raise UnknownChannel(channel=name[:LONGEST_SHOWN])


def _series(market: Market, name: str) -> Series:
    return series_of(market, name)
