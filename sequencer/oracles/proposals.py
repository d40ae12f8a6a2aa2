"""A table to be signed, with all that it is made of: whoever has the same readings makes the same table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rollup.risk.scenarios import ScanRange
from rollup.risk.table import Market, UnderlyingMarket, risk_table
from rollup.types.series import Series, SeriesRow
from sequencer.oracles.committee import SignedReading
from sequencer.oracles.errors import QuorumMissing, ValueMissing
from sequencer.oracles.medians import MILLION, Spreads, agreed
from sequencer.oracles.readings import UnderlyingReading

CENTS: Final = 100
Settlements = Mapping[tuple[int, int], int]
"""Settlement prices in `_e2`, by (underlying, expiry_s)."""


@dataclass(frozen=True, slots=True)
class TableRules:
    """How readings become rows: the scenarios' ranges by underlying, and how far oracles may be apart."""

    scans: Mapping[int, ScanRange]
    spreads: Spreads


@dataclass(frozen=True, slots=True)
class Proposal:
    """At `time_s`, for these series, from these readings and settlement prices."""

    time_s: int
    series: tuple[Series, ...]
    readings: tuple[SignedReading, ...]
    settlements: Settlements


@dataclass(frozen=True)
class Agreement:
    """What a proposal comes to: the middle of all readings by underlying, rows in the order of ids, prices."""

    underlyings: Mapping[int, UnderlyingReading]
    market: Market
    series: tuple[Series, ...]
    time_s: int

    @cached_property
    def rows(self) -> tuple[SeriesRow, ...]:
        """Half of what a look costs, and wanted only when a table is due. Raises as `risk_table`."""
        return risk_table(self.series, self.market, self.time_s)

    @property
    def spots(self) -> dict[int, int]:
        """Prices in `_e2` by underlying."""
        return {number: reading.index_e2 for number, reading in sorted(self.underlyings.items())}


def agreement_of(proposal: Proposal, rules: TableRules, threshold: int) -> Agreement:
    """The one table that follows. Raises `QuorumMissing`, `PricesApart`, `ValueMissing`.

    Of each number at least `threshold` readings must lie near the middle one; those that do not are left out.
    """
    said: dict[int, list[UnderlyingReading]] = {}
    for signed in proposal.readings:
        for number, reading in signed.reading.underlyings.items():
            said.setdefault(number, []).append(reading)
    underlyings: dict[int, UnderlyingReading] = {}
    for number, readings in sorted(said.items()):
        if len(readings) < threshold:
            raise QuorumMissing(f"the price of underlying {number}", len(readings), threshold, {})
        underlyings[number] = agreed(readings, f"underlying {number}", rules.spreads, threshold)
    series = tuple(sorted(proposal.series, key=lambda one: one.series_id))
    _check_valued(series, underlyings, proposal)
    return Agreement(underlyings, _market(underlyings, proposal, rules), series, proposal.time_s)


def _check_valued(series: Sequence[Series], underlyings: Mapping[int, UnderlyingReading], proposal: Proposal) -> None:
    for one in series:
        reading = underlyings.get(one.underlying)
        if reading is None:
            raise ValueMissing(f"price of underlying {one.underlying}")
        if one.expiry_s > proposal.time_s and one.series_id not in reading.volatilities_ppm:
            raise ValueMissing(f"volatility of series {one.series_id}")


def _market(underlyings: Mapping[int, UnderlyingReading], proposal: Proposal, rules: TableRules) -> Market:
    made = {}
    for number, reading in underlyings.items():
        scan = rules.scans.get(number)
        if scan is None:
            raise ValueMissing(f"scan range of underlying {number}")
        made[number] = UnderlyingMarket(
            reading.index_e2 / CENTS,
            {series_id: ppm / MILLION for series_id, ppm in reading.volatilities_ppm.items()},
            scan,
            {expiry_s: forward_e2 / CENTS for expiry_s, forward_e2 in reading.forwards_e2.items()},
            {expiry_s: price for (of, expiry_s), price in proposal.settlements.items() if of == number},
        )
    return Market(made)
