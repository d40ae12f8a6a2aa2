"""Why a replay ends before its end."""

from __future__ import annotations


class ReplayError(Exception):
    """Any failure of a replay."""


class TooSlow(ReplayError):
    """Something that should happen does not."""

    def __init__(self, what: str, patience_s: float) -> None:
        super().__init__(f"{what} did not happen, and no proof came, within {patience_s:.0f} s: look at the node's log")
        self.what, self.patience_s = what, patience_s


class NodeFailed(ReplayError):
    """The node stopped meanwhile."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the node stopped: {why}")
        self.why = why


class OrderRefused(ReplayError):
    """An order of the plan that the venue does not take: a fault, since the plan computed what it needs."""

    def __init__(self, account: int, why: Exception) -> None:
        super().__init__(f"an order of account {account} was refused: {why}")
        self.account, self.why = account, why


class OtherAccount(ReplayError):
    """L1 gave out another id than planned: somebody else registered."""

    def __init__(self, expected: int, given: int) -> None:
        super().__init__(f"L1 gave out account {given} where {expected} was planned: replay on a fresh chain")
        self.expected, self.given = expected, given
