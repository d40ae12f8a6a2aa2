"""What can go wrong with a check, other than the circuit.

::

    CheckFailed         a depth disagrees with what it should say; carries `depth` and `reason`
    MachineUnavailable  there is no Ethereum machine here
"""

from __future__ import annotations


class CheckFailed(Exception):
    """A depth disagrees: the circuit, the frontend or the prover is wrong."""

    def __init__(self, depth: str, reason: str) -> None:
        super().__init__(f"{depth}: {reason}")
        self.depth = depth
        self.reason = reason


class MachineUnavailable(Exception):
    """The deepest check runs the verifier contract in an Ethereum machine, which is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "the package pyrevm is missing: install zkclear[dev] on Python 3.11 or 3.12, or check to depth `proof`"
        )
