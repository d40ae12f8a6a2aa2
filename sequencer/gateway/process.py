"""The API's process, seen from the node."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final

import structlog

from sequencer.api.port import Event
from sequencer.gateway.door import NodeSide
from sequencer.gateway.errors import GatewayBehind, GatewayError, GatewayFailed
from sequencer.gateway.framing import CHUNK_BYTES, Frames, frame
from sequencer.gateway.talk import (
    Asked,
    Close,
    Failed,
    FromGateway,
    GatewayPlan,
    Line,
    Past,
    Serve,
    Serving,
    Submitted,
    ToGateway,
    Told,
)
from sequencer.messages import MalformedMessage

PROGRAM: Final = "sequencer.gateway.program"
END_S: Final = 30.0
HEALTH_S: Final = 0.5
"""How often it is told whether the node can be used."""

MOST_WAITING: Final = 1 << 14
"""Words that may wait for it: minutes of them."""

LEVELS: Final = ("debug", "info", "warning", "error", "critical")

_ROOT: Final = Path(__file__).resolve().parents[2]


class GatewayProcess:
    """`GatewayDoor` to another process. What is handed in waits in memory, never for the socket."""

    def __init__(self, plan: GatewayPlan, listener: socket.socket, node: NodeSide) -> None:
        """Starts it, and gives `listener` away, where it will answer. Raises `OSError` if no process can be started."""
        self._node = node
        self._log = structlog.get_logger("api")
        self._socket, theirs = socket.socketpair()
        with theirs, listener:
            self._process = _started(theirs, listener)
        self._outgoing: SimpleQueue[ToGateway | None] = SimpleQueue()
        self._outgoing.put(plan)
        self._lock = threading.Lock()
        self._opened: Future[None] = Future()
        self._is_closed = False
        self._threads = [
            threading.Thread(target=run, name=name, daemon=True)
            for name, run in (("api: writer", self._write), ("api", self._read))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def process_id(self) -> int:
        """Of the operating system."""
        return self._process.pid

    def past(self, events: Sequence[Event]) -> None:
        """See `GatewayDoor`."""
        self._outgoing.put(Past(events))

    def open(self) -> None:
        """See `GatewayDoor`."""
        self._outgoing.put(Serve())
        self._opened.result()

    def tell(self, told: Told) -> None:
        """See `GatewayDoor`. Some microseconds."""
        self._outgoing.put(told)
        if self._outgoing.qsize() > MOST_WAITING:
            self._ended(GatewayBehind(MOST_WAITING))

    def close(self) -> None:
        """See `GatewayDoor`. Waits for its end, and kills it when that does not come."""
        self._first_end()
        if threading.current_thread() in self._threads:
            return  # told by the process itself that it ends; whoever stops the node waits for it
        self._outgoing.put(Close())
        self._outgoing.put(None)
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(END_S)
        for thread in self._threads:
            thread.join(END_S)
        self._socket.close()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        told_s = 0.0
        with suppress(OSError):  # the reader says why it is gone
            while True:
                words = self._waiting()
                is_last = bool(words) and words[-1] is None
                if monotonic() - told_s >= HEALTH_S:
                    words.insert(0 if told_s else len(words) - is_last, self._node.health())
                    told_s = monotonic()
                try:
                    self._socket.sendall(b"".join(frame(word) for word in words if word is not None))
                except Exception as error:
                    if not isinstance(error, OSError):
                        self._ended(GatewayFailed(type(error).__name__, str(error)))
                    raise
                if is_last:
                    return

    def _waiting(self) -> list[ToGateway | None]:
        """All that waits, after the first has come, or nothing for a while."""
        words: list[ToGateway | None] = []
        with suppress(Empty):
            words.append(self._outgoing.get(timeout=HEALTH_S))
            while words[-1] is not None:
                words.append(self._outgoing.get_nowait())
        return words

    def _read(self) -> None:
        frames = Frames()
        while True:
            try:
                data = self._socket.recv(CHUNK_BYTES)
                if not data:
                    raise EOFError
                for word in frames.feed(data):
                    self._take(word)
            except (EOFError, OSError):
                self._ended(GatewayFailed("it has ended", "start the node again"))
                return
            except MalformedMessage as error:
                self._ended(GatewayFailed(type(error).__name__, str(error)))
                return

    def _take(self, word: FromGateway) -> None:
        match word:
            case Submitted(messages):
                self._node.take(messages)
            case Asked(number, account):
                self._node.ask(number, account)
            case Line(level, text, fields):
                getattr(self._log, level if level in LEVELS else "info")(text, **fields)
            case Serving():
                self._opened.set_result(None)
            case Failed(kind, why):
                self._ended(GatewayFailed(kind, why))

    def _first_end(self) -> bool:
        """Whether this was the first time."""
        with self._lock:
            is_first, self._is_closed = not self._is_closed, True
        return is_first

    def _ended(self, error: GatewayError) -> None:
        if not self._first_end():
            return
        if not self._opened.done():
            self._opened.set_exception(error)
        self._node.failed(error)


def _started(theirs: socket.socket, listener: socket.socket) -> subprocess.Popen[bytes]:
    descriptors = (theirs.fileno(), listener.fileno())
    path = os.pathsep.join(part for part in (str(_ROOT), os.environ.get("PYTHONPATH")) if part)
    return subprocess.Popen(
        [sys.executable, "-m", PROGRAM, *map(str, descriptors)],
        pass_fds=descriptors,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )
