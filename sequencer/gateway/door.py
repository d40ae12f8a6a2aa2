"""Between the process that sequences and the one that answers traders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sequencer.api.port import Event, Health
from sequencer.gateway.talk import PlainMessage, Told


class NodeSide(Protocol):
    """What a gateway needs of the node. Called on a thread of the gateway's; must be quick."""

    def take(self, messages: Sequence[PlainMessage]) -> None:
        """Messages to sequence, in this order; each is answered under its number. Raises `MalformedMessage`."""
        ...

    def ask(self, number: int, account: int) -> None:
        """For an account as the log has it."""
        ...

    def health(self) -> Health:
        """At once."""
        ...

    def failed(self, error: Exception) -> None:
        """It has ended."""
        ...


class GatewayDoor(Protocol):
    """What the node needs of a gateway. Nothing here waits but `open` and `close`."""

    def past(self, events: Sequence[Event]) -> None:
        """What an old log says, in order, before `open`."""
        ...

    def open(self) -> None:
        """Traders are answered from now on. Raises `GatewayFailed`."""
        ...

    def tell(self, told: Told) -> None:
        """What has happened since, in order."""
        ...

    def close(self) -> None:
        """Answers what is under way, and ends. May be called again."""
        ...
