"""Trades and operations that were accepted, and the batches that they came into."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import Final, TypeAlias

from rollup.types.batches import Batch
from rollup.types.orders import SignedOperation
from rollup.types.transactions import Liquidation, Trade
from sequencer.api.projection.changes import Changes
from sequencer.api.projection.records import (
    OperationRecord,
    OrderKey,
    TradeKind,
    TradeRecord,
    operation_id,
    order_key,
)

KEPT: Final = 100_000
KEPT_OF_A_SERIES: Final = 1_000

Place: TypeAlias = tuple[OrderKey, OrderKey | int, int, int]
"""What tells a fill from others in a batch: both sides, price and size. Equal ones may take each other's place."""


class Fills:
    """By id and by series, the newest last. The oldest are forgotten: their batches remain on L1."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._trades: OrderedDict[str, TradeRecord] = OrderedDict()
        self._of_series: dict[int, deque[TradeRecord]] = {}
        self._numbers: dict[int, int] = {}
        self._waiting: dict[Place, deque[TradeRecord]] = {}
        self._operations: OrderedDict[str, OperationRecord] = OrderedDict()
        self._waiting_operations: dict[str, OperationRecord] = {}

    def trade(self, trade_id: str) -> TradeRecord | None:
        """One of those that are kept."""
        return self._trades.get(trade_id)

    def operation(self, name: str) -> OperationRecord | None:
        """One of those that are kept."""
        return self._operations.get(name)

    def of_series(self, series_id: int) -> deque[TradeRecord]:
        """Oldest first."""
        return self._of_series.get(series_id, deque())

    def add_trade(self, changes: Changes, index: int, trade: Trade, kind: TradeKind) -> TradeRecord:
        """A fill of two orders."""
        maker, taker = order_key(trade.maker), order_key(trade.taker)
        series_id = trade.maker.order.series_id
        return self._add(
            (maker, taker, trade.price_e2, trade.size_e4),
            TradeRecord(
                f"{changes.sequence}-{index}",
                series_id,
                self._next(series_id),
                kind,
                trade.price_e2,
                trade.size_e4,
                changes.time_ms,
                changes.sequence,
                trade.taker.order.is_buy,
                maker,
                taker,
            ),
            changes,
        )

    def add_liquidation(self, changes: Changes, index: int, made: Liquidation) -> TradeRecord:
        """A fill of an order against an account in distress."""
        order = made.liquidator.order
        maker = order_key(made.liquidator)
        return self._add(
            (maker, made.account, made.price_e2, made.size_e4),
            TradeRecord(
                f"{changes.sequence}-{index}",
                order.series_id,
                self._next(order.series_id),
                TradeKind.LIQUIDATION,
                made.price_e2,
                made.size_e4,
                changes.time_ms,
                changes.sequence,
                not order.is_buy,
                maker,
                None,
                made.account,
            ),
            changes,
        )

    def add_operation(self, changes: Changes, signed: SignedOperation) -> None:
        """A cancel, transfer or withdrawal."""
        record = OperationRecord(operation_id(signed), signed, changes.sequence, changes.time_ms)
        self._operations[record.operation_id] = self._waiting_operations[record.operation_id] = record
        _forget(self._operations, self._kept)
        changes.operations.append(record)
        changes.accounts.update({signed.operation.account, signed.operation.to} - {0})

    def batched(self, batch: Batch) -> list[TradeRecord]:
        """Which fills came into a batch."""
        found = [*self._taken(batch.trades), *self._taken(batch.liquidations)]
        for record in found:
            record.batch = batch.number
        for signed in batch.operations:
            operation = self._waiting_operations.pop(operation_id(signed), None)
            if operation is not None:
                operation.batch = batch.number
        return found

    def take_back(
        self, trades: Iterable[Trade], liquidations: Iterable[Liquidation], operations: Iterable[SignedOperation]
    ) -> list[TradeRecord]:
        """Fills that will not be: nobody is shown them as trades any more."""
        found = [*self._taken(trades), *self._taken(liquidations)]
        for record in found:
            record.is_taken_back = True
            if record in (series := self._of_series[record.series_id]):
                series.remove(record)
        for signed in operations:
            operation = self._waiting_operations.pop(operation_id(signed), None)
            if operation is not None:
                operation.is_taken_back = True
        return found

    def _taken(self, made: Iterable[Trade | Liquidation]) -> list[TradeRecord]:
        found = []
        for one in made:
            place = _place(one)
            waiting = self._waiting.get(place)
            if waiting:
                found.append(waiting.popleft())
                if not waiting:
                    del self._waiting[place]
        return found

    def _add(self, place: Place, record: TradeRecord, changes: Changes) -> TradeRecord:
        self._trades[record.trade_id] = record
        _forget(self._trades, self._kept)
        series = self._of_series.setdefault(record.series_id, deque(maxlen=KEPT_OF_A_SERIES))
        series.append(record)
        self._waiting.setdefault(place, deque()).append(record)
        changes.trades.append(record)
        changes.accounts.update(record.accounts)
        return record

    def _next(self, series_id: int) -> int:
        number = self._numbers[series_id] = self._numbers.get(series_id, 0) + 1
        return number


def _place(made: Trade | Liquidation) -> Place:
    if isinstance(made, Trade):
        return order_key(made.maker), order_key(made.taker), made.price_e2, made.size_e4
    return order_key(made.liquidator), made.account, made.price_e2, made.size_e4


def _forget(records: OrderedDict[str, TradeRecord] | OrderedDict[str, OperationRecord], kept: int) -> None:
    while len(records) > kept:
        records.popitem(last=False)
