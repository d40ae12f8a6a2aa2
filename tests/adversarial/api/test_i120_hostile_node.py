"""A client whose node is anybody: what it says must not end the client's process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from websockets.sync.server import ServerConnection, serve

from sequencer.api import node_messages
from sequencer.api.client import BadMessage, SyncApiClient

UNTHINKABLE = 100_000
"""What py_ecc lifts the recursion limit to."""


@contextmanager
def node_saying(answer: str) -> Iterator[str]:
    """The URL of a server that says this to every request."""

    def told(socket: ServerConnection) -> None:
        for _ in socket:
            socket.send(answer)

    with serve(told, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("[" * 1_000_000, "nested deeper than 32 times"),
        ('{"id": 1, "result": ' + "[" * 32 + "]" * 32 + "}", "nested deeper than 32 times"),
        ("<html>", "no JSON"),
        ("[1]", "neither an answer nor a notification"),
        ("{}", "neither an answer nor a notification"),
        ('{"id": [], "result": 1}', "neither an answer nor a notification"),
        ('{"id": 1, "error": "no"}', "neither an answer nor a notification"),
    ],
)
def test_i120_what_no_node_says_closes_the_connection(answer: str, why: str) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(UNTHINKABLE)
    try:
        with node_saying(answer) as url, SyncApiClient(url) as asking:
            for _ in range(2):
                with pytest.raises(BadMessage, match=why):
                    asking.call("public/status")
    finally:
        sys.setrecursionlimit(limit)


def test_i120_brackets_in_strings_are_no_nesting() -> None:
    with node_saying('{"id": 1, "result": "' + "[" * 100 + '"}') as url, SyncApiClient(url) as asking:
        assert asking.call("public/status") == "[" * 100


def test_i120_what_no_node_says_closes_the_connection_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_messages, "is_nested_deeper", lambda _data, _levels: False)
    answer = '{"id": 1, "result": ' + "[" * 32 + "]" * 32 + "}"
    with node_saying(answer) as url, SyncApiClient(url) as asking:
        assert asking.call("public/status")
