"""Brings oracles together: collects readings, proposes the table, gathers signatures. It is trusted with nothing.

What it hands out carries a quorum's signatures; what it does wrong, oracles refuse, the venue refuses, and L1 refuses.
Where there is no quorum it says so by an error, and the last table grows old: no price is made up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from rollup.crypto import Crypto
from rollup.risk_table import RiskTable
from rollup.types.series import Series
from sequencer.l1.reports import report_message, report_of, settlement_message
from sequencer.messages import SetStress
from sequencer.oracles.committee import MOST_SPREAD_PPM, SignedReading, reading_message
from sequencer.oracles.errors import OracleError, QuorumMissing, SourceStale
from sequencer.oracles.medians import is_near, middle
from sequencer.oracles.node import NodeRules
from sequencer.oracles.proposals import Agreement, Proposal, agreement_of
from sequencer.oracles.refresh import RefreshPolicy
from sequencer.oracles.series_book import SeriesBook
from sequencer.oracles.settlements import SettledExpiry, SettlementBook
from sequencer.oracles.signed_table import SignedTable
from sequencer.oracles.stress_watch import StressWatch

T = TypeVar("T")


class Oracle(Protocol):
    """What the reporter asks of an oracle, wherever that runs."""

    @property
    def address(self) -> str:
        """The signer's."""
        ...

    def read(self, series: Sequence[Series], now_s: int) -> SignedReading:
        """Raises `OracleError`."""
        ...

    def sign(self, proposal: Proposal, now_s: int) -> bytes:
        """Raises `OracleError`."""
        ...

    def observe_expiry(self, underlying: int, expiry_s: int, now_s: int) -> tuple[int, bytes]:
        """Raises `OracleError`."""
        ...

    def accept_settlement(self, settled: SettledExpiry) -> None:
        """Raises `OracleError`."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """What one look at the oracles came to: a table if one was due, and stress that begins or ends.

    `unsettled` says for each expiry that has passed without a price why it has none yet.
    """

    table: SignedTable | None
    stress: SetStress | None
    unsettled: Mapping[tuple[int, int], OracleError]


class OracleReporter:
    """One for a venue; not for several threads at once."""

    def __init__(
        self,
        oracles: Sequence[Oracle],
        rules: NodeRules,
        book: SeriesBook,
        crypto: Crypto,
        policy: RefreshPolicy | None = None,
        watch: StressWatch | None = None,
    ) -> None:
        self._oracles = sorted(oracles, key=lambda oracle: int(oracle.address, 16))
        self._rules, self.book, self._crypto = rules, book, crypto
        self._policy, self._watch = policy or RefreshPolicy(), watch or StressWatch()
        self.settled = SettlementBook()
        self._waiting: list[SettledExpiry] = []
        self._known: list[SettledExpiry] = []
        self.last: SignedTable | None = None

    def step(self, now_s: int, held: Collection[int] | None = None) -> Step:
        """Settles what has expired, and makes a table if one is due. `held` are series that anybody holds, if known:
        then settled series that nobody holds are retired.

        Raises `QuorumMissing`, `PricesApart`, `ValueMissing` where there is no table that a quorum would sign.
        """
        unsettled = self._settle_all(now_s)
        if held is not None:
            self.book.retire_all(self._shown(), held)
        proposal, agreement = self._proposed(now_s)
        stress = self._watch.observe(now_s, agreement.underlyings)
        table = self._signed(proposal, agreement, now_s) if self._is_due(now_s, agreement) else None
        return Step(table, stress, unsettled)

    def report(self, now_s: int) -> SignedTable:
        """A table now, whether one is due or not. Raises as `step`."""
        proposal, agreement = self._proposed(now_s)
        return self._signed(proposal, agreement, now_s)

    def settle(self, underlying: int, expiry_s: int, now_s: int) -> SettledExpiry:
        """Settles one expiry by a quorum that saw nearly the same. Raises `QuorumMissing`."""
        committee, what = self._rules.committee, f"the price of underlying {underlying} at {expiry_s}"

        def observed(oracle: Oracle) -> tuple[int, bytes]:
            price_e2, signature = oracle.observe_expiry(underlying, expiry_s, now_s)
            committee.require_signer(oracle.address, settlement_message(underlying, expiry_s, price_e2), signature)
            return price_e2, signature

        seen = self._collect(what, observed)
        centre = middle(price_e2 for price_e2, _ in seen.values())
        # Half the spread on either side: then no two are further apart than the contract allows.
        half_ppm = min(self._rules.table.spreads.index_ppm, MOST_SPREAD_PPM) // 2
        near = {address: pair for address, pair in seen.items() if is_near(pair[0], centre, half_ppm)}
        if len(near) < committee.threshold:
            raise committee.lacking(what, list(near), {})
        observations = tuple(near[address] for address in sorted(near, key=lambda address: int(address, 16)))
        price_e2 = committee.settlement_price_e2(underlying, expiry_s, observations)
        settled = SettledExpiry(underlying, expiry_s, price_e2, observations)
        self.settled.accept(settled, committee)
        self._waiting.append(settled)
        self._known.append(settled)
        return settled

    def _proposed(self, now_s: int) -> tuple[Proposal, Agreement]:
        committee = self._rules.committee

        def read(oracle: Oracle) -> SignedReading:
            signed = oracle.read(self.book.series, now_s)
            committee.require_signer(oracle.address, reading_message(signed.reading), signed.signature)
            if signed.reading.time_s != now_s:
                raise SourceStale(oracle.address, 0, signed.reading.time_s, now_s)
            return signed

        readings = self._collect("the readings", read)
        proposal = Proposal(now_s, self.book.series, tuple(readings.values()), self.settled.prices)
        return proposal, agreement_of(proposal, self._rules.table, committee.threshold)

    def _shown(self) -> dict[tuple[int, int], int]:
        """Settlement prices that the last table had: no oracle signs a table without a row that was not settled."""
        rows = () if self.last is None else self.last.rows
        places = {(row.series.underlying, row.series.expiry_s) for row in rows if row.is_settled}
        return {place: price_e2 for place, price_e2 in self.settled.prices.items() if place in places}

    def _settle_all(self, now_s: int) -> dict[tuple[int, int], OracleError]:
        unsettled: dict[tuple[int, int], OracleError] = {}
        for underlying, expiry_s in self.settled.due(self.book.series, now_s):
            try:
                self.settle(underlying, expiry_s, now_s)
            except OracleError as error:
                unsettled[underlying, expiry_s] = error
        return unsettled

    def _tell(self, oracle: Oracle) -> None:
        """All settlement prices, again and again, for one that was away; those that it knows cost it nothing."""
        for settled in self._known:
            oracle.accept_settlement(settled)

    def _is_due(self, now_s: int, agreement: Agreement) -> bool:
        if self.last is None or self._waiting:
            return True
        if {row.series for row in self.last.rows} != set(self.book.series):
            return True
        return self._policy.is_due(self.last.time_s, self.last.spots, now_s, agreement.spots)

    def _signed(self, proposal: Proposal, agreement: Agreement, now_s: int) -> SignedTable:
        committee = self._rules.committee
        table = RiskTable(agreement.rows, self._rules.depth, self._crypto)
        report = report_of(table, proposal.time_s, agreement.spots)
        message = report_message(report)

        def signature_of(oracle: Oracle) -> bytes:
            self._tell(oracle)
            signature = oracle.sign(proposal, now_s)
            committee.require_signer(oracle.address, message, signature)
            return signature

        signatures = tuple(self._collect(f"the table of {proposal.time_s}", signature_of).values())
        committee.require_report(report, signatures)
        made = SignedTable(report, agreement.rows, agreement.spots, signatures, tuple(self._waiting))
        self._waiting, self.last = [], made
        return made

    def _collect(self, what: str, ask: Callable[[Oracle], T]) -> dict[str, T]:
        """What each oracle answers, by ascending address. Raises `QuorumMissing` if too few do."""
        answers: dict[str, T] = {}
        problems: dict[str, OracleError] = {}
        for oracle in self._oracles:
            try:
                answers[oracle.address] = ask(oracle)
            except OracleError as error:
                problems[oracle.address] = error
        if len(answers) < self._rules.committee.threshold:
            raise QuorumMissing(what, len(answers), self._rules.committee.threshold, problems)
        return answers
