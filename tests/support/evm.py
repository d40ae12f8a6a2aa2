"""An Ethereum machine in the process (pyrevm), for many calls of one contract."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.support.machine import NO_MACHINE

pyrevm: Any = pytest.importorskip("pyrevm", reason=NO_MACHINE)

DEPLOYER = "0x" + "11" * 20
ETHER = 10**18
DEFAULT_GAS = 30_000_000
_REVERT: Final = re.compile(r"output: 0x([0-9a-f]*)")


@dataclass(frozen=True, slots=True)
class CallResult:
    """How a call ended. `success` is False for a revert and for running out of gas; `halted` says it was the latter.

    `output` of a revert is the error: four bytes and its arguments.
    """

    success: bool
    halted: bool
    output: bytes
    gas_used: int

    @property
    def is_true(self) -> bool:
        """Whether the contract answered exactly the 32 bytes of `true`."""
        return self.success and self.output == (1).to_bytes(32, "big")

    @property
    def is_false(self) -> bool:
        """Whether the contract answered exactly the 32 bytes of `false`."""
        return self.success and self.output == bytes(32)


class Machine:
    """A fresh chain with one rich account."""

    def __init__(self, spec_id: str = "CANCUN") -> None:
        self._evm: Any = pyrevm.EVM(spec_id=spec_id)
        self._evm.set_balance(DEPLOYER, 10**6 * ETHER)

    def deploy(self, creation_code: bytes) -> str:
        """The address of the new contract. Raises `RuntimeError` when the constructor reverts."""
        return str(self._evm.deploy(DEPLOYER, creation_code))

    def install(self, address: str, runtime_code: bytes) -> None:
        """Puts code at an address, without a constructor."""
        self._evm.insert_account_info(address, pyrevm.AccountInfo(code=runtime_code))

    def call(self, to: str, calldata: bytes, gas: int = DEFAULT_GAS, *, static: bool = True) -> CallResult:
        """Calls and leaves no change behind. `gas_used` includes the 21,000 of a transaction and its calldata."""
        output = b""
        try:
            output = bytes(self._evm.message_call(DEPLOYER, to, calldata=calldata, gas=gas, is_static=static))
        except RuntimeError as error:
            if "Transaction(" in str(error):
                raise ValueError(f"{gas} gas does not pay for the transaction itself") from error
            reverted = _REVERT.search(str(error))
            output = bytes.fromhex(reverted[1]) if reverted else b""
        result = self._evm.result
        return CallResult(bool(result.is_success), bool(result.is_halt), output, int(result.gas_used))
