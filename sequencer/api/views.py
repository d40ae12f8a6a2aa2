"""From records to answers."""

from __future__ import annotations

from typing import Literal

from rollup.transition.orders import fee_of
from rollup.types.orders import Cancel
from rollup.types.series import OptionKind, SeriesRow
from sequencer.api.port import Finality, NodeInfo
from sequencer.api.projection import Projection
from sequencer.api.projection.batches import BatchRecord
from sequencer.api.projection.books import BookRecord
from sequencer.api.projection.records import OperationRecord, OrderRecord, OrderState, TradeKind, TradeRecord
from sequencer.api.types import answers as a

_DIRECTIONS: dict[bool, Literal["buy", "sell"]] = {True: "buy", False: "sell"}
_FINALITIES: dict[Finality, a.FinalityName] = {
    Finality.ACCEPTED: "accepted",
    Finality.BATCHED: "batched",
    Finality.COMMITTED: "committed",
    Finality.PROVEN: "proven",
    Finality.EXECUTED: "executed",
}
_KINDS: dict[TradeKind, Literal["order", "quote", "liquidation"]] = {
    TradeKind.ORDER: "order",
    TradeKind.QUOTE: "quote",
    TradeKind.LIQUIDATION: "liquidation",
}


class Views:
    """What one projection looks like from outside. Every method is O(what it returns)."""

    def __init__(self, projection: Projection, info: NodeInfo) -> None:
        self._known, self._info = projection, info

    def name(self, series_id: int) -> str:
        """Of an instrument."""
        return self._known.market.names.name(series_id)

    def instrument(self, row: SeriesRow) -> a.Instrument:
        """A row of the table."""
        series = row.series
        return a.Instrument(
            instrument_name=self.name(series.series_id),
            series_id=series.series_id,
            underlying=self._info.underlyings.get(series.underlying, f"U{series.underlying}"),
            kind="call" if series.kind is OptionKind.CALL else "put",
            strike_e2=series.strike_e2,
            expiry_s=series.expiry_s,
            is_settled=row.is_settled,
            mark_price_e2=row.mark_e2,
        )

    def book(self, record: BookRecord, depth: int) -> a.Book:
        """The best levels."""
        bids, asks = (
            [a.Level(price_e2=price, size_e4=size, orders=orders) for price, size, orders in side.best(depth)]
            for side in (record.bids, record.asks)
        )
        return a.Book(instrument_name=self.name(record.series_id), change_id=record.change_id, bids=bids, asks=asks)

    def ticker(self, series_id: int) -> a.Ticker | None:
        """An instrument at one glance; `None` if the table has no row for it."""
        market = self._known.market
        valuation = market.valuation(series_id)
        if valuation is None:
            return None
        book = self._known.orders.book(series_id)
        bid, ask = next(book.bids.best(1), None), next(book.asks.best(1), None)
        trades = self._known.fills.of_series(series_id)
        greeks = None
        if valuation.greeks is not None and valuation.implied_volatility is not None:
            found = valuation.greeks
            greeks = a.Greeks(
                implied_volatility=valuation.implied_volatility,
                delta=found.delta,
                gamma=found.gamma,
                vega=found.vega,
                theta=found.theta,
            )
        return a.Ticker(
            instrument_name=self.name(series_id),
            mark_price_e2=valuation.row.mark_e2,
            index_price_e2=valuation.index_e2,
            best_bid_price_e2=None if bid is None else bid[0],
            best_bid_size_e4=None if bid is None else bid[1],
            best_ask_price_e2=None if ask is None else ask[0],
            best_ask_size_e4=None if ask is None else ask[1],
            last_price_e2=trades[-1].price_e2 if trades else None,
            is_settled=valuation.row.is_settled,
            table_time_s=market.time_s,
            change_id=book.change_id,
            greeks=greeks,
        )

    def trade(self, record: TradeRecord) -> a.Trade:
        """As everybody may see it."""
        return a.Trade(
            trade_id=record.trade_id,
            number=record.number,
            instrument_name=self.name(record.series_id),
            direction=_DIRECTIONS[record.taker_buys],
            price_e2=record.price_e2,
            size_e4=record.size_e4,
            time_ms=record.time_ms,
            kind=_KINDS[record.kind],
            finality=self.finality(record),
            batch=record.batch or None,
        )

    def own_trade(self, record: TradeRecord, account: int) -> a.OwnTrade:
        """As one of its sides sees it: a liquidator pays a taker's rate, a liquidated account only the penalty."""
        is_maker = record.maker.account == account
        key = record.maker if is_maker else record.taker
        is_liquidation = record.kind is TradeKind.LIQUIDATION
        rate_ppm = self._info.maker_fee_ppm if is_maker and not is_liquidation else self._info.taker_fee_ppm
        fee_e6 = 0 if key is None else fee_of(record.price_e2 * record.size_e4, rate_ppm)
        return a.OwnTrade(
            trade_id=record.trade_id,
            number=record.number,
            instrument_name=self.name(record.series_id),
            direction=_DIRECTIONS[record.taker_buys != is_maker],
            price_e2=record.price_e2,
            size_e4=record.size_e4,
            fee_e6=str(fee_e6),
            time_ms=record.time_ms,
            kind=_KINDS[record.kind],
            is_maker=is_maker,
            order_id=None if key is None else key.text,
            finality=self.finality(record),
            batch=record.batch or None,
        )

    def order(self, record: OrderRecord) -> a.Order:
        """As its owner sees it."""
        order = record.signed.order
        is_back = record.state is OrderState.TAKEN_BACK
        return a.Order(
            order_id=record.key.text,
            account=order.account,
            instrument_name=self.name(order.series_id),
            direction=_DIRECTIONS[order.is_buy],
            limit_price_e2=order.limit_price_e2,
            size_e4=order.size_e4,
            filled_e4=record.filled_e4,
            remaining_e4=record.remaining_e4,
            paid_e6=str(record.paid_e6),
            max_fee_ppm=order.max_fee_ppm,
            expiry_s=order.expiry_s,
            slot=order.slot,
            nonce=order.nonce,
            time_in_force=record.time_in_force.value,
            post_only=record.post_only,
            reduce_only=record.reduce_only,
            state=record.state.value,
            removed_for=record.why,
            sequence=record.sequence,
            accepted_ms=record.time_ms,
            changed_ms=record.changed_ms,
            finality="taken_back" if is_back else _FINALITIES[self._known.finality_of_order(record)],
        )

    def order_with_trades(self, record: OrderRecord, *, is_repeated: bool = False) -> a.OrderWithTrades:
        """An order and its fills."""
        trades = [self.own_trade(trade, record.key.account) for trade in record.trades]
        return a.OrderWithTrades(order=self.order(record), trades=trades, is_repeated=is_repeated)

    def operation(self, record: OperationRecord, *, is_repeated: bool = False) -> a.Operation:
        """As its owner sees it."""
        operation = record.signed.operation
        is_cancel = isinstance(operation, Cancel)
        kinds: dict[str, Literal["cancel", "transfer", "withdrawal"]] = {
            "CANCEL": "cancel",
            "TRANSFER": "transfer",
            "WITHDRAWAL": "withdrawal",
        }
        return a.Operation(
            operation_id=record.operation_id,
            kind=kinds[operation.kind.name],
            account=operation.account,
            slot=operation.slot,
            nonce=operation.nonce,
            to=operation.to if operation.kind.name == "TRANSFER" else None,
            amount_e6=None if is_cancel else str(operation.amount_e6),
            sequence=record.sequence,
            accepted_ms=record.time_ms,
            finality=self.finality(record),
            batch=record.batch or None,
            is_repeated=is_repeated,
        )

    def batch(self, record: BatchRecord) -> a.Batch:
        """What was settled at once."""
        return a.Batch(
            number=record.number,
            time_s=record.time_s,
            finality=_FINALITIES[record.finality],
            sequence=record.sequence,
            root_before=str(record.root_before),
            root_after=str(record.root_after),
            trades=record.trades,
            operations=record.operations,
            liquidations=record.liquidations,
            settlements=record.settlements,
            queue_entries=record.queue,
            transactions={level.word: text for level, text in sorted(record.transactions.items())},
        )

    def finality(self, record: TradeRecord | OperationRecord) -> a.FinalityName:
        """As far as its batch has come, or that it was taken back."""
        return "taken_back" if record.is_taken_back else _FINALITIES[self._known.finality_of(record)]

    def batch_finality(self, number: int) -> a.FinalityName:
        """As far as a batch has come."""
        return _FINALITIES[self._known.batches.finality(number)]
