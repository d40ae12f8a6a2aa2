"""Nobody takes more than his share: of bytes, of time, of sockets, of what waits."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from sequencer.api.client import ConnectionLost
from sequencer.api.port import BatchMoved, Finality
from sequencer.api.services import Limits
from tests.adversarial.api.conftest import TIGHT
from tests.support.api_node import NAME, Stand, running


def opened(stand: Stand) -> socket.socket:
    return socket.create_connection((stand.api.host, stand.api.port), timeout=10)


def everything(line: socket.socket) -> bytes:
    """Until the server closes."""
    found = b""
    with suppress(ConnectionResetError):
        while data := line.recv(65_536):
            found += data
    return found


def rule_of(answer: bytes) -> str:
    """What refused, of the bytes of an HTTP response."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")), answer[:200]
    return str(json.loads(body)["error"]["data"]["rule"])


def test_i123_bodies(tight: Stand) -> None:
    for body in (b" " * 100_001, b"[" * 10_000, b'{"a":' * 10_000, b"[" * 100_001):
        answer = tight.http.post("/api/v2", content=body)
        assert (answer.status_code, answer.json()["error"]["data"]["rule"]) in (
            (413, "BodyTooLarge"),
            (400, "MalformedJson"),
        )

    def chunks() -> Iterator[bytes]:
        for _ in range(2_000):
            yield b" " * 100

    assert tight.http.post("/api/v2", content=chunks()).status_code == 413
    with opened(tight) as line:
        line.sendall(b"POST /api/v2 HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999999999999999\r\n\r\n")
        assert rule_of(everything(line)) in ("BodyTooLarge", "InvalidRequest")


def test_i123_bodies_twin(tmp_path: Path) -> None:
    """A server that reads whatever is sent."""
    with running(tmp_path, replace(TIGHT, body_bytes=1 << 24)) as stand, pytest.raises(AssertionError):
        test_i123_bodies(stand)


def test_i123_headers(tight: Stand) -> None:
    answer = tight.http.get("/api/v2/public/test", headers={"x": "y" * 20_000})
    assert answer.status_code == 431
    with opened(tight) as line:
        line.sendall(b"GET /api/v2/public/test HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 50_000)
        assert rule_of(everything(line)) == "HeadersTooLarge"
    with opened(tight) as line:
        line.sendall(b"GET /" + b"y" * 50_000)
        assert rule_of(everything(line)) == "HeadersTooLarge"
    with opened(tight) as line:
        line.sendall(b"\x16\x03\x01nonsense\r\n\r\n")
        assert rule_of(everything(line)) == "InvalidRequest"


def drip(stand: Stand, head: bytes, rest: bytes, most_s: float) -> bytes:
    """Sends byte after byte, far too slowly."""
    ends_s = time.monotonic() + most_s
    with opened(stand) as line:
        line.sendall(head)
        line.settimeout(0.02)
        for byte in rest:
            try:
                line.sendall(bytes([byte]))
                if data := line.recv(65_536):
                    return data
                return b""
            except TimeoutError:
                if time.monotonic() > ends_s:
                    raise
            except (BrokenPipeError, ConnectionResetError):
                return b""
    raise TimeoutError


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        (b"", b"GET /api/v2/public/test HTTP/1.1\r\n" + b"a: b\r\n" * 100),
        (b"POST /api/v2 HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n", b" " * 500),
        (b"GET /api/v2/public/test HTTP/1.1\r\nhost: x\r\n\r\n", b"GET /" + b"x" * 500),
    ],
    ids=["headers", "body", "second request"],
)
def test_i123_slow_ones_are_cut_off(tight: Stand, head: bytes, rest: bytes) -> None:
    answer = drip(tight, head, rest, most_s=5)
    assert b"RequestTimeout" in answer or answer.startswith(b"HTTP/1.1 200") or answer == b""


def test_i123_slow_ones_are_cut_off_twin(tmp_path: Path) -> None:
    """A server that waits for headers for ever."""
    with running(tmp_path, replace(TIGHT, header_s=1_000.0)) as stand, pytest.raises(TimeoutError):
        drip(stand, b"", b"GET /api/v2/public/test HTTP/1.1\r\n" + b"a: b\r\n" * 100, most_s=1)


def test_i123_who_says_nothing_is_cut_off(tight: Stand) -> None:
    with opened(tight) as line:
        assert rule_of(everything(line)) == "RequestTimeout"
    with opened(tight) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        began = time.monotonic()
        assert everything(line).startswith(b"HTTP/1.1 200")
        assert time.monotonic() - began < 5


def test_i123_many_sockets(tmp_path: Path) -> None:
    """Of one address so many, and the others are told why; afterwards all is as before."""
    sockets_are_bounded(tmp_path, replace(TIGHT, header_s=2.0))


