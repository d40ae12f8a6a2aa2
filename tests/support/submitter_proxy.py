"""A node over HTTP that goes wrong on demand: what answers is a function, what breaks is one too."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[dict[str, Any]], Any]
"""From a JSON-RPC request to the whole answer: an object, bytes as they are, or an HTTP status."""


@dataclass(slots=True)
class Proxy:
    """`fault(request)` names what goes wrong with a request, or None. `seen` are the methods, in order.

    `silence` asks the node and answers nothing; `drop` does not even ask; a number is an HTTP status.
    """

    url: str
    upstream: Answer
    fault: Callable[[dict[str, Any]], str | int | None] = lambda _: None
    seen: list[str] = field(default_factory=list)


@contextmanager
def proxy(upstream: Answer = dict, *, silence_s: float = 1.0) -> Iterator[Proxy]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            running.seen.append(request["method"])
            fault = running.fault(request)
            if fault == "drop":
                time.sleep(silence_s)
                return
            body = _spoilt(running.upstream(request), request, fault)
            if fault == "silence":
                time.sleep(silence_s)
                return
            self.send_response(fault if isinstance(fault, int) else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running = Proxy(f"http://127.0.0.1:{server.server_address[1]}", upstream)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def forwarding(url: str) -> Answer:
    """To a real node."""

    def forward(request: dict[str, Any]) -> Any:
        body = json.dumps(request).encode()
        asked = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return json.loads(answer.read())

    return forward


def _spoilt(answer: Any, request: dict[str, Any], fault: str | int | None) -> bytes:
    match fault:
        case "html":
            return b"<html><body>Bad gateway</body></html>"
        case "wrong id":
            return json.dumps({**answer, "id": request["id"] + 1}).encode()
        case "null":
            return json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": None}).encode()
        case "list":
            return b"[]"
        case "deep":
            return b"[" * 200_000
        case "nothing":
            return json.dumps({"jsonrpc": "2.0", "id": request["id"]}).encode()
    return json.dumps(answer).encode()
