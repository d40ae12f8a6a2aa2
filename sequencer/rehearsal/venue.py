"""A rollup on a local chain with traders, oracles and an operator: real contracts, real proofs, real signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.batches import Batch
from rollup.types.orders import Operation, Order, SignedOperation, SignedOrder
from rollup.types.series import Series, SeriesRow
from rollup.types.transactions import Trade
from sequencer.api.signer import Signer
from sequencer.l1.anvil_program import AnvilOptions
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.bindings.structs import Spot
from sequencer.l1.bindings.test_dollar import TestDollar
from sequencer.l1.client import Chain
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.log_reader import HistoryReader
from sequencer.l1.operator import CommittedBatch, Operator
from sequencer.l1.reports import OracleDomain, report_of, sign_report
from sequencer.l1.sending import Sender
from sequencer.node.local import LocalKeys, LocalRollup, LocalTrader, deployed_rollup
from sequencer.rehearsal.market import UNDERLYING, listed_series, rows_of
from sequencer.rehearsal.workshop import Workshop

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

CONTRACT_E4: Final = 10_000
DEPOSIT_E6: Final = 10_000 * 10**6
SPOT_E2: Final = 10_000
MOST_SERIES: Final = 8


@dataclass(slots=True)
class RehearsalVenue:
    """A local rollup, and all who have to do with it."""

    rollup: LocalRollup
    operator: Operator
    operator_sender: Sender
    reader: HistoryReader
    workshop: Workshop
    traders: list[LocalTrader] = field(default_factory=list)
    nonces: dict[tuple[int, int], int] = field(default_factory=dict)
    series: tuple[Series, ...] = ()
    table: RiskTable | None = None
    report_time_s: int = 0

    @property
    def chain(self) -> Chain:
        """Where it stands."""
        return self.rollup.chain

    @property
    def deployment(self) -> RollupDeployment:
        """Its contracts, sizes and domain."""
        return self.rollup.deployment

    @property
    def preset(self) -> Preset:
        """Sizes of its batches."""
        return self.rollup.preset

    @property
    def house(self) -> ClearingHouse:
        """The clearing house."""
        return self.rollup.house

    @property
    def oracle(self) -> Oracle:
        """The oracle."""
        return self.rollup.oracle

    @property
    def dollar(self) -> TestDollar:
        """The test dollar."""
        return self.rollup.dollar

    def sender(self, account: LocalAccount) -> Sender:
        """Sends transactions of an account."""
        return Sender(self.chain, account)

    def now_s(self) -> int:
        """The time of the latest block."""
        return self.rollup.now_s()

    def wait(self, seconds: int) -> None:
        """Lets time pass on the chain."""
        self.rollup.running.rpc("evm_increaseTime", seconds)
        self.rollup.running.rpc("evm_mine")

    def new_trader(self, deposit_e6: int = DEPOSIT_E6) -> LocalTrader:
        """Registers from an Ethereum key of its own, with ether and dollars out of nothing."""
        trader = self.rollup.register(len(self.traders), deposit_e6)
        self.traders.append(trader)
        return trader

    def list_series(self, count: int, lifetime_s: int = 86_400) -> None:
        """Lists series of one expiry."""
        self.series = listed_series(count, self.now_s() + lifetime_s)

    def rows(self, shift_e2: int = 0, settled_at_e2: int | None = None) -> list[SeriesRow]:
        """All series a little around their marks; or settled, if there is a price for it."""
        return rows_of(self.series, shift_e2, settled_at_e2)

    def report(self, rows: Sequence[SeriesRow] | None = None, *, spot_e2: int = 10_000) -> RiskTable:
        """The oracles sign a table of now, and it is put on L1."""
        self.wait(1)
        time_s = self.now_s()
        table = RiskTable(self.rows() if rows is None else rows, self.preset.series_depth, self.workshop.crypto)
        report = report_of(table, time_s, {UNDERLYING: spot_e2})
        domain = OracleDomain(self.chain.chain_id, self.deployment.oracle)
        self.operator_sender.send(
            self.oracle.report(
                report.time_s,
                report.risk_root,
                [Spot(underlying, price_e2) for underlying, price_e2 in report.spot_pairs],
                report.rows,
                sign_report(self.rollup.oracles, domain, report),
            )
        )
        self.table, self.report_time_s = table, time_s
        return table

    def order(self, trader: LocalTrader, series_id: int, price_e2: int, size_e4: int, *, is_buy: bool) -> SignedOrder:
        """A signed order under the next nonce of the trader's first slot."""
        order = Order(
            trader.account,
            series_id,
            is_buy,
            price_e2,
            size_e4,
            max_fee_ppm=1_000,
            expiry_s=self.now_s() + 86_400,
            slot=0,
            nonce=self._nonce(trader.account, 0),
        )
        return self._signer(trader).sign_order(order)

    def trade(
        self, buyer: LocalTrader, seller: LocalTrader, place: int, price_e2: int, size_e4: int = CONTRACT_E4
    ) -> Trade:
        """Of the series in a place, kept in the position slot of that number."""
        series_id = self.series[place].series_id
        bought = self.order(buyer, series_id, price_e2, size_e4, is_buy=True)
        sold = self.order(seller, series_id, price_e2, size_e4, is_buy=False)
        return Trade(bought, sold, price_e2, size_e4, place, place)

    def operation(self, trader: LocalTrader, operation: Operation) -> SignedOperation:
        """Signed by the trader."""
        return self._signer(trader).sign_operation(operation)

    def batch(self, **sections: Any) -> Batch:
        """The next batch with the next entries of the queue."""
        history = self.reader.update()
        queue = tuple(history.open_entries(self.preset.queue))
        batch = Batch(
            number=self.operator.last.number + 1,
            time_s=self.now_s(),
            domain=self.deployment.domain,
            maker_fee_ppm=300,
            taker_fee_ppm=500,
            queue=queue,
        )
        return replace(batch, **sections)

    def commit(self, **sections: Any) -> CommittedBatch:
        """Commits the next batch, judged by the last table. Raises `RuntimeError` before the first."""
        return self.operator.commit(self.batch(**sections), *self.reported())

    def reported(self) -> tuple[RiskTable, int]:
        """The last table, and when it was reported. Raises `RuntimeError` before the first."""
        if self.table is None:
            raise RuntimeError("report a table first")
        return self.table, self.report_time_s

    def settle_queue(self) -> int:
        """Batches that serve all that waits; how many."""
        count = 0
        while self.reader.update().open_entries(1):
            self.commit()
            self.operator.prove()
            count += 1
        return count

    def _signer(self, trader: LocalTrader) -> Signer:
        return Signer(trader.account, trader.secret, self.deployment.domain, self.workshop.crypto)

    def _nonce(self, account: int, slot: int) -> int:
        self.nonces[account, slot] = self.nonces.get((account, slot), 0) + 1
        return self.nonces[account, slot]


@contextmanager
def rehearsal_venue(
    workshop: Workshop,
    *,
    options: AnvilOptions | None = None,
    preset: Preset | None = None,
) -> Iterator[RehearsalVenue]:
    """A fresh chain with a fresh rollup, and a first risk table. About five seconds.

    Batches of another `preset` than the workshop's can be committed there, not proven.
    """
    chosen = preset or workshop.preset
    keys = LocalKeys(
        workshop.batches.verification_key, workshop.exits.verification_key, workshop.kernels, workshop.crypto
    )
    with deployed_rollup(chosen, keys, options=options) as rollup:
        sender, state = Sender(rollup.chain, rollup.operator), State(chosen.account_depth, workshop.crypto)
        prover = workshop.batches if chosen == workshop.preset else None
        operator = Operator(sender, rollup.house, chosen, state, prover)
        reader = HistoryReader(rollup.chain, rollup.deployment)
        venue = RehearsalVenue(rollup, operator, sender, reader, workshop)
        venue.list_series(min(chosen.series, MOST_SERIES))
        venue.report()
        yield venue
