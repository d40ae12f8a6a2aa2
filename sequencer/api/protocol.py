"""HTTP connections with bounds that uvicorn alone does not have: on headers, on the time they take, on their number."""

from __future__ import annotations

import asyncio
from collections import Counter
from http import HTTPStatus
from typing import Any, Final, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from sequencer.api.dispatcher import error_body
from sequencer.api.errors import ApiError, HeadersTooLarge, InvalidRequest, RequestTimeout, TooManyConnections
from sequencer.api.services import Limits

LINGER_S: Final = 5.0


class Connections:
    """How many there are, in all and of each address. WebSockets count until they are closed."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.count = 0
        self._of_address: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Whether there was room."""
        if self.count >= self.limits.connections or self._of_address[address] >= self.limits.connections_of_address:
            return False
        self.count += 1
        self._of_address[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Makes room again."""
        self.count -= 1
        self._of_address[address] -= 1
        if not self._of_address[address]:
            del self._of_address[address]


class BoundedHttp(HttpToolsProtocol):
    """One connection. `shared` is the server's, set by `bounded_protocols`."""

    shared: Connections

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._address = ""
        self._has_place = False
        self._header_bytes = 0
        self._chunk_bytes = 0
        self._in_headers = True
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Counts it, and gives it a time within which its headers must be there."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._address = self.client[0] if self.client else ""
        self._has_place = self.shared.enter(self._address)
        if self._has_place:
            self._arm()
        else:
            self._refuse(TooManyConnections())

    def connection_lost(self, exc: Exception | None) -> None:
        """Makes room."""
        self._disarm()
        if self._has_place:
            self._has_place = False
            self.shared.leave(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Refuses headers that are too long before they are whole."""
        if self.transport.is_closing():
            return
        self._header_bytes += len(data)
        self._chunk_bytes = len(data)
        super().data_received(data)
        if not self._in_headers or self.transport.is_closing():
            return
        if self._header_bytes > self.shared.limits.header_bytes:
            self._refuse(HeadersTooLarge(most_bytes=self.shared.limits.header_bytes))
        elif self._deadline is None:
            self._arm()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_headers, self._header_bytes = True, self._chunk_bytes
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """From here on the application has the time."""
        self._in_headers = False
        self._disarm()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        """The place goes over to the WebSocket, which gives it back."""
        self._disarm()
        self._has_place = False
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """In the API's own words."""
        self._refuse(InvalidRequest(msg))

    def timeout_keep_alive_handler(self) -> None:
        """Who does not read an answer does not keep the connection open with it."""
        self.transport.abort()

    def _arm(self) -> None:
        self._deadline = self.loop.call_later(self.shared.limits.header_s, self._too_slow)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        self._refuse(RequestTimeout())

    def _refuse(self, error: ApiError) -> None:
        reply = error_body(error)
        head = (
            f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(reply.body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + reply.body)
        self.transport.close()
        self.loop.call_later(LINGER_S, self.transport.abort)


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """Gives its place back, and does not stay open for what nobody reads."""

    shared: Connections

    def connection_lost(self, exc: Exception | None) -> None:
        """Makes room."""
        self.shared.leave(self.client[0] if self.client else "")
        super().connection_lost(exc)

    async def run_asgi(self) -> None:
        """When the application is done, the rest has a few seconds to get out."""
        try:
            await super().run_asgi()
        finally:
            self.loop.call_later(LINGER_S, self.transport.abort)


def bounded_protocols(connections: Connections) -> tuple[type[BoundedHttp], type[BoundedWebSocket]]:
    """Protocol classes of one server, for uvicorn's `http` and `ws`."""
    shared = {"shared": connections}
    return type("Http", (BoundedHttp,), shared), type("WebSocket", (BoundedWebSocket,), shared)
