"""What a message did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from rollup.batch_application import AppliedBatch
from rollup.errors import RollupError
from rollup.risk_table import RiskTable
from rollup.trace import Trace
from rollup.types.batches import Batch
from rollup.types.orders import SignedOperation
from rollup.types.transactions import Liquidation, Trade
from sequencer.matching.requests import Report

NOTHING: Final = Report()


@dataclass(frozen=True, slots=True)
class Origins:
    """Where a batch's transactions come from, each tuple in the order of the batch's section.

    Messages and trades are numbered from 1 as the venue took or made them, whatever batch they are in. Settlements are
    the venue's own. `queue_start` is the place of the first queue entry in L1's queue.
    """

    trade_numbers: tuple[int, ...] = ()
    trade_messages: tuple[int, ...] = ()
    operation_messages: tuple[int, ...] = ()
    liquidation_messages: tuple[int, ...] = ()
    queue_start: int = 0


@dataclass(frozen=True, slots=True)
class CutBatch:
    """A batch, applied to the venue's state, with all that its way to L1 needs.

    `trace` is there unless the venue was told that proofs of it exist already. `report_time_s` names the risk table on
    L1.
    """

    applied: AppliedBatch
    trace: Trace | None
    table: RiskTable
    report_time_s: int
    origins: Origins

    @property
    def batch(self) -> Batch:
        """What was applied."""
        return self.applied.outcome.batch

    @property
    def number(self) -> int:
        """From 1, without gaps."""
        return self.batch.number

    @property
    def time_s(self) -> int:
        """When it happened."""
        return self.batch.time_s

    @property
    def root(self) -> int:
        """Of the state after it."""
        return self.applied.roots.after


@dataclass(frozen=True, slots=True)
class Dropped:
    """Transactions that matching took and the rollup refuses, with all that belonged to them: they never happened.

    `error` says by which rule. `message` is the number of the message that made them.
    """

    message: int
    error: RollupError
    trade_numbers: tuple[int, ...] = ()
    trades: tuple[Trade, ...] = ()
    operations: tuple[SignedOperation, ...] = ()
    liquidations: tuple[Liquidation, ...] = ()

    @property
    def accounts(self) -> tuple[int, ...]:
        """Whom it concerns, by id."""
        legs = [signed for trade in self.trades for signed in (trade.maker, trade.taker)]
        legs += [one.liquidator for one in self.liquidations]
        owners = {signed.order.account for signed in legs} | {one.account for one in self.liquidations}
        return tuple(sorted(owners | {one.operation.account for one in self.operations}))


@dataclass(frozen=True, slots=True)
class Unliquidated:
    """An account below maintenance margin that no order of the books takes anything off.

    `missing_e6` is how far V[0] + 3 V[s] is below zero in the worst scenario. Every batch tries again.
    """

    account: int
    missing_e6: int


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A settled position that its account cannot pay for: a deposit or transfer of `missing_e6` settles it.

    Every batch tries again.
    """

    account: int
    series_id: int
    missing_e6: int


class Outcome(Struct, frozen=True):
    """What a message did: trades, liquidations and orders that left the books; and batches, in their order.

    `message` is its number, `first_trade` that of the first of the report's trades.
    """

    message: int
    report: Report = NOTHING
    first_trade: int = 0
    batches: tuple[CutBatch, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    unliquidated: tuple[Unliquidated, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
