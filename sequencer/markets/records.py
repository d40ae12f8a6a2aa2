"""The one form into which all data of markets are brought: instruments by name, prices in cents of a dollar.

Each instrument is a European option, settled in cash. `time_s` is in unix seconds, rounded down where a file has more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from rollup.types.series import OptionKind, Series


class Aggressor(Enum):
    """Who met an order that was there before."""

    BUYER = "buyer"
    SELLER = "seller"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Instrument:
    """An option as a market names it: `underlying` is the name of what it is written on."""

    underlying: str
    expiry_s: int
    strike_e2: int
    kind: OptionKind

    def series(self, series_id: int, underlying: int) -> Series:
        """The same under the rollup's numbers. Raises `FieldOutOfRange`."""
        return Series(series_id, underlying, self.expiry_s, self.strike_e2, self.kind)


@dataclass(frozen=True, slots=True)
class MarketTrade:
    """A trade, or all of a minute where a file knows no more: then `price_e2` is the last price."""

    time_s: int
    instrument: Instrument
    price_e2: int
    size_e4: int
    aggressor: Aggressor = Aggressor.UNKNOWN


@dataclass(frozen=True, slots=True)
class Quote:
    """Best prices; a side that nobody quotes is None with size 0."""

    time_s: int
    instrument: Instrument
    bid_e2: int | None
    bid_size_e4: int
    ask_e2: int | None
    ask_size_e4: int


@dataclass(frozen=True, slots=True)
class SurfacePoint:
    """What a market says of one option: forward of its expiry in USD, volatility per square root of a year, mark."""

    time_s: int
    instrument: Instrument
    forward: float
    volatility: float
    mark_e2: int


@dataclass(frozen=True, slots=True)
class IndexPrice:
    """The price of an underlying."""

    time_s: int
    underlying: str
    price_e2: int


class BookAction(Enum):
    """What an event does to a level."""

    NEW = "new"
    CHANGE = "change"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class BookEvent:
    """A level of a book as its market sends it: a snapshot's lines come first. `price` in the market's own money."""

    time_ms: int
    instrument: Instrument
    is_snapshot: bool
    is_bid: bool
    action: BookAction
    price: float
    size_e4: int
