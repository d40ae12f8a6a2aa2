"""What belongs into one batch, or into none; and what it takes of a batch's room."""

from __future__ import annotations

from dataclasses import dataclass

from rollup.types.orders import SignedOperation, Transfer
from rollup.types.transactions import ForcedCloseOut, ForcedWithdrawal, Liquidation, QueueEntry, Settlement, Trade
from rollup.units import FEE_ACCOUNT, INSURANCE_ACCOUNT
from sequencer.matching.requests import Report


@dataclass(frozen=True, slots=True)
class Piece:
    """Transactions of one message that are not to be cut apart. `first_trade` is the number of the first trade."""

    message: int
    trades: tuple[Trade, ...] = ()
    liquidations: tuple[Liquidation, ...] = ()
    operations: tuple[SignedOperation, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    queue: tuple[QueueEntry, ...] = ()
    first_trade: int = 0


def pieces_of(report: Report, message: int, first_trade: int) -> list[Piece]:
    """As small as they may be, in their order."""
    if report.is_atomic and report.trades:
        return [Piece(message, report.trades, first_trade=first_trade)]
    found = [Piece(message, (trade,), first_trade=first_trade + i) for i, trade in enumerate(report.trades)]
    found += [Piece(message, liquidations=(liquidation,)) for liquidation in report.liquidations]
    return found


@dataclass(frozen=True, slots=True)
class Footprint:
    """Accounts that a piece touches, those that are examined whatever their health, and series that it names."""

    touched: frozenset[int]
    examined: frozenset[int]
    series: frozenset[int]


def footprint(piece: Piece, maker_fee_ppm: int, taker_fee_ppm: int) -> Footprint:
    """Exactly what `rollup.transition` counts: an account without any posting or fill is not touched."""
    touched: set[int] = set()
    examined: set[int] = set()
    series: set[int] = set()
    for trade in piece.trades:
        touched.add(trade.maker.order.account)
        touched.add(trade.taker.order.account)
        series.add(trade.maker.order.series_id)
        if trade.price_e2 and (maker_fee_ppm or taker_fee_ppm):
            touched.add(FEE_ACCOUNT)
    for liquidation in piece.liquidations:
        examined.add(liquidation.account)
        touched.add(liquidation.liquidator.order.account)
        series.add(liquidation.liquidator.order.series_id)
        if liquidation.price_e2 and taker_fee_ppm:
            touched.add(FEE_ACCOUNT)
        if liquidation.penalty_e6 != liquidation.subsidy_e6:
            touched.add(INSURANCE_ACCOUNT)
    for signed in piece.operations:
        touched.add(signed.operation.account)
        if isinstance(signed.operation, Transfer) and signed.operation.amount_e6:
            touched.add(signed.operation.to)
    for settlement in piece.settlements:
        touched.add(settlement.account)
        series.add(settlement.series_id)
    for entry in piece.queue:
        touched.add(entry.account)
        if isinstance(entry, ForcedWithdrawal | ForcedCloseOut):
            examined.add(entry.account)
        if isinstance(entry, ForcedCloseOut):
            examined.add(INSURANCE_ACCOUNT)
    return Footprint(frozenset(touched | examined), frozenset(examined), frozenset(series))
