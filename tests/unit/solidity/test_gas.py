"""What a verification costs on Ethereum: a snapshot, to be changed on purpose only.

Execution alone, without the 21,000 of a transaction and its calldata (32 * (8 + n) + 4 bytes). snarkjs's contract takes
188,922 for one input and 315,215 for twenty with the same compiler. Of each input's 6,650, EIP-1108 takes 6,150 and the
two calls 200.
"""

from __future__ import annotations

import random
from functools import cache

import pytest

from prover.bn254 import FR
from prover.solidity import encode_arguments, render_verifier
from prover.solidity.compiler import CompiledContract, compile_many
from tests.support.evm import Machine
from tests.support.trapdoor import TrapdoorKey

EXECUTION_GAS = {0: 183_369, 1: 190_063, 2: 196_816, 5: 216_643, 20: 316_384}
CALL_GAS = 21_000


def trapdoor_key(n_public: int) -> TrapdoorKey:
    return TrapdoorKey.random(n_public, random.Random(n_public))


@cache
def contracts() -> dict[str, CompiledContract]:
    """`With<n>` for every n of the snapshot."""
    sources = {}
    for n in EXECUTION_GAS:
        sources[f"With{n}"] = render_verifier(trapdoor_key(n).verification_key(), contract_name=f"With{n}")
    return compile_many(sources)


def execution_gas(n_public: int) -> int:
    rng = random.Random("inputs")
    trapdoor = trapdoor_key(n_public)
    public = [rng.randrange(FR) for _ in range(n_public)]
    contract = contracts()[f"With{n_public}"]
    machine = Machine()
    address = machine.deploy(contract.creation_code)
    calldata = contract.selector("verifyProof") + encode_arguments(trapdoor.prove(public, 3, 5), public)
    call = machine.call(address, calldata)
    assert call.is_true
    return call.gas_used - CALL_GAS - sum(16 if byte else 4 for byte in calldata)


@pytest.mark.parametrize("n_public", EXECUTION_GAS)
def test_gas_of_a_verification(n_public: int) -> None:
    assert execution_gas(n_public) == EXECUTION_GAS[n_public]


def test_the_contract_compiles_without_warnings() -> None:
    assert all(contract.warnings == () for contract in contracts().values())
