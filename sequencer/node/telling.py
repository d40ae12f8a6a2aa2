"""What the API is told of the node's own refusals."""

from __future__ import annotations

from typing import Final

from sequencer.api.port import NodeBusy, NodeStopped, OutcomeUnknown
from sequencer.messages import Message, PlaceOrder, TakeQuote
from sequencer.node.errors import IntakeFull, NotDurable, NotSequencing, ProvingBehind

RETRY_MS: Final = 100
"""After which a full intake has room again: it is sequenced many times over by then."""

PROVING_RETRY_MS: Final = 2_000
"""About what a proof takes."""


def told(error: Exception) -> Exception:
    """In the words of `NodePort`; what the venue refuses with is told as it is."""
    match error:
        case IntakeFull():
            return NodeBusy(str(error), RETRY_MS)
        case ProvingBehind():
            return NodeBusy(str(error), PROVING_RETRY_MS)
        case NotSequencing(why=why):
            return NodeStopped(why)
        case NotDurable(why=why):
            return OutcomeUnknown(why)
        case _:
            return error


def takes_risk(message: Message) -> bool:
    """Whether it has to wait while proofs are behind."""
    return isinstance(message, PlaceOrder | TakeQuote)
