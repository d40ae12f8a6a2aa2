"""One RPC endpoint by web3: its provider, with time limits of our own, no retries of its own, and no middleware."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from sequencer.l1.errors import BadUrl, RpcRefused
from sequencer.l1.nesting import refuse_deep_nesting
from sequencer.submitter.errors import NodeAnsweredBadly, NodeOverloaded, NodeTimedOut, NodeUnreachable

CONNECT_TIMEOUT_S: Final = 3.0
ANSWER_TIMEOUT_S: Final = 10.0
TOO_MANY_REQUESTS: Final = 429
SERVER_ERRORS: Final = 500


class Web3Node:
    """A `Node`. The name is the host alone: paths and queries of URLs often hold a key."""

    def __init__(self, url: str, answer_timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        from web3 import HTTPProvider

        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadUrl(url)
        self._name = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
        self._provider = HTTPProvider(
            url,
            request_kwargs={"timeout": (CONNECT_TIMEOUT_S, answer_timeout_s)},
            exception_retry_configuration=None,
        )
        self._numbers = itertools.count(1)

    @property
    def name(self) -> str:
        """Host and port."""
        return self._name

    def request(self, method: str, parameters: Sequence[object]) -> Any:
        """The result. Raises `NodeTimedOut`, `NodeUnreachable`, `NodeOverloaded`, `NodeAnsweredBadly`, `RpcRefused`."""
        import requests
        from web3.types import RPCEndpoint

        number = next(self._numbers)
        self._provider.request_counter = itertools.count(number)
        refuse_deep_nesting()
        try:
            answer: Any = self._provider.make_request(RPCEndpoint(method), list(parameters))
        except requests.HTTPError as error:
            raise self._status(error) from None
        except requests.Timeout:
            raise NodeTimedOut(self._name, f"no answer to {method} in time") from None
        except requests.RequestException as error:
            raise NodeUnreachable(self._name, f"no connection for {method} ({type(error).__name__})") from None
        except (ValueError, TypeError, RecursionError) as error:
            raise NodeAnsweredBadly(self._name, f"no JSON to {method} ({type(error).__name__})") from None
        return self._result(method, number, answer)

    def _status(self, error: Any) -> NodeOverloaded | NodeAnsweredBadly:
        status = error.response.status_code if error.response is not None else 0
        if status == TOO_MANY_REQUESTS or status >= SERVER_ERRORS:
            return NodeOverloaded(self._name, status)
        return NodeAnsweredBadly(self._name, f"HTTP status {status}")

    def _result(self, method: str, number: int, answer: Any) -> Any:
        if not isinstance(answer, dict):
            raise NodeAnsweredBadly(self._name, f"no JSON-RPC to {method}")
        if answer.get("id") != number:
            raise NodeAnsweredBadly(self._name, f"the answer to another question than {method}")
        refusal = answer.get("error")
        if isinstance(refusal, dict):
            code, message = refusal.get("code", 0), str(refusal.get("message", "refused"))
            raise RpcRefused(method, code if isinstance(code, int) else 0, message, refusal.get("data"))
        if refusal is not None or "result" not in answer:
            raise NodeAnsweredBadly(self._name, f"no JSON-RPC to {method}")
        return answer["result"]
