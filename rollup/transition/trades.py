"""Trades: two signed orders meet."""

from __future__ import annotations

from rollup.errors import OwnCounterparty, SeriesMismatch, SidesNotOpposite
from rollup.transition.bench import Bench
from rollup.transition.orders import fill_order
from rollup.types.transactions import Trade


def apply_trade(bench: Bench, trade: Trade, where: str) -> None:
    """Fills both orders at one price.

    Broken rules: `OwnCounterparty`, `SeriesMismatch`, `SidesNotOpposite`, `UnknownSeries`, `SeriesNotLive`, and those
    of `fill_order`.
    """
    maker, taker, batch = trade.maker.order, trade.taker.order, bench.batch
    bench.referee.require(maker.account != taker.account, OwnCounterparty, where, account=maker.account)
    bench.referee.require(maker.series_id == taker.series_id, SeriesMismatch, where, series_id=taker.series_id)
    bench.referee.require(maker.is_buy != taker.is_buy, SidesNotOpposite, where)
    bench.live_row(maker.series_id, where)
    for signed, slot, rate_ppm, side in (
        (trade.maker, trade.maker_position_slot, batch.maker_fee_ppm, "maker"),
        (trade.taker, trade.taker_position_slot, batch.taker_fee_ppm, "taker"),
    ):
        fill_order(bench, signed, trade.price_e2, trade.size_e4, slot, rate_ppm, f"{where}, {side}")
