"""A node's API for commands: what cannot be reached and what it refuses become sentences that say what to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from console.cli.market_refusals import LATER, what_to_do
from console.errors import CommandError, CommandRefused
from sequencer.api.client import ApiRefusal, ConnectionLost, SyncApiClient

T = TypeVar("T")
STARTING: Final = "`zkclear node up` starts one; --url, ZKCLEAR_URL or `zkclear config show` say where it is"
OVERLOADED: Final = frozenset({429, 503})
"""What HTTP answers, instead of a connection, to one too many."""


class NoNode(CommandError):
    """Nobody answers, or somebody else does."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"no node answers at {url} ({why}): {STARTING}", url=url, why=why)
        self.url, self.why = url, why


class NodeLost(CommandError):
    """The node was there, and went away in the middle."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            f"the node at {url} went away before it answered ({why}): look with `zkclear order list` what became of it",
            url=url,
            why=why,
        )
        self.url, self.why = url, why


class NodeFull(CommandRefused):
    """The node is there, and takes no more connections."""

    def __init__(self, url: str, status: int) -> None:
        super().__init__(
            f"the node at {url} is overloaded (HTTP {status}): {LATER}", url=url, status=status, what_to_do=LATER
        )
        self.url, self.status = url, status


class NodeRefused(CommandRefused):
    """The node's answer is no. `rule` is what refused, by name."""

    def __init__(self, refusal: ApiRefusal) -> None:
        hint = what_to_do(refusal.rule, refusal.data)
        said = refusal.message.removeprefix(f"{refusal.rule}: ")
        super().__init__(
            f"{refusal.rule}: {said}" + (f"; {hint}" if hint else ""),
            rule=refusal.rule,
            code=refusal.code,
            data=refusal.data,
            what_to_do=hint,
        )
        self.rule, self.code, self.data = refusal.rule, refusal.code, refusal.data


class NodeClient:
    """One connection. Its methods raise `NodeRefused` and `NodeLost`."""

    def __init__(self, url: str, client: SyncApiClient) -> None:
        self.url = url
        self.client = client

    def call(self, method: str, **parameters: Any) -> Any:
        """One request; parameters that are `None` are left out."""
        return self.given(method, {name: value for name, value in parameters.items() if value is not None})

    def given(self, method: str, parameters: Mapping[str, Any]) -> Any:
        """The same with parameters as they are."""
        return self.asked(lambda: self.client.call(method, dict(parameters)))

    def asked(self, question: Callable[[], T]) -> T:
        """Anything else of the client."""
        try:
            return question()
        except ApiRefusal as refusal:
            raise NodeRefused(refusal) from refusal
        except ConnectionLost as lost:
            raise NodeLost(self.url, str(lost)) from lost
        except TimeoutError as error:
            raise NodeLost(self.url, "it does not answer") from error


@contextmanager
def node_at(url: str) -> Iterator[NodeClient]:
    """A connection for the length of the block. Raises `NoNode`, `NodeFull`, and in the block as `NodeClient` does."""
    from websockets.exceptions import InvalidStatus, WebSocketException

    try:
        client = SyncApiClient(url)
    except InvalidStatus as error:
        if error.response.status_code not in OVERLOADED:
            raise NoNode(url, _why(error)) from error
        raise NodeFull(url, error.response.status_code) from error
    except (OSError, WebSocketException, ValueError) as error:
        raise NoNode(url, _why(error)) from error
    with client:
        yield NodeClient(url, client)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer"
    if isinstance(error, OSError):
        return os.strerror(error.errno) if error.errno else str(error) or type(error).__name__
    return f"it is no node's API: {error}"
