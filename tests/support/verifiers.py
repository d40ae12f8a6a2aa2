"""Verifier contracts for tests: one sound key, its contract, and copies with one check removed (the planted bugs)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from prover.bn254 import FR
from prover.formats.groth16_types import Proof
from prover.solidity.calldata import WORD_BYTES, encode_arguments, encode_proof
from prover.solidity.compiler import CompiledContract, compile_many
from prover.solidity.render import GasCaps, render_verifier
from tests.support.evm import CallResult, Machine
from tests.support.precompile_mocks import MOCK_ECADD, MOCK_ECMUL, MOCK_PAIRING
from tests.support.trapdoor import TrapdoorKey

N_PUBLIC = 3

_LENGTH = "expected = 4 + PROOF_BYTES + INPUT_BYTES;\n        if (msg.data.length !="
_PRODUCT = "if (!_scale(sum + 0x40, scalar)) revert PrecompileFailed(ECMUL);"
_UNPAIRABLE = "PAIR_BYTES * count, 0x00, 0x20)) return false;"

SABOTAGE: dict[str, tuple[tuple[str, str], ...]] = {
    "sound": (),
    "input_check_removed": (("if (!_allBelow(inputAt, INPUT_BYTES * count, R)) return false;", ""),),
    "inputs_compared_with_q": (("INPUT_BYTES * count, R)", "INPUT_BYTES * count, Q)"),),
    "last_input_unchecked": (("INPUT_BYTES * count, R)", "INPUT_BYTES * count - 32, R)"),),
    "calldata_length_unchecked": ((_LENGTH, _LENGTH.replace("!=", "<")),),
    "proof_length_unchecked": (("if (proof.length != PROOF_BYTES) ", "if (proof.length > 10000) "),),
    "input_count_unchecked": (("if (input.length != INPUT_COUNT) ", "if (input.length > 10000) "),),
    "pairing_answer_ignored": (("return answer == 1;", "return answer < 2;"),),
    "pairing_failure_is_true": ((_UNPAIRABLE, _UNPAIRABLE.replace("false", "true")),),
    "answer_size_unchecked": (("if (returned != size) revert PrecompileFailed(precompile);", ""),),
    "product_unchecked": ((_PRODUCT, "_scale(sum + 0x40, scalar);"),),
    "sum_unchecked": (("if (!_addNext(sum)) revert PrecompileFailed(ECADD);", "_addNext(sum);"),),
    "gas_shortage_is_false": (("revert InsufficientGas(precompile);", "return false;"),),
    "gas_uncapped": (("done := staticcall(cap, precompile", "done := staticcall(gas(), precompile"),),
}
"""Name of a variant to the replacements that make it; each text must occur exactly once."""

MOCKED_MARGIN = 20
"""A mock precompile is a contract that calls the real one, which costs more than the cap of the real one allows."""

MOCKED_VARIANTS = ("sound", "answer_size_unchecked", "product_unchecked", "sum_unchecked")
MOCKS = (
    ("ECADD = 0x06;", f"ECADD = {MOCK_ECADD:#x};"),
    ("ECMUL = 0x07;", f"ECMUL = {MOCK_ECMUL:#x};"),
    ("ECPAIRING = 0x08;", f"ECPAIRING = {MOCK_PAIRING:#x};"),
)


def replace_once(source: str, old: str, new: str) -> str:
    """Plants one defect. Raises when the text to be replaced is not there exactly once."""
    if source.count(old) != 1:
        raise ValueError(f"{old!r} occurs {source.count(old)} times")
    return source.replace(old, new)


@dataclass(frozen=True, slots=True)
class Sample:
    """A valid proof and its public inputs."""

    proof: Proof
    public: list[int]


@cache
def trapdoor_key(n_public: int = N_PUBLIC) -> TrapdoorKey:
    return TrapdoorKey.random(n_public, random.Random("the key of the Solidity tests"))


@cache
def samples(n_public: int = N_PUBLIC, count: int = 4) -> tuple[Sample, ...]:
    """Valid proofs; the inputs of the first are small numbers, so that x + r is below q."""
    rng = random.Random("the proofs of the Solidity tests")
    key = trapdoor_key(n_public)
    made = []
    for index in range(count):
        public = [5, 0, 1][:n_public] if index == 0 else [rng.randrange(FR) for _ in range(n_public)]
        made.append(Sample(key.prove(public, rng.randrange(1, FR), rng.randrange(1, FR)), public))
    return tuple(made)


@cache
def compiled_variants(n_public: int = N_PUBLIC) -> dict[str, CompiledContract]:
    """The sound contract and every sabotaged one; `mocked_…` calls mock addresses for the precompiles."""
    key = trapdoor_key(n_public).verification_key()
    source = render_verifier(key)
    source_for_mocks = replaced(render_verifier(key, gas_caps=GasCaps(margin=MOCKED_MARGIN)), MOCKS)
    sources = {name: replaced(source, replacements) for name, replacements in SABOTAGE.items()}
    for name in MOCKED_VARIANTS:
        sources[f"mocked_{name}"] = replaced(source_for_mocks, SABOTAGE[name])
    return compile_many(sources)


def replaced(source: str, replacements: tuple[tuple[str, str], ...]) -> str:
    """Plants several defects, each as `replace_once`."""
    for old, new in replacements:
        source = replace_once(source, old, new)
    return source


class DeployedVerifier:
    """One variant on a chain of its own. Without `run_constructor` the code is installed as if it had been deployed."""

    def __init__(self, variant: str = "sound", *, n_public: int = N_PUBLIC, run_constructor: bool = True) -> None:
        self.contract = compiled_variants(n_public)[variant]
        self.machine = Machine()
        if run_constructor:
            self.address = self.machine.deploy(self.contract.creation_code)
        else:
            self.address = "0x" + "22" * 20
            self.machine.install(self.address, self.contract.runtime_code)

    def verify_proof(self, proof: Proof, public: list[int], gas: int = 30_000_000) -> CallResult:
        return self.call_words(encode_arguments(proof, public), gas)

    def call_words(self, arguments: bytes, gas: int = 30_000_000) -> CallResult:
        """`verifyProof` with these bytes after the selector, whatever they are."""
        return self.machine.call(self.address, self.contract.selector("verifyProof") + arguments, gas)

    def verify_bytes(self, proof: bytes, public: list[int]) -> CallResult:
        """`verify(bytes, uint256[])`, encoded as the ABI says."""
        return self.machine.call(self.address, self.contract.selector("verify") + abi_bytes_and_words(proof, public))


def abi_bytes_and_words(data: bytes, words: list[int]) -> bytes:
    """ABI encoding of (bytes, uint256[])."""
    padded = data + bytes(-len(data) % WORD_BYTES)
    head = [64, 64 + 32 + len(padded)]
    return _words([*head, len(data)]) + padded + _words([len(words), *words])


def raw_words(proof: Proof, public: list[int]) -> list[int]:
    """All the words of `verifyProof`'s calldata, to be mutated."""
    packed = encode_proof(proof)
    return [int.from_bytes(packed[at : at + 32], "big") for at in range(0, len(packed), 32)] + list(public)


def pack_words(words: list[int]) -> bytes:
    return _words(words)


def _words(words: list[int]) -> bytes:
    return b"".join(word.to_bytes(WORD_BYTES, "big") for word in words)
