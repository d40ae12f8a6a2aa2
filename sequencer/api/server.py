"""A server in a thread of its own, with a loop of its own. It speaks plain HTTP: TLS is a proxy's business."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import structlog
from prometheus_client import CollectorRegistry

from sequencer.api.dispatcher import Dispatcher
from sequencer.api.errors import Unavailable
from sequencer.api.incidents import configure_logging, report_incident, take_library_logs
from sequencer.api.measures import Measures
from sequencer.api.methods.table import METHODS
from sequencer.api.openapi import description
from sequencer.api.port import NodePort
from sequencer.api.projection import Projection
from sequencer.api.services import Limits, Services
from sequencer.api.subscriptions.hub import Hub

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

    from sequencer.api.websocket import WebSocketSide

START_S: Final = 30.0
STOP_S: Final = 10.0
PING_S: Final = 20.0
BACKLOG: Final = 2_048


class RunningApi:
    """A server that answers. `stop` ends it; so does leaving it as a context."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._ready: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether its thread lives."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self, wait_s: float = STOP_S) -> None:
        """Answers what is under way, closes all connections, and ends the thread."""
        loop, server = self._loop, self._server
        if loop is not None and server is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed already
                loop.call_soon_threadsafe(setattr, server, "should_exit", True)
        if self._thread is not None:
            self._thread.join(wait_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.stop()

    def start(self, body: Callable[[RunningApi], None]) -> None:
        """Runs `body` in the thread, and waits until it answers. Raises what kept it from that."""
        self._thread = threading.Thread(target=body, args=(self,), name="api", daemon=True)
        self._thread.start()
        self._ready.result(START_S)

    def is_up(self, loop: asyncio.AbstractEventLoop, server: uvicorn.Server) -> None:
        """Called in the thread when it answers."""
        self._loop, self._server = loop, server
        self._ready.set_result(None)

    def failed(self, error: BaseException) -> None:
        """Called in the thread when it ends by an error."""
        if not self._ready.done():
            self._ready.set_exception(error)
        else:
            report_incident(error, "server")


def serve(
    node: NodePort,
    projection: Projection | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    limits: Limits | None = None,
    clock: Callable[[], float] = time.time,
    random_bytes: Callable[[int], bytes] = os.urandom,
    registry: CollectorRegistry | None = None,
    trusted_proxies: Sequence[str] = (),
) -> RunningApi:
    """Starts a server and returns when it answers. Port 0 is a free one; see `RunningApi.port`.

    `projection` is what was fed with all events up to where the node is now, by default nothing. Requests of
    `trusted_proxies` count for the address in X-Forwarded-For. Raises `OSError` for an address that cannot be used, and
    `EventGap` for a projection that is not where the node is.
    """
    if not structlog.is_configured():
        configure_logging()  # the library's own default knows of no secrets
    listener = _listen(host, port)
    known = projection or Projection(node.info)
    chosen = limits or Limits()
    measures = Measures(registry)
    running = RunningApi(host, listener.getsockname()[1])

    async def run() -> None:
        services = Services(node, known, chosen, clock, random_bytes)
        services.start()
        await _serve(services, measures, listener, running, trusted_proxies)

    def body(one: RunningApi) -> None:
        import uvloop

        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(run())
        except Exception as error:
            one.failed(error)
            raise
        finally:
            listener.close()

    running.start(body)
    return running


async def _serve(
    services: Services,
    measures: Measures,
    listener: socket.socket,
    running: RunningApi,
    trusted_proxies: Sequence[str],
) -> None:
    import uvicorn

    from sequencer.api.protocol import Connections, bounded_protocols

    take_library_logs("uvicorn.error")
    hub = Hub(services)
    connections = Connections(services.limits)
    app, sockets = _application(services, hub, measures)
    measures.watch("connections", "Open connections", lambda: connections.count)
    measures.watch("websockets", "Open WebSockets", lambda: len(sockets.connections))
    measures.watch("messages_in_flight", "Messages that wait for the log", lambda: services.in_flight.taken)
    measures.watch("sequence", "The last entry of the log that is shown", lambda: services.projection.sequence)
    http_class, websocket_class = bounded_protocols(connections)
    config = uvicorn.Config(
        app,
        http=http_class,
        ws=websocket_class,
        ws_max_size=services.limits.body_bytes,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        ws_per_message_deflate=False,
        timeout_keep_alive=int(services.limits.idle_s),
        timeout_graceful_shutdown=int(STOP_S) // 2,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        backlog=BACKLOG,
    )
    server = uvicorn.Server(config)
    tasks = [asyncio.create_task(services.run()), asyncio.create_task(hub.run())]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    tasks.append(asyncio.create_task(_tell_when_up(server, serving, running)))
    watching = asyncio.create_task(_close_when_lost(services, sockets, tasks[0]))
    try:
        await serving
    finally:
        for task in (*tasks, watching):
            task.cancel()
        await asyncio.gather(*tasks, watching, return_exceptions=True)


def _application(services: Services, hub: Hub, measures: Measures) -> tuple[Starlette, WebSocketSide]:
    from starlette.routing import WebSocketRoute

    from sequencer.api.http import HttpSide, application
    from sequencer.api.websocket import WebSocketSide

    dispatcher = Dispatcher(METHODS, measures)
    sockets = WebSocketSide(services, dispatcher, hub, measures)
    side = HttpSide(services, dispatcher, measures, description())
    return application(side, [WebSocketRoute("/ws/api/v2", sockets)]), sockets


async def _tell_when_up(server: uvicorn.Server, serving: asyncio.Task[None], running: RunningApi) -> None:
    while not server.started:
        if serving.done():
            return
        await asyncio.sleep(0.005)
    running.is_up(asyncio.get_running_loop(), server)


async def _close_when_lost(services: Services, sockets: WebSocketSide, following: asyncio.Task[None]) -> None:
    """When what is known has a gap, subscribers must not believe that they still follow."""
    await asyncio.wait({following})
    if services.lost is not None:
        for connection in list(sockets.connections):
            connection.drop(Unavailable())


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(error.errno, error.strerror, f"{host}:{port}") from error
    return listener
