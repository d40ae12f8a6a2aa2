"""What ceremonies hash: the challenges of powers of tau, and the transcript of a circuit's own contributions.

All hashes are BLAKE2b-512 over uncompressed points (`prover.formats.point_encoding`). Sources: snarkjs 0.7.6,
`powersoftau_utils.js`, `zkey_utils.js` and `keypair.js`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from prover.bn254 import FIELD_BYTES, G1_GENERATOR, G2_GENERATOR, G1Point, G2Affine, G2Point
from prover.ceremony.hash_to_curve import hash_to_g2
from prover.formats.proving_key import KeyContribution

BLANK_HASH: Final = hashlib.blake2b().digest()
"""The response that comes before the first challenge."""

_BLOCK_POINTS: Final = 1 << 14


def uncompressed_g1(point: G1Point) -> bytes:
    """x | y, big-endian: `prover.formats.point_encoding.uncompressed_g1` for one point in plain integers."""
    x, y = (0, 0) if point is None else point
    return x.to_bytes(FIELD_BYTES, "big") + y.to_bytes(FIELD_BYTES, "big")


def uncompressed_g2(point: G2Point) -> bytes:
    """x.c1 | x.c0 | y.c1 | y.c0, big-endian."""
    (x0, x1), (y0, y1) = ((0, 0), (0, 0)) if point is None else point
    return b"".join(element.to_bytes(FIELD_BYTES, "big") for element in (x1, x0, y1, y0))


# -- phase 1 -----------------------------------------------------------------------------------------------------------


def first_challenge(power: int) -> bytes:
    """What the first contributor builds on: all secrets are 1, so that every point is a generator.

    100 MB for a power of 18, hashed at about 1 GB/s.
    """
    n = 1 << power
    g1, g2 = uncompressed_g1(G1_GENERATOR), uncompressed_g2(G2_GENERATOR)
    hasher = hashlib.blake2b(BLANK_HASH)
    for point, count in ((g1, 2 * n - 1), (g2, n), (g1, 2 * n)):
        block = point * min(count, _BLOCK_POINTS)
        for _ in range(count // _BLOCK_POINTS):
            hasher.update(block)
        hasher.update(point * (count % _BLOCK_POINTS))
    hasher.update(g2)
    return hasher.digest()


def phase1_g2_sp(personalization: int, challenge: bytes, g1_s: G1Point, g1_sx: G1Point) -> G2Affine:
    """s' of phase 1: the hash of which secret it is (0 tau, 1 alpha, 2 beta), the challenge, and the half in G1."""
    preimage = bytes([personalization]) + challenge + uncompressed_g1(g1_s) + uncompressed_g1(g1_sx)
    return hash_to_g2(hashlib.blake2b(preimage).digest())


# -- phase 2 -----------------------------------------------------------------------------------------------------------


def phase2_transcript(circuit_hash: bytes, earlier: Sequence[KeyContribution], g1_s: G1Point, g1_sx: G1Point) -> bytes:
    """What a contribution's s' is the hash of: the circuit, all contributions before it, and its half in G1."""
    hasher = hashlib.blake2b(circuit_hash)
    for contribution in earlier:
        hasher.update(encode_contribution(contribution))
    hasher.update(uncompressed_g1(g1_s) + uncompressed_g1(g1_sx))
    return hasher.digest()


def contribution_hash(contribution: KeyContribution) -> bytes:
    """What a contributor publishes, so that everybody can see later that the contribution was not left out."""
    return hashlib.blake2b(encode_contribution(contribution)).digest()


def encode_contribution(contribution: KeyContribution) -> bytes:
    """The part of a contribution that is hashed: not its author's name."""
    points = (contribution.delta_after, contribution.delta_g1_s, contribution.delta_g1_sx)
    encoded = b"".join(uncompressed_g1(point) for point in points)
    return encoded + uncompressed_g2(contribution.delta_g2_spx) + contribution.transcript
