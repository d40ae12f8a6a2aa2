"""The API's own process: `python -m sequencer.gateway.program SOCKET LISTENER`, started by the node alone.

It inherits both: the socket to the node, on which it gets its `GatewayPlan` and then what `talk` has, and the listener
where traders come. It ends at once when the node's side is closed, which the system does for a node that was killed.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Mapping, MutableMapping
from queue import Empty, SimpleQueue
from typing import Any, Final, NoReturn

import structlog

from prover.kernels import load_kernels
from sequencer.api.incidents import configure_logging
from sequencer.api.port import Health, NodeInfo
from sequencer.api.projection import Projection
from sequencer.api.server import serve
from sequencer.gateway.framing import CHUNK_BYTES, Frames, frame
from sequencer.gateway.interpreter import tuned_interpreter
from sequencer.gateway.remote_node import RemoteNode
from sequencer.gateway.talk import Failed, GatewayPlan, Line, Past, Serve, Serving
from sequencer.native_crypto import NativeCrypto

LOOK_S: Final = 1.0
APART: Final = frozenset(("event", "level", "timestamp"))


class _NodeGone(Exception):
    """Its side of the socket is closed."""


def _begun(connection: socket.socket) -> tuple[GatewayPlan, NodeInfo, Projection]:
    """What there is to know before anybody is answered. Raises `_NodeGone`."""
    frames, words = Frames(), list[Any]()
    plan: GatewayPlan | None = None
    projection: Projection | None = None
    while True:
        while not words:
            data = connection.recv(CHUNK_BYTES)
            if not data:
                raise _NodeGone
            words = frames.feed(data)
        word = words.pop(0)
        match word:
            case GatewayPlan():
                plan = word
                info = _info(plan)
                projection = Projection(info)
            case Past(events) if projection is not None:
                for event in events:
                    projection.feed(event)
            case Serve() if plan is not None and projection is not None:
                return plan, info, projection
            case Health():
                continue  # nobody asks yet
            case _:
                raise _NodeGone


def _info(plan: GatewayPlan) -> NodeInfo:
    crypto = NativeCrypto(load_kernels(threads=1))
    return NodeInfo(plan.domain, plan.preset, plan.underlyings, plan.maker_fee_ppm, plan.taker_fee_ppm, crypto)


def run(connection: socket.socket, listener: socket.socket) -> int:
    """Answers until the node asks for the end. The exit code of the process."""
    plan, info, projection = _begun(connection)
    ends: SimpleQueue[None] = SimpleQueue()

    def ended(was_asked: bool) -> None:
        if not was_asked:
            _end_at_once()
        ends.put(None)

    node = RemoteNode(info, connection, projection.sequence, ended)
    _log_to(node)
    try:
        with tuned_interpreter(), serve(node, projection, listener=listener, limits=plan.limits) as api:
            node.say(Serving())
            while True:
                try:
                    ends.get(timeout=LOOK_S)
                    return 0
                except Empty:
                    if not api.is_running:
                        node.say(Failed("its server has ended", "why is in the log; start the node again"))
                        return 1
    except Exception as error:
        connection.setblocking(True)
        connection.sendall(frame(Failed(type(error).__name__, str(error))))
        raise


def _end_at_once() -> NoReturn:
    os._exit(0)


def _log_to(node: RemoteNode) -> None:
    """Lines go where the node's own go, without secrets."""
    configure_logging()

    def said(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        fields = {name: str(value) for name, value in event.items() if name not in APART}
        node.say(Line(str(event.get("level", "info")), str(event.get("event", "")), fields))
        raise structlog.DropEvent

    processors = structlog.get_config()["processors"]
    structlog.configure(processors=[*processors[:-1], said])


def main() -> int:
    """Ctrl-C in a terminal reaches every process in it: it is the node's to end this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection, listener = (socket.socket(fileno=int(text)) for text in sys.argv[1:3])
    try:
        return run(connection, listener)
    except (_NodeGone, ConnectionError):
        return 0


if __name__ == "__main__":
    sys.exit(main())
