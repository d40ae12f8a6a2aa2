"""One call that checks a circuit in four depths: integers, constraints, proof, Solidity."""

from __future__ import annotations

from circuits.checking.check import CircuitChecker, Depth, Step, check, check_refused
from circuits.checking.errors import CheckFailed, MachineUnavailable

__all__ = ["CheckFailed", "CircuitChecker", "Depth", "MachineUnavailable", "Step", "check", "check_refused"]
