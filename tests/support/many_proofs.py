"""`verifyMany`: its calldata, its weights restated, and copies of the contract with one defect each."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

from eth_utils.crypto import keccak

from prover.bn254 import FR, G1Point
from prover.formats.groth16_types import Proof
from prover.reference.curve import add_g1, multiply_g1
from prover.solidity.calldata import WORD_BYTES, encode_proof
from prover.solidity.compiler import CompiledContract, compile_many
from prover.solidity.render import GasCaps, render_verifier
from tests.support.evm import CallResult, Machine
from tests.support.precompile_mocks import install_mocks
from tests.support.verifiers import MOCKED_MARGIN, MOCKS, N_PUBLIC, Sample, pack_words, replaced, trapdoor_key

WEIGHT = "weight := add(shr(128, keccak256(0x00, 0x40)), 1)"
_KEY = "!_scale(tail, sum) || !_scale(tail + 0xc0, sum)"
_LENGTH = "+ (PROOF_BYTES + INPUT_BYTES) * count;\n        if (msg.data.length !="
_START = "uint256 pairs;\n        uint256 tail;"
_HASHED = "keccak256(start, add(0x20, add(proofsLength, inputsLength)))"
_OTHERS = "_addProof(proofAt, weight, pairs, tail + 0x180)"

SABOTAGE: dict[str, tuple[tuple[str, str], ...]] = {
    "sound": (),
    "weights_all_one": ((WEIGHT, "weight := 1"),),
    "weights_without_index": ((WEIGHT, WEIGHT.replace("0x40", "0x20")),),
    "seed_without_inputs": ((_HASHED, "keccak256(start, add(0x20, proofsLength))"),),
    "seed_without_proofs": (("let proofsLength := mul(PROOF_BYTES, count)", "let proofsLength := 0"),),
    "seed_without_last_inputs": (
        ("let inputsLength := mul(INPUT_BYTES, count)", "let inputsLength := mul(INPUT_BYTES, sub(count, 1))"),
    ),
    "inputs_of_first_checked": (("INPUT_BYTES * count, R)", "INPUT_BYTES, R)"),),
    "only_first_verified": ((_START, "count = 1;\n        " + _START),),
    "pairing_answer_ignored": (("return answer == 1;", "return answer < 2;"),),
    "points_off_the_curve_passed_over": ((f"if (!{_OTHERS}) return false;", f"{_OTHERS};"),),
    "calldata_length_unchecked": ((_LENGTH, _LENGTH.replace("!=", "<")),),
    "no_proofs_accepted": (("if (count == 0) revert NoProofs();", ""),),
    "counts_unchecked": (("if (inputs.length != count) revert CountsDiffer(count, inputs.length);", ""),),
    "c_not_weighted": (("return _scale(c + 0x40, weight) && _addNext(c);", "return _addNext(c);"),),
    "a_not_weighted": (("if (!_scale(pair, weight)) return false;", ""),),
    "inputs_not_weighted": (("mulmod(weight, ", "mulmod(1, "),),
    "gas_shortage_is_false": (("revert InsufficientGas(precompile);", "return false;"),),
    "gas_uncapped": (("done := staticcall(cap, precompile", "done := staticcall(gas(), precompile"),),
    "answer_size_unchecked": (("if (returned != size) revert PrecompileFailed(precompile);", ""),),
    "key_scaling_unchecked": (
        (f"if ({_KEY}) revert PrecompileFailed(ECMUL);", "_scale(tail, sum); _scale(tail + 0xc0, sum);"),
    ),
    "sum_of_weights_ignored": (("sum += weight;", "sum += 1;"),),
}
"""As `tests.support.verifiers.SABOTAGE`."""


MOCKED_VARIANTS = ("sound", "answer_size_unchecked", "key_scaling_unchecked")


@cache
def compiled_variants() -> dict[str, CompiledContract]:
    """All of `SABOTAGE`; `mocked_…` call mock addresses for the precompiles."""
    key = trapdoor_key().verification_key()
    source = render_verifier(key)
    source_for_mocks = replaced(render_verifier(key, gas_caps=GasCaps(margin=MOCKED_MARGIN)), MOCKS)
    sources = {name: replaced(source, replacements) for name, replacements in SABOTAGE.items()}
    sources |= {f"mocked_{name}": replaced(source_for_mocks, SABOTAGE[name]) for name in MOCKED_VARIANTS}
    return compile_many(sources)


@cache
def pool(size: int = 8) -> tuple[Sample, ...]:
    """Valid proofs of different inputs; those of the first are small, so that x + r is below 2^256."""
    rng = random.Random("the proofs of verifyMany")
    key = trapdoor_key()
    publics = [[5, 0, 1], *([rng.randrange(FR) for _ in range(N_PUBLIC)] for _ in range(size - 1))]
    return tuple(Sample(key.prove(public, rng.randrange(1, FR), rng.randrange(1, FR)), public) for public in publics)


Rows = tuple[list[list[int]], list[list[int]]]
"""The words of the proofs, shape (k, 8), and the inputs, shape (k, n)."""


def rows_of(samples: Sequence[Sample]) -> Rows:
    """Words that a test may change."""
    packed = [encode_proof(sample.proof) for sample in samples]
    words = [[int.from_bytes(data[at : at + WORD_BYTES], "big") for at in range(0, 256, WORD_BYTES)] for data in packed]
    return words, [list(sample.public) for sample in samples]


def abi_arguments(proofs: Sequence[Sequence[int]], inputs: Sequence[Sequence[int]]) -> bytes:
    """ABI encoding of (uint256[8][], uint256[n][])."""
    proof_words = [word for row in proofs for word in row]
    input_words = [word for row in inputs for word in row]
    offsets = [2 * WORD_BYTES, (3 + len(proof_words)) * WORD_BYTES]
    return pack_words([*offsets, len(proofs), *proof_words, len(inputs), *input_words])


class ManyVerifier:
    """One variant on a chain of its own. `faults`, for mocked ones: code of `ecadd`, `ecmul`, `pairing`."""

    def __init__(self, variant: str = "sound", **faults: bytes) -> None:
        self.contract = compiled_variants()[variant]
        self.machine = Machine()
        if variant.startswith("mocked_"):
            self.address = "0x" + "22" * 20
            self.machine.install(self.address, self.contract.runtime_code)
            install_mocks(self.machine, **faults)
            return
        self.address = self.machine.deploy(self.contract.creation_code)

    def call_arguments(self, arguments: bytes, gas: int = 30_000_000) -> CallResult:
        """`verifyMany` with these bytes after the selector, whatever they are."""
        return self.machine.call(self.address, self.contract.selector("verifyMany") + arguments, gas)

    def verify_rows(self, rows: Rows, gas: int = 30_000_000) -> CallResult:
        return self.call_arguments(abi_arguments(*rows), gas)

    def accepts(self, rows: Rows) -> bool:
        """Whether the answer is true; raises when there is none, as words out of range have one too."""
        result = self.verify_rows(rows)
        if not result.success:
            raise ValueError(f"no answer but 0x{result.output.hex()}")
        return result.is_true


def weights(rows: Rows, *, hashed_proofs: int | None = None, hashed_inputs: int | None = None) -> list[int]:
    """The contract's weights, or what they are when only so many proofs and rows of inputs are hashed."""
    proofs, inputs = rows
    words = [word for row in proofs[:hashed_proofs] for word in row] + [
        w for row in inputs[:hashed_inputs] for w in row
    ]
    seed = keccak(trapdoor_key().verification_key().digest() + pack_words(words))
    draws = [keccak(seed + pack_words([index])) for index in range(1, len(proofs))]
    return [1, *((int.from_bytes(draw, "big") >> 128) + 1 for draw in draws)]


def moved_c(words: list[int], by: G1Point) -> list[int]:
    """The proof with another C."""
    moved = add_g1((words[6], words[7]), by)
    return [*words[:6], *(moved or (0, 0))]


def times_g1(scalar: int) -> G1Point:
    return multiply_g1((1, 2), scalar % FR)


def as_proof(words: Sequence[int]) -> Proof:
    """Words of points none of which is at infinity."""
    a_x, a_y, b_x1, b_x0, b_y1, b_y0, c_x, c_y = words
    return Proof((a_x, a_y), ((b_x0, b_x1), (b_y0, b_y1)), (c_x, c_y))
