"""Rows of the sections that come from transactions: queue entries, trades, operations, liquidations, settlements."""

from __future__ import annotations

from circuits.settlement.liquidations import LIQUIDATION
from circuits.settlement.operations import OPERATION
from circuits.settlement.queue import QUEUE_ENTRY
from circuits.settlement.settlements import SETTLEMENT
from circuits.settlement.signing import PADDING_EXPIRY_S, order_row, padding_operation, padding_order, signature_columns
from circuits.settlement.traced import NO_KEY, Traced, limit_e6, padded
from circuits.settlement.trades import TRADE
from rollup.trace import Trace
from rollup.types.orders import Cancel, SignedOperation, SignedOrder, Transfer, Withdrawal
from rollup.types.transactions import (
    Deposit,
    ForcedCloseOut,
    ForcedWithdrawal,
    Liquidation,
    QueueEntry,
    Registration,
    Settlement,
    Trade,
)


class TransactionRows(Traced):
    """Fills sections. Slot changes come in the order of fills: trades, operations, liquidations."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(trace)
        self._changes = iter(self.outcome.slot_changes)

    def sections(self) -> dict[str, list[list[int]]]:
        """All of them, padded."""
        preset, batch = self.preset, self.batch
        trades = [self._trade(trade) for trade in batch.trades]
        operations = [self._operation(signed) for signed in batch.operations]
        liquidations = [self._liquidation(one) for one in batch.liquidations]
        settlements = [self._settlement(one) for one in batch.settlements]
        queue = [self._entry(one) for one in batch.queue]
        return {
            "queue": padded(queue, [0] * QUEUE_ENTRY.size, preset.queue),
            "trades": padded(trades, self._no_trade(), preset.trades),
            "operations": padded(operations, OPERATION.write(padding_operation(batch.domain)), preset.operations),
            "liquidations": padded(liquidations, self._no_liquidation(), preset.liquidations),
            "settlements": padded(settlements, [0] * SETTLEMENT.size, preset.settlements),
        }

    def _entry(self, entry: QueueEntry) -> list[int]:
        forced = isinstance(entry, ForcedWithdrawal)
        return QUEUE_ENTRY.write(
            {
                "is_registration": isinstance(entry, Registration),
                "is_deposit": isinstance(entry, Deposit),
                "is_forced_withdrawal": forced,
                "is_close_out": isinstance(entry, ForcedCloseOut),
                "position_slot": entry.position_slot if isinstance(entry, ForcedCloseOut) else 0,
                "series_id": entry.series_id if isinstance(entry, ForcedCloseOut) else 0,
                "account": entry.account,
                "amount_e6": 0 if isinstance(entry, ForcedCloseOut) else entry.amount_e6,
                "key": entry.key if isinstance(entry, Registration) else NO_KEY,
                "limit_e6": limit_e6(self.touched[entry.account]) if forced else 0,
            }
        )

    def _trade(self, trade: Trade) -> list[int]:
        maker = trade.maker.order
        return TRADE.write(
            {
                "price_e2": trade.price_e2,
                "size_e4": trade.size_e4,
                "series_id": maker.series_id,
                "maker_is_buy": maker.is_buy,
                "maker_position_slot": trade.maker_position_slot,
                "taker_position_slot": trade.taker_position_slot,
                **self.series_columns(maker.series_id),
                "maker": self._order(trade.maker),
                "taker": self._order(trade.taker),
            }
        )

    def _no_trade(self) -> list[int]:
        nothing = dict.fromkeys((name for name, shape in TRADE.columns if not shape), 0)
        orders = {
            "maker": order_row(padding_order(self.batch.domain, is_buy=False)),
            "taker": order_row(padding_order(self.batch.domain, is_buy=True)),
        }
        return TRADE.write({**nothing, "series_expiry_s": PADDING_EXPIRY_S, **orders})

    def _order(self, signed: SignedOrder) -> list[int]:
        order = signed.order
        return order_row(
            {
                "account": order.account,
                "limit_price_e2": order.limit_price_e2,
                "size_e4": order.size_e4,
                "max_fee_ppm": order.max_fee_ppm,
                "expiry_s": order.expiry_s,
                "slot": order.slot,
                "nonce": order.nonce,
                "slot_before": next(self._changes).before,
                **signature_columns(self.touched[order.account].after.key, signed.signature),
            }
        )

    def _operation(self, signed: SignedOperation) -> list[int]:
        operation = signed.operation
        return OPERATION.write(
            {
                "is_cancel": isinstance(operation, Cancel),
                "is_transfer": isinstance(operation, Transfer),
                "is_withdrawal": isinstance(operation, Withdrawal),
                "account": operation.account,
                "slot": operation.slot,
                "nonce": operation.nonce,
                "to": operation.to,
                "amount_e6": operation.amount_e6,
                "slot_before": next(self._changes).before,
                **signature_columns(self.touched[operation.account].after.key, signed.signature),
            }
        )

    def _liquidation(self, liquidation: Liquidation) -> list[int]:
        order = liquidation.liquidator.order
        return LIQUIDATION.write(
            {
                "account": liquidation.account,
                "price_e2": liquidation.price_e2,
                "size_e4": liquidation.size_e4,
                "series_id": order.series_id,
                "liquidator_is_buy": order.is_buy,
                "position_slot": liquidation.position_slot,
                "liquidator_position_slot": liquidation.liquidator_position_slot,
                "penalty_e6": liquidation.penalty_e6,
                "subsidy_e6": liquidation.subsidy_e6,
                **self.series_columns(order.series_id),
                "liquidator": self._order(liquidation.liquidator),
            }
        )

    def _no_liquidation(self) -> list[int]:
        nothing = dict.fromkeys((name for name, shape in LIQUIDATION.columns if not shape), 0)
        order = order_row(padding_order(self.batch.domain, is_buy=False))
        return LIQUIDATION.write({**nothing, "series_expiry_s": PADDING_EXPIRY_S, "liquidator": order})

    def _settlement(self, settlement: Settlement) -> list[int]:
        touched = self.touched.get(settlement.account)
        before = None if touched is None else touched.before
        size_e4 = 0 if before is None else before.positions[settlement.position_slot].size_e4
        return SETTLEMENT.write(
            {
                "account": settlement.account,
                "position_slot": settlement.position_slot,
                "series_id": settlement.series_id,
                "size_e4": size_e4,
                **self.series_columns(settlement.series_id),
            }
        )
