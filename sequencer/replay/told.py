"""A market as its own data tell of it: forwards and volatilities of options of one expiry, each from a time on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rollup.risk.scenarios import ScanRange
from rollup.risk.table import Market, UnderlyingMarket
from sequencer.markets.errors import NoQuoteKnown
from sequencer.markets.history import COIN_SCAN, HIGHEST_VOLATILITY, LOWEST_VOLATILITY, LastKnown
from sequencer.markets.listing import Listing
from sequencer.markets.records import Instrument

UNTOLD_VOLATILITY: Final = 0.6
"""Where data name no volatility at all."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What was said at a time: an option's forward in USD, and its volatility where that was said, too."""

    time_s: int
    instrument: Instrument
    forward: float
    volatility: float | None


@dataclass(frozen=True, slots=True)
class ToldHistory:
    """A `MarketHistory` of one underlying and expiry; nothing is known before it was told.

    An option of which nothing was told yet has the volatility that was told last of any other.
    """

    number: int
    forwards: LastKnown[float]
    volatilities: Mapping[int, LastKnown[float]]
    any_volatility: LastKnown[float]
    settlements_e2: Mapping[int, int]
    scan: ScanRange = COIN_SCAN

    @classmethod
    def of(
        cls, listing: Listing, observations: Sequence[Observation], settlements_e2: Mapping[int, int]
    ) -> ToldHistory:
        """Of a listing that is not empty. Observations of other options tell of forwards and of `any_volatility`."""
        listed = {listing.instrument_of(one.series_id): one for one in listing.series()}
        told: dict[int, list[tuple[int, float]]] = {one.series_id: [] for one in listed.values()}
        of_any: list[tuple[int, float]] = []
        for one in observations:
            if one.volatility is not None:
                of_any.append((one.time_s, one.volatility))
                if one.instrument in listed:
                    told[listed[one.instrument].series_id].append((one.time_s, one.volatility))
        name = next(iter(listed)).underlying
        return cls(
            next(iter(listed.values())).underlying,
            LastKnown(name, ((one.time_s, one.forward) for one in observations)),
            {series_id: LastKnown(f"series {series_id}", timed) for series_id, timed in told.items()},
            LastKnown(name, of_any),
            dict(settlements_e2),
        )

    def market(self, time_s: int) -> Market:
        """Raises `NoQuoteKnown` before the first observation."""
        otherwise = _at(self.any_volatility, time_s, UNTOLD_VOLATILITY)
        volatilities = {series_id: _at(told, time_s, otherwise) for series_id, told in self.volatilities.items()}
        settled = {expiry_s: price for expiry_s, price in self.settlements_e2.items() if expiry_s <= time_s}
        told = UnderlyingMarket(self.forwards.at(time_s), volatilities, self.scan, settlements_e2=settled)
        return Market({self.number: told})


def _at(told: LastKnown[float], time_s: int, otherwise: float) -> float:
    try:
        found = told.at(time_s)
    except NoQuoteKnown:
        return otherwise
    return min(max(found, LOWEST_VOLATILITY), HIGHEST_VOLATILITY)
