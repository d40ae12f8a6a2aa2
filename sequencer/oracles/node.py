"""One oracle: reads its own sources, and signs what agrees with them. A bad reporter, or bad others, move it nowhere.

A quorum of k has at least one honest oracle if fewer than k are not. So what k sign lies within the spread of what an
honest one saw itself, whatever the others say and whatever they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rollup.crypto import Crypto
from rollup.risk_table import RiskTable
from rollup.types.series import Series, SeriesRow
from sequencer.l1.reports import report_message, report_of, settlement_message, sign_message
from sequencer.oracles.committee import Committee, SignedReading, reading_message, sign_reading
from sequencer.oracles.errors import (
    AlreadySettled,
    BeforeExpiry,
    OracleError,
    QuorumMissing,
    Refused,
)
from sequencer.oracles.medians import first_apart
from sequencer.oracles.proposals import Proposal, TableRules, agreement_of
from sequencer.oracles.readings import Reading, UnderlyingReading
from sequencer.oracles.settlements import SettledExpiry, SettlementBook
from sequencer.oracles.sources import PriceSource, SourceRules, read_expiry, read_sources

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount


@dataclass(frozen=True, slots=True)
class NodeRules:
    """All that the oracles of one deployment must have in common; `depth` is that of the risk table's tree."""

    committee: Committee
    sources: SourceRules
    table: TableRules
    depth: int


class OracleNode:
    """Keeps what it has signed: never two tables of one time, never one that is older than the last."""

    def __init__(self, account: LocalAccount, sources: Sequence[PriceSource], rules: NodeRules, crypto: Crypto) -> None:
        self._account, self._sources, self._rules, self._crypto = account, tuple(sources), rules, crypto
        self.settled = SettlementBook()
        self._own: Reading | None = None
        self._last: dict[int, dict[int, int]] = {}
        self._signed_rows: dict[int, SeriesRow] = {}
        self._signed_time_s = 0
        self._signed_root = 0

    @property
    def address(self) -> str:
        """The signer's."""
        return str(self._account.address)

    def read(self, series: Sequence[Series], now_s: int) -> SignedReading:
        """What its sources say now. Raises `TooFewSources`, `PricesApart`.

        A series that was valued once keeps its last volatility while no source says one.
        """
        found: dict[int, UnderlyingReading] = {}
        for number in sorted({one.underlying for one in series}):
            reading = read_sources(self._sources, self._rules.sources, number, series, now_s)
            known = self._last.setdefault(number, {})
            known.update(reading.volatilities_ppm)
            listed = {one.series_id for one in series if one.underlying == number}
            self._last[number] = {series_id: ppm for series_id, ppm in known.items() if series_id in listed}
            found[number] = replace(reading, volatilities_ppm=dict(self._last[number]))
        self._own = Reading(now_s, found)
        return sign_reading(self._account, self._rules.committee.domain, self._own)

    def sign(self, proposal: Proposal, now_s: int) -> bytes:
        """Its signature of the report of a proposal, if it is the one table that follows from honest readings.

        Raises `Refused` with the reason, and whatever `agreement_of` raises.
        """
        self._check_time(proposal.time_s, now_s)
        self._check_readings(proposal)
        self._check_settlements(proposal)
        agreement = agreement_of(proposal, self._rules.table, self._rules.committee.threshold)
        self._check_near_own(agreement.underlyings, proposal.time_s)
        self._check_rows(agreement.rows)
        table = RiskTable(agreement.rows, self._rules.depth, self._crypto)
        if proposal.time_s == self._signed_time_s and table.root != self._signed_root:
            raise self._refused(f"it signed another table of {proposal.time_s}")
        self._signed_time_s, self._signed_root = proposal.time_s, table.root
        self._signed_rows = {row.series.series_id: row for row in agreement.rows}
        report = report_of(table, proposal.time_s, agreement.spots)
        return sign_message(self._account, self._rules.committee.domain, report_message(report))

    def observe_expiry(self, underlying: int, expiry_s: int, now_s: int) -> tuple[int, bytes]:
        """The price at an expiry as its sources know it, in `_e2`, signed.

        Raises `BeforeExpiry`, `AlreadySettled`, `TooFewSources`, `PricesApart`.
        """
        if now_s < expiry_s:
            raise BeforeExpiry(underlying, expiry_s, now_s)
        known = self.settled.price_e2(underlying, expiry_s)
        if known is not None:
            raise AlreadySettled(underlying, expiry_s, known)
        price_e2 = read_expiry(self._sources, self._rules.sources, underlying, expiry_s, now_s)
        message = settlement_message(underlying, expiry_s, price_e2)
        return price_e2, sign_message(self._account, self._rules.committee.domain, message)

    def accept_settlement(self, settled: SettledExpiry) -> None:
        """Takes a settlement price that a quorum signed. Raises `AlreadySettled`, `BadSignature`, `QuorumMissing`."""
        self.settled.accept(settled, self._rules.committee)

    def _check_time(self, time_s: int, now_s: int) -> None:
        rules = self._rules.sources
        if time_s - now_s > rules.ahead_s or now_s - time_s > rules.age_s:
            raise self._refused(f"it is {now_s}, and the table is of {time_s}")
        if time_s < self._signed_time_s:
            raise self._refused(f"it signed a table of {self._signed_time_s}, and this is of {time_s}")

    def _check_readings(self, proposal: Proposal) -> None:
        committee, rules = self._rules.committee, self._rules.sources
        signers = [
            committee.signer(reading_message(signed.reading), signed.signature, "a reading")
            for signed in proposal.readings
        ]
        if len(set(signers)) != len(signers):
            raise self._refused("an oracle's reading is there twice")
        if len(signers) < committee.threshold:
            raise QuorumMissing("the readings", len(signers), committee.threshold, {})
        for signed in proposal.readings:
            if abs(signed.reading.time_s - proposal.time_s) > rules.age_s:
                raise self._refused(f"a reading is of {signed.reading.time_s}, the table of {proposal.time_s}")

    def _check_settlements(self, proposal: Proposal) -> None:
        if proposal.settlements != self.settled.prices:
            raise self._refused("it knows other settlement prices")

    def _check_near_own(self, underlyings: Mapping[int, UnderlyingReading], time_s: int) -> None:
        if self._own is None or abs(self._own.time_s - time_s) > self._rules.sources.age_s:
            raise self._refused("it has read nothing itself lately")
        for number, agreed in underlyings.items():
            own = self._own.underlyings.get(number)
            if own is None:
                raise self._refused(f"it knows no underlying {number}")
            apart = first_apart(own, agreed, f"underlying {number}", self._rules.table.spreads)
            if apart is not None:
                raise self._refused(str(apart))

    def _check_rows(self, rows: Sequence[SeriesRow]) -> None:
        """No series changes, none is dropped before it is settled, and what is settled says the same for ever."""
        new = {row.series.series_id: row for row in rows}
        for series_id, before in self._signed_rows.items():
            row = new.get(series_id)
            if row is None and not before.is_settled:
                raise self._refused(f"series {series_id} is not settled and must keep its row")
            if row is not None and (row.series != before.series or (before.is_settled and row != before)):
                raise self._refused(f"series {series_id} is another than it was")

    def _refused(self, why: str) -> OracleError:
        return Refused(self.address, why)
