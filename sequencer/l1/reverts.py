"""Errors of contracts as exceptions: one class for each custom error, and for what the EVM and Solidity add."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from sequencer.l1.abi_codec import decode
from sequencer.l1.abi_types import UINT256, AbiType, Text
from sequencer.l1.errors import BadEncoding, L1Error

SELECTOR_BYTES: Final = 4
PANICS: Final = {
    0x01: "an assertion failed",
    0x11: "an integer overflowed",
    0x12: "a division by zero",
    0x21: "a value outside of its enumeration",
    0x22: "a byte array in storage that is damaged",
    0x31: "nothing to pop",
    0x32: "an index out of range",
    0x41: "too much memory",
    0x51: "a function pointer to nowhere",
}
"""Solidity's own codes."""


class ContractReverted(L1Error):
    """A contract refused. Each custom error is a class below this one, named as in Solidity, with its arguments."""

    SIGNATURE: ClassVar[str] = ""
    SELECTOR: ClassVar[bytes] = b""
    NOTICE: ClassVar[str] = "The contract refused."
    MEMBERS: ClassVar[tuple[AbiType, ...]] = ()
    FIELDS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **arguments: object) -> None:
        self.arguments = arguments
        listed = ", ".join(f"{name} {_shown(value)}" for name, value in arguments.items())
        super().__init__(f"{type(self).__name__}: {self.NOTICE}{f' ({listed})' if listed else ''}")


class Panicked(ContractReverted):
    """Solidity's own check failed: a fault of the contract."""

    SIGNATURE = "Panic(uint256)"
    SELECTOR = bytes.fromhex("4e487b71")
    NOTICE = "A check of Solidity's own failed in the contract."
    MEMBERS = (UINT256,)
    FIELDS = ("code",)

    def __init__(self, code: int) -> None:
        super().__init__(code=code, meaning=PANICS.get(code, "unknown"))
        self.code = code


class RevertedWithReason(ContractReverted):
    """A refusal in words: `require(condition, "reason")`."""

    SIGNATURE = "Error(string)"
    SELECTOR = bytes.fromhex("08c379a0")
    NOTICE = "The contract refused with a reason."
    MEMBERS = (Text(),)
    FIELDS = ("reason",)

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class RevertedWithoutData(ContractReverted):
    """A refusal without a reason: malformed calldata, no such function, or money that is not taken."""

    NOTICE = "The contract refused without a reason: no such function, malformed arguments, or money it does not take."


class RevertedUnknown(ContractReverted):
    """A refusal by an error that none of the known contracts has."""

    NOTICE = "The contract refused with an error that is not known here."

    def __init__(self, data: bytes) -> None:
        super().__init__(data="0x" + data.hex())
        self.data = data


def error_from(data: bytes, known: Iterable[type[ContractReverted]]) -> ContractReverted:
    """The exception that revert data stands for. The first class with its selector whose arguments fit is taken."""
    if not data:
        return RevertedWithoutData()
    kinds: tuple[type[ContractReverted], ...] = (*known, Panicked, RevertedWithReason)
    for kind in kinds:
        if data[:SELECTOR_BYTES] == kind.SELECTOR:
            try:
                return kind(*decode(kind.MEMBERS, data[SELECTOR_BYTES:]))
            except BadEncoding:
                continue
    return RevertedUnknown(data)


def _shown(value: Any) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else repr(value)