def test_i123_many_sockets_twin(tmp_path: Path) -> None:
    """A server that lets one address have as many as it likes."""
    with pytest.raises(AssertionError):
        sockets_are_bounded(tmp_path, replace(TIGHT, header_s=2.0, connections=1_000, connections_of_address=1_000))


def sockets_are_bounded(folder: Path, limits: Limits) -> None:
    with running(folder, limits) as stand:
        with ExitStack() as held:
            lines = [held.enter_context(opened(stand)) for _ in range(200)]
            refused = [line for line in lines[30:] if rule_of(everything(line)) == "TooManyConnections"]
            assert len(refused) == 170
            assert {rule_of(everything(line)) for line in lines[:30]} == {"RequestTimeout"}
        time.sleep(0.3)
        assert httpx.get(stand.api.url + "/healthz").status_code == 200


MANY_SOCKETS = """
import resource, socket, sys
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
lines = [socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60) for _ in range(10_000)]
print(len(lines), flush=True)
sys.stdin.read()
"""


@pytest.mark.deep
def test_i123_ten_thousand_sockets(tmp_path: Path) -> None:
    """All of them at once from another process; the server keeps as many as it may, and still answers others."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < 12_000:
        pytest.skip("this machine does not allow that many files")
    limits = replace(Limits(), connections=2_000, connections_of_address=1_900, header_s=3.0)
    with running(tmp_path, limits) as stand:
        command = [sys.executable, "-c", MANY_SOCKETS, str(stand.api.port)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdin is not None
            assert child.stdout.readline().strip() == "10000"
            time.sleep(4)
            assert httpx.get(stand.api.url + "/healthz").status_code == 200
            child.stdin.close()


def test_i123_websocket_messages(tight: Stand) -> None:
    client = tight.client()
    with pytest.raises(ConnectionLost) as lost:
        client.call("public/test", {"x": "y" * 120_000})
    assert lost.value.code == 1009


async def read_nothing(stand: Stand) -> tuple[int, str]:
    """Asks for more than a socket holds, and reads nothing until the server has given up."""
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed

    request = {"jsonrpc": "2.0", "id": 1, "method": "public/get_instruments", "params": {}}
    body = json.dumps([request] * 100)
    url = stand.api.url.replace("http", "ws") + "/ws/api/v2"
    async with connect(url, compression=None, max_queue=1, max_size=None, proxy=None) as line:
        line.transport.pause_reading()
        for _ in range(2_000):
            await asyncio.wait_for(line.send(body), 10)
            if "SlowConsumer" in (await asyncio.to_thread(stand.http.get, "/metrics")).text:
                break
        line.transport.resume_reading()
        with suppress(ConnectionClosed):
            async for _ in line:
                pass
        return line.close_code or 0, line.close_reason or ""


def test_i123_who_does_not_read_is_dropped(tight: Stand) -> None:
    code, reason = asyncio.run(read_nothing(tight))
    metrics = tight.http.get("/metrics").text
    assert 'zkclear_api_dropped_connections_total{rule="SlowConsumer"} 1.0' in metrics
    assert (code, reason.partition(":")[0]) == (4008, "SlowConsumer")
    assert tight.client().call("public/test") == {"version": "2.0"}


def test_a_server_that_lost_its_place_says_so(tmp_path: Path) -> None:
    with running(tmp_path) as stand:
        client = stand.client(2)
        client.call("public/subscribe", {"channels": [f"book.{NAME}.raw"]})
        stand.node.door.publish([BatchMoved(1, Finality.BATCHED)] * (1 << 17))
        for _ in range(100):
            if stand.http.get("/readyz").status_code == 503:
                break
            time.sleep(0.05)
        answer = stand.http.get("/readyz").json()
        assert [one["name"] for one in answer["conditions"] if not one["holds"]] == ["view is complete"]
        assert stand.http.get(f"/api/v2/public/get_order_book?instrument_name={NAME}").status_code == 503
        assert stand.http.get("/healthz").status_code == 200


def test_readiness_says_what_is_missing(tight: Stand) -> None:
    assert tight.http.get("/readyz").status_code == 200
    before = list(tight.node.conditions)
    tight.node.conditions[0] = replace(before[0], holds=False, why="the disk is full")
    answer = tight.http.get("/readyz")
    tight.node.conditions[:] = before
    assert answer.status_code == 503
    assert answer.json()["conditions"][0] == {"name": before[0].name, "holds": False, "why": "the disk is full"}


def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with running(tmp_path) as stand:
        client = stand.client(2)
        stand.api.stop()
        assert not stand.api.is_running
        with pytest.raises(ConnectionLost):
            client.call("public/test")
