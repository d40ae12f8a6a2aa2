"""What an exception that reached a command means: an exit code and a sentence.

Errors are named and not imported: whoever raised one has imported its module, and what is not imported was not raised.
So a command that fails is as quick as one that does not.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final

VALID: Final = 0
INVALID: Final = 1
MALFORMED: Final = 2
INTERNAL: Final = 3
INTERRUPTED: Final = 130

DEBUG_VARIABLE: Final = "ZKCLEAR_DEBUG"
"""When set, an unexpected exception is shown with its traceback."""

Errors = Mapping[str, tuple[str, ...]]
"""Names of classes by module; all that derive from one are meant with it."""

A_NO: Final[Errors] = {
    "circuits.checking.errors": ("CheckFailed",),
    "circuits.frontend.errors": ("RuleViolated",),
    "console.cli.node_health": ("NodeSilent",),
    "console.cli.node_up_state": ("NodeDown",),
    "console.errors": ("CommandRefused",),
    "prover.errors": ("SelfCheckFailed", "UnsatisfiedConstraint"),
    "rollup.errors": ("RollupError",),
    "sequencer.l1.keystores": ("WrongPassword",),
    "sequencer.l1.reverts": ("ContractReverted",),
    "sequencer.prover_pool.errors": ("BatchUnprovable",),
}
"""The question was asked well, and the answer is no: exit code 1."""

REFUSED: Final[Errors] = {
    "prover.ceremony.refusal": ("PowersOfTauRefused",),
    "prover.errors": ("ContributionRefused", "KeyRefused"),
}
"""Keys and ceremonies that must not be used: the command says which exit code that is."""

BAD_INPUT: Final[Errors] = {
    "circuits.checking.errors": ("MachineUnavailable",),
    "circuits.frontend.errors": ("CircuitError",),
    "console.cli.circuit_names": ("CircuitFileFailed", "UnknownCircuit"),
    "console.demo.errors": ("DemoError",),
    "console.errors": ("CommandError",),
    "prover.errors": ("ProverError",),
    "prover.kernels.errors": ("KernelError",),
    "sequencer.follower.errors": ("FollowerError",),
    "sequencer.l1.errors": ("L1Error",),
    "sequencer.markets.errors": ("MarketDataError",),
    "sequencer.node.errors": ("NodeError",),
    "sequencer.oracles.errors": ("OracleError",),
    "sequencer.prover_pool.errors": ("ProverPoolError",),
    "sequencer.record.errors": ("RecordError",),
    "sequencer.replay.errors": ("ReplayError",),
    "sequencer.store.errors": ("StoreError",),
    "sequencer.stress.errors": ("StressError",),
    "sequencer.venue.errors": ("VenueError",),
    "sequencer.wallets.errors": ("WalletError",),
}
"""Files, folders, settings, chains and machines that are not as they should be: exit code 2."""

INTERRUPTIONS: Final[Errors] = {"prover.kernels.errors": ("Cancelled",)}
OUT_OF_MEMORY: Final = "out of memory: use a machine with more, or fewer threads"
INTERRUPTED_TEXT: Final = "interrupted; no output file was touched"
DETAILS: Final = ("file", "section", "name", "reason", "reasons", "rule", "constraint", "path", "source", "index")


def is_one_of(error: BaseException, errors: Errors) -> bool:
    """Whether the error is, or derives from, one of those that are named."""
    modules = ((sys.modules.get(module), names) for module, names in errors.items())
    known = tuple(getattr(module, name) for module, names in modules if module is not None for name in names)
    return isinstance(error, known)


def explain(error: Exception, refused: int) -> tuple[int, str]:
    """Exit code and message of an exception that reached a command. `refused` is the code for `REFUSED`."""
    if is_one_of(error, A_NO):
        return INVALID, str(error)
    if is_one_of(error, REFUSED):
        return refused, str(error)
    if is_one_of(error, INTERRUPTIONS):
        return INTERRUPTED, INTERRUPTED_TEXT
    if is_one_of(error, BAD_INPUT):
        return MALFORMED, str(error)
    if isinstance(error, OSError):
        return MALFORMED, _of_the_system(error)
    if isinstance(error, MemoryError):
        return INTERNAL, OUT_OF_MEMORY
    if (said := _said_by_a_circuit_file(error)) is not None:
        return MALFORMED, said
    hint = f"set {DEBUG_VARIABLE}=1 for the traceback, and report it"
    return INTERNAL, f"this is a fault of zkclear ({type(error).__name__}: {error}); {hint}"


def details(error: Exception) -> dict[str, Any]:
    """The data that a typed error carries, for programs."""
    found = {
        name: getattr(error, name) for name in DETAILS if hasattr(error, name) and not callable(getattr(error, name))
    }
    if isinstance(wires := getattr(error, "wires", None), Mapping):
        found["wires"] = {name: str(value) for name, value in wires.items()}
    if isinstance(arguments := getattr(error, "arguments", None), dict):
        found["arguments"] = {name: _for_programs(value) for name, value in arguments.items()}
    if isinstance(said := getattr(error, "details", None), dict):
        found |= said
    return found


def _of_the_system(error: OSError) -> str:
    said = str(error.strerror or error)
    return f"{error.filename}: {said}" if error.filename else said


def _said_by_a_circuit_file(error: Exception) -> str | None:
    """A file of circuits is a program of its own: what it raises is its author's."""
    if "console.cli.circuit_names" not in sys.modules:
        return None
    from console.cli.circuit_names import failure_in_a_file

    failed = failure_in_a_file(error)
    return None if failed is None else str(failed)


def _for_programs(value: object) -> str:
    """What a contract said: integers in decimal, however large; bytes in hexadecimal."""
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
