"""A rollup on a local chain with traders, oracles and an operator: real contracts, real proofs, real signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from rollup.crypto import hash_one
from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.batches import Batch
from rollup.types.orders import Operation, Order, SignedOperation, SignedOrder, operation_message_inputs
from rollup.types.series import Series, SeriesRow
from rollup.types.transactions import Trade
from sequencer.l1.accounts import account_from_key, development_account
from sequencer.l1.anvil import RunningChain, running_anvil
from sequencer.l1.anvil_program import AnvilOptions
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.bindings.structs import Spot, Terms
from sequencer.l1.bindings.test_dollar import TestDollar
from sequencer.l1.client import Chain
from sequencer.l1.deploying import Plan, Report, deploy
from sequencer.l1.deployment import STANDARD_REPORT_DELAY_S, STANDARD_TERMS, RollupDeployment
from sequencer.l1.log_reader import HistoryReader
from sequencer.l1.operator import CommittedBatch, Operator
from sequencer.l1.reports import OracleDomain, report_of, sign_report
from sequencer.l1.sending import Sender
from sequencer.rehearsal.market import UNDERLYING, Trader, listed_series, rows_of
from sequencer.rehearsal.workshop import Workshop

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

CONTRACT_E4: Final = 10_000
DEPOSIT_E6: Final = 10_000 * 10**6
ORACLES: Final = (7, 8, 9)
THRESHOLD: Final = 2
FIRST_TRADER: Final = 2
SPOT_E2: Final = 10_000
MOST_SERIES: Final = 8


@dataclass(slots=True)
class RehearsalVenue:
    """Everything that stands on one chain."""

    running: RunningChain
    deployment: RollupDeployment
    operator: Operator
    operator_sender: Sender
    reader: HistoryReader
    workshop: Workshop
    traders: list[Trader] = field(default_factory=list)
    nonces: dict[tuple[int, int], int] = field(default_factory=dict)
    series: tuple[Series, ...] = ()
    table: RiskTable | None = None
    report_time_s: int = 0

    @property
    def chain(self) -> Chain:
        """Where it stands."""
        return self.operator_sender.chain

    @property
    def preset(self) -> Preset:
        """Sizes of its batches."""
        return self.deployment.preset

    @property
    def house(self) -> ClearingHouse:
        """The clearing house."""
        return ClearingHouse(self.chain, self.deployment.clearing_house)

    @property
    def oracle(self) -> Oracle:
        """The oracle."""
        return Oracle(self.chain, self.deployment.oracle)

    @property
    def dollar(self) -> TestDollar:
        """The test dollar."""
        return TestDollar(self.chain, self.deployment.dollar)

    def sender(self, account: LocalAccount) -> Sender:
        """Sends transactions of an account."""
        return Sender(self.chain, account)

    def now_s(self) -> int:
        """The time of the latest block."""
        return self.chain.block_time_s()

    def wait(self, seconds: int) -> None:
        """Lets time pass on the chain."""
        self.running.rpc("evm_increaseTime", seconds)
        self.running.rpc("evm_mine")

    def new_trader(self, deposit_e6: int = DEPOSIT_E6) -> Trader:
        """Registers from an Ethereum key of its own, with ether and dollars out of nothing."""
        number = len(self.traders)
        ethereum = account_from_key((0xA11CE + number).to_bytes(32, "big"))
        secret = (0xB0B + number).to_bytes(32, "big")
        self.running.rpc("anvil_setBalance", ethereum.address, hex(10**20))
        sender = self.sender(ethereum)
        sender.send(self.dollar.mint(ethereum.address, deposit_e6))
        sender.send(self.dollar.approve(self.house.address, (1 << 256) - 1))
        trader = Trader(ethereum, secret, FIRST_TRADER + number)
        sender.send(self.house.register(deposit_e6, *self.workshop.crypto.public_key(secret)))
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
        signers = [development_account(i) for i in ORACLES]
        domain = OracleDomain(self.chain.chain_id, self.deployment.oracle)
        self.operator_sender.send(
            self.oracle.report(
                report.time_s,
                report.risk_root,
                [Spot(underlying, price_e2) for underlying, price_e2 in report.spot_pairs],
                report.rows,
                sign_report(signers, domain, report),
            )
        )
        self.table, self.report_time_s = table, time_s
        return table

    def order(self, trader: Trader, series_id: int, price_e2: int, size_e4: int, *, is_buy: bool) -> SignedOrder:
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
        message = hash_one(self.workshop.crypto, order.message_inputs(self.deployment.domain))
        return SignedOrder(order, self.workshop.crypto.sign(trader.secret, message))

    def trade(self, buyer: Trader, seller: Trader, place: int, price_e2: int, size_e4: int = CONTRACT_E4) -> Trade:
        """Of the series in a place, kept in the position slot of that number."""
        series_id = self.series[place].series_id
        bought = self.order(buyer, series_id, price_e2, size_e4, is_buy=True)
        sold = self.order(seller, series_id, price_e2, size_e4, is_buy=False)
        return Trade(bought, sold, price_e2, size_e4, place, place)

    def operation(self, trader: Trader, operation: Operation) -> SignedOperation:
        """Signed by the trader."""
        message = hash_one(self.workshop.crypto, operation_message_inputs(operation, self.deployment.domain))
        return SignedOperation(operation, self.workshop.crypto.sign(trader.secret, message))

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

    def _nonce(self, account: int, slot: int) -> int:
        self.nonces[account, slot] = self.nonces.get((account, slot), 0) + 1
        return self.nonces[account, slot]


@contextmanager
def rehearsal_venue(
    workshop: Workshop,
    *,
    terms: Terms = STANDARD_TERMS,
    report_delay_s: int = STANDARD_REPORT_DELAY_S,
    options: AnvilOptions | None = None,
    report: Report | None = None,
    preset: Preset | None = None,
) -> Iterator[RehearsalVenue]:
    """A fresh chain with a fresh rollup, and a first risk table. About five seconds.

    Batches of another `preset` than the workshop's can be committed there, not proven.
    """
    chosen = preset or workshop.preset
    with running_anvil(options) as running:
        chain = Chain(running.url)
        sender = Sender(chain, development_account(0))
        plan = Plan(
            chosen,
            [development_account(i).address for i in ORACLES],
            THRESHOLD,
            sender.address,
            terms=terms,
            report_delay_s=report_delay_s,
            fee_owner=sender.address,
            is_local=True,
        )
        keys = workshop.batches.verification_key, workshop.exits.verification_key
        deployment = deploy(sender, plan, *keys, workshop.crypto, kernels=workshop.kernels, report=report)
        state = State(chosen.account_depth, workshop.crypto)
        house = ClearingHouse(chain, deployment.clearing_house)
        prover = workshop.batches if chosen == workshop.preset else None
        operator = Operator(sender, house, chosen, state, prover)
        venue = RehearsalVenue(running, deployment, operator, sender, HistoryReader(chain, deployment), workshop)
        venue.list_series(min(chosen.series, MOST_SERIES))
        venue.report()
        yield venue
