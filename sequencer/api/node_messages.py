"""What a node says to a client: answers and notifications. The node may be anybody."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET, DecodeError, Struct, ValidationError
from msgspec.json import Decoder

from prover.formats.nesting import is_nested_deeper
from sequencer.api.strict_json import DEEPEST

NEITHER: Final = "a message is neither an answer nor a notification"


class NotFromANode(ValueError):
    """What no node says."""


class AnswerError(Struct, frozen=True):
    """An error of JSON-RPC; `data` has the rule's name."""

    code: int
    message: str
    data: dict[str, Any]


class NodeMessage(Struct, frozen=True):
    """An answer, or a notification (`method` and `params`). One without an id is about a message that was no JSON."""

    id: int | None = None
    method: str | None = None
    params: dict[str, Any] = {}
    result: Any = UNSET
    error: AnswerError | None = None


_DECODER: Final = Decoder(NodeMessage | list[NodeMessage])


def node_messages(data: str | bytes) -> list[NodeMessage]:
    """One message or several. Raises `NotFromANode`."""
    if is_nested_deeper(data.encode() if isinstance(data, str) else data, DEEPEST):
        raise NotFromANode(f"a message is nested deeper than {DEEPEST} times")
    try:
        found = _DECODER.decode(data)
    except ValidationError as error:
        raise NotFromANode(NEITHER) from error
    except DecodeError as error:
        raise NotFromANode("a message is no JSON") from error
    messages = found if isinstance(found, list) else [found]
    if any(one.method is None and one.error is None and one.result is UNSET for one in messages):
        raise NotFromANode(NEITHER)
    return messages
