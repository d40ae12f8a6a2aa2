"""The verifier contract of a key, in an Ethereum machine inside this process."""

from __future__ import annotations

from collections.abc import Sequence

from circuits.checking.errors import MachineUnavailable
from prover.formats.groth16_types import Proof, VerificationKey
from prover.solidity.calldata import encode_arguments
from prover.solidity.compiler import compile_solidity
from prover.solidity.render import render_verifier

SENDER = "0x" + "11" * 20
BALANCE = 10**24
GAS = 30_000_000


class VerifierContract:
    """Renders, compiles and deploys the verifier of a key; `verify` asks it.

    Raises `MachineUnavailable` without pyrevm, and what `compile_solidity` raises without Node or solc.
    """

    def __init__(self, key: VerificationKey) -> None:
        try:
            import pyrevm
        except ImportError as error:
            raise MachineUnavailable from error
        contract = compile_solidity(render_verifier(key))
        self._machine = pyrevm.EVM(spec_id="CANCUN")
        self._machine.set_balance(SENDER, BALANCE)
        self._address = self._machine.deploy(SENDER, contract.creation_code)
        self._selector = contract.selector("verifyProof")

    def verify(self, public: Sequence[int], proof: Proof) -> bool:
        """What the contract answers; a revert is `False`."""
        calldata = self._selector + encode_arguments(proof, public)
        try:
            answer = self._machine.message_call(SENDER, self._address, calldata=calldata, gas=GAS, is_static=True)
        except RuntimeError:
            return False
        return bytes(answer) == (1).to_bytes(32, "big")
