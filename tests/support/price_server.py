"""A server on this machine that answers as exchanges do, or badly, as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TypeAlias

from tests.support.exchange_answers import Exchange

SLOW_S = 30.0


@dataclass(frozen=True)
class Reply:
    """`missing` bytes are promised and not sent; with `drip_s` a byte comes only every so many seconds."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0
    drip_s: float = 0.0
    kind: str = "application/json"


Fault: TypeAlias = Callable[[bytes], Reply]


@dataclass
class PriceServer:
    """`faults` are by a part of the path, `asked` has all paths. `is_over` wakes whoever is slow."""

    url: str
    exchange: Exchange
    faults: dict[str, Fault] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)

    def reply(self, path: str) -> Reply:
        self.asked.append(path)
        text = self.exchange.answer(path)
        good = b"" if text is None else text.encode()
        for part, fault in self.faults.items():
            if part in path:
                return fault(good)
        return Reply(good) if text is not None else Reply(b"not here", status=404, kind="text/plain")


@contextmanager
def price_server(exchange: Exchange | None = None) -> Iterator[PriceServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server = PriceServer(f"http://127.0.0.1:{http.server_port}", exchange or Exchange())
        SERVERS[http.server_port] = server
        thread = Thread(target=http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.is_over.set()
            http.shutdown()
            thread.join()


SERVERS: dict[int, PriceServer] = {}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = SERVERS[self.connection.getsockname()[1]]
        reply = server.reply(self.path)
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body) + reply.missing))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self._send(reply, server)
        except OSError:
            self.close_connection = True

    def _send(self, reply: Reply, server: PriceServer) -> None:
        if not reply.drip_s:
            self.wfile.write(reply.body)
            return
        for byte in reply.body:
            if server.is_over.wait(reply.drip_s):
                return
            self.wfile.write(bytes([byte]))

    def date_time_string(self, timestamp: float | None = None) -> str:
        """By the market's clock."""
        server = SERVERS[self.connection.getsockname()[1]]
        return super().date_time_string(server.exchange.now_s if timestamp is None else timestamp)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def with_body(body: bytes, kind: str = "application/json") -> Fault:
    return lambda _good: Reply(body, kind=kind)
