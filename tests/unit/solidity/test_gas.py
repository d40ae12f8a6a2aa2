"""What a verification costs on Ethereum: a snapshot, to be changed on purpose only.

Execution alone, without the 21,000 of a transaction and its calldata (32 * (8 + n) + 4 bytes). snarkjs's contract takes
188,922 for one input and 315,215 for twenty with the same compiler. Of each input's 7,000, EIP-1108 takes 6,150 and the
two calls 200. Each proof after the second takes 48,829, of which EIP-1108 takes 46,150.
"""

from __future__ import annotations

import random
from functools import cache

import pytest

from prover.bn254 import FR
from prover.solidity import encode_arguments, render_verifier
from prover.solidity.compiler import CompiledContract, compile_many
from tests.support.evm import Machine
from tests.support.many_proofs import ManyVerifier, abi_arguments, pool, rows_of
from tests.support.trapdoor import TrapdoorKey

EXECUTION_GAS = {0: 183_643, 1: 190_679, 2: 197_728, 5: 218_570, 20: 323_113}
"""Of `verifyProof`, by number of inputs."""
EXECUTION_GAS_OF_MANY = {1: 204_896, 2: 266_834, 8: 559_810}
"""Of `verifyMany` with three inputs, by number of proofs: 69,976 each for eight."""
RUNTIME_BYTES = 3_564
"""Code of the contract of three inputs. EIP-170 allows 24,576."""
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


def execution_gas_of_many(count: int) -> int:
    verifier = ManyVerifier()
    rows = rows_of(pool()[:count])
    calldata = verifier.contract.selector("verifyMany") + abi_arguments(*rows)
    result = verifier.verify_rows(rows)
    assert result.is_true
    return result.gas_used - CALL_GAS - sum(16 if byte else 4 for byte in calldata)


@pytest.mark.parametrize("count", EXECUTION_GAS_OF_MANY)
def test_gas_of_many_verifications(count: int) -> None:
    assert execution_gas_of_many(count) == EXECUTION_GAS_OF_MANY[count]


def test_size_of_the_contract() -> None:
    assert len(ManyVerifier().contract.runtime_code) == RUNTIME_BYTES


def test_the_contract_compiles_without_warnings() -> None:
    assert all(contract.warnings == () for contract in contracts().values())
