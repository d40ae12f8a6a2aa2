"""Whole nodes on a chain of their own: real contracts, real provers in other processes, real signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from rollup.presets import TINY, Preset
from rollup.risk_table import RiskTable
from rollup.types.orders import Operation, Order
from rollup.types.series import Series
from sequencer.api.signer import Signer
from sequencer.l1.chain_clock import ChainClock
from sequencer.l1.reports import OracleDomain, report_of, sign_report
from sequencer.matching import OrderRequest, TimeInForce
from sequencer.messages import NewTable, Operate, PlaceOrder
from sequencer.node.assembly import NodePlan, development_provers, running_node
from sequencer.node.batching import BatchPolicy
from sequencer.node.local import THRESHOLD, LocalRollup, LocalTrader, local_rollup
from sequencer.node.node import Node
from sequencer.rehearsal.market import UNDERLYING, listed_series, rows_of
from sequencer.submitter.policy import SubmitterPolicy
from tests.support.kernels import fastest

DEPOSIT_E6 = 10_000 * 10**6
PRICE_E2, CONTRACT_E4 = 500, 10_000
PATIENCE_S = 120.0
QUICK = BatchPolicy(shortest_wait_s=0.1, longest_wait_s=1.0, tick_s=1.0)


def until(holds: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Waits. Raises `AssertionError` when it takes too long."""
    deadline = monotonic() + patience_s
    while not holds():
        assert monotonic() < deadline, f"it took too long until {what}"
        sleep(0.05)


@dataclass
class Stand:
    """A rollup, its traders, and the plan of its node; the node itself may come and go."""

    rollup: LocalRollup
    plan: NodePlan
    traders: list[LocalTrader] = field(default_factory=list)
    nonces: dict[tuple[int, int], int] = field(default_factory=dict)
    series: tuple[Series, ...] = ()

    def register(self, count: int) -> None:
        """So many more traders."""
        for _ in range(count):
            self.traders.append(self.rollup.register(len(self.traders), DEPOSIT_E6))

    def report(self, node: Node, shift_e2: int = 0) -> None:
        """A table of now, signed by the oracles, kept for L1 and in force."""
        self.rollup.set_time(self.rollup.now_s() + 1)
        time_s = self.rollup.now_s()
        if not self.series:
            self.series = listed_series(min(8, self.rollup.preset.series), time_s + 86_400)
        rows = rows_of(self.series, shift_e2)
        table = RiskTable(rows, self.rollup.preset.series_depth, self.rollup.crypto)
        report = report_of(table, time_s, {UNDERLYING: 10_000})
        domain = OracleDomain(self.rollup.chain.chain_id, self.rollup.deployment.oracle)
        signatures = sign_report(self.rollup.oracles[:THRESHOLD], domain, report)
        node.take_table(report, NewTable(time_s, tuple(rows), tuple(report.spot_pairs)), signatures)

    def order(self, trader: LocalTrader, *, is_buy: bool, series: int = 0, slot: int = 0, **changes: Any) -> PlaceOrder:
        """Signed, under the next nonce of its slot."""
        nonce = self.nonces[trader.account, slot] = self.nonces.get((trader.account, slot), 0) + 1
        fields = {"limit_price_e2": PRICE_E2, "size_e4": CONTRACT_E4, "max_fee_ppm": 1_000, **changes}
        order = Order(
            trader.account,
            self.series[series].series_id,
            is_buy,
            expiry_s=self.rollup.now_s() + 80_000,
            slot=slot,
            nonce=nonce,
            **fields,
        )
        return PlaceOrder(OrderRequest(self.signer(trader).sign_order(order), TimeInForce.GOOD_TILL_EXPIRY))

    def operation(self, trader: LocalTrader, operation: Operation) -> Operate:
        """Signed by the trader."""
        return Operate(self.signer(trader).sign_operation(operation))

    def signer(self, trader: LocalTrader) -> Signer:
        """Of the trader's key."""
        return Signer(trader.account, trader.secret, self.rollup.deployment.domain, self.rollup.crypto)

    @contextmanager
    def node(self) -> Iterator[Node]:
        """Runs the node, for the first time or again."""
        with running_node(self.plan, self.rollup.kernels) as node:
            yield node


@contextmanager
def stand(folder: Path, preset: Preset = TINY, **changes: Any) -> Iterator[Stand]:
    """A rollup with nobody on it."""
    kernels, keys = fastest(), folder / "keys"
    with local_rollup(preset, kernels, keys=keys) as rollup:
        plan = NodePlan(
            folder / "node",
            rollup.deployment,
            rollup.operator,
            (rollup.chain.url,),
            development_provers(preset, kernels, keys=keys),
            batches=QUICK,
            submitter=SubmitterPolicy(confirmations=0, proof_patience_s=5.0),
            underlyings={UNDERLYING: "BTC"},
            poll_s=0.1,
            is_local=True,
            clock=ChainClock(rollup.chain.url),
        )
        yield Stand(rollup, replace(plan, **changes))
