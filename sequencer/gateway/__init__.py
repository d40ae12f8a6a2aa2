"""The API in a process of its own: between traders' connections and the process that sequences."""

from sequencer.gateway.door import GatewayDoor, NodeSide
from sequencer.gateway.errors import GatewayBehind, GatewayError, GatewayFailed

__all__ = ["GatewayBehind", "GatewayDoor", "GatewayError", "GatewayFailed", "NodeSide"]
