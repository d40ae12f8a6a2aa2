"""One JSON-RPC call to an Ethereum node, by the standard library: for what is too small to load web3."""

from __future__ import annotations

import http.client
import json
from typing import Any, Final
from urllib.parse import urlsplit

from sequencer.l1.errors import BadAnswer, BadUrl, ChainDown, RpcRefused
from sequencer.l1.nesting import refuse_deep_nesting

TIMEOUT_S: Final = 30.0
_MAX_ANSWER: Final = 1 << 28


def call(url: str, method: str, *parameters: object, timeout_s: float = TIMEOUT_S) -> Any:
    """The result of a method.

    Raises `BadUrl`, `ChainDown` when nobody answers, `BadAnswer` for what is no JSON-RPC, and `RpcRefused` with the
    node's own error.
    """
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
    answer = _answer(url, body, timeout_s)
    refuse_deep_nesting()
    try:
        decoded = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(url, f"no JSON: {answer[:60]!r}") from error
    if not isinstance(decoded, dict) or decoded.get("id") != 1 or not {"result", "error"} & decoded.keys():
        raise BadAnswer(url, f"no JSON-RPC: {answer[:60]!r}")
    if (refusal := decoded.get("error")) is not None:
        if not isinstance(refusal, dict):
            raise BadAnswer(url, f"no JSON-RPC: {answer[:60]!r}")
        raise RpcRefused(method, refusal.get("code", 0), refusal.get("message", "refused"), refusal.get("data"))
    return decoded["result"]


def _answer(url: str, body: str, timeout_s: float) -> bytes:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadUrl(url) from error
    if parts.scheme not in ("http", "https") or not host:
        raise BadUrl(url)
    secure = parts.scheme == "https"
    make = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = make(host, port, timeout=timeout_s)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        return connection.getresponse().read(_MAX_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise ChainDown(url, str(error) or type(error).__name__) from error
    finally:
        connection.close()
