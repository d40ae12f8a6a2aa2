"""The WebSocket side: requests are taken in the order in which they come, answered as they are done."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from sequencer.api.dispatcher import Dispatcher
from sequencer.api.errors import ApiError, SlowConsumer
from sequencer.api.measures import Measures
from sequencer.api.services import Call, Services
from sequencer.api.subscriptions.connection import Connection
from sequencer.api.subscriptions.hub import Hub

GOING_AWAY: Final = 1001
SLOW_CONSUMER: Final = 4008
"""Close code of a connection that was dropped; its reason is the rule's name and what to do."""

CLOSING_S: Final = 2.0
LONGEST_REASON: Final = 120


class WebSocketSide:
    """As an ASGI application."""

    def __init__(self, services: Services, dispatcher: Dispatcher, hub: Hub, measures: Measures) -> None:
        self._services, self._dispatcher, self._hub, self._measures = services, dispatcher, hub, measures
        self.connections: set[Connection] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, until either side ends it."""
        limits = self._services.limits
        client = scope.get("client")
        address = client[0] if client else ""
        connection = Connection(
            self._hub, address, limits.notifications_waiting, limits.bytes_waiting, limits.subscriptions
        )
        await receive()
        await send({"type": "websocket.accept"})
        self.connections.add(connection)
        writer = asyncio.create_task(self._write(connection, send))
        reader = asyncio.create_task(_Reader(self._dispatcher, self._services, connection).run(receive))
        dropped = asyncio.create_task(connection.dropped.wait())
        tasks: set[asyncio.Task[Any]] = {writer, reader, dropped}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.connections.discard(connection)
            connection.leave()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if connection.dropped_for is not None:
            self._measures.dropped(connection.dropped_for.rule())
            await _close(send, connection.dropped_for)

    async def _write(self, connection: Connection, send: Send) -> None:
        while (data := await connection.next()) is not None:
            await send({"type": "websocket.send", "text": data.decode()})


class _Reader:
    """Takes requests, as many at a time as a connection may have waiting; the socket is not read beyond that."""

    def __init__(self, dispatcher: Dispatcher, services: Services, connection: Connection) -> None:
        self._dispatcher, self._connection, self._services = dispatcher, connection, services
        self._room = asyncio.Semaphore(services.limits.requests_of_connection)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()

    async def run(self, receive: Receive) -> None:
        """Until the other side leaves. Requests that are under way are finished, since they may be in the log."""
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            await self._room.acquire()
            task = self._loop.create_task(self._answer(_bytes_of(message)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, body: bytes) -> None:
        try:
            connection = self._connection
            call = Call(self._services, connection.address, connection.login, connection)
            connection.send((await self._dispatcher.answer(call, body)).body)
        finally:
            self._room.release()


def _bytes_of(message: Any) -> bytes:
    text = message.get("text")
    return text.encode() if text is not None else bytes(message.get("bytes") or b"")


async def _close(send: Send, error: ApiError) -> None:
    code = SLOW_CONSUMER if isinstance(error, SlowConsumer) else GOING_AWAY
    reason = f"{error.rule()}: {error.message}"[:LONGEST_REASON]
    try:
        async with asyncio.timeout(CLOSING_S):
            await send({"type": "websocket.close", "code": code, "reason": reason})
    except TimeoutError:
        return
