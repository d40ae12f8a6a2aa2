"""Channels of a WebSocket."""

from __future__ import annotations

from sequencer.api.errors import NeedsWebSocket
from sequencer.api.methods.method import Method, method
from sequencer.api.services import Call
from sequencer.api.subscriptions.connection import Connection
from sequencer.api.types import answers as a
from sequencer.api.types import parameters as p


def _connection(call: Call) -> Connection:
    if call.connection is None:
        raise NeedsWebSocket
    call.services.require_view()
    call.services.catch_up()
    return call.connection


async def subscribe(call: Call, given: p.Channels) -> list[a.Subscribed]:
    """Subscribes to channels that everybody may have: book, trades, ticker, batch. All of them, or none."""
    return _connection(call).subscribe(given.channels, None)


async def subscribe_own(call: Call, given: p.Channels) -> list[a.Subscribed]:
    """Subscribes to any channels, those of the caller's account too: user.orders, user.trades, user.portfolio."""
    account = call.account()
    return _connection(call).subscribe(given.channels, account)


async def unsubscribe(call: Call, given: p.Channels) -> list[str]:
    """Ends subscriptions; returns those that there were."""
    return _connection(call).unsubscribe(given.channels)


async def unsubscribe_all(call: Call, _: p.NoParameters) -> list[str]:
    """Ends all subscriptions of the connection; returns them."""
    connection = _connection(call)
    return connection.unsubscribe(list(connection.channels))


METHODS: tuple[Method, ...] = (
    method("public/subscribe", p.Channels, list[a.Subscribed], subscribe, cost=5, has_query=False),
    method("private/subscribe", p.Channels, list[a.Subscribed], subscribe_own, cost=5, has_query=False),
    method("public/unsubscribe", p.Channels, list[str], unsubscribe, has_query=False),
    method("public/unsubscribe_all", p.NoParameters, list[str], unsubscribe_all),
)
