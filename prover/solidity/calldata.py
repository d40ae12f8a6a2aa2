"""Proofs in the words that a verifier contract takes.

The order is A.x A.y B.x.c1 B.x.c0 B.y.c1 B.y.c0 C.x C.y and then the inputs: EIP-197 puts the imaginary part of an Fq2
element first. Infinity is zeros.
"""

from __future__ import annotations

from collections.abc import Sequence

from prover.bn254 import FQ, FR, G1Point, G2Point
from prover.formats.groth16_types import Proof

WORD_BYTES = 32
PROOF_WORDS = 8


def proof_words(proof: Proof) -> tuple[int, ...]:
    """The eight words of a proof. Raises `ValueError` for a coordinate that is not in 0..q."""
    words = (*_g1_words(proof.a), *_g2_words(proof.b), *_g1_words(proof.c))
    for word in words:
        if not 0 <= word < FQ:
            raise ValueError(f"coordinate {word} of the proof is not in [0, q): refused, never reduced")
    return words


def encode_proof(proof: Proof) -> bytes:
    """256 bytes: the first argument of the contract's `verify(bytes, uint256[])`."""
    return _pack(proof_words(proof))


def encode_arguments(proof: Proof, public: Sequence[int]) -> bytes:
    """What follows the four bytes of the selector in calldata of `verifyProof`: 32 * (8 + n) bytes.

    Raises `ValueError` for a public input that is not in 0..r.
    """
    return _pack((*proof_words(proof), *_checked_inputs(public)))


def format_calldata(proof: Proof, public: Sequence[int]) -> str:
    """The arguments of `verifyProof` as text, to be pasted into a console: what `snarkjs zkey export soliditycalldata`
    prints, character for character. Raises as `encode_arguments`.
    """
    a_x, a_y, b_x1, b_x0, b_y1, b_y0, c_x, c_y = (_quoted(word) for word in proof_words(proof))
    inputs = ",".join(_quoted(value) for value in _checked_inputs(public))
    return f"[{a_x}, {a_y}],[[{b_x1}, {b_x0}],[{b_y1}, {b_y0}]],[{c_x}, {c_y}],[{inputs}]"


def _checked_inputs(public: Sequence[int]) -> Sequence[int]:
    for index, value in enumerate(public):
        if not 0 <= value < FR:
            raise ValueError(f"public input {index} = {value} is not in [0, r): refused, never reduced")
    return public


def _g1_words(point: G1Point) -> tuple[int, int]:
    return (0, 0) if point is None else point


def _g2_words(point: G2Point) -> tuple[int, int, int, int]:
    if point is None:
        return 0, 0, 0, 0
    (x0, x1), (y0, y1) = point
    return x1, x0, y1, y0


def _pack(words: Sequence[int]) -> bytes:
    return b"".join(word.to_bytes(WORD_BYTES, "big") for word in words)


def _quoted(word: int) -> str:
    return f'"0x{word:064x}"'
