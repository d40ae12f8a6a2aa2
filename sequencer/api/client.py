"""A client: JSON-RPC over one WebSocket, many requests under way; and a wrapper for programs without a loop."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Coroutine, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import msgspec

from rollup.types.orders import Domain, Order
from sequencer.api.node_messages import NodeMessage, NotFromANode, node_messages
from sequencer.api.signer import Parameters, Signer
from sequencer.matching.requests import TimeInForce

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

T = TypeVar("T")
PATH: Final = "/ws/api/v2"
MOST_NOTIFICATIONS: Final = 1 << 16
LARGEST_MESSAGE: Final = 1 << 24
SYNC_S: Final = 60.0
INVALID_DATA: Final = 1007


class ApiRefusal(Exception):
    """An error that the API answered with."""

    def __init__(self, code: int, message: str, data: dict[str, Any]) -> None:
        super().__init__(f"{data.get('rule', code)}: {message}")
        self.code, self.message, self.data = code, message, data

    @property
    def rule(self) -> str:
        """The name of what refused."""
        return str(self.data.get("rule", ""))


class ConnectionLost(Exception):
    """The socket was closed; `reason` is the server's, such as SlowConsumer."""

    def __init__(self, code: int | None, reason: str) -> None:
        super().__init__(f"the connection was closed ({code}): {reason or 'no reason given'}")
        self.code, self.reason = code, reason


class BadMessage(ConnectionLost):
    """The node said what no node says, and the client closed the connection."""


class ApiClient:
    """One connection. `notifications` holds what subscribed channels said, oldest first."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._instruments: dict[int, str] = {}
        self.notifications: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MOST_NOTIFICATIONS)
        self._bad: BadMessage | None = None
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, url: str) -> ApiClient:
        """`url` is the server's, such as http://127.0.0.1:8700 or wss://example.org. Raises `OSError`."""
        from websockets.asyncio.client import connect

        base = url.replace("http://", "ws://", 1).replace("https://", "wss://", 1).rstrip("/")
        return cls(await connect(base + PATH, compression=None, max_size=LARGEST_MESSAGE, proxy=None))

    async def close(self) -> None:
        """Ends the connection."""
        await self._socket.close()
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def leave(self) -> ClientConnection:
        """Hands the connection over, logged in as it is, to somebody who reads it in another way."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        return self._socket

    async def call(self, method: str, parameters: Parameters | None = None) -> Any:
        """One request. Raises `ApiRefusal`, `ConnectionLost`."""
        (answer,) = await self.send([(method, parameters or {})], as_batch=False)
        return await answer

    async def send(
        self, calls: Sequence[tuple[str, Parameters]], *, as_batch: bool = True
    ) -> list[asyncio.Future[Any]]:
        """Requests in one message; returns a future for each answer. Raises `ConnectionLost`."""
        from websockets.exceptions import ConnectionClosed

        requests, futures = [], []
        loop = asyncio.get_running_loop()
        for method, parameters in calls:
            number = next(self._ids)
            future: asyncio.Future[Any] = loop.create_future()
            self._waiting[number] = future
            futures.append(future)
            requests.append({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
        body = msgspec.json.encode(requests if as_batch else requests[0])
        try:
            await self._socket.send(body.decode())
        except ConnectionClosed:
            raise self._lost() from None
        return futures

    async def login(self, signer: Signer, *, as_session: bool = False) -> Any:
        """Logs the connection in by the signer's key."""
        given = await self.call("public/get_challenge", {"account": signer.account})
        signed = signer.login(int(given["challenge"]), given["expiry_s"], as_session=as_session)
        return await self.call("public/auth", signed)

    async def domain(self) -> Domain:
        """For which chain and contract to sign. Compare it with what you expect before you sign anything."""
        status = await self.call("public/status")
        return Domain(status["chain_id"], int(status["contract"], 16))

    async def instruments(self) -> dict[int, str]:
        """Names by series id."""
        listed = await self.call("public/get_instruments", {"include_settled": True})
        self._instruments = {one["series_id"]: one["instrument_name"] for one in listed}
        return self._instruments

    async def place(
        self,
        signer: Signer,
        order: Order,
        time_in_force: TimeInForce = TimeInForce.GOOD_TILL_EXPIRY,
        *,
        post_only: bool = False,
        reduce_only: bool = False,
    ) -> Any:
        """Signs an order and sends it. Raises `ApiRefusal`, and `KeyError` for a series that is not listed."""
        if order.series_id not in self._instruments:
            await self.instruments()
        name = self._instruments[order.series_id]
        given = signer.order(order, name, time_in_force, post_only=post_only, reduce_only=reduce_only)
        return await self.call("private/buy" if order.is_buy else "private/sell", given)

    async def subscribe(self, channels: Sequence[str], *, own: bool = False) -> Any:
        """Lets `notifications` fill."""
        return await self.call("private/subscribe" if own else "public/subscribe", {"channels": list(channels)})

    async def _read(self) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            async for data in self._socket:
                self._take(node_messages(data))
        except ConnectionClosed:
            pass
        except NotFromANode as error:
            self._bad = BadMessage(INVALID_DATA, str(error))
        finally:
            lost = self._lost()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(lost)
                    future.exception()
            self._waiting.clear()
        if self._bad is not None:
            await self._socket.close(INVALID_DATA, self._bad.reason)

    def _lost(self) -> ConnectionLost:
        return self._bad or ConnectionLost(self._socket.close_code, self._socket.close_reason or "")

    def _take(self, messages: list[NodeMessage]) -> None:
        for one in messages:
            if one.method == "subscription":
                if self.notifications.full():
                    self.notifications.get_nowait()
                self.notifications.put_nowait(one.params)
                continue
            for future in self._asked(one.id):
                if one.error is None:
                    future.set_result(one.result)
                else:
                    future.set_exception(ApiRefusal(one.error.code, one.error.message, one.error.data))
                    future.exception()

    def _asked(self, number: int | None) -> list[asyncio.Future[Any]]:
        """Who waits for an answer. One without a number is about a message that was no JSON: any may be meant."""
        if number is None:
            found, self._waiting = list(self._waiting.values()), {}
        else:
            future = self._waiting.pop(number, None)
            found = [] if future is None else [future]
        return [future for future in found if not future.done()]


class SyncApiClient:
    """The same for programs without a loop: every call waits. Usable as a context."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="api-client", daemon=True)
        self._thread.start()
        try:
            self.client = self.wait(ApiClient.connect(url))
        except BaseException:
            self._end()
            raise

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs anything of `client` to its end."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SYNC_S)

    def call(self, method: str, parameters: Parameters | None = None) -> Any:
        """One request. Raises as `ApiClient.call` does."""
        return self.wait(self.client.call(method, parameters))

    def login(self, signer: Signer, *, as_session: bool = False) -> Any:
        """Logs in."""
        return self.wait(self.client.login(signer, as_session=as_session))

    def place(self, signer: Signer, order: Order, time_in_force: TimeInForce = TimeInForce.GOOD_TILL_EXPIRY) -> Any:
        """Signs and sends an order."""
        return self.wait(self.client.place(signer, order, time_in_force))

    def next_notification(self, wait_s: float = SYNC_S) -> dict[str, Any]:
        """The oldest that was not looked at. Raises `TimeoutError`."""
        return self.wait(asyncio.wait_for(self.client.notifications.get(), wait_s))

    def close(self) -> None:
        """Ends connection and thread."""
        self.wait(self.client.close())
        self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()
