"""What a running node refuses, beyond what its venue refuses."""

from __future__ import annotations


class NodeError(Exception):
    """Any failure of the node itself."""


class IntakeFull(NodeError):
    """More is sent than can be sequenced."""

    def __init__(self, waiting: int, most_waiting: int) -> None:
        super().__init__(f"{waiting} messages wait, {most_waiting} may: send it again later")
        self.waiting, self.most_waiting = waiting, most_waiting


class ProvingBehind(NodeError):
    """More batches wait for their proofs than may; or, as `stuck` says, one of them cannot be proven at all."""

    def __init__(self, unproven: int, most_unproven: int, stuck: str | None = None) -> None:
        super().__init__(
            stuck
            or f"{unproven} batches wait for their proofs, {most_unproven} may: orders that take wait until there are "
            "fewer; cancels are taken"
        )
        self.unproven, self.most_unproven, self.stuck = unproven, most_unproven, stuck


class NotSequencing(NodeError):
    """The node does not take messages: not yet, not any more, or because its log failed."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this node takes no messages: {why}")
        self.why = why


class NotDurable(NodeError):
    """The log could not be written. Whether the message will count is known after the restart, and not before."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the log could not be written ({why}): the node has stopped; ask for the state of the order after its "
            "restart before sending it again"
        )
        self.why = why
