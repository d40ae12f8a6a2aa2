"""JSON-RPC's envelope: what is around a method's parameters, and around what it answers."""

from __future__ import annotations

import time
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from sequencer.api.errors import Data, InvalidParameters, InvalidRequest

MICROSECONDS: Final = 1_000
LONGEST_ID: Final = 64
OK: Final = 200

RequestId = int | str | None


class ErrorObject(Struct, frozen=True):
    """JSON-RPC's error. `data` has the rule's name, and what it is about."""

    code: int
    message: str
    data: Data


class Response(Struct, frozen=True, kw_only=True, rename={"us_in": "usIn", "us_out": "usOut"}):
    """JSON-RPC's answer. Times are microseconds of the node's clock."""

    id: RequestId | UnsetType = UNSET
    result: Any = UNSET
    error: ErrorObject | UnsetType = UNSET
    us_in: int
    us_out: int
    jsonrpc: str = "2.0"


class Reply(Struct, frozen=True):
    """Bytes, the HTTP status that goes with them, and how long to wait before the next try."""

    body: bytes
    status: int = OK
    retry_after_ms: int | None = None


_ENCODER: Final = msgspec.json.Encoder()


def encoded(response: Response) -> bytes:
    """As it is sent."""
    return _ENCODER.encode(response)


def id_of(request: Any) -> RequestId:
    """Raises `InvalidRequest`."""
    if not isinstance(request, dict):
        raise InvalidRequest("a request is an object")
    request_id = request.get("id")
    if not isinstance(request_id, int | str) or isinstance(request_id, bool):
        raise InvalidRequest("a request needs an id: an integer or a string")
    if isinstance(request_id, str) and len(request_id) > LONGEST_ID:
        raise InvalidRequest(f"an id has at most {LONGEST_ID} characters")
    return request_id


def named(request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The method, and its parameters. Raises `InvalidRequest`, `InvalidParameters`."""
    name, given = request.get("method"), request.get("params", {})
    if request.get("jsonrpc") != "2.0" or not isinstance(name, str):
        raise InvalidRequest('a request has "jsonrpc": "2.0" and the name of a method')
    if not isinstance(given, dict):
        raise InvalidParameters("parameters are named: params is an object")
    return name, given


def now_us() -> int:
    """The node's clock."""
    return time.time_ns() // MICROSECONDS
