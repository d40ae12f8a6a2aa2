"""Orders and quotes: what the account's key has signed goes into the log, or a typed error says why not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from functools import partial

from rollup.errors import OrderNotOpen
from rollup.types.orders import Cancel, SignedOperation, SignedOrder
from sequencer.api.building import (
    bounded_leg,
    key_of,
    optional_signature,
    request_of,
    series_of,
    signed_order_of,
)
from sequencer.api.errors import NotAllowed, Undecided, UnknownRecord
from sequencer.api.methods.account import operate
from sequencer.api.methods.market import views
from sequencer.api.methods.method import Method, Placing, method
from sequencer.api.projection.records import OrderRecord, order_key
from sequencer.api.services import Call
from sequencer.api.types import answers as a
from sequencer.api.types import parameters as p
from sequencer.matching.errors import NoSuchOrder
from sequencer.matching.quotes import QuoteLeg
from sequencer.matching.requests import OrderRequest
from sequencer.messages import CancelOrder, PlaceOrder, TakeQuote
from sequencer.venue.errors import AlreadyKnown


def buy(call: Call, given: p.PlacedOrder) -> Awaitable[a.OrderWithTrades]:
    """Places a signed order to buy. Exactly the same again changes nothing, and says what became of the first."""
    return _place(call, _order(call, given, is_buy=True))


def sell(call: Call, given: p.PlacedOrder) -> Awaitable[a.OrderWithTrades]:
    """Places a signed order to sell. Exactly the same again changes nothing, and says what became of the first."""
    return _place(call, _order(call, given, is_buy=False))


async def edit(call: Call, given: p.EditedOrder) -> a.OrderWithTrades:
    """Replaces the open order in a slot by a newly signed one, with a larger nonce, at the end of the queue.

    If the open order is filled at the same moment, the new one is an order of its own.
    """
    request = _order(call, given, is_buy=given.side == "buy")
    order = request.signed.order
    open_slots = {one.key.slot for one in call.services.projection.orders.open_of(order.account)}
    is_known = call.services.projection.orders.find(order_key(request.signed)) is not None
    if order.slot not in open_slots and not is_known:
        raise NoSuchOrder(order.account, order.slot, order.nonce)
    return await _place(call, request)


def _order(call: Call, given: p.PlacedOrder, *, is_buy: bool) -> OrderRequest:
    request = request_of(call.services.projection.market, given, is_buy=is_buy)
    call.require_owner(request.signed.order.account)
    return request


async def _place(call: Call, request: OrderRequest) -> a.OrderWithTrades:
    refused: Exception | None = None
    try:
        await call.services.submit(PlaceOrder(request), request.signed.order.account)
    except (AlreadyKnown, OrderNotOpen) as error:
        refused = error
    return _placed(call, request, refused)


def _placed(call: Call, request: OrderRequest, refused: Exception | None) -> a.OrderWithTrades:
    """What became of an order. Raises what refused it, unless exactly the same is known."""
    signed = request.signed
    if refused is None:
        record = _known(call, signed)
        if record is None:
            raise Undecided
        return views(call).order_with_trades(record)
    if not isinstance(refused, AlreadyKnown | OrderNotOpen):
        raise refused
    call.services.catch_up()
    record = _known(call, signed)
    if record is None or record.signed.order != signed.order:
        raise refused
    return views(call).order_with_trades(record, is_repeated=True)


def _known(call: Call, signed: SignedOrder) -> OrderRecord | None:
    return call.services.projection.orders.find(order_key(signed))


async def cancel(call: Call, given: p.CancelledOrder) -> a.Cancelled:
    """Takes an order out of the book; with a signed cancel, also for everybody who holds the signed order."""
    key, signature = key_of(given.order_id), optional_signature(given)
    call.require_owner(key.account)
    operation = None
    if signature is None:
        await call.services.submit(CancelOrder(*key), key.account)
    else:
        operation = await operate(call, SignedOperation(Cancel(*key), signature))
    record = call.services.projection.orders.find(key)
    return a.Cancelled(order=None if record is None else views(call).order(record), operation=operation)


async def cancel_all(call: Call, given: p.CancelledOrders) -> a.CancelledMany:
    """Takes all open orders out of the books, or those in one instrument."""
    account = call.account()
    views(call)
    known = call.services.projection
    series = None if given.instrument_name is None else series_of(known.market, given.instrument_name)
    keys = [
        one.key
        for one in known.orders.open_of(account)
        if series is None or one.signed.order.series_id == series.series_id
    ]
    results = await asyncio.gather(
        *(call.services.submit(CancelOrder(*key), account) for key in keys), return_exceptions=True
    )
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, NoSuchOrder):
            raise result
    return a.CancelledMany(cancelled=sum(not isinstance(result, BaseException) for result in results))


async def accept_quote(call: Call, given: p.AcceptedQuote) -> list[a.OrderWithTrades]:
    """Fills all legs of a quote or none, at once; of every leg the caller is one side. Returns the caller's orders."""
    account, market = call.account(), call.services.projection.market
    legs = tuple(
        QuoteLeg(
            signed_order_of(market, leg.maker, is_buy=leg.maker.side == "buy"),
            signed_order_of(market, leg.taker, is_buy=leg.taker.side == "buy"),
            *bounded_leg(leg),
        )
        for leg in given.legs
    )
    for leg in legs:
        if account not in (leg.maker.order.account, leg.taker.order.account):
            raise NotAllowed("of every leg one side must be the caller's", account=account)
    await call.services.submit(TakeQuote(legs), account)
    shown = views(call)
    own = [signed for leg in legs for signed in (leg.maker, leg.taker) if signed.order.account == account]
    records = [_known(call, signed) for signed in own]
    return [shown.order_with_trades(record) for record in records if record is not None]


async def get_order_state(call: Call, given: p.OneOrder) -> a.OrderWithTrades:
    """One of the caller's orders, open or not."""
    key = key_of(given.order_id)
    call.require_owner(key.account)
    shown = views(call)
    record = call.services.projection.orders.find(key)
    if record is None:
        raise UnknownRecord(order_id=given.order_id)
    return shown.order_with_trades(record)


async def get_open_orders(call: Call, given: p.OpenOrders) -> list[a.Order]:
    """What the caller has in the books."""
    account, shown, known = call.account(), views(call), call.services.projection
    series = None if given.instrument_name is None else series_of(known.market, given.instrument_name)
    return [
        shown.order(one)
        for one in known.orders.open_of(account)
        if series is None or one.signed.order.series_id == series.series_id
    ]


METHODS: tuple[Method, ...] = (
    method(
        "private/buy", p.PlacedOrder, a.OrderWithTrades, buy, placing=Placing(partial(_order, is_buy=True), _placed)
    ),
    method(
        "private/sell", p.PlacedOrder, a.OrderWithTrades, sell, placing=Placing(partial(_order, is_buy=False), _placed)
    ),
    method("private/edit", p.EditedOrder, a.OrderWithTrades, edit),
    method("private/cancel", p.CancelledOrder, a.Cancelled, cancel),
    method("private/cancel_all", p.CancelledOrders, a.CancelledMany, cancel_all, cost=8),
    method("private/accept_quote", p.AcceptedQuote, list[a.OrderWithTrades], accept_quote, cost=32, has_query=False),
    method("private/get_order_state", p.OneOrder, a.OrderWithTrades, get_order_state),
    method("private/get_open_orders", p.OpenOrders, list[a.Order], get_open_orders),
)
