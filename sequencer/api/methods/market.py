"""Instruments, books, prices and trades: for everybody."""

from __future__ import annotations

from itertools import islice

from sequencer.api.building import count_of, series_of
from sequencer.api.errors import InvalidParameters, UnknownInstrument, UnknownRecord
from sequencer.api.methods.method import Method, method
from sequencer.api.numbers import integer
from sequencer.api.services import Call
from sequencer.api.types import answers as a
from sequencer.api.types import parameters as p
from sequencer.api.views import Views


def views(call: Call) -> Views:
    """Of what is known now. Raises `Unavailable` when something is missing from it."""
    services = call.services
    services.require_view()
    services.catch_up()
    return services.views


async def get_instruments(call: Call, given: p.Instruments) -> list[a.Instrument]:
    """All series of the risk table in force, by id."""
    shown = views(call)
    found = [shown.instrument(row) for _, row in sorted(call.services.projection.market.rows.items())]
    return [
        one
        for one in found
        if given.underlying in (None, one.underlying) and (given.include_settled or not one.is_settled)
    ]


async def get_order_book(call: Call, given: p.OrderBook) -> a.Book:
    """The best prices of both sides."""
    shown, known = views(call), call.services.projection
    series = series_of(known.market, given.instrument_name)
    return shown.book(known.orders.book(series.series_id), count_of("depth", given.depth))


async def ticker(call: Call, given: p.OneInstrument) -> a.Ticker:
    """Mark, index, best prices, last trade and Greeks of an instrument."""
    shown = views(call)
    series = series_of(call.services.projection.market, given.instrument_name)
    found = shown.ticker(series.series_id)
    if found is None:
        raise UnknownInstrument("the instrument is in the risk table no more", instrument_name=given.instrument_name)
    return found


async def get_last_trades(call: Call, given: p.LastTrades) -> a.Trades:
    """The newest trades of an instrument first."""
    shown, known = views(call), call.services.projection
    series = series_of(known.market, given.instrument_name)
    count = count_of("count", given.count)
    before = None if given.before is None else integer("before", given.before)
    trades = known.fills.of_series(series.series_id)
    older = (one for one in reversed(trades) if before is None or one.number < before)
    found = list(islice(older, count + 1))
    return a.Trades(trades=[shown.trade(one) for one in found[:count]], has_more=len(found) > count)


async def get_index(call: Call, given: p.Index) -> a.Index:
    """The price of an underlying, as the oracles signed it."""
    views(call)
    market = call.services.projection.market
    number = market.index_number(given.index_name)
    price_e2 = None if number is None else market.spots.get(number)
    if price_e2 is None:
        raise UnknownInstrument("there is no index of this name", index_name=given.index_name)
    return a.Index(index_name=given.index_name, price_e2=price_e2, time_s=market.time_s)


async def get_batch(call: Call, given: p.OneBatch) -> a.Batch:
    """One batch, and how far it has come."""
    shown = views(call)
    number = integer("number", given.number)
    record = call.services.projection.batches.find(number)
    if record is None:
        raise UnknownRecord("there is no such batch, or it is too old to be kept", batch=str(number))
    return shown.batch(record)


async def get_batches(call: Call, given: p.Batches) -> list[a.Batch]:
    """The newest batches first."""
    shown = views(call)
    before = None if given.before is None else integer("before", given.before)
    found = call.services.projection.batches.latest(before, count_of("count", given.count))
    return [shown.batch(one) for one in found]


async def get_finality(call: Call, given: p.FinalityOf) -> a.Finality:
    """How far a trade or a batch has come."""
    shown, known = views(call), call.services.projection
    if (given.trade_id is None) == (given.batch is None):
        raise InvalidParameters("name a trade_id or a batch, one of them")
    if given.trade_id is not None:
        trade = known.fills.trade(given.trade_id)
        if trade is None:
            raise UnknownRecord("there is no such trade, or it is too old to be kept", trade_id=given.trade_id)
        return a.Finality(finality=shown.finality(trade), batch=trade.batch or None)
    number = integer("batch", given.batch or 0)
    if known.batches.find(number) is None:
        raise UnknownRecord("there is no such batch, or it is too old to be kept", batch=str(number))
    return a.Finality(finality=shown.batch_finality(number), batch=number)


METHODS: tuple[Method, ...] = (
    method("public/get_instruments", p.Instruments, list[a.Instrument], get_instruments, cost=5),
    method("public/get_order_book", p.OrderBook, a.Book, get_order_book, cost=2),
    method("public/ticker", p.OneInstrument, a.Ticker, ticker, cost=2),
    method("public/get_last_trades", p.LastTrades, a.Trades, get_last_trades, cost=5),
    method("public/get_index", p.Index, a.Index, get_index),
    method("public/get_batch", p.OneBatch, a.Batch, get_batch),
    method("public/get_batches", p.Batches, list[a.Batch], get_batches, cost=5),
    method("public/get_finality", p.FinalityOf, a.Finality, get_finality),
)
