"""What a node says of itself over HTTP, by the standard library: light enough for a command that only looks."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sequencer.node.errors import NodeError

TIMEOUT_S: Final = 5.0
MOST_BYTES: Final = 1 << 20
READY, UNREADY = 200, 503


class NodeSilent(NodeError):
    """Nobody answers there, or somebody who is no node."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"no node answers at {url} ({why}): `zkclear node up` starts one, or name another by --url")
        self.url, self.why = url, why


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a node takes messages. `conditions` are name, whether it holds, and why not."""

    is_ready: bool
    conditions: tuple[tuple[str, bool, str], ...]


def ask_health(url: str, timeout_s: float = TIMEOUT_S) -> Health:
    """What `/readyz` says. Raises `NodeSilent`."""
    status, body = _get(url, "/readyz", timeout_s)
    try:
        answer = json.loads(body)
        conditions = tuple((str(one["name"]), bool(one["holds"]), str(one["why"])) for one in answer["conditions"])
        is_ready = bool(answer["is_ready"])
    except (ValueError, KeyError, TypeError) as error:
        raise NodeSilent(url, f"what answers there is no node: status {status}") from error
    return Health(is_ready, conditions)


def is_live(url: str) -> bool:
    """Whether a node answers at all."""
    try:
        ask_health(url)
    except NodeSilent:
        return False
    return True


def _get(url: str, path: str, timeout_s: float) -> tuple[int, bytes]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise NodeSilent(url, "that is no URL") from error
    if parts.scheme not in ("http", "https") or not host:
        raise NodeSilent(url, "a URL begins with http:// or https://")
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(host, port, timeout=timeout_s)
    try:
        connection.request("GET", parts.path.rstrip("/") + path)
        answer = connection.getresponse()
        return answer.status, answer.read(MOST_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise NodeSilent(url, getattr(error, "strerror", None) or str(error) or type(error).__name__) from error
    finally:
        connection.close()
