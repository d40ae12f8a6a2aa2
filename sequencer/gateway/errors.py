"""What ends a gateway, or keeps it from beginning."""

from __future__ import annotations


class GatewayError(Exception):
    """Any failure of the API's process."""


class GatewayFailed(GatewayError):
    """It ended by an error of this `kind`, whose sentence is `why`."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(f"the API's process: {kind}: {why}" if why else f"the API's process: {kind}")
        self.kind, self.why = kind, why


class GatewayBehind(GatewayError):
    """It does not take what it is told."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"the API's process does not follow: {waiting} words wait for it; start the node again")
        self.waiting = waiting
